"""The four estimators of an up-and-down run, on its working axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from isobole.doseresponse._estimator_result import antilog, check_level, no_limits
from isobole.doseresponse._isotonic import centred_nodes, crossing
from isobole.doseresponse._ordered import ordered_set, pool_adjacent
from isobole.doseresponse._run import SLACK, Run, one_sided_reason
from isobole.doseresponse._up_and_down_likelihood import estimated_sigma, fixed_sigma
from isobole.results import Bounds, Limits, Missing, Note, SetKind


@dataclass(frozen=True, slots=True)
class Found:
    """What an estimator returns: location, limits (natural doses), by-products.

    `moments` are Dixon and Mood's outcome, N, A and B.
    """

    location: float | Missing
    limits: Limits
    sigma: float | Missing
    se: float | Missing
    moments: tuple[str, int, int, int] | None = None
    notes: tuple[Note, ...] = ()


def _nothing(kind: str, level: float, reason: str) -> Found:
    gone = Missing(reason)
    return Found(gone, no_limits(kind, level, reason), gone, gone)


def likelihood(run: Run, scale: str, level: float, sigma: float | None) -> Found:
    """Return the maximum likelihood location, sigma held or estimated."""
    held = sigma is not None
    kind = "likelihood ratio, sigma held" if held else "profile likelihood ratio"
    fit = (
        estimated_sigma(run, level) if sigma is None else fixed_sigma(run, sigma, level)
    )
    reason = one_sided_reason(run)
    location = Missing(reason) if reason else fit.mu
    spread = Missing(reason) if reason and not held else fit.sigma
    no_se = Missing("Likelihood limits are used; a standard error is not.")
    if fit.set_kind is None:
        why = location.reason if isinstance(location, Missing) else "No set exists."
        limits = no_limits(kind, level, why)
    elif fit.set_kind == "empty":
        limits = Limits(
            kind,
            level,
            "empty",
            reason="No rising curve agrees with the run at this level; check the "
            "coding of the responses.",
        )
    else:
        limits = _axis_limits(kind, level, scale, fit.low, fit.high, fit.bounds)
    return Found(location, limits, spread, no_se)


def centred_isotonic(run: Run, scale: str, level: float) -> Found:
    """Return the centred isotonic location; limits ignore the sequential design."""
    x, n, r = run.groups
    p = pool_adjacent(r.tolist(), n.tolist()).value
    nodes = centred_nodes(x, p, n.astype(np.float64))
    location: float | Missing | None = crossing(*nodes, 0.5)
    reason = one_sided_reason(run)
    if location is None:
        location = Missing(
            reason
            or "The isotonic curve does not cross 50 % over this run; go on "
            "with more trials."
        )
    levels = [10.0**v if scale == "log10" else float(v) for v in x]
    limits = ordered_set(levels, n.tolist(), r.tolist(), 0.5, level)
    gone = Missing("Isotonic regression has no sigma and no standard error.")
    note = Note(
        "The limits take each dose's trials as a fixed number, which an up-and-down "
        "run does not; they are conservative at each dose, not exact for the run."
    )
    return Found(location, limits, gone, gone, notes=(note,))


def dixon_mood(run: Run, scale: str, level: float, outcome: str) -> Found:
    """Return Dixon and Mood's (1948) mean, sigma and standard error."""
    kind = "Dixon-Mood normal"
    reason = one_sided_reason(run)
    if reason or run.step is None:
        return _nothing(kind, level, reason or "The trials were at one dose.")
    hits = int(run.y.sum())
    if outcome == "less-frequent":
        outcome = "responders" if hits <= run.y.size - hits else "non-responders"
    wanted = 1 if outcome == "responders" else 0
    x, d = run.x[run.y == wanted], run.step
    y0 = float(x.min())
    steps = (x - y0) / d
    i = np.rint(steps)
    if np.abs(steps - i).max() > SLACK:
        return _nothing(
            kind,
            level,
            "The doses are not evenly spaced on this scale, which Dixon-Mood needs; "
            'use method="likelihood", or the other scale.',
        )
    count, a, b = int(i.size), int(i.sum()), int((i * i).sum())
    location = y0 + d * (a / count + (-0.5 if wanted else 0.5))
    ratio = (count * b - a * a) / count**2
    sigma = 1.62 * d * (ratio + 0.029)
    se = (6 * sigma + d) / (7 * float(np.sqrt(count)))
    half = check_level(level) * se
    notes = [
        Note(
            "Dixon-Mood is given for comparison with older work; likelihood or centred "
            "isotonic estimates use the run better."
        )
    ]
    if ratio <= 0.3:
        notes.append(
            Note(
                "(NB - A²)/N² is 0.3 or less, where Dixon and Mood's formula for sigma "
                "does not hold: sigma and the limits are rough.",
                "warning",
            )
        )
    limits = _axis_limits(kind, level, scale, location - half, location + half)
    return Found(location, limits, sigma, se, (outcome, count, a, b), tuple(notes))


def brownlee(run: Run, level: float) -> Found:
    """Return the mean dose from the first reversal on, trial n + 1 included."""
    kind = "no limits"
    reason = one_sided_reason(run)
    if reason or run.next_x is None:
        return _nothing(kind, level, reason or "The trials were at one dose.")
    first = int(np.flatnonzero(np.diff(run.y))[0]) + 1
    location = float(np.mean([*run.x[first:], run.next_x]))
    why = "Brownlee's mean comes without limits; use the likelihood for them."
    return Found(location, no_limits(kind, level, why), Missing(why), Missing(why))


OUTSIDE = "The estimate is not a dose above 0; check the doses and the scale."


def to_dose_on(scale: str) -> Callable[[float], float | None]:
    """Return the way back from the working axis; None where there is no dose."""
    if scale == "log10":
        return antilog
    return lambda x: x if x > 0 else None


def _axis_limits(
    kind: str,
    level: float,
    scale: str,
    low: float | None,
    high: float | None,
    bounds: Bounds = "closed",
) -> Limits:
    """Return limits on the natural dose from finite ends on the working axis."""
    to_dose = to_dose_on(scale)
    ends = [None if end is None else to_dose(end) for end in (low, high)]
    reasons = []
    for end, dose, side in zip((low, high), ends, ("below", "above"), strict=True):
        if dose is None:
            why = (
                "the trials do not rule it out; add trials"
                if end is None
                else 'the limit is not a dose above 0; scale="log10" keeps it so'
            )
            reasons.append(f"The set is not bounded {side}: {why}.")
    count = sum(end is not None for end in ends)
    shape: SetKind = "line" if not count else "ray" if count == 1 else "interval"
    return Limits(
        kind,
        level,
        shape,
        ends[0],
        ends[1],
        bounds,
        reason=" ".join(reasons) or None,
    )
