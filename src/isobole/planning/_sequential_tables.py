"""The tables of the page on sequential dosing."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._sequential_designs import Performance, Scenario
from isobole.planning._sequential_savings import Saving
from isobole.planning._sequential_stopping import SlopeBias, Stopped
from isobole.results import Missing, format_number


def truth(scenario: Scenario) -> tuple[str, str]:
    """Return how right the guess is, and the slope."""
    off = "off by 0.3" if scenario.offset else "right"
    return off, format_number(scenario.slope)


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table of a page of the documentation."""
    return [
        "| " + " | ".join(columns) + " |",
        "|" + " ---: |" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def savings_table(found: Sequence[Saving]) -> list[str]:
    """Return the animals needed by truth and design."""
    designs = list(dict.fromkeys(s.design for s in found))
    rows = []
    for scenario in dict.fromkeys(s.scenario for s in found):
        here = {s.design: s for s in found if s.scenario == scenario}
        best = next(iter(here.values())).fixed
        cells = [
            f"{format_number(best.rmse, 3)} at {best.design.step:g}",
            percent_text(best.coverage),
        ]
        for design in designs:
            needed = here[design].needed
            cells.append("—" if isinstance(needed, Missing) else str(needed))
        rows.append((*truth(scenario), *cells))
    columns = ("guess", "slope", "best fixed: RMSE", "it covers")
    return markdown((*columns, *(d.label for d in designs)), rows)


def range_table(found: dict[int, tuple[Saving, ...]]) -> list[str]:
    """Return the ranges of animals saved, by size and guess."""
    designs = list(dict.fromkeys(s.design for s in found[32]))
    rows = []
    for size, some in found.items():
        for off in dict.fromkeys(s.scenario.offset for s in some):
            cells = [
                span([s for s in some if s.design == d and s.scenario.offset == off])
                for d in designs
            ]
            rows.append((str(size), "off by 0.3" if off else "right", *cells))
    return markdown(
        ("animals saved of", "guess", *(d.label for d in designs)), rows
    )  # fmt: skip


def span(some: Sequence[Saving]) -> str:
    """Return the range of animals saved over slopes."""
    known = [s.saved for s in some if not isinstance(s.saved, Missing)]
    if len(known) < len(some):
        return "—" if not known else f"up to {max(known)}"
    low, high = min(known), max(known)
    return str(low) if low == high else f"{low} to {high}"


def performance_table(rows: Sequence[Performance]) -> list[str]:
    """Return error, coverage and width by design and truth."""
    scenarios = list(dict.fromkeys(row.scenario for row in rows))
    shown = []
    for design in dict.fromkeys(row.design for row in rows):
        for animals in (32,) if design.family == "fixed" else (16, 24):
            cells = [
                next(
                    f"{row.rmse:.3f} / {100 * row.coverage:.1f} / {row.median_fold:.2f}"
                    for row in rows
                    if (row.design, row.animals, row.scenario)
                    == (design, animals, scenario)
                )
                for scenario in scenarios
            ]
            shown.append((design.label, str(animals), *cells))
    heads = [f"{'off' if s.offset else 'right'}, {s.slope:g}" for s in scenarios]
    return markdown(("design", "animals", *heads), shown)


def stopping_table(stopped: Sequence[Stopped]) -> list[str]:
    """Return what stopping early gives."""
    rows = [
        (
            s.design.label,
            *truth(s.scenario),
            format_number(s.animals, 3),
            percent_text(s.unreached),
            f"{s.rmse:.3f}",
            percent_text(s.coverage),
        )
        for s in stopped
    ]
    return markdown(
        ("design", "guess", "slope", "animals, mean", "not narrow by 48", "RMSE",
         "covers"),
        rows,
    )  # fmt: skip


def slope_table(slopes: Sequence[SlopeBias]) -> list[str]:
    """Return how far off slopes are."""
    rows = [
        (
            s.design.label,
            format_number(s.scenario.slope),
            percent_text(s.no_finite),
            "—, no finite median"
            if s.median_ratio is None
            else format_number(s.median_ratio, 3),
        )
        for s in slopes
    ]
    return markdown(("design", "true slope", "no finite slope", "ratio"), rows)
