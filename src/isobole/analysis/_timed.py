"""Times and thresholds by group: latencies, infusion thresholds, currents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import attempt
from isobole.analysis._groups import Groups
from isobole.outcomes import compare_latency, compare_thresholds
from isobole.results import Missing, Result
from isobole.studies import AnimalOutcome, Latency, Protocol

# Which latency of the reducers answers which declared outcome, and how it is called.
LATENCY_OF = {
    "latency_clonic": ("clonic", "first clonic seizure"),
    "latency_gtc": ("gtc", "first generalised tonic-clonic seizure"),
}
# Deaths as the protocol counts them, in the latency room's words.
_DEATH: dict[str, Literal["failure", "exclusion", "competing"]] = {
    "failure": "failure",
    "exclusion": "exclusion",
    "competing_event": "competing",
}


def latency(
    animals: Sequence[AnimalOutcome],
    groups: Groups,
    protocol: Protocol,
    *,
    outcome: str,
) -> list[Analysis]:
    """Compare the latency that a declared outcome names."""
    kind, words = LATENCY_OF[outcome]
    return [
        latency_of_kind(
            animals, groups, protocol, kind=kind, words=words, outcome=outcome
        )
    ]


def latency_of_kind(
    animals: Sequence[AnimalOutcome],
    groups: Groups,
    protocol: Protocol,
    *,
    kind: str,
    words: str,
    outcome: str,
) -> Analysis:
    """Compare the time to the first event of one kind between groups."""
    entered: list[tuple[AnimalOutcome, Latency, str]] = []
    left_out: list[str] = []
    for animal in animals:
        label = groups.of(animal)
        if not animal.included or label is None:
            continue
        if kind in animal.latencies:
            entered.append((animal, animal.latencies[kind], label))
        else:
            left_out.append(
                f"Animal {animal.animal_id} has no latency to {words}: it was not "
                "observed from its own t0."
            )
    title = f"Latency to the {words}"
    if not entered:
        missing = Missing("no animal was observed from its own t0")
        return Analysis(outcome, "secondary", title, missing, tuple(left_out))

    def compute() -> Result:
        labels = [label for _, _, label in entered]
        blocks = [animal.block for animal, _, _ in entered]
        plan = protocol.statistics
        return compare_latency(
            [found.t_ms / 1000 for _, found, _ in entered],
            [found.cause for _, found, _ in entered],
            labels,
            window=protocol.observation.window_s,
            control=groups.control if groups.control in labels else None,
            strata=None if None in blocks else [str(block) for block in blocks],
            doses=_doses(groups, labels),
            death=_DEATH[protocol.endpoint.death],
            reasons=[found.censored_by for _, found, _ in entered],
            interval=plan.km_interval,
            median_rule=plan.median_rule,
            level=plan.level,
            seed=plan.seed,
            event=words,
        )

    return Analysis(outcome, "secondary", title, attempt(compute), tuple(left_out))


def _doses(groups: Groups, labels: Sequence[str]) -> dict[str, float] | None:
    """Return the doses for a trend where one drug was given at several doses."""
    shown = [g for g in groups.groups if g.label in set(labels)]
    if any(g.doses is None or len(g.doses) > 1 for g in shown):
        return None
    drugs = {drug for g in shown for drug in (g.doses or {})}
    if len(drugs) != 1:
        return None
    drug = drugs.pop()
    doses = {g.label: (g.doses or {}).get(drug, (0.0, None))[0] for g in shown}
    return doses if len({d for d in doses.values() if d}) > 1 else None


def thresholds(
    animals: Sequence[AnimalOutcome], groups: Groups, protocol: Protocol
) -> list[Analysis]:
    """Compare thresholds measured in each animal (i.v. infusion) on the log scale."""
    title = "Seizure threshold"
    entered: list[tuple[float, str]] = []
    left_out: list[str] = []
    for animal in animals:
        label = groups.of(animal)
        if not animal.included or label is None:
            continue
        if isinstance(animal.threshold, Missing):
            left_out.append(f"Animal {animal.animal_id}: {animal.threshold.reason}.")
        elif animal.threshold is not None:
            entered.append((animal.threshold, label))
    if not entered:
        missing = Missing("no animal has a threshold: they are measured by infusion")
        return [Analysis("threshold", "secondary", title, missing, tuple(left_out))]

    def compute() -> Result | Missing:
        labels = [label for _, label in entered]
        if groups.control is None or groups.control not in labels:
            return Missing("thresholds are compared with a control, not known here")
        return compare_thresholds(
            [value for value, _ in entered],
            labels,
            control=groups.control,
            unit="mg/kg",
            level=protocol.statistics.level,
        )

    found = attempt(compute)
    return [Analysis("threshold", "secondary", title, found, tuple(left_out))]
