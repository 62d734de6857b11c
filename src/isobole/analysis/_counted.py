"""Counts by group: protection, ED50s and relative potency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from isobole.analysis._analysis import Analysis
from isobole.analysis._groups import Groups, StudyGroup
from isobole.doseresponse import QuantalData, compare_curves, fit_quantal
from isobole.outcomes import compare_protection
from isobole.results import DataError, DoseUnit, IsoboleError, Missing, Result
from isobole.studies import AnimalOutcome, Protocol

BLIND = (
    "the groups are still codes: doses are known once the analysis is locked and the "
    "key was opened (isobole study lock, isobole study reveal)"
)


@dataclass(frozen=True, slots=True)
class Count:
    """Animals of a group that enter, and those with the endpoint."""

    group: StudyGroup
    n: int
    affected: int


def count_protected(
    animals: Sequence[AnimalOutcome], groups: Groups, *, death: str | None = None
) -> tuple[tuple[Count, ...], tuple[str, ...]]:
    """Count protected animals by group, and say in sentences who is left out.

    `death` picks a way of counting deaths other than the protocol's own.
    """
    left_out: dict[str, list[str]] = {}
    tallies: dict[str, list[int]] = {label: [0, 0] for label in groups.labels}
    for animal in animals:
        label = groups.of(animal)
        if not animal.included or label is None:
            continue
        answer = animal.protected if death is None else animal.protected_by.get(death)
        if answer is None or isinstance(answer, Missing):
            reason = answer.reason if isinstance(answer, Missing) else "died"
            left_out.setdefault(reason, []).append(animal.animal_id)
            continue
        tallies[label][0] += 1
        tallies[label][1] += bool(answer)
    counts = tuple(
        Count(group, *tallies[group.label])
        for group in groups.groups
        if tallies[group.label][0]
    )
    return counts, tuple(
        _not_counted(names, reason) for reason, names in left_out.items()
    )


def _not_counted(names: Sequence[str], reason: str) -> str:
    """Say who is left out: before the scoring that is every animal of the study."""
    if len(names) == 1:
        return f"Animal {names[0]} is not counted: {reason}."
    return f"{len(names)} animals are not counted: {reason} ({', '.join(names)})."


def protection(
    animals: Sequence[AnimalOutcome], groups: Groups, protocol: Protocol
) -> list[Analysis]:
    """Compare protection between groups, and again under every rule for deaths."""
    found: list[Analysis] = []
    died = any(animal.died for animal in animals if animal.included)
    ways = [None, *(protocol.endpoint.sensitivity if died else ())]
    for death in ways:
        counts, left_out = count_protected(animals, groups, death=death)
        title = "Protection by group"
        if death is not None:
            words = death.replace("_", " ")
            title = f"Protection by group, death counted as {words}"
        found.append(
            Analysis(
                "protected",
                "primary" if death is None else "sensitivity",
                title,
                attempt(partial(_compared, counts, groups, protocol)),
                left_out,
            )
        )
    return found


def _compared(counts: Sequence[Count], groups: Groups, protocol: Protocol) -> Result:
    labels = [count.group.label for count in counts]
    control = groups.control if groups.control in labels else None
    return compare_protection(
        [count.affected for count in counts],
        [count.n for count in counts],
        labels,
        control=control,
        doses=_ladder(counts) if control else None,
        adjust="holm" if protocol.statistics.adjust == "holm" else "none",
        level=protocol.statistics.level,
        endpoint="protected",
    )


def _ladder(counts: Sequence[Count]) -> list[float | None] | None:
    """Return doses for a trend where one drug was given at two or more doses."""
    singles = {
        next(iter(count.group.doses))
        for count in counts
        if count.group.doses and len(count.group.doses) == 1
    }
    if len(singles) != 1:
        return None
    drug = singles.pop()
    doses: list[float | None] = []
    for count in counts:
        given = count.group.doses or {}
        if not given:
            doses.append(0.0)
        else:
            doses.append(given[drug][0] if set(given) == {drug} else None)
    return doses if len({d for d in doses if d}) > 1 else None


def curves(
    animals: Sequence[AnimalOutcome],
    groups: Groups,
    protocol: Protocol,
    *,
    outcome: str,
) -> list[Analysis]:
    """Fit the ED50 (or TD50) of every drug given alone at two or more doses."""
    if groups.naming == "code":
        return [
            Analysis(outcome, "secondary", "Median effective doses", Missing(BLIND))
        ]
    tables = _curves(animals, groups, protocol, outcome)
    if not tables:
        reason = "no drug was given alone at two or more doses"
        return [
            Analysis(outcome, "secondary", "Median effective doses", Missing(reason))
        ]
    name = outcome.upper() if outcome in ("ed50", "td50") else "ED50"
    _, left_out = count_protected(animals, groups)
    return [
        Analysis(
            outcome,
            "secondary",
            f"{name} of {data.curve}",
            attempt(
                partial(
                    fit_quantal,
                    data,
                    link=protocol.statistics.link,
                    level=protocol.statistics.level,
                )
            ),
            left_out,
        )
        for data in tables
    ]


def potency(
    animals: Sequence[AnimalOutcome], groups: Groups, protocol: Protocol
) -> list[Analysis]:
    """Compare the curves of the drugs given alone."""
    title = "Relative potency"
    if groups.naming == "code":
        return [Analysis("potency_ratio", "secondary", title, Missing(BLIND))]
    tables = _curves(animals, groups, protocol, "ed50")
    if len(tables) < 2:
        reason = "fewer than two drugs were given alone at two or more doses"
        return [Analysis("potency_ratio", "secondary", title, Missing(reason))]
    made = attempt(lambda: compare_curves(tables, level=protocol.statistics.level))
    _, left_out = count_protected(animals, groups)
    return [Analysis("potency_ratio", "secondary", title, made, left_out)]


def _curves(
    animals: Sequence[AnimalOutcome],
    groups: Groups,
    protocol: Protocol,
    outcome: str,
) -> list[QuantalData]:
    counts, _ = count_protected(animals, groups)
    # A toxic endpoint is the loss of what the rule calls protection: falling.
    toxic = outcome == "td50"
    rows: dict[tuple[str, DoseUnit], list[tuple[float, int, int]]] = {}
    blank: list[tuple[float, int, int]] = []
    for count in counts:
        affected = count.n - count.affected if toxic else count.affected
        doses = count.group.doses or {}
        if not doses:
            blank.append((0.0, count.n, affected))
        elif len(doses) == 1:
            ((drug, (amount, unit)),) = doses.items()
            rows.setdefault((drug, unit), []).append((amount, count.n, affected))
    tables: list[QuantalData] = []
    chosen = protocol.randomisation.method == "sequential_dose"
    for (drug, unit), ladder in rows.items():
        if len({dose for dose, _, _ in ladder}) < 2:
            continue
        dose, n, affected_n = zip(*sorted([*blank, *ladder]), strict=True)
        tables.append(
            QuantalData(
                dose,
                n,
                affected_n,
                unit=unit,
                endpoint="impaired" if toxic else "protected",
                curve=drug,
                design="sequential" if chosen else "fixed",
            )
        )
    return tables


def attempt(compute: Callable[[], Result | Missing]) -> Result | Missing:
    """Return the result, or why the data allow none; other errors are ours."""
    try:
        return compute()
    except DataError as error:
        return Missing("; ".join(str(p).rstrip(".") for p in error.problems))
    except IsoboleError as error:
        return Missing(str(error).rstrip("."))
