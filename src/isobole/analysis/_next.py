"""The next doses of a sequential study, from the records so far."""

from __future__ import annotations

from collections.abc import Mapping

from isobole.analysis._groups import doses_of
from isobole.planning import DosePrior, DoseRecommendation, recommend_doses
from isobole.results import DataError, DoseUnit, Missing, Problem
from isobole.studies import Study, reduce_study


def recommend_next(
    study: Study,
    prior: DosePrior,
    *,
    drug: str | None = None,
    groups: Mapping[str, str] | None = None,
    batch: int | None = None,
    design: str = "bayes",
    minimum: float | None = None,
    maximum: float | None = None,
) -> DoseRecommendation:
    """Recommend the doses of the next run: for the unblinded pharmacist only.

    Parameters
    ----------
    study : Study
    prior : DosePrior
        What was expected before the first animal, in the unit of the doses.
    drug : str, optional
        The drug whose ED50 is sought; needed where several were given.
    groups : mapping of str to str, optional
        Group code to the protocol's group id, from the key; needed where the study is
        blind and doses.csv holds syringe codes only.
    batch : int, optional
        Animals of the next run; the chambers of the rack unless given.
    design, minimum, maximum
        As in `planning.recommend_doses`.

    Returns
    -------
    DoseRecommendation

    Raises
    ------
    DataError
        If doses are not known to the caller, or several drugs were given and none is
        named.
    """
    given = _doses_given(study, groups)
    drugs = sorted({name for doses in given.values() for name in doses})
    name = _the_drug(drugs, drug, study)
    amounts: list[float] = []
    affected: list[int] = []
    unit: DoseUnit | None = None
    for animal in reduce_study(study).animals:
        doses = given.get(animal.animal_id, {})
        if not animal.included or set(doses) != {name}:
            continue
        if isinstance(animal.protected, Missing):
            continue
        amount, unit = doses[name]
        amounts.append(amount)
        affected.append(int(animal.protected))
    return recommend_doses(
        amounts,
        affected,
        prior=prior,
        batch=batch or min(study.protocol.observation.chambers, 12),
        design="up-and-down" if design == "up-and-down" else "bayes",
        minimum=minimum,
        maximum=maximum,
        level=study.protocol.statistics.level,
        unit=unit,
        endpoint="protected",
    )


def _doses_given(
    study: Study, groups: Mapping[str, str] | None
) -> dict[str, dict[str, tuple[float, DoseUnit]]]:
    """Return what each animal got: as recorded, else as its group's protocol says."""
    found: dict[str, dict[str, tuple[float, DoseUnit]]] = {}
    for dose in study.doses:
        if dose.kind == "treatment" and dose.amount and dose.substance:
            unit = DoseUnit.parse(dose.unit or "mg/kg")
            found.setdefault(dose.animal_id, {})[dose.substance] = (dose.amount, unit)
    codes = groups or study.revealed
    for row in study.allocation:
        group = row.group or codes.get(row.group_code)
        if row.animal_id not in found and group is not None:
            found[row.animal_id] = doses_of(study.protocol, group)
    if not found and study.allocation:
        raise DataError(
            [
                Problem(
                    "doses-unknown",
                    "The doses are not known here: the study is blind",
                    expected="the key, which only the pharmacist holds",
                    remedy="Give --key and its passphrase; whoever scores must not run "
                    "this",
                )
            ]
        )
    return found


def _the_drug(drugs: list[str], wanted: str | None, study: Study) -> str:
    if wanted is not None and (wanted in drugs or not drugs):
        return wanted
    if wanted is None and len(drugs) == 1:
        return drugs[0]
    planned = {
        dose.substance
        for group in study.protocol.groups
        for dose in group.doses
        if dose.amount > 0
    }
    if wanted is None and not drugs and len(planned) == 1:
        return planned.pop()
    names = ", ".join(drugs or sorted(planned)) or "none"
    raise DataError(
        [
            Problem(
                "which-drug",
                f"{'No drug' if wanted is None else wanted} was asked for; the animals "
                f"were given: {names}",
                expected="one drug given alone",
                remedy="Name it with --drug",
            )
        ]
    )
