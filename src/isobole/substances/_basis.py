"""Read the basis of a dose: of what the amount is stated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from isobole.results import DataError, DoseUnit, Problem
from isobole.substances._find import plain, substance as find
from isobole.substances._substance import Substance

# Micromoles, and milligrams, in one of each unit.
MOLES = {"mol": 1e6, "mmol": 1e3, "umol": 1.0, "nmol": 1e-3}
MASSES = {"kg": 1e6, "g": 1e3, "mg": 1.0, "ug": 1e-3, "ng": 1e-6}

_WEIGHED = {"salt", "substance", "compound"}
_FREE = {"acid": "acid", "free acid": "acid", "base": "base", "free base": "base"}
_EQUIVALENT = re.compile(r"^as |[ -]equivalents?$|[ -]eq\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Basis:
    """Of what a dose is stated, relative to the substance that was weighed.

    Parameters
    ----------
    label : str
        What stands after the unit: ``"valproic acid"``.
    per_mole : float
        Moles of it in a mole of the substance.
    molar_mass : float
        In g/mol; of a moiety, that of its free form.
    """

    label: str
    per_mole: float
    molar_mass: float


def read_basis(unit: DoseUnit, weighed: Substance) -> Basis:
    """Return the basis of `unit` for doses of `weighed`.

    Raises
    ------
    DataError
        If the unit is neither a mass nor moles, states no basis, or states one that
        the substance does not have.
    """
    if unit.amount not in MOLES and unit.amount not in MASSES:
        raise _wrong(
            "not-an-amount-of-substance",
            f"{unit} is neither a mass nor an amount of substance",
            unit,
            "Give the dose in a unit such as mg/kg or umol/kg",
        )
    if unit.of is None:
        raise _wrong(
            "dose-basis-unstated",
            f"{unit} does not say of what: the basis of the dose is unstated",
            unit,
            f"Write {_choices(unit, weighed)}",
        )
    text = " ".join(unit.of.split())
    while (bare := _EQUIVALENT.sub("", text)) != text:
        text = bare
    wanted = plain(text)
    named = _role(wanted, unit, weighed) or _part(wanted, unit, weighed)
    if named is not None:
        return named
    try:
        other = find(text)
    except DataError as error:
        (problem,) = error.problems
        raise _wrong(
            "unknown-dose-basis",
            f"'{unit.of}' is no basis for a dose of {weighed.name}: {problem.message}",
            unit,
            f"Write {_choices(unit, weighed)}",
        ) from None
    return _through(other, unit, weighed)


def _role(wanted: str, unit: DoseUnit, weighed: Substance) -> Basis | None:
    """Read salt, substance, acid, base and ion."""
    if wanted in _WEIGHED:
        if wanted == "salt" and weighed.name == weighed.free_form:
            raise _wrong(
                "not-a-salt",
                f"{weighed.name} is not a salt",
                unit,
                f"Write {_choices(unit, weighed)}",
            )
        return Basis(weighed.name, 1.0, weighed.molar_mass)
    if wanted in _FREE:
        if weighed.free_form_kind != _FREE[wanted]:
            raise _wrong(
                "no-such-form",
                f"No free {_FREE[wanted]} of {weighed.name} is recorded",
                unit,
                f"Write {_choices(unit, weighed)}",
            )
        return _free_form(weighed)
    if wanted in ("ion", "cation"):
        if len(weighed.ions) != 1:
            raise _wrong(
                "no-such-ion",
                f"{weighed.name} has no metal ion",
                unit,
                f"Write {_choices(unit, weighed)}",
            )
        (ion,) = weighed.ions
        return Basis(ion.symbol, ion.per_mole, ion.molar_mass)
    return None


def _part(wanted: str, unit: DoseUnit, weighed: Substance) -> Basis | None:
    """Read the names of the substance, its ions, its free form and its moiety."""
    if wanted == plain(weighed.name):
        return Basis(weighed.name, 1.0, weighed.molar_mass)
    for ion in weighed.ions:
        symbol = plain(ion.symbol)
        if wanted in (ion.name, f"{ion.name} ion", symbol, symbol.rstrip("2+")):
            return Basis(ion.symbol, ion.per_mole, ion.molar_mass)
    if wanted == plain(weighed.free_form):
        return _free_form(weighed)
    if wanted == plain(weighed.moiety):
        if unit.amount in MASSES:
            raise _wrong(
                "mass-of-a-moiety",
                f"A mass of {weighed.moiety} may be {weighed.free_form} or a salt",
                unit,
                f"Write {_choices(unit, weighed)}",
            )
        return Basis(weighed.moiety, weighed.moles_of_moiety, 1.0)
    return None


def _free_form(weighed: Substance) -> Basis:
    return Basis(
        weighed.free_form, weighed.moles_of_moiety, weighed.free_form_molar_mass
    )


def _through(other: Substance, unit: DoseUnit, weighed: Substance) -> Basis:
    """Read a synonym, or another substance with the same moiety or the same ion."""
    if other.name == weighed.name:
        return Basis(weighed.name, 1.0, weighed.molar_mass)
    if other.moiety == weighed.moiety:
        shared = weighed.moles_of_moiety / other.moles_of_moiety
        return Basis(other.name, shared, other.molar_mass)
    ions = {ion.symbol: ion.per_mole for ion in weighed.ions}
    common = [ion for ion in other.ions if ion.symbol in ions]
    if len(common) == 1:
        shared = ions[common[0].symbol] / common[0].per_mole
        return Basis(other.name, shared, other.molar_mass)
    raise _wrong(
        "no-common-moiety",
        f"{weighed.name} and {other.name} share no moiety and no metal ion",
        unit,
        f"Write {_choices(unit, weighed)}",
    )


def _choices(unit: DoseUnit, weighed: Substance) -> str:
    """Say how a dose of the substance can be stated."""
    per = f"/{unit.per}" if unit.per else ""
    found = [f"'mg{per} {weighed.name}' for the mass as weighed"]
    if weighed.free_form != weighed.name:
        found.append(f"'mg{per} {weighed.free_form}'")
    found += [
        f"'mg{per} {ion.symbol}'"
        for ion in weighed.ions
        if weighed.free_form_kind != "ion"
    ]
    found.append(f"'umol{per} {weighed.moiety}'")
    return f"{', '.join(found[:-1])} or {found[-1]}"


def _wrong(code: str, message: str, unit: DoseUnit, remedy: str) -> DataError:
    return DataError([Problem(code, message, given=str(unit), remedy=remedy)])
