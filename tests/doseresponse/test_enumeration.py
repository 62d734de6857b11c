"""Enumeration against loops that share no code with it."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import chdtri
from scipy.stats import binom, norm

from isobole.doseresponse._bootstrap import (
    enumerated_bootstrap,
    maximising_eds,
    percentile_ends,
)
from isobole.doseresponse._core import (
    FINITE,
    QUASI_SEPARATED,
    Scale,
    fit_batch,
)
from isobole.doseresponse._design_tables import (
    all_tables,
    count_tables,
    curve_probabilities,
    sample_tables,
    table_probabilities,
    tables_and_weights,
    weighted_quantile,
)
from isobole.doseresponse._enumeration import (
    calibrated_cut,
    enumerated_goodness_p,
    exact_conditional_p,
)
from isobole.doseresponse._limits import likelihood_arrays
from isobole.doseresponse._links import LINKS, quantile
from isobole.doseresponse._profile import profile_deviance
from isobole.results import Limits, Missing

TOL_PROBABILITY = 1e-12
TOL_DEVIANCE = 1e-6
X4 = np.log10([5.0, 10.0, 20.0, 40.0])
N4 = np.full(4, 8)


def batch_for(link, log_dose, n):
    tables = all_tables(n).astype(float)
    return tables, fit_batch(link, Scale.of(log_dose), tables, n - tables)


# --- every table, once, with its probability --------------------------------------


def test_all_tables_are_the_product_of_the_counts():
    n = [2, 0, 3, 1]
    expected = list(itertools.product(*(range(k + 1) for k in n)))
    assert [tuple(row) for row in all_tables(n)] == expected
    assert count_tables(n) == len(expected)
    pieces = [all_tables(n, start, start + 5) for start in range(0, len(expected), 5)]
    assert np.array_equal(np.concatenate(pieces), all_tables(n))


def test_table_probabilities_are_products_of_binomials():
    n, p = np.array([8, 5, 3]), np.array([0.03, 0.5, 1.0])
    tables = all_tables(n)
    found = table_probabilities(tables, n, p)
    expected = [binom.pmf(row, n, p).prod() for row in tables]
    assert found == pytest.approx(expected, abs=TOL_PROBABILITY)
    assert found.sum() == pytest.approx(1, abs=TOL_PROBABILITY)


@pytest.mark.parametrize("link", LINKS)
def test_curve_probabilities_sum_to_one_however_steep(link):
    tables = all_tables(N4)
    for slope in (0.5, 8.0, 300.0):
        found = curve_probabilities(tables, N4, link, X4, -slope * 1.2, slope)
        assert found.sum() == pytest.approx(1, abs=TOL_PROBABILITY)
        assert np.isfinite(found).all()


def test_sampling_is_reproducible_and_says_so():
    n, x = np.full(8, 8), 1 + 0.1 * np.arange(8.0)
    first = tables_and_weights(n, "probit", x, -10, 8, samples=500, seed=7)
    again = tables_and_weights(n, "probit", x, -10, 8, samples=500, seed=7)
    assert first[2] is True
    assert np.array_equal(first[0], again[0])
    assert first[1].sum() == pytest.approx(1)
    p = norm.cdf(-10 + 8 * x)
    drawn = sample_tables(n, p, 20_000, seed=1)
    assert drawn.mean(axis=0) == pytest.approx(8 * p, abs=0.06)


def test_weighted_quantile_is_the_smallest_value_that_reaches_the_share():
    values, weights = np.array([2.0, 1.0, 3.0]), np.array([0.25, 0.5, 0.25])
    assert [weighted_quantile(values, weights, s) for s in (0.0, 0.5, 0.51, 1)] == [
        1.0,
        1.0,
        2.0,
        3.0,
    ]


# --- the profile deviance is the mirror of the likelihood set ----------------------


def outside_doses(z):
    inside = (z[1:] + z[:-1]) / 2 + 0.013
    return [-6.0, -1.7, -1.02, *inside, 1.02, 1.4, 6.0]


def disagreements(link, log_dose, n, level):
    tables, batch = batch_for(link, log_dose, n)
    cut = float(chdtri(1.0, 1 - level))
    q = float(quantile(link, 0.5))
    sets = likelihood_arrays(batch, q, np.full(len(tables), cut))
    scale = batch.scale
    wrong = np.zeros(len(tables), dtype=bool)
    for m in outside_doses(scale.z):
        deviance = profile_deviance(batch, q, m)
        holds = sets.contains(float(scale.log_dose(np.array(m))))
        wrong |= ((deviance <= cut) != holds) & (
            np.abs(deviance - cut) > TOL_DEVIANCE * (1 + cut)
        )
    return batch, wrong


DESIGNS = [
    (np.log10([10, 20, 40]), np.array([6, 6, 6])),
    (np.log10([3, 7, 11, 40]), np.array([5, 4, 5, 3])),
    (1 + 0.15 * np.arange(5), np.full(5, 8)),
]


@pytest.mark.parametrize("level", [0.7, 0.95])
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("log_dose", "n"), DESIGNS)
def test_a_set_holds_what_lies_within_the_cut(link, log_dose, n, level):
    batch, wrong = disagreements(link, log_dose, n, level)
    assert not wrong[batch.pattern != QUASI_SEPARATED].any()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("log_dose", "n"), DESIGNS)
def test_a_set_beside_a_partial_dose_holds_what_lies_within_the_cut(link, log_dose, n):
    _, wrong = disagreements(link, log_dose, n, 0.7)
    assert not wrong.any()


@pytest.mark.parametrize("link", LINKS)
def test_profile_deviance_equals_a_grid_search(link):
    tables, batch = batch_for(link, DESIGNS[1][0], DESIGNS[1][1])
    q = float(quantile(link, 0.5))
    z = batch.scale.z
    rho = np.concatenate([[0.0], np.geomspace(1e-3, 400, 6000)])
    rng = np.random.default_rng(3)
    for row in rng.choice(len(tables), 60, replace=False):
        for m in (-1.3, float(z[1]), 0.2):
            eta = q + rho[:, None] * (z - m)
            p = np.clip(
                {
                    "probit": norm.cdf(eta),
                    "logit": 1 / (1 + np.exp(np.clip(-eta, -700, 700))),
                    "cloglog": -np.expm1(-np.exp(np.minimum(eta, 50))),
                }[link],
                1e-300,
                1 - 1e-16,
            )
            l = (batch.r[row] * np.log(p) + batch.s[row] * np.log1p(-p)).sum(axis=1)  # noqa: E741
            expected = 2 * (batch.loglik[row] - l.max())
            found = profile_deviance(batch, q, m, np.array([row]))[0]
            assert found == pytest.approx(expected, abs=2e-4)
            assert found <= expected + 1e-8


def test_a_tested_dose_is_that_dose_whatever_the_rounding():
    x = np.log10([10.0, 14.0, 20.0])
    batch = fit_batch(
        "probit", Scale.of(x), np.array([[0.0, 8, 8]]), np.array([[8.0, 0, 0]])
    )
    m = (np.log10(14.0) - batch.scale.centre) / batch.scale.spread
    held = 2 * 8 * np.log(2)
    for nudge in (0.0, 1e-15, -1e-15):
        assert profile_deviance(batch, 0.0, m + nudge)[0] == pytest.approx(held)
    assert profile_deviance(batch, 0.0, m - 1e-6)[0] == 0


# --- goodness of fit ----------------------------------------------------------------


def slow_pearson(x, n, r):
    """Pearson of a probit fit by a generic optimiser; 0 where nothing is left over."""
    hit, spared = x[r > 0], x[r < n]
    if hit.size == 0 or spared.size == 0:
        return 0.0
    if spared.max() <= hit.min() or hit.max() <= spared.min():
        return 0.0

    def loss(t):
        eta = t[0] + t[1] * (x - x.mean()) * 4
        return -(r * norm.logcdf(eta) + (n - r) * norm.logsf(eta)).sum()

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000, "maxfev": 5000}
    t = minimize(loss, [0.0, 0.5], method="Nelder-Mead", options=options).x
    p = norm.cdf(t[0] + t[1] * (x - x.mean()) * 4)
    return float(((r - n * p) ** 2 / (n * p * (1 - p))).sum())


def test_enumerated_p_equals_a_loop_of_independent_fits():
    x, n, r = np.log10([5.0, 10.0, 20.0]), np.full(3, 4), np.array([1, 1, 3])
    batch = fit_batch("probit", Scale.of(x), r[None] * 1.0, (n - r)[None] * 1.0)
    p = norm.cdf(batch.a[0] + batch.b[0] * batch.scale.z)
    observed = slow_pearson(x, n, r)
    expected = sum(
        binom.pmf(t, n, p).prod()
        for t in itertools.product(range(5), repeat=3)
        if slow_pearson(x, n, np.array(t)) >= observed - 1e-5
    )
    found = enumerated_goodness_p("probit", x, n, r)
    assert found == (pytest.approx(expected, abs=1e-9), 125)


@pytest.mark.parametrize("statistic", ["pearson", "deviance"])
@pytest.mark.parametrize("link", LINKS)
def test_enumerated_p_is_a_probability_and_blind_to_the_unit(link, statistic):
    r = [1, 5, 4, 8]
    p, count = enumerated_goodness_p(link, X4, N4, r, statistic)
    assert 0 < p < 1
    assert count == 9**4
    scaled = enumerated_goodness_p(link, X4 + 6, N4, r, statistic)
    assert scaled[0] == pytest.approx(p, abs=1e-9)


def test_enumerated_p_says_why_it_is_missing():
    def reason(*args, **options):
        found = enumerated_goodness_p("probit", *args, **options)
        assert isinstance(found, Missing)
        return found.reason

    assert "no finite slope" in reason(X4, N4, [0, 0, 8, 8])
    assert "third" in reason(X4[:2], [8, 8], [2, 6])
    assert "6,561 possible tables" in reason(X4, N4, [0, 2, 5, 8], limit=1000)


def test_conditional_p_equals_a_sum_over_the_reference_set():
    r, x = (0, 4, 3, 8), np.arange(4)
    alike = [
        t
        for t in itertools.product(range(9), repeat=4)
        if sum(t) == sum(r) and np.dot(x, t) == np.dot(x, r)
    ]
    weights = np.array([float(np.prod([comb(8, k) for k in t])) for t in alike])
    weights /= weights.sum()

    def loss(t):
        eta = t[0] + t[1] * x
        return (8 * np.logaddexp(0, eta) - np.array(r) * eta).sum()

    t = minimize(loss, [-2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10}).x
    p = 1 / (1 + np.exp(-t[0] - t[1] * x))
    pearson = [((np.array(k) - 8 * p) ** 2 / (8 * p * (1 - p))).sum() for k in alike]
    reached = pearson[alike.index(r)]
    expected = weights[np.array(pearson) >= reached - 1e-6].sum()
    found = exact_conditional_p(X4, N4, r)
    assert found == (pytest.approx(expected, abs=1e-9), len(alike))


def test_conditional_p_says_when_the_observed_table_stands_alone():
    odd = exact_conditional_p(np.log10([5, 11, 23, 40]), N4, [1, 2, 6, 8])
    assert isinstance(odd, Missing)
    assert "nothing to compare with" in odd.reason
    split = exact_conditional_p(X4, N4, [0, 0, 8, 8])
    assert isinstance(split, Missing)
    assert "finite slope" in split.reason


# --- calibrated cuts and bootstrap limits -------------------------------------------


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_calibrated_cut_is_the_smallest_that_covers(link, level):
    intercept, slope, q = -6.0, 5.2, float(quantile(link, 0.5))
    cut = calibrated_cut(link, X4, N4, intercept, slope, q, level)
    tables, batch = batch_for(link, X4, N4)
    weights = curve_probabilities(tables, N4, link, X4, intercept, slope)
    truth = (q - intercept) / slope
    deviance = profile_deviance(
        batch, q, (truth - batch.scale.centre) / batch.scale.spread
    )
    assert weights[deviance <= cut].sum() >= level - TOL_PROBABILITY
    assert weights[deviance < cut * (1 - 1e-6)].sum() < level


def test_calibration_widens_the_limits_of_the_worked_design():
    cut = calibrated_cut("probit", X4, N4, -6.0, 5.2, 0.0, 0.95)
    assert cut > chdtri(1.0, 0.05)
    assert isinstance(calibrated_cut("probit", X4, N4, 1, -2, 0, 0.95), Missing)
    assert isinstance(
        calibrated_cut("probit", X4, N4, -6.0, 5.2, 0.0, 0.95, limit=10), Missing
    )


def test_maximising_eds_of_the_step_patterns():
    counts = np.array(
        [[0, 0, 8, 8], [0, 3, 8, 8], [0, 0, 0, 0], [8, 8, 8, 8], [8, 8, 0, 0]], float
    )
    batch = fit_batch("probit", Scale.of(X4), counts, 8 - counts)
    low, high = maximising_eds(batch, 0.0)
    ten, twenty = X4[1], X4[2]
    assert low == pytest.approx([ten, ten, X4[3], -np.inf, -np.inf])
    assert high == pytest.approx([twenty, ten, np.inf, X4[0], np.inf])


def test_bootstrap_limits_equal_a_sorted_list():
    r = np.array([0, 2, 5, 8])
    found = enumerated_bootstrap("probit", X4, N4, r, 0.0, 0.9)
    assert isinstance(found, Limits)
    tables, batch = batch_for("probit", X4, N4)
    one = fit_batch("probit", Scale.of(X4), r[None] * 1.0, (N4 - r)[None] * 1.0)
    p = norm.cdf(one.a[0] + one.b[0] * one.scale.z)
    weights = np.array([binom.pmf(t, N4, p).prod() for t in tables])
    low, high = maximising_eds(batch, 0.0)
    below = weights[low < np.log10(found.low) - 1e-9].sum()
    above = weights[high > np.log10(found.high) + 1e-9].sum()
    assert max(below, above) <= 0.05
    assert weights[low <= np.log10(found.low) + 1e-9].sum() >= 0.05
    assert weights[high >= np.log10(found.high) - 1e-9].sum() >= 0.05
    assert (batch.pattern == FINITE).any()


def test_failures_widen_the_bootstrap_and_never_narrow_it():
    low, high = np.array([1.0, -np.inf]), np.array([1.0, np.inf])
    assert percentile_ends(low, high, np.array([0.99, 0.01]), 0.95) == (1.0, 1.0)
    assert percentile_ends(low, high, np.array([0.97, 0.03]), 0.95) == (
        -np.inf,
        np.inf,
    )


def test_bootstrap_says_why_a_side_or_all_of_it_is_missing():
    split = enumerated_bootstrap("probit", X4, N4, [0, 0, 8, 8], 0.0, 0.95)
    assert isinstance(split, Missing)
    assert "likelihood limits hold" in split.reason
    falling = enumerated_bootstrap("probit", X4, N4, [6, 5, 3, 2], 0.0, 0.95)
    assert isinstance(falling, Missing)
    far = enumerated_bootstrap("probit", X4, N4, [0, 0, 1, 2], 0.0, 0.95)
    assert isinstance(far, Limits)
    assert far.high is None
    assert "upper" in far.reason
