"""The sentences of a comparison: what limits it, and each relative potency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.doseresponse._compare_records import LikelihoodRatio, RelativePotency
from isobole.doseresponse._compare_work import JointCurves
from isobole.doseresponse._data import SEQUENTIAL_SLOPE
from isobole.doseresponse._fit_result import QuantalFit
from isobole.results import Missing, equals_p, format_number

if TYPE_CHECKING:
    from isobole.doseresponse._compare_result import CurveComparison


def messages_of(
    work: JointCurves, fits: tuple[QuantalFit, ...], parallel: LikelihoodRatio
) -> tuple[str, ...]:
    """Return one sentence for everything that limits what may be concluded."""
    found = []
    if not isinstance(parallel.p, Missing) and parallel.p < 0.05:
        found.append(
            f"The slopes differ (p {equals_p(parallel.p)}): one relative potency does "
            "not hold at every effect. Compare EDs at several effects, and use the "
            "ED50 ratios with separate slopes."
        )
    if work.sequential:
        listed = ", ".join(work.names[k] for k in sorted(work.sequential))
        found.append(
            f"{listed}: {SEQUENTIAL_SLOPE}. A common slope would borrow it, so use the "
            "ED50 ratios with separate slopes."
        )
    if work.pooled.applied:
        found.append(
            f"The counts are heterogeneous (pooled chi-square "
            f"{format_number(_number(work.pooled.pearson))}, {work.pooled.df} df): "
            f"variances are multiplied by "
            f"{format_number(work.pooled.heterogeneity)}, and tests are F tests."
        )
    if not work.common.rises(0):
        found.append(
            "The common slope does not rise with dose. Check whether the counts are of "
            "the endpoint or of its absence."
        )
    elif all(slope is None for slope in work.common.slope):
        found.append(
            "There is no finite common slope: every curve is a step, all or none "
            "affected. The likelihood limits hold; test doses with partial responses."
        )
    for name, fit in zip(work.names, fits, strict=True):
        if fit.status != "ok":
            found.append(f"{name}: {fit.message}")
    return tuple(found)


def _number(value: float | Missing) -> float:
    return 0.0 if isinstance(value, Missing) else value


def potency_sentence(found: RelativePotency, comparison: CurveComparison) -> str:
    """Say the relative potency of a curve in words."""
    estimate = found[comparison.interval]
    way = f"ED50 of {found.standard} over ED50 of {found.curve}, common slope"
    if comparison.standard_potency != 1:
        assigned = format_number(comparison.standard_potency)
        way += f"; {found.standard} is assigned {assigned}"
    value = estimate.value
    reason = estimate.reason
    head = str(estimate).removesuffix(f": {reason}")
    # What the data do not say stands in sentences of its own, after the number's.
    why = f" {reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""
    if isinstance(value, Missing):
        return f"{head} ({way}).{why}"
    ratio = value / comparison.standard_potency
    more = "more" if ratio >= 1 else "less"
    times = format_number(ratio if ratio >= 1 else 1 / ratio)
    return f"{head}: {found.curve} is {times} times {more} potent ({way}).{why}"
