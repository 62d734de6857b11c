"""Whether a page speaks of the substance it is named after: names, salts, regimens.

Names are compared exactly; nothing is taken by similarity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from isobole.monograph._checks import finding, joined
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
_BASIS = re.compile(
    r"\b(?:expressed|calculated|stated|given|measured|counted|dosed"
    r"|doses? are) (?:as|in "
    r"terms of)\b|\bequivalent to\b|\bin terms of\b|\bas the (?:free )?(?:acid"
    r"|base|salt)\b"
    r"|\b(?:mg|doses?) of (?:the )?(?:salt|free (?:acid|base))\b|\((?:as|of) (?:the )?"
    r"(?:acid|base|salt)\)",
    re.IGNORECASE,
)
_BASIS_WORDS = (
    "expressed", "calculated", "equivalent", "in terms of", "as the", "mg of", "(as ",
    "(of ", "dose of the", "doses of the", "doses are as", "given as", "stated as",
    "measured as", "dosed as", "counted as", "dose of salt", "Expressed", "Equivalent",
)  # fmt: skip
_SALTS = (
    "sodium|magnesium|potassium|calcium|zinc|lithium|hydrochloride|hydrobromide|sulfate|"
    "phosphate|mesylate|maleate|tartrate|citrate|acetate|fumarate|succinate|besylate|"
    "tosylate|nitrate|chloride|bromide|carbonate|gluconate|lactate|orotate|pamoate|"
    "palmitate|decanoate|enanthate|propionate|valerate|mononitrate|polistirex|"
    "methanesulfonate|bitartrate|hyclate|monohydrate|stearate|estolate|ethylsuccinate"
)
_SALT = re.compile(rf"\b(?:{_SALTS})\b")
_SPELLING = (
    ("sulphate", "sulfate"), ("sulphonate", "sulfonate"), ("hcl", "hydrochloride"),
    ("hbr", "hydrobromide"), ("mesilate", "mesylate"), ("besilate", "besylate"),
    ("tosilate", "tosylate"), ("embonate", "pamoate"), ("methanesulfonate", "mesylate"),
)  # fmt: skip


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


@lru_cache(maxsize=8192)
def salt_name(name: str) -> tuple[str, frozenset[str]] | None:
    """Return the base of a salt's name and its salt words, None if it names no salt.

    Examples
    --------
    >>> salt_name("Morphine Sulphate")
    ('morphine', frozenset({'sulfate'}))
    >>> salt_name("morphine")
    """
    text = plain(re.sub(r"\([^()]*\)", " ", name) if "(" in name else name)
    for british, usual in _SPELLING:
        if british in text:
            text = re.sub(rf"\b{british}\b", usual, text)
    salts = frozenset(_SALT.findall(text))
    if not salts:
        return None
    base = " ".join(
        _SALT.sub(" ", re.sub(r"\b(?:di|mono|tri|hemi)?hydrate\b", " ", text)).split()
    )
    return (base, salts) if base else None


def other_salt(name: str, title: str) -> bool:
    """Return whether a name is another salt of what a salt's page is named after.

    Examples
    --------
    >>> other_salt("morphine hydrochloride", "Morphine Sulfate")
    True
    >>> other_salt("morphine sulphate", "Morphine Sulfate")
    False
    """
    one, two = salt_name(name), salt_name(title)
    if one is None or two is None:
        # A salt whose base is the metal: "lithium carbonate" and "lithium citrate".
        return False
    return one[0] == two[0] and one[1] != two[1] and not one[1] <= two[1]


def identity_findings(page: Monograph) -> tuple[Finding, ...]:
    """Return what a page says of its identity that does not hold.

    Names that belong to another substance or salt, products that are another salt,
    doses that state no basis, and doses that are the regimen of another product.
    """
    by_kind: defaultdict[str, list[Statement]] = defaultdict(list)
    for said in page.statements:
        by_kind[said.kind].append(said)
    return findings_by_kind(page, substance_of(page), by_kind)


def findings_by_kind(
    page: Monograph, own: Substance | None, by_kind: Mapping[str, list[Statement]]
) -> tuple[Finding, ...]:
    """Return what `identity_findings` does, given a page's substance and statements."""
    found = [
        *_names(page, own, by_kind, "alternate_name"),
        *_names(page, own, by_kind, "brand_name"),
        *_products(page, own, by_kind),
    ]
    if own is not None:
        found += [*_regimen(page, own, by_kind), *_basis(page, own, by_kind)]
    return tuple(found)


def _names(
    page: Monograph,
    own: Substance | None,
    by_kind: Mapping[str, list[Statement]],
    kind: str,
) -> Iterator[Finding]:
    wrong: list[Statement] = []
    listed: list[str] = []
    for said in by_kind.get(kind, ()):
        name = str(said.value or "")
        other = other_substance(said, own) if own else None
        if other is not None:
            same = plain(name) == plain(other.name)
            listed.append(name if same else f"{name} ({other.name})")
            wrong.append(said)
        elif kind == "alternate_name" and other_salt(name, page.title):
            listed.append(name)
            wrong.append(said)
    if not wrong:
        return
    word = "brand" if kind == "brand_name" else "alternate name"
    many = len(dict.fromkeys(listed)) > 1
    yield finding(
        f"{kind.replace('_', '-')}-other-substance",
        f"{'Each ' if many else 'The '}{word} here is another substance or salt, not "
        f"{own.name if own else page.title}: {joined(listed)}",
        wrong,
    )


def _products(
    page: Monograph, own: Substance | None, by_kind: Mapping[str, list[Statement]]
) -> Iterator[Finding]:
    used: list[Statement] = []
    names: list[str] = []
    for kind in ("formulation_alternative", "availability"):
        for said in by_kind.get(kind, ()):
            for name in _salts_in(said, own, page.title):
                names.append(name)
                used.append(said)
    if used:
        yield finding(
            "product-of-another-salt",
            f"What is said to be available is another salt: {joined(names)}, not "
            f"{own.name if own else page.title}",
            used,
        )


def _salts_in(said: Statement, own: Substance | None, title: str) -> list[str]:
    text = plain(f"{said.span.quote} {said.value or ''}")
    found = []
    if own is not None:
        for name, other in _relatives(own):
            if name in text and re.search(
                rf"(?<![\w-]){re.escape(name)}(?![\w-])", text
            ):
                found.append(f"{name}" if name == other else f"{name} ({other})")
        return found
    mine = salt_name(title)
    if mine is None:
        return []
    base = re.escape(mine[0])
    for match in re.finditer(rf"\b{base} (?:{_SALTS})\b|\b(?:{_SALTS}) {base}\b", text):
        if other_salt(match[0], title):
            found.append(match[0])
    return found


@lru_cache(maxsize=512)
def _relatives(own: Substance) -> tuple[tuple[str, str], ...]:
    """Return the names of the other forms of a moiety, with whose they are.

    Names that several forms share tell nothing, and are left out.
    """
    return tuple(
        (key, group[0].name)
        for key, group in known_as().items()
        if len(group) == 1
        and group[0].moiety == own.moiety
        and group[0].name != own.name
        and len(key) > 4
    )


def _basis(
    page: Monograph, own: Substance, by_kind: Mapping[str, list[Statement]]
) -> Iterator[Finding]:
    doses = [
        said for kind in _DOSES for said in by_kind.get(kind, ()) if _is_dose(said)
    ]
    doses += [said for said in by_kind.get("ed50", ()) if _is_dose(said)]
    if not doses or own.free_form == own.name or any(s.scope.salt for s in doses):
        return
    if _states_basis(page.text):
        return
    yield finding(
        "dose-basis-unstated",
        f"No dose says whether it counts {own.name} or {own.free_form}: 1 mg of "
        f"the one "
        f"holds {own.free_form_per_mass:.4f} mg of the other",
        doses,
    )


def _states_basis(text: str) -> bool:
    """Return whether a page says anywhere what its milligrams are of."""
    for word in _BASIS_WORDS:
        at = text.find(word)
        while at >= 0:
            if _BASIS.search(text, max(0, at - 20), at + 80):
                return True
            at = text.find(word, at + 1)
    return False


def _regimen(
    page: Monograph, own: Substance, by_kind: Mapping[str, list[Statement]]
) -> Iterator[Finding]:
    doses = [
        said
        for kind in _DOSES
        for said in by_kind.get(kind, ())
        if _is_dose(said) and said.scope.indication
    ]
    if len(doses) < _ENOUGH:
        return
    printed = {
        regimen.substance: (regimen, _printed(regimen, doses))
        for regimen in regimens()
        if regimen.moiety == own.moiety
    }
    ours = printed.pop(own.name, None)
    if not printed:
        return
    other, figures = max(printed.values(), key=lambda pair: len(pair[1]))
    own_count = len(ours[1]) if ours else 0
    if len(figures) < _ENOUGH or len(figures) <= own_count:
        return
    known = (
        f"; of the {len(ours[0].figures)} figures of {own.name} ({ours[0].source}) it "
        f"prints {own_count}"
        if ours
        else ""
    )
    yield finding(
        "doses-of-another-regimen",
        f"Its doses are the {other.name}: it prints {len(figures)} of the "
        f"{len(other.figures)} figures of {other.substance} ({other.source}){known}",
        [said for group in figures.values() for said in group],
    )


def _printed(
    regimen: Regimen, doses: Sequence[Statement]
) -> dict[tuple[str, str], list[Statement]]:
    found: dict[tuple[str, str], list[Statement]] = {}
    for said in doses:
        key = (said.kind, (said.scope.indication or "").casefold())
        value = said.value
        given = value if isinstance(value, tuple) else (value,)
        if regimen.figures.get(key) == (given, said.unit):
            found.setdefault(key, []).append(said)
    return found


def _is_dose(said: Statement) -> bool:
    return isinstance(said.value, int | float | tuple) and not isinstance(
        said.value, bool
    )
