"""Type II designs: reference figures, second opinions, laws, edges, wording."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy.optimize import minimize
from scipy.stats import norm

from isobole.combination._data import CombinationData
from isobole.combination._potency_shift import potency_shift
from isobole.combination._shift_result import PotencyShift
from isobole.combination._tipping import own_arm, tipping_doses, tipping_ed50
from isobole.doseresponse import QuantalData
from isobole.results import (
    DataError,
    Estimate,
    Limits,
    Missing,
    OptionError,
    encode,
)

FILE = Path(__file__).parents[1] / "reference" / "synergy.json"
CASE: dict[str, Any] = next(
    case
    for case in json.loads(FILE.read_text("utf-8"))["cases"]
    if case["id"] == "typeII_synthetic_VPA_plus_fixed_Mg"
)
LAST_DIGIT = 5e-7
"""Relative: the file prints eight decimals of R's iterated fit."""
LAW = 1e-7

VPA = (150.0, 200.0, 250.0, 300.0)
WITH = (100.0, 150.0, 200.0, 250.0)


def study(
    alone: Sequence[int] = (1, 3, 5, 7),
    over: Sequence[Sequence[int]] = ((1, 3, 6, 7),),
    fixed: Sequence[float] = (40.0,),
    own: Sequence[tuple[float, int]] = ((40.0, 0),),
    *,
    scale: float = 1.0,
    swap: bool = False,
    control: int | None = None,
) -> CombinationData:
    rows = [(d, 0.0, r) for d, r in zip(VPA, alone, strict=True)]
    for dose, counts in zip(fixed, over, strict=True):
        rows += [(d, dose, r) for d, r in zip(WITH, counts, strict=True)]
    rows += [(0.0, dose, r) for dose, r in own]
    if control is not None:
        rows.append((0.0, 0.0, control))
    doses = scale * np.array([[a, b] for a, b, _ in rows])
    drugs = ["VPA", "Mg"]
    if swap:
        doses, drugs = doses[:, ::-1], drugs[::-1]
    return CombinationData(
        drugs, doses, [8] * len(rows), [r for *_, r in rows],
        unit="mg/kg", endpoint="protected",
    )  # fmt: skip


def test_reference() -> None:
    inputs, expected = CASE["inputs"], CASE["expected"]
    assert inputs["VPA"]["dose"] == list(VPA)
    assert inputs["VPA_with_Mg"]["dose"] == list(WITH)
    found = potency_shift(
        study(inputs["VPA"]["r"], [inputs["VPA_with_Mg"]["r"]]),
        information="expected",
        interval="log-delta",
        heterogeneity="none",
    )
    seen: dict[str, Any] = {}
    for name, fit in zip(("VPA_with_Mg", "VPA"), found.comparison.fits, strict=True):
        cov, estimate = fit.covariance, fit.ed(50)
        assert not isinstance(cov, Missing)
        assert not isinstance(estimate.value, Missing)
        seen[name] = {
            "alpha": fit.intercept.estimate,
            "beta": fit.slope.estimate,
            "se_alpha": fit.intercept.se,
            "se_beta": fit.slope.se,
            "cov": cov[0, 1],
            "ED50": estimate.value,
            "log10_ED50": math.log10(estimate.value),
            "se_log10_ED50": estimate.log10_se,
            "deviance": fit.goodness_of_fit.deviance,
        }
        assert set(seen[name]) == set(expected[name])
        for key, value in expected[name].items():
            assert seen[name][key] == pytest.approx(value, rel=LAST_DIGIT), key
    shift = found.shift(40)
    apart, common = shift.under("separate"), shift.under("common")
    gamma, se = apart.index.value, apart.index.log10_se
    assert not isinstance(gamma, Missing)
    assert not isinstance(common.index.value, Missing)
    assert se is not None
    numbers = {
        "gamma": gamma,
        "ci95": [apart.index.low, apart.index.high],
        "z": math.log10(gamma) / se,
        "p": apart.p,
        "LR_parallel": shift.parallelism.chi2,
        "LR_shift": common.test.chi2,
        "common_slope_log10_shift": math.log10(common.index.value),
        "common_slope_gamma": common.index.value,
    }
    assert {*numbers, "VPA", "VPA_with_Mg"} == set(expected)
    for key, value in numbers.items():
        assert value == pytest.approx(expected[key], rel=2e-6), key


def test_tipping_ed50_of_the_facts() -> None:
    limits = Limits("log-delta", 0.95, "interval", 0.574, 0.937)
    tipping = tipping_ed50(Estimate("index", 0.733, limits), 1.0, "Mg")
    assert not isinstance(tipping.value, Missing)
    assert tipping.low is not None
    assert tipping.high is not None
    assert [f"{x:.1f}" for x in (tipping.value, tipping.low, tipping.high)] == [
        "3.7", "2.3", "15.9",
    ]  # fmt: skip
    assert tipping.value == pytest.approx(1 / 0.267)


@pytest.mark.parametrize(
    ("value", "kind", "low", "high", "expected"),
    [
        (0.9, "interval", 0.7, 1.2, (10.0, 1 / 0.3, None)),
        (1.3, "interval", 0.9, 1.9, (None, 10.0, None)),
        (1.5, "interval", 1.1, 1.9, (None, None, None)),
        (None, "ray", None, 0.5, (None, 1.0, 2.0)),
        (None, "ray", 0.5, None, (None, 2.0, None)),
        (None, None, None, None, (None, None, None)),
    ],
)
def test_tipping_limits_carry_the_index_through(
    value: float | None, kind: Any, low: Any, high: Any, expected: Any
) -> None:
    reason = None if kind == "interval" else "not bounded"
    index = Estimate(
        "index",
        Missing("no curve") if value is None else value,
        Limits("likelihood", 0.95, kind, low, high, reason=reason),
    )
    tipping = tipping_ed50(index, 1.0, "Mg")
    seen = (
        None if isinstance(tipping.value, Missing) else tipping.value,
        tipping.low,
        tipping.high,
    )
    assert [x is None for x in seen] == [x is None for x in expected]
    for mine, theirs in zip(seen, expected, strict=True):
        if theirs is not None:
            assert mine == pytest.approx(theirs)
    if None in seen:
        assert tipping.reason


def test_what_none_of_eight_supports() -> None:
    arm = own_arm(QuantalData([40.0], [8], [0]), slope=8.0, link="probit", level=0.95)
    group = arm.groups[0]
    assert f"{100 * group.upper:.1f} {100 * group.both:.1f}" == "31.2 36.9"
    assert group.error == 0.5**8
    assert group.ed50_above == pytest.approx(
        40 * 10 ** (-norm.ppf(1 - 0.05 ** (1 / 8)) / 8)
    )
    found = potency_shift(study())
    text = str(found)
    assert "almost never excludes additivity" in text
    assert "plain additivity is not excluded" in text
    # A bound from below says nothing of lying below: no "ED50 ..., not above".
    assert "which does not place it above the tipping ED50" in " ".join(text.split())
    assert "horizontal" in text
    # At the tipping ED50 or above, none affected would tell; at the fixed dose not.
    doses = found.shift().doses
    assert {at.n for at in doses} == {8}
    assert all(at.none > 0.9 for at in doses if at.dose == 40)
    tipping = found.shift().under("common").tipping.value
    assert all(at.none == 0.5**8 for at in doses if at.dose == tipping)
    assert all(at.none <= 0.05 + 1e-12 for at in doses if at.dose > 40)


def test_higher_doses_of_the_other_drug_exclude_additivity() -> None:
    low = potency_shift(study()).shift().under("common").weight
    assert low.state == "not excluded"
    some = potency_shift(study(own=((40, 0), (200, 0)))).shift().under("common")
    assert some.weight.state == "excluded at the estimate"
    many = potency_shift(study(own=((40, 0), (200, 0), (900, 0))))
    assert many.shift().under("common").weight.state == "excluded"
    assert "is excluded" in str(many)


def test_bounds_stop_at_the_first_dose_that_fails() -> None:
    found = potency_shift(study(own=((40, 0), (80, 6), (200, 1))))
    bound = found.shift().under("common").weight
    assert bound.bound == 40.0 or "own ED50" in bound.by
    none = potency_shift(study(own=((40, 7),))).shift().under("common").weight
    assert isinstance(none.bound, Missing)
    assert none.state == "not excluded"


def test_weight_where_the_index_has_limits_only() -> None:
    over = [(0, 8, 8, 8)]
    steps = potency_shift(study((0, 0, 8, 8), over, own=((40, 0),)))
    assert steps.shift().under("separate").weight.state == "not excluded"
    far = potency_shift(study((0, 0, 8, 8), over, own=((40, 0), (200, 0))))
    assert far.shift().under("separate").weight.state == "excluded"
    weaker = potency_shift(study((0, 8, 8, 8), [(0, 0, 0, 8)]))
    assert weaker.shift().under("separate").weight.state in (
        "not applicable", "not excluded",
    )  # fmt: skip


def test_a_stated_slope_reaches_above_the_dose() -> None:
    plain = potency_shift(study()).shift().under("common").weight.bound
    steep = potency_shift(study(), slope_for_bound=2).shift().under("common")
    assert not isinstance(plain, Missing)
    assert not isinstance(steep.weight.bound, Missing)
    assert plain == 40.0
    assert steep.weight.bound == pytest.approx(
        40 * 10 ** (-norm.ppf(0.31234) / 2), 1e-3
    )
    assert "stated slope 2" in steep.weight.sentence
    assert {
        at.slope for at in potency_shift(study(), slope_for_bound=2).shift().doses
    } == {2}


def test_without_the_other_drugs_own_arm() -> None:
    found = potency_shift(study(own=()))
    assert isinstance(found.own, Missing)
    assert "given alone" in found.shift().under("common").weight.sentence
    assert "No group was given Mg alone" in str(found)
    encode(found.to_dict())


def test_an_other_drug_that_is_not_inactive_is_said() -> None:
    found = potency_shift(study(own=((40, 3), (80, 5)), control=1))
    assert any("It is not inactive" in text for text in found.caveats)
    assert any("given no drug" in text for text in found.caveats)
    assert not isinstance(found.own, Missing)
    assert isinstance(found.own.ed50, Estimate)


def test_tipping_doses_hold_the_level_between() -> None:
    for slope in (3.0, 8.0):
        doses = tipping_doses(40, 150, [slope], 8, "logit", 0.95)
        assert [at.dose for at in doses] == sorted(at.dose for at in doses)
        assert doses[1].none == pytest.approx(0.05)
        assert doses[-1].none == 0.5**8


# Second opinions


def test_trend_against_a_general_optimiser() -> None:
    data = study(over=((1, 3, 6, 7), (2, 5, 6, 8)), fixed=(40, 80))
    found = potency_shift(data)
    trend = found.trend
    assert not isinstance(trend, Missing)
    x = np.log10(np.array([*VPA, *WITH, *WITH]))
    d = np.repeat([0.0, 40.0, 80.0], 4)
    r = np.array([1, 3, 5, 7, 1, 3, 6, 7, 2, 5, 6, 8])

    def loss(theta: Any, columns: Any) -> float:
        eta = columns @ theta
        return -float((r * norm.logcdf(eta) + (8 - r) * norm.logsf(eta)).sum())

    centred = x - x.mean()
    owner = np.repeat(np.eye(3), 4, axis=0)
    best = []
    for columns in (
        np.column_stack([np.ones(12), d / 80, centred]),
        np.column_stack([np.ones(12), centred]),
        np.column_stack([owner, centred]),
    ):
        best.append(
            minimize(loss, np.zeros(columns.shape[1]), args=(columns,), tol=1e-12)
        )
    assert trend.chi2 == pytest.approx(2 * (best[1].fun - best[0].fun), abs=1e-6)
    assert trend.lack_chi2 == pytest.approx(2 * (best[0].fun - best[2].fun), abs=1e-6)
    _, c, b = best[0].x
    assert trend.slope == pytest.approx(-c / 80 / b, rel=1e-4)
    assert trend.slope < 0  # type: ignore[operator]


def test_one_fixed_dose_has_no_trend_and_two_have() -> None:
    assert isinstance(potency_shift(study()).trend, Missing)
    two = potency_shift(study(over=((1, 3, 6, 7), (2, 5, 6, 8)), fixed=(40, 80)))
    assert [shift.fixed for shift in two.shifts] == [40, 80]
    assert two.shift().fixed == 80
    assert two.parallelism.df == 2
    assert "straight line" in str(two)
    with pytest.raises(OptionError, match="fixed"):
        two.shift(50)


# Laws

counts = st.lists(st.integers(0, 8), min_size=4, max_size=4)
rising = counts.map(sorted)


def values(found: PotencyShift) -> list[float | None]:
    seen: list[float | None] = []
    for shift in found.shifts:
        for index in shift.indices:
            value = index.index.value
            seen += [None if isinstance(value, Missing) else value]
            seen += [index.index.low, index.index.high]
            seen += [None if isinstance(index.p, Missing) else index.p]
    return seen


def same(one: list[float | None], two: list[float | None], **tolerance: float) -> None:
    assert [x is None for x in one] == [x is None for x in two]
    assert [x for x in one if x is not None] == pytest.approx(
        [x for x in two if x is not None], **tolerance
    )


@given(rising, rising, st.sampled_from([1e-3, 0.37, 1000.0]))
@settings(max_examples=25, deadline=None)
def test_rescaling_doses_leaves_the_index_and_scales_the_tipping_ed50(
    alone: list[int], over: list[int], scale: float
) -> None:
    one = potency_shift(study(alone, [over]))
    two = potency_shift(study(alone, [over], scale=scale))
    same(values(one), values(two), rel=1e-5, abs=1e-7)
    for first, second in zip(one.shifts[0].indices, two.shifts[0].indices, strict=True):
        for a, b in (
            (first.tipping.low, second.tipping.low),
            (first.tipping.high, second.tipping.high),
        ):
            assert (a is None) == (b is None)
            # Near an index of 1 the tipping ED50 magnifies every rounding.
            if a is not None and b is not None and a < 40 * 1e3:
                assert b == pytest.approx(scale * a, rel=1e-2)


@given(rising, rising)
@settings(max_examples=15, deadline=None)
def test_the_order_of_drug_columns_does_not_matter(
    alone: list[int], over: list[int]
) -> None:
    one = potency_shift(study(alone, [over]))
    two = potency_shift(study(alone, [over], swap=True))
    assert (two.active, two.other) == ("VPA", "Mg")
    same(values(one), values(two), rel=LAW, abs=LAW)


@given(rising)
@settings(max_examples=15, deadline=None)
def test_a_fixed_dose_that_does_nothing_gives_index_one(alone: list[int]) -> None:
    assume(0 < sum(alone) < 32)
    rows = [(d, 0.0) for d in VPA] + [(d, 40.0) for d in VPA]
    data = CombinationData(["VPA", "Mg"], rows, [8] * 8, [*alone, *alone])
    for index in potency_shift(data).shift().indices:
        if not isinstance(index.index.value, Missing):
            assert index.index.value == pytest.approx(1, abs=1e-6)
            assert isinstance(index.tipping.value, Missing) or (
                index.tipping.value > 1e6
            )
        if not isinstance(index.test.p, Missing):
            assert index.test.p > 0.999
        assert index.direction in ("not distinct from 1", "not computable")


def test_sham_tips_at_its_own_ed50() -> None:
    """A drug over a fixed dose of itself: the shift is plain additivity.

    Exactly so at the ED50: total dose A = with + d, so gamma = 1 - d / A and the
    tipping ED50 d / (1 - gamma) is the drug's own ED50.
    """
    ed50, fixed = 219.0, 40.0
    gamma = (ed50 - fixed) / ed50
    limits = Limits("likelihood", 0.95, "interval", gamma / 1.2, gamma * 1.1)
    tipping = tipping_ed50(Estimate("index", gamma, limits), fixed, "itself")
    assert tipping.value == pytest.approx(ed50)


# Edges


@pytest.mark.parametrize(
    "alone", [(0, 0, 0, 0), (0, 0, 8, 8), (8, 8, 8, 8), (1, 3, 5, 7)]
)
@pytest.mark.parametrize(
    "over", [(0, 0, 0, 0), (0, 0, 8, 8), (8, 8, 8, 8), (7, 5, 3, 1)]
)
def test_arms_without_a_slope_are_answered(
    alone: tuple[int, ...], over: tuple[int, ...]
) -> None:
    for interval in ("likelihood", "log-delta"):
        found = potency_shift(study(alone, [over]), interval=interval)  # type: ignore[arg-type]
        encode(found.to_dict())
        assert str(found)
        assert found._repr_html_()
        assert "\n" not in repr(found)
        for index in found.shift().indices:
            if isinstance(index.index.value, Missing):
                assert index.index.reason
            if index.tipping.low is None or index.tipping.high is None:
                assert index.tipping.reason


def test_a_separated_arm_still_shows_a_shift() -> None:
    found = potency_shift(study((0, 0, 0, 2), [(0, 8, 8, 8)]))
    for index in found.shift().indices:
        assert index.direction == "below 1"
        assert not isinstance(index.p, Missing)
        assert index.p < 0.001
        assert index.tipping.low is not None


def test_heterogeneity_widens_and_turns_tests_into_f() -> None:
    data = study((5, 0, 7, 3), [(0, 6, 1, 8)])
    plain = potency_shift(data, heterogeneity="none").shift().under("common")
    wide = potency_shift(data, heterogeneity="always").shift().under("common")
    assert plain.test.chi2 == pytest.approx(wide.test.chi2)
    assert not isinstance(plain.test.p, Missing)
    assert not isinstance(wide.test.p, Missing)
    assert wide.test.p > plain.test.p
    assert not isinstance(plain.p_delta, Missing)
    assert not isinstance(wide.p_delta, Missing)
    assert wide.p_delta > plain.p_delta


def test_slopes_shown_and_conventions() -> None:
    only = potency_shift(study(), slopes="common")
    assert [i.slopes for i in only.shift().indices] == ["common"]
    assert len(only.to_dict()["interactions"]) == 1
    both = potency_shift(study(), convention="ecotox").to_dict()["interactions"]
    assert [row["slopes"] for row in both] == ["common", "separate"]
    for row in both:
        assert row["verdict"] == "below 1"
        assert set(row["tipping_ed50"]) == {"estimate", "low", "high", "reason"}
        assert "horizontal" in row["null_model"]
    with pytest.raises(OptionError, match="fixes"):
        potency_shift(study(), convention="ecotox", heterogeneity="none")


def test_a_named_ladder_is_followed() -> None:
    grid = [(a, b) for a in (0, 100, 200) for b in (0, 20, 40) if a or b]
    data = CombinationData(["A", "B"], grid, [8] * 8, [1, 4, 2, 4, 6, 4, 6, 8])
    for name in ("A", "B"):
        found = potency_shift(data, ladder=name)
        assert found.active == name
        assert len(found.shifts) == 2


# Bad input


def test_bad_designs_name_their_remedy() -> None:
    no_ladder = CombinationData(
        ["A", "B"], [[1, 0], [2, 0], [1, 5]], [8] * 3, [1, 4, 3]
    )
    with pytest.raises(DataError) as caught:
        potency_shift(no_ladder, ladder="A")
    assert caught.value.problems[0].code == "single-dose-arm"
    assert "factorial_interaction" in str(caught.value)
    nothing = CombinationData(["A", "B"], [[1, 5], [2, 5]], [8] * 2, [1, 4])
    with pytest.raises(DataError, match="no dose-response arm of A"):
        potency_shift(nothing, ladder="A")
    three = CombinationData(["A", "B", "C"], np.eye(3) + 1, [8] * 3, [1, 4, 3])
    with pytest.raises(DataError, match="3 drugs"):
        potency_shift(three)
    alone = CombinationData(
        ["A", "B"], [[1, 0], [1, 5], [2, 5]], [8] * 3, [1, 4, 6], design="type-ii"
    )
    with pytest.raises(DataError, match="A alone has one dose only"):
        potency_shift(alone, ladder="A")
    with pytest.raises(DataError, match="No ladder of A"):
        potency_shift(
            CombinationData(["A", "B"], [[1, 0], [2, 0], [0, 5]], [8] * 3, [1, 4, 3]),
            ladder="A",
        )


def test_a_fixed_dose_with_one_dose_over_it_is_left_out_and_said() -> None:
    rows = [(d, 0.0) for d in VPA] + [(d, 40.0) for d in WITH] + [(100.0, 80.0)]
    data = CombinationData(
        ["VPA", "Mg"], rows, [8] * 9, [1, 3, 5, 7, 1, 3, 6, 7, 5], design="type-ii"
    )
    found = potency_shift(data)
    assert [shift.fixed for shift in found.shifts] == [40]
    assert any("left out" in str(problem) for problem in found.problems)


@pytest.mark.parametrize(
    "options",
    [
        {"slopes": "parallel"},
        {"interval": "fieller"},
        {"ladder": "VPN"},
        {"level": 95},
        {"slope_for_bound": 0},
        {"link": "probits"},
        {"heterogeneity": "p<0.2"},
    ],
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        potency_shift(study(), **options)
