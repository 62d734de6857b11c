"""A whole study by up-and-down, from its protocol to the ED50, by its people's pages.

The doses are chosen run by run from what was seen; nobody but the pharmacist is told.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from isobole.lab.record import entries_of, study_of
from isobole.studies import dosing_rows, study_files
from lab.conftest import Lab
from lab_pages import page, post

ID = "PTZ-UD-1"
HERE = f"/studies/{ID}"
PASSPHRASE = "under the third stone"
LADDER = (100, 126, 159, 200, 252, 317)
RUNS, CHAMBERS = 5, 4
PEOPLE = {
    "ana": "designer",
    "phil": "pharmacist",
    "dan": "dosing",
    "ben": "scorer",
    "stan": "analyst",
}
TRUE_ED50, SLOPE = 170.0, 12.0
QUANTILES = ((2, 0, 3, 6), (2, 1, 4, 7), (0, 2, 5, 7), (1, 3, 4, 6), (0, 3, 5, 6))
"""Which eighth of a probit curve the animals of each run are of, in their order."""


@pytest.fixture(autouse=True)
def no_analysis_of_another_test() -> Iterator[None]:
    from isobole.lab.results import _pool

    yield
    _pool.pool.clear()


def of(dose: int) -> str:
    """Return the group that stands for a dose."""
    return f"vpa-{dose}" if dose else "vehicle"


def protocol() -> str:
    """Return the protocol: a ladder of doses, each of which is a group."""
    text = study_files("ptz")["study.toml"].replace("NEW-STUDY", ID)
    text = text.replace("TEMPLATE: ", "")
    for before, after in (
        ('primary_outcome = "protected"', 'primary_outcome = "ed50"'),
        ('method = "permuted_block"', 'method = "sequential_dose"'),
        ('method = "a_priori"', 'method = "sequential"'),
    ):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines)
    groups = [("vehicle", "vehicle", 8, 0), *((of(d), "test", 8, d) for d in LADDER)]
    ladder = "".join(
        f'[[groups]]\nid = "{name}"\nrole = "{role}"\nn = {n}\n'
        f'[[groups.doses]]\nsubstance = "sodium valproate"\namount = {dose}\n'
        'unit = "mg/kg"\nbasis = "salt"\nroute = "ip"\nvehicle = "0.9 % saline"\n'
        'volume_ml_per_kg = 10\npretreatment_min = 30\nschedule = "once"\n\n'
        for name, role, n, dose in groups
    )
    first, last = text.index("[[groups]]"), text.index("[[inclusion]]")
    return text[:first] + ladder + text[last:]


class Walk:
    """What the people do, one after the other; `given` is the pharmacist's list."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.clients = {name: lab.client(name) for name in PEOPLE}
        self.given: dict[str, int] = {}
        self.protected: dict[str, bool] = {}
        self.sent = 0

    def signed(self, name: str, **more: str) -> dict[str, str]:
        return {"signature_password": self.lab.passwords[name], **more}

    def begin(self) -> None:
        """Write, plan and lock the protocol; give the roles; enter the animals."""
        ana = self.clients["ana"]
        form = {"model": "ptz", "species": "mouse", "way": "text", "toml": protocol()}
        post(ana, "/studies/new", {**form, "do": "create"}, 302)
        for name, role in PEOPLE.items():
            if role != "designer":
                post(
                    ana,
                    f"{HERE}/roles",
                    {"user": name, "role": role, "do": "give"},
                    302,
                )
        post(
            ana,
            f"{HERE}/protocol/lock",
            self.signed("ana", after=entries_of(ID)[-1].id),
            302,
        )
        table = "animal_id\tsex\tweight_g\n" + "".join(
            f"M{n:02d}\tM\t{20 + n / 4}\n" for n in range(1, RUNS * CHAMBERS + 1)
        )
        post(ana, f"{HERE}/allocation/animals", {"pasted": table}, 302)
        # How many there will be is not known beforehand: fewer than the groups have.
        words = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
        post(self.clients["phil"], f"{HERE}/allocation/draw", words, 302)

    def run(self, number: int) -> None:
        """Dose the animals of a run as advised, watch them, and sign."""
        seats = [one for one in dosing_rows(study_of(ID)) if one.run == number]
        dose = self.advised()
        start = f"{HERE}/dosing?run={number}"
        for one in seats:
            assert one.code in page(self.clients["dan"], start)
            form = {
                "animal_id": one.animal_id,
                "number": one.number,
                "code": one.code,
                "weight_g": f"{one.weight_g:g}",
                "do": "give",
            }
            post(self.clients["dan"], f"{HERE}/dosing/give", form, 302)
            # The first animal of the first two runs gets the vehicle.
            is_control = number <= 2 and one == seats[0]
            self.given[one.animal_id] = 0 if is_control else dose
        for one, quantile in zip(seats, QUANTILES[number - 1], strict=True):
            z = NormalDist().inv_cdf((quantile + 0.5) / 8)
            needs = TRUE_ED50 * 10 ** (z / SLOPE)
            self.protected[one.animal_id] = self.given[one.animal_id] >= needs
        self.watch(number, [one.animal_id for one in seats])

    def watch(self, number: int, animals: list[str]) -> None:
        rows: list[tuple[str, str, dict[str, Any]]] = []
        for place, animal in enumerate(animals):
            # What comes next depends on who came last.
            t0 = f"2026-03-{number:02d}T09:{place:02d}:00.000Z"
            rows.append(("t0", animal, {"wall": t0}))
            seen: list[dict[str, Any]] = []
            if not self.protected[animal]:
                seen = [
                    {"type": "clonic_start", "t_ms": 300_000},
                    {"type": "score_change", "t_ms": 300_000, "score": "4"},
                    {"type": "clonic_stop", "t_ms": 320_000},
                ]
            end = {"type": "end", "t_ms": 1_800_000, "detail": "window_done"}
            rows += [
                ("observe", animal, {**one, "observer": "ben", "t0": t0})
                for one in (*seen, end)
            ]
        sent = []
        for action, animal, data in rows:
            self.sent += 1
            sent.append(
                {
                    "id": f"tablet-1-{self.sent}",
                    "device_seq": self.sent,
                    "action": action,
                    "obj": animal,
                    "data": {"animal_id": animal, **data},
                }
            )
        answer = self.clients["ben"].post(
            f"/api/studies/{ID}/events",
            json.dumps({"device": "tablet-1", "rows": sent}),
            content_type="application/json",
        )
        assert {one["state"] for one in answer.json()["rows"]} == {"stored"}

    def advised(self) -> int:
        """Ask for the next dose, and take the step of the ladder next to it."""
        form = {
            "ed50": "126",
            "sd": "0.35",
            "low": "1.5",
            "high": "16",
            "batch": str(CHAMBERS),
            "design": "up-and-down",
            "doses": "\n".join(f"{a}\t{d}" for a, d in self.given.items() if d),
            "passphrase": PASSPHRASE,
        }
        for name in ("ana", "dan", "ben", "stan"):
            assert self.clients[name].post(f"{HERE}/next-dose", form).status_code == 403
        html = post(self.clients["phil"], f"{HERE}/next-dose", form, 200)
        plain = re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", html)))
        found = re.search(
            r"The next 4 animals dose \(.*?\) animals ([0-9.]+) 4 ", plain
        )
        assert found is not None, plain
        asked = float(found[1])
        dose = min(LADDER, key=lambda step: abs(step - asked))
        assert dose == asked  # what is advised is what a group stands for
        return dose

    def told(self, name: str, file: str) -> Any:
        """Return what the analysis says to somebody, once it is computed."""
        for _ in range(600):
            answer = self.clients[name].get(f"{HERE}/analysis/{file}")
            if answer.status_code != 202:
                return answer
            time.sleep(0.1)
        msg = "The analysis computes for ever"
        raise AssertionError(msg)

    def end(self) -> None:
        """Sign the scoring, lock the analysis, and reveal by the pharmacist's list."""
        for slug in sorted(self.runs()):
            where = f"{HERE}/bench/{slug}/complete"
            post(self.clients["ben"], where, self.signed("ben"), 302)
        assert "vpa-" not in self.told("stan", "outcomes.csv").text
        listed = {f"group-{a}": of(d) for a, d in self.given.items()}
        phil = self.clients["phil"]
        key = {"passphrase": PASSPHRASE}
        early = post(phil, f"{HERE}/reveal", {**listed, **key}, 422)
        assert "not locked yet" in early
        post(self.clients["stan"], f"{HERE}/analysis/lock", self.signed("stan"), 302)
        said = post(phil, f"{HERE}/reveal", key, 422)
        assert "doses were chosen run by run" in unescape(said)
        wrong = {**listed, "group-M01": "vpa-1000"}
        assert "M01" in post(phil, f"{HERE}/reveal", {**wrong, **key}, 422)
        assert not study_of(ID).revealed
        post(phil, f"{HERE}/reveal", {**listed, **key}, 302)

    def runs(self) -> set[str]:
        html = page(self.clients["ben"], f"{HERE}/bench")
        return set(re.findall(rf'action="{HERE}/bench/([^"]+)"', html))


def test_a_study_by_up_and_down(
    either_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = Walk(either_lab)
    walk.begin()
    plan = page(walk.clients["ana"], f"{HERE}/plan?kind=sequential")
    assert "batch" in plan
    for number in range(1, RUNS + 1):
        walk.run(number)
    assert len({d for d in walk.given.values() if d}) >= 3, walk.given  # it moved
    for name in ("dan", "ben"):  # nor do they read afterwards what was given
        for part in ("dosing", "bench", "audit"):
            answer = walk.clients[name].get(f"{HERE}/{part}")
            assert "vpa-" not in answer.text
            assert answer.status_code in (200, 403)
    walk.end()
    study = study_of(ID)
    assert {row.animal_id: row.group for row in study.allocation} == {
        animal: of(dose) for animal, dose in walk.given.items()
    }

    shown = walk.told("stan", "analysis.json").json()
    archive = walk.clients["stan"].get(f"{HERE}/folder.zip").content
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    told = cli(capsys, "study", "analyze", str(tmp_path / ID), "--json")
    for name in ("command", "input", "options"):
        shown.pop(name, None)
        told.pop(name, None)
    assert shown == told

    # A second opinion: the counts of the pharmacist's list, fitted as a plain table.
    table = tmp_path / "counts.csv"
    rows = [
        f"{dose},{sum(d == dose for d in walk.given.values())},"
        f"{sum(walk.protected[a] for a, d in walk.given.items() if d == dose)}"
        for dose in sorted({d for d in walk.given.values() if d})
    ]
    table.write_text("dose (mg/kg),n,affected\n" + "\n".join(rows) + "\n")
    plain = cli(capsys, "ed50", str(table), "--json")
    (ed50,) = (a for a in shown["analyses"] if a["outcome"] == "ed50")
    of_study, of_table = ed50["result"], plain["curves"][0]
    assert of_study["n_animals"] == of_table["n_animals"] + 2  # with two controls
    assert of_study["effects"][0]["dose"] == pytest.approx(TRUE_ED50, rel=0.15)
    for one, other in zip(of_study["effects"], of_table["effects"], strict=True):
        assert one["dose"] == pytest.approx(other["dose"], rel=1e-9)
        assert one["low"] == pytest.approx(other["low"], rel=1e-6)
        assert one["high"] == pytest.approx(other["high"], rel=1e-6)
    assert "sequential-design" in {p["code"] for p in of_study["problems"]}


def cli(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return what the command prints, as JSON."""
    from isobole.cli import main

    capsys.readouterr()
    assert main([*words]) in (0, 3)
    return json.loads(capsys.readouterr().out)
