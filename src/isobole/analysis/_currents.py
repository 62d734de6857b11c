"""Convulsive currents: the CS50 of every group, by staircase or by groups."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import attempt
from isobole.analysis._groups import Groups
from isobole.doseresponse import QuantalData, fit_quantal, up_and_down
from isobole.results import Missing, Result
from isobole.studies import AnimalOutcome, Protocol, Study


def currents(
    study: Study, animals: Sequence[AnimalOutcome], groups: Groups
) -> list[Analysis]:
    """Estimate the CS50 of each group: the current at which half convulse.

    In a staircase (``current_mode = "up_and_down"``) the animals enter in the order
    in which they were stimulated; a median current has no order otherwise.
    """
    protocol = study.protocol
    found: list[Analysis] = []
    for group in groups.groups:
        title = f"Median convulsive current (CS50), {group.label}"
        rows, left_out = _rows(study, animals, groups, group.label)
        if not rows:
            missing = Missing("no animal has both a current and an outcome")
            found.append(Analysis("cs50", "secondary", title, missing, left_out))
            continue

        def compute(
            rows: list[tuple[float, int]] = rows, label: str = group.label
        ) -> Result:
            return _estimate(protocol, rows, label)

        found.append(Analysis("cs50", "secondary", title, attempt(compute), left_out))
    return found


def _rows(
    study: Study, animals: Sequence[AnimalOutcome], groups: Groups, label: str
) -> tuple[list[tuple[float, int]], tuple[str, ...]]:
    given = {d.animal_id: d.ts for d in study.doses if d.kind == "challenge" and d.ts}
    order = {
        a.animal_id: (a.day or "", a.block or 0, a.order or 0) for a in study.allocation
    }
    mine = [a for a in animals if a.included and groups.of(a) == label]
    # The time of stimulation is the order of testing; the list's order without times.
    mine.sort(key=lambda a: (given.get(a.animal_id, ""), order.get(a.animal_id, ())))
    rows: list[tuple[float, int]] = []
    left_out: list[str] = []
    for animal in mine:
        if animal.challenge_amount is None:
            left_out.append(f"Animal {animal.animal_id} has no current in doses.csv.")
        elif isinstance(animal.protected, Missing):
            left_out.append(f"Animal {animal.animal_id}: {animal.protected.reason}.")
        else:
            rows.append((animal.challenge_amount, int(not animal.protected)))
    return rows, tuple(left_out)


def _estimate(
    protocol: Protocol, rows: Sequence[tuple[float, int]], label: str
) -> Result:
    currents_given, convulsed = zip(*rows, strict=True)
    unit = protocol.challenge.current_unit or "mA"
    level = protocol.statistics.level
    if protocol.challenge.current_mode == "up_and_down":
        return up_and_down(
            currents_given,
            convulsed,
            unit=unit,
            endpoint="convulsed",
            curve=label,
            level=level,
        )
    data = QuantalData.from_animals(
        currents_given, convulsed, unit=unit, endpoint="convulsed", curve=label
    )
    return fit_quantal(data, link=protocol.statistics.link, level=level)
