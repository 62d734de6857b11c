"""What an allocation wrote: shown without telling the groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isobole.results import Block, Heading, Methods, Problem, Result, Text
from isobole.studies._allocation import Allocation
from isobole.studies._commitment import COMMITMENT, Commitment


@dataclass(frozen=True, slots=True, repr=False)
class AllocatedStudy(Result):
    """What was written; nothing in it tells the groups.

    Parameters
    ----------
    allocation : Allocation
        The list; its text and JSON are blind.
    commitment : Commitment
        What was published.
    key : Path
        The encrypted key.
    preparation : Path or None
        The pharmacist's sheet beside the key.
    files : tuple of str
        Files written into the folder, relative to it.
    chained : bool
        Whether the commitment stands in a record.
    problems : tuple of Problem
        Warnings met on the way.
    """

    allocation: Allocation
    commitment: Commitment
    key: Path
    preparation: Path | None
    files: tuple[str, ...]
    chained: bool
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        return f"AllocatedStudy({self.allocation!r}, commitment {self.where})"

    @property
    def where(self) -> str:
        """The file that holds the commitment."""
        return "record.jsonl" if self.chained else COMMITMENT

    def to_dict(self) -> dict[str, Any]:
        """Return what the blinded may read, as it stands in JSON."""
        return {
            **self.allocation.to_dict(),
            "commitment": self.commitment.digest,
            "rows_sha256": self.commitment.rows_sha256,
            "committed_in": self.where,
            "key": str(self.key),
            "preparation": None if self.preparation is None else str(self.preparation),
            "preparation_reason": (
                "no page was asked for" if self.preparation is None else None
            ),
            "files": list(self.files),
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the allocation by code, and what to do with the files."""
        heading, text, _, table, methods = self.allocation.blocks()
        secret = f"Key: {self.key}."
        if self.preparation is not None:
            secret += f" Preparation sheet: {self.preparation}."
        return (
            heading,
            text,
            Heading("Commitment", 3),
            Text(
                f"{self.commitment.digest} ({self.where}). Give it to a third person "
                "before the first dose."
            ),
            Heading("For the pharmacist alone", 3),
            Text(
                f"{secret} Move both to where the blinded cannot read; without the key "
                "or its passphrase the study cannot be unblinded."
            ),
            table,
            Methods(
                f"{methods.text if isinstance(methods, Methods) else ''} Before the "
                "first dose a SHA-256 commitment to nonce, seed, rules and list was "
                "written down.",
                methods.references if isinstance(methods, Methods) else (),
            ),
        )
