"""The article's own day: metadata first, then a line that was put aside, then its dateline."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipeline import Pipeline, load_config
from pipeline.core.layers import Paragraph, Raw, Removed, Text
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.stages.values.written import date_line, dateline, declared_day

BODY = {
    "en": "The bridge closed yesterday, the mayor said. It will open again in the spring.",
    "it": "Il ponte ha chiuso ieri, ha detto la sindaca. Riaprirà in primavera, dopo i lavori.",
}


def told(line: str, language: str, kind: str = "date") -> datetime.date | None:
    body = BODY[language]
    start = len(line) + 2
    raw = Raw("a", "a.txt", "0", 0, "text/plain", "utf-8", f"{line}\n\n{body}", {})
    text = Text(
        TextMap.identity(body),
        (Paragraph(Span(0, len(body)), language),),
        (Removed(Span(0, len(line)), kind), Removed(Span(start, start + 3), "share")),
        (),
    )
    return date_line(raw, text)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("2024-08-14", "en"),
        ("Aug. 14, 2024 | 10:32", "en"),
        ("Published 14 August 2024, updated 16 August 2024", "en"),
        ("Updated: August 16, 2024 | Published: August 14, 2024", "en"),
        ("08/14/2024", "en"),
        ("Pubblicato il 14 agosto 2024", "it"),
        ("14/08/2024 - 10:32", "it"),
        ("14 ago 2024 ore 10.32", "it"),
    ],
)
def test_a_line_put_aside_tells_the_day(line: str, language: str) -> None:
    assert told(line, language) == datetime.date(2024, 8, 14)


@pytest.mark.parametrize(
    ("line", "language", "kind"),
    [
        ("14 August", "en", "date"),
        ("10:32", "en", "date"),
        ("31 febbraio 2024", "it", "date"),
        ("3/4/2024", "en", "date"),
        ("© 14 agosto 2024 Gazzetta di prova", "it", "footer"),
        ("14 August 2024 at 9:12", "en", "comments"),
    ],
)
def test_other_lines_tell_none(line: str, language: str, kind: str) -> None:
    assert told(line, language, kind) is None


def opened(language: str, *paragraphs: str) -> datetime.date | None:
    body = "\n\n".join(paragraphs)
    starts = [body.index(paragraph) for paragraph in paragraphs]
    spans = [Span(at, at + len(p)) for at, p in zip(starts, paragraphs, strict=True)]
    lines = tuple(Paragraph(span, language) for span in spans)
    return dateline(Text(TextMap.identity(body), lines, (), ()))


@pytest.mark.parametrize(
    ("opening", "language"),
    [
        ("ROMA, 14 agosto 2024 (Meridiana) - ", "it"),
        ("Roma, 14 ago. 2024 (Meridiana) – ", "it"),
        ("(Meridiana) - Reggio nell'Emilia, mercoledì 14 agosto 2024 - ", "it"),
        ("SAN BENEDETTO DEL TRONTO (Ascoli Piceno), 14 agosto 2024 - ", "it"),
        ("LONDON, August 14, 2024 (Newsline) — ", "en"),
        ("MILAN, Italy, Aug. 14, 2024 /Newsline/ -- ", "en"),
        ("St. Ives, Wednesday 14 August 2024 - ", "en"),
        ("STRATFORD-UPON-AVON, England, 14 August 2024 – ", "en"),
    ],
)
def test_a_dateline_tells_the_day(opening: str, language: str) -> None:
    assert opened(language, opening + BODY[language]) == datetime.date(2024, 8, 14)
    assert opened(language, "A headline", opening + BODY[language]) == datetime.date(2024, 8, 14)


@pytest.mark.parametrize(
    ("paragraphs", "language"),
    [
        (("ROMA, 14 agosto (Meridiana) - Il ponte ha chiuso ieri.",), "it"),
        (("ROMA - Il 14 agosto 2024 - era un mercoledì - il ponte ha chiuso.",), "it"),
        (("Il ponte chiuse il 14 agosto 2024 - ieri nessuno lo ricordava.",), "it"),
        (("ROME (AP) — August 14, 2024 was the day the bridge closed.",), "en"),
        (("The bridge closed on August 14, 2024 - nobody said why.",), "en"),
        (("ROME, 31 February 2024 - The bridge closed.",), "en"),
        (("Lodi, 14 agosto 2024 - Concerto", "Pavia, 15 agosto 2024 - Concerto"), "it"),
        (("The bridge", "It closed.", "Why?", "So.", "ROME, August 14, 2024 - a sign"), "en"),
    ],
)
def test_what_is_no_dateline_tells_none(paragraphs: tuple[str, ...], language: str) -> None:
    assert opened(language, *paragraphs) is None


@pytest.mark.models
@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "Aug. 14, 2024 | 10:32"), ("it", "Pubblicato il 14 agosto 2024")],
)
def test_it_becomes_the_date_of_the_record(tmp_path: Path, language: str, line: str) -> None:
    title = {"en": "Bridge closed", "it": "Chiuso il ponte"}[language]
    article = tmp_path / "article.txt"
    article.write_text(f"{title}\n\n{line}\n\n{BODY[language]}\n", encoding="utf-8")
    config = load_config(None).override(models={"profile": "fast"})
    (record,) = Pipeline(config).run([article])
    assert record.source.metadata == {"date": "2024-08-14", "date_source": "date_line"}
    assert [value.value for value in record.values] == ["2024-08-13"]


@pytest.mark.parametrize(
    ("date", "language", "expected"),
    [
        ("04/03/2026", "it", "2026-03-04"),
        ("4 marzo 2026, ore 12", "it", "2026-03-04"),
        ("March 4, 2026", "en", "2026-03-04"),
        ("04/03/2026", "en", None),  # either order is in use
        ("2026-03-04T10:00:00Z", "it", None),  # right as it stands
        ("2026-03", "it", None),
        ("ieri", "it", None),
    ],
)
def test_a_date_of_the_metadata_is_read(date: str, language: str, expected: str | None) -> None:
    day = declared_day(date, language)
    assert (day.isoformat() if day else None) == expected


@pytest.mark.models
def test_a_date_of_the_metadata_stands_in_the_record_as_iso(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f'testo;data\n"{BODY["it"]}";14/08/2024\n', encoding="utf-8")
    config = load_config(None).override(models={"profile": "fast"})
    (record,) = Pipeline(config).run([table])
    assert record.source.metadata == {
        "date": "2024-08-14", "date_source": "metadata", "date_written": "14/08/2024",
    }  # fmt: skip
