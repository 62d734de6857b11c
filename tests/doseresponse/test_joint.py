"""Joint likelihood against R, PoloPlus, SPSS, Ph. Eur. and brute force."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize

from isobole.doseresponse._ed_ratio import EdProfile, ed_ratio_deviance, ed_ratio_set
from isobole.doseresponse._joint import Arm, JointLikelihood
from isobole.doseresponse._joint_ratio import ratio_deviance, ratio_set
from isobole.doseresponse._limits import EMPTY, LINE
from isobole.doseresponse._links import log_tails, quantile

CUT = 3.841458820694124
Z = 1.959963984540054
REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES = {c["id"]: c for c in json.loads(REFERENCE.read_text("utf-8"))["cases"]}
BUDWORM, PHEUR, FINNEY = (
    "budworm_dose_p",
    "pheur_diphtheria_relative_potency",
    "finney_rotenone_deguelin_mixture",
)


def arms(name, groups):
    found = []
    for group in groups:
        rows = sorted(
            (row["dose"], row["n"], row["affected"])
            for row in CASES[name]["data"]
            if row["group"] == group
        )
        dose, n, r = np.array(rows, dtype=float).T
        found.append(Arm.of(np.log10(dose), n, r))
    return found


def expected(name, quantity, link=None):
    found = [
        e
        for e in CASES[name]["expected"]
        if e["quantity"] == quantity and (link is None or e.get("link") == link)
    ]
    assert found, quantity
    return found


def both(name, groups, link):
    parts = arms(name, groups)
    return (
        JointLikelihood.of(parts, link).maximise(),
        JointLikelihood.of(parts, link, "separate").maximise(),
    )


def test_budworm_as_mass_prints_it():
    common, separate = both(BUDWORM, "FM", "logit")
    log2 = np.log10(2)
    for index, group in enumerate("FM"):
        for percent in (25, 50, 75):
            (want,) = expected(BUDWORM, f"log2_ed{percent}_group_{group}")
            q = float(quantile("logit", percent / 100))
            value, se = common.log_ed(index, q, "expected")
            assert value / log2 == pytest.approx(want["value"], abs=want["tol_abs"])
            assert se / log2 == pytest.approx(want["se"], rel=want["se_tol_rel"])
    for fit, quantity in (
        (common, "deviance_parallel"),
        (separate, "deviance_separate_slopes"),
    ):
        (want,) = expected(BUDWORM, quantity)
        assert fit.deviance == pytest.approx(want["value"], abs=want["tol_abs"])
        assert fit.df == want["df"]
    (want,) = expected(BUDWORM, "relative_potency_M_vs_F (ED50_F/ED50_M)")
    assert 10 ** common.log_ratio(0, 1) == pytest.approx(want["value"], rel=1e-4)
    (want,) = expected(BUDWORM, "relative_potency_ci95_fieller")
    found, _, _ = common.log_ratio_fieller(0, 1, Z, "expected")
    assert [10**found.low, 10**found.high] == pytest.approx(want["value"], rel=2e-4)


@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
def test_diphtheria_vaccine_as_the_pharmacopoeia_prints_it(link):
    common, _ = both(PHEUR, "ST", link)
    (exact,) = expected(PHEUR, "potency_exact", link)
    found, _, _ = common.log_ratio_fieller(0, 1, Z, "expected")
    values = [common.log_ratio(0, 1), found.low, found.high]
    assert [140 * 10**v for v in values] == pytest.approx(exact["value"], rel=1e-4)


def test_three_curves_of_finney():
    names = ["rotenone", "deguelin", "mixture_1to1"]
    common, separate = both(FINNEY, names, "probit")
    (want,) = expected(FINNEY, "three-curve common-slope deviance (13 df)")
    assert common.deviance == pytest.approx(want["value"], abs=want["tol_abs"])
    assert common.df == 13
    for name in ("deguelin", "mixture_1to1"):
        one = names.index(name)
        for quantity, value in (
            ("intercept", separate.intercept[one]),
            ("slope", separate.slope[one]),
        ):
            want = next(
                e
                for e in CASES[FINNEY]["expected"]
                if e["quantity"] == quantity and e.get("group") == name
            )
            assert value == pytest.approx(want["value"], rel=want["tol_rel"])
    slope_se = np.sqrt(np.diagonal(separate.covariance("expected")))
    assert slope_se[[1, 4]] == pytest.approx([0.341857, 0.279094], rel=1e-4)
    observed = np.sqrt(np.diagonal(separate.covariance("observed")))
    assert observed[[4, 5]] == pytest.approx([0.279464, 0.271794], rel=1e-3)


def brute_loglik(link, lines, parts):
    total = 0.0
    for (intercept, slope), arm in zip(lines, parts, strict=True):
        up, down = log_tails(link, intercept + slope * arm.log_dose)
        total += (arm.r * np.maximum(up, -1e8)).sum()
        total += (arm.s * np.maximum(down, -1e8)).sum()
    return total


def climb(loss, starts):
    options = {"maxiter": 4000, "xatol": 1e-8, "fatol": 1e-10, "adaptive": True}
    return max(
        -minimize(loss, start, method="Nelder-Mead", options=options).fun
        for start in starts
    )


def random_arms(rng, count):
    found = []
    for _ in range(count):
        k = int(rng.integers(2, 5))
        x = np.sort(rng.normal(size=k)) * 0.3
        n = rng.integers(3, 9, size=k)
        eta = rng.uniform(-3, 15) * (x - rng.normal() * 0.2)
        found.append(Arm.of(x, n, rng.binomial(n, 1 / (1 + np.exp(-eta)))))
    return found


@pytest.mark.parametrize("seed", range(9))
def test_no_search_finds_a_higher_likelihood_under_a_common_slope(seed):
    """Any pattern of arms, two or three of them, all links; the profile too."""
    rng = np.random.default_rng(seed)
    link = ("probit", "logit", "cloglog")[seed % 3]
    parts = random_arms(rng, 2 + seed % 2)
    k = len(parts)
    like = JointLikelihood.of(parts, link)
    fit = like.maximise()
    best = climb(
        lambda t: -brute_loglik(link, [(a, t[k]) for a in t[:k]], parts),
        [[0.0] * k + [b] for b in (1.0, 10.0)],
    )
    assert fit.loglik >= best - 1e-6
    limits = ratio_set(fit, 0, 1, CUT)
    for log_ratio in (-0.6, -0.1, 0.25, 1.0):

        def loss(t, log_ratio=log_ratio):
            b = np.exp(min(t[-1], 8))
            intercepts = [t[0], t[0] + b * log_ratio, *t[1:-1]]
            return -brute_loglik(link, [(a, b) for a in intercepts], parts)

        at = climb(loss, [[0.0] * (k - 1) + [b] for b in (-2.0, 1.0, 3.0)])
        shift = (log_ratio - like.centre[0] + like.centre[1]) / like.spread
        found = ratio_deviance(fit, 0, 1, float(np.arctan(shift)))
        assert found <= 2 * (fit.loglik - at) + 1e-5
        if abs(found - CUT) > 1e-6:
            inside = limits.kind != EMPTY and limits.low <= log_ratio <= limits.high
            assert inside == (found < CUT)


@pytest.mark.parametrize("seed", range(9))
def test_no_search_finds_a_higher_likelihood_under_separate_slopes(seed):
    rng = np.random.default_rng(100 + seed)
    link = ("probit", "logit", "cloglog")[seed % 3]
    parts = random_arms(rng, 2)
    q = float(quantile(link, 0.5))
    top, bottom = (EdProfile.of(arm, link, q) for arm in parts)
    limits = ed_ratio_set(top, bottom, CUT)
    supremum = float(top.batch.loglik[0] + bottom.batch.loglik[0])
    for log_ratio in (-0.4, 0.1, 0.5):

        def loss(t, log_ratio=log_ratio):
            slopes = np.exp(np.minimum(t[1:], 8))
            places = t[0] + log_ratio, t[0]
            lines = [(q - b * m, b) for b, m in zip(slopes, places, strict=True)]
            return -brute_loglik(link, lines, parts)

        starts = [[m, a, b] for m in (-0.3, 0.2) for a in (0, 3) for b in (0, 3)]
        at = climb(loss, starts)
        found = ed_ratio_deviance(top, bottom, log_ratio)
        assert found <= 2 * (supremum - at) + 1e-5
        if abs(found - CUT) > 1e-3:
            inside = limits.kind != EMPTY and limits.low <= log_ratio <= limits.high
            assert inside == (found < CUT)


def test_a_separated_arm_keeps_a_ratio_with_jumps():
    x = np.log10([5.0, 10, 20, 40])
    sharp = Arm.of(x, [8] * 4, [0, 0, 8, 8])
    other = Arm.of(x, [8] * 4, [1, 3, 6, 7])
    separate = JointLikelihood.of([sharp, other], "probit", "separate").maximise()
    assert separate.slope[0] is None
    assert separate.slope[1] is not None
    common = JointLikelihood.of([sharp, other], "probit").maximise()
    assert common.slope[0] == common.slope[1] is not None
    profiles = [EdProfile.of(arm, "probit", 0.0) for arm in (sharp, sharp)]
    found = ed_ratio_set(*profiles, CUT)
    # Each ED50 lies in (10, 20), so the ratio lies in (1/2, 2): a jump at both ends.
    assert [10**found.low, 10**found.high] == pytest.approx([0.5, 2])
    assert found.low_open
    assert found.high_open
    both_sharp = JointLikelihood.of([sharp, sharp], "probit").maximise()
    assert both_sharp.slope == (None, None)
    assert both_sharp.loglik == pytest.approx(0, abs=1e-12)
    found = ratio_set(both_sharp, 0, 1, CUT)
    assert [10**found.low, 10**found.high] == pytest.approx([0.5, 2])


def test_an_arm_without_any_response_leaves_a_ray():
    x = np.log10([5.0, 10, 20, 40])
    none = Arm.of(x, [8] * 4, [0, 0, 0, 0])
    other = Arm.of(x, [8] * 4, [1, 3, 6, 7])
    fit = JointLikelihood.of([none, other], "logit").maximise()
    assert fit.intercept[0] is None
    assert fit.slope[1] is not None
    found = ratio_set(fit, 0, 1, CUT)
    assert np.isinf(found.high)
    assert found.low > 0
    nothing = JointLikelihood.of([none, none], "logit").maximise()
    assert ratio_set(nothing, 0, 1, CUT).kind == LINE


def test_profile_along_a_curved_path_meets_the_constraint():
    """A product constraint on the slopes, given as a path with its derivatives."""
    parts = arms(FINNEY, ["rotenone", "deguelin"])
    like = JointLikelihood.of(parts, "probit", "separate")
    fit = like.maximise()
    product = float(fit.theta[2] * fit.theta[3]) * 1.3

    def path(phi):
        theta = np.array([phi[0], phi[1], phi[2], product / phi[2]])
        jacobian = np.zeros((4, 3))
        jacobian[[0, 1, 2], [0, 1, 2]] = 1.0
        jacobian[3, 2] = -product / phi[2] ** 2
        bend = np.zeros((4, 3, 3))
        bend[3, 2, 2] = 2 * product / phi[2] ** 3
        return theta, jacobian, bend

    found = like.profile(path, fit.theta[:3])
    assert found.converged
    best = climb(lambda phi: -like.evaluate(path(phi)[0])[0], [fit.theta[:3]])
    assert found.value == pytest.approx(best, abs=1e-7)
    assert found.value < fit.loglik


def test_gradient_and_hessian_are_exact():
    parts = arms(FINNEY, ["rotenone", "deguelin", "mixture_1to1"])
    like = JointLikelihood.of(parts, "cloglog")
    theta, step = np.array([-0.2, 0.3, 0.1, 1.7]), 1e-6
    value, grad, hess = like.evaluate(theta)
    for i, unit in enumerate(np.eye(4)):
        up, down = (
            like.evaluate(theta + step * unit),
            like.evaluate(theta - step * unit),
        )
        assert grad[i] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-6)
        np.testing.assert_allclose(hess[i], (up[1] - down[1]) / (2 * step), rtol=1e-5)
    assert np.isfinite(value)


@settings(deadline=None, max_examples=25)
@given(
    r=st.lists(st.integers(0, 6), min_size=6, max_size=6),
    shift=st.floats(-9, 9),
)
def test_swapping_inverts_and_rescaling_rescales(r, shift):
    x = np.log10([5.0, 10, 20])
    one, two = Arm.of(x, [6] * 3, r[:3]), Arm.of(x, [6] * 3, r[3:])
    moved = Arm.of(x + shift, [6] * 3, r[3:])
    here, there, scaled = (
        JointLikelihood.of(pair, "probit").maximise()
        for pair in ([one, two], [two, one], [one, moved])
    )
    ahead, back, by = (ratio_set(fit, 0, 1, CUT) for fit in (here, there, scaled))
    assert ahead.kind == back.kind == by.kind
    for end, mirrored, rescaled in (
        (ahead.low, -back.high, by.low),
        (ahead.high, -back.low, by.high),
    ):
        if not np.isinf(end):
            assert mirrored == pytest.approx(end, abs=1e-6 * (1 + abs(end)))
            assert rescaled + shift == pytest.approx(end, abs=1e-6 * (1 + abs(end)))
        else:
            assert mirrored == end
            assert rescaled == end
