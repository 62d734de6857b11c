"""Resolve a name or identifier to its substance; a near name is only asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from isobole.results import DataError, OptionError
from isobole.substances import (
    SCHEMES,
    Identifier,
    NameClaim,
    Substance,
    is_cas,
    is_well_formed,
    plain,
    substance,
    substances,
)

Answer = Literal["is", "may be", "unknown"]


@dataclass(frozen=True, slots=True)
class ResolvedName:
    """What a name stands for: one substance, one of several, or nothing known here.

    Parameters
    ----------
    given : str
        The name as written.
    answer : {"is", "may be", "unknown"}
    substances : tuple of Substance
        One for ``"is"``, several for ``"may be"``, none for ``"unknown"``.
    claim : NameClaim, Identifier or None
        Who says that the name is that substance's, with the source; None where the
        name is isobole's own name of it, or where nothing is resolved.
    question : str
        What to ask; near names are suggested here and never taken. Empty for ``"is"``.
    """

    given: str
    answer: Answer
    substances: tuple[Substance, ...]
    claim: NameClaim | Identifier | None
    question: str

    @property
    def substance(self) -> Substance | None:
        """The substance, if there is exactly one."""
        return self.substances[0] if self.answer == "is" else None

    def __str__(self) -> str:
        if self.answer != "is":
            return self.question
        name = self.substances[0].name
        if self.claim is None:
            return name
        verified = "verified" if self.claim.verified else "not verified"
        return f"{self.given} is {name} ({self.claim.source}; {verified})"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as it stands in JSON."""
        claim = self.claim
        return {
            "given": self.given,
            "answer": self.answer,
            "substances": [item.name for item in self.substances],
            "source": claim.source if claim else None,
            "verified": claim.verified if claim else None,
            "question": self.question,
        }


def resolve_name(name: str) -> ResolvedName:
    """Resolve a name, brand or identifier to the substance it really is.

    Names are compared exactly. A name that is merely similar is asked for, never taken.

    Parameters
    ----------
    name : str
        A name, synonym, brand, or an identifier: CAS number, UNII, InChIKey, RxCUI.

    Returns
    -------
    ResolvedName

    Raises
    ------
    OptionError
        If the name is empty, or looks like a CAS number whose check digit is wrong.

    Examples
    --------
    >>> print(resolve_name("Depakote"))
    Depakote is divalproex sodium (US label of divalproex sodium; verified)
    >>> resolve_name("62959-43-7").substance
    Substance(magnesium valproate, C16H30MgO4, 310.717 g/mol, 2 valproate)
    >>> resolve_name("valproate").answer, resolve_name("depakot").answer
    ('may be', 'unknown')
    """
    given = " ".join(str(name).split())
    if not given:
        raise OptionError("The name is empty; give the name of a substance.")
    digits = given.replace("-", "")
    looks_like_cas = given.count("-") == 2 and digits.isascii() and digits.isdigit()
    if looks_like_cas and not is_cas(given):
        raise OptionError(
            f"'{given}' looks like a CAS number, but its last digit is not right; "
            "check it for a slip."
        )
    owners = _by_identifier().get(given.upper(), ())
    if owners:
        found = tuple(item for item, _ in owners)
        if len(found) == 1:
            return ResolvedName(given, "is", found, owners[0][1], "")
        return ResolvedName(given, "may be", found, None, _which(given, found))
    try:
        one = substance(given)
    except DataError as error:
        problem = error.problems[0]
        question = f"{problem.message}. {problem.remedy or ''}".strip()
        if problem.code == "ambiguous-substance":
            return ResolvedName(given, "may be", _sharing(given), None, question)
        return ResolvedName(given, "unknown", (), None, question)
    key = plain(given)
    claim = next((item for item in one.names if plain(item.name) == key), None)
    return ResolvedName(given, "is", (one,), claim, "")


def _which(given: str, found: tuple[Substance, ...]) -> str:
    names = ", ".join(item.name for item in found)
    return (
        f"'{given}' is recorded for {names}. Say which: they are different substances "
        "with different molar masses."
    )


def _sharing(given: str) -> tuple[Substance, ...]:
    key = plain(given)
    return tuple(
        item
        for item in substances()
        if plain(item.moiety) == key or any(plain(c.name) == key for c in item.names)
    )


@cache
def _by_identifier() -> dict[str, tuple[tuple[Substance, Identifier], ...]]:
    found: dict[str, tuple[tuple[Substance, Identifier], ...]] = {}
    for item in substances():
        for claim in item.identifiers:
            if claim.scheme in SCHEMES and is_well_formed(claim.scheme, claim.value):
                key = claim.value.upper()
                found[key] = (*found.get(key, ()), (item, claim))
    return found
