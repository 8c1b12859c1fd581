"""Hand-made base records, and stores that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.core.layers import Label
from pipeline.core.record import (
    Provenance,
    Record,
    RecordClaim,
    RecordCue,
    RecordEntity,
    RecordLanguage,
    RecordMention,
    RecordSegment,
    RecordSource,
    RecordSpan,
    RecordSpeaker,
    SegmentTranslation,
)
from pipeline.languages import other
from pipeline.store.files import Kept, Receipt, Store, dump
from pipeline.store.keys import sha256

Name = tuple[Label, str, str]  # label, canonical, name
Said = tuple[str, str | None]  # content, speaker's name


def article(
    document: str,
    language: str,
    sentences: Sequence[str],
    names: Sequence[Name] = (),
    said: Sequence[Said] = (),
    metadata: dict[str, str] | None = None,
) -> Record:
    """A base record of ``sentences``; names and claims are found at their first place."""
    text = "\n\n".join(sentences)
    ids = {name: f"e{number}" for number, (_, _, name) in enumerate(names, 1)}
    spans = [_span(text, sentence) for sentence in sentences]

    def segment_of(start: int) -> str:
        return next(f"s{k}" for k, span in enumerate(spans, 1) if span.start <= start < span.end)

    return Record(
        schema_version="1",
        id=document,
        source=RecordSource(
            f"news/{document}.txt", sha256(text.encode()), 1, "text/plain", "utf-8", metadata or {}
        ),
        language=RecordLanguage(language, 0.99, "test", ((language, 0.99),)),
        target_language=other(language),
        title=None,
        text=text,
        removed=(),
        segments=tuple(
            RecordSegment(
                f"s{number}",
                number - 1,
                span,
                language,
                {language: span.text, other(language): None},
                SegmentTranslation("skipped"),
            )
            for number, span in enumerate(spans, 1)
        ),
        entities=tuple(
            RecordEntity(
                ids[name],
                label,
                canonical,
                {language: name, other(language): None},
                (),
                tuple(_mentions(text, name, segment_of)),
            )
            for label, canonical, name in names
        ),
        values=(),
        claims=tuple(
            RecordClaim(
                f"c{number}",
                "direct",
                (_span(text, content),),
                {language: content, other(language): None},
                (segment_of(text.index(content)),),
                RecordSpeaker(None, ids.get(speaker), speaker) if speaker else None,
                RecordCue(_span(text, content), "say"),
                0.9,
            )
            for number, (content, speaker) in enumerate(said, 1)
        ),
        links=(),
        provenance=Provenance("test", {}, {}, "0" * 64),
    )


def _span(text: str, part: str) -> RecordSpan:
    start = text.index(part)
    return RecordSpan(start, start + len(part), part, ((start, start + len(part)),))


def _mentions(text: str, name: str, segment_of):  # type: ignore[no-untyped-def]
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        yield RecordMention(segment_of(start), start, end, name, ((start, end),))
        start = text.find(name, end)


def store_with(folder: Path, records: Sequence[Record]) -> Store:
    """A store as the workers leave it: base records, receipts, records without links."""
    store = Store(folder, {"assemble": "11-assemble"})
    for record in records:
        add(store, record)
    return store


def add(store: Store, record: Record) -> None:
    """Put one document into a store, as a worker does."""
    content = dump(record)
    checksum = store.write(store.stage_path("assemble", record.id), content)
    store.write(store.record_path(record.id), content)
    kept = Kept(sha256(content + b"key"), checksum)
    store.write_receipt(record.id, Receipt(record.source.path, {"assemble": kept}, checksum))


ENGLISH = article(
    "bridge-en",
    "en",
    [
        "The old bridge over the Taro will close in June.",
        "“The bolts are rusty and nobody has looked at them for 12 years,” said Ada Moretti.",
        "The council of Borgotaro will spend 3 million euros on the repairs.",
        "“We shall ask London for help,” the mayor, Bruno Salvi, said.",
        "Lorries must take the road through the hills until Christmas.",
    ],
    [
        ("PER", "per:ada-moretti", "Ada Moretti"),
        ("LOC", "loc:london", "London"),
        ("PER", "per:bruno-salvi", "Bruno Salvi"),
        ("LOC", "loc:taro", "Taro"),
        ("LOC", "loc:borgotaro", "Borgotaro"),
    ],
    [
        ("The bolts are rusty and nobody has looked at them for 12 years", "Ada Moretti"),
        ("We shall ask London for help", "Bruno Salvi"),
    ],
)
ITALIAN = article(
    "ponte-it",
    "it",
    [
        "Il vecchio ponte sul Taro chiuderà a giugno.",
        "«I bulloni sono arrugginiti e nessuno li guarda da 12 anni», ha detto Ada Moretti.",
        "Il comune di Borgotaro spenderà 3 milioni di euro per le riparazioni.",
        "«Chiederemo aiuto a Londra», ha detto il sindaco, Bruno Salvi.",
        "I camion dovranno passare dalla strada delle colline fino a Natale.",
    ],
    [
        ("PER", "per:ada-moretti", "Ada Moretti"),
        ("LOC", "loc:londra", "Londra"),
        ("PER", "per:bruno-salvi", "Bruno Salvi"),
        ("LOC", "loc:taro", "Taro"),
        ("LOC", "loc:borgotaro", "Borgotaro"),
    ],
    [
        ("I bulloni sono arrugginiti e nessuno li guarda da 12 anni", "Ada Moretti"),
        ("Chiederemo aiuto a Londra", "Bruno Salvi"),
    ],
)
OTHER_ENGLISH = article(
    "bees-en",
    "en",
    [
        "Beekeepers in Kent lost a third of their hives last winter.",
        "“The wasps came early and stayed late,” said Jo Pym.",
        "Honey now costs nine pounds a jar.",
    ],
    [("PER", "per:jo-pym", "Jo Pym"), ("LOC", "loc:kent", "Kent")],
    [("The wasps came early and stayed late", "Jo Pym")],
)
OTHER_ITALIAN = article(
    "cinema-it",
    "it",
    [
        "Il festival del cinema di Locarno ha premiato una regista esordiente.",
        "«Non ho mai avuto un piano», ha detto Lia Conti.",
        "Il film uscirà nelle sale in autunno.",
    ],
    [("PER", "per:lia-conti", "Lia Conti"), ("LOC", "loc:locarno", "Locarno")],
    [("Non ho mai avuto un piano", "Lia Conti")],
)
EVERYTHING = (ENGLISH, ITALIAN, OTHER_ENGLISH, OTHER_ITALIAN)
