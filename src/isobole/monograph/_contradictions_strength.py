"""Advice of different strength for one condition: contraindicated, and yet adjusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from isobole.monograph._checks import finding, joined
from isobole.monograph._contradictions_scope import (
    Condition,
    conditions,
    covers,
    facets,
    narrowest,
    own_words,
    scopes_meet,
)
from isobole.monograph._contradictions_view import MOST, View, lines, places
from isobole.monograph._finding import Finding
from isobole.monograph._held import gate, held
from isobole.monograph._statement import Statement

_NOT_FOR_THESE = frozenset(
    ("pregnancy", "planning pregnancy", "childbearing potential", "fetus",
     "breastfeeding", "adults", "epilepsy", "bipolar disorder",
     "migraine prophylaxis", "interacting medication", "male", "fertility")
)  # fmt: skip
FORBIDS = re.compile(r"\bcontra-?\s?indicat", re.IGNORECASE)
NOT_FORBIDDEN = re.compile(
    r"\b(?:not|no|isn't|never|without|neither|nor)\b[^.;,]{0,25}\bcontra-?\s?indicat"
    r"|\brelative(?:ly)? contra",
    re.IGNORECASE,
)
CONTRA = gate("contra")
"""Without it a text does not hold `NOT_FORBIDDEN`."""
_ALLOWS = re.compile(
    r"\bcaution|\bcautious|\bcareful|\breduc\w+|\blower\w*|\badjust\w*|\bhalv\w+|\bhalf\b|"
    r"\btitrat\w+|\bstart\w* (?:with|at|low)|\bsmall\w* dose|\bclosely monitor"
    r"|\bclose monitor|\bincreas\w+ the (?:dosing )?interval",
    re.IGNORECASE,
)
_ALLOWING = gate(
    "caution", "cautious", "careful", "reduc", "lower", "adjust", "halv", "half",
    "titrat", "start", "small", "monitor", "increas",
)  # fmt: skip
"""Without one of these a text neither holds `_ALLOWS` nor speaks of adjusting."""
_FORBIDDEN_HERE = re.compile(
    r"\bcontra-?\s?indicat|\bavoid|\bdo not use|\bnot (?:be used|recommended|"
    r"suitable|for use)|\bmust not\b",
    re.IGNORECASE,
)
_FORBIDDING = gate("contra", "avoid", "not")
_WHOM = re.compile(
    r"\b(?:in|with|for|if|to)\b(?! (?:great |extreme )?(?:caution|care|a lower"
    r"|low))\s+(?:the\s+)?(?:patients?|people|those|individuals|"
    r"anyone)?\s*(?:with|who have|having|suffering from|on)?\s*"
    r"(?P<whom>(?:(?!\b(?:should|must|may|can|needs?|requires?|is|are|as|because|"
    r"due|since|when|who|to)\b)[^.;:()]){4,120})",
    re.IGNORECASE,
)


_LEAD = re.compile(r"\s*[-*]*\s*\*\*([^*:]{3,60}):?\*\*")


def strength_findings(view: View) -> Iterator[Finding]:
    """Yield contraindications that other statements of the page soften."""
    if not view.patients or not view.of("contraindication"):
        return
    softer = [
        (said, about)
        for said in view.of("precaution", "dose_adjustment", "text")
        if (said.kind != "text" or said.scope.population) and (about := _softened(said))
    ]
    if not softer:
        return
    index: dict[str, list[tuple[Statement, Condition]]] = {}
    for said, about in softer:
        for condition in about:
            for key in condition.keys:
                index.setdefault(key, []).append((said, condition))
    groups: dict[str, list[Statement]] = {}
    named: dict[str, str] = {}
    for forbidding in view.of("contraindication"):
        for condition in _forbidden(forbidding):
            for key in narrowest(condition.keys) - _NOT_FOR_THESE:
                if len(groups.get(key, ())) > 2 * MOST:
                    continue
                for said, other in index.get(key, ())[:MOST]:
                    if _meet(view, forbidding, condition, said, other):
                        groups.setdefault(key, []).extend((forbidding, said))
                        named.setdefault(key, condition.words)
    told: dict[str, list[frozenset[str]]] = {}
    for key, statements in groups.items():
        ids = frozenset(said.id for said in statements)
        if any(ids <= other for other in told.get(statements[0].id, ())):
            continue
        for name in ids:
            told.setdefault(name, []).append(ids)
        strict = [s for s in statements if s.kind == "contraindication"]
        soft = [s for s in statements if s.kind != "contraindication"]
        words = (
            "use with caution" if soft[0].strength == "caution" else "dose adjustment"
        )
        yield finding(
            "strength-conflict",
            f"'{named[key]}' is a contraindication ({lines(strict)}), and yet "
            f"there is advice for its use: {words} ({lines(soft)})",
            [*strict, *soft],
        )


def _forbidden(said: Statement) -> tuple[Condition, ...]:
    quote = said.span.quote
    words = said.value if isinstance(said.value, str) else said.scope.condition
    if not words or quote.rstrip().endswith("?"):
        return ()
    if held(quote) & CONTRA and NOT_FORBIDDEN.search(quote):
        return ()
    return conditions(words)


def _softened(said: Statement) -> tuple[Condition, ...]:
    """Return the conditions in which a statement lets the drug be used with care."""
    quote = said.span.quote
    if (
        said.strength not in ("caution", "adjust")
        and not (
            said.kind == "precaution"
            and said.strength is None
            and "cautio" in quote.lower()
        )
        and not (said.kind == "text" and said.scope.population)
    ):
        return ()
    here = held(quote)
    if not here & _ALLOWING or quote.rstrip().endswith("?"):
        return ()
    if here & _FORBIDDING and _FORBIDDEN_HERE.search(quote):
        return ()
    if not _ALLOWS.search(quote) and "adjust" not in quote.lower():
        return ()
    scope = said.scope
    words: list[str | None] = [scope.condition, scope.population]
    words.append(scope.indication)
    if lead := _LEAD.match(quote):
        words.append(lead[1])
    named = tuple(c for text in words if text for c in conditions(text))
    named = tuple(c for c in named if not c.keys <= _NOT_FOR_THESE)
    if not (scope.condition or scope.population):
        named += tuple(c for m in _WHOM.finditer(quote) for c in conditions(m["whom"]))
    if not named:
        return ()
    # The restriction may stand in the sentence, not in the scope.
    narrowed = facets(quote)
    return tuple(Condition(c.words, c.keys, narrowed | c.facets) for c in named)


def _meet(
    view: View,
    forbidding: Statement,
    wide: Condition,
    said: Statement,
    narrow: Condition,
) -> bool:
    if said.span.start == forbidding.span.start or not scopes_meet(forbidding, said):
        return False
    if view.part(forbidding) != view.part(said):
        return False
    one, other = view.component(forbidding), view.component(said)
    if one and other and one != other:
        return False
    return covers(wide.facets, narrow.facets)


def scope_findings(view: View) -> Iterator[Finding]:
    """Yield contraindications restricted by "especially" in one place only."""
    if not view.patients:
        return
    groups: dict[str, list[tuple[Statement, bool]]] = {}
    for said in view.of("contraindication"):
        words = str(said.value or "")
        special = bool(_ESPECIALLY.search(words) or _ESPECIALLY.search(said.span.quote))
        for condition in conditions(words):
            for key in narrowest(condition.keys):
                groups.setdefault(key, []).append((said, special))
    for key, group in groups.items():
        qualified = [said for said, special in group if special]
        plainly = [said for said, special in group if not special]
        if qualified and plainly:
            yield finding(
                "scope-qualifier-differs",
                f"'{own_words(key)}' is narrowed by '{_narrowing(qualified[0])}' in "
                f"{lines(qualified)} and by nothing in {lines(plainly)}",
                [*qualified, *plainly],
            )


_ESPECIALLY = re.compile(r"\b(?:especially|particularly)\b[^().;,]*", re.IGNORECASE)


def _narrowing(said: Statement) -> str:
    match = _ESPECIALLY.search(str(said.value or "")) or _ESPECIALLY.search(
        said.span.quote
    )
    return match[0].strip().lower() if match else ""


# May, should or must.
_MUST = re.compile(
    r"\bmust\b|\b(?:is|are) (?:always )?(?:necessary|required|essential|mandatory"
    r"|needed)\b"
    r"|\bhas to\b|\bhave to\b",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"\bshould\b|\b(?:is|are) (?:strongly )?(?:recommended|advised|advisable)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:may|might|could|can)\b|\bsometimes\b|\bif (?:necessary|needed)\b",
    re.IGNORECASE,
)
_NO_NEED = re.compile(
    r"\bno (?:dos(?:e|age) )?(?:adjustment|reduction|change)|\bnot (?:be )?"
    r"(?:necessary|required|needed)\b|\bunnecessary\b",
    re.IGNORECASE,
)
_NO_NEED_KEYS = gate(
    "adjustment", "reduction", "change", "necessary", "required", "needed"
)
_MAY_KEYS = gate("may", "might", "could", "can", "sometimes", "necessary", "needed")
_MUST_KEYS = gate(
    "must", "necessary", "required", "essential", "mandatory", "needed", "has", "have"
)
_SHOULD_KEYS = gate("should", "recommended", "advised", "advisable")
_ADVICE = ("dose_adjustment", "contraception")


def modal(said: Statement) -> str | None:
    """Return how bindingly a statement words its advice; None for an imperative."""
    quote = said.span.quote
    here = held(quote)
    if here & _NO_NEED_KEYS and _NO_NEED.search(quote):
        return None
    if here & _MAY_KEYS and _MAY.search(quote):
        return "may"
    if here & _MUST_KEYS and _MUST.search(quote):
        return "must"
    if here & _SHOULD_KEYS and _SHOULD.search(quote):
        return "should"
    given = said.details.get("modal")
    return str(given) if given in ("may", "should", "must") else None


def modality_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield advice for one population that is worded with different modal verbs.

    Within a page only "may" against "must" is told; between pages "should" too.
    """
    groups: dict[tuple[str, str], list[tuple[Statement, str, Condition]]] = {}
    for view in views:
        if not view.patients:
            continue
        for said in view.of(*_ADVICE):
            word = modal(said)
            whom = said.scope.population or said.scope.condition
            if word is None or whom is None or said.span.quote.endswith("?"):
                continue
            here = facets(said.span.quote)
            for condition in conditions(whom):
                about = Condition(condition.words, condition.keys, here)
                for key in narrowest(condition.keys):
                    groups.setdefault((said.kind, key), []).append((said, word, about))
    for (kind, key), group in groups.items():
        words = {word for _, word, _ in group}
        binding = "must" if "must" in words else None
        weaker = {"may"} if len(views) == 1 else {"may", "should"}
        if binding is None or not words & weaker:
            continue
        strong = [(s, c) for s, word, c in group if word == "must"][:MOST]
        weak = [
            (said, word)
            for said, word, about in group
            if word in weaker
            and any(
                (said.span.start != other.span.start or len(views) > 1)
                and (len(views) == 1 or said.span.file != other.span.file)
                and _same_facets(about, wide)
                for other, wide in strong
            )
        ]
        if not weak:
            continue
        told = lines if len(views) == 1 else places
        what = "contraception" if kind == "contraception" else "dose adjustment"
        yield finding(
            "modality-differs",
            f"{what.capitalize()} for '{key}': 'must' ({told([s for s, _ in strong])}) "
            f"and '{joined(dict.fromkeys(word for _, word in weak))}' "
            f"({told([s for s, _ in weak])})",
            [*(s for s, _ in strong), *(s for s, _ in weak)],
        )


def _same_facets(one: Condition, other: Condition) -> bool:
    return covers(one.facets, other.facets) and covers(other.facets, one.facets)
