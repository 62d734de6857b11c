"""Interactions as terminal blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.analysis import effects_table
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Heading,
    Missing,
    Note,
    Text,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.combination import (
        CombinationAnalysis,
        FactorialInteraction,
        Interaction,
        PotencyShift,
    )

    Interactions = CombinationAnalysis | PotencyShift | FactorialInteraction

FACTORIAL_HINT = "All figures and a Methods paragraph: --out report.html"
HINT = "Isobologram, all intervals and a Methods paragraph: --out report.html"


def synergy_text(found: Interactions) -> list[Block]:
    """Return what is printed, by the design that was analysed."""
    from isobole.combination import CombinationAnalysis, PotencyShift

    if isinstance(found, CombinationAnalysis):
        return ray_text(found)
    if isinstance(found, PotencyShift):
        return shift_text(found)
    return factorial_text(found)


def ray_text(found: CombinationAnalysis) -> list[Block]:
    """Return what is printed of fixed-ratio mixtures: verdicts first."""
    from isobole.combination._report import summary_table

    blocks: list[Block] = []
    if len(found.interactions) > 1:
        blocks.append(summary_table(found))
    for item in found.interactions:
        blocks += interaction_text(item)
    caveats = dict.fromkeys(c for i in found.interactions for c in i.caveats)
    blocks += [Note(caveat, "warning") for caveat in caveats]
    fits = [*found.single, *found.mixtures]
    effects = [float(e) for e in found.options["effects"]]
    blocks.append(effects_table(fits, [fit.ed(effects) for fit in fits]))
    said = dict.fromkeys(
        (f"{fit.data.curve}: {text}", "notice" if fit.status == "ok" else "warning")
        for fit in fits
        for text in fit.messages
    )
    blocks += [Note(text, severity) for text, severity in said]  # type: ignore[arg-type]
    blocks += [Note(str(problem), problem.severity) for problem in found.problems]
    return [*blocks, Text(_design(found)), Text(HINT), Text(RESEARCH_ONLY)]


def interaction_text(item: Interaction) -> list[Block]:
    """Return one mixture at one effect: verdict, expectation, tests."""
    return [
        Heading(f"{item.name}, {format_number(item.effect)} % effect"),
        Text(verdict_sentence(item)),
        item.expectation_table(),
        item.index_table(),
        item.test_table(),
    ]


def verdict_sentence(item: Interaction) -> str:
    """Say verdict, index, interval and p in one line, and then why.

    Examples
    --------
    >>> from isobole.combination import analyze_combination
    >>> from isobole.datasets import load_combination
    >>> found = analyze_combination(load_combination("rotenone-deguelin-1-4"), draws=0)
    >>> print(verdict_sentence(found.interactions[0]).splitlines()[0])
    Verdict: inconclusive. Interaction index 0.777 [0.576, 1.05] (95 % log-delta,
    p = 0.091).
    """
    index, p = item.index, value_or_none(item.p)
    low, high = (
        end if x is None else format_number(x, 3)
        for end, x in (("0", index.limits.low), ("no limit", index.limits.high))
    )
    bounded = index.limits.low is not None or index.limits.high is not None
    tested = ""
    if p is not None:
        shown = format_p(p)
        tested = f", p {shown if shown.startswith('<') else f'= {shown}'}"
    kind = f"({format_number(100 * index.level)} % {index.interval}{tested})"
    if isinstance(index.value, Missing):
        said = f"No single interaction index: {index.value.reason.rstrip('.')}."
        if bounded:
            said += f" Indices from {low} to {high} agree with the counts {kind}."
    else:
        ends = f"[{low}, {high}]" if bounded else "[no limits]"
        said = f"Interaction index {format_number(index.value, 3)} {ends} {kind}."
    return f"Verdict: {item.verdict.word}. {said}\n{item.message}"


def _design(found: CombinationAnalysis) -> str:
    arms = "; ".join(
        f"{arm.name} ({len(arm.data.groups[0])} doses, {arm.data.n_animals} animals)"
        for arm in found.data.arms
    )
    return f"Design recognised: {found.data.design}. Arms: {arms}."


def shift_text(found: PotencyShift) -> list[Block]:
    """Return what is printed of a type II study."""
    return [*found.blocks(), Text(HINT), Text(RESEARCH_ONLY)]


def factorial_text(found: FactorialInteraction) -> list[Block]:
    """Return what is printed of a 2 x 2 factorial: the verdict first."""
    title, *rest = found.blocks()
    rest = [b for b in rest if not (isinstance(b, Note) and b.text == found.message)]
    verdict = Text(f"Verdict: {found.verdict}.\n{found.message}")
    return [title, verdict, *rest, Text(FACTORIAL_HINT), Text(RESEARCH_ONLY)]
