"""Plans of ED50 studies: risks with their designs, alternatives, advice."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from isobole.doseresponse._outcomes import outcome_distribution
from isobole.planning import plan_ed50
from isobole.planning._ed50 import centred_doses, spread
from isobole.results import (
    DataError,
    Missing,
    OptionError,
    blocks_to_html,
    encode,
)

TOL = 1e-9
QUICK = {"spacings": (0.1, 0.15), "group_sizes": (6, 8)}


@pytest.fixture(scope="module")
def plan():
    return plan_ed50([5, 10, 20, 40], 8, 14, 6, unit="mg/kg")


def test_risks_are_those_of_the_outcome_distribution(plan):
    found = outcome_distribution([5, 10, 20, 40], 8, (14, 6))
    expected = {
        "no-finite-slope": found.no_finite_slope,
        "no-ed50": found.no_estimate,
        "ed50-outside-doses": found.outside,
        "limit-not-bounded": found.interval("likelihood").unbounded,
        "limits-miss": 1 - found.interval("likelihood").unconditional,
        "off-by-1.5-fold": 1 - dict(found.within)[1.5],
    }
    for code, share in expected.items():
        assert plan.risk(code).share == pytest.approx(share, abs=TOL)
    with pytest.raises(OptionError, match="'no-finite-slope'"):
        plan.risk("bankruptcy")


def test_every_quoted_risk_names_its_doses_animals_and_slope(plan):
    for risk in plan.to_dict()["risks"]:
        assert "doses 5, 10, 20, 40 mg/kg with 8 animals each" in risk["sentence"]
        assert "slope 6 probits per tenfold dose" in risk["sentence"]
        assert (risk["doses"], risk["n"]) == ([5, 10, 20, 40], [8] * 4)
        assert (risk["ed50"], risk["slope"]) == (14, 6)
    for text in (str(plan), repr(plan), plan.message, blocks_to_html(plan.blocks())):
        assert "5, 10, 20, 40 mg/kg with 8 animals each" in text
    assert "\n" not in repr(plan)


def test_the_slope_is_explained_in_doses(plan):
    assert "6 probits per tenfold dose (decade)" in plan.slope_meaning
    assert "ED84 / ED16 = 2.15" in plan.slope_meaning
    logit = plan_ed50([5, 10, 20], 4, 10, 5, link="logit", **QUICK)
    assert "logits per tenfold dose" in logit.slope_meaning


def test_alternatives_are_designs_of_their_own(plan):
    kinds = [a.kind for a in plan.alternatives]
    assert kinds == ["planned"] + ["spacing"] * 4 + ["n"] * 4
    for a in plan.alternatives:
        found = outcome_distribution(a.doses, a.n, (14, 6), intervals=["likelihood"])
        assert a.no_finite_slope == pytest.approx(found.no_finite_slope, abs=TOL)
        likelihood = found.interval("likelihood")
        assert a.complete == pytest.approx(likelihood.complete, abs=TOL)
        assert a.coverage == pytest.approx(likelihood.unconditional, abs=TOL)
        assert a.animals == (32 if a.kind != "n" else 4 * a.n[0])
    spaced = plan.alternatives[2]
    off = [
        outcome_distribution(spaced.doses, spaced.n, (14 * k, 6)).interval("likelihood")
        for k in (1 / 1.5, 1.5)
    ]
    worst = min([spaced.complete] + [interval.complete for interval in off])
    assert spaced.complete_if_off == pytest.approx(worst, abs=TOL)
    assert isinstance(plan.alternatives[-1].complete_if_off, Missing)


def test_advice_follows_the_slope():
    """Steep curves want doses close together, flat ones want them far apart."""
    steep = plan_ed50([5, 10, 20, 40], 8, 14, 8, group_sizes=())
    flat = plan_ed50([12, 14, 16], 8, 14, 2, group_sizes=())
    assert re.search(r"Recommended: .*\(0\.1\d* log10 apart", steep.message)
    assert "finite slope" in steep.message
    assert "(0.3 log10 apart" in flat.message
    assert "not bounded" in flat.message


def test_a_good_plan_is_kept():
    good = plan_ed50(centred_doses(14, 5, 0.15), 8, 14, 5, group_sizes=())
    assert "Keep these doses" in good.message


@pytest.mark.parametrize(
    ("slope", "why"),
    [
        (500, "cannot be weighed apart"),
        (35, "0.029 log10 apart (6.8 % steps)"),
        (0.5, "flat for these designs (ED84 / ED16 = 10000"),
    ],
)
def test_no_advice_where_nothing_helps(slope, why):
    plan = plan_ed50([5, 10, 20, 40], 8, 14, slope)
    assert max(a.complete for a in plan.alternatives) < 0.5
    assert "No design compared here helps" in plan.message
    assert why in plan.message
    for advice in ("Keep these doses", "ecommended", "Better doses"):
        assert advice not in plan.message


def test_the_doses_named_for_a_steep_curve_do_help():
    """What the sentence says of slope 35, asked of the plan itself."""
    found = plan_ed50([5, 10, 20, 40], 8, 14, 35, spacings=(0.029,), group_sizes=())
    assert found.alternatives[1].complete > 0.9


def test_a_steep_curve_wants_a_guess_that_is_right():
    plan = plan_ed50([5, 10, 20, 40], 8, 14, 20)
    by_label = {a.label: a for a in plan.alternatives}
    assert by_label["0.1 log10 apart"].complete > 0.5
    assert by_label["0.1 log10 apart"].complete_if_off < 0.5
    assert "helps if the assumed ED50 is wrong" in plan.message
    assert "If it is well known, recommended: doses 9.91" in plan.message


def test_too_few_animals_are_told_that_it_is_they():
    plan = plan_ed50([5, 10, 20], 1, 14, 6)
    assert "No spacing compared here helps with 3 animals" in plan.message
    assert "more animals do. At the planned doses" in plan.message
    assert "Keep these doses" not in plan.message


def test_an_ed50_outside_the_doses_is_said_first():
    plan = plan_ed50([10, 20, 40], 6, 90, 5, **QUICK)
    assert plan.message.startswith("The assumed ED50 90 lies outside")
    assert plan.risk("no-ed50").share > 0.9


def test_limits_that_cover_too_little_are_told(plan):
    assert "Nominal 95 % likelihood limits cover 92.9 %" in plan.message
    assert "calibrated" in plan.message


def test_json_has_the_promised_shape(plan):
    body = plan.to_dict()
    assert list(body) == ["design", "risks", "coverage", "alternatives", "message"]
    text = json.dumps(encode(body), allow_nan=False)
    loaded = json.loads(text)
    assert loaded["design"]["seed"] is None
    assert all(0 <= risk["percent"] <= 100 for risk in loaded["risks"])
    for row in [*loaded["coverage"], *loaded["alternatives"]]:
        assert row["reason"] or None not in [
            v for k, v in row.items() if k not in ("reason", "samples", "seed")
        ]
    assert {row["interval"] for row in loaded["coverage"]} == {
        "likelihood",
        "fieller",
        "delta",
    }


def test_large_designs_are_sampled_and_say_so():
    options = {"spacings": (0.15,), "group_sizes": (12,), "samples": 1000}
    plan = plan_ed50([10, 14, 20, 28, 40, 56], 8, 24, 5, seed=5, **options)
    assert plan.to_dict()["design"]["seed"] == 5
    assert "seed 5" in str(plan)
    assert "Monte Carlo standard error" in str(plan)
    again = plan_ed50([10, 14, 20, 28, 40, 56], 8, 24, 5, seed=5, **options)
    assert again.to_dict() == plan.to_dict()


def test_progress_reaches_its_end():
    seen = []
    plan_ed50([5, 10, 20], 4, 10, 5, progress=lambda k, of: seen.append((k, of)))
    assert seen[-1] == (len(seen), len(seen))


def test_animals_are_shared_out_to_the_middle():
    assert spread(28, 3) == [9, 10, 9]
    assert spread(41, 5) == [8, 8, 9, 8, 8]
    unequal = plan_ed50([5, 10, 20], [4, 8, 5], 10, 5, **QUICK)
    assert {a.animals for a in unequal.alternatives if a.kind != "n"} == {17}
    assert "with 4, 8, 5 animals" in unequal.message


def test_planned_doses_can_be_weighed():
    assert centred_doses(14.0, 3, 0.3).tolist() == [7.02, 14.0, 27.9]
    assert np.allclose(np.diff(np.log10(centred_doses(2e-6, 4, 0.2))), 0.2, atol=0.005)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"doses": [5, -10, 20]}, "dose is -10"),
        ({"doses": [0, 10, 20]}, "control"),
        ({"doses": [10]}, "two doses"),
        ({"n": 0}, "n is 0"),
        ({"n": [8, 8]}, "3 doses but 2 group sizes"),
        ({"slope": 0}, "slope is 0"),
        ({"slope": -6}, "count its absence"),
        ({"ed50": 0}, "ED50 is 0"),
        ({"spacings": (0.15, 0)}, "spacing is 0"),
        ({"group_sizes": (8, 7.5)}, "group size is 7.5"),
    ],
)
def test_what_is_no_design_is_refused_in_words(change, says):
    asked = {"doses": [5, 10, 20], "n": 8, "ed50": 10, "slope": 6, **change}
    with pytest.raises(DataError, match=re.escape(says)) as caught:
        plan_ed50(**asked)
    assert all(problem.remedy for problem in caught.value.problems)
