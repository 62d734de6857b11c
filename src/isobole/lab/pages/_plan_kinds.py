"""What can be planned: the questions of each form, filled from the protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from isobole import planning
from isobole.lab.pages import _plan_start as start
from isobole.results import DataError, Problem
from isobole.studies import Protocol

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form; `kind` is percent, number, whole, list, names or choice."""

    name: str
    label: str
    kind: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PlanKind:
    """One thing to plan, and how."""

    name: str
    title: str
    outcomes: tuple[str, ...]
    questions: tuple[Question, ...]
    prefill: Callable[[Protocol], dict[str, str]]
    compute: Callable[[dict[str, Any], Progress], Any]


N = Question("n", "Animals per group to judge", "whole", "As the protocol has it")
POWER = Question("power", "Power wanted (%)", "percent")
ALPHA = Question("alpha", "Two-sided error of the study (%)", "percent")
AGAINST = Question("comparisons", "Treated groups against one control", "whole")
UNIT = Question("unit", "Unit of the doses", "text")


def _plan_sequential(given: dict[str, Any], progress: Progress) -> Any:
    from math import log10

    if given["fold"] <= 1:
        raise DataError([_fold()])
    prior = planning.DosePrior(given["ed50"], ed50_sd_log10=log10(given["fold"]))
    return planning.recommend_doses(
        given["doses"],
        given["affected"],
        prior=prior,
        batch=given["batch"],
        design=given["design"],
        unit=given["unit"] or None,
        endpoint="protected",
    )


def _plan_interaction(given: dict[str, Any], progress: Progress) -> Any:
    return planning.plan_interaction(
        given["drugs"],
        given["ed50s"],
        given["slopes"],
        index=given["index"],
        n=given["n"],
        power=given["power"],
        unit=given["unit"] or None,
        progress=progress,
    )


def _plan_ed50(given: dict[str, Any], progress: Progress) -> Any:
    return planning.plan_ed50(
        given["doses"],
        given["n"],
        given["ed50"],
        given["slope"],
        unit=given["unit"] or None,
        progress=progress,
    )


KINDS: dict[str, PlanKind] = {
    kind.name: kind
    for kind in (
        PlanKind(
            "protection",
            "Share of animals protected",
            ("protected",),
            (
                Question("control", "Controls protected (%)", "percent"),
                Question("treated", "Treated animals protected (%)", "percent"),
                N,
                AGAINST,
                POWER,
                ALPHA,
                Question(
                    "test",
                    "Test",
                    "choice",
                    choices=(("fisher", "Fisher's exact"), ("boschloo", "Boschloo's")),
                ),
            ),
            start.protection,
            lambda given, progress: planning.plan_protection(
                **given, progress=progress
            ),
        ),
        PlanKind(
            "latency",
            "Latency to a seizure",
            ("latency_clonic", "latency_gtc"),
            (
                Question("window", "Window (s)", "number"),
                Question("control_events", "Controls with the seizure (%)", "percent"),
                Question(
                    "hazard_ratio",
                    "Hazard ratio under treatment",
                    "number",
                    "Below 1 where treatment delays",
                ),
                Question("deaths", "Deaths without it (%)", "percent"),
                N,
                AGAINST,
                POWER,
                ALPHA,
            ),
            start.latency,
            lambda given, progress: planning.plan_latency(**given, progress=progress),
        ),
        PlanKind(
            "severity",
            "Seizure score",
            ("max_score", "stage"),
            (
                Question(
                    "superiority",
                    "Chance that a treated animal scores lower (%)",
                    "percent",
                    "50 is no difference; ties count half",
                ),
                N,
                AGAINST,
                POWER,
                ALPHA,
            ),
            start.severity,
            lambda given, progress: planning.plan_severity(**given, progress=progress),
        ),
        PlanKind(
            "kindling",
            "Rate of kindling",
            ("add", "adt", "gst"),
            (
                Question("mean", "Stimulations controls need (mean)", "number"),
                Question("sd", "SD of it", "number"),
                Question("times", "Treated need so many times as many", "number"),
                Question("sessions", "Stimulations at most", "whole"),
                N,
                AGAINST,
                POWER,
                ALPHA,
            ),
            start.kindling,
            lambda given, progress: planning.plan_kindling(**given, progress=progress),
        ),
        PlanKind(
            "ed50",
            "ED50 from fixed doses",
            ("ed50", "td50", "cs50", "threshold", "potency_ratio"),
            (
                Question("doses", "Doses", "list", "Above 0, with commas between"),
                Question("n", "Animals per dose", "whole"),
                Question("ed50", "ED50 expected", "number"),
                Question("slope", "Slope (probits per tenfold dose)", "number"),
                UNIT,
            ),
            start.ed50,
            _plan_ed50,
        ),
        PlanKind(
            "interaction",
            "Interaction of drugs",
            ("interaction_index",),
            (
                Question("drugs", "Drugs", "names", "With commas between"),
                Question("ed50s", "Their ED50s", "list", "In the same order"),
                Question("slopes", "Their slopes", "list", "Probits per tenfold dose"),
                Question("index", "Interaction index worth finding", "number"),
                Question("n", "Animals per dose", "whole"),
                POWER,
                UNIT,
            ),
            start.interaction,
            _plan_interaction,
        ),
        PlanKind(
            "sequential",
            "Doses of the first or next batch",
            (),
            (
                Question("ed50", "ED50 expected", "number"),
                Question(
                    "fold",
                    "May be off by (fold)",
                    "number",
                    "Two guesses of three are within it",
                ),
                Question("batch", "Animals in a batch", "whole"),
                Question(
                    "design",
                    "Rule",
                    "choice",
                    choices=(
                        ("bayes", "Most information"),
                        ("up-and-down", "Up and down"),
                    ),
                ),
                Question(
                    "doses", "Doses given so far", "list", "Of a pilot", optional=True
                ),
                Question(
                    "affected",
                    "Protected (1) or not (0), in their order",
                    "list",
                    optional=True,
                ),
                UNIT,
            ),
            start.sequential,
            _plan_sequential,
        ),
    )
}


def kind_for(protocol: Protocol) -> PlanKind:
    """Return what the primary outcome of a protocol is planned by."""
    outcome = protocol.primary_outcome
    if protocol.kindling is not None and outcome == "stage":
        return KINDS["kindling"]
    return next((k for k in KINDS.values() if outcome in k.outcomes), KINDS["ed50"])


def _fold() -> Problem:
    return Problem(
        "fold-too-small",
        "The guess of the ED50 cannot be off by 1-fold or less",
        column="fold",
        expected="a number above 1, such as 2.2",
        remedy="Say how far the guess may be off",
    )
