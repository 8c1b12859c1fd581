"""Development scores while training: the PyTorch model, sentence by sentence, undecoded."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import torch

from pipeline.backends.pieces import Pieces
from training.encoder.data import UNKNOWN, Corpus
from training.encoder.losses import split_claims
from training.encoder.model import EncoderModel, Outputs
from training.encoder.score import Tally, count_claims, count_names, spans, summary
from training.encoder.windows import Batch, Window, collate, windows

_GROUP = 32

Labels = tuple[Sequence[str], Sequence[str]]
"""Parts of speech and dependency labels."""


@torch.no_grad()
def dev_scores(
    model: EncoderModel, pieces: Pieces, corpora: list[Corpus], labels: Labels, most: int
) -> dict[str, str]:
    """One line of scores a corpus, over the first `most` development sentences."""
    model.eval()
    report = {}
    for corpus in corpora:
        held = list(windows(corpus.dev[:most], 1, 1, random.Random(0), *labels))
        tallies: dict[str, Tally] = {}
        counts: Counter[str] = Counter()
        for at in range(0, len(held), _GROUP):
            group = held[at : at + _GROUP]
            batch = collate(group, pieces, model.sizes.positions)
            out = model(batch.pieces, batch.lengths, batch.first)
            if group[0].heads:
                _count_trees(counts, out, batch, labels[1].index("punct"))
            else:
                _count_flat(tallies, out, batch, group)
        report[corpus.name] = summary(tallies) or " ".join(
            f"{score} {100 * counts[score] / counts['words']:.1f}"
            for score in ("upos", "uas", "las")
        )
    model.train()
    return report


def _count_flat(
    tallies: dict[str, Tally], out: Outputs, batch: Batch, group: Sequence[Window]
) -> None:
    names = out.names.argmax(-1)
    claims = torch.stack([part.argmax(-1) for part in split_claims(out.claims)], -1)
    for row, window in enumerate(group):
        size = int(batch.word_mask[row].sum())
        count_names(tallies, spans(names[row, :size].tolist()), window.names[:size])
        if window.claims:
            count_claims(tallies, claims[row, :size].tolist(), window.claims[:size])


def _count_trees(counts: Counter[str], out: Outputs, batch: Batch, punct: int) -> None:
    heads = out.arcs.masked_fill(~batch.word_mask[:, None, :], float("-inf")).argmax(-1)
    labels = out.labels.argmax(1).gather(2, heads[..., None])[..., 0]
    real = (batch.heads != UNKNOWN) & (batch.deps != punct)
    right = heads == batch.heads
    counts["words"] += int(real.sum())
    counts["upos"] += int((out.upos.argmax(-1) == batch.upos)[real].sum())
    counts["uas"] += int(right[real].sum())
    counts["las"] += int((right & (labels == batch.deps))[real].sum())
