"""Whether a page speaks of the substance it is named after: names, salts, regimens.

Names are compared exactly; nothing is taken by similarity.
"""

from __future__ import annotations

from functools import cache

from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._regimens import Regimen, regimens
from isobole.monograph._statement import Statement
from isobole.substances import Substance, plain, substances

_DOSES = (
    "dose_initial", "dose_titration", "dose_maintenance", "dose_max", "dose_division",
)  # fmt: skip
_ENOUGH = 3
"""Figures of another product's regimen that a page must print to be told so."""


@cache
def known_as() -> dict[str, tuple[Substance, ...]]:
    """Return who goes by each name, written as `isobole.substances.plain` does."""
    found: dict[str, tuple[Substance, ...]] = {}
    for item in substances():
        for name in (item.name, *(claim.name for claim in item.names)):
            key = plain(name)
            if item not in found.get(key, ()):
                found[key] = (*found.get(key, ()), item)
    return found


def substance_of(page: Monograph) -> Substance | None:
    """Return the substance a page is named after, None if it is not known here."""
    for name in (page.title, page.subject):
        found = known_as().get(plain(name), ())
        if len(found) == 1:
            return found[0]
    return None


def other_substance(statement: Statement, own: Substance) -> Substance | None:
    """Return the other substance that a name in a page really is, or None."""
    if not isinstance(statement.value, str):
        return None
    found = known_as().get(plain(statement.value), ())
    if len(found) != 1 or found[0].name == own.name:
        return None
    return found[0]


def identity_findings(page: Monograph) -> tuple[Finding, ...]:
    """Return what a page says of its identity that does not hold.

    Names that belong to another substance, doses that state no basis, and doses that
    are the regimen of another salt's product.
    """
    own = substance_of(page)
    if own is None:
        return ()
    found = [
        _names(page, own, "alternate_name", "alternate-name-other-substance"),
        _names(page, own, "brand_name", "brand-name-other-substance"),
        _regimen(page, own),
        _basis(page, own),
    ]
    return tuple(finding for finding in found if finding is not None)


def _names(page: Monograph, own: Substance, kind: str, code: str) -> Finding | None:
    wrong = [
        (statement, other)
        for statement in page.statements
        if statement.kind == kind and (other := other_substance(statement, own))
    ]
    if not wrong:
        return None
    listed: dict[str, str] = {}
    for statement, other in wrong:
        name = str(statement.value)
        listed[name] = (
            name if plain(name) == plain(other.name) else f"{name} ({other.name})"
        )
    related = all(other.moiety == own.moiety for _, other in wrong)
    what = "another form" if related else "another substance"
    word = "brand name" if kind == "brand_name" else "alternate name"
    many = len(listed) > 1
    return Finding(
        code=code,
        severity="warning" if related else "error",
        message=(
            f"{'Each' if many else 'Its'} {word} {'here ' if many else ''}is {what}, "
            f"not {own.name}: {_and(list(listed.values()))}"
        ),
        spans=tuple(statement.span for statement, _ in wrong),
        file=page.file,
        remedy="Remove it or say which substance it is; amounts differ between forms.",
        statements=tuple(statement.id for statement, _ in wrong),
    )


def _basis(page: Monograph, own: Substance) -> Finding | None:
    doses = [s for s in page.statements if _is_dose(s)]
    if not doses or own.free_form == own.name or any(s.scope.salt for s in doses):
        return None
    return Finding(
        code="dose-basis-unstated",
        severity="warning",
        message=(
            f"No dose says whether it counts {own.name} or {own.free_form}: "
            f"1 mg of the one holds {own.free_form_per_mass:.4f} mg of the other"
        ),
        spans=tuple(statement.span for statement in doses),
        file=page.file,
        remedy="State the basis of every dose.",
        statements=tuple(statement.id for statement in doses),
    )


def _regimen(page: Monograph, own: Substance) -> Finding | None:
    doses = [s for s in page.statements if _is_dose(s) and s.scope.indication]
    if len(doses) < _ENOUGH:
        return None
    printed = {
        regimen.substance: (regimen, _printed(regimen, doses))
        for regimen in regimens()
        if regimen.moiety == own.moiety
    }
    ours = printed.pop(own.name, None)
    if not printed:
        return None
    other, figures = max(printed.values(), key=lambda pair: len(pair[1]))
    own_count = len(ours[1]) if ours else 0
    if len(figures) < _ENOUGH or len(figures) <= own_count:
        return None
    known = (
        f"; of the {len(ours[0].figures)} figures of {own.name} ({ours[0].source}) it "
        f"prints {own_count}"
        if ours
        else ""
    )
    used = [statement for group in figures.values() for statement in group]
    return Finding(
        code="doses-of-another-regimen",
        severity="warning",
        message=(
            f"Its doses are the {other.name}: it prints {len(figures)} of the "
            f"{len(other.figures)} figures of {other.substance} ({other.source}){known}"
        ),
        spans=tuple(statement.span for statement in used),
        file=page.file,
        remedy=f"Give the regimen of a {own.name} product, or say whose it is.",
        statements=tuple(statement.id for statement in used),
    )


def _printed(
    regimen: Regimen, doses: list[Statement]
) -> dict[tuple[str, str], list[Statement]]:
    found: dict[tuple[str, str], list[Statement]] = {}
    for statement in doses:
        key = (statement.kind, (statement.scope.indication or "").casefold())
        value = statement.value
        given = value if isinstance(value, tuple) else (value,)
        if regimen.figures.get(key) == (given, statement.unit):
            found.setdefault(key, []).append(statement)
    return found


def _is_dose(statement: Statement) -> bool:
    return statement.kind in _DOSES and isinstance(statement.value, int | float | tuple)


@cache
def _relatives(own: Substance) -> frozenset[str]:
    return frozenset(item.name for item in substances() if item.moiety == own.moiety)


def _and(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
