"""Interactions as terminal blocks and CSV rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.cli._answer import Rows
from isobole.cli._ed50_text import effects_table
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
    from isobole.combination import CombinationAnalysis, Interaction
    from isobole.combination._factorial_result import FactorialInteraction
    from isobole.combination._shift_result import PotencyShift

_HEADER = (
    "mixture", "effect_percent", "slopes", "unit", "observed", "additive", "index",
    "low", "high", "level", "interval", "p", "null_model", "verdict", "reason",
)  # fmt: skip
FACTORIAL_HINT = "All figures and a Methods paragraph: --out report.html"
HINT = "Isobologram, all intervals and a Methods paragraph: --out report.html"


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


def ray_rows(found: CombinationAnalysis) -> Rows:
    """Return one row per mixture and effect."""
    rows = [
        _row(item.to_dict(), item.name, str(found.data.unit or "") or None, slopes=None)
        for item in found.interactions
    ]
    return _HEADER, rows


def shift_text(found: PotencyShift) -> list[Block]:
    """Return what is printed of a type II study."""
    return [*found.blocks(), Text(HINT), Text(RESEARCH_ONLY)]


def shift_rows(found: PotencyShift) -> Rows:
    """Return one row per fixed dose and reading of the slopes."""
    names = [shift.name for shift in found.shifts for _ in shift.indices]
    entries = found.to_dict()["interactions"]
    unit = str(found.unit or "") or None
    rows = [
        _row(entry, name, unit, slopes=entry["slopes"])
        for name, entry in zip(names, entries, strict=True)
    ]
    return _HEADER, rows


def _row(
    entry: dict[str, Any], name: str, unit: str | None, *, slopes: str | None
) -> tuple[Any, ...]:
    index = entry["index"]
    return (
        name, entry["effect"], slopes, unit, entry["observed"]["dose"],
        entry["additive"]["dose"], index["estimate"], index["low"], index["high"],
        index["level"], index["interval"], index["p"], entry["null_model"],
        entry["verdict"], index["reason"],
    )  # fmt: skip


def factorial_text(found: FactorialInteraction) -> list[Block]:
    """Return what is printed of a 2 x 2 factorial: the verdict first."""
    title, *rest = found.blocks()
    rest = [b for b in rest if not (isinstance(b, Note) and b.text == found.message)]
    verdict = Text(f"Verdict: {found.verdict}.\n{found.message}")
    return [title, verdict, *rest, Text(FACTORIAL_HINT), Text(RESEARCH_ONLY)]


def factorial_body(found: FactorialInteraction) -> dict[str, Any]:
    """Return the JSON fields; problems stand in the envelope."""
    entry = {k: v for k, v in found.to_dict().items() if k != "problems"}
    return {"design": "factorial", "single": [], "interactions": [entry]}


def factorial_rows(found: FactorialInteraction) -> Rows:
    """Return the one comparison as a row of a CSV file."""
    entry = found.to_dict()
    excess, test = entry["excess"], entry["test"]
    header = (
        "drugs", "observed_percent", "expected_percent", "excess_points", "low",
        "high", "level", "interval", "p", "p_asymptotic", "null_model", "verdict",
        "reason",
    )  # fmt: skip
    row = (
        " + ".join(found.drugs), entry["observed_percent"], entry["expected_percent"],
        excess["estimate"], excess["low"], excess["high"], excess["level"],
        excess["interval"], test["p"], test["p_asymptotic"], entry["null_model"],
        entry["verdict"], excess["reason"],
    )  # fmt: skip
    return header, [row]
