"""`isobole lab export` and `import`: a study as a folder, and a folder as a study."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._lab_here import the_lab_is_here
from isobole.cli._passphrase import login_name
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    DataError,
    Note,
    OptionError,
    Problem,
    Table,
    Text,
)

LAB = Group("Lab", sort_key=1)
MOST_BYTES = 64 * 1024 * 1024


def lab_export(
    study: str,
    folder: Path,
    /,
    *,
    key: Annotated[Path | None, Parameter(group=LAB, metavar="FILE")] = None,
    data: Annotated[Path | None, Parameter(group=LAB, metavar="DIR")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Write a study of the lab as a study folder.

    The same bytes as the export in the browser: record, tables, protocol and the files
    beside them. isobole study check and analyze take it from there. The allocation key
    is written on request only, encrypted as its pharmacist sealed it, and outside the
    folder. The export is noted in the log of access.

    isobole lab export PTZ-VPA-MG ptz-trial --data ptz-lab

    Parameters
    ----------
    study : str
        The study's id.
    folder : Path
        The folder to write; it must not be there yet.
    key : Path
        Write the sealed allocation key to this file as well.
    data : Path
        The lab's data folder; else ISOBOLE_DATA.
    json : bool
        Print one JSON object instead of text.
    """
    the_lab_is_here()
    who = login_name(None)
    _refuse_there(folder)
    if key is not None:
        _refuse_there(key)
        if key.resolve().is_relative_to(folder.resolve()):
            msg = "key lies in the study folder, which the blinded read; keep it apart"
            raise OptionError(msg)
    from isobole.lab._open import open_lab

    open_lab(data)
    from isobole.lab.models import Study
    from isobole.lab.record import entries_of, folder_of, log_access
    from isobole.studies import head_hash

    found = Study.objects.filter(study_id=study).first()
    if found is None:
        raise DataError([_no_study(study)])
    if key is not None and not found.sealed_key:
        raise DataError([_no_key(study)])
    files = folder_of(study)
    head = head_hash(entries_of(study))
    log_access(
        "export",
        actor=who,
        address="command line",
        study_id=study,
        data={"head": head, "key": "yes" if key is not None else "no"},
    )
    _write_folder(folder, files)
    if key is not None:
        _write_secret(key, found.sealed_key)
    listed = [
        {"file": name, "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    ]
    blocks: list[Block] = [
        Text(f"{study} was written to {folder}; head hash {head}."),
        Table(
            "Files",
            ("file", "bytes"),
            tuple((name, len(content)) for name, content in sorted(files.items())),
        ),
        *([] if key is None else [Note(f"The sealed allocation key is in {key}")]),
        Text(f"Then: isobole study check {folder}"),
    ]
    return Answer(
        schema="lab-export",
        title=f"Export of {study}",
        body=lambda: {
            "study_id": study,
            "folder": str(folder),
            "head": head,
            "files": listed,
            "key": "" if key is None else str(key),
        },
        text=lambda: [*blocks, Text(RESEARCH_ONLY)],
        report=lambda: blocks,
        rows=lambda: (
            ("file", "sha256"),
            [(one["file"], one["sha256"]) for one in listed],
        ),
        complete=True,
        json=json,
        out=None,
        options={} if data is None else {"data": str(data)},
    )


def lab_import(
    folder: Path,
    /,
    *,
    by: Annotated[str, Parameter(group=LAB, metavar="USERNAME")],
    data: Annotated[Path | None, Parameter(group=LAB, metavar="DIR")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Store a study folder as a new study of the lab.

    A record is stored as it stands once its chain is verified, so that the export is
    the same folder again; a folder filled by hand begins a record. With anything wrong
    nothing is stored. Who imports becomes the study's designer.

    isobole lab import ptz-trial --by ana --data ptz-lab

    Parameters
    ----------
    folder : Path
        The study folder.
    by : str
        Username of the account that imports.
    data : Path
        The lab's data folder; else ISOBOLE_DATA.
    json : bool
        Print one JSON object instead of text.
    """
    the_lab_is_here()
    files = _read_folder(folder)
    from isobole.lab._open import open_lab

    open_lab(data)
    from isobole.lab.record import StoredFolder, log_access, store_folder

    def noted(stored: StoredFolder) -> None:
        log_access(
            "import",
            actor=by,
            address="command line",
            study_id=stored.study_id,
            data={"head": stored.head},
        )

    stored = store_folder(files, by=by, then=noted)
    how = (
        "with its record as it stood"
        if stored.chained
        else "as a record that begins with this import"
    )
    blocks: list[Block] = [
        Text(
            f"{stored.study_id} is in the lab, {how}: {stored.rows} rows, head hash "
            f"{stored.head}. {by} is its designer and gives the other roles."
        ),
        *(Note(f"{name} was left out: it is no text") for name in stored.left_out),
        *(
            [Note("The sealed allocation key was taken over")]
            if stored.sealed_key
            else []
        ),
    ]
    return Answer(
        schema="lab-import",
        title=f"Import of {stored.study_id}",
        body=lambda: {
            "study_id": stored.study_id,
            "rows": stored.rows,
            "head": stored.head,
            "chained": stored.chained,
            "sealed_key": stored.sealed_key,
            "left_out": list(stored.left_out),
        },
        text=lambda: [*blocks, Text(RESEARCH_ONLY)],
        report=lambda: blocks,
        rows=lambda: (
            ("study_id", "rows", "head"),
            [(stored.study_id, stored.rows, stored.head)],
        ),
        complete=True,
        json=json,
        out=None,
        options={"folder": str(folder), "by": by}
        | ({} if data is None else {"data": str(data)}),
    )


def _read_folder(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise DataError([_no_folder(folder)])
    paths = sorted(
        path
        for path in [*folder.iterdir(), *(folder / "scales").glob("*.toml")]
        if path.is_file()
    )
    if sum(path.stat().st_size for path in paths) > MOST_BYTES:
        raise DataError(
            [
                Problem(
                    "too-large",
                    f"The folder holds more than {MOST_BYTES // 2**20} MB",
                    file=str(folder),
                    remedy="Take out what is no part of the study",
                )
            ]
        )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _refuse_there(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise DataError(
            [
                Problem(
                    "there-already",
                    "There is something of this name already, and it was left as it is",
                    file=str(path),
                    remedy="Give a new name",
                )
            ]
        )


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write the folder in one step: all of it is there, or nothing."""
    part = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        for name, content in files.items():
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        part.rename(folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _write_secret(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _no_study(study: str) -> Problem:
    return Problem(
        "unknown-study",
        f"The lab has no study {study}",
        given=study,
        remedy="Give its id as the list of studies shows it; isobole lab verify lists "
        "them",
    )


def _no_key(study: str) -> Problem:
    return Problem(
        "no-key",
        f"{study} has no allocation key in the lab, and nothing was written",
        remedy="Leave --key out; the key is made when the pharmacist allocates",
    )


def _no_folder(folder: Path) -> Problem:
    return Problem(
        "no-folder",
        "There is no such folder",
        file=str(folder),
        remedy="Name a study folder; isobole lab export writes one",
    )
