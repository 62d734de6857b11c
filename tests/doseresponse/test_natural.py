"""Natural response against SAS, PoloPlus, SPSS, the plain core and brute force."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize

from isobole.doseresponse import _core as core, _rays as rays
from isobole.doseresponse._links import log_tails, quantile
from isobole.doseresponse._natural import fit_natural
from isobole.doseresponse._natural_limits import natural_ed_limits, profile_deviance
from isobole.doseresponse._newton import maximise
from isobole.results import NotComputable

CUT = 3.841458820694124
REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES = {c["id"]: c for c in json.loads(REFERENCE.read_text("utf-8"))["cases"]}


def table(name):
    rows = CASES[name]["data"]
    treated = [row for row in rows if row["dose"] > 0]
    control = [(row["n"], row["affected"]) for row in rows if row["dose"] == 0]
    return (
        np.log10([row["dose"] for row in treated]),
        [row["n"] for row in treated],
        [row["affected"] for row in treated],
        control[0],
    )


def expected(name, quantity):
    return [e for e in CASES[name]["expected"] if e["quantity"] == quantity]


def log_ed50_se(fit):
    m = -fit.intercept / fit.slope
    v = fit.cov_observed
    return np.sqrt(v[0, 0] + 2 * m * v[0, 1] + m * m * v[1, 1]) / fit.slope


@pytest.mark.parametrize("name", ["sas_probit_optc_natural_response", "pixley_natural"])
def test_reference(name):
    fit = fit_natural("probit", *table(name))
    assert fit.converged
    assert not fit.boundary
    se = np.sqrt(np.diagonal(fit.cov_observed))
    log_ed50 = -fit.intercept / fit.slope
    found = {
        "intercept": (fit.intercept, se[0]),
        "slope": (fit.slope, se[1]),
        "natural_response_C": (fit.c, se[2]),
        "mu_log10_ed50": (log_ed50, None),
        "log10_ed50": (log_ed50, None),
        "sigma": (1 / fit.slope, None),
        "pearson_chi2": (fit.pearson, None),
        "pearson_chi2_incl_control_row": (fit.pearson, None),
        "ed50_of_corrected_curve": (10**log_ed50, None),
        "ed50": (10**log_ed50, None),
        "se_log10_ed50_delta_observed_info": (log_ed50_se(fit), None),
        "se_log10_ed50_observed_info": (log_ed50_se(fit), None),
    }
    for quantity, (value, error) in found.items():
        for want in expected(name, quantity):
            tolerance = want.get("tol_abs", want.get("tol_rel", 0) * want["value"])
            assert value == pytest.approx(want["value"], abs=tolerance), quantity
            if "se" in want:
                digits = 10.0 ** -len(str(want["se"]).split(".")[1])
                assert error == pytest.approx(want["se"], abs=0.6 * digits), quantity
    raw = fit.c + (1 - fit.c) / 2
    if name.startswith("sas"):
        assert raw == pytest.approx(0.620, abs=0.0006)
        assert fit.df == 9


def test_spss_leaves_the_controls_out():
    """Lei & Sun: SPSS prints slope 4.897, C 0.295, LD50 24.208 for Pixley."""
    fit = fit_natural("probit", *table("pixley_natural"), use_controls=False)
    (trap,) = expected(
        "pixley_natural", "TRAP_spss_style_ed50_when_control_group_is_dropped"
    )
    assert 10 ** (-fit.intercept / fit.slope) == pytest.approx(
        trap["value"], abs=trap["tol_abs"]
    )
    assert fit.slope == pytest.approx(4.897, abs=0.001)
    assert fit.c == pytest.approx(0.295, abs=0.0006)
    assert fit.df == 1


def test_control_at_zero_is_the_plain_fit_at_the_boundary():
    x = np.log10([5.0, 10, 20, 40])
    n, r = [8, 8, 8, 8], [0, 2, 5, 8]
    fit = fit_natural("probit", x, n, r, (20, 0))
    plain = fit_natural("probit", x, n, r, (20, 0), fixed=0.0)
    assert fit.boundary
    assert fit.c == 0
    assert fit.slope == pytest.approx(plain.slope, rel=1e-9)
    np.testing.assert_allclose(fit.cov_observed, plain.cov_observed, rtol=1e-8)
    np.testing.assert_array_equal(fit.cov_observed[2], 0)
    assert (fit.df, plain.df) == (2, 3)


def random_table(rng):
    k = int(rng.integers(2, 6))
    x = np.sort(rng.normal(size=k)) * 0.4 - 3
    n = rng.integers(2, 9, size=k)
    eta = rng.normal() * 4 * (x - x.mean()) + rng.normal()
    return x, n, rng.binomial(n, 1 / (1 + np.exp(-eta)))


@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
def test_without_natural_response_it_is_the_core(link):
    """Every pattern of table: the same supremum, kind of set and limits."""
    rng = np.random.default_rng(5)
    rows, cut = np.array([0]), np.array([CUT])
    for _ in range(40):
        x, n, r = random_table(rng)
        q = float(quantile(link, rng.choice([0.16, 0.5, 0.9])))
        scale = core.Scale.of(x)
        batch = core.fit_batch(
            link, scale, r[None].astype(float), (n - r)[None].astype(float)
        )
        fit = fit_natural(link, x, n, r, fixed=0.0)
        pattern = int(batch.pattern[0])
        assert fit.pattern == pattern
        assert fit.loglik == pytest.approx(float(batch.loglik[0]), abs=1e-7)
        limits = natural_ed_limits(fit, q, CUT)
        if not rays.likelihood_kind(batch, q, cut, rows)[0]:
            assert limits.empty
            continue
        for side, end, is_open in (
            (-1, limits.low, limits.low_open),
            (1, limits.high, limits.high_open),
        ):
            arc = rays.likelihood_end(batch, q, cut, side, rows)
            if arc.unbounded[0]:
                assert end is None
            else:
                place = float(scale.log_dose(np.tan(arc.angle[0])))
                assert end == pytest.approx(place, abs=1e-6)
                assert is_open == bool(arc.sharp[0])


def brute_loglik(link, x, n, r, control, eta, c):
    log_f, log_q = log_tails(link, eta)
    log_p = np.maximum(np.logaddexp(np.log(c), np.log1p(-c) + log_f), -1e6)
    value = (r * log_p + (n - r) * (np.log1p(-c) + np.maximum(log_q, -1e6))).sum()
    return value + control[1] * np.log(c) + (control[0] - control[1]) * np.log1p(-c)


def brute(link, x, n, r, control, eta_of, starts):
    def loss(theta):
        c = 1e-12 + (1 - 2e-12) / (1 + np.exp(-np.clip(theta[-1], -50, 50)))
        return -brute_loglik(link, x, n, r, control, eta_of(theta), c)

    options = {"maxiter": 3000, "xatol": 1e-8, "fatol": 1e-10}
    return max(
        -minimize(loss, start, method="Nelder-Mead", options=options).fun
        for start in starts
    )


@pytest.mark.parametrize("seed", range(9))
def test_no_search_finds_a_higher_likelihood(seed):
    """Fit and profile against Nelder-Mead from many starts."""
    rng = np.random.default_rng(seed)
    link = ("probit", "logit", "cloglog")[seed % 3]
    k = int(rng.integers(3, 6))
    x = np.linspace(0, 1, k)
    n, c = rng.integers(4, 12, size=k), rng.uniform(0, 0.4)
    eta = rng.uniform(0, 20) * (x - rng.uniform(-0.2, 1.2))
    r = rng.binomial(n, c + (1 - c) / (1 + np.exp(-eta)))
    control = (int(rng.integers(0, 15)), 0)
    control = (control[0], int(rng.binomial(control[0], c)))
    fit = fit_natural(link, x, n, r, control)
    starts = [
        (-b * m, b, tilt) for b in (-3, 3, 20) for m in (0.3, 0.7) for tilt in (-5, -1)
    ]
    best = brute(link, x, n, r, control, lambda t: t[0] + t[1] * x, starts)
    assert fit.loglik >= best - 1e-6
    for m in (-0.3, 0.3, 0.62, 1.4):
        angle = np.arctan((m - fit.counts.scale.centre) / fit.counts.scale.spread)
        flat = [(b, tilt) for b in (-2, 1, 3) for tilt in (-5, -1)]
        at_m = brute(
            link,
            x,
            n,
            r,
            control,
            lambda t, m=m: np.exp(np.clip(t[0], -30, 20)) * (x - m),
            flat,
        )
        found = profile_deviance(fit, float(quantile(link, 0.5)), float(angle))
        if link != "cloglog":
            assert found <= 2 * (fit.loglik - at_m) + 1e-5


def test_separated_data_keep_open_limits():
    x = np.log10([5.0, 10, 20, 40])
    fit = fit_natural("probit", x, [8] * 4, [1, 0, 8, 8], (20, 1))
    assert fit.pattern == core.SEPARATED
    assert fit.slope is None
    assert fit.c == pytest.approx(2 / 36)
    limits = natural_ed_limits(fit, 0.0, CUT)
    assert limits.low_open
    assert limits.high_open
    assert 10**limits.low == pytest.approx(10)
    assert 10**limits.high == pytest.approx(20)


def test_quasi_separated_data_have_one_jump():
    """ED90 of 0/6, 2/4: above the partial dose and not bounded by a jump there."""
    x = np.array([0.0, 0.5])
    fit = fit_natural("probit", x, [6, 4], [0, 2], fixed=0.0)
    limits = natural_ed_limits(fit, float(quantile("probit", 0.9)), CUT)
    assert limits.low == pytest.approx(0.5)
    assert limits.low_open
    assert limits.high is None or limits.high > 0.6


def test_no_effect_and_all_affected():
    x = np.log10([5.0, 10, 20])
    none = fit_natural("logit", x, [8] * 3, [1, 1, 1], (8, 3))
    assert none.pattern == core.NONE_AFFECTED
    assert natural_ed_limits(none, 0.0, CUT).high is None
    every = fit_natural("logit", x, [8] * 3, [8, 8, 8], (8, 2))
    assert every.pattern == core.ALL_AFFECTED
    assert every.c == pytest.approx(0.25)
    limits = natural_ed_limits(every, 0.0, CUT)
    assert limits.low is None
    assert limits.high_open
    assert 10**limits.high == pytest.approx(5)


@pytest.mark.parametrize(
    ("options", "word"),
    [({"fixed": 0.0}, "impossible"), ({"fixed": 1.5}, "proportion")],
)
def test_impossible_options_are_sentences(options, word):
    with pytest.raises(NotComputable, match=word):
        fit_natural("probit", [0.0, 1.0], [8, 8], [1, 7], (8, 2), **options)


def test_one_dose_is_refused_with_a_remedy():
    with pytest.raises(NotComputable, match="Add a dose"):
        fit_natural("probit", [0.0], [8], [1], (8, 2))


@settings(deadline=None, max_examples=40)
@given(
    shift=st.floats(-9, 9),
    r=st.lists(st.integers(0, 8), min_size=4, max_size=4),
    r0=st.integers(0, 3),
)
def test_rescaling_doses_moves_the_curve(shift, r, r0):
    x = np.log10([5.0, 10, 20, 40])
    one = fit_natural("probit", x, [8] * 4, r, (12, r0))
    two = fit_natural("probit", x + shift, [8] * 4, r, (12, r0))
    assert two.pattern == one.pattern
    assert two.loglik == pytest.approx(one.loglik, abs=1e-7)
    first, second = (natural_ed_limits(f, 0.0, CUT) for f in (one, two))
    assert first.empty == second.empty
    for a, b in ((first.low, second.low), (first.high, second.high)):
        assert (a is None) == (b is None)
        if a is not None:
            assert b - shift == pytest.approx(a, abs=1e-5 * (1 + abs(a)))


def test_newton_holds_a_bound_and_leaves_it_again():
    centre = np.array([1.0, -2.0])
    shape = np.array([[2.0, 0.9], [0.9, 1.0]])

    def bowl(x):
        gap = x - centre
        return -float(gap @ shape @ gap) / 2, -shape @ gap, -shape

    held = maximise(bowl, [5.0, 5.0], lower=[-np.inf, 0.0])
    assert held.converged
    assert list(held.active) == [False, True]
    np.testing.assert_allclose(held.theta, [1 - 0.9, 0])
    freed = maximise(bowl, [5.0, -9.0], lower=[-np.inf, -9.0])
    np.testing.assert_allclose(freed.theta, centre)
    assert not freed.active.any()
