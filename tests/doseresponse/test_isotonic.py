"""Isotonic regression: reference arithmetic, exact coverage, and its refusals."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import bdtr, binom

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._isotonic import isotonic
from isobole.doseresponse._ordered import ordered_p_values, pool_adjacent
from isobole.results import Missing, OptionError, blocks_to_text, to_json

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES: dict[str, Any] = {
    case["id"]: case
    for case in json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
}


def test_non_monotone_reference() -> None:
    case = CASES["edge_non_monotone"]
    want = {item["quantity"]: item for item in case["expected"]}
    columns = ("dose", "n", "affected")
    data = QuantalData(*([row[c] for row in case["data"]] for c in columns))
    plain, centred = isotonic(data), isotonic(data, centred=True)
    pava = want["pava"]
    assert plain.details.fitted == pytest.approx(pava["value"], abs=pava["tol_abs"])
    for key, result in (
        ("isotonic_ed50_loglinear_interpolation", plain),
        (
            "centred_isotonic_ed50 (flat stretch collapsed to its weighted mean log "
            "dose)",
            centred,
        ),
    ):
        item = want[key]
        assert result.ed().value == pytest.approx(item["value"], rel=item["tol_rel"])
    assert plain.flags == ("non-monotone",)


def test_unequal_groups_are_weighted() -> None:
    pooled = pool_adjacent([3, 2, 9], [4, 16, 10])
    assert pooled.value == pytest.approx([0.25, 0.25, 0.9])
    assert pooled.block.tolist() == [0, 0, 1]


def test_flat_at_the_wanted_effect_gives_its_middle() -> None:
    data = QuantalData([5, 10, 20, 40], [8] * 4, [0, 4, 4, 8])
    assert isotonic(data).ed().value == pytest.approx(np.sqrt(200))
    assert isotonic(data, centred=True).ed().value == pytest.approx(np.sqrt(200))


@pytest.mark.parametrize("q", [0.16, 0.5, 0.84])
def test_ordered_tests_against_enumeration(q: float) -> None:
    """The p-value sums, at p = q, the tables no larger, nearest dose first."""
    n = (3, 4, 2)
    observed = (1, 2, 1)
    rising, falling = ordered_p_values(n, observed, q)
    tables = list(itertools.product(*(range(m + 1) for m in n)))
    weight = {
        t: np.prod(
            [binom(m, r) * q**r * (1 - q) ** (m - r) for m, r in zip(n, t, strict=True)]
        )
        for t in tables
    }
    for j in range(3):
        low = sum(w for t, w in weight.items() if t[j:] <= observed[j:])
        high = sum(w for t, w in weight.items() if t[j::-1] >= observed[j::-1])
        assert rising[j] == pytest.approx(low)
        assert falling[j] == pytest.approx(high)


@pytest.mark.parametrize(
    "curve",
    [
        (0.1, 0.3, 0.5, 0.7, 0.9),
        (0.0, 0.0, 0.5, 1.0, 1.0),
        (0.5, 0.5, 0.5, 0.5, 0.5),
        (0.02, 0.05, 0.1, 0.5, 0.55),
    ],
)
def test_limits_hold_their_level_exactly(curve: tuple[float, ...]) -> None:
    """The ED50 is a tested dose here; every outcome of 5 doses x 4 is enumerated."""
    doses = 2.0 ** np.arange(5)
    truth = doses[curve.index(0.5)]
    covered = 0.0
    for counts in itertools.product(range(5), repeat=5):
        weight = float(
            np.prod(
                [
                    binom(4, r) * p**r * (1 - p) ** (4 - r)
                    for p, r in zip(curve, counts, strict=True)
                ]
            )
        )
        if weight == 0:
            continue
        limits = isotonic(QuantalData(doses, [4] * 5, counts), level=0.8).ed().limits
        covered += weight * limits.contains(truth)
    assert covered >= 0.8


def test_limits_agree_with_clopper_pearson_on_two_doses() -> None:
    data = QuantalData([1, 10], [8, 8], [0, 8])
    assert bdtr(0, 8, 0.5) < 0.025
    assert (isotonic(data).ed().low, isotonic(data).ed().high) == (1, 10)


@pytest.mark.parametrize(
    ("affected", "percent", "words", "kind"),
    [
        ([0, 0, 0, 0], 50, "test higher doses", "ray"),
        ([8, 8, 8, 8], 50, "test lower doses", "ray"),
        ([3, 4, 4, 5], 50, "not bounded below", "line"),
        ([1, 4, 5, 7], 95, "test higher doses", "ray"),
    ],
)
def test_beyond_the_data(
    affected: list[int], percent: float, words: str, kind: str
) -> None:
    data = QuantalData([5, 10, 20, 40], [8] * 4, affected, unit="mg/kg")
    estimate = isotonic(data).ed(percent)
    assert words in (estimate.reason or "")
    assert estimate.set_kind == kind


@pytest.mark.parametrize("centred", [False, True])
def test_one_dose_and_no_dose(centred: bool) -> None:
    one = isotonic(QuantalData([10], [8], [3]), centred=centred)
    assert isinstance(one.ed().value, Missing)
    none = isotonic(QuantalData([0], [8], [1]), centred=centred)
    assert "no dose above 0" in (none.ed().reason or "")
    assert "fit_quantal" in str(none)


def test_options() -> None:
    data = QuantalData([5, 10], [8, 8], [0, 8])
    with pytest.raises(OptionError, match="level"):
        isotonic(data, level=1)
    with pytest.raises(OptionError, match="percent"):
        isotonic(data).ed(0)


tables = st.lists(
    st.integers(1, 9).flatmap(
        lambda n: st.tuples(st.just(n), st.integers(min_value=0, max_value=n))
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(tables, st.floats(1e-6, 1e6), st.floats(1, 99), st.booleans())
def test_rescaling_doses(
    rows: list[tuple[int, int]], factor: float, percent: float, centred: bool
) -> None:
    n, affected = zip(*rows, strict=True)
    doses = 1.7 ** np.arange(len(rows))
    base = isotonic(QuantalData(doses, n, affected), centred=centred).ed(percent)
    scaled = isotonic(QuantalData(doses * factor, n, affected), centred=centred)
    other = scaled.ed(percent)
    assert other.set_kind == base.set_kind
    if isinstance(base.value, Missing):
        assert isinstance(other.value, Missing)
    else:
        assert other.value == pytest.approx(base.value * factor, rel=1e-9)
    if base.low is not None:
        assert other.low == pytest.approx(base.low * factor, rel=1e-12)
    to_json(scaled.to_dict())
    assert blocks_to_text(scaled.blocks())


@settings(deadline=None)
@given(tables, st.booleans())
def test_merging_rows_and_order(rows: list[tuple[int, int]], centred: bool) -> None:
    n, affected = zip(*rows, strict=True)
    doses = 1.7 ** np.arange(len(rows))
    single = QuantalData.from_animals(
        np.repeat(doses, n),
        np.concatenate([[1] * r + [0] * (m - r) for m, r in rows]),
    )
    one = isotonic(QuantalData(doses, n, affected), centred=centred)
    two = isotonic(single, centred=centred)
    assert one.ed().to_dict() == two.ed().to_dict()
    assert list(one.details.fitted) == sorted(one.details.fitted)
