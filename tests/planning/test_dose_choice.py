"""Fixed doses chosen over a prior: the judgement, the choice, the words."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from scipy import stats

from isobole.planning import DosePrior, choose_doses, plan_ed50, plan_ratio
from isobole.planning._dose_choice import EQUAL, detectable_fold
from isobole.planning._posterior import Grid, summarise
from isobole.results import DataError, OptionError, encode

SIGMA = 3.0
PRIOR = DosePrior(100)


@pytest.fixture(scope="module")
def choice():
    return choose_doses(PRIOR, 32, unit="mg/kg")


def test_the_expected_error_is_the_error(choice):
    """Over the prior the mean posterior variance is the mean squared error.

    Drawn anew here, with scipy's normal distribution and no code of the choice.
    """
    best = choice.recommended
    rng = np.random.default_rng(99)
    mu = rng.normal(2, 0.35, 4000)
    slope = np.exp(rng.uniform(np.log(1.5), np.log(16), 4000))
    x, n = np.log10(best.doses), np.array(best.n)
    r = rng.binomial(n, stats.norm.cdf(slope[:, None] * (x - mu[:, None])))
    grid = Grid.of(PRIOR, step=0.02, slopes=12)
    weight = grid.posterior(np.broadcast_to(n, r.shape), r, grid.tables(x))
    found = summarise(weight.sum(axis=2), grid.mu, 0.95)
    square = (found.mean - mu) ** 2
    error = square.std() / math.sqrt(mu.size) / (2 * math.sqrt(square.mean()))
    # The choice's own 2,000 draws err, too.
    assert abs(math.sqrt(square.mean()) - best.rmse) < SIGMA * error * math.sqrt(3)
    inside = ((found.low <= mu) & (mu <= found.high)).mean()
    assert inside == pytest.approx(best.coverage, abs=0.02)


def test_coverage_over_the_prior_is_nominal(choice):
    """Credible intervals cover as they say on average over their own prior."""
    for design in choice.designs:
        assert (
            abs(design.coverage - 0.95) < SIGMA * math.sqrt(0.95 * 0.05 / 2000) + 0.003
        )


def test_the_recommended_is_the_least_of_the_best(choice):
    least = min(design.rmse for design in choice.designs)
    close = [d for d in choice.designs if d.rmse <= least * (1 + EQUAL)]
    assert choice.recommended in close
    assert len(choice.recommended.doses) == min(len(d.doses) for d in close)
    assert len(choice.designs) == 4 * 6
    assert all(sum(design.n) == 32 for design in choice.designs)


def test_a_sure_guess_wants_doses_close_together():
    sure = choose_doses(DosePrior(100, 0.1, 4, 12), 32).recommended
    unsure = choose_doses(DosePrior(100, 0.5, 4, 12), 32).recommended
    steep = choose_doses(DosePrior(100, 0.1, 8, 16), 32).recommended
    assert sure.doses[-1] / sure.doses[0] < unsure.doses[-1] / unsure.doses[0]
    assert steep.rmse < sure.rmse < unsure.rmse


def test_more_animals_give_less_error(choice):
    animals, errors = zip(
        *[(size.animals, size.rmse) for size in choice.sizes], strict=True
    )
    assert list(animals) == sorted(animals)
    assert list(errors) == sorted(errors, reverse=True)
    own = next(size for size in choice.sizes if size.animals == 32)
    assert own.rmse == choice.recommended.rmse


def test_shares_at_slopes_are_those_of_the_plan(choice):
    middle = choice.at_slopes[1]
    plan = plan_ed50(
        choice.recommended.doses, choice.recommended.n, 100, middle.slope,
        spacings=(), group_sizes=(),
    )  # fmt: skip
    assert plan.alternatives[0].complete == pytest.approx(middle.complete)
    assert plan.risk("no-finite-slope").share == pytest.approx(middle.no_finite_slope)
    slopes = [row.slope for row in choice.at_slopes]
    assert PRIOR.slope_low < slopes[0] < slopes[1] < slopes[2] < PRIOR.slope_high


def test_the_difference_shown_agrees_with_the_ratio_plan():
    """Both from one error of log10 ED50: 0.047 with 32 animals."""
    assert detectable_fold(0.047) == pytest.approx(plan_ratio(1, 2).seen_with(32))


def test_the_unit_does_not_matter():
    asked = {"groups": 4, "spacings": (0.15, 0.3), "sizes": (24,), "draws": 400}
    one = choose_doses(PRIOR, 24, **asked).recommended
    other = choose_doses(DosePrior(0.1), 24, **asked).recommended
    assert np.allclose(np.array(other.doses) * 1000, one.doses, rtol=0.01)
    assert other.rmse == pytest.approx(one.rmse, rel=0.02)


def test_a_guess_too_vague_is_told():
    vague = choose_doses(DosePrior(100, 1.0), 32, draws=400)
    assert "the guess is too uncertain for a fixed design" in vague.message


def test_the_same_seed_gives_the_same_choice(choice):
    assert choose_doses(PRIOR, 32, unit="mg/kg").to_dict() == choice.to_dict()


def test_what_a_choice_says(choice):
    said = " ".join(str(choice).split())
    for words in (
        "25.1, 50.1, 100, 200, 398 mg/kg", "6 or 7 animals each", "80 % power",
        "Monte Carlo standard error", "2,000 studies", "slope 1.5 to 16",
        "one run after the other",
    ):  # fmt: skip
        assert words in said
    assert "\n" not in repr(choice)
    json.dumps(encode(choice.to_dict()), allow_nan=False)
    assert len(choice.to_frame()) == 24


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n_total": 5}, "do not give two to each of 3 doses"),
        ({"n_total": 3}, "n_total is 3"),
        ({"n_total": 7.5}, "n_total is 7.5"),
        ({"groups": 1}, "groups is 1"),
        ({"groups": []}, "at least one"),
        ({"groups": 40}, "at most 12"),
        ({"spacings": [0]}, "spacing is 0"),
        ({"spacings": [float("nan")]}, "spacing is nan"),
        ({"sizes": [0]}, "sizes is 0"),
        ({"draws": 5}, "draws is 5"),
        ({"level": 95}, "Did you mean 0.95"),
        ({"n_total": 501}, "501 animals are more than 500"),
        ({"sizes": (16, 800)}, "800 animals are more than 500"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, says):
    with pytest.raises(OptionError, match=re.escape(says)):
        choose_doses(PRIOR, **{"n_total": 32, **change})


def test_an_unknown_unit_is_refused():
    with pytest.raises(DataError, match="furlong"):
        choose_doses(PRIOR, 32, unit="furlong")
