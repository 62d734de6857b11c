"""Counts to curves to ED50: fitting, limits, potency, small-sample answers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.doseresponse._compare import (
        CurveComparison as CurveComparison,
        compare_curves as compare_curves,
    )
    from isobole.doseresponse._data import (
        CLUSTER_COLUMNS as CLUSTER_COLUMNS,
        QuantalData as QuantalData,
        check_unit as check_unit,
    )
    from isobole.doseresponse._design import Curve as Curve
    from isobole.doseresponse._ed50_line import (
        ED50Line as ED50Line,
        ed50_line as ed50_line,
    )
    from isobole.doseresponse._estimator_result import (
        QuantalEstimate as QuantalEstimate,
    )
    from isobole.doseresponse._figures import (
        curves_figure as curves_figure,
        draw_curves as draw_curves,
        draw_estimates as draw_estimates,
        estimates_figure as estimates_figure,
    )
    from isobole.doseresponse._fit import (
        Coefficient as Coefficient,
        QuantalFit as QuantalFit,
        fit_quantal as fit_quantal,
    )
    from isobole.doseresponse._indices import (
        protective_index as protective_index,
        threshold_increase as threshold_increase,
    )
    from isobole.doseresponse._isotonic import isotonic as isotonic
    from isobole.doseresponse._links import LINKS as LINKS, Link as Link
    from isobole.doseresponse._litchfield_wilcoxon import (
        litchfield_wilcoxon as litchfield_wilcoxon,
    )
    from isobole.doseresponse._lw_potency import (
        LWSummary as LWSummary,
        potency_ratio_lw as potency_ratio_lw,
    )
    from isobole.doseresponse._many import ManyFits as ManyFits, fit_many as fit_many
    from isobole.doseresponse._outcome_result import (
        OutcomeDistribution as OutcomeDistribution,
    )
    from isobole.doseresponse._outcomes import (
        outcome_distribution as outcome_distribution,
    )
    from isobole.doseresponse._spearman_karber import spearman_karber as spearman_karber
    from isobole.doseresponse._up_and_down import up_and_down as up_and_down

# Loaded when first asked for: one command needs a few of these, and starts anew for
# every table.
_HOME = {
    "CLUSTER_COLUMNS": "_data",
    "Coefficient": "_fit",
    "Curve": "_design",
    "CurveComparison": "_compare",
    "ED50Line": "_ed50_line",
    "LINKS": "_links",
    "LWSummary": "_lw_potency",
    "Link": "_links",
    "ManyFits": "_many",
    "OutcomeDistribution": "_outcome_result",
    "QuantalData": "_data",
    "QuantalEstimate": "_estimator_result",
    "QuantalFit": "_fit",
    "check_unit": "_data",
    "compare_curves": "_compare",
    "curves_figure": "_figures",
    "draw_curves": "_figures",
    "draw_estimates": "_figures",
    "ed50_line": "_ed50_line",
    "estimates_figure": "_figures",
    "fit_many": "_many",
    "fit_quantal": "_fit",
    "isotonic": "_isotonic",
    "litchfield_wilcoxon": "_litchfield_wilcoxon",
    "outcome_distribution": "_outcomes",
    "potency_ratio_lw": "_lw_potency",
    "protective_index": "_indices",
    "spearman_karber": "_spearman_karber",
    "threshold_increase": "_indices",
    "up_and_down": "_up_and_down",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
