"""Planned sizes for latency: what is simulated, how it is tested, what is said."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from isobole.outcomes import log_rank
from isobole.planning import plan_latency
from isobole.planning._approximations import schoenfeld_events
from isobole.planning._latency_model import latency_model
from isobole.planning._latency_power import (
    asymptotic_rejects,
    draw_latencies,
    permutation_rejects,
)
from isobole.results import DataError, Missing, OptionError

ALPHA = 0.05
FAST = {"samples": 1000}


def model(**change):
    given = {
        "window": 1800.0, "control_median": None, "control_events": 0.9,
        "treated_median": None, "treated_events": None, "hazard_ratio": 0.3,
        "deaths": 0.0, "unit": "s", **change,
    }  # fmt: skip
    return latency_model(**given)


@pytest.mark.parametrize(("n", "m", "deaths"), [(6, 6, 0.0), (7, 9, 0.2), (4, 8, 0.0)])
def test_every_study_is_decided_as_the_outcomes_room_decides_it(n, m, deaths):
    made = model(deaths=deaths)
    time, event = draw_latencies(made, n, m, samples=60, seed=3)
    exact = permutation_rejects(time, event, n, ALPHA, 3)
    chi = asymptotic_rejects(time, event, n, ALPHA)
    names = ["control"] * n + ["treated"] * m
    for k in range(60):
        for found, method in ((exact, "exact"), (chi, "asymptotic")):
            p = log_rank(time[k], event[k].astype(int), names, method=method).test.p
            assert not isinstance(p, Missing)
            assert found[k] == (p <= ALPHA), (k, method, p)
    assert 0 < exact.sum() < 60


def test_random_allocations_decide_nearly_as_all_of_them():
    """9 against 9 is drawn: it may part from the exact test near its level only."""
    time, event = draw_latencies(model(), 9, 9, samples=80, seed=4)
    drawn = permutation_rejects(time, event, 9, ALPHA, 4)
    names = ["control"] * 9 + ["treated"] * 9
    for k in range(80):
        found = log_rank(time[k], event[k].astype(int), names, method="exact")
        if abs(found.test.p - ALPHA) > 0.015:  # five Monte Carlo errors
            assert drawn[k] == (found.test.p <= ALPHA)


def test_studies_are_drawn_as_said():
    made = model(deaths=0.2)
    time, event = draw_latencies(made, 50, 50, samples=2000, seed=1)
    for part, treated in ((slice(0, 50), False), (slice(50, 100), True)):
        share = made.event_share(treated)
        error = math.sqrt(share * (1 - share) / 100_000)
        assert event[:, part].mean() == pytest.approx(share, abs=5 * error)
    assert time.max() == 1.0
    assert not event[time == 1.0].any()
    # A smaller study is the beginning of a larger one.
    shorter, _ = draw_latencies(made, 20, 30, samples=2000, seed=1)
    np.testing.assert_array_equal(shorter[:, :20], time[:, :20])
    np.testing.assert_array_equal(shorter[:, 20:], time[:, 50:80])


def test_median_event_share_and_ratio_say_the_same():
    hazard = -math.log(0.1)
    median = 1800 * math.log(2) / hazard
    by_share = model()
    by_median = model(control_events=None, control_median=median)
    assert by_median.control == pytest.approx(by_share.control, rel=1e-12)
    treated = model(hazard_ratio=None, treated_events=1 - 0.1**0.3)
    assert treated.hazard_ratio == pytest.approx(0.3, rel=1e-12)
    assert by_share.event_share(False) == pytest.approx(0.9, rel=1e-12)
    assert by_share.median(False) == pytest.approx(median, rel=1e-12)
    assert model(hazard_ratio=0.1).median(True) is None
    assert model(hazard_ratio=0.0).event_share(True) == 0


def test_schoenfeld_is_met_where_groups_are_large():
    events = schoenfeld_events(0.55, 0.8, ALPHA)
    plan = plan_latency(
        window=100, control_median=1, hazard_ratio=0.55, n=math.ceil(events / 2),
        test="asymptotic", **FAST,
    )  # fmt: skip
    assert plan.planned.power == pytest.approx(0.8, abs=0.05)
    assert plan.approximations[0].n == math.ceil(math.ceil(events) / 2)


def test_the_answer_and_what_stands_beside(said):
    plan = plan_latency(
        window=1800, control_events=0.95, hazard_ratio=0.25, n=8, samples=3000
    )
    n = plan.smallest.holds
    assert 11 <= n <= 13
    assert plan.approximations[0].value == pytest.approx(16.33641481)
    assert plan.test_at("permutation", n).power >= 0.8
    text = said(plan)
    for words in (
        "simulated, standard error", "chi-square log-rank (%)", "Schoenfeld",
        "3,000 studies", "seed 1", "no animal dies", "52.7 % of treated animals",
    ):  # fmt: skip
        assert words in text
    with pytest.raises(OptionError, match="was not examined"):
        plan.test_at("permutation", 999)
    with pytest.raises(OptionError, match="no test 'cox'"):
        plan.test_at("cox", n)


def test_the_same_seed_gives_the_same_plan_and_another_nearly():
    given = {"window": 30, "control_median": 3, "hazard_ratio": 0.2, "unit": "min"}
    one, two = (plan_latency(**given, **FAST) for _ in range(2))
    assert one.to_dict() == two.to_dict()
    other = plan_latency(**given, **FAST, seed=2)
    assert abs(other.smallest.holds - one.smallest.holds) <= 2


def test_no_difference_gives_false_positives(said):
    plan = plan_latency(window=9, control_events=0.9, hazard_ratio=1, n=8, samples=4000)
    assert isinstance(plan.smallest.holds, Missing)
    error = math.sqrt(0.05 * 0.95 / 4000)
    assert plan.planned.power <= 0.05 + 4 * error
    assert "false positives" in said(plan)


def test_no_event_under_treatment_has_no_formula_but_a_size(said):
    plan = plan_latency(window=9, control_events=0.9, treated_events=0, **FAST)
    assert isinstance(plan.approximations[0].n, Missing)
    assert 4 <= plan.smallest.holds <= 6
    assert "no treated animal has the event" in said(plan)


def test_deaths_cost_animals():
    plain, deadly = (
        plan_latency(window=9, control_events=0.8, hazard_ratio=0.2, deaths=d, n=10,
                     samples=4000)
        for d in (0.0, 0.5)
    )  # fmt: skip
    assert deadly.planned.power < plain.planned.power - 0.03
    assert "50 % of animals of any group would die" in deadly.assumptions()


def test_beyond_the_maximum_says_what_schoenfeld_asks_for(said):
    plan = plan_latency(
        window=9, control_events=0.5, hazard_ratio=0.8, maximum=20, **FAST
    )
    assert isinstance(plan.smallest.holds, Missing)
    assert "Schoenfeld asks for 682" in said(plan)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"window": 0}, OptionError, "window is 0"),
        ({"control_events": None}, OptionError, "nothing is said about controls"),
        ({"control_median": 9}, OptionError, "both given"),
        ({"control_events": 0}, OptionError, "no control has the event"),
        ({"control_events": 1}, OptionError, "give control_median instead"),
        ({"control_events": 95}, DataError, "Is it 95 %?"),
        ({"control_events": None, "control_median": -3}, OptionError, "above 0"),
        ({"control_events": None, "control_median": 1e-9}, OptionError, "one unit"),
        ({"hazard_ratio": None}, OptionError, "say once what treatment does"),
        ({"treated_median": 900}, OptionError, "say once what treatment does"),
        ({"hazard_ratio": -1}, OptionError, "hazard_ratio is -1"),
        ({"deaths": 1}, OptionError, "every animal dead"),
        ({"deaths": 10}, DataError, "Then give 0.1"),
        ({"samples": 20}, OptionError, "samples is 20"),
        ({"seed": -1}, OptionError, "seed is -1"),
        ({"test": "exact"}, OptionError, "test is 'exact'"),
        ({"maximum": 5000}, OptionError, "maximum is 5000"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, says):
    given = {"window": 1800, "control_events": 0.9, "hazard_ratio": 0.3}
    with pytest.raises(error, match=re.escape(says)):
        plan_latency(**{**given, **change})
