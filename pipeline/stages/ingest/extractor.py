"""The child process of `HtmlExtractor`: JSON requests on standard input, answers on output."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import lxml.etree
import lxml.html

MAX_MEMORY_BYTES = 2 << 30
MIN_ARTICLE_CHARACTERS = 80
METADATA = ("title", "author", "date", "language", "url", "sitename", "description")
BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|d[dlt]|div|fig(?:ure|caption)|footer|form|h[1-6r]"
    "|header|li|main|nav|[ou]l|p|pre|section|table|t[dhr]"
)
HIDDEN = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select")
RUN = 3
# A fixed bound instead of today's date: the same page gives the same metadata for ever.
DATE_SETTINGS = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}


def main() -> None:
    """Answers requests until standard input ends."""
    _limit_memory()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = _article(request["html"]) if request["mode"] == "article" else {}
        visible = visible_text(request["html"])
        if len(answer.get("text", "")) < MIN_ARTICLE_CHARACTERS:
            answer["text"] = visible or answer.get("text", "")
        answer["left_out"] = "\n".join(left_out(visible, answer["text"]))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _article(html: str) -> dict[str, str]:
    import trafilatura

    found: Any = trafilatura.bare_extraction(
        html, with_metadata=True, include_comments=False, include_tables=False,
        date_extraction_params=DATE_SETTINGS,
    )  # fmt: skip
    declared = _declared_language(html)
    if found is None:
        return {"language": declared} if declared else {}
    answer = {name: str(getattr(found, name)) for name in METADATA if getattr(found, name, None)}
    if declared:
        answer["language"] = declared
    answer["text"] = _with_title(answer.get("title", ""), found.text or "")
    return answer


def _with_title(title: str, text: str) -> str:
    """The headline is part of the article; extraction often leaves it out."""
    return text if not title or title in text[: 2 * len(title) + 200] else f"{title}\n{text}"


def _declared_language(html: str) -> str:
    tree = _parsed(html)
    return "" if tree is None else str(tree.get("lang") or tree.get("{*}lang") or "")


def visible_text(html: str) -> str:
    """All text of a page that a reader would see, one line per block element."""
    tree = _parsed(html)
    if tree is None:
        return ""
    lxml.etree.strip_elements(tree, *HIDDEN, with_tail=False)
    pieces: list[str] = []
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        is_block = isinstance(element.tag, str) and BLOCKS.fullmatch(element.tag) is not None
        if is_block:
            pieces.append("\n")
        text = element.text if event == "start" else element.tail
        if text and (isinstance(element.tag, str) or event == "end"):
            pieces.append(text)
    lines = ["".join(run.split("\n")) for run in _runs(pieces)]
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def left_out(visible: str, text: str) -> list[str]:
    """The visible lines of a page that are not in the text taken from it.

    A line is in the text when all runs of `RUN` words are, since extraction joins and cuts lines;
    a shorter one when it is a line there, too.

    >>> left_out("Home\\nIl ponte è chiuso.\\nI nostri consigli", "Il ponte è chiuso. Lo dice lui")
    ['Home', 'I nostri consigli']
    """
    lines = {" ".join(line.split()) for line in text.split("\n")}
    known = set(_word_runs(text.split()))

    def is_kept(line: str) -> bool:
        runs = _word_runs(line.split())
        return line in lines or (bool(runs) and known.issuperset(runs))

    return [line for line in visible.split("\n") if line and not is_kept(line)]


def _word_runs(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(RUN)), strict=False))


def _runs(pieces: list[str]) -> list[str]:
    """Pieces between block borders, joined; line breaks inside text are only white space."""
    runs: list[list[str]] = [[]]
    for piece in pieces:
        if piece == "\n":
            runs.append([])
        else:
            runs[-1].append(" ".join(piece.splitlines()) if "\n" in piece else piece)
    return ["".join(run) for run in runs]


def _parsed(html: str) -> Any:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return None


if __name__ == "__main__":
    main()
