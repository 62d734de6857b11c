"""The commitment: a hash before the first dose that the key must fit afterwards."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isobole.results import Problem, sha256_text
from isobole.studies._allocation import (
    Allocation,
    blinded_rows,
    full_rows,
    rows_text,
)
from isobole.studies._canonical import canonical_json
from isobole.studies._entry import Entry
from isobole.studies._rows import Allotment

COMMITMENT = "commitment.txt"
NO_COMMITMENT = "none"
"""What a record says of an allocation that came into it without a commitment."""
_LINE = re.compile(r"^(commitment|allocation|animals): *([0-9a-f]{64}|\d+)\s*$", re.M)
_ROW = re.compile(r"^row: ([0-9a-f]{16}) (.+?)\s*$", re.M)
_MARK = 16


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is published before the first dose.

    Parameters
    ----------
    digest : str
        SHA-256 of the canonical JSON of nonce, seed, rules and list.
    rows_sha256 : str
        SHA-256 of the blinded rows, by which an edit shows without the key.
    n : int
        Animals allocated.
    by_animal : mapping of str to str
        Start of the SHA-256 of each blinded row, by which an edited row is named.
    """

    digest: str
    rows_sha256: str
    n: int
    by_animal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AllocationKey:
    """The secret of an allocation, as it lies in the key file.

    Parameters
    ----------
    study_id : str
        The study.
    nonce : str
        256 random bits, so that the commitment cannot be guessed at.
    seed : str
        What the list was drawn from.
    rules : mapping
        How it was drawn.
    list : tuple of mapping
        All rows, with their groups.
    groups : mapping of str to str
        Group id by group code; empty for sequential dosing.
    """

    study_id: str
    nonce: str
    seed: str
    rules: Mapping[str, Any]
    list: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, str]

    def __repr__(self) -> str:
        return f"AllocationKey({self.study_id}: {len(self.list)} animals)"

    @property
    def digest(self) -> str:
        """The commitment this key opens."""
        return commitment_digest(self.nonce, self.seed, self.rules, self.list)

    def group_of(self, animal_id: str) -> str | None:
        """Return the group of one animal, None if the key does not know it."""
        for row in self.list:
            if row.get("animal_id") == animal_id:
                return str(row.get("group") or "") or None
        return None


def new_key(allocation: Allocation) -> AllocationKey:
    """Return the key of an allocation with a fresh nonce of 256 bits."""
    return AllocationKey(
        allocation.study_id,
        secrets.token_hex(32),
        allocation.seed,
        dict(allocation.rules),
        tuple(full_rows(allocation.rows)),
        dict(allocation.groups),
    )


def commitment_digest(
    nonce: str, seed: str, rules: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> str:
    """Return SHA-256 of the canonical JSON of what is committed to.

    Examples
    --------
    >>> commitment_digest("00", "seed", {"method": "complete"}, [])[:16]
    '36fcfab35482e286'
    """
    document = {
        "list": [dict(row) for row in rows],
        "nonce": nonce,
        "rules": dict(rules),
        "seed": seed,
    }
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def commit(allocation: Allocation, key: AllocationKey) -> Commitment:
    """Return the commitment to an allocation and its key."""
    return Commitment(
        key.digest,
        sha256_text(rows_text(allocation.rows)),
        len(allocation.rows),
        row_marks(allocation.rows),
    )


def row_marks(rows: Sequence[Allotment]) -> dict[str, str]:
    """Return the start of the SHA-256 of each blinded row, by animal."""
    return {
        str(row["animal_id"]): sha256_text(canonical_json(row))[:_MARK]
        for row in blinded_rows(rows)
    }


def commitment_text(commitment: Commitment, study_id: str) -> str:
    """Return `commitment.txt`, for a folder without a record.

    Examples
    --------
    >>> marks = {"M1": "c" * 16}
    >>> made = Commitment("a" * 64, "b" * 64, 1, marks)
    >>> print(commitment_text(made, "PTZ-01"), end="")
    Commitment to the allocation of study PTZ-01
    commitment: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    allocation: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    animals: 1
    <BLANKLINE>
    Give a copy of this page to a third person before the first dose. The first line
    is SHA-256 over a random nonce, the seed, the rules and the list in the key file;
    the second is SHA-256 over the rows of allocation.csv without their groups, of
    which each is marked below.
    <BLANKLINE>
    row: cccccccccccccccc M1
    """
    marks = "".join(
        f"row: {mark} {name}\n" for name, mark in commitment.by_animal.items()
    )
    return (
        f"Commitment to the allocation of study {study_id}\n"
        f"commitment: {commitment.digest}\n"
        f"allocation: {commitment.rows_sha256}\n"
        f"animals: {commitment.n}\n\n"
        "Give a copy of this page to a third person before the first dose. The first "
        "line\nis SHA-256 over a random nonce, the seed, the rules and the list in the "
        "key file;\nthe second is SHA-256 over the rows of allocation.csv without "
        f"their groups, of\nwhich each is marked below.\n\n{marks}"
    )


def find_commitment(folder: Path | None, record: Sequence[Entry]) -> Commitment | None:
    """Return the last commitment of the record, else that of `commitment.txt`.

    An allocation that was taken over without a commitment has none.
    """
    for entry in reversed(record):
        if entry.action == "allocation.commit":
            data = entry.data
            if data.get("commitment") == NO_COMMITMENT:
                return None
            return Commitment(
                str(data.get("commitment", "")),
                str(data.get("rows_sha256", "")),
                data["n"] if isinstance(data.get("n"), int) else 0,
            )
    path = None if folder is None else folder / COMMITMENT
    if path is None or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    found = dict(_LINE.findall(text))
    if "commitment" not in found or "allocation" not in found:
        return None
    return Commitment(
        found["commitment"],
        found["allocation"],
        int(found.get("animals", 0)),
        {name: mark for mark, name in _ROW.findall(text)},
    )


def digest_problem(commitment: Commitment, key: AllocationKey) -> Problem | None:
    """Say that the key does not open the commitment; None if it does."""
    if hmac.compare_digest(key.digest, commitment.digest):
        return None
    return Problem(
        "commitment-broken",
        "The nonce, seed, rules and list of the key do not give the commitment that "
        "was made before the first dose",
        given=key.digest,
        expected=commitment.digest,
        remedy="Take the key file that was written with this commitment; if there is "
        "no other, the list was changed afterwards and the study is not blind",
    )
