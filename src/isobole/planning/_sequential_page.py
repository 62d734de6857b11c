"""The page of the documentation with what sequential dosing saves.

``python -m isobole.planning._sequential_page docs/sequential.md`` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._prior import DosePrior
from isobole.planning._sequential_designs import (
    OFFSETS,
    SCATTER,
    SCENARIOS,
    Design,
    Performance,
    Scenario,
)
from isobole.planning._sequential_savings import LEAST_COVERAGE, Saving, savings
from isobole.planning._sequential_simulation import REPLICATES, measure
from isobole.planning._sequential_stopping import (
    SlopeBias,
    Stopped,
    measure_slopes,
    measure_stopping,
)
from isobole.planning._sequential_tables import (
    performance_table,
    range_table,
    savings_table,
    slope_table,
    span,
    stopping_table,
)
from isobole.results import format_number

_FIXED_SIZES = (24, 32, 40)
_STOPPERS = (Design("bayes", 0.06, 4), Design("up-and-down", 0.1))
_NARROW = DosePrior(1.0, 0.3, 2.0, 20.0)
_SLOPES_OF = (Design("fixed", 0.15), Design("fixed", 0.2), *_STOPPERS)


def sequential_page(
    rows: Sequence[Performance],
    stopped: Sequence[Stopped],
    slopes: Sequence[SlopeBias],
    narrow: Sequence[Performance],
) -> str:
    """Return the page of the documentation."""
    prior = DosePrior(1.0)
    found = {size: savings(rows, size) for size in _FIXED_SIZES}
    error = format_number(
        100 * max(row.rmse_error / row.rmse for row in rows), 2
    )  # fmt: skip
    cover = format_number(50 / rows[0].replicates ** 0.5 * 0.44, 2)
    lines = [
        "# What sequential dosing saves",
        "",
        "Sequential dosing looks at outcomes before the next animals are dosed, and so "
        "moves towards the ED50. This page measures, by simulation, how many animals "
        "that saves at equal error, with intervals that keep their promise, and what "
        "it costs.",
        "",
        *_what(rows, prior, error, cover),
        "",
        "## Animals needed to do as well as 32 in a fixed design",
        "",
        *savings_table(found[32]),
        "",
        "Best fixed: the spacing of 4 doses x 8 animals (0.15, 0.2 or 0.3 log10 apart, "
        "centred on the guess) with the smallest RMSE in that row, which nobody knows "
        "beforehand. Sequential columns: the fewest animals, in steps of 4, from which "
        f"on the RMSE is no larger and the {95} % interval covers at least "
        f"{percent_text(LEAST_COVERAGE)}.",
        "",
        *range_table(found),
        "",
        "## Error, coverage and width",
        "",
        *performance_table(rows),
        "",
        "Each cell: RMSE of log10 ED50, coverage of the 95 % interval in %, median "
        "upper over lower limit.",
        "",
        "## Stopping when the interval is narrow enough",
        "",
        *stopping_table(stopped),
        "",
        "Looks after every 4 animals from 8 to 48; a study stops at the first look "
        "with an upper over lower limit of 1.6 or less.",
        "",
        "## Slopes",
        "",
        *slope_table(slopes),
        "",
        f"Maximum likelihood fits of {slopes[0].animals} animals, guess right. Ratio: "
        "median of fitted over true slope, a slope without a finite value counting as "
        "infinite.",
        "",
        "Made by:",
        "",
        "    python -m isobole.planning._sequential_page docs/sequential.md",
        "",
        "## What to read from it",
        "",
        *_reading(rows, found, stopped, slopes, narrow),
    ]
    return "\n".join(lines) + "\n"


def _what(
    rows: Sequence[Performance], prior: DosePrior, error: str, cover: str
) -> list[str]:
    return [
        "Truth: a probit curve on log10 dose of the slope given (probits per tenfold "
        "dose), log10 ED50 normal about the guess with SD "
        f"{format_number(SCATTER)} (guess right) or about a value 0.3 above it (guess "
        "off; by symmetry the same holds 0.3 below). Designs: 4 fixed doses; "
        "up-and-down from the guess, one animal at a time or in groups of 4; Bayesian "
        "maximum information on log10 ED50, one at a time or in batches of 4 (one run "
        "of a rack). Every study of every design is analysed alike: posterior median "
        "and equal-tailed 95 % credible interval with the default prior of "
        f"`DosePrior` (log10 ED50: SD {format_number(prior.ed50_sd_log10)} about the "
        f"guess; slope log-uniform from {format_number(prior.slope_low)} to "
        f"{format_number(prior.slope_high)}).",
        f"{rows[0].replicates:,} replicates per row, seed 1; Monte Carlo standard "
        f"error at most {error} % of an RMSE, about {cover} points of a coverage near "
        "95 %.",
    ]


def _reading(
    rows: Sequence[Performance],
    found: dict[int, tuple[Saving, ...]],
    stopped: Sequence[Stopped],
    slopes: Sequence[SlopeBias],
    narrow: Sequence[Performance],
) -> list[str]:
    def saved(design: Design, offset: float) -> str:
        return span(
            [s for s in found[32] if s.design == design and s.scenario.offset == offset]
        )

    bayes, steps = _STOPPERS
    least = min(rows, key=lambda row: row.coverage)
    ratios = [
        s.median_ratio
        for s in slopes
        if s.design.family != "fixed" and s.median_ratio is not None
    ]
    return [
        "- **The saving.** Against the best of three fixed designs of 32 animals, "
        f"Bayesian batches of 4 save {saved(bayes, 0.0)} animals where the guess is "
        f"right and {saved(bayes, 0.3)} where it is off by 0.3 log10 (twofold); "
        f"up-and-down, one at a time, {saved(steps, 0.0)} and {saved(steps, 0.3)}. "
        "The steeper the curve and the worse the guess, the more is saved; with a "
        "slope of 3 there is little to gain.",
        "- **The choice of rule matters less than being sequential.** Bayesian doses "
        "are not better than a plain up-and-down staircase one animal at a time; they "
        "are better than a staircase in groups of 4 where the guess is off, because "
        "they move more than one step. Batches of 4 take a quarter of the runs.",
        f"- **Coverage.** No design fell below {percent_text(least.coverage)} "
        f"({least.design.label}, {least.animals} animals, slope "
        f"{format_number(least.scenario.slope)}). That rests on the wide default "
        "prior. With a narrower one (SD "
        f"{format_number(_NARROW.ed50_sd_log10)}, slope "
        f"{format_number(_NARROW.slope_low)} to {format_number(_NARROW.slope_high)}) "
        "coverage at a slope of 3 fell to "
        f"{percent_text(min(row.coverage for row in narrow))}, which is why it is not "
        "the default. Where curves are steep the intervals are wider than they need "
        "be.",
        "- **Width.** At equal RMSE a sequential interval is often no narrower than "
        "the fixed one's, because the slope stays uncertain.",
        "- **Stopping early** on a narrow interval kept coverage at "
        f"{percent_text(min(s.coverage for s in stopped))} or more.",
        "- **Slopes.** Median fitted slopes of the sequential designs are "
        f"{format_number(min(ratios), 3)} to {format_number(max(ratios), 3)} times the "
        "true ones: too steep. isobole flags them and keeps them out of tests of "
        "slopes. Interaction studies need slopes: use a fixed design there, or top up "
        "near the ED16 and ED84.",
        "- One curve shape (probit), no natural response, and no change from day to "
        "day are simulated. A drift over the days of a sequential study would bias "
        "it; a fixed design randomised within days is safe from that.",
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the page to the named file, or print it."""
    right = [s for s in SCENARIOS if not s.offset]
    page = sequential_page(
        measure(replicates=REPLICATES),
        [row for design in _STOPPERS for row in measure_stopping(design)],
        [row for design in _SLOPES_OF for row in measure_slopes(design, right)],
        measure(
            _STOPPERS,
            [Scenario(3.0, off) for off in OFFSETS],
            checks=(12, 16, 20, 24),
            prior=_NARROW,
        ),
    )
    if arguments:
        Path(arguments[0]).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
