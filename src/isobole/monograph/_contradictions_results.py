"""A document's claims against its own tables: superiority, potency, synergy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from isobole.monograph._checks import data, finding, joined
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
_DENIED = re.compile(r"\b(?:no|not|neither|without|failed to|whether)\b", re.IGNORECASE)
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
def _substance(name: str) -> Substance | None:
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
    return not _DENIED.search(quote[: match.start()][-40:])


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
    substance = _substance(name)
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
            if (found := _substance(said.subject)) and (said.unit or "") in _WEIGHS
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


_SYNERGY = re.compile(r"\bsynerg\w+|\bsupra-?additiv\w+", re.IGNORECASE)
_METHODS = (
    "isobol", "interaction index", "combination index", "loewe", "bliss",
    "response surface", "fixed-ratio", "fixed ratio", "dose-addition", "dose addition",
    "chou",
)  # fmt: skip
_PAIR = re.compile(r"\+|\band\b|\bwith\b|\bplus\b")


def synergy_findings(view: View) -> Iterator[Finding]:
    """Yield synergy claimed from fewer dose pairs than any test of it needs."""
    claims = [
        said
        for said in view.of("claim")
        if _SYNERGY.search(said.span.quote)
        and not _DENIED.search(said.span.quote)
        and not said.span.quote.rstrip().endswith("?")
    ]
    if not claims:
        return
    text = view.page.text.lower()
    if any(method in text for method in _METHODS):
        return
    pairs = [
        said
        for said in view.of("preclinical_result")
        if isinstance(said.value, tuple) and _PAIR.search(said.subject)
    ]
    doses = {said.value for said in pairs}
    if len(doses) != 1:
        return
    told = _delivered(view, pairs)
    yield finding(
        "synergy-from-one-pair",
        f"Synergy is claimed ({lines(claims[:3])}) from one pair of doses "
        f"({lines(pairs)}), without an isobole or an interaction index{told}",
        [*pairs, *claims[:3]],
    )


def _delivered(view: View, pairs: Sequence[Statement]) -> str:
    """Say how little of the second drug the salt itself holds, where it is its ion."""
    for said in view.of("ed50"):
        found = _substance(said.subject)
        if found is None or not found.ions or (said.unit or "") != "mg/kg":
            continue
        ion = found.ions[0]
        if not any(
            ion.name in pair.subject.lower()
            or ion.symbol.rstrip("+0123456789").lower() in pair.subject.lower().split()
            or ion.symbol.replace("+", "").lower() in pair.subject.lower()
            for pair in pairs
        ):
            continue
        share = ion.per_mole * ion.molar_mass / found.molar_mass
        amount = float(said.value) * share  # type: ignore[arg-type]
        given = pairs[0].value
        assert isinstance(given, tuple)
        return (
            f"; the ED50 of {found.name} holds {format_number(amount, 2)} mg "
            f"{ion.name}/kg, the pair {' and '.join(format_number(x) for x in given)}"
        )
    return ""


def study_findings(view: View) -> Iterator[Finding]:
    """Yield claims about a recorded study that reports otherwise."""
    for row in data("studies.toml")["study"]:
        if not any(plain(name) in plain(view.page.subject + view.page.title)
                   for name in row["substances"]):  # fmt: skip
            continue
        printed = [_printing(view, figure) for figure in row["figures"]]
        if not all(printed):
            continue
        for report in row["reports"]:
            against = [
                said
                for said in view.of(report["kind"])
                if re.search(report["value"], _plain_value(said))
                and re.search(report["subject"], said.subject, re.IGNORECASE)
            ]
            if against:
                basis = [said for group in printed for said in group]
                yield finding(
                    "study-reports-otherwise",
                    f"The figures ({lines(basis)}) are those of {row['name']}, which "
                    f"reports: {report['otherwise']}; the page: {lines(against)}",
                    [*against, *basis],
                )


def _printing(view: View, figure: dict[str, str]) -> list[Statement]:
    return [
        said
        for said in view.of(figure["kind"])
        if re.search(figure["words"], f"{_plain_value(said)} {said.unit or ''}")
        and re.search(figure["subject"], said.subject, re.IGNORECASE)
    ]


def _plain_value(said: Statement) -> str:
    value = said.value
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    return joined(f"{x:g}" for x in value) if isinstance(value, tuple) else str(value)
