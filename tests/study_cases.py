"""Small studies to test with: a protocol, rows and a study made from them."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from isobole.studies import (
    Animal,
    Event,
    Protocol,
    Session,
    Study,
    protocol_from_text,
)

GROUP: dict[str, Any] = {
    "id": "vehicle",
    "role": "vehicle",
    "n": 8,
    "doses": [
        {
            "substance": "sodium chloride",
            "amount": 0,
            "basis": "substance",
            "route": "ip",
            "vehicle": "saline",
            "volume_ml_per_kg": 10,
            "pretreatment_min": 30,
        }
    ],
}
KINDLING: dict[str, Any] = {
    "target": "basolateral amygdala, right",
    "recovery_days": 7,
    "staircase": {"start_ua": 8, "factor": 1.2, "interval_s": 60, "max_ua": 500},
    "afterdischarge": {
        "min_amplitude_ratio": 2,
        "min_rate_hz": 1,
        "min_duration_s": 3,
        "merge_gap_s": 5,
    },
    "fully_kindled": {"min_stage": "4", "count": 3, "consecutive": "consecutive"},
    "sessions_per_day": 2,
    "min_interval_h": 4,
    "max_sessions": 30,
    "control": "own_vehicle",
    "washout_days": 3,
}


def protocol(**changed: Any) -> Protocol:
    """Return a PTZ protocol; ``endpoint__death="failure"`` changes what is inside."""
    document: dict[str, Any] = {
        "format": 1,
        "study_id": "PTZ-01",
        "title": "A study",
        "constructed": "yes",
        "hypothesis": "Valproate protects.",
        "primary_outcome": "protected",
        "experimental_unit": "animal",
        "ethics_id": "E 1",
        "model": "ptz",
        "species": "rat",
        "strain": "Wistar",
        "sex": "both",
        "humane_endpoint": "Status epilepticus of 10 min.",
        "groups": [GROUP],
        "challenge": {"substance": "PTZ", "amount": 85, "unit": "mg/kg", "route": "sc"},
        "observation": {"window_s": 1800},
        "scoring": {
            "scale": "racine_1972",
            "generalised_from": "5",
            "episode_from": "3",
        },
        "endpoint": {
            "rule": "no_clonic_episode",
            "min_duration_s": 3,
            "death": "failure",
            "sensitivity": ["exclusion", "competing_event"],
        },
        "exclusion": [{"id": "E1", "text": "ill before the dose"}],
        "randomisation": {"method": "permuted_block"},
        "blinding": {"blinded": ["scoring"]},
        "sample_size": {"method": "a_priori", "reasoning": "8 a group"},
    }
    for key, value in changed.items():
        *parents, last = key.split("__")
        place = document
        for name in parents:
            place = place[name]
        place[last] = value
    return Protocol.model_validate(document)


def toml_text(value: dict[str, Any], path: str = "") -> str:
    """Write a protocol's document as TOML."""
    plain, tables = "", ""
    for key, item in value.items():
        name = f"{path}{key}"
        if isinstance(item, dict):
            tables += f"[{name}]\n{toml_text(item, name + '.')}"
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            for one in item:
                tables += f"[[{name}]]\n{toml_text(one, name + '.')}"
        elif item is not None:
            plain += f"{key} = {json.dumps(item)}\n"
    return plain + tables


def document(found: Protocol) -> str:
    """Return a protocol as the text of its file."""
    text = toml_text(found.model_dump(mode="json", exclude_none=True))
    assert protocol_from_text(text).sha256 == found.sha256, tomllib.loads(text)
    return text


def animal(name: str = "M1", **changed: Any) -> Animal:
    """Return one rat of 250 g, with its t0."""
    given: dict[str, Any] = {
        "animal_id": name,
        "species": "rat",
        "strain": "Wistar",
        "sex": "M",
        "age_days": 60.0,
        "weight_g": 250.0,
        "cage": None,
        "litter": None,
        "day": None,
        "extra": {"t0": "2026-01-06T09:00:00.000Z"},
        **changed,
    }
    return Animal(**given)


def event(
    id: str, t_ms: int, type: str, score: str | None = None, **more: Any
) -> Event:
    """Return one event of M1, or of the animal named."""
    given: dict[str, Any] = {
        "animal_id": "M1",
        "observer": None,
        "supersedes": None,
        "reason": None,
        **more,
    }
    return Event(event_id=id, t_ms=t_ms, type=type, score=score, **given)


def session(number: int, phase: str = "kindling", **more: Any) -> Session:
    """Return one session of M1."""
    given: dict[str, Any] = {
        "session_id": f"{phase}-{number}",
        "animal_id": "M1",
        "ts": None,
        "current_ua": None,
        "afterdischarge": None,
        "add_status": None,
        "add_ms": None,
        "stage": None,
        "seizure_ms": None,
        "latency_ms": None,
        "condition": None,
        "observer": None,
        **more,
    }
    return Session(number=number, phase=phase, **given)


def study(*events: Event, **changed: Any) -> Study:
    """Return an unchained study of M1 with these events."""
    given: dict[str, Any] = {
        "path": None,
        "protocol": protocol(),
        "animals": (animal(),),
        "allocation": (),
        "doses": (),
        "events": tuple(events),
        "sessions": (),
        "exclusions": (),
        "concentrations": (),
        "record": (),
        "chain": "unchained",
        "head_hash": None,
        "locked": False,
        "revealed": {},
        **changed,
    }
    return Study(**given)
