"""The pharmacist keeps one list: what `study next` reads, `study reveal` reads too."""

from __future__ import annotations

from pathlib import Path

import pytest

from isobole.cli import _study_reveal
from isobole.results import OptionError
from isobole.studies import new_study


def test_doses_are_the_groups_that_stand_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    new_study(tmp_path / "s", model="ptz")
    table = Path("doses.csv")
    table.write_text("animal_id,dose\nM1,100\nM2,400.0\nM3,0\n", "utf-8")
    found = _study_reveal._given(table, "s")
    assert found == {"M1": "low", "M2": "high", "M3": "vehicle"}
    table.write_text("animal_id,group\nM1,middle\n", "utf-8")
    assert _study_reveal._given(table, "s") == {"M1": "middle"}
    for wrong in ("150", "a lot", ""):
        table.write_text(f"animal_id,dose\nM1,{wrong}\n", "utf-8")
        with pytest.raises(OptionError, match="doses are 0, 100, 200, 400"):
            _study_reveal._given(table, "s")
    table.write_text("animal_id\nM1\n", "utf-8")
    with pytest.raises(OptionError, match="or animal_id and dose"):
        _study_reveal._given(table, "s")
