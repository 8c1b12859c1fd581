"""Our own annotated articles, read from their inline markup: names, and cue, source and content.

A `.mark` file has a header of `key: value` lines and quotation lines (`q1 direct person:id ...`), a
line `---`, and the text. In the text, `{P:id|...}` (also O, L, M) is a name, `{q1|...}` content,
`{s1|...}` source, `{c1|...}` cue, `{b:kind|...}` boilerplate; other braces only nest. `~X~` and
`~X:c~` are scraping noise. The text is read as the normaliser hands it on: without boilerplate,
broken characters repaired, lost spaces and marks still lost.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import spacy

from training.encoder.data import CONTENT, CUE, NAMES, SOURCE, Sentence

if TYPE_CHECKING:
    from spacy.language import Language

_LABELS = {"P": "PER", "O": "ORG", "L": "LOC", "M": "MISC"}
_QUOTATION = re.compile(r"(q\d+) (direct|indirect|mixed) ")
_REPAIRED = {"N": " ", "Z": "", "S": "", "F": "", "J": "", "K": ""}
_OUTSIDE = 0


class Marked(NamedTuple):
    """Text of an article and its tags as (tag, start, end) in code points; kinds of quotations."""

    language: str
    text: str
    tags: list[tuple[str, int, int]]
    kinds: dict[str, str]


def read_marked(path: Path) -> Marked:
    """Text and tags of one file.

    Raises: ValueError where braces do not close.
    """
    header, body = path.read_text("utf-8").split("\n---\n", 1)
    meta = dict(
        line.split(": ", 1) for line in header.split("\n") if ": " in line and line[0] != "q"
    )
    kinds = {m[1]: m[2] for line in header.split("\n") if (m := _QUOTATION.match(line))}
    body = re.sub(r"¦\d+¦", "", body.strip("\n"))
    body = re.sub(r"~(\w)(?::([^~]*))?~", lambda m: _REPAIRED.get(m[1], m[2] or ""), body)
    out: list[str] = []
    open_tags: list[tuple[str, int]] = []
    tags: list[tuple[str, int, int]] = []
    size = 0
    for token in re.findall(r"\{[^|{}]*\||\}|[^{}]+", body):
        if token == "}":
            if not open_tags:
                raise ValueError(f"{path.name}: a brace closes that was not opened")
            tag, start = open_tags.pop()
            tags.append((tag, start, size))
        elif token[0] == "{":
            open_tags.append((token[1:-1], size))
        else:
            out.append(token)
            size += len(token)
    if open_tags:
        raise ValueError(f"{path.name}: {open_tags} not closed")
    return Marked(meta["lang"].strip(), "".join(out), tags, kinds)


def paragraphs(article: Marked) -> list[Sentence]:
    """The paragraphs of an article outside boilerplate, with name and claim targets."""
    boilerplate = [(start, end) for tag, start, end in article.tags if tag.startswith("b:")]
    found = []
    for match in re.finditer(r"[^\n]+", article.text):
        if any(start < match.end() and match.start() < end for start, end in boilerplate):
            continue
        doc = _tokenizer(article.language).tokenizer(match[0])
        places = [
            (match.start() + token.idx, match.start() + token.idx + len(token))
            for token in doc
            if not token.is_space
        ]
        if places:
            words = tuple(article.text[start:end] for start, end in places)
            found.append(_paragraph(article, words, places, opens_text=not found))
    return found


def _paragraph(
    article: Marked, words: tuple[str, ...], places: list[tuple[int, int]], opens_text: bool
) -> Sentence:
    names = [_OUTSIDE] * len(words)
    content, cue, source = ([_OUTSIDE] * len(words) for _ in range(3))
    by_size = sorted(article.tags, key=lambda tag: tag[1] - tag[2])  # outer content comes first
    for tag, start, end in by_size:
        at = [n for n, (a, b) in enumerate(places) if a < end and start < b]
        if tag[:2] in ("P:", "O:", "L:", "M:"):
            _mark(names, at, NAMES.index(f"B-{_LABELS[tag[0]]}"))
        elif re.match(r"q\d", tag):
            kind = article.kinds[tag.split(",")[0]]
            _mark(content, at, CONTENT.index(f"B-{kind}"))
        elif re.match(r"c\d", tag):
            _mark(cue, at, CUE.index("B-cue"))
        elif re.match(r"s\d", tag):
            _mark(source, at, SOURCE.index("B-source"))
    claims = tuple(zip(content, cue, source, strict=True))
    return Sentence(words, tuple(names), claims=claims, one_sentence=False, opens_text=opens_text)


def _mark(targets: list[int], at: list[int], begin: int) -> None:
    """Write begin and inside targets over the words `at`, unless one of them is taken."""
    if all(targets[n] == _OUTSIDE for n in at):
        for n in at:
            targets[n] = begin if n == at[0] else begin + 1


@cache
def _tokenizer(language: str) -> Language:
    return spacy.blank(language)
