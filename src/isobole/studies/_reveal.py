"""The reveal: the key is verified against its commitment, then the groups are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
)
from isobole.studies._append import append_drafts, now
from isobole.studies._commitment import AllocationKey
from isobole.studies._draft import Draft
from isobole.studies._hand_made import write_reveal
from isobole.studies._key_file import open_key
from isobole.studies._study import Study
from isobole.studies._verify import verify_commitment


@dataclass(frozen=True, slots=True, repr=False)
class RevealedStudy(Result):
    """The groups behind the codes, and what the verification said."""

    study_id: str
    groups: Mapping[str, str]
    commitment: str
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        return f"RevealedStudy({self.study_id}, {len(self.groups)} codes)"

    def to_dict(self) -> dict[str, Any]:
        """Return the revealed groups as they stand in JSON."""
        return {
            "study_id": self.study_id,
            "groups": dict(self.groups),
            "commitment": self.commitment,
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the codes and their groups as report blocks."""
        return (
            Heading("Groups revealed"),
            Text(
                f"Study {self.study_id}: nonce, seed, rules and list give the "
                f"commitment {self.commitment} made before the first dose, and every "
                "row of the allocation is the one committed to."
            ),
            Table(
                "Groups by code",
                ("code", "group"),
                tuple(sorted(self.groups.items())),
            ),
            *(Text(str(problem)) for problem in self.problems),
        )


def reveal(
    folder: Path | str,
    key: Path | str,
    passphrase: str,
    *,
    actor: str,
    groups: Mapping[str, str] | None = None,
) -> RevealedStudy:
    """Reveal the groups of a study after verifying its commitment.

    Parameters
    ----------
    folder, key : path
        The study folder, and its key file.
    passphrase : str
        Opens the key.
    actor : str
        Who reveals.
    groups : mapping of str to str, optional
        For sequential dosing alone, whose doses were chosen later: the group id that
        each animal was given.

    Raises
    ------
    DataError
        If the analysis is blind and not locked, the groups are revealed already, the
        key does not open, or it does not fit the commitment and the allocation.
    """
    from isobole.studies._folder import read_study

    place = Path(folder)
    study = read_study(place)
    _check_time(study)
    opened = open_key(key, passphrase)
    draft, revealed = reveal_draft(study, opened, groups=groups)
    if study.record:
        from isobole.studies._projections import write_projections

        append_drafts(place, [draft], actor=actor)
        write_projections(place)
    else:
        write_reveal(place, {**draft.data, "actor": actor, "ts": now()})
    return revealed


def reveal_draft(
    study: Study, key: AllocationKey, *, groups: Mapping[str, str] | None = None
) -> tuple[Draft, RevealedStudy]:
    """Return the row that reveals the groups of a study, and the groups.

    Parameters
    ----------
    study : Study
        A study with a commitment.
    key : AllocationKey
        As from `open_key` or `key_from_text`.
    groups : mapping of str to str, optional
        For sequential dosing alone, as for `reveal`.

    Raises
    ------
    DataError
        If the analysis is blind and not locked, the groups are revealed already, or
        the key does not fit the commitment and the allocation.
    """
    _check_time(study)
    found = verify_commitment(study, key)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    by_code = dict(key.groups) or _sequential(study, groups or {})
    data = {
        "nonce": key.nonce,
        "seed": key.seed,
        "rules": dict(key.rules),
        "list": [dict(row) for row in key.list],
        "groups": by_code,
    }
    study_id = study.protocol.study_id
    draft = Draft("allocation.reveal", study_id, data)
    return draft, RevealedStudy(study_id, by_code, key.digest, found)


def _check_time(study: Study) -> None:
    """Raise `DataError` unless the groups may be revealed now."""
    if study.revealed:
        raise DataError([_revealed_before()])
    if "analysis" in study.protocol.blinding.blinded and not study.locked:
        raise DataError([_not_locked()])


def _sequential(study: Study, groups: Mapping[str, str]) -> dict[str, str]:
    """Turn the group of each animal into that of its own code."""
    allowed = {group.id for group in study.protocol.groups}
    wrong = [
        row.animal_id
        for row in study.allocation
        if groups.get(row.animal_id, "") not in allowed
    ]
    if wrong:
        raise DataError(
            [
                Problem(
                    "dose-not-said",
                    f"The dose given to {', '.join(wrong[:6])}"
                    f"{'' if len(wrong) <= 6 else ' and others'} is not named: doses "
                    "were chosen run by run",
                    expected=f"one of {', '.join(sorted(allowed))} for every animal",
                    remedy="Give the pharmacist's list: the group of each animal",
                )
            ]
        )
    return {row.group_code: groups[row.animal_id] for row in study.allocation}


def _revealed_before() -> Problem:
    return Problem(
        "already-revealed",
        "The groups are revealed already",
        file="allocation.csv",
        remedy="Nothing needs to be done; run `isobole study analyze`",
    )


def _not_locked() -> Problem:
    return Problem(
        "not-locked",
        "The analysis is blind by the protocol, and it is not locked yet",
        file="study.toml",
        column="blinding.blinded",
        remedy="Lock it first with `isobole study lock`; a single animal in an "
        "emergency is unblinded with --animal and --reason",
    )
