"""`plan_ratio`: the evidence that a claimed difference of two ED50s would need."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any, Final

from scipy.special import ndtri

from isobole.planning._ratio_result import RatioPlan, RatioRow
from isobole.results import (
    DataError,
    DoseUnit,
    Missing,
    OptionError,
    Problem,
    ProblemList,
    format_number,
)
from isobole.substances import Substance, convert_dose, substance

SLOPE: Final = 1 / 0.13
# Animals times the variance of log10 ED50, in squares of the tolerance SD (1 / slope).
# A fixed design of 4 doses x 8 gave an RMSE of 0.047 at a tolerance SD of 0.13 where
# the guess of the ED50 that the doses were centred on was off by SD 0.12; the
# simulation behind docs/sequential.md gives the same.
FIXED_DESIGN: Final = 32 * 0.047**2 / 0.13**2
# The least any design can reach: every animal at the ED50 itself, slope known, where
# the probit information of an animal is 2 / pi squares of the slope.
BEST_DESIGN: Final = math.pi / 2
MOST: Final = 1e9  # no study is so large: such ED50s are equal but for rounding
SIZES: Final = (16, 24, 32, 48, 64, 96, 128, 256, 512)


def plan_ratio(
    ed50_a: float,
    ed50_b: float,
    *,
    substances: tuple[str | Substance, str | Substance] | None = None,
    unit: DoseUnit | str | None = None,
    slope: float = SLOPE,
    power: float = 0.8,
    alpha: float = 0.05,
) -> RatioPlan:
    """Say how many animals it takes to show that two ED50s differ.

    Two-sided test of the difference of log10 ED50s of two separate curves, n animals
    per drug: n = 2 k (z[1 - alpha/2] + z[power])^2 / (slope log10 ratio)^2, where
    k / (n slope^2) is the variance of a log10 ED50. k is 4.18 for four fixed doses
    about a guess, as simulated, and at best pi / 2.

    Parameters
    ----------
    ed50_a, ed50_b : float
        The two ED50s, in one unit.
    substances : pair of str or Substance, optional
        What was weighed, in the same order: the comparison is then also made per
        mole, of the moiety if both bring the same.
    unit : DoseUnit or str, optional
        Unit of both, such as ``"mg/kg"``: of the substance as weighed if it does not
        say of what. Needed with `substances`.
    slope : float
        Slope of both curves, probits per tenfold dose; 1 / 0.13 by default.
    power, alpha : float
        Chance to find the difference, and two-sided error.

    Returns
    -------
    RatioPlan

    Raises
    ------
    DataError
        If an ED50 is not above 0, a substance is unknown or a unit does not convert.
    OptionError
        If slope, power or alpha are out of range, or the unit is missing.

    Examples
    --------
    >>> plan = plan_ratio(
    ...     94.58,
    ...     97.41,
    ...     substances=("magnesium valproate", "sodium valproate"),
    ...     unit="mg/kg",
    ... )
    >>> [(row.basis, row.n_per_drug) for row in plan.rows]
    [('as given', 6769), ('per mole of valproate', 4086)]
    >>> plan.reversed
    True
    """
    _check(ed50_a, ed50_b, slope, power, alpha)
    said = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    factor = (float(ndtri(1 - alpha / 2)) + float(ndtri(power))) / slope
    names = ("A", "B")
    per_mole: RatioRow | Missing = Missing(
        "not compared per mole: the substances were not given"
    )
    conversions: tuple[str, ...] = ()
    if substances is not None:
        pair = _pair(substances)
        names = (pair[0].name, pair[1].name)
        per_mole, conversions = _per_mole((ed50_a, ed50_b), pair, said, factor)
    given = _row("as given", (ed50_a, ed50_b), said, names, factor)
    return RatioPlan(
        names=names,
        rows=(given,) if isinstance(per_mole, Missing) else (given, per_mole),
        per_mole=per_mole,
        slope=slope,
        power=power,
        alpha=alpha,
        variance_factor=FIXED_DESIGN,
        detectable=tuple(
            (n, 10 ** (factor * math.sqrt(2 * FIXED_DESIGN / n))) for n in SIZES
        ),
        conversions=conversions,
    )


def _row(
    basis: str,
    ed50s: tuple[float, float],
    unit: DoseUnit | None,
    names: tuple[str, str],
    factor: float,
) -> RatioRow:
    gap = math.log10(ed50s[0] / ed50s[1])
    n: int | Missing
    best: int | Missing
    square = 2 * (factor / gap) ** 2 if abs(gap) > 1e-12 else math.inf
    if square > MOST:
        n = best = Missing("the ED50s are equal: no number of animals tells them apart")
    else:
        # However large the difference, a curve needs a few doses with animals.
        n, best = (max(8, math.ceil(k * square)) for k in (FIXED_DESIGN, BEST_DESIGN))
    return RatioRow(
        basis=basis,
        ed50s=ed50s,
        unit=unit,
        fold=10 ** abs(gap),
        more_potent=None if isinstance(n, Missing) else names[0 if gap < 0 else 1],
        n_per_drug=n,
        n_at_best=best,
    )


def _pair(
    given: Sequence[str | Substance],
) -> tuple[Substance, Substance]:
    if isinstance(given, str) or len(given) != 2:
        raise OptionError("substances must name two: what A and what B is of")
    a, b = (substance(one) if isinstance(one, str) else one for one in given)
    return a, b


def _per_mole(
    ed50s: tuple[float, float],
    pair: tuple[Substance, Substance],
    unit: DoseUnit | None,
    factor: float,
) -> tuple[RatioRow, tuple[str, ...]]:
    if unit is None:
        msg = "substances need the unit of the ED50s, such as mg/kg, to count moles"
        raise OptionError(msg)
    shared = pair[0].moiety == pair[1].moiety
    weighed = unit if unit.of else DoseUnit(unit.amount, unit.per, "substance")
    wanted = DoseUnit("umol", unit.per, pair[0].moiety if shared else "substance")
    converted = [
        convert_dose(dose, substance=one, unit=weighed, to=wanted)
        for dose, one in zip(ed50s, pair, strict=True)
    ]
    basis = f"per mole of {pair[0].moiety}" if shared else "per mole of each"
    row = _row(
        basis,
        (converted[0].amount, converted[1].amount),
        wanted if shared else DoseUnit("umol", unit.per),
        (pair[0].name, pair[1].name),
        factor,
    )
    return row, tuple(one.sentence for one in converted)


def _is_dose(value: Any) -> bool:
    return isinstance(value, numbers.Real) and 1e-100 <= float(value) <= 1e100


def _check(
    ed50_a: float, ed50_b: float, slope: float, power: float, alpha: float
) -> None:
    found = ProblemList()
    for value in (ed50_a, ed50_b):
        if not _is_dose(value):
            found.add(
                Problem(
                    "ed50-not-positive",
                    f"an ED50 is {value}",
                    given=str(value),
                    expected="a finite dose above 0",
                    remedy="Give both ED50s in one unit",
                )
            )
    if found.errors:
        raise DataError(found.errors)
    if not (math.isfinite(slope) and 0.1 <= slope <= 1000):
        msg = (
            f"slope is {slope}; give the probits per tenfold dose of both curves, "
            "2 / log10(ED84 / ED16), such as 7.7"
        )
        raise OptionError(msg)
    if not 0.5 <= power < 1:
        hint = f" Did you mean {power / 100:g}?" if 50 <= power < 100 else ""
        raise OptionError(f"power is {power}; give 0.5 to below 1, as 0.8.{hint}")
    if not 0 < alpha <= 0.5:
        msg = (
            f"alpha is {format_number(alpha) if math.isfinite(alpha) else alpha}; give "
            "the two-sided error, above 0 and at most 0.5, as 0.05"
        )
        raise OptionError(msg)
