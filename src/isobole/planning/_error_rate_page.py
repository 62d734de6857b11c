"""The page of the documentation with the measured error rates.

``python -m isobole.planning._error_rate_page docs/error-rates.md`` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from isobole.combination._power import TestName
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._error_rates import ErrorRates, error_rate_table, error_rates
from isobole.planning._interaction_rates import monte_carlo_error
from isobole.results import format_number


def error_rate_page(rows: Sequence[ErrorRates], *, n: int = 8, count: int = 4) -> str:
    """Return the page of the documentation."""
    table = error_rate_table(rows)
    samples = rows[0].rates[0].samples
    error = format_number(100 * monte_carlo_error(0.05, samples), 2)
    lines = [
        "# How often the tests of interaction are wrong",
        "",
        "Share of studies in which each test calls a mixture that is additive (index "
        "1) an interaction, two-sided at a nominal 5 %.",
        "",
        f"Design: two drugs and their 1:1 mixture by ED50, {count} doses x {n} animals "
        "in each of the 3 arms, doses evenly spaced around the true ED50s, one probit "
        "slope (per tenfold dose) for all arms. All shares are of all studies: where a "
        "test has no answer, as ED50 ± SE methods have none when an arm has no finite "
        "rising curve, it counts as not rejecting.",
        f"{samples:,} simulated studies per row, seed 1; Monte Carlo standard error "
        f"about {error} percentage points at 5 %.",
        "",
        "| " + " | ".join(table.columns) + " |",
        "|" + " ---: |" * len(table.columns),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in table.rows),
        "",
        "Made by:",
        "",
        "    python -m isobole.planning._error_rate_page docs/error-rates.md",
        "",
        "## What to read from it",
        "",
        *_reading(rows),
    ]
    return "\n".join(lines) + "\n"


def _reading(rows: Sequence[ErrorRates]) -> list[str]:
    """Return the sentences, with the ranges of these rows."""

    def between(test: TestName, only_answered: bool = False) -> str:
        # Hardly any study has an answer at the steepest corner: nothing to divide by.
        found = [row.rate(test) for row in rows]
        if only_answered:
            shares = [r.rejects / (1 - r.no_answer) for r in found if r.no_answer < 0.5]
        else:
            shares = [r.rejects for r in found]
        return f"{percent_text(min(shares))} to {percent_text(max(shares))}"

    return [
        "- **Welch's t on Litchfield-Wilcoxon SEM**, the test of the published tables, "
        f"errs in {between('welch-lublin')} of studies, and pays in power: its SEM of "
        "the additive dose is a linear mean, and N' counts only animals at doses of "
        "16 to 84 % expected effect. The same test on SEMs of fitted probit lines and "
        f"all animals errs in {between('welch-probit')}; among studies in which it has "
        f"an answer, where that is at least half, in {between('welch-probit', True)} "
        "(an earlier simulation of the test over studies with finite slopes only, "
        "doses not stated, gave 1.6 to 3.3 %).",
        f"- **Log-delta** errs in {between('log-delta')} of all studies; among those "
        "in which it has an answer, where that is at least half, in "
        f"{between('log-delta', True)} (the earlier simulation "
        "gave 4.3 to 4.7 %). Where curves are often missing its rate falls only "
        "because it stays silent; where doses are too close together for the slope, "
        "because its standard errors are too wide.",
        "- **The joint likelihood with separate slopes** always answers, and errs in "
        f"{between('joint-separate')}. Its chi-square is an approximation: it errs too "
        "often where arms are often without a curve, most where half of the studies or "
        "more have such an arm, and too rarely where the doses span little of the "
        "curve.",
        f"- **One common slope** for all arms errs in {between('joint-common', True)} "
        "of the studies in which it has an answer. Here the slopes are truly equal; "
        "where they are not it may err more.",
        "- Rates move with the doses as much as with the test: the same slope gives "
        "different rates at another spacing. Plan your own with "
        "`isobole plan interaction`.",
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the page to the named file, or print it."""
    page = error_rate_page(error_rates())
    if arguments:
        Path(arguments[0]).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
