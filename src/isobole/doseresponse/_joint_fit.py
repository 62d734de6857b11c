"""A joint fit of several curves: parameters, covariance, EDs and ED ratios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import FLAT_SLOPE, REVERSED_SEPARATED
from isobole.doseresponse._limits import fieller_set
from isobole.doseresponse._solution import LogSet

if TYPE_CHECKING:
    from isobole.doseresponse._joint import JointLikelihood

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class JointFit:
    """A joint fit; parameters are on the inner axis, properties on log10 dose.

    `estimable` marks the parameters with a finite maximum: a curve without (or with
    only) affected animals has no intercept, separated curves no slope. `loglik` is
    the supremum in every case, without the binomial constant.
    """

    likelihood: JointLikelihood
    theta: FloatArray
    estimable: BoolArray
    pattern: tuple[int, ...]
    loglik: float
    fitted: FloatArray
    pearson_parts: FloatArray
    deviance: float
    df: int
    converged: bool

    @property
    def pearson(self) -> float:
        """Pearson's chi-square over all curves."""
        return float(self.pearson_parts.sum())

    @property
    def intercept(self) -> tuple[float | None, ...]:
        """Intercepts on log10 dose; None where there is no finite one."""
        values = self.likelihood.to_log10(self.theta)
        return tuple(
            float(values[i]) if self._has(i) else None
            for i in range(self.likelihood.count)
        )

    @property
    def slope(self) -> tuple[float | None, ...]:
        """The slope of every curve on log10 dose; None where there is no finite one."""
        found = []
        for i in range(self.likelihood.count):
            k = self.likelihood.slope_index(i)
            value = float(self.theta[k]) / self.likelihood.spread
            found.append(value if self.estimable[k] else None)
        return tuple(found)

    def rises(self, curve: int) -> bool:
        """Return whether a curve rises, if only in the limit of an infinite slope."""
        k = self.likelihood.slope_index(curve)
        if self.estimable[k]:
            return bool(self.theta[k] > FLAT_SLOPE)
        return REVERSED_SEPARATED not in (
            self.pattern
            if self.likelihood.slopes == "common"
            else self.pattern[curve:][:1]
        )

    def _has(self, *curves: int) -> bool:
        index = [k for i in curves for k in (i, self.likelihood.slope_index(i))]
        return bool(self.estimable[index].all())

    def inner_covariance(self, kind: str) -> FloatArray:
        """Return the covariance of the inner parameters, 0 where not estimable."""
        cov = np.zeros((self.theta.size, self.theta.size))
        index = np.flatnonzero(self.estimable)
        if index.size:
            like, rows = self.likelihood, self._rows()
            part = replace(
                like,
                design=like.design[rows],
                owner=like.owner[rows],
                r=like.r[rows],
                s=like.s[rows],
            )
            info = part.information(self.theta, kind)[np.ix_(index, index)]
            size = np.sqrt(np.diagonal(info))
            scaled = info / np.outer(size, size)
            cov[np.ix_(index, index)] = np.linalg.inv(scaled) / np.outer(size, size)
        return cov

    def _rows(self) -> BoolArray:
        own = np.array([self._has(i) for i in range(self.likelihood.count)])
        return np.asarray(own[self.likelihood.owner])

    def covariance(self, kind: str) -> FloatArray:
        """Return the full covariance of (intercepts, slopes) on log10 dose.

        Parameters
        ----------
        kind : {"observed", "expected"}
            The information matrix that is inverted. Rows and columns of parameters
            that are not `estimable` are 0.
        """
        carry = self.likelihood.carry() * self.estimable[:, None]
        return np.asarray(carry @ self.inner_covariance(kind) @ carry.T)

    def log_ed(self, curve: int, q: float, kind: str) -> tuple[float, float] | None:
        """Return log10 ED and its delta SE at predictor q; None without a curve."""
        like, k = self.likelihood, self.likelihood.slope_index(curve)
        if not self._has(curve) or abs(self.theta[k]) < FLAT_SLOPE:
            return None
        slope, cov = self.theta[k], self.inner_covariance(kind)
        m = (q - self.theta[curve]) / slope
        variance = cov[curve, curve] + 2 * m * cov[curve, k] + m * m * cov[k, k]
        log_ed = like.centre[curve] + like.spread * m
        return float(log_ed), float(
            like.spread * np.sqrt(max(variance, 0.0)) / abs(slope)
        )

    def log_ratio(self, top: int, bottom: int) -> float | None:
        """Return log10 (ED of `top` / ED of `bottom`) under the common slope."""
        like, slope = self.likelihood, self.theta[-1]
        if not self._has(top, bottom) or abs(slope) < FLAT_SLOPE:
            return None
        shift = like.spread * (self.theta[bottom] - self.theta[top]) / slope
        return float(like.centre[top] - like.centre[bottom] + shift)

    def log_ratio_fieller(
        self, top: int, bottom: int, multiplier: float, kind: str
    ) -> tuple[LogSet, float, float] | None:
        """Return Fieller's set of the log10 ratio, g, and the delta SE.

        Finney 1971, section 6.5: a ratio of normals, slopes of either sign admitted.
        """
        if not self._has(top, bottom) or abs(self.theta[-1]) < FLAT_SLOPE:
            return None
        like, cov, slope = self.likelihood, self.inner_covariance(kind), self.theta[-1]
        gap = self.theta[top] - self.theta[bottom]
        vaa = cov[top, top] - 2 * cov[top, bottom] + cov[bottom, bottom]
        vab, vbb = cov[top, -1] - cov[bottom, -1], cov[-1, -1]
        columns = (gap, slope, vaa, vab, vbb, multiplier)
        found = fieller_set(*(np.array([float(x)]) for x in columns))
        shift = like.centre[top] - like.centre[bottom]
        low, high = (float(shift + like.spread * end[0]) for end in found[1:3])
        m = -gap / slope
        se = like.spread * np.sqrt(vaa + 2 * m * vab + m * m * vbb) / abs(slope)
        return LogSet(int(found[0][0]), low, high), float(found[3][0]), float(se)
