"""Whether the groups are what they are called."""

from __future__ import annotations

from isobole.studies._check_alike import check_alike
from isobole.studies._check_doses import check_dose
from isobole.studies._check_parts import Findings, active, finding, hint
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Group


def check_groups(protocol: Protocol) -> Findings:
    """Compare the groups with their roles, the control and each other."""
    yield from _control(protocol)
    for index, group in enumerate(protocol.groups):
        yield from _role(group, f"groups[{index}]")
        for number, dose in enumerate(group.doses):
            yield from check_dose(dose, f"groups[{index}].doses[{number}]")
    yield from check_alike(protocol)
    yield from _same_unit(protocol)
    yield from _same_group(protocol)


def _control(protocol: Protocol) -> Findings:
    vehicles = [g.id for g in protocol.groups if g.role == "vehicle"]
    named = protocol.statistics.control
    ids = [g.id for g in protocol.groups]
    if named is not None and named not in ids:
        yield finding(
            "no-such-group",
            "statistics.control",
            f"There is no group '{named}'",
            hint(named, ids, "Name the vehicle group"),
            given=named,
            expected=f"one of {', '.join(vehicles or ids)}",
        )
    elif named is not None and named not in vehicles:
        yield finding(
            "control-not-vehicle",
            "statistics.control",
            f"The control group '{named}' is not a vehicle group",
            "Name the group that gets the vehicle; another treatment is no control",
            given=named,
        )
    elif named is None and len(vehicles) > 1:
        yield finding(
            "which-control",
            "statistics.control",
            f"There are several vehicle groups: {', '.join(vehicles)}",
            "Name the one the others are compared with",
            expected=f"one of {', '.join(vehicles)}",
        )
    own = protocol.kindling is not None and protocol.kindling.control != "parallel"
    if not vehicles and not own:
        yield finding(
            "no-vehicle-group",
            "groups",
            "No group gets the vehicle alone",
            'Add one with role = "vehicle" and amount = 0',
        )


def _role(group: Group, path: str) -> Findings:
    given = {dose.substance for dose in active(group)}
    listed = ", ".join(sorted(given))
    if group.role == "vehicle" and given:
        yield finding(
            "vehicle-with-drug",
            f"{path}.doses",
            f"The vehicle group '{group.id}' gets {listed}",
            "Write amount = 0 there, or give the group another role",
            given=listed,
        )
    if group.role == "vehicle" and not group.doses:
        yield finding(
            "vehicle-not-dosed",
            f"{path}.doses",
            f"The vehicle group '{group.id}' gets no injection: everyone can tell it",
            "Give it the vehicle, with amount = 0",
            severity="warning",
        )
    if group.role in ("test", "reference") and not given:
        yield finding(
            "group-without-drug",
            f"{path}.doses",
            f"The group '{group.id}' gets nothing but vehicle",
            'Add its dose, or write role = "vehicle"',
        )
    if group.role in ("test", "reference") and len(given) > 1:
        yield finding(
            "test-of-several",
            f"{path}.role",
            f"The group '{group.id}' gets {listed} and is called {group.role}",
            'Write role = "combination" unless one of them is a background treatment',
            severity="warning",
            given=group.role,
        )
    if group.role == "combination" and len(given) < 2:
        yield finding(
            "combination-of-one",
            f"{path}.role",
            f"The group '{group.id}' is a combination of {listed or 'nothing'}",
            "Add the other substance, or give the group another role",
            given=group.role,
        )
    if group.n == 1:
        yield finding(
            "one-animal",
            f"{path}.n",
            f"The group '{group.id}' has one animal",
            "One animal shows no spread; add animals or drop the group",
            severity="warning",
            given=1,
        )


def _same_unit(protocol: Protocol) -> Findings:
    """One substance is dosed in one unit and on one basis."""
    seen: dict[str, tuple[str, str]] = {}
    for index, group in enumerate(protocol.groups):
        for number, dose in enumerate(group.doses):
            mine = (dose.unit, dose.basis)
            if dose.amount > 0 and seen.setdefault(dose.substance, mine) != mine:
                unit, basis = seen[dose.substance]
                yield finding(
                    "mixed-units",
                    f"groups[{index}].doses[{number}]",
                    f"{dose.substance} is given in {dose.unit} of {dose.basis} here "
                    f"and in {unit} of {basis} elsewhere",
                    "Convert all its doses to one unit and one basis",
                    given=f"{dose.unit} {dose.basis}",
                    expected=f"{unit} {basis}",
                )


def _same_group(protocol: Protocol) -> Findings:
    seen: dict[frozenset[tuple[str, float]], str] = {}
    for index, group in enumerate(protocol.groups):
        key = frozenset((d.substance, d.amount) for d in active(group))
        other = seen.setdefault(key, group.id)
        if key and other != group.id:
            yield finding(
                "groups-alike",
                f"groups[{index}]",
                f"'{group.id}' gets the same doses as '{other}'",
                "Change a dose, or make them one group",
                severity="warning",
                given=group.id,
            )
