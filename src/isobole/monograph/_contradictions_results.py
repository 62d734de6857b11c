"""A document's claims against its own tables: superiority, potency, synergy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from isobole.monograph._checks import finding
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._contradictions_words import plain
from isobole.monograph._finding import Finding
from isobole.monograph._identity import known_as
from isobole.monograph._statement import Statement
from isobole.results import format_number
from isobole.substances import Substance

_SUPERIOR = re.compile(
    r"\b(?:enhanced|superior|better|improved|greater|higher|increased|more favou?rable|"
    r"favou?rable|outperform\w*|more (?:effective|potent)|fewer"
    r"|lower)\b[^.;]{0,60}\b(?:"
    r"efficacy|effective\w*|potency|activity|safety|tolerab\w+|protection|profile|"
    r"side effects|adverse)\b|\bmore (?:effective|potent)\b"
    r"|\bsuperior(?:ity)? (?:to|over)\b"
    r"|\boutperform\w*|\bbetter tolerated\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|than|versus|vs\.?|over|superior to|relative to)\b",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:no|not|neither|without|failed to|whether)\b", re.IGNORECASE)
_NONE = re.compile(
    r"\bno (?:statistically )?(?:significant |clear )?difference"
    r"|\bnot (?:statistically )?"
    r"(?:significantly )?(?:different|superior|better)|\b(?:was|were) (?:the same"
    r"|similar|"
    r"equal|comparable)|\bequally\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\bsignificantly (?:higher|better|greater|lower|fewer|more|less|improved|reduced)",
    re.IGNORECASE,
)
_WEIGHS = ("mg/kg", "mg/kg/day", "g/kg", "µg/kg", "mcg/kg")


@lru_cache(maxsize=1024)
def substance_named(name: str) -> Substance | None:
    """Return the substance a table's row names, gloss and dose apart, or None."""
    bare = plain(re.sub(r"\([^()]*\)", " ", name))
    found = known_as().get(bare, ())
    if len(found) == 1:
        return found[0]
    glosses = [
        known_as().get(plain(word), ()) for word in re.findall(r"\(([^()]*)\)", name)
    ]
    return next((group[0] for group in glosses if len(group) == 1), None)


def claim_findings(view: View) -> Iterator[Finding]:
    """Yield claims of superiority that the document's own results contradict."""
    if not (view.of("clinical_result") or view.of("ed50")):
        return
    claims = [
        said
        for said in view.of("claim", "text", "mechanism")
        if (said.kind != "mechanism" or said.value is None) and _is_claim(said)
    ]
    if not claims:
        return
    against = [said for said in view.of("clinical_result") if _shows_none(said)]
    worse = _worse(view, claims)
    if not against and not worse:
        return
    told = []
    if against:
        told.append(f"no difference ({lines(against)})")
    told += [
        f"a higher ED50 than {low.subject} against {_condition(high)}, "
        f"{format_number(float(high.value))} and {format_number(float(low.value))} "  # type: ignore[arg-type]
        f"{high.unit} ({lines([high, low])})"
        for high, low in worse
    ]
    yield finding(
        "claim-against-table",
        f"Claimed to be better ({lines(claims)}); the tables have {'; '.join(told)}",
        [*claims, *against, *(said for pair in worse for said in pair)],
    )


def _is_claim(said: Statement) -> bool:
    quote = said.span.quote
    if quote.rstrip().endswith("?"):
        return False
    match = _SUPERIOR.search(quote)
    if match is None or not _COMPARED.search(quote):
        return False
    return not DENIED.search(quote[: match.start()][-40:])


def _shows_none(said: Statement) -> bool:
    if str(said.value) in ("no difference", "equal"):
        return True
    return said.value is None and bool(_NONE.search(said.span.quote))


def _condition(said: Statement) -> str:
    return said.scope.condition or str(said.details.get("model") or "the same seizures")


def _potencies(view: View) -> dict[tuple[object, ...], list[Statement]]:
    """Return ED50s that may be compared: one model, condition, population and unit."""
    groups: dict[tuple[object, ...], list[Statement]] = {}
    for said in view.of("ed50"):
        if isinstance(said.value, int | float) and not isinstance(said.value, bool):
            key = (
                said.details.get("model"), said.scope.condition, said.scope.population,
                said.scope.route, said.scope.phase, said.unit,
            )  # fmt: skip
            groups.setdefault(key, []).append(said)
    return groups


def _worse(
    view: View, claims: Sequence[Statement]
) -> list[tuple[Statement, Statement]]:
    words = " ".join(said.span.quote.lower() for said in claims)
    found = []
    for group in _potencies(view).values():
        ordered = sorted(group, key=lambda said: float(said.value))  # type: ignore[arg-type]
        low, high = ordered[0], ordered[-1]
        if (
            low.value != high.value
            and _named(high, words)
            and not _only_other(low, words)
        ):
            found.append((high, low))
    return found


def _named(said: Statement, words: str) -> bool:
    return plain(re.sub(r"\([^()]*\)", "", said.subject)) in words


def _only_other(said: Statement, words: str) -> bool:
    """Return whether the better one is the one that the claim praises first."""
    name = plain(re.sub(r"\([^()]*\)", "", said.subject))
    return name in re.split(_COMPARED, words)[0]


def comparison_findings(view: View) -> Iterator[Finding]:
    """Yield results of one comparison that differ: the same here, better there."""
    groups: dict[tuple[str, str, str], list[Statement]] = {}
    for said in view.of("clinical_result"):
        versus = (said.scope.condition or "").lower().removeprefix("vs ").strip()
        if not versus or said.span.quote.rstrip().endswith("?"):
            continue
        pair = sorted((_short(said.subject), _short(versus)))
        domain = "safety" if _is_safety(said) else "efficacy"
        groups.setdefault((pair[0], pair[1], domain), []).append(said)
    same: list[Statement] = []
    better: list[Statement] = []
    for group in groups.values():
        none = [said for said in group if _shows_none(said)]
        other = [
            said
            for said in group
            if _BETTER.search(f"{said.span.quote} {said.details.get('continues', '')}")
        ]
        if none and other:
            same += none
            better += other
    if same:
        yield finding(
            "same-comparison-differs",
            f"One comparison with two outcomes: no difference ({lines(same)}) and "
            f"significantly different ({lines(better)})",
            [*same, *better],
        )


def _short(name: str) -> str:
    substance = substance_named(name)
    return substance.name if substance else plain(re.sub(r"\([^()]*\)", "", name))


def _is_safety(said: Statement) -> bool:
    words = f"{said.details.get('column', '')} {said.span.quote}".lower()
    if "efficacy outcome" in words:
        return False
    return bool(re.search(r"safety|tolerab|adverse|side effect", words))


def potency_findings(view: View) -> Iterator[Finding]:
    """Yield ED50s of salts whose order reverses per mole, and those without limits."""
    reversed_pairs: list[tuple[Statement, Statement, str]] = []
    for group in _potencies(view).values():
        known = [
            (said, found, float(said.value) / found.molar_mass * found.moles_of_moiety)  # type: ignore[arg-type]
            for said in group
            if (found := substance_named(said.subject)) and (said.unit or "") in _WEIGHS
        ]
        known.sort(key=lambda row: float(row[0].value))  # type: ignore[arg-type]
        for (a, first, one), (b, second, other) in pairwise(known):
            if (
                first.moiety == second.moiety
                and first.name != second.name
                and one > other
            ):
                factor = {"mg": 1000.0, "g": 1e6, "µg": 1.0, "mcg": 1.0}[
                    (a.unit or "mg").split("/")[0]
                ]
                told = (
                    f"{first.name} {_number(a)} and {second.name} {_number(b)} "
                    f"{a.unit} "
                    f"are {format_number(one * factor)} and "
                    f"{format_number(other * factor)} µmol {first.moiety}/kg"
                )
                reversed_pairs.append((a, b, told))
    for a, b, told in reversed_pairs:
        yield finding(
            "per-mole-reversal",
            f"By mass {a.subject} is the more potent against {_condition(a)}, per mole "
            f"it is not: {told} ({lines([a, b])})",
            [a, b],
        )
    bare = [said for said in view.of("ed50") if not _has_limits(said)]
    if bare and len(bare) == len(view.of("ed50")):
        yield finding(
            "ed50-without-interval",
            f"{len(bare)} ED50 value(s) without confidence limits ({lines(bare)})",
            bare,
        )


_LIMITS = re.compile(
    r"\bci\b|confidence|95 ?%|±|\bs\.?e\.?m?\b|\(\s*\d[\d.,]*\s*(?:-|–"
    r"|to)\s*\d[\d.,]*\s*\)"
    r"|\[\s*\d[\d.,]*\s*(?:-|–|to|,)\s*\d",
    re.IGNORECASE,
)


def _has_limits(said: Statement) -> bool:
    return bool(_LIMITS.search(said.span.quote)) or "interval" in said.details


def _number(said: Statement) -> str:
    return format_number(float(said.value), 5)  # type: ignore[arg-type]
