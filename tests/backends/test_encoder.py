"""The encoder: pieces, trees, and the shipped model's promises."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from pipeline.backends.encoder import Claims, Encoder, Reading, Tagging
from pipeline.backends.pieces import Pieces
from pipeline.backends.trees import best_tree
from pipeline.errors import ResourceError

MODEL = Path(__file__).parents[2] / "pipeline" / "models" / "encoder"

ENGLISH, ITALIAN = (
    text.split()
    for text in (
        "Zhou Mingzhe , who leads Nexora in Dublin , said on Monday that the European Commission "
        "had not replied . He told the Irish Times that talks would go on .",
        "Il sindaco di Ancona , Serena Baldoni , ha detto che l' Unione europea pagherà i lavori . "
        "Lo scrive il Corriere della Sera .",
    )
)


class TestPieces:
    pieces = Pieces(
        ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁Rom", "▁Roma", "a", "n", "i", "ni", ".", "Roma"],
        [0.0, 0.0, 0.0, 0.0, -4.0, -3.0, -3.5, -2.0, -2.0, -2.0, -2.5, -1.0, -9.0],
    )

    def test_the_likeliest_cut_wins(self) -> None:
        assert self.pieces.cut("Roma") == (6,)  # one piece of -3.5 against "▁Rom" + "a" of -5
        assert self.pieces.cut("Romani") == (6, 10)

    def test_closing_marks_lean_on_the_word_before(self) -> None:
        assert self.pieces.cut(".") == (11,)

    def test_a_word_that_is_a_piece_only_without_a_space_loses_the_bare_space(self) -> None:
        assert self.pieces.cut("a") == (7,)

    def test_characters_outside_the_vocabulary_are_unknown(self) -> None:
        assert self.pieces.cut("a漢") == (7, Pieces.unknown)

    @pytest.mark.parametrize("word", ["", " ", "\N{ZERO WIDTH SPACE}", "x" * 100_000])
    def test_every_word_has_pieces_and_not_too_many(self, word: str) -> None:
        assert 1 <= len(self.pieces.cut(word)) <= 64


def every_tree(size: int, root: int) -> list[tuple[int, ...]]:
    """All head rows over `size` words that form one tree under `root`, by trying every row."""

    def is_tree(heads: tuple[int, ...]) -> bool:
        for word in range(size):
            at = word
            for _ in range(size):
                at = heads[at]
            if at != root:
                return False
        return heads[root] == root

    return [heads for heads in itertools.product(range(size), repeat=size) if is_tree(heads)]


@pytest.mark.parametrize("seed", range(40))
def test_best_tree_equals_the_best_of_all_trees(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = seed % 5 + 1
    scores = random.normal(size=(size, size)).astype(np.float32)
    heads = best_tree(scores)
    roots = [word for word in range(size) if heads[word] == word]
    assert len(roots) == 1

    def total(tree: tuple[int, ...]) -> float:
        return float(sum(scores[w, h] for w, h in enumerate(tree) if w != roots[0]))

    assert total(tuple(heads)) == pytest.approx(max(map(total, every_tree(size, roots[0]))))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"model\.onnx"):
        Encoder(tmp_path)
    with pytest.raises(ResourceError, match=r"model\.onnx"):
        Encoder.describe(tmp_path)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(MODEL)


def same(one: Tagging, other: Tagging) -> bool:
    """Equal to the last bit."""
    arrays = [
        (one.starts, other.starts),
        (one.claims.content, other.claims.content),
        (one.claims.cue, other.claims.cue),
        (one.claims.source, other.claims.source),
    ]
    return (
        one.names == other.names
        and one.syntax == other.syntax
        and all(a.tobytes() == b.tobytes() for a, b in arrays)
    )


def found(words: list[str], tagging: Tagging) -> set[tuple[str, str]]:
    return {(" ".join(words[n.start : n.end]), n.label) for n in tagging.names}


@pytest.mark.models
class TestShippedModel:
    def test_names_in_both_languages(self, encoder: Encoder) -> None:
        english, italian = encoder.tag([ENGLISH, ITALIAN])
        assert found(ENGLISH, english) >= {
            ("Zhou Mingzhe", "PER"),
            ("Nexora", "ORG"),
            ("Dublin", "LOC"),
            ("European Commission", "ORG"),
        }
        assert found(ITALIAN, italian) >= {
            ("Ancona", "LOC"),
            ("Serena Baldoni", "PER"),
            ("Unione europea", "ORG"),
            ("Corriere della Sera", "ORG"),
        }

    def test_sentence_starts(self, encoder: Encoder) -> None:
        for words, second in ((ENGLISH, "He"), (ITALIAN, "Lo")):
            starts = encoder.tag([words])[0].starts
            assert [words[at] for at in np.flatnonzero(starts > 0.5) if at] == [second]

    def test_italian_syntax_is_one_tree_a_sentence(self, encoder: Encoder) -> None:
        syntax = encoder.tag([ITALIAN], syntax=True)[0].syntax
        assert syntax is not None
        said = ITALIAN.index("detto")
        assert (syntax.upos[said], syntax.heads[said], syntax.deps[said]) == ("VERB", said, "root")
        mayor = ITALIAN.index("sindaco")
        assert (syntax.heads[mayor], syntax.deps[mayor]) == (said, "nsubj")
        assert [w for w, head in enumerate(syntax.heads) if w == head] == [
            said,
            ITALIAN.index("scrive"),
        ]

    def test_an_answer_does_not_depend_on_its_company(self, encoder: Encoder) -> None:
        alone = [encoder.tag([words], syntax=True)[0] for words in (ENGLISH, ITALIAN)]
        together = Encoder(MODEL).tag([ITALIAN * 9, ITALIAN, ["Sì"], ENGLISH], syntax=True)
        assert same(together[3], alone[0])
        assert same(together[1], alone[1])

    def test_claim_rows_are_chances(self, encoder: Encoder) -> None:
        claims = encoder.tag([ENGLISH])[0].claims
        assert claims.content.shape == (len(ENGLISH), 7)
        assert claims.cue.shape == claims.source.shape == (len(ENGLISH), 3)
        for rows in (claims.content, claims.cue, claims.source):
            np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-4)

    def test_long_windows_keep_every_word_and_the_names_at_the_seams(
        self, encoder: Encoder
    ) -> None:
        words = ITALIAN * 120
        tagging = encoder.tag([words], syntax=True)[0]
        assert tagging.syntax is not None
        assert len(tagging.starts) == len(tagging.syntax.heads) == len(words)
        mayors = [n for n in tagging.names if words[n.start : n.end] == ["Serena", "Baldoni"]]
        assert len(mayors) >= 118
        assert all(
            abs(head - word) < len(ITALIAN) for word, head in enumerate(tagging.syntax.heads)
        )

    @pytest.mark.parametrize(
        "words", [[], [""], ["\N{ZERO WIDTH SPACE}", "…"], ["漢字", "🙂"], ["x" * 5_000] * 40]
    )
    def test_odd_words_are_no_reason_to_fail(self, encoder: Encoder, words: list[str]) -> None:
        tagging = encoder.tag([words], syntax=True)[0]
        assert tagging.syntax is not None
        assert len(tagging.starts) == len(tagging.syntax.upos) == len(words)

    def test_the_identity_is_known_without_loading(self, encoder: Encoder) -> None:
        assert encoder.identity == Encoder.describe(MODEL)
        assert encoder.identity.startswith("bilingual-encoder-")

    def test_another_parser_decides_on_sentences_and_votes_on_the_rest(
        self, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alone = encoder.tag([ITALIAN], syntax=True)[0].syntax
        assert alone is not None
        opens = [0, ITALIAN.index("Lo")]
        undecided = np.full((len(ITALIAN), len(encoder.upos)), 1 / len(encoder.upos), np.float32)
        agreeing = Reading(opens, alone.heads, undecided)
        assert encoder.tag([ITALIAN], True, [agreeing])[0].syntax == alone

        monkeypatch.setattr("pipeline.backends.encoder._HEAD_VOTE", 1000.0)
        flat = [max(at for at in opens if at <= word) for word in range(len(ITALIAN))]
        certain = np.zeros_like(undecided)
        certain[:, encoder.upos.index("NOUN")] = 1.0
        monkeypatch.setattr("pipeline.backends.encoder._LEAST_CHANCE", 0.0)
        told = encoder.tag([ITALIAN], True, [Reading(opens, flat, certain)])[0].syntax
        assert told is not None
        assert list(told.heads) == flat
        assert set(told.upos) == {"NOUN"}

        tagging = encoder.tag([ITALIAN], True, [Reading([0])])[0]
        assert np.flatnonzero(tagging.starts).tolist() == [0]


def test_runs_of_words_likelier_content_than_not_are_contents() -> None:
    outside, direct, inside, mixed = (
        [0.9, 0.1, 0, 0, 0, 0, 0],
        [0.1, 0.8, 0.1, 0, 0, 0, 0],
        [0.3, 0, 0.7, 0, 0, 0, 0],
        [0.2, 0, 0, 0, 0, 0.8, 0],
    )
    rows = [outside, direct, inside, outside, direct, mixed]
    nothing = np.zeros((len(rows), 3), np.float32)
    claims = Claims(np.array(rows, np.float32), nothing, nothing)
    found = [(start, end, kind, round(score, 2)) for start, end, kind, score in claims.contents()]
    assert found == [(1, 3, "direct", 0.8), (4, 5, "direct", 0.9), (5, 6, "mixed", 0.8)]
