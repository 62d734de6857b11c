"""A study's analysis as one result: what the report, the page and JSON all show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from isobole.analysis._analysis import RANK_WORDS, Analysis, Rank
from isobole.analysis._flow import Flow
from isobole.analysis._groups import Groups
from isobole.results import (
    Block,
    Heading,
    InputFile,
    Methods,
    Missing,
    Note,
    Problem,
    Result,
    Table,
    Text,
)
from isobole.studies import ArriveTable, Protocol, StudyOutcomes

_ORDER: tuple[Rank, ...] = (
    "primary",
    "secondary",
    "sensitivity",
    "exploratory",
    "quality",
)
CONSTRUCTED = "Constructed data: these animals were invented for teaching and tests."


@dataclass(frozen=True, slots=True, repr=False)
class StudyResult(Result):
    """Everything the analysis of a study folder found, primary outcome first.

    Attributes
    ----------
    protocol, outcomes
        What was declared, and what each animal did under the declared rules.
    groups
        Names of the groups: codes until the analysis is locked.
    analyses
        In the order of the plan; each holds a result or the reason there is none.
    flow, deviations, arrive
        Animals from plan to analysis; departures; ARRIVE 2.0 from the record.
    corrections
        Rows of the record that were corrected, with the reasons; None if none was.
    claims
        Published figures carried beside the study, never pooled with it.
    protocol_blocks
        The protocol as the report shows it.
    chain, head_hash
        State of the record and its last hash.
    despite_errors
        The errors the analysis was told to overlook; empty otherwise.
    """

    protocol: Protocol
    outcomes: StudyOutcomes
    groups: Groups
    analyses: tuple[Analysis, ...]
    flow: Flow
    deviations: tuple[str, ...]
    arrive: ArriveTable
    claims: tuple[Block, ...]
    protocol_blocks: tuple[Block, ...]
    corrections: Table | None
    concentrations: Table | Missing | None
    chain: str
    head_hash: str | None
    locked: bool
    problems: tuple[Problem, ...]
    despite_errors: tuple[Problem, ...]
    files: tuple[InputFile, ...]

    def __repr__(self) -> str:
        done = sum(not isinstance(a.result, Missing) for a in self.analyses)
        return (
            f"StudyResult({self.protocol.study_id}: {len(self.outcomes.animals)} "
            f"animals, {done} of {len(self.analyses)} analyses, chain {self.chain})"
        )

    def analysis(self, outcome: str) -> Analysis:
        """Return the first analysis of an outcome; KeyError if there is none."""
        for item in self.analyses:
            if item.outcome == outcome:
                return item
        raise KeyError(outcome)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report: primary outcome first, then everything behind it."""
        return (
            *self.opening(),
            *self._analyses(),
            *self._animals(),
            *self._record(),
        )

    def opening(self) -> Iterator[Block]:
        """Say which study this is and what must be known before its numbers."""
        protocol = self.protocol
        yield Heading(f"{protocol.study_id}: {protocol.title}")
        if protocol.constructed == "yes":
            yield Note(CONSTRUCTED, "warning")
        if self.despite_errors:
            errors = len(self.despite_errors)
            yield Note(
                f"This analysis was made despite {errors} error(s) in the record, "
                "listed under Problems. Its numbers may be wrong.",
                "error",
            )
        yield Text(f"Hypothesis: {protocol.hypothesis}")
        yield Note(f"Naming of groups: {self.groups.reason}.")

    def _analyses(self) -> Iterator[Block]:
        for rank in _ORDER:
            found = [a for a in self.analyses if a.rank == rank]
            for item in found:
                yield Heading(f"{RANK_WORDS[rank]}: {item.title}")
                if rank == "exploratory":
                    yield Text(
                        "Not declared before the first animal: for ideas, not claims."
                    )
                for note in item.notes:
                    yield Note(note)
                if isinstance(item.result, Missing):
                    yield Note(f"Not computed: {item.result.reason}.", "warning")
                else:
                    yield from _below(item.result.blocks())

    def _animals(self) -> Iterator[Block]:
        yield Heading("Animals")
        yield from self.flow.tables()
        yield Heading("Deviations from the protocol")
        yield from self.deviation_blocks()
        if self.corrections is not None:
            yield Heading("Corrections")
            yield self.corrections
        levels = self.concentrations
        if levels is not None:
            yield Heading("Concentrations")
            yield Note(f"{levels.reason}.") if isinstance(levels, Missing) else levels

    def deviation_blocks(self) -> tuple[Block, ...]:
        """Return every departure from the protocol, or that there is none."""
        if not self.deviations:
            return (Text("The record shows no deviation from the protocol."),)
        rows = tuple((sentence,) for sentence in self.deviations)
        return (Table("Deviations from the protocol", ("deviation",), rows),)

    def _record(self) -> Iterator[Block]:
        if self.claims:
            yield Heading("Published figures beside this study")
            yield from self.claims
        yield from self.protocol_blocks
        yield Methods(
            "Outcomes were derived from the recorded events by these rules. "
            + " ".join(self.outcomes.rules)
        )
        yield Heading("ARRIVE 2.0")
        yield from _below(self.arrive.blocks())
        yield Heading("Record")
        yield Text(self.record_sentence)
        if self.problems:
            yield Heading("Problems", 3)
            yield Table(
                "Problems",
                ("severity", "problem"),
                tuple((p.severity, str(p)) for p in self.problems),
            )

    @property
    def record_sentence(self) -> str:
        """State of the record: intact, broken or unchained, and its head hash."""
        if self.chain == "unchained":
            return (
                "The folder has no record.jsonl: nothing shows that its rows were not "
                "edited after the fact (unchained)."
            )
        locked = "is locked" if self.locked else "is not locked"
        if self.head_hash is None:
            return (
                f"The chain of the record is {self.chain}: it has no head hash, and "
                f"nothing vouches for its rows. The analysis {locked}."
            )
        return (
            f"The chain of the record is {self.chain}; its head hash is "
            f"{self.head_hash}. The analysis {locked}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as it stands in JSON."""
        return {
            "study_id": self.protocol.study_id,
            "title": self.protocol.title,
            "constructed": self.protocol.constructed,
            "primary_outcome": self.protocol.primary_outcome,
            "naming": self.groups.naming,
            "naming_reason": self.groups.reason,
            "protocol_sha256": self.protocol.sha256,
            "analyses": [item.to_dict() for item in self.analyses],
            "flow": self.flow.to_dict(),
            "deviations": list(self.deviations),
            "corrections": _rows(self.corrections),
            "claims": [
                row
                for block in self.claims
                if isinstance(block, Table)
                for row in _rows(block)
            ],
            "concentrations": _rows(self.concentrations),
            "arrive": self.arrive.to_dict(),
            "rules": list(self.outcomes.rules),
            "chain": self.chain,
            "head_hash": self.head_hash,
            "locked": self.locked,
            "despite_errors": [p.to_dict() for p in self.despite_errors],
        } | self._reasons()

    def _reasons(self) -> dict[str, str]:
        """Return why something of the JSON is not there."""
        found = {}
        if isinstance(self.concentrations, Missing):
            found["concentrations_reason"] = self.concentrations.reason
        if self.head_hash is None:
            found["reason"] = (
                "the folder has no record.jsonl (unchained)"
                if self.chain == "unchained"
                else f"the chain of the record is {self.chain}"
            )
        return found


def _below(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Set the headings of a result below the analysis it belongs to."""
    for block in blocks:
        if isinstance(block, Heading) and block.level < 4:
            yield Heading(block.text, 3 if block.level == 2 else 4)
        else:
            yield block


def _rows(table: Table | Missing | None) -> list[dict[str, Any]]:
    """Return a table as it stands in JSON, one object for each row."""
    if table is None or isinstance(table, Missing):
        return []
    return [
        {
            key: None if isinstance(cell, Missing) else cell
            for key, cell in zip(table.columns, row, strict=True)
        }
        | next(({"reason": c.reason} for c in row if isinstance(c, Missing)), {})
        for row in table.rows
    ]
