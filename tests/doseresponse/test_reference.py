"""Every expected figure of the reference file, by its own tolerance.

A figure without a comparison here fails, unless OUT_OF_SCOPE names it with a reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from isobole.doseresponse import (
    LWSummary,
    QuantalData,
    QuantalFit,
    compare_curves,
    fit_quantal,
    isotonic,
    litchfield_wilcoxon,
    potency_ratio_lw,
    spearman_karber,
    up_and_down,
)
from isobole.results import Missing, clopper_pearson

FILE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(FILE.read_text("utf-8"))["cases"]
}

OUT_OF_SCOPE = {
    "drc_LL.2_ED50_SE_lower_upper": "Wald limits on the dose scale, kept as a warning "
    "of what another package prints; isobole forms every limit on log dose",
    "drc_LN.2_ED50_SE_lower_upper": "as above",
    "centred isotonic regression ed50 (upndown::udest, incl. its bias shift), 90% CI":
    "printed by another package with its own bias shift, not recomputed anywhere",
}  # fmt: skip


@cache
def data(
    case_id: str, group: str | None = None, part: str | None = None
) -> QuantalData:
    rows = [
        row
        for row in CASES[case_id]["data"]
        if (group is None or row.get("group") == group)
        and (part is None or row.get("set") == part)
    ]
    doses = [row["dose"] if "dose" in row else 10 ** row["dose_log10"] for row in rows]
    return QuantalData(
        doses, [row["n"] for row in rows], [row["affected"] for row in rows],
        curve=group,
    )  # fmt: skip


@cache
def fit(case_id: str, group: str | None, **options: Any) -> QuantalFit:
    natural: Any = (
        "estimate" if CASES[case_id]["kind"] == "natural_response" else "none"
    )
    if "convention" not in options:
        options = {"heterogeneity": "none", **options}
    return fit_quantal(data(case_id, group), natural_response=natural, **options)


def ends(fitted: QuantalFit, percent: float, interval: Any) -> Any:
    limits = fitted.ed(percent, interval=interval).limits
    if limits.set_kind == "interval":
        return [limits.low, limits.high]
    if interval == "fieller":
        return "unbounded (g>=1)"
    if limits.set_kind == "line":
        return "unbounded both sides"
    return limits.set_kind


def fieller_g(fitted: QuantalFit) -> float:
    assert not isinstance(fitted.slope.se, Missing)
    assert not isinstance(fitted.slope.estimate, Missing)
    return 1.959963984540054**2 * (fitted.slope.se / fitted.slope.estimate) ** 2


STANDARD: dict[str, tuple[dict[str, Any], Callable[[QuantalFit], Any]]] = {
    "intercept": ({}, lambda f: f.intercept.estimate),
    "slope": ({}, lambda f: f.slope.estimate),
    "se_intercept_expected_info": (
        {"information": "expected"}, lambda f: f.intercept.se),
    "se_slope_expected_info": ({"information": "expected"}, lambda f: f.slope.se),
    "se_slope_observed_info": ({}, lambda f: f.slope.se),
    "deviance": ({}, lambda f: f.goodness_of_fit.deviance),
    "pearson_chi2": ({}, lambda f: f.goodness_of_fit.pearson),
    "pearson_chi2_incl_control_row": ({}, lambda f: f.goodness_of_fit.pearson),
    "df": ({}, lambda f: f.goodness_of_fit.df),
    "loglik_with_binomial_constant": ({}, lambda f: f.loglik),
    "log10_ed50": ({}, lambda f: math.log10(f.ed(50).value)),
    "mu_log10_ed50": ({}, lambda f: math.log10(f.ed(50).value)),
    "sigma": ({}, lambda f: 1 / f.slope.estimate),
    "natural_response_C": ({}, lambda f: f.natural_response.estimate),
    "ed50_of_corrected_curve": ({}, lambda f: f.ed(50).value),
    "se_log10_ed50_delta": (
        {"information": "expected"}, lambda f: f.ed(50).log10_se),
    "se_log10_ed50_delta_observed_info": ({}, lambda f: f.ed(50).log10_se),
    "se_log10_ed50_observed_info": ({}, lambda f: f.ed(50).log10_se),
    "ed50_ci95_delta_logscale": (
        {"information": "expected"}, lambda f: ends(f, 50, "delta")),
    "ed50_ci95_profile": ({}, lambda f: ends(f, 50, "likelihood")),
    "ed50_ci95_lr_set": ({}, lambda f: ends(f, 50, "likelihood")),
    "fieller_g": ({"information": "expected"}, fieller_g),
    "ml_slope": (
        {}, lambda f: "infinite" if f.status == "separated" else f.slope.estimate),
    "ed50_lr_lower95": ({}, lambda f: f.ed(50).low),
    "ed50_lr_upper95": (
        {}, lambda f: "unbounded" if f.ed(50).high is None else f.ed(50).high),
    "dose_giving_raw_50pct_differs": (
        {}, lambda f: raw_response_sentence(f)),
    "clopper_pearson_upper_95_one_sided_at_top_dose": (
        {}, lambda f: clopper_pearson(0, 8, sides="upper").high),
    "clopper_pearson_lower_95_one_sided_at_lowest_dose": (
        {}, lambda f: clopper_pearson(8, 8, sides="lower").low),
    "proportion": ({}, lambda f: f.data.groups[2][0] / f.data.groups[1][0]),
    "clopper_pearson_95": (
        {}, lambda f: [clopper_pearson(4, 8).low, clopper_pearson(4, 8).high]),
    "firth_logit_coef": (
        {"method": "firth", "link": "logit"},
        lambda f: [f.intercept.estimate, f.slope.estimate]),
    "bias_reduced_probit_coef": (
        {"method": "firth", "link": "probit"},
        lambda f: [f.intercept.estimate, f.slope.estimate]),
    "firth_probit_coef (mean bias reduction, AS_mean)": (
        {"method": "firth", "link": "probit"},
        lambda f: [f.intercept.estimate, f.slope.estimate]),
}  # fmt: skip
for _percent in (1, 10, 50, 90):
    STANDARD[f"ed{_percent}"] = ({}, lambda f, p=_percent: f.ed(p).value)
    STANDARD[f"ed{_percent}_ci95_fieller"] = (
        {"information": "expected"},
        lambda f, p=_percent: ends(f, p, "fieller"),
    )
    STANDARD[f"ed{_percent}_ci95_fieller_observed_info"] = (
        {},
        lambda f, p=_percent: ends(f, p, "fieller"),
    )


def raw_response_sentence(f: QuantalFit) -> str:
    """The ED50 is of the corrected curve: its raw response is C + (1 - C) / 2."""
    raw = float(np.asarray(f.proportion_at(f.ed(50).value)))
    c = f.natural_response.estimate
    assert raw == pytest.approx(c + (1 - c) / 2, abs=1e-12)
    return (
        "ED50 is the 50% point of the Abbott-corrected curve, i.e. raw response "
        f"C+(1-C)/2={raw:.3f}"
    )


@cache
def lw(case_id: str, line: str) -> Any:
    if line == "a":
        return litchfield_wilcoxon(data(case_id), line=(1.726888, 2.280443))
    return litchfield_wilcoxon(data(case_id))


def best_link(case_id: str) -> str:
    return min(
        ("probit", "logit", "cloglog"),
        key=lambda link: fit(case_id, None, link=link).goodness_of_fit.deviance,
    )


def hamilton(expected: dict[str, Any]) -> Any:
    sample = data("hamilton_tsk_40_cases", part=expected["set"])
    found = spearman_karber(
        sample,
        trim=expected["trim"],
        variance="epa" if expected["trim"] else "hamilton",
        multiplier=2.0,
    ).ed(50)
    low, high = expected["ci_2sigma"]
    if low is not None:
        assert found.low == pytest.approx(low, abs=0.006)
        assert found.high == pytest.approx(high, abs=0.006)
    return found.value


def epa_trimmed(expected: dict[str, Any]) -> Any:
    sample = data("epa_table20_trimmed_spearman_karber", part=expected["set"])
    return spearman_karber(sample, trim="auto", variance="epa", multiplier=2.0)


@cache
def compared(case_id: str, curves: tuple[str, ...], link: str, information: str) -> Any:
    return compare_curves(
        [data(case_id, curve) for curve in curves],
        link=link, information=information, heterogeneity="none",
        standard_potency=CASES[case_id]["options"].get("standard_potency", 1.0),
    )  # fmt: skip


def budworm() -> Any:
    return compared("budworm_dose_p", ("F", "M"), "logit", "expected")


def budworm_log2(expected: dict[str, Any], percent: int, group: str) -> float:
    """Log2 dose under the common slope, its standard error checked beside it."""
    q = math.log(percent / (100 - percent))
    log_ed, se = budworm().common.log_ed(("F", "M").index(group), q, "expected")
    assert se / math.log10(2) == pytest.approx(
        expected["se"], rel=expected["se_tol_rel"]
    )
    return float(log_ed / math.log10(2))


def diphtheria(expected: dict[str, Any]) -> Any:
    return compared(
        "pheur_diphtheria_relative_potency", ("S", "T"), expected["link"], "expected"
    ).potency("T", "fieller")


def triple(estimate: Any) -> list[float]:
    return [estimate.value, estimate.low, estimate.high]


def insecticides(*curves: str) -> Any:
    return compared(MIX, curves or ("rotenone", "deguelin", "mixture_1to1"),
                    "probit", "observed")  # fmt: skip


def poloplus_ratio(other: str) -> list[float]:
    """PoloPlus takes 2 standard errors of the log ratio, not 1.96."""
    delta = insecticides("rotenone", other).pair("rotenone", other)
    estimate = delta.ratio("separate", "delta")
    width = 10 ** (2 * estimate.log10_se)
    return [estimate.value, estimate.value / width, estimate.value * width]


MIX = "finney_rotenone_deguelin_mixture"
SK = "epa_table20_spearman_karber"
LW1949 = "litchfield_wilcoxon_1949_relative_potency"
SPECIAL: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("bliss_beetles_cs2", "best_link_by_deviance"): lambda e: best_link(
        "bliss_beetles_cs2"
    ),
    ("edge_complete_separation", "spearman_karber_ed50"): lambda e: (
        spearman_karber(data("edge_complete_separation")).ed(50).value
    ),
    ("edge_non_monotone", "pava"): lambda e: (
        isotonic(data("edge_non_monotone")).details.fitted
    ),
    ("edge_non_monotone", "isotonic_ed50_loglinear_interpolation"): lambda e: (
        isotonic(data("edge_non_monotone")).ed(50).value
    ),
    (
        "edge_non_monotone",
        "centred_isotonic_ed50 (flat stretch collapsed to its weighted mean log dose)",
    ): lambda e: isotonic(data("edge_non_monotone"), centred=True).ed(50).value,
}
for _line in ("a", "b"):
    SPECIAL |= {
        ("litchfield_wilcoxon_demo_line", f"{_name} ({_line})"): (
            lambda e, line=_line, get=_get: get(
                lw("litchfield_wilcoxon_demo_line", line)
            )
        )
        for _name, _get in {
            "ED50": lambda x: x.ed(50).value,
            "ED16": lambda x: x.ed(16).value,
            "ED84": lambda x: x.ed(84).value,
            "S": lambda x: x.details.s,
            "Nprime": lambda x: x.details.n_prime,
            "f": lambda x: x.details.f_ed50,
            "fED50": lambda x: x.details.f_ed50,
            "fS": lambda x: x.details.f_s,
            "lo": lambda x: x.ed(50).low,
            "hi": lambda x: x.ed(50).high,
            "ED50 CI": lambda x: [x.ed(50).low, x.ed(50).high],
            "se_log10": lambda x: x.details.log10_se,
            "sem": lambda x: x.details.sem,
        }.items()
    }
SPECIAL |= {
    ("mice8_typical", f"LW {_name}"): (
        lambda e, get=_get: get(lw("mice8_typical", "b"))
    )
    for _name, _get in {
        "ED50": lambda x: x.ed(50).value,
        "ED16": lambda x: x.ed(16).value,
        "ED84": lambda x: x.ed(84).value,
        "S": lambda x: x.details.s,
        "Nprime": lambda x: x.details.n_prime,
        "f": lambda x: x.details.f_ed50,
        "lo": lambda x: x.ed(50).low,
        "hi": lambda x: x.ed(50).high,
        "se_log10": lambda x: x.details.log10_se,
        "sem": lambda x: x.details.sem,
    }.items()
}


@cache
def smoothed(case_id: str) -> Any:
    return spearman_karber(data(case_id), variance="epa", multiplier=2.0)


@cache
def run(case_id: str, part: str | None = None, **options: Any) -> Any:
    sequence = CASES[case_id]["sequence"]
    pairs = (
        [(trial["dose"], trial["response"]) for trial in sequence]
        if part is None
        else sequence[part]
    )
    return up_and_down([p[0] for p in pairs], [p[1] for p in pairs], **options)


def not_estimable(case_id: str) -> str:
    fitted = fit(case_id, None)
    assert isinstance(fitted.ed(50).value, Missing)
    words = {"none-affected": "no responders", "all-affected": "all responders"}
    return f"not estimable: {words[fitted.status]}"


def dixon_mood(outcome: Any) -> Any:
    return run(
        "updown_gorla951_dixon_mood", method="dixon-mood", scale="linear", step=1.0,
        outcome=outcome,
    )  # fmt: skip


def oecd(part: str) -> Any:
    return run("oecd425_style_ml_fixed_sigma", part, method="likelihood", sigma=0.5)


@cache
def antihistamines() -> Any:
    inputs = CASES[LW1949]["options"]["inputs"]
    first, second = (
        LWSummary(drug["name"], drug["ED50"], drug["fED50"], drug["S"], drug["fS"])
        for drug in (inputs["drug1"], inputs["drug2"])
    )
    return potency_ratio_lw(first, second)


GORLA, OECD = "updown_gorla951_dixon_mood", "oecd425_style_ml_fixed_sigma"
TRIMMED = "epa_table20_trimmed_spearman_karber"
PAIR = "parallelism_lr_chi2_df1"
BUDWORM, DIPHTHERIA = "budworm_dose_p", "pheur_diphtheria_relative_potency"
SPECIAL |= {
    (BUDWORM, f"log2_ed{_p}_group_{_g}"): (
        lambda e, p=_p, g=_g: budworm_log2(e, p, g))
    for _p in (25, 50, 75) for _g in ("F", "M")
}  # fmt: skip
SPECIAL |= {
    (BUDWORM, "deviance_parallel"): lambda e: budworm().common.deviance,
    (BUDWORM, "deviance_separate_slopes"): lambda e: budworm().separate.deviance,
    (BUDWORM, PAIR): lambda e: budworm().parallelism.chi2,
    (BUDWORM, "relative_potency_M_vs_F (ED50_F/ED50_M)"): lambda e: (
        budworm().potency("M").value),
    (BUDWORM, "relative_potency_ci95_fieller"): lambda e: triple(
        budworm().potency("M", "fieller"))[1:],
    (DIPHTHERIA, "potency"): lambda e: diphtheria(e).value,
    (DIPHTHERIA, "potency_ci95_fieller"): lambda e: triple(diphtheria(e))[1:],
    (DIPHTHERIA, "potency_exact"): lambda e: triple(diphtheria(e)),
    (DIPHTHERIA, PAIR): lambda e: compared(
        DIPHTHERIA, ("S", "T"), "probit", "expected").parallelism.chi2,
    (MIX, f"{PAIR} rotenone vs deguelin"): lambda e: (
        insecticides("rotenone", "deguelin").parallelism.chi2),
    (MIX, f"{PAIR} rotenone vs mixture"): lambda e: (
        insecticides("rotenone", "mixture_1to1").parallelism.chi2),
    (MIX, f"{PAIR} deguelin vs mixture"): lambda e: (
        insecticides("deguelin", "mixture_1to1").parallelism.chi2),
    (MIX, "common-slope relative potency rotenone/deguelin"): lambda e: (
        insecticides("rotenone", "deguelin").potency("deguelin").value),
    (MIX, "common-slope relative potency rotenone/mixture"): lambda e: (
        insecticides("rotenone", "mixture_1to1").potency("mixture_1to1").value),
    (MIX, "ed50 ratio rotenone/deguelin, separate slopes"): lambda e: (
        poloplus_ratio("deguelin")),
    (MIX, "ed50 ratio rotenone/mixture, separate slopes"): lambda e: (
        poloplus_ratio("mixture_1to1")),
    (MIX, "three-curve common-slope deviance (13 df)"): lambda e: (
        insecticides().common.deviance),
}  # fmt: skip
SPECIAL |= {
    ("edge_all_none", "ed50"): lambda e: not_estimable("edge_all_none"),
    ("edge_all_affected", "ed50"): lambda e: not_estimable("edge_all_affected"),
    (SK, "smoothed"): lambda e: smoothed(SK).details.smoothed,
    (SK, "adjusted"): lambda e: smoothed(SK).details.adjusted,
    (SK, "log10_ed50"): lambda e: smoothed(SK).details.log10_ed50,
    (SK, "log10_ed50_exact"): lambda e: smoothed(SK).details.log10_ed50,
    (SK, "variance"): lambda e: smoothed(SK).details.variance,
    (SK, "ed50"): lambda e: smoothed(SK).ed(50).value,
    (SK, "ed50_ci"): lambda e: [smoothed(SK).ed(50).low, smoothed(SK).ed(50).high],
    (TRIMMED, "trim_percent"): lambda e: epa_trimmed(e).details.trim_percent,
    (TRIMMED, "ed50"): lambda e: epa_trimmed(e).ed(50).value,
    (TRIMMED, "ed50_ci"): lambda e: [
        epa_trimmed(e).ed(50).low, epa_trimmed(e).ed(50).high],
    ("hamilton_tsk_40_cases", "ed50"): hamilton,
    (GORLA, "ed50 using responders (N=8)"): lambda e: (
        dixon_mood("responders").ed(50).value),
    (GORLA, "se"): lambda e: dixon_mood("responders").details.se,
    (GORLA, "sigma_hat using responders"): lambda e: (
        dixon_mood("responders").details.sigma),
    (GORLA, "ed50 using the less frequent outcome (non-responders, N=7)"): lambda e: (
        dixon_mood("less-frequent").ed(50).value),
    (OECD, "ed50 A (symmetry: sqrt(175*550))"): lambda e: oecd("A").ed(50).value,
    (OECD, "ed50 B"): lambda e: oecd("B").ed(50).value,
    (OECD, "lr_ci95 A"): lambda e: [oecd("A").ed(50).low, oecd("A").ed(50).high],
    (OECD, "lr_ci95 B"): lambda e: [oecd("B").ed(50).low, oecd("B").ed(50).high],
    (LW1949, "slope_ratio (drug2/drug1)"): lambda e: antihistamines().slope_ratio,
    (LW1949, "f_slope_ratio"): lambda e: antihistamines().f_slope_ratio,
    (LW1949, "parallel"): lambda e: antihistamines().parallel,
    (LW1949, "potency_ratio (drug2/drug1)"): lambda e: (
        antihistamines().potency_ratio.value),
    (LW1949, "f_potency_ratio"): lambda e: antihistamines().f_potency_ratio,
    (LW1949, "potency_ratio_ci95"): lambda e: [
        antihistamines().potency_ratio.low, antihistamines().potency_ratio.high],
    (LW1949, "significant"): lambda e: antihistamines().significant,
    ("pixley_natural", "TRAP_spss_style_ed50_when_control_group_is_dropped"): (
        lambda e: fit("pixley_natural", None, convention="spss").ed(50).value),
    (MIX, "deguelin ed50_ci95 with heterogeneity factor h=X2/df=3.006 and t(4)"): (
        lambda e: ends(fit(MIX, "deguelin", convention="poloplus"), 50, "fieller")),
    (MIX, "mixture ed50_ci95 WITHOUT heterogeneity (p=0.288; SPSS rule p<0.15)"): (
        lambda e: ends(fit(MIX, "mixture_1to1", convention="spss"), 50, "fieller")),
    (MIX, "mixture ed50_ci95 WITH heterogeneity h=1.249, t(4) (PoloPlus rule h>1)"): (
        lambda e: ends(fit(MIX, "mixture_1to1", convention="poloplus"), 50, "fieller")),
}  # fmt: skip


def close(expected: dict[str, Any], got: Any) -> None:
    """Compare by the figure's own tolerance; words and truth values exactly."""
    value = expected["value"]
    if isinstance(value, str | bool):
        assert got == value
        return
    tolerance = {
        name: expected[key]
        for name, key in (("abs", "tol_abs"), ("rel", "tol_rel"))
        if expected.get(key) is not None
    }
    if not tolerance:
        # The reference could not reproduce it; we can, to its printed digits.
        tolerance = {"abs": 0.006}
    tolerance.setdefault("abs", 0.0)
    if isinstance(value, list):
        assert list(got) == pytest.approx(value, **tolerance)
    else:
        assert got == pytest.approx(value, **tolerance)


def compare(case_id: str, expected: dict[str, Any]) -> None:
    quantity = expected["quantity"]
    special = SPECIAL.get((case_id, quantity))
    if special is not None:
        close(expected, special(expected))
        return
    if quantity not in STANDARD:
        pytest.fail(f"nothing compares {quantity!r} of {case_id}")
    options, read = STANDARD[quantity]
    chosen = {"link": expected.get("link", "probit"), **options}
    fitted = fit(case_id, expected.get("group"), **chosen)
    close(expected, read(fitted))
    if "se" in expected:
        coefficient = {
            "slope": fitted.slope,
            "intercept": fitted.intercept,
            "natural_response_C": fitted.natural_response,
        }[quantity]
        assert coefficient is not None
        assert coefficient.se == pytest.approx(expected["se"], abs=6e-4)


PAIRS = [
    pytest.param(case_id, expected, id=f"{case_id}-{index}-{expected['quantity'][:40]}")
    for case_id, case in CASES.items()
    for index, expected in enumerate(case["expected"])
]


@pytest.mark.parametrize(("case_id", "expected"), PAIRS)
def test_reference(case_id: str, expected: dict[str, Any]) -> None:
    if expected["quantity"] in OUT_OF_SCOPE:
        assert OUT_OF_SCOPE[expected["quantity"]]
        return
    compare(case_id, expected)


def test_nothing_out_of_scope_is_unknown() -> None:
    quantities = {e["quantity"] for case in CASES.values() for e in case["expected"]}
    assert set(OUT_OF_SCOPE) <= quantities
