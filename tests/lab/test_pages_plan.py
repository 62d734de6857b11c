"""Plans: what the planning room says, figures by address, the size in the protocol."""

from __future__ import annotations

import csv
import html
import io
import re
import threading
import time
from math import log10
from typing import Any
from urllib.parse import urlencode

import pytest

from isobole.lab.models import Study
from isobole.lab.pages import _plan_job
from isobole.lab.pages._plan_kinds import KINDS
from isobole.lab.record import entries_of, study_of
from isobole.planning import (
    DosePrior,
    choose_doses,
    plan_own_control,
    plan_protection,
)
from isobole.results import Methods
from isobole.studies import protocol_from_text
from lab_pages import blind_record, page, post, rechained

PLAN = "/studies/PTZ-VPA-MG/plan"
ASKED = {
    "kind": "protection",
    "do": "compute",
    "control": "20",
    "treated": "80",
    "n": "8",
    "comparisons": "1",
    "power": "80",
    "alpha": "5",
    "test": "fisher",
}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    _plan_job.pool.clear()


def open_study(lab: Any) -> Any:
    """Return the designer's client of a study whose protocol is open."""
    rows = blind_record("ptz-valproate-magnesium", given=False)
    kept = [r for r in rows if r["action"] in ("protocol.save", "animal.add")]
    lab.stored(rechained(kept), ana="designer", ben="scorer", ann="analyst")
    return lab.client("ana")


def asked(**more: str) -> str:
    return f"{PLAN}?{urlencode(ASKED | more)}"


def finished(client: Any, address: str) -> str:
    for _ in range(200):
        text = page(client, address)
        if "this page shows the result" not in text.lower():
            return text
        time.sleep(0.2)
    raise AssertionError("not finished")


def test_the_form_starts_from_the_protocol(lab: Any) -> None:
    client = open_study(lab)
    study = study_of("PTZ-VPA-MG")
    text = page(client, PLAN)
    assert f'value="{study.protocol.groups[0].n}"' in text
    for kind in KINDS:
        assert 'value="compute"' in page(client, f"{PLAN}?kind={kind}")
    page(client, f"{PLAN}?kind=nonsense")


def test_the_answer_is_that_of_the_planning_room(lab: Any) -> None:
    client = open_study(lab)
    text = finished(client, asked())
    result = plan_protection(0.2, 0.8, n=8, comparisons=1)
    (methods,) = (b.text for b in result.blocks() if isinstance(b, Methods))
    assert html.escape(methods) in text
    assert f'name="n" value="{result.smallest.holds}"' in text
    (source,) = re.findall(r'<img src="([^"]+)"', text)
    response = client.get(html.unescape(source))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    none = html.unescape(source).replace("figure-1", "figure-9")
    assert client.get(none).status_code == 422


PERCENT: dict[str, set[str]] = {
    "ed50": {"coverage_percent", "complete_percent", "within_1_5_fold_percent"},
    "sequential": set(),
    "protection": {"power_percent", "standard_error_percent"},
    "doses": {"coverage_percent", "within_2_fold_percent"},
    "own-control": {"power_percent"},
}


@pytest.mark.parametrize("kind", PERCENT)
def test_each_quick_kind_answers_as_it_is_filled(lab: Any, kind: str) -> None:
    client = open_study(lab)
    text = page(client, f"{PLAN}?kind={kind}")
    form = dict(re.findall(r'name="([a-z0-9_]+)" value="([^"]*)"', text))
    form |= {"kind": kind, "do": "compute"}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', text):
        form[name] = re.findall(r'value="([^"]+)"', body)[0]
    if kind == "ed50" and not form["doses"]:
        form["doses"] = "100, 200, 400"
    query = urlencode({k: html.unescape(v) for k, v in form.items()})
    text = finished(client, f"{PLAN}?{query}")
    assert '<div class="report">' in text
    for source in re.findall(r'<img src="([^"]+)"', text):
        assert client.get(html.unescape(source)).content.startswith(b"<svg")
    (address,) = re.findall(r'href="([^"]+)">Numbers as CSV', text)
    answer = client.get(html.unescape(address))
    assert f'filename="PTZ-VPA-MG-plan-{kind}.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows
    assert "nan" not in answer.text.lower()
    assert PERCENT[kind] <= set(rows[0])
    assert not {name.removesuffix("_percent") for name in PERCENT[kind]} & set(rows[0])


def test_doses_chosen_are_those_of_the_planning_room(lab: Any) -> None:
    client = open_study(lab)
    form = {
        "kind": "doses", "do": "compute", "ed50": "100", "fold": "2.2",
        "animals": "32", "counts": "4, 5", "unit": "mg/kg",
    }  # fmt: skip
    text = finished(client, f"{PLAN}?{urlencode(form)}")
    prior = DosePrior(100, ed50_sd_log10=log10(2.2))
    result = choose_doses(prior, 32, [4, 5], unit="mg/kg")
    (methods,) = (b.text for b in result.blocks() if isinstance(b, Methods))
    assert html.escape(methods) in text
    # Doses have different numbers of animals: no one size is written.
    assert "Write it into the protocol" not in text
    address = f"{PLAN}/numbers.csv?{urlencode(form)}"
    rows = list(csv.DictReader(io.StringIO(client.get(address).text)))
    assert len(rows) == len(result.designs)
    told = [[float(x) for x in row["doses"].split()] for row in rows]
    assert list(result.recommended.doses) in told
    for change, said in (
        ({"counts": "1, 4"}, "whole numbers from 2 to 12"),
        ({"counts": "4.5"}, "whole numbers from 2 to 12"),
        ({"counts": ""}, "is empty"),
        ({"fold": "1"}, "cannot be off by 1-fold"),
        ({"animals": "3"}, "give whole numbers of 4 or more"),
        ({"animals": "7"}, "do not give two to each"),
        ({"animals": "100000000"}, "more than 500"),
    ):
        answer = page(client, f"{PLAN}?{urlencode(form | change)}", 422)
        assert said in html.unescape(answer), change


def test_animals_that_are_their_own_controls(lab: Any) -> None:
    client = open_study(lab)
    form = {
        "kind": "own-control", "do": "compute", "falls": "0, 1, 3, 5",
        "shares": "25, 25, 25, 25", "change": "", "within_sd": "", "n": "8",
        "power": "80", "alpha": "5",
    }  # fmt: skip
    text = finished(client, f"{PLAN}?{urlencode(form)}")
    drops = {0.0: 0.25, 1.0: 0.25, 3.0: 0.25, 5.0: 0.25}
    result = plan_own_control(drops=drops, n=8)
    (methods,) = (b.text for b in result.blocks() if isinstance(b, Methods))
    assert html.escape(methods) in text
    assert f'name="n" value="{result.smallest.holds}"' in text
    seconds = {**form, "falls": "", "shares": "", "change": "20", "within_sd": "15"}
    text = finished(client, f"{PLAN}?{urlencode(seconds)}")
    assert 'name="n" value="11"' in text
    for change, said in (
        ({"shares": "50, 50"}, "4 falls in stage and 2 shares"),
        ({"falls": "0, 1, 1, 5"}, "stands twice"),
        ({"shares": "25, 25, 25, 20"}, "sum"),
        ({"change": "20"}, "say once what the drug does"),
        ({"falls": "", "shares": ""}, "say once what the drug does"),
        ({"falls": "", "shares": "", "change": "20"}, "say once"),
        ({"within_sd": "wide"}, "is 'wide'"),
    ):
        answer = page(client, f"{PLAN}?{urlencode(form | change)}", 422)
        assert said in html.unescape(answer), change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"control": "few"}, "Controls protected (%) is &#x27;few&#x27;"),
        ({"control": "140"}, "0 to 1"),
        ({"n": "8.5"}, "a whole number"),
        ({"n": ""}, "is empty"),
        ({"test": "guess"}, "one of those offered"),
        ({"power": "nan"}, "in per cent"),
        ({"kind": "sequential", "fold": "1", "ed50": "100"}, "is empty"),
        ({"kind": "ed50", "doses": "1,2;x", "ed50": "3", "slope": "2"}, "with commas"),
    ],
)
def test_what_cannot_be_planned_is_said(
    lab: Any, change: dict[str, str], said: str
) -> None:
    client = open_study(lab)
    response = client.get(asked(**change))
    assert response.status_code == 422
    assert said in response.content.decode()


def test_long_work_goes_on_beside_the_request(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_study(lab)
    go = threading.Event()
    kind = KINDS["protection"]

    def slow(given: dict[str, Any], progress: Any) -> Any:
        progress(3, 7)
        assert go.wait(30)
        return kind.compute(given, progress)

    from dataclasses import replace

    monkeypatch.setitem(KINDS, "protection", replace(kind, compute=slow))
    monkeypatch.setattr(_plan_job.PlanJob.wait, "__defaults__", (0.2,))
    text = page(client, asked())
    assert "Computing: step 3 of 7" in text
    assert 'hx-trigger="load delay:1s"' in text
    partial = client.get(asked(), HTTP_HX_REQUEST="true").content.decode()
    assert partial.lstrip().startswith('<div id="result"')
    go.set()
    assert "Power by animals per group" in finished(client, asked())


def test_many_that_wait_are_refused(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = open_study(lab)
    monkeypatch.setattr(_plan_job, "MOST_WAITING", 0)
    response = client.get(asked(treated="81"))
    assert response.status_code == 422
    assert b"Many computations wait" in response.content


def test_the_size_is_shown_and_then_saved(lab: Any) -> None:
    client = open_study(lab)
    form = {
        "n": "16",
        "reasoning": 'Found by "planning"',
        "kind": "protection",
        "inputs": '{"control": "20", "treated": "80", "n": "8", "comparisons": "1", '
        '"power": "80", "alpha": "5", "test": "fisher"}',
    }
    text = post(client, f"{PLAN}/write", form, 200)
    assert "n = 16" in text
    assert 'class="removed"' in text
    assert len([e for e in entries_of("PTZ-VPA-MG") if "toml" in e.data]) == 1
    (after,) = re.findall(r'name="after" value="([^"]+)"', text)
    post(client, f"{PLAN}/write", {**form, "do": "confirm", "after": after}, 302)
    saved = [e for e in entries_of("PTZ-VPA-MG") if e.action == "protocol.save"]
    protocol = protocol_from_text(saved[-1].data["toml"])
    assert {group.n for group in protocol.groups} == {16}
    assert protocol.version == 2
    assert protocol.sample_size.reasoning == 'Found by "planning"'
    assert protocol.sample_size.inputs["control"] == 0.2
    assert protocol.sample_size.inputs["n_per_group"] == 16
    again = post(
        client, f"{PLAN}/write", {**form, "do": "confirm", "after": after}, 422
    )
    assert "meanwhile" in again


@pytest.mark.parametrize("n", ["", "0", "-4", "1e3", "8.5", "99999999999", "x"])
def test_a_size_that_is_none_is_refused(lab: Any, n: str) -> None:
    client = open_study(lab)
    said = post(client, f"{PLAN}/write", {"n": n}, 422)
    assert "whole number from 1 to" in said


def test_a_locked_protocol_keeps_its_sizes(lab: Any) -> None:
    lab.study("ptz-valproate-magnesium", ana="designer")
    said = post(lab.client("ana"), f"{PLAN}/write", {"n": "16"}, 422)
    assert "deviation" in said
    text = finished(lab.client("ana"), asked())
    assert "its group sizes stand" in text


def test_who_may_plan(lab: Any) -> None:
    open_study(lab)
    assert lab.client("ben").get(PLAN).status_code == 403
    assert "Write it into" not in finished(lab.client("ann"), asked())
    assert lab.client("ann").post(f"{PLAN}/write", {"n": "9"}).status_code == 403
    assert Study.objects.count() == 1
