"""`isobole lab backup` and `restore`: the whole lab in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._lab_here import the_lab_is_here
from isobole.results import RESEARCH_ONLY, Block, InputFile, Table, Text

if TYPE_CHECKING:
    from isobole.lab.record import Backup

LAB = Group("Lab", sort_key=1)


def lab_backup(
    file: Path,
    /,
    *,
    data: Annotated[Path | None, Parameter(group=LAB, metavar="DIR")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Write the whole lab to one file, while it runs.

    Studies with their records, files and sealed keys, accounts, and the log of access,
    as they are at one moment, from SQLite or PostgreSQL. Every chain is verified
    first. It holds password hashes and sealed keys: keep it as safe as the lab.

    isobole lab backup lab-2026-01-06.zip --data ptz-lab

    Parameters
    ----------
    file : Path
        The file to write; it must not be there yet.
    data : Path
        The lab's data folder; else ISOBOLE_DATA.
    json : bool
        Print one JSON object instead of text.
    """
    the_lab_is_here()
    from isobole.lab._open import open_lab

    open_lab(data)
    from isobole.lab.record import back_up

    made = back_up(file)
    return _answer(
        "lab-backup",
        "Backup",
        f"{made.file} holds the lab as it was at {made.made}. Keep it on another disk, "
        "and try now and then to restore it: isobole lab restore",
        made,
        json=json,
        options={} if data is None else {"data": str(data)},
    )


def lab_restore(
    file: Path,
    /,
    *,
    data: Annotated[Path | None, Parameter(group=LAB, metavar="DIR")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Put a backup into an empty lab.

    The folder, or with ISOBOLE_DATABASE_URL the database, must hold nothing yet; which
    of the two made the backup does not matter. Every hash and every chain is verified;
    with anything wrong nothing is restored. Everybody logs in again.

    isobole lab restore lab-2026-01-06.zip --data new-lab

    Parameters
    ----------
    file : Path
        A file of isobole lab backup.
    data : Path
        The data folder to fill; else ISOBOLE_DATA.
    json : bool
        Print one JSON object instead of text.
    """
    the_lab_is_here()
    from isobole.lab._open import new_lab

    read = InputFile.of(file)
    with new_lab(data) as config:
        from isobole.lab.record import restore

        made = restore(file)
    return _answer(
        "lab-restore",
        "Restored",
        f"The lab of {made.made} is in {config.data}; every chain is intact. Compare "
        "the heads below with a report printed before. Then: isobole serve",
        made,
        json=json,
        options={} if data is None else {"data": str(data)},
        inputs=[read],
    )


def _answer(
    schema: str,
    title: str,
    said: str,
    made: Backup,
    *,
    json: bool,
    options: dict[str, str],
    inputs: list[InputFile] | None = None,
) -> Answer:
    tables = tuple((name.removeprefix("lab_"), n) for name, n in made.rows.items())
    chains = tuple((of, head or "no row yet") for of, head in made.heads.items())
    blocks: list[Block] = [
        Text(said),
        Table("Stored", ("table", "rows"), tables),
        Table("Chains", ("of", "head hash"), chains),
    ]
    return Answer(
        schema=schema,
        title=title,
        body=made.to_dict,
        text=lambda: [*blocks, Text(RESEARCH_ONLY)],
        report=lambda: blocks,
        rows=lambda: (("table", "rows"), list(tables)),
        complete=True,
        json=json,
        out=None,
        inputs=inputs or [],
        options=options,
    )
