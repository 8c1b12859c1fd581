"""Which corpora are read, how they are cut, and how often each is shown in one pass."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

from training.encoder.articles import paragraphs, read_marked
from training.encoder.data import Corpus, cut, read_names, read_trees, without_demonyms
from training.encoder.templates import from_templates

_TEST_ARTICLE = 12
"""One written article in so many is kept for the test."""
_COPIES = 25
"""Sentences made from each template in one pass."""
_ISDT_SUBTYPES = {
    "acl": "acl:relcl",
    "obl": "obl:agent",
    "det": "det:poss",
    "nsubj": "nsubj:pass",
    "aux": "aux:pass",
    "flat": "flat:name",
    "expl": "expl:pass",
}
"""The reference treebank splits these labels; one that does not must not teach the broad label."""


def name_corpora(data: Path) -> list[Corpus]:
    """English and Italian corpora with PER, ORG, LOC and (where annotated) MISC."""
    it, en = data / "it", data / "en"

    def kind(part: str) -> list:
        return [
            s
            for p in sorted((it / "ner_kind").glob(f"{part}_*.tsv"))
            for s in read_names(p, 0, 1, misc=False)
        ]

    return [
        cut("wikinews_it", kind("WN"), 0.04, 0.06, block=60),
        cut("wiki_it", read_names(it / "ner_wikineural/it_val.conllu", 1, 2), 0.03, 0.06),
        cut("wiki_en", read_names(en / "ner_wikineural/en_val.conllu", 1, 2), 0.03, 0.06),
        cut(
            "web_en",
            [
                s
                for p in sorted((en / "ner_uner_ewt").glob("*.iob2"))
                for s in read_names(p, 1, 2, misc=False)
            ],
            0.08,
            0.08,
        ),
        cut(
            "wikigold_en",
            without_demonyms(
                read_names(en / "ner_wikigold/wikigold.conll.txt", 0, 1, inside_only=True)
            ),
            0.1,
            0.15,
        ),
        cut("politics_it", kind("ADG"), 0.03, 0.05),
        cut("fiction_it", kind("FIC"), 0.0, 0.0),
        *(
            cut(
                f"wiki_{code}",
                read_names(data / f"names_es_fr_pt/{code}_val.conllu", 1, 2),
                0.0,
                0.0,
            )
            for code in ("es", "fr", "pt")
        ),
    ]


def article_corpora(articles: Path, data: Path) -> list[Corpus]:
    """Our own annotated articles by language; those of `data` are for development only."""
    dev = [read_marked(path) for path in sorted((data / "articles_dev" / "src").glob("*.mark"))]
    corpora = []
    for language in ("en", "it"):
        paths = sorted((articles / language).glob("*.mark"))
        shown = training_articles(articles / language)
        corpora.append(
            Corpus(
                f"articles_{language}",
                [s for path in shown for s in paragraphs(read_marked(path))],
                [s for article in dev if article.language == language for s in paragraphs(article)],
                [s for path in paths if path not in shown for s in paragraphs(read_marked(path))],
            )
        )
    return corpora


def training_articles(folder: Path) -> list[Path]:
    """The articles of `folder` that are not kept for the test, by name."""
    paths = sorted(folder.glob("*.mark"))
    return [path for path in paths if zlib.crc32(path.stem.encode()) % _TEST_ARTICLE]


def template_corpus(corpora: list[Corpus]) -> Corpus:
    """Sentences from templates, whose open slots take names of the Wikipedia training parts."""
    names = {
        corpus.name[-2:]: corpus.train
        for corpus in corpora
        if corpus.name in ("wiki_en", "wiki_it")
    }
    return Corpus("templates", from_templates(names, _COPIES, random.Random("templates")), [], [])


def tree_corpora(data: Path) -> list[Corpus]:
    """Italian treebanks of edited text; development and test parts come from ISDT and VIT."""
    return [
        _treebank(data, "isdt", 0.25, 0.3),
        _treebank(data, "vit", 0.03, 0.05),
        *(_treebank(data, name, 0.0, 0.0) for name in ("partut", "pud", "parlamint", "markit")),
    ]


def _treebank(data: Path, name: str, dev: float, test: float) -> Corpus:
    paths = sorted((data / f"it/ud_{name}").glob("*.conllu"))
    used = {
        columns[7]
        for path in paths
        for line in path.read_text("utf-8").split("\n")
        if len(columns := line.split("\t")) == 10
    }
    silent = frozenset(broad for broad, narrow in _ISDT_SUBTYPES.items() if narrow not in used)
    return cut(f"ud_{name}", [s for p in paths for s in read_trees(p, silent)], dev, test, block=20)
