"""Within what animals are balanced: columns of animals.csv, and bands of weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isobole.results import DataError, Problem, format_number
from isobole.studies._rows import Animal

_BAND = re.compile(r"weight(?:_g|_bands?)?(?:[_:](\d+))?")
_PLAIN = ("species", "strain", "sex", "cage", "litter", "day", "age_days")
_FILE = "animals.csv"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Animals that share what is balanced for, in the order of animals.csv."""

    name: str
    day: str | None
    animals: tuple[str, ...]


def strata(
    animals: Sequence[Animal], columns: Sequence[str], block: int
) -> tuple[tuple[Stratum, ...], tuple[str, ...]]:
    """Sort animals into strata; days are always kept apart, as a run has one day.

    `weight_band` (or `weight_band_3`) stands for bands of weight, two unless a number
    is given, made by rank within the other strata and cut where a whole block ends.

    Parameters
    ----------
    animals : sequence of Animal
        In the order of the file.
    columns : sequence of str
        Columns of animals.csv, or `weight_band`.
    block : int
        Animals of a whole block, so that bands are cut between blocks.

    Returns
    -------
    strata : tuple of Stratum
        In the order of days, then of first appearance.
    sentences : tuple of str
        What the weight bands are.

    Raises
    ------
    DataError
        If an animal lacks what a stratum needs.

    Examples
    --------
    >>> mice = [
    ...     Animal(f"M{i}", "mouse", "CF-1", "M", None, 20.0 + i, None, None, None)
    ...     for i in range(4)
    ... ]
    >>> found, sentences = strata(mice, ["sex", "weight_band"], 2)
    >>> [(stratum.name, stratum.animals) for stratum in found]
    [('sex=M;weight_band=1', ('M0', 'M1')), ('sex=M;weight_band=2', ('M2', 'M3'))]
    >>> print(*sentences)
    sex=M: weight band 1 is 20 to 21 g (2 animals), weight band 2 is 22 to 23 g (2 \
animals).
    """
    check_values(animals, columns)
    bands = [name for name in columns if _BAND.fullmatch(name)]
    plain = [name for name in columns if name not in bands and name != "day"]
    sorted_in: dict[tuple[str | None, str], list[Animal]] = {}
    for animal in animals:
        name = ";".join(f"{column}={value(animal, column)}" for column in plain)
        sorted_in.setdefault((animal.day, name), []).append(animal)
    found, sentences = [], []
    for (day, name), members in sorted_in.items():
        parts = _bands(members, bands[0], block) if bands else [members]
        if bands:
            where = ", ".join(filter(None, (f"day {day}" if day else "", name)))
            sentences.append(_stated(where or "All animals", parts))
        for number, part in enumerate(parts, start=1):
            label = f"weight_band={number}" if bands else ""
            found.append(
                Stratum(
                    ";".join(filter(None, (name, label))) or "all",
                    day,
                    tuple(a.animal_id for a in part),
                )
            )
    found.sort(key=lambda stratum: day_key(stratum.day))
    return tuple(found), tuple(sentences)


def covariate_levels(
    animals: Sequence[Animal], columns: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Return each animal's level of each covariate; weights in bands of equal rank."""
    check_values(animals, columns)
    by_column = []
    for column in columns:
        if _BAND.fullmatch(column):
            parts = _bands(animals, column, 1, default=3)
            level = {a.animal_id: str(i) for i, p in enumerate(parts) for a in p}
            by_column.append([level[a.animal_id] for a in animals])
        else:
            by_column.append([value(animal, column) for animal in animals])
    return tuple(zip(*by_column, strict=True)) if by_column else ((),) * len(animals)


def value(animal: Animal, column: str) -> str:
    """Return the text of a column of animals.csv, "" where there is none."""
    if column in _PLAIN:
        found = getattr(animal, column)
    elif column == "weight_g" or _BAND.fullmatch(column):
        found = animal.weight_g
    else:
        found = animal.extra.get(column)
    if isinstance(found, float):
        return format_number(found)
    return "" if found is None else str(found)


def day_key(day: str | None) -> tuple[int, int, str]:
    """Sort days: numbers by size, dates and other words as text.

    Examples
    --------
    >>> sorted(["10", "9", "2026-01-07"], key=day_key)
    ['9', '10', '2026-01-07']
    """
    text = day or ""
    return (0, int(text), text) if text.isdigit() else (1, 0, text)


def check_values(animals: Sequence[Animal], columns: Sequence[str]) -> None:
    """Raise `DataError` naming every animal that lacks a value it is balanced by."""
    problems = []
    for column in columns:
        lacking = [a for a in animals if not value(a, column)]
        if len(lacking) == len(animals) and animals:
            known = sorted({*_PLAIN, "weight_band", *animals[0].extra})
            problems.append(
                Problem(
                    "no-such-column",
                    f"Animals are to be balanced by '{column}', and no animal has it",
                    file=_FILE,
                    column=column,
                    expected=f"one of {', '.join(known)}",
                    remedy="Fill in the column, or name another one in study.toml",
                )
            )
            continue
        problems += [
            Problem(
                "empty-stratum-cell",
                f"Animal {animal.animal_id} has no {column}, by which animals are "
                "to be balanced",
                file=_FILE,
                row=animal.line,
                column=column,
                remedy="Fill in the cell",
            )
            for animal in lacking
        ]
    if len({animal.day is None for animal in animals}) > 1:
        problems += [
            Problem(
                "day-missing",
                f"Animal {animal.animal_id} has no day while others have one",
                file=_FILE,
                row=animal.line,
                column="day",
                remedy="Give every animal its day, or none",
            )
            for animal in animals
            if animal.day is None
        ]
    if problems:
        raise DataError(problems)


def _bands(
    animals: Sequence[Animal], column: str, block: int, default: int = 2
) -> list[list[Animal]]:
    """Cut animals by rank of weight into bands of whole blocks, as even as can be."""
    match = _BAND.fullmatch(column)
    wanted = int(match[1]) if match and match[1] else default
    order = sorted(animals, key=lambda a: (a.weight_g or 0.0, a.animal_id))
    blocks = max(len(order) // block, 1)
    bands = max(min(wanted, blocks), 1)
    cuts = [band * blocks // bands * block for band in range(1, bands)]
    places = {animal.animal_id: place for place, animal in enumerate(animals)}
    return [
        sorted(order[start:end], key=lambda a: places[a.animal_id])
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)
    ]


def _stated(where: str, parts: Sequence[Sequence[Animal]]) -> str:
    said = []
    for number, part in enumerate(parts, start=1):
        weights = [animal.weight_g for animal in part if animal.weight_g is not None]
        said.append(
            f"weight band {number} is {format_number(min(weights))} to "
            f"{format_number(max(weights))} g ({len(part)} animals)"
        )
    return f"{where}: {', '.join(said)}."
