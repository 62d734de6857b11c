"""What all constructed studies share: animals, allocation, its key, doses, the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from isobole.datasets.construct._chance import Chance
from isobole.datasets.construct._notebook import Notebook, clock, later
from isobole.studies import (
    Allocation,
    AllocationKey,
    Animal,
    Commitment,
    Protocol,
    Syringe,
    commit,
    draw_allocation,
    new_key,
    syringes,
)

DESIGNER, PHARMACIST, ANALYST = "A. Rehm", "P. Nowak", "J. Arndt"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The allocation of a study, what was committed to, and its syringes."""

    allocation: Allocation
    key: AllocationKey
    commitment: Commitment
    syringes: Mapping[str, tuple[Syringe, ...]]
    group: Mapping[str, str]


def draw(chance: Chance, protocol: Protocol, animals: Mapping[str, Animal]) -> Drawn:
    """Draw the allocation; seed and nonce are no secrets in a constructed study."""
    rows = list(animals.values())
    made = draw_allocation(protocol, rows, seed=chance.digest("seed"))
    key = replace(new_key(made), nonce=chance.digest("nonce"))
    filled: dict[str, list[Syringe]] = {}
    for syringe in syringes(protocol, rows, made.rows):
        filled.setdefault(syringe.animal_id, []).append(syringe)
    return Drawn(
        made,
        key,
        commit(made, key),
        {name: tuple(found) for name, found in filled.items()},
        {row.animal_id: row.group or "" for row in made.rows},
    )


def open_study(
    book: Notebook,
    when: datetime,
    protocol: Protocol,
    toml: str,
    animals: Mapping[str, Animal],
    drawn: Drawn,
) -> None:
    """Write the protocol, the animals and the commitment, in this order."""
    study = protocol.study_id
    saved = {"toml": toml, "sha256": protocol.sha256, "version": protocol.version}
    book.write(when, DESIGNER, "protocol.save", study, saved, name="protocol")
    lock = {"sha256": protocol.sha256}
    book.write(later(when, 60), DESIGNER, "protocol.lock", study, lock, name="lock")
    for number, (name, animal) in enumerate(animals.items()):
        data = {
            "animal_id": name,
            "species": animal.species,
            "strain": animal.strain,
            "sex": animal.sex,
            "age_days": f"{animal.age_days:g}",
            "weight_g": f"{animal.weight_g:g}",
            "cage": animal.cage,
            **({} if animal.day is None else {"day": animal.day}),
        }
        written = later(when, 3600 + 20 * number)
        book.write(written, DESIGNER, "animal.add", name, data, name=f"{name} added")
    committed = {
        "commitment": drawn.commitment.digest,
        "rows_sha256": drawn.commitment.rows_sha256,
        "n": drawn.commitment.n,
        "rules": dict(drawn.allocation.rules),
        "rows": drawn.allocation.to_dict()["rows"],
    }
    book.write(
        later(when, 9000), PHARMACIST, "allocation.commit", study, committed,
        name="commitment",
    )  # fmt: skip


def close_study(
    book: Notebook, when: datetime, protocol: Protocol, drawn: Drawn
) -> None:
    """Lock the analysis, then open the key."""
    study, key = protocol.study_id, drawn.key
    book.write(when, ANALYST, "analysis.lock", study, {}, name="analysis locked")
    opened = {
        "nonce": key.nonce,
        "seed": key.seed,
        "rules": dict(key.rules),
        "list": [dict(row) for row in key.list],
        "groups": dict(key.groups),
    }
    book.write(
        later(when, 1500), PHARMACIST, "allocation.reveal", study, opened, name="opened"
    )


def exclude(
    book: Notebook, when: datetime, who: str, animal: str, criterion: str, reason: str
) -> None:
    """Write that an animal leaves the analysis, by which criterion and why."""
    data = {"animal_id": animal, "criterion": criterion, "reason": reason}
    book.write(when, who, "exclude", animal, data, name=f"{animal} excluded")


def dose_row(syringe: Syringe, when: datetime, person: str) -> dict[str, Any]:
    """Return one blind injection: its code and volume, nothing of what is in it."""
    return {
        "animal_id": syringe.animal_id,
        "kind": "treatment",
        "ts": clock(when),
        "syringe_code": syringe.code,
        "volume_ml": str(syringe.volume_ml),
        "weight_g": f"{syringe.weight_g:g}",
        "route": syringe.route,
        "person": person,
    }
