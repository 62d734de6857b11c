"""study.toml: every fault has its place and its remedy; identity is of the content."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from isobole.results import DataError, Problem
from isobole.studies import (
    model_names,
    protocol_from_document,
    protocol_from_text,
    protocol_schema,
    read_protocol,
    study_files,
)
from isobole.studies._templates import toml
from protocol_documents import document, put

DOCUMENTS = {name: document(name) for name in model_names()}


def faults(value: dict[str, Any]) -> dict[str | None, Problem]:
    with pytest.raises(DataError) as caught:
        protocol_from_document(value)
    assert len({p.column for p in caught.value.problems}) == len(caught.value.problems)
    return {p.column: p for p in caught.value.problems}


def written(value: dict[str, Any], random: Random, prefix: str = "") -> str:
    """Write TOML in any order, with blank lines, comments, and 100 as 100.0."""
    plain: list[str] = []
    tables: list[str] = []
    for key, item in value.items():
        name = f"{prefix}{key}"
        if key != "inputs" and isinstance(item, dict):
            tables.append(f"[{name}]\n{written(item, random, name + '.')}")
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            rows = [f"[[{name}]]\n{written(r, random, name + '.')}" for r in item]
            tables.append("".join(rows))
        else:
            plain.append(f"{key}{' ' * random.randint(0, 3)}= {_value(item, random)}\n")
    random.shuffle(plain)
    random.shuffle(tables)
    noise = ["\n", "# a remark, n = 7\n", "   \n"]
    return "".join(
        line + (random.choice(noise) if random.random() < 0.3 else "")
        for line in [*plain, *tables]
    )


def _value(item: Any, random: Random) -> str:
    if isinstance(item, dict):
        keys = list(item)
        random.shuffle(keys)
        return f"{{ {', '.join(f'{k} = {_value(item[k], random)}' for k in keys)} }}"
    if isinstance(item, int) and random.random() < 0.5:
        return f"{item}.0"
    return toml(item)


@given(st.sampled_from(sorted(DOCUMENTS)), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_identity_is_of_the_content(name: str, seed: int) -> None:
    value = DOCUMENTS[name]
    before = protocol_from_document(copy.deepcopy(value))
    text = written(value, Random(seed))
    again = protocol_from_text(text)
    assert again == before
    assert again.sha256 == before.sha256


@given(st.sampled_from(sorted(DOCUMENTS)))
def test_round_trip(name: str) -> None:
    protocol = protocol_from_document(DOCUMENTS[name])
    dumped = protocol.model_dump(mode="json")
    assert protocol_from_document(dumped) == protocol
    assert protocol_from_document(dumped).sha256 == protocol.sha256


@given(
    st.sampled_from(
        [("groups.1.n", 9), ("groups.1.doses.0.amount", 101), ("title", "Another"),
         ("observation.window_s", 1801), ("groups.1.doses.0.basis", "acid")]
    )
)  # fmt: skip
def test_any_change_changes_the_identity(change: tuple[str, Any]) -> None:
    value = document()
    before = protocol_from_document(value).sha256
    put(value, *change)
    assert protocol_from_document(value).sha256 != before


def test_places_in_lists() -> None:
    value = document()
    put(value, "groups.2.doses.0.basis", "salts")
    found = faults(value)["groups[2].doses[0].basis"]
    assert found.given == "'salts'"
    assert found.expected == "one of 'salt', 'acid', 'base', 'ion', 'substance'"
    assert found.remedy == "Did you mean 'salt'?"
    assert found.file == "study.toml"


def test_all_faults_at_once() -> None:
    value = document()
    put(value, "sex", "male")
    put(value, "groups.0.n", 0)
    put(value, "endpoint.death", None)
    put(value, "challange", {})
    found = faults(value)
    assert set(found) == {"sex", "groups[0].n", "endpoint.death", "challange"}
    assert found["groups[0].n"].expected == "a whole number above 0"
    assert "failure" in str(found["endpoint.death"].expected)
    assert found["challange"].remedy == "Did you mean 'challenge'?"


@pytest.mark.parametrize("bad", [True, float("nan"), float("inf")])
@pytest.mark.parametrize("path", ["groups.0.n", "observation.window_s"])
def test_what_is_no_number_is_not_read_as_one(path: str, bad: Any) -> None:
    value = document()
    put(value, path, bad)
    (found,) = faults(value).values()
    assert found.column == path.replace(".0.", "[0].")
    assert found.remedy


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("groups.0.n", 7.5),
        ("groups.0.doses.0.amount", -1),
        ("study_id", "trial 1"),
        ("groups.0.id", "AB CD"),
        ("kindling.staircase.factor", 1),
        ("statistics.level", 95),
        ("format", 2),
        ("ethics_id", "  "),
        ("endpoint.hindlimb_angle_deg", 120),
        ("groups.0.doses", "none"),
    ],
)
def test_values_out_of_bounds(path: str, bad: Any) -> None:
    value = document("kindling")
    put(value, path, bad)
    (found,) = faults(value).values()
    assert found.expected
    assert found.given is not None


def test_a_key_in_the_wrong_table_is_sent_home() -> None:
    value = document()
    put(value, "window_s", 1800)
    assert faults(value)["window_s"].remedy == "It belongs at observation.window_s"
    put(value, "window_s", None)
    put(value, "zzz", 1)
    assert "Remove it" in str(faults(value)["zzz"].remedy)


def test_syntax_has_a_line() -> None:
    text = study_files("ptz")["study.toml"]
    line = text.splitlines().index("format = 1") + 1
    with pytest.raises(DataError) as caught:
        read_protocol(text.replace("format = 1", "format 1"))
    (found,) = caught.value.problems
    assert (found.code, found.row, found.given) == ("not-toml", line, "format 1")
    with pytest.raises(DataError, match="row 3"):
        read_protocol("format = 1\ntitle = 'x'\nformat = 1\n")
    with pytest.raises(DataError, match="not TOML"):
        read_protocol('title = """\n')


def test_files(tmp_path: Path) -> None:
    text = study_files("ptz")["study.toml"]
    (tmp_path / "study.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    same = {
        read_protocol(source).sha256
        for source in (text, tmp_path, tmp_path / "study.toml", str(tmp_path))
    }
    assert len(same) == 1
    with pytest.raises(DataError, match="isobole study new"):
        read_protocol(tmp_path / "other.toml")
    (tmp_path / "study.toml").write_bytes(text.encode("utf-16"))
    with pytest.raises(DataError, match="UTF-8"):
        read_protocol(tmp_path)


def test_a_date_is_text() -> None:
    value = tomllib.loads("day = 2026-01-06")
    whole = document()
    put(whole, "title", value["day"])
    assert '"2026-01-06"' in str(faults(whole)["title"].remedy)


@pytest.mark.parametrize("name", model_names())
def test_schema_agrees_with_the_reader(name: str) -> None:
    schema = protocol_schema()
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    assert list(check.iter_errors(DOCUMENTS[name])) == []
    bad = copy.deepcopy(DOCUMENTS[name])
    put(bad, "groups.0.role", "control")
    assert list(check.iter_errors(bad))


def test_every_key_is_explained() -> None:
    schema = protocol_schema()
    tables = {"the protocol": schema, **schema["$defs"]}
    for name, table in tables.items():
        for key, entry in table.get("properties", {}).items():
            # A key described in the words of its table leaves them to the table.
            words = entry.get("description") or schema["$defs"][
                entry["$ref"].rpartition("/")[2]
            ].get("description")
            assert words, f"{name}: {key}"
