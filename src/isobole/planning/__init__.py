"""Before the first animal: dose choice, group size and what a design risks."""

from __future__ import annotations

from isobole.planning._dose_choice import choose_doses as choose_doses
from isobole.planning._dose_choice_result import (
    AtSlope as AtSlope,
    DoseChoice as DoseChoice,
    DoseDesign as DoseDesign,
    SizeChoice as SizeChoice,
)
from isobole.planning._ed50 import plan_ed50 as plan_ed50
from isobole.planning._ed50_result import (
    Alternative as Alternative,
    PlanEd50 as PlanEd50,
    Risk as Risk,
)
from isobole.planning._error_rates import (
    ErrorRates as ErrorRates,
    error_rate_table as error_rate_table,
    error_rates as error_rates,
)
from isobole.planning._interaction import plan_interaction as plan_interaction
from isobole.planning._interaction_result import PlanInteraction as PlanInteraction
from isobole.planning._interaction_rows import (
    EquivalencePlan as EquivalencePlan,
    SizePlan as SizePlan,
    TestPlan as TestPlan,
)
from isobole.planning._kindling import (
    PlanKindling as PlanKindling,
    plan_kindling as plan_kindling,
)
from isobole.planning._latency import (
    PlanLatency as PlanLatency,
    plan_latency as plan_latency,
)
from isobole.planning._own_control import plan_own_control as plan_own_control
from isobole.planning._own_control_result import PlanOwnControl as PlanOwnControl
from isobole.planning._prior import DosePrior as DosePrior
from isobole.planning._protection import (
    PlanProtection as PlanProtection,
    plan_protection as plan_protection,
)
from isobole.planning._protection_power import protection_power as protection_power
from isobole.planning._ratio import plan_ratio as plan_ratio
from isobole.planning._ratio_result import RatioPlan as RatioPlan, RatioRow as RatioRow
from isobole.planning._sequential import recommend_doses as recommend_doses
from isobole.planning._sequential_result import (
    DoseRecommendation as DoseRecommendation,
)
from isobole.planning._severity import (
    PlanSeverity as PlanSeverity,
    plan_severity as plan_severity,
)
from isobole.planning._up_and_down import next_up_and_down as next_up_and_down
