"""What `study check` answers: problems, the state of the chain, counts, ARRIVE."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isobole.results import (
    Block,
    DataError,
    Heading,
    InputFile,
    Note,
    Problem,
    Result,
    Table,
    Text,
)
from isobole.studies._arrive import ArriveTable, arrive_items
from isobole.studies._check_study import check_study
from isobole.studies._folder import read_study
from isobole.studies._reduce_study import reduce_study
from isobole.studies._study import Chain, Study

_STATE = {
    "intact": "The record is whole: every row vouches for the one before it.",
    "broken": "The record is broken: what stands behind the first broken link is not "
    "vouched for.",
    "unchained": "There is no record, so that nothing vouches for the files: they may "
    "have been changed at any time.",
}
CONSTRUCTED = "Constructed data, made up for teaching or tests; no animal was used."


@dataclass(frozen=True, slots=True, repr=False)
class StudyCheck(Result):
    """A study folder examined.

    Parameters
    ----------
    study_id, title : str
        As the protocol has them.
    constructed : bool
        Whether the data were made up.
    chain : {"intact", "broken", "unchained"}
        State of the record.
    head_hash : str or None
        Hash of the record's last row, to be kept elsewhere.
    protocol_sha256 : str
        Identity of the protocol.
    counts : dict
        Rows by kind.
    problems : tuple of Problem
        Everything found, errors first.
    arrive : ArriveTable
        What the study answers of ARRIVE 2.0.
    rules : tuple of str
        The rules by which events become outcomes.
    files : tuple of InputFile
        What was read.
    """

    study_id: str
    title: str
    constructed: bool
    chain: Chain
    head_hash: str | None
    protocol_sha256: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    arrive: ArriveTable
    rules: tuple[str, ...]
    files: tuple[InputFile, ...]

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return sum(problem.severity == "error" for problem in self.problems)

    def __repr__(self) -> str:
        return f"StudyCheck({self.study_id}: {self.verdict()}, {self.chain})"

    def verdict(self) -> str:
        """Count what was found."""
        if not self.problems:
            return "nothing found"
        parts = []
        for severity in ("error", "warning", "notice"):
            count = sum(problem.severity == severity for problem in self.problems)
            if count:
                parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
        return ", ".join(parts)

    def blocks(self) -> tuple[Block, ...]:
        """Return verdict, problems, record, counts and ARRIVE items."""
        blocks: list[Block] = [Heading(f"{self.study_id}: {self.verdict()}")]
        if self.constructed:
            blocks.append(Note(CONSTRUCTED))
        if self.problems:
            blocks.append(self.problem_table())
        head = f" Head hash {self.head_hash}." if self.head_hash else ""
        blocks += [
            Heading("Record", 3),
            Text(f"{_STATE[self.chain]}{head}"),
            self.count_table(),
            Heading("ARRIVE 2.0", 3),
            Text(f"{self.arrive.summary()}."),
            self.arrive_table(),
        ]
        return tuple(blocks)

    def problem_table(self) -> Table:
        """Return every problem with its place and remedy."""
        rows = tuple(
            (
                problem.severity,
                place(problem),
                problem.message
                + (f" (expected {problem.expected})" if problem.expected else ""),
                problem.remedy or "",
            )
            for problem in self.problems
        )
        return Table("Problems", ("kind", "where", "what", "remedy"), rows)

    def count_table(self) -> Table:
        """Return how many rows there are of each kind."""
        return Table("Rows", ("kind", "rows"), tuple(self.counts.items()))

    def arrive_table(self) -> Table:
        """Return the items of ARRIVE 2.0 with their state, without the answers."""
        return Table(
            "Items",
            ("item", "topic", "status", "what would answer it"),
            tuple(
                (item.number, item.topic, item.status, item.remedy or "")
                for item in self.arrive.items
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but problems and files, which the envelope holds."""
        reason = {} if self.head_hash else {"reason": _STATE[self.chain]}
        return {
            "study_id": self.study_id,
            "title": self.title,
            "constructed": self.constructed,
            "chain": self.chain,
            "head_hash": self.head_hash,
            **reason,
            "protocol_sha256": self.protocol_sha256,
            "counts": dict(self.counts),
            "errors": self.errors,
            "rules": list(self.rules),
            "arrive": self.arrive.to_dict(),
        }


def place(problem: Problem) -> str:
    """Return where a problem is: file, row and column, as far as they are known."""
    row = "" if problem.row is None else f":{problem.row}"
    column = "" if problem.column is None else f" {problem.column}"
    return f"{problem.file or ''}{row}{column}".strip()


def examine_study(folder: Path | str) -> StudyCheck:
    """Read a study folder and say everything that is to be said before its analysis.

    Raises
    ------
    DataError
        If `study.toml` is missing or is not a valid protocol.
    """
    study = read_study(folder)
    problems = check_study(study)
    try:
        outcomes = reduce_study(study)
    except DataError:
        outcomes = None  # the scale does not exist, which is among the problems
    return StudyCheck(
        study_id=study.protocol.study_id,
        title=study.protocol.title,
        constructed=study.protocol.constructed == "yes",
        chain=study.chain,
        head_hash=study.head_hash,
        protocol_sha256=study.protocol.sha256,
        counts=_counts(study),
        problems=problems,
        arrive=arrive_items(study, outcomes),
        rules=() if outcomes is None else outcomes.rules,
        files=study.files,
    )


def _counts(study: Study) -> dict[str, int]:
    names = (
        "animals", "allocation", "doses", "events", "sessions", "exclusions",
        "concentrations", "record",
    )  # fmt: skip
    return {name: len(getattr(study, name)) for name in names}
