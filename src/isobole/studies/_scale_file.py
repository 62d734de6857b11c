"""Scale files: what `scales/<id>.toml` may say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from isobole.results import DataError, Problem
from isobole.studies._document import parse_toml, validate
from isobole.studies._protocol_parts import Name, Part, Sentence
from isobole.studies._scales import Level, Scale, ScaleStatus


class _LevelTable(Part):
    code: Sentence
    text: Sentence
    system: str | None = None


class _ScaleTable(Part):
    id: Name
    title: Sentence
    species: tuple[Literal["mouse", "rat"], ...] = ("mouse", "rat")
    made_for: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    status: ScaleStatus = "own"
    source: Sentence
    kind: Literal["ladder", "endpoints"] = "ladder"
    absence: str | None = None
    partial: tuple[str, ...] = ()
    generalised: tuple[str, ...] = ()
    note: str = ""
    levels: Annotated[tuple[_LevelTable, ...], Field(min_length=2)]


def read_scale(path: str | Path) -> Scale:
    """Read a scale of your own.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError([_not_utf8(str(path))]) from None
    found = scale_from_toml(text, str(path))
    if found.id != path.stem:
        raise DataError(
            [
                Problem(
                    "scale-misnamed",
                    f"id is '{found.id}' in a file called {path.name}",
                    file=str(path),
                    column="id",
                    given=found.id,
                    expected=f"'{path.stem}'",
                    remedy="Give file and scale the same name",
                )
            ]
        )
    return found


def scale_from_toml(text: str, file: str) -> Scale:
    """Read a scale from TOML text; `file` is named in its problems."""
    table = validate(_ScaleTable, parse_toml(text, file), file)
    codes = [level.code for level in table.levels]
    problems = [
        Problem(
            "code-twice",
            f"levels[{index}].code is '{code}', which stands there already",
            file=file,
            column=f"levels[{index}].code",
            given=code,
            remedy="Give every level its own code",
        )
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]
    named = {
        "absence": () if table.absence is None else (table.absence,),
        "partial": table.partial,
        "generalised": table.generalised,
    }
    problems += [
        Problem(
            "code-not-on-scale",
            f"{key} names '{code}', which is no code of this scale",
            file=file,
            column=key,
            given=code,
            expected=f"one of {', '.join(codes)}",
            remedy="Name a code of a level, as text",
        )
        for key, given in named.items()
        for code in given
        if code not in codes
    ]
    if table.kind == "ladder" and any(level.system for level in table.levels):
        problems.append(
            Problem(
                "ladder-with-systems",
                "A ladder has no brain systems, but a level names one",
                file=file,
                column="kind",
                given="ladder",
                remedy='Write kind = "endpoints", or leave `system` out',
            )
        )
    if problems:
        raise DataError(problems)
    return Scale(
        id=table.id,
        title=table.title,
        species=table.species,
        made_for=table.made_for,
        families=table.families,
        status=table.status,
        source=table.source,
        kind=table.kind,
        levels=tuple(
            Level(order, level.code, level.text, level.system)
            for order, level in enumerate(table.levels)
        ),
        absence=table.absence,
        partial=table.partial,
        generalised=table.generalised,
        note=table.note,
    )


def _not_utf8(file: str) -> Problem:
    return Problem(
        "not-utf8",
        "The file is not UTF-8 text",
        file=file,
        remedy="Save it as UTF-8",
    )
