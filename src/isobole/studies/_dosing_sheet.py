"""Dosing sheets for the bench: codes and volumes, nothing of the treatment."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.results import Block, Heading, Note, Table, Text, format_number
from isobole.studies._protocol import Protocol
from isobole.studies._syringes import Syringe


def dosing_blocks(protocol: Protocol, filled: Sequence[Syringe]) -> tuple[Block, ...]:
    """Return the sheets of all runs as report blocks, blind.

    Parameters
    ----------
    protocol : Protocol
        For the title, the challenge and the window.
    filled : sequence of Syringe
        As from `syringes`.
    """
    blocks: list[Block] = [
        Text(
            f"Study {protocol.study_id}, protocol version {protocol.version}. Each "
            "animal gets the syringe that bears its code. Volumes are the weight "
            "times mL/kg, the same mL/kg in all groups, rounded to what the syringe "
            "can be read to."
        )
    ]
    if any(syringe.schedule != "once" for syringe in filled):
        blocks.append(
            Note(
                "Doses that are given repeatedly: weigh the animal on each day; the "
                "volume is its weight in g times mL/kg, divided by 1000."
            )
        )
    day: str | None = None
    for run in dict.fromkeys(syringe.run for syringe in filled):
        members = [syringe for syringe in filled if syringe.run == run]
        if members[0].day is not None and members[0].day != day:
            day = members[0].day
            blocks.append(Heading(f"Day {day}"))
        blocks += _sheet(run, members)
    blocks.append(
        Text(
            "Whoever doses writes time and initials, and anything unusual. Do not "
            "write what you think the treatment is."
        )
    )
    return tuple(blocks)


def _sheet(run: int, members: Sequence[Syringe]) -> list[Block]:
    blocks: list[Block] = [Heading(f"Run {run}", 3)]
    # One table for each injection: they are given at different times.
    for number in dict.fromkeys(syringe.number for syringe in members):
        given = sorted(
            (s for s in members if s.number == number), key=lambda s: s.order
        )
        manners = dict.fromkeys(
            (s.route, s.pretreatment_min, s.schedule) for s in given
        )
        said = "; ".join(
            f"{route}, {format_number(minutes)} min before the challenge, {schedule}"
            for route, minutes, schedule in manners
        )
        blocks.append(
            Table(
                f"Run {run}, injection {number}: {said}",
                (
                    "order", "animal", "chamber", "weight (g)", "syringe", "mL/kg",
                    "volume (mL)", "time", "initials",
                ),
                tuple(
                    (
                        s.order,
                        s.animal_id,
                        s.chamber,
                        s.weight_g,
                        s.code,
                        s.ml_per_kg,
                        str(s.volume_ml),
                        "",
                        "",
                    )
                    for s in given
                ),
            )
        )  # fmt: skip
    return blocks
