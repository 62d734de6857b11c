"""Sentences whose meaning was once turned round or lost a part of its unit."""

from __future__ import annotations

from typing import Any

import pytest

from isobole.monograph import Case, Statement, ask, read
from isobole.monograph._extract_doses import doses

_HEAD = "---\ntitle: Examplamide\n---\n"


def _statements(body: str, *kinds: str) -> list[Statement]:
    return [s for s in read(_HEAD + body).statements if s.kind in kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Start with 7·5 mg/day", [("dose_initial", 7.5, "mg/day")]),
        ("0·2–0·4 mg/kg/day", [("dose_maintenance", (0.2, 0.4), "mg/kg/day")]),
        ("0.3 mg·kg⁻¹·day⁻¹", [("dose_maintenance", 0.3, "mg/kg/day")]),
        ("4 mg kg⁻¹ d⁻¹", [("dose_maintenance", 4, "mg/kg/day")]),
        ("6 µg·kg^-1·min-1", [("dose_maintenance", 6, "mcg/kg/min")]),
        ("30 mg·m⁻² daily", [("dose_maintenance", 30, "mg/m²/day")]),
        # A unit that is not known is no part of one.
        ("10 mg·stone⁻¹", []),
        ("1’000 mg daily", []),
        ("Give 5 mg day-1", [("dose_maintenance", 5, "mg")]),
    ],
)
def test_a_raised_point_and_inverse_units_keep_their_meaning(
    text: str, expected: list[tuple[Any, ...]]
) -> None:
    assert [(d.kind, d.value, d.unit) for d in doses(text)] == expected


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("increased by 50 mg twice daily every 2 weeks", "dose_titration",
         "mg twice daily per 2 weeks"),
        ("increase by 50 mg twice daily", "dose_titration", "mg twice daily"),
        ("increase by 50 mg daily every week", "dose_titration", "mg/day per week"),
        ("then raise by 50 mg at weekly intervals", "dose_titration", "mg per week"),
        ("go up by 50 mg a week", "dose_titration", "mg per week"),
    ],
)  # fmt: skip
def test_how_often_a_step_is_taken_is_not_how_often_it_is_made(
    text: str, kind: str, unit: str
) -> None:
    assert [(d.kind, d.unit) for d in doses(text)] == [(kind, unit)]


@pytest.mark.parametrize(
    "text", ["reduce by 50 mg every week", "taper the dose by 50 mg daily"]
)
def test_an_amount_taken_off_is_no_dose(text: str) -> None:
    assert doses(text) == []


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Examplamide has no relevant interactions with lithium.", ["lithium"]),
        ("Neither warfarin nor digoxin is affected.", ["warfarin", "digoxin"]),
        ("Interactions with lithium are not to be expected.", ["lithium"]),
    ],
)
def test_a_denied_interaction_is_none(sentence: str, names: list[str]) -> None:
    told = _statements(f"## Drug Interactions\n- {sentence}\n", "interaction")
    assert [s.value for s in told] == names
    assert {s.details["consequence"] for s in told} == {"no known interaction"}


@pytest.mark.parametrize(
    ("sentence", "name", "affected", "direction"),
    [
        ("Methotrexate: clearance of methotrexate decreased; monitor levels.",
         "methotrexate", "methotrexate clearance", "decrease"),
        ("The clearance of digoxin is reduced.",
         "digoxin", "digoxin clearance", "decrease"),
        ("Lithium levels are increased.", "lithium", "lithium level", "increase"),
        ("There are no interactions with food, but lithium raises its levels.",
         "lithium", "examplamide level", "increase"),
    ],
)  # fmt: skip
def test_what_changes_may_stand_before_the_verb(
    sentence: str, name: str, affected: str, direction: str
) -> None:
    told = _statements(f"## Drug Interactions\n- {sentence}\n", "interaction")
    assert [(s.value, s.details["affected"], s.details["direction"]) for s in told] == [
        (name, affected, direction)
    ]


def test_a_second_page_in_the_file_is_of_its_own_substance() -> None:
    page = read(
        "---\ntitle: Phenobarbital\n---\n## Contraindications\n- Asthma\n"
        "---\ntitle: Primidone\n---\n## Contraindications\n- Porphyria\n"
    )
    told = [s for s in page.statements if s.kind == "contraindication"]
    assert [(s.value, s.subject) for s in told] == [
        ("asthma", "phenobarbital"),
        ("porphyria", "primidone"),
    ]
    for name, reading in (("phenobarbital", "not stated"), ("primidone", "unknown")):
        case = Case(about=name, drugs=(), conditions=("porphyria",))
        (gap,) = [g for g in ask(page, case).gaps if g.what == "Condition: porphyria"]
        assert gap.said == reading


def test_a_page_that_speaks_of_a_condition_is_not_called_silent() -> None:
    page = read(_HEAD + "## Contraindications\n- Acute porphyria\n")
    case = Case(drugs=(), conditions=("porphyria",))
    (gap,) = [g for g in ask(page, case).gaps if g.what == "Condition: porphyria"]
    assert gap.said == "unknown"
    assert "line 5" in gap.why
    page = read(_HEAD + "## Contraindications\n- Asthma\n")
    (gap,) = [g for g in ask(page, case).gaps if g.what == "Condition: porphyria"]
    assert gap.said == "not stated"


def test_a_warning_is_of_the_people_it_names() -> None:
    page = read(
        _HEAD + "## Warnings\n- Examplamide cannot be recommended for breastfeeding "
        "mothers.\n"
    )
    (said,) = [s for s in page.statements if s.kind == "precaution"]
    assert said.scope.population == "breastfeeding"
    answer = ask(page, Case(sex="female", pregnancy="lactating", drugs=()))
    assert "examplamide: breastfeeding" not in {g.what for g in answer.gaps}
    (found,) = [f for f in answer.findings if f.title == "Breastfeeding"]
    assert found.strength == "caution"


def test_no_need_of_something_is_no_use() -> None:
    body = "## Usage\n- Men need not use contraception.\n"
    assert _statements(body, "indication") == []


@pytest.mark.parametrize(
    ("lead", "population", "indication"),
    [
        ("With valproate", "adults with valproate", None),
        ("Without inducers", "adults without inducers", None),
        ("With renal impairment", "renal impairment", None),
        ("Epilepsy", "adults", "epilepsy"),
        ("Epilepsy, elderly", "elderly", "epilepsy"),
        ("Epilepsy (2-12 years)", "adults 2-12 years", "epilepsy"),
        ("Epilepsy (≥ 4 years, < 50 kg)", "adults (≥ 4 years, < 50 kg)", "epilepsy"),
        ("Children (6 years and above)", "children (6 years and above)", None),
    ],
)
def test_a_lead_tells_people_and_illness_apart(
    lead: str, population: str, indication: str | None
) -> None:
    body = f"## Dosage\n#### Adults:\n- **{lead}:** Start with 5 mg/day.\n"
    (said,) = _statements(body, "dose_initial")
    assert (said.scope.population, said.scope.indication) == (population, indication)


def test_a_dose_beside_another_drug_is_shown_for_the_illness_too() -> None:
    page = read(
        _HEAD + "## Dosage\n#### Adults:\n- **Epilepsy:** Maximum 90 mg/day.\n"
        "- **With valproate:** Maximum 45 mg/day.\n"
    )
    case = Case(age=30, indication="epilepsy", drugs=())
    assert [(d.figure, d.population) for d in ask(page, case).doses] == [
        ("90 mg/day", "adults"),
        ("45 mg/day", "adults with valproate"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Overdose: doses up to 9,000 mg have been survived.",
        "The lethal dose is above 10 g.",
        "Children who ingested 40 mg/kg recovered after an overdose.",
    ],
)
def test_what_was_survived_is_no_dose_to_take(sentence: str) -> None:
    page = read(f"{_HEAD}## Dosage\n- {sentence}\n")
    assert not [s for s in page.statements if s.kind.startswith("dose_")]


def test_a_maximum_that_prevents_an_overdose_stays_one() -> None:
    body = "## Dosage\n- Do not exceed 90 mg/day, to avoid an overdose.\n"
    (said,) = _statements(body, "dose_max")
    assert said.value == 90


def test_without_adjustment_is_none_and_not_without_is_one() -> None:
    body = "## Warnings\n- Patients with liver disease may take it without dose {}.\n"
    told = [
        (s.value, s.strength)
        for s in _statements(body.format("adjustment"), "dose_adjustment")
    ]
    assert told in ([], [("none", "inform")])
    told = [
        s.strength
        for s in _statements(
            "## Warnings\n- Must not be taken in liver disease without dose "
            "adjustment.\n",
            "dose_adjustment",
        )
    ]
    assert told == ["adjust"]


def test_what_alcohol_does_is_no_member_of_it() -> None:
    body = "## Drug Interactions\n- **Alcohol:** additive sedation.\n"
    (said,) = _statements(body, "interaction")
    assert said.value == "alcohol"
    body = "## Drug Interactions\n- **Anticoagulants:** warfarin, heparin.\n"
    told = [s.value for s in _statements(body, "interaction")]
    assert told == ["warfarin", "heparin"]


def test_to_stop_breastfeeding_is_not_to_stop_the_drug() -> None:
    body = "## FAQs\n* **Must I stop breastfeeding?** No.\n"
    assert _statements(body, "discontinuation") == []
