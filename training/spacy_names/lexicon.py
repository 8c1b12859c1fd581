"""What is known of an English word before any training; see `training.spacy_it.lexicon`.

Beside what the Italian table holds, the English one has word clusters: Brown clusters of a million
forms come with ``spacy-lookups-data``. Words with the same path from the root of the cluster tree
occur in the same company: surnames, months, towns, verbs of saying.
"""

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy
import spacy_lookups_data
from spacy.vectors import Vectors

from training.spacy_it.lexicon import Lexicon, Table, name_features, tabulate

FOREIGN_FILES = (
    "it/ner_wikineural/it_val.conllu",
    "names_es_fr_pt/es_val.conllu",
    "names_es_fr_pt/fr_val.conllu",
    "names_es_fr_pt/pt_val.conllu",
)
POS_TABLES = ("adj", "adv", "noun", "verb")
MEANING_WORDS = 30_000
PATH_BITS = 12


def build_vectors(data: Path) -> Vectors:
    """The table of word vectors for English; ``data`` is the corpora's folder."""
    names = name_features(data, "en", FOREIGN_FILES)
    return tabulate(
        Lexicon("en", POS_TABLES, _parts_of_speech(), names, _clusters()), MEANING_WORDS
    )


def _parts_of_speech() -> dict[str, set[str]]:
    """For each base or irregular form of WordNet's lists, the parts of speech it has there."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for table in ("en_lemma_index", "en_lemma_exc"):
        for pos, forms in _lookups(table).items():
            for form in forms:
                found[form.lower()].add(pos)
    return found


def _clusters() -> dict[str, Table]:
    """For each form, the first turns on its path from the root (1 right, -1 left) of the tree.

    The path is read from the lowest bit of the cluster's number; 0 stands for no cluster.
    Capitalised forms come before others of the same lower-case form: names are looked for.
    """
    found: dict[str, Table] = {}
    turns = 1 << numpy.arange(PATH_BITS)
    for form, number in _lookups("en_lexeme_cluster").items():
        if number and (form[0].isupper() or form.lower() not in found):
            found[form.lower()] = numpy.where(number & turns, 1.0, -1.0).astype(numpy.float32)
    return found


def _lookups(table: str) -> Any:
    path = Path(spacy_lookups_data.__file__).parent / "data" / f"{table}.json.gz"
    with gzip.open(path) as file:
        return json.load(file)
