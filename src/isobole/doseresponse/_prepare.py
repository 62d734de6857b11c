"""Choose how a data set is solved, and say what was done with control rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from isobole.doseresponse._core import FINITE, SINGLE_DOSE
from isobole.doseresponse._data import CLUSTER_COLUMNS, QuantalData
from isobole.doseresponse._goodness import (
    GoodnessOfFit,
    from_statistics,
    goodness,
    no_goodness,
)
from isobole.doseresponse._limits import ABSENT, EMPTY, INTERVAL, LINE, RAY
from isobole.doseresponse._links import Link, probability, quantile
from isobole.doseresponse._options import CONVENTIONS, Options
from isobole.doseresponse._solution import CurveSolution, LogSet, solve_plain
from isobole.results import DataError, Missing, Problem, format_number

if TYPE_CHECKING:
    from isobole.doseresponse._natural import NaturalFit

FloatArray = NDArray[np.float64]
Prepared = tuple[CurveSolution, GoodnessOfFit, tuple[Problem, ...], Any]


def prepare(data: QuantalData, options: Options, cluster: str, seed: int) -> Prepared:
    """Solve the data by the options: plain, bias-reduced, natural or clustered."""
    dose, n, r = data.groups
    if dose.size == 0:
        raise DataError(
            [
                Problem(
                    "no-dose",
                    "There is no dose above 0, so there is no curve to fit",
                    column="dose",
                    remedy="Give the treated groups beside the control",
                )
            ]
        )
    log_dose, size, hit = np.log10(dose), n.astype(float), r.astype(float)
    link: Link = options.link  # type: ignore[assignment]
    dependence: tuple[Problem, ...] = ()
    if dose.size > 1:
        clustered = _clustered(data, options, cluster, seed)
        if len(clustered) == 4 and isinstance(clustered[0], CurveSolution):
            return clustered
        dependence = clustered
        if options.natural_response not in ("none", 0):
            solution, test, problems, none = _natural(
                data, options, link, log_dose, size, hit
            )
            return solution, test, (*dependence, *problems), none
    problems = (*dependence, *_control_problems(data, options))
    if options.method == "firth":
        from isobole.doseresponse._firth import solve_firth

        solution = solve_firth(link, log_dose, hit, size - hit)
    else:
        solution = solve_plain(link, log_dose, hit, size - hit, options.information)
    return solution, _test(solution, options, link, log_dose, size, hit), problems, None


def _test(
    solution: CurveSolution,
    options: Options,
    link: Link,
    log_dose: FloatArray,
    n: FloatArray,
    r: FloatArray,
) -> GoodnessOfFit:
    rule, quantile_kind = options.heterogeneity, options.quantile
    if solution.pattern == FINITE:
        p = probability(link, solution.intercept + solution.slope * log_dose)
        return goodness(r, n, p, parameters=2, rule=rule, quantile=quantile_kind)
    reason = (
        "one dose alone leaves nothing to test"
        if solution.pattern == SINGLE_DOSE
        else "a step through every count fits perfectly, so there is nothing to test"
    )
    return no_goodness(reason, r.size - 2, rule, quantile_kind)


def _control_problems(data: QuantalData, options: Options) -> tuple[Problem, ...]:
    """Say what became of control rows when no natural response is fitted."""
    animals, responded = data.control
    if animals == 0:
        return ()
    if responded == 0:
        return (
            Problem(
                "controls-silent",
                f"The control group ({animals} animals) stays in the table but not in "
                "the curve: none responded, and the curve is 0 at dose 0",
                severity="notice",
            ),
        )
    return (
        Problem(
            "controls-responded",
            f"{responded} of {animals} controls responded, but natural_response is "
            "'none': the control rows stay in the table and are not in the curve",
            severity="warning",
            remedy="Use natural_response='estimate' to fit the response without drug "
            "together with the curve",
        ),
    )


def _natural(
    data: QuantalData,
    options: Options,
    link: Link,
    log_dose: FloatArray,
    n: FloatArray,
    r: FloatArray,
) -> Prepared:
    from isobole.doseresponse._natural import fit_natural

    control = data.control
    fixed = (
        None
        if options.natural_response == "estimate"
        else float(options.natural_response)
    )
    groups = log_dose.size + (control[0] > 0)
    if fixed is None and groups < 3:
        raise DataError(
            [
                Problem(
                    "too-few-groups",
                    f"{groups} groups cannot carry a curve and a natural response",
                    expected="three groups or more, the control counted",
                    remedy="Add the control group or a dose, or give natural_response "
                    "a known value",
                )
            ]
        )
    joint = fit_natural(link, log_dose, n, r, control, fixed=fixed)
    if options.natural_handling == "joint" or fixed is not None:
        problems = (*_no_control(control, fixed), *_unsettled(joint))
        flat = _flat_loglik(n, r, control, fixed)
        return (*_natural_parts(joint, options, flat), problems, None)
    right = _ed50_words(joint.intercept, joint.slope, link, data)
    program = CONVENTIONS[options.convention or "spss"].program
    if options.natural_handling == "treated-only":
        trap = fit_natural(
            link, log_dose, n, r, control, fixed=None, use_controls=False
        )
        problem = Problem(
            "convention-drops-controls",
            f"{program} drops the control row on log dose and estimates the natural "
            f"response from the treated groups alone ({format_number(100 * trap.c)} %, "
            f"against {control[1]} of {control[0]} controls). The joint likelihood "
            f"with the controls gives {right}",
            severity="warning",
            remedy="Leave the convention out to use the control rows",
        )
        flat = _flat_loglik(n, r, (0, 0), None)
        return (*_natural_parts(trap, options, flat), (problem,), None)
    if control[0] == 0:
        raise DataError(
            [
                Problem(
                    "no-controls",
                    f"{program} corrects by the control group (Abbott), and there is "
                    "none",
                    remedy="Give a control row (dose 0), or leave the convention out",
                )
            ]
        )
    c = control[1] / control[0]
    if c == 1:
        raise DataError(
            [
                Problem(
                    "controls-all-responded",
                    "Every control responded, so Abbott's correction leaves nothing",
                    remedy="Check whether the counts are of the endpoint or of its "
                    "absence",
                )
            ]
        )
    if c == 0:
        plain = solve_plain(link, log_dose, r, n - r, options.information)
        return plain, _test(plain, options, link, log_dose, n, r), (), None
    corrected = np.clip(n * (r / n - c) / (1 - c), 0.0, n)
    solution = solve_plain(
        link, log_dose, corrected, n - corrected, options.information
    )
    problem = Problem(
        "convention-abbott-first",
        f"{program} subtracts the control response ({format_number(100 * c)} %) from "
        "the counts first and treats the result as if it were counted, which makes "
        f"standard errors too small. The joint likelihood gives {right}",
        severity="warning",
        remedy="Leave the convention out for the joint likelihood",
    )
    test = _test(solution, options, link, log_dose, n, corrected)
    return replace(solution, natural=c), test, (problem,), None


def _unsettled(fit: NaturalFit) -> tuple[Problem, ...]:
    if fit.converged:
        return ()
    return (
        Problem(
            "not-settled",
            "The joint fit of curve and natural response did not settle to full "
            "precision",
            severity="warning",
            remedy="Give natural_response a known value, and compare",
        ),
    )


def _no_control(control: tuple[int, int], fixed: float | None) -> tuple[Problem, ...]:
    if control[0] or fixed is not None:
        return ()
    return (
        Problem(
            "no-controls",
            "There is no control row, so the natural response rests on the lowest "
            "doses alone",
            severity="warning",
            remedy="Add the control group as dose 0, or give natural_response a known "
            "value",
        ),
    )


def _ed50_words(
    intercept: float | None, slope: float | None, link: Link, data: QuantalData
) -> str:
    if intercept is None or slope is None or slope <= 0:
        return "no finite curve"
    q = float(quantile(link, 0.5))
    unit = f" {data.unit}" if data.unit else ""
    return f"ED50 {format_number(10 ** ((q - intercept) / slope))}{unit}"


def _natural_parts(
    fit: NaturalFit, options: Options, flat: float
) -> tuple[CurveSolution, GoodnessOfFit]:
    """Bring a natural-response fit into the common form."""
    from isobole.doseresponse._natural import natural_ed_limits

    finite = fit.pattern == FINITE
    cov = fit.cov_observed if options.information == "observed" else fit.cov_expected

    def set_at(q: float, cut: float) -> LogSet:
        found = natural_ed_limits(fit, q, cut)
        if found.empty:
            return LogSet(EMPTY)
        low = -np.inf if found.low is None else found.low
        high = np.inf if found.high is None else found.high
        kind = (INTERVAL, RAY, LINE)[int(np.isinf(low)) + int(np.isinf(high))]
        return LogSet(kind, low, high, found.low_open, found.high_open)

    identified = finite and cov is not None
    solution = CurveSolution(
        pattern=fit.pattern,
        intercept=float(fit.intercept) if fit.intercept is not None else 0.0,
        slope=float(fit.slope) if fit.slope is not None else 0.0,
        covariance=cov[:2, :2] if cov is not None else np.full((2, 2), np.nan),
        loglik=fit.loglik,
        slope_chi2=max(2 * (fit.loglik - flat), 0.0),
        set_at=set_at if finite or fit.pattern != SINGLE_DOSE else _absent,
        natural=fit.c,
        natural_se=float(np.sqrt(cov[2, 2]))
        if cov is not None and identified and not fit.fixed and not fit.boundary
        else None,
        natural_at_boundary=fit.boundary,
    )
    if not finite:
        test = no_goodness(
            "a step through every count fits perfectly, so there is nothing to test",
            fit.df,
            options.heterogeneity,
            options.quantile,
        )
    else:
        test = from_statistics(
            fit.pearson,
            fit.deviance,
            fit.df,
            rule=options.heterogeneity,
            quantile=options.quantile,
        )
    return solution, test


def _flat_loglik(
    n: FloatArray, r: FloatArray, control: tuple[int, int], fixed: float | None
) -> float:
    """Return the likelihood of a flat curve at or above the natural response."""
    n0, r0 = control
    treated, hit = float(n.sum()), float(r.sum())
    if fixed is not None:
        level, c = max(hit / treated, fixed), fixed
    elif n0 and hit / treated < r0 / n0:
        level = c = (hit + r0) / (treated + n0)
    else:
        level, c = hit / treated, r0 / n0 if n0 else 0.0
    return float(
        xlogy(hit, level)
        + xlog1py(treated - hit, -level)
        + xlogy(r0, c)
        + xlog1py(n0 - r0, -c)
    )


def _absent(q: float, cut: float) -> LogSet:
    return LogSet(ABSENT)


def _clustered(
    data: QuantalData, options: Options, cluster: str, seed: int
) -> Prepared | tuple[Problem, ...]:
    """Solve dependent rows, or return the problems a plain fit must carry."""
    if all(getattr(data, name) is None for name in CLUSTER_COLUMNS):
        return ()
    from isobole.doseresponse._clusters import find_clusters

    structure = find_clusters(data)
    if structure is None:
        return ()
    from isobole.doseresponse._prepare_clusters import (
        independent_problem,
        lost_problem,
        refuse_options,
        solve_clustered,
    )

    if options.independent:
        return (independent_problem(structure),)
    refuse_options(structure, options)
    link: Link = options.link  # type: ignore[assignment]
    solved = solve_clustered(structure, link, options, cluster, seed)
    if isinstance(solved, Missing):
        return (lost_problem(structure, solved.reason),)
    solution, test, problems, clusters = solved
    return solution, test, (*problems, *_control_problems(data, options)), clusters
