"""Pregnancy and breastfeeding: absolute or relative, compatible or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from isobole.monograph._checks import finding, joined
from isobole.monograph._contradictions_scope import covers, facets, scopes_meet
from isobole.monograph._contradictions_strength import CONTRA, NOT_FORBIDDEN
from isobole.monograph._contradictions_view import MOST, View, lines, places
from isobole.monograph._contradictions_words import concepts_in
from isobole.monograph._finding import Finding
from isobole.monograph._held import gate, held
from isobole.monograph._statement import Statement

Stance = Literal["forbidden", "relative", "allowed", "cautioned"]

_OUTWEIGH = re.compile(
    r"\boutweigh|\bjustif|\bunless\b|\bonly if\b|\bclearly needed\b|\bif (?:clearly )?"
    r"(?:necessary|needed|essential)\b|\brelative(?:ly)? contra",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\bcontra-?\s?indicat|\bmust (?:not|never)\b|\bshould (?:not"
    r"|never) be (?:used|taken|given)"
    r"|\bdo not (?:use|take)\b|\babsolutely avoid",
    re.IGNORECASE,
)
_ALLOWED = re.compile(
    r"\b(?:compatible|considered safe|generally safe|acceptable|may be used|"
    r"can (?:usually |generally |safely )?be (?:used|taken|continued)|may breast-?feed|"
    r"can breast-?feed|no contra-?\s?indication|not (?:a )?contra-?\s?indicat\w*)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|isn't|cannot|never|unknown|whether|unclear|unless)\b[^.;,]{0,40}$",
    re.IGNORECASE,
)
_CAUTION = re.compile(
    r"\bcaution|\bcautious|\bavoid|\bnot recommended|\bdiscouraged|\bcontra-?\s?indicat"
    r"|\bshould not\b|\bdo not\b|\bdiscontinue (?:breast|nursing)|\bstop (?:breast"
    r"|nursing)",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\bwhether\b|\bnot (?:well )?(?:known|established)|\bun(?:known|clear|certain)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;,]| but | however | while ", re.IGNORECASE)
_LEAD = re.compile(r"^\s*\*\*[^*]{3,60}\*\*:?\s*")
_MILK = re.compile(r"breast|lactat|nursing|milk", re.IGNORECASE)
_OF_MILK = gate("breast", "lactat", "nursing", "milk")
_WOMB = re.compile(r"pregnan|trimester|f(?:o)?etus|f(?:o)?etal", re.IGNORECASE)
# Whatever one of the patterns finds holds one of its keys.
_OUTWEIGH_KEYS = gate(
    "outweigh", "justif", "unless", "only", "needed", "necessary", "essential", "contra"
)
_FORBIDDEN_KEYS = gate("contra", "must", "should", "not", "avoid")
_ALLOWED_KEYS = gate("compatible", "safe", "acceptable", "may", "can", "contra")
_CAUTION_KEYS = gate(
    "caution", "cautious", "avoid", "not", "discouraged", "contra", "discontinue",
    "stop",
)  # fmt: skip
_UNSURE_KEYS = gate("whether", "known", "established", "clear", "certain")
_WOMB_KEYS = gate("pregnan", "trimester", "etus", "etal")


def pregnancy_stance(said: Statement) -> Stance | None:
    """Return whether a statement forbids use in pregnancy, absolutely or not."""
    quote = said.span.quote
    value = str(said.value or "").lower()
    if quote.rstrip().endswith("?"):
        return None
    if said.kind == "contraindication":
        if "pregnancy" not in concepts_in(f"{value} / {said.scope.condition or ''}"):
            return None
        here = held(quote)
        if here & CONTRA and NOT_FORBIDDEN.search(quote):
            return None
        relative = here & _OUTWEIGH_KEYS and _OUTWEIGH.search(quote)
        return "relative" if relative else "forbidden"
    if said.kind != "pregnancy" or said.scope.population == "fetus":
        return None
    if value == "x":
        return "forbidden"
    here = held(quote)
    if value == "relative contraindication" or (
        here & _OUTWEIGH_KEYS and _OUTWEIGH.search(quote)
    ):
        return "relative"
    if here & CONTRA and NOT_FORBIDDEN.search(quote):
        return "allowed"
    if said.strength == "contraindicated" or (
        here & _FORBIDDEN_KEYS and _FORBIDDEN.search(quote)
    ):
        return "forbidden"
    if here & _ALLOWED_KEYS and _says(_ALLOWED, quote):
        return "allowed"
    return None


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether words stand in a text without being denied before it."""
    return any(
        not _DENIED.search(text[: match.start()]) or "not" in match[0].lower()
        for match in pattern.finditer(text)
    )


def pregnancy_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield absolute contraindications in pregnancy that other statements soften.

    Given one page, its own statements are compared; given several of one substance,
    only statements of different pages.
    """
    strict: list[tuple[View, Statement]] = []
    soft: list[tuple[View, Statement]] = []
    for view in views:
        if not view.patients:
            continue
        for said in view.of("contraindication", "pregnancy"):
            stance = pregnancy_stance(said)
            if stance == "forbidden":
                strict.append((view, said))
            elif stance:
                soft.append((view, said))
    strict, soft = strict[:MOST], soft[:MOST]
    against = [
        said
        for view, said in soft
        if any(_comparable(view, said, other, wide) for other, wide in strict)
    ]
    if not against:
        return
    for_it = [
        wide
        for other, wide in strict
        if any(_comparable(view, said, other, wide) for view, said in soft)
    ]
    told = lines if len(views) == 1 else places
    countries = {said.scope.jurisdiction for said in (*for_it, *against)}
    unsaid = "; no country is named" if countries == {None} else ""
    words = (
        "not unless benefits outweigh risks"
        if any(pregnancy_stance(said) == "relative" for said in against)
        else "may be used"
    )
    yield finding(
        "pregnancy-absolute-or-relative",
        f"Pregnancy: contraindicated without exception ({told(for_it)}), and {words} "
        f"({told(against)}){unsaid}",
        [*for_it, *against],
    )


def _comparable(view: View, soft: Statement, other: View, wide: Statement) -> bool:
    if view is other:
        if soft.span.start == wide.span.start or view.part(soft) != view.part(wide):
            return False
        one, two = view.component(soft), view.component(wide)
        if one and two and one != two:
            return False
    if not scopes_meet(soft, wide):
        return False
    if wide.kind == "pregnancy" and str(wide.value) == "X":
        return True
    return covers(_whose(wide), _whose(soft))


def _whose(said: Statement) -> dict[str, frozenset[str]]:
    words = said.value if said.kind == "contraindication" and said.value else None
    text = str(words or said.span.quote)
    found = {
        name: value
        for name, value in facets(text).items()
        if name in ("route", "trimester", "use", "with", "dose", "release")
    }
    if said.scope.indication:
        found |= facets(f"for {said.scope.indication}")
    return found


def breastfeeding_findings(view: View) -> Iterator[Finding]:
    """Yield breastfeeding called compatible in one place and a risk in another."""
    if not view.patients:
        return
    allowed: list[Statement] = []
    warned: list[Statement] = []
    for kinds in (("breastfeeding", "contraindication", "precaution"), ("text",)):
        for said in view.of(*kinds):
            stance = _milk_stance(said)
            if stance == "allowed":
                allowed.append(said)
            elif stance == "cautioned":
                warned.append(said)
        if not allowed and not warned:
            return
    pairs = [
        (one, other)
        for one in allowed[:6]
        for other in warned[:6]
        if _milk_pair(view, one, other)
    ]
    if pairs:
        first = list(dict.fromkeys(one.id for one, _ in pairs))
        ones = [s for s in allowed if s.id in first]
        second = {other.id for _, other in pairs}
        others = [s for s in warned if s.id in second]
        yield finding(
            "breastfeeding-conflict",
            f"Breastfeeding is called compatible ({lines(ones)}) and a reason for "
            f"caution or against use ({lines(others)})",
            [*ones, *others],
        )


def _milk_stance(said: Statement) -> Stance | None:
    quote = said.span.quote
    if quote.rstrip().endswith("?"):
        return None
    if said.kind == "contraindication":
        words = str(said.value or said.scope.population or "")
        if "breastfeeding" in concepts_in(words) and "pregnan" not in words:
            denied = held(quote) & CONTRA and NOT_FORBIDDEN.search(quote)
            return None if denied else "cautioned"
        return None
    if said.kind == "precaution":
        whom = said.scope.population
        if whom is None or "breastfeeding" not in whom or "pregnan" in whom:
            return None
    # The words looked at are some of the sentence's: none has a key that it has not.
    here = held(quote)
    if said.kind == "text" and (
        not here & _OF_MILK or _WOMB.search(quote) or not _MILK.search(quote)
    ):
        return None
    about = _LEAD.sub("", quote) if said.scope.population else quote
    if here & _WOMB_KEYS:
        about = _milk_words(about)
    if not about:
        return None
    if here & _OUTWEIGH_KEYS and _OUTWEIGH.search(about):
        return None
    if said.value == "compatible" and not (
        here & _UNSURE_KEYS and _UNSURE.search(about)
    ):
        return "allowed"
    if here & _ALLOWED_KEYS and _says(_ALLOWED, about):
        return "allowed"
    if here & CONTRA and NOT_FORBIDDEN.search(about):
        return None
    return "cautioned" if here & _CAUTION_KEYS and _CAUTION.search(about) else None


def _milk_words(quote: str) -> str:
    """Return the clauses of a sentence that are about breastfeeding.

    Examples
    --------
    >>> _milk_words("Avoid in pregnancy, care with breastfeeding")
    ' care with breastfeeding'
    """
    if not _WOMB.search(quote):
        return quote
    clauses = _CLAUSE.split(quote)
    return " ".join(c for c in clauses if _MILK.search(c) and not _WOMB.search(c))


def _milk_pair(view: View, one: Statement, other: Statement) -> bool:
    if one.span.start == other.span.start or not scopes_meet(one, other):
        return False
    if view.part(one) != view.part(other):
        return False
    first, second = view.component(one), view.component(other)
    if first and second and first != second:
        return False
    a, b = facets(one.span.quote), facets(other.span.quote)
    # An infant's age is no restriction here: it is named in almost every sentence.
    return all(a.get(name) == b.get(name) for name in ("route", "dose", "release"))


_CATEGORY = re.compile(r"[ABCDX](?:[123])?")
_AUSTRALIAN = re.compile(r"[B][123]")


def category_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield different pregnancy categories of pages of one substance."""
    named: list[tuple[View, Statement, str]] = [
        (view, said, str(said.value))
        for view in views
        if view.patients
        for said in view.of("pregnancy")
        if _CATEGORY.fullmatch(str(said.value))
    ]
    systems: dict[str, dict[str, set[str]]] = {}
    for view, said, category in named:
        system = said.scope.jurisdiction or (
            "Australia"
            if _AUSTRALIAN.fullmatch(category) or "TGA" in said.span.quote
            else ""
        )
        systems.setdefault(system, {}).setdefault(view.file, set()).add(category)
    for by_page in systems.values():
        sets = list(by_page.values())
        if len(sets) < 2 or set.intersection(*sets):
            continue
        used = [said for view, said, _ in named if view.file in by_page]
        if not _trimesters_meet(used):
            continue
        told = [f"{joined(sorted(group))} ({file})" for file, group in by_page.items()]
        yield finding(
            "pregnancy-category-differs",
            f"Pages of one substance give different pregnancy categories: "
            f"{joined(told)}",
            used,
        )


def _trimesters_meet(used: Sequence[Statement]) -> bool:
    named = [facets(said.span.quote).get("trimester") for said in used]
    given = [group for group in named if group]
    return len(given) < len(named) or bool(frozenset.intersection(*given))
