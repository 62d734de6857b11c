"""isobole: from quantal counts to ED50s, interactions and verdicts.

    import isobole as ib
    data = ib.QuantalData([5, 10, 20, 40], [8, 8, 8, 8], [0, 2, 5, 8], unit="mg/kg")
    print(ib.fit_quantal(data))

Names are loaded when they are first used, so that importing isobole costs nothing.
For research and education only; not for diagnosis or treatment.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from isobole._version import __version__ as __version__

if TYPE_CHECKING:
    from isobole.combination import (
        Audit,
        Claim,
        CombinationAnalysis,
        CombinationData,
        FactorialInteraction,
        Interaction,
        PotencyShift,
        analyze_combination,
        audit_claims,
        factorial_interaction,
        potency_shift,
    )
    from isobole.datasets import load as load_dataset
    from isobole.diagrams import Diagram, diagram
    from isobole.doseresponse import (
        Curve,
        CurveComparison,
        ManyFits,
        QuantalData,
        QuantalEstimate,
        QuantalFit,
        compare_curves,
        ed50_line,
        fit_many,
        fit_quantal,
        isotonic,
        litchfield_wilcoxon,
        outcome_distribution,
        potency_ratio_lw,
        protective_index,
        spearman_karber,
        threshold_increase,
        up_and_down,
    )
    from isobole.planning import (
        DosePrior,
        PlanKindling,
        PlanLatency,
        PlanOwnControl,
        PlanProtection,
        PlanSeverity,
        choose_doses,
        plan_ed50,
        plan_interaction,
        plan_kindling,
        plan_latency,
        plan_own_control,
        plan_protection,
        plan_ratio,
        plan_severity,
        recommend_doses,
    )
    from isobole.reporting import write_report
    from isobole.results import (
        DataError,
        DoseUnit,
        Estimate,
        IsoboleError,
        Limits,
        Missing,
        NotComputable,
        OptionError,
        Problem,
        Provenance,
    )
    from isobole.substances import Substance, convert_dose, substance
    from isobole.tables import read_claims, read_combination, read_quantal

_ROOM_OF = {
    "Audit": "combination",
    "Claim": "combination",
    "CombinationAnalysis": "combination",
    "CombinationData": "combination",
    "Curve": "doseresponse",
    "CurveComparison": "doseresponse",
    "DataError": "results",
    "Diagram": "diagrams",
    "DosePrior": "planning",
    "DoseUnit": "results",
    "Estimate": "results",
    "FactorialInteraction": "combination",
    "Interaction": "combination",
    "IsoboleError": "results",
    "Limits": "results",
    "ManyFits": "doseresponse",
    "Missing": "results",
    "NotComputable": "results",
    "OptionError": "results",
    "PlanKindling": "planning",
    "PlanLatency": "planning",
    "PlanOwnControl": "planning",
    "PlanProtection": "planning",
    "PlanSeverity": "planning",
    "PotencyShift": "combination",
    "Problem": "results",
    "Provenance": "results",
    "QuantalData": "doseresponse",
    "QuantalEstimate": "doseresponse",
    "QuantalFit": "doseresponse",
    "Substance": "substances",
    "analyze_combination": "combination",
    "audit_claims": "combination",
    "choose_doses": "planning",
    "compare_curves": "doseresponse",
    "convert_dose": "substances",
    "diagram": "diagrams",
    "ed50_line": "doseresponse",
    "factorial_interaction": "combination",
    "fit_many": "doseresponse",
    "fit_quantal": "doseresponse",
    "isotonic": "doseresponse",
    "litchfield_wilcoxon": "doseresponse",
    "load_dataset": "datasets",
    "outcome_distribution": "doseresponse",
    "plan_ed50": "planning",
    "plan_interaction": "planning",
    "plan_kindling": "planning",
    "plan_latency": "planning",
    "plan_own_control": "planning",
    "plan_protection": "planning",
    "plan_ratio": "planning",
    "plan_severity": "planning",
    "potency_ratio_lw": "doseresponse",
    "potency_shift": "combination",
    "protective_index": "doseresponse",
    "read_claims": "tables",
    "read_combination": "tables",
    "read_quantal": "tables",
    "recommend_doses": "planning",
    "spearman_karber": "doseresponse",
    "substance": "substances",
    "threshold_increase": "doseresponse",
    "up_and_down": "doseresponse",
    "write_report": "reporting",
}

__all__ = [
    "Audit",
    "Claim",
    "CombinationAnalysis",
    "CombinationData",
    "Curve",
    "CurveComparison",
    "DataError",
    "Diagram",
    "DosePrior",
    "DoseUnit",
    "Estimate",
    "FactorialInteraction",
    "Interaction",
    "IsoboleError",
    "Limits",
    "ManyFits",
    "Missing",
    "NotComputable",
    "OptionError",
    "PlanKindling",
    "PlanLatency",
    "PlanOwnControl",
    "PlanProtection",
    "PlanSeverity",
    "PotencyShift",
    "Problem",
    "Provenance",
    "QuantalData",
    "QuantalEstimate",
    "QuantalFit",
    "Substance",
    "analyze_combination",
    "audit_claims",
    "choose_doses",
    "compare_curves",
    "convert_dose",
    "diagram",
    "ed50_line",
    "factorial_interaction",
    "fit_many",
    "fit_quantal",
    "isotonic",
    "litchfield_wilcoxon",
    "load_dataset",
    "outcome_distribution",
    "plan_ed50",
    "plan_interaction",
    "plan_kindling",
    "plan_latency",
    "plan_own_control",
    "plan_protection",
    "plan_ratio",
    "plan_severity",
    "potency_ratio_lw",
    "potency_shift",
    "protective_index",
    "read_claims",
    "read_combination",
    "read_quantal",
    "recommend_doses",
    "spearman_karber",
    "substance",
    "threshold_increase",
    "up_and_down",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        msg = f"module 'isobole' has no attribute '{name}'"
        raise AttributeError(msg)
    room = import_module(f"isobole.{_ROOM_OF[name]}")
    value = getattr(room, "load" if name == "load_dataset" else name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
