"""What can be planned: the questions of each form, filled from the protocol."""

from __future__ import annotations

from isobole import planning
from isobole.lab.pages import _plan_asked as asked, _plan_start as start
from isobole.lab.pages._plan_question import PlanKind, Question
from isobole.studies import Protocol

N = Question("n", "Animals per group to judge", "whole", "As the protocol has it")
POWER = Question("power", "Power wanted (%)", "percent")
ALPHA = Question("alpha", "Two-sided error of the study (%)", "percent")
AGAINST = Question("comparisons", "Treated groups against one control", "whole")
UNIT = Question("unit", "Unit of the doses", "text")


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
            "own-control",
            "Kindled animals, each its own control",
            (),
            (
                Question(
                    "falls",
                    "Stages by which animals fall",
                    "list",
                    "0: no change; below 0: they rise",
                    optional=True,
                ),
                Question(
                    "shares",
                    "Share of animals for each (%)",
                    "list",
                    "In the same order",
                    optional=True,
                ),
                Question(
                    "change",
                    "Or: afterdischarge shorter by (s)",
                    "number",
                    "Then leave the two fields above empty",
                    optional=True,
                ),
                Question(
                    "within_sd",
                    "SD of repeated durations of one animal (s)",
                    "number",
                    optional=True,
                ),
                Question("n", "Animals to judge", "whole", "As the protocol has it"),
                POWER,
                ALPHA,
            ),
            start.own_control,
            asked.plan_own_control,
        ),
        PlanKind(
            "doses",
            "Which fixed doses, how many",
            (),
            (
                Question("ed50", "ED50 expected", "number"),
                Question(
                    "fold",
                    "May be off by (fold)",
                    "number",
                    "Two guesses of three are within it",
                ),
                Question("animals", "Animals in all", "whole"),
                Question("counts", "Numbers of doses to compare", "list"),
                UNIT,
            ),
            start.doses,
            asked.plan_doses,
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
            asked.plan_ed50,
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
            asked.plan_interaction,
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
            asked.plan_sequential,
        ),
    )
}


def kind_for(protocol: Protocol) -> PlanKind:
    """Return what the primary outcome of a protocol is planned by."""
    outcome = protocol.primary_outcome
    if protocol.kindling is not None and outcome == "stage":
        return KINDS["kindling"]
    return next((k for k in KINDS.values() if outcome in k.outcomes), KINDS["ed50"])
