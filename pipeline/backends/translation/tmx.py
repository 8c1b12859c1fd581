"""Translation units of TMX files: other people's translations, as a seed for the memory.

Source: TMX 1.4b Specification, LISA OSCAR, 2005. Versions 1.1 to 1.4 are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from pipeline.errors import UsageError
from pipeline.languages import LANGUAGES

_LANGUAGE_NAMES: Final = ("{http://www.w3.org/XML/1998/namespace}lang", "lang")
# Native codes of other tools, and text of another unit inside this one: no words of the segment.
_NOT_WORDS: Final = frozenset({"bpt", "ept", "it", "ph", "ut", "sub"})


def read_units(path: Path) -> Iterator[dict[str, str]]:
    """The text per language of every unit that has both; the first variant of a language counts.

    Languages match by their first part (``it-IT`` is Italian). Inline codes are left out, what
    ``hi`` marks stays. The file is read as a stream; entities are refused, so nothing in it can
    grow or reach for another file.

    Raises: UsageError with file and line for what is no TMX.
    """
    try:
        with path.open("rb") as file:
            events = etree.iterparse(
                file,
                events=("start", "end"),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
            )
            _check_root(next(events)[1], path)
            for event, element in events:
                if event == "end" and element.tag == "tu":
                    yield from _unit(element, path)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
    except OSError as error:
        raise UsageError(f"Cannot read the translation memory {path}: {error.strerror}.") from None
    except etree.XMLSyntaxError as error:
        raise UsageError(f"{path}, line {error.lineno}: not valid XML: {error.msg}.") from None


def _check_root(root: etree._Element, path: Path) -> None:
    if root.tag != "tmx":
        raise UsageError(f"{path}, line {root.sourceline}: not TMX: it begins with <{root.tag}>.")
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise UsageError(f"{path}: it declares XML entities, which are not accepted.")


def _unit(unit: etree._Element, path: Path) -> Iterator[dict[str, str]]:
    texts: dict[str, str] = {}
    for variant in unit.iterchildren("tuv"):
        where = f"{path}, line {variant.sourceline}"
        language = next(filter(None, map(variant.get, _LANGUAGE_NAMES)), None)
        if language is None:
            raise UsageError(f"{where}: <tuv> without xml:lang.")
        code = language.replace("_", "-").split("-")[0].lower()
        segment = variant.find("seg")
        if segment is None:
            raise UsageError(f"{where}: <tuv> without <seg>.")
        text = " ".join("".join(_words(segment, where)).split())
        if code in LANGUAGES and text:
            texts.setdefault(code, text)
    if len(texts) == len(LANGUAGES):
        yield texts


def _words(element: etree._Element, where: str) -> Iterator[str]:
    if isinstance(element, etree._Entity):
        raise UsageError(f"{where}: XML entities are not accepted.")
    if isinstance(element.tag, str) and element.tag not in _NOT_WORDS:
        yield element.text or ""
        for child in element:
            yield from _words(child, where)
            yield child.tail or ""
