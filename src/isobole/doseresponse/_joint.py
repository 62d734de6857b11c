"""Several curves in one binomial likelihood, with common or separate slopes.

Parameters are one intercept per curve and one slope (or one slope per curve), on an
inner axis: log10 dose = centre of the curve + spread * z. The log-likelihood is
concave in them. `JointLikelihood.profile` climbs along any smooth path through the
parameters, so that a constraint, linear or not, can be profiled: a potency ratio in
`_joint_ratio`, an interaction index in the combination room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    SEPARATED,
    SINGLE_DOSE,
    entropy,
    patterns,
)
from isobole.doseresponse._joint_fit import JointFit as JointFit
from isobole.doseresponse._links import (
    Link,
    expected_weight,
    linear_loglik,
    probability,
    quantile,
    score,
)
from isobole.doseresponse._newton import Maximum, maximise

FloatArray = NDArray[np.float64]
Slopes = Literal["common", "separate"]
Path = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray | None]]
"""phi -> (theta, d theta / d phi, second derivatives [theta, phi, phi] or None)."""

_STEPLIKE: Final = (SEPARATED, QUASI_SEPARATED, SINGLE_DOSE)


@dataclass(frozen=True, slots=True)
class Arm:
    """Grouped counts of one curve: log10 dose, affected, spared."""

    log_dose: FloatArray
    r: FloatArray
    s: FloatArray

    @classmethod
    def of(cls, log_dose: ArrayLike, n: ArrayLike, affected: ArrayLike) -> Arm:
        """Build from animals and affected per dose."""
        r = np.asarray(affected, dtype=np.float64)
        return cls(
            np.asarray(log_dose, dtype=np.float64),
            r,
            np.asarray(n, dtype=np.float64) - r,
        )


@dataclass(frozen=True, slots=True)
class JointLikelihood:
    """The binomial likelihood of several curves.

    Parameters
    ----------
    arms : sequence of Arm
    link : {"probit", "logit", "cloglog"}
    slopes : {"common", "separate"}

    Examples
    --------
    >>> x = np.log10([5.0, 10, 20, 40])
    >>> arms = [Arm.of(x, [8] * 4, [1, 3, 6, 7]), Arm.of(x, [8] * 4, [0, 2, 3, 7])]
    >>> fit = JointLikelihood.of(arms, "probit").maximise()
    >>> print(f"{fit.slope[0]:.3f} {fit.slope[1]:.3f} {fit.deviance:.3f} {fit.df}")
    2.941 2.941 1.849 5
    """

    arms: tuple[Arm, ...]
    link: Link
    slopes: Slopes
    centre: FloatArray
    spread: float
    design: FloatArray = field(repr=False)
    owner: NDArray[np.intp] = field(repr=False)
    r: FloatArray = field(repr=False)
    s: FloatArray = field(repr=False)

    @classmethod
    def of(
        cls, arms: Sequence[Arm], link: Link, slopes: Slopes = "common"
    ) -> JointLikelihood:
        """Set up the likelihood of `arms`."""
        count = len(arms)
        low = np.array([arm.log_dose.min() for arm in arms])
        high = np.array([arm.log_dose.max() for arm in arms])
        centre, spread = (low + high) / 2, float((high - low).max()) / 2 or 1.0
        owner = np.repeat(np.arange(count), [arm.log_dose.size for arm in arms])
        z = (np.concatenate([arm.log_dose for arm in arms]) - centre[owner]) / spread
        dummies = (owner[:, None] == np.arange(count)).astype(np.float64)
        slope = z[:, None] if slopes == "common" else dummies * z[:, None]
        return cls(
            tuple(arms),
            link,
            slopes,
            centre,
            spread,
            np.column_stack([dummies, slope]),
            owner,
            np.concatenate([arm.r for arm in arms]),
            np.concatenate([arm.s for arm in arms]),
        )

    @property
    def count(self) -> int:
        """The number of curves."""
        return len(self.arms)

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return int(self.design.shape[1])

    def slope_index(self, curve: int) -> int:
        """Return where the slope of a curve stands among the parameters."""
        return self.count + (curve if self.slopes == "separate" else 0)

    def evaluate(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood, gradient and Hessian at inner parameters."""
        return linear_loglik(self.link, self.design, theta, self.r, self.s)

    def information(self, theta: FloatArray, kind: str) -> FloatArray:
        """Return the observed or expected information at inner parameters."""
        if kind == "observed":
            return -self.evaluate(theta)[2]
        w = expected_weight(self.link, self.design @ theta, self.r + self.s)
        return np.asarray((self.design.T * w) @ self.design)

    def profile(
        self, path: Path, start: ArrayLike, *, lower: ArrayLike | None = None
    ) -> Maximum:
        """Climb along a path through the parameters: a profile under a constraint."""

        def along(phi: FloatArray) -> tuple[float, FloatArray, FloatArray]:
            theta, jacobian, bend = path(phi)
            value, grad, hess = self.evaluate(theta)
            inner = jacobian.T @ hess @ jacobian
            if bend is not None:
                inner = inner + np.tensordot(grad, bend, axes=1)
            return value, jacobian.T @ grad, inner

        return maximise(along, start, lower=lower, steps=200)

    def to_log10(self, theta: FloatArray) -> FloatArray:
        """Carry inner parameters to intercepts and slopes on log10 dose."""
        return np.asarray(self.carry() @ theta)

    def carry(self) -> FloatArray:
        """Return the matrix from inner parameters to those on log10 dose."""
        carry = np.eye(self.parameters)
        for i in range(self.count):
            carry[i, self.slope_index(i)] = -self.centre[i] / self.spread
        slopes = np.arange(self.count, self.parameters)
        carry[slopes, slopes] = 1 / self.spread
        return carry

    def curve_patterns(self) -> NDArray[np.int8]:
        """Return the pattern of every curve on its own (see `_core`)."""
        return np.array(
            [
                patterns(arm.log_dose, arm.r[None], arm.s[None])[0]
                if ((arm.r + arm.s) > 0).sum() > 1
                else _one_dose(arm)
                for arm in self.arms
            ],
            dtype=np.int8,
        )

    def maximise(self) -> JointFit:
        """Fit by maximum likelihood; the supremum where that is not attained."""
        kinds = self.curve_patterns()
        n = self.r + self.s
        theta = np.zeros(self.parameters)
        estimable = np.zeros(self.parameters, dtype=bool)
        fitted = self.r / np.maximum(n, 1.0)
        lost = (kinds == NONE_AFFECTED) | (kinds == ALL_AFFECTED)
        rest = np.flatnonzero(~lost)
        groups = (
            [rest]
            if self.slopes == "common"
            else [rest[k : k + 1] for k in range(rest.size)]
        )
        pattern = np.full(self.count, SEPARATED, dtype=np.int8)
        pattern[lost] = kinds[lost]
        converged = True
        for group in groups:
            if group.size == 0:
                continue
            own = kinds[group]
            if np.isin(own, _STEPLIKE).all():
                pattern[group] = own if self.slopes == "separate" else SEPARATED
                continue
            if np.isin(own, (REVERSED_SEPARATED, SINGLE_DOSE)).all():
                pattern[group] = REVERSED_SEPARATED
                continue
            columns = np.append(group, self.slope_index(int(group[0])))
            rows = np.isin(self.owner, group)
            part = self.design[np.ix_(rows, columns)]
            found = _climb(self.link, part, self.r[rows], self.s[rows])
            theta[columns], estimable[columns] = found.theta, True
            pattern[group] = FINITE
            converged &= found.converged
            fitted[rows] = probability(self.link, part @ found.theta)
        if self.slopes == "common" and estimable[self.count]:
            pattern[rest] = FINITE
        loglik = self._loglik_of(theta, fitted, pattern)
        spread = n * fitted * (1 - fitted)
        gap = np.where(spread > 0, (self.r - n * fitted) ** 2, 0.0)
        chi2 = gap / np.where(spread > 0, spread, 1.0)
        saturated = entropy(self.r, self.s).sum()
        return JointFit(
            likelihood=self,
            theta=theta,
            estimable=estimable,
            pattern=tuple(int(k) for k in pattern),
            loglik=loglik,
            fitted=fitted,
            pearson_parts=chi2,
            deviance=max(2 * (float(saturated) - loglik), 0.0),
            df=int((n > 0).sum()) - self.parameters,
            converged=converged,
        )

    def _loglik_of(
        self, theta: FloatArray, fitted: FloatArray, pattern: NDArray[np.int8]
    ) -> float:
        value = score(self.link, self.design @ theta, self.r, self.s)[0]
        exact = xlogy(self.r, fitted) + xlogy(self.s, 1 - fitted)
        return float(np.where(pattern[self.owner] == FINITE, value, exact).sum())


def _one_dose(arm: Arm) -> int:
    if not (arm.r > 0).any():
        return NONE_AFFECTED
    return SINGLE_DOSE if (arm.s > 0).any() else ALL_AFFECTED


def _climb(link: Link, design: FloatArray, r: FloatArray, s: FloatArray) -> Maximum:
    """Maximise a concave likelihood of a linear predictor, from flat curves."""
    hit, all_n = design[:, :-1].T @ r, design[:, :-1].T @ (r + s)
    start = np.append(quantile(link, (hit + 0.5) / (all_n + 1)), 0.0)
    return maximise(lambda theta: linear_loglik(link, design, theta, r, s), start)
