"""Fits as terminal blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.analysis import curve_name, effects_table, shared_problems
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Cell,
    Estimate,
    Missing,
    Note,
    Severity,
    Table,
    Text,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.doseresponse import QuantalFit

MANY = 3


def lines_table(fits: Sequence[QuantalFit]) -> Table:
    """Return slopes and goodness of fit of all curves."""
    several = len(fits) > 1 or bool(fits[0].data.curve)
    natural = any(fit.natural_response is not None for fit in fits)
    rows = []
    for fit in fits:
        test = fit.goodness_of_fit
        row: list[Cell] = [curve_name(fit.data)] if several else []
        row += [fit.data.n_animals, fit.slope.estimate, fit.slope.se]
        if natural:
            response = fit.natural_response
            row.append("none" if response is None else response.estimate)
        row += [test.pearson, test.df]
        row.append(test.p if isinstance(test.p, Missing) else format_p(test.p))
        rows.append((*row, test.heterogeneity))
    return Table(
        f"Curves ({fits[0].link}; slope per log10 dose) and their fit",
        (
            *(("curve",) if several else ()),
            "animals",
            "slope",
            "SE",
            *(("natural",) if natural else ()),
            "chi2",
            "df",
            "p",
            "h",
        ),
        tuple(rows),
        (
            "chi2, df, p: Pearson goodness of fit. h: how far scatter about the curve "
            "widens the variance (1: not at all).",
        ),
    )


def counts_table(fit: QuantalFit) -> Table:
    """Return the counts of one curve beside what the curve expects."""
    data = fit.data
    dose, n, affected = data.groups
    fitted = fit.proportion_at(dose)
    none: Cell = fitted if isinstance(fitted, Missing) else None
    rows: list[tuple[Cell, ...]] = []
    n0, r0 = data.control
    if n0:
        natural = fit.natural_response
        share = None if natural is None else value_or_none(natural.estimate)
        rows.append(
            (
                0.0,
                n0,
                r0,
                round(100 * r0 / n0, 1),
                Missing("The control rows are not in the curve.")
                if share is None
                else round(100 * share, 1),
            )
        )
    for i in range(dose.size):
        expected = (
            none if isinstance(fitted, Missing) else round(100 * float(fitted[i]), 1)
        )
        seen = round(100 * float(affected[i] / n[i]), 1)
        rows.append((float(dose[i]), int(n[i]), int(affected[i]), seen, expected))
    unit = f" ({data.unit})" if data.unit else ""
    title = f"animals {data.endpoint} by dose"
    return Table(
        f"{data.curve}: {title}" if data.curve else title.capitalize(),
        (f"dose{unit}", "n", data.endpoint, "observed %", "fitted %"),
        tuple(rows),
    )


def text_blocks(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]], *, hint: bool
) -> list[Block]:
    """Return what `isobole ed50` prints."""
    blocks: list[Block] = [effects_table(fits, found), *_notes(fits)]
    blocks.append(lines_table(fits))
    if len(fits) <= MANY:
        blocks += [counts_table(fit) for fit in fits]
    if hint:
        blocks.append(
            Text("Figure, all intervals and a Methods paragraph: --out report.html")
        )
    blocks.append(Text(RESEARCH_ONLY))
    return blocks


def _notes(fits: Sequence[QuantalFit]) -> list[Block]:
    """Say what must be seen, once for all curves it is true of."""
    shared = shared_problems([fit.data for fit in fits])
    said: dict[tuple[Severity, str], list[str]] = {}
    for fit in fits:
        calm = set(fit.flags) <= {"ok", "non-monotone"}
        sentences: list[tuple[Severity, str]] = [
            ("notice" if calm else "warning", sentence) for sentence in fit.messages
        ]
        if fit.clusters is not None:
            sentences.append(("notice", str(fit.clusters)))
        sentences += [(p.severity, str(p)) for p in fit.problems if p not in shared]
        for sentence in sentences:
            said.setdefault(sentence, []).append(curve_name(fit.data))
    several = len(fits) > 1
    notes: list[Block] = [
        Note(f"{_listed(names)}: {sentence}" if several else sentence, severity)
        for (severity, sentence), names in said.items()
    ]
    return [*notes, *(Note(str(problem), problem.severity) for problem in shared)]


def _listed(names: Sequence[str], shown: int = 5) -> str:
    """Name the first of many curves."""
    more = len(names) - shown
    text = ", ".join(names[:shown])
    return f"{text} and {more} more" if more > 0 else text
