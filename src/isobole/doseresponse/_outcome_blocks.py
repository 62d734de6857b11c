"""How an outcome distribution is told: tables, sentences, JSON, a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.doseresponse._limits import FAR_DECADES
from isobole.results import (
    Block,
    Cell,
    Figure,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.doseresponse._outcome_result import OutcomeDistribution

REFERENCES = (
    "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
    "Williams DA (1986) Interval estimation of the median lethal dose. "
    "Biometrics 42:641-645.",
)


def percent_text(share: float) -> str:
    """Write a share as percent: one decimal, and never 0 for a share above it.

    Examples
    --------
    >>> percent_text(0.1278), percent_text(1e-6), percent_text(0.0), percent_text(1.0)
    ('12.8 %', '< 0.1 %', '0 %', '100 %')
    """
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1 - 1e-12:
        return "> 99.9 %"
    return f"{round(100 * share, 1):g} %"


def _dose(found: OutcomeDistribution, log10: float) -> float | Missing:
    inside = (
        np.log10(found.doses[0]) - FAR_DECADES
        <= log10
        <= (np.log10(found.doses[-1]) + FAR_DECADES)
    )
    if inside:
        return float(10**log10)
    return Missing(
        f"more than {FAR_DECADES:g} decades outside the doses: no dose a reader can use"
    )


def outcome_blocks(found: OutcomeDistribution) -> tuple[Block, ...]:
    """Return the report blocks."""
    name = f"ED{found.percent:g}"
    unit = f" ({found.unit})" if found.unit else ""
    blocks: list[Block] = [
        Heading(f"What this design can give: {name}"),
        Text(f"Assumed: {found.design}. {found.computed}"),
        estimate_table(found, name, unit),
        status_table(found),
    ]
    if found.coverage:
        blocks.append(coverage_table(found, name))
    if found.no_estimate >= 0.05:
        blocks.append(
            Note(
                f"{percent_text(found.no_estimate)} of such experiments ({found.design}"
                f") give no {name} as a number. Their likelihood limits still hold; "
                "doses closer together or more animals make them rarer.",
                "warning",
            )
        )
    if found.quantiles:
        blocks.append(outcome_figure(found, name, unit))
    blocks.append(
        Methods(
            "The sampling distribution of the maximum-likelihood estimate and the "
            "coverage of its intervals were "
            + (
                "computed by enumerating every possible outcome table of the design, "
                if found.samples is None
                else f"estimated from {found.samples:,} outcome tables drawn at random "
                f"(seed {found.seed}), "
            )
            + f"each weighted by its product-binomial probability ({found.design}); "
            f"every table was refitted ({found.link}, {found.information} information)"
            ". Experiments without an interval count as not covering.",
            REFERENCES,
        )
    )
    return tuple(blocks)


def estimate_table(found: OutcomeDistribution, name: str, unit: str) -> Table:
    """Return where the estimate falls."""
    rows: list[tuple[Cell, ...]] = [
        (f"{format_number(100 * share)} % quantile{unit}", _dose(found, log10))
        for share, log10 in found.quantiles
    ]
    rows += [
        (f"within {format_number(fold)}-fold of the truth", percent_text(share))
        for fold, share in found.within
    ]
    rows += [
        ("estimate outside the tested doses", percent_text(found.outside)),
        ("no finite slope", percent_text(found.no_finite_slope)),
        (f"no {name} estimate", percent_text(found.no_estimate)),
    ]
    cells = tuple(
        (label, cell if isinstance(cell, str | Missing) else format_number(float(cell)))  # type: ignore[arg-type]
        for label, cell in rows
    )
    return Table(
        f"The {name} estimate",
        ("", "value"),
        cells,
        (
            "Quantiles are among experiments with an estimate; shares are of all "
            "experiments, where no estimate counts as outside.",
        ),
    )


def status_table(found: OutcomeDistribution) -> Table:
    """Return how often each status occurs."""
    return Table(
        "What the analysis would report",
        ("status", "share of experiments"),
        tuple((status, percent_text(share)) for status, share in found.statuses),
    )


def coverage_table(found: OutcomeDistribution, name: str) -> Table:
    """Return the coverage of each kind of interval."""
    return Table(
        f"Nominal {format_number(100 * found.level)} % intervals for the {name}",
        (
            "interval",
            "covers, of all",
            "covers, where it exists",
            "no interval",
            "a side not bounded",
            "median upper / lower",
        ),
        tuple(
            (
                c.interval,
                percent_text(c.unconditional),
                c.conditional
                if isinstance(c.conditional, Missing)
                else percent_text(c.conditional),
                percent_text(c.absent),
                percent_text(c.unbounded),
                c.median_fold
                if isinstance(c.median_fold, Missing)
                else format_number(c.median_fold, 3),
            )
            for c in found.coverage
        ),
        ("An experiment without an interval counts as not covered in the first.",),
    )


def outcome_figure(found: OutcomeDistribution, name: str, unit: str) -> Figure:
    """Return the figure block: the distribution with its quantiles as table."""
    return Figure(
        f"Distribution of the {name} estimate",
        f"Histogram of the {name} estimates this design can give, on a log dose axis; "
        f"the true {name} {format_number(found.true_dose)} is marked, the tested doses "
        "are ticks below.",
        found.plot,
        estimate_table(found, name, unit),
    )


def draw_outcomes(found: OutcomeDistribution) -> MatplotlibFigure:
    """Draw the distribution of the estimate on a log dose axis."""
    from isobole.results._style import INK, new_figure, series_style, style

    estimates, weights = found.histogram
    unit = f" ({found.unit})" if found.unit else ""
    reach = np.log10(found.doses[-1] / found.doses[0]) / 2
    low = np.log10(found.doses[0]) - reach
    high = np.log10(found.doses[-1]) + reach
    edges = np.linspace(low, high, 41)
    height, _ = np.histogram(np.clip(estimates, low, high), edges, weights=weights)
    with style():
        figure = new_figure(14, 8)
        axes = figure.subplots()
        look = series_style(0)
        axes.stairs(
            100 * height, 10**edges, fill=True, color=look.color, alpha=0.35,
            edgecolor=look.color,
        )  # fmt: skip
        axes.axvline(found.true_dose, color=INK, linestyle=(0, (6, 2.5)))
        # Room above the bars, so that the word stands on none of them.
        axes.set_ylim(0, 118 * (height.max() or 1.0))
        axes.annotate(
            "true", (found.true_dose, 1), xycoords=("data", "axes fraction"),
            xytext=(3, -10), textcoords="offset points",
        )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks(found.doses, [format_number(d, 3) for d in found.doses])
        axes.minorticks_off()
        axes.set_xlabel(f"ED{found.percent:g} estimate{unit}; ticks are tested doses")
        axes.set_ylabel("experiments (%)")
        missing = percent_text(found.no_estimate)
        outside = weights[(estimates < low) | (estimates > high)].sum()
        title = f"Without an estimate, not drawn: {missing}"
        if outside > 0:
            share = percent_text(outside)
            title += f"\nEstimates beyond the axis, drawn at its ends: {share}"
        axes.set_title(title)
    return figure


def outcome_dict(found: OutcomeDistribution) -> dict[str, Any]:
    """Return the JSON fields: percents 0 to 100, doses and log10 doses."""
    boot = found.bootstrap_interval
    return {
        "design": design_dict(found),
        "computed": found.computed,
        "true_dose": found.true_dose,
        "no_finite_slope": 100 * found.no_finite_slope,
        "no_estimate": 100 * found.no_estimate,
        "outside_doses": 100 * found.outside,
        "statuses": [
            {"status": status, "percent": 100 * share}
            for status, share in found.statuses
        ],
        "quantiles": [quantile_dict(found, *pair) for pair in found.quantiles],
        "within": [
            {"fold": fold, "percent": 100 * share} for fold, share in found.within
        ],
        "coverage": [c.to_dict() for c in found.coverage],
        "bootstrap_interval": {
            "interval": boot.kind,
            "low": boot.low,
            "high": boot.high,
            "level": boot.level,
            "set_kind": boot.set_kind,
            "reason": boot.reason,
        },
    }


def quantile_dict(
    found: OutcomeDistribution, share: float, log10: float
) -> dict[str, Any]:
    """Return one quantile of the estimate."""
    dose = _dose(found, log10)
    absent = isinstance(dose, Missing)
    return {
        "percent": 100 * share,
        "dose": None if absent else dose,
        "log10_dose": log10,
        "reason": dose.reason if isinstance(dose, Missing) else None,
    }


def design_dict(found: OutcomeDistribution) -> dict[str, Any]:
    """Return the design: what every quoted risk belongs to."""
    return {
        "doses": list(found.doses),
        "n": list(found.n),
        "unit": None if found.unit is None else str(found.unit),
        "ed50": found.curve.ed50,
        "slope": found.curve.slope,
        "true_link": found.curve.link,
        "link": found.link,
        "percent": found.percent,
        "level": found.level,
        "information": found.information,
        "possible_tables": found.possible_tables,
        "samples": found.samples,
        "seed": found.seed,
    }
