"""Study folders as zip archives: written the same each time, read with distrust."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath

from isobole.results import DataError, Problem

MOST_BYTES = 64 * 1024 * 1024
"""Most bytes of all files of an archive together, unpacked."""
MOST_FILES = 100
MOST_RATIO = 200
"""A record shrinks to a twentieth; what shrinks to less than this was made to."""
LONGEST_NAME = 120
ARCHIVES = frozenset(
    (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst", ".jar")
)
_SYSTEM = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HOW = "Zip the study folder anew with the program of your system, without a password"


def zip_of(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return an archive of one folder: names sorted, no time, no owner.

    Examples
    --------
    >>> one = zip_of({"b.csv": b"2", "a.csv": b"1"}, "S1")
    >>> one == zip_of({"a.csv": b"1", "b.csv": b"2"}, "S1")
    True
    >>> zipfile.ZipFile(BytesIO(one)).namelist()
    ['S1/a.csv', 'S1/b.csv']
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever the lab runs
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name], compresslevel=6)
    return out.getvalue()


def files_in(data: bytes, *, file: str) -> dict[str, bytes]:
    """Return the files of an archive by their path in it, `file` in problems.

    What systems add by themselves (``__MACOSX``, ``.DS_Store``) is left out.

    Raises
    ------
    DataError
        If it is no whole archive, is encrypted, holds a path that leads out of its
        folder, a link or an archive, or unpacks to more than a study needs.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            check_sizes(infos, len(data), file=file)
            wanted = [i for i in infos if not _of_system(i.filename)]
            _check_names(wanted, file)
            return _unpacked(archive, wanted, file)
    except DataError:
        raise
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        raise DataError([_damaged(file)]) from error


def check_sizes(infos: list[zipfile.ZipInfo], packed: int, *, file: str) -> None:
    """Refuse an archive that says it unpacks to too much.

    Raises
    ------
    DataError
        If it has too many files, too many bytes, or shrank too well.
    """
    if len(infos) > MOST_FILES:
        raise DataError(
            [
                Problem(
                    "too-many-files",
                    f"The archive has {len(infos)} files",
                    file=file,
                    expected=f"a study folder of at most {MOST_FILES} files",
                    remedy="Zip the study folder alone",
                )
            ]
        )
    total = sum(info.file_size for info in infos)
    # Small files may shrink to nothing: 1 MB is let through whatever the ratio.
    if total > MOST_BYTES or total > max(1 << 20, MOST_RATIO * packed):
        raise DataError([_too_large(file)])


def _unpacked(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: str
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for info in infos:
        if info.flag_bits & 0x1:
            raise DataError(
                [
                    Problem(
                        "zip-encrypted",
                        f"{info.filename} is encrypted",
                        file=file,
                        remedy="Zip the folder without a password; the study's record "
                        "holds no treatment until the groups are revealed",
                    )
                ]
            )
        with archive.open(info) as stream:
            # The sizes an archive states may be wrong.
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise DataError([_too_large(file)])
        if info.filename in found:
            raise DataError([_twice(info.filename, file)])
        found[info.filename] = content
    return found


def _check_names(infos: list[zipfile.ZipInfo], file: str) -> None:
    problems = []
    for info in infos:
        name = info.filename
        # `orig_filename` still holds what zipfile cut off or turned round.
        raw = info.orig_filename
        path = PurePosixPath(name)
        if (
            path.is_absolute()
            or ".." in path.parts
            or "\\" in raw
            or "\0" in raw
            or ":" in name
            or not name.isprintable()
            or not 0 < len(path.name) <= LONGEST_NAME
        ):
            problems.append(
                Problem(
                    "zip-path",
                    f"The archive holds the path {name!r}, which leads out of its "
                    "folder or is none",
                    file=file,
                    remedy=_HOW,
                )
            )
        elif stat.S_ISLNK(info.external_attr >> 16):
            problems.append(
                Problem(
                    "zip-link",
                    f"{name} is a link to another file",
                    file=file,
                    remedy="Put the file itself into the folder, then zip it again",
                )
            )
        elif path.suffix.lower() in ARCHIVES:
            problems.append(
                Problem(
                    "zip-nested",
                    f"The archive holds another archive, {name}",
                    file=file,
                    remedy="Unpack it, and zip the study folder alone",
                )
            )
    if problems:
        raise DataError(problems)


def _of_system(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name in _SYSTEM


def _too_large(file: str) -> Problem:
    return Problem(
        "zip-too-large",
        "The archive unpacks to more than a study folder holds",
        file=file,
        expected=f"at most {MOST_BYTES >> 20} MB in all",
        remedy="Zip the study folder alone; videos and recordings stay outside it",
    )


def _damaged(file: str) -> Problem:
    return Problem(
        "zip-damaged", "This is no whole zip archive", file=file, remedy=_HOW
    )


def _twice(name: str, file: str) -> Problem:
    return Problem(
        "zip-name-twice",
        f"The archive holds {name} twice",
        file=file,
        remedy=_HOW,
    )
