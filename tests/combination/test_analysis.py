"""Fixed-ratio interaction: reference figures, laws, verdicts, separated arms."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.combination import CombinationData, analyze_combination
from isobole.combination._expectation import equivalence_band, loewe_dose
from isobole.combination._index import arm_dose, log_delta
from isobole.combination._joint_test import joint_test
from isobole.combination._split import ArmSet, split_deviance, split_limits
from isobole.combination._verdict import decide
from isobole.doseresponse import fit_quantal
from isobole.doseresponse._links import probability
from isobole.results import DataError, Limits, Missing, OptionError

FILE = Path(__file__).parents[1] / "reference" / "synergy.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text("utf-8"))["cases"]}
FINNEY = CASES["finney_rotenone_deguelin_mixture"]

TOL_PRINTED = 6e-6
TOL_INDEX = 6e-4
TOL_SPLIT = 1e-4  # the ends are interpolated on a grid of cuts


def finney(share: float) -> CombinationData:
    rows, n, r = [], [], []
    for name, counts in FINNEY["inputs"].items():
        for dose, size, hit in zip(
            counts["dose"], counts["n"], counts["r"], strict=True
        ):
            rows.append(
                {
                    "rotenone": (dose, 0.0),
                    "deguelin": (0.0, dose),
                    "mixture": (dose * share, dose * (1 - share)),
                }[name]
            )
            n.append(size)
            r.append(hit)
    return CombinationData(["rotenone", "deguelin"], rows, n, r, unit="mg/L")


@pytest.mark.parametrize("expected", FINNEY["expected_computed"]["isobole_linear"])
def test_finney_index(expected: dict[str, Any]) -> None:
    data = finney(expected["p_rotenone"])
    # The reference took expected information, as R glm does.
    fits = [fit_quantal(arm.data, information="expected", heterogeneity="none")
            for arm in data.arms]  # fmt: skip
    found = log_delta(
        [arm_dose(fit, 50) for fit in fits[:2]],
        arm_dose(fits[2], 50),
        data.arms[2].shares,
        rule="delta",
        level=0.95,
    )
    assert found.additive.dose == pytest.approx(expected["ED50_add"], abs=TOL_PRINTED)
    assert not isinstance(found.log_index, Missing)
    assert math.exp(found.log_index) == pytest.approx(expected["gamma"], abs=6e-5)
    assert found.se_log == pytest.approx(expected["se_log_gamma"], abs=6e-6)
    limits = found.limits(0.95)
    assert [limits.low, limits.high] == pytest.approx(expected["ci95"], abs=6e-5)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_finney_band(share: float) -> None:
    key = f"p_rotenone={share}"
    expected = FINNEY["expected_computed"]["nonparallel_additive_points"][key]
    band = analyze_combination(finney(share), draws=0).interactions[0].band
    # The reference rounded its inputs: its straight point differs by 7e-5 as well.
    assert band.lower == pytest.approx(expected["lower"], abs=1e-3)
    assert band.upper == pytest.approx(expected["upper"], abs=1e-3)


@pytest.mark.parametrize("case", CASES["nonparallel_closed_form"]["cases"])
def test_closed_form_band(case: dict[str, float]) -> None:
    a, b = case["A"], case["B"]
    shares = [a / (a + b), b / (a + b)]
    band = equivalence_band(a, b, case["slope_B"] / case["slope_A"], shares)
    assert band.low == pytest.approx(case["lower"], abs=6e-7)
    assert band.high == pytest.approx(case["upper"], abs=6e-7)
    assert band.low + band.high == pytest.approx(a + b)
    assert loewe_dose([a, b], shares) == pytest.approx(case["straight"])


def test_parallelism_is_the_published_chi_square() -> None:
    found = analyze_combination(finney(0.5), heterogeneity="none", draws=0)
    expected = FINNEY["expected_computed"]["LR_parallel"]["rotenone_deguelin"]
    assert found.interactions[0].parallelism.chi2 == pytest.approx(expected, abs=1e-6)


def test_the_same_counts_give_different_verdicts_by_rule() -> None:
    """At 1:4 Loewe's reversal holds without, and falls with, the heterogeneity."""
    naive = analyze_combination(
        finney(0.2), heterogeneity="none", null="loewe", draws=0
    )
    honest = analyze_combination(finney(0.2), null="loewe", draws=0)
    assert naive.interactions[0].verdict.word == "synergy"
    assert honest.interactions[0].verdict.word == "inconclusive"
    assert "harmacokinetic contribution not excluded" in " ".join(
        naive.interactions[0].caveats
    )


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_two_ways_to_the_joint_likelihood_agree(share: float) -> None:
    """The joint Newton and the best split of the cut share no code but the score."""
    data = finney(share)
    fits = [fit_quantal(arm.data, heterogeneity="none") for arm in data.arms]
    shares = data.arms[2].shares
    joint = joint_test(fits[:2], fits[2], shares, 50, slopes="separate", level=0.95)
    sets = [ArmSet(arm.data, "probit", 0.0, 20.0) for arm in data.arms]
    low, high = split_limits(sets[:2], sets[2], shares, 3.841458820694124)
    assert joint.limits.low == pytest.approx(10**low, rel=TOL_SPLIT)
    assert joint.limits.high == pytest.approx(10**high, rel=TOL_SPLIT)
    deviance = split_deviance(sets[:2], sets[2], shares, 0.0, 20.0)
    assert joint.value == pytest.approx(deviance, rel=TOL_SPLIT)


def ladder(counts_a: Any, counts_b: Any, counts_m: Any, n: int = 8) -> CombinationData:
    steps = np.array([5.0, 10, 20, 40])
    dose = np.concatenate(
        [
            np.outer(steps, [1, 0]),
            np.outer(steps, [0, 4]),
            np.outer(steps, [0.5, 2]),
        ]
    )
    counts = [*counts_a, *counts_b, *counts_m]
    return CombinationData(["A", "B"], dose, [n] * 12, counts, unit="mg/kg")


CURVES = st.sampled_from([(1, 3, 6, 7), (0, 2, 5, 8), (1, 2, 5, 7), (2, 3, 6, 8)])


@settings(max_examples=12, deadline=None)
@given(CURVES, CURVES, CURVES, st.sampled_from([1e-6, 0.37, 1e4]))
def test_rescaling_leaves_the_index(a: Any, b: Any, m: Any, factor: float) -> None:
    data = ladder(a, b, m)
    scaled = CombinationData(
        data.drugs, data.dose * factor, data.n, data.affected, unit="mg/kg"
    )
    one, other = (
        analyze_combination(d, draws=0, null="loewe").interactions[0]
        for d in (data, scaled)
    )
    assert other.index.value == pytest.approx(one.index.value, rel=1e-7)
    assert other.index.low == pytest.approx(one.index.low, rel=1e-6)
    assert other.joint[0].p == pytest.approx(one.joint[0].p, rel=1e-5)
    assert other.joint[1].p == pytest.approx(one.joint[1].p, rel=1e-5)
    assert other.additive.dose == pytest.approx(one.additive.dose * factor, rel=1e-7)


@settings(max_examples=12, deadline=None)
@given(CURVES, CURVES, CURVES)
def test_swapping_the_drugs_changes_nothing(a: Any, b: Any, m: Any) -> None:
    data = ladder(a, b, m)
    swapped = CombinationData(
        data.drugs[::-1], data.dose[:, ::-1], data.n, data.affected, unit="mg/kg"
    )
    one, other = (
        analyze_combination(d, draws=0).interactions[0] for d in (data, swapped)
    )
    assert other.index.value == pytest.approx(one.index.value, rel=1e-9)
    assert other.index.high == pytest.approx(one.index.high, rel=1e-9)
    assert other.joint[0].p == pytest.approx(one.joint[0].p, rel=1e-6)
    assert other.band.lower == pytest.approx(one.band.lower, rel=1e-9)
    assert other.band.upper == pytest.approx(one.band.upper, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(
    st.floats(2, 12),
    st.floats(0.1, 0.9),
    st.floats(0.05, 20),
    st.sampled_from([16.0, 50.0, 84.0]),
)
def test_a_sham_combination_has_index_1(
    slope: float, share: float, dilution: float, effect: float
) -> None:
    """One drug, once diluted and called B: Loewe gives 1 at every ratio and effect."""
    ed = 10.0 * 10 ** (-1.0 * (50 - effect) / 50 / slope)
    expected = loewe_dose([ed, ed * dilution], [share, 1 - share])
    # The mixture's total dose T holds T (share + (1 - share) / dilution) of the drug.
    observed = ed / (share + (1 - share) / dilution)
    assert observed / expected == pytest.approx(1, rel=1e-12)
    band = equivalence_band(ed, ed * dilution, 1.0, [share, 1 - share])
    assert band.low == pytest.approx(expected, rel=1e-9)
    assert band.high == pytest.approx(expected, rel=1e-9)


def test_bliss_and_hsa_fail_the_sham_test() -> None:
    """Two half-ED50s of one drug at slope 8: 0.8 % each, 50 % together."""
    half = float(probability("probit", np.array(8 * math.log10(0.5))))
    assert half == pytest.approx(0.008, abs=5e-4)
    assert 1 - (1 - half) ** 2 < 0.02  # Bliss
    assert half < 0.01  # highest single agent
    assert float(probability("probit", np.array(0.0))) == 0.5  # what one drug does


SEPARATED = [(0, 0, 8, 8), (0, 8, 8, 8), (0, 0, 4, 8), (0, 7, 8, 8), (0, 0, 0, 0),
             (8, 8, 8, 8)]  # fmt: skip


@pytest.mark.parametrize("odd", SEPARATED)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_arm_without_a_slope_still_gets_an_answer(
    odd: tuple[int, ...], place: int
) -> None:
    arms = [(1, 3, 6, 7), (0, 2, 5, 8), (1, 2, 5, 7)]
    arms[place] = odd
    item = analyze_combination(ladder(*arms)).interactions[0]
    assert isinstance(item.se_log, Missing)
    assert item.index.interval == "likelihood"
    assert item.index.set_kind in ("interval", "ray", "line")
    assert not isinstance(item.joint[0].p, Missing)
    assert 0 <= item.joint[0].p <= 1
    json.dumps(item.to_dict(), allow_nan=False)
    # The test of additivity and the interval say the same.
    low = 0.0 if item.index.low is None else item.index.low
    high = math.inf if item.index.high is None else item.index.high
    assert (item.joint[0].p > 0.05) == (low <= 1 <= high)


def brute_force_deviance(data: CombinationData, log_index: float) -> float:
    """Least deviance of an index by a grid over both single doses."""
    sets = []
    for arm in data.arms:
        dose, n, r = arm.data.groups
        x = np.log10(dose)
        m = np.linspace(x[0] - 1, x[-1] + 1, 241)
        rho = np.concatenate([[0.0], np.geomspace(0.05, 3000, 700)])
        eta = rho[None, :, None] * (x[None, None, :] - m[:, None, None])
        from isobole.doseresponse._links import score

        loglik = score("probit", eta, r.astype(float), (n - r).astype(float))[0]
        best = loglik.sum(axis=2).max(axis=1)
        sets.append((m, 2 * (fit_quantal(arm.data).solution.loglik - best)))
    (ma, da), (mb, db), (mm, dm) = sets
    shares = data.arms[2].shares
    z = -np.log10(shares[0] * 10 ** -ma[:, None] + shares[1] * 10 ** -mb[None, :])
    mixture = np.interp(z + log_index, mm, dm, left=np.inf, right=np.inf)
    return float((da[:, None] + db[None, :] + mixture).min())


@pytest.mark.parametrize("odd", [(0, 0, 8, 8), (0, 0, 4, 8), (1, 2, 6, 8)])
def test_limits_against_a_grid(odd: tuple[int, ...]) -> None:
    data = ladder((1, 3, 6, 7), (0, 2, 5, 8), odd)
    item = analyze_combination(data, interval="likelihood", draws=0).interactions[0]
    for end, outward in ((item.index.low, -1), (item.index.high, 1)):
        assert end is not None
        inside = brute_force_deviance(data, math.log10(end) - outward * 0.02)
        outside = brute_force_deviance(data, math.log10(end) + outward * 0.02)
        assert inside < 3.95
        assert outside > 3.75


def test_three_drugs_are_loewe_only() -> None:
    steps = np.array([5.0, 10, 20, 40])
    dose = np.concatenate(
        [*(np.outer(steps, row) for row in np.eye(3)), np.outer(steps, [0.3, 0.3, 0.4])]
    )
    counts = [1, 3, 6, 7, 0, 2, 5, 8, 1, 2, 5, 7, 1, 3, 6, 8]
    data = CombinationData(["A", "B", "C"], dose, [8] * 16, counts)
    item = analyze_combination(data).interactions[0]
    assert isinstance(item.band.lower, Missing)
    assert "only null shown" in item.verdict.message
    values = [item.single[k].value for k in range(3)]
    expected = loewe_dose(values, [0.3, 0.3, 0.4])
    assert item.additive.dose == pytest.approx(expected)


def test_additive_only_by_equivalence() -> None:
    data = finney(0.5)
    without = analyze_combination(data, heterogeneity="none", draws=0).interactions[0]
    within = analyze_combination(
        data, heterogeneity="none", draws=0, margin=(0.8, 1.25)
    ).interactions[0]
    assert without.verdict.word == "inconclusive"
    assert "No margin was stated" in without.message
    assert within.verdict.word == "additive"


def test_an_index_inside_the_margin_is_flagged() -> None:
    item = analyze_combination(
        finney(0.2), heterogeneity="none", null="loewe", margin=(0.5, 2.0), draws=0
    ).interactions[0]
    assert item.verdict.word == "synergy"
    assert "within-margin" in item.verdict.flags


def test_heterogeneity_enters_every_interval() -> None:
    plain = analyze_combination(finney(0.2), heterogeneity="none").interactions[0]
    wide = analyze_combination(finney(0.2), heterogeneity="always").interactions[0]
    for narrow, broad in zip(plain.index_kinds, wide.index_kinds, strict=True):
        assert narrow.low is not None
        assert broad.low is not None
        assert broad.low < narrow.low
    assert wide.joint[0].statistic == "quasi-likelihood F"
    assert wide.joint[0].p > plain.joint[0].p


def test_verdict_orders_of_animals() -> None:
    item = analyze_combination(
        ladder((1, 3, 6, 7), (0, 2, 5, 8), (1, 2, 5, 7)),
        planned_index=0.7, margin=(0.8, 1.25), draws=0,
    ).interactions[0]  # fmt: skip
    assert item.verdict.word in ("inconclusive", "synergy", "antagonism")
    assert "0.7" in item.animals
    assert "equivalence" in item.animals


@pytest.mark.parametrize(
    ("null", "told"),
    [
        ("loewe", "than Loewe additivity expects."),
        ("both", "than Loewe additivity and dose equivalence expect."),
    ],
)
def test_one_null_model_expects_and_two_expect(null: str, told: str) -> None:
    limits = Limits("log-delta", 0.95, "interval", 0.3, 0.6)
    found = decide(
        "below 1", "below 1", limits, limits, null=null, margin=None, drugs=2
    )
    assert f"The mixture acts more strongly {told}" in found.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"variance": "quadrature"}, "allowed are"),
        ({"margin": (1.1, 1.25)}, "below and one above 1"),
        ({"planned_index": 1.0}, "other than 1"),
        ({"interval": "bootstrap", "draws": 0}, "at least 100 draws"),
        ({"level": 95}, "Did you mean 0.95"),
    ],
)
def test_wrong_options_say_what_is_allowed(options: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        analyze_combination(finney(0.5), **options)


def test_a_mixture_without_single_arms_is_refused() -> None:
    data = finney(0.5)
    keep = ~((data.dose[:, 0] > 0) & (data.dose[:, 1] == 0))
    part = CombinationData(data.drugs, data.dose[keep], data.n[keep],
                           data.affected[keep])  # fmt: skip
    with pytest.raises(DataError, match="no dose-response arm of rotenone alone"):
        analyze_combination(part)


def test_one_dose_arms_say_so() -> None:
    data = finney(0.5)
    single = np.flatnonzero((data.dose[:, 0] > 0) & (data.dose[:, 1] == 0))
    keep = np.ones(data.n.size, bool)
    keep[single[1:]] = False
    part = CombinationData(data.drugs, data.dose[keep], data.n[keep],
                           data.affected[keep])  # fmt: skip
    item = analyze_combination(part).interactions[0]
    assert item.verdict.word == "inconclusive"
    assert "one dose" in (item.index.reason or "")


def test_designs_are_recognised() -> None:
    assert finney(0.5).design == "fixed-ratio"
    factorial = CombinationData(
        ["A", "B"], [[0, 0], [1, 0], [0, 1], [1, 1]], [8] * 4, [0, 1, 0, 5]
    )
    assert factorial.design == "factorial"
    steps = [100, 150, 200, 250]
    type_two = CombinationData(
        ["VPA", "Mg"],
        [[d, 0] for d in steps] + [[d, 40] for d in steps] + [[0, 40]],
        [8] * 9,
        [1, 3, 5, 7, 2, 4, 7, 8, 0],
    )
    assert type_two.design == "type-ii"
    assert [arm.kind for arm in type_two.arms] == ["single", "single", "fixed-dose"]
    rng = np.random.default_rng(1)
    scattered = CombinationData(
        ["A", "B"], np.concatenate([np.diag([3.0, 4.0]), rng.uniform(1, 9, (5, 2))]),
        [8] * 7, [1, 2, 3, 4, 5, 6, 7],
    )  # fmt: skip
    assert scattered.design == "free"


def test_rays_survive_rounded_doses() -> None:
    """Doses printed to three digits still lie on one ray."""
    totals = [2.5, 5.1, 10.0, 20.4]
    rows = [[round(t * 0.2, 2), round(t * 0.8, 2)] for t in totals]
    single = [[x, 0.0] for x in totals] + [[0.0, x] for x in totals]
    data = CombinationData(["A", "B"], single + rows, [8] * 12, [1, 3, 5, 7] * 3)
    assert [arm.kind for arm in data.arms] == ["single", "single", "ray"]


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"strain": ["a"] * 8 + ["b"] * 4}, "differ in strain"),
        ({"day": ["1"] * 8 + ["2"] * 4}, "not concurrent"),
        ({"route B": ["i.p."] * 8 + ["p.o."] * 4}, "not the same treatment"),
    ],
)
def test_mismatches_become_caveats(conditions: Any, words: str) -> None:
    steps = np.array([5.0, 10, 20, 40])
    dose = np.concatenate(
        [np.outer(steps, [1, 0]), np.outer(steps, [0, 4]), np.outer(steps, [0.5, 2])]
    )
    data = CombinationData(
        ["A", "B"], dose, [8] * 12, [1, 3, 6, 7] * 3, conditions=conditions
    )
    item = analyze_combination(data, draws=0).interactions[0]
    assert any(words in caveat for caveat in item.caveats)


def test_every_pair_of_effects_and_links_runs() -> None:
    data = ladder((1, 3, 6, 7), (0, 2, 5, 8), (1, 2, 5, 7))
    for link, effect in itertools.product(("probit", "logit", "cloglog"), (16, 84)):
        item = analyze_combination(data, link=link, effect=effect, draws=0)
        assert item.interactions[0].effect == effect
        assert not isinstance(item.interactions[0].joint[0].p, Missing)


def spaced(a: Any, b: Any, m: Any, n: int = 6) -> CombinationData:
    steps = 10 * 10 ** (0.1 * (np.arange(4) - 1.5))
    dose = np.concatenate(
        [
            np.outer(steps, [1, 0]),
            np.outer(steps, [0, 4]),
            np.outer(2.5 * steps, [0.2, 0.8]),
        ]
    )
    return CombinationData(["A", "B"], dose, [n] * 12, [*a, *b, *m], unit="mg/kg")


@pytest.mark.parametrize(
    ("a", "b", "m"),
    [
        ((1, 3, 3, 2), (1, 1, 3, 6), (3, 4, 5, 5)),
        ((3, 2, 4, 5), (3, 4, 2, 5), (3, 5, 4, 4)),
        ((1, 3, 5, 6), (4, 2, 5, 3), (6, 5, 6, 6)),
        ((1, 3, 4, 4), (1, 1, 3, 6), (4, 5, 4, 5)),
        ((2, 2, 2, 2), (1, 1, 3, 6), (3, 4, 5, 5)),
        ((4, 3, 2, 1), (1, 1, 3, 6), (3, 4, 5, 5)),
        ((6, 4, 2, 0), (1, 1, 3, 6), (3, 4, 5, 5)),
        ((1, 2, 4, 5), (1, 1, 3, 6), (5, 4, 2, 1)),
    ],
)
def test_shallow_flat_and_falling_arms(a: Any, b: Any, m: Any) -> None:
    """Near a flat curve the joint likelihood has no single hill; nothing breaks."""
    item = analyze_combination(spaced(a, b, m)).interactions[0]
    json.dumps(item.to_dict(), allow_nan=False)
    p = item.joint[0].p
    if isinstance(p, Missing):
        assert p.reason
        return
    limits = item.joint[0].limits
    if limits.set_kind == "empty":
        return
    low = 0.0 if limits.low is None else limits.low
    high = math.inf if limits.high is None else limits.high
    assert (p > 0.05) == (low <= 1 <= high)


def test_a_clear_synergy_of_mice_is_called_so() -> None:
    """Missing slopes in some draws must not drown a plain effect under both nulls."""
    dose = np.concatenate(
        [
            np.outer([50, 75, 112, 168], [1, 0]),
            np.outer([10, 15, 22, 33], [0, 1]),
            np.outer([10, 15, 22, 33], [0.8, 0.2]),
        ]
    )
    data = CombinationData(
        ["A", "B"], dose, [8] * 12, [1, 3, 5, 7, 1, 3, 5, 7, 1, 3, 6, 7], unit="mg/kg"
    )
    item = analyze_combination(data).interactions[0]
    assert item.index.high is not None
    assert item.index.high < 0.6
    assert item.verdict.word == "synergy"


def test_a_null_that_could_not_be_tested_is_named() -> None:
    """Without draws, or with a separated arm, the band has no limits: it is said."""
    data = finney(0.2)
    both = analyze_combination(data, heterogeneity="none", draws=0).interactions[0]
    assert both.verdict.word == "synergy"
    assert "dose-equivalence-not-tested" in both.verdict.flags
    assert "Dose equivalence could not be tested" in both.message
    alone = analyze_combination(
        data, heterogeneity="none", draws=0, null="dose-equivalence"
    ).interactions[0]
    assert alone.verdict.word == "inconclusive"
    loewe = analyze_combination(
        data, heterogeneity="none", draws=0, null="loewe"
    ).interactions[0]
    assert not loewe.verdict.flags
