"""Annotated articles, read from their inline markup.

A ``.mark`` file is a header, a line ``---`` and the text. Header lines::

    lang: en|it     topic: word     noise: yes|no
    pair: KEY       relation: parallel|comparable
    claims: q1=q1 q2=q3             (Italian file of a pair: English id = Italian id)
    q1 KIND speaker_canonical|null feature,feature

In the text::

    {P:id|..} {O:id|..} {L:id|..} {M:id|..}   names: PER ORG LOC MISC
    {D:iso|..} {E:EUR 3.5|..} {%:60|..}       values: DATE MONEY PERCENT
    {q1|..} {s1,2|..} {c1|..}                 content, speaker and cue of quotations
    {x|..}                                    quoted words that are no claim
    {b:kind|..} {h|..} {l:en|..}              boilerplate, headline, passage in that language
    ¦3¦                                       a sentence of alignment bead 3 begins (0: unaligned)
    ~N~ ~Z~ ~S~ ~F~ ~J~                       no-break space, zero-width space, soft hyphen, byte
                                              order mark, lost space
    ~K:x~ ~A:x~ ~M:x~ ~H:x~                   lost x, stray x, mojibake of x, HTML entity of x

>>> article = parse("demo", "lang: en\\n---\\n{h|{P:ada|Ada} speaks}\\n")
>>> article.text, article.gold.mentions[0].span.of(article.text)
('Ada speaks\\n', 'Ada')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html.entities import codepoint2name
from pathlib import Path
from typing import NamedTuple, cast

from pipeline.core.layers import ClaimKind, Label, ValueType
from pipeline.core.spans import Span
from quality.annotation import (
    Amount,
    Annotation,
    Article,
    Boilerplate,
    Mention,
    PairAnnotation,
    Pairing,
    Quote,
)

_LABELS: dict[str, tuple[Label, str]] = {
    "P": ("PER", "person"),
    "O": ("ORG", "org"),
    "L": ("LOC", "loc"),
    "M": ("MISC", "misc"),
}
_VALUES: dict[str, ValueType] = {"D": "DATE", "E": "MONEY", "%": "PERCENT"}
_QUOTE_LINE = re.compile(r"(q\d+) (direct|indirect|mixed) (\S+)(?: (\S+))?")
_QUOTE_TAG = re.compile(r"[qsc]\d+(,\d+)*")
_TOKEN = re.compile(
    r"""
      \{ (?P<open>[^|{}]*) \|     # a tag opens
    | (?P<close>\})               # the innermost tag closes
    | ¦ (?P<bead>\d+) ¦           # a sentence of an alignment bead begins
    | ~ (?P<noise>[^~]+) ~        # a macro for scraping noise
    | (?P<text>[^{}¦~]+)
    | (?P<stray>.)
    """,
    re.VERBOSE,
)
_FIXED_NOISE = {
    "N": "\N{NO-BREAK SPACE}",
    "Z": "\N{ZERO WIDTH SPACE}",
    "S": "\N{SOFT HYPHEN}",
    "F": "\N{ZERO WIDTH NO-BREAK SPACE}",
    "J": "",
    "K": "",
}
_ENTITIES = {"'": "&#39;", " ": "&nbsp;"}  # the others have the name HTML 4 gives them


class MarkupError(ValueError):
    """The markup of an article does not hold together; the message names article and place."""


class _Marked(NamedTuple):
    """The plain text with its tags, in the order they open, and the places of bead marks."""

    text: str
    tags: Sequence[tuple[str, Span]]
    beads: Sequence[tuple[int, int]]


def read(path: Path) -> Article:
    """The article in one ``.mark`` file.

    Raises: MarkupError.
    """
    return parse(path.stem, path.read_text(encoding="utf-8"))


def read_folder(folder: Path) -> tuple[Article, ...]:
    """The articles of a folder, by name."""
    return tuple(read(path) for path in sorted(folder.glob("*.mark")))


def parse(name: str, source: str) -> Article:
    """The article written as ``source``.

    Raises: MarkupError when tags do not close, name an unknown quotation, cover white space at
    their edges, or names overlap one another or boilerplate.
    """
    header, _, body = source.partition("\n---\n")
    try:
        fields, quotes = _header(header)
        marked = _plain(body.strip("\n") + "\n")
        article = _article(name, fields, quotes, marked)
        _check(article.gold, article.text)
    except (KeyError, ValueError) as problem:
        raise MarkupError(f"{name}: {problem}") from None
    return article


def pairs(articles: Iterable[Article]) -> tuple[PairAnnotation, ...]:
    """The pairs among ``articles``, by the key of their headers."""
    sides: dict[str, dict[str, Article]] = {}
    for article in articles:
        if article.pairing and article.gold.language:
            sides.setdefault(article.pairing.key, {})[article.gold.language] = article
    return tuple(
        _pair(both["en"], both["it"]) for _, both in sorted(sides.items()) if len(both) == 2
    )


def _pair(english: Article, italian: Article) -> PairAnnotation:
    left, right = english.pairing, italian.pairing
    assert left and right
    segments: tuple[tuple[Span, Span], ...] = ()
    if left.relation == "parallel":
        numbers = sorted(set(left.beads) - {0})
        segments = tuple((left.beads[number], right.beads[number]) for number in numbers)
    return PairAnnotation(
        english.name, italian.name, left.relation, segments, frozenset(right.claims)
    )


def _header(header: str) -> tuple[dict[str, str], dict[str, Quote]]:
    fields: dict[str, str] = {}
    quotes: dict[str, Quote] = {}
    for line in filter(None, map(str.strip, header.split("\n"))):
        if match := _QUOTE_LINE.fullmatch(line):
            id_, kind, speaker, features = match.groups()
            if id_ in quotes:
                raise ValueError(f"{id_} is declared twice")
            quotes[id_] = Quote(
                id=id_,
                kind=cast(ClaimKind, kind),
                content=(),
                speaker_canonical=None if speaker == "null" else speaker,
                features=tuple(features.split(",")) if features else (),
            )
        else:
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip()
    return fields, quotes


def _plain(body: str) -> _Marked:
    chunks: list[str] = []
    stack: list[tuple[str, int]] = []
    tags: list[tuple[str, Span]] = []
    beads: list[tuple[int, int]] = []
    length = 0
    for match in _TOKEN.finditer(body):
        piece = ""
        if match["open"] is not None:
            stack.append((match["open"], length))
        elif match["close"]:
            if not stack:
                raise ValueError(f"a brace closes that never opened, at {length}")
            tag, start = stack.pop()
            tags.append((tag, Span(start, length)))
        elif match["stray"]:
            raise ValueError(f"a stray {match['stray']} at {match.start()} of the marked text")
        elif match["bead"]:
            beads.append((int(match["bead"]), length))
        else:
            piece = match["text"] or _noise(match["noise"])
        chunks.append(piece)
        length += len(piece)
    if stack:
        raise ValueError(f"never closed: {', '.join(tag for tag, _ in stack)}")
    tags.sort(key=lambda item: item[1])
    return _Marked("".join(chunks), tags, beads)


def _noise(macro: str) -> str:
    kind, _, text = macro.partition(":")
    if kind in _FIXED_NOISE:
        return _FIXED_NOISE[kind]
    if kind == "A":
        return text
    if kind == "M":
        return _mojibake(text)
    if kind == "H":
        return _ENTITIES.get(text) or f"&{codepoint2name[ord(text)]};"
    raise ValueError(f"unknown macro ~{macro}~")


def _mojibake(text: str) -> str:
    """UTF-8 read as Windows-1252, its five undefined bytes as Latin-1 (as browsers do)."""
    bytes_ = (bytes([byte]) for byte in text.encode("utf-8"))
    return "".join(
        byte.decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252") for byte in bytes_
    )


def _article(
    name: str, fields: dict[str, str], quotes: dict[str, Quote], marked: _Marked
) -> Article:
    headline: Span | None = None
    boilerplate: list[Boilerplate] = []
    passages: list[Span] = []
    mentions: list[Mention] = []
    amounts: list[Amount] = []
    scare_quotes: list[Span] = []
    for tag, span in marked.tags:
        key, _, value = tag.partition(":")
        if key == "h":
            headline = span
        elif key == "x":
            scare_quotes.append(_tight(tag, span, marked.text))
        elif key == "b":
            boilerplate.append(Boilerplate(span, value))
        elif key == "l":
            passages.append(span)
        elif key in _LABELS:
            label, prefix = _LABELS[key]
            mentions.append(Mention(_tight(tag, span, marked.text), label, f"{prefix}:{value}"))
        elif key in _VALUES:
            amounts.append(Amount(_tight(tag, span, marked.text), _VALUES[key], value))
        else:
            _add_to_quotes(quotes, tag, _tight(tag, span, marked.text))
    if headline is None:
        raise ValueError("no headline")
    gold = Annotation(
        language=fields["lang"],
        boilerplate=tuple(boilerplate),
        passages=tuple(passages),
        mentions=tuple(mentions),
        amounts=tuple(amounts),
        quotes=tuple(sorted(quotes.values(), key=lambda quote: quote.content)),
        scare_quotes=tuple(scare_quotes),
        sentences=tuple(span for _, span in _sentences(marked)),
    )
    return Article(
        name=name,
        text=marked.text,
        topic=fields.get("topic", ""),
        noisy=fields.get("noise") == "yes",
        headline=headline,
        gold=gold,
        pairing=_pairing(fields, marked),
    )


def _tight(tag: str, span: Span, text: str) -> Span:
    if not span or span.strip(text) != span:
        raise ValueError(f"{{{tag}|{span.of(text)}}} is empty or has white space at its edges")
    return span


def _add_to_quotes(quotes: dict[str, Quote], tag: str, span: Span) -> None:
    if not _QUOTE_TAG.fullmatch(tag):
        raise ValueError(f"unknown tag {tag}")
    for number in tag[1:].split(","):
        id_ = f"q{number}"
        if id_ not in quotes:
            raise ValueError(f"tag {tag}: the header does not declare {id_}")
        quote = quotes[id_]
        if tag[0] == "q":
            quotes[id_] = replace(quote, content=(*quote.content, span))
        elif tag[0] == "s" and quote.speaker is None:
            quotes[id_] = replace(quote, speaker=span)
        elif tag[0] == "c" and quote.cue is None:
            quotes[id_] = replace(quote, cue=span)
        else:
            raise ValueError(f"tag {tag} is given twice")


def _sentences(marked: _Marked) -> list[tuple[int, Span]]:
    """Each sentence with its bead: from its mark to the next one or the end of the line."""
    following = [start for _, start in marked.beads[1:]] + [len(marked.text)]
    return [
        (number, Span(start, min(end, marked.text.index("\n", start))).strip(marked.text))
        for (number, start), end in zip(marked.beads, following, strict=False)
    ]


def _pairing(fields: dict[str, str], marked: _Marked) -> Pairing | None:
    if "pair" not in fields:
        return None
    beads: dict[int, Span] = {}
    for number, span in _sentences(marked):
        first = beads.get(number, span)
        beads[number] = Span(first.start, span.end)
    links = [link.partition("=") for link in fields.get("claims", "").split()]
    relation = fields["relation"]
    if relation not in ("parallel", "comparable"):
        raise ValueError(f"unknown relation {relation}")
    return Pairing(
        fields["pair"],
        "parallel" if relation == "parallel" else "comparable",
        beads,
        tuple((english, italian) for english, _, italian in links),
    )


def _check(gold: Annotation, text: str) -> None:
    for quote in gold.quotes:
        if not quote.content:
            raise ValueError(f"{quote.id} has no content")
    for before, after in zip(gold.mentions, gold.mentions[1:], strict=False):
        if before.span.overlaps(after.span):
            raise ValueError(f"names overlap: {Span(before.span.start, after.span.end).of(text)}")
    annotated = [*(each.span for each in gold.mentions), *(each.span for each in gold.amounts)]
    for span in annotated:
        if any(each.span.overlaps(span) for each in gold.boilerplate):
            raise ValueError(f"{span.of(text)!r} is annotated inside boilerplate")
