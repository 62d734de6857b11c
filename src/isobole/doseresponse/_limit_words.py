"""From sets of log10 doses to limits on the dose, each open side with its sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    LINE,
    SET_KINDS,
)
from isobole.doseresponse._solution import LogSet
from isobole.results import (
    Bounds,
    Limits,
    SetKind,
    clopper_pearson,
    format_number,
)

if TYPE_CHECKING:
    from isobole.doseresponse._data import QuantalData

FloatArray = NDArray[np.float64]

KIND_BY_OPEN_ENDS: tuple[SetKind, SetKind, SetKind] = ("interval", "ray", "line")
BOUNDS: dict[tuple[bool, bool], Bounds] = {
    (False, False): "closed",
    (True, True): "open",
    (True, False): "low-open",
    (False, True): "high-open",
}


# Beyond this a dose is no number any more (floats end at 1.8e308).
MAX_LOG10: Final = 300.0


def limits_of(
    found: LogSet,
    kind: str,
    level: float,
    floor: float,
    top: float,
    reason: str | None,
    note: str | None = None,
    doses: FloatArray | None = None,
) -> Limits:
    """Turn a set of log10 doses into limits on the dose, with sentences.

    An open end is one of the tested `doses`, and is given as it was written.

    An end beyond `floor` or `top` (FAR_DECADES outside the tested doses) is printed
    as not bounded, its number kept in the sentence.
    """
    set_kind: SetKind | None = SET_KINDS[found.kind]
    if found.kind in (ABSENT, EMPTY, LINE):
        if found.kind == LINE and reason is None:
            reason = "The data exclude nothing: neither side is bounded."
        return Limits(kind, level, set_kind, reason=reason, note=note)
    low, high = found.low, found.high
    sentences = [reason] if reason else []
    if found.kind == COMPLEMENT and max(abs(low), abs(high)) > MAX_LOG10:
        return _far_complement(kind, level, low, high, sentences, note)
    if found.kind != COMPLEMENT:
        if low < floor and not math.isinf(low):
            sentences.append(_far("lower", low))
            low = -math.inf
        if high > top and not math.isinf(high):
            sentences.append(_far("upper", high))
            high = math.inf
        low, high = min(low, top), max(high, floor)
        unbounded = math.isinf(low) + math.isinf(high)
        set_kind = KIND_BY_OPEN_ENDS[unbounded]
        if not sentences and unbounded:
            words = {
                (True, True): "The data exclude nothing: neither side is bounded.",
                (True, False): "The lower side is not bounded by the data.",
                (False, True): "The upper side is not bounded by the data.",
            }
            sentences.append(words[math.isinf(low), math.isinf(high)])
    opened = BOUNDS[
        found.low_open and not math.isinf(low),
        found.high_open and not math.isinf(high),
    ]
    bounds = opened
    if math.isinf(low) != math.isinf(high) and opened != "closed":
        bounds = "open"
    return Limits(
        kind,
        level,
        set_kind,
        None if math.isinf(low) else _dose(low, doses if found.low_open else None),
        None if math.isinf(high) else _dose(high, doses if found.high_open else None),
        bounds,
        " ".join(sentences) or None,
        note,
    )


def _far_complement(
    kind: str,
    level: float,
    low: float,
    high: float,
    sentences: list[str],
    note: str | None,
) -> Limits:
    """Describe a complement of which an end is no number a computer can hold."""
    below, above = low >= -MAX_LOG10, high <= MAX_LOG10
    whole = low > MAX_LOG10 or high < -MAX_LOG10
    gone = [
        f"The part of the set {side} 10^{end:.0f} is out of reach."
        for side, end, kept in (("below", low, below), ("above", high, above))
        if not kept and not whole
    ]
    if whole:
        gone = [f"The excluded doses, 10^{low:.0f} to 10^{high:.0f}, are out of reach."]
    return Limits(
        kind,
        level,
        "line" if whole else "ray" if below or above else None,
        None if whole or not above else _dose(high, None),
        None if whole or not below else _dose(low, None),
        reason=" ".join([*sentences, *gone]),
        note=note,
    )


def _dose(log_dose: float, doses: FloatArray | None) -> float:
    value = float(10.0**log_dose)
    if doses is not None:
        nearest = float(doses[np.abs(doses - value).argmin()])
        if math.isclose(nearest, value, rel_tol=1e-9):
            return nearest
    return value


def _far(side: str, log_dose: float) -> str:
    where = (
        f"10^{log_dose:.0f}" if abs(log_dose) > 300 else format_number(10.0**log_dose)
    )
    return (
        f"The {side} side is not bounded in practice: the curve would put it at "
        f"{where}, more than {FAR_DECADES:g} decades outside the tested doses."
    )


def bounds_on_response(data: QuantalData, status: str, level: float) -> list[str]:
    """Return what a table without a curve still says about one dose, exactly."""
    dose, n, r = data.groups
    unit = f" {data.unit}" if data.unit else ""
    percent = format_number(100 * level)
    if status == "none-affected":
        high = clopper_pearson(0, int(n[-1]), level=level, sides="upper").high
        assert high is not None
        return [
            f"At the highest dose, {format_number(float(dose[-1]))}{unit}, the "
            f"response is below {format_number(100 * high, 3)} % ({percent} % "
            "one-sided, exact)."
        ]
    if status == "all-affected":
        low = clopper_pearson(int(n[0]), int(n[0]), level=level, sides="lower").low
        assert low is not None
        return [
            f"At the lowest dose, {format_number(float(dose[0]))}{unit}, the response "
            f"is above {format_number(100 * low, 3)} % ({percent} % one-sided, exact)."
        ]
    if status == "single-dose":
        limits = clopper_pearson(int(r[0]), int(n[0]), level=level)
        assert limits.low is not None
        assert limits.high is not None
        return [
            f"{int(r[0])} of {int(n[0])} affected at "
            f"{format_number(float(dose[0]))}{unit}: "
            f"{format_number(100 * r[0] / n[0], 3)} % "
            f"[{format_number(100 * limits.low, 3)}, "
            f"{format_number(100 * limits.high, 3)}] ({percent} % exact)."
        ]
    return []
