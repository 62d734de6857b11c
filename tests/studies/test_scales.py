"""Bundled scales against the reference list; scales of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from isobole.results import DataError
from isobole.studies import check_same_scale, scale, scale_from_toml, scale_ids, scales
from reference_cases import load

REFERENCE: list[Any] = list(load("scales.json"))
OWN = """
id = "ours"
title = "Our own"
source = "Laboratory manual, 2026"
absence = "-"
[[levels]]
code = "-"
text = "Nothing"
[[levels]]
code = "I"
text = "Jerks"
[[levels]]
code = "II"
text = "Clonus"
"""


def test_all_scales_of_the_reference_are_there() -> None:
    assert set(scale_ids()) == {entry["id"] for entry in REFERENCE}
    assert len(REFERENCE) == 10


@pytest.mark.parametrize("entry", REFERENCE, ids=lambda entry: str(entry["id"]))
def test_scale_is_that_of_the_reference(entry: dict[str, Any]) -> None:
    found = scale(entry["id"])
    assert [(v.order, v.code) for v in found.levels] == [
        (level["order"], level["code"]) for level in entry["levels"]
    ]
    for mine, level in zip(found.levels, entry["levels"], strict=True):
        assert mine.text
        if level["text"]:  # the seed's own words are not carried
            assert mine.text == level["text"]
    assert list(found.species) == entry["species"]
    assert list(found.made_for) == entry["model"]
    assert found.status == entry["status"]
    assert found.verified is (entry["status"] == "verified")
    assert list(found.partial) == [str(code) for code in entry.get("partial", [])]
    assert list(found.generalised) == [str(c) for c in entry.get("generalised", [])]
    assert found.source
    assert found.source in str(found)


def test_codes_are_text_and_only_their_order_counts() -> None:
    pohl = scale("pohl_mares_ptz")
    assert pohl.codes == ("0", "0.5", "1", "2", "3", "4", "5")
    assert pohl.order("0.5") == 1
    assert pohl.order("5") == 6
    assert pohl.at_least("0.5") == pohl.codes[1:]


@pytest.mark.parametrize("found", scales(), ids=lambda found: found.id)
def test_at_least_is_a_tail_within_each_system(found: Any) -> None:
    for level in found.levels:
        tail = found.at_least(level.code)
        assert tail[0] == level.code
        mine = [v.code for v in found.levels if v.system == level.system]
        assert list(tail) == mine[mine.index(level.code) :]


def test_two_brain_systems_do_not_add_up() -> None:
    endpoints = scale("ptz_endpoints_mc_ff_rb_the")
    assert endpoints.kind == "endpoints"
    assert endpoints.at_least("FF") == ("FF",)
    assert endpoints.at_least("RB") == ("RB", "THE")
    assert {v.system for v in endpoints.levels} == {"forebrain", "hindbrain"}


def test_not_seen_is_not_the_lowest_code() -> None:
    lue = scale("luettjohann_2009")
    assert lue.absence is None
    assert "no score" in str(lue)
    for empty in ("", "None", "-1"):
        with pytest.raises(DataError, match="not a code of the scale"):
            lue.order(empty)


def test_scores_of_two_scales_do_not_pool() -> None:
    check_same_scale(["racine_1972", "racine_1972"])
    check_same_scale([])
    with pytest.raises(DataError, match="racine_1972, seed_modified_0_5"):
        check_same_scale(["racine_1972", "seed_modified_0_5", "racine_1972"])


def test_a_misspelt_scale_is_not_guessed() -> None:
    with pytest.raises(DataError, match="Did you mean 'racine_1972'"):
        scale("racine_1927")


def test_a_scale_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    folder.mkdir()
    (folder / "ours.toml").write_text(OWN, encoding="utf-8")
    found = scale("ours", folder=tmp_path)
    assert found.codes == ("-", "I", "II")
    assert found.status == "own"
    assert found.absence == "-"
    with pytest.raises(DataError, match="There is no scale 'ours'"):
        scale("ours")


def test_ones_own_scale_cannot_take_a_published_name(tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    folder.mkdir()
    text = OWN.replace('"ours"', '"racine_1972"')
    (folder / "racine_1972.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="comes with isobole"):
        scale("racine_1972", folder=tmp_path)


def test_file_and_scale_have_one_name(tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    folder.mkdir()
    (folder / "mine.toml").write_text(OWN, encoding="utf-8")
    with pytest.raises(DataError, match="in a file called mine"):
        scale("mine", folder=tmp_path)
    (folder / "mine.toml").write_bytes(OWN.encode("utf-16"))
    with pytest.raises(DataError, match="UTF-8"):
        scale("mine", folder=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('code = "II"', 'code = "I"', "stands there already"),
        ('absence = "-"', 'absence = "0"', "no code of this scale"),
        ('text = "Jerks"', 'text = "Jerks"\nsystem = "forebrain"', "no brain systems"),
        ('code = "I"', "code = 1", "code is 1"),
        ("title", "titel", "Did you mean 'title'"),
    ],
)
def test_faults_of_a_scale_file(old: str, new: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        scale_from_toml(OWN.replace(old, new, 1), "ours.toml")


def test_scale_in_json() -> None:
    for found in scales():
        plain = found.to_dict()
        assert [level["code"] for level in plain["levels"]] == list(found.codes)
        assert (plain["absence"] is None) == bool(plain["reason"])
