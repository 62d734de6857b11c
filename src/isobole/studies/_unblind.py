"""Unblinding one animal in an emergency: for a reason, on record, and marked."""

from __future__ import annotations

from pathlib import Path

from isobole.results import DataError, Problem
from isobole.studies._append import append_drafts, now
from isobole.studies._commitment import AllocationKey
from isobole.studies._draft import Draft
from isobole.studies._hand_made import add_unblinded
from isobole.studies._key_file import open_key
from isobole.studies._study import Study
from isobole.studies._verify import verify_commitment


def unblind_animal(
    folder: Path | str,
    animal_id: str,
    reason: str,
    *,
    key: Path | str,
    passphrase: str,
    actor: str,
) -> str:
    """Unblind one animal in an emergency, and return its group.

    The record keeps the animal, the reason and who asked; not the group, which the
    blinded could read there. Reports mark the animal.

    Raises
    ------
    DataError
        If the animal is unknown, there is no reason, or the key does not open or fit.
    """
    from isobole.studies._folder import read_study

    place = Path(folder)
    study = read_study(place)
    draft, group = unblind_draft(study, open_key(key, passphrase), animal_id, reason)
    if study.record:
        append_drafts(place, [draft], actor=actor)
    else:
        add_unblinded(place, {**draft.data, "person": actor, "ts": now()})
    return group


def unblind_draft(
    study: Study, key: AllocationKey, animal_id: str, reason: str
) -> tuple[Draft, str]:
    """Return the row that an emergency leaves in the record, and the animal's group.

    Raises
    ------
    DataError
        If the animal is unknown, there is no reason, or the key does not fit.
    """
    group = key.group_of(animal_id)
    problems = [p for p in verify_commitment(study, key) if p.severity == "error"]
    if not reason.strip():
        problems.append(
            Problem(
                "no-reason",
                "An animal is unblinded for a reason only",
                expected="a sentence",
                remedy="Say what happened and why the treatment must be known",
            )
        )
    if animal_id not in {row.animal_id for row in study.allocation}:
        problems.append(
            Problem(
                "unknown-animal",
                f"No animal {animal_id} is allocated",
                file="allocation.csv",
                given=animal_id,
                remedy="Give the animal's number as allocation.csv has it",
            )
        )
    elif group is None and not problems:
        problems.append(
            Problem(
                "no-group-yet",
                f"The dose of animal {animal_id} was chosen later, and is not in the "
                "key",
                remedy="Look it up in the pharmacist's list",
            )
        )
    if problems or group is None:
        raise DataError(problems)
    data = {"animal_id": animal_id, "reason": reason.strip()}
    return Draft("unblind", animal_id, data), group
