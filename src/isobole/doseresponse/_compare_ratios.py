"""Ratios of ED50s with every kind of limits, under a common slope or separate ones."""

from __future__ import annotations

import math

from isobole.doseresponse._compare_records import RelativePotency
from isobole.doseresponse._compare_work import JointCurves
from isobole.doseresponse._ed_ratio import ed_ratio_set
from isobole.doseresponse._estimates import NO_CURVE
from isobole.doseresponse._joint_ratio import ratio_set
from isobole.doseresponse._limit_words import limits_of
from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    INTERVAL,
)
from isobole.doseresponse._links import quantile
from isobole.doseresponse._solution import LogSet
from isobole.results import Estimate, Missing, format_number


def common_ratio(
    work: JointCurves, i: int, j: int, quantity: str, scale: float = 1.0
) -> tuple[Estimate, ...]:
    """Return the ratio of EDs i / j under the common slope, every interval."""
    log_ratio = work.common.log_ratio(i, j)
    value: float | Missing
    if not work.common.rises(i):
        value = Missing(
            "the common slope does not rise with dose, so there is no ED50 of a "
            "rising curve; check whether the counts are of the endpoint or its "
            "absence."
        )
    elif log_ratio is None:
        value = Missing(
            "the common-slope fit has no finite ED50 for both curves; the "
            "likelihood limits hold as they stand."
        )
    else:
        value = log_ratio
    method = f"common slope, {work.link}, {work.information} information"
    # One orientation is computed, so that swapping inverts to the last digit.
    key = min(i, j), max(i, j)
    if key not in work.sets:
        cut = work.pooled.cut(work.level)
        work.sets[key] = ratio_set(work.common, *key, cut)
    found = work.sets[key] if key[0] == i else _mirrored(work.sets[key])
    width = work.pooled.multiplier(work.level)
    fieller = work.common.log_ratio_fieller(i, j, width, work.information)
    h = math.sqrt(work.pooled.heterogeneity)
    rows: list[tuple[str, LogSet, str | None]] = [
        ("likelihood", found, _likelihood_reason(found))
    ]
    se = None
    if fieller is None:
        rows += [("fieller", LogSet(ABSENT), NO_CURVE)]
        rows += [("delta", LogSet(ABSENT), NO_CURVE)]
    else:
        limits, g, plain_se = fieller
        se = plain_se * h
        rows.append(("fieller", limits, _fieller_reason(limits, g)))
        delta = LogSet(ABSENT)
        if not isinstance(value, Missing):
            half = width * plain_se
            delta = LogSet(INTERVAL, value - half, value + half)
        rows.append(("delta", delta, NO_CURVE if delta.kind == ABSENT else None))
    return tuple(
        _estimate(
            work,
            quantity,
            i,
            j,
            value,
            limits,
            kind,
            se=se,
            reason=reason,
            method=method,
            scale=scale,
        )
        for kind, limits, reason in rows
    )


def separate_ratio(
    work: JointCurves, i: int, j: int, quantity: str
) -> tuple[Estimate, ...]:
    """Return the ratio of ED50s i / j, each curve with its own slope."""
    q = float(quantile(work.link, 0.5))
    one, two = (work.separate.log_ed(k, q, work.information) for k in (i, j))
    value: float | Missing = Missing(
        "an ED50 of a rising curve is missing for at least one of the two; the "
        "likelihood limits hold as they stand."
    )
    se, delta = None, LogSet(ABSENT)
    if one and two and work.separate.rises(i) and work.separate.rises(j):
        value = one[0] - two[0]
        plain_se = math.hypot(one[1], two[1])
        half = work.pooled.multiplier(work.level) * plain_se
        se = plain_se * math.sqrt(work.pooled.heterogeneity)
        delta = LogSet(INTERVAL, value - half, value + half)
    cut = work.pooled.cut(work.level)
    found = ed_ratio_set(work.profiles[i], work.profiles[j], cut)
    method = f"separate slopes, {work.link}, {work.information} information"
    absent = NO_CURVE if delta.kind == ABSENT else None
    return (
        _estimate(
            work, quantity, i, j, value, found, "likelihood",
            se=se, reason=_likelihood_reason(found), method=method,
        ),
        _estimate(
            work, quantity, i, j, value, delta, "delta",
            se=se, reason=absent, method=method,
        ),
    )  # fmt: skip


def relative_potency(
    work: JointCurves, standard: int, test: int, assigned: float
) -> RelativePotency:
    """Return the potency of a curve relative to the standard."""
    name = f"relative potency of {work.names[test]}"
    found = common_ratio(work, standard, test, name, assigned)
    return RelativePotency(work.names[test], work.names[standard], found)


def _estimate(
    work: JointCurves,
    quantity: str,
    i: int,
    j: int,
    value: float | Missing,
    found: LogSet,
    kind: str,
    *,
    se: float | None = None,
    reason: str | None = None,
    method: str = "",
    scale: float = 1.0,
) -> Estimate:
    """Put a log10 ratio and its set together, beyond-belief ends left out."""
    shift = math.log10(scale)
    reach = work.arms[i].log_dose, work.arms[j].log_dose
    floor = float(reach[0].min() - reach[1].max()) - FAR_DECADES + shift
    top = float(reach[0].max() - reach[1].min()) + FAR_DECADES + shift
    moved = LogSet(
        found.kind,
        found.low + shift,
        found.high + shift,
        found.low_open,
        found.high_open,
    )
    if not isinstance(value, Missing) and not floor <= value + shift <= top:
        value = Missing(
            f"the ratio lies more than {FAR_DECADES:g} decades beyond what the "
            "doses span, which no data here can support."
        )
    limits = limits_of(moved, kind, work.level, floor, top, reason)
    return Estimate(
        quantity,
        value if isinstance(value, Missing) else 10.0 ** (value + shift),
        limits,
        log10_se=se,
        percent=50.0,
        method=method,
    )


def _mirrored(found: LogSet) -> LogSet:
    return LogSet(found.kind, -found.high, -found.low, found.high_open, found.low_open)


def _likelihood_reason(found: LogSet) -> str | None:
    if found.kind == EMPTY:
        return "No rising curves agree with these counts; check their coding."
    return None


def _fieller_reason(found: LogSet, g: float) -> str | None:
    if found.kind == INTERVAL:
        return None
    start = f"Fieller's g is {format_number(g)}, at or above 1: "
    if found.kind == COMPLEMENT:
        return (
            f"{start}the set is everything outside the two numbers. Prefer the "
            "likelihood limits."
        )
    return (
        f"{start}the common slope is not distinct from zero by its standard error, so "
        "no ratio is excluded on an unbounded side."
    )
