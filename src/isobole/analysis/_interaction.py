"""Interaction of drugs given together, by the design their groups form."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import BLIND, attempt, count_protected
from isobole.analysis._groups import Groups
from isobole.combination import (
    CombinationData,
    analyze_combination,
    factorial_interaction,
    potency_shift,
)
from isobole.results import DoseUnit, Missing, Result
from isobole.studies import AnimalOutcome, Protocol


def interaction(
    animals: Sequence[AnimalOutcome], groups: Groups, protocol: Protocol
) -> list[Analysis]:
    """Analyse the mixtures against additivity by the design they form."""
    title = "Interaction"
    if groups.naming == "code":
        return [Analysis("interaction_index", "secondary", title, Missing(BLIND))]
    made = attempt(lambda: _interaction(animals, groups, protocol))
    _, left_out = count_protected(animals, groups)
    notes = (*_bases(groups), *left_out)
    return [Analysis("interaction_index", "secondary", title, made, notes)]


def _bases(groups: Groups) -> tuple[str, ...]:
    """Say what each drug's dose is the mass of: a total dose adds them as they are."""
    said = {
        drug: unit.of
        for group in groups.groups
        for drug, (_, unit) in (group.doses or {}).items()
        if unit.of is not None
    }
    if not said:
        return ()
    words = ", ".join(f"{drug} as the {basis}" for drug, basis in said.items())
    return (f"Doses are those of the protocol: {words}. A total dose is their sum.",)


def has_mixtures(protocol: Protocol) -> bool:
    """Return whether any group is given two drugs."""
    return any(
        sum(dose.amount > 0 for dose in group.doses) > 1 for group in protocol.groups
    )


def _interaction(
    animals: Sequence[AnimalOutcome], groups: Groups, protocol: Protocol
) -> Result | Missing:
    data = combination_table(animals, groups)
    plan = protocol.statistics
    if isinstance(data, Missing):
        return data
    if data.design == "factorial":
        return factorial_interaction(data=data, level=plan.level, link=plan.link)
    if data.design == "type-ii":
        return potency_shift(data, level=plan.level, link=plan.link)
    if data.design == "free":
        return Missing(
            "the doses form neither fixed ratios, nor a ladder over a fixed dose, nor "
            "a 2 x 2 factorial"
        )
    return analyze_combination(
        data,
        level=plan.level,
        link=plan.link,
        null=plan.interaction_null,
        seed=plan.seed,
    )


def combination_table(
    animals: Sequence[AnimalOutcome], groups: Groups
) -> CombinationData | Missing:
    """Return the counts by the doses of every drug, one column a drug."""
    counts, _ = count_protected(animals, groups)
    given = [count.group.doses or {} for count in counts]
    drugs = list(dict.fromkeys(drug for doses in given for drug in doses))
    if len(drugs) < 2 or not any(len(doses) > 1 for doses in given):
        return Missing("no group with two drugs has animals with an outcome")
    units = {(unit.amount, unit.per) for doses in given for _, unit in doses.values()}
    if len(units) > 1:
        return Missing(
            "the drugs are dosed in different units: convert them to one unit first"
        )
    amount, per = units.pop()
    return CombinationData(
        drugs,
        [
            [doses[drug][0] if drug in doses else 0.0 for drug in drugs]
            for doses in given
        ],
        [count.n for count in counts],
        [count.affected for count in counts],
        unit=DoseUnit(amount, per),
        endpoint="protected",
    )
