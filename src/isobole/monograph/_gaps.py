"""What no page says, and what to know of the names: silence is never an answer."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from isobole.monograph._case import Case
from isobole.monograph._case_findings import Gap
from isobole.monograph._citation import place_of
from isobole.monograph._concepts import concept_of, lineage, named_in
from isobole.monograph._drugs import Drug, is_known, moiety_of, near_drugs
from isobole.monograph._evidence import Said
from isobole.monograph._rules import Rule, rules
from isobole.results import DataError
from isobole.substances import plain, substance

_NOT_NONE = "that is not the same as none"


def gaps_of(
    case: Case,
    drugs: Sequence[Drug],
    own: Sequence[Said],
    absent: Sequence[tuple[Rule, str]],
) -> tuple[Gap, ...]:
    """Return every row "not stated" and "unknown", each once."""
    found: list[Gap] = [
        Gap(
            f"{rule.title} ({name})",
            "not stated",
            f"no page here speaks of {rule.coverage}; {_NOT_NONE}",
        )
        for rule, name in absent
    ]
    found += _names(case, drugs, own)
    found += _interactions(drugs, own)
    found += _kinds(own, case)
    places = {one.statement.scope.jurisdiction for one in own}
    if case.country is not None and case.country not in places:
        why = f"no source here speaks for {case.country}; {_NOT_NONE}"
        found.append(Gap(f"Rules of {case.country}", "not stated", why))
    if case.drugs is None:
        why = "the case names no other drugs and does not say that there are none"
        found.append(Gap("Interactions with other drugs", "unknown", why))
    return tuple({(gap.what, gap.said): gap for gap in found}.values())


def _names(case: Case, drugs: Sequence[Drug], own: Sequence[Said]) -> list[Gap]:
    found = []
    subjects = {one.subject.moiety for one in own}
    for one in drugs:
        if not one.known and one.moiety not in subjects:
            why = f"the name '{one.given}' is not known here: nothing can be told of it"
            if near := near_drugs(one.given):
                why += f"; is {' or '.join(near)} meant? Nothing is taken by similarity"
            found.append(Gap(one.given, "unknown", why))
        elif one.moiety not in subjects:
            why = f"no page here is about {one.name}: nothing of its own is told"
            found.append(Gap(f"{one.name} itself", "not stated", why))
    ruled = {
        condition.condition
        for rule in rules()
        for condition in (*rule.trigger.all, *rule.trigger.any)
    }
    for word in case.conditions:
        name = concept_of(word, "conditions")
        if name is None:
            why = f"no rule here knows '{word}': what it means cannot be told"
            found.append(Gap(f"Condition: {word}", "unknown", why))
        elif not _ruled(name, ruled):
            found.append(_unruled(word, name, own))
    if case.indication is not None and not concept_of(case.indication, "indications"):
        why = f"no page here is known to speak of '{case.indication}'"
        found.append(Gap(f"Indication: {case.indication}", "unknown", why))
    return found


def _unruled(word: str, name: str, own: Sequence[Said]) -> Gap:
    """Return the row of a condition without a rule; what pages say of it is pointed to.

    A page that speaks of it must not be told to be silent.
    """
    places = dict.fromkeys(
        place_of(one.statement)
        for one in own
        if name in one.concepts or name in named_in((one.statement.span.quote,))
    )
    if not places:
        why = f"no rule here asks about {name}; {_NOT_NONE}"
        return Gap(f"Condition: {word}", "not stated", why)
    read = "; ".join([*places][:5]) + ("; …" if len(places) > 5 else "")
    why = f"no rule here asks about {name}, and pages speak of it: read {read}"
    return Gap(f"Condition: {word}", "unknown", why)


def _ruled(name: str, ruled: set[str | None]) -> bool:
    return any(one in ruled for one in lineage(name)) or any(
        one is not None and name in lineage(one) for one in ruled
    )


def _interactions(drugs: Sequence[Drug], own: Sequence[Said]) -> list[Gap]:
    """Return two drugs of the case that no interaction statement joins."""
    found = []
    spoken = [one for one in own if one.statement.kind == "interaction"]
    for index, one in enumerate(drugs):
        for other in drugs[index + 1 :]:
            if one.moiety == other.moiety or _joined(one, other, spoken):
                continue
            pair = " + ".join(sorted((one.name, other.name)))
            if one.known and other.known:
                why = f"no page here names both; {_NOT_NONE}"
                found.append(Gap(f"Interaction: {pair}", "not stated", why))
            else:
                strange = next(x.given for x in (one, other) if not x.known)
                why = f"'{strange}' is not known here; {_NOT_NONE}"
                found.append(Gap(f"Interaction: {pair}", "unknown", why))
    return found


def _joined(one: Drug, other: Drug, spoken: Sequence[Said]) -> bool:
    for owner, partner in ((one, other), (other, one)):
        names = {plain(partner.moiety), plain(partner.name), *partner.classes}
        if any(
            said.subject.moiety == owner.moiety and said.partners & names
            for said in spoken
        ):
            return True
    return False


@cache
def _asked_kinds() -> tuple[dict[str, Any], ...]:
    place = files("isobole.monograph") / "coverage" / "kinds.toml"
    return tuple(tomllib.loads(place.read_text(encoding="utf-8"))["row"])


def _kinds(own: Sequence[Said], case: Case) -> list[Gap]:
    """Return, for every kind a reader looks for, the drugs no page of which has it."""
    found = []
    for subject in dict.fromkeys(one.subject.moiety for one in own):
        rows = [one for one in own if one.subject.moiety == subject]
        pages = dict.fromkeys(one.page for one in rows)
        machine = [
            page
            for page in pages
            if any(x.page == page and x.statement.policy != "clinical" for x in rows)
        ]
        for row in _asked_kinds():
            if case.sex == "male" and row.get("who") == "mother":
                continue
            having = {one.page for one in rows if _counts(row, one)}
            if not having:
                why = f"no page here states it; {_NOT_NONE}"
                found.append(Gap(f"{subject}: {row['title']}", "not stated", why))
                continue
            # A publication is asked for one topic; a page is meant to be whole.
            lacking = [page for page in machine if page not in having]
            if lacking:
                titles = {one.page: one.title for one in rows}
                named = [titles[page] for page in lacking[:3]]
                listed = ", ".join(named) + (", …" if len(lacking) > 3 else "")
                why = f"not on {listed}; {_NOT_NONE}"
                found.append(Gap(f"{subject}: {row['title']}", "not stated", why))
    return found


def _counts(row: dict[str, Any], one: Said) -> bool:
    said = one.statement
    if said.kind not in row["kinds"]:
        return False
    if row.get("concept") and row["concept"] not in one.concepts:
        return bool(said.kind == row["concept"])
    numeric = isinstance(said.value, int | float | tuple)
    if row.get("numeric"):
        return numeric and not isinstance(said.value, bool)
    if row.get("valued"):
        return isinstance(said.value, str) and plain(said.value) not in _UNNAMED
    return True


_UNNAMED = {"", "unspecified", "other drugs", "other medications", "some"}


def notices_of(
    about: Drug, drugs: Sequence[Drug], own: Sequence[Said]
) -> tuple[str, ...]:
    """Return what to know of names: brands, other salts, pages about another salt."""
    found: dict[str, None] = {}
    for one in drugs:
        if one.note:
            found[f"{one.note}."] = None
    pages = {one.subject.name: one.subject for one in own}
    for one in drugs:
        for page in pages.values():
            if page.moiety == one.moiety and page.name != one.name:
                found[_other_salt(one, page)] = None
    for subject in dict.fromkeys(said.subject.name for said in own):
        listed = dict.fromkeys(
            claim
            for said in own
            if said.subject.name == subject
            and said.statement.kind in ("alternate_name", "brand_name")
            and (claim := _claimed_name(said))
        )
        if listed:
            text = f"Salt: names listed for {subject} are other substances: "
            found[text + "; ".join(listed) + "."] = None
    return tuple(found)


def _other_salt(one: Drug, page: Drug) -> str:
    if page.name == page.moiety:
        return f"A source speaks of {page.name} without saying which salt."
    return (
        f"Salt: asked about {one.name}, but a page here is about {page.name}, another "
        "substance with the same active part; milligrams of one are not milligrams of "
        "the other."
    )


def _claimed_name(said: Said) -> str | None:
    name = said.statement.value
    if not isinstance(name, str) or not is_known(name):
        return None
    try:
        found = substance(name)
    except DataError:
        other = moiety_of(name)
        return None if other == said.subject.moiety else name
    if found.name == said.subject.name:
        return None
    brand = " (brand)" if said.statement.kind == "brand_name" else ""
    return name if plain(found.name) == plain(name) else f"{name}{brand}, {found.name}"
