"""An answer as report blocks: doses stand below findings, gaps stand as rows."""

from __future__ import annotations

from isobole.monograph._case import Case
from isobole.monograph._case_finding import STRENGTH_WORDS, CaseFinding, sides_of
from isobole.monograph._case_findings import CaseFindings
from isobole.monograph._citation import place_of, plain_words
from isobole.monograph._dose_blocks import dose_blocks
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Heading,
    Methods,
    Note,
    Table,
    Text,
)

_POLICY = {
    "clinical": "clinical",
    "ai-generated": "machine-written",
    "research-only": "research only",
}
_MOST = 12


def case_blocks(found: CaseFindings) -> tuple[Block, ...]:
    """Return every block of an answer, the research-use line first and last."""
    blocks: list[Block] = [
        Note(
            f"{RESEARCH_ONLY} This repeats what pages say; it is not advice, and what "
            "is not stated is not known.",
            "warning",
        ),
        _case(found.case, found),
    ]
    blocks += [Note(text, "warning") for text in found.notices]
    blocks.append(_overview(found))
    for one in found.findings:
        blocks += _one(one)
    if found.cannot_tell:
        blocks.append(
            Table(
                "Cannot tell",
                ("if it holds", "finding", "needs", "statements"),
                tuple(
                    (
                        STRENGTH_WORDS[one.strength],
                        one.title,
                        "; ".join(one.needs),
                        _places(one),
                    )
                    for one in found.cannot_tell
                ),
                ("These would apply if what they need were so; none is settled.",),
            )
        )
    blocks += dose_blocks(found)
    blocks += _rest(found)
    blocks.append(_methods())
    return tuple(blocks)


def _case(case: Case, found: CaseFindings) -> Block:
    drugs = "not known" if case.drugs is None else ", ".join(case.drugs) or "none"
    rows = (
        ("drug asked about", found.about.name),
        ("sex", case.sex or "not known"),
        ("age (years)", "not known" if case.age is None else f"{case.age:g}"),
        ("pregnancy", case.pregnancy or _no_state(case)),
        (
            "weight (kg)",
            "not known" if case.weight_kg is None else f"{case.weight_kg:g}",
        ),
        ("other drugs", drugs),
        ("conditions", ", ".join(case.conditions) or "none named"),
        ("conditions absent", ", ".join(case.without) or "none named"),
        ("indication", case.indication or "not known"),
        ("jurisdiction", case.country or "not known"),
        ("use", case.current_use or "not known"),
    )
    return Table("Case", ("", "given"), rows)


def _no_state(case: Case) -> str:
    return "does not apply" if case.sex == "male" else "not known"


def _overview(found: CaseFindings) -> Block:
    if not found.findings:
        return Text(
            "No finding applies. That is no all-clear: see what cannot be told and "
            "what is not stated."
        )
    return Table(
        "Findings, strongest first",
        ("strength", "finding", "statements", "certainty"),
        tuple(
            (
                STRENGTH_WORDS[one.strength] + (", CONFLICT" if one.conflict else ""),
                one.title,
                _count(one),
                one.certainty,
            )
            for one in found.findings
        ),
    )


def _count(one: CaseFinding) -> str:
    sides = [f"{len(rows)} {side}" for side, rows in sides_of(one) if rows]
    return ", ".join(sides) or "none: by the case itself"


def _places(one: CaseFinding) -> str:
    places = list(dict.fromkeys(place_of(said) for said in one.statements))
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return "; ".join(places[:3]) + more


def _one(one: CaseFinding) -> list[Block]:
    mark = ", sources conflict" if one.conflict else ""
    blocks: list[Block] = [
        Heading(f"{STRENGTH_WORDS[one.strength].capitalize()}: {one.title}{mark}", 3)
    ]
    told = f"{one.consequence} {one.action}"
    if one.asks:
        told += f" Narrowed by what is not known: {', '.join(one.asks)}."
    blocks.append(Text(told))
    needs = {item.statement.id: item.needs for item in one.conditional}
    rows: list[tuple[str, ...]] = []
    hidden = 0
    for side, group in sides_of(one):
        own: dict[tuple[str, ...], None] = {}
        for said in group:
            need = needs.get(said.id)
            label = f"if {need}" if need else side
            policy = _POLICY[said.policy]
            own[label, plain_words(said), place_of(said), policy] = None
        rows += list(own)[:_MOST]
        hidden += max(0, len(own) - _MOST)
    if rows:
        notes = (f"{hidden} more in the JSON.",) if hidden else ()
        title = "What is said"
        blocks.append(
            Table(title, ("side", "words", "source", "kind"), tuple(rows), notes)
        )
    return blocks


def _rest(found: CaseFindings) -> list[Block]:
    blocks: list[Block] = []
    if found.gaps:
        blocks.append(
            Table(
                "Not stated",
                ("what", "", "why"),
                tuple((gap.what, gap.said, gap.why) for gap in found.gaps),
            )
        )
    if found.missing:
        listed = tuple((text,) for text in found.missing)
        blocks.append(Table("Asked for and not given", ("needs",), listed))
    if found.excluded:
        blocks.append(
            Table(
                "Excluded",
                ("page", "statements", "why"),
                tuple((one.page, one.statements, one.why) for one in found.excluded),
            )
        )
    blocks.append(
        Table(
            "Pages asked",
            ("page", "about", "kind", "statements"),
            tuple(
                (one.title, one.subject, _POLICY[one.policy], one.statements)
                for one in found.pages
            ),
        )
    )
    blocks.append(Text(RESEARCH_ONLY))
    return blocks


def _methods() -> Block:
    return Methods(
        "Rules are data: each names what a case must be, which statements speak for "
        "and against by kind, scope and value, and how strong it may be. They are "
        "evaluated in three values (Kleene's strong logic): yes, no, cannot tell. "
        "Findings are ranked contraindicated, avoid, caution, adjust, monitor, inform. "
        "A figure per kg of body weight is multiplied by the weight and by nothing "
        "else; no salt is converted.",
    )
