"""Plans of interaction studies: decisions, rates, sizes, words, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from isobole.combination import CombinationData, analyze_combination
from isobole.combination._power import TESTS, decide_studies, equivalent
from isobole.combination._power_arms import arm_tables
from isobole.combination._split import ArmSet, split_deviance
from isobole.combination._verdict import direction_of
from isobole.doseresponse import QuantalData, fit_quantal, litchfield_wilcoxon
from isobole.planning import error_rate_table, error_rates, plan_interaction
from isobole.planning._interaction_design import interaction_design
from isobole.planning._interaction_rates import draw_studies, rates_of
from isobole.results import DataError, Missing, OptionError, blocks_to_html, encode

CHI2 = 3.8414588
TOL = 1e-9
SIGN = {"below 1": -1, "above 1": 1}
DOCS = Path(__file__).parents[2] / "docs" / "error-rates.md"


def study_design(slope=6.0, spacing=0.15, n=8, index=0.75):
    return interaction_design(
        ["A", "B"], [10, 40], [slope, slope], index=index, n=n, spacing=spacing
    )


def counts_of(arms, row):
    return [arm.batch.r[number] for arm, number in zip(arms, row, strict=True)]


def test_tables_are_those_of_the_single_fits():
    doses, n = [5.0, 10, 20, 40], 8
    tables = [[1, 3, 5, 8], [0, 2, 1, 7], [3, 1, 6, 5], [0, 0, 8, 8], [0, 3, 8, 8]]
    arm = arm_tables(np.log10(doses), n, tables)
    for i, table in enumerate(tables):
        data = QuantalData(doses, [n] * 4, table)
        fit, paper = fit_quantal(data), litchfield_wilcoxon(data).details
        if not arm.rising[i]:
            assert fit.status in ("separated", "quasi-separated")
            assert not arm.lw.known[i]
            continue
        found = fit.ed(50, interval="delta")
        assert arm.m[i] == pytest.approx(np.log10(found.value), abs=1e-7)
        se = np.sqrt(arm.h[i] * arm.var_m[i])
        assert se == pytest.approx(found.log10_se, rel=1e-6)
        assert arm.lw.sem[i] == pytest.approx(paper.sem, rel=1e-6)
        assert arm.lw.n_prime[i] == paper.n_prime


@pytest.mark.parametrize(
    ("slope", "spacing", "n", "index"),
    [(6, 0.15, 8, 0.75), (9, 0.2, 8, 0.75), (12, 0.15, 5, 1.4)],
)
def test_every_decision_is_that_of_the_analysis(slope, spacing, n, index):
    design = study_design(slope, spacing, n, index)
    arms, studies = draw_studies(design, index, samples=25, seed=3)
    found = decide_studies(arms, studies, design.shares)
    parts = np.array([[1, 0], [0, 1], design.shares])
    doses = np.concatenate(
        [np.outer(at, part) for at, part in zip(design.doses, parts, strict=True)]
    )
    for s, row in enumerate(studies):
        counts = np.concatenate(counts_of(arms, row))
        data = CombinationData(["A", "B"], doses, [n] * counts.size, counts)
        told = analyze_combination(data, draws=0).interactions[0]
        ps = {
            "joint-separate": told.joint[0].p,
            "joint-common": told.joint[1].p,
            "welch-lublin": told.welch.p,
        }
        if all(arm.rising[k] for arm, k in zip(arms, row, strict=True)):
            ps["log-delta"] = told.p
        for name, p in ps.items():
            assert found[name].answered[s] != isinstance(p, Missing)
            if not isinstance(p, Missing):
                assert (found[name].direction[s] != 0) == (p < 0.05)
        verdict = SIGN.get(direction_of(told.index.limits), 0)
        assert found["default"].direction[s] == verdict
        # The profile interval excludes 1 exactly where its likelihood ratio rejects.
        profile = SIGN.get(direction_of(told.joint[0].limits), 0)
        assert found["joint-separate"].direction[s] == profile


def test_shallow_and_separated_arms_are_decided_by_the_best_division_of_the_cut():
    for slope, spacing, n in ((4.0, 0.1, 6), (12.0, 0.3, 8)):
        design = study_design(slope, spacing, n, 0.6)
        arms, studies = draw_studies(design, 0.6, samples=25, seed=5)
        found = decide_studies(
            arms, studies, design.shares, tests=["joint-separate"],
            heterogeneity="none",
        )["joint-separate"]  # fmt: skip
        for s, row in enumerate(studies):
            sets = [
                ArmSet(QuantalData(at, [n] * len(at), table), "probit", 0.0, 60.0)
                for at, table in zip(design.doses, counts_of(arms, row), strict=True)
            ]
            deviance = split_deviance(sets[:-1], sets[-1], design.shares, 0.0, 60.0)
            above = deviance is None or deviance > CHI2
            assert (found.direction[s] != 0) == above


def test_sham_keeps_the_level():
    """A drug with itself has index 1: tests that keep their level reject in 5 %."""
    sham = interaction_design(
        ["drug", "the same drug"], [20, 20], [6, 6], index=1, n=10, spacing=0.12
    )
    rates = {r.test: r for r in rates_of(sham, 1.0, samples=20_000, seed=2)}
    plain = {
        r.test: r
        for r in rates_of(sham, 1.0, samples=20_000, seed=2, heterogeneity="none")
    }
    for name in ("joint-separate", "joint-common"):
        assert plain[name].rejects == pytest.approx(0.05, abs=0.008)
        # The factor fires by chance for one arm in twenty and only ever widens.
        assert rates[name].rejects < plain[name].rejects
    assert rates["log-delta"].rejects == pytest.approx(0.045, abs=0.01)
    assert rates["welch-lublin"].rejects < 0.02


def test_rates_do_not_depend_on_the_unit_or_the_order_of_the_drugs():
    one = interaction_design(["A", "B"], [10, 40], [5, 7], index=0.7, n=8)
    scaled = interaction_design(["A", "B"], [1e-2, 4e-2], [5, 7], index=0.7, n=8)
    swapped = interaction_design(["B", "A"], [40, 10], [7, 5], index=0.7, n=8)
    power = [
        {r.test: r.below for r in rates_of(d, 0.7, samples=4000, seed=1)}
        for d in (one, scaled, swapped)
    ]
    for name in TESTS:
        assert power[0][name] == pytest.approx(power[1][name], abs=0.001)
        assert power[0][name] == pytest.approx(power[2][name], abs=0.04)


def test_a_seed_repeats_and_another_differs():
    design = study_design()
    first, again, other = (
        rates_of(design, 0.75, samples=1000, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_large_arms_are_sampled_and_have_the_same_rates():
    design = study_design(n=12)  # 13^4 tables: more than are listed
    arms, studies = draw_studies(design, 0.75, samples=2000, seed=1)
    assert studies.shape == (2000, 3)
    share = np.mean(
        [arm.batch.r[studies[:, i]].mean() for i, arm in enumerate(arms[:2])]
    )
    assert share == pytest.approx(6, abs=0.1)


def test_equivalence_needs_both_sides():
    x = np.log10([5.0, 8, 12, 20])
    arm = arm_tables(x, 400, [[40, 140, 260, 360], [100, 230, 320, 385]])
    same, apart = [0, 0, 0], [0, 0, 1]
    inside = equivalent([arm] * 3, np.array([same, apart]), [1, 1], (0.8, 1.25))
    assert inside.tolist() == [True, False]


@pytest.fixture(scope="module")
def plan():
    return plan_interaction(
        ["valproate", "magnesium"], [140, 60], [7, 7],
        index=0.7, unit="mg/kg", margin=(0.7, 1.43), sizes=(8, 12), samples=3000,
    )  # fmt: skip


def test_json_has_the_promised_shape(plan):
    body = plan.to_dict()
    assert list(body)[:3] == ["design", "tests", "sizes"]
    assert body["message"] == plan.message
    json.dumps(encode(body), allow_nan=False)
    assert [row["test"] for row in body["tests"]] == list(TESTS)
    for row in body["tests"]:
        assert 0 <= row["false_positive"] <= 100
        assert 0 <= row["power"] <= 100
        assert (row["smallest_n"] is None) == bool(row["reason"])
    assert [row["animals"] for row in body["sizes"]] == [96, 144]
    assert body["design"]["shares"] == pytest.approx([0.7, 0.3])
    assert body["design"]["additive_ed50"] == pytest.approx(100)


def test_the_plan_is_told_with_its_doses(plan):
    assert plan.test("default").power > plan.test("welch-lublin").power
    for text in (str(plan), blocks_to_html(plan.blocks()), plan.design.words()):
        assert "mixture 49.8, 70.4, 99.4, 140 mg/kg" in text
    for part in ("valproate and magnesium", "96 animals", "additive within 0.7"):
        assert part in plan.message
    assert "Monte Carlo standard error" in str(plan)
    assert "\n" not in repr(plan)
    assert repr(plan).startswith("PlanInteraction(valproate + magnesium, 96 animals")
    with pytest.raises(OptionError, match="'joint-common'"):
        plan.test("guess")


def test_the_smallest_size_holds_for_all_larger_ones(plan):
    for test in plan.tests:
        powers = [dict(size.power)[test.name] for size in plan.sizes]
        if isinstance(test.smallest, Missing):
            assert powers[-1] < 0.8
        else:
            reached = [s.n[0] >= test.smallest for s in plan.sizes]
            assert all(p >= 0.8 for p, ok in zip(powers, reached, strict=True) if ok)


def test_equivalence_grows_with_animals(plan):
    rows = plan.equivalence.rows
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert rows[-1][2] > rows[0][2] + 0.1
    small = plan_interaction(
        ["A", "B"], [10, 40], [3, 3],
        index=0.5, sizes=(8,), samples=200, margin=(0.97, 1.03),
    )  # fmt: skip
    assert small.equivalence.rows == ()
    assert "too many to simulate" in small.message
    json.dumps(encode(small.to_dict()), allow_nan=False)


def test_three_drugs_arms_of_their_own_size_and_doses_by_mass():
    plan = plan_interaction(
        ["A", "B", "C"], [10, 40, 20], [6, 6, 6], index=1.6, ratio=[1, 4, 2],
        by="mass", n=[4, 4, 4, 8], sizes=(4, 8), samples=500,
        doses=[[6, 9, 14], [24, 36, 56], [12, 18, 28], [18, 26, 38]], link="logit",
    )  # fmt: skip
    assert plan.design.fractions == pytest.approx((1 / 3,) * 3)
    assert [size.n for size in plan.sizes] == [(4, 4, 4, 8), (8, 8, 8, 16)]
    assert plan.sizes[0].animals == 60
    assert "of A, others in proportion" in str(plan)
    assert plan.test("default").at_index.above > plan.test("default").at_index.below


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"index": 1}, OptionError, "no test can find"),
        ({"index": -0.5}, DataError, "0.7 means"),
        ({"power": 80}, OptionError, "Did you mean 0.8"),
        ({"level": 95}, OptionError, "Did you mean 0.95"),
        ({"samples": 10}, OptionError, "at least 100"),
        ({"sizes": ()}, OptionError, "animals per dose"),
        ({"margin": (1.1, 1.3)}, OptionError, "0.8 and 1.25"),
        ({"drugs": ["A", "A"]}, DataError, "two names"),
        ({"ed50s": [10]}, DataError, "one for each drug"),
        ({"ratio": [1, 0]}, DataError, "parts above 0"),
        ({"n": [8, 8]}, DataError, "mixture last"),
        ({"n": 7.5}, DataError, "whole animals"),
        ({"doses": [[5, 10], [20, 40]]}, DataError, "total doses last"),
        ({"doses": [[5], [20, 40], [10, 20]]}, DataError, "at least two doses"),
        ({"spacing": 0.001}, DataError, "Doubling doses"),
        ({"count": 1}, DataError, "Four or five"),
        ({"slopes": [6, -6]}, DataError, "slope"),
        ({"mixture_slope": 0}, DataError, "slope"),
        ({"by": "weight"}, OptionError, "'mass'"),
        ({"heterogeneity": "p<0.2"}, OptionError, "Did you mean"),
    ],
)
def test_bad_input_is_a_sentence_with_a_remedy(change, error, words):
    good = {
        "drugs": ["A", "B"], "ed50s": [10, 40], "slopes": [6, 6],
        "index": 0.7, "samples": 200, "sizes": (8,),
    }  # fmt: skip
    with pytest.raises(error, match=words):
        plan_interaction(**(good | change))


def test_progress_counts_every_step():
    seen = []
    plan_interaction(
        ["A", "B"], [10, 40], [6, 6], index=0.7, sizes=(6, 8), samples=200,
        margin=(0.5, 2), progress=lambda done, steps: seen.append((done, steps)),
    )  # fmt: skip
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][0] <= seen[-1][1]


def test_a_row_of_the_documented_table_comes_out_again():
    table = error_rate_table(error_rates([6], [0.15]))
    row = "| " + " | ".join(str(cell) for cell in table.rows[0]) + " |"
    assert row in DOCS.read_text(encoding="utf-8")
    assert row.startswith("| 6 | 0.15 |")
