"""Protection: laws, brute force, other programs, bad input."""

from __future__ import annotations

import json
import math
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import (
    boschloo_p_matrix,
    compare_protection,
    conditional_odds_ratio,
    fisher_p_matrix,
    freeman_halton_p,
    holm,
    newcombe_difference,
    wilson,
)
from isobole.outcomes._many_to_one import closed_min_p
from isobole.outcomes._table_tests import trend_exact_p
from isobole.outcomes._two_by_two import boschloo_p
from isobole.results import DataError, Missing, OptionError

sizes = st.integers(1, 9)
group = sizes.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
groups = st.lists(group, min_size=2, max_size=4)


@pytest.mark.parametrize(("n1", "n2"), [(1, 1), (3, 7), (8, 8), (12, 9)])
def test_fisher_equals_scipy(n1: int, n2: int) -> None:
    from scipy.stats import fisher_exact

    found = fisher_p_matrix(n1, n2)
    for a, b in product(range(n1 + 1), range(n2 + 1)):
        expected = fisher_exact([[a, n1 - a], [b, n2 - b]]).pvalue
        assert found[a, b] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("n1", "n2"), [(2, 3), (5, 9), (8, 8)])
def test_boschloo_is_the_largest_tail_on_a_fine_grid(n1: int, n2: int) -> None:
    found = boschloo_p_matrix(n1, n2)
    fisher = fisher_p_matrix(n1, n2)
    share = np.linspace(0, 1, 40_001)
    one = np.array([comb(n1, a) * share**a * (1 - share) ** (n1 - a)
                    for a in range(n1 + 1)])  # fmt: skip
    two = np.array([comb(n2, b) * share**b * (1 - share) ** (n2 - b)
                    for b in range(n2 + 1)])  # fmt: skip
    for a, b in product(range(n1 + 1), range(n2 + 1)):
        extreme = fisher <= fisher[a, b] * (1 + 1e-7)
        tail = np.einsum("ax,ab,bx->x", one, extreme.astype(float), two).max()
        expected = min(tail, fisher[a, b])
        assert found[a, b] == pytest.approx(expected, rel=1e-7)


def test_boschloo_of_equal_groups_is_scipys() -> None:
    # With equal groups doubling the smaller side, scipy's rule, is the same test.
    from scipy.stats import boschloo_exact

    found = boschloo_p_matrix(8, 8)
    for a, b in [(7, 1), (6, 1), (8, 3), (5, 0)]:
        expected = boschloo_exact([[a, b], [8 - a, 8 - b]], n=128).pvalue
        assert found[a, b] == pytest.approx(expected, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(sizes, sizes)
def test_p_matrices_have_their_symmetries(n1: int, n2: int) -> None:
    for matrix in (fisher_p_matrix, boschloo_p_matrix):
        found = matrix(n1, n2)
        np.testing.assert_allclose(found, matrix(n2, n1).T, rtol=1e-9)
        np.testing.assert_allclose(found, found[::-1, ::-1], rtol=1e-9)
    assert (boschloo_p_matrix(n1, n2) <= fisher_p_matrix(n1, n2)).all()


def test_both_tests_keep_their_level_for_every_share() -> None:
    share = np.linspace(0, 1, 501)
    for n1, n2 in ((8, 8), (5, 11)):
        for matrix in (fisher_p_matrix, boschloo_p_matrix):
            reject = (matrix(n1, n2) <= 0.05).astype(float)
            one = np.array([comb(n1, a) * share**a * (1 - share) ** (n1 - a)
                            for a in range(n1 + 1)])  # fmt: skip
            two = np.array([comb(n2, b) * share**b * (1 - share) ** (n2 - b)
                            for b in range(n2 + 1)])  # fmt: skip
            assert np.einsum("ax,ab,bx->x", one, reject, two).max() <= 0.05 + 1e-9


@settings(max_examples=60, deadline=None)
@given(group, group)
def test_swapping_groups_inverts_the_ratio_and_flips_the_difference(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    one, two = newcombe_difference(*a, *b), newcombe_difference(*b, *a)
    assert one.value == pytest.approx(-two.value)  # type: ignore[operator]
    assert one.low == pytest.approx(-two.high)  # type: ignore[operator]
    ratio, inverse = conditional_odds_ratio(*a, *b), conditional_odds_ratio(*b, *a)
    if isinstance(ratio.value, float) and ratio.value > 0:
        assert ratio.value * inverse.value == pytest.approx(1, rel=1e-8)
    if ratio.low:
        assert inverse.high == pytest.approx(1 / ratio.low, rel=1e-8)
    elif ratio.low == 0:
        assert inverse.high is None
    if ratio.high is None:
        assert ratio.reason


@settings(max_examples=60, deadline=None)
@given(group)
def test_wilson_limits_solve_the_score_equation(x_n: tuple[int, int]) -> None:
    x, n = x_n
    limits = wilson(x, n)
    for end in (limits.low, limits.high):
        assert end is not None
        if 0 < end < 1:
            z = (x / n - end) / math.sqrt(end * (1 - end) / n)
            assert abs(z) == pytest.approx(1.959964, abs=1e-6)


def _all_tables(n: list[int], total: int):  # type: ignore[no-untyped-def]
    for x in product(*(range(m + 1) for m in n)):
        if sum(x) == total:
            yield x, math.prod(comb(m, k) for m, k in zip(n, x, strict=True))


@settings(max_examples=40, deadline=None)
@given(groups)
def test_overall_and_trend_by_listing_every_table(
    rows: list[tuple[int, int]],
) -> None:
    x, n = [a for a, _ in rows], [b for _, b in rows]
    scores = [float(k * k) for k in range(len(x))]
    mean = sum(s * m for s, m in zip(scores, n, strict=True)) * sum(x) / sum(n)

    def reach(table) -> float:  # type: ignore[no-untyped-def]
        return sum(s * k for s, k in zip(scores, table, strict=True)) - mean

    whole = alike = up = both = 0
    own = math.prod(comb(m, k) for m, k in zip(n, x, strict=True))
    for table, ways in _all_tables(n, sum(x)):
        whole += ways
        alike += ways * (ways <= own)
        up += ways * (reach(table) >= reach(x) - 1e-9)
        both += ways * (abs(reach(table)) >= abs(reach(x)) - 1e-9)
    found = freeman_halton_p([[a, b - a] for a, b in rows])
    assert found == pytest.approx(alike / whole, rel=1e-9)
    trend = trend_exact_p(np.array(x), np.array(n), np.array(scores))
    assert trend is not None
    assert (trend[0], trend[2]) == pytest.approx((up / whole, both / whole), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(group, min_size=3, max_size=4))
def test_closed_min_p_by_listing_every_table(rows: list[tuple[int, int]]) -> None:
    """Every set of groups, every table with its total, in whole numbers."""
    (x0, n0), others = rows[0], rows[1:]
    p = [fisher_p_matrix(n0, m)[x0, k] for k, m in others]
    expected = [0.0] * len(others)
    for mask in range(1, 2 ** len(others)):
        chosen = [j for j in range(len(others)) if mask >> j & 1]
        n = [n0, *(others[j][1] for j in chosen)]
        total = x0 + sum(others[j][0] for j in chosen)
        least, hit, whole = min(p[j] for j in chosen), 0, 0
        for table, ways in _all_tables(n, total):
            whole += ways
            smallest = min(
                fisher_p_matrix(n0, m)[table[0], k]
                for m, k in zip(n[1:], table[1:], strict=True)
            )
            hit += ways * (smallest <= least * (1 + 1e-7))
        for j in chosen:
            expected[j] = max(expected[j], hit / whole)
    found = closed_min_p([k for k, _ in others], [m for _, m in others], (x0, n0))
    assert found == pytest.approx(expected, rel=1e-9)
    assert all(a >= b - 1e-12 for a, b in zip(found, p, strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_equals_statsmodels(p: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_order_of_groups_changes_nothing() -> None:
    x, n, names = [1, 3, 6, 2], [8, 9, 8, 7], ["v", "a", "b", "c"]
    doses = [0, 10, 20, None]
    one = compare_protection(x, n, names, control="v", doses=doses)
    back = compare_protection(
        x[::-1], n[::-1], names[::-1], control="v", doses=doses[::-1]
    )
    for name in "abc":
        first, second = one.contrast(name), back.contrast(name)
        assert first.fisher.p_adjusted == second.fisher.p_adjusted
        assert first.difference == second.difference
    assert one.overall.p == pytest.approx(back.overall.p)
    assert one.trend
    assert back.trend
    assert one.trend.exact.p == pytest.approx(back.trend.exact.p)


def test_rescaling_doses_leaves_the_trend() -> None:
    given = {"protected": [0, 2, 5, 8], "n": [8] * 4, "groups": list("vabc")}
    plain = compare_protection(**given, control="v", doses=[0, 1, 2, 4])
    scaled = compare_protection(**given, control="v", doses=[0, 1e6, 2e6, 4e6])
    assert plain.trend
    assert scaled.trend
    assert plain.trend.asymptotic.p == pytest.approx(scaled.trend.asymptotic.p)
    assert plain.trend.exact.p == pytest.approx(scaled.trend.exact.p)


def test_adjustment_is_named_and_closed_min_p_gains_on_holm() -> None:
    args = ([0, 2, 5, 8], [8] * 4, list("vabc"))
    by_holm = compare_protection(*args, control="v")
    closed = compare_protection(*args, control="v", adjust="closed-minp")
    plain = compare_protection(*args, control="v", adjust="none")
    assert by_holm.contrast("c").fisher.adjustment == "Holm, 3 comparisons"
    assert closed.contrast("c").fisher.adjustment.startswith("closed min-P, exact")
    assert closed.contrast("c").boschloo.adjustment == "Holm, 3 comparisons"
    assert plain.contrast("c").fisher.p_adjusted is None
    for name in "abc":
        gained = closed.contrast(name).fisher.p_adjusted
        plainly = by_holm.contrast(name).fisher.p_adjusted
        assert isinstance(gained, float)
        assert isinstance(plainly, float)
        assert gained <= plainly + 1e-12
    assert closed.contrast("b").fisher.p_adjusted == pytest.approx(0.025641, rel=1e-4)


def test_more_than_ten_comparisons_fall_back_to_holm_and_say_so() -> None:
    found = compare_protection(
        [0] + [4] * 11,
        [8] * 12,
        [f"g{k}" for k in range(12)],
        control="g0",
        adjust="closed-minp",
    )
    assert found.contrasts[0].fisher.adjustment == "Holm, 11 comparisons"
    assert "too many" in str(found.problems[0])
    assert "too many" in str(found)


def test_large_groups_fall_back_and_say_so() -> None:
    n = [1501, 1733, 1207, 1999, 1321, 1801, 1409]
    x = [301, 433, 207, 599, 321, 301, 509]
    found = compare_protection(
        x, n, list("abcdefg"), control="a", scores=[0, 1.1, 2.7, 3.01, 4.3, 5.7, 7.77]
    )
    assert isinstance(found.contrast("b").fisher.p, Missing)
    assert found.overall.method.startswith("Pearson")
    from scipy.stats import chi2_contingency

    table = np.array([x, np.array(n) - x])
    assert found.overall.p == pytest.approx(chi2_contingency(table).pvalue, rel=1e-9)
    assert found.trend
    json.dumps(found.to_dict(), allow_nan=False)


def test_nobody_or_everybody_protected() -> None:
    for x in ([0, 0, 0], [8, 8, 8]):
        found = compare_protection(
            x, [8] * 3, list("vab"), control="v", doses=[0, 1, 2]
        )
        assert found.overall.p == 1
        assert found.trend
        assert isinstance(found.trend.asymptotic.p, Missing)
        assert found.trend.exact.p == 1
        ratio = found.contrast("a").odds_ratio
        assert isinstance(ratio.value, Missing)
        assert "one table only" in str(ratio)
        written = json.dumps(found.to_dict(), allow_nan=False)
        assert "NaN" not in written
        assert "one table only" in str(found)


def test_an_infinite_ratio_has_one_limit_and_a_reason() -> None:
    found = conditional_odds_ratio(8, 8, 1, 8)
    assert isinstance(found.value, Missing)
    assert found.set_kind == "ray"
    assert found.high is None
    # The chance of 8 or more at the lower limit is 2.5 %: (7 + 2 more of 16 choose 9).
    weight = {x: comb(8, x) * comb(8, 9 - x) * found.low**x for x in range(1, 9)}
    assert weight[8] / sum(weight.values()) == pytest.approx(0.025, rel=1e-9)


def test_report_frame_and_figure() -> None:
    found = compare_protection(
        [0, 2, 5, 8],
        [8] * 4,
        ["vehicle", "a", "b", "c"],
        control="vehicle",
        doses=[0, 50, 100, 200],
        endpoint="without clonus",
    )
    text = str(found)
    for said in ("without clonus", "Boschloo", "Newcombe", "Cochran-Armitage", "Holm"):
        assert said in text
    frame = found.to_frame()
    assert list(frame["protected"]) == [0, 2, 5, 8]
    assert frame["fisher_p"][3] == pytest.approx(0.0001554, rel=1e-3)
    written = [t.get_text() for t in found.plot().axes[0].texts]
    assert written == ["0/8", "2/8", "5/8", "8/8"]
    assert repr(found).count("\n") == 0
    assert json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("x", "n", "names", "said"),
    [
        ([1.5, 2], [8, 8], ["v", "a"], "whole"),
        ([9, 2], [8, 8], ["v", "a"], "percentages"),
        ([-1, 2], [8, 8], ["v", "a"], "whole"),
        ([float("nan"), 2], [8, 8], ["v", "a"], "whole"),
        ([0, 2], [0, 8], ["v", "a"], "Leave the group out"),
        ([0, 2], [8, 8], ["v", "v"], "more than once"),
        ([0], [8], ["v"], "two or more"),
        ([0, "x"], [8, 8], ["v", "a"], "whole"),
    ],
)
def test_bad_counts_are_sentences(x, n, names, said) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=said):
        compare_protection(x, n, names, control=None)


def test_every_bad_count_is_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        compare_protection([9, 1.5, 3], [8, 8, 0], list("vab"), control="v")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"control": "veh"}, "allowed are"),
        ({"adjust": "bonferroni"}, "allowed are"),
        ({"level": 95}, "0.95"),
        ({"scores": "log"}, "allowed are"),
        ({"doses": [0, 1, 2]}, "one per group"),
    ],
)
def test_bad_options_are_sentences(options: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        compare_protection([1, 2], [8, 8], ["v", "a"], **{"control": "v", **options})  # type: ignore[arg-type]


def test_doses_that_cannot_be() -> None:
    for doses in ([0, float("nan")], [0, -5]):
        with pytest.raises(DataError, match="None for a group outside"):
            compare_protection([1, 2], [8, 8], ["v", "a"], control="v", doses=doses)


def test_one_boschloo_p_is_that_of_the_matrix() -> None:
    for n1, n2 in ((8, 8), (5, 11)):
        whole = boschloo_p_matrix(n1, n2)
        for a, b in product(range(n1 + 1), range(n2 + 1)):
            assert boschloo_p(a, n1, b, n2) == pytest.approx(whole[a, b], rel=1e-9)


def test_groups_without_a_name_and_doses_that_are_words() -> None:
    with pytest.raises(DataError, match="place 2 is None"):
        compare_protection([1, 2], [8, 8], ["v", None], control="v")  # type: ignore[list-item]
    with pytest.raises(OptionError, match="sequence of names"):
        compare_protection([1, 2], [8, 8], "va", control="v")
    with pytest.raises(DataError, match="finite numbers"):
        compare_protection([1, 2], [8, 8], ["v", "a"], control="v", doses=[0, "50"])  # type: ignore[list-item]
    for count in ("a", float("nan"), 9):
        with pytest.raises(OptionError, match="not a count"):
            wilson(count, 8)  # type: ignore[arg-type]


def test_matrix_sizes_are_checked() -> None:
    for n in (0, 501, 2.5):
        with pytest.raises(OptionError, match="whole animals"):
            fisher_p_matrix(n, 8)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="1 to 200"):
        boschloo_p_matrix(201, 8)
