"""Score a shipped encoder on the held-out parts:
`python -m training.encoder.evaluate --data DATA [--part dev|test]`.

Names are scored sentence by sentence (our articles paragraph by paragraph), exact spans; syntax on
windows of six consecutive sentences, predicted sentence starts included. All of it runs through
`pipeline.backends.encoder`, so quantisation and decoding are part of what is measured.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

from pipeline.backends.encoder import Encoder, Tagging
from training.encoder.corpora import article_corpora, name_corpora, tree_corpora
from training.encoder.data import NAMES, UNKNOWN, Sentence
from training.encoder.score import Tally, attachments, count_claims, count_names, summary
from training.encoder.windows import windows

_SENTENCES = 6


def score_names(encoder: Encoder, sentences: list[Sentence]) -> str:
    """Name and, where annotated, claim scores in one line."""
    tallies: dict[str, Tally] = {}
    taggings = encoder.tag([sentence.words for sentence in sentences])
    for sentence, tagging in zip(sentences, taggings, strict=True):
        found = [(name.start, name.end, name.label) for name in tagging.names]
        count_names(tallies, found, sentence.names or ())
        if sentence.claims:
            count_claims(tallies, claim_tags(tagging), sentence.claims)
    return summary(tallies)


def claim_tags(tagging: Tagging) -> list[tuple[int, int, int]]:
    """The likeliest content, cue and source tag of every word."""
    claims = tagging.claims
    layers = (claims.content, claims.cue, claims.source)
    return list(zip(*(layer.argmax(axis=1).tolist() for layer in layers), strict=True))


def score_trees(encoder: Encoder, sentences: list[Sentence]) -> str:
    """UPOS, UAS, LAS (no punctuation) and sentence F1 in one line."""
    upos = sorted({tag for s in sentences for tag in s.upos or ()})
    deps = sorted({dep for s in sentences for dep in s.deps or () if dep})
    held = list(windows(sentences, _SENTENCES, 110, random.Random(0), upos, deps))
    counts: Counter[str] = Counter()
    boundaries = Tally()
    for window, tagging in zip(
        held, encoder.tag([w.words for w in held], syntax=True), strict=True
    ):
        syntax = tagging.syntax
        if syntax is None:
            continue
        gold_deps = [deps[dep] if dep != UNKNOWN else None for dep in window.deps]
        attachments(counts, syntax.heads, syntax.deps, window.heads, gold_deps)
        counts["upos"] += sum(
            upos[gold] == tag for gold, tag in zip(window.upos, syntax.upos, strict=True)
        )
        counts["all"] += len(window.words)
        boundaries.add(
            [at for at, chance in enumerate(tagging.starts) if at and chance > 0.5],
            [at for at, start in enumerate(window.starts) if at and start == 1],
        )
    upos_score = 100 * counts["upos"] / counts["all"]
    uas, las = (100 * counts[score] / counts["words"] for score in ("uas", "las"))
    return f"UPOS {upos_score:.2f} UAS {uas:.2f} LAS {las:.2f} sentence starts {boundaries.f1:.1f}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--articles", type=Path, default=Path("training/articles"))
    arguments.add_argument("--model", type=Path, default=Path("pipeline/models/encoder"))
    arguments.add_argument("--part", choices=("dev", "test"), default="dev")
    options = arguments.parse_args()
    encoder = Encoder(options.model)
    print(encoder.identity, options.part, "labels", *NAMES[1::2])
    for corpus in name_corpora(options.data) + article_corpora(options.articles, options.data):
        sentences = getattr(corpus, options.part)
        if sentences:
            began = time.process_time()
            line = score_names(encoder, sentences)
            speed = sum(len(s.words) for s in sentences) / (time.process_time() - began)
            print(f"{corpus.name} ({len(sentences)}): {line}; {speed:.0f} words/s")
    for corpus in tree_corpora(options.data):
        sentences = getattr(corpus, options.part)
        if sentences:
            print(f"{corpus.name} ({len(sentences)}): {score_trees(encoder, sentences)}")


if __name__ == "__main__":
    main()
