"""Hand-made records for tests of everything that reads records."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.record import (
    ClaimPair,
    EntityPair,
    Pair,
    Provenance,
    Record,
    RecordClaim,
    RecordCue,
    RecordEntity,
    RecordLanguage,
    RecordLink,
    RecordMention,
    RecordRemoved,
    RecordRepair,
    RecordSegment,
    RecordSource,
    RecordSpan,
    RecordSpeaker,
    RecordValue,
    SegmentPair,
    SegmentTranslation,
    TargetMention,
)
from pipeline.store.files import dump

HOSTILE = (
    '<script>alert("x")</script> <img src=x onerror=alert(1)> [j](javascript:alert(1)) '
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING} \x1b[31mred \x00 \U0001f600"
)


def span(text: str, part: str, start: int = 0) -> RecordSpan:
    """The span of the first occurrence of ``part`` in ``text`` from ``start`` on."""
    low = text.index(part, start)
    return RecordSpan(low, low + len(part), part, ((low, low + len(part)),))


def make_record(
    name: str = "a-00000001",
    said: str = "Il ponte è sicuro",
    who: str = "Ada Moretti",
    language: str = "it",
    translated: bool = True,
    title: str | None = None,
) -> Record:
    """A record of two sentences: one quotation, and one with an amount and an astral character."""
    other = "en" if language == "it" else "it"
    first = f"«{said}», ha detto {who}."
    second = "Costa 3 euro \U0001f600 a Pisa."
    text = f"{first}\n\n{second}"
    english = {"s1": f"“The bridge is safe”, said {who}.", "s2": "It costs 3 euros in Pisa."}
    segments = tuple(
        RecordSegment(
            f"s{number}",
            number - 1,
            span(text, sentence),
            language,
            {language: sentence, other: english[f"s{number}"] if translated else None},
            SegmentTranslation("ok", "memory") if translated else SegmentTranslation("skipped"),
        )
        for number, sentence in enumerate((first, second), 1)
    )
    person, place = span(text, who), span(text, "Pisa")
    start = english["s1"].index(who)
    return Record(
        schema_version="1",
        id=name,
        source=RecordSource(
            f"articles/{name}.txt", "0" * 64, 99, "text/plain", "utf-8", {"date": "2026-05-01"}
        ),
        language=RecordLanguage(language, 0.99, "test", ((language, 0.99),)),
        target_language=other,
        title=title,
        text=text,
        removed=(RecordRemoved((0, 0), "byline"),),
        segments=segments,
        entities=(
            RecordEntity(
                "e1",
                "PER",
                "per:ada-moretti",
                {language: who, other: who},
                (who,),
                (RecordMention("s1", person.start, person.end, who, person.raw),),
                (TargetMention("s1", start, start + len(who), who),) if translated else (),
            ),
            RecordEntity(
                "e2",
                "LOC",
                "loc:pisa",
                {language: "Pisa", other: None},
                ("Pisa",),
                (RecordMention("s2", place.start, place.end, "Pisa", place.raw),),
            ),
        ),
        values=(RecordValue("MONEY", "EUR 3", span(text, "3 euro")),),
        claims=(
            RecordClaim(
                "c1",
                "direct",
                (span(text, said),),
                {language: said, other: "The bridge is safe" if translated else None},
                ("s1",),
                RecordSpeaker(person, "e1", who),
                RecordCue(span(text, "ha detto"), "say"),
                0.95,
                target_spans=(TargetMention("s1", 1, 19, "The bridge is safe"),)
                if translated
                else (),
            ),
        ),
        links=(RecordLink("c1", "b-00000002", "c1", "same", 0.9),),
        provenance=Provenance("0.1.0", {"ingest": "1"}, {}, "0" * 64),
        repairs=(RecordRepair((0, 1), "\N{NO-BREAK SPACE}", " ", "space"),),
    )


def make_pair(english: str, italian: str) -> Pair:
    """A pair file that links both claims."""
    return Pair(
        "1",
        english,
        italian,
        "comparable",
        0.8,
        (SegmentPair(("s1",), ("s1",), 0.9),),
        (EntityPair("e1", "e1", 1.0),),
        (ClaimPair("c1", "c1", "same", 0.9),),
    )


def write_outputs(folder: Path, *records: Record, pairs: tuple[Pair, ...] = ()) -> Path:
    """An output folder with these records and pairs."""
    for name in ("records", "pairs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for record in records:
        (folder / "records" / f"{record.id}.json").write_bytes(dump(record))
    for pair in pairs:
        (folder / "pairs" / f"{pair.en}__{pair.it}.json").write_bytes(dump(pair))
    return folder
