"""Write the folder of a new study: whole or not at all, never over anything."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isobole.results import Block, DataError, Problem, Result, Table, Text
from isobole.studies._check_protocol import check_protocol
from isobole.studies._protocol_toml import FILE, protocol_from_text
from isobole.studies._templates import study_files


@dataclass(frozen=True, slots=True, repr=False)
class NewStudy(Result):
    """A study folder that was just written.

    Parameters
    ----------
    folder : str
        Where it is, as it was asked for.
    model, species, strain : str
        What its protocol starts from.
    files : tuple of str
        What was written.
    protocol_sha256 : str
        Identity of the protocol as written.
    problems : tuple of Problem
        What its author has to write, and what is worth a look.
    """

    folder: str
    model: str
    species: str
    strain: str
    files: tuple[str, ...]
    protocol_sha256: str
    problems: tuple[Problem, ...]

    @property
    def left(self) -> tuple[str, ...]:
        """The keys that still hold the template's words."""
        return tuple(
            p.column for p in self.problems if p.code == "template-words" and p.column
        )

    def __repr__(self) -> str:
        return f"NewStudy({self.folder}, {self.model}, {self.strain} {self.species})"

    def blocks(self) -> tuple[Block, ...]:
        """Return what was written and what comes next."""
        return (
            Text(
                f"A new study of {self.model} in the {self.species} ({self.strain}) is "
                f"in {self.folder}: {', '.join(self.files)}."
            ),
            Table(
                f"Yours to write in {FILE}",
                ("key",),
                tuple((key,) for key in self.left),
                ("Substance, doses and group sizes in it are examples, too.",),
            ),
            Text(f"Then: isobole study check {self.folder}"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the folder as it stands in JSON."""
        return {
            "folder": self.folder,
            "model": self.model,
            "species": self.species,
            "strain": self.strain,
            "files": list(self.files),
            "left_to_write": list(self.left),
            "protocol_sha256": self.protocol_sha256,
        }


def new_study(
    folder: str | Path,
    model: str,
    *,
    title: str | None = None,
    species: str | None = None,
    strain: str | None = None,
) -> NewStudy:
    """Write a commented protocol, empty tables and a README into a new folder.

    Parameters
    ----------
    folder : path
        A folder that does not exist, or is empty.
    model, title, species, strain
        As for `study_files`.

    Raises
    ------
    DataError
        If something is in the folder already, if it cannot be written, or if there
        is no such model.
    OptionError
        If the species is none of the model's.
    """
    target = Path(folder)
    _check_free(target)
    files = study_files(model, title=title, species=species, strain=strain)
    protocol = protocol_from_text(files[FILE])
    try:
        _write(target, files)
    except OSError as error:
        raise DataError(
            [
                Problem(
                    "not-written",
                    f"The folder cannot be written ({error.strerror or error})",
                    file=str(target),
                    remedy="Choose a place you may write to that has free space",
                )
            ]
        ) from None
    return NewStudy(
        folder=str(folder),
        model=model,
        species=protocol.species,
        strain=protocol.strain,
        files=tuple(files),
        protocol_sha256=protocol.sha256,
        problems=check_protocol(protocol, folder=target),
    )


def _check_free(target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        if target.parent.is_dir():
            return
        problem = Problem(
            "no-such-folder",
            f"There is no folder {target.parent} to put it in",
            remedy="Make that folder first",
        )
    elif target.is_dir():
        names = sorted(entry.name for entry in target.iterdir())
        if not names:
            return
        listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        problem = Problem(
            "folder-not-empty",
            f"The folder holds something already: {listed}",
            remedy="Give the name of a new folder; nothing is written over",
        )
    else:
        problem = Problem(
            "not-a-folder",
            "There is a file of that name",
            remedy="Give the name of a new folder",
        )
    raise DataError([Problem(**{**problem.to_dict(), "file": str(target)})])


def _write(target: Path, files: dict[str, str]) -> None:
    """Write beside the place, then move there: nobody sees half a folder."""
    place = target.resolve()
    part = place.with_name(f".{place.name}-{secrets.token_hex(4)}")
    part.mkdir()
    try:
        for name, text in files.items():
            (part / name).write_text(text, encoding="utf-8", newline="\n")
        if not place.exists():
            part.rename(place)
            return
        # An empty folder stays the same one: it may be where the user stands.
        moved: list[Path] = []
        try:
            for name in files:
                moved.append((part / name).rename(place / name))
        except OSError:
            for done in moved:
                done.unlink(missing_ok=True)
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
