"""Log-rank tests against brute force, statsmodels and their laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from isobole.outcomes import log_rank, log_rank_pairs, log_rank_trend
from isobole.results import DataError, Missing, OptionError

row = st.tuples(st.integers(1, 12), st.integers(0, 1))
groups = st.lists(row, min_size=2, max_size=5)


def _difference(rows: list[tuple[int, int]], first: set[int]) -> Fraction:
    """Observed minus expected events of the animals in `first`, term by term."""
    total = Fraction(0)
    for moment in {t for t, e in rows if e}:
        at_risk = {i for i, (t, _) in enumerate(rows) if t >= moment}
        hit = {i for i, (t, e) in enumerate(rows) if e and t == moment}
        total += len(hit & first)
        total -= Fraction(len(hit) * len(at_risk & first), len(at_risk))
    return total


def _flat(*parts):
    time = [t for part in parts for t, _ in part]
    event = [e for part in parts for _, e in part]
    group = [f"g{i}" for i, part in enumerate(parts) for _ in part]
    return time, event, group


@settings(max_examples=60, deadline=None)
@given(groups, groups)
def test_exact_is_the_share_of_allocations_as_far_out(one, two) -> None:
    time, event, group = _flat(one, two)
    found = log_rank(time, event, group, method="exact").test
    if isinstance(found.p, Missing):
        return
    rows = one + two
    seen = abs(_difference(rows, set(range(len(one)))))
    allocations = list(combinations(range(len(rows)), len(one)))
    hits = sum(abs(_difference(rows, set(a))) >= seen for a in allocations)
    assert found.p == pytest.approx(hits / len(allocations), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(row, min_size=1, max_size=3), st.lists(row, min_size=1, max_size=3)
        ),
        min_size=2,
        max_size=3,
    )
)
def test_stratified_exact_permutes_within_strata(strata) -> None:
    rows, group, stratum = [], [], []
    for s, (one, two) in enumerate(strata):
        rows += one + two
        group += ["a"] * len(one) + ["b"] * len(two)
        stratum += [s] * (len(one) + len(two))
    time, event = zip(*rows, strict=True)
    found = log_rank(time, event, group, strata=stratum, method="exact").test
    if isinstance(found.p, Missing):
        return

    def total(chosen) -> Fraction:
        return sum(
            (
                _difference(one + two, set(pick))
                for pick, (one, two) in zip(chosen, strata, strict=True)
            ),
            Fraction(0),
        )

    seen = abs(total([range(len(one)) for one, _ in strata]))
    ways = list(
        product(*(combinations(range(len(a) + len(b)), len(a)) for a, b in strata))
    )
    hits = sum(abs(total(way)) >= seen for way in ways)
    assert found.p == pytest.approx(hits / len(ways), rel=1e-12)


def test_eight_against_eight() -> None:
    time = [62, 71, 75, 88, 93, 104, 118, 131] + [1800] * 8
    event, group = [1] * 8 + [0] * 8, ["vehicle"] * 8 + ["drug"] * 8
    exact = log_rank(time, event, group, method="exact")
    assert exact.test.p == 2 / 12870
    assert exact.permutation.allocations == 12870
    asymptotic = log_rank(time, event, group).test
    assert asymptotic.p == pytest.approx(3.852624e-5, rel=1e-6)
    drawn = log_rank(time, event, group, method="permutation", draws=5000, seed=3)
    assert drawn.test.p > 0
    assert "seed 3" in drawn.test.method
    assert "5,000" in drawn.test.method
    assert "Monte Carlo standard error" in drawn.test.method


def test_large_exact_agrees_with_random_allocations() -> None:
    rng = np.random.default_rng(5)
    time = np.concatenate([rng.exponential(1, 17), rng.exponential(1.9, 17)])
    event = (time < 2).astype(int)
    group = ["a"] * 17 + ["b"] * 17
    held = np.minimum(time, 2)
    exact = log_rank(held, event, group, method="exact")
    assert exact.permutation.allocations == 2_333_606_220
    drawn = log_rank(held, event, group, method="permutation", draws=40_000)
    error = 5 * drawn.permutation.monte_carlo_se
    assert exact.test.p == pytest.approx(drawn.test.p, abs=error)


def test_exact_refuses_what_cannot_be_counted() -> None:
    with pytest.raises(OptionError, match="method='permutation'"):
        log_rank(range(40), [1] * 40, ["a", "b"] * 20, method="exact")
    with pytest.raises(OptionError, match="two groups"):
        log_rank([1, 2, 3], [1] * 3, ["a", "b", "c"], method="exact")


@settings(max_examples=40, deadline=None)
@given(st.lists(groups, min_size=2, max_size=4))
def test_statsmodels_agrees(parts) -> None:
    from statsmodels.duration.survfunc import survdiff

    time, event, group = _flat(*parts)
    found = log_rank(time, event, group)
    assume(found.test.df == len(parts) - 1)
    chi, p = survdiff(np.array(time, float), np.array(event), np.array(group))
    assert found.test.statistic == pytest.approx(float(chi), rel=1e-6, abs=1e-8)
    assert found.test.p == pytest.approx(float(p), rel=1e-6, abs=1e-8)
    assert sum(found.observed) == pytest.approx(sum(found.expected))


@given(groups)
def test_duplicate_arms_do_not_differ(part) -> None:
    time, event, group = _flat(part, part)
    test = log_rank(time, event, group).test
    if isinstance(test.p, Missing):
        assert sum(event) == 0 or "nothing to compare" in test.p.reason
        return
    assert test.statistic == pytest.approx(0, abs=1e-9)
    assert test.p == pytest.approx(1)
    assert log_rank(time, event, group, method="exact").test.p == 1


@given(groups, groups, st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(one, two, random) -> None:
    rows = list(zip(*_flat(one, two), strict=True))
    plain = log_rank(*zip(*rows, strict=True), method="exact").test
    random.shuffle(rows)
    shuffled = log_rank(*zip(*rows, strict=True), method="exact").test
    assert shuffled.p == plain.p


def test_order_of_animals_does_not_change_random_allocations() -> None:
    """Draws are of the sorted scores: two files of the same study give one p."""
    time = [5, 9, 3, 8, 12, 20, 20, 20, 7]
    event = [1, 1, 1, 1, 1, 0, 0, 0, 1]
    group = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
    order = [8, 3, 0, 5, 7, 1, 2, 6, 4]
    options: dict = {"method": "permutation", "draws": 500}
    run = ["x", "y", "x", "y", "x", "y", "x", "y", "x"]
    options["strata"] = run
    one = log_rank(time, event, group, **options)
    options["strata"] = [run[i] for i in order]
    other = log_rank(
        [time[i] for i in order],
        [event[i] for i in order],
        [group[i] for i in order],
        **options,
    )
    assert 0.01 < one.test.p < 0.99
    assert one.test.p == other.test.p


def test_holm_counts_comparisons_that_cannot_be_made() -> None:
    time = [5, 6, 7, 50, 50, 50, 9, 10, 11]
    event = [0, 0, 0, 0, 0, 0, 1, 1, 1]
    group = ["veh"] * 3 + ["a"] * 3 + ["b"] * 3
    tests = log_rank_pairs(time, event, group, control="veh", method="exact")
    assert isinstance(tests[0].p, Missing)
    assert all("2 comparisons" in test.adjustment for test in tests)
    with pytest.raises(OptionError, match="control is 'vehicle'"):
        log_rank_pairs(time, event, group, control="vehicle")


def test_trend_is_the_log_rank_test_where_there_are_two_doses() -> None:
    time = [62, 71, 75, 88, 80, 97, 110, 1800]
    event, dose = [1] * 7 + [0], [0] * 4 + [100] * 4
    trend = log_rank_trend(time, event, dose)
    two = log_rank(time, event, dose).test
    assert trend.statistic**2 == pytest.approx(two.statistic)
    assert trend.p == pytest.approx(two.p)
    assert trend.statistic < 0  # later at higher doses
    drawn = log_rank_trend(time, event, dose, method="permutation", draws=40_000)
    exact = log_rank(time, event, dose, method="exact").test
    assert drawn.p == pytest.approx(exact.p, abs=0.005)


@given(st.floats(0.1, 50), st.floats(-10, 100))
def test_trend_does_not_depend_on_the_unit_of_dose(factor, shift) -> None:
    time, event = [62, 71, 75, 80, 97, 110, 240, 380, 1800], [1] * 8 + [0]
    dose = np.repeat([0.0, 50.0, 100.0], 3)
    one = log_rank_trend(time, event, dose)
    other = log_rank_trend(time, event, factor * dose + shift)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-6)


def test_trend_equals_the_score_test_of_a_cox_model() -> None:
    """Without ties Tarone's z squared is the score test with dose as covariate."""
    from statsmodels.duration.hazard_regression import PHReg

    rng = np.random.default_rng(11)
    dose = np.repeat([0.0, 20.0, 50.0, 100.0], 6)
    time = rng.exponential(60 + dose)
    event = (time < 150).astype(int)
    held = np.minimum(time, 150)
    model = PHReg(held, dose[:, None], status=event)
    zero = np.zeros(1)
    score = float(model.score(zero)[0])
    information = -float(model.hessian(zero)[0, 0])
    assert log_rank_trend(held, event, dose).statistic == pytest.approx(
        score / information**0.5
    )


def test_bad_input() -> None:
    with pytest.raises(DataError, match="only the group 'a'"):
        log_rank([1, 2], [1, 1], ["a", "a"])
    with pytest.raises(DataError, match="group is empty"):
        log_rank([1, 2, 3], [1, 1, 1], ["a", None, " "])
    with pytest.raises(DataError, match="3 values of stratum"):
        log_rank([1, 2], [1, 1], ["a", "b"], strata=[1, 2, 3])
    with pytest.raises(DataError, match="all animals have dose 5"):
        log_rank_trend([1, 2], [1, 1], [5, 5])
    with pytest.raises(OptionError, match="at least 100"):
        log_rank([1, 2], [1, 1], ["a", "b"], method="permutation", draws=10)


def test_no_event_is_a_reason_not_a_number() -> None:
    found = log_rank([1800] * 4, [0] * 4, ["a", "a", "b", "b"])
    assert isinstance(found.test.p, Missing)
    assert found.to_dict()["test"]["reason"]
    assert "no animal had the event" in str(found)
