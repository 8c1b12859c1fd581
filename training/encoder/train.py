"""Train the encoder: `python -m training.encoder.train --data DATA [--out FOLDER]`.

The stages of the configuration run in order. Each writes `model.pt`; `export.py` makes the shipped
model of the last one.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from pipeline.backends.pieces import Pieces
from training.encoder.check import Labels, dev_scores
from training.encoder.corpora import (
    article_corpora,
    name_corpora,
    template_corpus,
    tree_corpora,
)
from training.encoder.data import NAMES, Corpus, without_overlap
from training.encoder.losses import batch_losses
from training.encoder.model import EncoderModel, Sizes, from_pretrained
from training.encoder.swaps import Pool, name_pool, swapped
from training.encoder.templates import foreign_names
from training.encoder.vocabulary import choose_pieces, write_pieces
from training.encoder.weights import Pretrained, read_pretrained
from training.encoder.windows import Batch, Window, batches, noisy, windows

log = logging.getLogger("train")

_BODY = ("layers", "norm", "positions")
_VOCABULARY = "pieces"
_OTHER_LANGUAGES = ("_es", "_fr", "_pt")
_TOLD_STEPS = 50
_BETAS = (0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Material:
    """What a stage trains on: corpora, vocabulary, label sets, and the settings of config.toml.

    `pools` holds the names of the corpora by language, `foreign` those of the templates' tables.
    """

    corpora: list[Corpus]
    pieces: Pieces
    labels: Labels
    pools: dict[str, Pool]
    foreign: Pool
    config: dict[str, Any]

    @property
    def treebanks(self) -> dict[str, int]:
        """Numbers of the treebanks by name; the first is the one whose guidelines we follow."""
        trees = [corpus.name for corpus in self.corpora if corpus.name.startswith("ud_")]
        return {name: number for number, name in enumerate(trees)}


def read_material(data: Path, articles: Path, out: Path, config: dict[str, Any]) -> Material:
    """Corpora under `data` and our `articles`; vocabulary and labels are chosen once, in `out`."""
    flat = without_overlap(name_corpora(data) + article_corpora(articles, data))
    trees = without_overlap(tree_corpora(data))
    if not (out / "pieces.json").exists():
        pretrained = read_pretrained()
        words = (
            word
            for corpus in flat + trees
            if not corpus.name.endswith(_OTHER_LANGUAGES)
            for sentence in corpus.train
            for word in sentence.words
        )
        kept = choose_pieces(pretrained, words, config["pieces"])
        write_pieces(out / "pieces.json", pretrained, kept)
        (out / "kept.json").write_text(json.dumps(kept), "utf-8")
    if not (out / "labels.json").exists():
        upos, deps = _labels(trees)
        (out / "labels.json").write_text(json.dumps({"upos": upos, "deps": deps}), "utf-8")
    labels = json.loads((out / "labels.json").read_text("utf-8"))
    pools = {
        language: name_pool(s for c in flat if c.name.endswith(f"_{language}") for s in c.train)
        for language in ("en", "it")
    }
    return Material(
        [*flat, template_corpus(flat), *trees],
        Pieces.read(out / "pieces.json"),
        (labels["upos"], labels["deps"]),
        pools,
        foreign_names(),
        config,
    )


def _labels(trees: list[Corpus]) -> Labels:
    """Parts of speech and dependency labels, sorted; labels of fewer than 5 words are left out."""
    sentences = [s for corpus in trees for s in corpus.train]
    upos = Counter(tag for s in sentences for tag in s.upos or ())
    deps = Counter(dep for s in sentences for dep in s.deps or () if dep)
    return sorted(upos), sorted(dep for dep, uses in deps.items() if uses >= 5)


def new_model(pretrained: Pretrained, out: Path, material: Material) -> EncoderModel:
    """The pretrained body with new heads; sizes and labels go to `labels.json` in `out`."""
    kept = json.loads((out / "kept.json").read_text("utf-8"))
    upos, deps = material.labels
    sizes = Sizes(
        hidden=pretrained.hidden,
        layers=material.config["layers"],
        attention_heads=pretrained.attention_heads,
        pieces=len(kept),
        positions=material.config["longest"],
        names=len(NAMES),
        upos=len(upos),
        deps=len(deps),
        arc=material.config["arc"],
        label=material.config["label"],
        treebanks=len(material.treebanks),
    )
    labels = {"upos": upos, "deps": deps, "sizes": sizes._asdict()}
    (out / "labels.json").write_text(json.dumps(labels), "utf-8")
    return from_pretrained(pretrained, kept, sizes)


def one_pass(material: Material, shares: dict[str, float], chance: random.Random) -> list[Window]:
    """The windows of one pass; a share of 1.5 shows a corpus once and a random half of it again."""
    most, words = material.config["sentences"], material.config["window_words"]
    shown: list[Window] = []
    for corpus in material.corpora:
        share = shares.get(corpus.name, 0.0)
        pool = material.pools.get(corpus.name[-2:])
        treebank = material.treebanks.get(corpus.name, 0)
        while share > 0:
            found = list(
                windows(corpus.train, most.get(corpus.name, 4), words, chance, *material.labels)
            )
            chance.shuffle(found)
            some = found[: round(len(found) * min(1.0, share))]
            if pool:
                some = [swapped(window, pool, material.foreign, chance) for window in some]
            shown.extend(noisy(replace(w, treebank=treebank), chance) for w in some)
            share -= 1
    return shown


def plan(material: Material, stage: dict[str, Any], chance: random.Random) -> list[Batch]:
    """The shuffled batches of a stage; windows with trees never share a batch with others."""
    shown = one_pass(material, stage["shares"], chance)
    budget, longest = stage["batch_pieces"], material.config["longest"]
    parts = ([w for w in shown if not w.heads], [w for w in shown if w.heads])
    found = [b for part in parts for b in batches(part, material.pieces, budget, longest, chance)]
    chance.shuffle(found)
    return found


def fit(
    model: EncoderModel, steps: list[Batch], stage: dict[str, Any], material: Material, out: Path
) -> None:
    """Train on `steps` in order, until they or the stage's minutes are used up.

    The vocabulary learns only where the stage gives it a `pieces_rate`, and then only the rows
    of the pieces in each batch. At the end the weights take a `start_share` of those they began
    with. Source: Wortsman et al. 2022, "Model Soups".
    """
    start = {name: weight.clone() for name, weight in model.state_dict().items()}
    body = [p for name, p in model.named_parameters() if name.startswith(_BODY)]
    heads = [
        p for name, p in model.named_parameters() if not name.startswith((*_BODY, _VOCABULARY))
    ]
    model.pieces.weight.requires_grad_("pieces_rate" in stage)
    for layer in model.layers:
        layer.dropped.p = stage.get("layer_dropout", 0.0)
    groups = [
        {"params": body, "rate": stage["rate"]},
        {"params": heads, "rate": stage["head_rate"]},
    ]
    vocabulary = {"params": [model.pieces.weight], "rate": stage.get("pieces_rate", 0.0)}
    optimizers = [
        torch.optim.AdamW(groups, weight_decay=0.01, betas=_BETAS, fused=True),
        torch.optim.SparseAdam([vocabulary], betas=_BETAS),
    ]
    began, seen = time.time(), 0
    sums: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for step, batch in enumerate(steps, start=1):
        done = max(step / len(steps), (time.time() - began) / 60 / stage["minutes"])
        if done > 1:
            break
        factor = min(1.0, step / stage["warmup"]) * (1 - (1 - stage["last_rate"]) * done)
        for optimizer in optimizers:
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group["lr"] = group["rate"] * factor
        losses = batch_losses(model, batch, material.config["dropout"])
        total = torch.stack([material.config["loss"][t] * x for t, x in losses.items()]).sum()
        total.backward()
        torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        seen += int(batch.lengths.sum())
        sums.update({task: loss.item() for task, loss in losses.items()})
        told.update(losses.keys())
        if step % _TOLD_STEPS == 0:
            means = " ".join(f"{task} {sums[task] / told[task]:.3f}" for task in sorted(sums))
            log.info(
                "step %d, %.2f done, %.0f pieces/s, %s",
                step,
                done,
                seen / (time.time() - began),
                means,
            )
            sums.clear()
            told.clear()
        if step % stage["check_steps"] == 0:
            torch.save(model.state_dict(), out / "checkpoint.pt")
            _tell_scores(model, material, 120)
    kept = stage.get("start_share", 0.0)
    model.load_state_dict(
        {n: kept * start[n] + (1 - kept) * weight for n, weight in model.state_dict().items()}
    )
    torch.save(model.state_dict(), out / "model.pt")
    _tell_scores(model, material, 120)


def _tell_scores(model: EncoderModel, material: Material, most: int) -> None:
    held_out = [corpus for corpus in material.corpora if corpus.dev]
    for name, line in dev_scores(model, material.pieces, held_out, material.labels, most).items():
        log.info("dev %s: %s", name, line)


def _load(model: EncoderModel, path: Path) -> None:
    """Weights of an earlier stage; a shipped model has no offsets of treebanks left.

    Raises: ValueError where the weights are of another model.
    """
    missing, unexpected = model.load_state_dict(torch.load(path), strict=False)
    if unexpected or set(missing) - {"treebanks.weight"}:
        raise ValueError(f"{path} does not fit: {unexpected or missing}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    arguments.add_argument("--articles", type=Path, default=Path("training/articles"))
    arguments.add_argument("--out", type=Path, default=Path("build/encoder"))
    arguments.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"))
    arguments.add_argument("--stage", help="run this stage alone (default: all of them in order)")
    arguments.add_argument("--start", type=Path, help="weights to go on from")
    options = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = tomllib.loads(options.config.read_text("utf-8"))
    torch.set_num_threads(config["threads"])
    torch.manual_seed(config["seed"])
    options.out.mkdir(parents=True, exist_ok=True)

    material = read_material(options.data, options.articles, options.out, config)
    model = new_model(read_pretrained(), options.out, material)
    if options.start:
        _load(model, options.start)
    model.train()
    for number, (name, stage) in enumerate(config["stage"].items()):
        if options.stage in (None, name):
            steps = plan(material, stage, random.Random(config["seed"] + number))
            log.info("stage %s: %d steps", name, len(steps))
            fit(model, steps, stage, material, options.out)


if __name__ == "__main__":
    main()
