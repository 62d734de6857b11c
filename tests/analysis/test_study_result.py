"""The order of the plan, blinding, refusals, deviations, deaths, and what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from isobole.analysis import StudyResult, analyze_study, name_groups
from isobole.results import (
    DataError,
    Figure,
    Heading,
    Missing,
    Note,
    Table,
    blocks_to_text,
)
from isobole.studies import Study, reduce_study


def blinded(study: Study) -> Study:
    """Return the study as it stood before the lock and the reveal."""
    return replace(
        study,
        locked=False,
        revealed={},
        record=study.record[:-2],
        allocation=tuple(replace(row, group=None) for row in study.allocation),
    )


def outcomes_of(result: StudyResult, rank: str) -> list[str]:
    return [a.outcome for a in result.analyses if a.rank == rank]


def test_the_plan_gives_the_order(factorial: Study, kindled: Study) -> None:
    found = analyze_study(factorial)
    assert outcomes_of(found, "primary") == ["protected"]
    assert outcomes_of(found, "secondary") == ["latency_clonic", "max_score"]
    assert outcomes_of(found, "sensitivity") == ["protected", "protected"]
    assert outcomes_of(found, "exploratory") == ["latency_gtc", "interaction_index"]
    assert outcomes_of(found, "quality") == ["agreement"]
    found = analyze_study(kindled)
    assert outcomes_of(found, "primary") == ["stage"]
    assert outcomes_of(found, "secondary")[:2] == ["stage", "stage"]
    headings = [b.text for b in found.blocks() if isinstance(b, Heading)]
    ranks = [h.partition(":")[0] for h in headings if ": " in h and "KIN" not in h]
    assert ranks[0] == "Primary outcome"
    assert "Exploratory" not in ranks


def test_codes_until_locked_and_revealed(factorial: Study) -> None:
    study = blinded(factorial)
    found = analyze_study(study)
    assert found.groups.naming == "code"
    assert set(found.groups.labels) == set(factorial.revealed)
    assert found.groups.control is None
    text = blocks_to_text(found._analyses())
    for word in ("vehicle", "valproate", "magnesium"):
        assert word not in text
    # Who has the drug in the blood got it.
    assert isinstance(found.concentrations, Missing)
    assert "kept back" in blocks_to_text(found.blocks())
    assert found.to_dict()["concentrations"] == []
    assert all(row.planned is None for row in found.flow.rows)
    assert name_groups(replace(study, locked=True)).naming == "code"
    # Somebody opened the key before the lock: the analysis goes on by code.
    early = replace(study, revealed=factorial.revealed)
    assert name_groups(early).naming == "code"
    opened = replace(early, locked=True)
    assert name_groups(opened).labels == ("vehicle", "valproate", "magnesium", "both")


def test_blind_and_named_analyses_count_the_same(factorial: Study) -> None:
    by_code = analyze_study(blinded(factorial)).flow.rows
    by_name = analyze_study(factorial).flow.rows
    codes = {group: code for code, group in factorial.revealed.items()}
    assert {(r.label, r.analysed, r.died) for r in by_code} == {
        (codes[r.label], r.analysed, r.died) for r in by_name
    }


def test_an_ed50_waits_for_the_key(ladders: Study) -> None:
    found = analyze_study(blinded(ladders))
    for outcome in ("interaction_index", "ed50"):
        missing = found.analysis(outcome).result
        assert isinstance(missing, Missing)
        assert "isobole study reveal" in missing.reason


def test_errors_refuse_the_analysis_and_mark_it(factorial: Study) -> None:
    stray = replace(factorial.events[0], event_id="stray", animal_id="R99")
    study = replace(factorial, events=(*factorial.events, stray))
    with pytest.raises(DataError) as caught:
        analyze_study(study)
    assert [p.code for p in caught.value.problems] == [
        "unknown-animal", "study-has-errors",
    ]  # fmt: skip
    found = analyze_study(study, despite_errors=True)
    assert [p.code for p in found.despite_errors] == ["unknown-animal"]
    notes = [b for b in found.blocks() if isinstance(b, Note) and b.severity == "error"]
    assert len(notes) == 1
    assert "despite 1 error(s)" in notes[0].text
    same = analyze_study(factorial).analysis("protected").result
    assert str(found.analysis("protected").result) == str(same)


def test_deaths_enter_under_each_rule(factorial: Study) -> None:
    found = analyze_study(factorial)
    dead = [
        a
        for a in reduce_study(factorial).animals
        if a.died and a.latencies["endpoint"].cause != 1
    ]
    assert len(dead) == 1
    ways = {
        a.title.rpartition(", ")[2]: a
        for a in found.analyses
        if a.rank == "sensitivity"
    }
    left = ways["death counted as exclusion"]
    assert left.notes == (f"Animal {dead[0].animal_id} is not counted: died.",)
    shown = {key: a.result.to_dict()["groups"] for key, a in ways.items()
             if not isinstance(a.result, Missing)}  # fmt: skip
    n = {key: {g["group"]: g["n"] for g in groups} for key, groups in shown.items()}
    assert n["death counted as exclusion"]["magnesium"] == 7
    assert n["death counted as competing event"]["magnesium"] == 8


def test_no_death_no_sensitivity(factorial: Study) -> None:
    alive = tuple(
        e for e in factorial.events if e.type != "death" and e.detail != "death"
    )
    found = analyze_study(replace(factorial, events=alive), despite_errors=True)
    assert outcomes_of(found, "sensitivity") == []


def test_deviations_are_found(factorial: Study) -> None:
    before = set(analyze_study(factorial).deviations)
    first, second = factorial.animals[:2]
    wrong = replace(first, sex="F", strain="Lewis")
    dose = next(
        d for d in factorial.doses
        if d.animal_id == second.animal_id and d.route == "ip"
    )  # fmt: skip
    late = replace(
        dose,
        ts="2026-02-03T06:00:00.000Z",
        volume_ml=3.0,
        person=factorial.events[0].observer,
    )
    study = replace(
        factorial,
        animals=(wrong, *factorial.animals[1:]),
        doses=tuple(late if d is dose else d for d in factorial.doses),
        unblinded={"R07": "status epilepticus"},
    )
    found = analyze_study(study, despite_errors=True).deviations
    new = [d for d in found if d not in before]
    for words in (
        f"{first.animal_id} is of strain Lewis",
        f"{first.animal_id} is F",
        f"{second.animal_id} got 3 mL",
        f"Animal {second.animal_id} was challenged",
        "both dosed and scored",
        "R07 was unblinded during the study: status epilepticus",
    ):
        assert sum(words in d for d in new) == 1, words
    assert len(new) == 6


@pytest.mark.parametrize("reason", ["technical", "humane_endpoint"])
def test_an_early_end_is_a_deviation(factorial: Study, reason: str) -> None:
    last = next(e for e in factorial.events if e.detail == "window_done")
    short = replace(last, t_ms=900_000, detail=reason)
    events = tuple(short if e is last else e for e in factorial.events)
    found = analyze_study(replace(factorial, events=events), despite_errors=True)
    words = f"Observation of animal {last.animal_id} ended early"
    assert any(d.startswith(words) for d in found.deviations)


def test_an_animal_that_was_given_up_is_a_deviation(kindled: Study) -> None:
    (found,) = [d for d in analyze_study(kindled).deviations if "given up" in d]
    assert found.startswith("Animal K04 was given up, not fully kindled, after 7 of 20")


def test_corrections_are_listed_with_their_reasons(factorial: Study) -> None:
    table = analyze_study(factorial).corrections
    assert table is not None
    assert [row[1] for row in table.rows] == ["dose", "t0", "event"]
    amended = [e for e in factorial.record if e.action == "amend"]
    assert [row[-1] for row in table.rows] == [e.reason for e in amended]
    unchained = replace(factorial, record=(), chain="unchained", head_hash=None)
    by_hand = analyze_study(unchained, despite_errors=True).corrections
    assert by_hand is not None
    assert {row[1] for row in by_hand.rows} == {"dose", "event"}
    plain = replace(factorial, record=tuple(
        e for e in factorial.record if e.action != "amend"))  # fmt: skip
    assert analyze_study(plain, despite_errors=True).corrections is None


def test_a_report_holds_all_of_it(studies: dict[str, Study]) -> None:
    pictures = {
        "ptz-valproate-magnesium": ("Kaplan-Meier", "share of animals at each level"),
        "ptz-interaction": ("Isobologram", "log-probit"),
        "kindling-magnesium": ("Kindling curves", "not yet fully kindled"),
    }
    for name, study in studies.items():
        found = analyze_study(study)
        blocks = found.blocks()
        tables = {b.title for b in blocks if isinstance(b, Table)}
        assert {
            "Flow of animals", "Exclusions", "Deviations from the protocol",
            "Corrections", "Published claims", "ARRIVE 2.0, essential items",
        } <= tables  # fmt: skip
        captions = " ".join(b.title for b in blocks if isinstance(b, Figure))
        for picture in pictures[name]:
            assert picture in captions
        text = blocks_to_text(blocks)
        assert study.head_hash is not None
        assert study.head_hash in text
        assert "Constructed data" in text
        for item in ("7b", "10a", "10b"):
            assert found.arrive.item(item).status == "answered"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00bad", "not UTF-8 text"),
        (b"a,b\n1,2\n", "no column claim"),
        (b"claim,figure,source\n1,2,3\n", "no column note"),
    ],
)
def test_claims_that_cannot_be_read_are_refused(
    factorial: Study, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "claims.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        analyze_study(replace(factorial, path=tmp_path))


def test_empty_claims_are_none(factorial: Study, tmp_path: Path) -> None:
    for text in ("", "# nothing yet\n", "claim,figure,source,note\n,,,\n"):
        (tmp_path / "claims.csv").write_text(text, "utf-8")
        assert analyze_study(replace(factorial, path=tmp_path)).claims == ()


def test_a_broken_chain_has_no_head_hash(factorial: Study) -> None:
    broken = replace(factorial, chain="broken", head_hash=None)
    found = analyze_study(broken, despite_errors=True)
    assert "nothing vouches for its rows" in found.record_sentence
    assert "broken" in found.to_dict()["reason"]
    assert "None" not in found.record_sentence


def test_arrive_waits_for_a_primary_result(ladders: Study) -> None:
    found = analyze_study(blinded(ladders))
    assert found.arrive.item("10b").status == "missing"


def test_levels_are_carried(factorial: Study) -> None:
    found = analyze_study(factorial)
    rows = found.to_dict()["concentrations"]
    assert len(rows) == len(factorial.concentrations)
    assert {row["fraction"] for row in rows} == {"total", "free"}
    gone = [row for row in rows if row["value"] is None]
    assert gone
    assert all(row["reason"] for row in gone)


def test_own_control_of_one_group(kindled: Study) -> None:
    plan = kindled.protocol
    assert plan.kindling is not None
    alone = plan.model_copy(
        update={
            "groups": plan.groups[:1],
            "kindling": plan.kindling.model_copy(update={"control": "own_vehicle"}),
        }
    )
    study = replace(
        kindled,
        protocol=alone,
        allocation=tuple(a for a in kindled.allocation if a.group == "vehicle"),
    )
    found = analyze_study(study, despite_errors=True)
    first = found.analyses[0]
    assert (first.rank, type(first.result).__name__) == ("primary", "OwnControl")
    # No afterdischarge is kept apart by the test with own control itself.
    add = [a for a in found.analyses if a.outcome == "add"]
    assert len(add) == 1
    rate = found.analyses[1].result
    assert isinstance(rate, Missing)
    assert "no parallel groups" in rate.reason


def test_a_hand_made_folder_was_never_blind(factorial: Study) -> None:
    study = replace(
        factorial,
        record=(),
        chain="unchained",
        head_hash=None,
        commitment=None,
        locked=False,
        revealed={},
    )
    found = analyze_study(study, despite_errors=True)
    assert found.groups.naming == "group"
    assert "not blind" in found.groups.reason
    assert found.to_dict()["reason"]
    assert "unchained" in found.record_sentence
