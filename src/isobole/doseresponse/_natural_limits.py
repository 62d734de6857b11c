"""The likelihood set of a log10 ED under natural response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    SEPARATED,
)
from isobole.doseresponse._links import probability
from isobole.doseresponse._natural_counts import coarse_loglik, levels_worth_trying
from isobole.doseresponse._newton import maximise

if TYPE_CHECKING:
    from isobole.doseresponse._natural import NaturalFit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NaturalLimits:
    """Ends of the likelihood set of a log10 ED; None where it is not bounded.

    An open end is a dose at which the likelihood jumps: it is not in the set itself.
    `empty` means that no rising or flat curve lies within the cut.
    """

    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    empty: bool = False


def profile_deviance(fit: NaturalFit, q: float, angle: float) -> float:
    """Return 2 (sup l - max l) over slopes >= 0 and C, at a log ED = tan(angle) inside.

    The lines through (log ED, q) are eta = q + rho (cos(angle) z - sin(angle)); at
    angles of plus and minus pi/2 they are flat, at levels below and above q.
    """
    counts = fit.counts
    p = float(probability(counts.link, np.asarray(q)))
    r, s = counts.r, counts.s
    if abs(angle) >= np.pi / 2:
        ends = (0.0, p) if angle > 0 else (p, 1.0)
        best = counts.between(counts.r0, counts.s0, r.sum(), s.sum(), *ends)[0]
        return max(2 * (fit.loglik - best), 0.0)
    h = np.cos(angle) * counts.scale.z - np.sin(angle)
    here = np.abs(h) < 1e-12
    h[here] = 0.0
    low, above = (h < 0) & ~here, (h > 0) & ~here
    best = -np.inf
    if not (s[above] > 0).any():  # an infinite slope is possible
        best = counts.level(
            counts.r0 + r[low].sum(),
            counts.s0 + s[low].sum(),
            r[here].sum(),
            s[here].sum(),
            p,
        )[0]
    levels = levels_worth_trying(counts)
    levels = np.unique(np.append(levels, min(fit.c, 0.95)))
    if counts.fixed is not None:
        levels = levels[:1]
    steep = 1 / np.abs(h[~here]).min()
    rhos = np.array([0.0, 0.7, 2.0, 6.0, 20.0, 0.3 * steep, steep, 3 * steep])
    total = coarse_loglik(counts, q + rhos[:, None] * h, levels)
    for flat in np.argsort(total, axis=None)[-2:]:
        i, j = np.unravel_index(flat, total.shape)
        free = [] if counts.fixed is not None else [max(float(levels[i]), 1e-3)]
        found = maximise(
            lambda theta: counts.evaluate(h[:, None], q, theta),
            np.array([float(rhos[j]), *free]),
            lower=[0.0] * (1 + len(free)),
        )
        best = max(best, found.value)
    return max(2 * (fit.loglik - best), 0.0)


def natural_ed_limits(fit: NaturalFit, q: float, cut: float) -> NaturalLimits:
    """Find the likelihood set {log10 ED: deviance <= cut} under rising curves.

    Parameters
    ----------
    fit : NaturalFit
    q : float
        F^-1 of the wanted effect of the corrected curve (0 for the probit's ED50).
    cut : float
        Chi-square cut, times the heterogeneity factor if there is one.

    Notes
    -----
    The set is unbounded above if a flat curve no higher than the wanted effect is
    within the cut, for any C; unbounded below if one no lower is. Where the set
    has gaps (the likelihood is not concave) its hull is returned.

    Examples
    --------
    >>> from isobole.doseresponse._natural import fit_natural
    >>> x = np.log10([10.0, 20.0, 30.0, 50.0])
    >>> fit = fit_natural("probit", x, [70, 70, 50, 50], [22, 38, 38, 48], (359, 7))
    >>> limits = natural_ed_limits(fit, 0.0, 3.841459)
    >>> print(f"{10**limits.low:.2f} {10**limits.high:.2f}")
    14.00 19.13
    """
    z, edges = fit.counts.scale.z, _edges(fit)
    places = np.concatenate([z[1:] + z[:-1], [-3.0, 3.0, -6.0, 6.0]]) / 2
    points = {*np.arctan(places).tolist(), *np.linspace(-1.5, 1.5, 13).tolist()}
    if fit.inner is not None and fit.inner[1] > 0:
        points.add(float(np.arctan2(q - fit.inner[0], fit.inner[1])))
    near = 1e-6
    for edge in edges:
        points |= {edge - near, edge, edge + near}
    angles = np.array(sorted({*points, -np.pi / 2, np.pi / 2}))
    gaps = [profile_deviance(fit, q, float(angle)) - cut for angle in angles]
    inside = np.flatnonzero(np.array(gaps) <= 0)
    if inside.size == 0:
        return NaturalLimits(None, None, empty=True)
    ends: list[tuple[float | None, bool]] = []
    for i, outward in ((int(inside[0]), -1), (int(inside[-1]), 1)):
        beyond = i + outward
        if not 0 <= beyond < angles.size:
            ends.append((None, False))
            continue
        jump = bool(angles[beyond] in edges)
        angle = float(angles[beyond])
        if not jump:
            angle = brentq(
                lambda t: profile_deviance(fit, q, float(t)) - cut,
                angle,
                float(angles[i]),
                xtol=1e-13,
            )
            angle, jump = _at_dose(fit, q, cut, angle, -outward)
        place = float(fit.counts.scale.log_dose(np.tan(angle)))
        ends.append((place, jump) if abs(place) < 300 else (None, False))
    (low, low_open), (high, high_open) = ends
    return NaturalLimits(low, high, low_open, high_open)


def _at_dose(
    fit: NaturalFit, q: float, cut: float, angle: float, inward: int
) -> tuple[float, bool]:
    """Move an end that a dose's jump makes onto the dose; say if it is open there."""
    doses = np.arctan(fit.counts.scale.z)
    dose = float(doses[np.abs(doses - angle).argmin()])
    near = 1e-6
    if abs(dose - angle) > 1e-9:
        return angle, False
    if profile_deviance(fit, q, dose + inward * near) > cut - 1e-3:
        return angle, False  # crossed there without a jump
    return dose, profile_deviance(fit, q, dose) > cut


def _edges(fit: NaturalFit) -> tuple[float, ...]:
    """Return the angles of the doses between which the best step lies."""
    counts = fit.counts
    spared = np.flatnonzero(counts.s > 0)
    if fit.pattern == ALL_AFFECTED:
        index = [0]
    elif fit.pattern == NONE_AFFECTED:
        index = [counts.s.size - 1]
    elif fit.pattern == SEPARATED:
        index = [int(spared.max()), int(spared.max()) + 1]
    elif fit.pattern == QUASI_SEPARATED:
        index = [int(spared.max())]
    else:
        index = []
    return tuple(float(np.arctan(counts.scale.z[i])) for i in index)
