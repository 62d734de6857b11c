"""Runs too small for all groups: exact designs where they exist, sums always."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings, strategies as st

from isobole.results import DataError
from isobole.studies import Words, incomplete_blocks
from isobole.studies._incidence import Task, _Search, _start, fill_runs

# Balanced incomplete block designs: groups, size of a run, runs, concurrence.
# Fisher & Yates, Statistical Tables, and Cochran & Cox, Experimental Designs, ch. 11.
EXACT = [
    (4, 2, 6, 1), (5, 2, 10, 1), (6, 3, 10, 2), (7, 3, 7, 1), (7, 4, 7, 2),
    (8, 4, 14, 3), (9, 3, 12, 1), (10, 4, 15, 2), (11, 5, 11, 2), (13, 3, 26, 1),
    (13, 4, 13, 1), (16, 4, 20, 1), (21, 5, 21, 1),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "size", "runs", "meet"), EXACT)
def test_exact_designs_are_found(groups: int, size: int, runs: int, meet: int) -> None:
    names = [f"g{i}" for i in range(groups)]
    each = runs * size // groups
    design = incomplete_blocks(
        Words("seed", "runs"), [size] * runs, dict.fromkeys(names, each)
    )
    assert design.balance == "balanced"
    assert set(design.concurrence.values()) == {meet}
    assert meet * (groups - 1) == each * (size - 1)
    assert max(max(row) for row in design.counts) == 1
    assert f"meet in {meet} pairs" in design.sentence()


def test_vehicle_is_in_every_run_and_the_rest_is_balanced() -> None:
    totals = {"vehicle": 14} | dict.fromkeys("ABCDEFG", 6)
    design = incomplete_blocks(
        Words("seed", "runs"), [4] * 14, totals, control="vehicle"
    )
    assert all(row[0] == 1 for row in design.counts)
    assert (design.balance, design.range) == ("balanced", (2, 2))
    assert "'vehicle' is in every run" in design.sentence()


def test_a_control_too_small_for_all_runs_is_refused_with_its_number() -> None:
    totals = {"vehicle": 3} | dict.fromkeys("ABCDEFG", 3)
    with pytest.raises(DataError, match="n = 7") as error:
        incomplete_blocks(Words("s", "r"), [4] * 6, totals, control="vehicle")
    assert error.value.problems[0].code == "control-not-in-every-run"


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_sums_hold_and_counts_are_as_even_as_can_be(data: st.DataObject) -> None:
    groups = data.draw(st.integers(2, 7))
    sizes = data.draw(st.lists(st.integers(2, 6), min_size=2, max_size=7))
    places = sum(sizes)
    if places < groups:
        return
    cuts = data.draw(
        st.lists(st.integers(1, places - 1), min_size=groups - 1, max_size=groups - 1,
                 unique=True)
    )  # fmt: skip
    bounds = [0, *sorted(cuts), places]
    totals = {f"g{i}": b - a for i, (a, b) in enumerate(pairwise(bounds))}
    design = incomplete_blocks(Words("seed", "laws"), sizes, totals)
    assert [sum(row) for row in design.counts] == sizes
    columns = [sum(column) for column in zip(*design.counts, strict=True)]
    assert columns == list(totals.values())
    if max(totals.values()) <= len(sizes) and max(sizes) <= groups:
        # Where no group has to stand twice in a run, none does (Gale & Ryser).
        lengths = sorted(totals.values(), reverse=True)
        needed = all(
            sum(lengths[:k]) <= sum(min(size, k) for size in sizes)
            for k in range(1, groups + 1)
        )
        if needed:
            assert max(max(row) for row in design.counts) == 1


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_gain_of_an_exchange_is_the_change_of_cost(data: st.DataObject) -> None:
    groups = data.draw(st.integers(2, 5))
    totals = tuple(data.draw(st.integers(1, 5)) for _ in range(groups))
    places = sum(totals)
    half = data.draw(st.integers(1, places - 1))
    task = Task((half, places - half), (0, data.draw(st.integers(0, 1))), totals)
    search = _Search(task, _start(task))
    before = search.cost()
    for g, h in search._exchanges(0, 1)[:1]:
        gain = search._gain(0, 1, g, h)
        search._exchange(0, 1, g, h)
        assert search.cost() - before == gain
        assert _Search(task, search.copy()).cost() == search.cost()


def test_groups_are_spread_over_strata() -> None:
    task = Task((3,) * 14, (0,) * 7 + (1,) * 7, (6,) * 7)
    counts = fill_runs(task)
    first = [sum(column) for column in zip(*counts[:7], strict=True)]
    assert first == [3] * 7
    meet = {
        sum(row[g] * row[h] for row in counts) for g, h in combinations(range(7), 2)
    }
    assert meet == {2}


def test_labels_are_drawn() -> None:
    totals = dict.fromkeys("ABCDEFG", 3)
    drawn = {
        incomplete_blocks(Words(f"s{i}", "runs"), [3] * 7, totals).counts
        for i in range(10)
    }
    assert len(drawn) > 5
