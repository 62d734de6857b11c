"""Litchfield-Wilcoxon: the paper's arithmetic, the papers' line, and refusals."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._ed50_line import ed50_line
from isobole.doseresponse._litchfield_wilcoxon import litchfield_wilcoxon
from isobole.doseresponse._lw_line import corrected_effects
from isobole.doseresponse._lw_potency import LWSummary, potency_ratio_lw
from isobole.results import DataError, Missing, OptionError, blocks_to_text, to_json

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES: dict[str, Any] = {
    case["id"]: case
    for case in json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
}
DEMO = "litchfield_wilcoxon_demo_line"
LINE_A = (1.726888, 2.280443)


def data_of(case: str, **more: Any) -> QuantalData:
    columns = ("dose", "n", "affected")
    rows = CASES[case]["data"]
    return QuantalData(*([row[c] for row in rows] for c in columns), **more)


def check(case: str, got: dict[str, Any], chosen: str) -> None:
    wanted = {
        item["quantity"]: item
        for item in CASES[case]["expected"]
        if chosen in item["quantity"]
    }
    assert set(wanted) == set(got)
    for quantity, value in got.items():
        item = wanted[quantity]
        assert value == pytest.approx(
            item["value"], rel=item.get("tol_rel"), abs=item.get("tol_abs")
        ), quantity


def test_demo_given_line() -> None:
    result = litchfield_wilcoxon(data_of(DEMO), line=LINE_A)
    ed50, found = result.ed(50), result.details
    got = {
        "ED50 (a)": ed50.value,
        "S (a)": found.s,
        "Nprime (a)": found.n_prime,
        "fED50 (a)": found.f_ed50,
        "ED50 CI (a)": (ed50.low, ed50.high),
        "fS (a)": found.f_s,
    }
    check(DEMO, got, "(a)")


def test_minimum_chi2_line_is_close_to_the_nomograph_table() -> None:
    """Working probits stand for Table 1, so the optimum agrees to three digits."""
    result = litchfield_wilcoxon(data_of(DEMO), line="minimum-chi2")
    assert result.details.intercept == pytest.approx(LINE_A[0], rel=1e-3)
    assert result.details.slope == pytest.approx(LINE_A[1], rel=1e-3)
    given_line = litchfield_wilcoxon(data_of(DEMO), line=LINE_A)
    assert result.details.chi2 <= given_line.details.chi2


def test_demo_likelihood_line() -> None:
    result = litchfield_wilcoxon(data_of(DEMO))
    ed50, found = result.ed(50), result.details
    got = {
        "ED50 (b)": ed50.value,
        "ED16 (b)": result.ed(16).value,
        "ED84 (b)": result.ed(84).value,
        "S (b)": found.s,
        "Nprime (b)": found.n_prime,
        "f (b)": found.f_ed50,
        "lo (b)": ed50.low,
        "hi (b)": ed50.high,
        "se_log10 (b)": found.log10_se,
        "sem (b)": found.sem,
    }
    check(DEMO, got, "(b)")


def test_mice8() -> None:
    result = litchfield_wilcoxon(data_of("mice8_typical"))
    ed50, found = result.ed(50), result.details
    got = {
        "LW ED50": ed50.value,
        "LW ED16": result.ed(16).value,
        "LW ED84": result.ed(84).value,
        "LW S": found.s,
        "LW Nprime": found.n_prime,
        "LW f": found.f_ed50,
        "LW lo": ed50.low,
        "LW hi": ed50.high,
        "LW se_log10": found.log10_se,
        "LW sem": found.sem,
    }
    check("mice8_typical", got, "LW ")


def test_relative_potency_of_1949() -> None:
    case = CASES["litchfield_wilcoxon_1949_relative_potency"]
    one, two = (
        LWSummary(d["name"], d["ED50"], d["fED50"], d["S"], d["fS"])
        for d in case["options"]["inputs"].values()
    )
    result = potency_ratio_lw(one, two)
    ratio = result.potency_ratio
    got = {
        "slope_ratio (drug2/drug1)": result.slope_ratio,
        "f_slope_ratio": result.f_slope_ratio,
        "parallel": result.parallel,
        "potency_ratio (drug2/drug1)": ratio.value,
        "f_potency_ratio": result.f_potency_ratio,
        "potency_ratio_ci95": (ratio.low, ratio.high),
        "significant": result.significant,
    }
    check(case["id"], got, "")
    assert "do not differ from parallel" in result.text
    assert "the ED50s differ" in str(result)
    to_json(result.to_dict())


def test_potency_of_two_results_inverts() -> None:
    one = litchfield_wilcoxon(data_of(DEMO, curve="a"))
    two = litchfield_wilcoxon(data_of("mice8_typical", curve="b"))
    forth, back = potency_ratio_lw(one, two), potency_ratio_lw(two, one)
    assert not isinstance(forth.potency_ratio.value, Missing)
    assert back.potency_ratio.value == pytest.approx(1 / forth.potency_ratio.value)
    assert back.slope_ratio == forth.slope_ratio
    assert forth.significant is True
    assert repr(forth).startswith("PotencyRatioLW(a against b: ")


def test_potency_refuses_mixed_units_and_carries_missing() -> None:
    one = litchfield_wilcoxon(data_of(DEMO, unit="mg/kg"))
    two = litchfield_wilcoxon(data_of(DEMO, unit="mg/kg salt"))
    with pytest.raises(DataError, match="different units"):
        potency_ratio_lw(one, two)
    none = litchfield_wilcoxon(data_of("edge_complete_separation", unit="mg/kg"))
    result = potency_ratio_lw(one, none)
    assert isinstance(result.parallel, Missing)
    assert "cannot be compared" in str(result)
    assert result.to_dict()["parallel_reason"]
    with pytest.raises(OptionError, match="f_ed50 of x"):
        LWSummary("x", 1.0, 0.5, 2.0, 1.5)


def test_heterogeneous_form() -> None:
    data = QuantalData([1, 2, 4, 8, 16], [20] * 5, [2, 12, 5, 19, 15])
    result = litchfield_wilcoxon(data, line=(-0.9, 1.5))
    found = result.details
    assert found.heterogeneous
    assert "heterogeneous" in result.flags
    assert isinstance(found.chi2, float)
    assert isinstance(found.s, float)
    t, spread = 3.182446, math.sqrt(found.chi2 / (3 * found.n_prime))
    assert found.f_ed50 == pytest.approx(found.s ** (1.4 * t * spread), rel=1e-6)
    log_a = 1.1 * math.log10(found.s) ** 2 / math.log10(16)
    assert found.f_s == pytest.approx(10 ** (log_a * 5.1 * t * 0.8 * spread), rel=1e-6)
    homogeneous = litchfield_wilcoxon(data, line=(-0.9, 1.5), heterogeneity="never")
    assert homogeneous.details.f_ed50 == found.f_ed50_homogeneous
    assert not homogeneous.details.heterogeneous


def test_corrected_effects_approach_the_expected_extremes() -> None:
    probit = np.array([-2.0, 0.0, 2.0])
    n = np.full(3, 8.0)
    none = corrected_effects(probit, n, np.zeros(3))
    full = corrected_effects(probit, n, n)
    assert none == pytest.approx(1 - full[::-1])
    assert none[1] == pytest.approx(0.10505, abs=1e-5)  # Phi(-sqrt(pi/2))


def test_extremes_expected_so_are_left_out() -> None:
    data = QuantalData([1e-4, 5, 10, 20, 1e5], [8] * 5, [0, 2, 4, 6, 8])
    found = litchfield_wilcoxon(data).details
    assert found.used == (False, True, True, True, False)
    assert found.df == 1


def test_window_of_lw1949() -> None:
    data = QuantalData([1, 10, 100], [8, 8, 8], [2, 4, 6])
    line = (-1.0, 1.0)  # expected 15.87, 50, 84.13 %
    assert litchfield_wilcoxon(data, line=line).details.n_prime == 8
    wide = litchfield_wilcoxon(data, line=line, window=(15.5, 84.5))
    assert wide.details.n_prime == 24


@pytest.mark.parametrize(
    ("doses", "affected", "words"),
    [
        ([10], [4], "at least two doses"),
        ([5, 10, 20, 40], [0, 0, 8, 8], "No line can be drawn"),
        ([5, 10, 20, 40], [0, 0, 0, 0], "No line can be drawn"),
        ([5, 10, 20, 40], [7, 5, 3, 1], "does not rise with dose"),
    ],
)
@pytest.mark.parametrize("line", ["likelihood", "minimum-chi2"])
def test_no_line(
    doses: list[float], affected: list[int], words: str, line: Any
) -> None:
    data = QuantalData(doses, [8] * len(doses), affected)
    result = litchfield_wilcoxon(data, line=line)
    for percent in (16, 30, 50):
        assert words in (result.ed(percent).reason or "")
    assert words in str(result)
    assert words in ed50_line(data, line=line).text
    to_json(result.to_dict())


def test_no_animal_in_the_window() -> None:
    data = QuantalData([5, 10, 20, 40], [8] * 4, [0, 0, 8, 8])
    result = litchfield_wilcoxon(data, line=(-23.0, 20.0))
    assert result.ed(50).value == pytest.approx(10**1.15)
    assert "N' = 0" in (result.ed(50).reason or "")
    assert isinstance(result.details.f_s, Missing)
    assert "no SEM" in ed50_line(data, line=(-23.0, 20.0)).text


def test_ed50_line_text_and_dict() -> None:
    line = ed50_line(data_of("mice8_typical", unit="mg/kg"))
    assert str(line) == (
        "ED50 12.98 ± 2.24 mg/kg (SEM, N' = 24); y = 0.733 + 3.833 log x; S = 1.817"
    )
    assert line.to_dict()["intercept"] == pytest.approx(0.732959, rel=1e-4)
    assert str(line) in blocks_to_text(line.blocks())
    assert "12.98 ± 2.24" in repr(line)


def test_options_and_notes() -> None:
    data = data_of(DEMO)
    with pytest.raises(OptionError, match="allowed are 'likelihood'"):
        litchfield_wilcoxon(data, line="eye")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="rising slope"):
        litchfield_wilcoxon(data, line=(1, -2))
    with pytest.raises(OptionError, match="around 50"):
        litchfield_wilcoxon(data, window=(84, 16))
    with pytest.raises(OptionError, match="heterogeneity"):
        litchfield_wilcoxon(data, heterogeneity="sometimes")  # type: ignore[arg-type]
    control = QuantalData([0, 5, 10, 20], [8] * 4, [1, 2, 4, 7])
    assert "1 of 8 controls" in str(litchfield_wilcoxon(control))
    beyond = QuantalData([5, 10, 20], [8] * 3, [0, 1, 2])
    assert "beyond-range" in litchfield_wilcoxon(beyond).flags
    flat = litchfield_wilcoxon(data, line=(1.0, 1e-4))
    assert "almost flat" in (flat.ed(50).reason or "")
    to_json(flat.to_dict())


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 8), min_size=2, max_size=6),
    st.sampled_from(["likelihood", "minimum-chi2"]),
    st.sampled_from([1e-6, 0.01, 3.0, 1e5]),
)
def test_rescaling_doses_and_merging_rows(
    counts: list[int], line: Any, factor: float
) -> None:
    doses = 2.0 ** np.arange(len(counts))
    base = litchfield_wilcoxon(QuantalData(doses, [8] * len(counts), counts), line=line)
    single = QuantalData.from_animals(
        np.repeat(doses, 8), np.concatenate([[1] * c + [0] * (8 - c) for c in counts])
    )
    merged = litchfield_wilcoxon(single, line=line)
    assert merged.ed(50).to_dict() == base.ed(50).to_dict()
    scaled = litchfield_wilcoxon(
        QuantalData(doses * factor, [8] * len(counts), counts), line=line
    )
    to_json(scaled.to_dict())
    first, second = base.ed(50).value, scaled.ed(50).value
    if isinstance(first, Missing):
        assert isinstance(second, Missing)
    elif line == "likelihood" and 1e-3 < first < 1e3:
        assert second == pytest.approx(first * factor, rel=1e-6)
        if isinstance(base.details.s, float):
            assert scaled.details.s == pytest.approx(base.details.s, rel=1e-6)
