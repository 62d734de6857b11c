"""A potency shift as report blocks."""

from __future__ import annotations

from collections.abc import Iterator

from isobole._version import __version__
from isobole.combination._shift_result import PotencyShift
from isobole.combination._tipping import OwnArm
from isobole.doseresponse import curves_figure
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
    format_p,
)

ALMOST_NEVER = (
    "None affected at one dose almost never excludes additivity: if the ED50 were the "
    "tipping one, none would be expected at the fixed dose anyway."
)
REFERENCES = (
    "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
    "Loewe S (1953) The problem of synergism and antagonism of combined drugs. "
    "Arzneimittelforschung 3:285-290.",
    "Clopper CJ, Pearson ES (1934) The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 26:404-413.",
)


def shift_blocks(found: PotencyShift) -> tuple[Block, ...]:
    """Return everything a report says of one type II study."""
    from isobole.combination._figures import type_two_figure

    return (
        Heading(f"Potency of {found.active} over fixed doses of {found.other}"),
        *(Text(message) for message in found.messages),
        Note(_weight_of_null(found), "warning"),
        *(Note(caveat, "warning") for caveat in found.caveats),
        *(Note(str(problem), "warning") for problem in found.problems),
        _index_table(found),
        _dose_table(found),
        type_two_figure(found),
        curves_figure(found.comparison.fits),
        _parallel_table(found),
        *_trend_table(found),
        _tipping_table(found),
        *_own_blocks(found),
        *_telling_table(found),
        _methods(found),
    )


def _unit(found: PotencyShift) -> str:
    return f" ({found.unit})" if found.unit else ""


def _weight_of_null(found: PotencyShift) -> str:
    return (
        f"The null model is that {found.other} is inactive alone: then the additive "
        f"isobole is horizontal and the index 1. If {found.other} has an ED50 that was "
        "not reached, the same counts may be merely additive; the tipping ED50 says "
        "which one that would be."
    )


def _end(estimate: Estimate, value: float | None) -> Cell:
    return Missing(estimate.limits.reason or "not bounded") if value is None else value


def _p(value: float | Missing) -> Cell:
    return value if isinstance(value, Missing) else format_p(value)


def _index_table(found: PotencyShift) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for shift in found.shifts:
        for index in shift.indices:
            tests = ("likelihood", index.test.p), ("log-delta", index.p_delta)
            for kind, p in tests:
                estimate = index.by(kind)  # type: ignore[arg-type]
                value = estimate.value
                saved = (
                    value if isinstance(value, Missing) else round(100 * (1 - value), 1)
                )
                reduction = value if isinstance(value, Missing) else 1 / value
                rows.append(
                    (
                        shift.fixed, index.slopes, kind, value,
                        _end(estimate, estimate.low), _end(estimate, estimate.high),
                        _p(p), reduction, saved,
                    )
                )  # fmt: skip
    return Table(
        f"Index: ED50 of {found.active} with {found.other} over ED50 alone, "
        f"{format_number(100 * found.level)} % limits",
        (
            f"{found.other}{_unit(found)}", "slopes", "limits", "index", "low", "high",
            "p", "DRI", "dose saved (%)",
        ),
        tuple(rows),
        (
            "DRI, the dose reduction index, is 1 / index. p: of equal ED50s, by "
            "likelihood ratio or by the standard error of the log index.",
        ),
    )  # fmt: skip


def _dose_table(found: PotencyShift) -> Table:
    unit, fits = _unit(found), found.comparison.fits
    fits = (fits[-1], *fits[:-1])
    rows = []
    for fit in fits:
        estimate = fit.ed(50)
        rows.append(
            (
                str(fit.data.curve), estimate.value, _end(estimate, estimate.low),
                _end(estimate, estimate.high), fit.slope.estimate, fit.status,
            )
        )  # fmt: skip
    return Table(
        f"ED50 of {found.active}, each ladder with its own slope",
        ("ladder", f"ED50{unit}", f"low{unit}", f"high{unit}", "slope", "status"),
        tuple(rows),
        (
            f"{format_number(100 * found.level)} % {fits[0].ed(50).interval} limits; "
            "heterogeneity judged here for each ladder by itself.",
        ),
    )


def _parallel_table(found: PotencyShift) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (shift.name, shift.parallelism.chi2, shift.parallelism.df,
         _p(shift.parallelism.p))
        for shift in found.shifts
    ]  # fmt: skip
    if len(found.shifts) > 1:
        whole = found.parallelism
        rows.append(("all ladders", whole.chi2, whole.df, _p(whole.p)))
    return Table(
        "Parallelism: common against separate slopes, likelihood ratio",
        ("against the ladder alone", "chi-square", "df", "p"),
        tuple(rows),
        (
            "Both readings are shown whatever this test says; a large p is no proof of "
            "parallel curves in small samples.",
        ),
    )


def _trend_table(found: PotencyShift) -> Iterator[Block]:
    trend = found.trend
    if isinstance(trend, Missing):
        return
    yield Table(
        f"Trend of log10 ED50 over the fixed doses: {trend.name}",
        ("test", "chi-square", "df", "p"),
        (
            ("no trend", trend.chi2, 1, format_p(trend.p)),
            (
                "straight line", trend.lack_chi2, trend.lack_df,
                format_p(trend.lack_p),
            ),
        ),
        (
            trend.slope.reason
            if isinstance(trend.slope, Missing)
            else f"log10 ED50 changes by {format_number(trend.slope)} per unit of "
            f"{found.other}.",
        ),
    )  # fmt: skip


def _tipping_table(found: PotencyShift) -> Table:
    unit = _unit(found)
    rows: list[tuple[Cell, ...]] = []
    for shift in found.shifts:
        for index in shift.indices:
            tipping = index.tipping
            rows.append(
                (
                    shift.fixed, index.slopes, tipping.value,
                    _end(tipping, tipping.low), _end(tipping, tipping.high),
                    index.weight.state,
                )
            )  # fmt: skip
    return Table(
        f"Tipping ED50: where {found.other} would make the shift plain additivity",
        (
            f"{found.other}{unit}", "slopes", f"tipping ED50{unit}", f"low{unit}",
            f"high{unit}", "plain additivity",
        ),
        tuple(rows),
        (
            "d / (1 − index), with the "
            f"{format_number(100 * found.level)} % {found.interval} limits of the "
            f"index carried through. More than additive only if the ED50 of "
            f"{found.other} lies above it.",
        ),
    )  # fmt: skip


def _own_blocks(found: PotencyShift) -> tuple[Block, ...]:
    if isinstance(found.own, Missing):
        return (Note(found.own.reason, "warning"),)
    return (_own_table(found, found.own), Note(ALMOST_NEVER, "notice"))


def _own_table(found: PotencyShift, own: OwnArm) -> Table:
    unit, percent = _unit(found), format_number(100 * found.level)
    rows = [
        (
            group.dose, group.n, group.affected, round(100 * group.upper, 1),
            round(100 * group.both, 1), format_p(group.error), group.ed50_above,
        )
        for group in own.groups
    ]  # fmt: skip
    notes = [
        f"Upper limits of the response: {percent} % Clopper-Pearson. Error: the chance "
        "of so few affected, here and at higher doses, if the ED50 were not above this "
        "dose; no slope is assumed.",
    ]
    if own.slope is not None:
        notes.append(
            f"The last column rests on the stated slope {format_number(own.slope)} and "
            "the one-sided limit."
        )
    if not isinstance(own.ed50, Missing):
        notes.append(f"Its own curve: {str(own.ed50).rstrip('.')}.")
    return Table(
        f"What {found.other} alone supports",
        (
            f"{found.other}{unit}", "n", found.endpoint, "one-sided upper (%)",
            "two-sided upper (%)", "error of ED50 > dose", f"ED50 above{unit}",
        ),
        tuple(rows),
        tuple(notes),
    )  # fmt: skip


def _telling_table(found: PotencyShift) -> Iterator[Block]:
    rows = [
        (shift.fixed, at.slope, at.dose, at.n, round(at.expected, 2), format_p(at.none))
        for shift in found.shifts
        for at in shift.doses
    ]
    if not rows:
        return
    unit = _unit(found)
    yield Table(
        f"Doses of {found.other} alone that would tell, were its ED50 the tipping one",
        (
            f"fixed{unit}", "slope", f"dose alone{unit}", "n",
            f"expected {found.endpoint}", "chance of none",
        ),
        tuple(rows),
        (
            "None affected argues against plain additivity only where its chance is "
            f"at most {format_number(1 - found.level)}: from the middle dose upward. "
            "At the tipping ED50 and above that holds for every slope. To carry the "
            "shift's interval through, none must be affected at the tipping ED50's "
            "upper limit, and where it has none, no dose would tell.",
            "Slopes of 4 and 8 are examples; state one with slope_for_bound."
            if found.options["slope_for_bound"] is None
            else "The slope is the stated one.",
        ),
    )  # fmt: skip


def _methods(found: PotencyShift) -> Methods:
    pooled = found.comparison.heterogeneity
    trend = (
        ""
        if isinstance(found.trend, Missing)
        else f" The trend over fixed doses was tested {found.trend.name}."
    )
    widened = (
        f"Heterogeneity pooled over the ladders (h = "
        f"{format_number(pooled.heterogeneity)}, {pooled.df} df) entered all limits "
        "and tests, by t and F."
        if pooled.applied
        else f"No heterogeneity factor was applied (rule {pooled.rule})."
    )
    text = (
        f"The ED50 of {found.active} over fixed doses of {found.other} was divided by "
        f"that of {found.active} alone ({found.comparison.link} on log10 dose, one "
        "binomial likelihood, with a common slope and with separate slopes). Limits "
        f"are {format_number(100 * found.level)} % profile likelihood over rising "
        "curves and delta on the log ratio; parallelism was tested by likelihood "
        f"ratio.{trend} {widened} The tipping ED50 is the ED50 of {found.other} at "
        "which Loewe additivity expects the same shift. Exact limits of responses are "
        f"Clopper-Pearson. Computed with isobole {__version__}."
    )
    return Methods(text, REFERENCES)
