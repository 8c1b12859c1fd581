"""TMX 1.4b: every translated segment as a translation unit.

Source: TMX 1.4b Specification, LISA OSCAR, 2005. Characters that XML 1.0 forbids are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from lxml import etree

from pipeline.errors import UsageError
from pipeline.store.records import read_records
from pipeline.views.export.target import opened

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


def export(folder: Path, target: Path) -> int:
    """Write one ``tu`` per segment that has both languages; returns the number of their records.

    Raises: UsageError when there is none: an empty memory helps nobody.
    """
    units = _units(folder)
    first = next(units, None)
    if first is None:
        raise UsageError(
            f"No segment of the records in {folder} is translated, so there is nothing to write. "
            "`pipeline run --translate` translates."
        )
    records = set()
    with opened(target) as file, etree.xmlfile(file, encoding="UTF-8") as xml:
        xml.write_declaration()
        xml.write_doctype(_DOCTYPE)
        with xml.element("tmx", version="1.4"):
            xml.write(_header())
            with xml.element("body"):
                for record, unit in chain([first], units):
                    records.add(record)
                    xml.write(unit)
    return len(records)


def _units(folder: Path) -> Iterator[tuple[str, etree._Element]]:
    """The units of every record, with its id."""
    for record in read_records(folder):
        for segment in record.segments:
            texts = {code: text for code, text in segment.text.items() if text}
            if len(texts) == 2:
                identifier = f"{record.id}.{segment.id}"
                backend = segment.translation.backend
                yield record.id, _unit(identifier, segment.language, texts, backend)


def _header() -> etree._Element:
    return etree.Element(
        "header",
        {
            "creationtool": "duevoci",
            "creationtoolversion": "1",
            "segtype": "sentence",
            "o-tmf": "duevoci-record",
            "adminlang": "en",
            "srclang": "*all*",
            "datatype": "plaintext",
        },
    )


def _unit(
    identifier: str, source: str, texts: dict[str, str], backend: str | None
) -> etree._Element:
    unit = etree.Element("tu", {"tuid": identifier, "srclang": source})
    if backend:
        etree.SubElement(unit, "prop", {"type": "x-backend"}).text = _legal(backend)
    for code in sorted(texts, key=lambda code: code != source):
        variant = etree.SubElement(unit, "tuv", {_XML_LANG: code})
        etree.SubElement(variant, "seg").text = _legal(texts[code])
    return unit


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
