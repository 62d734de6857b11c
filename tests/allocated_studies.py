"""Protocols and animals that tests of the allocation share."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

from isobole.studies import Animal, Protocol, new_study

PASSPHRASE = "correct horse battery"


def dose(amount: float = 0, **changed: Any) -> dict[str, Any]:
    return {
        "substance": "sodium valproate",
        "amount": amount,
        "basis": "salt",
        "route": "ip",
        "vehicle": "0.9 % saline",
        "volume_ml_per_kg": 10,
        "pretreatment_min": 30,
        **changed,
    }


def group(name: str, n: int, amount: float = 0, **changed: Any) -> dict[str, Any]:
    role = "test" if amount else "vehicle"
    return {"id": name, "role": role, "n": n, "doses": [dose(amount)], **changed}


FOUR = [
    group("vehicle", 8),
    group("low", 8, 100),
    group("middle", 8, 200),
    group("high", 8, 400),
]


def protocol(chambers: int = 6, **changed: Any) -> Protocol:
    """Return a protocol of four groups of eight, or what is changed of it."""
    document: dict[str, Any] = {
        "format": 1,
        "study_id": "PTZ-01",
        "title": "Valproate against PTZ",
        "hypothesis": "Valproate protects",
        "primary_outcome": "protected",
        "experimental_unit": "animal",
        "ethics_id": "E-1",
        "model": "ptz",
        "species": "mouse",
        "strain": "CF-1",
        "sex": "both",
        "humane_endpoint": "status for 5 min",
        "groups": copy.deepcopy(FOUR),
        "challenge": {},
        "observation": {"window_s": 1800, "chambers": chambers},
        "endpoint": {"rule": "no_clonic_episode", "death": "failure"},
        "randomisation": {"method": "permuted_block"},
        "blinding": {"blinded": ["dosing", "scoring", "analysis"]},
        "sample_size": {"method": "a_priori", "reasoning": "power 0.8"},
        **changed,
    }
    return Protocol.model_validate(document)


def mice(count: int, days: int = 0, sexes: str = "MF") -> tuple[Animal, ...]:
    """Return mice of rising weight; with `days`, spread over them in equal parts."""
    return tuple(
        Animal(
            f"M{i + 1:02d}",
            "mouse",
            "CF-1",
            sexes[i % len(sexes)],
            None,
            18 + (i * 7 % 50) / 10,
            None,
            f"L{i % 5}",
            str(1 + i * days // count) if days else None,
        )
        for i in range(count)
    )


def study_folder(place: Path, animals: int = 32) -> Path:
    """Write a valid study folder of 32 mice on two days, not allocated yet."""
    folder = place / "trial"
    new_study(folder, "ptz")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("TEMPLATE: ", "").replace("NEW-STUDY", "PTZ-07")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert tomllib.loads(text)["study_id"] == "PTZ-07"
    rows = [
        f"{a.animal_id},{a.species},{a.strain},{a.sex},{a.weight_g},{a.day}\n"
        for a in mice(animals, days=2)
    ]
    (folder / "animals.csv").write_text(
        "animal_id,species,strain,sex,weight_g,day\n" + "".join(rows), encoding="utf-8"
    )
    return folder
