"""Studies whose doses were chosen as they went: flagged, and kept to the protocol."""

from __future__ import annotations

from dataclasses import replace

import pytest

from isobole.analysis import analyze_study, recommend_next
from isobole.doseresponse import CurveComparison, QuantalFit
from isobole.planning import DosePrior, next_up_and_down
from isobole.results import DataError, Missing, blocks_to_text
from isobole.studies import Study, reduce_study

PRIOR = DosePrior(150, 0.35, 1.5, 16)
DRUG = "sodium valproate"


def chosen(ladders: Study, outcome: str = "ed50") -> Study:
    """Return the study as if its doses had been chosen from earlier outcomes."""
    plan, size = ladders.protocol.randomisation, ladders.protocol.sample_size
    return replace(
        ladders,
        record=(),
        chain="unchained",
        head_hash=None,
        commitment=None,
        locked=False,
        revealed={},
        protocol=ladders.protocol.model_copy(
            update={
                "primary_outcome": outcome,
                "secondary_outcomes": (),
                "sample_size": size.model_copy(update={"method": "sequential"}),
                "randomisation": plan.model_copy(update={"method": "sequential_dose"}),
            }
        ),
    )


def test_slopes_are_flagged_and_not_tested(ladders: Study) -> None:
    found = analyze_study(chosen(ladders), despite_errors=True)
    fits = [a.result for a in found.analyses if a.outcome == "ed50"]
    assert len(fits) == 2
    for fit in fits:
        assert isinstance(fit, QuantalFit)
        assert fit.data.design == "sequential"
        assert "sequential-design" in {p.code for p in fit.problems}
        assert "slope is biased" in blocks_to_text(fit.blocks())


def test_slopes_of_chosen_doses_enter_no_slope_test(ladders: Study) -> None:
    fixed = of_one_basis(ladders)
    plan = {"primary_outcome": "potency_ratio", "secondary_outcomes": ()}
    plain = replace(fixed, protocol=fixed.protocol.model_copy(update=plan))
    said = analyze_study(plain, despite_errors=True).analyses[0].result
    assert isinstance(said, CurveComparison)
    assert not isinstance(said.parallelism.p, Missing)
    made = analyze_study(chosen(fixed, "potency_ratio"), despite_errors=True)
    found = made.analyses[0].result
    assert isinstance(found, CurveComparison)
    assert isinstance(found.parallelism.p, Missing)
    assert "slope" in found.parallelism.p.reason


def of_one_basis(study: Study) -> Study:
    """Return the study with all doses as the salt: bases are not compared."""
    groups = tuple(
        group.model_copy(
            update={
                "doses": tuple(
                    dose.model_copy(update={"basis": "salt"}) for dose in group.doses
                )
            }
        )
        for group in study.protocol.groups
    )
    return replace(study, protocol=study.protocol.model_copy(update={"groups": groups}))


def blind(study: Study) -> Study:
    """Return the study before anybody revealed a dose."""
    return replace(
        study,
        revealed={},
        locked=False,
        allocation=tuple(replace(row, group=None) for row in study.allocation),
    )


def test_the_first_run_needs_no_list_of_doses(ladders: Study) -> None:
    study = replace(blind(chosen(ladders)), events=(), sessions=())
    found = recommend_next(study, PRIOR, drug=DRUG)
    assert found.n_animals == 0
    assert str(found.unit) == "mg/kg salt"


def test_before_the_allocation_the_protocol_says_the_unit(ladders: Study) -> None:
    study = replace(
        blind(ladders), allocation=(), doses=(), events=(), sessions=(), record=()
    )
    found = recommend_next(study, PRIOR, drug=DRUG)
    assert found.n_animals == 0
    assert str(found.unit) == "mg/kg salt"
    # Groups of a study that is not sequential bind no dose.
    assert {dose for dose, _ in found.next_doses} - {100, 141, 200, 282}


def test_doses_are_those_that_groups_stand_for(ladders: Study) -> None:
    study = chosen(ladders)
    levels = {100, 141, 200, 282}  # the groups vpa-100 to vpa-282
    found = recommend_next(study, PRIOR, drug=DRUG)
    assert {dose for dose, _ in found.next_doses} <= levels
    with pytest.raises(DataError):
        recommend_next(study, PRIOR, drug=DRUG, minimum=2000)


def test_a_begun_sequential_study_asks_for_the_list(ladders: Study) -> None:
    with pytest.raises(DataError) as caught:
        recommend_next(blind(chosen(ladders)), PRIOR, drug=DRUG)
    (problem,) = caught.value.problems
    assert problem.code == "doses-unknown"
    assert "--doses" in (problem.remedy or "")
    assert "--key" not in (problem.remedy or "")


def test_up_and_down_goes_by_the_order_of_testing(ladders: Study) -> None:
    """Not by that of the list of animals, which the allocation shuffled."""
    study = chosen(ladders)
    tested = sorted(
        (one for one in reduce_study(study).animals if one.animal_id in study.t0),
        key=lambda one: study.t0[one.animal_id],
    )
    groups = {row.animal_id: row.group for row in study.allocation}
    levels = {
        group.id: next(d.amount for d in group.doses if d.amount > 0)
        for group in study.protocol.groups
        if [d.substance for d in group.doses if d.amount > 0] == [DRUG]
    }
    seen = [
        (levels[str(groups[one.animal_id])], int(bool(one.protected)))
        for one in tested
        if one.included and groups[one.animal_id] in levels
    ]
    assert len(seen) > 20
    assert seen != sorted(seen)
    for upto in (study, replace(study, animals=study.animals[::-1])):
        for batch in (1, 4):
            found = recommend_next(
                upto, PRIOR, drug=DRUG, design="up-and-down", batch=batch
            )
            doses, affected = zip(*seen, strict=True)
            expected = next_up_and_down(
                doses,
                affected,
                batch=batch,
                direction="rises",
                allowed=sorted(levels.values()),
            )
            assert {dose for dose, _ in found.next_doses} == {expected}


def test_without_times_it_goes_by_the_places_of_the_allocation(ladders: Study) -> None:
    study = replace(chosen(ladders), t0={})
    one = recommend_next(study, PRIOR, drug=DRUG, design="up-and-down")
    other = recommend_next(
        replace(study, animals=study.animals[::-1]),
        PRIOR,
        drug=DRUG,
        design="up-and-down",
    )
    assert one.next_doses == other.next_doses
