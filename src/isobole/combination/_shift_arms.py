"""The arms of a type II study: a drug's ladder alone, and over fixed doses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.combination._data import CombinationData, no_single_arm
from isobole.doseresponse import QuantalData
from isobole.results import DataError, Problem, check_choice, format_number


@dataclass(frozen=True, slots=True)
class ShiftArms:
    """The curves of the active drug, and the other drug's own groups.

    `alone` and `over` are curves in the dose of the active drug; `fixed` holds the
    dose of the other under each of `over`, rising. `own` is the other drug alone,
    without the groups that were given neither; None if it was never given alone.
    """

    active: str
    other: str
    alone: QuantalData
    over: tuple[QuantalData, ...]
    fixed: tuple[float, ...]
    own: QuantalData | None
    problems: tuple[Problem, ...]


def shift_arms(data: CombinationData, ladder: str | None) -> ShiftArms:
    """Sort a study into the curves of a type II analysis.

    Parameters
    ----------
    data : CombinationData
        Two drugs.
    ladder : str, optional
        The active drug; by default the one whose doses were varied over a fixed dose
        of the other (the one with more doses in the mixtures).

    Raises
    ------
    DataError
        If there is no curve alone or none over a fixed dose.
    """
    if len(data.drugs) != 2:
        raise DataError(
            [
                Problem(
                    "not-two-drugs",
                    f"A potency shift is of one drug by one other; there are "
                    f"{len(data.drugs)} drugs",
                    expected="two dose columns",
                    remedy="Analyse the pairs one by one",
                )
            ]
        )
    mixed = (data.dose > 0).all(axis=1)
    if ladder is None:
        counts = [np.unique(data.dose[mixed, k]).size for k in (0, 1)]
        active = int(np.argmax(counts))
    else:
        check_choice("ladder", ladder, data.drugs)
        active = data.drugs.index(ladder)
    other = 1 - active
    name, fixed_name = data.drugs[active], data.drugs[other]
    doses, under = data.dose[:, active], data.dose[:, other]
    rows = (doses > 0) & (under == 0)
    if not rows.any():
        raise no_single_arm(name)
    alone = _curve(data, rows | ((doses == 0) & (under == 0)), active, f"{name} alone")
    if np.unique(doses[rows]).size < 2:
        raise DataError([_one_dose(f"{name} alone")])
    found: list[Problem] = []
    over, fixed = [], []
    for level in np.unique(under[mixed]):
        label = f"{name} + {fixed_name} {format_number(float(level), 6)}"
        here = under == level
        if np.unique(doses[here & mixed]).size < 2:
            found.append(_one_dose(label))
            continue
        over.append(_curve(data, here, active, label))
        fixed.append(float(level))
    if not over:
        raise DataError(found or [_no_ladder(name, fixed_name)])
    own = (under > 0) & (doses == 0)
    return ShiftArms(
        name,
        fixed_name,
        alone,
        tuple(over),
        tuple(fixed),
        _curve(data, own, other, f"{fixed_name} alone") if own.any() else None,
        tuple(_left_out(problem) for problem in found),
    )


def _curve(
    data: CombinationData, rows: NDArray[np.bool_], drug: int, name: str
) -> QuantalData:
    return QuantalData(
        data.dose[rows, drug],
        data.n[rows],
        data.affected[rows],
        unit=data.unit,
        endpoint=data.endpoint,
        curve=name,
    )


def _one_dose(label: str) -> Problem:
    return Problem(
        "single-dose-arm",
        f"The arm {label} has one dose only",
        expected="two or more doses, so that there is a curve",
        remedy="Add doses; one dose with and without the other drug is a 2 x 2 "
        "factorial, see factorial_interaction",
    )


def _left_out(problem: Problem) -> Problem:
    return Problem(
        problem.code,
        f"{problem.message}; it is left out",
        "warning",
        expected=problem.expected,
        remedy=problem.remedy,
    )


def _no_ladder(name: str, other: str) -> Problem:
    return Problem(
        "no-fixed-dose-arm",
        f"No ladder of {name} over a fixed dose of {other} was found",
        expected=f"two or more doses of {name} together with the same dose of {other}",
        remedy=f"Name the active drug with ladder='{other}' if it is the other one, or "
        "use analyze_combination for fixed ratios",
    )
