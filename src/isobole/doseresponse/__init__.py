"""Counts to curves to ED50: fitting, limits, potency, small-sample answers."""

from __future__ import annotations

from isobole.doseresponse._data import (
    CLUSTER_COLUMNS as CLUSTER_COLUMNS,
    QuantalData as QuantalData,
    check_unit as check_unit,
)
from isobole.doseresponse._links import LINKS as LINKS, Link as Link
from isobole.doseresponse._fit import (
    Coefficient as Coefficient,
    QuantalFit as QuantalFit,
    fit_quantal as fit_quantal,
)
from isobole.doseresponse._many import ManyFits as ManyFits, fit_many as fit_many
from isobole.doseresponse._indices import (
    protective_index as protective_index,
    threshold_increase as threshold_increase,
)
