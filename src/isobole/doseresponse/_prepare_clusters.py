"""Clustered rows brought into the common form of a solved curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._cluster_bootstrap import (
    ClusterBootstrap,
    bootstrap_clusters,
)
from isobole.doseresponse._cluster_fit import fit_clustered
from isobole.doseresponse._cluster_result import ClusterFit
from isobole.doseresponse._clusters import ClusterStructure
from isobole.doseresponse._core import FINITE
from isobole.doseresponse._goodness import GoodnessOfFit, no_goodness
from isobole.doseresponse._limits import ABSENT, INTERVAL, LINE, RAY
from isobole.doseresponse._links import Link
from isobole.doseresponse._options import Options
from isobole.doseresponse._solution import (
    CurveSolution,
    LogSet,
    OwnEffect,
    solve_plain,
)
from isobole.results import Missing, OptionError, Problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What made the rows dependent, and the model that allowed for it."""

    structure: ClusterStructure
    fit: ClusterFit | ClusterBootstrap

    def __str__(self) -> str:
        return f"{self.structure.sentence} {self.fit}"


def refuse_options(structure: ClusterStructure, options: Options) -> None:
    """Raise `OptionError` for options that have no meaning with clustered rows."""
    asked = []
    if options.convention is not None:
        asked.append(f"convention='{options.convention}'")
    if options.method != "likelihood":
        asked.append(f"method='{options.method}'")
    if options.natural_response not in ("none", 0):
        asked.append("natural_response")
    if asked:
        msg = (
            f"{structure.sentence} {' and '.join(asked)} knows independent animals "
            "only: leave it out, or state independent=True to ignore the dependence."
        )
        raise OptionError(msg)


def independent_problem(structure: ClusterStructure) -> Problem:
    """Return the warning of a plain fit asked for in spite of the clusters."""
    return Problem(
        "clusters-ignored",
        f"{structure.sentence.rstrip('.')}. They were treated as independent because "
        "that was asked for: standard errors and limits may be too small",
        severity="warning",
        remedy="Leave that option out to allow for the dependence",
    )


def lost_problem(structure: ClusterStructure, reason: str) -> Problem:
    """Return the warning of clusters that cannot be modelled on these counts."""
    return Problem(
        "clusters-not-fitted",
        f"{structure.sentence.rstrip('.')}. The dependence could not be fitted: "
        f"{reason.rstrip('.')}. The limits ignore it and may be too narrow",
        severity="warning",
        remedy="Test more clusters at doses with a partial response",
    )


def solve_clustered(
    structure: ClusterStructure, link: Link, options: Options, cluster: str, seed: int
) -> tuple[CurveSolution, GoodnessOfFit, tuple[Problem, ...], Clusters] | Missing:
    """Solve clustered rows by the chosen model; Missing where none can be fitted."""
    found: ClusterFit | ClusterBootstrap | Missing
    if cluster == "bootstrap":
        found = bootstrap_clusters(structure.table, link, seed=seed)
    else:
        found = fit_clustered(structure.table, link, cluster)  # type: ignore[arg-type]
    if isinstance(found, Missing):
        return found
    solution = (
        _from_bootstrap(found, structure)
        if isinstance(found, ClusterBootstrap)
        else _from_fit(found)
    )
    test = no_goodness(
        "scatter about the curve is part of the model of clustered animals",
        structure.table.log_dose.size - 2,
        options.heterogeneity,
        options.quantile,
    )
    problems = (*structure.problems, *found.problems)
    return solution, test, problems, Clusters(structure, found)


def _from_fit(fit: ClusterFit) -> CurveSolution:
    """Take the population-averaged line, or each ED apart where there is none."""
    averaged = fit.solution()
    if not isinstance(averaged, Missing):
        return averaged

    def own(percent: float, level: float) -> OwnEffect:
        effect = fit.effect(percent, level)
        return OwnEffect(effect.log10_ed, effect.log10_se, None, None)

    return CurveSolution(
        FINITE,
        fit.intercept,
        fit.slope,
        _square(fit.covariance),
        fit.loglik,
        fit.slope_chi2,
        fit.set_at,
        own_effect=own,
        population=fit.population,
    )


def _from_bootstrap(
    fit: ClusterBootstrap, structure: ClusterStructure
) -> CurveSolution:
    table = structure.table
    plain = solve_plain(
        fit.link,
        table.log_dose,
        table.affected.sum(axis=0),
        table.spared.sum(axis=0),
        "observed",
    )

    def own(percent: float, level: float) -> OwnEffect:
        effect = fit.effect(percent, level)
        low = -np.inf if effect.low is None else effect.low
        high = np.inf if effect.high is None else effect.high
        kind = (INTERVAL, RAY, LINE)[int(np.isinf(low)) + int(np.isinf(high))]
        return OwnEffect(
            effect.log10_ed,
            effect.log10_se,
            LogSet(kind, low, high),
            effect.reason,
            "cluster bootstrap",
        )

    return CurveSolution(
        FINITE,
        fit.intercept,
        fit.slope,
        _square(fit.covariance),
        plain.loglik,
        plain.slope_chi2,
        lambda q, cut: LogSet(ABSENT),
        own_effect=own,
    )


def _square(covariance: FloatArray | Missing) -> FloatArray:
    if isinstance(covariance, Missing):
        return np.full((2, 2), np.nan)
    return np.asarray(covariance[:2, :2])
