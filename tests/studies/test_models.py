"""Seizure models: published values with source and status, nothing decided in code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isobole.results import DataError
from isobole.studies import (
    Protocol,
    SeizureModel,
    scale,
    seizure_model,
    seizure_models,
)
from isobole.studies._document import model_at

MODELS = seizure_models()


def ids(model: SeizureModel) -> str:
    return model.name


def test_what_the_reference_pages_print() -> None:
    ptz = seizure_model("ptz")
    doses = {p.strain: p.value for p in ptz.parameters if p.key == "challenge.amount"}
    assert doses["CF-1"] == 85
    assert doses["C57BL/6"] == 45
    assert doses["Sprague-Dawley"] == 68
    six = seizure_model("6hz")
    assert {p.value for p in six.published("challenge.current")} == {32, 44}
    step = seizure_model("mest").published("challenge.step_log10")
    assert [p.value for p in step] == [0.06]
    angles = seizure_model("mes").published("endpoint.hindlimb_angle_deg")
    assert {p.value for p in angles} == {90, 180}
    clonus = ptz.published("endpoint.min_duration_s")
    assert [p.limits for p in clonus] == [(3, 5)]


def test_a_strain_has_its_own_dose() -> None:
    ptz = seizure_model("ptz")
    for strain, dose in (
        ("C57BL/6J", 45), ("C57BL/6NCrl", 45), ("cf1", 85), ("CF-1", 85),
    ):  # fmt: skip
        start = ptz.start("challenge.amount", "mouse", strain)
        assert start is not None
        assert start.template == dose
    for strain in ("Sprague Dawley", "SD", "CD"):
        start = ptz.start("challenge.amount", "rat", strain)
        assert start is not None
        assert start.template == 68
        assert start.names(strain)
    # CD-1 is a mouse stock; the CD rat's alias is too short for a prefix.
    rat = next(p for p in ptz.parameters if p.strain == "Sprague-Dawley")
    assert not rat.names("CD-1")


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_every_value_has_source_and_status(model: SeizureModel) -> None:
    for p in model.parameters:
        assert p.source
        assert p.status in ("verified", "from_memory")
        assert p.shown
        assert p.limits is None or p.limits[0] <= p.limits[1]


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_keys_are_keys_of_the_protocol(model: SeizureModel) -> None:
    for p in model.parameters:
        if p.key:
            *parents, last = p.key.replace("[]", "").split(".")
            table = model_at(Protocol, tuple(parents))
            assert table is not None, p.key
            assert last in table.model_fields, p.key


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_unverified_values_are_marked(model: SeizureModel) -> None:
    text = str(model)
    unverified = [p for p in model.parameters if p.status == "from_memory"]
    assert ("* from memory" in text) is bool(unverified)
    cells = {row[1] for row in model.table().rows}
    for p in unverified:
        assert f"{p.shown}*" in cells
    for p in model.parameters:
        assert (f"{p.shown}*" in cells) or p.shown in cells


@pytest.mark.parametrize("model", MODELS, ids=ids)
def test_starts_name_what_exists(model: SeizureModel) -> None:
    assert set(model.strains) <= set(model.species)
    for species, start in model.scales.items():
        found = scale(start.scale)
        assert species in found.species
        assert model.family in found.families
        assert found.order(start.episode_from) <= found.order(start.generalised_from)
    rule = next(p for p in model.parameters if p.key == "endpoint.rule")
    assert rule.template in model.rules


def test_json_has_no_null() -> None:
    for model in MODELS:
        for p in model.to_dict()["parameters"]:
            assert None not in p.values()


def test_unknown_model() -> None:
    with pytest.raises(DataError, match="Did you mean 'ptz_iv'"):
        seizure_model("PTZ-IV")


def test_no_published_number_is_in_the_code() -> None:
    """What laboratories differ in stands in data files only."""
    folder = Path(__file__).parents[2] / "src" / "isobole" / "studies"
    numbers = re.compile(r"(?<![\w.])(1800|85|45|68|0\.06|500|0\.34)(?![\w.])")
    for file in [*folder.glob("_check_*.py"), *folder.glob("_reduce_*.py")]:
        assert not numbers.search(file.read_text(encoding="utf-8")), file.name
