"""One module per export format; `FORMATS` names them.

Every module has ``export(folder, target)``: read the records under the output folder ``folder``,
write the file (or folder) ``target``, and return how many records were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Format → module, suffix of the default file name, and one line of help.
FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    "jsonl": ("jsonl", ".jsonl", "one record per line"),
    "csv": ("csv_tables", "-csv", "a folder of seven tables, safe to open in a spreadsheet"),
    "parquet": ("parquet", "-parquet", "the same seven tables, with types"),
    "tmx": ("tmx", ".tmx", "translation memory (TMX 1.4) of all translated segments"),
    "docbin": ("docbin", ".spacy", "spaCy DocBin with entities and claims as spans"),
    "label-studio": ("label_studio", ".json", "Label Studio tasks with predictions"),
    "aliases": ("aliases", "-aliases.csv", "unknown names, to be edited for [entities] aliases"),
    "web-annotation": ("web_annotation", ".jsonld", "W3C Web Annotations with schema.org claims"),
}
