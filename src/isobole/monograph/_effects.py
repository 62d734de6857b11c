"""Which of two drugs changes which, as far as the statements say; else "not stated"."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.monograph._citation import shown
from isobole.monograph._drugs import Drug
from isobole.monograph._evidence import Said
from isobole.substances import plain


def effects_of(drugs: Sequence[Drug], rows: Sequence[Said]) -> str:
    """Return a clause for each drug, then one for everything else that changes.

    A drug nobody speaks of gets "not stated", which is not "none".
    """
    pair = sorted(drugs, key=lambda one: one.name)
    told: dict[str, None] = {}
    for one in pair:
        found = dict.fromkeys(
            f"{affected} {direction}"
            for affected, direction in map(_effect, rows)
            if affected and direction and _names(one, affected)
        )
        told[f"effect on {one.moiety}: {_listed(found)}"] = None
    further = dict.fromkeys(
        f"{affected} {direction}"
        for affected, direction in map(_effect, rows)
        if affected and direction and not any(_names(one, affected) for one in pair)
    )
    if further:
        told[f"also: {_listed(further)}"] = None
    consequences = dict.fromkeys(
        shown(str(one.statement.details["consequence"]))
        for one in rows
        if one.statement.details.get("consequence")
    )
    if consequences:
        told[f"consequence named: {', '.join(consequences)}"] = None
    text = "; ".join(told)
    return text[:1].upper() + text[1:] + "."


def _listed(found: dict[str, None]) -> str:
    return ", ".join(found) if found else "not stated"


def _effect(one: Said) -> tuple[str, str]:
    details = one.statement.details
    word = {"increase": "increased", "decrease": "decreased"}
    direction = str(details.get("direction") or "")
    affected = shown(str(details.get("affected") or ""))
    return affected, shown(word.get(direction, direction))


def _names(one: Drug, affected: str) -> bool:
    text = plain(affected)
    return plain(one.moiety) in text or plain(one.name) in text
