"""Train some pipes of a loaded pipeline further, without spaCy's configured loop."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Adam, warmup_linear

TOLD_STEPS = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train; a step is a batch of some `batch_words` words."""

    steps: int
    rate: float
    batch_words: int
    dropout: float = 0.2
    warmup_steps: int = 100


def fit(nlp: Language, pipes: Sequence[str], docs: list[Doc], plan: Plan, seed: int) -> None:
    """Train ``pipes`` alone, and leave them with their weights averaged over all steps."""
    optimizer = Adam(
        learn_rate=warmup_linear(plan.rate, plan.warmup_steps, plan.steps),
        L2=0.01,
        L2_is_weight_decay=True,
        grad_clip=1.0,
        use_averages=True,
    )
    batches = endless_batches(docs, plan.batch_words, random.Random(seed))
    losses: dict[str, float] = {}
    with nlp.select_pipes(enable=list(pipes)):
        for step in range(1, plan.steps + 1):
            examples = [Example(bare(doc, nlp.vocab), doc) for doc in next(batches)]
            nlp.update(examples, sgd=optimizer, drop=plan.dropout, losses=losses)
            optimizer.step_schedules()
            if step % TOLD_STEPS == 0:
                told = ", ".join(f"{k} {v / TOLD_STEPS:.2f}" for k, v in losses.items())
                print(f"step {step}, loss {told}", flush=True)
                losses = {}
    for pipe in pipes:
        model = nlp.get_pipe(pipe).model
        with model.use_params(optimizer.averages):
            averaged = model.to_bytes()
        model.from_bytes(averaged)


def endless_batches(docs: list[Doc], words: int, rng: random.Random) -> Iterator[list[Doc]]:
    """Batches of some ``words`` words, pass after pass, in random order."""
    order = list(docs)
    while True:
        rng.shuffle(order)
        batch: list[Doc] = []
        for doc in order:
            batch.append(doc)
            if sum(map(len, batch)) >= words:
                yield batch
                batch = []


def bare(doc: Doc, vocab: Vocab) -> Doc:
    """The text of ``doc`` with its tokens and nothing else."""
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    return Doc(vocab, words=words, spaces=spaces)
