"""Which documents are taken for the same story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.record import Record
from pipeline.corpus.features import (
    Features,
    Side,
    has_features,
    kept_features,
    make_features,
    path_key,
)
from pipeline.corpus.match import match_documents
from pipeline.corpus.pair import Couple, find_candidates, find_couples, likeness
from pipeline.store.files import Store
from tests.corpus.articles import ENGLISH, EVERYTHING, ITALIAN, article, store_with

pytestmark = pytest.mark.models


def couples(folder: Path, records: Sequence[Record], min_score: float = 0.5) -> list[Couple]:
    store = store_with(folder, records)
    features = {each.id: make_features(store, each, "key") for each in records}
    traits = {document: each.traits for document, each in features.items()}
    return find_couples(find_candidates(traits, min_score), features.__getitem__, min_score)


def features_of(folder: Path, record: Record) -> Features:
    return make_features(Store(folder, {}), record, "key")


def test_the_story_told_twice_is_found(tmp_path: Path) -> None:
    found = couples(tmp_path, EVERYTHING)
    assert [(each.left, each.right) for each in found] == [("bridge-en", "ponte-it")]
    assert found[0].score > 0.8


def test_likeness_of_strangers_is_low(tmp_path: Path) -> None:
    strangers = [each for each in EVERYTHING if each.id in ("bees-en", "cinema-it")]
    left, right = (features_of(tmp_path, each) for each in strangers)
    assert likeness(left, right) < 0.1


def test_an_article_without_text_pairs_with_nothing(tmp_path: Path) -> None:
    assert (
        couples(tmp_path, [article("empty-en", "en", ["…"]), article("vuoto-it", "it", ["…"])])
        == []
    )


def test_a_translation_declared_by_address(tmp_path: Path) -> None:
    english = article("a", "en", ["It rained."], metadata={"url": "https://example.org/a"})
    italian = article(
        "b", "it", ["Chi lo sa?"], metadata={"translation_of": "https://example.org/a"}
    )
    assert couples(tmp_path, [english, italian]) == [Couple("a", "b", 0.99)]


def test_file_names_alone_do_not_pair_strangers(tmp_path: Path) -> None:
    english = article("one.en", "en", ["Beekeepers in Kent lost a third of their hives."])
    italian = article("one.it", "it", ["La Borsa di Milano ha chiuso in calo, giù le banche."])
    assert path_key(english.source.path) == path_key(italian.source.path)
    assert couples(tmp_path, [english, italian]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("news/story.en.txt", "news/story.it.txt"),
        ("en/story.txt", "it/story.txt"),
        ("STORY_EN.md", "STORY_IT.md"),
        ("story-english.html", "story-italian.html"),
    ],
)
def test_file_names_that_differ_in_their_language(one: str, other: str) -> None:
    assert path_key(one) == path_key(other) is not None


@pytest.mark.parametrize("path", ["story.txt", "items.txt", "en01_story.txt", "kitten.txt"])
def test_file_names_without_a_language(path: str) -> None:
    assert path_key(path) is None


def test_kept_features_equal_fresh_ones(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    fresh = make_features(store, ENGLISH, "key")
    vectors = fresh.segments
    kept = kept_features(store, ENGLISH.id, "key", nothing_is_made)
    assert kept is not None
    assert (kept.segments == vectors).all()
    assert (kept.vector == fresh.vector).all()
    assert (kept.traits.opening == fresh.traits.opening).all()
    assert kept.traits.names == fresh.traits.names >= {"moretti", "borgotaro"}
    assert kept.traits.numbers == {"12", "3000000"}


def test_vectors_of_segments_made_later_equal_those_made_at_once(tmp_path: Path) -> None:
    at_once = make_features(Store(tmp_path / "one", {}), ENGLISH, "key").segments
    store = Store(tmp_path / "other", {})
    make_features(store, ENGLISH, "key")
    later = kept_features(store, ENGLISH.id, "key", lambda: ENGLISH)
    assert later is not None
    assert later.segments.shape == (len(ENGLISH.segments), 512)
    assert (later.segments == at_once).all()


def test_strangers_need_vectors_of_their_openings_alone(tmp_path: Path) -> None:
    strangers = [each for each in EVERYTHING if each.id in ("bees-en", "cinema-it")]
    assert couples(tmp_path, strangers) == []
    assert (tmp_path / ".pipeline" / "features").exists()
    assert not (tmp_path / ".pipeline" / "segments").exists()


def test_features_under_another_key_or_damaged_do_not_count(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    make_features(store, ITALIAN, "key")
    assert has_features(store, ITALIAN.id, "key")
    assert not has_features(store, ITALIAN.id, "other key")
    path = next(tmp_path.rglob("*.npz"))
    path.write_bytes(path.read_bytes()[:100])
    assert not has_features(store, ITALIAN.id, "key")
    assert kept_features(store, ITALIAN.id, "key", nothing_is_made) is None


def test_damaged_vectors_of_segments_are_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    vectors = make_features(store, ITALIAN, "key").segments
    path = next((tmp_path / ".pipeline" / "segments").iterdir())
    path.write_bytes(path.read_bytes()[:100])
    again = kept_features(store, ITALIAN.id, "key", lambda: ITALIAN)
    assert again is not None
    assert (again.segments == vectors).all()


def nothing_is_made() -> Record:
    raise AssertionError("what is kept was made again")


def test_a_translation_with_a_missing_part_is_still_parallel(tmp_path: Path) -> None:
    assert relation(tmp_path, ITALIAN, ["s1", "s2", "s4", "s5"]) == "parallel"


def test_a_story_told_anew_is_comparable(tmp_path: Path) -> None:
    again = article(
        "anew-it",
        "it",
        [
            "Estate difficile per chi attraversa il Taro: il ponte va rifatto.",
            "«I bulloni sono arrugginiti e nessuno li guarda da 12 anni», dice Ada Moretti.",
            "I commercianti temono di perdere i clienti della domenica.",
            "A Borgotaro si parla già di un traghetto.",
        ],
        [("PER", "per:ada-moretti", "Ada Moretti"), ("LOC", "loc:borgotaro", "Borgotaro")],
        [("I bulloni sono arrugginiti e nessuno li guarda da 12 anni", "Ada Moretti")],
    )
    assert relation(tmp_path, again, [segment.id for segment in again.segments]) == "comparable"


def relation(folder: Path, italian: Record, segments: list[str]) -> str:
    """The relation of the English article to the given segments of an Italian one."""
    kept = replace(italian, segments=tuple(s for s in italian.segments if s.id in segments))
    kept = replace(kept, text="\n\n".join(segment.span.text for segment in kept.segments))
    sides = [Side.of(each, features_of(folder, each)) for each in (ENGLISH, kept)]
    return match_documents(sides[0], sides[1], 0.9, 0.5).pair.relation
