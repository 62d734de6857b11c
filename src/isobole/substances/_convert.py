"""Convert doses between salt, acid, ion and moles, each time with its sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from isobole.results import DataError, DoseUnit, Problem, format_number
from isobole.substances._basis import MASSES, MOLES, Basis, read_basis
from isobole.substances._find import substance as find
from isobole.substances._substance import Substance


@dataclass(frozen=True, slots=True)
class ConvertedDose:
    """A dose on another basis, with how it was converted.

    Parameters
    ----------
    amount : float
        The dose, in `unit`.
    unit : DoseUnit
        The unit with its basis spelled out: ``mg/kg valproic acid``.
    from_amount : float
        The dose as given, in `from_unit`.
    from_unit : DoseUnit
        The unit as given, its basis spelled out.
    substance : str
        The substance that was weighed.
    sentence : str
        The conversion, ready for a methods section.
    """

    amount: float
    unit: DoseUnit
    from_amount: float
    from_unit: DoseUnit
    substance: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"ConvertedDose({format_number(self.amount)} {self.unit})"

    def to_dict(self) -> dict[str, Any]:
        """Return the conversion as it stands in JSON."""
        return {
            "amount": self.amount,
            "unit": str(self.unit),
            "from_amount": self.from_amount,
            "from_unit": str(self.from_unit),
            "substance": self.substance,
            "sentence": self.sentence,
        }


def convert_dose(
    amount: float,
    *,
    substance: Substance | str,
    unit: DoseUnit | str,
    to: DoseUnit | str,
) -> ConvertedDose:
    """Convert a dose of a substance to another unit and basis.

    What stands after a unit says of what the amount is. It is read in this order:

    - ``salt``, ``substance``, ``compound``, or the substance's own name or synonym:
      what was weighed;
    - ``acid``, ``base``, or the name of the free form: mass or moles of the free form
      (``mg/kg acid`` of a valproate is mg/kg valproic acid);
    - ``ion``, or an ion's name or symbol (``magnesium``, ``Mg``, ``Mg2+``): the metal;
    - the name of the moiety (``valproate``): its moles. A mass of it is refused where
      it could be the acid or a salt;
    - the name of another substance that brings the same moiety (or shares just one
      metal ion): the dose of that with as many moles of it.

    ``as X``, ``X equivalents`` and ``X`` are the same. A unit that does not say of
    what is refused, and so is a change from per kg to anything else.

    Parameters
    ----------
    amount : float
        The dose, in `unit`.
    substance : Substance or str
        What was weighed.
    unit : DoseUnit or str
        Unit and basis of `amount`: ``"mg/kg salt"``.
    to : DoseUnit or str
        Unit and basis wanted: ``"umol/kg valproate"``.

    Raises
    ------
    DataError
        If the dose is no number, negative or not finite, a basis is unstated or not
        one of the substance, or the units are not per the same.

    Examples
    --------
    >>> dose = convert_dose(
    ...     94.58,
    ...     substance="magnesium valproate",
    ...     unit="mg/kg salt",
    ...     to="umol/kg valproate",
    ... )
    >>> dose
    ConvertedDose(608.8 umol/kg valproate)
    >>> print(dose)
    94.58 mg/kg magnesium valproate is 608.8 umol/kg valproate (magnesium valproate \
310.717 g/mol; 2 mol valproate per mol magnesium valproate).
    """
    weighed = find(substance) if isinstance(substance, str) else substance
    given = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    wanted = DoseUnit.parse(to) if isinstance(to, str) else to
    _check_amount(amount, given)
    start, end = read_basis(given, weighed), read_basis(wanted, weighed)
    _check_per(given, wanted)
    start_scale, end_scale = _umol(given, start), _umol(wanted, end)
    factor = (start_scale / end_scale) * (end.per_mole / start.per_mole)
    converted = float(amount) * factor
    if not math.isfinite(converted) or (converted == 0) != (amount == 0):
        raise DataError(
            [
                Problem(
                    "dose-out-of-range",
                    f"{amount} {given} has no finite value in {wanted}",
                    given=str(amount),
                    remedy="Check the dose and its unit",
                )
            ]
        )
    from_unit = DoseUnit(given.amount, given.per, start.label)
    new_unit = DoseUnit(wanted.amount, wanted.per, end.label)
    sentence = (
        f"{float(amount):.10g} {from_unit} is "
        f"{format_number(converted)} {new_unit}"
        f"{_reason(weighed, (given, start), (wanted, end))}."
    )
    return ConvertedDose(
        converted, new_unit, float(amount), from_unit, weighed.name, sentence
    )


def _umol(unit: DoseUnit, basis: Basis) -> float:
    """Return the umol of the basis in one unit; mg/(g/mol) is mmol."""
    if unit.amount in MOLES:
        return MOLES[unit.amount]
    return MASSES[unit.amount] * 1e3 / basis.molar_mass


def _reason(
    weighed: Substance, given: tuple[DoseUnit, Basis], wanted: tuple[DoseUnit, Basis]
) -> str:
    """Say the molar masses and moles that the conversion rests on."""
    if given[1] == wanted[1] and (
        {u.amount for u, _ in (given, wanted)} <= MASSES.keys()
    ):
        return ""
    said: dict[str, None] = {}
    for unit, basis in (given, wanted):
        if unit.amount in MASSES:
            said[f"{basis.label} {basis.molar_mass:.3f} g/mol"] = None
    for _, basis in (given, wanted):
        if basis.label != weighed.name:
            moles = format_number(basis.per_mole)
            said[f"{moles} mol {basis.label} per mol {weighed.name}"] = None
    return f" ({'; '.join(said)})" if said else ""


def _check_amount(amount: float, unit: DoseUnit) -> None:
    try:
        number = math.nan if isinstance(amount, bool | str) else float(amount)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise DataError(
            [
                Problem(
                    "bad-dose",
                    f"{amount!r} {unit} is not a dose",
                    given=str(amount),
                    expected="one number, 0 or more",
                    remedy="Convert doses one by one, each as a number",
                )
            ]
        )


def _check_per(given: DoseUnit, wanted: DoseUnit) -> None:
    if given.per != wanted.per:
        raise DataError(
            [
                Problem(
                    "dose-per-differs",
                    f"{given} and {wanted} are not per the same",
                    given=str(wanted),
                    expected=f"a unit per {given.per}"
                    if given.per
                    else "a bare amount",
                    remedy="Body weight, volume and time are not known here; convert "
                    "them first",
                )
            ]
        )
