"""What the checks of one claim amount to: what no unrounded values reproduce."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from isobole.combination._additive_sources import AS_PRINTED, NoSource, sources
from isobole.combination._checks import TESTS, Check
from isobole.combination._claim import Claim
from isobole.combination._significance import ALPHA
from isobole.combination._summary_test import (
    VARIANCE_RULES,
    IndexSummary,
    index_summary,
)
from isobole.results import Missing, format_number, format_p

TEST_NAMES: Final = {
    "welch": "Welch's t",
    "student": "Student's t",
    "ln-index": "ln index",
}
FIGURE_NAMES: Final = {
    "ed50_add": "additive ED50",
    "sem_add": "SEM of the additive ED50",
    "n_add": "n of the additive ED50",
    "index": "interaction index",
    "significance": "significance",
    "verdict": "verdict",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """A printed figure that no values within its rounding reproduce, in a sentence."""

    figure: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """Return the JSON fields."""
        return {"figure": self.figure, "message": self.message}


def judged(claim: Claim, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the p values on which a printed significance or verdict rests.

    They are of the stated test, or of every test where none is stated, with the SEM
    as printed, or by the stated rule, or by every rule, whichever comes first.
    """
    tests = (claim.test,) if claim.test else TESTS
    found = [c for c in checks if c.figure.endswith("_p") and c.test in tests]
    printed = [c for c in found if c.rule == AS_PRINTED]
    if printed:
        return tuple(printed)
    return tuple(c for c in found if _allowed(claim, c))


def _allowed(claim: Claim, check: Check) -> bool:
    return claim.rule is None or base_rule(check) == claim.rule


def base_rule(check: Check) -> str:
    """Return the rule of a check without the reading of the ratio."""
    return (check.rule or "").partition(",")[0]


def verdict_checks(claim: Claim, checks: Sequence[Check]) -> Iterator[Check]:
    """Check what the paper calls the interaction, in the tradition of such tables.

    Synergy and antagonism are a p below 0.05 and an index on that side of 1; additive
    is a p of 0.05 or more. The recomputed number is the p.
    """
    if claim.verdict is None:
        return
    index = next((c for c in checks if c.figure == "index"), None)
    for check in judged(claim, checks):
        same = None
        reason = check.reason
        if check.low is not None and check.high is not None:
            reason = None
            below = index is None or index.low is None or index.low < 1
            above = index is None or index.high is None or index.high > 1
            same = {
                "synergy": check.low < ALPHA and below,
                "antagonism": check.low < ALPHA and above,
                "additive": check.high >= ALPHA,
            }[claim.verdict]
        yield replace(
            check,
            figure="verdict",
            printed=claim.verdict,
            reproduced=same,
            reason=reason,
        )


def index_of(claim: Claim, level: float) -> tuple[IndexSummary, str] | Missing:
    """Return the index with its interval, and the rule behind the additive SEM.

    The printed SEM is taken where there is one; otherwise the stated rule, or delta.
    """
    m, s = claim.mixture.ed50, claim.mixture.sem
    assert m is not None
    if s is None:
        return Missing("The SEM of the mixture's ED50 is not given.")
    wanted = claim.rule or VARIANCE_RULES[0]
    reason = Missing("The ratio of the mixture is not given.")
    for source in sources(claim):
        if isinstance(source, NoSource):
            reason = source.missing
        elif source.rule in (None, wanted):
            z, sem = (float(x[0]) for x in source.values(source.point))
            found = index_summary(m.value, s.value, z, sem, level=level)
            return found, source.label
    return reason


def flags_of(claim: Claim, checks: Sequence[Check]) -> tuple[Flag, ...]:
    """Return the printed figures that nothing reproduces, or the stated test not."""
    found = []
    for figure in ("ed50_add", "sem_add", "n_add", "index"):
        rows = [c for c in checks if c.figure == figure]
        stated = [c for c in rows if figure != "sem_add" or _allowed(claim, c)]
        if _refused(stated):
            found.append(Flag(figure, _figure_sentence(claim, figure, rows)))
    p = judged(claim, checks)
    sentence = _test_sentence(claim, p, checks)
    if claim.significance is not None and _refused(p):
        text = claim.significance.text
        found.append(Flag("significance", f"{text} is {sentence}"))
    if _refused([c for c in checks if c.figure == "verdict"]):
        if found and found[-1].figure == "significance":
            sentence = sentence.partition(":")[0] + " either."
        found.append(Flag("verdict", f"The verdict {claim.verdict} is {sentence}"))
    return tuple(found)


def _refused(rows: Sequence[Check]) -> bool:
    told = [c.reproduced for c in rows if c.reproduced is not None]
    return bool(told) and not any(told)


def _figure_sentence(claim: Claim, figure: str, rows: Sequence[Check]) -> str:
    answers = []
    for row in rows:
        if row.recomputed is None:
            continue
        number = format_number(row.recomputed)
        wide = f" ({row.range_text()})" if row.range_text() else ""
        gives = " and gives the printed value" if row.reproduced else ""
        answers.append((f"by {row.rule} " if row.rule else "") + number + wide + gives)
    by = f"the stated rule ({claim.rule})" if claim.rule else "any variance rule"
    how = f" by {by}" if figure == "sem_add" else ""
    name = FIGURE_NAMES[figure]
    return (
        f"The {name} {rows[0].printed} is not reproduced{how}: the printed values give "
        f"{', '.join(answers)}."
    )


def _test_sentence(claim: Claim, rows: Sequence[Check], checks: Sequence[Check]) -> str:
    sides = "one-sided" if claim.sides == 1 else "two-sided"
    told = [c for c in rows if c.recomputed is not None]
    if not told:
        return ""
    basis = "SEM as printed" if told[0].rule == AS_PRINTED else "SEM recomputed"
    if claim.test:
        head = f"the stated test ({TEST_NAMES[claim.test]}, {sides}, {basis})"
    else:
        head = f"any test tried ({sides}, {basis})"
    own = ", ".join(_p_text(c, told) for c in told)
    others = [
        f"{_who(c)} {format_p(c.recomputed)}"
        for c in checks
        if c.figure.endswith("_p") and c.recomputed is not None and c not in told
        and (c.rule == AS_PRINTED or c.test == (claim.test or "welch"))
    ]  # fmt: skip
    if claim.sides is None:
        name = TEST_NAMES[claim.test or "welch"]
        others += [
            f"one-sided {name} {format_p(c.recomputed / 2)}"
            for c in told
            if c.recomputed is not None and c.test == (claim.test or "welch")
        ]
    beside = f" Other answers: {'; '.join(others)}." if others else ""
    return f"not reproduced by {head}: p = {own}.{beside}"


def _p_text(check: Check, told: Sequence[Check]) -> str:
    assert check.recomputed is not None
    assert check.low is not None
    assert check.high is not None
    low, high = format_p(check.low), format_p(check.high)
    wide = f" ({low} to {high} over the rounding)" if low != high else ""
    who = f"{_who(check)} " if len(told) > 1 else ""
    return f"{who}{format_p(check.recomputed)}{wide}"


def _who(check: Check) -> str:
    name = TEST_NAMES[check.test or ""]
    rule = "printed SEM" if check.rule == AS_PRINTED else f"SEM by {check.rule}"
    return f"{name} with {rule}"


def unstated(claim: Claim, checks: Sequence[Check]) -> tuple[str, ...]:
    """Return the choices that the paper leaves open, and what is taken here."""
    found = []
    tested = claim.significance is not None or claim.verdict is not None
    if claim.rule is None:
        sem = [c for c in checks if c.figure == "sem_add" and c.reproduced]
        rules = " or ".join(dict.fromkeys(base_rule(c) for c in sem))
        by = f" (the printed one follows {rules})" if rules else ""
        found.append(f"how the SEM of the additive ED50 was formed{by}")
    if claim.ratio is None:
        found.append("the ratio of the mixture")
    elif claim.ratio_by is None:
        found.append("whether the ratio is one of ED50s or of dose (both are tried)")
    if tested and claim.test is None:
        found.append(f"the test (all are tried{_told_by(claim, checks)})")
    if tested and claim.sides is None:
        found.append("one- or two-sided test (two-sided is taken)")
    if claim.significance is not None and claim.significance.assumed:
        found.append(claim.significance.assumed)
    return tuple(found)


def _told_by(claim: Claim, checks: Sequence[Check]) -> str:
    """Name the tests that give the printed significance, where not all of them do."""
    rows = judged(claim, checks)
    names = dict.fromkeys(TEST_NAMES[c.test or ""] for c in rows if c.reproduced)
    if claim.significance is None or not names or all(c.reproduced for c in rows):
        return ""
    return f"; {claim.significance.text} is reproduced by {' or '.join(names)}"


def unchecked(claim: Claim, checks: Sequence[Check]) -> tuple[tuple[str, str], ...]:
    """Return the printed figures that could not be checked, each with its reason."""
    found = []
    for figure in ("ed50_add", "sem_add", "n_add", "index", "verdict"):
        rows = [c for c in checks if c.figure == figure and c.printed is not None]
        if rows and all(c.reproduced is None for c in rows):
            found.append((figure, rows[0].reason or ""))
    if claim.significance is not None:
        rows = list(judged(claim, checks))
        if rows and all(c.reproduced is None for c in rows):
            found.append(("significance", rows[0].reason or ""))
    return tuple(found)
