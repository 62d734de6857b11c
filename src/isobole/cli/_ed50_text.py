"""Fits as terminal blocks, report blocks and CSV rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.cli._answer import Rows
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Cell,
    Estimate,
    Heading,
    Missing,
    Note,
    Problem,
    Severity,
    Table,
    Text,
    format_number,
    format_p,
    sha256_text,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.doseresponse import QuantalData, QuantalFit

MANY = 3
_SETS = {
    "ray": "ray: every dose beyond the one limit is compatible with the counts.",
    "complement": "complement: only the doses between low and high are excluded.",
    "line": "line: the counts exclude no dose.",
    "empty": "empty: no dose of a rising curve is compatible with the counts.",
    "none": "none: this kind of limits does not exist here.",
}
_HEADER = (
    "curve", "endpoint", "unit", "percent", "dose", "low", "high", "set_kind",
    "bounds", "level", "interval", "log10_se", "status", "reason",
)  # fmt: skip


def name_of(data: QuantalData) -> str:
    """Return the curve's name for people."""
    return data.curve or "all rows"


def data_hash(curves: Sequence[QuantalData]) -> str:
    """Return the hash of the canonical table: of one curve its own, else of all."""
    hashes = [curve.sha256 for curve in curves]
    return hashes[0] if len(hashes) == 1 else sha256_text("\n".join(hashes))


def shared_problems(curves: Sequence[QuantalData]) -> tuple[Problem, ...]:
    """Return what was noticed while the file was read, each thing once."""
    return tuple(dict.fromkeys(note for curve in curves for note in curve.notes))


def effects_table(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> Table:
    """Return the effective doses of all curves, one row each."""
    first = found[0][0]
    several, effects = len(fits) > 1 or bool(fits[0].data.curve), len(found[0]) > 1
    rows = []
    for fit, estimates in zip(fits, found, strict=True):
        for e in estimates:
            row: list[Cell] = [name_of(fit.data)] if several else []
            row += [e.quantity] if effects else []
            row += [e.value, end_of(e, e.low), end_of(e, e.high), _set_of(e)]
            rows.append((*row, fit.status))
    sets = dict.fromkeys(e.set_kind or "none" for found_ in found for e in found_)
    what = "Effective doses" if effects else first.quantity
    unit = f" in {first.unit}" if first.unit else ""
    endpoint = fits[0].data.endpoint
    level = format_number(100 * first.level)
    return Table(
        f"{what}{unit} ({endpoint}), {level} % {first.interval} limits",
        (
            *(("curve",) if several else ()),
            *(("effect",) if effects else ()),
            "dose" if effects else first.quantity,
            "low",
            "high",
            "set",
            "status",
        ),
        tuple(rows),
        tuple(_SETS[kind] for kind in sets if kind in _SETS),
    )


def end_of(estimate: Estimate, value: float | None) -> float | Missing:
    """Return a limit, or the sentence for its absence."""
    if value is not None:
        return value
    return Missing(estimate.limits.reason or "This side is not bounded.")


def _set_of(estimate: Estimate) -> str:
    kind = estimate.set_kind or "none"
    return f"open {kind}" if estimate.limits.bounds == "open" else kind


def lines_table(fits: Sequence[QuantalFit]) -> Table:
    """Return slopes and goodness of fit of all curves."""
    several = len(fits) > 1 or bool(fits[0].data.curve)
    natural = any(fit.natural_response is not None for fit in fits)
    rows = []
    for fit in fits:
        test = fit.goodness_of_fit
        row: list[Cell] = [name_of(fit.data)] if several else []
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
            said.setdefault(sentence, []).append(name_of(fit.data))
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


def report_blocks(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> list[Block]:
    """Return the report: all curves together, then each by itself."""
    blocks: list[Block] = []
    if len(fits) > 1:
        from isobole.doseresponse import curves_figure

        blocks += [Heading("All curves"), effects_table(fits, found)]
        blocks.append(curves_figure(fits))
    elif len(found[0]) > 1:
        blocks.append(effects_table(fits, found))
    for fit in fits:
        blocks += fit.blocks()
    return blocks


def effect_rows(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> Rows:
    """Return the estimates as rows of a CSV file."""
    rows = [
        (
            fit.data.curve,
            fit.data.endpoint,
            None if e.unit is None else str(e.unit),
            e.percent,
            value_or_none(e.value),
            e.low,
            e.high,
            e.set_kind,
            e.limits.bounds,
            e.level,
            e.interval,
            e.log10_se,
            fit.status,
            e.reason,
        )
        for fit, estimates in zip(fits, found, strict=True)
        for e in estimates
    ]
    return _HEADER, rows
