"""Events of other programs: BORIS projects and plain spreadsheets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from isobole.results import DataError
from isobole.studies import (
    Event,
    add_events,
    events_text,
    import_boris,
    import_map,
    import_table,
    read_record,
    reduce_study,
    verify_chain,
    write_record,
)
from study_cases import animal, study

ETHOGRAM = {
    "0": {"type": "State event", "code": "clonus", "key": "c"},
    "1": {"type": "Point event", "code": "twitch", "key": "t"},
    "2": {"type": "Point event", "code": "stage", "key": "s"},
    "3": {"type": "Point event", "code": "inject", "key": "i"},
    "4": {"type": "State event", "code": "seizing", "key": "z"},
}
CODES: dict[str, Any] = {
    "clonus": {"type": "clonic"},
    "twitch": {"type": "myoclonic_twitch"},
    "stage|3": {"type": "score_change", "score": "3"},
    "stage|0": {"type": "score_change", "score": "0"},
    "seizing": {"type": "score_change", "score": "5", "after": "0"},
    "inject": {"type": "t0"},
}
MAP = import_map({"animals": {"rat 1": "M1", "rat 2": "M2"}, "codes": CODES})


def project(folder: Path, *events: list[Any], **observation: Any) -> Path:
    path = folder / "rats.boris"
    one = {"type": "LIVE", "time offset": 0.0, "events": list(events), **observation}
    document = {
        "project_format_version": "7.0",
        "behaviors_conf": ETHOGRAM,
        "observations": {"run 1": one},
    }
    path.write_text(json.dumps(document), "utf-8")
    return path


def rows(events: tuple[Event, ...]) -> list[tuple[Any, ...]]:
    return [(e.animal_id, e.t_ms, e.type, e.score) for e in events]


def test_a_boris_observation(tmp_path: Path) -> None:
    path = project(
        tmp_path,
        [10.0, "rat 1", "inject", "", ""],
        [20.5, "rat 2", "inject", "", "", 512],
        [72.0, "rat 1", "clonus", "", "left paw"],
        [73.5, "rat 2", "clonus", "", ""],
        [75.25, "rat 1", "clonus", "", ""],
        [80.0, "rat 2", "clonus", "", ""],
        [81.0, "rat 2", "stage", "3", ""],
        [82.0, "rat 2", "stage", "0", ""],
        [90.0, "rat 1", "seizing", "", ""],
        [95.0, "rat 1", "seizing", "", ""],
        [96.0005, "rat 1", "twitch", "", ""],
    )
    events, problems = import_boris(path, MAP)
    assert problems == ()
    assert rows(events) == [
        ("M1", 62_000, "clonic_start", None),
        ("M2", 53_000, "clonic_start", None),
        ("M1", 65_250, "clonic_stop", None),
        ("M2", 59_500, "clonic_stop", None),
        ("M2", 60_500, "score_change", "3"),
        ("M2", 61_500, "score_change", "0"),
        ("M1", 80_000, "score_change", "5"),
        ("M1", 85_000, "score_change", "0"),
        ("M1", 86_001, "myoclonic_twitch", None),
    ]
    assert len({e.event_id for e in events}) == len(events)
    assert events[0].extra == {"comment": "left paw"}
    found = reduce_study(study(*events, animals=(animal(), animal("M2"))))
    assert [one.latencies["endpoint"].t_ms for one in found.animals] == [62_000, 53_000]


def test_offset_and_start_of_observation(tmp_path: Path) -> None:
    path = project(tmp_path, [5, "a", "twitch", "", ""], **{"time offset": 2.5})
    events, _ = import_boris(
        path, import_map({"codes": {"twitch": {"type": "myoclonic_twitch"}}})
    )
    assert rows(events) == [("a", 7500, "myoclonic_twitch", None)]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ([5, "rat 1", "grooming", "", ""], "unmapped-code"),
        ([5, "rat 9", "twitch", "", ""], "unmapped-animal"),
        ([5, "", "twitch", "", ""], "unmapped-animal"),
        (["NA", "rat 1", "twitch", "", ""], "bad-time"),
        ([1, "rat 1", "twitch", "", ""], "before-t0"),
        ([5, "rat 2", "twitch", "", ""], "missing-t0"),
        ([5], "bad-event"),
        ("x", "bad-event"),
    ],
)
def test_what_boris_events_are_left_out(tmp_path: Path, event: Any, code: str) -> None:
    path = project(tmp_path, [2.0, "rat 1", "inject", "", ""], event)
    events, problems = import_boris(path, MAP)
    assert events == ()
    assert [problem.code for problem in problems] == [code]
    assert problems[0].remedy


def test_states_and_points_that_do_not_fit(tmp_path: Path) -> None:
    wrong = import_map(
        {
            "codes": {
                "twitch": {"type": "clonic"},
                "seizing": {"type": "score_change", "score": "5"},
            },
            "observations": ["run 1", "run 7"],
        }
    )
    path = project(
        tmp_path,
        [1, "a", "twitch", "", ""],
        [2, "a", "seizing", "", ""],
        [3, "a", "seizing", "", ""],
    )
    events, problems = import_boris(path, wrong)
    assert rows(events) == [("a", 2000, "score_change", "5")]
    assert [p.code for p in problems] == [
        "unknown-observation", "point-for-span", "no-score-after",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", '{"observations": 3}', "[" * 50_000])
def test_no_boris_project(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.boris"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match="Save"):
        import_boris(path, MAP)
    with pytest.raises(DataError):
        import_boris(tmp_path / "absent.boris", MAP)


def table(folder: Path, text: str) -> Path:
    path = folder / "scores.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_long_table(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "rat;min;what;who\n1;1,5;stage 3;ana\n1;2;none;ana\n2;0.5;groom;ben\n",
    )
    mapping = import_map(
        {
            "animals": {"1": "M1", "2": "M2"},
            "time_unit": "min",
            "animal": "rat",
            "time": "min",
            "code": "what",
            "observer_column": "who",
            "codes": {
                "stage 3": {"type": "score_change", "score": "3"},
                "none": {"type": "score_change", "score": "0"},
                "groom": {"type": "ignore"},
            },
        }
    )
    events, problems = import_table(path, mapping)
    assert problems == ()
    assert rows(events) == [
        ("M1", 90_000, "score_change", "3"),
        ("M1", 120_000, "score_change", "0"),
    ]
    assert {e.observer for e in events} == {"ana"}


WIDE = {
    "layout": "wide",
    "animal": "rat",
    "latencies": {
        "twitch (s)": {"type": "myoclonic_twitch"},
        "clonus (s)": {"type": "clonic"},
    },
    "not_seen": ["NS"],
    "observed_s": 1800,
}


def test_a_wide_table_of_latencies(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "rat,twitch (s),clonus (s)\nM1,62,95.4\nM2,80,NS\nM3,,1800\nM4,x,-5\n",
    )
    events, problems = import_table(path, import_map(WIDE))
    assert rows(events) == [
        ("M1", 62_000, "myoclonic_twitch", None),
        ("M1", 95_400, "clonic_start", None),
        ("M1", 1_800_000, "end", None),
        ("M2", 80_000, "myoclonic_twitch", None),
        ("M2", 1_800_000, "end", None),
        ("M3", 1_800_000, "end", None),
        ("M4", 1_800_000, "end", None),
    ]
    assert [(p.code, p.row) for p in problems] == [
        ("censored-value", 4), ("bad-time", 5), ("bad-time", 5),
    ]  # fmt: skip
    animals = tuple(animal(f"M{n}") for n in (1, 2, 3, 4))
    found = reduce_study(study(*events, animals=animals))
    assert [one.protected for one in found.animals] == [False, True, True, True]
    latency = found.animals[2].latencies["endpoint"]
    assert (latency.t_ms, latency.cause) == (1_800_000, 0)


def test_a_second_sheet_of_other_animals_joins_the_first(tmp_path: Path) -> None:
    sheets = (
        "rat,twitch (s),clonus (s)\nM1,62,95.4\nM2,80,NS\n",
        "rat,twitch (s),clonus (s)\nM3,70,90\nM4,81,NS\n",
    )
    first, second = (
        {e.event_id for e in import_table(table(tmp_path, text), import_map(WIDE))[0]}
        for text in sheets
    )
    assert first
    assert second
    assert not first & second


def test_tables_that_do_not_fit(tmp_path: Path) -> None:
    path = table(tmp_path, "rat,clonus\nM1,5\n")
    with pytest.raises(DataError, match=r"no column twitch \(s\)"):
        import_table(path, import_map(WIDE))
    with pytest.raises(DataError, match="no column of latencies"):
        import_table(path, import_map({"layout": "wide", "animal": "rat"}))
    mapping = import_map({"animal": "rat", "time": "clonus", "code": "rat"})
    events, problems = import_table(path, mapping)
    assert events == ()
    assert problems[0].code == "unmapped-code"
    mapping = import_map(
        {
            "animal": "rat",
            "time": "clonus",
            "code": "rat",
            "codes": {"M1": {"type": "clonic"}},
        }
    )
    assert import_table(path, mapping)[1][0].code == "not-one-event"


def test_mappings_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fit"):
        import_map({"codes": {"a": {"type": "fit"}}})
    with pytest.raises(DataError):
        import_map({"cods": {}})
    with pytest.raises(DataError, match="cannot be read"):
        import_map(tmp_path / "absent.toml")
    path = tmp_path / "map.toml"
    path.write_text('[codes]\nclonus = { type = "clonic" }\n', "utf-8")
    assert import_map(path) == import_map(path.read_text("utf-8"))


@pytest.mark.parametrize("chained", ["record", "files"])
def test_imported_twice_is_stored_once(tmp_path: Path, chained: str) -> None:
    """Into a record or into the file: new rows only, all or none."""
    if chained == "record":
        write_record(tmp_path / "record.jsonl", ())
        (tmp_path / "record.jsonl").touch()
    path = project(
        tmp_path, [1, "M1", "twitch", "", "odd, #1"], [2, "M1", "twitch", "", ""]
    )
    mapping = import_map({"codes": {"twitch": {"type": "myoclonic_twitch"}}})
    events, _ = import_boris(path, mapping)
    assert add_events(tmp_path, events[:1], actor="ana") == 1
    assert add_events(tmp_path, events, actor="ana") == 1
    assert add_events(tmp_path, events, actor="ben") == 0
    text = (tmp_path / "events.csv").read_text("utf-8")
    assert len(text.splitlines()) == 3
    if chained == "record":
        entries = read_record(tmp_path / "record.jsonl")
        assert verify_chain(entries).state == "intact"
        assert [e.device_seq for e in entries] == [1, 2]
    other = replace(events[0], t_ms=77)
    fresh = replace(events[0], event_id="new")
    with pytest.raises(DataError, match="taken"):
        add_events(tmp_path, [fresh, other], actor="ana")
    assert (tmp_path / "events.csv").read_text("utf-8") == text


def test_imported_events_are_an_events_file(tmp_path: Path) -> None:
    path = project(tmp_path, [1, "a", "twitch", "", "odd, #1"])
    mapping = import_map({"codes": {"twitch": {"type": "myoclonic_twitch"}}})
    text = events_text(import_boris(path, mapping)[0])
    header, row = text.splitlines()
    assert header.startswith("event_id,animal_id,t_ms,type,score,observer")
    assert row.startswith("boris-run 1-1,a,1000,myoclonic_twitch,")
    assert row.endswith('"odd, #1"')
