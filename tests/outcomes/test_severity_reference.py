"""Reference cases of severity and agreement: wine, Racine scores, two observers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pytest

from isobole.outcomes import compare_severity, observer_agreement, proportional_odds
from isobole.outcomes._rank_tests import mann_whitney_counts, mann_whitney_normal
from isobole.results import Missing
from reference_cases import Case

TIGHT: Final = 1e-6  # the file's own
# R's confint reads the limit off a spline through the profile, good to five digits;
# the next test holds ours to the likelihood itself.
R_SPLINE: Final = 2e-5

Open = Callable[[str], Case]
LEVELS = ["0", "1", "2", "3", "4", "5"]


def _numbers(values: tuple[float | Missing, ...]) -> list[float]:
    assert not any(isinstance(v, Missing) for v in values)
    return [float(v) for v in values]  # type: ignore[arg-type]


def test_wine(studies_case: Open) -> None:
    with studies_case("ord_wine") as case:
        data = case.data("data")
        scores = np.array(data["rating"]) - 1
        warm = [temp == "warm" for temp in data["temp"]]
        contact = [said == "yes" for said in data["contact"]]
        design = np.column_stack([warm, contact]).astype(float)
        options = {"names": ["temp", "contact"], "levels": list("12345")}
        fit = proportional_odds(scores, design, **options)
        alpha, beta = _numbers(fit.thresholds), fit.coefficients
        assert alpha == pytest.approx(case.expect("clm_logit.alpha"), rel=TIGHT)
        assert [b.value for b in beta] == pytest.approx(
            case.expect("clm_logit.beta"), rel=TIGHT
        )
        assert _numbers(fit.standard_errors) == pytest.approx(
            case.expect("clm_logit.se"), rel=TIGHT
        )
        assert fit.log_likelihood == pytest.approx(
            case.expect("clm_logit.loglik"), rel=TIGHT
        )
        aic = 2 * 6 - 2 * fit.log_likelihood
        assert aic == pytest.approx(case.expect("clm_logit.aic"), rel=TIGHT)
        assert fit.tests[1].statistic == pytest.approx(
            case.expect("lrt_contact.chisq"), rel=TIGHT
        )
        assert fit.tests[1].p == pytest.approx(case.expect("lrt_contact.p"), rel=TIGHT)
        assert case.expect("nominal_test.term") == ["<none>", *fit.names]
        for key in ("lrt", "p"):
            found = [t.statistic if key == "lrt" else t.p for t in fit.nominal_tests]
            expected = case.expect(f"nominal_test.{key}")[1:]
            assert found == pytest.approx(expected, rel=TIGHT)
        assert case.expect("profile_ci_beta.terms") == ["tempwarm", "contactyes"]
        limits = [beta[0].low, beta[1].low, beta[0].high, beta[1].high]
        assert limits == pytest.approx(case.expect("profile_ci_beta.ci"), rel=R_SPLINE)
        probit = proportional_odds(scores, design, **options, link="probit")
        assert _numbers(probit.thresholds) == pytest.approx(
            case.expect("clm_probit.alpha"), rel=TIGHT
        )
        assert [b.value for b in probit.coefficients] == pytest.approx(
            case.expect("clm_probit.beta"), rel=TIGHT
        )
        assert probit.log_likelihood == pytest.approx(
            case.expect("clm_probit.loglik"), rel=TIGHT
        )
        case.out_of_scope("scale_test", "scale effects are no model of this room")
        for part in ("clmm_judge_laplace", "clmm2_agq10"):
            case.out_of_scope(
                part, "the ordinal mixed model is tested in test_kindling_reference"
            )


def test_wine_limits_lose_half_a_chi_square() -> None:
    """An independent likelihood, climbed by another optimiser, at the limits."""
    from scipy.optimize import minimize
    from scipy.special import expit

    data = Case("studies.json", "ord_wine").data("data")
    y = np.array(data["rating"]) - 1
    warm = np.array([temp == "warm" for temp in data["temp"]], dtype=float)
    contact = np.array([said == "yes" for said in data["contact"]], dtype=float)
    fit = proportional_odds(
        y,
        np.column_stack([warm, contact]),
        names=["temp", "contact"],
        levels=list("12345"),
    )

    def profile(beta: float) -> float:
        def lost(free) -> float:  # type: ignore[no-untyped-def]
            cuts = np.concatenate(
                [[-50], np.cumsum([free[0], *np.exp(free[1:4])]), [50]]
            )
            eta = beta * warm + free[4] * contact
            return -float(np.log(expit(cuts[y + 1] - eta) - expit(cuts[y] - eta)).sum())

        best = minimize(lost, [-1.3, 1.0, 0.8, 0.5, 1.5], options={"gtol": 1e-6})
        return -float(best.fun)

    for end in (fit.coefficients[0].low, fit.coefficients[0].high):
        assert end is not None
        fall = 2 * (fit.log_likelihood - profile(end))
        assert fall == pytest.approx(3.8414588, abs=1e-6)


def test_racine(studies_case: Open) -> None:
    with studies_case("ord_racine_synthetic") as case:
        scores, group = case.data("data.score"), case.data("data.group")
        found = compare_severity(scores, group, levels=LEVELS, control="vehicle")
        pairs = compare_severity(scores, group, levels=LEVELS, control=None)
        kruskal = found.kruskal
        assert kruskal.statistic == pytest.approx(
            case.expect("kruskal.chisq"), rel=TIGHT
        )
        assert kruskal.df == case.expect("kruskal.df")
        assert kruskal.p == pytest.approx(case.expect("kruskal.p"), rel=TIGHT)
        for index, row in enumerate(case.data("dunn")):
            at = f"dunn.{index}"
            test = pairs.dunn[index]
            a, b = case.expect(f"{at}.a"), case.expect(f"{at}.b")
            assert test.question == f"{a} against {b}"
            assert test.statistic == pytest.approx(case.expect(f"{at}.z"), rel=TIGHT)
            assert test.p == pytest.approx(case.expect(f"{at}.p"), rel=TIGHT)
            assert test.p_adjusted == pytest.approx(
                case.expect(f"{at}.p_holm"), rel=TIGHT
            )
            assert test.adjustment == "Holm, 6 comparisons"
            for key in ("p_bonf", "p_bh"):
                assert row[key] >= row["p"]
                case.out_of_scope(f"{at}.{key}", "Holm is the adjustment used here")
        for index, row in enumerate(case.data("vs_vehicle")):
            at = f"vs_vehicle.{index}"
            contrast = found.contrast(case.expect(f"{at}.b"))
            # R's W counts the pairs in which vehicle is the higher.
            u = contrast.mann_whitney.statistic
            assert isinstance(u, float)
            assert 64 - u == case.expect(f"{at}.W")
            assert contrast.mann_whitney.p == pytest.approx(
                case.expect(f"{at}.p_exact"), rel=TIGHT
            )
            assert contrast.cliffs_delta.value == pytest.approx(
                case.expect(f"{at}.cliffs_delta"), rel=TIGHT
            )
            assert contrast.probability_lower.value == pytest.approx(
                case.expect(f"{at}.prob_index"), rel=TIGHT
            )
            assert contrast.group == row["b"]
        veh, vpa = (np.array(found.group(g).counts) for g in ("vehicle", "vpa100"))
        assert mann_whitney_counts(veh, vpa)[0] / 2 == case.expect(
            "wilcox_veh_vs_vpa.W"
        )
        assert found.contrast("vpa100").mann_whitney.p == pytest.approx(
            case.expect("wilcox_veh_vs_vpa.p_exact"), rel=TIGHT
        )
        assert mann_whitney_normal(veh, vpa)[1] == pytest.approx(
            case.expect("wilcox_veh_vs_vpa.p_normal_nocc"), rel=TIGHT
        )
        case.out_of_scope(
            "wilcox_veh_vs_vpa.p_normal_cc",
            "the normal fallback for large groups has no continuity correction",
        )
        model = found.model
        assert model
        assert _numbers(model.thresholds) == pytest.approx(
            case.expect("clm_logit.alpha"), rel=TIGHT
        )
        assert [b.value for b in model.coefficients] == pytest.approx(
            case.expect("clm_logit.beta"), rel=TIGHT
        )
        assert case.expect("clm_logit.terms") == [f"group{n}" for n in model.names]
        assert _numbers(model.standard_errors) == pytest.approx(
            case.expect("clm_logit.se"), rel=TIGHT
        )
        assert model.log_likelihood == pytest.approx(
            case.expect("clm_logit.loglik"), rel=TIGHT
        )
        assert model.tests[0].statistic == pytest.approx(
            case.expect("lrt_group"), rel=TIGHT
        )
        # Jonckheere's J sums the Mann-Whitney counts of all pairs in the order of
        # rising severity, the later group's animal being the higher.
        order = ("vpa100_mg40", "vpa100", "mg40", "vehicle")
        counts = [np.array(found.group(name).counts) for name in order]
        doubled = sum(
            mann_whitney_counts(counts[j], counts[i])[0]
            for i in range(4)
            for j in range(i + 1, 4)
        )
        assert doubled / 2 == case.expect("jonckheere_J_given_order")


def test_kappa(studies_case: Open) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    with studies_case("kappa_racine_synthetic") as case:
        case.given("rater1", "rater2", "labels")
        levels = [str(code) for code in case.data("labels")]
        found = observer_agreement(
            case.data("rater1"), case.data("rater2"), levels=levels
        )
        assert found.alike.value == pytest.approx(case.expect("percent_agreement"))
        for kind, key in (
            ("none", "kappa"),
            ("linear", "kappa_linear"),
            ("quadratic", "kappa_quadratic"),
        ):
            kappa = found.kappa(kind)  # type: ignore[arg-type]
            assert kappa.value == pytest.approx(case.expect(key), rel=1e-12)
            other = cohens_kappa(
                np.array(found.table), wt=None if kind == "none" else kind
            )
            assert (kappa.low, kappa.high) == pytest.approx(
                (other.kappa_low, other.kappa_upp), rel=1e-9
            )
