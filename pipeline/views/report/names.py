"""What people, organisations and places are called on a page, in each of its languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from markupsafe import Markup, escape

from pipeline.languages import LANGUAGES
from pipeline.languages.aliases import Alias
from pipeline.views.visible import visible


def bilingual(english: str, italian: str) -> Markup:
    """Text in both languages, of which the style sheet shows one; plain where they are the same.

    >>> bilingual("Parma", "Parma")
    Markup('Parma')
    """
    if english == italian:
        return escape(english)
    return Markup(
        '<span class="en" lang="en">{}</span><span class="it" lang="it">{}</span>'
    ).format(english, italian)


class Names:
    """Counts the names of identifiers per language, and knows what each is best called."""

    def __init__(self, known: Mapping[str, Alias]) -> None:
        self._known = known
        self._counts: dict[str, dict[str, Counter[str]]] = defaultdict(
            lambda: {code: Counter() for code in LANGUAGES}
        )

    def add(self, key: str, language: str, name: str, times: int = 1) -> None:
        """An article in ``language`` calls ``key`` so."""
        self._counts[key][language][visible(name)] += times

    def best(self, key: str, language: str) -> str:
        """The name in ``language``: that of a table, else the commonest, else the other language's.

        >>> names = Names({})
        >>> names.add("loc:turin", "it", "Torino")
        >>> names.best("loc:turin", "en")
        'Torino'
        """
        known = self.known(key, language)
        if known is not None:
            return known
        counts = self._counts[key]
        for code in sorted(counts, key=lambda code: code != language):
            if counts[code]:
                return min(counts[code].items(), key=lambda item: (-item[1], item[0]))[0]
        return visible(key)

    def known(self, key: str, language: str) -> str | None:
        """The preferred name in a table of known entities."""
        alias = self._known.get(key)
        return next(iter(alias.names[language]), None) if alias else None

    def shown(self, key: str) -> Markup:
        """The best names, for a page that speaks both languages."""
        return bilingual(*(self.best(key, code) for code in ("en", "it")))
