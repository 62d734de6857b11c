"""The searches find what a look at every size finds."""

from __future__ import annotations

import math

from hypothesis import given, strategies as st

from isobole.planning._power_search import (
    PowerPoint,
    search_every,
    search_some,
    simulate_sizes,
    smallest,
)
from isobole.results import Missing

TARGET = 0.8


@given(st.integers(2, 150), st.integers(1, 160), st.sampled_from([60, 100, 200]))
def test_a_steady_power_is_found_from_any_start(answer, start, maximum):
    asked: list[int] = []

    def at(n: int) -> PowerPoint:
        asked.append(n)
        return PowerPoint(n, n, 0.5 + 0.5 * (n >= answer) * (1 - 1 / n), samples=1000)

    answer = max(answer, 3)
    found = smallest(
        search_some(
            at, target=0.6, start=min(start, maximum), maximum=maximum
        ).values(),
        0.6,
        "none",
    )
    if answer > maximum:
        assert isinstance(found.holds, Missing)
    else:
        assert found.holds == found.first == answer
        assert found.checked_to >= min(maximum, math.ceil(1.5 * answer))
    assert len(asked) == len(set(asked))
    assert max(asked) <= maximum


@given(st.lists(st.floats(0.6, 0.95), min_size=30, max_size=30))
def test_a_saw_is_judged_by_its_last_tooth(powers):
    """From size 31 on the power is 1; every tooth below is seen."""

    def at(n: int) -> PowerPoint:
        return PowerPoint(n, n, powers[n - 2] if n < 32 else 1.0)

    points = search_every(at, target=TARGET, start=2, maximum=200)
    found = smallest(points.values(), TARGET, "none")
    top = found.checked_to
    low = [n for n in range(2, top + 1) if at(n).power < TARGET]
    assert found.holds == (max(low) + 1 if low else 2)
    assert found.every
    assert top >= max(2 * found.holds, found.holds + 20)


def test_a_fall_after_the_target_is_followed_in_simulated_searches():
    def at(n: int) -> PowerPoint:
        power = 0.85 if n in (10, 11) or n >= 14 else 0.7
        return PowerPoint(n, n, power, samples=1000)

    found = smallest(
        search_some(at, target=TARGET, start=6, maximum=50).values(), TARGET, "none"
    )
    assert (found.first, found.holds) == (10, 14)
    assert found.checked_to >= 21


def test_no_difference_is_never_an_answer():
    rows, found, planned = simulate_sizes(
        lambda n: PowerPoint(n, n, 1.0, samples=1000), differs=False, target=TARGET,
        about=5, n=7, maximum=9, reason="unused", progress=None,
    )  # fmt: skip
    assert isinstance(found.holds, Missing)
    assert planned is not None
    assert planned.n == 7
    assert [row.n for row in rows] == [4, 6, 7, 8]
