"""A few records as they were last looked at; ``python -m quality.golden --write`` renews them."""

from __future__ import annotations

import pytest

from quality import golden


@pytest.mark.models
def test_records_are_those_last_looked_at() -> None:
    now, before = golden.made(), golden.kept()
    assert now.keys() == before.keys()
    for name, record in now.items():
        assert record.decode().splitlines() == before[name].decode().splitlines(), name
