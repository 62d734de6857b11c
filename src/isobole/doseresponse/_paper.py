"""Log-probit paper: a dose axis in logs, probits left, percents right, two margins.

A proportion of 0 or 1 has no probit, so such points stand in margins of their own
below and above the ruled part, where height means nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy.special import ndtri

from isobole.results import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Margin = Literal["none", "all"]

PROBIT_POINTS = 44.0  # height of one probit
ROW_POINTS = 13.0  # height of one row of a margin
SHEET_POINTS = 370.0  # width of the sheet of a figure of our own
FAINT = "#eef0f3"
_MARGIN_FILL, _MARGIN_EDGE = "#f6f7f9", "#b4bac2"
_RULED = (2.6, 7.4)  # a little more than probits 3 to 7, so that 1 and 99 % fit
# The earlier have precedence where ticks would touch.
_PERCENTS = (
    50, 10, 90, 1, 99, 30, 70, 2, 98, 5, 95, 16, 84, 20, 80, 0.1, 99.9, 40, 60,
    0.01, 99.99,
)  # fmt: skip
_RAISED = str.maketrans("-\N{MINUS SIGN}0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def probit_of(proportion: float) -> float:
    """Return the probit with the historical +5: 5 at one half."""
    return 5.0 + float(ndtri(proportion))


@dataclass(frozen=True, slots=True)
class Paper:
    """The extent of one sheet: log10 doses, ruled probits, rows of the margins."""

    left: float
    right: float
    low: float
    high: float
    rows_none: int
    rows_all: int

    @classmethod
    def of(
        cls,
        log_doses: Sequence[float],
        wanted: Sequence[float],
        probits: Sequence[float],
        rows_none: int,
        rows_all: int,
    ) -> Paper:
        """Choose a sheet for the tested doses and the finite ends in `wanted`.

        Ends more than one decade away from every tested dose do not stretch the
        sheet: what points there leaves it with an arrow.
        """
        first, last = min(log_doses), max(log_doses)
        inside = [x for x in wanted if first - 1 <= x <= last + 1]
        left, right = min([first, *inside]), max([last, *inside])
        pad = max(0.07 * (right - left), 0.08)
        low = min([_RULED[0], *(y - 0.2 for y in probits)])
        high = max([_RULED[1], *(y + 0.2 for y in probits)])
        return cls(left - pad, right + pad, low, high, rows_none, rows_all)

    @property
    def bottom(self) -> float:
        """Lower edge of the sheet, margin included."""
        return self.low - _margin_height(self.rows_none)

    @property
    def top(self) -> float:
        """Upper edge of the sheet, margin included."""
        return self.high + _margin_height(self.rows_all)

    def row(self, margin: Margin, index: int) -> float:
        """Return the height of a row of a margin, counted from the ruled part."""
        away = (index + 0.5) * ROW_POINTS / PROBIT_POINTS + 0.03
        return self.low - away if margin == "none" else self.high + away

    @property
    def height_points(self) -> float:
        """Height of the sheet in a figure of our own."""
        return (self.top - self.bottom) * PROBIT_POINTS

    def rule(self, ax: Axes, dose_label: str, response_label: str) -> None:
        """Set scales, ticks and labels, and rule the sheet faintly."""
        from matplotlib.ticker import FixedFormatter, FixedLocator

        rule_doses(ax, self.left, self.right, dose_label)
        ax.set_ylim(self.bottom, self.top)
        probits = range(math.ceil(self.low), math.floor(self.high) + 1)
        ax.yaxis.set_major_locator(FixedLocator(list(probits)))
        ax.yaxis.set_major_formatter(FixedFormatter([f"{y}" for y in probits]))
        ax.set_ylabel("Probit (5 = 50 %)")
        height = ax.get_window_extent().height * 72.0 / ax.figure.dpi
        places, texts = self._percents(height)
        right = ax.secondary_yaxis("right")
        right.yaxis.set_major_locator(FixedLocator(places))
        right.yaxis.set_major_formatter(FixedFormatter(texts))
        right.set_ylabel(response_label)
        for side in ("top", "right"):
            ax.spines[side].set_visible(True)
        for y in places:
            if self.low < y < self.high:
                ax.axhline(y, color=FAINT, linewidth=0.6, zorder=0.4)
        for inner, outer in ((self.low, self.bottom), (self.high, self.top)):
            if inner != outer:
                ax.axhspan(inner, outer, facecolor=_MARGIN_FILL, zorder=0.5)
                ax.axhline(inner, color=_MARGIN_EDGE, linewidth=0.6, zorder=0.6)

    def _percents(self, height: float) -> tuple[list[float], list[str]]:
        """Choose percents that fit into `height` points, always those of margins."""
        scale = height / (self.top - self.bottom)
        chosen: dict[float, str] = {}
        if self.rows_none:
            chosen[(self.bottom + self.low) / 2] = "0"
        if self.rows_all:
            chosen[(self.top + self.high) / 2] = "100"
        for percent in _PERCENTS:
            y = probit_of(percent / 100)
            gap = min((abs(y - other) for other in chosen), default=math.inf)
            if self.low <= y <= self.high and gap * scale >= 10.5:
                chosen[y] = f"{percent:g}"
        places = sorted(chosen)
        return places, [chosen[y] for y in places]


def _margin_height(rows: int) -> float:
    return (rows * ROW_POINTS) / PROBIT_POINTS + 0.06 if rows else 0.0


def rule_doses(ax: Axes, left: float, right: float, label: str) -> None:
    """Make x a log axis between two log10 doses, with real doses as its labels."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

    major, minor = dose_ticks(left, right), _nines(left, right)
    ax.set_xscale("log")
    ax.set_xlim(10.0**left, 10.0**right)
    ax.xaxis.set_major_locator(FixedLocator(major))
    ax.xaxis.set_major_formatter(FixedFormatter(dose_texts(major)))
    ax.xaxis.set_minor_locator(FixedLocator(minor))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel(label)
    for dose in sorted({*major, *minor}):
        ax.axvline(dose, color=FAINT, linewidth=0.6, zorder=0.4)


def dose_ticks(left: float, right: float) -> list[float]:
    """Return the doses worth a label between two log10 doses.

    1-2-5 steps where they fit; whole decades over long ranges, finer steps over short.

    Examples
    --------
    >>> dose_ticks(0.3, 1.8)
    [2.0, 5.0, 10.0, 20.0, 50.0]
    >>> dose_ticks(0.95, 1.1)
    [9.0, 10.0, 11.0, 12.0]
    """
    patterns = (
        (1.0, 2.0, 5.0),
        (1.0,),
        (1.0, 2.0, 3.0, 5.0, 7.0),
        (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
    )
    for pattern in patterns:
        found = _multiples(left, right, pattern)
        if 4 <= len(found) <= 9:
            return found
    decades = _multiples(left, right, (1.0,))
    if len(decades) > 9:
        return decades[:: math.ceil(len(decades) / 8)]
    low, high = 10.0**left, 10.0**right
    unit = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(s * unit for s in (1, 2, 5, 10) if (high - low) / (s * unit) <= 7)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def _nines(left: float, right: float) -> list[float]:
    if right - left > 4:
        return []
    return _multiples(left, right, [float(k) for k in range(1, 10)])


def _multiples(left: float, right: float, pattern: Sequence[float]) -> list[float]:
    powers = range(math.floor(left), math.floor(right) + 1)
    found = [float(f"{m}e{k}") for k in powers for m in pattern]
    return [d for d in found if left <= math.log10(d) <= right]


def dose_texts(doses: Sequence[float]) -> list[str]:
    """Write doses for an axis: as powers of ten if one of them needs it.

    Examples
    --------
    >>> dose_texts([0.05, 12.5, 20000.0])
    ['0.05', '12.5', '20000']
    >>> dose_texts([1e-4, 2e-8])
    ['10⁻⁴', '2×10⁻⁸']
    """
    if all(1e-4 <= dose < 1e6 for dose in doses):
        return [format_number(dose) for dose in doses]
    texts = []
    for dose in doses:
        mantissa, _, power = f"{dose:.3e}".partition("e")
        raised = "10" + str(int(power)).translate(_RAISED)
        first = f"{float(mantissa):g}"
        texts.append(raised if first == "1" else f"{first}×{raised}")
    return texts
