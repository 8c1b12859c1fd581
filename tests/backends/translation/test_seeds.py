"""TMX files of others as seeds of the memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.backends.translation.build import build_translator
from pipeline.backends.translation.memory import Memory
from pipeline.backends.translation.seeds import plant
from pipeline.backends.translation.tmx import read_units
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.core.layers import Translation
from pipeline.errors import UsageError
from tests.backends.translation.server import Server

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
HEADER = (
    '<tmx version="1.4"><header creationtool="other" creationtoolversion="1" segtype="sentence" '
    'o-tmf="x" adminlang="en" srclang="en" datatype="plaintext"/><body>\n'
)


def tmx(folder: Path, *units: str, head: str = HEAD, name: str = "team.tmx") -> Path:
    path = folder / name
    path.write_text(f"{head}{HEADER}{''.join(units)}</body></tmx>", encoding="utf-8")
    return path


def unit(**texts: str) -> str:
    variants = "".join(
        f'<tuv xml:lang="{code.replace("_", "-")}"><seg>{text}</seg></tuv>'
        for code, text in texts.items()
    )
    return f"<tu>{variants}</tu>\n"


def test_units_in_both_languages_are_read_whatever_else_there_is(tmp_path: Path) -> None:
    path = tmx(
        tmp_path,
        unit(en="Good morning.", it="Buongiorno."),
        unit(en_GB="Thank you.", fr="Merci.", IT_it="Grazie."),
        unit(en="Only English."),
        unit(en="Empty.", it="  "),
        '<tu><note>a note</note><tuv lang="en"><seg>Old style.</seg></tuv>'
        '<tuv lang="IT"><seg>Alla vecchia.</seg></tuv></tu>',
    )
    assert list(read_units(path)) == [
        {"en": "Good morning.", "it": "Buongiorno."},
        {"en": "Thank you.", "it": "Grazie."},
        {"en": "Old style.", "it": "Alla vecchia."},
    ]


def test_inline_codes_are_no_words(tmp_path: Path) -> None:
    path = tmx(
        tmp_path,
        unit(
            en='The <bpt i="1">&lt;b&gt;</bpt>bank<ept i="1">&lt;/b&gt;</ept> said <hi>no</hi>.',
            it='La banca<ph x="1">{1}<sub>una nota</sub></ph> ha\n  detto <hi>di <it pos="begin">'
            "x</it>no</hi> &amp; basta.<!-- nota -->",
        ),
    )
    assert list(read_units(path)) == [
        {"en": "The bank said no.", "it": "La banca ha detto di no & basta."}
    ]


def test_other_encodings_are_read(tmp_path: Path) -> None:
    path = tmx(tmp_path, unit(en="City.", it="Città."))
    text = path.read_text().replace("UTF-8", "UTF-16")
    path.write_bytes(text.encode("utf-16"))
    assert list(read_units(path)) == [{"en": "City.", "it": "Città."}]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
"""
THIEF = '<?xml version="1.0"?>\n<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'


@pytest.mark.parametrize("head", [BOMB, THIEF])
def test_entities_are_refused(tmp_path: Path, head: str) -> None:
    path = tmx(tmp_path, unit(en="&a;", it="Ciao."), head=head)
    with pytest.raises(UsageError, match=r"team\.tmx: it declares XML entities"):
        list(read_units(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not XML", r"line 1: not valid XML"),
        ("", r"not valid XML"),
        ("<html>\n</html>", r"line 1: not TMX: it begins with <html>"),
        ("<tmx>\n<body>\n<tu>\n</body>\n</tmx>", r"line 4: not valid XML"),
        ("<tmx>\n<body>\n<tu>\n<tuv><seg>a</seg></tuv></tu></body></tmx>", r"line 4: .* xml:lang"),
        ('<tmx>\n<body><tu>\n<tuv xml:lang="en"/></tu></body></tmx>', r"line 3: .* without <seg>"),
        ("<tmx><body>\n</body></tmx>", r"no unit is in both English and Italian"),
    ],
)
def test_what_is_no_tmx_is_named_with_file_and_line(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "team.tmx"
    path.write_text(content)
    memory = Memory()
    with pytest.raises(UsageError, match=rf"team\.tmx.*{message}"):
        plant((str(path),), memory)
    path.write_text(HEAD + HEADER + unit(en="Yes.", it="Sì.") + "</body></tmx>")
    (name,) = plant((str(path),), memory)
    assert memory.look_up(name, "it-en", ["Sì."]) == {"Sì.": "Yes."}, "half a file is not kept"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the translation memory .*none\.tmx"):
        plant((str(tmp_path / "none.tmx"),), Memory())


def translate(settings: TranslateSettings, *texts: str) -> list[Translation]:
    chain = build_translator(settings)
    assert chain is not None
    return list(chain.translate([(f"s{n}", text) for n, text in enumerate(texts)], "it", "en"))


def settings(server: Server, tmp_path: Path, *seeds: Path, glossary: str = "") -> TranslateSettings:
    return TranslateSettings(
        enabled=True,
        backends=("libretranslate",),
        memory=str(tmp_path / "memory.sqlite"),
        seed_memories=tuple(map(str, seeds)),
        glossary=glossary,
        libretranslate=ServiceSettings(url=server.url),
    )


def test_seeds_answer_first_as_cached_and_in_their_order(server: Server, tmp_path: Path) -> None:
    first = tmx(tmp_path, unit(en="Rain.", it="Piove."), unit(en="Again.", it="Piove."))
    second = tmx(
        tmp_path, unit(en="Pours.", it="Piove."), unit(en="Snow.", it="Nevica."), name="2.tmx"
    )
    answers = translate(
        settings(server, tmp_path, first, second), "Piove.", "Nevica.", "Tira vento."
    )
    assert [(answer.text, answer.status, answer.backend) for answer in answers[:2]] == [
        ("Rain.", "cached", "seed"),
        ("Snow.", "cached", "seed"),
    ]
    assert (answers[2].status, answers[2].backend) == ("ok", "libretranslate")
    assert server.texts == ["Tira vento."]


def test_a_seed_counts_only_while_the_settings_name_it(server: Server, tmp_path: Path) -> None:
    seed = tmx(tmp_path, unit(en="Rain.", it="Piove."))
    named, unnamed = settings(server, tmp_path, seed), settings(server, tmp_path)
    assert translate(named, "Piove.")[0].status == "cached"
    assert translate(unnamed, "Piove.")[0].status == "ok"
    assert translate(named, "Piove.")[0].text == "Rain."
    before = build_translator(named).identity  # type: ignore[union-attr]
    tmx(tmp_path, unit(en="It rains.", it="Piove."))
    assert build_translator(named).identity != before  # type: ignore[union-attr]
    assert translate(named, "Piove.")[0].text == "It rains.", "a changed file is read again"


def test_the_glossary_holds_for_seeds_too(server: Server, tmp_path: Path) -> None:
    seed = tmx(tmp_path, unit(en="The mayor speaks.", it="La sindaca parla."))
    terms = tmp_path / "terms.csv"
    terms.write_text("en,it\nmayoress,sindaca\n")
    (answer,) = translate(
        settings(server, tmp_path, seed, glossary=str(terms)), "La sindaca parla."
    )
    assert answer.backend != "seed"


def test_a_large_file_is_taken_in_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = tmx(tmp_path, *(unit(en=f"Sentence {n}.", it=f"Frase {n}.") for n in range(20_000)))
    (name,) = plant((str(seed),), Memory(tmp_path / "memory.sqlite"))
    monkeypatch.setattr("pipeline.backends.translation.seeds.read_units", None)  # or it would fail
    memory = Memory(tmp_path / "memory.sqlite")
    assert plant((str(seed),), memory) == (name,)
    assert memory.look_up(name, "en-it", ["Sentence 19999."]) == {"Sentence 19999.": "Frase 19999."}
