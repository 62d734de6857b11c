"""The lock of an analysis: protocol and outcomes stand before groups are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from isobole.results import (
    Block,
    DataError,
    Heading,
    Problem,
    Result,
    Table,
    Text,
    sha256_text,
)
from isobole.studies._append import append_drafts, now
from isobole.studies._draft import Draft
from isobole.studies._hand_made import LOCKED_FILES, write_lock
from isobole.studies._study import Study


@dataclass(frozen=True, slots=True, repr=False)
class LockedAnalysis(Result):
    """What was locked: the protocol and the outcomes as they stand."""

    study_id: str
    protocol_sha256: str
    outcomes_sha256: str
    actor: str
    animals: int

    def __repr__(self) -> str:
        return f"LockedAnalysis({self.study_id}, {self.animals} animals)"

    def to_dict(self) -> dict[str, Any]:
        """Return the lock as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def blocks(self) -> tuple[Block, ...]:
        """Return what was locked as report blocks."""
        return (
            Heading("Analysis locked"),
            Text(
                f"Study {self.study_id}, {self.animals} animals"
                f"{', by ' if self.actor else ''}{self.actor}. From now on a changed "
                "row is a deviation. The groups may be revealed."
            ),
            Table(
                "Locked as they stand",
                ("what", "SHA-256"),
                (
                    ("protocol", self.protocol_sha256),
                    ("outcomes", self.outcomes_sha256),
                ),
            ),
        )


def lock_analysis(folder: Path | str, *, actor: str) -> LockedAnalysis:
    """Lock the analysis of a study: protocol and outcomes stand as they are.

    Raises
    ------
    DataError
        If the study has errors, no outcome yet, or is locked already.
    """
    from isobole.studies._folder import read_study

    place = Path(folder)
    study = read_study(place)
    draft, locked = lock_draft(study)
    if study.record:
        append_drafts(place, [draft], actor=actor)
    else:
        files = {f.file: f.sha256 for f in study.files if f.file in LOCKED_FILES}
        write_lock(place, {**draft.data, "files": files, "actor": actor, "ts": now()})
    return replace(locked, actor=actor)


def lock_draft(study: Study) -> tuple[Draft, LockedAnalysis]:
    """Return the row that locks the analysis of a study, and what it locks.

    Nothing is written; the `actor` of what it locks is left empty.

    Raises
    ------
    DataError
        If the study has errors, no outcome yet, or is locked already.
    """
    from isobole.studies._check_study import check_study
    from isobole.studies._outcomes_file import outcomes_text
    from isobole.studies._reduce_study import reduce_study

    if study.locked:
        raise DataError([_locked_before()])
    errors = [p for p in check_study(study) if p.severity == "error"]
    if not (study.events or study.sessions or study.exclusions):
        errors.append(
            Problem(
                "nothing-to-lock",
                "Nothing has been observed yet",
                file="events.csv",
                remedy="Lock the analysis when all animals have been scored",
            )
        )
    if errors:
        raise DataError(errors)
    protocol = study.protocol
    outcomes_sha256 = sha256_text(outcomes_text(study, reduce_study(study)))
    data = {
        "protocol_sha256": protocol.sha256,
        "outcomes_sha256": outcomes_sha256,
        "n": len(study.animals),
    }
    return Draft("analysis.lock", protocol.study_id, data), LockedAnalysis(
        protocol.study_id, protocol.sha256, outcomes_sha256, "", len(study.animals)
    )


def _locked_before() -> Problem:
    return Problem(
        "already-locked",
        "The analysis is locked already",
        remedy="Nothing needs to be done; `isobole study reveal` reveals the groups",
    )
