"""Whose dose figures a page prints: recognised by comparing them, never assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from isobole.monograph._citation import shown
from isobole.monograph._concepts import named_in
from isobole.monograph._evidence import Said
from isobole.monograph._statement import Statement

DOSE_KINDS = {
    "dose_initial": "start",
    "dose_titration": "weekly step",
    "dose_maintenance": "usual dose",
    "dose_max": "maximum",
    "dose_division": "divided above",
}
INDICATIONS = ("epilepsy", "bipolar disorder", "migraine prophylaxis")


def indication_of(said: Statement) -> str | None:
    """Return the indication a dose is for, by the data's name where it has one."""
    words = said.scope.indication
    if words is None:
        return None
    found = [name for name in INDICATIONS if name in named_in((words,))]
    return found[0] if found else shown(words)


@dataclass(frozen=True, slots=True)
class Regimen:
    """Figures of a product's source, by kind and indication."""

    name: str
    moiety: str
    substance: str
    source: str
    basis: str | None
    figures: dict[tuple[str, str], tuple[tuple[float, ...], str]]


@cache
def regimens() -> tuple[Regimen, ...]:
    """Return the regimens that the figures of a page are recognised by."""
    place = files("isobole.monograph") / "data" / "regimens.toml"
    document = tomllib.loads(place.read_text(encoding="utf-8"))
    return tuple(
        Regimen(
            row["name"],
            row["moiety"],
            row["substance"],
            row["source"],
            row.get("basis"),
            {
                (f["kind"], f["indication"]): (_as_numbers(f["value"]), f["unit"])
                for f in row["figures"]
            },
        )
        for row in document["regimen"]
    )


def _as_numbers(value: Any) -> tuple[float, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(float(v) for v in items if isinstance(v, int | float))


def _agrees(said: Statement, regimen: Regimen) -> bool | None:
    """Return whether a figure is the regimen's; None where it has none to compare."""
    known = regimen.figures.get((said.kind, indication_of(said) or ""))
    if known is None or said.value is None:
        return None
    return known == (_as_numbers(said.value), said.unit)


def bases_of(page: Sequence[Said]) -> dict[str, str]:
    """Say of every dose of a page whose regimen it is, by comparing figures."""
    doses = [one for one in page if one.statement.kind in DOSE_KINDS]
    best: tuple[int, Regimen] | None = None
    for regimen in regimens():
        if not any(one.subject.moiety == regimen.moiety for one in doses):
            continue
        compared = [_agrees(one.statement, regimen) for one in doses]
        same = compared.count(True)
        if same >= 2 and same > compared.count(False) and (not best or same > best[0]):
            best = (same, regimen)
    return {one.statement.id: _basis(one, best[1] if best else None) for one in doses}


def _basis(one: Said, regimen: Regimen | None) -> str:
    said = one.statement
    salt = said.scope.salt
    of = f"mg of {salt}" if salt else "salt basis not stated"
    if said.value is None:
        return "No figure; none is taken from elsewhere"
    if regimen is None:
        return f"Figure of the source for {one.subject.name}; {of}"
    if _agrees(said, regimen) is False:
        return f"Not the figure of the {regimen.name} this page otherwise gives; {of}"
    return f"Figure of the {regimen.name}; {of}"
