"""A study led through the record's own functions, as pages and benches would do it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocated_studies import PASSPHRASE, study_folder
from isobole.studies import AllocationKey, Draft, Entry, key_from_text

WINDOW_MS = 1_800_000
PROTECTED = {"vehicle": 0, "low": 2, "middle": 5, "high": 7}
"""Animals of each group without a clonic seizure, of 8."""


@dataclass(frozen=True)
class Led:
    """A study in the lab, with what its pharmacist holds."""

    study_id: str
    key: AllocationKey
    key_text: str
    passphrase: str = PASSPHRASE


_made: dict[bool, tuple[tuple[Entry, ...], Led]] = {}


def led(lab: Any, place: Path, *, scored: bool = True, **roles: str) -> Led:
    """Return a study of 32 mice that is allocated and, if asked, scored.

    Two observers scored it, rows were amended, one animal was dosed again and has a
    new t0, one was left out. The first test makes it, row by row as the pages would;
    the others store the same rows.
    """
    from isobole.lab.models import Membership, Study
    from isobole.lab.record import entries_of

    if scored not in _made:
        found = _lead(lab, place, scored)
        _made[scored] = (entries_of(found.study_id), found)
        Membership.objects.all().delete()
        for name, held in roles.items():
            for role in held.split("+"):
                Membership.objects.create(
                    study_id=found.study_id, user=lab.person(name), role=role
                )
        return found
    entries, found = _made[scored]
    study = lab.stored(entries, **roles)
    Study.objects.filter(pk=study.pk).update(sealed_key=found.key_text)
    return found


def _lead(lab: Any, place: Path, scored: bool) -> Led:
    from isobole.lab.models import Study
    from isobole.lab.record import append_drafts, store_folder, study_of
    from isobole.studies import allocation_draft

    lab.person("ana")
    folder = study_folder(place)
    stored = store_folder(
        {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()},
        by="ana",
    )
    study_id = stored.study_id
    drawn = allocation_draft(study_of(study_id), passphrase=PASSPHRASE, seed="s")
    append_drafts(study_id, [drawn.draft], actor="phil", device="web-phil")
    Study.objects.filter(study_id=study_id).update(sealed_key=drawn.key_text)
    found = Led(study_id, key_from_text(drawn.key_text, PASSPHRASE), drawn.key_text)
    if scored:
        append_drafts(study_id, _doses(found), actor="dora", device="web-dora")
        append_drafts(study_id, _scores(found, "ben"), actor="ben", device="bench-1")
        append_drafts(study_id, _scores(found, "cleo"), actor="cleo", device="bench-2")
        append_drafts(study_id, _amendments(found), actor="ben", device="bench-1")
    return found


def complete(study_id: str, *, only: int | None = None) -> None:
    """Let the scorers sign that scoring is complete, of all animals or the first."""
    from isobole.lab.record import append_drafts, entries_of

    animals = [e.obj for e in entries_of(study_id) if e.action == "t0"]
    for name in ("ben", "cleo"):
        said = {"observer": name, "signed": "scoring complete"}
        append_drafts(
            study_id,
            [
                Draft("score.complete", animal, {"animal_id": animal, **said})
                for animal in (animals if only is None else animals[:only])
            ],
            actor=name,
            device=f"web-{name}",
        )


def _animals(found: Led) -> list[tuple[str, str]]:
    names = sorted(str(row["animal_id"]) for row in found.key.list)
    return [(name, str(found.key.group_of(name))) for name in names]


def _doses(found: Led) -> list[Draft]:
    drafts = []
    for number, (name, _) in enumerate(_animals(found)):
        wall = f"2026-01-06T09:{number:02d}:00.000Z"
        drafts.append(
            Draft(
                "dose.give",
                name,
                _challenge(name, wall),
                id=f"dose-{name}",
            )
        )
        t0 = {"animal_id": name, "wall": wall}
        drafts.append(Draft("t0", name, t0, id=f"t0-{name}"))
    return drafts


def _challenge(name: str, wall: str) -> dict[str, str]:
    return {
        "animal_id": name,
        "kind": "challenge",
        "ts": wall,
        "amount": "85",
        "unit": "mg/kg",
        "substance": "pentylenetetrazole",
        "route": "sc",
    }


def _scores(found: Led, observer: str) -> list[Draft]:
    drafts = []
    seen: dict[str, int] = {}
    for name, group in _animals(found):
        place = seen[group] = seen.get(group, -1) + 1
        end = {"type": "end", "t_ms": WINDOW_MS, "detail": "window_done"}
        rows: list[dict[str, Any]] = [end]
        if place >= PROTECTED.get(group, 0):
            start = 60_000 + 7_000 * place + (900 if observer == "cleo" else 0)
            rows = [
                {"type": "clonic_start", "t_ms": start},
                {"type": "score_change", "t_ms": start, "score": "3"},
                {"type": "clonic_stop", "t_ms": start + 8_000},
                end,
            ]
        for number, row in enumerate(rows):
            data = {"animal_id": name, "observer": observer, **row}
            own = f"{observer}-{name}-{number}"
            drafts.append(Draft("observe", name, data, id=own))
    return drafts


def _amendments(found: Led) -> list[Draft]:
    """Correct a score, take a row back, dose one animal again, leave one out."""
    animals = _animals(found)
    scored = next(
        name
        for number, (name, group) in enumerate(animals)
        if group == "vehicle" and number > 3
    )
    again, out = animals[0][0], animals[-1][0]
    later = "2026-01-06T11:00:00.000Z"
    extra = {"animal_id": again, "observer": "ben", "type": "note", "t_ms": 5_000}
    return [
        Draft(
            "amend",
            scored,
            {
                "animal_id": scored,
                "observer": "ben",
                "type": "score_change",
                "t_ms": 61_000,
                "score": "4",
            },
            supersedes=f"ben-{scored}-1",
            reason="read again from the video; “4”, not 3",
        ),
        Draft(
            "amend",
            again,
            _challenge(again, later),
            supersedes=f"dose-{again}",
            reason="part of the first dose was spilt; dosed again",
        ),
        Draft(
            "amend",
            again,
            {"animal_id": again, "wall": later},
            supersedes=f"t0-{again}",
            reason="dosed again",
        ),
        Draft("observe", again, {**extra, "detail": "restless, =1+1"}, id="note-1"),
        Draft("amend", again, {"void": 1}, supersedes="note-1", reason="wrong chamber"),
        Draft(
            "exclude",
            out,
            {"animal_id": out, "criterion": "misdosed", "reason": "spilt"},
        ),
    ]
