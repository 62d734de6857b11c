"""Figures of the room: curves on log-probit paper, estimates side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.doseresponse._curve_ink import (
    BELOW,
    LINE_POINTS,
    draw_estimate,
    draw_line,
    draw_points,
    sheet_size,
    write_words,
)
from isobole.doseresponse._curve_path import has_line
from isobole.doseresponse._curve_sheet import (
    Sheet,
    curve_names,
    lay_out,
    remarks,
)
from isobole.doseresponse._data import check_unit
from isobole.doseresponse._estimates_figure import (
    draw_estimates as draw_estimates,
    estimates_figure as estimates_figure,
)
from isobole.doseresponse._interval_bar import estimate_words
from isobole.doseresponse._options import check_percent
from isobole.doseresponse._paper import SHEET_POINTS
from isobole.doseresponse._placement import Placer
from isobole.results import (
    Cell,
    Figure,
    Missing,
    OptionError,
    Table,
    format_number,
    new_figure,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.doseresponse._fit_result import QuantalFit

_LEFT, _RIGHT, _TOP = 44.0, 46.0, 12.0  # points around the paper


def draw_curves(
    fits: Sequence[QuantalFit],
    *,
    ax: Axes | None = None,
    effect: float = 50.0,
    title: str | None = None,
) -> MatplotlibFigure:
    """Draw curves on log-probit paper with counts, limits and effective doses.

    Parameters
    ----------
    fits : sequence of QuantalFit
        One to about six curves with doses in one unit.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.
    effect : float
        Percent whose dose is drawn as a bar with its limits.
    title : str, optional
        Stands above the paper.

    Returns
    -------
    matplotlib.figure.Figure
        Whatever the status of the fits: without a finite slope there is no line, but
        the points, the limits and a sentence.

    Raises
    ------
    OptionError
        If there is no fit, or `effect` is not between 0 and 100.
    DataError
        If the curves have doses in different units.

    Examples
    --------
    >>> from isobole.doseresponse import QuantalData, fit_quantal
    >>> data = QuantalData([5, 10, 20, 40], [8] * 4, [0, 2, 5, 8], unit="mg/kg")
    >>> figure = draw_curves([fit_quantal(data)])
    >>> figure.axes[0].get_xlabel()
    'Dose (mg/kg)'
    """
    if not fits:
        raise OptionError("There is no curve to draw; give at least one fit.")
    check_percent(effect)
    unit = check_unit([fit.data for fit in fits])
    with style():
        width = SHEET_POINTS if ax is None else sheet_size(ax)[0]
        sheet = lay_out(fits, effect, width)
        if ax is None:
            ax = _new_axes(sheet, bool(title))
        response = {fit.data.endpoint for fit in fits}
        name = response.pop() if len(response) == 1 else "affected"
        sheet.paper.rule(
            ax,
            f"Dose ({unit})" if unit else "Dose",
            f"{name[:1].upper()}{name[1:]} (%)",
        )
        placer = Placer((0.0, 0.0, *sheet_size(ax)))
        for index, fit in enumerate(fits):
            draw_line(ax, sheet, index, fit, placer)
        for index in range(len(fits)):
            draw_estimate(ax, sheet, index, placer)
        draw_points(ax, sheet, placer)
        write_words(ax, sheet)
        if title:
            ax.set_title(title, loc="left")
        return ax.figure.figure


def _new_axes(sheet: Sheet, titled: bool) -> Axes:
    top = _TOP + (14.0 if titled else 0.0)
    below = BELOW + LINE_POINTS * len(sheet.words) + 4.0
    width = _LEFT + SHEET_POINTS + _RIGHT
    height = below + sheet.paper.height_points + top
    figure = new_figure(width / 72 * 2.54, height / 72 * 2.54)
    figure.set_layout_engine("none")
    return figure.add_axes(
        (
            _LEFT / width,
            below / height,
            SHEET_POINTS / width,
            sheet.paper.height_points / height,
        )
    )


def curves_figure(
    fits: Sequence[QuantalFit], *, effect: float = 50.0, title: str | None = None
) -> Figure:
    """Return the figure of curves as a report block, with its alt text and table.

    Parameters
    ----------
    fits : sequence of QuantalFit
        Curves with doses in one unit.
    effect : float
        Percent whose dose is drawn.
    title : str, optional
        Caption; one is made without it.
    """
    names = curve_names(fits)
    if title is None:
        title = "Dose and response on log-probit paper"
        if any(names):
            title += ": " + ", ".join(name for name in names if name)
    return Figure(
        title,
        _alt(fits, effect),
        lambda: draw_curves(fits, effect=effect),
        _table(fits, title),
    )


def _alt(fits: Sequence[QuantalFit], effect: float) -> str:
    unit = check_unit([fit.data for fit in fits])
    scale = f"log dose in {unit}" if unit else "log dose"
    many = "one curve" if len(fits) == 1 else f"{len(fits)} curves"
    said = [f"Probit of the response against {scale}, {many}."]
    for name, fit in zip(curve_names(fits), fits, strict=True):
        dose, n, r = fit.data.groups
        count = f"{dose.size} doses" if dose.size > 1 else "one dose"
        span = format_number(float(dose[0]))
        if dose.size > 1:
            span += f" to {format_number(float(dose[-1]))}"
        counts = ", ".join(f"{a}/{b}" for a, b in zip(r, n, strict=True))
        line = (
            ("a rising" if fit.solution.slope > 0 else "a falling") + " line with band"
            if has_line(fit)
            else "no line"
        )
        said.append(
            f"{name or 'The curve'}: {count} ({span}) with {counts} "
            f"{fit.data.endpoint}; {line}; {estimate_words(fit.ed(effect))}."
        )
        animals, responded = fit.data.control
        if animals:
            said.append(f"Control {responded}/{animals}.")
        if remark := remarks(fit):
            said.append(remark)
    return " ".join(said)


def _table(fits: Sequence[QuantalFit], title: str) -> Table:
    unit = check_unit([fit.data for fit in fits])
    rows: list[tuple[Cell, ...]] = []
    for name, fit in zip(curve_names(fits), fits, strict=True):
        n0, r0 = fit.data.control
        if n0:
            at_zero: Cell = (
                Missing("The control rows are not in the curve.")
                if fit.natural_response is None
                else round(100 * fit.solution.natural, 2)
            )
            rows.append((name, 0.0, n0, r0, round(100 * r0 / n0, 2), at_zero))
        dose, n, r = fit.data.groups
        fitted = fit.proportion_at(dose)
        for i in range(dose.size):
            expected: Cell = (
                Missing("There is no curve with a finite slope.")
                if isinstance(fitted, Missing)
                else round(100 * float(fitted[i]), 2)
            )
            observed = round(100 * float(r[i]) / float(n[i]), 2)
            counts = (float(dose[i]), int(n[i]), int(r[i]))
            rows.append((name, *counts, observed, expected))
    columns = (
        "curve",
        f"dose ({unit})" if unit else "dose",
        "n",
        "affected",
        "observed (%)",
        "fitted (%)",
    )
    return Table(title, columns, tuple(rows))
