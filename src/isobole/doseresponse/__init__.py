"""Counts to curves to ED50: fitting, limits, potency, small-sample answers."""

from __future__ import annotations

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
from isobole.doseresponse._ed50_line import ED50Line as ED50Line, ed50_line as ed50_line
from isobole.doseresponse._estimator_result import QuantalEstimate as QuantalEstimate
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
