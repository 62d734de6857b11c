"""The words of a polygonogram: its table, labels and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from isobole.combination._figure_page import Key, line_glyph
from isobole.combination._isobole_sheet import ratio_words
from isobole.combination._isobole_words import NULL_WORDS
from isobole.results import (
    MUTED,
    Cell,
    Limits,
    Missing,
    OptionError,
    Table,
    format_number,
    format_p,
    series_style,
)

if TYPE_CHECKING:
    from isobole.combination._interaction import Interaction

VERDICTS: Final[dict[str, tuple[str, Any]]] = {
    "synergy": (series_style(0).color, "-"),
    "antagonism": (series_style(1).color, (0, (4, 1.6))),
    "additive": (series_style(2).color, (0, (7, 1.6, 1.4, 1.6))),
    "inconclusive": (MUTED, (0, (1, 1.6))),
}


def polygonogram_table(interactions: Sequence[Interaction]) -> Table:
    """Return the data of a polygonogram: one line per pair and ratio."""
    rows: list[tuple[Cell, ...]] = []
    for found in interactions:
        limits = found.index.limits
        gone = Missing(limits.reason or "not bounded")
        rows.append(
            (
                found.drugs[0],
                found.drugs[1],
                ratio_words(found.shares),
                found.index.value,
                gone if limits.low is None else limits.low,
                gone if limits.high is None else limits.high,
                limits.kind,
                found.p if isinstance(found.p, Missing) else format_p(found.p),
                found.verdict.word,
            )
        )
    level = format_number(100 * interactions[0].index.level)
    return Table(
        f"Interaction index of each pair with {level} % limits",
        ("drug", "with", "ratio", "index", "low", "high", "limits", "p", "verdict"),
        tuple(rows),
    )


def check_pairs(interactions: Sequence[Interaction]) -> None:
    """Raise `OptionError` unless all are pairs at one effect level."""
    if not interactions:
        raise OptionError("There is no pair to draw; give at least one interaction.")
    for found in interactions:
        if len(found.drugs) != 2:
            msg = (
                f"{found.name} holds {len(found.drugs)} drugs; a polygonogram joins "
                "pairs. Leave it out."
            )
            raise OptionError(msg)
        if found.effect != interactions[0].effect:
            msg = (
                f"{found.name} is at {found.effect:g} % and {interactions[0].name} at "
                f"{interactions[0].effect:g} %; give interactions at one effect level."
            )
            raise OptionError(msg)


def pair_name(found: Interaction) -> str:
    """Name a pair with its ratio."""
    return f"{found.drugs[0]} and {found.drugs[1]} {ratio_words(found.shares)}"


def edge_label(found: Interaction) -> str:
    """Return what is written on an edge: the index, or its limits without one."""
    value = found.index.value
    if not isinstance(value, Missing):
        return f"{value:.2f}" if 0.1 <= value < 10 else format_number(value, 2)
    return _short(found.index.limits)


def _short(limits: Limits) -> str:
    low, high = limits.low, limits.high
    if limits.set_kind == "interval" and low is not None and high is not None:
        return f"{format_number(low, 2)} to {format_number(high, 2)}"
    if limits.set_kind == "ray" and high is not None:
        return f"< {format_number(high, 2)}"
    if limits.set_kind == "ray" and low is not None:
        return f"> {format_number(low, 2)}"
    return "—"


def index_words(found: Interaction) -> str:
    """Say an index with its limits."""
    value, limits = found.index.value, found.index.limits
    if isinstance(value, Missing):
        return _short(limits) if limits.set_kind else "not estimated"
    return f"{format_number(value, 3)} {limits}"


def pair_keys(interactions: Sequence[Interaction]) -> list[Key]:
    """Return the keys below a polygonogram."""
    present = {found.verdict.word for found in interactions}
    keys = [
        Key(word, line_glyph(color=color, linestyle=dashes, linewidth=width))
        for word, (color, dashes) in VERDICTS.items()
        if word in present
        for width in (1.4 if word == "inconclusive" else 2.4,)
    ]
    effect = format_number(interactions[0].effect)
    models = sorted({found.null_model for found in interactions})
    nulls = " or ".join(NULL_WORDS.get(model, model) for model in models)
    keys.append(
        Key(
            f"Numbers are interaction indices at {effect} % effect (below 1: less of "
            "the drugs needed than additivity expects); limits where there is no "
            "estimate. Lines are wider the further an index is from 1, unless "
            f"inconclusive. Verdicts are against {nulls}."
        )
    )
    return keys
