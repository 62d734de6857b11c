"""The numbers of an isobologram: axes, line and band, curved edges, rays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.combination._index import arm_dose, log_delta
from isobole.results import Estimate, Limits, Missing, OptionError, format_number

if TYPE_CHECKING:
    from isobole.combination._interaction import Interaction

FloatArray = NDArray[np.float64]
Mark = Literal["none", "cap", "open", "arrow"]

_STEPS: Final = 81
_ROOM: Final = 1.9  # how far wide limits may stretch an axis beyond the estimates


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a confidence set on a dose axis that begins at 0."""

    start: float
    end: float
    start_mark: Mark
    end_mark: Mark


def stretches(limits: Limits, top: float) -> list[Stretch]:
    """Cut a set of doses to an axis from 0 to `top`; an arrow where it goes on.

    A side without a lower limit begins at dose 0, where every dose does.

    Examples
    --------
    >>> stretches(Limits("likelihood", 0.95, "ray", 10.0, None), 20.0)
    [Stretch(start=10.0, end=20.0, start_mark='cap', end_mark='arrow')]
    >>> len(stretches(Limits("fieller", 0.95, "complement", 4.0, 9.0), 20.0))
    2
    """
    if limits.set_kind in (None, "empty"):
        return []
    low_mark: Mark = "open" if limits.bounds in ("open", "low-open") else "cap"
    high_mark: Mark = "open" if limits.bounds in ("open", "high-open") else "cap"
    if limits.set_kind == "complement":
        found = []
        if limits.low is not None:
            found.append(_cut(None, limits.low, "none", low_mark, top))
        if limits.high is not None:
            found.append(_cut(limits.high, None, high_mark, "arrow", top))
        return found
    return [_cut(limits.low, limits.high, low_mark, high_mark, top)]


def _cut(
    low: float | None, high: float | None, low_mark: Mark, high_mark: Mark, top: float
) -> Stretch:
    if low is not None and low >= top:  # all of it lies beyond the axis
        return Stretch(0.95 * top, top, "none", "arrow")
    start, start_mark = (0.0, "none") if low is None else (low, low_mark)
    if high is None or high > top:
        return Stretch(start, top, start_mark, "arrow")  # type: ignore[arg-type]
    return Stretch(start, high, start_mark, high_mark)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Ray:
    """One mixture on its ray."""

    found: Interaction
    ratio: str
    reach: float
    """Total dose at which the ray leaves the frame."""

    def place(self, total: float) -> tuple[float, float]:
        """Return the doses of both drugs in a total dose."""
        return self.found.shares[0] * total, self.found.shares[1] * total


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything an isobologram shows, in doses of the two drugs.

    `line` holds the single-drug doses; `band` the region between the limits of the
    additive dose on every ray, its lower edge first; `between` the region between
    the lines through the limits of single drugs that have no estimate; `edges` the
    dose-equivalence curves, the first drug expressed as the second and the reverse.
    """

    drugs: tuple[str, str]
    unit: str
    effect: float
    right: float
    top: float
    singles: tuple[Estimate, Estimate]
    line: tuple[float, float] | None
    band: tuple[FloatArray, FloatArray] | None
    between: tuple[FloatArray, FloatArray] | None
    edges: tuple[FloatArray, FloatArray] | None
    rays: tuple[Ray, ...]

    @property
    def first(self) -> Interaction:
        """The interaction all rays share their single drugs with."""
        return self.rays[0].found


def ratio_words(shares: Sequence[float]) -> str:
    """Write the ratio of a ray, its smallest share being 1.

    Examples
    --------
    >>> ratio_words((0.2, 0.8)), ratio_words((0.6, 0.4))
    ('1:4', '1.5:1')
    """
    least = min(shares)
    return ":".join(format_number(share / least, 3) for share in shares)


def lay_out(interactions: Sequence[Interaction]) -> Sheet:
    """Work out one sheet for the rays of two drugs at one effect level."""
    _check(interactions)
    first = interactions[0]
    a, b = first.single
    line = None
    if not isinstance(a.value, Missing) and not isinstance(b.value, Missing):
        line = (float(a.value), float(b.value))
    band = None if line is None else _band(first, line)
    right, top = (_extent(interactions, band, axis) for axis in (0, 1))
    rays = []
    for found in interactions:
        p, q = found.shares
        rays.append(Ray(found, ratio_words(found.shares), min(right / p, top / q)))
    return Sheet(
        (first.drugs[0], first.drugs[1]),
        str(a.unit) if a.unit else "",
        first.effect,
        right,
        top,
        (a, b),
        line,
        band,
        _between(a, b, right, top) if line is None else None,
        _edges(first, line),
        tuple(rays),
    )


def _check(interactions: Sequence[Interaction]) -> None:
    if not interactions:
        raise OptionError("There is no interaction to draw; give at least one.")
    first = interactions[0]
    for found in interactions:
        if len(found.drugs) != 2:
            msg = (
                f"{found.name} holds {len(found.drugs)} drugs; an isobologram has two "
                "axes. Draw a polygonogram of the pairs."
            )
            raise OptionError(msg)
        same = found.drugs == first.drugs and found.effect == first.effect
        alone = [(e.value, e.low, e.high, e.unit) for e in found.single]
        if not same or alone != [
            (e.value, e.low, e.high, e.unit) for e in first.single
        ]:
            msg = (
                f"{found.name} at {found.effect:g} % and {first.name} at "
                f"{first.effect:g} % do not share their single-drug doses; draw in one "
                "figure only mixtures of one analysis at one effect level."
            )
            raise OptionError(msg)


def _band(
    found: Interaction, line: tuple[float, float]
) -> tuple[FloatArray, FloatArray] | None:
    """Return the limits of the additive dose on every ray, by the variance rule."""
    arms = [arm_dose(fit, found.effect) for fit in found.fits[:2]]
    low, high = [], []
    for part in np.linspace(1e-9, 1 - 1e-9, _STEPS):  # a ray has both drugs
        doses = np.array([part * line[0], (1 - part) * line[1]])
        shares = doses / doses.sum()
        limits = log_delta(
            arms,
            Missing("not asked"),
            shares.tolist(),
            rule=found.additive.rule,  # type: ignore[arg-type]
            level=found.additive.limits.level,
        ).additive.limits
        if limits.low is None or limits.high is None:
            return None
        low.append(limits.low * shares)
        high.append(limits.high * shares)
    return np.array(low), np.array(high)


def _between(
    a: Estimate, b: Estimate, right: float, top: float
) -> tuple[FloatArray, FloatArray] | None:
    """Return the region of all Loewe lines that end within both limits.

    A drug whose dose has no upper limit lets the last line run along its axis.
    """
    for estimate in (a, b):
        if estimate.set_kind not in ("interval", "ray") or estimate.low is None:
            return None
    low = np.array([[0.0, b.low], [a.low, 0.0]], dtype=float)
    if a.high is not None and b.high is not None:
        high = [[0.0, b.high], [a.high, 0.0]]
    elif a.high is not None:
        high = [[0.0, 2 * top], [a.high, 2 * top], [a.high, 0.0]]
    elif b.high is not None:
        high = [[0.0, b.high], [2 * right, b.high], [2 * right, 0.0]]
    else:
        high = [[0.0, 2 * top], [2 * right, 2 * top], [2 * right, 0.0]]
    return low, np.array(high, dtype=float)


def _edges(
    found: Interaction, line: tuple[float, float] | None
) -> tuple[FloatArray, FloatArray] | None:
    k = found.band.k
    if line is None or isinstance(k, Missing):
        return None
    # Points dense at both ends, where a curve may run along its axis.
    part = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, _STEPS))
    a_as_b = np.column_stack([line[0] * (1 - part) ** k, line[1] * part])
    b_as_a = np.column_stack([line[0] * part, line[1] * (1 - part) ** (1 / k)])
    return a_as_b, b_as_a[::-1]


def _extent(
    interactions: Sequence[Interaction],
    band: tuple[FloatArray, FloatArray] | None,
    axis: int,
) -> float:
    """Return where an axis ends: all estimates, and limits that are not too far."""
    must: list[float] = []
    wish: list[float] = []
    own = interactions[0].single[axis]
    for estimate, share in [(own, 1.0)] + [
        (found.observed, found.shares[axis]) for found in interactions
    ]:
        known = [] if isinstance(estimate.value, Missing) else [float(estimate.value)]
        ends = [end for end in (estimate.low, estimate.high) if end is not None]
        must += [share * x for x in (known or ends)]
        wish += [share * end for end in ends]
    if band is not None:
        wish.append(float(band[1][:, axis].max()))
    most = max(must, default=max(wish, default=1.0))
    return 1.08 * max([most, *(x for x in wish if x <= _ROOM * most)])
