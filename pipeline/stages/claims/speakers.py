"""From the mention beside the claim to the person or body it stands for.

Where no mention is beside it, whoever is meant: by the dropped subject of an Italian verb, or by
whose turn it is where a quotation has no reporting clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.layers import Entities, Speaker
from pipeline.languages import function_words as words
from pipeline.languages.people import people_table
from pipeline.stages.claims.confidence import How
from pipeline.stages.claims.cues import Hit
from pipeline.stages.claims.descriptions import Descriptions, Name
from pipeline.stages.claims.drafts import Draft
from pipeline.stages.claims.focus import Focus, Referent
from pipeline.stages.claims.mentions import Mention, Named, as_written, bare_name, with_partners
from pipeline.stages.claims.phrases import whole_phrase
from pipeline.stages.claims.references import References
from pipeline.stages.claims.subjects import subject
from pipeline.stages.claims.syntax import Article

_INTRODUCING = 3
"""So many words stand before a name that someone says is theirs: *my name is*."""


class Speakers:
    """Resolves the speakers of drafts taken in text order."""

    def __init__(
        self, article: Article, entities: Entities, named: Named, hits: Sequence[Hit]
    ) -> None:
        self.article = article
        self.named = named
        self.focus = Focus(article, Descriptions(article, entities), named)
        self.references = References(self.focus, hits)
        self.reports = {article.starts[hit.low]: hit for hit in hits}

    def resolve(self, draft: Draft) -> tuple[Speaker | None, How]:
        """The speaker of ``draft`` (None when nothing is known), and how they were found."""
        if draft.speaker is None:
            return self._unmentioned(draft)
        mention = self._with_partners(draft.speaker, draft)
        found = self.references.referent(mention, draft.anchor)
        article = self.article
        if found.mention is mention and self._is_description(mention):
            mention = whole_phrase(article, mention, self.named, draft)
            found = replace(found, mention=mention)
        if not draft.rule.endswith("nested"):
            self.references.hear(found)
        span = article.span_of(mention.low, mention.high)
        if found.entity is None:
            return Speaker(span, None, as_written(article, found.mention or mention)), "described"
        entity = found.entity
        named = self.named.at(mention.head, (entity.label,)) is entity
        return Speaker(span, entity.id, entity.name), "name" if named else "resolved"

    def _is_description(self, mention: Mention) -> bool:
        """Whether a mention is neither a name nor a pronoun."""
        word = self.article.words[mention.head]
        return (
            mention.head not in self.named.by_token
            and word not in people_table(self.article.language(mention.head)).pronouns
        )

    def _with_partners(self, mention: Mention, draft: Draft) -> Mention:
        """All who are the subject of a draft's cue; not *Reed* in *said Bell and Reed left*."""
        article = self.article
        if self.named.at(mention.head) is None:
            return mention
        whole = with_partners(article, mention, self.named)
        cue = article.range_of(draft.cue) if draft.cue else (mention.low, mention.low)
        behind = cue[0] < mention.low and whole.high < len(article)
        verbs = [t for t in range(*cue) if article.is_finite(t)]
        one = any("Number=Sing" in article.morphs[t] for t in verbs)
        return mention if one or (behind and article.is_finite(whole.high)) else whole

    # Speakers without a mention of their own

    def _unmentioned(self, draft: Draft) -> tuple[Speaker | None, How]:
        """A speaker without a mention of their own, named or described before."""
        if draft.introduced:
            found = self._introducer(draft)
        elif draft.cue and self.article.language(draft.anchor) == "it":
            found = self._dropped(draft)
        else:
            found = None
        if found is None:
            return None, "none"
        if found.entity:
            return Speaker(None, found.entity.id, found.entity.name), "dropped"
        if found.mention:
            mention = found.mention
            if not found.spoke:
                mention = whole_phrase(self.article, mention, self.named)
            return Speaker(None, None, as_written(self.article, mention)), "unnamed"
        return None, "none"

    def _dropped(self, draft: Draft) -> Referent | None:
        """The one who spoke last, or who has become the subject since."""
        anchor = draft.anchor
        hit = self.reports.get(draft.cue.start) if draft.cue else None
        if hit and self._is_impersonal(hit):
            return None
        plural = self._is_plural(draft)
        focus = self.references.in_focus(anchor, "?", plural=plural)
        if draft.kind == "direct":  # bodies that did not speak before are quoted by name
            focus = (each for each in focus if each.spoke or not each.is_body)
        found, last = next(focus, None), self.focus.last
        if found or plural or (last and self.focus.near(last.position, anchor)):
            return found  # someone else speaks here: no guess at a name further off
        entity = self.focus.latest(anchor, ("PER",), "?") or self.focus.most_named(anchor)
        return Referent(anchor, entity) if entity else None

    def _is_impersonal(self, hit: Hit) -> bool:
        """Whether no one is the subject: *si pensa che*, *verrà chiesto di*, *ciò conferma che*."""
        article = self.article
        reflexive = article.lemmas[hit.head] in words.REFLEXIVES
        si = not words.SI.isdisjoint(article.words[hit.low : hit.head]) and not reflexive
        thing = any(
            article.deps[child].startswith("nsubj") and article.words[child] in words.NOT_SPEAKERS
            for child in article.children[hit.head]
        )
        return si or thing or hit.passive

    def _is_plural(self, draft: Draft) -> bool:
        """Whether the verb has several for its subject: *hanno aggiunto*."""
        article = self.article
        if draft.cue is None:
            return False
        tokens = range(*article.range_of(draft.cue))
        finite = [t for t in tokens if article.is_finite(t) and "Number" in article.morphs[t]]
        return any("Number=Plur" in article.morphs[t] for t in finite)

    def _introducer(self, draft: Draft) -> Referent | None:
        """Whose turn a quotation without a reporting clause is.

        The person named in the sentence before, else whoever spoke last, else who speaks in the
        sentence after, else the person named most before the quotation (the one who is
        interviewed). None of the first two whom the quotation names: *«Galvani venga a vedere»*.
        """
        article, anchor = self.article, draft.anchor
        addressed = self._persons_in(draft)
        named = (each for each in self.focus.named_before(anchor) if each.id not in addressed)
        before = next(named, None)
        if before:
            return Referent(anchor, before)
        spoken = reversed(self.focus.spoken)
        last = next(
            (each for each in spoken if not each.entity or each.entity.id not in addressed), None
        )
        if last:
            same = article.paragraph(last.position) == article.paragraph(anchor)
            if same or self.focus.near(last.position, anchor):
                return last
        following = self._speaks_next(anchor)
        if following:
            return following
        entity = self.focus.most_named(anchor) or self.focus.named_next(anchor)
        return Referent(anchor, entity) if entity else None

    def _persons_in(self, draft: Draft) -> set[str]:
        """The persons whom a quotation names, but for *My name is Ada Neri*."""
        ranges = [self.article.range_of(span) for span in draft.content]
        names = (name for part in ranges for name in self.focus.names_between(*part))
        return {
            name.entity.id
            for name in names
            if name.entity.label == "PER" and not self._is_introduced(name)
        }

    def _is_introduced(self, name: Name) -> bool:
        """Whether someone says their own name: *My name is Ada Neri*, *Mi chiamo Ada Neri*."""
        article, before = self.article, range(max(name.low - _INTRODUCING, 0), name.low)
        own = any("Person=1" in article.morphs[t] for t in before)
        return own and article.lemmas[before[-1]] in words.COPULAS | words.NAMING

    def _speaks_next(self, anchor: int) -> Referent | None:
        """*“It was like an earthquake.” Carla Ruiz, a neighbour, said her windows …*: the subject
        of a reporting clause right after the quotation, in the same paragraph."""
        article = self.article
        quotation = article.quotation_of[anchor]
        token = anchor
        while token < len(article) and article.quotation_of[token] == quotation:
            token += 1
        while token < len(article) and not article.is_word(token):
            token += 1
        if token == len(article) or article.paragraph(token) != article.paragraph(anchor):
            return None
        low, high = token, article.sentence(token)[1]
        starts = sorted(hit.low for hit in self.reports.values() if low <= hit.low < high)
        if not starts:
            return None
        hit = self.reports[article.starts[starts[0]]]
        mention = subject(article, hit, self.named, (low, hit.low))
        if mention is None or mention.low >= hit.low:
            return None
        found = self.references.referent(bare_name(article, mention, self.named), anchor)
        return replace(found, spoke=False)
