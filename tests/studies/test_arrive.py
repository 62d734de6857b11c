"""ARRIVE 2.0 from the record: nothing counts as answered that nobody recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from isobole.studies import (
    Allotment,
    Animal,
    AnimalOutcome,
    DoseGiven,
    Exclusion,
    Protocol,
    Study,
    StudyOutcomes,
    arrive_items,
    protocol_from_document,
    read_protocol,
    study_files,
)
from protocol_documents import document

ESSENTIAL = ["1a", "1b", "2a", "2b", "3a", "3b", "3c", "4a", "4b", "5", "6a", "6b",
             "7a", "7b", "8a", "8b", "9", "10a", "10b"]  # fmt: skip
RECOMMENDED = ["11", "12", "13", "14", "15", "16a", "16b", "16c", "17a", "17b", "18",
               "19", "20", "21"]  # fmt: skip


def empty(protocol: Protocol) -> Study:
    return Study(
        path=None, protocol=protocol, animals=(), allocation=(), doses=(), events=(),
        sessions=(), exclusions=(), concentrations=(), record=(), chain="unchained",
        head_hash=None, locked=False, revealed={},
    )  # fmt: skip


def written(**reporting: str) -> Protocol:
    value: dict[str, Any] = document()
    value["reporting"].update(reporting)
    return protocol_from_document(value)


def run(study: Study) -> tuple[Study, StudyOutcomes]:
    animals = tuple(
        Animal(f"A{i}", "mouse", "CF-1", "F" if i % 2 else "M", 60, 20 + i, None, None,
               "2026-01-06")
        for i in range(8)
    )  # fmt: skip
    codes = ["KT", "QZ"] * 4
    full = replace(
        study,
        animals=animals,
        allocation=tuple(
            Allotment(a.animal_id, code, None, None, 1, a.day, "1", 1)
            for a, code in zip(animals, codes, strict=True)
        ),
        doses=(
            DoseGiven("d1", "A0", None, "treatment", "S1", None, None, None, 0.2, 20,
                      "ip", "rs"),
        ),
        exclusions=(Exclusion("A7", "misdosed", "leaked"),),
        locked=True,
        commitment="ab" * 32,
    )  # fmt: skip
    outcomes = StudyOutcomes(
        animals=tuple(
            AnimalOutcome(
                animal_id=a.animal_id, label=code, group_code=code, group=None,
                stratum=None, block=1, day=a.day, chamber="1", sex=a.sex,
                included=a.animal_id != "A7", exclusion=None, protected=code == "KT",
                died=a.animal_id == "A1",
            )
            for a, code in zip(animals, codes, strict=True)
        ),
        kindling=(), observers={}, rules=(), latency_kinds=(),
    )  # fmt: skip
    return full, outcomes


def test_every_item_is_there_once() -> None:
    table = arrive_items(empty(written()))
    assert [i.number for i in table.items if i.essential] == ESSENTIAL
    assert [i.number for i in table.items if not i.essential] == RECOMMENDED


def test_a_template_answers_nothing_in_words() -> None:
    table = arrive_items(empty(read_protocol(study_files("ptz")["study.toml"])))
    for number in ("2b", "8b", "12", "13", "14", "15", "16c", "21"):
        assert table.item(number).status == "missing"
    assert "TEMPLATE" not in str(table)


def test_plans_are_not_yet_answers() -> None:
    table = arrive_items(empty(written()))
    planned = {i.number for i in table.items if i.status == "planned"}
    assert planned == {"2a", "4a", "4b", "5", "7b", "8a", "9"}
    missing = {i.number for i in table.items if i.status == "missing"}
    assert {"3b", "3c", "10a", "10b"} <= missing
    for item in table.open_items():
        assert item.remedy
        assert (item.answer is None) == (item.status == "missing")


def test_a_recorded_study_answers_by_code() -> None:
    study, outcomes = run(empty(written(animal_source="Charles River, SPF")))
    table = arrive_items(study, outcomes)
    assert table.item("2a").answer is not None
    assert "KT 4, QZ 4; 8 in total" in str(table.item("2a").answer)
    assert table.item("3b").answer == "A7 (misdosed: leaked)"
    assert table.item("3c").answer == "By group: KT 4, QZ 3"
    assert "ab" * 32 in str(table.item("4a").answer)
    assert "1 day" in str(table.item("4b").answer)
    assert table.item("5").status == "answered"
    assert "20 to 27 g" in str(table.item("8a").answer)
    assert "age 60 days" in str(table.item("8a").answer)
    assert "F 4, M 4" in str(table.item("8a").answer)
    assert table.item("8b").answer == "Charles River, SPF"
    assert table.item("10a").answer == "Protected: KT 4 of 4, QZ 0 of 3"
    assert table.item("16b").answer == "Deaths: 1 of 8 observed animals (A1)"
    assert [
        i.number for i in table.items if i.essential and i.status != "answered"
    ] == [
        "7b",
        "10b",
    ]


def test_a_lost_weight_is_said() -> None:
    study, outcomes = run(empty(written()))
    some = (replace(study.animals[0], weight_g=None), *study.animals[1:])
    text = str(arrive_items(replace(study, animals=some), outcomes).item("8a").answer)
    assert "21 to 27 g (1 not recorded)" in text


def test_an_unsealed_allocation_is_said() -> None:
    study, outcomes = run(empty(written()))
    table = arrive_items(replace(study, commitment=None), outcomes)
    assert "not sealed" in str(table.item("4a").answer)


def test_opened_codes_are_said() -> None:
    study, outcomes = run(empty(written()))
    opened = replace(
        study, locked=False, revealed={"KT": "low"}, unblinded={"A3": "ill"}
    )
    text = str(arrive_items(opened, outcomes).item("5").answer)
    assert "A3 (ill)" in text
    assert "no lock" in text


def test_forms() -> None:
    study, outcomes = run(empty(written()))
    table = arrive_items(study, outcomes)
    plain = table.to_dict()
    assert len(plain["items"]) == 33
    for item in plain["items"]:
        assert item["answer"] is not None or item["reason"]
    assert "\n" not in repr(table)
    assert table.summary().startswith("16 of 19 essential items answered, 1 planned")
