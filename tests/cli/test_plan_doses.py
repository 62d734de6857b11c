"""`isobole plan doses`: the choice of the planning room, printed and as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from math import log10
from pathlib import Path
from typing import Any

import pytest

from isobole.planning import DosePrior, choose_doses
from isobole.results import encode

Isobole = Callable[..., Any]
PLAN = ("plan", "doses", "--ed50", "100", "--animals", "32", "--unit", "mg/kg")


def test_it_says_what_the_planning_room_chose(isobole: Isobole) -> None:
    ran = isobole(*PLAN, "--json")
    assert ran.code == 0
    body = json.loads(ran.out)
    found = choose_doses(DosePrior(100, log10(2.2)), 32, unit="mg/kg")
    expected = encode(found.to_dict())
    assert {name: body[name] for name in expected} == expected
    assert body["options"]["counts"] == [3, 4, 5, 6]
    assert body["unit"] == "mg/kg"
    plain = isobole(*PLAN)
    assert plain.code == 0
    assert " ".join(found.message.split()[:4]) in " ".join(plain.out.split())


def test_every_option_reaches_it(isobole: Isobole) -> None:
    ran = isobole(
        "plan", "doses", "--ed50", "20", "--animals", "24", "--fold", "1.5",
        "--slope", "3", "12", "--counts", "4,5", "--level", "0.9", "--seed", "7",
        "--json",
    )  # fmt: skip
    found = choose_doses(
        DosePrior(20, log10(1.5), 3, 12), 24, [4, 5], level=0.9, seed=7
    )
    body = json.loads(ran.out)
    assert body["designs"] == encode(found.to_dict())["designs"]
    assert {len(design["doses"]) for design in body["designs"]} == {4, 5}


def test_designs_are_written_as_csv(isobole: Isobole, tmp_path: Path) -> None:
    out = tmp_path / "designs.csv"
    assert isobole(*PLAN, "--out", str(out)).code == 0
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert len(rows) == 24
    assert sum(int(n) for n in rows[0]["n"].split()) == 32


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--fold", "1"), "--fold is 1"),
        (("--fold", "nan"), "--fold is nan"),
        (("--counts", "3.5"), "whole numbers"),
        (("--counts", "1"), "groups is 1"),
        (("--animals", "501"), "more than 500"),
        (("--animals", "5"), "do not give two to each"),
    ],
)
def test_what_cannot_be_is_said(
    isobole: Isobole, more: tuple[str, str], said: str
) -> None:
    words = dict(zip(PLAN[2::2], PLAN[3::2], strict=True)) | dict([more])
    ran = isobole("plan", "doses", *(x for pair in words.items() for x in pair))
    assert ran.code == 2
    assert said in ran.err


def test_a_guess_that_is_none_is_said(isobole: Isobole) -> None:
    ran = isobole("plan", "doses", "--ed50", "-3", "--animals", "32")
    assert ran.code == 1
    assert "the guess of the ED50 is -3" in ran.err
