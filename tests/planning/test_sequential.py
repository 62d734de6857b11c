"""Next doses from the records so far: posterior, information, rules, words."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import integrate, stats

from isobole.doseresponse import up_and_down
from isobole.planning import DosePrior, next_up_and_down, recommend_doses
from isobole.planning._information import (
    choose_batch,
    choose_together,
    information,
    mutual_information,
    outcome_weights,
)
from isobole.planning._posterior import Grid, summarise
from isobole.planning._sequential import _expected_sd, _offered
from isobole.results import DataError, OptionError, encode

LOG = 1e-3  # of a grid against quadrature, in log10 dose
SAME = 1e-9
SINGLE = 1e-6

DOSES = [80, 80, 100, 100, 126, 126, 160]
AFFECTED = [0, 0, 1, 0, 1, 1, 1]
PRIOR = DosePrior(100)


@pytest.fixture
def small():
    """A posterior on a small grid, and chances at five doses."""
    grid = Grid.of(DosePrior(1.0), step=0.1, slopes=5)
    x = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    weight = grid.posterior([[2, 0, 1, 0, 0]], [[0, 0, 1, 0, 0]], grid.tables(x))[0]
    return weight, grid.chances(x).transpose(1, 2, 0), grid


def test_the_posterior_is_that_of_quadrature():
    """An integral over ED50 and slope by scipy, written from the definition."""
    x = np.log10(DOSES)
    sign = 2 * np.array(AFFECTED) - 1

    def density(mu: float) -> float:
        def at(log_slope: float) -> float:
            return float(stats.norm.cdf(sign * np.exp(log_slope) * (x - mu)).prod())

        inner, _ = integrate.quad(at, np.log(1.5), np.log(16), epsabs=1e-10)
        return inner * float(stats.norm.pdf(mu, 2, 0.35))

    whole, _ = integrate.quad(density, 0.6, 3.4, points=[1.9, 2.0, 2.1], epsabs=1e-12)

    def below(mu: float) -> float:
        part, _ = integrate.quad(density, 0.6, mu, points=[1.9], epsabs=1e-12)
        return part / whole

    found = recommend_doses(DOSES, AFFECTED, prior=PRIOR, unit="mg/kg")
    for end, share in (
        (found.ed50.low, 0.025),
        (found.ed50.value, 0.5),
        (found.ed50.high, 0.975),
    ):
        assert below(np.log10(end)) == pytest.approx(share, abs=LOG)


def test_information_is_that_of_its_definition(small):
    weight, chance, _ = small

    def entropy(p: float) -> float:
        return float(-p * np.log(p) - (1 - p) * np.log(1 - p))

    for k in range(5):
        gain = entropy((weight * chance[:, :, k]).sum())
        for m in range(weight.shape[0]):
            share = weight[m].sum()
            gain -= share * entropy((weight[m] * chance[m, :, k]).sum() / share)
        assert information(weight[None], chance)[0, k] == pytest.approx(gain, abs=SAME)


def test_information_of_a_batch_adds_up(small):
    """Chain rule: the batch tells what each tells given those before it."""
    weight, chance, _ = small
    chosen = [1, 3, 3]
    total = 0.0
    for k, at in enumerate(chosen):
        states = outcome_weights(weight, chance, chosen[:k])
        total += float(information(states, chance)[:, at].sum())
    after = outcome_weights(weight, chance, chosen)
    assert len(after) == 2 * 3
    assert after.sum(axis=0) == pytest.approx(weight, abs=SAME)
    assert mutual_information(weight, after) == pytest.approx(total, abs=SAME)


@pytest.mark.parametrize("size", [1, 2, 4, 5])
def test_outcomes_counted_once_give_the_same_batch(small, size):
    weight, chance, _ = small
    nearest = np.abs(np.arange(5) - 2.0)
    each = choose_batch(weight[None], chance, size, nearest=nearest)[0].tolist()
    assert choose_together(weight, chance, size, nearest=nearest) == each


def test_the_expected_spread_is_the_mean_of_the_posteriors(small):
    weight, chance, grid = small
    after = outcome_weights(weight, chance, [1, 2, 2])
    variance = 0.0
    for outcome in after:
        share = outcome.sum()
        sd = summarise(outcome.sum(axis=1)[None] / share, grid.mu, 0.95).sd[0]
        variance += share * sd**2
    assert _expected_sd(after, grid) ** 2 == pytest.approx(variance, abs=SAME)
    before = summarise(weight.sum(axis=1)[None], grid.mu, 0.95).sd[0]
    assert _expected_sd(after, grid) < before
    assert _expected_sd(weight[None], grid) == pytest.approx(before, abs=SAME)


def test_the_first_animal_stands_at_the_guess():
    found = recommend_doses([], [], prior=PRIOR, batch=1)
    assert found.next_doses == ((100.0, 1),)
    assert found.prior_weight == pytest.approx(1, abs=0.001)
    low, high = PRIOR.range95()
    assert (found.ed50.low, found.ed50.high) == pytest.approx((low, high), rel=LOG)
    rule = recommend_doses([], [], prior=PRIOR, design="up-and-down", batch=4)
    assert rule.next_doses == ((100.0, 4),)


def test_doses_move_towards_the_ed50():
    up = recommend_doses([100] * 4, [0] * 4, prior=PRIOR, batch=1)
    down = recommend_doses([100] * 4, [1] * 4, prior=PRIOR, batch=1)
    assert up.next_doses[0][0] > 100 > down.next_doses[0][0]
    assert "asks for higher doses" in up.messages[0]
    assert "asks for lower doses" in down.messages[0]


def test_the_prior_fades():
    few = recommend_doses(DOSES, AFFECTED, prior=PRIOR)
    many = recommend_doses(DOSES * 6, AFFECTED * 6, prior=PRIOR)
    assert many.prior_weight < few.prior_weight < 1
    assert many.fold < few.fold
    assert few.expected_fold < few.fold
    # With much data the prior's place hardly matters.
    other = recommend_doses(DOSES * 6, AFFECTED * 6, prior=DosePrior(150))
    assert other.ed50.value == pytest.approx(many.ed50.value, rel=0.03)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.001, 1000), st.lists(st.integers(0, 1), min_size=7, max_size=7))
def test_the_unit_does_not_matter(factor, outcomes):
    allowed = [50, 63, 80, 100, 126, 160, 200]
    one = recommend_doses(DOSES, outcomes, prior=PRIOR, allowed=allowed)
    scaled = recommend_doses(
        np.array(DOSES) * factor,
        outcomes,
        prior=DosePrior(100 * factor),
        allowed=[dose * factor for dose in allowed],
    )
    assert scaled.ed50.value == pytest.approx(factor * one.ed50.value, rel=SINGLE)
    assert scaled.fold == pytest.approx(one.fold, rel=SINGLE)
    assert scaled.information_bits == pytest.approx(one.information_bits, rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(7)))
def test_the_order_of_animals_does_not_matter_to_the_posterior(order):
    one = recommend_doses(DOSES, AFFECTED, prior=PRIOR)
    other = recommend_doses(
        [DOSES[k] for k in order], [AFFECTED[k] for k in order], prior=PRIOR
    )
    assert other.ed50.value == pytest.approx(one.ed50.value, rel=SAME)
    assert other.next_doses == one.next_doses


def test_counting_the_absence_is_the_same_study():
    seizing = [1 - y for y in AFFECTED]
    one = recommend_doses(DOSES, AFFECTED, prior=PRIOR)
    other = recommend_doses(DOSES, seizing, prior=PRIOR, direction="falls")
    assert other.ed50 == one.ed50
    assert other.next_doses == one.next_doses
    assert other.groups[-1] == (160, 1, 0)


def test_only_allowed_doses_are_given():
    listed = recommend_doses(DOSES, AFFECTED, prior=PRIOR, allowed=[70, 110, 170])
    assert {dose for dose, _ in listed.next_doses} <= {70, 110, 170}
    capped = recommend_doses(DOSES, AFFECTED, prior=PRIOR, maximum=60)
    assert capped.next_doses == ((60.0, 4),)
    assert any("above every dose that may be given" in m for m in capped.messages)
    between = recommend_doses(
        DOSES, AFFECTED, prior=PRIOR, minimum=97, maximum=105, batch=12
    )
    assert all(97 <= dose <= 105 for dose, _ in between.next_doses)
    assert sum(n for _, n in between.next_doses) == 12


def test_doses_already_made_up_stand_for_those_next_to_them():
    """The doctest's 150 was dosed before; the ladder alone would have said 158."""
    found = recommend_doses([100, 100, 150, 150], [0, 0, 1, 1], prior=PRIOR)
    assert found.next_doses[-1] == (150, 1)
    mu = summarise(np.array([[0.25, 0.5, 0.25]]), np.array([1.9, 2.0, 2.1]), 0.95)
    fresh = _offered(mu, np.zeros(0), None, None, None)
    assert {79.4, 100.0, 126.0} <= set(fresh)
    made = _offered(mu, np.array([81.0, 128.0, 5000.0]), None, None, None)
    assert {81.0, 128.0, 100.0} <= set(made)
    assert not {79.4, 126.0, 5000.0} & set(made)


def test_stopping_and_its_reasons():
    wide = recommend_doses(DOSES, AFFECTED, prior=PRIOR)
    assert not wide.stop
    assert wide.advice.startswith("Go on")
    assert "wider than the 1.6-fold" in wide.advice
    narrow = recommend_doses(DOSES, AFFECTED, prior=PRIOR, target_fold=4)
    assert narrow.stop
    assert "within the 4-fold" in narrow.advice
    spent = recommend_doses(DOSES, AFFECTED, prior=PRIOR, max_animals=7)
    assert spent.stop
    assert "7 animals were used, of 7 allowed" in spent.advice
    short = recommend_doses(DOSES, AFFECTED, prior=PRIOR, max_animals=9)
    assert "Only 2 of the 9 animals allowed are left" in short.advice
    never = recommend_doses([], [], prior=DosePrior(100, 0.02), target_fold=4)
    assert not never.stop  # a guess alone is no result


def test_records_that_contradict_the_guess():
    found = recommend_doses([1000, 1300] * 4, [0, 1] * 4, prior=DosePrior(10))
    assert any("contradict the guess" in message for message in found.messages)


def test_outcomes_that_run_the_other_way_are_told():
    doses = [50] * 10 + [200] * 10
    found = recommend_doses(doses, [1] * 10 + [0] * 10, prior=PRIOR)
    assert any("run the other way" in message for message in found.messages)
    turned = recommend_doses(doses, [1] * 10 + [0] * 10, prior=PRIOR, direction="falls")
    assert turned.messages == ()


def test_what_a_recommendation_says():
    found = recommend_doses(
        DOSES, AFFECTED, prior=PRIOR, unit="mg/kg", endpoint="protected"
    )
    said = " ".join(str(found).split())
    for words in (
        "credible interval", "The prior has", "% of the weight", "ED50 100 mg/kg",
        "Do not use it for a test of slopes", "maximum expected information",
        "greedy within the batch", "protected",
    ):  # fmt: skip
        assert words.lower() in said.lower(), words
    assert found.slope_note in said
    assert "\n" not in repr(found)
    body = json.loads(json.dumps(encode(found.to_dict()), allow_nan=False))
    assert body["slope_note"] == found.slope_note
    assert body["reason"]
    assert found.to_frame()["n"].sum() == 4
    ladder = recommend_doses(DOSES, AFFECTED, prior=PRIOR, design="up-and-down")
    assert "Gezmu" in ladder.methods().references[0]
    assert ladder.to_dict()["step_log10"] == 0.1


def test_the_picture_has_its_words_and_numbers():
    found = recommend_doses(DOSES, AFFECTED, prior=PRIOR, unit="mg/kg")
    (figure,) = [b for b in found.blocks() if type(b).__name__ == "Figure"]
    assert "0 of 2 at 80 mg/kg" in figure.alt
    assert len(figure.table.rows) == len(found.groups) + len(found.next_doses)
    axes = figure.draw().axes[0]
    assert axes.get_xlabel() == "Dose (mg/kg)"
    assert {t.get_text() for t in axes.texts} >= {"0/2", "1/2", "2/2", "1/1"}
    assert recommend_doses([], [], prior=PRIOR).plot() is not None


def test_the_staircase_of_the_reference(studies_case):
    with studies_case("up_and_down") as case:
        case.given(
            "oecd425_style_mle.dose", "oecd425_style_mle.response",
            "oecd425_style_mle.sigma", "dixon_mood_synthetic.log10_mA_levels",
            "dixon_mood_synthetic.level_index", "dixon_mood_synthetic.response",
        )  # fmt: skip
        oecd = case.data("oecd425_style_mle")
        run = up_and_down(oecd["dose"], oecd["response"], sigma=oecd["sigma"])
        value = run.ed(50).value
        assert value == pytest.approx(case.expect("oecd425_style_mle.ld50"), rel=SINGLE)
        log = case.expect("oecd425_style_mle.log10_ld50")
        assert np.log10(value) == pytest.approx(log, abs=SINGLE)
        ladder = case.expect("oecd425_style_mle.default_progression_mg_kg")
        for low, high in pairwise(ladder):
            options = {"step_log10": 0.5, "allowed": ladder}
            assert next_up_and_down([low], [0], **options) == high
            assert next_up_and_down([high], [1], **options) == low

        mood = case.data("dixon_mood_synthetic")
        level = 10 ** np.array(mood["log10_mA_levels"])[mood["level_index"]]
        step = case.expect("dixon_mood_synthetic.step_log10")
        follows = all(
            next_up_and_down(level[:k], mood["response"][:k], step_log10=step)
            == pytest.approx(level[k], rel=0.005)  # three digits
            for k in range(1, len(level))
        )
        assert follows is case.expect("dixon_mood_synthetic.sequence_is_valid_updown")
        found = up_and_down(level, mood["response"], method="dixon-mood", step=step)
        detail = found.details
        assert detail.n_counted == case.expect("dixon_mood_synthetic.N")
        assert detail.a == case.expect("dixon_mood_synthetic.A")
        assert detail.b == case.expect("dixon_mood_synthetic.B")
        assert case.expect("dixon_mood_synthetic.used") == "nonresponses"
        assert detail.counted == "non-responders"
        ed50 = case.expect("dixon_mood_synthetic.ed50")
        assert found.ed(50).value == pytest.approx(ed50, rel=SINGLE)
        where = case.expect("dixon_mood_synthetic.log10_ed50")
        assert detail.location == pytest.approx(where, abs=SINGLE)
        spread = case.expect("dixon_mood_synthetic.sigma_log10")
        assert detail.sigma == pytest.approx(spread, rel=1e-5)
        n, a, b = detail.n_counted, detail.a, detail.b
        moment = (n * b - a**2) / n**2
        assert moment == pytest.approx(case.expect("dixon_mood_synthetic.M"), rel=1e-6)
        # A key with a dot in it is reached through its branch, all of it compared.
        valid = case.expect("dixon_mood_synthetic")["sigma_formula_valid_M_gt_0.3"]
        assert (moment > 0.3) is valid

        ml = up_and_down(level, mood["response"])
        fitted = case.expect("probit_mle.ed50")
        assert ml.ed(50).value == pytest.approx(fitted, rel=1e-5)
        intercept, slope = case.expect("probit_mle.coef")
        assert 1 / ml.details.sigma == pytest.approx(slope, rel=1e-4)
        assert -ml.details.location / ml.details.sigma == pytest.approx(
            intercept, rel=1e-4
        )


@pytest.mark.parametrize(
    ("hits", "way"),
    [([0, 0, 0, 0], 1), ([1, 0, 0, 0], 1), ([1, 1, 0, 0], 0), ([1, 1, 1, 0], -1)],
)
def test_groups_step_by_majority(hits, way):
    expected = {1: 126.0, 0: 100.0, -1: 79.4}[way]
    assert next_up_and_down([100] * 4, hits, batch=4) == expected
    other = [1 - y for y in hits]
    assert next_up_and_down([100] * 4, other, batch=4, direction="falls") == expected


def test_a_staircase_stays_within_its_limits():
    assert next_up_and_down([100], [0], maximum=110) == 110
    assert next_up_and_down([100], [1], minimum=95) == 95
    assert next_up_and_down([100], [0], allowed=[50, 100]) == 100
    assert next_up_and_down([100], [0], allowed=[50, 100, 400]) == 400
    # Animals at other doses belong to earlier groups.
    assert next_up_and_down([80, 80, 100], [1, 1, 0], batch=4) == 126


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"doses": [0, 100]}, DataError, "dose is 0"),
        ({"doses": [-5, 100]}, DataError, "-5"),
        ({"affected": [0, 2]}, DataError, "2"),
        ({"doses": [100]}, DataError, "affected"),
        ({"batch": 0}, OptionError, "batch is 0"),
        ({"batch": 2.5}, OptionError, "batch is 2.5"),
        ({"batch": 96}, OptionError, "two batches"),
        ({"design": "bayesian"}, OptionError, "Did you mean 'bayes'"),
        ({"direction": "up"}, OptionError, "'rises', 'falls'"),
        ({"allowed": []}, OptionError, "finite doses above 0"),
        ({"allowed": [50], "minimum": 60}, OptionError, "no allowed dose"),
        ({"minimum": 90, "maximum": 60}, OptionError, "exchange"),
        ({"maximum": float("nan")}, OptionError, "maximum is nan"),
        ({"level": 95}, OptionError, "Did you mean 0.95"),
        ({"target_fold": 1}, OptionError, "target_fold is 1"),
        ({"max_animals": 0}, OptionError, "max_animals is 0"),
        ({"max_animals": 2.5}, OptionError, "max_animals is 2.5"),
        ({"allowed": ["low"]}, OptionError, "finite doses above 0"),
        ({"design": "up-and-down", "step_log10": 0}, OptionError, "step_log10 is 0"),
        ({"unit": "furlong"}, DataError, "furlong"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, says):
    asked = {"doses": [80, 100], "affected": [0, 1], **change}
    with pytest.raises(error, match=re.escape(says)):
        recommend_doses(prior=PRIOR, **asked)


@pytest.mark.parametrize(
    "prior",
    [
        {"ed50": 0}, {"ed50": float("inf")}, {"ed50": 1, "ed50_sd_log10": 0},
        {"ed50": 1, "slope_low": 8, "slope_high": 3}, {"ed50": 1, "slope_low": 0},
        {"ed50": "100"}, {"ed50": None}, {"ed50": 1e-310},
    ],
)  # fmt: skip
def test_what_is_no_prior_is_refused(prior):
    with pytest.raises(DataError) as caught:
        DosePrior(**prior)
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_number_is_no_prior():
    with pytest.raises(OptionError, match="DosePrior"):
        recommend_doses([], [], prior=100)


def test_no_animal_has_no_next_step():
    with pytest.raises(OptionError, match="no animal yet"):
        next_up_and_down([], [])
