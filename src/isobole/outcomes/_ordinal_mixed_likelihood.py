"""Marginal likelihood of the cumulative-link mixed model by adaptive quadrature.

Row t of animal i has predictor eta = x'beta + z'Lu with u standard normal; z is (1) or
(1, session). The integral over u is taken by Gauss-Hermite points laid around each
animal's own mode with its own curvature (Pinheiro and Bates 1995, J Comput Graph Stat
4:12-35), for all animals at once. One point is the Laplace approximation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._ordinal_mixed_link import (
    OPEN,
    CategoryTerms,
    OrdinalLink,
    category_terms,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_FEW_POINTS = 5
_STEP = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class MixedLikelihood:
    """Log-likelihood in (thresholds, beta, Cholesky factor), rows sorted by animal.

    Parameters
    ----------
    category : array of int, shape (rows,)
        0 to J - 1, every one present.
    x : array, shape (rows, columns)
    z : array, shape (rows, d)
        Random-effect design, d = 0, 1 or 2.
    start : array of int
        First row of each animal.
    link : {"logit", "probit"}
    points : int
        Quadrature points per random effect.
    """

    category: IntArray
    x: FloatArray
    z: FloatArray
    start: IntArray
    link: OrdinalLink
    points: int
    _modes: list[FloatArray] = field(default_factory=list, repr=False)

    @property
    def cuts(self) -> int:
        """How many thresholds there are."""
        return int(self.category.max())

    @property
    def effects(self) -> int:
        """How many random effects there are."""
        return int(self.z.shape[1])

    @property
    def size(self) -> int:
        """How many parameters there are."""
        d = self.effects
        return self.cuts + int(self.x.shape[1]) + d * (d + 1) // 2

    @property
    def animal_of(self) -> IntArray:
        """The animal's number of each row."""
        lengths = np.diff(np.append(self.start, self.category.size))
        return np.repeat(np.arange(self.start.size), lengths)

    def ordered(self, theta: FloatArray) -> bool:
        """Return whether the thresholds rise."""
        return bool(np.all(np.diff(theta[: self.cuts]) > 0))

    def factor(self, theta: FloatArray) -> FloatArray:
        """Return L, lower triangular."""
        d = self.effects
        made = np.zeros((d, d))
        made[np.tril_indices(d)] = theta[self.cuts + self.x.shape[1] :]
        return made

    def value(self, theta: FloatArray) -> float:
        """Return the log-likelihood; minus infinity where thresholds cross."""
        if not self.ordered(theta):
            return -math.inf
        return float(self._integrate(theta)[0].sum())

    def score(self, theta: FloatArray) -> FloatArray:
        """Return the gradient.

        Fisher's identity: the posterior mean of the gradient given u, on the same
        points. With few points they move too much with theta for that, and the value
        itself is differenced.
        """
        if self.effects and self.points < _FEW_POINTS:
            return self.differenced(theta)
        if not self.effects:
            high, low = self._ends(theta)
            return self._collect(category_terms(self.link, high, low), None, None)
        _, posterior, u, terms = self._integrate(theta)
        return self._collect(terms, posterior, u)

    def differenced(self, theta: FloatArray) -> FloatArray:
        """Return the gradient of `value` by central differences."""
        found = np.empty(theta.size)
        for k in range(theta.size):
            step = np.zeros(theta.size)
            step[k] = _STEP * max(1.0, abs(theta[k]))
            ahead, behind = self.value(theta + step), self.value(theta - step)
            found[k] = (ahead - behind) / (2 * step[k])
        return found

    def information(self, theta: FloatArray) -> FloatArray:
        """Return the observed information by central differences of the score."""
        made = np.empty((theta.size, theta.size))
        coarse = 10 if self.effects and self.points < _FEW_POINTS else 1
        for k in range(theta.size):
            step = np.zeros(theta.size)
            step[k] = coarse * _STEP * max(1.0, abs(theta[k]))
            change = self.score(theta + step) - self.score(theta - step)
            made[k] = -change / (2 * step[k])
        return np.asarray((made + made.T) / 2)

    def _ends(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return both ends of each row's category less its fixed predictor."""
        cuts = np.concatenate([[-OPEN], theta[: self.cuts], [OPEN]])
        columns = self.x.shape[1]
        eta = self.x @ theta[self.cuts : self.cuts + columns]
        return cuts[self.category + 1] - eta, cuts[self.category] - eta

    def _integrate(
        self, theta: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, CategoryTerms]:
        """Return each animal's log-likelihood, posterior weights, points and terms."""
        high, low = self._ends(theta)
        d, m = self.effects, self.start.size
        if d == 0:
            terms = category_terms(self.link, high, low)
            logs = np.add.reduceat(terms.log_p, self.start)
            return logs, np.ones((m, 1)), np.zeros((m, 1, 0)), terms
        w = self.z @ self.factor(theta)  # eta = x'beta + w'u
        mode, spread, log_det = self._mode(high, low, w)
        nodes, log_weight = _grid(self.points, d)
        u = mode[:, None, :] + np.einsum("mij,kj->mki", spread, nodes)
        shift = np.einsum("rd,rkd->rk", w, u[self.animal_of])
        terms = category_terms(self.link, high[:, None] - shift, low[:, None] - shift)
        joint = np.add.reduceat(terms.log_p, self.start, axis=0)
        joint = joint + log_weight - 0.5 * (u * u).sum(axis=2)
        top = joint.max(axis=1)
        mass = np.exp(joint - top[:, None])
        total = mass.sum(axis=1)
        logs = top + np.log(total) + log_det - 0.5 * d * math.log(2 * math.pi)
        return logs, mass / total[:, None], u, terms

    def _mode(
        self, high: FloatArray, low: FloatArray, w: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Find each animal's mode of u; return it, a root of its inverse curvature
        and the log-determinant of that root.

        Both links are log-concave, so the posterior has one mode and damped Newton
        reaches it.
        """  # noqa: D205
        d, m = self.effects, self.start.size
        u = self._modes[0] if self._modes else np.zeros((m, d))
        owner = self.animal_of

        def joint(at: FloatArray) -> tuple[FloatArray, CategoryTerms]:
            shift = (w * at[owner]).sum(axis=1)
            terms = category_terms(self.link, high - shift, low - shift)
            logs = np.add.reduceat(terms.log_p, self.start)
            return logs - 0.5 * (at * at).sum(axis=1), terms

        here, terms = joint(u)
        outer = w[:, :, None] * w[:, None, :]
        for _ in range(60):
            slope = np.add.reduceat(terms.slope[:, None] * w, self.start) - u
            curve = np.add.reduceat(terms.weight[:, None, None] * outer, self.start)
            curve = curve + np.eye(d)
            step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
            length = np.ones(m)
            while True:
                there, found = joint(u + length[:, None] * step)
                worse = there < here - 1e-12 * (1 + abs(here))
                if not worse.any() or length.min() < 1e-6:
                    break
                length[worse] /= 2
            u = u + length[:, None] * step
            here, terms = there, found
            if abs(step).max() < 1e-9:
                break
        self._modes[:] = [u]
        curve = np.add.reduceat(terms.weight[:, None, None] * outer, self.start)
        root = np.linalg.cholesky(np.linalg.inv(curve + np.eye(d)))
        log_det = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        return u, root, log_det

    def _collect(
        self,
        terms: CategoryTerms,
        posterior: FloatArray | None,
        u: FloatArray | None,
    ) -> FloatArray:
        """Add the rows' derivatives up into the gradient."""
        by_high, by_low, slope = terms.by_high, terms.by_low, terms.slope
        made = np.empty(self.size)
        if posterior is not None and u is not None:
            share = posterior[self.animal_of]
            pulled = share * slope  # (rows, points)
            at = np.einsum("rk,rkd->rd", pulled, u[self.animal_of])
            d = self.effects
            rows, columns = np.tril_indices(d)
            by_factor = np.einsum("rd,re->de", self.z, at)
            made[self.size - d * (d + 1) // 2 :] = by_factor[rows, columns]
            by_high, by_low = (share * by_high).sum(1), (share * by_low).sum(1)
            slope = pulled.sum(axis=1)
        cuts = self.cuts
        ends = np.bincount(self.category, by_high, cuts + 1)[:cuts]
        made[:cuts] = ends + np.bincount(self.category, by_low, cuts + 1)[1:]
        made[cuts : cuts + self.x.shape[1]] = slope @ self.x
        return made


def _grid(points: int, d: int) -> tuple[FloatArray, FloatArray]:
    """Return the product rule's points and log weights, exp(|node|^2 / 2) included."""
    node, weight = np.polynomial.hermite_e.hermegauss(points)
    log_weight = np.log(weight) + 0.5 * node * node
    axes = np.meshgrid(*[node] * d, indexing="ij")
    weights = np.meshgrid(*[log_weight] * d, indexing="ij")
    return np.stack([a.ravel() for a in axes], axis=1), sum(
        (a.ravel() for a in weights), np.zeros(points**d)
    )
