"""A share's exact limits and chances, against whole numbers and each other."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, strategies as st

from isobole.results import binomial_chances, clopper_pearson

ANIMALS = st.integers(1, 60)


@given(ANIMALS, st.fractions(0, 1, max_denominator=50))
def test_chances_are_those_of_whole_numbers(n: int, share: Fraction) -> None:
    exact = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    assert sum(exact) == 1
    found = binomial_chances(n, float(share))
    assert found == pytest.approx([float(one) for one in exact], rel=1e-10, abs=1e-300)


@given(ANIMALS, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_many_shares_are_each_by_itself(n: int, shares: list[float]) -> None:
    found = binomial_chances(n, shares)
    assert found.shape == (len(shares), n + 1)
    for row, share in zip(found, shares, strict=True):
        assert np.array_equal(row, binomial_chances(n, share))


@given(st.data(), ANIMALS, st.floats(0.5, 0.999))
def test_limits_leave_half_the_error_on_either_side(
    data: st.DataObject, n: int, level: float
) -> None:
    affected = data.draw(st.integers(0, n))
    limits = clopper_pearson(affected, n, level=level)
    tail = (1 - level) / 2
    if affected > 0:
        assert binomial_chances(n, limits.low)[affected:].sum() == pytest.approx(tail)
    else:
        assert limits.low == 0
    if affected < n:
        above = binomial_chances(n, limits.high)[: affected + 1].sum()
        assert above == pytest.approx(tail)
    else:
        assert limits.high == 1


@given(st.data(), ANIMALS)
def test_a_bound_is_that_end_of_twice_the_error(data: st.DataObject, n: int) -> None:
    affected = data.draw(st.integers(0, n))
    both = clopper_pearson(affected, n, level=0.9)
    upper = clopper_pearson(affected, n, level=0.95, sides="upper")
    lower = clopper_pearson(affected, n, level=0.95, sides="lower")
    assert (upper.low, lower.high) == (0, 1)
    assert (lower.low, upper.high) == pytest.approx((both.low, both.high))
