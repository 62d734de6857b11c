"""Uploaded files as the files of a study folder: names made plain, texts looked at."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile

from isobole.lab.results._zip import MOST_BYTES, check_sizes, files_in
from isobole.lab.tools._workbook import check_workbook
from isobole.results import DataError, Problem

MOST_LINES = 400_000
LONGEST_LINE = 256 * 1024
LONGEST_ROW = 8 * 1024 * 1024
"""Longest line of a record: one row holds a whole allocation."""
MOST_COLUMNS = 500
DERIVED = "outcomes.csv"
SCALES = "scales"
"""The one folder inside a study folder: scales of its own."""
_TEXTS = frozenset((".csv", ".toml", ".jsonl", ".json", ".txt", ".md"))


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Files of one study folder by name, and sentences on what was left out."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]


def uploaded(uploads: Sequence[UploadedFile]) -> Uploaded:
    """Return the files of one study folder: of one zip, or uploaded one by one.

    Raises
    ------
    DataError
        If nothing was chosen, it is too large, an archive is not sound, or a text is
        no text or has lines or columns no study has.
    """
    if not uploads:
        raise DataError(
            [
                Problem(
                    "nothing-chosen",
                    "No file was chosen",
                    expected="the zip of a study folder, or its files",
                    remedy="Choose the zip, or select all files of the folder at once",
                )
            ]
        )
    if sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
        raise DataError([_too_large()])
    if len(uploads) == 1 and _suffix(uploads[0].name or "") == ".zip":
        name = str(uploads[0].name)
        paths = files_in(uploads[0].read(), file=name)
    else:
        paths = {}
        for upload in uploads:
            name = PurePosixPath((upload.name or "").replace("\\", "/")).name
            if _suffix(name) == ".toml" and name != "study.toml":
                name = f"{SCALES}/{name}"  # browsers send no folders
            if name in paths:
                raise DataError([_twice(name)])
            paths[name] = upload.read()
    files, left_out = _in_one_folder(paths)
    problems = [p for name, content in files.items() for p in check_text(name, content)]
    if problems:
        raise DataError(problems)
    return Uploaded(files, tuple(left_out))


def _in_one_folder(paths: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Take the files of the folder that holds the study; the others are named."""
    homes = {
        PurePosixPath(path).parent
        for path in paths
        if PurePosixPath(path).name in ("study.toml", "record.jsonl")
    }
    if not homes:
        raise DataError(
            [
                Problem(
                    "no-study",
                    "There is no study.toml and no record.jsonl among the files",
                    given=", ".join(sorted(paths)[:6]) or "no file",
                    remedy="Choose the study folder itself, zipped",
                )
            ]
        )
    if len(homes) > 1:
        raise DataError(
            [
                Problem(
                    "several-studies",
                    "There are several study folders: "
                    + ", ".join(sorted(map(str, homes))[:6]),
                    remedy="Import them one after the other",
                )
            ]
        )
    home = homes.pop()
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    for path, content in sorted(paths.items()):
        place = PurePosixPath(path)
        if place.name == DERIVED:
            left_out.append(f"{path} was left out: outcomes are derived anew")
        elif place.parent == home:
            files[place.name] = content
        elif place.parent == home / SCALES and place.suffix == ".toml":
            files[f"{SCALES}/{place.name}"] = content
        else:
            left_out.append(f"{path} is no file of a study folder and was left out")
    return files, left_out


def check_text(name: str, content: bytes) -> Iterator[Problem]:
    r"""Say why a file is not what it is called, before anything reads it.

    Examples
    --------
    >>> [p.code for p in check_text("a.csv", b"x" + b",y" * 999)]
    ['too-many-columns']
    >>> [p.code for p in check_text("a.csv", b"S\xf6hne")]
    ['not-utf-8']
    """
    suffix = _suffix(name)
    if suffix == ".xlsx" or zipfile.is_zipfile(BytesIO(content)):
        # By what it is: what reads tables does not go by the name either.
        yield from _book(name, content)
        return
    if suffix not in _TEXTS:
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Problem(
            "not-utf-8",
            "The file is not UTF-8 text",
            file=name,
            row=content[: error.start].count(b"\n") + 1,
            remedy='Save it as "CSV UTF-8" or as UTF-8 text',
        )
        return
    if b"\0" in content:
        yield Problem(
            "not-text",
            "The file holds bytes that no text has",
            file=name,
            remedy="Restore it from a backup",
        )
        return
    lines = content.split(b"\n")
    longest = LONGEST_ROW if suffix == ".jsonl" else LONGEST_LINE
    if len(lines) > MOST_LINES:
        yield _beyond("too-many-lines", name, f"{len(lines)} lines", str(MOST_LINES))
    for number, line in enumerate(lines, start=1):
        if len(line) > longest:
            given = f"a line of {len(line)} bytes"
            yield _beyond("line-too-long", name, given, str(longest), row=number)
            return
    if suffix == ".csv":
        separators = max(
            max(line.count(b) for b in (b",", b";", b"\t")) for line in lines
        )
        if separators >= MOST_COLUMNS:
            given = f"{separators + 1} columns"
            yield _beyond("too-many-columns", name, given, str(MOST_COLUMNS))


def _book(name: str, content: bytes) -> Iterator[Problem]:
    """Look at a workbook, which is an archive, before it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            check_sizes(archive.infolist(), len(content), file=name)
        check_workbook(content, name)
    except DataError as error:
        yield from error.problems
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield Problem(
            "zip-damaged",
            "This is no whole workbook",
            file=name,
            remedy="Save it again from the spreadsheet, or as CSV UTF-8",
        )


def _beyond(
    code: str, name: str, given: str, most: str, *, row: int | None = None
) -> Problem:
    return Problem(
        code,
        f"The file has {given}: no file of a study is so",
        file=name,
        row=row,
        expected=f"at most {most}",
        remedy="Look at the file; a quotation mark may be missing, or it is another "
        "file",
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _too_large() -> Problem:
    return Problem(
        "upload-too-large",
        "The files are larger than a study folder",
        expected=f"at most {MOST_BYTES >> 20} MB in all",
        remedy="Choose the study folder alone; videos and recordings stay outside it",
    )


def _twice(name: str) -> Problem:
    return Problem(
        "name-twice",
        f"Two files are called {name}",
        file=name,
        remedy="Choose the files of one study folder",
    )
