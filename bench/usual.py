"""The script most people would write, timed: ``python -m bench.usual FOLDER``.

Detects the language, runs ``nlp(text)`` per document with the models as they load by default, takes
textacy's quotations where it knows the language, and dumps JSON. Prints processor seconds, without
and with the time of loading.
"""

# ruff: noqa: T201 - its output is its result
from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import spacy
import textacy.extract
from langdetect import detect

from pipeline.backends.packaged import PACKAGED


def main(folder: Path) -> None:
    """Process the folder and print the seconds."""
    texts = [path.read_text("utf-8") for path in sorted(folder.iterdir())]
    models = {code: spacy.load(name) for code, name in PACKAGED.items()}
    for text in texts[:4]:
        models.get(detect(text), models["en"])(text)
    began = time.process_time()
    for text in texts:
        language = detect(text)
        doc = models.get(language, models["en"])(text)
        entities = [(entity.text, entity.label_) for entity in doc.ents]
        json.dumps({"language": language, "entities": entities, "quotes": _quotes(doc, language)})
    print(time.process_time() - began, time.process_time())


def _quotes(doc: spacy.tokens.Doc, language: str) -> list[str]:
    if language != "en":
        return []
    try:
        return [str(quote) for quote in textacy.extract.direct_quotations(doc)]
    except ValueError:  # it gives up at an odd number of quotation marks
        return []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
