"""Doses against each other: figures with their whole scope, and what a scope lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from isobole.monograph._checks import finding, joined
from isobole.monograph._contradictions_scope import facets
from isobole.monograph._contradictions_view import View, lines, places, role
from isobole.monograph._contradictions_words import plain
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement
from isobole.results import format_number

Amount = tuple[float, float, str]
"""Low, high, and what of: ``"mg/day"`` or ``"mg/kg/day"``."""

_KINDS = ("dose_initial", "dose_max")
_TIMES = {
    "once daily": 1, "daily": 1, "once a day": 1, "once per day": 1, "a day": 1,
    "twice daily": 2, "twice a day": 2, "two times daily": 2, "bid": 2,
    "every 12 hours": 2, "three times daily": 3, "three times a day": 3, "tid": 3,
    "thrice daily": 3, "every 8 hours": 3, "four times daily": 4, "qid": 4,
    "four times a day": 4, "every 6 hours": 4, "at bedtime": 1, "at night": 1,
    "every 24 hours": 1, "per day": 1,
}  # fmt: skip
_NUMBERS = (int, float, tuple)
_MASS = {"mg": 1.0, "g": 1000.0, "mcg": 0.001, "µg": 0.001, "ug": 0.001}
_UNIT = re.compile(
    r"(?P<mass>mg|g|mcg|µg|ug)(?P<kg> ?/ ?kg)?(?P<day> ?/ ?(?:day|d|24 ?h))?"
    r"(?: (?P<often>.+))?",
    re.IGNORECASE,
)


def amount(said: Statement) -> Amount | None:
    """Return the daily amount a dose statement gives, None where it is not known."""
    value = said.value
    if not isinstance(value, _NUMBERS) or isinstance(value, bool):
        return None
    numbers = value if isinstance(value, tuple) else (float(value),)
    daily = _daily(said.unit or "") if numbers else None
    if daily is None:
        return None
    factor, unit = daily
    return (min(numbers) * factor, max(numbers) * factor, unit)


@lru_cache(maxsize=1024)
def _daily(unit: str) -> tuple[float, str] | None:
    """Return by what a number of a unit becomes a daily amount, and of what."""
    match = _UNIT.fullmatch(" ".join(unit.split()))
    if match is None:
        return None
    times = 1
    if match["often"]:
        found = _TIMES.get(match["often"].lower())
        if found is None:
            return None
        times = 1 if match["day"] else found
    elif not match["day"]:
        return None
    factor = _MASS[match["mass"].lower()] * times
    return factor, "mg/kg/day" if match["kg"] else "mg/day"


def figure(said: Statement) -> str:
    """Return a dose as its page gives it."""
    value = said.value
    if isinstance(value, tuple):
        return f"{'–'.join(format_number(x) for x in value)} {said.unit or ''}".strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{format_number(float(value))} {said.unit or ''}".strip()
    return str(value)


def _apart(one: Amount, other: Amount, kind: str) -> bool:
    """Return whether two amounts cannot both be the dose."""
    if one[2] != other[2]:
        return False
    if kind == "dose_max":
        return not _near(one[1], other[1])
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return low > high and not _near(low, high)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.02 * max(one, other)


def _recorded(said: Statement) -> tuple[object, ...]:
    scope = said.scope
    words = (
        scope.component, scope.salt, scope.route, scope.formulation, scope.population,
        scope.indication, scope.phase, scope.condition, scope.jurisdiction,
    )  # fmt: skip
    return tuple([plain(word) if word else None for word in words])


def _narrowing(said: Statement) -> tuple[object, ...]:
    """Return what the words around a dose narrow it to, besides its scope."""
    named = facets(f"{said.span.quote} {' '.join(said.section[-2:])}")
    return tuple(
        (name, value)
        for name, value in sorted(named.items())
        if name in ("severity", "route", "release", "age", "with")
    )


def dose_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield different figures for one dose with the whole of its scope.

    Given one page, its places are compared; given several, the pages.
    """
    groups: dict[tuple[object, ...], list[tuple[Statement, Amount]]] = {}
    for view in views:
        if not view.patients:
            continue
        for said in view.of(*_KINDS):
            told = amount(said)
            if told is None or said.span.quote.rstrip().endswith("?"):
                continue
            key = (said.kind, view.part(said), view.component(said), *_recorded(said))
            groups.setdefault(key, []).append((said, told))
    for kind, group in _narrowed(groups):
        first, given = group[0]
        others = [
            said
            for said, told in group[1:]
            if _apart(given, told, kind) and _elsewhere(first, said, views)
        ]
        if not others:
            continue
        where = lines if len(views) == 1 else places
        yield finding(
            "doses-differ",
            f"The {_name(first)} is {figure(first)} ({where([first])}) and "
            f"{joined(figure(said) for said in others)} ({where(others)})",
            [first, *others],
        )
    if len(views) == 1:
        yield from _unscoped(views[0])


def _narrowed(
    groups: dict[tuple[object, ...], list[tuple[Statement, Amount]]],
) -> Iterator[tuple[str, list[tuple[Statement, Amount]]]]:
    """Yield the groups of one scope, split by what their words narrow it to."""
    for key, group in groups.items():
        if len(group) < 2 or len({told for _, told in group}) < 2:
            continue
        split: dict[tuple[object, ...], list[tuple[Statement, Amount]]] = {}
        for said, told in group:
            split.setdefault(_narrowing(said), []).append((said, told))
        for part in split.values():
            yield str(key[0]), part


def _elsewhere(one: Statement, other: Statement, views: Sequence[View]) -> bool:
    if len(views) > 1:
        return one.span.file != other.span.file
    # Steps of one list are a course of treatment, not two opinions.
    return one.section != other.section


def _name(said: Statement) -> str:
    what = "maximum dose" if said.kind == "dose_max" else "starting dose"
    scope = said.scope
    whom = [word for word in (scope.indication, scope.population, scope.route) if word]
    return f"{what} ({', '.join(whom)})" if whom else what


def _unscoped(view: View) -> Iterator[Finding]:
    """Yield a summary's or answer's figure that is not the only one the page has."""
    if not view.patients or view.components or len(view.parts) > 1:
        return
    for kind in _KINDS:
        body: list[tuple[Statement, Amount]] = []
        short: list[tuple[Statement, Amount]] = []
        for said in view.of(kind):
            told = amount(said)
            if told is None:
                continue
            (body if role(said) == "body" else short).append((said, told))
        if not short or not body or len({_recorded(said) for said, _ in body}) != 1:
            continue
        if len({_narrowing(said) for said, _ in body}) != 1:
            continue
        given = body[0][1]
        if any(_apart(given, told, kind) for _, told in body):
            continue
        wrong = [
            said
            for said, told in short
            if _apart(given, told, kind)
            and not any(
                (said.scope.population, said.scope.indication, said.scope.route)
            )
            and _narrowing(said) in ((), _narrowing(body[0][0]))
        ]
        if wrong:
            first = body[0][0]
            yield finding(
                "doses-differ",
                f"The {_name(first)} is {figure(first)} ({lines([first])}) and "
                f"{joined(map(figure, wrong))} ({lines(wrong)})",
                [first, *wrong],
            )


def indication_findings(view: View) -> Iterator[Finding]:
    """Yield doses of summaries and answers that lost the indication they hold for."""
    if not view.patients:
        return
    lost: list[Statement] = []
    scoped: list[Statement] = []
    for kind in _KINDS:
        statements = [s for s in view.of(kind) if amount(s) is not None]
        by_indication: dict[str, set[object]] = {}
        for said in statements:
            name = plain(said.scope.indication or "")
            if name and role(said) == "body" and not _NOT_A_USE.match(name):
                by_indication.setdefault(name, set()).add((said.value, said.unit))
        figures = list(by_indication.values())
        if len(figures) < 2 or all(group == figures[0] for group in figures):
            continue
        missing = [
            said
            for said in statements
            if said.scope.indication is None
            and role(said) != "body"
            and not any(name in said.span.quote.lower() for name in by_indication)
        ]
        if missing:
            lost += missing
            scoped += [s for s in statements if s.scope.indication]
    if lost:
        names = dict.fromkeys(str(s.scope.indication) for s in scoped)
        yield finding(
            "dose-without-indication",
            f"{joined(map(figure, lost))} ({lines(lost)}) without the indication, "
            f"though "
            f"the page has different figures for {joined(names)}",
            [*lost, *scoped],
        )


# A lead of the dosage section that says who or where, not what for.
_NOT_A_USE = re.compile(
    r"patients?\b|people\b|intensive care|emergenc|surgery|dialysis|icu\b|intubat"
)
