"""A study of the lab as a folder, and a folder as a study of the lab.

Both ways keep every byte of the record: exported, imported and exported again, a folder
is the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from isobole.lab.models import Membership, RecordRow, Study, StudyFile, User
from isobole.lab.record._chain import reread
from isobole.lab.record._folder_checks import (
    LONGEST_ID,
    RECORD,
    check_folder,
    check_names,
)
from isobole.lab.record._rows import row_of
from isobole.lab.record._store import append_in_this_transaction, entries_of, locked
from isobole.lab.record._writer import writer
from isobole.results import DataError, Problem
from isobole.studies import (
    Draft,
    Entry,
    Study as StudyRead,
    canonical_json,
    folder_files,
    head_hash,
    read_study,
    record_drafts,
)

KEY_FORMAT = "isobole-key/1"
_TEXTS = frozenset((".csv", ".toml", ".txt", ".md", ".json"))
# What a folder filled by hand says of lock and reveal; a record says it in rows.
_BY_HAND = frozenset(("commitment.txt", "lock.json", "reveal.json"))


@dataclass(frozen=True, slots=True)
class StoredFolder:
    """A folder that is now a study of the lab.

    Parameters
    ----------
    study_id : str
        Its id.
    rows : int
        Rows of its record.
    head : str
        Hash of the last of them.
    chained : bool
        Whether the folder brought its record; else the lab began one.
    sealed_key : bool
        Whether it brought the encrypted allocation key.
    left_out : tuple of str
        Files of it that are no part of a study.
    """

    study_id: str
    rows: int
    head: str
    chained: bool
    sealed_key: bool
    left_out: tuple[str, ...]


def folder_of(study_id: str) -> dict[str, bytes]:
    """Return the files of a study's folder by name; never the allocation key.

    A name may hold one slash: ``scales/NAME.toml``.
    """
    texts = folder_files(entries_of(study_id))
    beside = {
        file.name: bytes(file.content)
        for file in StudyFile.objects.filter(study_id=study_id)
    }
    return {**beside, **{name: text.encode() for name, text in texts.items()}}


def store_folder(
    files: Mapping[str, bytes],
    *,
    by: str,
    then: Callable[[StoredFolder], None] = lambda _: None,
) -> StoredFolder:
    """Store a study folder as a new study of the lab; all of it or nothing.

    A record is stored as it stands, ids, times and hashes, once its chain is verified.
    A folder filled by hand becomes a record that `by` begins. Who imports becomes the
    study's designer.

    Parameters
    ----------
    files : mapping of str to bytes
        The folder's files by name.
    by : str
        Username of who imports.
    then : callable
        Runs in the same transaction: it may write to the log of access.

    Raises
    ------
    DataError
        If the folder is no sound study, its record differs from the files beside it,
        or the lab has a study of this id.
    NotStored
        If the database could not keep it.
    """
    check_names(files)
    with tempfile.TemporaryDirectory(prefix="isobole-import-") as name:
        place = Path(name)
        for path, content in files.items():
            target = place / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        study = read_study(place)
        check_folder(study, files)
        drafts = () if study.record else record_drafts(study)
    study_id = study.protocol.study_id
    kept, key, left_out = _sorted_out(files, study)

    tried: StoredFolder | None = None

    def work() -> StoredFolder:
        nonlocal tried
        locked(study_id)
        if tried is not None and _stands(tried):
            return tried  # the commit was not confirmed, and was made
        user = User.objects.filter(username=by).first()
        if user is None:
            raise DataError([_no_person(by)])
        if Study.objects.filter(study_id=study_id).exists():
            raise DataError([_exists(study_id)])
        stored = Study.objects.create(study_id=study_id, sealed_key=key)
        Membership.objects.create(study=stored, user=user, role="designer")
        StudyFile.objects.bulk_create(
            StudyFile(study=stored, name=name, content=content)
            for name, content in kept.items()
        )
        entries = _rows(study_id, study.record, drafts, by)
        done = StoredFolder(
            study_id,
            len(entries),
            head_hash(entries),
            bool(study.record),
            bool(key),
            left_out,
        )
        then(done)
        tried = done
        return done

    return writer.run(work)


def _stands(tried: StoredFolder) -> bool:
    rows = RecordRow.objects.filter(study_id=tried.study_id)
    last = rows.order_by("-seq").values_list("hash", flat=True).first()
    return last is not None and last == tried.head


def _rows(
    study_id: str, record: tuple[Entry, ...], drafts: tuple[Draft, ...], by: str
) -> tuple[Entry, ...]:
    if not record:
        return append_in_this_transaction(
            study_id, drafts, actor=by, device=f"web-{by}"
        )
    RecordRow.objects.bulk_create(
        [row_of(study_id, entry) for entry in record], batch_size=2000
    )
    reread(study_id)
    return record


def _sorted_out(
    files: Mapping[str, bytes], study: StudyRead
) -> tuple[dict[str, bytes], str, tuple[str, ...]]:
    """Return files to keep beside the record, the sealed key, and what is left out."""
    made = {*folder_files(study.record), RECORD, "study.toml", "allocation.csv"}
    made |= {f"{name}.csv" for name in ("animals", "doses", "events", "sessions")}
    made |= {"exclusions.csv"}
    kept: dict[str, bytes] = {}
    key, left_out = "", []
    for name, content in sorted(files.items()):
        if name in made or (name in _BY_HAND and not study.record):
            continue
        sealed = _key_of(content, study.protocol.study_id)
        if sealed is not None:
            key = sealed
        elif PurePosixPath(name).suffix.lower() in _TEXTS:
            kept[name] = content
        else:
            left_out.append(name)
    return kept, key, tuple(left_out)


def _key_of(content: bytes, study_id: str) -> str | None:
    """Return the text of an encrypted key file, None if it is another file."""
    if KEY_FORMAT.encode() not in content[:4096]:
        return None
    try:
        found = json.loads(content)
        text = canonical_json(found)
    except (ValueError, RecursionError):
        return None
    mine = isinstance(found, dict) and found.get("format") == KEY_FORMAT
    if not mine:
        return None
    if found.get("study_id") != study_id:
        raise DataError(
            [
                Problem(
                    "key-of-another-study",
                    "The folder holds the allocation key of another study",
                    given=str(found.get("study_id"))[:LONGEST_ID],
                    expected=study_id,
                    remedy="Take it out, and import the folder again",
                )
            ]
        )
    return content.decode() if text else None


def _exists(study_id: str) -> Problem:
    return Problem(
        "study-exists",
        f"The lab has a study {study_id} already, and nothing of it was changed",
        given=study_id,
        remedy="Look at that one; a copy needs another study_id in its study.toml",
    )


def _no_person(by: str) -> Problem:
    return Problem(
        "unknown-person",
        f"Nobody of this lab is called {by!r}",
        remedy="Give the username of an account; its person becomes the designer",
    )
