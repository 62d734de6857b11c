"""What goes on a sheet of log-probit paper: points, bars and words, and where."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from isobole.doseresponse._curve_path import has_line
from isobole.doseresponse._interval_bar import estimate_words, limit_words, pieces
from isobole.doseresponse._paper import Margin, Paper, probit_of
from isobole.doseresponse._placement import text_size
from isobole.results import Estimate, Missing, format_number

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit

_LANE = 0.17  # probits between the bars of neighbouring curves


@dataclass(frozen=True, slots=True)
class Point:
    """One dose group of one curve: where it stands and its count as a label."""

    curve: int
    log_dose: float
    text: str
    probit: float | None  # None in a margin
    margin: Margin | None = None
    row: int = 0
    shift: float = 0.0  # points aside, where another point would hide it


@dataclass(frozen=True, slots=True)
class Sheet:
    """A laid-out figure: everything but the ink."""

    paper: Paper
    per_decade: float
    points: tuple[Point, ...]
    estimates: tuple[Estimate, ...]
    lanes: tuple[float, ...]
    names: tuple[str, ...]
    drawn: tuple[bool, ...]  # whether the curve has a line
    words: tuple[tuple[int | None, str], ...]


def curve_names(fits: Sequence[QuantalFit]) -> tuple[str, ...]:
    """Return the curves' names; a lone curve without one needs none."""
    if len(fits) == 1:
        return (fits[0].data.curve or "",)
    return tuple(fit.data.curve or f"curve {i}" for i, fit in enumerate(fits, 1))


def natural(fit: QuantalFit) -> float:
    """Return the proportion by which points are corrected for display (Abbott)."""
    if fit.natural_response is None:
        return 0.0
    animals, responded = fit.data.control
    if fit.options.natural_handling == "abbott" and animals:
        return responded / animals
    return fit.solution.natural


def lay_out(fits: Sequence[QuantalFit], effect: float, width: float) -> Sheet:
    """Choose the paper and put every point, bar and word on it.

    Parameters
    ----------
    fits : sequence of QuantalFit
    effect : float
        Percent whose dose is drawn as a bar.
    width : float
        Width of the sheet in points of the page.
    """
    estimates = tuple(fit.ed(effect) for fit in fits)
    found = [p for i, fit in enumerate(fits) for p in _points(i, fit)]
    ends = [
        math.log10(value)
        for e in estimates
        for value in (e.low, e.high, None if isinstance(e.value, Missing) else e.value)
        if value is not None
    ]
    probits = [p.probit for p in found if p.probit is not None]
    paper = Paper.of(
        [p.log_dose for p in found], ends, [*probits, probit_of(effect / 100)], 0, 0
    )
    per_decade = width / (paper.right - paper.left)
    rows_none, lower = _rows([p for p in found if p.margin == "none"], per_decade)
    rows_all, upper = _rows([p for p in found if p.margin == "all"], per_decade)
    partial = _side_by_side([p for p in found if p.probit is not None], per_decade)
    lanes = _lanes(estimates, effect, (paper.left, paper.right))
    return Sheet(
        replace(paper, rows_none=rows_none, rows_all=rows_all),
        per_decade,
        (*partial, *lower, *upper),
        estimates,
        lanes,
        curve_names(fits),
        tuple(has_line(fit) for fit in fits),
        _words(fits, estimates, len(set(lanes)) > 1, width),
    )


def _points(index: int, fit: QuantalFit) -> list[Point]:
    c = natural(fit)
    points = []
    for dose, n, r in zip(*fit.data.groups, strict=True):
        p = (float(r) / float(n) - c) / (1 - c)
        margin: Margin | None = "none" if p <= 0 else "all" if p >= 1 else None
        probit = None if margin else probit_of(p)
        points.append(Point(index, math.log10(dose), f"{r}/{n}", probit, margin))
    return points


def _rows(points: Sequence[Point], per_decade: float) -> tuple[int, list[Point]]:
    """Give every curve its own rows in a margin, as many as its labels need."""
    placed: list[Point] = []
    first = 0
    for curve in sorted({p.curve for p in points}):
        free_from: list[float] = []
        for point in sorted(
            (p for p in points if p.curve == curve), key=lambda p: p.log_dose
        ):
            start = point.log_dose * per_decade - 5
            room = 16 + text_size(point.text)[0]
            row = next((i for i, x in enumerate(free_from) if x <= start), None)
            if row is None:
                row = len(free_from)
                free_from.append(0.0)
            free_from[row] = start + room
            placed.append(replace(point, row=first + row))
        first += len(free_from)
    return first, placed


def _side_by_side(points: Sequence[Point], per_decade: float) -> list[Point]:
    """Move points of different curves apart that would hide each other."""
    groups: list[list[Point]] = []
    for point in points:
        for group in groups:
            other = group[0]
            assert point.probit is not None
            assert other.probit is not None
            near = abs(point.log_dose - other.log_dose) * per_decade < 5
            if near and abs(point.probit - other.probit) * 44 < 5:
                group.append(point)
                break
        else:
            groups.append([point])
    return [
        replace(point, shift=7.0 * (k - (len(group) - 1) / 2))
        for group in groups
        for k, point in enumerate(group)
    ]


def _lanes(
    estimates: Sequence[Estimate], effect: float, frame: tuple[float, float]
) -> tuple[float, ...]:
    """Return the height of each bar: that of the effect, or just beside it."""
    taken: list[list[tuple[float, float]]] = []
    lanes = []
    margin = 0.03 * (frame[1] - frame[0])
    for estimate in estimates:
        spans = [(p.start, p.end) for p in pieces(estimate.limits, *frame)]
        lane = next(
            (
                k
                for k, others in enumerate(taken)
                if all(
                    a > d + margin or c > b + margin
                    for a, b in spans
                    for c, d in others
                )
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane] += spans
        lanes.append((lane + 1) // 2 * (-1 if lane % 2 else 1))
    return tuple(probit_of(effect / 100) + _LANE * lane for lane in lanes)


def _words(
    fits: Sequence[QuantalFit],
    estimates: Sequence[Estimate],
    apart: bool,
    width: float,
) -> tuple[tuple[int | None, str], ...]:
    """Return the lines below the paper, with the curve whose key stands before."""
    words: list[tuple[int | None, str]] = []
    columns = max(int(width / 4.0), 32)

    def add(index: int | None, text: str) -> None:
        first, *rest = textwrap.wrap(text, columns)
        words.append((index, first))
        words.extend((None, line) for line in rest)

    for i, (fit, estimate) in enumerate(zip(fits, estimates, strict=True)):
        name = curve_names(fits)[i]
        animals, responded = fit.data.control
        control = f"; control {responded}/{animals}" if animals else ""
        add(i, (f"{name}: " if name else "") + estimate_words(estimate) + control)
        if remark := remarks(fit):
            add(None, remark)
    add(None, _key(fits, estimates, apart))
    return tuple(words)


def remarks(fit: QuantalFit) -> str:
    """Return what must be known to read a curve: its status, a correction."""
    said: list[str] = []
    if fit.status != "ok":
        said += fit.messages[:1]
    if fit.status in ("single-dose", "none-affected", "all-affected"):
        said += fit.messages[-1:]
    c = natural(fit)
    if fit.natural_response is not None and c > 0:
        said.append(
            f"The curve is of the response above a natural response of "
            f"{format_number(100 * c, 3)} %; points are corrected for it by Abbott's "
            "formula for display only."
        )
    return " ".join(dict.fromkeys(said))


def _key(fits: Sequence[QuantalFit], estimates: Sequence[Estimate], apart: bool) -> str:
    drawn = any(e.set_kind not in (None, "empty") for e in estimates)
    banded = any(has_line(fit) for fit in fits)
    said = ["Counts: affected/animals."]
    if drawn:
        e = estimates[0]
        same = {(x.level, x.interval) for x in estimates} == {(e.level, e.interval)}
        kind = limit_words(e) if same else "the"
        what = "Bar and band" if banded else "Bar"
        said.append(f"{what}: {kind} limits of the dose.")
        if apart:
            said.append("Bars that would overlap are set apart in height.")
        if any(e.set_kind in ("ray", "line", "complement") for e in estimates):
            said.append("Arrow: not bounded.")
        if any(e.limits.bounds != "closed" for e in estimates):
            said.append("Open end: not itself included.")
    if any(p.margin for i, fit in enumerate(fits) for p in _points(i, fit)):
        said.append("Triangles: 0 or 100 %, which have no probit.")
    return " ".join(said)
