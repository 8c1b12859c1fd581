"""Language, passages, boilerplate, sentences."""

from __future__ import annotations

from quality.measures import Share, hits
from quality.score.matching import characters, match
from quality.score.sides import Part, Sides


def score_language(sides: Sides) -> Part:
    """Whether the language is right, and which characters are in the other one."""
    part = Part()
    right = sides.predicted.language == sides.gold.language
    part.measures["language"] = Share(int(right), 1)
    if not right:
        detail = f"{sides.predicted.language} for {sides.gold.language}"
        part.errors.append(sides.error("language wrong", sides.article.headline, detail=detail))
    gold, found = characters(sides.gold.passages), characters(sides.predicted.passages)
    part.measures["passages (characters)"] = hits(len(gold & found), len(found), len(gold))
    return part


def score_boilerplate(sides: Sides) -> Part:
    """Boilerplate removed and body kept, in characters that are no white space; leaks."""
    part = Part()
    text = sides.article.text
    solid = {index for index, character in enumerate(text) if not character.isspace()}
    gold = characters(each.span for each in sides.gold.boilerplate) & solid
    removed = characters(each.span for each in sides.predicted.boilerplate) & solid
    body = solid - gold
    part.measures["boilerplate removed (characters)"] = Share(len(gold & removed), len(gold))
    part.measures["body kept (characters)"] = Share(len(body - removed), len(body))
    part.measures["names outside boilerplate"] = Share(
        len(sides.mentions), len(sides.predicted.mentions)
    )
    part.measures["claims outside boilerplate"] = Share(
        len(sides.quotes), len(sides.predicted.quotes)
    )
    part.errors.extend(
        sides.error(f"boilerplate kept ({each.kind})", each.span)
        for each in sides.gold.boilerplate
        if characters([each.span]) & solid - removed
    )
    part.errors.extend(
        sides.error(f"body removed ({each.kind})", each.span)
        for each in sides.predicted.boilerplate
        if characters([each.span]) & body
    )
    return part


def score_sentences(sides: Sides) -> Part:
    """Sentences with exactly the right words, where the article has its sentences marked."""
    part = Part()
    gold = sides.gold.sentences
    if not gold:
        return part
    found = [span for span in sides.predicted.sentences if sides.words(span)]
    same = match(gold, found, lambda a, b: float(sides.words(a) == sides.words(b)))
    part.measures["sentences"] = hits(len(same), len(found), len(gold))
    part.errors.extend(
        sides.unmatched(
            "sentence", same, [("", (span,)) for span in gold], [("", (span,)) for span in found]
        )
    )
    return part
