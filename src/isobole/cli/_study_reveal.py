"""`isobole study reveal`: the groups behind the codes, or of one animal alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._passphrase import login_name, passphrase
from isobole.results import RESEARCH_ONLY, Block, Heading, OptionError, Text

KEY = Group("Key", sort_key=1)
EMERGENCY = Group("One animal, in an emergency", sort_key=2)
RECORD = Group("Record", sort_key=3)


def study_reveal(
    folder: str,
    /,
    *,
    key: Annotated[Path, Parameter(group=KEY, metavar="PATH")],
    passphrase_file: Annotated[
        Path | None, Parameter(group=KEY, metavar="FILE")
    ] = None,
    doses: Annotated[Path | None, Parameter(group=KEY, metavar="FILE")] = None,
    animal: Annotated[str | None, Parameter(group=EMERGENCY, metavar="ID")] = None,
    reason: Annotated[str | None, Parameter(group=EMERGENCY, metavar="TEXT")] = None,
    actor: Annotated[str | None, Parameter(group=RECORD, metavar="NAME")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Verify the commitment, then reveal the groups.

    Done once, after isobole study lock. The key must give the commitment
    made before the first dose, and every row of the allocation must be the one
    committed to; otherwise nothing is revealed.

    isobole study reveal ptz-trial --key PTZ-01.key
    isobole study reveal ptz-trial --key PTZ-01.key --animal M07 --reason "..."

    Parameters
    ----------
    folder : str
        The study folder.
    key : Path
        The key that was written with the allocation.
    passphrase_file : Path
        Its first line opens the key. Left out, the variable ISOBOLE_KEY_PASSPHRASE,
        or the terminal asks.
    doses : Path
        Sequential dosing only: the pharmacist's table with the columns animal_id and
        group.
    animal : str
        Unblind this animal alone; it is marked in every report.
    reason : str
        Why its treatment must be known.
    actor : str
        Who reveals; left out, the name you are logged in by.
    json : bool
        Print one JSON object instead of text.
    """
    if (animal is None) != (reason is None):
        msg = "--animal and --reason go together: one animal is unblinded for a reason"
        raise OptionError(msg)
    who = login_name(actor)
    given = None if doses is None else _given(doses, folder)
    secret = passphrase(passphrase_file, folder, ask="once")
    options = {
        "folder": folder,
        "key": str(key),
        "animal": animal,
        "reason": reason,
        "doses": None if doses is None else str(doses),
        "actor": who,
    }
    if animal is not None and reason is not None:
        return _one(folder, key, secret, animal, reason, who, options, json)
    from isobole.studies import reveal

    found = reveal(folder, key, secret, actor=who, groups=given)
    return Answer(
        schema="study-reveal",
        title="Groups revealed",
        body=lambda: {**found.to_dict(), "animal": None, "group": None,
                      "animal_reason": "all groups were revealed",
                      "group_reason": "all groups were revealed"},
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: (("code", "group"), sorted(found.groups.items())),
        complete=True,
        json=json,
        out=None,
        options=options,
        problems=found.problems,
    )  # fmt: skip


def _one(
    folder: str,
    key: Path,
    secret: str,
    animal: str,
    reason: str,
    who: str,
    options: dict[str, str | None],
    json: bool,
) -> Answer:
    from isobole.studies import unblind_animal

    group = unblind_animal(
        folder, animal, reason, key=key, passphrase=secret, actor=who
    )
    blocks: list[Block] = [
        Heading("One animal unblinded"),
        Text(
            f"{animal} is in group {group}. This was recorded with the reason, and the "
            "animal is marked in every report. Its code is that of its whole group: "
            "whoever reads this knows the group of every animal with that code. Tell "
            "nobody who need not know."
        ),
        Text(RESEARCH_ONLY),
    ]
    why = "one animal was unblinded, not the study"
    return Answer(
        schema="study-reveal",
        title="One animal unblinded",
        body=lambda: {
            "study_id": None,
            "study_id_reason": why,
            "groups": {},
            "commitment": None,
            "commitment_reason": why,
            "animal": animal,
            "group": group,
        },
        text=lambda: blocks,
        report=lambda: blocks,
        rows=lambda: (("animal", "group"), [(animal, group)]),
        complete=True,
        json=json,
        out=None,
        options=dict(options),
    )


def _given(file: Path, folder: str) -> dict[str, str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        msg = f"--doses {file} cannot be read ({why})"
        raise OptionError(msg) from None
    columns = set(rows[0]) if rows else set()
    if {"animal_id", "group"} <= columns:
        return {row["animal_id"].strip(): (row["group"] or "").strip() for row in rows}
    if {"animal_id", "dose"} <= columns:
        return {
            row["animal_id"].strip(): _group_of(row["dose"] or "", file, folder)
            for row in rows
        }
    msg = (
        f"--doses {file} has no columns animal_id and group, or animal_id and dose; "
        "give a table of both"
    )
    raise OptionError(msg)


def _group_of(text: str, file: Path, folder: str) -> str:
    """Return the group of the protocol that stands for one dose of the list."""
    from isobole.studies import read_study

    levels: dict[float, list[str]] = {}
    for group in read_study(folder).protocol.groups:
        given = [dose.amount for dose in group.doses if dose.amount > 0]
        if len(given) < 2:
            levels.setdefault(sum(given), []).append(group.id)
    try:
        (found,) = levels[float(text)]
    except (KeyError, ValueError):
        known = ", ".join(f"{dose:g}" for dose in sorted(levels))
        msg = (
            f"--doses {file}: '{text}' is not the dose of one group; the protocol's "
            f"doses are {known}. Name the groups in a column group"
        )
        raise OptionError(msg) from None
    return found
