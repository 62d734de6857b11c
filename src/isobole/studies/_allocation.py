"""An allocation: who gets what, in which run, chamber and order, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isobole.results import Block, Heading, Methods, Result, Table, Text
from isobole.studies._allocation_text import REFERENCES, size_table
from isobole.studies._canonical import canonical_json
from isobole.studies._rows import Allotment

FORMAT = "isobole-allocation/1"


@dataclass(frozen=True, slots=True, repr=False)
class Allocation(Result):
    """The list of a study with its rules; `groups` and `seed` are secret.

    Parameters
    ----------
    study_id : str
        The study.
    rows : tuple of Allotment
        One for each animal, by run and order of dosing; `group` is filled, except in
        a sequential study, whose doses are chosen later.
    groups : mapping of str to str
        Group id by group code; empty in a sequential study.
    rules : mapping
        How the list was made, in plain values without the seed: it is published.
    seed : str
        What the list was drawn from.
    """

    study_id: str
    rows: tuple[Allotment, ...]
    groups: Mapping[str, str]
    rules: Mapping[str, Any]
    seed: str

    def blinded(self) -> tuple[Allotment, ...]:
        """Return the rows without groups, as they stand in allocation.csv."""
        return tuple(replace(row, group=None) for row in self.rows)

    def __repr__(self) -> str:
        return (
            f"Allocation({self.study_id}: {len(self.rows)} animals, "
            f"{self.rules['method']}, {self.rules['runs']} runs)"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what the blinded may read: rows, rules, no group and no seed."""
        return {
            "study_id": self.study_id,
            "n": len(self.rows),
            "rules": dict(self.rules),
            "rows": blinded_rows(self.rows),
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the blinded allocation as report blocks."""
        return (
            Heading("Allocation"),
            Text(" ".join(self.rules["sentences"])),
            size_table(self.rules),
            Table(
                "Allocation by code",
                ("animal", "group code", "stratum", "day", "run", "order", "chamber"),
                tuple(
                    (
                        row.animal_id,
                        row.group_code,
                        row.stratum,
                        row.day or "",
                        row.block,
                        row.order,
                        row.chamber,
                    )
                    for row in self.rows
                ),
            ),
            Methods(" ".join(self.rules["sentences"]), REFERENCES),
        )


def blinded_rows(rows: Sequence[Allotment]) -> list[dict[str, Any]]:
    """Return rows as plain values for the record, without their groups."""
    return [
        {
            "animal_id": row.animal_id,
            "group_code": row.group_code,
            "stratum": row.stratum or "",
            "block": 0 if row.block is None else row.block,
            "day": row.day or "",
            "chamber": row.chamber or "",
            "order": 0 if row.order is None else row.order,
            "syringe_codes": list(row.syringe_codes),
        }
        for row in rows
    ]


def full_rows(rows: Sequence[Allotment]) -> list[dict[str, Any]]:
    """Return rows as plain values with their groups: the list that is committed to."""
    return [
        {**plain, "group": row.group or ""}
        for plain, row in zip(blinded_rows(rows), rows, strict=True)
    ]


def rows_text(rows: Sequence[Allotment]) -> str:
    """Return the blinded rows as canonical JSON, in the order of animals.

    The order of the rows in the file does not matter, and nobody is told apart by it.
    """
    ordered = sorted(rows, key=lambda row: row.animal_id)
    return canonical_json(blinded_rows(ordered))
