"""The loss of every task on one batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from training.encoder.data import CONTENT, CUE, NAMES, O_OR_MISC, SOURCE, UNKNOWN
from training.encoder.model import EncoderModel
from training.encoder.windows import Batch

_OPEN = [0, NAMES.index("B-MISC"), NAMES.index("I-MISC")]


def batch_losses(model: EncoderModel, batch: Batch, dropout: float) -> dict[str, Tensor]:
    """The loss of each task that has targets in the batch."""
    words = model.words(batch.pieces, batch.lengths, batch.first, dropout)
    starts = batch.starts != UNKNOWN
    losses = {
        "starts": binary_cross_entropy_with_logits(
            model.starts(words)[..., 0][starts].float(), batch.starts[starts].float()
        )
    }
    if (batch.names != UNKNOWN).any():
        losses["names"] = names_loss(model.names(words), batch.names)
    if (batch.claims != UNKNOWN).any():
        losses["claims"] = claims_loss(model.claims(words), batch.claims)
    if (batch.heads != UNKNOWN).any():
        words = model.syntax_words(words, batch.treebanks)
        losses["upos"] = _words_loss(model.upos(words), batch.upos)
        arcs = model.parser.arcs(words).masked_fill(~batch.word_mask[:, None, :], float("-inf"))
        known = batch.heads != UNKNOWN
        losses["arcs"] = cross_entropy(arcs[known].float(), batch.heads[known])
        at_heads = model.parser.labels_at(words, batch.heads.clamp(min=0))
        losses["labels"] = _words_loss(at_heads, batch.deps)
    return losses


def names_loss(scores: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy; an O_OR_MISC word counts the chance of O and of MISC together."""
    known = targets != UNKNOWN
    chances = scores[known].float().log_softmax(-1)
    targets = targets[known]
    either = torch.logsumexp(chances[:, _OPEN], -1)
    exact = chances.gather(1, targets.clamp(min=0)[:, None])[:, 0]
    return -torch.where(targets == O_OR_MISC, either, exact).mean()


def claims_loss(scores: Tensor, targets: Tensor) -> Tensor:
    """Sum of the cross entropies of content, cue and source."""
    parts = zip(split_claims(scores), targets.unbind(-1), strict=True)
    return torch.stack([_words_loss(part, target) for part, target in parts]).sum()


def split_claims(scores: Tensor) -> tuple[Tensor, ...]:
    """Scores of content, cue and source."""
    return scores.split((len(CONTENT), len(CUE), len(SOURCE)), dim=-1)


def _words_loss(scores: Tensor, targets: Tensor) -> Tensor:
    return cross_entropy(scores.flatten(0, -2).float(), targets.flatten(), ignore_index=UNKNOWN)
