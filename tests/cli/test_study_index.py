"""`isobole study analyze --td50`: two folders in, a protective index out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isobole.analysis import protective_index_of
from isobole.datasets import study_path
from isobole.studies import new_study, read_study

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]


def rotarod(place: Path, fell: tuple[int, int, int]) -> None:
    """Write a study of the rod by hand: eight animals a dose of the template."""
    new_study(place, model="rotarod")
    end = round(1000 * read_study(place).protocol.observation.window_s)
    animals, events, groups = [], [], []
    for group, hit in zip(("low", "middle", "high"), fell, strict=True):
        for i in range(8):
            name = f"{group}{i}"
            animals.append(
                f"{name},mouse,CF-1,F,60,25,,,2026-03-02,2026-03-02T09:00:00.000Z"
            )
            groups.append(f"{name},{group[0]},{group}")
            if i < hit:
                events.append(f"f{name},{name},5000,fall,,")
            events.append(f"e{name},{name},{end},end,,window_done")
    for file, header, rows in (
        (
            "animals.csv",
            "animal_id,species,strain,sex,age_days,weight_g,cage,litter,day,t0",
            animals,
        ),
        ("events.csv", "event_id,animal_id,t_ms,type,score,detail", events),
        ("allocation.csv", "animal_id,group_code,group", groups),
    ):
        (place / file).write_text("\n".join([header, *rows]) + "\n", "utf-8")


def test_an_index_of_two_folders(isobole: Isobole, check: Check) -> None:
    shutil.copytree(study_path("ptz-interaction"), "ptz")
    rotarod(Path("rod"), (0, 3, 7))
    ran = isobole(
        "study", "analyze", "ptz", "--td50", "rod", "--json", "--out", "pi.html"
    )
    assert ran.code == 0, ran.err
    check("study-analyze", ran.json)
    (found,) = [a for a in ran.json["analyses"] if a["outcome"] == "protective_index"]
    direct = protective_index_of(read_study("rod"), read_study("ptz"))
    (treatment,) = found["result"]["treatments"]
    assert treatment["treatment"] == "sodium valproate"
    assert treatment["index"]["estimate"] == direct.treatments[0].index.value
    files = {Path(i["file"]).parts[-2] for i in ran.json["input"]}
    assert files == {"ptz", "rod"}
    assert "Protective index with study" in Path("pi.html").read_text("utf-8")
    shown = isobole("study", "analyze", "ptz", "--td50", "rod")
    assert "Protective index TD50 / ED50, 95 % limits" in shown.out


def test_folders_that_do_not_pair(isobole: Isobole) -> None:
    shutil.copytree(study_path("ptz-interaction"), "ptz")
    ran = isobole("study", "analyze", "ptz", "--td50", "ptz")
    assert ran.code == 1
    assert "does not measure toxicity" in ran.err
    ran = isobole("study", "analyze", "ptz", "--td50", "nowhere")
    assert ran.code == 1
    assert "nowhere" in ran.err
