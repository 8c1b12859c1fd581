"""Predictions measured against annotated articles.

Overlap is counted on word tokens (runs of ``\\w`` in the raw text) by position. A quotation matches
when the token-overlap F1 of its content is at least `CLAIM_OVERLAP`. Every measure is better when
higher; a document's measures add up over documents (`measures.total`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.core.layers import LABELS
from pipeline.core.spans import Span, within
from quality.annotation import (
    KINDS,
    Amount,
    Annotation,
    Article,
    Mention,
    PairAnnotation,
    Quote,
)
from quality.measures import Measure, Retrieval, Share, add, hits

CLAIM_OVERLAP = 0.8
SURE = 0.9
_ANY_OVERLAP = 1e-9
_AMOUNT_TYPES = ("DATE", "MONEY", "PERCENT")

Words = frozenset[int]
G = TypeVar("G")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Error:
    """Something missed or wrong: what sort, in which article, the words in question, and how."""

    sort: str
    article: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A gold and a predicted item that belong together, by index."""

    gold: int
    predicted: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One document's measures, its errors, and which predicted items are which gold ones.

    ``mentions`` maps indices of ``kept`` (the predicted mentions outside gold boilerplate) to gold
    indices, ``quotes`` predicted ids to gold ids.
    """

    article: Article
    measures: dict[str, Measure]
    errors: tuple[Error, ...]
    kept: tuple[Mention, ...]
    mentions: Mapping[int, int]
    quotes: Mapping[str, str]


class Tokens:
    """The word tokens of a text."""

    def __init__(self, text: str) -> None:
        self._spans = [Span(*match.span()) for match in re.finditer(r"\w+", text)]

    def under(self, spans: Iterable[Span]) -> Words:
        """The indices of the tokens that ``spans`` touch."""
        return frozenset(index for span in spans for index in within(self._spans, span))


def score_document(article: Article, predicted: Annotation) -> Scored:
    """All measures of one document."""
    return _Comparison(article, predicted).scored()


class _Comparison:
    """One article beside its prediction, with what several measures share."""

    def __init__(self, article: Article, predicted: Annotation) -> None:
        self._article = article
        self._gold = article.gold
        self._predicted = predicted
        self._tokens = Tokens(article.text)
        self._measures: dict[str, Measure] = {}
        self._errors: list[Error] = []
        # What is predicted inside gold boilerplate counts as a leak, not as a false positive.
        noise = [each.span for each in self._gold.boilerplate]
        self._mentions = tuple(m for m in predicted.mentions if not _inside(m.span, noise))
        self._amounts = tuple(a for a in predicted.amounts if not _inside(a.span, noise))
        self._quotes = tuple(
            quote
            for quote in predicted.quotes
            if not any(_inside(span, noise) for span in quote.content)
        )
        gold_words = [self._words(mention.span) for mention in self._gold.mentions]
        words = [self._words(mention.span) for mention in self._mentions]
        touching = match(gold_words, words, overlap, _ANY_OVERLAP)
        self._same_mention = {each.predicted: each.gold for each in touching}
        self._named = {mention.canonical for mention in self._gold.mentions}
        self._meaning = self._majority_meaning()

    def scored(self) -> Scored:
        self._language()
        self._boilerplate()
        self._sentences()
        self._names()
        self._grouping()
        self._values()
        quotes = self._claims()
        self._scare_quotes()
        return Scored(
            self._article,
            self._measures,
            tuple(self._errors),
            self._mentions,
            self._same_mention,
            quotes,
        )

    def _words(self, *spans: Span) -> Words:
        return self._tokens.under(spans)

    def _error(self, sort: str, *spans: Span, detail: str = "") -> None:
        text = " … ".join(span.of(self._article.text) for span in spans)
        self._errors.append(Error(sort, self._article.name, text, detail))

    def _language(self) -> None:
        right = self._predicted.language == self._gold.language
        self._measures["language"] = Share(int(right), 1)
        if not right:
            detail = f"{self._predicted.language} for {self._gold.language}"
            self._error("language wrong", self._article.headline, detail=detail)
        gold, found_passages = (
            _characters(self._gold.passages),
            _characters(self._predicted.passages),
        )
        self._measures["passages (characters)"] = hits(
            len(gold & found_passages), len(found_passages), len(gold)
        )

    def _boilerplate(self) -> None:
        text = self._article.text
        solid = {index for index, character in enumerate(text) if not character.isspace()}
        gold = _characters(each.span for each in self._gold.boilerplate) & solid
        removed = _characters(each.span for each in self._predicted.boilerplate) & solid
        body = solid - gold
        self._measures["boilerplate removed (characters)"] = Share(len(gold & removed), len(gold))
        self._measures["body kept (characters)"] = Share(len(body - removed), len(body))
        for sort, kept, predicted in (
            ("names", self._mentions, self._predicted.mentions),
            ("claims", self._quotes, self._predicted.quotes),
        ):
            self._measures[f"{sort} outside boilerplate"] = Share(len(kept), len(predicted))
        for each in self._gold.boilerplate:
            if _characters([each.span]) & solid - removed:
                self._error(f"boilerplate kept ({each.kind})", each.span)
        for removal in self._predicted.boilerplate:
            if _characters([removal.span]) & body:
                self._error(f"body removed ({removal.kind})", removal.span)

    def _sentences(self) -> None:
        if not self._gold.sentences:
            return
        gold = [self._words(span) for span in self._gold.sentences]
        found = [words for span in self._predicted.sentences if (words := self._words(span))]
        same = match(gold, found, lambda a, b: float(a == b), _ANY_OVERLAP)
        self._measures["sentences"] = hits(len(same), len(found), len(gold))
        self._missed_and_wrong(
            "sentence",
            same,
            [(span,) for span in self._gold.sentences],
            [(span,) for span in self._predicted.sentences if self._words(span)],
        )

    def _names(self) -> None:
        gold, found = self._gold.mentions, self._mentions
        for label in LABELS:
            self._retrieval(f"names exact {label}", label, _exact_name)
            self._retrieval(f"names overlap {label}", label, self._overlapping_name)
        for way in ("exact", "overlap"):
            self._add_up(f"names {way}", LABELS)
        same_place = match(gold, found, lambda a, b: float(a.span == b.span), _ANY_OVERLAP)
        self._measures["names exact, any label"] = hits(len(same_place), len(found), len(gold))
        exact = match(gold, found, _exact_name, _ANY_OVERLAP)
        self._missed_and_wrong(
            "name",
            exact,
            [(mention.span,) for mention in gold],
            [(mention.span,) for mention in found],
            [mention.label for mention in gold],
            [mention.label for mention in found],
        )

    def _retrieval(
        self, name: str, label: str, similar: Callable[[Mention, Mention], float]
    ) -> None:
        gold = [mention for mention in self._gold.mentions if mention.label == label]
        found = [mention for mention in self._mentions if mention.label == label]
        same = match(gold, found, similar, _ANY_OVERLAP)
        self._measures[name] = hits(len(same), len(found), len(gold))

    def _overlapping_name(self, gold: Mention, found: Mention) -> float:
        return overlap(self._words(gold.span), self._words(found.span))

    def _add_up(self, name: str, parts: Sequence[str]) -> None:
        whole: Measure = Retrieval(0, 0, 0, 0)
        for part in parts:
            whole = add(whole, self._measures[f"{name} {part}"])
        self._measures[f"{name} all"] = whole

    def _grouping(self) -> None:
        """Pairs of mentions that are one entity, mentions being matched whatever their label."""
        gold = _same_entity(
            [(index, each.canonical) for index, each in enumerate(self._gold.mentions)]
        )
        found = _same_entity(
            [(self._index(index), each.canonical) for index, each in enumerate(self._mentions)]
        )
        self._measures["grouping"] = hits(len(gold & found), len(found), len(gold))

    def _index(self, predicted: int) -> int:
        """The gold index of a predicted mention, or a negative one of its own."""
        return self._same_mention.get(predicted, -1 - predicted)

    def _values(self) -> None:
        gold, found = self._gold.amounts, self._amounts
        same = match(gold, found, self._overlapping_amount, _ANY_OVERLAP)
        for type_ in _AMOUNT_TYPES:
            typed = [each for each in same if gold[each.gold].type == type_]
            numbers = (
                sum(each.type == type_ for each in found),
                sum(each.type == type_ for each in gold),
            )
            pairs = [(gold[each.gold], found[each.predicted]) for each in typed]
            exact = sum(a.span == b.span for a, b in pairs)
            right = sum(parsed(a.value) == parsed(b.value) for a, b in pairs)
            self._measures[f"values exact {type_}"] = hits(exact, *numbers)
            self._measures[f"values overlap {type_}"] = hits(len(typed), *numbers)
            self._measures[f"values right {type_}"] = hits(right, *numbers)
            for a, b in pairs:
                if parsed(a.value) != parsed(b.value):
                    self._error("value wrong", a.span, detail=f"{b.value} for {a.value}")
        for way in ("exact", "overlap", "right"):
            self._add_up(f"values {way}", _AMOUNT_TYPES)
        self._missed_and_wrong(
            "value",
            same,
            [(each.span,) for each in gold],
            [(each.span,) for each in found],
            [each.type for each in gold],
            [each.type for each in found],
        )

    def _overlapping_amount(self, gold: Amount, found: Amount) -> float:
        if gold.type != found.type:
            return 0.0
        return overlap(self._words(gold.span), self._words(found.span))

    def _claims(self) -> dict[str, str]:
        gold, found = self._gold.quotes, self._quotes
        gold_words = {quote.id: self._words(*quote.content) for quote in gold}
        words = {quote.id: self._words(*quote.content) for quote in found}

        def similar(a: Quote, b: Quote) -> float:
            return overlap(gold_words[a.id], words[b.id])

        for kind in KINDS:
            self._claims_of(
                kind,
                [quote for quote in gold if quote.kind == kind],
                [quote for quote in found if quote.kind == kind],
                similar,
            )
        same = self._claims_of("all", gold, found, similar)
        pairs = [(gold[each.gold], found[each.predicted]) for each in same]
        self._details(pairs)
        matched = {b.id for _, b in pairs}
        sure = [quote for quote in found if quote.confidence >= SURE]
        self._measures["claims right where sure"] = Share(
            sum(quote.id in matched for quote in sure), len(sure)
        )
        self._missed_and_wrong(
            "claim",
            same,
            [quote.content for quote in gold],
            [quote.content for quote in found],
            [quote.kind for quote in gold],
            [quote.kind for quote in found],
        )
        return {b.id: a.id for a, b in pairs}

    def _claims_of(
        self,
        kind: str,
        gold: Sequence[Quote],
        found: Sequence[Quote],
        similar: Callable[[Quote, Quote], float],
    ) -> list[Match]:
        same = match(gold, found, similar, CLAIM_OVERLAP)
        loose = match(gold, found, similar, _ANY_OVERLAP)
        speakers = sum(self._same_speaker(gold[m.gold], found[m.predicted]) for m in same)
        sizes = (len(found), len(gold))
        self._measures[f"claims {kind}"] = hits(len(same), *sizes)
        self._measures[f"claims soft {kind}"] = hits(sum(m.similarity for m in loose), *sizes)
        self._measures[f"claims with speaker {kind}"] = hits(speakers, *sizes)
        self._measures[f"speaker {kind}"] = Share(speakers, len(same), empty=0.0 if gold else 1.0)
        return same

    def _details(self, pairs: Sequence[tuple[Quote, Quote]]) -> None:
        """Measures over the matched claims."""
        empty = 0.0 if self._gold.quotes else 1.0
        same_speaker = [self._same_speaker(a, b) for a, b in pairs]
        same_kind = [a.kind == b.kind for a, b in pairs]
        for name, outcomes in (
            ("claim kind", same_kind),
            ("speaker span", [_same_place(a.speaker, b.speaker) for a, b in pairs]),
            ("cue", [_same_place(a.cue, b.cue) for a, b in pairs]),
        ):
            self._measures[name] = Share(sum(outcomes), len(pairs), empty)
        self._measures["claims with speaker and kind"] = hits(
            sum(a and b for a, b in zip(same_speaker, same_kind, strict=True)),
            len(self._quotes),
            len(self._gold.quotes),
        )
        for (a, b), right in zip(pairs, same_speaker, strict=True):
            if not right:
                spoken = b.speaker.of(self._article.text) if b.speaker else None
                detail = f"{spoken or b.speaker_canonical} for {a.speaker_canonical}"
                self._error("speaker wrong", *a.content, detail=detail)

    def _same_speaker(self, gold: Quote, found: Quote) -> bool:
        """Whether the claim is put into the right mouth.

        A named speaker: the predicted id must mean the same entity, through the mentions it covers;
        without an id, the predicted span must touch a mention of it or the gold span. An unnamed
        one: the spans overlap, or both are absent, and no named entity is claimed.
        """
        a, b, id_ = gold.speaker, found.speaker, found.speaker_canonical
        if gold.speaker_canonical in self._named:
            if id_ is not None:
                return self._meaning.get(id_, id_) == gold.speaker_canonical
            own = (m.span for m in self._gold.mentions if m.canonical == gold.speaker_canonical)
            return b is not None and any(b.overlaps(span) for span in (*own, *([a] if a else [])))
        if self._meaning.get(id_ or "", id_) in self._named:
            return False
        if a is None and b is None:
            return id_ is None or gold.speaker_canonical is not None
        return a is not None and b is not None and a.overlaps(b)

    def _majority_meaning(self) -> dict[str, str | None]:
        """What each predicted id means: the gold id of most of the mentions it covers."""
        votes: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
        for predicted, gold in self._same_mention.items():
            if (id_ := self._mentions[predicted].canonical) is not None:
                votes[id_][self._gold.mentions[gold].canonical] += 1
        return {id_: counter.most_common(1)[0][0] for id_, counter in votes.items()}

    def _scare_quotes(self) -> None:
        claimed = [self._words(*quote.content) for quote in self._quotes]
        rejected = 0
        for span in self._gold.scare_quotes:
            words = self._words(span)
            if any(overlap(words, each) >= CLAIM_OVERLAP for each in claimed):
                self._error("scare quote taken for a claim", span)
            else:
                rejected += 1
        self._measures["scare quotes rejected"] = Share(rejected, len(self._gold.scare_quotes))

    def _missed_and_wrong(
        self,
        sort: str,
        same: Sequence[Match],
        gold: Sequence[tuple[Span, ...]],
        found: Sequence[tuple[Span, ...]],
        gold_labels: Sequence[str] = (),
        labels: Sequence[str] = (),
    ) -> None:
        for done, spans, names, what in (
            ({each.gold for each in same}, gold, gold_labels, "missed"),
            ({each.predicted for each in same}, found, labels, "wrong"),
        ):
            for index, item in enumerate(spans):
                if index not in done:
                    label = f" ({names[index]})" if names else ""
                    self._error(f"{sort} {what}{label}", *item)


def feature_recall(scored: Iterable[Scored]) -> dict[str, Share]:
    """The share of gold claims found, by descriptive feature."""
    found: dict[str, Share] = {}
    for each in scored:
        matched = set(each.quotes.values())
        for quote in each.article.gold.quotes:
            for feature in quote.features:
                one = Share(int(quote.id in matched), 1)
                found[feature] = found[feature] + one if feature in found else one
    return dict(sorted(found.items()))


def score_pairs(
    gold: Sequence[PairAnnotation],
    predicted: Sequence[PairAnnotation],
    scored: Mapping[str, Scored],
) -> dict[str, Measure]:
    """The measures of work across documents; ``scored`` holds every article by name."""
    known = {(pair.en, pair.it): pair for pair in predicted}
    wanted = {(pair.en, pair.it): pair for pair in gold}
    measures: dict[str, Measure] = {
        "pairs": hits(len(known.keys() & wanted.keys()), len(known), len(wanted)),
        "pair relation": Share(
            sum(key in known and known[key].relation == wanted[key].relation for key in wanted),
            len(wanted),
        ),
        "aligned sentences": Retrieval(0, 0, 0, 0),
        "aligned sentences, touching": Retrieval(0, 0, 0, 0),
        "claim links parallel": Retrieval(0, 0, 0, 0),
        "claim links comparable": Retrieval(0, 0, 0, 0),
        "claim links all": Retrieval(0, 0, 0, 0),
        "shared identifiers": Retrieval(0, 0, 0, 0),
    }

    def count(name: str, more: Retrieval) -> None:
        measures[name] = add(measures[name], more)

    for key, pair in wanted.items():
        english, italian = scored[pair.en], scored[pair.it]
        other = known.get(key, PairAnnotation(pair.en, pair.it, "", (), frozenset()))
        if pair.relation == "parallel":
            strict, touching = _alignment(pair, other, english.article, italian.article)
            count("aligned sentences", strict)
            count("aligned sentences, touching", touching)
        links = {
            (english.quotes.get(a, f"?{a}"), italian.quotes.get(b, f"?{b}"))
            for a, b in other.claims
        }
        linked = hits(len(links & pair.claims), len(links), len(pair.claims))
        count(f"claim links {pair.relation}", linked)
        count("claim links all", linked)
        count("shared identifiers", _shared_identifiers(english, italian))
    return measures


def _alignment(
    pair: PairAnnotation, other: PairAnnotation, english: Article, italian: Article
) -> tuple[Retrieval, Retrieval]:
    left, right = Tokens(english.text), Tokens(italian.text)
    gold = [(left.under([a]), right.under([b])) for a, b in pair.segments]
    found = [(left.under([a]), right.under([b])) for a, b in _whole_beads(other.segments)]
    same = match(
        gold, found, lambda a, b: min(overlap(a[0], b[0]), overlap(a[1], b[1])), CLAIM_OVERLAP
    )

    def touch(a: tuple[Words, Words], b: tuple[Words, Words]) -> bool:
        return bool(a[0] & b[0] and a[1] & b[1])

    touching = Retrieval(
        sum(any(touch(a, b) for a in gold) for b in found),
        len(found),
        sum(any(touch(a, b) for b in found) for a in gold),
        len(gold),
    )
    return hits(len(same), len(found), len(gold)), touching


def _whole_beads(segments: Iterable[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    """Links that share a side are one bead: e1-i1 and e1-i2 make e1-(i1 i2)."""
    beads: list[tuple[Span, Span]] = []
    for left, right in segments:
        bead = (left, right)
        while other := next(
            (each for each in beads if each[0] == bead[0] or each[1] == bead[1]), None
        ):
            beads.remove(other)
            bead = (_hull(other[0], bead[0]), _hull(other[1], bead[1]))
        beads.append(bead)
    return beads


def _shared_identifiers(english: Scored, italian: Scored) -> Retrieval:
    """Mention pairs across the languages that carry one id."""
    gold = _across(
        list(enumerate(english.article.gold.mentions)),
        list(enumerate(italian.article.gold.mentions)),
    )
    found = _across(
        [(english.mentions.get(n, -1 - n), each) for n, each in enumerate(english.kept)],
        [(italian.mentions.get(n, -1 - n), each) for n, each in enumerate(italian.kept)],
    )
    return hits(len(gold & found), len(found), len(gold))


def _across(
    left: Sequence[tuple[int, Mention]], right: Sequence[tuple[int, Mention]]
) -> set[tuple[int, int]]:
    return {
        (a, b)
        for a, one in left
        for b, other in right
        if one.canonical is not None and one.canonical == other.canonical
    }


def match(
    gold: Sequence[G], found: Sequence[P], similar: Callable[[G, P], float], least: float
) -> list[Match]:
    """One-to-one matches with a similarity of at least ``least``, taken greedily, best first."""
    candidates = [
        Match(i, j, similarity)
        for i, a in enumerate(gold)
        for j, b in enumerate(found)
        if (similarity := similar(a, b)) >= least
    ]
    candidates.sort(key=lambda each: (-each.similarity, each.gold, each.predicted))
    gold_taken: set[int] = set()
    taken: set[int] = set()
    matches: list[Match] = []
    for each in candidates:
        if each.gold not in gold_taken and each.predicted not in taken:
            gold_taken.add(each.gold)
            taken.add(each.predicted)
            matches.append(each)
    return matches


def overlap(a: Words, b: Words) -> float:
    """The F1 of two token sets; two empty ones are equal."""
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def parsed(value: str) -> tuple[float | str, ...]:
    """The parts of a value, numbers as numbers: ``EUR 3.5`` equals ``EUR 3.50``."""

    def part(word: str) -> float | str:
        try:
            return float(word)
        except ValueError:
            return word

    return tuple(map(part, value.split()))


def _exact_name(gold: Mention, found: Mention) -> float:
    return float(gold.span == found.span and gold.label == found.label)


def _same_place(gold: Span | None, found: Span | None) -> bool:
    if gold is None or found is None:
        return gold is found
    return gold.overlaps(found)


def _same_entity(mentions: Sequence[tuple[int, str | None]]) -> set[tuple[int, int]]:
    return {
        (max(a, b), min(a, b))
        for place, (a, one) in enumerate(mentions)
        for b, other in mentions[:place]
        if one is not None and one == other
    }


def _hull(a: Span, b: Span) -> Span:
    return Span(min(a.start, b.start), max(a.end, b.end))


def _inside(span: Span, regions: Iterable[Span]) -> bool:
    return any(region.contains(span) for region in regions)


def _characters(spans: Iterable[Span]) -> set[int]:
    return {index for span in spans for index in range(span.start, span.end)}
