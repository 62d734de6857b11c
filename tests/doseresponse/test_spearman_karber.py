"""Spearman-Kärber against EPA's printed figures, its laws, and its refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._ordered import pool_adjacent
from isobole.doseresponse._spearman_karber import VARIANCES, spearman_karber
from isobole.results import Missing, OptionError, blocks_to_text, to_json

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES: dict[str, Any] = {
    case["id"]: case
    for case in json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
}


def data_of(case: str, name: str | None = None) -> QuantalData:
    rows = [r for r in CASES[case]["data"] if name is None or r["set"] == name]
    columns = ("dose", "n", "affected")
    return QuantalData(*([row[column] for row in rows] for column in columns))


def expected(case: str, quantity: str, name: str | None = None) -> tuple[Any, float]:
    for item in CASES[case]["expected"]:
        if item["quantity"] == quantity and item.get("set") == name:
            return item["value"], item["tol_abs"]
    raise KeyError(quantity)


def test_epa_table20_plain() -> None:
    case = "epa_table20_spearman_karber"
    result = spearman_karber(data_of(case), variance="epa", multiplier=2)
    details, ed50 = result.details, result.ed()
    got = {
        "smoothed": details.smoothed,
        "adjusted": details.adjusted,
        "log10_ed50": details.log10_ed50,
        "log10_ed50_exact": details.log10_ed50,
        "variance": details.variance,
        "ed50": ed50.value,
        "ed50_ci": (ed50.low, ed50.high),
    }
    assert set(got) == {item["quantity"] for item in CASES[case]["expected"]}
    for quantity, value in got.items():
        want, tolerance = expected(case, quantity)
        assert value == pytest.approx(want, abs=tolerance), quantity


@pytest.mark.parametrize("name", ["table20", "appendixK"])
def test_epa_trimmed(name: str) -> None:
    case = "epa_table20_trimmed_spearman_karber"
    result = spearman_karber(data_of(case, name), trim="auto")
    for quantity, got in (
        ("trim_percent", result.details.trim_percent),
        ("ed50", result.ed().value),
    ):
        want, tolerance = expected(case, quantity, name)
        assert got == pytest.approx(want, abs=tolerance)


@pytest.mark.parametrize("variance", ["epa", "hamilton"])
def test_epa_trimmed_limits_of_table20(variance: Any) -> None:
    """The reference calls these limits not reproduced; n and a fixed trim do it."""
    case = "epa_table20_trimmed_spearman_karber"
    ed50 = spearman_karber(
        data_of(case, "table20"), trim="auto", variance=variance, multiplier=2
    ).ed()
    want, _ = expected(case, "ed50_ci", "table20")
    assert (ed50.low, ed50.high) == pytest.approx(want, abs=0.006)


@pytest.mark.parametrize(
    "item",
    CASES["hamilton_tsk_40_cases"]["expected"],
    ids=lambda item: f"{item['set']}-{item['trim']}",
)
def test_hamilton_forty(item: dict[str, Any]) -> None:
    data = data_of("hamilton_tsk_40_cases", item["set"])
    # The trimmed program divides by n also where nothing is trimmed.
    variance: Any = "hamilton" if item["trim"] == 0 else "epa"
    result = spearman_karber(data, trim=item["trim"], variance=variance, multiplier=2)
    ed50 = result.ed()
    assert ed50.value == pytest.approx(item["value"], abs=item["tol_abs"])
    low, high = item["ci_2sigma"]
    if low is None:
        # The program's rule for printing none is unpublished; none has a dose between.
        assert "no-dose-between-trims" in result.flags
    else:
        assert (ed50.low, ed50.high) == pytest.approx((low, high), abs=0.006)


def test_sign_slip_and_exact_limits() -> None:
    data = data_of("hamilton_tsk_40_cases", "dr4c")
    exact = spearman_karber(data, trim=0.2, multiplier=2)
    assert (exact.ed().low, exact.ed().high) == pytest.approx((30.25, 48.19), abs=0.006)
    slipped = spearman_karber(data, trim=0.2, variance="epa", multiplier=2)
    assert any("[30.25, 48.19]" in note.text for note in slipped.notes)


def test_complete_separation() -> None:
    data = data_of("edge_complete_separation")
    ed50 = spearman_karber(data).ed()
    item = next(
        item
        for item in CASES["edge_complete_separation"]["expected"]
        if item["quantity"] == "spearman_karber_ed50"
    )
    assert ed50.value == pytest.approx(item["value"], rel=item["tol_rel"])
    assert ed50.set_kind is None
    assert "variance is 0" in (ed50.reason or "")


def _numeric_variance(counts: list[int], sizes: list[int], trim: Any) -> float:
    """Delta variance of the whole estimator by finite differences."""
    scale, total = 10**6, 0.0
    doses = [0.0, *(7.0, 11.0, 20.0, 45.0)]

    def log_ed50(shift: int, row: int) -> float:
        moved = [c * scale for c in counts]
        moved[row] += shift
        data = QuantalData(doses, [s * scale for s in sizes], moved)
        value = spearman_karber(data, trim=trim).details.log10_ed50
        assert not isinstance(value, Missing)
        return value

    pooled = pool_adjacent(counts, sizes).value
    for row, (p, n) in enumerate(zip(pooled, sizes, strict=True)):
        step = scale // 1000
        if p in (0, 1):
            continue
        slope = (log_ed50(step, row) - log_ed50(-step, row)) / (2 * step / (n * scale))
        total += slope**2 * p * (1 - p) / n
    return total


@pytest.mark.parametrize("trim", [0.2, 0.25, "auto"])
@pytest.mark.parametrize(
    ("counts", "sizes"),
    [
        ([1, 1, 4, 5, 9], [10, 12, 10, 8, 10]),
        ([1, 2, 5, 4, 9], [10, 12, 10, 10, 10]),
        ([2, 1, 5, 6, 11], [10, 12, 10, 10, 12]),
        ([0, 0, 1, 7, 10], [10, 10, 10, 10, 11]),
    ],
)
def test_exact_variance_is_the_delta_method(
    counts: list[int], sizes: list[int], trim: Any
) -> None:
    data = QuantalData([0, 7, 11, 20, 45], sizes, counts)
    got = spearman_karber(data, trim=trim).details.variance
    assert got == pytest.approx(_numeric_variance(counts, sizes, trim), rel=1e-5)


def test_exact_variance_without_trim_or_control_is_the_textbook_sum() -> None:
    data = QuantalData([1, 2, 4, 8], [10] * 4, [0, 3, 6, 10])
    spans = np.log10([4.0, 4.0])
    want = np.sum(np.array([0.21, 0.24]) * spans**2 / 40)
    assert spearman_karber(data).details.variance == pytest.approx(want, rel=1e-12)


tables = st.lists(st.integers(0, 8), min_size=3, max_size=6)


@settings(deadline=None)
@given(tables, st.floats(1e-9, 1e9))
def test_rescaling_doses_rescales_the_ed50(counts: list[int], factor: float) -> None:
    doses = 2.0 ** np.arange(len(counts))
    sizes = [8] * len(counts)
    base = spearman_karber(QuantalData(doses, sizes, counts), trim="auto").ed()
    scaled = spearman_karber(
        QuantalData(doses * factor, sizes, counts), trim="auto"
    ).ed()
    if isinstance(base.value, Missing):
        assert isinstance(scaled.value, Missing)
        assert base.reason == scaled.reason
        return
    assert scaled.value == pytest.approx(base.value * factor, rel=1e-9)
    if base.low is not None and base.high is not None:
        assert scaled.low == pytest.approx(base.low * factor, rel=1e-8)
        assert base.low < base.value < base.high


@settings(deadline=None)
@given(tables, st.sampled_from(VARIANCES), st.sampled_from([0.0, 0.1, "auto"]))
def test_rows_per_animal_merge_and_nothing_escapes(
    counts: list[int], variance: Any, trim: Any
) -> None:
    doses = np.concatenate([[0.0], 2.0 ** np.arange(len(counts) - 1)])
    grouped = QuantalData(doses, [8] * len(counts), counts)
    single = QuantalData.from_animals(
        np.repeat(doses, 8), np.concatenate([[1] * c + [0] * (8 - c) for c in counts])
    )
    one = spearman_karber(grouped, trim=trim, variance=variance)
    two = spearman_karber(single, trim=trim, variance=variance)
    assert one.ed().to_dict() == two.ed().to_dict()
    to_json(one.to_dict())  # refuses NaN
    assert blocks_to_text(one.blocks())
    if one.ed().low is None:
        assert one.ed().reason


@pytest.mark.parametrize(
    ("doses", "affected", "words"),
    [
        ([10], [4], "at least two doses"),
        ([0], [1], "at least two doses"),
        ([5, 10, 20], [0, 0, 0], "does not cross 50 %"),
        ([5, 10, 20], [8, 8, 8], "does not cross 50 %"),
        ([5, 10, 20], [1, 4, 7], 'trim="auto"'),
        ([0, 5, 10, 20], [8, 8, 8, 8], "Every control was affected"),
    ],
)
def test_no_estimate_is_a_sentence(
    doses: list[float], affected: list[int], words: str
) -> None:
    result = spearman_karber(QuantalData(doses, [8] * len(doses), affected))
    assert isinstance(result.ed().value, Missing)
    assert words in result.ed().value.reason
    assert words in str(result)
    assert result.to_dict()["details"]["log10_ed50_reason"]


def test_other_percents_and_options() -> None:
    data = data_of("hamilton_tsk_40_cases", "dr4c")
    result = spearman_karber(data)
    assert "ED50 only" in (result.ed(16).reason or "")
    with pytest.raises(OptionError, match="between 0 and 100"):
        result.ed(100)
    with pytest.raises(OptionError, match=r"below 0\.5"):
        spearman_karber(data, trim=0.5)
    with pytest.raises(OptionError, match="allowed are 'auto'"):
        spearman_karber(data, trim="automatic")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="level"):
        spearman_karber(data, level=95)
    with pytest.raises(OptionError, match="multiplier"):
        spearman_karber(data, multiplier=-2)
    assert repr(result).startswith("QuantalEstimate(ED50 36.14 [")


def test_shared_animals_are_named() -> None:
    data = QuantalData([5, 10, 20], [1, 1, 1], [0, 0, 1], animal=["a", "a", "b"])
    assert any("same animal" in note.text for note in spearman_karber(data).notes)
