"""Which files of a folder are pages, and what each is called in the site."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from isobole.results import DataError, Problem

SUFFIXES = (".md", ".markdown", ".txt")
LARGEST = 2_000_000
"""Bytes. A page of the census has 10,000; a file past this is no monograph."""

_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page to be read: its place, its name in the collection, its name in the site.

    `file` is the path below the collection's folder with ``/`` between; `slug` names
    its pages in the site and is unique among all pages of the collection.
    """

    path: Path
    file: str
    slug: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The pages of a folder, and what in it is not read."""

    pages: tuple[PageFile, ...]
    problems: tuple[Problem, ...]


def scan(source: Path, *, leave_out: Path | None = None) -> Scan:
    """Find the pages below `source`; links that lead out of it are not followed.

    Parameters
    ----------
    source : Path
        The folder.
    leave_out : Path, optional
        A folder below `source` that holds no pages: what was built there.

    Raises
    ------
    DataError
        If `source` is not a folder that can be read.
    """
    root = source.resolve()
    if not root.is_dir():
        problem = Problem(
            "no-folder",
            "There is no folder of pages here",
            file=str(source),
            remedy=f"Give a folder that holds {', '.join(SUFFIXES)} files",
        )
        raise DataError([problem])
    found: list[tuple[str, Path]] = []
    problems: list[Problem] = []
    skipped = leave_out.resolve() if leave_out else None
    folders = [root]
    while folders:
        folder = folders.pop()
        above = f"{_name(folder, root)}/" if folder != root else ""
        for entry in _entries(folder, root, problems):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                path = Path(entry.path)
                if path != skipped:
                    folders.append(path)
                continue
            link = entry.is_symlink()
            page = entry.name.lower().endswith(SUFFIXES)
            if page or link:
                path = Path(entry.path)
                if trouble := _trouble(entry, path, root, link=link, page=page):
                    problems.append(trouble)
                elif page:
                    found.append((above + _shown(entry.name), path))
    found.sort()
    problems.sort(key=lambda problem: (problem.file or "", problem.code))
    return Scan(_named(found), tuple(problems))


def file_sha256(path: Path) -> str | None:
    """Return the hash of a file's bytes, None if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _entries(
    folder: Path, root: Path, problems: list[Problem]
) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        problems.append(
            Problem(
                "folder-not-readable",
                f"The folder cannot be read: {error.strerror or error}",
                file=_name(folder, root),
                remedy="Allow it to be read; its pages are left out.",
            )
        )
        return []


def _trouble(
    entry: os.DirEntry[str], path: Path, root: Path, *, link: bool, page: bool
) -> Problem | None:
    """Return why a file is not to be read, or None."""
    try:
        # What is no link stands where it seems to stand.
        target = path.resolve(strict=True) if link else path
        about = entry.stat()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it leads in a circle"
        return Problem(
            "page-not-readable",
            f"The page cannot be opened: {reason}",
            file=_name(path, root),
            remedy="Mend or remove the link; the page is left out.",
        )
    if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST and not link:
        return None
    name = _name(path, root)
    if link and not target.is_relative_to(root):
        return Problem(
            "link-out-of-folder",
            "This is a link to something outside the folder and was not followed",
            file=name,
            remedy="Copy the page into the folder.",
        )
    if stat.S_ISDIR(about.st_mode):
        return Problem(
            "folder-link",
            "This is a link to another folder and was not followed",
            "notice",
            file=name,
            remedy="Nothing, if that folder's pages are read anyway.",
        )
    if not stat.S_ISREG(about.st_mode):
        return Problem(
            "page-not-a-file",
            "This is not a regular file and was not opened",
            file=name,
            remedy="Remove it from the folder.",
        )
    return too_large(about.st_size, name) if page else None


def too_large(size: int, file: str) -> Problem | None:
    """Return why a page of so many bytes is left out, None if it is not.

    Examples
    --------
    >>> print(too_large(2_000_001, "all-drugs.md").message)
    The page has 2,000,001 bytes; at most 2,000,000 are read
    """
    if size <= LARGEST:
        return None
    return Problem(
        "page-too-large",
        f"The page has {size:,} bytes; at most {LARGEST:,} are read",
        file=file,
        remedy="Split it into one page for each drug; it is left out.",
    )


def _name(path: Path, root: Path) -> str:
    """Return a path below the root; bytes that are no UTF-8 become U+FFFD."""
    return _shown(path.relative_to(root).as_posix())


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def _named(found: list[tuple[str, Path]]) -> tuple[PageFile, ...]:
    """Give every page a name of its own, the same in every build of these files."""
    plain = [slug_of(name[: name.rindex(".")]) for name, _ in found]
    often = Counter(plain)
    files = Counter(name for name, _ in found)
    pages = []
    for (name, path), slug in zip(found, plain, strict=True):
        raw = os.fsencode(path)
        if files[name] > 1:
            name = f"{name} ({hashlib.sha256(raw).hexdigest()[:8]})"
        if often[slug] > 1:
            slug = f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        pages.append(PageFile(path, name, slug))
    return tuple(pages)


def slug_of(words: str) -> str:
    """Return words as they may stand in a file name and an address.

    Examples
    --------
    >>> slug_of("Valproate, Magnesium (tablets)"), slug_of("α")
    ('valproate-magnesium-tablets', 'x-3e32')
    """
    text = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    slug = _NOT_IN_SLUGS.sub("-", text.lower()).strip("-")
    if len(slug) > _LONGEST_SLUG or not slug:
        digest = hashlib.sha256(words.encode()).hexdigest()
        slug = f"{slug[: _LONGEST_SLUG - 9].strip('-') or 'x'}-{digest[:4]}"
    return slug
