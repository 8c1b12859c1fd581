"""Input folders and what runs leave behind."""

from __future__ import annotations

from pathlib import Path


def write_articles(folder: Path, numbers: range, extra: str = "") -> None:
    """Small articles, each different."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        text = f"Article {number}: the mayor said that {number} trams will run. {extra}"
        (folder / f"a{number:04}.txt").write_text(text, encoding="utf-8")


def results(out: Path) -> dict[str, bytes]:
    """Everything a run left that its users read, by relative path, except the manifest."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.relative_to(out).parts[0] not in (".pipeline", "run.json")
    }
