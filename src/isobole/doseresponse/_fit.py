"""`fit_quantal`: from quantal data to a curve with its status, EDs and limits."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from isobole.doseresponse._core import FINITE
from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._fit_result import (
    Coefficient as Coefficient,
    QuantalFit as QuantalFit,
)
from isobole.doseresponse._goodness import GoodnessOfFit
from isobole.doseresponse._limit_words import bounds_on_response
from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.doseresponse._options import (
    CONVENTIONS,
    ConventionName,
    Heterogeneity,
    Information,
    IntervalKind,
    Method,
    Options,
    resolve,
)
from isobole.doseresponse._solution import CurveSolution, solve_plain
from isobole.doseresponse._status import (
    CORRECTED_SENTENCES,
    SENTENCES,
    flags_of,
    is_non_monotone,
)
from isobole.results import Missing, Problem, check_choice


def fit_quantal(
    data: QuantalData,
    *,
    link: Link = "probit",
    method: Method = "likelihood",
    natural_response: Literal["none", "estimate"] | float = "none",
    information: Information | None = None,
    heterogeneity: Heterogeneity | None = None,
    interval: IntervalKind | None = None,
    convention: ConventionName | None = None,
    level: float = 0.95,
    independent: bool = False,
    cluster: Literal["auto", "beta-binomial", "random-intercept", "bootstrap"] = "auto",
    seed: int = 1,
) -> QuantalFit:
    """Fit a quantal dose-response curve on log10 dose.

    Main arguments

    Parameters
    ----------
    data : QuantalData
        Doses, animals and affected animals.
    link : {"probit", "logit", "cloglog"}
        Shape of the curve.
    natural_response : {"none", "estimate"} or float
        Response without the drug (Abbott): none, estimated jointly with the control
        rows, or a known proportion. EDs are of the response above it.
    method : {"likelihood", "firth"}
        Maximum likelihood, or bias reduction (Firth's logit; mean bias reduction for
        the other links), which is finite under separation.

    Other arguments

    information : {"observed", "expected"}, optional
        Matrix behind standard errors; observed unless a convention fixes it.
    heterogeneity : {"none", "always", "chi2>df", "p<0.05", "p<0.10", "p<0.15"}
        When the factor h = Pearson / df widens all limits; default ``"p<0.05"``.
    interval : optional
        Default kind of limits; likelihood unless a convention fixes it.
    convention : {"sas", "spss", "poloplus", "epa", "ecotox", "litchfield-wilcoxon"}
        Do as that program does; fixes information, heterogeneity, the quantile, the
        handling of natural response and the kind of limits.
    level : float
        Confidence of limits, 0.5 to below 1.
    independent : bool
        Treat dependent rows (repeated animals, shared litters, cages or days) as
        independent all the same; the report says so.
    cluster : {"auto", "beta-binomial", "random-intercept", "bootstrap"}
        How dependent rows are fitted.
    seed : int
        Seed of the cluster bootstrap.

    Returns
    -------
    QuantalFit
        Always, whatever the counts: `status` says what could be learnt.

    Raises
    ------
    OptionError
        If options contradict each other.
    DataError
        If there is no dose above 0.

    Notes
    -----
    Finney DJ (1971) Probit Analysis, 3rd ed.

    Examples
    --------
    >>> data = QuantalData(
    ...     [10.2, 7.7, 5.1, 3.8, 2.6],
    ...     [50, 49, 46, 48, 50],
    ...     [44, 42, 24, 16, 6],
    ...     unit="mg/L",
    ... )
    >>> print(fit_quantal(data).ed(50))
    ED50 4.845 mg/L [4.368, 5.351] (95 % likelihood)
    """
    check_choice("link", link, LINKS)
    options = resolve(
        link=link,
        method=method,
        natural_response=natural_response,
        information=information,
        heterogeneity=heterogeneity,
        interval=interval,
        convention=convention,
        level=level,
        independent=independent,
    )
    from isobole.doseresponse._prepare import prepare

    return assemble(data, options, *prepare(data, options, cluster, seed))


def assemble(
    data: QuantalData,
    options: Options,
    solution: CurveSolution,
    fit_test: GoodnessOfFit,
    problems: tuple[Problem, ...],
    clusters: Any,
) -> QuantalFit:
    """Put a solved curve, its goodness of fit and its status together."""
    dose, n, r = data.groups
    q = float(quantile(options.link, 0.5))  # type: ignore[arg-type]
    finite = solution.pattern == FINITE
    rising = finite and solution.slope > 0
    log_dose = np.log10(dose)
    flags: list[str] = list(
        flags_of(
            pattern=solution.pattern
            if solution.table_pattern is None
            else solution.table_pattern,
            slope=solution.slope,
            slope_chi2=solution.slope_chi2,
            cut=fit_test.cut(options.level),
            log_ed50=(q - solution.intercept) / solution.slope if rising else None,
            log_doses=log_dose,
        )
    )
    status = flags[0]
    if is_non_monotone(n, r):
        flags.append("non-monotone")
    if not isinstance(fit_test.p, Missing) and fit_test.p < 0.05:
        flags.append("heterogeneous")
    if solution.natural_at_boundary:
        flags.append("boundary-natural-response")
    said = SENTENCES if options.natural_response in ("none", 0) else CORRECTED_SENTENCES
    messages = [said[flag] for flag in flags if flag != "ok"]
    messages += bounds_on_response(data, status, options.level)
    if finite and status in ("separated", "quasi-separated"):
        messages.append(
            "Bias reduction gives a finite curve all the same; how steep it is owes "
            "as much to the method as to the counts."
        )
    no_slope = Missing(said[status].split(". ")[0] + ".")
    scales = options.convention is None or CONVENTIONS[options.convention].scales_se
    factor = fit_test.heterogeneity if scales else 1.0
    se = _standard_errors(solution, factor)
    return QuantalFit(
        data=data,
        options=options,
        status=status,  # type: ignore[arg-type]
        flags=tuple(flags),
        messages=tuple(messages),
        intercept=Coefficient(solution.intercept, se[0])
        if finite
        else Coefficient(no_slope, no_slope),
        slope=Coefficient(solution.slope, se[1])
        if finite
        else Coefficient(no_slope, no_slope),
        natural_response=_natural(options, solution),
        natural_at_boundary=solution.natural_at_boundary,
        goodness_of_fit=fit_test,
        loglik=solution.loglik + _constant(n, r),
        slope_chi2=solution.slope_chi2,
        problems=(*data.notes, *problems),
        clusters=clusters,
        solution=solution,
    )


def _standard_errors(
    solution: CurveSolution, factor: float
) -> tuple[float | Missing, float | Missing]:
    variances = np.diag(solution.covariance) * factor
    if not np.isfinite(variances).all():
        none = Missing(
            "the spread of the curve is not known: resamples of the clusters without a "
            "finite slope, or data that do not identify it."
        )
        return none, none
    first, second = np.sqrt(variances)
    return float(first), float(second)


def _natural(options: Options, solution: CurveSolution) -> Coefficient | None:
    if options.natural_response in ("none", 0):
        return None
    if solution.natural_se is not None:
        return Coefficient(solution.natural, solution.natural_se)
    reason = (
        "it was given, not estimated"
        if not isinstance(options.natural_response, str)
        else "Abbott's correction takes the control response as known"
        if options.natural_handling == "abbott"
        else "it lies at its boundary or no finite curve exists, where a standard "
        "error does not apply"
    )
    return Coefficient(solution.natural, Missing(reason))


def _constant(n: NDArray[np.int64], r: NDArray[np.int64]) -> float:
    return float((gammaln(n + 1) - gammaln(r + 1) - gammaln(n - r + 1)).sum())


def ml_line(data: QuantalData) -> tuple[float, float] | Missing:
    """Return intercept and slope of the ML probit line (no natural response)."""
    _, n, r = data.groups
    solution = solve_plain(
        "probit",
        np.log10(data.groups[0]),
        r.astype(float),
        (n - r).astype(float),
        "observed",
    )
    if solution.pattern != FINITE:
        return Missing("the counts have no probit line with a finite slope")
    return solution.intercept, solution.slope
