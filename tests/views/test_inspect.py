from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.core.layers import Raw, Removed, Repair, Text, Value, Values
from pipeline.core.spans import Span
from pipeline.core.textmap import TextMap
from pipeline.store.files import dump
from pipeline.views.alterations import alterations
from pipeline.views.inspect import render
from tests.factory import make_record, write_outputs


def shown(folder: Path, stage: str | None = None, **console: object) -> str:
    out = io.StringIO()
    settings: dict[str, object] = {"width": 100, **console}
    Console(file=out, **settings).print(render(folder, "a-00000001", stage))  # type: ignore[arg-type]
    return out.getvalue()


def test_without_colours_marks_are_brackets(tmp_path: Path) -> None:
    write_outputs(tmp_path, make_record())
    text = shown(tmp_path)
    assert "«[c1 Il ponte è sicuro]», [cue ha detto] [PER speaker Ada Moretti]." in text
    assert "a [LOC Pisa]." in text


def test_nested_and_crossing_marks_close_what_they_open(tmp_path: Path) -> None:
    record = make_record()
    claim = record.claims[0]
    inner = dataclasses.replace(claim, id="c2", content=(record.claims[0].content[0],))
    write_outputs(tmp_path, dataclasses.replace(record, claims=(claim, inner)))
    text = shown(tmp_path).split("Claims")[0]
    assert "[c1 c2 Il ponte è sicuro]" in text
    assert text.count("[") == text.count("]")


@pytest.mark.parametrize("forced", [True, False])
def test_colours_replace_brackets_unless_the_user_wants_none(tmp_path: Path, forced: bool) -> None:
    write_outputs(tmp_path, make_record())
    text = shown(tmp_path, force_terminal=True, no_color=not forced)
    assert ("[c1 Il ponte" in text) is not forced
    assert ("c1 \x1b[0m" in text.split("Claims")[0]) is forced


def test_the_translation_is_marked_too(tmp_path: Path) -> None:
    write_outputs(tmp_path, make_record())
    assert "“[c1 The bridge is safe]”, said [PER Ada Moretti]." in shown(tmp_path, width=200)


def test_flags_are_shown(tmp_path: Path) -> None:
    write_outputs(tmp_path, dataclasses.replace(make_record(), flags=("damaged_bytes",)))
    assert "damaged_bytes" in shown(tmp_path)
    text = Text(TextMap.identity("Il 31 settembre si parte."), (), (), ())
    values = Values((Value("DATE", "", Span(3, 15), ("impossible_date",)),))
    layers = {"03-normalize": text, "07-values": values}
    for stage, layer in layers.items():
        (tmp_path / "stages" / stage).mkdir(parents=True)
        (tmp_path / "stages" / stage / "a-00000001.json").write_bytes(dump(layer))
    assert "DATE  31 settembre  impossible_date" in shown(tmp_path, "values")


def test_a_narrow_terminal_cuts_no_identifier(tmp_path: Path) -> None:
    record = make_record()
    link = dataclasses.replace(record.links[0], record="a-long-way-home-00000002")
    write_outputs(tmp_path, dataclasses.replace(record, links=(link,)))
    text = shown(tmp_path, width=36)
    assert max(map(len, text.splitlines())) <= 36
    head, *below = text.split("Links")[1].splitlines()[1:]
    start = head.index("record")
    cells = [line[start : head.index("claim", start)].strip() for line in below]
    assert "".join(cells) == link.record


def test_normalize_shows_what_was_put_aside_and_repaired(tmp_path: Path) -> None:
    raw = "Di Ada\nL&rsquo;app.Poi"
    text = Text(
        TextMap.identity("L'app. Poi"),
        (),
        (Removed(Span(0, 6), "byline"),),
        (
            Repair(Span(8, 15), "&rsquo;", "’", "html_entity"),
            Repair(Span(8, 15), "&rsquo;", "'", "apostrophe"),
            Repair(Span(19, 19), "", " ", "missing_space"),
        ),
    )
    for stage, layer in (
        ("01-ingest", Raw("a-00000001", "a.txt", "", 0, "text/plain", "utf-8", raw)),
        ("03-normalize", text),
    ):
        (tmp_path / "stages" / stage).mkdir(parents=True)
        (tmp_path / "stages" / stage / "a-00000001.json").write_bytes(dump(layer))
    assert "[byline: Di Ada]\nL[&rsquo;→']app.[+␣]Poi" in shown(tmp_path, "normalize")


def test_ingest_shows_what_was_left_out_of_a_page(tmp_path: Path) -> None:
    raw = Raw("a-00000001", "a.html", "", 0, "text/html", "utf-8", "Testo", left_out=("Home", "Su"))
    (tmp_path / "stages" / "01-ingest").mkdir(parents=True)
    (tmp_path / "stages" / "01-ingest" / "a-00000001.json").write_bytes(dump(raw))
    text = shown(tmp_path, "ingest")
    assert "2 lines of the page" in text
    assert text.split("Left out of the page:")[1].split() == ["Home", "Su"]


def test_steps_at_one_place_become_one() -> None:
    found = list(
        alterations(
            [((0, 4), "date")],
            [((2, 3), "x", "inside"), ((5, 6), "’", "entity"), ((5, 6), "'", "apostrophe")],
        )
    )
    assert [(step.start, step.after, step.kind) for step in found] == [
        (0, None, "date"),
        (5, "'", "entity, apostrophe"),
    ]
