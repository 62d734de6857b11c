"""Before the first animal: dose choice, group size and what a design risks."""

from __future__ import annotations

from isobole.planning._ed50 import plan_ed50 as plan_ed50
from isobole.planning._ed50_result import (
    Alternative as Alternative,
    PlanEd50 as PlanEd50,
    Risk as Risk,
)
