"""The simulated saving: against facts, enumeration, itself, and the page."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.reference_cases import load

from isobole.planning import DosePrior
from isobole.planning._posterior import Grid
from isobole.planning._ratio import FIXED_DESIGN
from isobole.planning._sequential_designs import DESIGNS, Design, Performance, Scenario
from isobole.planning._sequential_page import sequential_page
from isobole.planning._sequential_savings import savings
from isobole.planning._sequential_simulation import REPLICATES, analyse, measure
from isobole.planning._sequential_stopping import measure_slopes, measure_stopping
from isobole.results import Missing, OptionError

DOCS = Path(__file__).parents[2] / "docs" / "sequential.md"
SIGMA = 3.0  # Monte Carlo standard errors that two simulations may differ by
WIDTH = 0.05  # share that median widths may differ by
# The analysis behind the facts is named only as "Bayesian grid": this prior gives its
# widths. Its fixed doses are not named; its staircase starts at 73 of 100.
FACTS_PRIOR = DosePrior(1.0, 0.5, 3.0, 20.0)
FACTS = Scenario(1 / 0.13)
START, BAD = math.log10(0.73), math.log10(0.3)


def facts() -> dict[tuple[str, int], dict[str, float]]:
    rows = load("studies.json")["design_simulation"]["rows"]
    return {(row["design"], row["n"]): row for row in rows}


@pytest.mark.parametrize(
    ("name", "design", "n"),
    [
        ("fixed 4 doses x 6", Design("fixed", 0.2), 24),
        ("fixed 4 doses x 8", Design("fixed", 0.2), 32),
        ("fixed 4 doses x 10", Design("fixed", 0.2), 40),
        ("up-and-down step 0.1, start 73", Design("up-and-down", 0.1, 1, START), 12),
        ("up-and-down step 0.1, start 73", Design("up-and-down", 0.1, 1, START), 16),
        ("up-and-down step 0.1, start 73", Design("up-and-down", 0.1, 1, START), 20),
        (
            "up-and-down step 0.1, start 30 (bad)",
            Design("up-and-down", 0.1, 1, BAD),
            16,
        ),
        ("up-and-down step 0.06, start 73", Design("up-and-down", 0.06, 1, START), 20),
    ],
)
def test_the_facts_within_monte_carlo_error(name, design, n):
    theirs = facts()[name, n]
    (ours,) = measure(
        [design], [FACTS], checks=[n], fixed_sizes=[n // 4], replicates=2000,
        prior=FACTS_PRIOR, seed=3,
    )  # fmt: skip
    assert ours.animals == n
    # The facts put the error of an RMSE at about 4 % (400 replicates).
    error = math.hypot(0.04 * theirs["rmse_log10"], ours.rmse_error)
    assert abs(ours.rmse - theirs["rmse_log10"]) < SIGMA * error
    share = theirs["cover95"]
    sd = math.sqrt(share * (1 - share) * (1 / 400 + 1 / 2000))
    assert abs(ours.coverage - share) < SIGMA * sd
    assert ours.median_fold == pytest.approx(theirs["median_fold_width"], rel=WIDTH)


@pytest.mark.parametrize(
    ("name", "batch", "n"),
    [
        ("Bayes max-information, one at a time", 1, 12),
        ("Bayes max-information, one at a time", 1, 16),
        ("Bayes max-information, one at a time", 1, 20),
        ("Bayes max-information, batches of 4", 4, 16),
        ("Bayes max-information, batches of 4", 4, 20),
        ("Bayes max-information, batches of 4", 4, 24),
    ],
)
def test_bayes_does_no_worse_than_in_the_facts(name, batch, n):
    """Their rule is not named closer; ours may be better, and is as wide."""
    theirs = facts()[name, n]
    (ours,) = measure(
        [Design("bayes", 0.06, batch)], [FACTS], checks=[n], replicates=500,
        prior=FACTS_PRIOR, seed=3,
    )  # fmt: skip
    error = math.hypot(0.04 * theirs["rmse_log10"], ours.rmse_error)
    assert ours.rmse < theirs["rmse_log10"] + SIGMA * error
    assert ours.coverage > 0.93
    assert ours.median_fold == pytest.approx(theirs["median_fold_width"], rel=WIDTH)


def test_a_fixed_design_is_its_enumeration():
    """With one true ED50 all outcomes can be listed: an exact RMSE and coverage."""
    design, scenario = Design("fixed", 0.2), Scenario(6, 0.05, 0.0)
    (found,) = measure([design], [scenario], fixed_sizes=[4], replicates=4000)
    x = 0.2 * (np.arange(4) - 1.5)
    tables = np.stack(np.meshgrid(*[np.arange(5)] * 4, indexing="ij"), -1).reshape(
        -1, 4
    )
    chance = stats.norm.cdf(6 * (x - 0.05))
    share = stats.binom.pmf(tables, 4, chance).prod(axis=1)
    grid = Grid.of(DosePrior(1.0), step=0.03, slopes=7)
    low, median, high = analyse(grid, x, np.full_like(tables, 4), tables, 0.95)
    rmse = math.sqrt((share * (median - 0.05) ** 2).sum())
    cover = share[(low <= 0.05) & (high >= 0.05)].sum()
    assert abs(found.rmse - rmse) < SIGMA * found.rmse_error
    assert abs(found.coverage - cover) < SIGMA * math.sqrt(cover * (1 - cover) / 4000)


def test_a_finer_grid_gives_the_same_limits():
    """The simulation's coarse grid against twice and more as fine a one."""
    x = 0.06 * np.arange(-5, 6)
    rng = np.random.default_rng(5)
    n = rng.integers(0, 4, (50, 11))
    r = rng.binomial(n, stats.norm.cdf(6 * x))
    coarse = analyse(Grid.of(DosePrior(1.0), step=0.03, slopes=7), x, n, r, 0.95)
    fine = analyse(Grid.of(DosePrior(1.0), step=0.01, slopes=21), x, n, r, 0.95)
    for one, other in zip(coarse, fine, strict=True):
        assert np.abs(one - other).max() < 0.01


def test_off_below_is_off_above_mirrored():
    """The page simulates a guess too low and says that too high is the same."""
    designs = [Design("up-and-down", 0.1), Design("bayes", 0.06, 4)]
    scenarios = [Scenario(6, 0.3), Scenario(6, -0.3)]
    rows = measure(designs, scenarios, checks=[16], replicates=1000)
    for above, below in zip(rows[::2], rows[1::2], strict=True):
        error = math.hypot(above.rmse_error, below.rmse_error)
        assert abs(above.rmse - below.rmse) < SIGMA * error


def test_the_same_seed_gives_the_same_answer():
    asked = {"checks": [8], "replicates": 100}
    one = measure([Design("bayes", 0.06, 4)], [Scenario(6)], **asked)
    assert one == measure([Design("bayes", 0.06, 4)], [Scenario(6)], **asked)
    assert one != measure([Design("bayes", 0.06, 4)], [Scenario(6)], seed=2, **asked)


def test_the_constant_of_the_ratio_plan_is_what_the_simulation_gives():
    """SE 0.047 with 32 animals at a tolerance SD of 0.13, doses about a guess."""
    (found,) = measure(
        [Design("fixed", 0.2)], [FACTS], fixed_sizes=[8], replicates=4000,
        prior=FACTS_PRIOR,
    )  # fmt: skip
    assumed = math.sqrt(FIXED_DESIGN / 32) * 0.13
    assert assumed == pytest.approx(0.047)
    assert found.rmse == pytest.approx(assumed, rel=0.05)


def test_slopes_of_staircases_are_too_steep():
    right = [Scenario(6)]
    fixed, steps = (
        measure_slopes(design, right, replicates=1000)[0]
        for design in (Design("fixed", 0.15), Design("up-and-down", 0.1))
    )
    assert steps.median_ratio > 1.2
    assert steps.median_ratio > fixed.median_ratio > 1
    steep = measure_slopes(Design("fixed", 0.3), [Scenario(12)], replicates=200)[0]
    assert steep.no_finite > 0.5
    assert steep.median_ratio is None


def test_stopping_keeps_its_coverage():
    (found,) = measure_stopping(
        Design("up-and-down", 0.1), [Scenario(8)], replicates=1000
    )
    assert found.coverage > 0.93
    assert 16 < found.animals < 48
    assert 0 < found.unreached < 0.2


def test_savings_need_error_and_coverage_from_there_on():
    scenario, design = Scenario(6), Design("bayes", 0.06, 4)
    fixed = Performance(Design("fixed", 0.2), scenario, 32, 10, 0.05, 0.001, 0, 0.95, 2)
    worse = replace(fixed, design=Design("fixed", 0.1), rmse=0.06)

    def path(*rows):
        return [
            replace(fixed, design=design, animals=n, rmse=rmse, coverage=cover)
            for n, rmse, cover in rows
        ]

    def needed(*rows):
        (found,) = savings([worse, fixed, *path(*rows)])
        assert found.fixed == fixed
        return found

    plain = needed((12, 0.06, 0.99), (16, 0.05, 0.93), (20, 0.04, 0.95))
    assert (plain.needed, plain.saved) == (16, 16)
    assert needed((16, 0.05, 0.929), (20, 0.04, 0.95)).needed == 20
    # A lucky dip in between does not count.
    assert needed((12, 0.049, 0.95), (16, 0.051, 0.95), (20, 0.04, 0.95)).needed == 20
    gone = needed((12, 0.06, 0.95), (20, 0.06, 0.95))
    assert isinstance(gone.saved, Missing)
    assert needed((40, 0.05, 0.95)).saved == -8
    with pytest.raises(OptionError, match="28 animals"):
        savings([fixed, *path((12, 0.06, 0.95))], 28)


def test_the_page_holds_what_is_measured_now():
    """The fixed designs, all scenarios, as many replicates as the page says."""
    page = DOCS.read_text(encoding="utf-8")
    assert f"{REPLICATES:,} replicates" in page
    rows = measure(DESIGNS[:3])
    for design in DESIGNS[:3]:
        cells = [
            f"{row.rmse:.3f} / {100 * row.coverage:.1f} / {row.median_fold:.2f}"
            for row in rows
            if row.design == design and row.animals == 32
        ]
        assert f"| {design.label} | 32 | {' | '.join(cells)} |" in page


def test_the_page_reads_its_own_numbers():
    scenarios = [Scenario(8), Scenario(8, 0.3)]
    designs = [
        Design("fixed", 0.2),
        Design("bayes", 0.06, 4),
        Design("up-and-down", 0.1),
    ]
    rows = measure(designs, scenarios, checks=[16, 24, 32], replicates=100)
    stopped = measure_stopping(designs[2], scenarios, replicates=50)
    slopes = measure_slopes(designs[2], scenarios[:1], replicates=50)
    page = sequential_page(rows, stopped, slopes, rows)
    saved = {(s.design.family, s.scenario.offset): s.saved for s in savings(rows)}
    assert f"Bayesian batches of 4 save {saved['bayes', 0.0]} animals" in page
    assert "100 replicates per row" in page
