"""Durations over sessions: the linear mixed model against lme4."""

from __future__ import annotations

import json

import numpy as np
import pytest

from isobole.outcomes import linear_mixed
from isobole.results import DataError, OptionError, encode
from reference_cases import load

TOL_PRINTED = 1e-5  # relative
TOL_LME4_SD = 2e-5  # lme4's SD of the intercept is 1e-5 off the closed form below
TOL_CLOSED = 1e-6


@pytest.fixture(scope="module")
def sleep():
    data = load("sleepstudy.json")
    value = [v for row in data["reaction_ms"] for v in row]
    return value, {"days": list(range(10)) * 18}, np.repeat(data["subject"], 10)


def test_sleepstudy_as_in_lme4(studies_case, sleep):
    with studies_case("within_lmm_sleepstudy") as case:
        fit = linear_mixed(*sleep, slope_of="days")
        assert fit.converged
        expected = case.expect("reml")
        assert [t.estimate for t in fit.terms] == pytest.approx(
            expected["fixef"], rel=TOL_PRINTED
        )
        errors = [t.standard_error for t in fit.terms]
        assert errors == pytest.approx(expected["se"], rel=TOL_PRINTED)
        assert fit.sd == pytest.approx(expected["sd"], rel=TOL_LME4_SD)
        assert fit.residual_sd == pytest.approx(expected["sigma"], rel=TOL_PRINTED)
        # Small and a quotient of both: to as many digits as its parts allow.
        assert fit.correlation == pytest.approx(expected["corr"], abs=1e-4)
        assert -2 * fit.log_likelihood == pytest.approx(
            expected["reml_crit"], rel=TOL_PRINTED
        )
        ml = linear_mixed(*sleep, slope_of="days", criterion="ml")
        expected = case.expect("ml")
        assert [t.estimate for t in ml.terms] == pytest.approx(
            expected["fixef"], rel=TOL_PRINTED
        )
        assert ml.log_likelihood == pytest.approx(expected["loglik"], rel=TOL_PRINTED)


def test_balanced_data_have_a_closed_form(sleep):
    # Equal designs: REML is the spread of the subjects' own lines less that of their
    # estimation (Pinheiro and Bates 2000, chapter 2).
    y = np.array(sleep[0]).reshape(18, 10)
    x = np.column_stack([np.ones(10), np.arange(10.0)])
    lines = np.linalg.solve(x.T @ x, x.T @ y.T)
    within = ((y.T - x @ lines) ** 2).sum() / (18 * 8)
    between = np.cov(lines) - within * np.linalg.inv(x.T @ x)
    fit = linear_mixed(*sleep, slope_of="days")
    assert fit.residual_sd == pytest.approx(within**0.5, rel=TOL_CLOSED)
    assert fit.sd == pytest.approx(np.sqrt(np.diag(between)), rel=TOL_CLOSED)
    r = between[0, 1] / np.sqrt(between[0, 0] * between[1, 1])
    assert fit.correlation == pytest.approx(r, rel=1e-4)
    errors = np.sqrt(np.diag(np.cov(lines)) / 18)
    assert [t.standard_error for t in fit.terms] == pytest.approx(
        errors, rel=TOL_CLOSED
    )


def test_units_of_value_and_session_carry_over(sleep):
    value, columns, who = sleep
    fit = linear_mixed(value, columns, who, slope_of="days")
    other = linear_mixed(
        [v / 1000 for v in value],
        {"days": [24 * d for d in columns["days"]]},
        who,
        slope_of="days",
    )
    assert other.term("days").estimate == pytest.approx(
        fit.term("days").estimate / 24000, rel=1e-5
    )
    assert other.sd[1] == pytest.approx(fit.sd[1] / 24000, rel=1e-3)
    assert other.residual_sd == pytest.approx(fit.residual_sd / 1000, rel=1e-4)


def test_no_difference_between_animals_is_said():
    y = [1.0, 2, 3, 4, 2, 1, 4, 3, 4, 3, 2, 1]
    fit = linear_mixed(y, {"session": [1, 2, 3, 4] * 3}, np.repeat([1, 2, 3], 4))
    assert fit.boundary
    assert "boundary" in str(fit)
    assert json.dumps(encode(fit.to_dict()), allow_nan=False)
    assert "\n" not in repr(fit)


def test_what_cannot_be():
    y, x = [1.0, 2, 3, 4], {"session": [1, 2, 1, 2]}
    with pytest.raises(DataError, match="all rows are of one animal"):
        linear_mixed(y, x, [1] * 4)
    with pytest.raises(DataError, match="one row only"):
        linear_mixed(y, x, [1, 2, 3, 4])
    with pytest.raises(DataError, match="constant"):
        linear_mixed(y, {"session": [2] * 4}, [1, 1, 2, 2])
    with pytest.raises(DataError, match="all 4 values are 3"):
        linear_mixed([3] * 4, x, [1, 1, 2, 2])
    with pytest.raises(OptionError, match="slope_of"):
        linear_mixed(y, x, [1, 1, 2, 2], slope_of="dose")
    with pytest.raises(OptionError, match="'reml', 'ml'"):
        linear_mixed(y, x, [1, 1, 2, 2], criterion="REML")
