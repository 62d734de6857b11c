"""Do they act together? From single-drug and mixture counts to a verdict."""

from __future__ import annotations

from isobole.combination._analysis import (
    CombinationAnalysis as CombinationAnalysis,
    analyze_combination as analyze_combination,
)
from isobole.combination._audit import Audit as Audit, audit_claims as audit_claims
from isobole.combination._claim import Claim as Claim
from isobole.combination._data import (
    Arm as Arm,
    CombinationData as CombinationData,
    Design as Design,
)
from isobole.combination._factorial import (
    factorial_interaction as factorial_interaction,
)
from isobole.combination._factorial_result import (
    FactorialInteraction as FactorialInteraction,
)
from isobole.combination._interaction import Interaction as Interaction
from isobole.combination._potency_shift import potency_shift as potency_shift
from isobole.combination._shift_result import PotencyShift as PotencyShift
