"""The markup reader: every construct, every mistake, and that all our articles hold together."""

from __future__ import annotations

import pytest

from pipeline.core.spans import Span
from quality.evaluate import read_set
from quality.markup import MarkupError, pairs, parse

HEADER = "lang: en\ntopic: demo\n"


def article(body: str, header: str = HEADER):
    return parse("demo", f"{header}---\n{{h|Head}}\n{body}")


def test_names_values_and_quotations_carry_raw_spans() -> None:
    found = article(
        "“{q1|We pay {E:EUR 3.5|€3.50}},” {s1|{P:ada|Ada Rossi}} {c1|said} "
        "on {D:--03-12|12 March}. "
        "“{q1|Soon}.” They call it “{x|cheap}”.",
        HEADER + "q1 direct person:ada split,inverted\n",
    )
    text, gold = found.text, found.gold
    (quote,) = gold.quotes
    assert [span.of(text) for span in quote.content] == ["We pay €3.50", "Soon"]
    assert quote.speaker is not None and quote.speaker.of(text) == "Ada Rossi"
    assert quote.cue is not None and quote.cue.of(text) == "said"
    assert (quote.speaker_canonical, quote.features) == ("person:ada", ("split", "inverted"))
    assert [(m.span.of(text), m.label, m.canonical) for m in gold.mentions] == [
        ("Ada Rossi", "PER", "person:ada")
    ]
    assert [(a.span.of(text), a.type, a.value) for a in gold.amounts] == [
        ("€3.50", "MONEY", "EUR 3.5"),
        ("12 March", "DATE", "--03-12"),
    ]
    assert [span.of(text) for span in gold.scare_quotes] == ["cheap"]
    assert found.headline.of(text) == "Head"


def test_one_tag_may_serve_two_quotations() -> None:
    found = article(
        "{s1,2|She} {c1,2|said} {q1|a} and {q2|b}.",
        HEADER + "q1 indirect null\nq2 indirect null\n",
    )
    first, second = found.gold.quotes
    assert first.speaker == second.speaker
    assert first.cue == second.cue
    assert first.speaker_canonical is None


@pytest.mark.parametrize(
    ("macro", "written"),
    [
        ("~N~", "\N{NO-BREAK SPACE}"),
        ("~Z~", "\N{ZERO WIDTH SPACE}"),
        ("~S~", "\N{SOFT HYPHEN}"),
        ("~F~", "\N{ZERO WIDTH NO-BREAK SPACE}"),
        ("~J: ~", ""),
        ("~K:»~", ""),
        ("~A:x~", "x"),
        ("~M:è~", "Ã¨"),
        ("~M:à~", "Ã\N{NO-BREAK SPACE}"),
        ("~M:Í~", "Ã\x8d"),
        ("~H:&~", "&amp;"),
        ("~H:'~", "&#39;"),
        ("~H:»~", "&raquo;"),
    ],
)
def test_noise_is_written_as_received(macro: str, written: str) -> None:
    assert article(f"a{macro}b").text == f"Head\na{written}b\n"


def test_boilerplate_and_passages() -> None:
    found = article("{b:ad|Advertisement}\n{l:it|Così dice lei.}")
    assert [(b.span.of(found.text), b.kind) for b in found.gold.boilerplate] == [
        ("Advertisement", "ad")
    ]
    assert [span.of(found.text) for span in found.gold.passages] == ["Così dice lei."]


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        (HEADER, "{P:ada|Ada", "never closed"),
        (HEADER, "Ada}", "never opened"),
        (HEADER, "{Q:ada|Ada}", "unknown tag"),
        (HEADER, "{q1|Yes}", "does not declare q1"),
        (HEADER, "{P:ada| Ada}", "white space"),
        (HEADER, "{P:ada|{O:acme|Acme} Ada}", "overlap"),
        (HEADER, "{b:ad|{P:ada|Ada}}", "inside boilerplate"),
        (HEADER, "one ~ tilde", "stray"),
        (HEADER, "~Q:x~", "unknown macro"),
        (HEADER + "q1 direct null\n", "nothing", "no content"),
        (HEADER + "q1 direct null\nq1 mixed null\n", "{q1|a}", "twice"),
        (HEADER + "q1 direct null\n", "{q1|a} {s1|she} {s1|he}", "twice"),
    ],
)
def test_mistakes_are_named(header: str, body: str, message: str) -> None:
    with pytest.raises(MarkupError, match=f"demo: .*{message}"):
        article(body, header)


def test_pairs_join_beads_and_links() -> None:
    english = parse(
        "en",
        "lang: en\npair: p\nrelation: parallel\nq1 direct null\n---\n"
        "¦1¦{h|One.}\n¦2¦Two {q1|a}. ¦2¦Three. ¦0¦Four.",
    )
    italian = parse(
        "it",
        "lang: it\npair: p\nrelation: parallel\nclaims: q1=q2\nq2 direct null\n---\n"
        "¦1¦{h|Uno.}\n¦2¦Due e {q2|tre}.",
    )
    (pair,) = pairs([italian, english])
    assert (pair.en, pair.it, pair.relation) == ("en", "it", "parallel")
    assert [(a.of(english.text), b.of(italian.text)) for a, b in pair.segments] == [
        ("One.", "Uno."),
        ("Two a. Three.", "Due e tre."),
    ]
    assert pair.claims == {("q1", "q2")}
    assert english.gold.sentences == (Span(0, 4), Span(5, 11), Span(12, 18), Span(19, 24))


def test_an_article_without_its_other_half_is_no_pair() -> None:
    alone = parse("en", "lang: en\npair: p\nrelation: comparable\n---\n{h|One.}\n")
    assert pairs([alone]) == ()


def test_our_articles_hold_together() -> None:
    development = read_set("dev")
    assert len(development) == 24
    assert len(pairs(development)) == 7
    assert read_set("heldout")
    assert {each.name for each in read_set("heldout")}.isdisjoint(
        each.name for each in read_set("training")
    )
