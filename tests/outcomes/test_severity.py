"""Severity: laws, brute force, other programs, separated scores, bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import compare_severity, mann_whitney_p, proportional_odds
from isobole.outcomes._rank_tests import kruskal_permutation_p, kruskal_wallis
from isobole.outcomes._superiority import probability_lower
from isobole.outcomes._table_tests import kruskal_exact_p
from isobole.results import DataError, Missing, NotComputable, OptionError

LEVELS = ["0", "1", "2", "3", "4", "5"]
scores = st.lists(st.integers(0, 3), min_size=1, max_size=6)


def _counts(values: list[int], levels: int = 4):  # type: ignore[no-untyped-def]
    return np.bincount(values, minlength=levels)


def _doubled_u(first: list[int], second: list[int]) -> int:
    return sum(2 * (a > b) + (a == b) for a in first for b in second)


@settings(max_examples=60, deadline=None)
@given(scores, scores)
def test_mann_whitney_by_dealing_every_hand(a: list[int], b: list[int]) -> None:
    pool, middle = a + b, len(a) * len(b)
    seen = abs(_doubled_u(a, b) - middle)
    hit = whole = 0
    for chosen in combinations(range(len(pool)), len(a)):
        first = [pool[k] for k in chosen]
        second = [pool[k] for k in range(len(pool)) if k not in chosen]
        whole += 1
        hit += abs(_doubled_u(first, second) - middle) >= seen
    found = mann_whitney_p(_counts(a), _counts(b))
    assert found == pytest.approx(float(Fraction(hit, whole)), rel=1e-12)


def test_small_groups_are_told_that_likelihood_ratios_are_rough() -> None:
    few, many = [0, 1, 2, 5, 1, 3, 4, 5], ["vehicle"] * 4 + ["drug"] * 4
    options = {"levels": LEVELS, "control": "vehicle"}
    said = "Judge by the exact tests."
    assert said in str(compare_severity(few, many, **options))
    assert said not in str(compare_severity(few * 4, many * 4, **options))


def test_mann_whitney_where_scipys_exact_p_ignores_the_ties() -> None:
    from scipy.stats import mannwhitneyu

    veh, vpa = [5, 5, 5, 4, 5, 5, 4, 5], [4, 5, 3, 5, 2, 4, 3, 2]
    assert mannwhitneyu(veh, vpa, method="exact").pvalue == pytest.approx(
        0.0379, abs=5e-5
    )
    found = mann_whitney_p(_counts(veh, 6), _counts(vpa, 6))
    assert found == pytest.approx(0.036208, abs=5e-7)


def test_mann_whitney_without_ties_is_scipys() -> None:
    from scipy.stats import mannwhitneyu

    a, b = [0, 1, 4, 6, 9, 12], [2, 3, 5, 7, 8, 10, 11]
    found = mann_whitney_p(_counts(a, 13), _counts(b, 13))
    assert found == pytest.approx(mannwhitneyu(a, b, method="exact").pvalue)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_kruskal_by_every_permutation(values: list[int]) -> None:
    def spread(order) -> float:  # type: ignore[no-untyped-def]
        table = np.array([_counts(list(order[k : k + 2]), 3) for k in (0, 2, 4)])
        found = kruskal_wallis(table)
        return 0.0 if found is None else found[0]

    seen = spread(values)
    every = [spread(order) for order in permutations(values)]
    expected = np.mean([h >= seen - 1e-9 for h in every])
    table = np.array([_counts(values[k : k + 2], 3) for k in (0, 2, 4)])
    assert kruskal_exact_p(table) == pytest.approx(expected, rel=1e-9)


def test_kruskal_statistic_is_scipys() -> None:
    from scipy.stats import kruskal

    rows = [[0, 1, 1, 3, 2], [3, 3, 2, 2], [1, 0, 0, 0, 1, 2]]
    table = np.array([_counts(row) for row in rows])
    found = kruskal_wallis(table)
    expected = kruskal(*rows)
    assert found is not None
    assert (found[0], found[2]) == pytest.approx((expected.statistic, expected.pvalue))


def test_random_deals_agree_with_the_exact_p_and_say_their_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = np.array([[3, 2, 1, 1, 0], [1, 2, 2, 1, 1], [0, 1, 1, 2, 3]])
    exact = kruskal_exact_p(table)
    assert exact is not None
    monkeypatch.setattr(
        "isobole.outcomes._rank_tests.kruskal_exact_p", lambda table: None
    )
    p, how = kruskal_permutation_p(table, 7)
    assert "19999 random deals, seed 7" in how
    error = (exact * (1 - exact) / 19_999) ** 0.5
    assert abs(p - exact) < 4 * error
    assert kruskal_permutation_p(table, 7) == (p, how)
    assert kruskal_permutation_p(table, 8)[0] != p


def test_many_groups_are_dealt_at_random_whatever_the_order_of_animals() -> None:
    generator = np.random.default_rng(3)
    y = generator.integers(0, 6, 96)
    group = np.repeat([f"g{k}" for k in range(8)], 12)
    one = compare_severity(y, list(group), levels=LEVELS, control="g0")
    assert "Monte Carlo" in one.permutation.method
    mixed = generator.permutation(96)
    two = compare_severity(y[mixed], list(group[mixed]), levels=LEVELS, control="g0")
    assert one.permutation.p == two.permutation.p
    assert "Phipson" in str(one.blocks()[-1])


animals = st.lists(
    st.tuples(st.sampled_from("vab"), st.integers(0, 4)), min_size=8, max_size=24
).filter(lambda rows: len({g for g, _ in rows}) == 3)


@settings(max_examples=25, deadline=None)
@given(animals, st.randoms(use_true_random=False))
def test_order_of_animals_changes_nothing(rows, random) -> None:  # type: ignore[no-untyped-def]
    def run(animals):  # type: ignore[no-untyped-def]
        return compare_severity(
            [s for _, s in animals], [g for g, _ in animals], levels=LEVELS, control="v"
        )

    one = run(rows)
    random.shuffle(rows)
    two = run(rows)
    for name in "ab":
        first, second = one.contrast(name), two.contrast(name)
        assert first.mann_whitney == second.mann_whitney
        assert first.probability_lower == second.probability_lower
    assert type(one.permutation.p) is type(two.permutation.p)
    if one.permutation.p:
        assert one.permutation.p == pytest.approx(two.permutation.p, rel=1e-9)
    if one.model and two.model:
        assert one.model.log_likelihood == pytest.approx(
            two.model.log_likelihood, abs=1e-8
        )


@settings(max_examples=25, deadline=None)
@given(animals)
def test_only_the_order_of_levels_counts(rows) -> None:  # type: ignore[no-untyped-def]
    """A scale with more levels between the ones used gives the same answers."""
    wide = [f"l{k}" for k in range(20)]
    place = [0, 2, 3, 11, 19]
    group = [g for g, _ in rows]
    one = compare_severity([s for _, s in rows], group, levels=LEVELS, control="v")
    two = compare_severity([place[s] for _, s in rows], group, levels=wide, control="v")
    assert one.kruskal.p == two.kruskal.p
    for first, second in zip(one.contrasts, two.contrasts, strict=True):
        assert first.mann_whitney == second.mann_whitney
        assert first.cliffs_delta == second.cliffs_delta
        assert str(first.odds_ratio) == str(second.odds_ratio)


@settings(max_examples=25, deadline=None)
@given(animals)
def test_turning_the_scale_round_turns_the_effects(rows) -> None:  # type: ignore[no-untyped-def]
    group = [g for g, _ in rows]
    one = compare_severity([s for _, s in rows], group, levels=LEVELS[:5], control="v")
    two = compare_severity(
        [4 - s for _, s in rows], group, levels=LEVELS[:5], control="v"
    )
    for first, second in zip(one.contrasts, two.contrasts, strict=True):
        assert first.mann_whitney.p == pytest.approx(second.mann_whitney.p)
        a, b = first.probability_lower, second.probability_lower
        assert a.value == pytest.approx(1 - b.value)  # type: ignore[operator]
        assert a.low == pytest.approx(1 - b.high, abs=1e-9)  # type: ignore[operator]
        assert first.cliffs_delta.value == pytest.approx(-second.cliffs_delta.value)  # type: ignore[operator]
        ratio, turned = first.odds_ratio, second.odds_ratio
        if not isinstance(ratio, Missing) and isinstance(ratio.value, float):
            assert not isinstance(turned, Missing)
            assert ratio.value * turned.value == pytest.approx(1, rel=1e-4)  # type: ignore[operator]
            if ratio.low and turned.high:
                assert ratio.low * turned.high == pytest.approx(1, rel=1e-3)


def test_limits_of_the_probability_have_length_without_overlap() -> None:
    found = probability_lower(np.array([8, 0]), np.array([0, 8]), 0.95)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.7556, abs=5e-5)


@pytest.mark.parametrize("n", [8, 15])
def test_limits_of_the_probability_cover(n: int) -> None:
    generator = np.random.default_rng(20)
    low = np.array([0.1, 0.1, 0.15, 0.25, 0.25, 0.15])
    high = np.array([0.02, 0.03, 0.05, 0.1, 0.3, 0.5])
    below = np.concatenate([[0], np.cumsum(low)[:-1]])
    truth = float(high @ (below + low / 2))
    hits = 0
    for _ in range(800):
        found = probability_lower(
            generator.multinomial(n, low), generator.multinomial(n, high), 0.95
        )
        hits += found.limits.contains(truth)
    assert hits / 800 > 0.93


def test_proportional_odds_equals_statsmodels() -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    generator = np.random.default_rng(5)
    x = generator.normal(size=(80, 2))
    y = np.digitize(x @ [0.8, -0.5] + generator.logistic(size=80), [-1, 0, 1.5])
    fit = proportional_odds(y, x, names=["a", "b"], levels=LEVELS[:4])
    other = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    assert fit.log_likelihood == pytest.approx(other.llf, rel=1e-9)
    assert [c.value for c in fit.coefficients] == pytest.approx(
        list(other.params[:2]), rel=1e-4
    )
    cuts = other.model.transform_threshold_params(other.params)[1:-1]
    assert list(fit.thresholds) == pytest.approx(list(cuts), rel=1e-4)


def test_profile_limits_lose_the_stated_likelihood() -> None:
    """At a limit the best the other parameters can do is half a chi-square lower."""
    from scipy.optimize import minimize
    from scipy.special import expit

    y = np.array([0, 0, 1, 1, 2, 1, 2, 2, 1, 2, 2, 0])
    x = np.repeat([0.0, 1.0], 6)
    fit = proportional_odds(y, x[:, None], names=["drug"], levels=LEVELS[:3])

    def profile(beta: float) -> float:
        def lost(cut) -> float:  # type: ignore[no-untyped-def]
            a = np.array([-np.inf, cut[0], cut[0] + np.exp(cut[1]), np.inf])
            chance = expit(a[y + 1] - beta * x) - expit(a[y] - beta * x)
            return -float(np.log(chance).sum())

        tight = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}
        best = minimize(lost, [-1.0, 0.5], method="Nelder-Mead", options=tight)
        return -float(best.fun)

    for end in (fit.coefficients[0].low, fit.coefficients[0].high):
        assert end is not None
        assert 2 * (fit.log_likelihood - profile(end)) == pytest.approx(
            3.841459, abs=1e-4
        )


def test_separated_scores_have_one_limit_a_reason_and_a_likelihood_ratio() -> None:
    found = compare_severity(
        [5] * 8 + [0] * 8, ["v"] * 8 + ["a"] * 8, levels=LEVELS, control="v"
    )
    assert found.model
    # Two levels: 16 animals told apart entirely, against a share of one half.
    assert found.model.tests[0].statistic == pytest.approx(32 * np.log(2), rel=1e-9)
    ratio = found.contrast("a").odds_ratio
    assert not isinstance(ratio, Missing)
    assert isinstance(ratio.value, Missing)
    assert "separated" in ratio.value.reason
    # 16 log F(b / 2) = 3.8415 / 2 at the limit of b.
    share = np.exp(-3.841459 / 32)
    assert ratio.high == pytest.approx((share / (1 - share)) ** -2, rel=1e-5)
    assert ratio.low == 0
    assert isinstance(found.model.nominal_tests[0].p, Missing)
    assert all(isinstance(v, Missing) for v in found.model.standard_errors)
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_level_that_no_animal_has_is_left_out_and_named() -> None:
    found = compare_severity(
        [0, 2, 2, 5, 0, 2, 5, 5],
        ["v"] * 4 + ["a"] * 4,
        levels=["0", "0.5", "1", "2", "3", "THE"],
        control="v",
    )
    assert found.model
    assert found.model.levels == ("0", "1", "THE")
    assert "Levels no animal had are left out: 0.5, 2, 3." in str(found)
    assert found.group("a").median == "1 and THE"


def test_all_animals_alike() -> None:
    found = compare_severity([5] * 8, ["v", "a"] * 4, levels=LEVELS, control="v")
    assert isinstance(found.kruskal.p, Missing)
    assert isinstance(found.model, Missing)
    assert found.contrast("a").mann_whitney.p == 1
    assert "all 8 animals have the score 5" in str(found)
    json.dumps(found.to_dict(), allow_nan=False)


def test_one_animal_per_group() -> None:
    found = compare_severity([0, 5], ["v", "a"], levels=LEVELS, control="v")
    assert found.contrast("a").mann_whitney.p == 1
    json.dumps(found.to_dict(), allow_nan=False)
    assert str(found)


def test_hundreds_of_animals_fall_back_to_the_normal_and_say_so() -> None:
    from scipy.stats import mannwhitneyu

    generator = np.random.default_rng(8)
    y = np.concatenate([generator.integers(0, 5, 300), generator.integers(1, 6, 300)])
    group = ["v"] * 300 + ["a"] * 300
    found = compare_severity(y, group, levels=LEVELS, control="v")
    test = found.contrast("a").mann_whitney
    assert "too many animals" in test.method
    expected = mannwhitneyu(y[:300], y[300:], method="asymptotic", use_continuity=False)
    assert test.p == pytest.approx(expected.pvalue, rel=1e-9)


def test_no_mean_score_is_shown() -> None:
    found = compare_severity(
        [5, 4, 4, 0, 1, 0], ["v"] * 3 + ["a"] * 3, levels=LEVELS, control="v"
    )
    text = str(found).lower().replace("permutation distribution, as far from its mean",
                                      "")  # fmt: skip
    assert "mean" not in text
    assert not any("mean" in column for column in found.to_frame().columns)


def test_bars_show_every_animal() -> None:
    found = compare_severity(
        [5, 4, 4, 0, 1, 0], ["v"] * 3 + ["a"] * 3, levels=LEVELS, control="v",
        scale="Racine stage",
    )  # fmt: skip
    axes = found.plot().axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert sum(widths) == pytest.approx(200)
    assert [t.get_text() for t in axes.texts if "n =" in t.get_text()] == ["n = 3"] * 2
    # Grey alone tells the levels: each is darker than the one before.
    bars = [bar.get_facecolor() for bar in axes.patches[:6]]
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b, _ in bars]
    assert all(a - b > 0.05 for a, b in pairwise(grey))
    figure = next(b for b in found.blocks() if type(b).__name__ == "Figure")
    assert "v (n = 3): 2 at 4, 1 at 5" in figure.alt  # type: ignore[union-attr]


@pytest.mark.parametrize("bad", [-1, 6, 2.5, None, float("nan"), "THE"])
def test_scores_off_the_scale_are_sentences(bad: object) -> None:
    with pytest.raises(DataError, match="not seen is not 0") as caught:
        compare_severity([0, bad, 3], ["v", "v", "a"], levels=LEVELS, control="v")  # type: ignore[list-item]
    assert caught.value.problems[0].row == 2


def test_bad_options_are_sentences() -> None:
    args = ([0, 1, 3, 2], ["v", "v", "a", "a"])
    with pytest.raises(OptionError, match="allowed are"):
        compare_severity(*args, levels=LEVELS, control="veh")
    with pytest.raises(OptionError, match="different codes"):
        compare_severity(*args, levels=["0", "0", "1", "2"], control="v")
    with pytest.raises(OptionError, match="name the group of each"):
        compare_severity([0, 1], ["v"], levels=LEVELS, control="v")
    with pytest.raises(OptionError, match=r"0\.95"):
        compare_severity(*args, levels=LEVELS, control="v", level=95)
    with pytest.raises(DataError, match="two or more"):
        compare_severity([0, 1], ["v", "v"], levels=LEVELS, control="v")


def test_groups_may_be_numbers_but_not_missing() -> None:
    found = compare_severity([0, 1, 2, 1], [1, 1, 2, 2], levels=LEVELS, control="1")  # type: ignore[list-item]
    assert found.contrast("2").probability_lower.value == 0.125
    with pytest.raises(DataError, match="place 2 is None"):
        compare_severity([0, 1], ["v", None], levels=LEVELS, control="v")  # type: ignore[list-item]
    with pytest.raises(DataError, match="two or more"):
        compare_severity([], [], levels=LEVELS, control="v")


def test_designs_that_cannot_be() -> None:
    y = [0, 1, 2, 1]
    with pytest.raises(DataError, match="columns of 0 and 1"):
        proportional_odds(y, [["v"], ["v"], ["a"], ["a"]], names=["a"], levels=LEVELS)
    with pytest.raises(DataError, match="Leave that column out"):
        proportional_odds(y, [[1]] * 4, names=["a"], levels=LEVELS)
    with pytest.raises(DataError, match="not known"):
        proportional_odds(
            y, [[1], [float("nan")], [0], [1]], names=["a"], levels=LEVELS
        )
    with pytest.raises(OptionError, match="one column for each"):
        proportional_odds(y, [[1], [0], [0], [1]], names=["a", "b"], levels=LEVELS)
    with pytest.raises(NotComputable, match="do not differ"):
        proportional_odds([1] * 4, [[1], [0], [0], [1]], names=["a"], levels=LEVELS)
