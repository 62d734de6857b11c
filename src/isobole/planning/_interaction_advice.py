"""Which test of interaction to plan for, and with how many animals, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from isobole.combination._power import TESTS
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._interaction_design import InteractionDesign
from isobole.planning._interaction_rows import EquivalencePlan, SizePlan, TestPlan
from isobole.results import Missing, format_number

_EXCESS: Final = 0.01  # false positives above nominal that a plan may still rest on


def recommended(tests: Sequence[TestPlan], level: float) -> TestPlan:
    """Return the most powerful test that keeps its level; the first among equals."""
    kept = [t for t in tests if t.false_positive <= 1 - level + _EXCESS] or list(tests)
    top = max(kept, key=lambda t: t.power)
    slack = 2 * top.at_index.error(top.power)
    return next(t for t in kept if t.power >= top.power - slack)


def plan_message(
    design: InteractionDesign,
    tests: Sequence[TestPlan],
    best: TestPlan,
    rows: Sequence[SizePlan],
    equivalence: EquivalencePlan | Missing,
    level: float,
    target: float,
) -> str:
    """Say which test to plan for, and with how many animals."""
    pair = " and ".join(design.drugs)
    nominal = format_number(100 * (1 - level), 3)
    sentences = [
        f"Plan for the {best.label}: if the true index of {pair} is "
        f"{format_number(design.index)}, it finds it in {percent_text(best.power)} of "
        f"studies with these {design.animals} animals, and it calls an additive "
        f"mixture an interaction in {percent_text(best.false_positive)} (nominal "
        f"{nominal} %)."
    ]
    if isinstance(best.smallest, Missing):
        sentences.append(
            f"No number of animals compared (up to {rows[-1].animals}) reaches "
            f"{percent_text(target)} power; choose doses closer to the ED50s, or a "
            "stronger interaction to look for."
        )
    else:
        size = next(row for row in rows if row.n[0] == best.smallest)
        sentences.append(
            f"{percent_text(target)} power takes {best.smallest} animals per dose "
            f"({size.animals} in all)."
        )
    loose = [t for t in tests if t.false_positive > 1 - level + _EXCESS]
    if loose:
        told = "; ".join(f"{t.label} {percent_text(t.false_positive)}" for t in loose)
        sentences.append(f"More false positives than {nominal} %: {told}.")
    mute = [t for t in tests if t.at_index.no_answer >= 0.05]
    if mute:
        share = max(t.at_index.no_answer for t in mute)
        sentences.append(
            f"In up to {percent_text(share)} of studies an arm has no finite curve and "
            "tests that need its ED50 ± SE have no answer; the joint likelihood with "
            "separate slopes still answers. Doses closer together make this rarer."
        )
    papers = next((t for t in tests if t.name == "welch-lublin"), None)
    if papers is not None and papers.power < best.power - 0.02:
        sentences.append(
            f"The test of the published tables ({TESTS[papers.name]}) finds it in "
            f"{percent_text(papers.power)}."
        )
    if not isinstance(equivalence, Missing):
        low, high = (format_number(end) for end in equivalence.margin)
        sentences.append(
            f"Showing that {pair} are additive within {low} to {high}, if they are: "
            + (
                equivalence.smallest.reason
                if isinstance(equivalence.smallest, Missing)
                else f"{equivalence.smallest} animals per dose "
                f"({equivalence.animals} in all) for {percent_text(target)} power."
            )
        )
    return " ".join(sentences)
