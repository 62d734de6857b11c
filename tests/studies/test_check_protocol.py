"""Each finding of `check_protocol`, made by one change to a protocol without it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from isobole.results import Problem
from isobole.studies import (
    check_protocol,
    model_names,
    protocol_from_document,
    read_protocol,
    seizure_model,
    study_files,
)
from protocol_documents import document, put

SCALE = {"scale": "racine_1972", "generalised_from": "4", "episode_from": "3"}
DRUG = {
    "substance": "magnesium sulfate heptahydrate", "amount": 40, "basis": "salt",
    "route": "po", "vehicle": "water", "volume_ml_per_kg": 5, "pretreatment_min": 60,
}  # fmt: skip

PARTS = (
    "alike", "challenge", "doses", "endpoint", "groups", "outcome", "plan", "protocol",
)  # fmt: skip

# (model, changes, code, path, severity)
Case = tuple[str, dict[str, Any], str, str, str]
CASES: list[Case] = [
    ("ptz", {"model": "ptzz"}, "unknown-model", "model", "error"),
    ("chimney", {"species": "rat"}, "species-unusual", "species", "warning"),
    # outcome
    ("ptz", {"primary_outcome": "stage"}, "outcome-not-of-model", "primary_outcome",
     "error"),
    ("ptz", {"secondary_outcomes": ["adt"]}, "outcome-not-of-model",
     "secondary_outcomes[0]", "error"),
    ("ptz", {"secondary_outcomes": ["protected"]}, "primary-repeated",
     "secondary_outcomes", "error"),
    ("ptz", {"secondary_outcomes": ["ed50", "ed50"]}, "secondary-repeated",
     "secondary_outcomes", "warning"),
    ("ptz", {"primary_outcome": "max_score", "scoring": None}, "no-scale", "scoring",
     "error"),
    ("ptz", {"primary_outcome": "ed50", "groups.3": None, "groups.2": None},
     "too-few-doses", "primary_outcome", "error"),
    ("ptz", {"primary_outcome": "ed50", "groups.3": None}, "two-doses", "groups",
     "warning"),
    ("ptz", {"primary_outcome": "potency_ratio"}, "one-curve", "primary_outcome",
     "error"),
    ("ptz", {"primary_outcome": "interaction_index"}, "no-combination",
     "primary_outcome", "error"),
    ("ptz", {"primary_outcome": "interaction_index", "groups.3.role": "combination",
             "groups.3.doses": [DRUG, {**DRUG, "substance": "levetiracetam"}]},
     "no-single-curve", "primary_outcome", "error"),
    # challenge
    ("ptz", {"challenge.amount": None}, "challenge-incomplete", "challenge.amount",
     "error"),
    ("ptz_iv", {"challenge.infusion_ml_per_min": None}, "challenge-incomplete",
     "challenge.infusion_ml_per_min", "error"),
    ("kindling", {"challenge.current": None}, "challenge-incomplete",
     "challenge.current", "error"),
    ("ptz", {"challenge.substance": "bicuculline"}, "other-convulsant",
     "challenge.substance", "warning"),
    ("ptz", {"challenge.route": "iv_infusion"}, "route-not-of-model",
     "challenge.route", "error"),
    ("ptz_iv", {"challenge.route": "sc"}, "route-not-of-model", "challenge.route",
     "error"),
    ("ptz", {"challenge.unit": "mgs"}, "unknown-unit", "challenge.unit", "error"),
    ("ptz", {"challenge.unit": "umol/kg"}, "unit-not-compared", "challenge.unit",
     "notice"),
    ("ptz", {"strain": "C57BL/6J"}, "off-published", "challenge.amount", "warning"),
    ("ptz", {"strain": "NMRI"}, "strain-not-known", "strain", "notice"),
    ("mes", {"challenge.current_unit": "uA"}, "current-unit", "challenge.current_unit",
     "error"),
    ("mes", {"challenge.current_mode": "up_and_down"}, "current-mode",
     "challenge.current_mode", "error"),
    ("mest", {"challenge.current_mode": "fixed"}, "current-mode",
     "challenge.current_mode", "error"),
    ("6hz", {"challenge.current_mode": "adt"}, "current-mode-kindling",
     "challenge.current_mode", "error"),
    ("6hz", {"challenge.frequency_hz": 60}, "off-published", "challenge.frequency_hz",
     "notice"),
    ("mes", {"kindling": document("kindling")["kindling"]}, "kindling-unused",
     "kindling", "error"),
    ("kindling", {"kindling": None}, "kindling-missing", "kindling", "error"),
    ("kindling", {"challenge.current_mode": "adt"}, "test-at-threshold",
     "challenge.current_mode", "warning"),
    ("kindling", {"kindling.staircase.max_ua": 10}, "staircase-without-steps",
     "kindling.staircase.max_ua", "error"),
    ("kindling", {"kindling.max_sessions": 2}, "never-kindled",
     "kindling.fully_kindled.count", "error"),
    ("kindling", {"kindling.sessions_per_day": 7}, "day-too-short",
     "kindling.min_interval_h", "error"),
    ("kindling", {"kindling.recovery_days": 1}, "off-published",
     "kindling.recovery_days", "notice"),
    # endpoint and scale
    ("ptz", {"endpoint.rule": "stays_on_rod"}, "rule-not-of-model", "endpoint.rule",
     "error"),
    ("ptz", {"endpoint.min_duration_s": None}, "rule-incomplete",
     "endpoint.min_duration_s", "error"),
    ("mes", {"endpoint.hindlimb_angle_deg": None}, "rule-incomplete",
     "endpoint.hindlimb_angle_deg", "error"),
    ("6hz", {"endpoint.signs": []}, "rule-incomplete", "endpoint.signs", "error"),
    ("kindling", {"endpoint.score": None}, "rule-incomplete", "endpoint.score",
     "error"),
    ("ptz", {"endpoint.hindlimb_angle_deg": 90}, "key-not-used",
     "endpoint.hindlimb_angle_deg", "warning"),
    ("ptz", {"endpoint.min_duration_s": 3000}, "longer-than-window",
     "endpoint.min_duration_s", "error"),
    ("ptz", {"endpoint.min_duration_s": 30}, "off-published",
     "endpoint.min_duration_s", "notice"),
    ("ptz", {"endpoint.sensitivity": ["failure", "exclusion"]}, "sensitivity-repeated",
     "endpoint.sensitivity", "warning"),
    ("ptz", {"endpoint.sensitivity": []}, "no-sensitivity", "endpoint.sensitivity",
     "warning"),
    ("ptz", {"scoring.scale": "racine"}, "unknown-scale", "scoring.scale", "error"),
    ("ptz", {"scoring.episode_from": "9"}, "code-not-on-scale", "scoring.episode_from",
     "error"),
    ("kindling", {"kindling.fully_kindled.min_stage": "V"}, "code-not-on-scale",
     "kindling.fully_kindled.min_stage", "error"),
    ("ptz", {"scoring.episode_from": "0"}, "absence-counts", "scoring.episode_from",
     "error"),
    ("ptz", {"scoring.generalised_from": "2"}, "generalised-below-episode",
     "scoring.generalised_from", "error"),
    ("ptz", {"scoring": {**SCALE, "scale": "ptz_endpoints_mc_ff_rb_the",
                         "generalised_from": "RB", "episode_from": "FF"},
             "primary_outcome": "max_score"}, "endpoints-are-no-ladder",
     "scoring.scale", "error"),
    ("ptz", {"scoring": SCALE}, "scale-other-species", "scoring.scale", "warning"),
    ("ptz", {"scoring": SCALE}, "scale-other-model", "scoring.scale", "warning"),
    ("mes", {"scoring": {**SCALE, "scale": "van_erum_2019_mouse"}}, "scale-unverified",
     "scoring.scale", "notice"),
    # groups
    ("ptz", {"statistics.control": "vehicel"}, "no-such-group", "statistics.control",
     "error"),
    ("ptz", {"statistics.control": "low"}, "control-not-vehicle", "statistics.control",
     "error"),
    ("ptz", {"groups.1.role": "vehicle", "groups.1.doses.0.amount": 0,
             "statistics.control": None}, "which-control", "statistics.control",
     "error"),
    ("ptz", {"groups.0": None}, "no-vehicle-group", "groups", "error"),
    ("ptz", {"groups.0.doses.0.amount": 5}, "vehicle-with-drug", "groups[0].doses",
     "error"),
    ("ptz", {"groups.0.doses": []}, "vehicle-not-dosed", "groups[0].doses", "warning"),
    ("ptz", {"groups.1.doses.0.amount": 0}, "group-without-drug", "groups[1].doses",
     "error"),
    ("ptz", {"groups.1.doses": [DRUG, {**DRUG, "substance": "levetiracetam"}]},
     "test-of-several", "groups[1].role", "warning"),
    ("ptz", {"groups.1.role": "combination"}, "combination-of-one", "groups[1].role",
     "error"),
    ("ptz", {"groups.1.n": 1}, "one-animal", "groups[1].n", "warning"),
    ("ptz", {"groups.2.doses.0.volume_ml_per_kg": 20}, "unequal-volume",
     "groups[2].doses", "error"),
    ("ptz", {"groups.2.doses.0.volume_ml_per_kg": 20, "blinding.blinded": []},
     "unequal-volume", "groups[2].doses", "warning"),
    ("ptz", {"groups.2.doses.0.vehicle": "water"}, "unequal-dosing", "groups[2].doses",
     "warning"),
    ("ptz", {"groups.2.doses.0.basis": "acid"}, "mixed-units", "groups[2].doses[0]",
     "error"),
    ("ptz", {"groups.2.doses.0.amount": 100}, "groups-alike", "groups[2]", "warning"),
    # doses
    ("ptz", {"groups.1.doses.0.unit": "mgkg"}, "unknown-unit",
     "groups[1].doses[0].unit", "error"),
    ("ptz", {"groups.1.doses.0.unit": "mg/kg salt"}, "basis-twice",
     "groups[1].doses[0].unit", "error"),
    ("ptz", {"groups.1.doses.0.unit": "mg"}, "not-per-kg", "groups[1].doses[0].unit",
     "error"),
    ("ptz", {"groups.1.doses.0.volume_ml_per_kg": 25}, "large-volume",
     "groups[1].doses[0].volume_ml_per_kg", "warning"),
    ("ptz", {"groups.1.doses.0.substance": "XY-12"}, "unknown-substance",
     "groups[1].doses[0].substance", "warning"),
    ("ptz", {"groups.1.doses.0.basis": "substance"}, "basis-vague",
     "groups[1].doses[0].basis", "warning"),
    ("ptz", {"groups.1.doses.0.substance": "levetiracetam"}, "no-such-basis",
     "groups[1].doses[0].basis", "error"),
    # plan
    ("ptz", {"randomisation.method": "stratified_block"}, "no-strata",
     "randomisation.strata", "error"),
    ("ptz", {"randomisation.strata": ["sex"]}, "strata-unused", "randomisation.strata",
     "warning"),
    ("ptz", {"randomisation.method": "minimisation"}, "no-covariates",
     "randomisation.covariates", "error"),
    ("ptz", {"randomisation.covariates": ["sex"]}, "covariates-unused",
     "randomisation.covariates", "warning"),
    ("ptz", {"randomisation.method": "sequential_dose"}, "sequential-size",
     "sample_size.method", "error"),
    ("ptz", {"randomisation.method": "sequential_dose"}, "sequential-outcome",
     "randomisation.method", "error"),
    ("ptz", {"sample_size.method": "sequential"}, "sequential-draw",
     "randomisation.method", "error"),
    ("ptz", {"blinding.blinded": ["scoring"]}, "not-blinded",
     "blinding.reason_if_not", "warning"),
    ("ptz", {"observation.chamber_rows": 3}, "uneven-rack", "observation.chamber_rows",
     "error"),
    ("ptz", {"observation.chambers": 3}, "incomplete-blocks", "observation.chambers",
     "notice"),
    ("ptz", {"groups.1.n": 5}, "fewer-than-planned", "groups[1].n", "warning"),
    ("ptz", {"groups.1.n": 17}, "uneven-groups", "groups", "notice"),
    ("ptz", {"sample_size.inputs": {}}, "no-size-inputs", "sample_size.inputs",
     "warning"),
    ("ptz", {"exclusion": []}, "no-exclusion-criteria", "exclusion", "warning"),
    # ids and words
    ("ptz", {"groups.1.id": "vehicle"}, "id-twice", "groups", "error"),
    ("ptz", {"exclusion.0.id": "healthy"}, "id-twice", "exclusion", "error"),
    ("ptz", {"hypothesis": "TEMPLATE: what you expect"}, "template-words",
     "hypothesis", "warning"),
    ("ptz", {"study_id": "NEW-STUDY"}, "template-words", "study_id", "warning"),
]  # fmt: skip


def found(value: dict[str, Any]) -> tuple[Problem, ...]:
    return check_protocol(protocol_from_document(value))


@pytest.mark.parametrize(
    ("model", "changes", "code", "path", "severity"),
    CASES,
    ids=[f"{case[0]}-{case[2]}-{i}" for i, case in enumerate(CASES)],
)
def test_finding(
    model: str, changes: dict[str, Any], code: str, path: str, severity: str
) -> None:
    value = document(model)
    assert (code, path) not in {(p.code, p.column) for p in found(value)}
    for key, new in changes.items():
        put(value, key, new)
    mine = [p for p in found(value) if (p.code, p.column) == (code, path)]
    assert len(mine) == 1
    (problem,) = mine
    assert problem.severity == severity
    assert problem.file == "study.toml"
    assert problem.remedy


def test_every_finding_is_tested() -> None:
    folder = Path(__file__).parents[2] / "src" / "isobole" / "studies"
    code = re.compile(r'(?:finding\(|Problem\()\s*"([a-z-]+)"')
    written = {
        name
        for part in PARTS
        for file in [folder / f"_check_{part}.py"]
        for name in code.findall(file.read_text(encoding="utf-8"))
    }
    assert len(written) > 60
    assert written - {case[2] for case in CASES} == {"partner-without-curve"}


@pytest.mark.parametrize("name", model_names())
def test_what_study_new_writes_is_sound(name: str) -> None:
    model = seizure_model(name)
    for species in model.strains:
        for problem in found(document(name, species=species)):
            # Two scales are from memory; nothing else is remarked on.
            assert (problem.code, problem.severity) == ("scale-unverified", "notice")


@pytest.mark.parametrize("name", model_names())
def test_template_words_are_all_noticed(name: str) -> None:
    text = study_files(name)["study.toml"]
    left = [
        p for p in check_protocol(read_protocol(text)) if p.code == "template-words"
    ]
    values = re.findall(r'^\w+ = "TEMPLATE: ', text, re.MULTILINE)
    assert len(left) == len(values) + 1  # and the study's id
    assert {"hypothesis", "ethics_id"} <= {p.column for p in left}
    assert {p.severity for p in left} == {"warning"}


def test_the_source_is_named() -> None:
    value = document()
    put(value, "strain", "C57BL/6J")
    (problem,) = [p for p in found(value) if p.code == "off-published"]
    assert "45 mg/kg for C57BL/6 mouse, sc (NINDS" in problem.message
    put(value, "challenge.amount", 45)
    assert "off-published" not in {p.code for p in found(value)}
    # 10 % is the tolerance, its end included.
    put(value, "challenge.amount", 49.5)
    assert "off-published" not in {p.code for p in found(value)}
    put(value, "challenge.amount", 49.6)
    assert "off-published" in {p.code for p in found(value)}


def combined() -> dict[str, Any]:
    """A drug at three doses, and a second one that is given at one dose only."""
    value = document()
    for group in value["groups"]:
        group["doses"].append({**DRUG, "amount": 0})
    value["groups"][0]["doses"][1]["amount"] = 0
    both = {
        "id": "both", "role": "combination", "n": 8,
        "doses": [dict(value["groups"][1]["doses"][0]), dict(DRUG)],
    }  # fmt: skip
    value["groups"].append(both)
    value["primary_outcome"] = "interaction_index"
    return value


def test_a_partner_without_a_curve_of_its_own() -> None:
    value = combined()
    problems = {p.code: p for p in found(value)}
    assert problems["partner-without-curve"].given == "magnesium sulfate heptahydrate"
    assert {"no-combination", "no-single-curve"}.isdisjoint(problems)
    for index, amount in ((1, 20), (2, 40)):
        alone = {
            "id": f"mg{index}", "role": "test", "n": 8,
            "doses": [{**value["groups"][0]["doses"][0]}, {**DRUG, "amount": amount}],
        }  # fmt: skip
        value["groups"].append(alone)
    assert "partner-without-curve" not in {p.code for p in found(value)}
    assert not [p for p in found(value) if p.severity == "error"]


def test_a_scale_of_ones_own_is_found_in_the_folder(tmp_path: Path) -> None:
    value = document()
    put(value, "scoring", {**SCALE, "scale": "ours", "generalised_from": "II",
                           "episode_from": "I"})  # fmt: skip
    protocol = protocol_from_document(value)
    assert "unknown-scale" in {p.code for p in check_protocol(protocol)}
    (tmp_path / "scales").mkdir()
    (tmp_path / "scales" / "ours.toml").write_text(
        'id = "ours"\ntitle = "Ours"\nsource = "Manual"\n'
        '[[levels]]\ncode = "I"\ntext = "Jerks"\n'
        '[[levels]]\ncode = "II"\ntext = "Clonus"\n',
        encoding="utf-8",
    )
    assert check_protocol(protocol, folder=tmp_path) == ()
    file = tmp_path / "scales" / "ours.toml"
    file.write_text(file.read_text().replace('"II"', '"I"'), encoding="utf-8")
    (problem,) = check_protocol(protocol, folder=tmp_path)
    assert (problem.file, problem.column) == (str(file), "levels[1].code")


def test_own_controls_need_no_vehicle_group() -> None:
    value = document("kindling")
    put(value, "kindling.control", "own_vehicle")
    put(value, "statistics.control", None)
    del value["groups"][0]
    assert "no-vehicle-group" not in {p.code for p in found(value)}
