"""Several curves in one binomial likelihood, with common or separate slopes.

Parameters are one intercept per curve and one slope (or one slope per curve), on an
inner axis: log10 dose = centre of the curve + spread * z. The log-likelihood is
concave in them. `JointLikelihood.profile` climbs along any smooth path through the
parameters, so that a constraint, linear or not, can be profiled: a potency ratio here,
an interaction index in the combination room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import xlogy

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    SEPARATED,
    SINGLE_DOSE,
    Batch,
    Scale,
    fit_batch,
    patterns,
)
from isobole.doseresponse._limits import (
    EMPTY,
    INTERVAL,
    LINE,
    RAY,
    fieller_set,
)
from isobole.doseresponse._links import (
    Link,
    expected_weight,
    probability,
    quantile,
    score,
)
from isobole.doseresponse._newton import Maximum, maximise
from isobole.doseresponse._solution import LogSet

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Slopes = Literal["common", "separate"]
Path = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray | None]]
"""phi -> (theta, d theta / d phi, second derivatives [theta, phi, phi] or None)."""

_FAR: Final = 1e3  # half dose ranges outside the doses: as good as infinity
_FLAT: Final = 1e-9  # an inner slope below this is rounding: the curve is flat
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
        value, d1, w = score(self.link, self.design @ theta, self.r, self.s)
        hess = -(self.design.T * w) @ self.design
        return float(value.sum()), self.design.T @ d1, hess

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
        return np.asarray(self._carry() @ theta)

    def _carry(self) -> FloatArray:
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
        saturated = xlogy(self.r, self.r / np.maximum(n, 1))
        saturated = (saturated + xlogy(self.s, self.s / np.maximum(n, 1))).sum()
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

    def evaluate(theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        value, d1, w = score(link, design @ theta, r, s)
        return float(value.sum()), design.T @ d1, -(design.T * w) @ design

    return maximise(evaluate, start)


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
            return bool(self.theta[k] > _FLAT)
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
            part = JointLikelihood(
                like.arms,
                like.link,
                like.slopes,
                like.centre,
                like.spread,
                like.design[rows],
                like.owner[rows],
                like.r[rows],
                like.s[rows],
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
        carry = self.likelihood._carry() * self.estimable[:, None]
        return np.asarray(carry @ self.inner_covariance(kind) @ carry.T)

    def log_ed(self, curve: int, q: float, kind: str) -> tuple[float, float] | None:
        """Return log10 ED and its delta SE at predictor q; None without a curve."""
        like, k = self.likelihood, self.likelihood.slope_index(curve)
        if not self._has(curve) or abs(self.theta[k]) < _FLAT:
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
        if not self._has(top, bottom) or abs(slope) < _FLAT:
            return None
        shift = like.spread * (self.theta[bottom] - self.theta[top]) / slope
        return float(like.centre[top] - like.centre[bottom] + shift)

    def log_ratio_fieller(
        self, top: int, bottom: int, multiplier: float, kind: str
    ) -> tuple[LogSet, float, float] | None:
        """Return Fieller's set of the log10 ratio, g, and the delta SE.

        Finney 1971, section 6.5: a ratio of normals, slopes of either sign admitted.
        """
        if not self._has(top, bottom) or abs(self.theta[-1]) < _FLAT:
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


def ratio_deviance(fit: JointFit, top: int, bottom: int, angle: float) -> float:
    """Return 2 (sup l - max l) over slopes >= 0 at a given log ratio, common slope.

    On the inner axis the log ratio is the tangent of the angle: slope = rho cos and
    difference of intercepts = rho sin, rho >= 0, all linear, so the climb is concave.
    At plus or minus pi/2 it is the limit of an unbounded ratio.
    """
    like, slope = fit.likelihood, fit.likelihood.parameters - 1
    sin, cos = float(np.sin(angle)), float(np.cos(angle))
    vertical = abs(angle) >= np.pi / 2
    if vertical:
        sin, cos = float(np.sign(angle)), 0.0
    matrix = np.zeros((slope + 1, slope + 1))  # (other intercepts, u, rho) -> theta
    matrix[np.arange(slope), np.arange(slope)] = 1.0
    kinds = like.curve_patterns()
    lost = np.isin(kinds, (NONE_AFFECTED, ALL_AFFECTED))
    pivot = top if not lost[top] else bottom  # the one whose intercept is finite
    other = bottom if pivot == top else top
    matrix[other, other], matrix[other, pivot] = 0.0, 1.0
    matrix[other, slope] = sin if pivot == top else -sin
    matrix[slope, slope] = cos
    keep = np.arange(slope + 1) != other
    best = _ray(like, matrix[:, keep])
    if vertical:
        kind_up, kind_down = (NONE_AFFECTED, ALL_AFFECTED)
        if angle < 0:
            kind_up, kind_down = kind_down, kind_up
        free = [top] if kinds[top] == kind_up else []
        free += [bottom] if kinds[bottom] == kind_down else []
        for curve in free:  # its intercept runs away, and costs nothing
            best = max(best, _ray(like, np.eye(slope + 1), without=curve))
    return max(2 * (fit.loglik - best), 0.0)


def _ray(
    like: JointLikelihood, matrix: FloatArray, without: int | None = None
) -> float:
    """Maximise over phi in theta = matrix @ phi, the last phi >= 0."""
    rows = like.owner != without if without is not None else slice(None)
    design, r, s = like.design[rows] @ matrix, like.r[rows], like.s[rows]
    used = np.abs(design).max(axis=0) > 0
    used[-1] = True
    design = design[:, used]

    def evaluate(phi: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        value, d1, w = score(like.link, design @ phi, r, s)
        return float(value.sum()), design.T @ d1, -(design.T * w) @ design

    n = np.maximum(r + s, 1.0)
    level = float(quantile(like.link, (r.sum() + 0.5) / (n.sum() + 1)))
    start = np.append(np.full(design.shape[1] - 1, level), 0.0)
    lower = np.append(np.full(design.shape[1] - 1, -np.inf), 0.0)
    return maximise(evaluate, start, lower=lower, steps=300).value


def ratio_set(fit: JointFit, top: int, bottom: int, cut: float) -> LogSet:
    """Return the likelihood set of log10 (ED of `top` / ED of `bottom`), common slope.

    The likelihood is concave, so the angles within the cut form one arc.
    """
    like = fit.likelihood
    slope = like.parameters - 1
    lower = np.append(np.full(slope, -np.inf), 0.0)
    start = np.append(np.zeros(slope), 1.0)
    peak = maximise(like.evaluate, start, lower=lower, steps=300).theta
    inside = float(np.arctan2(peak[bottom] - peak[top], peak[slope]))
    if ratio_deviance(fit, top, bottom, inside) > cut:
        return LogSet(EMPTY)
    jumps = like.arms[top].log_dose[:, None] - like.arms[bottom].log_dose
    ends: list[tuple[float, bool]] = []
    for side in (-1, 1):
        outside = side * np.pi / 2
        if inside == outside or ratio_deviance(fit, top, bottom, outside) <= cut:
            ends.append((side * np.inf, False))
            continue
        angle = brentq(
            lambda t: ratio_deviance(fit, top, bottom, float(t)) - cut,
            inside,
            outside,
            xtol=1e-14,
            rtol=1e-14,
        )
        end = like.centre[top] - like.centre[bottom] + like.spread * np.tan(angle)
        nearest = float(jumps.flat[np.abs(jumps - end).argmin()])
        sharp = False
        if abs(nearest - end) < 1e-9 * (1 + abs(end)):
            # The likelihood jumps at some ratios of doses where curves are steps.
            before = angle + 1e-7 * (inside - angle)
            sharp = ratio_deviance(fit, top, bottom, before) < cut - 1e-3
            end = nearest if sharp else end
        ends.append((float(end), sharp))
    (low, low_open), (high, high_open) = ends
    kind = {0: INTERVAL, 1: RAY, 2: LINE}[int(np.isinf([low, high]).sum())]
    return LogSet(kind, low, high, low_open, high_open)


@dataclass(frozen=True, slots=True)
class EdProfile:
    """One curve's profile deviance of log10 ED over its own rising slopes.

    `low` and `high` enclose the log EDs that fit best (one point for a finite curve;
    infinite where no animal, or every animal, was affected); `inside` is one of them.
    """

    batch: Batch
    q: float
    low: float
    high: float
    inside: float
    at_minus: float
    at_plus: float

    @property
    def falling(self) -> bool:
        """Whether the curve falls, so that flat curves are its best rising ones."""
        scale = self.batch.scale
        return abs(self.inside - scale.centre) > _FAR / 2 * scale.spread

    @classmethod
    def of(cls, arm: Arm, link: Link, q: float) -> EdProfile:
        """Fit one curve by itself."""
        scale = Scale.of(arm.log_dose)
        batch = fit_batch(link, scale, arm.r[None], arm.s[None])
        pattern, slope = int(batch.pattern[0]), float(batch.b[0])
        hit, spared = arm.r.sum(), arm.s.sum()
        p, own = float(probability(link, np.asarray(q))), hit / (hit + spared)
        ends = [
            2 * (float(batch.loglik[0]) - float(xlogy(hit, v) + xlogy(spared, 1 - v)))
            for v in (max(own, p), min(own, p))
        ]
        if pattern == FINITE and slope > _FLAT:
            low = high = inside = float(
                scale.log_dose(np.asarray((q - batch.a[0]) / slope))
            )
        elif pattern in (FINITE, REVERSED_SEPARATED):
            # Falling: flat curves fit best, with their log ED at infinity.
            side = 1.0 if own < p else -1.0
            low = high = inside = scale.centre + side * _FAR * scale.spread
        else:
            low = float(np.where(arm.s > 0, arm.log_dose, -np.inf).max())
            high = float(np.where(arm.r > 0, arm.log_dose, np.inf).min())
            ends_low = low if np.isfinite(low) else high - 2 * scale.spread
            ends_high = high if np.isfinite(high) else low + 2 * scale.spread
            inside = (ends_low + ends_high) / 2
            if low == high:
                # One partial dose: the ED lies just above it, or just below.
                here = arm.log_dose == low
                part = arm.r[here].sum() / (arm.r[here] + arm.s[here]).sum()
                inside += float(np.sign(p - part)) * 1e-7 * scale.spread
        return cls(batch, q, low, high, inside, max(ends[0], 0.0), max(ends[1], 0.0))

    def deviance(self, log_ed: FloatArray) -> FloatArray:
        """Return the profile deviance at log EDs."""
        batch, scale = self.batch, self.batch.scale
        angle = np.arctan((log_ed - scale.centre) / scale.spread)
        # eta = q + rho h, rho >= 0: every rising line through (log ED, q).
        h = np.cos(angle)[:, None] * scale.z - np.sin(angle)[:, None]
        h[np.abs(h) < 1e-12] = 0.0
        r, s, link = batch.r, batch.s, batch.link
        flat, d1, _ = score(link, np.full_like(h, self.q), r, s)
        best = flat.sum(axis=1)
        live = np.flatnonzero((d1 * h).sum(axis=1) > 0)
        rho = np.full(live.size, float(np.clip(batch.b[0], 1.0, 50.0)))
        low, high = np.zeros(live.size), np.full(live.size, np.inf)
        for _ in range(200):
            ray = h[live]
            value, d1, w = score(link, self.q + rho[:, None] * ray, r, s)
            grad = (d1 * ray).sum(axis=1)
            move = grad / np.maximum((w * ray * ray).sum(axis=1), 1e-200)
            low, high = np.where(grad > 0, rho, low), np.where(grad > 0, high, rho)
            best[live] = np.maximum(best[live], value.sum(axis=1))
            done = (grad * move < 1e-13) | (high - low < 1e-14 * high)
            ceiling = np.where(np.isfinite(high), high, 4 * rho + 1)
            middle = np.where(np.isfinite(high), (low + high) / 2, ceiling)
            outside = (rho + move <= low) | (rho + move >= ceiling)
            rho = np.where(outside, middle, rho + move)
            live, rho, low, high = live[~done], rho[~done], low[~done], high[~done]
            if live.size == 0:
                break
        return np.asarray(np.maximum(2 * (batch.loglik[0] - best), 0.0))


def ed_ratio_deviance(top: EdProfile, bottom: EdProfile, log_ratio: float) -> float:
    """Return min over m of the deviances at log EDs m + log ratio and m.

    Each deviance rises away from its own best log EDs, so the least sum lies between
    them; it is found on a grid refined about its best point.
    """
    left, right = sorted(
        ((top.low - log_ratio, top.high - log_ratio), (bottom.low, bottom.high))
    )
    if left[1] > right[0]:
        return 0.0
    step = 1e-9 * (1 + abs(left[1]) + abs(right[0]))
    scale = bottom.batch.scale
    turned = [
        float(np.arctan((m - scale.centre) / scale.spread)) for m in (left[1], right[0])
    ]
    points = np.concatenate(
        [
            [left[1] - step, left[1] + step, right[0] - step, right[0] + step],
            np.linspace(left[1], right[0], 33),
            scale.log_dose(np.tan(np.linspace(turned[0], turned[1], 33))),
        ]
    )
    best = min(top.at_plus + bottom.at_plus, top.at_minus + bottom.at_minus)
    for _ in range(6):
        points = np.unique(points)
        total = top.deviance(points + log_ratio) + bottom.deviance(points)
        i = int(total.argmin())
        best = min(best, float(total[i]))
        low, high = points[max(i - 1, 0)], points[min(i + 1, points.size - 1)]
        points = np.linspace(low, high, 17)
    return best


def ed_ratio_set(top: EdProfile, bottom: EdProfile, cut: float) -> LogSet:
    """Return the likelihood set of log10 (ED top / ED bottom) under separate slopes.

    It is the sum of two sets of log EDs whose deviances share the cut, so it is an
    interval or a ray; curves with an infinite slope are no exception.
    """
    inside = top.inside - bottom.inside
    falling = [
        min(one.at_minus, one.at_plus) if one.falling else 0.0 for one in (top, bottom)
    ]
    if sum(falling) > cut:
        return LogSet(EMPTY)
    ends: list[tuple[float, bool]] = []
    spread = max(top.batch.scale.spread, bottom.batch.scale.spread)
    far = {
        1: min(top.at_plus + falling[1], bottom.at_minus + falling[0]),
        -1: min(top.at_minus + falling[1], bottom.at_plus + falling[0]),
    }
    for side in (-1, 1):
        outside, width = inside, spread / 4
        while far[side] > cut and abs(outside - inside) < _FAR * spread:
            outside, width = outside + side * width, width * 2
            if ed_ratio_deviance(top, bottom, outside) > cut:
                break
        else:
            ends.append((side * np.inf, False))
            continue
        end = brentq(
            lambda t: ed_ratio_deviance(top, bottom, float(t)) - cut,
            inside,
            outside,
            xtol=1e-13,
            rtol=1e-13,
        )
        before = end - side * 1e-6 * spread
        sharp = ed_ratio_deviance(top, bottom, before) < cut - 1e-3
        jumps = top.batch.scale.log_dose(top.batch.scale.z)[:, None]
        jumps = jumps - bottom.batch.scale.log_dose(bottom.batch.scale.z)
        nearest = float(jumps.flat[np.abs(jumps - end).argmin()])
        sharp = sharp and abs(nearest - end) < 1e-6 * spread
        ends.append((nearest if sharp else float(end), sharp))
    (low, low_open), (high, high_open) = ends
    kind = {0: INTERVAL, 1: RAY, 2: LINE}[int(np.isinf([low, high]).sum())]
    return LogSet(kind, low, high, low_open, high_open)
