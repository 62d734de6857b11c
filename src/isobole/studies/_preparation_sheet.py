"""The pharmacist's sheet: what is in each syringe. It is not for the blinded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from isobole.results import (
    Block,
    DataError,
    DoseUnit,
    Heading,
    Missing,
    Note,
    Table,
    Text,
    format_number,
)
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Dose
from isobole.studies._syringes import Syringe

_MILLIGRAMS = {"kg": 1e6, "g": 1e3, "mg": 1.0, "ug": 1e-3, "ng": 1e-6}


@dataclass(frozen=True, slots=True)
class Solution:
    """What a dose needs at its volume per kg.

    Parameters
    ----------
    concentration : float or Missing
        mg/mL of the substance as it is weighed.
    sentence : str
        How the dose became a mass of what is weighed.
    """

    concentration: float | Missing
    sentence: str


def solution(dose: Dose) -> Solution:
    """Return the concentration that gives a dose in its volume.

    Concentration (mg/mL) = dose (mg/kg of what is weighed) / volume (mL/kg); a dose on
    the basis of the acid, the ion or in moles is converted through molar masses first.

    Examples
    --------
    >>> dose = Dose(
    ...     substance="sodium valproate",
    ...     amount=100,
    ...     basis="acid",
    ...     route="ip",
    ...     vehicle="saline",
    ...     volume_ml_per_kg=10,
    ...     pretreatment_min=30,
    ... )
    >>> print(format_number(solution(dose).concentration))
    11.52
    """
    if dose.amount == 0:
        return Solution(0.0, f"{dose.vehicle} alone")
    given = f"{format_number(dose.amount)} {dose.unit} {dose.basis}"
    try:
        unit = DoseUnit.parse(dose.unit)
    except DataError as error:
        return Solution(Missing(str(error).rstrip(".")), given)
    if unit.per != "kg":
        return Solution(Missing(f"{dose.unit} is not per kg of body mass"), given)
    if unit.amount in _MILLIGRAMS and dose.basis in ("salt", "substance"):
        mass = dose.amount * _MILLIGRAMS[unit.amount]
        return Solution(mass / dose.volume_ml_per_kg, f"{given}, as weighed")
    from isobole.substances import convert_dose

    try:
        weighed = convert_dose(
            dose.amount,
            substance=dose.substance,
            unit=f"{dose.unit} {dose.basis}",
            to="mg/kg salt",
        )
    except DataError as error:
        return Solution(Missing(str(error).rstrip(".")), given)
    return Solution(weighed.amount / dose.volume_ml_per_kg, weighed.sentence)


def preparation_blocks(
    protocol: Protocol, filled: Sequence[Syringe]
) -> tuple[Block, ...]:
    """Return what the pharmacist prepares, as report blocks that show the groups."""
    blocks: list[Block] = [
        Note(
            "This page unblinds the study. It is for whoever prepares the syringes, "
            "and is kept with the key.",
            "warning",
        )
    ]
    if any(syringe.group is None for syringe in filled):
        blocks.append(
            Text(
                "Doses are chosen run by run; the concentration is the dose in mg/kg "
                "of what is weighed, divided by the mL/kg below."
            )
        )
    else:
        blocks += _solutions(protocol, filled)
    blocks.append(Heading("Syringes"))
    for run in dict.fromkeys(syringe.run for syringe in filled):
        members = [syringe for syringe in filled if syringe.run == run]
        blocks.append(_syringe_table(run, members))
    return tuple(blocks)


def _solutions(protocol: Protocol, filled: Sequence[Syringe]) -> list[Block]:
    rows = []
    said: dict[str, None] = {}
    for group in protocol.groups:
        for number in dict.fromkeys(s.number for s in filled):
            mine = [s for s in filled if (s.group, s.number) == (group.id, number)]
            dose = mine[0].dose if mine else None
            if dose is None:
                continue
            need = solution(dose)
            total = sum((s.volume_ml for s in mine), Decimal(0))
            mass = (
                need.concentration
                if isinstance(need.concentration, Missing)
                else need.concentration * float(total)
            )
            said[f"{group.id}: {need.sentence.rstrip('.')}."] = None
            rows.append(
                (
                    group.id,
                    dose.substance,
                    f"{format_number(dose.amount)} {dose.unit} {dose.basis}",
                    dose.vehicle,
                    dose.volume_ml_per_kg,
                    need.concentration,
                    len(mine),
                    float(total),
                    mass,
                )
            )
    return [
        Heading("Solutions"),
        Table(
            "Solutions; mg are of the substance as it is weighed",
            (
                "group", "substance", "dose", "vehicle", "mL/kg", "mg/mL",
                "syringes", "total (mL)", "total (mg)",
            ),
            tuple(rows),
            ("Prepare more than the total: it holds no dead volume.", *said),
        ),
    ]  # fmt: skip


def _syringe_table(run: int, members: Sequence[Syringe]) -> Table:
    rows = []
    for one in sorted(members, key=lambda s: (s.number, s.order)):
        need = None if one.dose is None else solution(one.dose)
        if one.dose is None or need is None:
            content, dose, concentration = "nothing yet", "", None
            if one.group is not None:
                content = "no injection in this group"
        else:
            content = one.dose.substance if one.dose.amount else one.dose.vehicle
            dose = f"{format_number(one.dose.amount)} {one.dose.unit} {one.dose.basis}"
            concentration = need.concentration
        mass = (
            concentration * float(one.volume_ml)
            if isinstance(concentration, float)
            else concentration
        )
        rows.append(
            (
                one.code,
                one.animal_id,
                one.group or "",
                content,
                dose,
                concentration,
                one.weight_g,
                str(one.volume_ml),
                mass,
            )
        )
    return Table(
        f"Run {run}",
        (
            "syringe", "animal", "group", "content", "dose", "mg/mL", "weight (g)",
            "volume (mL)", "mg",
        ),
        tuple(rows),
    )  # fmt: skip
