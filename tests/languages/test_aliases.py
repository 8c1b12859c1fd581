"""Alias tables: both formats, and a clear error with file and line for each mistake."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.languages.aliases import known_entities, parse_aliases


def test_csv_and_json_lines_say_the_same() -> None:
    table = parse_aliases(
        "\ufeffid,label,en,it\r\nloc:milan,LOC,Milan|Mediolanum,Milano\r\n", "a.csv"
    )
    lines = parse_aliases(
        '{"id": "loc:milan", "label": "LOC", "en": ["Milan", "Mediolanum"], "it": "Milano"}\n',
        "a.jsonl",
    )
    assert table == lines
    for form in ("Milan", "MILANO", "mediolanum"):
        found = table.find(form)
        assert found is not None and found.id == "loc:milan"
    assert table.find("Turin") is None


def test_one_language_is_enough() -> None:
    table = parse_aliases("id,label,en\nper:ada,PER,Ada\n", "a.csv")
    assert table.find("Ada") is not None


@pytest.mark.parametrize(
    ("text", "file", "message"),
    [
        ("id,label,english\n", "a.csv", r"a\.csv, line 1: unknown column 'english'"),
        ("id,en\n", "a.csv", r"a\.csv, line 1: the column 'label' is missing"),
        ("id,label,en\nper:a,PER\n", "a.csv", r"a\.csv, line 2: there must be 3 values"),
        ("id,label,en\nper:a,PER,A,B\n", "a.csv", r"a\.csv, line 2: there must be 3 values"),
        ("id,label,en\nper:a,PERSON,A\n", "a.csv", r"a\.csv, line 2: label is 'PERSON'"),
        ("id,label,en\n,PER,A\n", "a.csv", r"a\.csv, line 2: id is ''"),
        ("id,label,en\nper:a,ORG,A\n", "a.csv", r"a\.csv, line 2: per:a cannot have the label ORG"),
        ("id,label,en\nper:a,PER,\n", "a.csv", r"a\.csv, line 2: per:a has no name"),
        (
            "id,label,en\nper:a,PER,A\nper:a,PER,B\n",
            "a.csv",
            r"a\.csv, line 3: per:a is already given in line 2",
        ),
        (
            "id,label,en\nper:a,PER,Ada\nper:b,PER,Eva|ADA\n",
            "a.csv",
            r"a\.csv, line 3: 'ADA' already names per:a \(line 2\)",
        ),
        ('id,label,en\nper:a,PER,"A\n', "a.csv", r"a\.csv, line \d: not valid CSV"),
        ("{]\n", "a.jsonl", r"a\.jsonl, line 1: not valid JSON"),
        ("\n[1]\n", "a.jsonl", r"a\.jsonl, line 2: must be a JSON object"),
        (
            '{"id": "per:a", "label": "PER", "en": 7}\n',
            "a.jsonl",
            r"a\.jsonl, line 1: names must be strings",
        ),
        (
            '{"id": "per:a", "label": "PER", "fr": "A"}\n',
            "a.jsonl",
            r"a\.jsonl, line 1: unknown column 'fr'",
        ),
    ],
)
def test_mistakes_are_told_with_file_and_line(text: str, file: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_aliases(text, file)


def test_shipped_table_is_sound_and_joins_the_languages() -> None:
    table = known_entities()
    for one, other in (("Cina", "China"), ("UE", "European Union"), ("Londra", "London")):
        italian, english = table.find(one), table.find(other)
        assert italian is not None and italian == english
