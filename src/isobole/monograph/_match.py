"""Rules meet statements: findings, what cannot be told, and what nobody says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from isobole.monograph._case import Case
from isobole.monograph._case_finding import CaseFinding, Conditional
from isobole.monograph._citation import shown
from isobole.monograph._concepts import concept_of, named_in
from isobole.monograph._drugs import Drug
from isobole.monograph._effects import effects_of
from isobole.monograph._evidence import Said, Told, hedged, selects
from isobole.monograph._rules import STRENGTHS, Level, Rule
from isobole.monograph._trigger import Verdict, evaluate
from isobole.substances import plain

_NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Sides:
    supports: list[Said] = field(default_factory=list)
    opposes: list[Said] = field(default_factory=list)
    related: list[Said] = field(default_factory=list)
    conditional: list[tuple[Said, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.supports or self.opposes or self.related or self.conditional)


def apply_rules(
    rules: Sequence[Rule], own: Sequence[Said], case: Case, drugs: Sequence[Drug]
) -> tuple[list[CaseFinding], list[CaseFinding], list[tuple[Rule, str]]]:
    """Return findings, what cannot be told, and rules no statement answers."""
    findings: list[CaseFinding] = []
    cannot_tell: list[CaseFinding] = []
    absent: list[tuple[Rule, str]] = []
    moieties = _by_moiety(drugs, own)
    several = len({one.subject.moiety for one in own}) > 1
    for rule in rules:
        if any(condition.co_drug == "each" for condition in rule.trigger.all):
            for found in _pairs(rule, own, case, drugs):
                told = found.verdict == "applies"
                (findings if told else cannot_tell).append(found)
            continue
        for moiety, owner in moieties.items():
            others = [one for one in drugs if one is not owner]
            verdict = evaluate(rule.trigger, case, owner, others)
            if verdict.value == "no":
                continue
            if not rule.supports:
                if verdict.value == "yes":
                    twins = [one for one in others if one.moiety == moiety]
                    pair = (owner, *twins)
                    findings.append(_finding(rule, _Sides(), verdict, case, pair))
                continue
            said = [one for one in own if one.subject.moiety == moiety]
            if not said:
                continue
            sides = _sides(rule, said, case, _NOBODY)
            if not sides:
                if rule.absence == "always" or (
                    rule.absence == "asked" and verdict.value == "yes"
                ):
                    absent.append((rule, owner.name))
                continue
            found = _finding(rule, sides, verdict, case, (owner,), several=several)
            (cannot_tell if found.verdict == "cannot tell" else findings).append(found)
    return findings, cannot_tell, absent


def _by_moiety(drugs: Iterable[Drug], own: Iterable[Told]) -> dict[str, Drug]:
    """Return one drug of the case for each moiety: the one the pages are about."""
    pages = {one.subject.name for one in own}
    found: dict[str, Drug] = {}
    for one in sorted(drugs, key=lambda one: one.name not in pages):
        found.setdefault(one.moiety, one)
    return {name: found[name] for name in dict.fromkeys(one.moiety for one in drugs)}


def _pairs(
    rule: Rule, own: Sequence[Said], case: Case, drugs: Sequence[Drug]
) -> list[CaseFinding]:
    """Return a finding for each two drugs a statement joins, whichever page says it."""
    found = []
    for pair in combinations(_by_moiety(drugs, own).values(), 2):
        verdict = evaluate(rule.trigger, case, pair[0], pair[1:])
        if verdict.value == "no":
            continue
        sides = _Sides()
        for owner, other in (pair, pair[::-1]):
            said = [one for one in own if one.subject.moiety == owner.moiety]
            partner = frozenset(
                {plain(other.moiety), plain(other.name), *other.classes}
            )
            part = _sides(rule, said, case, partner)
            sides.supports += part.supports
            sides.opposes += part.opposes
            sides.conditional += part.conditional
            sides.related += part.related
        # What holds for interactions in general does not make one.
        if sides.supports or sides.opposes or sides.conditional:
            found.append(_finding(rule, sides, verdict, case, pair))
    return found


def _sides(
    rule: Rule, said: Sequence[Said], case: Case, partner: frozenset[str]
) -> _Sides:
    sides = _Sides()
    taken: set[str] = set()
    for selectors, group in (
        (rule.opposes, sides.opposes),
        (rule.supports, sides.supports),
        (rule.related, sides.related),
    ):
        for one in said:
            if one.statement.id in taken or one.statement.policy not in rule.policies:
                continue
            if not any(selects(selector, one, partner) for selector in selectors):
                continue
            needs = _needs(rule, one, case)
            if needs is None:
                continue
            taken.add(one.statement.id)
            if needs:
                sides.conditional.append((one, needs))
            else:
                group.append(one)
    return sides


def _needs(rule: Rule, one: Said, case: Case) -> str | None:
    """Return what a statement needs to count ("" if nothing), None if it does not."""
    scope = one.statement.scope
    place = scope.jurisdiction
    needs = []
    if rule.jurisdiction == "limits" and place is not None:
        if case.country is None:
            needs.append(f"jurisdiction ({place})")
        elif case.country != place:
            return None
    if scope.indication and one.statement.kind != "indication":
        # A dose names its indication itself; the others would be read without it.
        if case.indication is None and not one.statement.kind.startswith("dose_"):
            needs.append(f"indication ({scope.indication})")
        elif for_another_use(one, case):
            return None
    return ", ".join(needs)


def for_another_use(one: Told, case: Case) -> bool:
    """Return whether a statement holds for another indication than the case's."""
    words = one.statement.scope.indication
    known = named_in((words,))
    if not known or case.indication is None or one.statement.kind == "indication":
        return False
    return concept_of(case.indication, "indications") not in known


def _finding(
    rule: Rule,
    sides: _Sides,
    verdict: Verdict,
    case: Case,
    drugs: Sequence[Drug],
    *,
    several: bool = False,
) -> CaseFinding:
    names = tuple(sorted({one.moiety for one in drugs}))
    subject = _subject(drugs[0], sides)
    wording = rule.finding
    strength = _strength(rule, sides)
    needs = verdict.needs
    told = verdict.value
    consequence = wording.consequence
    if sides and not sides.supports:
        if sides.opposes or sides.related:
            consequence = "No page here gives the stronger statement: see what is said."
        else:
            told = "cannot tell"
            needs = (*needs, *dict.fromkeys(text for _, text in sides.conditional))
            consequence = "Said for one country or use only: " + consequence
    named = [one.statement.value for one in sides.supports]
    values = dict.fromkeys(shown(value) for value in named if isinstance(value, str))
    consequence = (
        consequence.replace("{subject}", subject)
        .replace("{drugs}", " and ".join(sorted({one.name for one in drugs})))
        .replace("{values}", ", ".join(values) or "none by name")
    )
    if "{effects}" in consequence:
        both = (*sides.supports, *(one for one, _ in sides.conditional))
        consequence = consequence.replace("{effects}", effects_of(drugs, both))
    title = f"{rule.title} ({names[0]})" if several else rule.title
    if wording.kind == "interaction":
        title = f"{rule.title}: {' + '.join(sorted(one.name for one in drugs))}"
    return CaseFinding(
        f"{rule.id}: {' + '.join(names)}",
        rule.id,
        title,
        wording.kind,
        strength,
        "applies" if told == "yes" else "cannot tell",
        needs,
        names,
        wording.affected.replace("{subject}", subject),
        wording.direction,
        consequence,
        wording.action.replace("{subject}", subject),
        tuple(one.statement for one in sides.supports),
        tuple(one.statement for one in sides.opposes),
        tuple(one.statement for one in sides.related),
        tuple(Conditional(one.statement, text) for one, text in sides.conditional),
        tuple(name for name in rule.asks if name in case.unknown),
        _certainty((*sides.supports, *sides.opposes)),
    )


def _subject(drug: Drug, sides: _Sides) -> str:
    """Return the salt that the sentences are about: the pages' own, not the case's."""
    rows = sides.supports or sides.opposes or sides.related
    rows = rows or [one for one, _ in sides.conditional]
    names = {one.subject.name for one in rows}
    if not names or drug.name in names:
        return drug.name
    salts = names - {drug.moiety}
    return salts.pop() if len(salts) == 1 else drug.moiety


def _strength(rule: Rule, sides: _Sides) -> Level:
    """Return the strength the statements carry; the rule's where they give none.

    An interaction is as strong as any source says; elsewhere the rule is the ceiling.
    """
    most = rule.finding.strength
    shown = sides.supports or sides.opposes or sides.related
    rows = shown or [one for one, _ in sides.conditional]
    default: Level = most if shown is sides.supports or not shown else "inform"
    if not rows:
        return most
    strongest = min((one.own or default for one in rows), key=STRENGTHS.index)
    if rule.finding.kind == "interaction":
        return strongest
    return max(strongest, most, key=STRENGTHS.index)


def _certainty(rows: Sequence[Said]) -> str:
    hedges = dict.fromkeys(str(one.statement.certainty) for one in rows if hedged(one))
    return f"in part hedged: {', '.join(hedges)}" if hedges else "as asserted"
