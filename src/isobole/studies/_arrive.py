"""ARRIVE 2.0 filled from the record: what is answered, planned, or left to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isobole.results import Block, Missing, Result, Table, Text
from isobole.studies._outcome_types import StudyOutcomes
from isobole.studies._study import Study

Status = Literal["answered", "planned", "missing"]
REFERENCE = (
    "Percie du Sert N et al. The ARRIVE guidelines 2.0: updated guidelines for "
    "reporting animal research. PLoS Biol 2020;18:e3000410"
)


@dataclass(frozen=True, slots=True)
class ArriveItem:
    """One item: what it asks, in our own words, and what the study says to it.

    `status` is ``"planned"`` where only the protocol speaks and nothing is recorded
    yet; `remedy` says what would answer it.
    """

    number: str
    topic: str
    question: str
    essential: bool
    status: Status
    answer: str | None
    remedy: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the item as it stands in JSON."""
        known = {
            "number": self.number,
            "topic": self.topic,
            "question": self.question,
            "set": "essential" if self.essential else "recommended",
            "status": self.status,
            "answer": self.answer,
        }
        return known | ({} if self.remedy is None else {"reason": self.remedy})


@dataclass(frozen=True, slots=True, repr=False)
class ArriveTable(Result):
    """All items of ARRIVE 2.0 for one study, the essential ten first."""

    items: tuple[ArriveItem, ...]

    def __repr__(self) -> str:
        return f"ArriveTable({self.summary()})"

    def item(self, number: str) -> ArriveItem:
        """Return an item by its number, such as ``"4a"``; KeyError if there is none."""
        for item in self.items:
            if item.number == number:
                return item
        raise KeyError(number)

    def summary(self) -> str:
        """Count what is answered."""
        parts = []
        for essential, name in ((True, "essential"), (False, "recommended")):
            mine = [item for item in self.items if item.essential is essential]
            done = sum(item.status == "answered" for item in mine)
            planned = sum(item.status == "planned" for item in mine)
            also = f", {planned} planned" if planned else ""
            parts.append(f"{done} of {len(mine)} {name} items answered{also}")
        return "; ".join(parts)

    def table(self, which: Literal["essential", "recommended"]) -> Table:
        """Return one set of items as a table."""
        essential = which == "essential"
        rows = tuple(
            (
                item.number,
                item.question,
                item.status,
                item.answer
                if item.answer is not None
                else Missing(item.remedy or "not answered"),
            )
            for item in self.items
            if item.essential is essential
        )
        return Table(
            f"ARRIVE 2.0, {which} items",
            ("item", "asked", "status", "what the study says"),
            rows,
        )

    def open_items(self) -> tuple[ArriveItem, ...]:
        """Return the items that are not answered yet."""
        return tuple(item for item in self.items if item.status != "answered")

    def blocks(self) -> tuple[Block, ...]:
        """Return both sets with their count."""
        return (
            Text(f"{self.summary()}. {REFERENCE}."),
            self.table("essential"),
            self.table("recommended"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the items as they stand in JSON."""
        return {
            "summary": self.summary(),
            "items": [item.to_dict() for item in self.items],
            "reference": REFERENCE,
        }


def arrive_items(study: Study, outcomes: StudyOutcomes | None = None) -> ArriveTable:
    """Answer the items of ARRIVE 2.0 from protocol, record and outcomes.

    While a study is blind, animals are counted by group code. Texts that still hold
    the template's words count as missing.

    Parameters
    ----------
    study : Study
        As it was read.
    outcomes : StudyOutcomes, optional
        Reduced from its events; items 3c and 10 need them.
    """
    from isobole.studies._arrive_essential import essential_items
    from isobole.studies._arrive_recommended import recommended_items

    return ArriveTable(
        (*essential_items(study, outcomes), *recommended_items(study, outcomes))
    )
