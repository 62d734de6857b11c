"""Random-intercept likelihood: clusters that span doses have a level of their own.

Cluster g has predictor eta = a + b x + sigma t with t standard normal, and the
integral over t is taken by the trapezoid rule on one grid for all clusters. For these
smooth, quickly decaying integrands the rule converges geometrically (Trefethen and
Weideman 2014, SIAM Review 56, 385-458), the link is evaluated at (doses x nodes)
points however many clusters there are, and value, gradient and Hessian belong to the
same sum. The grid is halved until the log-likelihood no longer moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from isobole.doseresponse._clusters import ClusterTable
from isobole.doseresponse._core import Scale
from isobole.doseresponse._links import (
    Link,
    density,
    density_slope,
    probability,
    score,
)

FloatArray = NDArray[np.float64]

REACH = 8.5  # the normal weight beyond is below 1e-15
LARGEST_SIGMA = 20.0
_CAP = math.atan(LARGEST_SIGMA)
_FINEST = 1 / 256
_CHUNK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class RandomIntercept:
    """Log-likelihood in (alpha, beta, omega) on the inner dose axis.

    With sigma = tan(theta) and theta = cap sin(omega), eta = (alpha + beta z) /
    cos(theta) + sigma t. Under the probit, alpha and beta are the population-averaged
    curve, a / sqrt(1 + sigma^2) (Zeger, Liang and Albert 1988, Biometrics 44,
    1049-1060): they stay finite when each cluster answers as one and sigma grows
    without end. Sigma is therefore held at 20 at most, where the correlation on the
    probit scale is 0.9975. Both ends of sigma are smooth maxima in omega.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    scale : Scale
    counts : array, shape (kinds, 2 doses)
        Affected and spared by dose of each distinct kind of cluster.
    times : array, shape (kinds,)
        How many clusters are of the kind.
    spacing : float
        Distance of the nodes.
    """

    link: Link
    scale: Scale
    counts: FloatArray = field(repr=False)
    times: FloatArray = field(repr=False)
    spacing: float

    @classmethod
    def of(cls, table: ClusterTable, link: Link) -> RandomIntercept:
        """Merge clusters that are alike; choose nodes fine enough for the largest."""
        counts, times = np.unique(
            np.hstack([table.affected, table.spared]), axis=0, return_counts=True
        )
        spacing = 0.125
        # A cluster of n animals knows its own t to about 1 / sqrt(1 + 2 n).
        while spacing > 0.7 / math.sqrt(1 + 2 * table.size.max()):
            spacing /= 2
        return cls(
            link,
            Scale.of(table.log_dose),
            counts,
            times.astype(float),
            max(spacing, _FINEST),
        )

    def nodes(self) -> tuple[FloatArray, FloatArray]:
        """Return the nodes and the logarithms of their weights."""
        half = math.ceil(REACH / self.spacing)
        t: FloatArray = self.spacing * np.arange(-half, half + 1.0)
        weight = math.log(self.spacing / math.sqrt(2 * math.pi))
        return t, np.asarray(weight - 0.5 * t * t)

    def evaluate(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood (without constant), gradient and Hessian."""
        alpha, beta, omega = (float(x) for x in theta)
        angle = _CAP * math.sin(omega)
        z = self.scale.z
        t, log_weight = self.nodes()
        stretch, sigma = 1 / math.cos(angle), math.tan(angle)
        line = (alpha + beta * z)[:, None]
        eta = stretch * line + sigma * t
        # First and second derivatives of eta in (alpha, beta, angle).
        by_beta = stretch * z[:, None]
        by_angle = stretch * sigma * line + stretch**2 * t
        mix = stretch * sigma
        bend = (mix * sigma + stretch**3) * line + 2 * stretch**2 * sigma * t
        one, none = np.ones(1), np.zeros(1)
        blocks = []
        for r, s in ((one, none), (none, one)):
            value, d, w = score(self.link, eta, r, s)
            blocks.append(
                np.stack(
                    [
                        value,
                        d * stretch,
                        d * by_beta,
                        d * by_angle,
                        -w * stretch**2,
                        -w * stretch * by_beta,
                        d * mix - w * stretch * by_angle,
                        -w * by_beta**2,
                        d * mix * z[:, None] - w * by_beta * by_angle,
                        d * bend - w * by_angle**2,
                    ],
                    axis=1,
                )
            )
        terms = np.concatenate(blocks).reshape(2 * z.size, -1)
        total, grad, upper = 0.0, np.zeros(3), np.zeros(6)
        for start in range(0, self.times.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            value_, grad_, upper_ = self._sum(part, terms, log_weight)
            total, grad, upper = total + value_, grad + grad_, upper + upper_
        hess = np.empty((3, 3))
        hess[np.triu_indices(3)] = upper
        hess.T[np.triu_indices(3)] = upper
        turn, twist = _CAP * math.cos(omega), -_CAP * math.sin(omega)
        hess[2, :] *= turn
        hess[:, 2] *= turn
        hess[2, 2] += grad[2] * twist
        grad[2] *= turn
        return total, grad, hess

    def _sum(
        self, part: slice, terms: FloatArray, log_weight: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """Integrate each kind of cluster and add up (derivatives in the angle)."""
        times = self.times[part]
        sums = (self.counts[part] @ terms).reshape(times.size, 10, -1)
        log_joint = sums[:, 0] + log_weight
        top = log_joint.max(axis=1)
        joint = np.exp(log_joint - top[:, None])
        mass = joint.sum(axis=1)
        share = joint / mass[:, None]
        first = np.einsum("gh,gih->gi", share, sums[:, 1:4])
        rows, columns = np.triu_indices(3)
        second = np.einsum("gh,gih->gi", share, sums[:, 4:10])
        for entry, (i, j) in enumerate(zip(rows, columns, strict=True)):
            product = np.einsum("gh,gh,gh->g", share, sums[:, 1 + i], sums[:, 1 + j])
            second[:, entry] += product - first[:, i] * first[:, j]
        return float(times @ (top + np.log(mass))), times @ first, times @ second

    def averaged(self, line: FloatArray, omega: float) -> FloatArray:
        """Return E F(line / cos(theta) + sigma t), the share over all clusters."""
        angle = _CAP * math.sin(omega)
        t, log_weight = self.nodes()
        eta = np.asarray(line)[..., None] / math.cos(angle) + math.tan(angle) * t
        return np.asarray(probability(self.link, eta) @ np.exp(log_weight))

    def level(self, q: float, omega: float) -> tuple[float, float, float]:
        """Return alpha + beta z at a population-averaged effect, and derivatives.

        `q` is the link of the effect. Under the probit the answer is q for every
        sigma; else E F(A / cos(theta) + sigma t) = F(q) is solved for A and
        differentiated implicitly.
        """
        if self.link == "probit" or (self.link == "logit" and q == 0.0):
            return q, 0.0, 0.0
        angle = _CAP * math.sin(omega)
        t, log_weight = self.nodes()
        weight = np.exp(log_weight)
        stretch, sigma = 1 / math.cos(angle), math.tan(angle)
        wanted = float(probability(self.link, np.asarray(q)))

        def excess(a: float) -> float:
            p = probability(self.link, stretch * a + sigma * t)
            return float(weight @ p) - wanted

        width = 1.0
        while excess(q - width) > 0 or excess(q + width) < 0:
            width *= 2
        a = float(brentq(excess, q - width, q + width, xtol=1e-14, rtol=1e-14))
        eta = stretch * a + sigma * t
        f = weight * density(self.link, eta)
        slope = weight * density_slope(self.link, eta)
        by_angle = stretch * sigma * a + stretch**2 * t
        bend = (stretch * sigma**2 + stretch**3) * a + 2 * stretch**2 * sigma * t
        mass = stretch * f.sum()
        first = -float(f @ by_angle) / mass
        # Second derivative of the identity E F(eta(A(angle), angle)) = constant.
        along = by_angle + stretch * first
        curve = bend + 2 * stretch * sigma * first
        second = -float(slope @ along**2 + f @ curve) / mass
        turn, twist = _CAP * math.cos(omega), -_CAP * math.sin(omega)
        return a, first * turn, second * turn**2 + first * twist

    def dependence(self, omega: float) -> tuple[float, float]:
        """Return sigma and its derivative in omega."""
        angle = _CAP * math.sin(omega)
        slope = _CAP * math.cos(omega) / math.cos(angle) ** 2
        return abs(math.tan(angle)), slope if angle >= 0 else -slope

    def refined(self, theta: FloatArray) -> RandomIntercept | None:
        """Return a finer grid if it moves the log-likelihood, else None."""
        if self.spacing <= _FINEST:
            return None
        finer = RandomIntercept(
            self.link, self.scale, self.counts, self.times, self.spacing / 2
        )
        now, then = self.evaluate(theta)[0], finer.evaluate(theta)[0]
        return None if abs(now - then) < 1e-9 * (1 + abs(now)) else finer
