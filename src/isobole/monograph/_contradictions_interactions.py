"""Interactions: what they do, which are missing, and whether the other page agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_view import View, lines, places, role
from isobole.monograph._contradictions_words import plain
from isobole.monograph._drugs import class_names, drug, moiety_of, partners_in
from isobole.monograph._finding import Finding
from isobole.monograph._statement import NO_INTERACTION, Statement
from isobole.results import DataError

_TELLS = ("direction", "affected", "consequence", "mechanism", "action")
_SAYS = re.compile(
    r"\b(?:increas|decreas|reduc|rais|lower|enhanc|potentiat|risk|avoid|contraindicat|"
    r"toxic|levels?\b|effects?\b|monitor|inhibit|induc|additive|impair|bleeding|"
    r"absorption|clearance|separate|prolong|diminish|antagoni|should|not be|may)\w*",
    re.IGNORECASE,
)
_NOBODY = frozenset({"unspecified", "other drugs", "other medications", ""})


def interaction_findings(view: View) -> Iterator[Finding]:
    """Yield interactions of a page without effect, one way only, or not named."""
    if not view.patients:
        return
    own = {plain(view.page.title), plain(view.page.subject), *_NOBODY}
    named = [
        said
        for said in view.of("interaction")
        if isinstance(said.value, str) and plain(said.value) not in own
    ]
    yield from _mute(named)
    if view.own is not None:
        yield from _on_record(view, named)


def _mute(named: Sequence[Statement]) -> Iterator[Finding]:
    body = [said for said in named if role(said) == "body"]
    told = {key for said in named if _tells(said) for key in _partners(str(said.value))}
    silent = [
        said
        for said in body
        if not _tells(said) and not _partners(str(said.value)) & told
    ]
    if silent:
        names = joined(str(said.value) for said in silent)
        yield finding(
            "interaction-without-direction",
            f"Named without effect or direction: {names} ({lines(silent)})",
            silent,
        )


def _tells(said: Statement) -> bool:
    if said.strength or any(said.details.get(name) for name in _TELLS):
        return True
    quote = said.span.quote
    if any(map(str.isdigit, quote)) or len(str(said.value).split()) > 5:
        return True  # More than a name: some advice stands in it.
    return len(quote.split()) > len(str(said.value).split()) + 2 and bool(
        _SAYS.search(quote)
    )


@lru_cache(maxsize=16384)
def _partners(words: str) -> frozenset[str]:
    return partners_in(words)


@lru_cache(maxsize=4096)
def classes_of(name: str) -> tuple[str, ...]:
    """Return the classes of the data that hold a drug; none for an unknown name."""
    try:
        return drug(name).classes
    except DataError:
        return ()


def _on_record(view: View, named: Sequence[Statement]) -> Iterator[Finding]:
    assert view.own is not None
    for row in data("interactions.toml")["list"]:
        if row["moiety"] != view.own.moiety:
            continue
        have: dict[str, list[Statement]] = {}
        for said in named:
            for key in _partners(str(said.value)):
                have.setdefault(key, []).append(said)
        missing = []
        for partner in row["partners"]:
            keys = _partners(partner["name"])
            listed = [s for key in keys for s in have.get(key, ())]
            members = any(set(classes_of(key)) & keys for key in have)
            if not listed and not members:
                missing.append(f"{partner['name']} ({partner['level']})")
            elif partner.get("both") and listed:
                yield from _one_way(view, row["source"], partner, listed)
        if missing:
            yield finding(
                "interactions-missing",
                f"Of the {len(row['partners'])} interactions of {row['moiety']} in the "
                f"{row['source']}, the page does not name {joined(missing, 20)}",
                (),
                file=view.file,
            )


def _one_way(
    view: View, source: str, partner: dict[str, str], said: Sequence[Statement]
) -> Iterator[Finding]:
    affected = [str(s.details.get("affected", "")).lower() for s in said]
    affected = [words for words in affected if words]
    mine = any(partner["name"].lower() in words for words in affected)
    theirs = any(partner["name"].lower() not in words for words in affected)
    if mine and theirs:
        return
    if affected:
        how = f"only on {'the partner' if mine else view.page.title}"
    else:
        how = "without direction"
    yield finding(
        "interaction-one-way",
        f"{partner['name'].capitalize()} is given {how} ({lines(said)}); the {source} "
        f"has the pair both ways: {partner['other']}",
        said,
    )


def reciprocity_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield, for each single-ingredient page, who names it and is not named by it.

    Interactions are indexed by partner once, so the work grows with their number and
    not with the square of the pages.
    """
    pages: dict[str, list[View]] = {}
    for view in views:
        if view.patients and not view.components and len(view.parts) == 1:
            pages.setdefault(_self(view), []).append(view)
    classes = class_names()
    namers: dict[str, dict[str, Statement]] = {}
    has: dict[str, set[str]] = {}
    for key, group in pages.items():
        mine = has.setdefault(key, set())
        for view in group:
            for said in view.of("interaction"):
                if not isinstance(said.value, str) or plain(said.value) in _NOBODY:
                    continue
                for partner in _partners(said.value):
                    mine.add(partner)
                    pair = said.details.get("consequence") not in NO_INTERACTION
                    if pair and partner in pages and partner != key:
                        namers.setdefault(partner, {}).setdefault(key, said)
                if group_name := said.details.get("class"):
                    mine |= _partners(str(group_name))
    for key, named_by in namers.items():
        mine = has[key]
        unanswered = {
            other: said
            for other, said in named_by.items()
            if other not in mine and not mine & classes & set(classes_of(other))
        }
        if not unanswered:
            continue
        view = pages[key][0]
        names = joined((pages[o][0].page.title for o in unanswered), 30)
        listed = list(unanswered.values())
        yield finding(
            "interaction-not-reciprocated",
            f"{len(named_by)} page(s) name {view.page.title} as interacting; this page "
            f"does not name {names} ({places(listed)})",
            _at(view, listed),
            file=view.file,
        )


def _at(view: View, listed: Sequence[Statement]) -> list[Statement]:
    """Return the statements with this page's own interactions leading."""
    own = view.of("interaction")[:1] or list(view.page.statements[:1])
    return [*own, *listed]


def _self(view: View) -> str:
    return plain(view.own.moiety if view.own else moiety_of(view.page.title))


def effect_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield agents whose effects differ between pages of one substance."""
    agents: dict[str, dict[str, list[Statement]]] = {}
    for view in views:
        if not view.patients:
            continue
        for said in view.of("interaction"):
            if isinstance(said.value, str) and said.details.get("affected"):
                for key in _partners(said.value):
                    agents.setdefault(key, {}).setdefault(view.file, []).append(said)
    for key, by_page in agents.items():
        if len(by_page) < 2:
            continue
        sets = {
            file: {str(s.details["affected"]).lower() for s in group}
            for file, group in by_page.items()
        }
        everything = set().union(*sets.values())
        if all(effects == everything for effects in sets.values()):
            continue
        told = [f"{joined(sorted(effects))} ({file})" for file, effects in sets.items()]
        yield finding(
            "interaction-effects-differ",
            f"With {key}, one page names {told[0]}, another {'; '.join(told[1:])}",
            [s for group in by_page.values() for s in group],
        )
