"""Whether the design can answer what the protocol asks for."""

from __future__ import annotations

from collections import Counter

from isobole.studies._check_parts import (
    Findings,
    active,
    finding,
    hint,
    levels_alone,
)
from isobole.studies._enums import OUTCOME_WORDS
from isobole.studies._models import SeizureModel
from isobole.studies._protocol import Protocol

CURVES = ("ed50", "td50")
SCORED = ("max_score", "stage")


def check_outcome(protocol: Protocol, model: SeizureModel) -> Findings:
    """Compare the outcomes with the model, the groups and each other."""
    named = [
        ("primary_outcome", protocol.primary_outcome),
        *(
            (f"secondary_outcomes[{i}]", outcome)
            for i, outcome in enumerate(protocol.secondary_outcomes)
        ),
    ]
    for path, outcome in named:
        if outcome not in model.outcomes:
            yield finding(
                "outcome-not-of-model",
                path,
                f"{model.name} has no {OUTCOME_WORDS[outcome]} ('{outcome}')",
                hint(outcome, model.outcomes, "Take one the model can give"),
                given=outcome,
                expected=f"one of {', '.join(model.outcomes)}",
            )
            continue
        yield from _needs(path, outcome, protocol)
    yield from _repeated(protocol)


def _repeated(protocol: Protocol) -> Findings:
    for outcome, times in Counter(protocol.secondary_outcomes).items():
        if outcome == protocol.primary_outcome:
            yield finding(
                "primary-repeated",
                "secondary_outcomes",
                f"'{outcome}' is the primary outcome as well",
                "Take it out of the secondary ones: it cannot be both",
                given=outcome,
            )
        if times > 1:
            yield finding(
                "secondary-repeated",
                "secondary_outcomes",
                f"'{outcome}' stands {times} times",
                "Name every outcome once",
                severity="warning",
                given=outcome,
            )


def _needs(path: str, outcome: str, protocol: Protocol) -> Findings:
    if outcome in SCORED and protocol.scoring is None:
        yield finding(
            "no-scale",
            "scoring",
            f"'{outcome}' needs a scale, and there is no [scoring]",
            "Add [scoring] with scale, generalised_from and episode_from",
            given=outcome,
        )
    if outcome in CURVES:
        yield from _curve(path, outcome, protocol)
    elif outcome == "potency_ratio":
        yield from _potency(path, protocol)
    elif outcome == "interaction_index":
        yield from _interaction(path, protocol)


def _curve(path: str, outcome: str, protocol: Protocol) -> Findings:
    if protocol.randomisation.method == "sequential_dose":
        return  # the levels are chosen as the study goes
    levels = levels_alone(protocol)
    if not any(len(doses) >= 2 for doses in levels.values()):
        yield finding(
            "too-few-doses",
            path,
            f"{outcome.upper()} needs a substance at two or more doses, each in its "
            "own group",
            "Add dose groups (four to five are usual), or take protected as the "
            "primary outcome",
            given=outcome,
        )
        return
    for name, doses in levels.items():
        if len(doses) == 2:
            yield finding(
                "two-doses",
                "groups",
                f"{name} has two doses: a line through two points cannot be checked",
                "Add a third dose, or state why two are enough",
                severity="warning",
                given=name,
            )


def _potency(path: str, protocol: Protocol) -> Findings:
    curves = [s for s, doses in levels_alone(protocol).items() if len(doses) >= 2]
    if len(curves) < 2:
        yield finding(
            "one-curve",
            path,
            "A potency ratio needs two substances, each at two or more doses alone",
            "Add the dose groups of the substance it is compared with",
            given="potency_ratio",
        )


def _interaction(path: str, protocol: Protocol) -> Findings:
    together = [g for g in protocol.groups if g.role == "combination"]
    if not together:
        yield finding(
            "no-combination",
            path,
            "An interaction index needs a group that gets the substances together",
            'Add groups with role = "combination"',
            given="interaction_index",
        )
        return
    partners = {dose.substance for group in together for dose in active(group)}
    alone = levels_alone(protocol)
    curves = [s for s in partners if len(alone.get(s, ())) >= 2]
    if not curves:
        yield finding(
            "no-single-curve",
            path,
            "An interaction index needs the curve of a single substance, and none is "
            "given alone at two or more doses",
            "Add dose groups of the single substances; with one dose each, compare "
            "protected",
            given="interaction_index",
        )
    for name in sorted(partners - set(curves)) if curves else ():
        yield finding(
            "partner-without-curve",
            "groups",
            f"{name} is not given alone at two or more doses: it is taken as without "
            "effect of its own, or its effect stays unknown",
            "Add its dose groups unless earlier studies show that it has no effect",
            severity="warning",
            given=name,
        )
