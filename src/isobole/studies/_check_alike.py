"""Whether the groups could be told apart by the way they are dosed."""

from __future__ import annotations

from isobole.studies._check_parts import Findings, finding
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Group


def check_alike(protocol: Protocol) -> Findings:
    """Ask for the same injections in all groups."""
    blind = {"dosing", "scoring"}.intersection(protocol.blinding.blinded)
    dosed = [group for group in protocol.groups if group.doses]
    if not dosed:
        return
    first = dosed[0]
    for group in dosed[1:]:
        index = protocol.groups.index(group)
        if _volumes(group) != _volumes(first):
            yield finding(
                "unequal-volume",
                f"groups[{index}].doses",
                f"'{group.id}' gets {_listed(group)} and '{first.id}' "
                f"{_listed(first)}: whoever doses them can tell them apart",
                "Give all groups the same injections in mL/kg and adjust the "
                "concentration; a drug that is left out has amount = 0",
                severity="error" if blind else "warning",
                given=_listed(group),
                expected=_listed(first),
            )
        elif _manner(group) != _manner(first):
            yield finding(
                "unequal-dosing",
                f"groups[{index}].doses",
                f"'{group.id}' differs from '{first.id}' in route, vehicle, time "
                "before the challenge or schedule",
                "Dose all groups in the same way; a drug left out has amount = 0",
                severity="warning",
            )


def _volumes(group: Group) -> list[float]:
    return sorted(dose.volume_ml_per_kg for dose in group.doses)


def _manner(group: Group) -> list[tuple[str, str, float, str]]:
    return sorted(
        (d.route, d.vehicle, d.pretreatment_min, d.schedule) for d in group.doses
    )


def _listed(group: Group) -> str:
    return " and ".join(f"{v:g} mL/kg" for v in _volumes(group))
