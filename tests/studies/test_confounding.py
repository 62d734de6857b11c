"""Confounding with day, run and chamber; leaks of the blinding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from allocated_studies import group, mice, protocol
from isobole.studies import (
    Allotment,
    Study,
    check_blinding,
    check_confounding,
    draw_allocation,
)
from isobole.studies._confounding import confounded_parts


def row(
    animal: str, code: str, day: str | None = None, block: int | None = None, **of: Any
) -> Allotment:
    given_row: dict[str, Any] = {
        "group": None, "stratum": None, "chamber": None, "order": None, **of,
    }  # fmt: skip
    return Allotment(animal, code, day=day, block=block, **given_row)


def study(rows: Sequence[Allotment], **changed: Any) -> Study:
    return Study(
        path=None, protocol=protocol(**changed), animals=mice(32),
        allocation=tuple(rows), doses=(), events=(), sessions=(), exclusions=(),
        concentrations=(), record=(), chain="unchained", head_hash=None, locked=False,
        revealed={},
    )  # fmt: skip


def made(layout: dict[str, str], repeat: int = 4) -> list[Allotment]:
    """Return rows of ``{"code": "days"}``: a digit for each day of the code."""
    return [
        row(f"{code}{day}{i}", code, day=day)
        for code, days in layout.items()
        for day in days
        for i in range(repeat)
    ]


def codes(found: Sequence[Any]) -> dict[str, str]:
    return {problem.code: problem.severity for problem in found}


@pytest.mark.parametrize(
    "layout",
    [
        {"XA": "1", "XC": "2"},
        {"XA": "1", "XC": "2", "XD": "3"},
        {"XA": "12", "XC": "12", "XD": "3"},
        {"XA": "12", "XC": "34"},
    ],
)
def test_groups_that_share_no_day_are_refused(layout: dict[str, str]) -> None:
    (problem,) = check_confounding(study(made(layout)))
    assert (problem.code, problem.severity) == ("confounded", "error")
    assert problem.column == "day"
    assert "day" in problem.message
    revealed = [
        Allotment(r.animal_id, "Q" + r.animal_id, r.group_code, None, None, r.day, None,
                  None)
        for r in made(layout)
    ]  # fmt: skip
    assert codes(check_confounding(study(revealed))) == {"confounded": "error"}


def test_runs_of_one_dose_are_refused_though_days_are_shared() -> None:
    rows = [
        row(f"{code}{run}{i}", code, day="1", block=run)
        for code, runs in {"XA": (1, 2), "XC": (3, 4)}.items()
        for run in runs
        for i in range(4)
    ]
    (problem,) = check_confounding(study(rows))
    assert (problem.code, problem.column) == ("confounded", "block")


def test_a_chain_of_shared_days_is_enough() -> None:
    found = check_confounding(study(made({"XA": "12", "XC": "23", "XD": "31"})))
    assert codes(found) == {"partly-confounded": "warning"}


def test_uneven_days_are_a_warning_with_the_worst_cell() -> None:
    rows = [row(f"a{i}", "XA", day="1" if i < 7 else "2") for i in range(8)]
    rows += [row(f"b{i}", "XC", day="2" if i < 7 else "1") for i in range(8)]
    (problem,) = check_confounding(study(rows))
    assert (problem.code, problem.severity) == ("partly-confounded", "warning")
    assert "7 of 8 animals" in problem.message or "1 of 8 animals" in problem.message
    assert "4.0" in problem.message


@pytest.mark.parametrize("days", [0, 1, 2, 4])
@pytest.mark.parametrize("chambers", [4, 6, 8])
def test_what_is_drawn_here_is_never_confounded(days: int, chambers: int) -> None:
    found = draw_allocation(protocol(chambers), mice(32, days=days), seed="s")
    assert check_confounding(study(found.blinded())) == ()
    assert check_confounding(study(found.rows)) == ()
    assert check_blinding(study(found.blinded())) == ()


def test_incomplete_blocks_with_the_vehicle_are_connected() -> None:
    groups = [group("vehicle", 14), *(group(f"g{i}", 6, i) for i in range(1, 8))]
    found = draw_allocation(protocol(4, groups=groups), mice(56), seed="s")
    errors = [p for p in check_confounding(study(found.rows)) if p.severity == "error"]
    assert errors == []


def test_runs_of_one_animal_and_one_day_say_nothing() -> None:
    rows = [row(f"m{i}", "XA" if i % 2 else "XC", day="1", block=i) for i in range(8)]
    assert check_confounding(study(rows)) == ()
    assert check_confounding(study(())) == ()


def test_sequential_dosing_is_not_judged_while_blind() -> None:
    plan = {"method": "sequential_dose"}
    found = draw_allocation(protocol(randomisation=plan), mice(12, days=2), seed="s")
    assert check_confounding(study(found.rows, randomisation=plan)) == ()


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("123456"))))
def test_parts_are_the_components_of_the_graph(pairs: list[tuple[str, str]]) -> None:
    parts = confounded_parts(pairs)
    # Union of sets that overlap, until none does.
    sets = [{f"g{g}", f"l{v}"} for g, v in pairs]
    merged: list[set[str]] = []
    for one in sets:
        touching = [m for m in merged if m & one]
        merged = [m for m in merged if not m & one] + [one.union(*touching)]
    due = {frozenset(m) for m in merged}
    found = {
        frozenset([*(f"g{g}" for g in groups), *(f"l{v}" for v in levels)])
        for groups, levels in parts
    }
    assert found == due


def test_a_syringe_code_for_two_animals() -> None:
    rows = [
        row("M1", "XA", syringe_codes=("AAAA3",)),
        row("M2", "XC", syringe_codes=("AAAA3",), line=3),
    ]
    found = check_blinding(study(rows))
    assert codes(found) == {"syringe-code-twice": "error"}
    assert "M1 and to M2" in str(found[0])
    assert found[0].row == 3


def test_different_numbers_of_syringes() -> None:
    rows = [row(f"M{i}", "XA", syringe_codes=(f"A{i}",)) for i in range(3)]
    rows.append(row("M9", "XC", syringe_codes=("B1", "B2")))
    assert codes(check_blinding(study(rows))) == {"syringes-differ": "warning"}


def test_dosing_group_by_group() -> None:
    rows = [
        row(f"{code}{i}", code, block=1, order=1 + i + 4 * n)
        for n, code in enumerate(("XA", "XC"))
        for i in range(4)
    ]
    assert codes(check_blinding(study(rows))) == {"dosed-by-group": "warning"}


def test_a_group_that_is_always_first() -> None:
    rows = []
    for run in range(1, 5):
        rows.append(row(f"v{run}", "XA", block=run, order=1))
        rows += [
            row(f"{c}{run}", c, block=run, order=2 + (run + n) % 2)
            for n, c in enumerate(("XC", "XD"))
        ]
    (problem,) = check_blinding(study(rows))
    assert (problem.code, problem.severity) == ("fixed-turn", "warning")
    assert "XA" in problem.message


def test_groups_written_in_clear() -> None:
    rows = [row("M1", "XA", group="vehicle"), row("M2", "XC", group="low")]
    assert codes(check_blinding(study(rows))) == {"groups-in-clear": "warning"}
    rows = [row("M1", "vehicle"), row("M2", "low")]
    assert codes(check_blinding(study(rows))) == {"groups-in-clear": "warning"}
    open_label = {"blinded": [], "reason_if_not": "surgery is seen"}
    assert check_blinding(study(rows, blinding=open_label)) == ()


def test_a_solution_that_looks_different() -> None:
    groups = [
        group("vehicle", 16),
        group("drug", 16, 100, note="a yellow solution"),
    ]
    (problem,) = check_blinding(study((), groups=groups))
    assert (problem.code, problem.severity) == ("looks-different", "warning")
    assert problem.given == "yellow"
