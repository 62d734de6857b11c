"""Bundled studies: constructed, made anew to the byte, and sound in every row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from isobole.datasets import study_names, study_path
from isobole.datasets.construct import construct_study
from isobole.datasets.construct._chance import Chance
from isobole.results import OptionError
from isobole.studies import (
    AllocationKey,
    Study,
    check_study,
    draw_allocation,
    read_study,
    reduce_study,
    verify_commitment,
    write_projections,
)

NAMES = study_names()
PTZ = ("ptz-interaction", "ptz-valproate-magnesium")


@pytest.fixture(scope="module")
def studies() -> dict[str, Study]:
    return {name: read_study(study_path(name)) for name in NAMES}


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
def test_the_folder_is_what_its_generator_makes(name: str, tmp_path: Path) -> None:
    files = construct_study(name, tmp_path / name)
    made = contents(tmp_path / name)
    assert set(made) == set(files)
    bundled = contents(study_path(name))
    assert {f for f in made if made[f] != bundled.get(f)} == set(), (
        "run python -m isobole.datasets.construct"
    )
    assert set(made) == set(bundled)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_the_projections_of_the_record(name: str, tmp_path: Path) -> None:
    before = contents(study_path(name))
    (tmp_path / "record.jsonl").write_bytes(before["record.jsonl"])
    write_projections(tmp_path)
    for file, text in contents(tmp_path).items():
        assert text == before[file], file


def test_the_generator_runs_as_a_module(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "isobole.datasets.construct", str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stderr
    assert sorted(folder.name for folder in tmp_path.iterdir()) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_finds_nothing_to_correct(name: str, studies: dict[str, Study]) -> None:
    study = studies[name]
    found = {p.code for p in check_study(study) if p.severity != "notice"}
    assert found == set()
    assert study.chain == "intact"
    assert study.protocol.constructed == "yes"
    opened = study.record[-1].data
    key = AllocationKey(
        study.protocol.study_id,
        opened["nonce"],
        opened["seed"],
        opened["rules"],
        tuple(opened["list"]),
        opened["groups"],
    )
    assert [p for p in verify_commitment(study, key) if p.severity == "error"] == []
    again = draw_allocation(study.protocol, study.animals, seed=key.seed)
    assert {row.animal_id: row.group for row in again.rows} == {
        row.animal_id: row.group for row in study.allocation
    }


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_the_record_have_what_a_real_one_has(
    name: str, studies: dict[str, Study]
) -> None:
    study = studies[name]
    actions = [entry.action for entry in study.record]
    assert [a for a in actions if a != "animal.add"][:3] == [
        "protocol.save", "protocol.lock", "allocation.commit",
    ]  # fmt: skip
    assert actions[-2:] == ["analysis.lock", "allocation.reveal"]
    assert len(study.exclusions) == 1
    amended = [entry for entry in study.record if entry.action == "amend"]
    assert amended
    assert all((entry.reason or "").strip() for entry in amended)
    moments = [entry.ts for entry in study.record]
    assert moments == sorted(moments)
    doses = [d for d in study.doses if d.kind == "treatment"]
    assert all(d.syringe_code and d.substance is None for d in doses)


@pytest.mark.parametrize("name", PTZ)
def test_acute_studies_have_a_death_a_second_t0_and_a_second_observer(
    name: str, studies: dict[str, Study]
) -> None:
    study = studies[name]
    outcomes = reduce_study(study)
    before = [
        a for a in outcomes.animals if a.died and a.latencies["clonic"].cause != 1
    ]
    assert len(before) == 1
    assert before[0].protected is False
    ids = {e.id: e.action for e in study.record}
    moved = [e for e in study.record if ids.get(e.supersedes or "") == "t0"]
    assert len(moved) == 1
    (again,) = moved
    assert study.t0[again.obj] == again.data["wall"]
    assert len(outcomes.observers) == 2


def test_kindling_has_staircases_lost_sessions_and_tests_of_every_kind(
    studies: dict[str, Study],
) -> None:
    outcomes = reduce_study(studies["kindling-magnesium"])
    assert {s.phase for a in outcomes.kindling for s in a.sessions} == {
        "kindling", "test",
    }  # fmt: skip
    assert all(a.subthreshold > 0 for a in outcomes.kindling)
    statuses = {s.add_status for a in outcomes.kindling for s in a.sessions}
    assert statuses == {"measured", "none", "not_measurable"}
    given_up = [a for a in outcomes.kindling if not a.fully_kindled]
    assert [a.animal_id for a in given_up] == ["K04"]
    assert sum(bool(a.adt_later_ua) for a in outcomes.kindling) == 15


def test_factorial_doses_fail_alone_and_not_together(
    studies: dict[str, Study],
) -> None:
    counts: dict[str, list[object]] = {
        "vehicle": [],
        "valproate": [],
        "magnesium": [],
        "both": [],
    }
    for animal in reduce_study(studies["ptz-valproate-magnesium"]).animals:
        if animal.included:
            counts[animal.label].append(animal.protected)
    assert {g: (c.count(True), len(c)) for g, c in counts.items()} == {
        "vehicle": (0, 8), "valproate": (1, 7), "magnesium": (0, 8), "both": (6, 8),
    }  # fmt: skip


def test_an_unknown_study_is_named_with_those_there_are() -> None:
    with pytest.raises(OptionError, match="ptz-interaction"):
        study_path("ptz")


def test_chance_has_no_order() -> None:
    chance = Chance("X")
    one, other = chance.uniform("a"), chance.uniform("b")
    assert (chance.uniform("b"), chance.uniform("a")) == (other, one)
    many = [chance.normal(n) for n in range(4000)]
    mean = sum(many) / len(many)
    assert abs(mean) < 4 / 4000**0.5  # four standard errors of a standard normal
    assert abs(sum(x * x for x in many) / len(many) - 1) < 4 * (2 / 4000) ** 0.5
