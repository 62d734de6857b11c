"""Answer a case from pages: every rule, every statement, both sides, every gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from isobole.monograph._case import Case
from isobole.monograph._case_finding import CaseFinding
from isobole.monograph._case_findings import CaseFindings, Excluded, Page
from isobole.monograph._citation import shown
from isobole.monograph._dosing import dose_lines
from isobole.monograph._drugs import Drug, drug
from isobole.monograph._evidence import (
    HasPages,
    Said,
    Source,
    Told,
    gather,
    page_drug,
    prepared,
)
from isobole.monograph._gaps import gaps_of, notices_of
from isobole.monograph._match import apply_rules, for_another_use
from isobole.monograph._page import Monograph
from isobole.monograph._rules import STRENGTHS, Rule, rules
from isobole.monograph._statement import POLICY_WORDS
from isobole.results import DataError, OptionError, Problem
from isobole.substances import plain


def ask(
    source: Source, case: Case, *, by: Sequence[Rule] | None = None
) -> CaseFindings:
    """Return what pages say about a case, ranked by strength; never advice.

    Every rule is evaluated in three values: it applies, it does not, or it cannot be
    told without something the case does not give. A statement counts by its kind,
    scope and value, whatever page it comes from; pages for research use only feed no
    finding. What no page says is a row "not stated".

    Parameters
    ----------
    source : collection, Monograph, or sequence of Monograph or Statement
        What is asked; `record` gives the bundled statements.
    case : Case
    by : sequence of Rule, optional
        Rules to go by; the bundled ones by default.

    Raises
    ------
    DataError
        If there is no statement at all, or a drug's name stands for several
        substances ("valproate").
    OptionError
        If the pages are about several substances and the case does not say which.

    Examples
    --------
    >>> from isobole.monograph import Case, ask, record
    >>> case = Case(sex="female", age=24, pregnancy="planning", weight_kg=62)
    >>> found = ask(record(sources=("000", "001")), case)
    >>> print(found.findings[0].title, "|", found.findings[0].strength)
    Pregnancy, should it occur (planned) | contraindicated
    >>> [d.mg for d in found.doses if d.phase == "maximum"][0]
    '3720 mg/day'
    """
    others: tuple[Excluded, ...] = ()
    if isinstance(source, HasPages):
        source, others = _wanted(source, case)
    said = gather(source)
    if not said and not others:
        raise DataError([_nothing()])
    usable = [one for one in said if one.statement.policy != "research-only"]
    about = _about(case, usable or said)
    drugs = _regimen(case, about)
    moieties = {one.moiety for one in drugs}
    # A page about one drug may name another of the case: its interactions count.
    own = [prepared(one) for one in usable if one.subject.moiety in moieties]
    findings, cannot_tell, absent = apply_rules(
        tuple(rules() if by is None else by), own, case, drugs
    )
    doses = dose_lines(own, case)
    gaps = gaps_of(case, drugs, own, absent)
    asked = dict.fromkeys(
        need
        for one in (*cannot_tell, *findings)
        for need in (*one.needs, *one.asks, *(c.needs for c in one.conditional))
    )
    asked |= dict.fromkeys(need for line in doses for need in line.needs)
    if doses and case.weight_kg is None:
        asked["weight"] = None
    missing = dict.fromkeys(
        part.partition(" (")[0] for need in asked for part in need.split(", ")
    )
    return CaseFindings(
        case,
        about,
        drugs,
        tuple(sorted(findings, key=_rank)),
        tuple(sorted(cannot_tell, key=_rank)),
        gaps,
        doses,
        notices_of(about, drugs, own),
        tuple(missing),
        (*_excluded(said, own, case, moieties), *others),
        _pages(own),
    )


def _rank(one: CaseFinding) -> tuple[int, bool, int, str]:
    order = {rule.id: rule.order for rule in rules()}
    place = order.get(one.rule, len(order))
    return STRENGTHS.index(one.strength), not one.conflict, place, one.id


def _nothing() -> Problem:
    return Problem(
        "nothing-to-ask",
        "There is no statement to answer from",
        remedy="Give pages that hold statements, or none for the bundled record",
    )


def _wanted(
    source: HasPages, case: Case
) -> tuple[tuple[Monograph, ...], tuple[Excluded, ...]]:
    """Return the pages about the drugs of a case, and how many are about others."""
    listed = [(one, page_drug(shown(one.subject))) for one in source.listed()]
    moieties = {drug(name).moiety for name in case.drugs or ()}
    if case.about is not None:
        moieties.add(drug(case.about).moiety)
    else:
        own = [page for one, page in listed if one.policy != "research-only"]
        moieties.add(_one_subject(own, moieties))
    pages = tuple(
        source.page(one.file) for one, page in listed if page.moiety in moieties
    )
    rest = [one for one, page in listed if page.moiety not in moieties]
    if not rest:
        return pages, ()
    count = sum(one.counts.get("statements", 0) for one in rest)
    why = "about drugs the case does not name"
    return pages, (Excluded(f"{len(rest)} further pages", count, why),)


def _about(case: Case, said: Sequence[Told]) -> Drug:
    if case.about is not None:
        return drug(case.about)
    known = {drug(name).moiety for name in case.drugs or ()}
    return _fullest(_one_subject([one.subject for one in said], known), said)


def _one_subject(subjects: Iterable[Drug], known: set[str]) -> str:
    """Return the one moiety pages are about, those of the case's drugs left aside."""
    named = {one.moiety: one.name for one in subjects}
    rest = [moiety for moiety in named if moiety not in known]
    if len(named) == 1 or len(rest) == 1:
        return next(iter(rest or named))
    listed = ", ".join(sorted(named.values())[:8]) or "nothing"
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    msg = f"about is not given and the pages are about {listed}{more}; say which."
    raise OptionError(msg)


def _fullest(moiety: str, said: Sequence[Told]) -> Drug:
    """Return the page's substance with the most statements: a salt before its ion."""
    counts = Counter(one.subject for one in said if one.subject.moiety == moiety)
    return max(counts, key=lambda one: (one.name != one.moiety, counts[one], one.name))


def _regimen(case: Case, about: Drug) -> tuple[Drug, ...]:
    """Return the drugs of the case, each once, in an order of their own."""
    found = {plain(one.name): one for one in map(drug, case.drugs or ())}
    found.setdefault(plain(about.name), about)
    return tuple(found[name] for name in sorted(found))


def _excluded(
    said: Sequence[Told], own: Sequence[Said], case: Case, moieties: set[str]
) -> tuple[Excluded, ...]:
    found: Counter[tuple[str, str]] = Counter()
    for one in said:
        if one.statement.policy == "research-only":
            found[one.title, POLICY_WORDS["research-only"]] += 1
        elif one.subject.moiety not in moieties:
            why = f"about {one.subject.name}, which the case does not name"
            found[one.title, why] += 1
    for mine in own:
        place = mine.statement.scope.jurisdiction
        if place and case.country not in (None, place):
            why = f"holds in {place}, not {case.country}: counts for interactions only"
            found[mine.title, why] += 1
        if for_another_use(mine, case):
            use = shown(str(mine.statement.scope.indication))
            found[mine.title, f"for {use}, not for {case.indication}"] += 1
    return tuple(Excluded(page, n, why) for (page, why), n in sorted(found.items()))


def _pages(own: Sequence[Said]) -> tuple[Page, ...]:
    found: dict[str, list[Said]] = {}
    for one in own:
        found.setdefault(one.page, []).append(one)
    return tuple(
        Page(
            page,
            rows[0].title,
            rows[0].subject.name,
            rows[0].statement.policy,
            len(rows),
        )
        for page, rows in found.items()
    )
