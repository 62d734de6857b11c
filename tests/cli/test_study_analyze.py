"""`isobole study analyze` and `study next`: printed, written, refused."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any, get_args

import pytest

from isobole.cli import _study_next
from isobole.datasets import study_names, study_path
from isobole.studies import read_study

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
FACTORIAL = "ptz-valproate-magnesium"


def copied(name: str) -> Path:
    """Copy a bundled study to where the command runs."""
    return Path(shutil.copytree(study_path(name), name))


@pytest.mark.parametrize("name", study_names())
def test_the_report_and_json_say_the_same(
    isobole: Isobole, check: Check, name: str
) -> None:
    place = copied(name)
    ran = isobole("study", "analyze", name, "--json", "--out", "report.html")
    assert (ran.code, ran.err.strip()) == (0, "Wrote report.html")
    check("study-analyze", ran.json)
    page = unescape(Path("report.html").read_text("utf-8"))
    head = read_study(place).head_hash
    assert head is not None
    assert ran.json["head_hash"] == head
    assert head in page
    assert "Constructed data" in page
    titles = {"primary": "Primary outcome", "secondary": "Secondary outcome"}
    for item in ran.json["analyses"]:
        assert item["result"] is not None
        heading = titles.get(item["rank"], "")
        assert f"{heading}: {item['title']}" in page
    assert [a["rank"] for a in ran.json["analyses"]].count("primary") == 1
    for gone in ran.json["flow"]["exclusions"]:
        assert gone["reason"] in page
    for item in (*ran.json["corrections"], *ran.json["claims"]):
        assert all(str(value) in page for value in item.values() if value)
    for sentence in ran.json["deviations"]:
        assert sentence in page
    for word in ("ARRIVE 2.0", "Flow of animals", "Methods.", "Provenance", "<svg"):
        assert word in page
    assert {Path(i["file"]).name for i in ran.json["input"]} >= {"record.jsonl"}


def test_printed(isobole: Isobole) -> None:
    copied(FACTORIAL)
    ran = isobole("study", "analyze", FACTORIAL)
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 88  # the title alone is longer
    for words in (
        "Constructed data",
        "Primary outcome: Protection by group",
        "both                6   8        75",
        "misdosed: the syringe came apart",
        "Group valproate: 7 animals are analysed where the protocol plans 8.",
        "The chain of the record is intact",
        "For research and education only",
    ):
        assert words in ran.out


def test_every_animal_as_csv(isobole: Isobole) -> None:
    copied(FACTORIAL)
    assert isobole("study", "analyze", FACTORIAL, "--out", "o.csv").code == 0
    rows = list(csv.DictReader(Path("o.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 32
    assert sum(r["group"] == "both" and r["protected"] == "1" for r in rows) == 6
    assert {r["included"] for r in rows} == {"0", "1"}


def cut(place: Path, *actions: str) -> None:
    """Take rows off the end of the record, and what hangs on them."""
    lines = (place / "record.jsonl").read_text("utf-8").splitlines(keepends=True)
    while json.loads(lines[-1])["action"] in actions:
        lines.pop()
    (place / "record.jsonl").write_text("".join(lines), "utf-8", newline="\n")
    for name in ("allocation.csv", "outcomes.csv"):
        (place / name).unlink(missing_ok=True)


def test_codes_before_the_lock_and_names_after(isobole: Isobole, check: Check) -> None:
    place = copied(FACTORIAL)
    cut(place, "allocation.reveal", "analysis.lock")
    ran = isobole("study", "analyze", FACTORIAL, "--json", "--out", "blind.html")
    assert ran.code == 0, ran.err
    check("study-analyze", ran.json)
    assert ran.json["naming"] == "code"
    codes = {row["label"] for row in ran.json["flow"]["groups"]}
    assert all(len(code) == 2 for code in codes)
    counted = ran.json["analyses"][0]["result"]["groups"]
    assert {row["group"] for row in counted} == codes
    text = json.dumps(ran.json["analyses"])
    assert not any(word in text for word in ("valproate", "magnesium", "vehicle"))
    page = Path("blind.html").read_text("utf-8")
    assert "groups are shown by code" in page
    locked = isobole("study", "lock", FACTORIAL, "--actor", "ana")
    assert locked.code == 0, locked.err
    ran = isobole("study", "analyze", FACTORIAL, "--json")
    assert (ran.json["naming"], ran.json["locked"]) == ("code", True)


def test_errors_refuse_unless_told_and_mark_the_report(
    isobole: Isobole, check: Check
) -> None:
    place = copied(FACTORIAL)
    path = place / "events.csv"
    path.write_text(path.read_text("utf-8").replace(",5,", ",4,", 1), "utf-8")
    ran = isobole("study", "analyze", FACTORIAL, "--out", "report.html")
    assert ran.code == 1
    assert not Path("report.html").exists()
    assert "--despite-errors" in ran.err
    assert "events.csv" in ran.err
    ran = isobole("study", "analyze", FACTORIAL, "--despite-errors", "--json",
                  "--out", "report.html")  # fmt: skip
    assert ran.code == 0
    check("study-analyze", ran.json)
    assert len(ran.json["despite_errors"]) == 1
    page = Path("report.html").read_text("utf-8")
    assert "despite 1 error(s) in the record" in page


def test_a_primary_outcome_that_cannot_be_computed_is_exit_code_3(
    isobole: Isobole, check: Check
) -> None:
    place = copied("ptz-interaction")
    cut(place, "allocation.reveal", "analysis.lock")
    ran = isobole("study", "analyze", "ptz-interaction", "--json")
    assert ran.code == 3
    check("study-analyze", ran.json)
    first = ran.json["analyses"][0]
    assert first["result"] is None
    assert "codes" in first["reason"]


def test_not_a_study(isobole: Isobole) -> None:
    assert isobole("study", "analyze", "nowhere").code == 1
    assert isobole("study", "analyze").code == 2
    assert isobole("study", "analyze", ".", "--out", "x.docx").code == 2


def test_next_doses(isobole: Isobole, check: Check) -> None:
    copied("ptz-interaction")
    words = ("study", "next", "ptz-interaction", "--ed50", "150",
             "--drug", "sodium valproate")  # fmt: skip
    ran = isobole(*words, "--json", "--out", "next.csv")
    assert ran.code == 0, ran.err
    check("study-next", ran.json)
    assert ran.json["animals"] == 31
    assert sum(row["n"] for row in ran.json["next"]) == 12
    rows = list(csv.DictReader(Path("next.csv").read_text("utf-8").splitlines()))
    assert [float(r["dose"]) for r in rows] == [r["dose"] for r in ran.json["next"]]
    ran = isobole(*words, "--batch", "1", "--design", "up-and-down")
    assert ran.code == 0
    assert "unblinded pharmacist only" in ran.out
    assert "Constructed data" in ran.out


def test_next_needs_the_drug_and_the_key(isobole: Isobole) -> None:
    place = copied("ptz-interaction")
    ran = isobole("study", "next", "ptz-interaction", "--ed50", "150")
    assert ran.code == 1
    assert "--drug" in ran.err
    cut(place, "allocation.reveal", "analysis.lock")
    ran = isobole("study", "next", "ptz-interaction", "--ed50", "150")
    assert ran.code == 1
    assert "--key" in ran.err
    ran = isobole("study", "next", "ptz-interaction", "--ed50", "-1")
    assert ran.code in (1, 2)


def test_next_refuses_a_record_with_errors(isobole: Isobole) -> None:
    place = copied("ptz-interaction")
    path = place / "record.jsonl"
    path.write_text(path.read_text("utf-8").replace('"CF-1"', '"CF-2"', 1), "utf-8")
    ran = isobole("study", "next", "ptz-interaction", "--ed50", "150",
                  "--drug", "sodium valproate")  # fmt: skip
    assert ran.code == 1
    assert "record.jsonl" in ran.err


def test_next_with_the_pharmacists_list(isobole: Isobole) -> None:
    place = copied("ptz-interaction")
    cut(place, "allocation.reveal", "analysis.lock")
    study = read_study(study_path("ptz-interaction"))
    given = {a.animal_id: a.group for a in study.allocation}
    lines = [
        f"{animal},{group.removeprefix('vpa-')}"
        for animal, group in given.items()
        if group is not None and group.startswith("vpa-")
    ]
    Path("doses.csv").write_text("\n".join(["animal_id,dose", *lines]) + "\n", "utf-8")
    words = ("study", "next", "ptz-interaction", "--ed50", "150",
             "--drug", "sodium valproate")  # fmt: skip
    blind = isobole(*words, "--doses", "doses.csv", "--json")
    assert blind.code == 0, blind.err
    shutil.rmtree(place)
    copied("ptz-interaction")
    assert blind.json["ed50"] == isobole(*words, "--json").json["ed50"]
    Path("doses.csv").write_text("animal_id,dose\nX9,100\n", "utf-8")
    assert "X9" in isobole(*words, "--doses", "doses.csv").err
    Path("doses.csv").write_text("animal_id,dose\nM001,much\n", "utf-8")
    ran = isobole(*words, "--doses", "doses.csv")
    assert ran.code == 2
    assert "line 2" in ran.err


def test_designs_are_those_of_the_library() -> None:
    from isobole.planning._sequential import SequentialDesign

    hints = _study_next.study_next.__annotations__["design"]
    assert all(word in str(hints) for word in get_args(SequentialDesign))
