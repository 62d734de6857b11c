"""Statistics of seizure outcomes on arrays: no file, no study, no printing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.outcomes._hypothesis_test import HypothesisTest as HypothesisTest
    from isobole.outcomes._many_to_one import holm as holm
    from isobole.outcomes._odds_ratio import (
        conditional_odds_ratio as conditional_odds_ratio,
    )
    from isobole.outcomes._ordinal_fit import OrdinalFit as OrdinalFit
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
    from isobole.outcomes._severity import compare_severity as compare_severity
    from isobole.outcomes._severity_result import (
        SeverityComparison as SeverityComparison,
    )
    from isobole.outcomes._table_tests import freeman_halton_p as freeman_halton_p
    from isobole.outcomes._two_by_two import (
        boschloo_p_matrix as boschloo_p_matrix,
        fisher_p_matrix as fisher_p_matrix,
    )

# Loaded when first asked for: statsmodels costs seconds, and few need it.
_HOME = {
    "boschloo_p_matrix": "_two_by_two",
    "clopper_pearson": "_proportion",
    "compare_protection": "_protection",
    "compare_severity": "_severity",
    "conditional_odds_ratio": "_odds_ratio",
    "fisher_p_matrix": "_two_by_two",
    "freeman_halton_p": "_table_tests",
    "holm": "_many_to_one",
    "HypothesisTest": "_hypothesis_test",
    "mann_whitney_p": "_rank_tests",
    "newcombe_difference": "_proportion",
    "OrdinalFit": "_ordinal_fit",
    "proportional_odds": "_proportional_odds",
    "ProtectionComparison": "_protection_result",
    "SeverityComparison": "_severity_result",
    "wilson": "_proportion",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
