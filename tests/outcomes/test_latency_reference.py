"""Latency figures of another program, leaf by leaf."""

from __future__ import annotations

from typing import Any

import pytest

from isobole.outcomes import (
    cox,
    kaplan_meier,
    kindling_rate,
    log_rank,
    log_rank_pairs,
    rmst,
)
from isobole.results import Missing

TIGHT = {"rel": 1e-6, "abs": 1e-9}
WHY_AFT = "parametric survival models are not asked for by any study report"


def _part(data: dict[str, Any], group: str) -> tuple[list[float], list[int]]:
    rows = zip(data["time"], data["event"], data["group"], strict=True)
    kept = [(t, e) for t, e, g in rows if g == group]
    return [t for t, _ in kept], [e for _, e in kept]


def _same_steps(found: Any, rows: list[dict[str, Any]]) -> None:
    # The other program drops times at which nobody has the event.
    assert list(found.times) == [row["time"] for row in rows]
    for i, row in enumerate(rows):
        if "n_risk" in row:
            assert found.at_risk[i] == row["n_risk"]
            assert found.event_counts[i] == row["n_event"]
            assert found.survival[i] == pytest.approx(row["surv"], **TIGHT)
        for value, key in (
            (found.standard_errors[i], "std_err"),
            (found.low[i], "lower"),
            (found.high[i], "upper"),
        ):
            if key not in row:
                continue
            if row[key] is None:
                assert isinstance(value, Missing)
            else:
                assert value == pytest.approx(row[key], **TIGHT)


def _same_median(found: Any, expected: dict[str, Any]) -> None:
    value = found.median.value
    if expected["median"] is None:
        assert isinstance(value, Missing)
    else:
        assert value == expected["median"]
    assert found.median.low == expected["lower"]
    assert found.median.high == expected["upper"]


def test_aml(studies_case) -> None:
    with studies_case("surv_aml") as case:
        data = case.data("data")
        time, event, group = data["time"], data["event"], data["group"]
        maintained = _part(data, "Maintained")
        other = _part(data, "Nonmaintained")
        for path, part, interval in (
            ("km_maintained_conf_log", maintained, "log"),
            ("km_nonmaintained_conf_log", other, "log"),
            ("km_maintained_loglog_ci", maintained, "log-log"),
            ("km_maintained_plain_ci", maintained, "plain"),
        ):
            _same_steps(kaplan_meier(*part, interval=interval), case.expect(path))
        for path, part, interval in (
            ("median.maintained_log", maintained, "log"),
            ("median.nonmaintained_log", other, "log"),
            ("median.maintained_loglog", maintained, "log-log"),
        ):
            _same_median(kaplan_meier(*part, interval=interval), case.expect(path))
        found = log_rank(time, event, group)
        assert found.test.statistic == pytest.approx(
            case.expect("logrank.chisq"), **TIGHT
        )
        assert found.test.df == case.expect("logrank.df")
        assert found.test.p == pytest.approx(case.expect("logrank.p"), **TIGHT)
        assert list(found.observed) == case.expect("logrank.obs")
        assert found.expected == pytest.approx(case.expect("logrank.exp"), **TIGHT)
        case.out_of_scope(
            "peto_peto_rho1", "weighted log-rank tests are not part of any report"
        )
        at = "cox_nonmaintained_vs_maintained"
        for ties in ("efron", "breslow"):
            fitted = cox(
                time, event, group, control="Maintained", ties=ties, interval="wald"
            )
            ratio = fitted.ratio("Nonmaintained")
            assert ratio.log_ratio.value == pytest.approx(
                case.expect(f"{at}.{ties}.coef"), **TIGHT
            )
            assert ratio.standard_error == pytest.approx(
                case.expect(f"{at}.{ties}.se"), **TIGHT
            )
            if ties == "efron":
                for name, test in (
                    ("lrt", fitted.likelihood_ratio),
                    ("score", fitted.score),
                ):
                    assert [test.statistic, test.df, test.p] == pytest.approx(
                        case.expect(f"{at}.efron.{name}"), **TIGHT
                    )
                assert fitted.loglik == pytest.approx(
                    case.expect(f"{at}.efron.loglik"), **TIGHT
                )
        # Exact ties are offered for counts of stimulations; these weeks are whole.
        exact = kindling_rate(time, event, group, control="Maintained")
        effect = exact.comparisons[0].effect("exact")
        assert effect.estimate == pytest.approx(
            case.expect(f"{at}.exact.coef"), **TIGHT
        )
        assert effect.standard_error == pytest.approx(
            case.expect(f"{at}.exact.se"), **TIGHT
        )
        case.out_of_scope("aft_weibull", WHY_AFT)
        case.out_of_scope("aft_lognormal", WHY_AFT)
        case.given("rmst_tau48.groups")
        means = [rmst(*part, window=48) for part in (maintained, other)]
        assert [m.estimate.value for m in means] == pytest.approx(
            case.expect("rmst_tau48.rmean"), **TIGHT
        )
        assert [m.standard_error for m in means] == pytest.approx(
            case.expect("rmst_tau48.se"), **TIGHT
        )


def test_ptz_synthetic(studies_case) -> None:
    with studies_case("surv_ptz_synthetic") as case:
        data = case.data("data")
        arrays = (data["time"], data["event"], data["group"])
        names = ("vehicle", "vpa100", "mg40", "vpa100_mg40")
        for name in names:
            curve = kaplan_meier(*_part(data, name), interval="log", name=name)
            _same_steps(curve, case.expect(f"km.{name}"))
            _same_median(curve, case.expect(f"median.{name}"))
        overall = log_rank(*arrays)
        assert overall.names == names
        for key, value in (
            ("chisq", overall.test.statistic),
            ("df", overall.test.df),
            ("p", overall.test.p),
            ("obs", list(overall.observed)),
            ("exp", list(overall.expected)),
        ):
            assert value == pytest.approx(case.expect(f"logrank_overall.{key}"))
        by_block = log_rank(*arrays, strata=data["block"]).test
        for key, value in (
            ("chisq", by_block.statistic),
            ("df", by_block.df),
            ("p", by_block.p),
        ):
            assert value == pytest.approx(
                case.expect(f"stratified_by_block.{key}"), **TIGHT
            )
        pairs = log_rank_pairs(*arrays)
        for i, row in enumerate(case.data("pairwise")):
            test = next(
                t
                for t in pairs
                if set(t.question.split(" against ")) == {row["a"], row["b"]}
            )
            case.given(f"pairwise.{i}.a", f"pairwise.{i}.b")
            assert test.statistic == pytest.approx(
                case.expect(f"pairwise.{i}.chisq"), **TIGHT
            )
            assert test.p == pytest.approx(case.expect(f"pairwise.{i}.p"), **TIGHT)
            assert test.p_adjusted == pytest.approx(
                case.expect(f"pairwise.{i}.p_holm"), **TIGHT
            )
            case.out_of_scope(
                f"pairwise.{i}.p_bh", "pairs are adjusted by Holm, which keeps the FWER"
            )
        fitted = cox(*arrays, control="vehicle", interval="wald")
        case.given("cox_efron.terms")
        others = names[1:]
        assert [fitted.ratio(n).log_ratio.value for n in others] == pytest.approx(
            case.expect("cox_efron.coef"), **TIGHT
        )
        assert [fitted.ratio(n).standard_error for n in others] == pytest.approx(
            case.expect("cox_efron.se"), **TIGHT
        )
        for name, test in (("lrt", fitted.likelihood_ratio), ("score", fitted.score)):
            assert [test.statistic, test.df, test.p] == pytest.approx(
                case.expect(f"cox_efron.{name}"), **TIGHT
            )
        case.out_of_scope("aft_lognormal", WHY_AFT)
        case.given("rmst_tau1800.group")
        means = [rmst(*_part(data, name), window=1800) for name in names]
        assert [m.estimate.value for m in means] == pytest.approx(
            case.expect("rmst_tau1800.rmean"), **TIGHT
        )
        assert [m.standard_error for m in means] == pytest.approx(
            case.expect("rmst_tau1800.se"), **TIGHT
        )


def test_monotone_likelihood(studies_case) -> None:
    with studies_case("surv_monotone_likelihood") as case:
        data = case.data("data")
        arrays = (data["time"], data["event"], data["group"])
        plain = log_rank(*arrays).test
        assert plain.statistic == pytest.approx(case.expect("logrank.chisq"), **TIGHT)
        assert plain.p == pytest.approx(case.expect("logrank.p"), **TIGHT)
        exact = log_rank(*arrays, method="exact").test
        assert exact.p == pytest.approx(case.expect("coin_exact_logrank_p"), **TIGHT)
        case.out_of_scope("fisher_p", "Fisher's test belongs to the protection tables")
        ratio = cox(*arrays, control="veh").ratio("drug")
        assert case.expect("coxph_coef_is_infinite") is True
        case.given("coxph_warning")
        assert isinstance(ratio.log_ratio.value, Missing)
        assert isinstance(ratio.standard_error, Missing)
        assert ratio.log_ratio.set_kind == "ray"
        assert ratio.log_ratio.low is None
        # The end of the two-sided 95 % set (chi-square 3.841), one-sided 97.5 %.
        assert ratio.log_ratio.high == pytest.approx(
            case.expect("profile_lik_upper95_log_hr"), **TIGHT
        )
