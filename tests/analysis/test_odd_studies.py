"""Studies that went otherwise than planned: what is said, and what is not counted."""

from __future__ import annotations

from dataclasses import replace

from isobole.analysis import analyze_study
from isobole.results import Missing, blocks_to_text
from isobole.studies import Study, reduce_study


def by_hand(study: Study) -> Study:
    """Return the study as a folder without a record, its groups named."""
    return replace(
        study,
        record=(),
        chain="unchained",
        head_hash=None,
        commitment=None,
        locked=False,
        revealed={},
    )


def test_a_group_the_protocol_does_not_know_is_no_group(factorial: Study) -> None:
    study = by_hand(factorial)
    first, *rest = study.allocation
    study = replace(study, allocation=(replace(first, group="aspirin"), *rest))
    found = analyze_study(study, despite_errors=True)
    assert "unknown-group" in {p.code for p in found.despite_errors}
    assert found.flow.not_allocated == (first.animal_id,)
    assert sum(row.allocated for row in found.flow.rows) == len(rest)


def test_animals_left_out_for_one_reason_stand_in_one_sentence(
    factorial: Study,
) -> None:
    study = replace(by_hand(factorial), events=())
    found = analyze_study(study, despite_errors=True).analysis("protected")
    names = [a.animal_id for a in reduce_study(study).animals if a.included]
    assert len(names) > 25
    told = [note for note in found.notes if "not counted" in note]
    assert len(told) < 4
    assert all(sum(name in note for note in told) == 1 for name in names)


def test_an_animal_never_observed_is_not_counted_as_analysed(factorial: Study) -> None:
    name = "R14"
    study = by_hand(factorial)
    study = replace(study, events=tuple(e for e in study.events if e.animal_id != name))
    found = analyze_study(study, despite_errors=True)
    group = next(a.group for a in study.allocation if a.animal_id == name)
    row = next(r for r in found.flow.rows if r.label == group)
    assert (row.allocated, row.observed, row.analysed) == (8, 7, 7)
    assert found.flow.not_observed == (name,)
    assert found.flow.to_dict()["not_observed"] == [name]
    assert f"Never observed: {name}." in blocks_to_text(found.flow.tables())
    assert f"Group {group}: 7 animals are analysed where the protocol plans 8." in (
        found.deviations
    )
    protected = found.analysis("protected")
    assert not isinstance(protected.result, Missing)
    counts = {g["group"]: g["n"] for g in protected.result.to_dict()["groups"]}
    assert counts[group] == row.analysed
