"""Statistics of seizure outcomes on arrays: no file, no study, no printing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.outcomes._adt import (
        afterdischarge_threshold as afterdischarge_threshold,
    )
    from isobole.outcomes._adt_result import (
        AfterdischargeThreshold as AfterdischargeThreshold,
    )
    from isobole.outcomes._agreement import observer_agreement as observer_agreement
    from isobole.outcomes._agreement_result import Agreement as Agreement
    from isobole.outcomes._competing import (
        cumulative_incidence as cumulative_incidence,
        incidence_test as incidence_test,
    )
    from isobole.outcomes._competing_result import (
        CumulativeIncidence as CumulativeIncidence,
    )
    from isobole.outcomes._cox import cox as cox
    from isobole.outcomes._cox_result import (
        CoxComparison as CoxComparison,
        HazardRatio as HazardRatio,
    )
    from isobole.outcomes._crossover import crossover as crossover
    from isobole.outcomes._crossover_result import Crossover as Crossover
    from isobole.outcomes._hypothesis_test import HypothesisTest as HypothesisTest
    from isobole.outcomes._kaplan_meier import kaplan_meier as kaplan_meier
    from isobole.outcomes._kaplan_meier_result import KaplanMeier as KaplanMeier
    from isobole.outcomes._kindling_progress import (
        kindling_progress as kindling_progress,
    )
    from isobole.outcomes._kindling_progress_result import (
        KindlingProgress as KindlingProgress,
    )
    from isobole.outcomes._kindling_rate import kindling_rate as kindling_rate
    from isobole.outcomes._kindling_rate_result import KindlingRate as KindlingRate
    from isobole.outcomes._latency import compare_latency as compare_latency
    from isobole.outcomes._latency_result import (
        LatencyComparison as LatencyComparison,
        LatencyGroup as LatencyGroup,
        LatencyPair as LatencyPair,
    )
    from isobole.outcomes._log_rank import log_rank as log_rank
    from isobole.outcomes._log_rank_pairs import log_rank_pairs as log_rank_pairs
    from isobole.outcomes._log_rank_result import LogRank as LogRank
    from isobole.outcomes._log_rank_trend import log_rank_trend as log_rank_trend
    from isobole.outcomes._many_to_one import holm as holm
    from isobole.outcomes._odds_ratio import (
        conditional_odds_ratio as conditional_odds_ratio,
    )
    from isobole.outcomes._ordinal_fit import OrdinalFit as OrdinalFit
    from isobole.outcomes._ordinal_mixed import ordinal_mixed as ordinal_mixed
    from isobole.outcomes._ordinal_mixed_fit import (
        OrdinalMixedFit as OrdinalMixedFit,
    )
    from isobole.outcomes._own_control import own_control as own_control
    from isobole.outcomes._own_control_ranks import signed_rank as signed_rank
    from isobole.outcomes._own_control_result import OwnControl as OwnControl
    from isobole.outcomes._own_control_sessions import linear_mixed as linear_mixed
    from isobole.outcomes._own_control_sessions_result import (
        LinearMixedFit as LinearMixedFit,
    )
    from isobole.outcomes._proportion import (
        clopper_pearson as clopper_pearson,
        newcombe_difference as newcombe_difference,
        wilson as wilson,
    )
    from isobole.outcomes._proportional_odds import (
        proportional_odds as proportional_odds,
    )
    from isobole.outcomes._protection import compare_protection as compare_protection
    from isobole.outcomes._protection_result import (
        ProtectionComparison as ProtectionComparison,
    )
    from isobole.outcomes._rank_tests import mann_whitney_p as mann_whitney_p
    from isobole.outcomes._rmst import (
        RestrictedMean as RestrictedMean,
        rmst as rmst,
        rmst_difference as rmst_difference,
    )
    from isobole.outcomes._severity import compare_severity as compare_severity
    from isobole.outcomes._severity_result import (
        SeverityComparison as SeverityComparison,
    )
    from isobole.outcomes._table_tests import freeman_halton_p as freeman_halton_p
    from isobole.outcomes._threshold import compare_thresholds as compare_thresholds
    from isobole.outcomes._threshold_infusion import (
        infusion_threshold as infusion_threshold,
    )
    from isobole.outcomes._threshold_result import (
        ThresholdComparison as ThresholdComparison,
        ThresholdGroup as ThresholdGroup,
        ThresholdRatio as ThresholdRatio,
    )
    from isobole.outcomes._two_by_two import (
        boschloo_p_matrix as boschloo_p_matrix,
        fisher_p_matrix as fisher_p_matrix,
    )

# Loaded when first asked for: statsmodels costs seconds, and few need it.
_HOME = {
    "afterdischarge_threshold": "_adt",
    "AfterdischargeThreshold": "_adt_result",
    "Agreement": "_agreement_result",
    "boschloo_p_matrix": "_two_by_two",
    "clopper_pearson": "_proportion",
    "compare_latency": "_latency",
    "compare_protection": "_protection",
    "compare_severity": "_severity",
    "compare_thresholds": "_threshold",
    "conditional_odds_ratio": "_odds_ratio",
    "cox": "_cox",
    "CoxComparison": "_cox_result",
    "crossover": "_crossover",
    "Crossover": "_crossover_result",
    "cumulative_incidence": "_competing",
    "CumulativeIncidence": "_competing_result",
    "fisher_p_matrix": "_two_by_two",
    "freeman_halton_p": "_table_tests",
    "HazardRatio": "_cox_result",
    "holm": "_many_to_one",
    "HypothesisTest": "_hypothesis_test",
    "incidence_test": "_competing",
    "infusion_threshold": "_threshold_infusion",
    "kaplan_meier": "_kaplan_meier",
    "KaplanMeier": "_kaplan_meier_result",
    "kindling_progress": "_kindling_progress",
    "kindling_rate": "_kindling_rate",
    "KindlingProgress": "_kindling_progress_result",
    "KindlingRate": "_kindling_rate_result",
    "LatencyComparison": "_latency_result",
    "LatencyGroup": "_latency_result",
    "LatencyPair": "_latency_result",
    "linear_mixed": "_own_control_sessions",
    "LinearMixedFit": "_own_control_sessions_result",
    "log_rank": "_log_rank",
    "log_rank_pairs": "_log_rank_pairs",
    "log_rank_trend": "_log_rank_trend",
    "LogRank": "_log_rank_result",
    "mann_whitney_p": "_rank_tests",
    "newcombe_difference": "_proportion",
    "observer_agreement": "_agreement",
    "ordinal_mixed": "_ordinal_mixed",
    "OrdinalFit": "_ordinal_fit",
    "OrdinalMixedFit": "_ordinal_mixed_fit",
    "own_control": "_own_control",
    "OwnControl": "_own_control_result",
    "proportional_odds": "_proportional_odds",
    "ProtectionComparison": "_protection_result",
    "RestrictedMean": "_rmst",
    "rmst": "_rmst",
    "rmst_difference": "_rmst",
    "SeverityComparison": "_severity_result",
    "signed_rank": "_own_control_ranks",
    "ThresholdComparison": "_threshold_result",
    "ThresholdGroup": "_threshold_result",
    "ThresholdRatio": "_threshold_result",
    "wilson": "_proportion",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
