"""Seizure scales as data: ordered codes with their source, never numbers to average."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from isobole.results import Block, DataError, Note, Problem, Result, Table, Text

ScaleStatus = Literal[
    "verified", "from_memory", "wording_verified_numbers_from_memory", "own"
]
STATUS_WORDS = {
    "verified": "read in the source",
    "from_memory": "from memory, not verified",
    "wording_verified_numbers_from_memory": "wording read in the source, numbers from "
    "memory and not verified",
    "own": "the study's own scale",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scale; `order` counts from 0 and is not the code.

    `system` names the part of the brain where a scale of endpoints mixes several.
    """

    order: int
    code: str
    text: str
    system: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Scale(Result):
    """An ordered list of codes by which seizures are scored.

    Codes are text: one scale has ``"0.5"``, another ``"THE"``. Their order is known,
    distances between them are not, so no mean is formed anywhere.

    Parameters
    ----------
    id, title : str
        The name a protocol uses, and the one people use.
    species, made_for, families : tuple of str
        What the scale was made for; `families` are those of the seizure models.
    status, source : str
        Whether the wording and numbers were read in the source.
    kind : {"ladder", "endpoints"}
        Endpoints belong to several brain systems: they have no common maximum.
    levels : tuple of Level
        Lowest first.
    absence : str or None
        The code that says "nothing happened"; None where no level says so. An animal
        that was not scored has no code at all: not seen is not 0.
    partial, generalised : tuple of str
        Codes the source calls so, where it does.
    note : str
        What to know before using it.

    Examples
    --------
    >>> pohl = scale("pohl_mares_ptz")
    >>> pohl.order("0.5"), pohl.at_least("4")
    (1, ('4', '5'))
    """

    id: str
    title: str
    species: tuple[str, ...]
    made_for: tuple[str, ...]
    families: tuple[str, ...]
    status: ScaleStatus
    source: str
    kind: Literal["ladder", "endpoints"]
    levels: tuple[Level, ...]
    absence: str | None
    partial: tuple[str, ...]
    generalised: tuple[str, ...]
    note: str

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, lowest first."""
        return tuple(level.code for level in self.levels)

    @property
    def verified(self) -> bool:
        """Whether wording and numbers were read in the source."""
        return self.status == "verified"

    def level(self, code: str) -> Level:
        """Return the level called `code`.

        Raises
        ------
        DataError
            If the scale has no such code; an empty one is never read as the lowest.
        """
        for level in self.levels:
            if level.code == code:
                return level
        raise DataError(
            [
                Problem(
                    "code-not-on-scale",
                    f"'{code}' is not a code of the scale {self.id}",
                    given=code,
                    expected=f"one of {', '.join(self.codes)}",
                    remedy="Leave the score empty where nothing was scored; codes are "
                    "not rounded or guessed",
                )
            ]
        )

    def order(self, code: str) -> int:
        """Return the place of a code from 0; `DataError` if it is not on the scale."""
        return self.level(code).order

    def at_least(self, code: str) -> tuple[str, ...]:
        """Return the codes that are as severe as `code` or more.

        On a scale of endpoints these are the ones of the same brain system.

        Examples
        --------
        >>> scale("ptz_endpoints_mc_ff_rb_the").at_least("MC")
        ('MC', 'FF')
        """
        least = self.level(code)
        return tuple(
            level.code
            for level in self.levels
            if level.order >= least.order and level.system == least.system
        )

    def __repr__(self) -> str:
        return f"Scale({self.id}, {', '.join(self.codes)}, {self.status})"

    def table(self) -> Table:
        """Return the levels."""
        mixed = any(level.system for level in self.levels)
        columns = ("code", "what is seen", *(("system",) if mixed else ()))
        rows = tuple(
            (level.code, level.text, *((level.system,) if mixed else ()))
            for level in self.levels
        )
        return Table(
            self.title,
            columns,
            rows,
            (f"{self.source} ({STATUS_WORDS[self.status]}).",),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the levels and what to know of them."""
        blocks: list[Block] = [self.table()]
        if self.absence is None:
            blocks.append(
                Text(
                    "No level of this scale means that nothing happened: an animal "
                    "without a seizure has no score."
                )
            )
        if self.note:
            blocks.append(Note(self.note))
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as it stands in JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "species": list(self.species),
            "made_for": list(self.made_for),
            "status": self.status,
            "source": self.source,
            "kind": self.kind,
            "levels": [
                {
                    "order": level.order,
                    "code": level.code,
                    "text": level.text,
                    **({"system": level.system} if level.system else {}),
                }
                for level in self.levels
            ],
            "absence": self.absence,
            "reason": None
            if self.absence is not None
            else "no level of this scale means that nothing happened",
            "partial": list(self.partial),
            "generalised": list(self.generalised),
            "note": self.note,
        }


@cache
def scale_ids() -> tuple[str, ...]:
    """Return the names of the bundled scales."""
    folder = files("isobole.studies") / "scales"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


@cache
def _bundled(name: str) -> Scale:
    from isobole.studies._scale_file import scale_from_toml

    path = files("isobole.studies") / "scales" / f"{name}.toml"
    return scale_from_toml(path.read_text(encoding="utf-8"), f"{name}.toml")


def scales() -> tuple[Scale, ...]:
    """Return all bundled scales, by name."""
    return tuple(_bundled(name) for name in scale_ids())


def scale(name: str, *, folder: str | Path | None = None) -> Scale:
    """Return a scale by its id: the study's own, else a bundled one.

    Parameters
    ----------
    name : str
        The scale's id.
    folder : path, optional
        A study folder; ``scales/<id>.toml`` in it is read first. It may not take the
        name of a bundled scale.

    Raises
    ------
    DataError
        If there is no such scale, or the study's own file has faults.

    Examples
    --------
    >>> scale("racine_1972")
    Scale(racine_1972, 0, 1, 2, 3, 4, 5, verified)
    """
    own = None if folder is None else Path(folder) / "scales" / f"{name}.toml"
    if own is not None and own.is_file():
        from isobole.studies._scale_file import read_scale

        if name in scale_ids():
            raise DataError(
                [
                    Problem(
                        "scale-name-taken",
                        f"'{name}' is the name of a scale that comes with isobole",
                        file=str(own),
                        remedy="Give your scale another id and file name, so that no "
                        "one takes its scores for those of the published one",
                    )
                ]
            )
        return read_scale(own)
    if name in scale_ids():
        return _bundled(name)
    close = get_close_matches(name, scale_ids(), n=1)
    hint = f"Did you mean '{close[0]}'? " if close else ""
    raise DataError(
        [
            Problem(
                "unknown-scale",
                f"There is no scale '{name}'",
                given=name,
                expected=f"one of {', '.join(scale_ids())}",
                remedy=f"{hint}A scale of your own goes to scales/{name}.toml in the "
                "study folder",
            )
        ]
    )


def check_same_scale(ids: Iterable[str]) -> None:
    """Raise `DataError` unless all scores come from one scale.

    Examples
    --------
    >>> check_same_scale(["racine_1972", "racine_1972"])
    """
    found = tuple(dict.fromkeys(ids))
    if len(found) > 1:
        raise DataError(
            [
                Problem(
                    "scales-mixed",
                    f"The scores are from different scales: {', '.join(found)}",
                    given=", ".join(found),
                    expected="scores of one scale",
                    remedy="Analyse each scale for itself; the same number means "
                    "another seizure on another scale",
                )
            ]
        )
