"""Train the encoder: `python -m training.encoder.train --data DATA [--out FOLDER]`."""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
import tomllib
from collections import Counter
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from pipeline.backends.pieces import Pieces
from training.encoder.corpora import name_corpora, tree_corpora
from training.encoder.data import NAMES, O_OR_MISC, UNKNOWN, Corpus, Sentence, without_overlap
from training.encoder.model import EncoderModel, Outputs, Sizes, from_pretrained
from training.encoder.score import Tally, count_names, spans, summary
from training.encoder.vocabulary import choose_pieces, write_pieces
from training.encoder.weights import read_pretrained
from training.encoder.windows import Batch, Window, batches, collate, noisy, windows

log = logging.getLogger("train")


def names_loss(scores: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy; an O_OR_MISC word counts the chance of O and of MISC together."""
    known = targets != UNKNOWN
    chances = scores[known].float().log_softmax(-1)
    targets = targets[known]
    open_ = torch.logsumexp(chances[:, [0, NAMES.index("B-MISC"), NAMES.index("I-MISC")]], -1)
    exact = chances.gather(1, targets.clamp(min=0)[:, None])[:, 0]
    return -torch.where(targets == O_OR_MISC, open_, exact).sum() / max(1, len(targets))


def claims_loss(scores: Tensor, targets: Tensor) -> Tensor:
    parts = zip(scores.split((7, 3, 3), dim=-1), targets.unbind(-1), strict=True)
    return sum((_cross_entropy(part, target) for part, target in parts), torch.zeros(()))


def _cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(scores.flatten(0, -2).float(), targets.flatten(), ignore_index=UNKNOWN)


def batch_loss(model: EncoderModel, batch: Batch, dropout: float) -> dict[str, Tensor]:
    """The loss of every task with targets in the batch."""
    words = model.words(batch.pieces, batch.lengths, batch.first, dropout)
    losses: dict[str, Tensor] = {}
    if (batch.names != UNKNOWN).any():
        losses["names"] = names_loss(model.names(words), batch.names)
    if (batch.claims != UNKNOWN).any():
        losses["claims"] = claims_loss(model.claims(words), batch.claims)
    starts = batch.starts != UNKNOWN
    losses["starts"] = F.binary_cross_entropy_with_logits(
        model.starts(words)[..., 0][starts].float(), batch.starts[starts].float()
    )
    if (batch.heads != UNKNOWN).any():
        losses["upos"] = _cross_entropy(model.upos(words), batch.upos)
        arcs = model.parser.arcs(words)
        arcs = arcs.masked_fill(~batch.word_mask[:, None, :], float("-inf"))
        rows = batch.heads != UNKNOWN
        losses["arcs"] = F.cross_entropy(arcs[rows].float(), batch.heads[rows])
        at_heads = model.parser.labels_at(words, batch.heads.clamp(min=0))
        losses["labels"] = _cross_entropy(at_heads, batch.deps)
    return losses


@torch.no_grad()
def dev_scores(
    model: EncoderModel, pieces: Pieces, corpora: list[Corpus], upos: list[str], deps: list[str], most: int
) -> dict[str, str]:
    """Development scores by corpus, sentence by sentence; heads as each word's best, unrepaired."""
    model.eval()
    report = {}
    for corpus in corpora:
        tallies: dict[str, Tally] = {}
        counts: Counter[str] = Counter()
        held = list(windows(corpus.dev[:most], 1, 1, random.Random(0), upos, deps))
        for at in range(0, len(held), 32):
            group = held[at : at + 32]
            batch = collate(group, pieces, 256)
            with torch.autocast("cpu", torch.bfloat16):
                out = model(batch.pieces, batch.lengths, batch.first)
            if group[0].heads:
                _count_trees(counts, out, batch, deps.index("punct"))
            else:
                best = out.names.argmax(-1)
                for row, window in enumerate(group):
                    size = int(batch.word_mask[row].sum())
                    count_names(tallies, spans(best[row, :size].tolist()), window.names[:size])
        words = max(1, counts["words"])
        report[corpus.name] = (
            summary(tallies)
            if tallies
            else " ".join(f"{k} {100 * counts[k] / words:.1f}" for k in ("upos", "uas", "las"))
        )
    model.train()
    return report


def _count_trees(counts: Counter[str], out: Outputs, batch: Batch, punct: int) -> None:
    arcs = out.arcs.masked_fill(~batch.word_mask[:, None, :], float("-inf"))
    heads = arcs.argmax(-1)
    labels = out.labels.argmax(1).gather(2, heads[..., None])[..., 0]
    real = (batch.heads != UNKNOWN) & (batch.deps != punct)
    counts["words"] += int(real.sum())
    counts["upos"] += int((out.upos.argmax(-1) == batch.upos)[real].sum())
    counts["uas"] += int((heads == batch.heads)[real].sum())
    counts["las"] += int(((heads == batch.heads) & (labels == batch.deps))[real].sum())


def one_pass(
    corpora: list[Corpus], shares: dict[str, float], most: dict[str, int], words: int,
    chance: random.Random, upos: list[str], deps: list[str],
) -> tuple[list[Window], list[Window]]:
    """The windows of one pass, without and with trees; a share of 1.5 shows half the corpus twice."""
    flat: list[Window] = []
    trees: list[Window] = []
    for corpus in corpora:
        share = shares.get(corpus.name, 0.0)
        while share > 0:
            found = list(windows(corpus.train, most.get(corpus.name, 4), words, chance, upos, deps))
            chance.shuffle(found)
            found = [noisy(window, chance) for window in found[: round(len(found) * min(1.0, share))]]
            (trees if found and found[0].heads else flat).extend(found)
            share -= 1
    return flat, trees


def labels_of(corpora: list[Corpus]) -> tuple[list[str], list[str]]:
    """Parts of speech and dependency labels, sorted; labels of fewer than 5 words are left out."""
    sentences: list[Sentence] = [s for corpus in corpora for s in corpus.train]
    upos = Counter(tag for s in sentences for tag in s.upos or ())
    deps = Counter(dep for s in sentences for dep in s.deps or () if dep)
    return sorted(upos), sorted(dep for dep, uses in deps.items() if uses >= 5)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    arguments.add_argument("--out", type=Path, default=Path("build/encoder"))
    arguments.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"))
    arguments.add_argument("--stage", default="first", help="table of the configuration to run")
    arguments.add_argument("--start", type=Path, help="checkpoint to go on from")
    options = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = tomllib.loads(options.config.read_text("utf-8"))
    torch.set_num_threads(config["threads"])
    torch.manual_seed(config["seed"])
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.data, options.out, config, config["stage"][options.stage], options.start)


def train(data: Path, out: Path, config: dict, stage: dict, start: Path | None) -> None:
    """Train one stage and write checkpoints, vocabulary and labels to `out`."""
    names = without_overlap(name_corpora(data))
    trees = without_overlap(tree_corpora(data))
    corpora = names + trees
    upos, deps = labels_of(trees)
    pretrained = read_pretrained()
    piece_file = out / "pieces.json"
    if not piece_file.exists():
        words = (w for c in corpora if stage["shares"].get(c.name, 0) >= 0.1 for s in c.train for w in s.words)
        kept = choose_pieces(pretrained, words, config["pieces"])
        write_pieces(piece_file, pretrained, kept)
        (out / "kept.json").write_text(json.dumps(kept), "utf-8")
    kept = json.loads((out / "kept.json").read_text("utf-8"))
    pieces = Pieces.read(piece_file)
    sizes = Sizes(
        pretrained.hidden, config["layers"], pretrained.attention_heads, len(kept), config["longest"],
        len(NAMES), len(upos), len(deps), config["arc"], config["label"],
    )
    (out / "labels.json").write_text(json.dumps({"upos": upos, "deps": deps, "sizes": sizes._asdict()}), "utf-8")
    model = from_pretrained(pretrained, kept, sizes)
    if start:
        model.load_state_dict(torch.load(start))
    model.train()

    chance = random.Random(config["seed"] + stage.get("round", 0))
    flat, with_trees = one_pass(
        corpora, stage["shares"], config["sentences"], config["window_words"], chance, upos, deps
    )
    plan = batches(flat, pieces, stage["batch_pieces"], config["longest"], chance)
    plan += batches(with_trees, pieces, stage["batch_pieces"], config["longest"], chance)
    chance.shuffle(plan)
    log.info("%d windows, %d with trees, %d steps", len(flat), len(with_trees), len(plan))

    body = [p for n, p in model.named_parameters() if p.requires_grad and n.startswith(("layers", "norm", "positions"))]
    heads = [p for n, p in model.named_parameters() if not n.startswith(("layers", "norm", "positions", "pieces"))]
    optimizer = torch.optim.AdamW(
        [{"params": body, "rate": stage["rate"]}, {"params": heads, "rate": stage["head_rate"]}],
        weight_decay=0.01, betas=(0.9, 0.98), fused=True,
    )
    began, seen, sums, told = time.time(), 0, Counter(), Counter()
    for step, batch in enumerate(plan):
        done = max(step / len(plan), (time.time() - began) / 60 / stage["minutes"])
        if done >= 1:
            break
        factor = min(1.0, (step + 1) / stage["warmup"]) * (1 - (1 - stage["last_rate"]) * done)
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * factor
        with torch.autocast("cpu", torch.bfloat16):
            losses = batch_loss(model, batch, config["dropout"])
        total = sum(config["loss"][task] * loss for task, loss in losses.items())
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
        optimizer.step()
        seen += int(batch.lengths.sum())
        for task, loss in losses.items():
            sums[task] += loss.item()
            told[task] += 1
        if step % 50 == 49:
            log.info(
                "step %d done %.2f %.0f pieces/s %s", step + 1, done, seen / (time.time() - began),
                " ".join(f"{task} {sums[task] / told[task]:.3f}" for task in sorted(sums)),
            )
            sums.clear()
            told.clear()
        if step % stage["check_steps"] == stage["check_steps"] - 1:
            torch.save(model.state_dict(), out / "checkpoint.pt")
            for name, line in dev_scores(model, pieces, _with_dev(corpora), upos, deps, 120).items():
                log.info("  dev %s: %s", name, line)
    torch.save(model.state_dict(), out / "model.pt")
    for name, line in dev_scores(model, pieces, _with_dev(corpora), upos, deps, 400).items():
        log.info("  dev %s: %s", name, line)


def _with_dev(corpora: list[Corpus]) -> list[Corpus]:
    return [corpus for corpus in corpora if corpus.dev]


if __name__ == "__main__":
    main()
