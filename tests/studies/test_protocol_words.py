"""A protocol in words: every number of it, and the rule that is really applied."""

from __future__ import annotations

import re
from typing import Any

import pytest

from isobole.results import blocks_to_html, blocks_to_text
from isobole.studies import (
    endpoint_sentence,
    groups_table,
    methods_sentence,
    model_names,
    protocol_blocks,
    protocol_from_document,
)
from protocol_documents import document, put


def numbers(value: Any) -> set[str]:
    """Return the numbers of a branch as they are written."""
    if isinstance(value, dict):
        return set().union(*(numbers(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(numbers(v) for v in value))
    return {f"{value:g}"} if isinstance(value, int | float) else set()


@pytest.mark.parametrize("name", model_names())
def test_every_number_of_the_experiment_is_said(name: str) -> None:
    value = document(name)
    text = blocks_to_text(protocol_blocks(protocol_from_document(value)))
    said = set(re.findall(r"(?<![\w.])x?(\d+(?:\.\d+)?)", text))
    for part in ("groups", "challenge", "endpoint", "kindling"):
        assert numbers(value.get(part, {})) - said <= {"0"}
    assert "TEMPLATE" not in text
    assert protocol_from_document(value).sha256 in text


@pytest.mark.parametrize(
    ("model", "change", "says"),
    [
        ("ptz", ("endpoint.min_duration_s", 5), "lasting at least 5 s"),
        ("ptz", ("observation.window_s", 900), "within 900 s"),
        ("mes", ("endpoint.hindlimb_angle_deg", 90), "90 degrees"),
        ("6hz", ("endpoint.signs", ["stun"]), "stun"),
        ("kindling", ("endpoint.score", "3"), "below 3"),
        ("rotarod", ("observation.window_s", 60), "fall before the cut-off"),
    ],
)
def test_the_rule_is_the_protocols(
    model: str, change: tuple[str, Any], says: str
) -> None:
    value = document(model)
    put(value, *change)
    assert says in endpoint_sentence(protocol_from_document(value))


def test_vehicle_and_drug_are_told_apart() -> None:
    protocol = protocol_from_document(document())
    text = methods_sentence(protocol)
    assert "vehicle: 0.9 % saline i.p., n = 8" in text
    assert "low: sodium valproate 100 mg/kg (of the salt) i.p., n = 8" in text
    rows = groups_table(protocol).rows
    assert [row[4] for row in rows] == [
        "0 mg/kg",
        "100 mg/kg",
        "200 mg/kg",
        "400 mg/kg",
    ]
    assert rows[0][3] == "vehicle of sodium valproate"


def test_currents() -> None:
    value = document("kindling")
    put(value, "challenge.current_mode", "adt_plus_percent")
    put(value, "challenge.current_percent", 20)
    text = methods_sentence(protocol_from_document(value))
    assert "20 % above each animal's afterdischarge threshold" in text
    assert "500" not in text
    assert "6 mA (the first of an up-and-down series)" in methods_sentence(
        protocol_from_document(document("mest"))
    )


def test_constructed_data_are_called_so() -> None:
    value = document()
    put(value, "constructed", "yes")
    html = blocks_to_html(protocol_blocks(protocol_from_document(value)))
    assert "constructed" in html
