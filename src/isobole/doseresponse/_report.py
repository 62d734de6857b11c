"""Everything a report says of one quantal fit, in its order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from isobole.doseresponse._fit_json import (
    curve_dict as curve_dict,
    effect_dict as effect_dict,
)
from isobole.doseresponse._fit_methods import methods as methods
from isobole.doseresponse._fit_tables import (
    count_table as count_table,
    dose_table as dose_table,
    line_table as line_table,
)
from isobole.results import Block, Figure, Heading, Note, Problem

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit


def figure_block(fit: QuantalFit) -> Figure:
    """Return the log-probit figure of one fit."""
    from isobole.doseresponse._figures import curves_figure

    # The table of the figure is the table of the counts: it need not stand twice.
    return replace(curves_figure([fit]), table=count_table(fit))


def problem_notes(problems: Iterable[Problem]) -> list[Note]:
    """Return a note for each problem."""
    return [
        Note(str(problem), "warning" if problem.severity == "warning" else "notice")
        for problem in problems
    ]


def fit_blocks(fit: QuantalFit) -> tuple[Block, ...]:
    """Return everything a report says of one fit."""
    name = fit.data.curve or "Dose-response curve"
    estimate = fit.ed(50)
    blocks: list[Block] = [
        Heading(name),
        Note(f"{str(estimate).rstrip('.')}. Status: {fit.status}.", "notice"),
    ]
    if fit.clusters is not None:
        blocks.append(Note(str(fit.clusters)))
    serious = {"ok", "non-monotone"}
    blocks += [
        Note(sentence, "notice" if set(fit.flags) <= serious else "warning")
        for sentence in fit.messages
    ]
    blocks += problem_notes(fit.problems)
    blocks += [
        dose_table(fit),
        figure_block(fit),
        line_table(fit),
        fit.intervals(50).table(),
        methods(fit),
    ]
    return tuple(blocks)
