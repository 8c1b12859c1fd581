"""Scores of a pipeline on the test parts that training wrote aside, from raw text."""

from pathlib import Path

from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin
from spacy.training import Example

SYNTAX_PARTS = ("isdt_test", "vit_test")
NAME_PARTS = (
    *("wikinews_dev", "wikinews_test", "wikipedia_dev", "wikipedia_test", "speeches_test"),
    *("articles_dev", "articles_test"),
)
# KIND annotates no MISC, so it is not counted there.
PARTS_WITH_MISC = ("wikipedia", "articles")
LABELS_WITHOUT_MISC = frozenset({"PER", "ORG", "LOC"})


def scores(nlp: Language, build: Path) -> dict[str, dict[str, float]]:
    """Per cent for each test part: syntax without punctuation, names by exact span and label."""
    result = {
        part: syntax_scores(nlp, _read(nlp, build / f"syntax_{part}.spacy"))
        for part in SYNTAX_PARTS
    }
    for part in NAME_PARTS:
        gold = _read(nlp, build / f"names_{part}.spacy")
        result[part] = name_scores(nlp, gold, with_misc=part.startswith(PARTS_WITH_MISC))
    return result


def syntax_scores(nlp: Language, gold: list[Doc]) -> dict[str, float]:
    """Sentence F, and accuracy of parts of speech, morphology, lemmas and dependencies."""
    examples = _predicted(nlp, gold)
    found = Scorer.score_spans(
        examples, "sents", has_annotation=lambda doc: doc.has_annotation("SENT_START")
    )
    for attribute in ("pos", "morph", "lemma"):
        found |= Scorer.score_token_attr(examples, attribute)
    found |= Scorer.score_deps(examples, "dep", ignore_labels=("punct",))
    shown = ("sents_f", "pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las")
    return {name: round(100 * found[name], 1) for name in shown}


def name_scores(nlp: Language, gold: list[Doc], *, with_misc: bool) -> dict[str, float]:
    """F by label, and precision, recall and F of all labels together."""
    examples = _predicted(nlp, gold)
    if not with_misc:
        for example in examples:
            for doc in (example.predicted, example.reference):
                doc.ents = [name for name in doc.ents if name.label_ in LABELS_WITHOUT_MISC]
    found = Scorer.score_spans(
        examples, "ents", has_annotation=lambda doc: doc.has_annotation("ENT_IOB")
    )
    result = {name: round(100 * found[f"ents_{name}"], 1) for name in ("p", "r", "f")}
    return result | {
        label: round(100 * found["ents_per_type"][label]["f"], 1)
        for label in sorted(found["ents_per_type"])
    }


def _read(nlp: Language, path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def _predicted(nlp: Language, gold: list[Doc]) -> list[Example]:
    found = nlp.pipe(doc.text for doc in gold)
    return [Example(predicted, reference) for predicted, reference in zip(found, gold, strict=True)]
