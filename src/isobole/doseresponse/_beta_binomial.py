"""Beta-binomial likelihood: clusters within one dose share a beta-distributed level.

A cluster at a dose with response probability p has its own probability, drawn from a
beta distribution with mean p; rho is the correlation of two animals of a cluster
(Williams 1975, Biometrics 31, 949-952). With c = 1 - rho its log-likelihood is the
sum of products (Griffiths 1973, Biometrics 29, 637-648)

    sum_{j<r} log(p c + j rho) + sum_{j<s} log((1-p) c + j rho)
        - sum_{j<r+s} log(c + j rho),

which needs no gamma function and holds to the last digit at rho = 0, where it is the
binomial, and at rho = 1, where a cluster counts as one animal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._clusters import ClusterTable
from isobole.doseresponse._core import Scale
from isobole.doseresponse._links import Link, density_slope, log_tails
from isobole.results import OptionError

FloatArray = NDArray[np.float64]

_HUGE = 250.0  # the square of exp of this is still a float


@dataclass(frozen=True, slots=True, eq=False)
class BetaBinomial:
    """Log-likelihood in (a, b, omega) on the inner dose axis, rho = sin(omega)^2.

    The angle omega is unbounded, and both ends of rho are smooth maxima in it, so
    that no bound needs to be watched.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    scale : Scale
    mixed : float
        Clusters with affected and spared animals; without any, rho is 1.
    steps : array
        1, 2, ... up to the largest cluster less one: the j of the sums.
    reached : arrays
        First terms (j = 0), shape (doses,), and later terms, shape (doses, j): the
        number of clusters with more than j affected, and with more than j spared.
    sizes : array
        Clusters with more than j animals, for j = 1, 2, ...
    """

    link: Link
    scale: Scale
    mixed: float
    steps: FloatArray = field(repr=False)
    first_hit: FloatArray = field(repr=False)
    first_spared: FloatArray = field(repr=False)
    more_hit: FloatArray = field(repr=False)
    more_spared: FloatArray = field(repr=False)
    sizes: FloatArray = field(repr=False)

    @classmethod
    def of(cls, table: ClusterTable, link: Link) -> BetaBinomial:
        """Count the terms of the sums.

        Raises
        ------
        OptionError
            If a cluster spans doses: animals at different doses would be taken as
            independent though they share a cluster.
        """
        if table.spans_doses:
            msg = (
                "cluster='beta-binomial' needs clusters that had one dose each, and "
                "here some had several. Use cluster='random-intercept' or 'auto'."
            )
            raise OptionError(msg)
        r, s = table.affected, table.spared
        largest = int((r + s).max())
        steps = np.arange(1.0, max(largest, 2))
        n = (r + s).sum(axis=1)
        return cls(
            link,
            Scale.of(table.log_dose),
            float(((r > 0) & (s > 0)).sum()),
            steps,
            (r > 0).sum(axis=0).astype(float),
            (s > 0).sum(axis=0).astype(float),
            np.stack([(r > j).sum(axis=0) for j in steps], axis=1).astype(float),
            np.stack([(s > j).sum(axis=0) for j in steps], axis=1).astype(float),
            np.array([(n > j).sum() for j in steps], dtype=float),
        )

    def evaluate(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood (without constant), gradient and Hessian."""
        a, b, omega = (float(x) for x in theta)
        z = self.scale.z
        # The cosine of a float is never 0, so log(rest) is finite even at rho = 1.
        rho, rest = math.sin(omega) ** 2, math.cos(omega) ** 2
        eta = a + b * z
        log_p, log_q = log_tails(self.link, eta)
        log_f = _log_density(self.link, eta, log_p, log_q)
        slope = density_slope(self.link, eta)
        # g: d/d eta, d/d rho; h: second derivatives (eta eta, eta rho), per dose
        value, g_rho, h_rho = 0.0, 0.0, 0.0
        g_eta, h_eta, h_mix = (np.zeros(z.shape) for _ in range(3))
        for sign, log_tail, first, more in (
            (1.0, log_p, self.first_hit, self.more_hit),
            (-1.0, log_q, self.first_spared, self.more_spared),
        ):
            tail = np.exp(log_tail)
            ratio = np.exp(np.minimum(log_f - log_tail, _HUGE))  # f / tail
            value += float(first @ log_tail)
            g_eta += sign * first * ratio
            over = slope * np.exp(np.minimum(-log_tail, _HUGE))
            h_eta += first * (sign * over - ratio**2)
            log_d = _log_mix(log_tail[:, None], rest, rho, self.steps)
            inverse = np.exp(np.minimum(-log_d, _HUGE))
            up = rest * np.exp(np.minimum(log_f[:, None] - log_d, _HUGE))
            dr = (self.steps - tail[:, None]) * inverse
            value += float((more * log_d).sum())
            g_eta += sign * (more * up).sum(axis=1)
            g_rho += float((more * dr).sum())
            bend = rest * slope[:, None] * inverse
            h_eta += (more * (sign * bend - up**2)).sum(axis=1)
            density_over = np.exp(np.minimum(log_f[:, None] - log_d, _HUGE))
            h_mix -= sign * (more * (density_over + up * dr)).sum(axis=1)
            h_rho -= float((more * dr**2).sum())
        whole = rest + self.steps * rho
        gap = (self.steps - 1) / whole
        value -= float(self.sizes @ np.log(whole))
        g_rho -= float(self.sizes @ gap)
        h_rho += float(self.sizes @ gap**2)
        # Of the first terms only the mixed clusters keep log(1 - rho) = 2 log cos.
        tangent = 0.0
        if self.mixed:
            value += self.mixed * math.log(rest)
            tangent = math.tan(omega)
        turn, twist = math.sin(2 * omega), 2 * math.cos(2 * omega)
        grad = np.array(
            [
                g_eta.sum(),
                g_eta @ z,
                g_rho * turn - 2 * self.mixed * tangent,
            ]
        )
        cross, cross_z = h_mix.sum() * turn, (h_mix @ z) * turn
        corner = h_rho * turn**2 + g_rho * twist - 2 * self.mixed * (1 + tangent**2)
        hess = np.array(
            [
                [h_eta.sum(), h_eta @ z, cross],
                [h_eta @ z, h_eta @ (z * z), cross_z],
                [cross, cross_z, corner],
            ]
        )
        return value, grad, hess

    def level(self, q: float, omega: float) -> tuple[float, float, float]:
        """Return the predictor at an effect and its derivatives: q at every rho."""
        return q, 0.0, 0.0

    def dependence(self, omega: float) -> tuple[float, float]:
        """Return rho and its derivative in omega."""
        return math.sin(omega) ** 2, math.sin(2 * omega)

    def refined(self, theta: FloatArray) -> BetaBinomial | None:
        """Return None: nothing is approximated."""
        return None


def _log_density(
    link: Link, eta: FloatArray, log_p: FloatArray, log_q: FloatArray
) -> FloatArray:
    if link == "probit":
        return np.asarray(-0.5 * eta * eta - 0.5 * math.log(2 * math.pi))
    if link == "logit":
        return np.asarray(log_p + log_q)
    return np.asarray(eta + log_q)


def _log_mix(
    log_tail: FloatArray, rest: float, rho: float, steps: FloatArray
) -> FloatArray:
    """Return log(tail (1 - rho) + j rho), accurate where the tail is tiny."""
    if rho == 0.0:
        return np.asarray(log_tail + np.zeros(steps.shape))
    return np.asarray(np.logaddexp(log_tail + math.log(rest), np.log(steps * rho)))
