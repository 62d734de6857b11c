"""Measured false-positive rates of the tests of interaction, by slope and spacing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from isobole.combination._power import TESTS, TestName
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._interaction_design import interaction_design
from isobole.planning._interaction_rates import Rate, rates_of
from isobole.results import Cell, Table, format_number

SLOPES: Final = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
SPACINGS: Final = (0.1, 0.15, 0.2, 0.301)
SAMPLES: Final = 20_000


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """False positives of every test at one slope and spacing, index 1."""

    slope: float
    spacing: float
    rates: tuple[Rate, ...]

    def rate(self, test: TestName) -> Rate:
        """Return one test's rates."""
        return next(rate for rate in self.rates if rate.test == test)


def error_rates(
    slopes: Sequence[float] = SLOPES,
    spacings: Sequence[float] = SPACINGS,
    *,
    n: int = 8,
    count: int = 4,
    level: float = 0.95,
    samples: int = SAMPLES,
    seed: int = 1,
) -> tuple[ErrorRates, ...]:
    """Measure how often each test calls an additive 1:1 mixture an interaction.

    Two drugs of ED50s 10 and 40 and their mixture, all of one slope (probit), `count`
    doses `spacing` log10 apart around each ED50, `n` animals per dose. Unconditional:
    a study in which a test has no answer counts as not rejecting.

    Examples
    --------
    >>> row = error_rates([6], [0.15], samples=2000)[0]
    >>> 0.03 < row.rate("log-delta").rejects < 0.06
    True
    """
    rows = []
    for slope in slopes:
        for spacing in spacings:
            design = interaction_design(
                ["A", "B"], [10, 40], [slope, slope],
                index=1, n=n, spacing=spacing, count=count,
            )  # fmt: skip
            rates = rates_of(design, 1.0, samples=samples, seed=seed, level=level)
            rows.append(ErrorRates(slope, spacing, rates))
    return tuple(rows)


def error_rate_table(rows: Sequence[ErrorRates]) -> Table:
    """Return the measured rates as a table."""
    tests = [rate.test for rate in rows[0].rates]
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        lost = row.rate("log-delta").no_answer if "log-delta" in tests else 0.0
        cells.append(
            (
                format_number(row.slope),
                format_number(row.spacing),
                percent_text(lost),
                *(percent_text(rate.rejects) for rate in row.rates),
            )
        )
    columns = ("slope", "log10 spacing", "an arm without a curve")
    return Table(
        "False positives at a true index of 1",
        (*columns, *(TESTS[test] for test in tests)),
        tuple(cells),
    )
