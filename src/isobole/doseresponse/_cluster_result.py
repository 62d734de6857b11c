"""A clustered fit: what it holds, and its EDs of the population-averaged curve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._cluster_limits import ClusterEffect, effect_at, set_at
from isobole.doseresponse._clusters import ClusterModel
from isobole.doseresponse._core import FINITE, Scale
from isobole.doseresponse._links import Link, probability, quantile
from isobole.doseresponse._random_intercept import RandomIntercept
from isobole.doseresponse._solution import CurveSolution, LogSet
from isobole.results import Missing, Problem, format_number, format_p

FloatArray = NDArray[np.float64]
Boundary = Literal["none", "independent", "alike"]


class ClusterLikelihood(Protocol):
    """What a model of dependence provides; theta = (alpha, beta, omega)."""

    @property
    def link(self) -> Link:
        """The link function."""

    @property
    def scale(self) -> Scale:
        """The inner dose axis."""

    def evaluate(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood, gradient and Hessian."""

    def level(self, q: float, omega: float) -> tuple[float, float, float]:
        """Return alpha + beta z at a population-averaged effect, and derivatives."""

    def dependence(self, omega: float) -> tuple[float, float]:
        """Return rho or sigma, and its derivative."""

    def refined(self, theta: FloatArray) -> ClusterLikelihood | None:
        """Return a more accurate likelihood if this one is not accurate enough."""


@dataclass(frozen=True, slots=True, eq=False)
class AveragedLine:
    """The population-averaged curve F(intercept + slope log10 dose), in closed form."""

    intercept: float
    slope: float
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ClusterFit:
    """A maximum-likelihood curve with dependence within clusters.

    Parameters
    ----------
    model : {"beta-binomial", "random-intercept"}
    link : {"probit", "logit", "cloglog"}
    intercept, slope : float
        On log10 dose. Beta-binomial: of the population-averaged curve. Random
        intercept: of a cluster at the median level (see `averaged`).
    dependence : float
        Beta-binomial: the intra-cluster correlation rho, 0 to 1. Random intercept:
        the standard deviation sigma of the clusters on the link scale.
    dependence_se : float or Missing
    boundary : {"none", "independent", "alike"}
        Where `dependence` is at an end: 0, where the fit is the plain one, or its
        upper end, where all animals of a cluster answer alike.
    covariance : array or Missing
        Of (intercept, slope, dependence) from observed information; of (intercept,
        slope) alone at a boundary, where the dependence is taken as fixed.
    averaged : AveragedLine or Missing
        The population-averaged line, where it has the shape of the link.
    loglik, loglik_independent : float
        Without the binomial constant, as in the plain fit.
    lr, lr_p : float
        Likelihood ratio of no dependence and its p by the mixture of chi-square with
        0 and 1 degrees of freedom (Self and Liang 1987, JASA 82, 605-610).
    slope_chi2 : float
        Likelihood ratio of slope zero, 1 df, under the same model.
    n_clusters : int
    problems : tuple of Problem
    """

    model: ClusterModel
    link: Link
    intercept: float
    slope: float
    dependence: float
    dependence_se: float | Missing
    boundary: Boundary
    covariance: FloatArray | Missing
    averaged: AveragedLine | Missing
    loglik: float
    loglik_independent: float
    lr: float
    lr_p: float
    slope_chi2: float
    n_clusters: int
    problems: tuple[Problem, ...]
    likelihood: ClusterLikelihood = field(repr=False)
    theta: FloatArray = field(repr=False)

    def set_at(self, q: float, cut: float) -> LogSet:
        """Return the likelihood set of the log10 dose at population predictor q.

        The share affected there is F(q) over all clusters; ends may be infinite.
        """
        return set_at(self.likelihood, self.theta, self.loglik, q, cut)

    def effect(self, percent: float, level: float = 0.95) -> ClusterEffect:
        """Return the log10 dose with a population-averaged effect, and its limits."""
        q = float(quantile(self.link, percent / 100))
        inner = inner_covariance(self.likelihood, self.theta, self.boundary)
        return effect_at(
            self.likelihood, self.theta, self.loglik, inner, percent, q, level
        )

    def population(self, log10_dose: FloatArray) -> FloatArray:
        """Return the share affected over all clusters, at log10 doses."""
        scale, omega = self.likelihood.scale, float(self.theta[2])
        z = (np.asarray(log10_dose, dtype=np.float64) - scale.centre) / scale.spread
        line = self.theta[0] + self.theta[1] * z
        if isinstance(self.likelihood, RandomIntercept):
            return self.likelihood.averaged(line, omega)
        return probability(self.link, line)

    def solution(self) -> CurveSolution | Missing:
        """Return the averaged line as the plain fit's own record, where it exists."""
        if isinstance(self.averaged, Missing):
            return self.averaged
        line = self.averaged
        return CurveSolution(
            FINITE,
            line.intercept,
            line.slope,
            line.covariance,
            self.loglik,
            self.slope_chi2,
            self.set_at,
        )

    def __str__(self) -> str:
        beta = self.model == "beta-binomial"
        name = "intra-cluster correlation" if beta else "standard deviation of clusters"
        value = format_number(self.dependence, 3)
        if not isinstance(self.dependence_se, Missing):
            value += f" (SE {format_number(self.dependence_se, 2)})"
        return (
            f"{self.model.capitalize()} fit of {self.n_clusters} clusters: {name} "
            f"{value}; likelihood ratio against independence "
            f"{format_number(self.lr, 3)}, p = {format_p(self.lr_p)}.".replace(
                "p = <", "p <"
            )
        )


def inner_covariance(
    likelihood: ClusterLikelihood, theta: FloatArray, boundary: Boundary
) -> FloatArray | Missing:
    """Return the covariance of (alpha, beta, omega); zeros for a fixed omega."""
    used = 3 if boundary == "none" else 2
    matrix = -likelihood.evaluate(theta)[2][:used, :used]
    values = np.linalg.eigvalsh(matrix)
    if values[0] <= 1e-12 * values[-1]:
        return Missing(
            "the information matrix is singular, so there is no standard error; the "
            "likelihood limits hold"
        )
    cov = np.zeros((3, 3))
    cov[:used, :used] = np.linalg.inv(matrix)
    return cov
