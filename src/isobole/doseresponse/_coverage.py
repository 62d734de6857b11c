"""What a design does to estimates and intervals: sums over weighted tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from isobole.doseresponse._bootstrap import rises
from isobole.doseresponse._core import Batch
from isobole.doseresponse._design_tables import weighted_quantile
from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    LimitArrays,
    delta_arrays,
    fieller_arrays,
    likelihood_arrays,
)
from isobole.doseresponse._many import ArrayInterval
from isobole.doseresponse._profile import profile_deviance
from isobole.results import Missing

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_RARE: Final = 1e-9  # below this a conditional probability has nothing to stand on


@dataclass(frozen=True, slots=True)
class IntervalCoverage:
    """How one kind of interval does over every table of a design.

    Shares are of all experiments unless said otherwise, 0 to 1.

    Parameters
    ----------
    interval : str
        The kind.
    level : float
        Nominal confidence.
    unconditional : float
        Share of all experiments whose set holds the true dose; an experiment without
        a set does not cover.
    conditional : float or Missing
        The same share among experiments that have a set.
    absent : float
        Share without a set (no finite slope, or no rising curve within the cut).
    unbounded_low, unbounded_high, unbounded : float
        Share with no lower limit, no upper limit, either.
    complete : float
        Share with an estimate of the dose and both limits.
    median_fold : float or Missing
        Median of upper / lower limit where both exist.
    """

    interval: str
    level: float
    unconditional: float
    conditional: float | Missing
    absent: float
    unbounded_low: float
    unbounded_high: float
    unbounded: float
    complete: float
    median_fold: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the shares as percents, null with a reason where there is none."""
        fold = self.median_fold
        reasons = [x.reason for x in (self.conditional, fold) if isinstance(x, Missing)]
        return {
            "interval": self.interval,
            "level": self.level,
            "unconditional": 100 * self.unconditional,
            "conditional": _percent(self.conditional),
            "absent": 100 * self.absent,
            "unbounded_low": 100 * self.unbounded_low,
            "unbounded_high": 100 * self.unbounded_high,
            "unbounded": 100 * self.unbounded,
            "complete": 100 * self.complete,
            "median_fold": None if isinstance(fold, Missing) else fold,
            "reason": " ".join(reasons) or None,
        }


def _percent(value: float | Missing) -> float | None:
    return None if isinstance(value, Missing) else 100 * value


def interval_coverage(
    batch: Batch,
    weights: FloatArray,
    q: float,
    log_truth: float,
    kind: ArrayInterval,
    level: float,
    information: str,
) -> IntervalCoverage:
    """Sum up one kind of interval over the tables of `batch`."""
    count = batch.pattern.size
    z = np.full(count, float(ndtri(0.5 + level / 2)))
    if kind == "likelihood":
        cut = float(chdtri(1.0, 1 - level))
        sets = likelihood_arrays(batch, q, np.full(count, cut))
        # The limits of a step lie at doses, where rounding would decide: ask the
        # likelihood itself.
        inner = (log_truth - batch.scale.centre) / batch.scale.spread
        covers = profile_deviance(batch, q, inner) <= cut
    elif kind == "fieller":
        sets = fieller_arrays(batch, q, z, information)[0]
        covers = sets.contains(log_truth)
    else:
        sets = delta_arrays(batch, q, z, information)[0]
        covers = sets.contains(log_truth)
    return _summed(batch, sets, covers, weights, kind, level)


def _summed(
    batch: Batch,
    sets: LimitArrays,
    covers: BoolArray,
    weights: FloatArray,
    kind: str,
    level: float,
) -> IntervalCoverage:
    exists = (sets.kind != ABSENT) & (sets.kind != EMPTY)
    log_dose = batch.scale.log_dose(batch.scale.z)
    floor, top = log_dose.min() - FAR_DECADES, log_dose.max() + FAR_DECADES
    both = sets.kind == COMPLEMENT
    no_low = exists & (both | (sets.low < floor))
    no_high = exists & (both | (sets.high > top))
    bounded = exists & ~no_low & ~no_high
    present = float(weights[exists].sum())
    unconditional = float(weights[covers & exists].sum())
    conditional: float | Missing = Missing(f"no table has a {kind} set")
    if present > _RARE:
        conditional = unconditional / present
    fold: float | Missing = Missing(f"no table has two {kind} limits")
    if float(weights[bounded].sum()) > _RARE:
        width = sets.high[bounded] - sets.low[bounded]
        fold = float(10 ** weighted_quantile(width, weights[bounded], 0.5))
    return IntervalCoverage(
        interval=kind,
        level=level,
        unconditional=unconditional,
        conditional=conditional,
        absent=float(weights[~exists].sum()),
        unbounded_low=float(weights[no_low].sum()),
        unbounded_high=float(weights[no_high].sum()),
        unbounded=float(weights[no_low | no_high].sum()),
        complete=float(weights[bounded & rises(batch)].sum()),
        median_fold=fold,
    )
