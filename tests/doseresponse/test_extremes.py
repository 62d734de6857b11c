"""Numbers at the edge of what a computer holds: sentences, never a fault."""

from __future__ import annotations

from typing import Any

import pytest

from isobole.doseresponse import QuantalData, fit_quantal
from isobole.results import DataError


def test_a_complement_that_reaches_past_all_numbers_becomes_a_ray() -> None:
    data = QuantalData([5, 10, 20], [50] * 3, [44, 47, 49])
    fit = fit_quantal(data)
    limits = fit.ed(50, interval="fieller").limits
    assert (limits.set_kind, limits.low) == ("ray", None)
    assert limits.high == pytest.approx(2.591, abs=5e-4)
    assert limits.reason is not None
    assert "above 10^1302 is out of reach" in limits.reason
    assert "fieller" in str(fit.intervals(50))
    assert fit.blocks()


@pytest.mark.parametrize(
    ("doses", "n", "column", "rows"),
    [
        ([1e300, 1e304, 1e308], [8, 8, 8], "dose", [1, 2, 3]),
        ([1e-320, 1, 2], [8, 8, 8], "dose", [1]),
        ([1, 2, 4], [10**20, 8, 8], "n", [1]),
    ],
)
def test_numbers_that_no_experiment_has_are_refused(
    doses: Any, n: Any, column: str, rows: list[int]
) -> None:
    with pytest.raises(DataError) as caught:
        QuantalData(doses, n, [1, 4, 7])
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (row, column) for row in rows
    ]
