"""2 x 2 factorials: reference figures, second opinions, laws, edges, wording."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize
from scipy.special import xlogy
from scipy.stats import fisher_exact

from isobole.combination._data import CombinationData
from isobole.combination._excess import excess_limits
from isobole.combination._factorial import factorial_interaction
from isobole.combination._sham import (
    SLOPES,
    half_ed50_response,
    sham_response,
)
from isobole.combination._unconditional import (
    all_statistics,
    bliss_statistic,
    unconditional_p,
)
from isobole.results import DataError, Missing, Note, OptionError, encode

FILE = Path(__file__).parents[1] / "reference" / "synergy.json"
CASE: dict[str, Any] = next(
    case
    for case in json.loads(FILE.read_text("utf-8"))["cases"]
    if case["id"] == "subprotective_2x2_exact"
)
EXACT = 1e-8
CUT = 3.841458820694124

cells = st.lists(st.integers(1, 6), min_size=4, max_size=4).flatmap(
    lambda n: st.tuples(st.just(n), st.tuples(*(st.integers(0, k) for k in n)))
)


def test_reference() -> None:
    order = ("vehicle", "Mg", "VPA", "both")
    counts = [CASE["inputs"][name] for name in order]
    found = factorial_interaction(
        [n for _, n in counts], [r for r, _ in counts], drugs=("Mg", "VPA")
    )
    given = {
        "bliss_expected_p": found.expected,
        "excess": found.excess.value,
        "fisher_two_sided_both_vs_VPA": found.fisher[1].p,
    }
    assert set(given) == set(CASE["expected"])
    for name, value in CASE["expected"].items():
        assert given[name] == pytest.approx(value, abs=EXACT), name
    assert found.fisher[1].against == "VPA"
    assert found.verdict == "exceeds-bliss"


def fitted_statistic(n: list[int], spared: tuple[int, ...]) -> float:
    """Maximise the null likelihood by SciPy, in the three free probabilities."""
    size, y = np.array(n, float), np.array(spared, float)
    own = y / size
    top = (xlogy(y, own) + xlogy(size - y, 1 - own)).sum()

    def loss(u: Any) -> float:
        a, b, w = np.sin(u) ** 2
        t = a * b
        s = np.clip([t**w, a, b, t ** (1 - w)], 1e-300, 1.0)
        return -float((xlogy(y, s) + xlogy(size - y, 1 - s + 1e-300)).sum())

    starts = np.random.default_rng(3).uniform(0.1, 1.4, (12, 3))
    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    best = min(
        minimize(loss, x, method="Nelder-Mead", options=options).fun for x in starts
    )
    return float(2 * (top + best))


@pytest.mark.parametrize(
    ("n", "spared"),
    [
        ([8, 8, 8, 8], (7, 5, 6, 2)),
        ([8, 8, 8, 8], (8, 8, 8, 2)),
        ([10, 10, 10, 10], (10, 10, 9, 3)),
        ([5, 7, 6, 9], (4, 3, 2, 8)),
        ([6, 6, 6, 6], (5, 0, 4, 3)),
    ],
)
def test_statistic_against_a_general_optimiser(
    n: list[int], spared: tuple[int, ...]
) -> None:
    mine = float(bliss_statistic(n, spared))
    assert mine == pytest.approx(fitted_statistic(n, spared), abs=2e-4)


def probabilities(n: list[int], s: np.ndarray) -> np.ndarray:
    """Return the probability of every table at one null point, by plain loops."""
    table = np.ones([k + 1 for k in n])
    for index in np.ndindex(*table.shape):
        table[index] = math.prod(
            math.comb(k, y) * p**y * (1 - p) ** (k - y)
            for k, y, p in zip(n, index, s, strict=True)
        )
    return table


def null_points(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    a, b, w = rng.beta(0.7, 0.7, (3, count))
    return np.stack([(a * b) ** w, a, b, (a * b) ** (1 - w)], axis=1)


@pytest.mark.parametrize("spared", [(3, 3, 3, 0), (3, 3, 2, 0), (2, 1, 2, 3)])
def test_p_is_the_largest_over_the_nuisance_space(spared: tuple[int, ...]) -> None:
    n = [3, 3, 3, 3]
    p, mid_p = unconditional_p(n, spared)
    every = all_statistics(n)
    extreme = every >= every[spared] - 1e-9
    seen = max(float(probabilities(n, s)[extreme].sum()) for s in null_points(1500, 11))
    assert seen <= p + 1e-12
    assert p == pytest.approx(seen, rel=0.02)
    assert mid_p <= p


def test_level_is_kept_everywhere() -> None:
    n = [3, 3, 3, 3]
    every = all_statistics(n)
    rejected = np.zeros(every.shape, dtype=bool)
    known: dict[float, float] = {}
    for index in np.ndindex(*every.shape):
        key = round(float(every[index]), 6)
        if key > 2.5 and key not in known:
            known[key] = unconditional_p(n, index)[0]
        rejected[index] = known.get(key, 1.0) <= 0.1
    assert rejected.any()
    for s in null_points(400, 5):
        assert probabilities(n, s)[rejected].sum() <= 0.1 + 1e-12


def test_excess_limits_against_a_general_optimiser() -> None:
    for n, y in (
        ([10] * 4, [10, 10, 9, 3]),
        ([8] * 4, [7, 6, 5, 2]),
        ([8, 10, 6, 12], [5, 6, 3, 8]),
    ):
        size, spared = np.array(n, float), np.array(y, float)
        own = spared / size
        top = (xlogy(spared, own) + xlogy(size - spared, 1 - own)).sum()

        def room(s: Any, y: Any = spared, m: Any = size, top: float = top) -> float:
            return CUT - 2 * float(top - (xlogy(y, s) + xlogy(m - y, 1 - s)).sum())

        ends = []
        for sign in (1, -1):
            starts = np.random.default_rng(1).normal(own, 0.1, (60, 4))
            values = []
            for start in np.clip(starts, 0.02, 0.98):
                found = minimize(
                    lambda s, sign=sign: sign * (min(s[1] * s[2] / s[0], 1) - s[3]),
                    start,
                    constraints={"type": "ineq", "fun": room},
                    bounds=[(1e-9, 1 - 1e-12)] * 4,
                    method="SLSQP",
                    options={"maxiter": 500},
                )
                if found.success and room(found.x) > -1e-6:
                    values.append(found.fun)
            ends.append(sign * min(values))
        assert excess_limits(n, y, CUT) == pytest.approx(tuple(ends), abs=1e-5)


@given(cells)
@settings(max_examples=25, deadline=None)
def test_swapping_drugs_changes_nothing(
    table: tuple[list[int], tuple[int, ...]],
) -> None:
    n, hit = table
    one = factorial_interaction(n, hit)
    swap = [0, 2, 1, 3]
    two = factorial_interaction([n[k] for k in swap], [hit[k] for k in swap])
    for name in ("expected", "p", "mid_p", "statistic"):
        a, b = getattr(one, name), getattr(two, name)
        if isinstance(a, Missing):
            assert isinstance(b, Missing)
        else:
            assert a == pytest.approx(b, rel=1e-6, abs=1e-9)
    assert one.verdict == two.verdict
    for k in (0, 1):
        assert one.fisher[k].p == pytest.approx(two.fisher[1 - k].p)


@given(cells)
@settings(max_examples=25, deadline=None)
def test_never_synergy_and_everything_says_itself(
    table: tuple[list[int], tuple[int, ...]],
) -> None:
    found = factorial_interaction(*table)
    assert found.verdict in ("exceeds-bliss", "below-bliss", "inconclusive")
    assert "synerg" not in found.message
    encode(found.to_dict())
    assert found._repr_html_()
    assert "\n" not in repr(found)
    excess = found.excess
    if isinstance(excess.value, Missing):
        assert excess.reason
    else:
        assert excess.low is not None
        assert excess.high is not None
        assert excess.low - 1e-9 <= excess.value <= excess.high + 1e-9


@given(st.floats(0.001, 0.98), st.floats(2, 12))
def test_sham_of_a_drug_with_itself_exceeds_bliss_when_steep(
    p: float, slope: float
) -> None:
    together = sham_response(p, p, slope)
    assert together > p
    half = half_ed50_response(slope)
    assert sham_response(half, half, slope) == pytest.approx(0.5, abs=1e-12)
    assert half == pytest.approx(sham_response(half, 0.0, slope), abs=1e-12)
    if slope >= 4:
        assert 1 - (1 - half) ** 2 < 0.5


def test_slope_eight_is_the_quoted_example() -> None:
    half = half_ed50_response(8.0)
    assert f"{100 * half:.1f}" == "0.8"
    assert 1 - (1 - half) ** 2 < 0.017
    found = factorial_interaction([8] * 4, [0, 0, 0, 6])
    assert tuple(row.slope for row in found.loewe) == SLOPES
    assert "0.8 % and 0.8 % alone" in str(found)
    # 0 of 8 with each drug is compatible with an additive pair affecting most.
    assert all(
        not isinstance(row.upper, Missing) and row.upper > 0.6 for row in found.loewe
    )


@pytest.mark.parametrize(
    ("n", "hit"), [([8] * 4, [0, 3, 1, 7]), ([5, 9, 7, 8], [1, 0, 7, 4])]
)
def test_fisher_against_scipy(n: list[int], hit: list[int]) -> None:
    found = factorial_interaction(n, hit)
    for k in (1, 2):
        table = [[hit[3], n[3] - hit[3]], [hit[k], n[k] - hit[k]]]
        assert found.fisher[k - 1].p == pytest.approx(fisher_exact(table).pvalue)


def test_all_or_none_in_every_cell() -> None:
    for bits in np.ndindex(2, 2, 2, 2):
        found = factorial_interaction([8] * 4, [8 * b for b in bits])
        if bits[0]:
            assert isinstance(found.p, Missing)
            assert found.verdict == "inconclusive"
            assert "count the other endpoint" in found.message
        elif bits == (0, 0, 0, 1):
            assert found.verdict == "exceeds-bliss"
        elif bits[3] == 0 and (bits[1] or bits[2]):
            assert found.verdict == "below-bliss"
        else:
            assert found.verdict == "inconclusive"


def test_without_a_control_group() -> None:
    found = factorial_interaction([0, 8, 8, 8], [0, 0, 0, 6])
    assert isinstance(found.p, Missing)
    assert "background='zero'" in found.p.reason
    assert found.verdict == "inconclusive"
    assumed = factorial_interaction([0, 8, 8, 8], [0, 0, 0, 6], background="zero")
    assert assumed.verdict == "exceeds-bliss"
    assert "assumed to be 0" in str(assumed)


def test_large_groups_fall_back_to_the_likelihood_ratio() -> None:
    found = factorial_interaction([40] * 4, [0, 4, 4, 21])
    assert isinstance(found.p, Missing)
    assert not isinstance(found.p_asymptotic, Missing)
    assert found.verdict == "exceeds-bliss"
    assert "asymptotic" in repr(found)


def test_from_combination_data_rows_are_summed() -> None:
    rows = [[0, 0], [100, 0], [0, 40], [100, 40], [100, 40]]
    data = CombinationData(
        ["VPA", "Mg"], rows, [8, 8, 8, 4, 4], [0, 1, 0, 3, 3], unit="mg/kg",
        endpoint="protected",
    )  # fmt: skip
    found = factorial_interaction(data=data)
    counts = factorial_interaction([8] * 4, [0, 1, 0, 6])
    assert found.p == counts.p
    assert found.doses == (100.0, 40.0)
    assert "protected" in str(found)
    assert any(isinstance(block, Note) for block in found.blocks())


@pytest.mark.parametrize(
    ("n", "hit", "code"),
    [
        ([8, 8, 8], [0, 0, 0], "cells-not-four"),
        ([8, 8, 8, 8], [0, 0, 9, 1], "affected-exceeds-n"),
        ([8, 8, 0, 8], [0, 0, 0, 1], "cell-empty"),
        ([8, 8, 8, 8], [0, 0.5, 0, 1], "count-not-whole"),
        ([8, 8, 8, 8], [0, -1, 0, 1], "count-not-whole"),
    ],
)
def test_bad_counts(n: list[int], hit: list[Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        factorial_interaction(n, hit)
    assert code in [problem.code for problem in caught.value.problems]
    assert all(problem.remedy for problem in caught.value.problems)


def test_bad_designs_and_options() -> None:
    ladder = CombinationData(
        ["VPA", "Mg"], [[100, 0], [200, 0], [0, 40], [100, 40]], [8] * 4, [1, 4, 0, 6]
    )
    with pytest.raises(DataError, match="not a 2 x 2 factorial"):
        factorial_interaction(data=ladder)
    with pytest.raises(OptionError, match="either counts or data"):
        factorial_interaction([8] * 4, [0] * 4, data=ladder)
    with pytest.raises(OptionError, match="four counts each"):
        factorial_interaction()
    with pytest.raises(OptionError, match="background"):
        factorial_interaction([8] * 4, [0] * 4, background="nil")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="two drugs"):
        factorial_interaction([8] * 4, [0] * 4, drugs=["A"])
