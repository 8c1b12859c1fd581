"""spaCy DocBin: blank-tokenized texts with entities in ``doc.spans["entities"]`` and claims in
``doc.spans["claims"]``; spans that cut a token are widened to it."""

from __future__ import annotations

from pathlib import Path

from pipeline.backends.docbin import DocBinWriter
from pipeline.store.records import read_records
from pipeline.views.export.target import opened


def export(folder: Path, target: Path) -> int:
    """Write all records; read them with ``spacy.tokens.DocBin().from_disk(path)``."""
    writer = DocBinWriter()
    count = 0
    for record in read_records(folder):
        entities = [
            (mention.start, mention.end, entity.label, entity.canonical)
            for entity in record.entities
            for mention in entity.mentions
        ]
        claims = [
            (span.start, span.end, claim.kind, claim.id)
            for claim in record.claims
            for span in claim.content
        ]
        writer.add(
            record.id, record.language.code, record.text, {"entities": entities, "claims": claims}
        )
        count += 1
    with opened(target) as file:
        file.write(writer.to_bytes())
    return count
