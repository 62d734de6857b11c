"""Fit a curve to clustered animals by maximum likelihood.

Both models are fitted in (alpha, beta, omega) on the inner dose axis by Newton with
exact derivatives, starting from the plain fit.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from isobole.doseresponse._beta_binomial import BetaBinomial
from isobole.doseresponse._cluster_result import (
    AveragedLine,
    Boundary,
    ClusterFit,
    ClusterLikelihood,
    inner_covariance,
)
from isobole.doseresponse._clusters import ClusterModel, ClusterTable
from isobole.doseresponse._core import FINITE, Scale, fit_batch
from isobole.doseresponse._links import Link
from isobole.doseresponse._newton import maximise
from isobole.doseresponse._random_intercept import LARGEST_SIGMA, RandomIntercept
from isobole.doseresponse._status import SENTENCES, STATUSES, status_codes
from isobole.results import Missing, NotComputable, Problem, check_choice

FloatArray = NDArray[np.float64]

NO_PAIRS = (
    "No cluster holds two animals or tests, so nothing can be learnt of their "
    "likeness. Fit with independent=True."
)
_STARTS = (0.2, 0.6, 1.1)
_AT_ZERO = 1e-6  # omega: rho or sigma below rounding of the likelihood
_FLAT_TOP = math.pi / 2  # omega where rho is 1, or sigma its largest
_PLATEAU = 5e-3  # log-likelihood too flat for its maximum to have a place


def fit_clustered(
    table: ClusterTable,
    link: Link,
    model: Literal["auto", "beta-binomial", "random-intercept"] = "auto",
) -> ClusterFit | Missing:
    """Fit a curve to clustered counts by maximum likelihood.

    Parameters
    ----------
    table : ClusterTable
    link : {"probit", "logit", "cloglog"}
    model : {"auto", "beta-binomial", "random-intercept"}
        ``"auto"``: beta-binomial if no cluster spans doses.

    Returns
    -------
    ClusterFit or Missing
        Missing, with the reason, where the counts summed over clusters are separated
        or one-sided, or no cluster holds two animals.

    Examples
    --------
    >>> import numpy as np
    >>> dose, litter = np.repeat([5.0, 10, 20], 3), np.arange(9)
    >>> n, hit = np.full(9, 4), np.array([0, 0, 2, 0, 3, 4, 4, 4, 1])
    >>> print(fit_clustered(ClusterTable.of(dose, n, hit, litter), "probit"))
    Beta-binomial fit of 9 clusters: intra-cluster correlation 0.537 (SE 0.21); \
likelihood ratio against independence 9.42, p = 0.001.
    """
    check_choice("cluster", model, ["auto", "beta-binomial", "random-intercept"])
    plain = fit_batch(
        link,
        Scale.of(table.log_dose),
        table.affected.sum(axis=0)[None, :],
        table.spared.sum(axis=0)[None, :],
    )
    if plain.pattern[0] != FINITE:
        status = STATUSES[int(status_codes(plain, 0.0, 0.95)[0])]
        return Missing(
            f"{SENTENCES[status]} The dependence within clusters cannot be estimated "
            "from such counts."
        )
    if table.size.max() < 2:
        return Missing(NO_PAIRS)
    if model == "auto":
        model = "random-intercept" if table.spans_doses else "beta-binomial"
    likelihood: ClusterLikelihood = (
        BetaBinomial.of(table, link)
        if model == "beta-binomial"
        else RandomIntercept.of(table, link)
    )
    a, b = float(plain.a[0]), float(plain.b[0])
    theta, loglik = _best(likelihood, [np.array([a, b, x]) for x in _STARTS])
    while (finer := likelihood.refined(theta)) is not None:
        likelihood = finer
        theta, loglik = _best(likelihood, [theta])
    likelihood, theta, loglik = _upper_end(likelihood, theta, loglik)
    independent = float(plain.loglik[0])
    boundary = _boundary(theta)
    if boundary == "independent" or loglik <= independent + 1e-10:
        theta, loglik, boundary = np.array([a, b, 0.0]), independent, "independent"
    return _record(
        likelihood, model, theta, loglik, independent, boundary, table.size.size
    )


def _best(
    likelihood: ClusterLikelihood, starts: list[FloatArray]
) -> tuple[FloatArray, float]:
    """Return the best of the maxima reached from several starts."""
    runs = [maximise(likelihood.evaluate, x, max_step=4.0, steps=200) for x in starts]
    best = max(runs, key=lambda run: run.value)
    if not best.converged and np.abs(best.grad).max() > 1e-5 * (1 + abs(best.value)):
        msg = (
            "The clustered fit did not settle; this is a fault of isobole. Please "
            "report the counts, and meanwhile use cluster='bootstrap'."
        )
        raise NotComputable(msg)
    return best.theta, best.value


def _upper_end(
    likelihood: ClusterLikelihood, theta: FloatArray, loglik: float
) -> tuple[ClusterLikelihood, FloatArray, float]:
    """Move to the upper end of dependence where the likelihood runs flat up to it."""
    wide = likelihood
    end, top = _given(wide, theta, {2: _FLAT_TOP})
    if top < loglik - 1.0:
        return likelihood, theta, loglik
    while (finer := wide.refined(end)) is not None:
        wide = finer
        end, top = _given(wide, end, {2: _FLAT_TOP})
    if top < loglik - _PLATEAU:
        return likelihood, theta, loglik
    return wide, end, top


def _given(
    likelihood: ClusterLikelihood, theta: FloatArray, fixed: dict[int, float]
) -> tuple[FloatArray, float]:
    """Maximise with some parameters fixed, starting at theta."""
    free = [i for i in range(3) if i not in fixed]
    point = theta.copy()
    for i, value in fixed.items():
        point[i] = value

    def evaluate(x: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        at = point.copy()
        at[free] = x
        value, grad, hess = likelihood.evaluate(at)
        return value, grad[free], hess[np.ix_(free, free)]

    best = maximise(evaluate, point[free], max_step=4.0, steps=200)
    point[free] = best.theta
    return point, best.value


def _boundary(theta: FloatArray) -> Boundary:
    if abs(math.sin(theta[2])) < _AT_ZERO:
        return "independent"
    return "alike" if abs(math.cos(theta[2])) < _AT_ZERO else "none"


def _record(
    likelihood: ClusterLikelihood,
    model: ClusterModel,
    theta: FloatArray,
    loglik: float,
    independent: float,
    boundary: Boundary,
    n_clusters: int,
) -> ClusterFit:
    omega, scale = float(theta[2]), likelihood.scale
    dependence, rate = likelihood.dependence(omega)
    shift = scale.centre / scale.spread
    to_line = np.array([[1.0, -shift, 0.0], [0.0, 1 / scale.spread, 0.0]])
    line = to_line @ theta
    # The random intercept's own line is steeper by sqrt(1 + sigma^2).
    steep = math.hypot(1.0, dependence) if model == "random-intercept" else 1.0
    own = np.vstack([steep * to_line, [0.0, 0.0, rate]])
    if model == "random-intercept":
        own[:2, 2] = line * dependence / steep * rate
    inner = inner_covariance(likelihood, theta, boundary)
    averaged: AveragedLine | Missing
    covariance: FloatArray | Missing
    dependence_se: float | Missing
    if isinstance(inner, Missing):
        covariance = averaged = dependence_se = inner
    else:
        size = 3 if boundary == "none" else 2
        full = own @ inner @ own.T
        covariance = full[:size, :size]
        dependence_se = (
            math.sqrt(full[2, 2])
            if size == 3
            else Missing(f"the dependence is at its boundary ({boundary})")
        )
        averaged = AveragedLine(
            float(line[0]), float(line[1]), to_line @ inner @ to_line.T
        )
        if model == "random-intercept" and likelihood.link != "probit" and dependence:
            averaged = Missing(
                f"averaged over clusters a {likelihood.link} curve is no "
                f"{likelihood.link} curve; its ED and limits are solved for one by one"
            )
    lr = max(2 * (loglik - independent), 0.0)
    return ClusterFit(
        model=model,
        link=likelihood.link,
        intercept=float(steep * line[0]),
        slope=float(steep * line[1]),
        dependence=0.0 if boundary == "independent" else dependence,
        dependence_se=dependence_se,
        boundary=boundary,
        covariance=covariance,
        averaged=averaged,
        loglik=loglik,
        loglik_independent=independent,
        lr=lr,
        lr_p=0.5 * float(chdtrc(1.0, lr)) if lr > 0 else 1.0,
        slope_chi2=max(2 * (loglik - _flat(likelihood, theta)), 0.0),
        n_clusters=n_clusters,
        problems=_problems(model, boundary),
        likelihood=likelihood,
        theta=theta,
    )


def _flat(likelihood: ClusterLikelihood, theta: FloatArray) -> float:
    """Return the largest log-likelihood of a flat curve with dependence."""
    starts = [np.array([theta[0], 0.0, omega]) for omega in _STARTS]
    return max(_given(likelihood, x, {1: 0.0})[1] for x in starts)


def _problems(model: ClusterModel, boundary: Boundary) -> tuple[Problem, ...]:
    if boundary == "none":
        return ()
    if boundary == "independent":
        return (
            Problem(
                "no-dependence-found",
                "Animals of a cluster were not more alike than strangers: the estimate "
                "is that of the plain fit",
                severity="notice",
                remedy="Keep the clustered limits; few clusters cannot prove "
                "independence",
            ),
        )
    how, tells, more = (
        ("rho is 1", "one animal", "animals")
        if model == "beta-binomial"
        else (
            f"sigma is held at {LARGEST_SIGMA:g}, where more changes nothing",
            "where its one threshold lies",
            "tests at the same doses",
        )
    )
    return (
        Problem(
            "clusters-alike",
            "All animals or tests of a cluster answered as one threshold would have "
            f"them: {how}, and each cluster tells no more than {tells}",
            severity="warning",
            remedy=f"Use more clusters; more {more} in a cluster would add nothing",
        ),
    )
