"""Values of a protocol changed in its text: nothing else changes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, strategies as st

from isobole.datasets import study_path
from isobole.results import DataError
from isobole.studies import (
    edited_protocol,
    model_names,
    protocol_from_text,
    protocol_lines,
    study_files,
)

TEXT = study_files("ptz")["study.toml"]


@pytest.mark.parametrize("model", model_names())
def test_a_template_is_edited_and_stays_valid(model: str) -> None:
    text = study_files(model)["study.toml"]
    edited = edited_protocol(
        text,
        {
            "study_id": "PTZ-7",
            "observation.window_s": 900,
            "groups[1].n": 12,
            "groups[1].doses[0].amount": 62.5,
            "sample_size.inputs": {"control": 0.2, "treated": 0.8},
        },
    )
    before, after = tomllib.loads(text), protocol_from_text(edited)
    assert after.study_id == "PTZ-7"
    assert after.observation.window_s == 900
    assert [group.n for group in after.groups][1] == 12
    assert after.groups[1].doses[0].amount == 62.5
    assert after.groups[2].n == before["groups"][2]["n"]
    assert after.sample_size.inputs == {"control": 0.2, "treated": 0.8}
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in edited.splitlines() if line.startswith("#")] == comments


def test_groups_are_replaced_whole() -> None:
    dose = dict(tomllib.loads(TEXT)["groups"][0]["doses"][0])
    groups = [
        {"id": "vehicle", "role": "vehicle", "n": 6, "doses": [dose, dose]},
        {"id": "vpa", "role": "test", "n": 6, "doses": [{**dose, "amount": 50}] * 2},
    ]
    read = tomllib.loads(edited_protocol(TEXT, {}, groups=groups))
    assert read["groups"] == groups
    assert read["inclusion"] == tomllib.loads(TEXT)["inclusion"]


def test_a_key_that_is_not_there_is_added_to_its_table() -> None:
    read = tomllib.loads(
        edited_protocol("a = 1\n[t]\nb = 2\n# end\n[u]\nc = 3\n", {"t.x": 5, "y": "z"})
    )
    assert read == {"a": 1, "y": "z", "t": {"b": 2, "x": 5}, "u": {"c": 3}}
    assert tomllib.loads(edited_protocol("a = 1\n", {"t.x": 5})) == {
        "a": 1,
        "t": {"x": 5},
    }


def test_values_over_several_lines_are_replaced_whole() -> None:
    text = 'a = [\n  "x", # [\n  "y",\n]\nb = """\nc = 1\n"""\nc = 2\n'
    assert tomllib.loads(edited_protocol(text, {"a": ["z"], "c": 3})) == {
        "a": ["z"],
        "b": "c = 1\n",
        "c": 3,
    }


def test_what_cannot_be_edited_is_said_and_not_guessed() -> None:
    with pytest.raises(DataError, match="Change them in the text itself"):
        edited_protocol("t.x = 1\n", {"t.x": 2})
    with pytest.raises(DataError, match="Change them in the text itself"):
        edited_protocol(TEXT, {"groups[9].n": 2})
    with pytest.raises(DataError, match="not TOML"):
        edited_protocol("a = = 1\n", {"a": 2})


@given(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_number_come_back(title: str, amount: float) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in title):
        return
    values = {"title": title, "challenge.amount": amount}
    read = tomllib.loads(edited_protocol(TEXT, values))
    assert (read["title"], read["challenge"]["amount"]) == (title, amount)


def test_lines_are_those_of_an_editor() -> None:
    text = (study_path("ptz-interaction") / "study.toml").read_text("utf-8")
    lines, where = text.splitlines(), protocol_lines(text)
    assert lines[where["study_id"] - 1].startswith("study_id")
    count = len(tomllib.loads(text)["groups"])
    for number in range(count):
        assert lines[where[f"groups[{number}]"] - 1].strip() == "[[groups]]"
        assert lines[where[f"groups[{number}].n"] - 1].startswith("n =")
    assert f"groups[{count}]" not in where


def test_texts_made_to_last_do_not() -> None:
    deep = "a = " + "[" * 100_000
    with pytest.raises(DataError, match=r"too deep|not TOML"):
        edited_protocol(deep, {"a": 1})
    assert protocol_lines(deep) == {}
    assert protocol_lines("a = [\n" * 30_000) == {}
    inside = 't = """\n' + "a = [\n" * 20_000 + '"""\n'
    assert "t" in protocol_lines(inside)
