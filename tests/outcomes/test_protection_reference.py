"""Reference cases of protection: Fisher, Newcombe, Wilson, Clopper-Pearson, trend."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Final

import numpy as np
import pytest

from isobole.outcomes import (
    boschloo_p_matrix,
    clopper_pearson,
    compare_protection,
    conditional_odds_ratio,
    fisher_p_matrix,
    freeman_halton_p,
    newcombe_difference,
    wilson,
)
from reference_cases import Case

TIGHT: Final = 1e-8
PRINTED: Final = 1e-6
# R 4.2's fisher.test stops its root search early; the file says to allow 3 %. The
# figures themselves are checked against exact fractions below.
R_ROOT: Final = 3e-2

Open = Callable[[str], Case]


def test_fisher(studies_case: Open) -> None:
    with studies_case("fisher") as case:
        for name in ("tea", "convictions"):
            a, b, c, d = case.expect(f"{name}.table")
            # R fills a matrix by columns: rows are (a, c) and (b, d) or the other way
            # round; p and the odds ratio are the same.
            p = fisher_p_matrix(a + c, b + d)[a, b]
            key = "p_two" if name == "tea" else "p"
            assert p == pytest.approx(case.expect(f"{name}.{key}"), rel=TIGHT)
            ratio = conditional_odds_ratio(a, a + c, b, b + d)
            assert ratio.value == pytest.approx(
                case.expect(f"{name}.or_cmle"), rel=R_ROOT
            )
            low, high = case.expect(f"{name}.ci")
            assert (ratio.low, ratio.high) == pytest.approx((low, high), rel=R_ROOT)
        case.out_of_scope(
            "tea.p_greater", "a one-sided Fisher test is not offered for protection"
        )
        seven = "seven_of_eight_vs_one_of_eight"
        assert fisher_p_matrix(8, 8)[7, 1] == pytest.approx(
            case.expect(f"{seven}.p"), rel=TIGHT
        )
        ratio = conditional_odds_ratio(7, 8, 1, 8)
        assert ratio.value == pytest.approx(case.expect(f"{seven}.or_cmle"), rel=R_ROOT)
        assert (ratio.low, ratio.high) == pytest.approx(
            tuple(case.expect(f"{seven}.ci")), rel=R_ROOT
        )
        assert fisher_p_matrix(8, 8)[8, 1] == pytest.approx(
            case.expect("eight_vs_one.p"), rel=TIGHT
        )
        job = np.array(case.expect("job.table")).reshape(4, 4)
        assert freeman_halton_p(job) == pytest.approx(case.expect("job.p"), rel=TIGHT)


@pytest.mark.parametrize("counts", [(7, 8, 1, 8), (3, 4, 1, 4), (10, 12, 3, 18)])
def test_odds_ratio_solves_its_equations_in_exact_fractions(
    counts: tuple[int, int, int, int],
) -> None:
    x1, n1, x2, n2 = counts
    found = conditional_odds_ratio(*counts)
    assert isinstance(found.value, float)
    assert found.low is not None
    assert found.high is not None

    def moments(ratio: float) -> tuple[Fraction, Fraction, Fraction]:
        psi, total = Fraction(ratio), x1 + x2
        weight = {
            x: comb(n1, x) * comb(n2, total - x) * psi**x
            for x in range(max(0, total - n2), min(n1, total) + 1)
        }
        whole = sum(weight.values())
        mean = sum(x * w for x, w in weight.items()) / whole
        upper = sum(w for x, w in weight.items() if x >= x1) / whole
        lower = sum(w for x, w in weight.items() if x <= x1) / whole
        return mean, upper, lower

    assert float(moments(found.value)[0]) == pytest.approx(x1, rel=1e-10)
    assert float(moments(found.low)[1]) == pytest.approx(0.025, rel=1e-9)
    assert float(moments(found.high)[2]) == pytest.approx(0.025, rel=1e-9)


def test_odds_ratio_at_high_precision() -> None:
    """The published figures of the table that R 4.2 gets wrong by 3 %."""
    found = conditional_odds_ratio(7, 8, 1, 8)
    assert found.value == pytest.approx(31.586, abs=5e-4)
    assert found.high == pytest.approx(2508, abs=0.5)


def test_boschloo_of_seven_against_one() -> None:
    # By hand: the tables as extreme are (7, 0), (8, 0), (8, 1), (7, 1) and mirrored;
    # the largest chance is at one half, (8 + 1 + 8 + 64) * 2 ... of 2^16.
    tables = fisher_p_matrix(8, 8) <= fisher_p_matrix(8, 8)[7, 1] * (1 + 1e-9)
    ways = sum(
        comb(8, a) * comb(8, b) for a in range(9) for b in range(9) if tables[a, b]
    )
    found = boschloo_p_matrix(8, 8)[7, 1]
    assert found == pytest.approx(ways / 2**16, rel=1e-9)
    assert found == pytest.approx(0.0042, abs=5e-5)


def test_newcombe(studies_case: Open) -> None:
    with studies_case("newcombe_method10") as case:
        for index, row in enumerate(case.data("rows")):
            at = f"rows.{index}"
            case.given(f"{at}.x1", f"{at}.n1", f"{at}.x2", f"{at}.n2")
            found = newcombe_difference(row["x1"], row["n1"], row["x2"], row["n2"])
            assert found.value == pytest.approx(case.expect(f"{at}.diff"), abs=1e-8)
            assert found.low == pytest.approx(case.expect(f"{at}.lower"), abs=1e-8)
            assert found.high == pytest.approx(case.expect(f"{at}.upper"), abs=1e-8)


def test_wilson_and_clopper_pearson(studies_case: Open) -> None:
    with studies_case("wilson_clopper") as case:
        for index, row in enumerate(case.data("rows")):
            at = f"rows.{index}"
            case.given(f"{at}.x", f"{at}.n")
            for kind, limits in (
                ("wilson", wilson(row["x"], row["n"])),
                ("clopper", clopper_pearson(row["x"], row["n"])),
            ):
                assert (limits.low, limits.high) == pytest.approx(
                    tuple(case.expect(f"{at}.{kind}")), abs=5e-9
                )


def test_cochran_armitage(studies_case: Open) -> None:
    with studies_case("cochran_armitage") as case:
        case.given("smokers.x", "smokers.n")
        x, n = case.data("smokers.x"), case.data("smokers.n")
        for scores, key in (([1, 2, 3, 4], ""), ([0, 0, 0, 1], "_scores_0001")):
            z, p = _trend(x, n, scores)
            assert z**2 == pytest.approx(case.expect(f"smokers.chisq{key}"), rel=TIGHT)
            assert p == pytest.approx(case.expect(f"smokers.p{key}"), rel=TIGHT)
        name = "agresti_infant_malformation"
        case.given(f"{name}.x", f"{name}.n", f"{name}.scores")
        z, p = _trend(
            case.data(f"{name}.x"), case.data(f"{name}.n"), case.data(f"{name}.scores")
        )
        assert z == pytest.approx(case.expect(f"{name}.z"), rel=TIGHT)
        assert z**2 == pytest.approx(case.expect(f"{name}.chisq"), rel=TIGHT)
        assert p == pytest.approx(case.expect(f"{name}.p"), rel=TIGHT)
        name = "protection_synthetic"
        case.given(f"{name}.x", f"{name}.n", f"{name}.dose")
        x, n = case.data(f"{name}.x"), case.data(f"{name}.n")
        found = compare_protection(
            x, n, ["a", "b", "c", "d"], control=None, doses=case.data(f"{name}.dose")
        )
        assert found.trend
        trend = found.trend
        z = trend.asymptotic.statistic
        assert z == pytest.approx(case.expect(f"{name}.z"), rel=TIGHT)
        assert z**2 == pytest.approx(case.expect(f"{name}.chisq"), rel=TIGHT)
        assert trend.asymptotic.p == pytest.approx(case.expect(f"{name}.p"), rel=TIGHT)
        assert trend.exact.p == pytest.approx(
            case.expect(f"{name}.p_exact_two"), rel=TIGHT
        )
        assert trend.rising.p == pytest.approx(
            case.expect(f"{name}.p_exact_upper"), rel=TIGHT
        )
        z, _ = _trend(x, n, "rank", doses=case.data(f"{name}.dose"))
        assert z**2 == pytest.approx(
            case.expect(f"{name}.chisq_equal_scores"), rel=TIGHT
        )


def _trend(x, n, scores, doses=None):  # type: ignore[no-untyped-def]
    names = [f"g{k}" for k in range(len(x))]
    found = compare_protection(x, n, names, control=None, scores=scores, doses=doses)
    assert found.trend
    return found.trend.asymptotic.statistic, found.trend.asymptotic.p
