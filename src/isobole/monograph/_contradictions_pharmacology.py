"""Mechanisms, uses, effects and terms, in a page and between pages of one substance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from isobole.monograph._checks import finding, joined
from isobole.monograph._contradictions_scope import own_words
from isobole.monograph._contradictions_view import MOST, View, lines, places
from isobole.monograph._contradictions_words import plain
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_SURE = frozenset((None, "asserted", "well-documented"))
_MERELY = frozenset(("sometimes", "usually", "some"))


def certainty_findings(view: View) -> Iterator[Finding]:
    """Yield targets of a mechanism asserted in one place and hedged in another."""
    groups: dict[tuple[str, str], list[Statement]] = {}
    for said in view.of("mechanism"):
        target = str(said.details.get("target") or "")
        if target and not said.span.quote.rstrip().endswith("?"):
            action = str(said.value or "").removeprefix(target).strip()
            key = view.component(said) or plain(said.subject)
            groups.setdefault((_family(key, view), f"{target} {action}"), []).append(
                said
            )
    targets: dict[str, list[Statement]] = {}
    for (_, what), group in groups.items():
        sure = [s for s in group if s.certainty in _SURE and not _hedged(s)]
        unsure = [
            s for s in group if s.certainty not in _SURE and s.certainty not in _MERELY
        ]
        starts = {a.span.start for a in sure} | {b.span.start for b in unsure}
        if sure and unsure and len(starts) > 1:
            targets[what.strip()] = [*sure, *unsure]
    if targets:
        used = [said for group in targets.values() for said in group]
        sure = [s for s in used if s.certainty in _SURE]
        unsure = [s for s in used if s.certainty not in _SURE]
        hedges = joined(dict.fromkeys(str(s.certainty) for s in unsure))
        yield finding(
            "certainty-differs",
            f"Asserted ({lines(sure)}) and uncertain, '{hedges}' ({lines(unsure)}): "
            f"{joined(targets)}",
            used,
        )


_HEDGE = re.compile(
    r"\b(?:may|might|thought|believed|possibly|potentially|perhaps|appears?|suggest\w*|"
    r"not (?:fully|completely|well) understood|unclear|unknown)\b",
    re.IGNORECASE,
)


def _hedged(said: Statement) -> bool:
    """Return whether the sentence itself carries a hedge, whatever it is about."""
    return bool(_HEDGE.search(said.span.quote))


def _family(name: str, view: View) -> str:
    """Return the page's own name for its substance, however a sentence shortens it."""
    own = plain(view.page.subject)
    return own if name in own or own in name else name


def mechanism_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield the targets that only some pages of one substance name."""
    by_page: dict[str, dict[str, list[Statement]]] = {}
    for view in views:
        own = plain(view.page.subject)
        for said in view.of("mechanism"):
            target = str(said.details.get("target") or "")
            subject = plain(said.subject)
            mine = subject in own or own in subject or "+" in subject
            if target and mine and not said.span.quote.rstrip().endswith("?"):
                by_page.setdefault(view.file, {}).setdefault(target, []).append(said)
    if len(by_page) < 2:
        return
    told = []
    used: list[Statement] = []
    where = _places_of(by_page)
    for file, targets in by_page.items():
        alone = [
            target
            for target in targets
            if not _elsewhere(target, file, where, _same_target)
        ]
        if alone:
            told.append(f"{joined(alone, 8)} ({file})")
            used += [targets[target][0] for target in alone]
    if told:
        yield finding(
            "mechanisms-differ",
            f"Targets that only one page names: {'; '.join(told[:12])}",
            used,
        )


def _places_of(pages: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return the pages that have each name."""
    found: dict[str, set[str]] = {}
    for file, names in pages.items():
        for name in names:
            found.setdefault(name, set()).add(file)
    return found


def _elsewhere(
    name: str,
    file: str,
    where: Mapping[str, set[str]],
    same: Callable[[str, str], bool],
) -> bool:
    """Return whether another page has a name, or another word for it."""
    if len(where[name]) > 1:
        return True
    return any(
        same(name, other) and where[other] != {file} for other in islice(where, MOST)
    )


def _same_target(one: str, other: str) -> bool:
    a, b = one.lower(), other.lower()
    channels = "channel" in a and "channel" in b and "ion channels" in (a, b)
    return a in b or b in a or channels


_OFF = re.compile(
    r"\boff-?\s?label|\bunlicen[sc]ed|\bunapproved|\bnot (?:fda[- ])?approved"
)


def _label(said: Statement) -> str:
    given = str(said.details.get("label_status") or "").lower()
    quote = said.span.quote.lower()
    if _OFF.search(given):
        return "off-label"
    if given:
        return "plain"
    return "off-label" if _OFF.search(quote) and len(quote.split()) < 12 else "plain"


def use_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield indications that are off label in one page, or missing in it."""
    uses: dict[str, dict[str, Statement]] = {}
    for view in views:
        if not view.patients:
            continue
        for said in view.of("indication"):
            if isinstance(said.value, str) and not said.span.quote.endswith("?"):
                uses.setdefault(view.file, {}).setdefault(_use(said.value), said)
    if len(uses) < 2:
        return
    status: dict[str, list[tuple[Statement, str]]] = {}
    for table in uses.values():
        for name, said in table.items():
            known = name in status or len(status) > MOST
            key = name if known else _first_same(name, status)
            status.setdefault(key, []).append((said, _label(said)))
    off: list[Statement] = []
    on: list[Statement] = []
    for group in status.values():
        labels = {label for _, label in group}
        if len(labels) > 1:
            off += [said for said, label in group if label == "off-label"]
            on += [said for said, label in group if label == "plain"]
    if off:
        yield finding(
            "label-status-differs",
            f"{joined(str(s.value) for s in off)}: off label ({places(off)}) "
            f"and a plain use ({places(on)})",
            [*off, *on],
        )
    alone: list[Statement] = []
    told = []
    where = _places_of(uses)
    for file, table in uses.items():
        mine = [
            said
            for name, said in table.items()
            if not _generic(name) and not _elsewhere(name, file, where, _same_use)
        ]
        if mine:
            told.append(f"{joined(str(s.value) for s in mine)} ({file})")
            alone += mine
    if told:
        yield finding(
            "indications-differ",
            f"Indications that only one page has: {'; '.join(told[:12])}",
            alone,
        )


def _first_same(name: str, known: Iterable[str]) -> str:
    return next((other for other in known if _same_use(other, name)), name)


def _use(value: str) -> str:
    return own_words(value.split(":")[0])


_USE_NOISE = frozenset(
    [
        "generalized",
        "prophylaxis",
        "prevention",
        "treatment",
        "management",
        "of",
        "the",
        "in",
        "seizure",
        "seizures",
        "type",
        "types",
        "certain",
        "disorder",
        "adjunctive",
        "therapy",
        "and",
        "for",
    ]
)


def _same_use(one: str, other: str) -> bool:
    a, b = set(one.split()), set(other.split())
    if a <= b or b <= a:
        return bool((a & b) - _USE_NOISE) or a == b
    mine, theirs = a - _USE_NOISE, b - _USE_NOISE
    return bool(mine) and (mine <= theirs or (bool(theirs) and theirs <= mine))


def _generic(name: str) -> bool:
    return not set(name.split()) - _USE_NOISE or name in ("epilepsy", "seizure")
