"""`compare_curves` against the Pharmacopoeia, MASS, PoloPlus, SPSS, and its laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize

from isobole.doseresponse._compare import compare_curves, holm
from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._links import log_tails
from isobole.results import DataError, Missing, OptionError, blocks_to_html, encode

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES = {c["id"]: c for c in json.loads(REFERENCE.read_text("utf-8"))["cases"]}
BUDWORM, PHEUR, FINNEY = (
    "budworm_dose_p",
    "pheur_diphtheria_relative_potency",
    "finney_rotenone_deguelin_mixture",
)
DOSES = [5.0, 10.0, 20.0, 40.0]


def data(name, *groups):
    found = []
    for group in groups:
        rows = [row for row in CASES[name]["data"] if row["group"] == group]
        columns = ([row[key] for row in rows] for key in ("dose", "n", "affected"))
        found.append(QuantalData(*columns, curve=group))
    return found


def expected(name, quantity, link=None):
    found = [
        e
        for e in CASES[name]["expected"]
        if e["quantity"] == quantity and (link is None or e.get("link") == link)
    ]
    assert found, quantity
    return found[0]


def curve(affected, name, dose=DOSES, n=8):
    return QuantalData(dose, [n] * len(dose), affected, curve=name)


@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
def test_diphtheria_vaccine(link):
    found = compare_curves(
        data(PHEUR, "S", "T"),
        link=link,
        standard="S",
        standard_potency=140,
        interval="fieller",
        information="expected",
        heterogeneity="none",
    )
    potency = found.potency("T")
    values = [potency.value, potency.low, potency.high]
    printed = [
        expected(PHEUR, "potency", link)["value"],
        *expected(PHEUR, "potency_ci95_fieller", link)["value"],
    ]
    assert values == pytest.approx(printed, abs=0.06)
    exact = expected(PHEUR, "potency_exact", link)
    assert values == pytest.approx(exact["value"], rel=exact["tol_rel"])
    assert potency.set_kind == "interval"
    if link == "probit":
        want = expected(PHEUR, "parallelism_lr_chi2_df1", link)
        assert found.parallelism.chi2 == pytest.approx(
            want["value"], abs=want["tol_abs"]
        )
        assert found.parallelism.df == 1


def test_budworm():
    found = compare_curves(
        data(BUDWORM, "F", "M"),
        link="logit",
        interval="fieller",
        information="expected",
        heterogeneity="none",
    )
    want = expected(BUDWORM, "parallelism_lr_chi2_df1")
    assert found.parallelism.chi2 == pytest.approx(want["value"], abs=want["tol_abs"])
    assert found.common.deviance == pytest.approx(6.757064, abs=1e-4)
    assert found.separate.deviance == pytest.approx(4.993727, abs=1e-4)
    potency = found.potency("M")
    assert potency.value == pytest.approx(2.04816, rel=1e-4)
    assert [potency.low, potency.high] == pytest.approx([1.31865, 3.25804], rel=2e-4)
    # log2 ED50 and SE from the covariance that the result exposes (MASS dose.p).
    a, slope = found.common.intercept[0], found.common_slope
    v = found.covariance[np.ix_([0, 2], [0, 2])]
    m = -a / slope
    se = math.sqrt(v[0, 0] + 2 * m * v[0, 1] + m * m * v[1, 1]) / slope
    assert m / math.log10(2) == pytest.approx(3.263587, abs=1e-5)
    assert se / math.log10(2) == pytest.approx(0.2297539, rel=1e-4)


@pytest.mark.parametrize(
    ("other", "words", "potency"),
    [("deguelin", "deguelin", 0.455), ("mixture_1to1", "mixture", 0.71)],
)
def test_rotenone_against_the_others(other, words, potency):
    found = compare_curves(data(FINNEY, "rotenone", other), heterogeneity="none")
    want = expected(FINNEY, f"parallelism_lr_chi2_df1 rotenone vs {words}")
    assert found.parallelism.chi2 == pytest.approx(want["value"], abs=want["tol_abs"])
    want = expected(FINNEY, f"common-slope relative potency rotenone/{words}")
    assert want["value"] == potency
    assert found.potency(other).value == pytest.approx(potency, abs=want["tol_abs"])
    want = expected(FINNEY, f"ed50 ratio rotenone/{words}, separate slopes")
    delta = found.pair("rotenone", other).ratio("separate", "delta")
    values = [delta.value, delta.low, delta.high]
    assert values == pytest.approx(want["computed"], abs=1e-4)
    # PoloPlus takes 2 standard errors, not 1.96: that gives its printed digits.
    width = 10 ** (2 * delta.log10_se)
    values = [delta.value, delta.value / width, delta.value * width]
    assert values == pytest.approx(want["value"], abs=0.0006)


def test_three_curves_together():
    names = ("rotenone", "deguelin", "mixture_1to1")
    found = compare_curves(data(FINNEY, *names), heterogeneity="none")
    assert found.common.deviance == pytest.approx(31.02666, abs=1e-3)
    assert found.common.df == 13
    assert found.parallelism.df == 2
    pair = found.pair("mixture_1to1", "deguelin")
    assert pair.parallelism.chi2 == pytest.approx(0.06562, abs=1e-4)
    assert len(found.pairs) == 3
    assert found.covariance.shape == (4, 4)
    p = [pair.equal_common.p for pair in found.pairs]
    assert [pair.equal_common.p_adjusted for pair in found.pairs] == holm(p)
    assert any("slopes differ" in message for message in found.messages)
    lw = found.pair("rotenone", "deguelin").litchfield_wilcoxon
    assert lw.potency_ratio.value == pytest.approx(0.4892, abs=1e-3)


def brute_profile(parts, log_ratio):
    """Supremum of the common-slope probit likelihood at one ratio, Nelder-Mead."""

    def loss(t):
        slope = np.exp(min(t[1], 8))
        total = 0.0
        for place, one in zip((t[0] + log_ratio, t[0]), parts, strict=True):
            dose, n, r = one.groups
            up, down = log_tails("probit", slope * (np.log10(dose) - place))
            total += (r * np.maximum(up, -1e8) + (n - r) * np.maximum(down, -1e8)).sum()
        return -total

    options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}
    starts = [[0.3, 1.0], [0.0, 2.0], [0.5, 0.0]]
    return max(
        -minimize(loss, start, method="Nelder-Mead", options=options).fun
        for start in starts
    )


def test_likelihood_limits_are_where_a_brute_profile_meets_the_cut():
    parts = data(PHEUR, "S", "T")
    found = compare_curves(parts, heterogeneity="none")
    limits = found.potency("T")
    top = max(brute_profile(parts, m) for m in [math.log10(limits.value)])
    assert found.common.loglik == pytest.approx(top, abs=1e-7)
    for end in (limits.low, limits.high):
        drop = 2 * (top - brute_profile(parts, math.log10(end)))
        assert drop == pytest.approx(3.841458820694124, abs=1e-6)


def test_separated_arm_has_likelihood_limits_and_a_reason_for_the_rest():
    sharp, other = curve([0, 0, 8, 8], "A"), curve([1, 3, 6, 7], "B")
    pair = compare_curves([sharp, other]).pairs[0]
    assert pair.ratio("common", "fieller").set_kind == "interval"
    ratio = pair.ratio("separate", "likelihood")
    assert isinstance(ratio.value, Missing)
    assert ratio.set_kind == "interval"
    assert ratio.low < 1 < ratio.high * 2
    assert pair.ratio("separate", "delta").set_kind is None
    assert "likelihood limits hold" in pair.ratio("separate", "delta").reason


def test_flat_curves_give_sets_that_are_not_intervals():
    flat = [curve([3, 4, 4, 5], "A"), curve([4, 3, 5, 4], "B")]
    found = compare_curves(flat)
    fieller = found.potency("B", "fieller")
    assert fieller.set_kind in ("complement", "line")
    assert fieller.limits.reason.startswith("Fieller's g")
    if fieller.set_kind == "complement":
        assert fieller.low < fieller.high
    assert found.potency("B").set_kind in ("ray", "line", "interval")


def test_a_potency_that_nothing_bounds_is_said_in_whole_sentences():
    ladder = QuantalData([5, 10, 20], [4] * 3, [1, 2, 2], curve="A")
    other = QuantalData([5, 10, 20], [4] * 3, [1, 1, 2], curve="B")
    text = " ".join(str(compare_curves([ladder, other])).split())
    assert (
        "relative potency of B 0.6277, every value (95 % likelihood): B is 1.593 times "
        "less potent (ED50 of A over ED50 of B, common slope). The data exclude "
        "nothing: neither side is bounded." in text
    )
    falls = QuantalData([5, 10, 20], [8] * 3, [7, 4, 1], curve="B")
    rises = QuantalData([5, 10, 20], [8] * 3, [1, 3, 7], curve="A")
    text = " ".join(str(compare_curves([rises, falls])).split())
    assert "(ED50 of A over ED50 of B, common slope). The ratio lies more than" in text
    assert ".:" not in text
    assert ". (" not in text


def test_unreached_effect_gives_a_ray():
    found = compare_curves([curve([1, 3, 6, 7], "A"), curve([0, 0, 0, 0], "B")])
    potency = found.potency("B")
    assert potency.set_kind == "ray"
    assert potency.low is None
    assert potency.high < 1
    assert isinstance(potency.value, Missing)
    assert isinstance(found.parallelism.p, Missing)
    assert "partial responses" in found.parallelism.p.reason


HOPELESS = [
    [0, 0, 0, 0],
    [8, 8, 8, 8],
    [0, 0, 8, 8],
    [0, 0, 4, 8],
    [8, 5, 3, 0],
    [8, 8, 0, 0],
    [4, 4, 4, 4],
    [1, 3, 6, 7],
]


@pytest.mark.parametrize("first", HOPELESS)
@pytest.mark.parametrize("second", HOPELESS)
def test_every_edge_is_a_result_without_nan(first, second):
    """JSON without NaN, a reason beside every null, and readable text."""
    found = compare_curves([curve(first, "A"), curve(second, "B")])
    text = json.dumps(encode(found.to_dict()), allow_nan=False)
    assert "nan" not in str(found).lower().split()
    assert text
    assert repr(found).startswith("CurveComparison(")
    assert "\n" not in repr(found)
    for pair in found.pairs:
        for estimate in (*pair.common, *pair.separate):
            unbounded = estimate.low is None or estimate.high is None
            if unbounded or isinstance(estimate.value, Missing):
                assert estimate.reason
            if estimate.low is not None and estimate.high is not None:
                assert estimate.low <= estimate.high


def test_a_report_can_be_written():
    found = compare_curves(data(FINNEY, "rotenone", "deguelin"))
    html = blocks_to_html(found.blocks())
    assert "Relative potency against rotenone" in html
    assert "Holm" in html
    frame = found.to_frame()
    assert len(frame) == 5


def test_heterogeneity_is_pooled_and_enters_limits_and_tests():
    parts = data(FINNEY, "deguelin", "mixture_1to1")
    plain = compare_curves(parts, heterogeneity="none")
    wide = compare_curves(parts, heterogeneity="always")
    pooled = wide.heterogeneity
    assert pooled.df == 8
    assert pooled.pearson == pytest.approx(12.0259 + 4.994876, abs=1e-3)
    assert pooled.heterogeneity == pytest.approx(17.020776 / 8, abs=1e-3)
    for kind in ("likelihood", "fieller", "delta"):
        one, two = (f.potency("mixture_1to1", kind) for f in (plain, wide))
        assert two.low < one.low
        assert two.high > one.high
    assert wide.pairs[0].equal_common.p > plain.pairs[0].equal_common.p
    ratio = wide.pairs[0].ratio("separate", "delta").log10_se
    before = plain.pairs[0].ratio("separate", "delta").log10_se
    assert ratio == pytest.approx(before * math.sqrt(pooled.heterogeneity))


def test_holm_steps_down_and_leaves_gaps():
    gap = Missing("no")
    assert holm([0.02, gap, 0.01]) == [0.02, gap, 0.02]
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def codes(error):
    return {problem.code for problem in error.value.problems}


def test_all_problems_are_collected():
    one_dose = QuantalData([5.0], [8], [4], curve="A")
    with pytest.raises(DataError) as error:
        compare_curves([one_dose])
    assert codes(error) == {"too-few-curves", "too-few-doses"}
    assert all(problem.remedy for problem in error.value.problems)
    with pytest.raises(DataError) as error:
        compare_curves([curve([1, 3, 6, 7], "A"), curve([1, 3, 6, 7], "A")])
    assert codes(error) == {"duplicate-curve"}
    units = [
        QuantalData(DOSES, [8] * 4, [1, 3, 6, 7], unit=unit, curve=unit)
        for unit in ("mg/kg", "umol/kg")
    ]
    with pytest.raises(DataError) as error:
        compare_curves(units)
    assert codes(error) == {"mixed-units"}


def test_dependent_rows_need_consent():
    repeated = QuantalData(
        [5.0, 10, 20, 40] * 4,
        [1] * 16,
        [0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1],
        animal=[str(k // 4) for k in range(16)],
        curve="kindled",
    )
    parts = [curve([1, 3, 6, 7], "A"), repeated]
    with pytest.raises(DataError) as error:
        compare_curves(parts)
    assert codes(error) == {"dependent-rows"}
    assert compare_curves(parts, independent=True).names == ("A", "kindled")


@pytest.mark.parametrize(
    "options",
    [
        {"link": "probits"},
        {"standard": "C"},
        {"standard_potency": 0},
        {"standard_potency": math.inf},
        {"interval": "wald"},
        {"adjust": "bonferroni"},
        {"level": 95},
        {"heterogeneity": "sometimes"},
        {"information": "full"},
    ],
)
def test_unknown_options_are_refused(options):
    parts = {"A": curve([1, 3, 6, 7], None), "B": curve([0, 2, 5, 8], None)}
    with pytest.raises(OptionError):
        compare_curves(parts, **options)


def ends(estimate):
    return estimate.low, estimate.high


COUNTS = st.lists(st.integers(0, 8), min_size=4, max_size=4)
BOTH = ("likelihood", "fieller", "delta")


@settings(deadline=None, max_examples=25)
@given(one=COUNTS, two=COUNTS)
def test_swapping_curves_inverts_everything(one, two):
    ahead = compare_curves([curve(one, "A"), curve(two, "B")]).pairs[0]
    back = compare_curves([curve(two, "B"), curve(one, "A")]).pairs[0]
    rows = [("common", kind) for kind in BOTH]
    rows += [("separate", kind) for kind in ("likelihood", "delta")]
    for slopes, kind in rows:
        here, there = ahead.ratio(slopes, kind), back.ratio(slopes, kind)
        assert here.set_kind == there.set_kind
        assert isinstance(here.value, Missing) == isinstance(there.value, Missing)
        if not isinstance(here.value, Missing):
            assert here.value * there.value == pytest.approx(1, rel=1e-6)
        for a, b in zip(ends(here), reversed(ends(there)), strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                assert a * b == pytest.approx(1, rel=1e-4)


@settings(deadline=None, max_examples=25)
@given(one=COUNTS, two=COUNTS, factor=st.sampled_from([1e-8, 0.3, 7.0, 1e6]))
def test_rescaling_one_curve_rescales_the_ratio(one, two, factor):
    here = compare_curves([curve(one, "A"), curve(two, "B")]).pairs[0]
    scaled = curve(two, "B", dose=[d * factor for d in DOSES])
    there = compare_curves([curve(one, "A"), scaled]).pairs[0]
    for slopes in ("common", "separate"):
        a = here.ratio(slopes, "likelihood")
        b = there.ratio(slopes, "likelihood")
        assert a.set_kind == b.set_kind
        if not isinstance(a.value, Missing):
            assert b.value * factor == pytest.approx(a.value, rel=1e-6)
        for x, y in zip(ends(a), ends(b), strict=True):
            assert (x is None) == (y is None)
            if x is not None:
                assert y * factor == pytest.approx(x, rel=1e-4)


@settings(deadline=None, max_examples=15)
@given(counts=COUNTS)
def test_a_curve_against_itself_is_one(counts):
    pair = compare_curves([curve(counts, "A"), curve(counts, "B")]).pairs[0]
    for slopes in ("common", "separate"):
        ratio = pair.ratio(slopes, "likelihood")
        if not isinstance(ratio.value, Missing):
            assert ratio.value == pytest.approx(1)
        if ratio.set_kind == "interval":
            assert ratio.low * ratio.high == pytest.approx(1, rel=1e-4)
    if not isinstance(pair.equal_common.p, Missing):
        assert pair.equal_common.p == pytest.approx(1, abs=1e-4)


def test_merging_per_animal_rows_changes_nothing():
    counts = [1, 3, 6, 7]
    rows = [
        (d, int(k < r)) for d, r in zip(DOSES, counts, strict=True) for k in range(8)
    ]
    dose, hit = zip(*rows, strict=True)
    animals = QuantalData.from_animals(dose, hit, curve="A")
    other = curve([0, 2, 5, 8], "B")
    one = compare_curves([animals, other]).to_dict()
    two = compare_curves([curve(counts, "A"), other]).to_dict()
    assert one["pairs"] == two["pairs"]
    assert one["joint"] == two["joint"]


def test_a_ratio_that_jumps_has_an_open_end():
    """Steps of both curves: the likelihood jumps at a ratio of two tested doses."""
    standard = QuantalData(
        [2.10688, 3.63969, 7.90717, 15.68399, 34.99357], [7, 4, 7, 7, 9],
        [0, 0, 0, 4, 9], curve="S",
    )  # fmt: skip
    test = QuantalData([1.46125, 2.79856, 4.36993], [10, 9, 6], [0, 9, 6], curve="T")
    found = compare_curves([standard, test], link="cloglog")
    limits = found.potency("T", "likelihood").limits
    assert limits.bounds == "open"
