"""What someone is called: *called the plan “a trap”*, *parla di «trappola»*."""

from __future__ import annotations

from pipeline.languages import function_words as words
from pipeline.languages.cues import ARTICULATED
from pipeline.stages.claims.contents import Contents, Found
from pipeline.stages.claims.cues import Hit, has_agent
from pipeline.stages.claims.mentions import Mention
from pipeline.stages.claims.subjects import relative_object
from pipeline.stages.claims.syntax import SENTENCE_FINAL


class Predicates(Contents):
    """Finds a noun phrase with what is said of it."""

    def right_of(self, hit: Hit, low: int, high: int) -> Found | None:
        """*called X “Y”*, *ha definito X «Y»*, *parla di «Y»*: only with a quotation inside."""
        article = self.article
        for token in range(hit.high, min(hit.high + 25, high)):
            word = article.words[token]
            if (
                word in (":", ";")
                or word in SENTENCE_FINAL
                or (article.is_finite(token) and article.quotation_of[token] < 0)
            ):
                return None
            quoted = article.quotation_of[token]
            if quoted >= 0 and self._is_name(token):
                continue
            if quoted >= 0 and not self._has_object(hit, token):
                return None
            if quoted >= 0:
                end = article.range_of(article.quotations[quoted].inner)[1]
                end = self._predicate_end(end, high)
                start = token - 1 if has_agent(article, hit) else hit.high
                if (
                    "about" in hit.grammar
                    and "as" not in hit.grammar
                    and (article.words[start] not in ARTICULATED["di"])
                ):
                    return None
                while start < token and (
                    article.upos[start] == "ADV" or article.words[start] in words.PREDICATE_OPENERS
                ):
                    start += 1
                told = self._told_of(hit, token)
                if start >= token - 1 and not told:
                    end = self._following_object(end, high)
                said = (start, min(end + 1, len(article)))
                return self.found([(told.low, told.high), said] if told else [said], "predicate")
        return self._plain_predicate(hit)

    def _told_of(self, hit: Hit, quoted: int) -> Mention | None:
        """*the figure* in *the figure, which Ada Neri called “a disgrace”*, *…called a
        “disgrace”*."""
        article = self.article
        between = [t for t in range(hit.high, quoted) if article.is_word(t)]
        opening = (article.words[t] in words.PREDICATE_OPENERS for t in between)
        if not all(
            opens or article.upos[t] == "DET" for opens, t in zip(opening, between, strict=True)
        ):
            return None
        return relative_object(article, hit, self.named)

    def _is_name(self, token: int) -> bool:
        """Whether the quotation around a word begins with a capital: *la scuola «Principe di
        Piemonte»*."""
        article = self.article
        first = article.quotations[article.quotation_of[token]].inner.start
        return article.text[first].isupper()

    def _plain_predicate(self, hit: Hit) -> Found | None:
        """*called the move a mistake*, *described it as a mistake*: English, by the parse."""
        article = self.article
        if article.language(hit.head) != "en" or hit.passive:
            return None
        objects = [t for t in article.children[hit.head] if article.deps[t] == "obj"]
        for child in article.children[hit.head]:
            named = article.upos[child] == "PROPN"
            adverb = article.words[child] in words.AS and article.deps[child] == "obl"
            predicate = article.deps[child] == "xcomp" and article.upos[child] in ("NOUN", "ADJ")
            if (predicate or adverb) and not named and objects and objects[0] < child:
                return self.found([(hit.high, article.edges(child)[1])], "plain predicate")
        return None

    def _following_object(self, end: int, high: int) -> int:
        """*ha definito «inaccettabili» le parole del collega*: the object after the quotation."""
        article = self.article
        token = end
        while token < high and article.is_mark(token):
            token += 1
        if token >= high or article.upos[token] != "DET":
            return end
        while token < high and article.upos[token] in ("DET", "NOUN", "ADJ", "ADP", "PROPN"):
            token += 1
        return token - 1

    def _predicate_end(self, end: int, high: int) -> int:
        """The end of the last quotation: *ha bollato «aperto» come «costoso»*."""
        article = self.article
        for token in range(end, min(end + 4, high)):
            if article.words[token] in words.AS:
                for following in range(token + 1, min(token + 3, high)):
                    quoted = article.quotation_of[following]
                    if quoted >= 0:
                        return article.range_of(article.quotations[quoted].inner)[1]
        return end

    def _has_object(self, hit: Hit, quoted: int) -> bool:
        """Whether the verb's predicate is said of something: *what they call “posh”* is not."""
        article = self.article
        if article.lemmas[hit.head] in words.NAMING and self._names_only(hit):
            return False
        if self._told_of(hit, quoted):
            return True
        if hit.cue_class not in ("criticise", "think"):
            return True
        between = range(hit.high, quoted)
        if any(article.words[t] in words.OBJECT_CLITICS for t in range(hit.low, hit.head)):
            return True
        return any(article.upos[t] in ("NOUN", "PROPN", "PRON", "VERB") for t in between)

    def _names_only(self, hit: Hit) -> bool:
        """*che i banchieri chiamano «al dente»*, *lo chiamano «il postino»*: a nickname."""
        article = self.article
        plural = "Number=Plur" in article.morphs[hit.head]
        clitic = any(article.words[t] in words.OBJECT_CLITICS for t in range(hit.low, hit.head))
        # "che i banchieri chiamano «al dente»", not "che ha chiamato il piano «una trappola»"
        relative = article.deps[hit.head] == "acl:relcl" and hit.low == hit.head
        relative = relative and not self._is_verdict(hit)
        subject = any(article.deps[t].startswith("nsubj") for t in article.children[hit.head])
        reflexive = not words.SI.isdisjoint(article.words[hit.low : hit.head])
        # "la chiamano «la signora dei gatti»", also where the clitic passes for a subject
        people = plural and (clitic or not subject)
        return relative or reflexive or people or self._people_call(hit)

    def _is_verdict(self, hit: Hit) -> bool:
        """*which Ada Neri called “a disgrace”*: somebody did so once."""
        past = "Tense=Past" in self.article.morphs[hit.head]
        children = self.article.children[hit.head]
        return past and any(t < hit.low and self.named.at(t) for t in children)

    def _people_call(self, hit: Hit) -> bool:
        """*In the village they call him “the man who never pays”*: people, in the present."""
        article = self.article
        if "Tense=Pres" not in article.morphs[hit.head]:
            return False
        pronoun = article.words[hit.high : hit.high + 1]
        people = {article.words[t] for t in article.children[hit.head] if t < hit.head}
        return not words.OBJECTS.isdisjoint(pronoun) and not words.PEOPLE.isdisjoint(people)
