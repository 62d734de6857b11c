"""Bundled data are the reference file's counts, each with its source."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from isobole import datasets
from isobole.results import DoseUnit, OptionError

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASE_OF = {
    "rotenone": "finney_rotenone_deguelin_mixture",
    "beetles": "bliss_beetles_cs2",
    "budworm": "budworm_dose_p",
    "pheur-diphtheria": "pheur_diphtheria_relative_potency",
    "pixley": "pixley_natural",
    "sas-optc": "sas_probit_optc_natural_response",
    "epa-table20": "epa_table20_probit",
    "mice8": "mice8_typical",
    "mice8-separated": "edge_complete_separation",
    "litchfield-demo": "litchfield_wilcoxon_demo_line",
}


def reference(case: str) -> list[dict[str, float]]:
    cases = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
    return next(c["data"] for c in cases if c["id"] == case)


def test_every_data_set_has_its_case() -> None:
    assert datasets.names() == tuple(sorted(CASE_OF))


@pytest.mark.parametrize("name", CASE_OF)
def test_counts_are_those_of_the_reference(name: str) -> None:
    rows = reference(CASE_OF[name])
    curves = datasets.load(name)
    dose = np.concatenate([curve.dose for curve in curves])
    given = [row["dose"] if "dose" in row else 10 ** row["dose_log10"] for row in rows]
    np.testing.assert_allclose(dose, given, rtol=1e-7)
    for column in ("n", "affected"):
        counts = np.concatenate([getattr(curve, column) for curve in curves])
        assert counts.tolist() == [row[column] for row in rows]
    groups = dict.fromkeys(row.get("group") for row in rows)
    assert len(curves) == len(groups)


@pytest.mark.parametrize("name", CASE_OF)
def test_every_data_set_says_where_it_comes_from(name: str) -> None:
    info = datasets.describe(name)
    assert info.title
    assert info.source
    assert info.note.endswith(".")
    assert name in str(info)
    for curve in datasets.load(name):
        assert curve.endpoint == info.endpoint
        assert curve.unit == info.unit
        assert curve.inputs[0].file == f"isobole.datasets/{name}.csv"
        assert curve.notes == ()


def test_the_unsettled_mixture_ratio_is_said() -> None:
    note = datasets.describe("rotenone").note
    assert "1:1" in note
    assert "1:4" in note


def test_a_unit_is_only_stated_where_the_source_states_it() -> None:
    assert datasets.describe("beetles").unit == DoseUnit.parse("mg/L")
    assert datasets.describe("pixley").unit is None


def test_the_file_can_be_copied() -> None:
    assert "dose (mg/kg),n,affected" in datasets.path("mice8").read_text("utf-8")


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'rotenone'"):
        datasets.load("rotenon")


@pytest.mark.parametrize(("name", "shares"), [("1-1", (0.5, 0.5)), ("1-4", (0.2, 0.8))])
def test_the_mixture_at_both_ratios_has_the_same_counts(
    name: str, shares: tuple[float, float]
) -> None:
    study = datasets.load_combination(f"rotenone-deguelin-{name}")
    (ray,) = study.arms_of("ray")
    np.testing.assert_allclose(ray.shares, shares, rtol=1e-4)
    arms = [*study.arms_of("single"), ray]
    for arm, curve in zip(arms, datasets.load("rotenone"), strict=True):
        np.testing.assert_allclose(arm.data.dose, curve.dose, rtol=1e-5)
        assert arm.data.n.tolist() == curve.n.tolist()
        assert arm.data.affected.tolist() == curve.affected.tolist()


def test_combinations_and_claims_say_where_they_come_from() -> None:
    for name in datasets.combination_names():
        info = datasets.describe(name)
        study = datasets.load_combination(name)
        assert study.endpoint == info.endpoint
        assert study.unit == info.unit
        assert study.inputs[0].file == f"isobole.datasets/combinations/{name}.csv"
    for name in datasets.claims_names():
        assert "doi" in datasets.describe(name).source
        assert datasets.load_claims(name)[0].inputs[0].file.endswith(f"{name}.csv")


def test_constructed_data_say_so() -> None:
    info = datasets.describe("valproate-magnesium-2x2")
    assert info.title.startswith("CONSTRUCTED")
    assert "no animal was tested" in info.source
    assert datasets.load_combination(info.name).design == "factorial"


def test_each_kind_has_its_loader() -> None:
    for load, name in (
        (datasets.load, "luszczki-2020"),
        (datasets.load_combination, "rotenone"),
        (datasets.load_claims, "rotenone-deguelin-1-1"),
    ):
        with pytest.raises(OptionError):
            load(name)
