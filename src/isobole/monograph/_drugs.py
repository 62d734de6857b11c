"""Drugs and classes as cases and statements name them, resolved by exact name only."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from isobole.results import DataError
from isobole.substances import near_names, plain, substance, substances

_GLOSS = re.compile(r"\s*\([^()]*\)")
_SEVERAL = re.compile(r"\s*(?:,|;|/|\band\b|\bor\b)\s*")


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug of a case, as given and as resolved.

    Parameters
    ----------
    given : str
        The word of the case.
    name : str
        The substance it stands for; the word itself where it is not known.
    moiety : str
        What acts: ``"valproate"`` for each of its salts.
    classes : tuple of str
        Classes of the data that hold it.
    known : bool
        Whether the name is known here at all; a name that is not known gives
        "unknown", never "no interaction".
    note : str
        What to know of the name; empty if nothing.
    """

    given: str
    name: str
    moiety: str
    classes: tuple[str, ...]
    known: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    drugs: dict[str, str]
    classes: dict[str, str]
    members: dict[str, frozenset[str]]


@cache
def _names() -> _Names:
    folder = files("isobole.monograph") / "concepts"
    text = (folder / "drug-classes.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    drugs: dict[str, str] = {}
    for row in document["drug"]:
        for name in (row["name"], *row.get("names", ())):
            drugs[plain(name)] = row["name"]
    classes, members = {}, {}
    for row in document["drug_class"]:
        for name in (row["id"], *row["names"]):
            classes[plain(name)] = row["id"]
        members[row["id"]] = frozenset(map(plain, row["members"]))
        for name in row["members"]:
            drugs.setdefault(plain(name), name)
    return _Names(drugs, classes, members)


def class_names() -> frozenset[str]:
    """Return the classes of the data."""
    return frozenset(_names().members)


@cache
def drug(name: str) -> Drug:
    """Resolve the name of a drug exactly; an unknown name stays as it is.

    Raises
    ------
    DataError
        If the name stands for several substances, such as "valproate".

    Examples
    --------
    >>> drug("Depakote").name, drug("Depakote").moiety
    ('divalproex sodium', 'valproate')
    >>> drug("carbamazepine").classes
    ('enzyme inducers', 'enzyme-inducing antiepileptics')
    >>> drug("mystery powder").known
    False
    >>> drug("blood thinners").classes
    ('anticoagulants',)
    """
    name = " ".join(name.split())
    key = plain(name)
    data = _names()
    try:
        found = substance(name)
    except DataError as error:
        if error.problems[0].code == "ambiguous-substance":
            raise
        if group := data.classes.get(key):
            note = f"{name} is a class: what is said of its members is not counted"
            return Drug(name, group, group, (group,), True, note)
        known = key in data.drugs
        own = data.drugs.get(key, name)
        return Drug(name, own, own, _classes(plain(own)), known)
    note = ""
    if plain(found.name) != key:
        note = f"{name} stands for {found.name}"
    classes = _classes(plain(found.name), plain(found.moiety))
    return Drug(name, found.name, found.moiety, classes, True, note)


def near_drugs(name: str) -> list[str]:
    """Return up to three names of drugs that an unknown one may have been meant for.

    To ask with; nothing is taken by similarity.

    Examples
    --------
    >>> near_drugs("lamotrigene"), near_drugs("mystery powder")
    (['lamotrigine'], [])
    """
    data = _names()
    known = {*data.drugs, *data.classes}
    for item in substances():
        known.update(map(plain, (item.name, *(claim.name for claim in item.names))))
    # In their order, so that of two as near the same one comes first each time.
    return near_names(name, sorted(known))[:3]


def _classes(*names: str) -> tuple[str, ...]:
    members = _names().members
    return tuple(
        own for own, inside in members.items() if any(name in inside for name in names)
    )


@cache
def partners_in(term: str) -> frozenset[str]:
    """Return the moieties and classes that a statement's term names.

    A gloss in parentheses is left out; nothing is taken by similarity.

    Examples
    --------
    >>> sorted(partners_in("Carbamazepine (an inducer)"))
    ['carbamazepine']
    >>> sorted(partners_in("enzyme-inducing antiepileptics"))
    ['enzyme-inducing antiepileptics']
    """
    bare = _GLOSS.sub("", term)
    found: set[str] = set()
    parts = _SEVERAL.split(bare)
    # "trimethoprim/sulfamethoxazole" may be a name as a whole too.
    whole = (bare,) if plain(bare) in _names().classes or is_known(bare) else ()
    for part in (*whole, *parts):
        key = plain(part)
        if key in _names().classes:
            found.add(_names().classes[key])
        elif (head := plain(part.split(" containing ")[0])) in _names().classes:
            found.add(_names().classes[head])
        elif key:
            found.add(plain(moiety_of(part)))
    for gloss in _GLOSS.findall(term):
        words = re.sub(r"^\s*\((?:e\.g\.|such as|including)?,?\s*|\)$", "", gloss)
        found.update(
            plain(moiety_of(part)) for part in _SEVERAL.split(words) if is_known(part)
        )
    return frozenset(found)


def is_known(name: str) -> bool:
    """Return whether a name stands for a substance or drug of the data."""
    try:
        return drug(name).known
    except DataError:
        return True


@cache
def moiety_of(name: str) -> str:
    """Return the moiety a name stands for, or the name where it is not known.

    A name that several salts share stands for their moiety.
    """
    try:
        return drug(name).moiety
    except DataError:
        return plain(name)
