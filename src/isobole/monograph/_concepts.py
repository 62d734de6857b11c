"""Which conditions, populations and indications do these words name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from isobole.results import DataError, Problem
from isobole.substances import plain

FILES = ("conditions.toml", "populations.toml", "indications.toml")


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing statements and cases may name in different words.

    Parameters
    ----------
    id : str
        The name isobole uses.
    group : str
        ``"conditions"``, ``"populations"`` or ``"indications"``.
    broader : tuple of str
        What every case of it is too: hepatic impairment is a liver disease.
    hides : tuple of str
        Concepts whose words are only part of this phrase.
    pattern : re.Pattern
    """

    id: str
    group: str
    broader: tuple[str, ...]
    hides: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def concepts() -> dict[str, Concept]:
    """Return every concept by its name.

    Raises
    ------
    DataError
        If the data name what does not exist or hold a pattern that is none.
    """
    found: dict[str, Concept] = {}
    folder = files("isobole.monograph") / "concepts"
    for name in FILES:
        document = tomllib.loads((folder / name).read_text(encoding="utf-8"))
        for row in document["concept"]:
            words = "|".join(f"(?:{pattern})" for pattern in row["patterns"])
            try:
                pattern = re.compile(rf"(?<![\w-])(?:{words})(?!\w)")
            except re.error as error:
                raise DataError([_bad(name, row["id"], str(error))]) from None
            found[row["id"]] = Concept(
                row["id"],
                name.removesuffix(".toml"),
                tuple(row.get("broader", ())),
                tuple(row.get("hides", ())),
                pattern,
            )
    for concept in found.values():
        for other in (*concept.broader, *concept.hides):
            if other not in found:
                raise DataError([_bad(concept.group, concept.id, f"no '{other}'")])
    return found


def _bad(file: str, name: str, told: str) -> Problem:
    return Problem(
        "bad-concept",
        f"The concept '{name}' cannot be used: {told}",
        file=file,
        remedy="Correct it in the data",
    )


@cache
def lineage(name: str) -> frozenset[str]:
    """Return a concept with everything it is too.

    Examples
    --------
    >>> sorted(lineage("cirrhosis"))
    ['cirrhosis', 'hepatic impairment', 'liver disease']
    """
    above = (lineage(other) for other in concepts()[name].broader)
    return frozenset({name}).union(*above)


def named_in(texts: Iterable[str | None]) -> frozenset[str]:
    """Return the concepts that the words name, each with what it is too.

    Examples
    --------
    >>> sorted(named_in(["renal or hepatic impairment"]))
    ['hepatic impairment', 'liver disease', 'renal impairment']
    >>> sorted(named_in(["Women considering pregnancy"]))
    ['planning pregnancy']
    """
    found: set[str] = set()
    for text in texts:
        if text:
            found.update(_named(plain(text)))
    return frozenset(found)


@cache
def _named(text: str) -> frozenset[str]:
    found: set[str] = set()
    hidden: dict[str, list[tuple[int, int]]] = {}
    # Those that hide others stand first in the data.
    for concept in concepts().values():
        places = hidden.get(concept.id, ())
        for match in concept.pattern.finditer(text):
            start, end = match.span()
            if any(a <= start and end <= b for a, b in places):
                continue
            found.update(lineage(concept.id))
            for other in concept.hides:
                hidden.setdefault(other, []).append((start, end))
    return frozenset(found)


def concept_of(words: str, group: str) -> str | None:
    """Return the one concept that the whole of `words` names, or None.

    The first that matches the whole wins; nothing is taken by similarity.

    Examples
    --------
    >>> concept_of("Liver disease", "conditions"), concept_of("gout", "conditions")
    ('liver disease', None)
    """
    text = plain(words)
    for concept in concepts().values():
        if concept.group == group and (
            text == concept.id or concept.pattern.fullmatch(text)
        ):
            return concept.id
    return None
