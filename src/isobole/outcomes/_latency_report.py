"""Everything a report says of a comparison of latencies, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole._version import __version__
from isobole.outcomes._competing_result import AALEN_JOHANSEN, FINE_GRAY, GRAY
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kaplan_meier_limits import MEDIAN_WORDS
from isobole.outcomes._kaplan_meier_result import BROOKMEYER, KAPLAN_MEIER
from isobole.outcomes._latency_words import time_cell, time_text
from isobole.outcomes._log_rank_result import LOG_RANK, PHIPSON
from isobole.outcomes._log_rank_trend import TARONE
from isobole.outcomes._rmst import RMST_REFERENCE
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
    format_p,
)

if TYPE_CHECKING:
    from isobole.outcomes._latency_result import LatencyComparison

HOLM = (
    "Holm S (1979) A simple sequentially rejective multiple test procedure. "
    "Scand J Stat 6:65-70."
)


def comparison_blocks(found: LatencyComparison) -> tuple[Block, ...]:
    """Return the report blocks: groups, curves, tests, hazard ratios, methods."""
    from isobole.outcomes._latency_figures import curves_figure, incidence_figure

    notes = [
        Note(str(p), "warning" if p.severity == "warning" else "notice")
        for p in found.problems
    ]
    if found.competing:
        shown = [g.incidence for g in found.groups if g.incidence is not None]
        figure = incidence_figure(shown, window=found.window, event=found.event)
    else:
        figure = curves_figure(
            [g.curve for g in found.groups], window=found.window, event=found.event
        )
    return (
        Heading(f"Latency to {found.event}"),
        Text(f"{found.overall[-1]}."),
        *notes,
        group_table(found),
        figure,
        overall_table(found),
        *((pair_table(found),) if found.pairs else ()),
        *((found.cox.table(),) if found.cox is not None else ()),
        latency_methods(found),
    )


def group_table(found: LatencyComparison) -> Table:
    """Return the groups: counts, median, mean event-free time within the window."""
    level = format_number(100 * found.level)
    unit, window = found.unit, time_text(found.window)
    dead = any(group.deaths for group in found.groups)
    dosed = any(group.dose is not None for group in found.groups)
    free = f"{found.event} or death" if found.competing else found.event
    rows: list[tuple[Cell, ...]] = []
    notes = [
        f"Median and mean are of the time to {free}; animals without it by "
        f"{window} {unit} are censored there, never averaged as {window}.",
        f"Mean event-free time: restricted to the window of {window} {unit} "
        "(restricted mean survival time).",
    ]
    for group in found.groups:
        cells: list[Cell] = [group.name]
        if dosed:
            cells.append(group.dose)
        cells += [group.n, group.events]
        if dead:
            cells.append(group.deaths)
        cells += [time_cell(group.curve.median), time_cell(group.mean.estimate)]
        rows.append(tuple(cells))
        limits = group.mean.estimate.limits
        if limits.note:
            notes.append(f"{group.name}: limits of the mean {limits.note}.")
    columns = [
        "group",
        *(["dose"] if dosed else []),
        "n",
        "events",
        *(["deaths"] if dead else []),
        f"median ({unit}) [{level} % {found.interval} limits]",
        f"mean event-free time ({unit}) [{level} % limits]",
    ]
    if len(found.overall) > 1:
        notes.append(
            "The limits of means are normal and, with so few animals, too narrow: in "
            "simulated groups of 4, 6 and 10 animals, 95 % limits held the mean in "
            "about 78, 85 and 90 %."
        )
    if found.excluded:
        notes.append(f"{found.excluded} animals that died before the event left out.")
    return Table(
        f"Latency to {found.event} by group", tuple(columns), tuple(rows), tuple(notes)
    )


def overall_table(found: LatencyComparison) -> Table:
    """Return the tests over all groups: log-rank, trend, incidence, sensitivity."""
    named: list[tuple[str, HypothesisTest]] = [
        ("all groups", test) for test in found.overall
    ]
    named += [("trend over dose", test) for test in found.trend]
    named += [("cumulative incidence", test) for test in found.incidence]
    named += [(test.question.partition(":")[0], test) for test in found.sensitivity]
    rows = tuple((what, *_statistic(test), test.method) for what, test in named)
    notes: tuple[str, ...] = ()
    left = any(group.censored_early or group.deaths for group in found.groups)
    if left and found.death != "failure" and len(found.overall) > 1:
        notes += (
            "Permutation p-values suppose that leaving observation before the end of "
            "the window, by death or otherwise, does not depend on the group.",
        )
    if found.competing and not found.incidence:
        notes += (
            "Cumulative incidence was not tested: animals were censored before the "
            "window, so that Gray's comparison has no complete risk sets.",
        )
    return Table(
        "Tests over all groups", ("question", "statistic", "p", "method"), rows, notes
    )


def pair_table(found: LatencyComparison) -> Table:
    """Return every group against the control."""
    level = format_number(100 * found.level)
    counted = any(pair.permutation is not None for pair in found.pairs)
    rows: list[tuple[Cell, ...]] = []
    notes: list[str] = []
    for pair in found.pairs:
        cells: list[Cell] = [
            pair.group,
            _p(pair.log_rank),
            _adjusted(pair.log_rank),
        ]
        if counted and pair.permutation is not None:
            cells += [_p(pair.permutation), _adjusted(pair.permutation)]
            notes.append(f"{pair.group}: {pair.permutation.method}.")
        cells += [
            time_cell(pair.difference),
            _p(pair.difference_test),
            _adjusted(pair.difference_test),
        ]
        rows.append(tuple(cells))
        if pair.difference.limits.reason:
            notes.append(
                f"{pair.group}: no limits of the difference; "
                f"{pair.difference.limits.reason}."
            )
    columns = [
        "group",
        "log-rank p (chi-square)",
        "Holm",
        *(["log-rank p (permutation)", "Holm"] if counted else []),
        f"difference in mean event-free time ({found.unit}) [{level} % limits]",
        "p (z)",
        "Holm",
    ]
    if counted:
        notes.append(
            "p (z) and the limits of the difference suppose many animals: with 4, 6 "
            "and 10 in each of two equal groups, p (z) was below 0.05 in about 14, 11 "
            "and 8 % of simulated studies. Judge by the permutation test."
        )
    if len(found.pairs) == 1:
        keep = [i for i, name in enumerate(columns) if name != "Holm"]
        columns = [columns[i] for i in keep]
        rows = [tuple(row[i] for i in keep) for row in rows]
    return Table(
        f"Each group against {found.control}", tuple(columns), tuple(rows), tuple(notes)
    )


def latency_methods(found: LatencyComparison) -> Methods:
    """Return a Methods paragraph ready for a paper."""
    level, unit = format_number(100 * found.level), found.unit
    window = time_text(found.window)
    strata = f", stratified ({found.strata} strata)" if found.strata > 1 else ""
    cited = [KAPLAN_MEIER, BROOKMEYER, LOG_RANK, RMST_REFERENCE]
    text = [
        f"Latency to {found.event} was timed from each animal's own challenge; animals "
        f"without it were censored at {window} {unit}. Curves are by Kaplan and Meier "
        f"with pointwise {level} % {found.interval} limits; the median is "
        f"{MEDIAN_WORDS[found.median_rule]}, where it does, with limits by Brookmeyer "
        "and Crowley.",
        f"Groups were compared by log-rank test{strata}"
        + (f", each with {found.control}" if found.pairs else "")
        + (", adjusted by Holm's method." if len(found.pairs) > 1 else "."),
    ]
    if len(found.pairs) > 1:
        cited.append(HOLM)
    if len(found.overall) > 1:
        text.append(
            "Because groups are small, permutation p-values of the log-rank sums stand "
            "beside the asymptotic ones: all allocations where they could be counted, "
            f"else {found.draws:,} random ones (seed {found.seed})."
        )
        cited.append(PHIPSON)
    if found.trend:
        text.append("The trend over dose was tested by Tarone's statistic.")
        cited.append(TARONE)
    text.append(
        f"The mean event-free time within the window is the area under the curve to "
        f"{window} {unit}, with normal {level} % limits."
    )
    if any(group.deaths for group in found.groups) or found.excluded:
        text.append(_death_words(found))
        if found.competing:
            cited += [AALEN_JOHANSEN, GRAY, FINE_GRAY]
    if found.cox is not None:
        text.append(found.cox.method_text())
        cited += found.cox.references()
    text.append(f"Computed with isobole {__version__}.")
    return Methods(" ".join(text), tuple(cited))


def _death_words(found: LatencyComparison) -> str:
    match found.death:
        case "competing":
            return (
                "Death before the event is a competing event: cumulative incidence is "
                "by Aalen and Johansen and tested on the subdistribution, log-rank "
                "tests and hazard ratios are of cause-specific hazards, and the mean "
                "is of the time alive without the event."
            )
        case "failure":
            return "Death before the event counted as the event."
        case "exclusion":
            return "Animals that died before the event were left out."
        case "censoring":
            return "Death before the event was taken as censoring."


def _statistic(test: HypothesisTest) -> tuple[Cell, Cell]:
    value = test.statistic
    if isinstance(value, Missing):
        return value, _p(test)
    df = "" if test.df is None else f"({format_number(test.df)})"
    shown = "" if value is None else format_number(value)
    return f"{test.statistic_name}{df} = {shown}", _p(test)


def _p(test: HypothesisTest) -> Cell:
    return test.p if isinstance(test.p, Missing) else format_p(test.p)


def _adjusted(test: HypothesisTest) -> Cell:
    p = test.p_adjusted
    return p if p is None or isinstance(p, Missing) else format_p(p)
