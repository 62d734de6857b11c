"""What is amiss with the arms of a combination table, in the rows of its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from isobole.combination import CombinationData
from isobole.results import Problem, format_number
from isobole.tables._problems import listed
from isobole.tables._table import FloatArray

# As in recognition: doses written with three digits still form one ray.
_TOLERANCE = 0.02


def arm_problems(
    data: CombinationData, rows: Sequence[int], labels: Sequence[str] | None
) -> Iterator[Problem]:
    """Yield named arms with unequal ratios, arms of one dose, and rows in no arm.

    `rows` and `labels` are those of the file, one per dose group; per-animal tables
    are grouped and carry neither.
    """
    per_group = len(rows) == data.n.size
    if labels is not None and per_group:
        yield from _unequal(data, rows, labels)
    if data.design == "fixed-ratio":
        yield from _one_dose(data)
    if data.design in ("fixed-ratio", "type-ii", "free"):
        yield from _in_no_arm(data, rows if per_group else None)


def _unequal(
    data: CombinationData, rows: Sequence[int], labels: Sequence[str]
) -> Iterator[Problem]:
    mixed = (data.dose > 0).sum(axis=1) > 1
    for name in dict.fromkeys(labels):
        here = np.flatnonzero(mixed & np.array([label == name for label in labels]))
        doses = data.dose[here]
        if not name or here.size < 2 or _is_ladder(doses):
            continue
        shares = doses / doses.sum(axis=1, keepdims=True)
        usual = np.median(shares, axis=0)
        off = np.abs(shares - usual) > _TOLERANCE * np.minimum(usual, 1 - usual) + 1e-12
        if not off.any():
            continue
        odd = int(np.flatnonzero(off.any(axis=1))[0])
        yield Problem(
            "unequal-ratios",
            f"The arm '{name}' has doses at unequal ratios: {_ratio(doses[odd])} here",
            row=rows[here[odd]],
            given=_ratio(doses[odd]),
            expected=f"one ratio in an arm, {_ratio(usual)} as in its other rows",
            remedy="Correct the doses, or give rows of another ratio another name",
        )


def _is_ladder(doses: FloatArray) -> bool:
    """Return whether one drug is fixed under doses of another."""
    fixed = (doses == doses[0]).all(axis=0)
    return bool(fixed.any() and not fixed.all())


def _ratio(doses: FloatArray) -> str:
    least = doses[doses > 0].min()
    return ":".join(format_number(float(x / least), 3) for x in doses)


def _one_dose(data: CombinationData) -> Iterator[Problem]:
    for arm in data.arms_of("single"):
        if len(arm.data.groups[0]) < 2:
            yield Problem(
                "single-dose-arm",
                f"The arm of {arm.name} alone has one dose, so it has no curve and "
                "there is no interaction index",
                severity="warning",
                column=arm.name,
                expected="two or more doses of each drug alone",
                remedy="Add doses between those that affect none and all",
            )


def _in_no_arm(data: CombinationData, rows: Sequence[int] | None) -> Iterator[Problem]:
    mixed = (data.dose > 0).sum(axis=1) > 1
    taken = np.zeros(data.n.size, dtype=bool)
    for arm in data.arms:
        shares, fixed = np.array(arm.shares), np.array(arm.fixed)
        if arm.kind == "ray":
            part = data.dose / np.maximum(data.dose.sum(axis=1, keepdims=True), 1e-300)
            near = (
                np.abs(part - shares)
                <= 2 * _TOLERANCE * np.minimum(shares, 1 - shares) + 1e-12
            )
            taken |= near.all(axis=1)
        elif arm.kind == "fixed-dose":
            under = fixed > 0
            taken |= (data.dose[:, under] == fixed[under]).all(axis=1)
    left = np.flatnonzero(mixed & ~taken).tolist()
    if not left:
        return
    doses = "; ".join(
        " + ".join(
            f"{drug} {format_number(float(x))}"
            for drug, x in zip(data.drugs, data.dose[k], strict=True)
            if x > 0
        )
        for k in left[:3]
    )
    where = f" ({listed([rows[k] for k in left])})" if rows and len(left) > 1 else ""
    yield Problem(
        "rows-in-no-arm",
        f"{len(left)} mixture group{'s' * (len(left) != 1)}{where} "
        f"belong{'s' * (len(left) == 1)} to no arm: "
        f"{doses}{'; ...' if len(left) > 3 else ''}",
        severity="warning",
        row=rows[left[0]] if rows else None,
        expected="rows of one ratio at two or more total doses, or doses of one drug "
        "over a fixed dose of the other",
        remedy="Check these doses for unequal ratios, or add doses to their arm; they "
        "were left out",
    )
