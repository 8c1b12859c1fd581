"""The bilingual encoder: names, claim tags and Italian syntax for words of English and Italian.

One int8 model, run by onnxruntime on one thread. Every run holds one window and no padding, so an
answer depends on the words of its window alone, never on what else was asked at the same time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.backends.pieces import Pieces
from pipeline.backends.trees import best_tree
from pipeline.core.layers import ClaimKind
from pipeline.errors import ResourceError

Floats = NDArray[np.float32]

_OVERLAP_PIECES = 24
"""Context kept on each side where a text is longer than the model's window."""

_FILES = ("model.onnx", "pieces.json", "labels.json")
_CLAIM_COLUMNS = (7, 10)
"""Where cue and source begin in the model's row of claim chances."""
_FLAT_OUTPUTS = ("names", "claims", "starts")
_TREE_OUTPUTS = ("upos", "arcs", "labels")
_KINDS: tuple[ClaimKind, ...] = ("direct", "indirect", "mixed")
"""The order of the kinds in the columns of `Claims.content`."""
_REPORTED = 0.5
"""A word belongs to content when that is likelier than not."""
_HEAD_VOTE = 1.5
"""What a head found by another parser adds to the log score of its arc. Of 0.5 to 6, this gave the
best trees on the development part of ISDT: LAS 88.2 instead of 87.9."""

_LEAST_CHANCE = 0.001
"""Another parser rules no part of speech out: it may not know all of them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name: half-open range of words, its label, and the chance of its least sure word.

    Labels are PER, ORG, LOC and MISC.
    """

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Syntax:
    """Universal Dependencies of a window, one entry a word; a root is its own head."""

    upos: tuple[str, ...]
    heads: tuple[int, ...]
    deps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What another parser makes of a window.

    `opens` are the words that open sentences; they stand, while the rest are votes: `heads`, an
    index in the window for each word (others count for nothing), and `upos`, chances of the parts
    of speech, shape (words, tags), in the order of `Encoder.upos`.
    """

    opens: Sequence[int]
    heads: Sequence[int] = ()
    upos: Floats | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """Chances of claim tags, one row a word, each row summing to one.

    Shape: `content` (words, 7): outside, then begin and inside of direct, indirect and mixed
    content; `cue` and `source` (words, 3): outside, begin, inside.
    """

    content: Floats
    cue: Floats
    source: Floats

    def contents(self) -> Iterator[tuple[int, int, ClaimKind, float]]:
        """Runs of words that are likelier content than not: half-open range, kind, mean chance."""
        reported = 1.0 - self.content[:, 0]
        opens = self.content[:, 1::2].sum(axis=1) > self.content[:, 2::2].sum(axis=1)
        start = 0
        for at in range(len(reported) + 1):
            ends = at == len(reported) or reported[at] < _REPORTED
            if at > start and (ends or opens[at]):
                by_kind = self.content[start:at, 1:].reshape(-1, len(_KINDS), 2).sum(axis=(0, 2))
                yield start, at, _KINDS[int(by_kind.argmax())], float(reported[start:at].mean())
                start = at
            if ends:
                start = at + 1


@dataclass(frozen=True, slots=True)
class Tagging:
    """What the encoder says about one window.

    `starts` holds the chance of each word to open a sentence; `syntax` is None unless asked for.
    """

    names: tuple[Name, ...]
    starts: Floats
    claims: Claims
    syntax: Syntax | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of the model: words `start` to `end`, of which `keep_start` to `keep_end` count."""

    start: int
    end: int
    keep_start: int
    keep_end: int

    def kept(self, rows: Floats) -> Floats:
        """The rows of the words that count, out of one row a word of the run."""
        return rows[self.keep_start - self.start : self.keep_end - self.start]


class Encoder:
    """The model in `folder`: `model.onnx`, `pieces.json`, `labels.json`.

    Raises: ResourceError where one of them is missing.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        _check_files(folder)
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        self._pieces = Pieces.read(folder / "pieces.json")
        self._names: list[str] = labels["names"]
        self.upos: tuple[str, ...] = tuple(labels["upos"])
        self._deps: list[str] = labels["deps"]
        self._longest: int = labels["longest_pieces"]
        self.identity = self.describe(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        self._run_options = onnxruntime.RunOptions()
        self._run_options.only_execute_path_to_fetches = True

    @staticmethod
    def describe(folder: Path) -> str:
        """Name, version and digest of the model in `folder`, without loading it.

        Raises: ResourceError as the constructor does.
        """
        _check_files(folder)
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        digest = hashlib.sha256()
        for file in _FILES:
            digest.update((folder / file).read_bytes())
        return f"{labels['name']}-{labels['version']}-{digest.hexdigest()[:12]}"

    def tag(
        self,
        windows: Sequence[Sequence[str]],
        syntax: bool = False,
        readings: Sequence[Reading] = (),
    ) -> list[Tagging]:
        """One tagging a window, in order; a window is a list of consecutive words of one text.

        `syntax` asks for parts of speech and trees, which the model knows for Italian. `readings`
        gives, for each window, what another parser makes of it. A window longer than the model
        reads is run in overlapping parts, each word's answer coming from the part where it has
        most context; time stays linear in the words.
        """
        known: Sequence[Reading | None] = readings or [None] * len(windows)
        return [
            self._tag(words, syntax, reading) for words, reading in zip(windows, known, strict=True)
        ]

    def _tag(self, words: Sequence[str], syntax: bool, reading: Reading | None) -> Tagging:
        if not words:
            return _no_words(syntax)
        cuts = [self._pieces.cut(word) for word in words]
        parts = list(_parts([len(cut) for cut in cuts], self._longest - 2))
        runs = [self._run(cuts[part.start : part.end], syntax) for part in parts]
        names, claims, starts = (
            np.concatenate([part.kept(run[output]) for part, run in zip(parts, runs, strict=True)])
            for output in _FLAT_OUTPUTS
        )
        if reading is not None:
            starts = np.zeros_like(starts)
            starts[list(reading.opens)] = 1.0
        content, cue, source = np.split(claims, _CLAIM_COLUMNS, axis=1)
        return Tagging(
            self._spans(names),
            starts,
            Claims(content, cue, source),
            self._syntax(starts, parts, runs, reading) if syntax else None,
        )

    def _run(self, cuts: Sequence[tuple[int, ...]], syntax: bool) -> dict[str, Any]:
        pieces = [self._pieces.begin, *(piece for cut in cuts for piece in cut), self._pieces.end]
        first = np.cumsum([1, *(len(cut) for cut in cuts[:-1])], dtype=np.int64)
        outputs = _FLAT_OUTPUTS + (_TREE_OUTPUTS if syntax else ())
        values = self._session.run(
            outputs, {"pieces": np.array(pieces, dtype=np.int64), "first": first}, self._run_options
        )
        return dict(zip(outputs, values, strict=True))

    def _spans(self, chances: Floats) -> tuple[Name, ...]:
        tags = _best_tags(chances, self._names)
        found: list[Name] = []
        for at, tag in enumerate(tags):
            label = self._names[tag]
            score = float(chances[at, tag])
            if label[0] == "B":
                found.append(Name(at, at + 1, label[2:], score))
            elif label[0] == "I":
                before = found[-1]
                found[-1] = Name(before.start, at + 1, before.label, min(before.score, score))
        return tuple(found)

    def _syntax(
        self,
        starts: Floats,
        parts: list[_Part],
        runs: list[dict[str, Any]],
        reading: Reading | None,
    ) -> Syntax:
        upos = np.concatenate(
            [part.kept(run["upos"]) for part, run in zip(parts, runs, strict=True)]
        )
        if reading is not None and reading.upos is not None:
            upos = upos * np.maximum(reading.upos, _LEAST_CHANCE)
        heads: list[int] = []
        deps: list[str] = []
        for begin, end in _sentences(starts, parts):
            number = _widest(parts, begin, end)
            run, offset = runs[number], parts[number].start
            inside = slice(begin - offset, end - offset)
            arcs = run["arcs"][inside, inside]
            if reading is not None and reading.heads:
                arcs = _with_votes(arcs, np.array(reading.heads[begin:end]) - begin)
            tree = best_tree(arcs)
            own = np.arange(begin - offset, end - offset)
            labels = run["labels"][own, tree + begin - offset]
            heads.extend((tree + begin).tolist())
            deps.extend(self._deps[label] for label in labels)
        return Syntax(
            tuple(self.upos[tag] for tag in upos.argmax(axis=1)), tuple(heads), tuple(deps)
        )


def _with_votes(arcs: Floats, heads: NDArray[np.int64]) -> Floats:
    """The scores of arcs in one sentence, those to the given heads raised."""
    words = np.flatnonzero((heads >= 0) & (heads < len(arcs)))
    raised = arcs.copy()
    raised[words, heads[words]] += _HEAD_VOTE
    return raised


def _no_words(syntax: bool) -> Tagging:
    content, cue, source = (np.zeros((0, width), np.float32) for width in (7, 3, 3))
    claims = Claims(content, cue, source)
    return Tagging((), np.zeros(0, np.float32), claims, Syntax((), (), ()) if syntax else None)


def _check_files(folder: Path) -> None:
    for file in _FILES:
        if not (folder / file).is_file():
            raise ResourceError(
                f"The encoder needs {folder / file}, which is not there. "
                f'Install the package again, or set [models] profile = "fast".'
            )


def _parts(sizes: Sequence[int], longest: int) -> Iterator[_Part]:
    """Overlapping runs of at most `longest` pieces; the kept ranges follow each other."""
    start = kept = 0
    while kept < len(sizes):
        end, used = start, 0
        while end < len(sizes) and used + sizes[end] <= longest:
            used += sizes[end]
            end += 1
        if end == len(sizes):
            yield _Part(start, end, kept, end)
            return
        keep_end = max(kept + 1, _words_back(sizes, end, _OVERLAP_PIECES))
        yield _Part(start, end, kept, keep_end)
        kept = keep_end
        start = max(start + 1, _words_back(sizes, kept, _OVERLAP_PIECES))


def _words_back(sizes: Sequence[int], at: int, pieces: int) -> int:
    """The word that stands about `pieces` pieces before word `at`."""
    while at > 0 and pieces > 0:
        at -= 1
        pieces -= sizes[at]
    return at


def _sentences(starts: Floats, parts: Sequence[_Part]) -> Iterator[tuple[int, int]]:
    """Sentences as ranges of words; one that no part holds whole is cut where parts meet."""
    begins = [0, *(int(at) + 1 for at in np.flatnonzero(starts[1:] > 0.5))]
    for begin, end in zip(begins, [*begins[1:], len(starts)], strict=True):
        if any(part.start <= begin and end <= part.end for part in parts):
            yield begin, end
        else:
            cuts = [part.keep_start for part in parts if begin < part.keep_start < end]
            yield from zip([begin, *cuts], [*cuts, end], strict=True)


def _widest(parts: Sequence[_Part], begin: int, end: int) -> int:
    """The part that holds the words with most context on the poorer side."""
    holding = [n for n, part in enumerate(parts) if part.start <= begin and end <= part.end]
    return max(holding, key=lambda n: min(begin - parts[n].start, parts[n].end - end))


def _best_tags(chances: Floats, labels: Sequence[str]) -> list[int]:
    """The likeliest tags where an I only follows B or I of its label (Viterbi, if greedy fails)."""
    opening, allowed = _transitions(tuple(labels))
    tags = chances.argmax(axis=1)
    if not len(tags) or (opening[tags[0]] and allowed[tags[:-1], tags[1:]].all()):
        return [int(tag) for tag in tags]
    step = np.where(allowed, 0.0, -np.inf)
    scores = np.log(np.maximum(chances, 1e-12)).astype(np.float64)
    total = np.where(opening, scores[0], -np.inf)
    back: list[NDArray[np.int64]] = []
    for row in scores[1:]:
        through = total[:, None] + step
        back.append(through.argmax(axis=0))
        total = through.max(axis=0) + row
    best = [int(total.argmax())]
    for came_from in reversed(back):
        best.append(int(came_from[best[-1]]))
    return best[::-1]


@cache
def _transitions(labels: tuple[str, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tags may open a window, and which (before, tag) may follow each other."""
    opening = np.array([label[0] != "I" for label in labels])
    same = np.array([[before[2:] == label[2:] for label in labels] for before in labels])
    return opening, opening[None, :] | same
