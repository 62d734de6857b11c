"""The cumulative-link mixed model against R, brute-force integrals and itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.integrate import quad
from scipy.special import expit, ndtr

from isobole.outcomes import ordinal_mixed
from isobole.outcomes._ordinal_mixed_likelihood import MixedLikelihood
from isobole.outcomes._ordinal_mixed_link import category_terms
from isobole.results import DataError, Missing, OptionError, blocks_to_html, encode

TOL_CLMM = 1e-4  # relative: what the reference file states for clmm
TOL_PRINTED = 1e-6
TOL_INTEGRAL = 1e-9
FIXED = "the fixed-effect fit is tested in test_severity_reference"


def wine(case):
    data = case.data("data")
    columns = {
        "warm": [float(t == "warm") for t in data["temp"]],
        "contact": [float(c == "yes") for c in data["contact"]],
    }
    return data["rating"], columns, data["judge"]


def numbers(fit):
    return [t.estimate for t in fit.terms] + list(fit.random_part.sd)


def rats(seed=3, animals=8, sessions=10, slope=0.05):
    rng = np.random.default_rng(seed)
    rows = []
    for a in range(animals):
        level, pace = rng.normal(0, 1.0), rng.normal(0, slope)
        for s in range(1, sessions + 1):
            eta = level + (0.6 + pace) * s - 1.5 * (a % 2)
            stage = int(np.searchsorted([1, 3, 5], eta + rng.logistic()))
            rows.append((stage, float(s), f"rat {a}", float(a % 2)))
    stage, session, rat, drug = (list(c) for c in zip(*rows, strict=True))
    return stage, {"session": session, "drug": drug}, rat


def test_wine_with_judges_as_in_r(studies_case):
    with studies_case("ord_wine") as case:
        y, columns, judge = wine(case)
        ten = ordinal_mixed(y, columns, judge, points=10)
        coef = case.expect("clmm2_agq10.coef")
        assert numbers(ten) == pytest.approx(coef, rel=TOL_PRINTED)
        loglik = case.expect("clmm2_agq10.loglik")
        assert ten.log_likelihood == pytest.approx(loglik, rel=TOL_PRINTED)
        one = ordinal_mixed(y, columns, judge, points=1)
        laplace = case.expect("clmm_judge_laplace")
        printed = [*laplace["alpha"], *laplace["beta"], laplace["re_sd"]]
        assert numbers(one) == pytest.approx(printed, rel=TOL_CLMM)
        assert one.log_likelihood == pytest.approx(laplace["loglik"], rel=TOL_CLMM)
        for path in ("clm_logit", "clm_probit", "lrt_contact", "nominal_test"):
            case.out_of_scope(path, FIXED)
        for path in ("scale_test", "profile_ci_beta"):
            case.out_of_scope(path, FIXED)


def test_without_random_effects_it_is_the_proportional_odds_model(studies_case):
    case = studies_case("ord_wine")  # the figures are counted in the test above
    y, columns, judge = wine(case)
    for link in ("logit", "probit"):
        fit = ordinal_mixed(y, columns, judge, random="none", link=link)
        found = case.data(f"clm_{link}")
        assert [t.estimate for t in fit.terms] == pytest.approx(
            [*found["alpha"], *found["beta"]], rel=TOL_PRINTED
        )
        assert fit.log_likelihood == pytest.approx(found["loglik"], rel=TOL_PRINTED)
        if "se" in found:
            errors = [t.standard_error for t in fit.terms]
            assert errors == pytest.approx(found["se"], rel=TOL_PRINTED)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_marginal_likelihood_is_the_integral(link):
    y, columns, _ = rats(animals=4, sessions=6)
    x = np.column_stack(list(columns.values()))
    start = np.arange(0, 24, 6)
    frame = MixedLikelihood(np.array(y), x, np.ones((24, 1)), start, link, points=40)
    theta = np.array([0.8, 2.9, 5.2, 0.55, -1.1, 1.3])
    cdf = expit if link == "logit" else ndtr
    cuts = np.array([-np.inf, *theta[:3], np.inf])
    eta = x @ theta[3:5]
    total = 0.0
    for first in start:
        own = slice(first, first + 6)

        def joint(u, own=own):
            high = cdf(cuts[np.array(y[own]) + 1] - eta[own] - theta[5] * u)
            low = cdf(cuts[np.array(y[own])] - eta[own] - theta[5] * u)
            return np.prod(high - low) * np.exp(-u * u / 2) / np.sqrt(2 * np.pi)

        total += np.log(quad(joint, -9, 9, epsabs=0, epsrel=1e-12, limit=200)[0])
    assert frame.value(theta) == pytest.approx(total, rel=TOL_INTEGRAL)


def test_intercept_and_slope_are_integrated_in_two_dimensions():
    y, columns, _ = rats(animals=3, sessions=8)
    x = np.column_stack(list(columns.values()))
    z = np.column_stack([np.ones(24), (x[:, 0] - 4.5) / 3])
    start = np.arange(0, 24, 8)
    frame = MixedLikelihood(np.array(y), x, z, start, "logit", points=30)
    theta = np.array([0.8, 2.9, 5.2, 0.55, -1.1, 1.3, -0.4, 0.7])
    grid = np.linspace(-9, 9, 361)  # trapezoid: geometric convergence here
    u, v = (g.ravel() for g in np.meshgrid(grid, grid))
    cuts = np.array([-np.inf, *theta[:3], np.inf])
    total = 0.0
    for first in start:
        log_p = -(u * u + v * v) / 2 - np.log(2 * np.pi)
        for t in range(first, first + 8):
            random = z[t, 0] * 1.3 * u + z[t, 1] * (-0.4 * u + 0.7 * v)
            eta = x[t] @ theta[3:5] + random
            log_p = log_p + np.log(
                expit(cuts[y[t] + 1] - eta) - expit(cuts[y[t]] - eta) + 1e-300
            )
        total += np.log(np.exp(log_p).sum() * (grid[1] - grid[0]) ** 2)
    assert frame.value(theta) == pytest.approx(total, rel=1e-8)
    assert frame.score(theta) == pytest.approx(frame.differenced(theta), abs=1e-5)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_categories_keep_their_digits_far_out(link):
    high, low = np.array([-29.0, 31.0, 3.0]), np.array([-30.0, 30.0, -1e8])
    terms = category_terms(link, high, low)
    assert np.isfinite(terms.log_p).all()
    step = 1e-5
    up = category_terms(link, high - step, low - step)
    down = category_terms(link, high + step, low + step)
    slope = (up.log_p - down.log_p) / (2 * step)
    assert terms.slope == pytest.approx(slope, rel=1e-6, abs=1e-9)
    bend = (up.slope - down.slope) / (2 * step)
    assert -terms.weight == pytest.approx(bend, rel=1e-5, abs=1e-9)


def test_a_random_slope_fit_converges_and_nests():
    y, columns, rat = rats(seed=5, animals=12, sessions=15, slope=0.4)
    both = ordinal_mixed(y, columns, rat, random="intercept-slope", slope_of="session")
    one = ordinal_mixed(y, columns, rat)
    none = ordinal_mixed(y, columns, rat, random="none")
    assert both.gradient < 1e-3
    assert both.log_likelihood > one.log_likelihood > none.log_likelihood
    test = both.against(one)
    assert "1 and 2 df" in test.method
    assert 0 < test.p < 0.05
    # Half of each chi-square tail (Stram and Lee 1994).
    from scipy.special import chdtrc

    ratio = 2 * (both.log_likelihood - one.log_likelihood)
    mixed = (chdtrc(1, ratio) + chdtrc(2, ratio)) / 2
    assert test.p == pytest.approx(mixed)
    assert one.against(none).p == pytest.approx(
        chdtrc(1, 2 * (one.log_likelihood - none.log_likelihood)) / 2
    )
    smaller = ordinal_mixed(y, {"session": columns["session"]}, rat)
    drug = one.against(smaller)
    assert drug.df == 1
    assert drug.question == "drug"


def test_the_slope_may_be_counted_from_any_session():
    y, columns, rat = rats(seed=5, animals=12, sessions=15, slope=0.4)
    moved = dict(columns, session=[(s - 7) * 2 for s in columns["session"]])
    a = ordinal_mixed(y, columns, rat, random="intercept-slope", slope_of="session")
    b = ordinal_mixed(y, moved, rat, random="intercept-slope", slope_of="session")
    assert b.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-9)
    slope = a.term("session")
    assert b.term("session").estimate == pytest.approx(slope.estimate / 2, rel=1e-5)
    assert b.term("session").standard_error == pytest.approx(
        slope.standard_error / 2, rel=1e-3
    )
    assert b.random_part.sd[1] == pytest.approx(a.random_part.sd[1] / 2, rel=1e-4)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(80)), st.sampled_from([0.5, 3.0]))
def test_order_of_rows_names_and_codes_changes_nothing(order, stretch):
    y, columns, rat = rats()
    fit = ordinal_mixed(y, columns, rat)
    other = ordinal_mixed(
        [stretch * y[i] ** 2 for i in order],  # any rising codes
        {name: [c[i] for i in order] for name, c in columns.items()},
        [f"animal {rat[i][::-1]}" for i in order],
    )
    assert numbers(other) == pytest.approx(numbers(fit), rel=1e-5, abs=1e-6)


def test_reversing_the_scale_flips_the_effects():
    y, columns, rat = rats()
    fit = ordinal_mixed(y, columns, rat)
    other = ordinal_mixed([-v for v in y], columns, rat)
    for name in columns:
        assert other.term(name).estimate == pytest.approx(
            -fit.term(name).estimate, rel=1e-6
        )


def test_no_difference_between_animals_is_said():
    rng = np.random.default_rng(0)
    y = np.concatenate([rng.permutation([0, 1, 2, 3]) for _ in range(8)])
    x = {"session": np.tile([1.0, 2, 3, 4], 8)}
    rat = np.repeat(np.arange(8), 4)
    fit = ordinal_mixed(y, x, rat)
    assert fit.random_part.sd == (0.0,)
    assert isinstance(fit.random_part.sd_standard_error[0], Missing)
    assert "boundary" in fit.boundary
    plain = ordinal_mixed(y, x, rat, random="none")
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood)
    assert fit.against(plain).p == 1.0
    assert "Variance" in str(fit) or "variance" in str(fit)


def test_separated_scores_have_no_estimate_but_a_reason():
    y = [0, 0, 1, 0, 1, 0, 4, 5, 5, 4, 5, 4]
    drug = {"drug": [0.0] * 6 + [1.0] * 6}
    fit = ordinal_mixed(y, drug, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    assert isinstance(fit.log_likelihood, Missing)
    assert "separated by drug" in fit.reason
    assert "permutation" in str(fit)
    assert json.dumps(encode(fit.to_dict()), allow_nan=False)
    with pytest.raises(OptionError, match="separated"):
        fit.term("drug")


def test_options_and_data_that_cannot_be():
    y, columns, rat = rats()
    with pytest.raises(OptionError, match="slope_of"):
        ordinal_mixed(y, columns, rat, random="intercept-slope")
    with pytest.raises(OptionError, match="points"):
        ordinal_mixed(y, columns, rat, points=0)
    with pytest.raises(DataError, match="lengths"):
        ordinal_mixed(y[:-1], columns, rat)
    with pytest.raises(DataError, match="all 80 scores"):
        ordinal_mixed([2] * 80, columns, rat)
    with pytest.raises(DataError, match=r"row 3.*not a finite number"):
        ordinal_mixed([*y[:2], float("nan"), *y[3:]], columns, rat)
    twice = [2 * s for s in columns["session"]]
    with pytest.raises(DataError, match="follows from the columns"):
        ordinal_mixed(y, {**columns, "again": twice}, rat)
    fit = ordinal_mixed(y, columns, rat)
    other = ordinal_mixed(y[10:], {k: v[10:] for k, v in columns.items()}, rat[10:])
    with pytest.raises(OptionError, match="rows"):
        fit.against(other)


def test_the_fit_says_itself():
    y, columns, rat = rats()
    fit = ordinal_mixed(y, columns, rat)
    assert "\n" not in repr(fit)
    assert "adaptive Gauss-Hermite quadrature with 10 points" in fit.methods().text
    assert list(fit.to_frame()["name"]) == ["0|1", "1|2", "2|3", "session", "drug"]
    assert json.loads(json.dumps(encode(fit.to_dict()), allow_nan=False))
    assert "odds ratio" in blocks_to_html(fit.blocks())
