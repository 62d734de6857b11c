"""Recognise the arms and the design of a combination study from its doses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import QuantalData
from isobole.results import check_choice, format_number

if TYPE_CHECKING:
    from isobole.combination._data import Arm, CombinationData, Design

IntArray = NDArray[np.intp]


def recognise(
    data: CombinationData, override: Design | None
) -> tuple[Design, tuple[Arm, ...]]:
    """Return the design and its arms: singles first, then rays or fixed doses.

    A mixture row belongs to a ray if rows of another total share its ratio, and to a
    fixed-dose arm if rows of another dose share its fixed dose. Where a grid allows
    both, the reading that explains more rows is taken; neither complete gives "free".
    """
    from isobole.combination._data import DESIGNS

    if override is not None:
        check_choice("design", override, DESIGNS)
    given = data.dose > 0
    mixed = np.flatnonzero(given.sum(axis=1) > 1)
    singles = tuple(_single(data, given, k) for k in range(len(data.drugs)))
    alone = tuple(arm for arm in singles if arm is not None)
    if override == "factorial" or (override is None and _is_factorial(data)):
        return "factorial", alone
    rays, in_rays = _rays(data, mixed)
    ladders, in_ladders = _ladders(data, mixed)
    if override == "fixed-ratio":
        return "fixed-ratio", (*alone, *rays)
    if override == "type-ii":
        return "type-ii", (*alone, *ladders)
    if override is None and mixed.size:
        if in_rays == mixed.size and in_rays >= in_ladders:
            return "fixed-ratio", (*alone, *rays)
        if in_ladders == mixed.size:
            return "type-ii", (*alone, *ladders)
    return "free", (*alone, *rays, *ladders)


def _is_factorial(data: CombinationData) -> bool:
    """Two drugs, each at one dose: the cells 10, 01 and 11 (00 may be absent)."""
    if len(data.drugs) != 2:
        return False
    levels = [np.unique(column[column > 0]) for column in data.dose.T]
    both = ((data.dose > 0).sum(axis=1) == 2).any()
    return bool(all(level.size == 1 for level in levels) and both)


def _rows(
    data: CombinationData, rows: IntArray, dose: NDArray[np.float64], name: str
) -> QuantalData:
    """Build the curve of some rows, the no-drug rows of the study with them."""
    control = np.flatnonzero((data.dose == 0).all(axis=1))
    index = np.concatenate([control, rows])
    return QuantalData(
        np.concatenate([np.zeros(control.size), dose]),
        data.n[index],
        data.affected[index],
        unit=data.unit,
        endpoint=data.endpoint,
        curve=name,
    )


def _single(data: CombinationData, given: NDArray[np.bool_], drug: int) -> Arm | None:
    from isobole.combination._data import Arm

    rows = np.flatnonzero(given[:, drug] & (given.sum(axis=1) == 1))
    if rows.size == 0:
        return None
    name = data.drugs[drug]
    shares = tuple(float(k == drug) for k in range(len(data.drugs)))
    curve = _rows(data, rows, data.dose[rows, drug], name)
    return Arm("single", name, shares, (0.0,) * len(data.drugs), curve)


def _rays(data: CombinationData, mixed: IntArray) -> tuple[tuple[Arm, ...], int]:
    from isobole.combination._data import RATIO_TOLERANCE, Arm

    groups: list[list[int]] = []
    shares = data.dose / np.maximum(data.dose.sum(axis=1, keepdims=True), 1e-300)
    for row in mixed:
        for group in groups:
            mean = shares[group].mean(axis=0)
            close = (
                np.abs(shares[row] - mean)
                <= RATIO_TOLERANCE * np.minimum(mean, 1 - mean) + 1e-12
            )
            if bool(close.all()) and bool(((shares[row] > 0) == (mean > 0)).all()):
                group.append(int(row))
                break
        else:
            groups.append([int(row)])
    arms, covered = [], 0
    for group in groups:
        rows = np.array(group)
        total = data.dose[rows].sum(axis=1)
        if np.unique(total).size < 2:
            continue
        covered += rows.size
        share = data.dose[rows].sum(axis=0) / total.sum()
        name = ray_name(data.drugs, share.tolist())
        curve = _rows(data, rows, total, name)
        arms.append(
            Arm("ray", name, tuple(share.tolist()), (0.0,) * len(data.drugs), curve)
        )
    return tuple(arms), covered


def _ladders(data: CombinationData, mixed: IntArray) -> tuple[tuple[Arm, ...], int]:
    """Group mixtures of two drugs by a fixed dose of one under a ladder of the other.

    The ladder is the drug with more distinct doses in the mixtures.
    """
    from isobole.combination._data import Arm

    if len(data.drugs) != 2 or mixed.size == 0:
        return (), 0
    counts = [np.unique(data.dose[mixed, k]).size for k in (0, 1)]
    ladder = int(np.argmax(counts))
    under = 1 - ladder
    arms, covered = [], 0
    for level in np.unique(data.dose[mixed, under]):
        rows = mixed[data.dose[mixed, under] == level]
        if np.unique(data.dose[rows, ladder]).size < 2:
            continue
        covered += rows.size
        name = (
            f"{data.drugs[ladder]} + {data.drugs[under]} {format_number(float(level))}"
        )
        shares = tuple(float(k == ladder) for k in (0, 1))
        fixed = tuple(float(level) if k == under else 0.0 for k in (0, 1))
        curve = QuantalData(
            data.dose[rows, ladder],
            data.n[rows],
            data.affected[rows],
            unit=data.unit,
            endpoint=data.endpoint,
            curve=name,
        )
        arms.append(Arm("fixed-dose", name, shares, fixed, curve))
    return tuple(arms), covered


def ray_name(drugs: Sequence[str], shares: Sequence[float]) -> str:
    """Name a ray by its drugs and the ratio of their doses, the smallest being 1."""
    present = [(d, s) for d, s in zip(drugs, shares, strict=True) if s > 0]
    least = min(share for _, share in present)
    ratio = ":".join(format_number(share / least, 3) for _, share in present)
    return f"{' + '.join(drug for drug, _ in present)} {ratio}"
