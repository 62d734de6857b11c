"""The isobologram: two drugs, their mixtures, and what additivity expects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from isobole.combination._figure_page import new_axes, write_keys
from isobole.combination._isobole_ink import draw_sheet
from isobole.combination._isobole_sheet import lay_out
from isobole.combination._isobole_words import alt_text, keys_of, points_table
from isobole.results import Figure, format_number, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.combination._interaction import Interaction

SIDE: Final = 330.0  # of the square axes, in points


def draw_isobologram(
    interaction: Interaction, *, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw the isobologram of one mixture of two drugs.

    The single-drug doses stand on the axes with their limits; between them run Loewe's
    line with its limits and, hatched, the dose-equivalence area; on the dotted ray
    stand the additive dose (hollow) and the observed one (filled) with its limits.

    Parameters
    ----------
    interaction : Interaction
        Of two drugs.
    ax : matplotlib Axes, optional
        Where to draw, with room below for the words; a new figure without it.

    Raises
    ------
    OptionError
        If there are more than two drugs.
    """
    return draw_isobolograms([interaction], ax=ax)


def draw_isobolograms(
    interactions: Sequence[Interaction], *, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw several mixtures of the same two drugs at one effect level.

    Parameters
    ----------
    interactions : sequence of Interaction
        Of one analysis: they share the single-drug doses.
    ax : matplotlib Axes, optional
        Where to draw, with room below for the words; a new figure without it.

    Raises
    ------
    OptionError
        If there is none, one has more than two drugs, or they differ in drugs, effect
        level or single-drug doses.
    """
    sheet = lay_out(interactions)
    keys = keys_of(sheet)
    with style():
        if ax is None:
            ax = new_axes(SIDE, SIDE, keys)
        draw_sheet(ax, sheet)
        write_keys(ax, keys)
        return ax.figure.figure


def isobologram_figure(interaction: Interaction) -> Figure:
    """Return the isobologram of one mixture as a report block."""
    return isobolograms_figure([interaction])


def isobolograms_figure(interactions: Sequence[Interaction]) -> Figure:
    """Return the isobologram of several mixtures of two drugs as a report block.

    Its alternative text says every number, its table holds every point.
    """
    sheet = lay_out(interactions)
    ratios = ", ".join(ray.ratio for ray in sheet.rays)
    title = (
        f"Isobologram of {' and '.join(sheet.drugs)} {ratios} at "
        f"{format_number(sheet.effect)} % effect"
    )
    return Figure(
        title,
        alt_text(sheet),
        lambda: draw_isobolograms(interactions),
        points_table(sheet, title),
    )
