"""Clusters: recognition, both likelihoods against second opinions, and the bootstrap.

Nothing here is simulated for truth's sake: likelihoods are compared with other
formulas and other integrations, fits with limiting cases whose answer is known.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import betaln, chdtri, expit, log_ndtr, ndtr

from isobole.doseresponse import LINKS, Link, QuantalData
from isobole.doseresponse._beta_binomial import BetaBinomial
from isobole.doseresponse._cluster_bootstrap import (
    ClusterBootstrap,
    bootstrap_clusters,
)
from isobole.doseresponse._cluster_fit import fit_clustered
from isobole.doseresponse._cluster_result import ClusterFit
from isobole.doseresponse._clusters import ClusterTable, find_clusters
from isobole.doseresponse._limits import EMPTY, INTERVAL, RAY
from isobole.doseresponse._links import probability, quantile
from isobole.doseresponse._random_intercept import RandomIntercept
from isobole.doseresponse._solution import CurveSolution, solve_plain
from isobole.results import Missing, OptionError

TOL_LIKELIHOOD = 1e-9
TOL_ESTIMATE = 1e-5
TOL_GRADIENT = 1e-6

DOSES = np.array([5.0, 10, 20, 40])


def table(dose, n, affected, cluster) -> ClusterTable:
    return ClusterTable.of(
        np.asarray(dose, float),
        np.asarray(n),
        np.asarray(affected),
        np.unique(cluster, return_inverse=True)[1],
    )


def litters() -> ClusterTable:
    """Return six litters a dose, more alike than chance."""
    hit = [0, 0, 1, 0, 3, 0, 0, 4, 1, 0, 2, 5, 5, 0, 3, 4, 1, 3, 4, 5, 2, 4, 5, 4]
    n = [4, 5, 3, 5, 4, 5, 4, 5, 4, 3, 5, 5, 5, 4, 3, 5, 4, 4, 4, 5, 5, 4, 5, 4]
    return table(np.repeat(DOSES, 6), n, hit, np.arange(24))


def rats() -> ClusterTable:
    """Return twelve rats tested once at every dose; responders differ."""
    hit = [
        "0001", "0011", "0111", "0010", "1111", "0001", "0011", "0101", "0111",
        "0000", "0011", "1011",
    ]  # fmt: skip
    outcome = [int(x) for rat in hit for x in rat]
    return table(np.tile(DOSES, 12), np.ones(48, int), outcome, np.repeat(range(12), 4))


def days() -> ClusterTable:
    """Return eight days, each with three animals at every dose."""
    hit = [
        [0, 1, 2, 3], [0, 0, 1, 2], [1, 2, 3, 3], [0, 0, 0, 2],
        [0, 1, 3, 3], [1, 1, 3, 3], [0, 0, 1, 1], [0, 2, 2, 3],
    ]  # fmt: skip
    return table(
        np.tile(DOSES, 8), np.full(32, 3), np.ravel(hit), np.repeat(range(8), 4)
    )


def fitted(counts: ClusterTable, link: Link = "probit", model="auto") -> ClusterFit:
    fit = fit_clustered(counts, link, model)
    assert isinstance(fit, ClusterFit), fit
    return fit


def plain(counts: ClusterTable, link: Link = "probit") -> CurveSolution:
    return solve_plain(
        link,
        counts.log_dose,
        counts.affected.sum(axis=0),
        counts.spared.sum(axis=0),
        "observed",
    )


def plain_se(solution: CurveSolution) -> float:
    m = -solution.intercept / solution.slope
    cov = solution.covariance
    return math.sqrt(cov[0, 0] + 2 * m * cov[0, 1] + m * m * cov[1, 1]) / solution.slope


# Recognition


def test_animals_tested_once_are_independent():
    data = QuantalData.from_animals([5, 5, 9, 9], [0, 1, 1, 1], animal="abcd")
    assert find_clusters(data) is None


def test_no_labels_or_one_label_everywhere_is_no_clustering():
    assert find_clusters(QuantalData([5, 10], [8, 8], [1, 6])) is None
    data = QuantalData([5, 10], [8, 8], [1, 6], day=["mon"] * 2, cage=["1"] * 2)
    assert find_clusters(data) is None


def test_labels_that_no_two_animals_share_are_no_clustering():
    data = QuantalData.from_animals([5, 5, 9, 9], [0, 1, 1, 1], litter="abcd")
    assert find_clusters(data) is None


def test_kindled_rats_tested_at_several_doses():
    data = QuantalData.from_animals(
        np.tile(DOSES, 6), np.tile([0, 0, 1, 1], 6), animal=np.repeat(range(6), 4)
    )
    found = find_clusters(data)
    assert found is not None
    assert (found.column, found.model) == ("animal", "random-intercept")
    assert found.n_clusters == 6
    assert "tested more than once" in str(found)
    assert not found.problems


def test_litters_within_doses():
    data = QuantalData(
        np.repeat(DOSES, 3), [4] * 12, [1] * 12, litter=[f"L{i}" for i in range(12)]
    )
    found = find_clusters(data)
    assert found is not None
    assert (found.column, found.model) == ("litter", "beta-binomial")
    assert not found.confounded


def test_each_dose_on_its_own_day_is_confounded():
    found = find_clusters(QuantalData(DOSES, [8] * 4, [0, 2, 5, 8], day="abcd"))
    assert found is not None
    assert found.confounded
    (code,) = {p.code for p in found.problems} - {"few-clusters"}
    assert code == "cluster-confounded-with-dose"
    assert all(p.remedy for p in found.problems)


def test_a_confounded_day_gives_way_to_the_repeated_animal():
    data = QuantalData.from_animals(
        np.tile(DOSES, 6),
        np.tile([0, 0, 1, 1], 6),
        animal=np.repeat(range(6), 4),
        day=np.tile(list("abcd"), 6),
    )
    found = find_clusters(data)
    assert found is not None
    assert found.column == "animal"
    assert not found.confounded
    assert [p.code for p in found.problems] == ["cluster-confounded-with-dose"]


def test_days_that_share_no_dose_are_partly_confounded():
    found = find_clusters(QuantalData(DOSES, [8] * 4, [0, 2, 5, 8], day="aabb"))
    assert found is not None
    assert "cluster-partly-confounded" in {p.code for p in found.problems}


def test_the_coarsest_of_nested_columns_is_modelled():
    data = QuantalData(
        np.repeat(DOSES, 4),
        [4] * 16,
        [1] * 16,
        litter=[str(i) for i in range(16)],
        cage=[str(i // 2) for i in range(16)],
    )
    found = find_clusters(data)
    assert found is not None
    assert (found.column, found.columns) == ("cage", ("litter", "cage"))
    assert not found.problems


def test_crossed_columns_are_named():
    data = QuantalData(
        np.repeat(DOSES, 6),
        [2] * 24,
        [1] * 24,
        day=[str(i % 3) for i in range(24)],
        litter=[str(i % 4) for i in range(24)],
    )
    found = find_clusters(data)
    assert found is not None
    crossed = [p for p in found.problems if p.code == "crossed-clusters"]
    assert crossed
    assert "litter" in crossed[0].message


def test_rows_without_a_label_stand_alone():
    data = QuantalData.from_animals(
        [5, 5, 5, 9, 9, 9], [0, 0, 1, 1, 1, 0], litter=["a", "a", "", "b", "b", ""]
    )
    found = find_clusters(data)
    assert found is not None
    assert found.n_clusters == 4
    assert "cluster-label-missing" in {p.code for p in found.problems}


def test_control_rows_carry_no_curve():
    data = QuantalData.from_animals([0, 5, 9, 14], [0, 0, 1, 1], animal="aabc")
    assert find_clusters(data) is None
    assert find_clusters(QuantalData([0, 0], [4, 4], [0, 1], litter="aa")) is None


# Likelihoods against other formulas


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("rho", [0.02, 0.3, 0.9])
def test_beta_binomial_equals_the_beta_function_formula(link, rho):
    counts = litters()
    model = BetaBinomial.of(counts, link)
    theta = np.array([0.3, 1.1, math.asin(math.sqrt(rho))])
    p = probability(link, theta[0] + theta[1] * model.scale.z)
    k = (1 - rho) / rho
    mean = np.broadcast_to(p, counts.affected.shape)[counts.present]
    r, s = counts.affected[counts.present], counts.spared[counts.present]
    by_hand = betaln(r + mean * k, s + (1 - mean) * k) - betaln(
        mean * k, (1 - mean) * k
    )
    assert model.evaluate(theta)[0] == pytest.approx(by_hand.sum(), rel=TOL_LIKELIHOOD)


def test_beta_binomial_at_rho_zero_is_the_binomial():
    counts = litters()
    model = BetaBinomial.of(counts, "probit")
    eta = 0.3 + 1.1 * model.scale.z
    binomial = counts.affected @ log_ndtr(eta) + counts.spared @ log_ndtr(-eta)
    value = model.evaluate(np.array([0.3, 1.1, 0.0]))[0]
    assert value == pytest.approx(binomial.sum(), rel=TOL_LIKELIHOOD)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
def test_random_intercept_equals_adaptive_integration(link, sigma):
    counts = days()
    model = RandomIntercept.of(counts, link)
    # alpha, beta are attenuated: the cluster's own line is steeper.
    stretch = math.hypot(1, sigma)
    omega = math.asin(math.atan(sigma) / math.atan(20))
    a, b = 0.2, 1.4
    z = model.scale.z

    def joint(t, r, s):
        p = probability(link, a + b * z + sigma * t)
        return (
            math.exp(-t * t / 2)
            / math.sqrt(2 * math.pi)
            * (np.prod(p**r) * np.prod((1 - p) ** s))
        )

    total = sum(
        math.log(quad(joint, -9, 9, args=(r, s), epsabs=0, epsrel=1e-11, limit=400)[0])
        for r, s in zip(counts.affected, counts.spared, strict=True)
    )
    while True:
        theta = np.array([a / stretch, b / stretch, omega])
        finer = model.refined(theta)
        if finer is None:
            break
        model = finer
    assert model.evaluate(theta)[0] == pytest.approx(total, rel=1e-8)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("model", "counts"),
    [(BetaBinomial, litters()), (RandomIntercept, days()), (RandomIntercept, rats())],
)
def test_gradients_and_hessians(model, counts, link):
    likelihood = model.of(counts, link)
    step = 1e-5
    for theta in ([0.2, 0.8, 0.7], [-0.5, 2.0, 1.2], [0.1, 1.5, 0.05]):
        _, grad, hess = likelihood.evaluate(np.array(theta))
        for i in range(3):
            up, down = np.array(theta), np.array(theta)
            up[i] += step
            down[i] -= step
            high, low = likelihood.evaluate(up), likelihood.evaluate(down)
            slope = (high[0] - low[0]) / (2 * step)
            curve = (high[1] - low[1]) / (2 * step)
            size = 1 + np.abs(grad).max() + np.abs(hess).max()
            assert abs(slope - grad[i]) < TOL_GRADIENT * size
            assert np.abs(curve - hess[i]).max() < TOL_GRADIENT * size


# Fits against second opinions


def test_beta_binomial_maximum_by_another_optimiser():
    counts = litters()
    x, r, s = counts.log_dose, counts.affected, counts.spared

    def minus(theta):
        p, rho = ndtr(theta[0] + theta[1] * x), expit(theta[2])
        k = (1 - rho) / rho
        term = betaln(r + p * k, s + (1 - p) * k) - betaln(p * k, (1 - p) * k)
        return -np.where(counts.present, term, 0).sum()

    other = minimize(
        minus, [-2, 2, -1], method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000},
    )  # fmt: skip
    fit = fitted(counts)
    assert fit.loglik == pytest.approx(-other.fun, abs=1e-9)
    assert fit.intercept == pytest.approx(other.x[0], rel=TOL_ESTIMATE)
    assert fit.slope == pytest.approx(other.x[1], rel=TOL_ESTIMATE)
    assert fit.dependence == pytest.approx(expit(other.x[2]), rel=TOL_ESTIMATE)
    # Profile limit: the deviance there, by the same other optimiser.
    effect = fit.effect(50)
    for limit in (effect.low, effect.high):
        held = minimize(
            lambda y, m=limit: minus([-y[0] * m, y[0], y[1]]), [2, -1],
            method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12},
        )  # fmt: skip
        assert 2 * (held.fun - other.fun) == pytest.approx(3.841459, abs=1e-5)


@pytest.mark.parametrize("percent", [50, 90])
def test_random_intercept_maximum_by_dense_integration(percent):
    counts = days()
    x = counts.log_dose
    t = np.linspace(-8, 8, 2001)
    weight = np.exp(-t * t / 2) * (t[1] - t[0]) / math.sqrt(2 * math.pi)

    def minus(theta):
        eta = theta[0] + theta[1] * x[:, None] + theta[2] * t
        joint = counts.affected @ np.log(expit(eta)) + counts.spared @ np.log(
            expit(-eta)
        )
        return -np.log(np.exp(joint) @ weight).sum()

    other = minimize(
        minus, [-4, 4, 1], method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-11, "maxiter": 5000},
    )  # fmt: skip
    fit = fitted(counts, "logit")
    assert fit.model == "random-intercept"
    assert fit.loglik == pytest.approx(-other.fun, abs=1e-8)
    found = (fit.intercept, fit.slope, fit.dependence)
    assert found == pytest.approx(np.abs(other.x) * [-1, 1, 1], rel=1e-4)
    effect = fit.effect(percent)
    eta = other.x[0] + other.x[1] * effect.log10_ed + abs(other.x[2]) * t
    assert expit(eta) @ weight == pytest.approx(percent / 100, abs=1e-6)

    # The limit: the best of all curves whose averaged effect there is as wanted.
    def held(theta):
        slope, sigma = theta
        low, high = -60.0, 60.0
        for _ in range(70):
            middle = (low + high) / 2
            if expit(middle + sigma * t) @ weight < percent / 100:
                low = middle
            else:
                high = middle
        return minus([low - slope * effect.high, slope, sigma])

    edge = minimize(
        held, [other.x[1], abs(other.x[2])], method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-10},
    )  # fmt: skip
    assert 2 * (edge.fun - other.fun) == pytest.approx(3.841459, abs=1e-4)


def test_random_intercept_covariance_by_differences():
    counts = days()
    fit = fitted(counts)
    x = counts.log_dose
    t = np.linspace(-8, 8, 801)
    weight = np.exp(-t * t / 2) * (t[1] - t[0]) / math.sqrt(2 * math.pi)

    def loglik(theta):
        eta = theta[0] + theta[1] * x[:, None] + theta[2] * t
        joint = counts.affected @ log_ndtr(eta) + counts.spared @ log_ndtr(-eta)
        return np.log(np.exp(joint) @ weight).sum()

    at = np.array([fit.intercept, fit.slope, fit.dependence])
    step = 1e-3 * np.eye(3)
    hess = np.array(
        [
            [
                (
                    loglik(at + u + v)
                    - loglik(at + u - v)
                    - loglik(at - u + v)
                    + loglik(at - u - v)
                )
                / 4e-6
                for v in step
            ]
            for u in step
        ]
    )
    assert np.allclose(fit.covariance, np.linalg.inv(-hess), rtol=1e-3)
    assert fit.dependence_se == pytest.approx(math.sqrt(fit.covariance[2, 2]))
    # The probit averaged line has a closed form.
    stretch = math.hypot(1, fit.dependence)
    assert fit.averaged.slope == pytest.approx(fit.slope / stretch)
    assert fit.effect(84).log10_ed == pytest.approx(
        (quantile("probit", 0.84) - fit.averaged.intercept) / fit.averaged.slope
    )


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("model", ["beta-binomial", "random-intercept"])
def test_clusters_no_more_alike_than_strangers_give_the_plain_fit(link, model):
    hit = np.tile([1, 1, 1], 4) + np.repeat([0, 1, 1, 2], 3)
    counts = table(np.repeat(DOSES, 3), np.full(12, 4), hit, np.arange(12))
    fit, flat = fitted(counts, link, model), plain(counts, link)
    assert fit.boundary == "independent"
    assert fit.dependence == 0
    assert isinstance(fit.dependence_se, Missing)
    assert (fit.lr, fit.lr_p) == (0, 1)
    assert fit.loglik == fit.loglik_independent
    assert fit.intercept == pytest.approx(flat.intercept, rel=TOL_LIKELIHOOD)
    assert fit.slope == pytest.approx(flat.slope, rel=TOL_LIKELIHOOD)
    assert np.allclose(fit.covariance, flat.covariance, rtol=1e-7)
    assert [p.code for p in fit.problems] == ["no-dependence-found"]
    solution = fit.solution()
    assert isinstance(solution, CurveSolution)
    assert solution.slope_chi2 <= flat.slope_chi2 + 1e-9


def all_or_none(size: int) -> ClusterTable:
    hit = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1])
    return table(np.repeat(DOSES, 5), np.full(20, size), size * hit, np.arange(20))


def test_litters_that_answer_as_one_count_as_one_animal():
    fit, one = fitted(all_or_none(4)), plain(all_or_none(1))
    assert fit.boundary == "alike"
    assert fit.dependence == pytest.approx(1)
    assert fit.slope == pytest.approx(one.slope, rel=1e-6)
    assert np.allclose(fit.covariance, one.covariance, rtol=1e-6)
    effect, alone = fit.effect(50), one.set_at(0.0, float(chdtri(1.0, 0.05)))
    assert effect.low == pytest.approx(alone.low, abs=1e-7)
    assert effect.high == pytest.approx(alone.high, abs=1e-7)
    assert [p.code for p in fit.problems] == ["clusters-alike"]
    # The design effect 1 + (size - 1) rho is 4 here.
    assert effect.log10_se == pytest.approx(2 * plain_se(plain(all_or_none(4))))


def test_standard_error_grows_by_the_root_of_the_design_effect():
    counts = litters()
    fit = fitted(counts)
    size = counts.size
    mean = (size**2).sum() / size.sum()
    effect = 1 + (mean - 1) * fit.dependence
    ratio = fit.effect(50).log10_se / plain_se(plain(counts))
    assert ratio == pytest.approx(math.sqrt(effect), rel=0.1)
    assert fit.lr_p < 0.01


def test_rats_with_one_sharp_threshold_each():
    threshold = np.array([1, 2, 2, 3, 3, 3, 2, 4, 0, 2])
    hit = (np.arange(4) >= threshold[:, None]).astype(int)
    counts = table(
        np.tile(DOSES, 10), np.ones(40, int), hit.ravel(), np.repeat(range(10), 4)
    )
    for link in LINKS:
        fit = fitted(counts, link)
        assert fit.boundary == "alike"
        effect = fit.effect(50)
        assert effect.low < effect.log10_ed < effect.high
        assert effect.log10_se > 0
        assert fit.population(np.array([effect.log10_ed]))[0] == pytest.approx(0.5)
    # Four outcomes of a rat amount to knowing its threshold within a dose step: the
    # probit is then the normal distribution of thresholds fitted to the intervals.
    x = np.log10(DOSES)
    edges = np.concatenate([[-np.inf], x, [np.inf]])

    def minus(theta):
        cut = ndtr((edges - theta[0]) / theta[1])
        return -np.log(np.diff(cut)[threshold]).sum()

    other = minimize(minus, [1.0, 0.3], method="Nelder-Mead", options={"xatol": 1e-9})
    effect = fitted(counts).effect(50)
    assert effect.log10_ed == pytest.approx(other.x[0], abs=1e-5)


# Laws


@pytest.mark.parametrize("counts", [litters(), rats()])
@pytest.mark.parametrize("factor", [1e-8, 1e3])
def test_rescaling_doses_moves_the_ed_alone(counts, factor):
    moved = ClusterTable(
        counts.log_dose + math.log10(factor), counts.affected, counts.spared
    )
    one, two = fitted(counts), fitted(moved)
    assert two.slope == pytest.approx(one.slope, rel=1e-7)
    assert two.dependence == pytest.approx(one.dependence, rel=1e-6)
    first, second = one.effect(50), two.effect(50)
    shift = math.log10(factor)
    assert second.log10_ed == pytest.approx(first.log10_ed + shift, abs=1e-8)
    assert second.log10_se == pytest.approx(first.log10_se, rel=1e-6)
    assert second.low == pytest.approx(first.low + shift, abs=1e-7)
    assert second.high == pytest.approx(first.high + shift, abs=1e-7)


def test_order_and_names_of_rows_change_nothing():
    rng = np.random.default_rng(7)
    dose, n = np.tile(DOSES, 8), np.full(32, 3)
    hit = rng.binomial(3, np.tile([0.1, 0.4, 0.6, 0.9], 8))
    cluster = np.repeat(np.arange(8), 4)
    data = QuantalData(dose, n, hit, day=[f"d{c}" for c in cluster])
    order = rng.permutation(32)
    names = rng.permutation(8)
    other = QuantalData(
        dose[order], n[order], hit[order], day=[f"x{names[c]}" for c in cluster[order]]
    )
    first, second = find_clusters(data), find_clusters(other)
    assert first is not None
    assert second is not None
    assert first.sentence == second.sentence
    one, two = fitted(first.table), fitted(second.table)
    assert (one.loglik, one.slope, one.dependence) == (
        two.loglik,
        two.slope,
        two.dependence,
    )
    assert one.effect(50) == two.effect(50)
    boot = [bootstrap_clusters(t.table, "probit", seed=3) for t in (first, second)]
    assert boot[0].effect(50) == boot[1].effect(50)


def test_turning_outcome_and_dose_round_mirrors_everything():
    counts = days()
    mirror = ClusterTable(
        -counts.log_dose[::-1], counts.spared[:, ::-1], counts.affected[:, ::-1]
    )
    one, two = fitted(counts, "logit").effect(20), fitted(mirror, "logit").effect(80)
    assert two.log10_ed == pytest.approx(-one.log10_ed, abs=1e-7)
    assert two.low == pytest.approx(-one.high, abs=1e-7)
    assert two.high == pytest.approx(-one.low, abs=1e-7)


# Edges


@pytest.mark.parametrize(
    ("hit", "words"),
    [
        ([0, 0, 0, 0, 4, 4, 4, 4], "slope is infinite"),
        ([0, 0, 1, 3, 4, 4, 4, 4], "partial response"),
        ([0] * 8, "No animal was affected"),
        ([4] * 8, "Every animal was affected"),
    ],
)
def test_separated_counts_are_missing_with_a_reason(hit, words):
    counts = table(np.repeat(DOSES, 2), np.full(8, 4), hit, np.arange(8))
    for result in (
        fit_clustered(counts, "probit"),
        bootstrap_clusters(counts, "probit", seed=1),
    ):
        assert isinstance(result, Missing)
        assert words in result.reason


def test_clusters_of_one_animal_teach_nothing():
    counts = table(np.repeat(DOSES, 2), [1] * 8, [0, 0, 0, 1, 1, 0, 1, 1], np.arange(8))
    result = fit_clustered(counts, "logit")
    assert isinstance(result, Missing)
    assert "independent=True" in result.reason


def test_beta_binomial_refuses_clusters_that_span_doses():
    with pytest.raises(OptionError, match="random-intercept"):
        fit_clustered(rats(), "probit", "beta-binomial")


def test_a_flat_curve_has_an_unbounded_side_with_a_reason():
    hit = [0, 4, 1, 3, 0, 2, 4, 3]
    counts = table(np.repeat(DOSES, 2), np.full(8, 4), hit, np.arange(8))
    fit = fitted(counts)
    effect = fit.effect(50)
    assert effect.unbounded_low or effect.unbounded_high
    assert None in (effect.low, effect.high)
    assert "not bounded" in effect.reason
    assert fit.set_at(0.0, 3.84).kind != INTERVAL
    assert fit.slope_chi2 < 3.84


def test_a_falling_curve_has_no_ed():
    counts = litters()
    falling = ClusterTable(
        counts.log_dose, counts.affected[:, ::-1], counts.spared[:, ::-1]
    )
    effect = fitted(falling).effect(50)
    assert isinstance(effect.log10_ed, Missing)
    assert isinstance(effect.log10_se, Missing)
    assert fitted(falling).set_at(0.0, 1.0).kind == EMPTY
    assert effect.reason


def test_ed_limits_hold_the_same_share_for_every_percent():
    fit = fitted(days(), "cloglog")
    for percent in (5, 16, 50, 84, 95):
        effect = fit.effect(percent, 0.9)
        log_ed = np.array([effect.log10_ed])
        assert fit.population(log_ed)[0] == pytest.approx(percent / 100, abs=1e-8)
        assert effect.low < effect.log10_ed < effect.high
    assert isinstance(fit.averaged, Missing)
    assert isinstance(fit.solution(), Missing)


def test_sixty_litters_with_limits_are_quick():
    # Not a benchmark: an order of magnitude above what it takes, to catch a stall.
    counts = litters()
    hit = np.tile(counts.affected, (3, 1))[:60]
    spared = np.tile(counts.spared, (3, 1))[:60]
    many = ClusterTable(counts.log_dose, hit, spared)
    begin = time.process_time()
    for model in ("beta-binomial", "random-intercept"):
        fitted(many, "probit", model).effect(50)
    assert time.process_time() - begin < 10


# Bootstrap


def test_bootstrap_agrees_with_the_likelihood_where_clusters_are_many():
    hit = np.tile(litters().affected, (4, 1))
    spared = np.tile(litters().spared, (4, 1))
    many = ClusterTable(litters().log_dose, hit, spared)
    boot = bootstrap_clusters(many, "probit", seed=11)
    assert isinstance(boot, ClusterBootstrap)
    effect, other = boot.effect(50), fitted(many).effect(50)
    assert boot.share_without_slope == 0
    assert effect.log10_se == pytest.approx(other.log10_se, rel=0.12)
    assert effect.low == pytest.approx(other.low, abs=0.03)
    assert effect.high == pytest.approx(other.high, abs=0.03)
    m = effect.log10_ed
    delta = np.array([1, m]) / boot.slope
    approx = math.sqrt(delta @ boot.covariance @ delta)
    assert effect.log10_se == pytest.approx(approx, rel=0.1)


def test_bootstrap_repeats_with_its_seed():
    one = bootstrap_clusters(rats(), "logit", seed=5)
    two = bootstrap_clusters(rats(), "logit", seed=5)
    assert one.effect(50) == two.effect(50)
    assert one.seed == 5
    assert one.effect(50) != bootstrap_clusters(rats(), "logit", seed=6).effect(50)


def test_resamples_without_a_slope_are_counted_and_widen_the_limits():
    hit = [0, 0, 0, 0, 1, 0, 0, 1, 3, 4, 4, 4, 4, 4, 4, 4]
    counts = table(np.repeat(DOSES, 4), np.full(16, 4), hit, np.arange(16))
    boot = bootstrap_clusters(counts, "probit", seed=2)
    assert 0 < boot.share_without_slope < 1
    assert set(boot.without_slope) <= {"separated", "quasi-separated"}
    effect = boot.effect(50)
    assert isinstance(effect.log10_se, Missing)
    assert isinstance(boot.covariance, Missing)
    assert 5 <= 10**effect.low < 10**effect.high <= 40
    assert "without a finite slope" in str(boot)


def test_resamples_without_an_ed_leave_a_side_unbounded():
    # Two of six rats respond: 9 % of the resamples hold neither of them.
    hit = np.ravel([[0, 0, 1, 1]] * 2 + [[0, 0, 0, 0]] * 4)
    counts = table(np.tile(DOSES, 6), np.full(24, 2), hit, np.repeat(range(6), 4))
    boot = bootstrap_clusters(counts, "probit", seed=2)
    effect = boot.effect(50)
    assert effect.unbounded_high
    assert effect.high is None
    assert "not bounded" in effect.reason
    assert boot.without_slope["none-affected"] > 0


def test_few_clusters_warn():
    few = ClusterTable(days().log_dose, days().affected[:4], days().spared[:4])
    boot = bootstrap_clusters(few, "probit", seed=1)
    assert [p.code for p in boot.problems] == ["few-clusters"]
    hit = [0, 1, 1, 2, 2, 4, 3, 4]
    thin = table(np.repeat(DOSES, 2), np.full(8, 4), hit, np.arange(8))
    boot = bootstrap_clusters(thin, "probit", seed=1)
    (problem,) = boot.problems
    assert problem.code == "few-clusters-in-stratum"
    assert "29 % too small" in problem.message
    assert boot.strata == "within each dose"


def test_too_few_resamples_are_refused():
    with pytest.raises(OptionError, match="at least 200"):
        bootstrap_clusters(days(), "probit", seed=1, resamples=50)


def test_set_kinds_are_those_of_the_room():
    assert fitted(days()).set_at(0.0, 3.84).kind == INTERVAL
    weak = [0, 1, 0, 1, 1, 0, 2, 2]
    counts = table(np.repeat(DOSES, 2), np.full(8, 4), weak, np.arange(8))
    assert fitted(counts).set_at(0.0, 3.84).kind in (INTERVAL, RAY)
