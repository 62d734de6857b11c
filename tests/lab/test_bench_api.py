"""Rows from a bench: stored once, in order, refused alone, and blind to the groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from isobole.studies import Entry, follow

STUDY = "PTZ-VPA-MG"
RUN = "2026-02-03-run-1"
EVENTS = f"/api/studies/{STUDY}/events"
BENCH = f"/api/studies/{STUDY}/bench/{RUN}"
WALL = "2026-02-03T09:30:00.000Z"


def before_scoring() -> list[Entry]:
    """Return the bundled record up to its allocation."""
    from isobole.datasets import study_path
    from isobole.studies import read_record

    path = study_path("ptz-valproate-magnesium") / "record.jsonl"
    rows = list(read_record(path))
    last = next(i for i, e in enumerate(rows) if e.action == "allocation.commit")
    return rows[: last + 1]


class Device:
    """A device that numbers its rows and sends them."""

    def __init__(self, client: Any, name: str, observer: str) -> None:
        self.client, self.name, self.observer = client, name, observer
        self.numbers: Iterator[int] = count(1)

    def row(self, action: str, animal: str, /, **data: Any) -> dict[str, Any]:
        number = next(self.numbers)
        return {
            "id": f"{self.name}-{number}",
            "device_seq": number,
            "action": action,
            "obj": animal,
            "data": {"animal_id": animal, **data},
        }

    def seen(self, animal: str, t_ms: int, kind: str, **more: Any) -> dict[str, Any]:
        return self.row(
            "observe", animal, t_ms=t_ms, type=kind, observer=self.observer, **more
        )

    def amend(self, row: dict[str, Any], data: Any, reason: str) -> dict[str, Any]:
        fresh = self.row("amend", row["obj"])
        return {**fresh, "data": data, "supersedes": row["id"], "reason": reason}

    def post(self, *rows: dict[str, Any], actor: str | None = None) -> Any:
        body = {"device": self.name, "actor": actor or self.observer, "rows": rows}
        return self.client.post(
            EVENTS, json.dumps(body), content_type="application/json"
        )

    def states(self, *rows: dict[str, Any]) -> list[str]:
        answer = self.post(*rows)
        assert answer.status_code == 200, answer.content
        return [row["state"] for row in answer.json()["rows"]]

    def codes(self, *rows: dict[str, Any]) -> list[str]:
        answer = self.post(*rows)
        assert answer.status_code == 200, answer.content
        assert all(
            problem["remedy"]
            for row in answer.json()["rows"]
            for problem in row["problems"]
        )
        return [
            row["problems"][0]["code"] if row["problems"] else row["state"]
            for row in answer.json()["rows"]
        ]


@pytest.fixture
def ana(lab: Any) -> Device:
    lab.stored(before_scoring(), ana="scorer", ben="scorer", dora="designer")
    return Device(lab.client("ana"), "bench-a", "ana")


def stored(study: str = STUDY) -> list[Entry]:
    from isobole.lab.record import entries_of

    return list(entries_of(study))


def test_rows_are_stored_once_in_their_order(ana: Device) -> None:
    begun = len(stored())
    rows = [
        ana.row("t0", "R14", wall=WALL),
        ana.seen("R14", 1200, "score_change", score="1", t0=WALL),
        ana.seen("R14", 2500, "myoclonic_twitch", t0=WALL),
    ]
    assert ana.states(*rows) == ["stored"] * 3
    assert ana.states(*rows) == ["known"] * 3
    # The end of what was sent before with something new: the network broke between.
    more = ana.seen("R14", 3000, "score_change", score="2", t0=WALL)
    assert ana.states(rows[2], more) == ["known", "stored"]
    added = stored()[begun:]
    assert [e.id for e in added] == [r["id"] for r in (*rows, more)]
    assert {e.actor for e in added} == {"ana"}


def test_out_of_order_delivery_is_stored_and_reduced_alike(ana: Device) -> None:
    """A row that arrives late counts by its own time, not by its arrival."""
    start = ana.row("t0", "R14", wall=WALL)
    first = ana.seen("R14", 1000, "score_change", score="1")
    second = ana.seen("R14", 9000, "score_change", score="4")
    assert ana.states(second, first, start) == ["stored"] * 3
    from isobole.lab.record import study_of
    from isobole.studies import reduce_study

    found = {a.animal_id: a for a in reduce_study(study_of(STUDY)).animals}["R14"]
    assert found.time_in_score_ms["1"] == 8000


def test_one_refused_row_holds_nothing_back(ana: Device) -> None:
    begun = len(stored())
    rows = [
        ana.row("t0", "R14", wall=WALL),
        ana.seen("R14", 1000, "score_change", score="9"),
        ana.seen("R99", 1000, "score_change", score="1"),
        ana.seen("R14", 2000, "score_change", score="2"),
        {**ana.seen("R14", 3000, "score_change", score="2"), "obj": "R12"},
        ana.seen("R14", 4000, "score_change", score=1.5),
        ana.seen("R14", 4000, "sign"),
        {**ana.seen("R14", 5000, "note", detail="x" * 9000)},
    ]
    assert ana.codes(*rows) == [
        "stored", "score-off-scale", "unknown-animal", "stored", "other-object",
        "float-in-record", "no-sign-name", "row-too-long",
    ]  # fmt: skip
    assert len(stored()) == begun + 2


def test_a_refused_row_is_stored_when_what_it_lacked_is_there(ana: Device) -> None:
    early = ana.seen("R14", 1000, "score_change", score="1", t0=WALL)
    assert ana.codes(early) == ["other-t0"]
    assert ana.states(ana.row("t0", "R14", wall=WALL)) == ["stored"]
    assert ana.states(early) == ["stored"]


def test_nobody_scores_under_another_name(ana: Device) -> None:
    row = ana.seen("R14", 1000, "score_change", score="1")
    row["data"]["observer"] = "ben"
    assert ana.codes(row) == ["not-your-observation"]
    answer = ana.post(ana.seen("R14", 1, "note", detail="x"), actor="ben")
    assert answer.status_code == 409
    assert "ben" in answer.json()["message"]


def test_t0_is_taken_once_and_amended_with_a_reason(ana: Device, lab: Any) -> None:
    ben = Device(lab.client("ben"), "bench-b", "ben")
    start = ana.row("t0", "R14", wall=WALL)
    assert ana.states(start) == ["stored"]
    assert ben.codes(ben.row("t0", "R14", wall=WALL)) == ["t0-taken"]
    later = "2026-02-03T09:40:00.000Z"
    again = ana.amend(start, {"animal_id": "R14", "wall": later}, "needle slipped")
    assert ben.codes({**again, "id": "ben-x", "device_seq": 77}) == ["row-of-another"]
    assert ana.states(again) == ["stored"]
    old = ben.seen("R14", 1000, "score_change", score="1", t0=WALL)
    new = ben.seen("R14", 1000, "score_change", score="1", t0=later)
    assert ben.codes(old, new) == ["other-t0", "stored"]
    tile = ben.client.get(BENCH).json()["tiles"]["R14"]
    assert tile["t0"]["wall"] == later
    # Taken back, it can be pressed anew.
    assert ana.states(
        ana.amend(again, {"void": 1}, "wrong animal"),
        ana.row("t0", "R14", wall="2026-02-03T09:50:00.000Z"),
    ) == ["stored", "stored"]


@pytest.mark.parametrize(
    ("wall", "code"),
    [
        ("2199-01-01T00:00:00.000Z", "time-ahead"),
        ("2026-02-03 09:30", "bad-time"),
        ("half past nine", "bad-time"),
    ],
)
def test_t0_is_a_time_that_has_come(ana: Device, wall: str, code: str) -> None:
    assert ana.codes(ana.row("t0", "R14", wall=wall)) == [code]


def test_own_rows_are_taken_back_and_another_s_are_not(ana: Device, lab: Any) -> None:
    ben = Device(lab.client("ben"), "bench-b", "ben")
    score = ana.seen("R14", 1000, "score_change", score="1")
    assert ana.states(score) == ["stored"]
    assert ben.codes(ben.amend(score, {"void": 1}, "mine is better")) == [
        "row-of-another"
    ]
    assert ana.codes(ana.amend(score, {"void": 1}, "")) != ["stored"]
    fixed = {**score["data"], "score": "9"}
    assert ana.codes(ana.amend(score, fixed, "wrong score")) == ["score-off-scale"]
    other = {**score["data"], "animal_id": "R12"}
    row = ana.amend(score, other, "wrong animal")
    assert ana.codes({**row, "obj": "R12"}) == ["other-animal"]
    assert ana.states(ana.amend(score, {"void": 1}, "undone at once")) == ["stored"]
    assert ana.client.get(BENCH).json()["rows"] == []


def test_the_designer_may_correct_with_a_reason(ana: Device, lab: Any) -> None:
    dora = Device(lab.client("dora"), "office", "dora")
    score = ana.seen("R14", 1000, "score_change", score="1")
    assert ana.states(score) == ["stored"]
    fixed = {**score["data"], "score": "2"}
    assert dora.states(dora.amend(score, fixed, "agreed on the video")) == ["stored"]
    rows = ana.client.get(BENCH).json()["rows"]
    assert [row["data"]["score"] for row in rows] == ["2"]
    assert dora.codes(dora.seen("R14", 1, "note", detail="x")) == ["not-allowed-here"]


def test_two_devices_of_one_observer_are_both_kept(ana: Device) -> None:
    """Both rows stand in the record; the state says which devices there are."""
    other = Device(ana.client, "bench-z", "ana")
    assert ana.states(ana.seen("R14", 1000, "score_change", score="1")) == ["stored"]
    assert other.states(other.seen("R14", 1500, "score_change", score="3")) == [
        "stored"
    ]
    state = ana.client.get(BENCH).json()
    assert state["tiles"]["R14"]["devices"] == {"bench-a": 1, "bench-z": 1}
    assert [row["data"]["score"] for row in state["rows"]] == ["1", "3"]
    assert [row["device"] for row in state["rows"]] == ["bench-a", "bench-z"]


def test_an_observer_never_sees_what_the_other_scored(ana: Device, lab: Any) -> None:
    ben = Device(lab.client("ben"), "bench-b", "ben")
    ana.states(
        ana.row("t0", "R14", wall=WALL),
        ana.seen("R14", 1000, "score_change", score="4", place="first"),
        ana.seen("R14", 1000, "note", detail="a canary of ana"),
        ana.seen("R14", 9000, "end", detail="humane_endpoint"),
    )
    answer = ben.client.get(BENCH)
    state = answer.json()
    assert state["rows"] == []
    assert b"canary" not in answer.content
    assert b"score_change" not in answer.content
    tile = state["tiles"]["R14"]
    assert tile["t0"]["wall"] == WALL
    assert tile["ends"] == [
        {"t_ms": 9000, "type": "end", "detail": "humane_endpoint", "mine": False}
    ]
    assert state["observers"] == [{"observer": "ana", "place": "first"}]


def test_after_the_signature_only_corrections(ana: Device) -> None:
    score = ana.seen("R14", 1000, "score_change", score="1")
    ana.states(ana.row("t0", "R14", wall=WALL), score)
    page = f"/studies/{STUDY}/bench/{RUN}/complete"
    password = {"signature_password": "ana walks past 7 mills"}
    said = ana.client.post(page, password)
    assert said.status_code == 422
    assert b"still-watched" in said.content or b"has not ended" in said.content
    ana.states(ana.seen("R14", 1_800_000, "end", detail="window_done"))
    assert ana.client.post(page, {"signature_password": "x"}).status_code == 422
    assert ana.client.post(page, password).status_code == 302
    last = stored()[-1]
    assert (last.action, last.data["signed"]) == ("score.complete", "scoring complete")
    late = ana.seen("R14", 2000, "score_change", score="2")
    fixed = {**score["data"], "score": "3"}
    assert ana.codes(late, ana.amend(score, fixed, "seen again")) == [
        "scoring-complete",
        "stored",
    ]
    assert ana.client.get(BENCH).json()["tiles"]["R14"]["complete"] is True


def test_nothing_before_a_protocol_or_after_the_lock(lab: Any) -> None:
    rows = before_scoring()
    lab.stored(rows, ana="scorer")
    ana = Device(lab.client("ana"), "bench-a", "ana")
    from isobole.lab.record import append_drafts
    from isobole.studies import Draft

    append_drafts(STUDY, [Draft("analysis.lock", STUDY, {})], actor="x", device="x")
    assert ana.codes(ana.seen("R14", 1, "note", detail="x")) == ["analysis-locked"]


def test_no_device_counts_on_in_the_place_of_a_form(ana: Device) -> None:
    ana.name = "web-dora"
    answer = ana.post(ana.row("t0", "R14", wall=WALL))
    assert answer.status_code == 422
    assert "Devices are not called web-" in answer.json()["message"]
    assert not [entry for entry in stored() if entry.device == "web-dora"]


def test_what_is_signed_does_not_come_from_a_device(ana: Device) -> None:
    row = {**ana.row("t0", "R14", wall=WALL), "action": "score.complete"}
    assert ana.post(row).status_code == 422
    known = stored()[2].id  # an animal, entered by the designer
    fixed = {**ana.row("amend", "R01"), "supersedes": known, "reason": "x"}
    assert ana.codes(fixed) == ["not-from-a-device"] or ana.codes(fixed) == [
        "missing-key"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a\x00b"}, {"device_seq": 0}, {"device_seq": 2**63}, {"obj": "a\x00"},
        {"action": "protocol.save"}, {"data": []}, {"reason": "\x00"}, {"id": ""},
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused_in_words(ana: Device, change: Any) -> None:
    answer = ana.post({**ana.seen("R14", 1, "note", detail="x"), **change})
    assert answer.status_code == 422
    assert answer.json()["problems"]


def test_more_than_a_hundred_rows_are_refused(ana: Device) -> None:
    rows = [ana.seen("R14", i, "note", detail="x") for i in range(101)]
    assert ana.post(*rows).status_code == 422
    assert ana.states(*rows[:100]) == ["stored"] * 100


def test_who_may_send_what(ana: Device, lab: Any) -> None:
    from isobole.lab.models import Membership, Study

    study = Study.objects.get(pk=STUDY)
    Membership.objects.create(study=study, user=lab.person("dose"), role="dosing")
    Membership.objects.create(study=study, user=lab.person("look"), role="analyst")
    dose = Device(lab.client("dose"), "bench-d", "dose")
    given = dose.row("dose.give", "R14", kind="challenge", ts=WALL)
    assert dose.codes(given, dose.seen("R14", 1, "note", detail="x")) == [
        "stored",
        "not-allowed-here",
    ]
    look = Device(lab.client("look"), "bench-l", "look")
    assert look.post(look.seen("R14", 1, "note", detail="x")).status_code == 403
    assert look.client.get(BENCH).status_code == 403
    nobody = Device(lab.client(), "bench-n", "nobody")
    assert nobody.post(nobody.seen("R14", 1, "note", detail="x")).status_code == 401
    stranger = Device(lab.client("eve"), "bench-e", "eve")
    assert stranger.post(stranger.seen("R14", 1, "note")).status_code == 404


def test_a_form_of_another_site_stores_nothing(ana: Device, lab: Any) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    client.force_login(lab.person("ana"))
    begun = len(stored())
    device = Device(client, "bench-x", "ana")
    assert device.post(device.seen("R14", 1, "note", detail="x")).status_code == 403
    assert len(stored()) == begun


def with_other_codes(rows: list[Entry]) -> list[Entry]:
    """Return the record with every animal in another group, and nothing else."""
    turned = {"CN": "HX", "HX": "WM", "WM": "ET", "ET": "CN"}
    made: list[Entry] = []
    for entry in rows:
        data = dict(entry.data)
        if entry.action == "allocation.commit":
            data["commitment"] = "0" * 64
            data["rows"] = [
                {**row, "group_code": turned[row["group_code"]]} for row in data["rows"]
            ]
        draft = {
            name: getattr(entry, name)
            for name in Entry.__slots__
            if name not in ("seq", "prev", "hash")
        }
        made.append(follow(made[-1] if made else None, {**draft, "data": data}))
    return made


def test_nothing_a_bench_is_told_depends_on_the_groups(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab import _clock
    from isobole.lab.models import Membership, RecordRow, Study
    from isobole.lab.record._chain import forget
    from isobole.lab.record._rows import row_of

    rows = before_scoring()
    other = with_other_codes(rows)
    assert [e.data for e in rows] != [e.data for e in other]
    lab.stored(rows, ana="scorer")
    seen = []
    for entries in (rows, other):
        monkeypatch.setattr(_clock, "moment", _seconds())
        if seen:  # the same study in a new database
            from django.db import connection

            with connection.cursor() as cursor:
                for trigger in _triggers(cursor):
                    cursor.execute(f'DROP TRIGGER "{trigger}"')
            RecordRow.objects.all().delete()
            RecordRow.objects.bulk_create([row_of(STUDY, e) for e in entries])
            forget()
        client = lab.client("ana")
        device = Device(client, "bench-a", "ana")
        answers = [
            device.post(
                device.row("t0", "R14", wall="2026-02-03T09:00:00.000Z"),
                device.seen("R14", 1000, "score_change", score="1"),
                device.seen("R99", 1000, "score_change", score="1"),
            ).content,
            client.get(BENCH).content,
            client.get(f"{BENCH}?rows=none").content,
            client.get(f"/studies/{STUDY}/bench").content,
        ]
        page = client.get(f"/studies/{STUDY}/bench/{RUN}")
        assert page.status_code == 200
        seen.append([*answers, page.content])
    assert Study.objects.count() == Membership.objects.count() == 1
    for one, two in zip(*seen, strict=True):
        assert _without_secrets(one) == _without_secrets(two)
        for code in (b'"CN"', b'"HX"', b'"WM"', b'"ET"', b"group_code"):
            assert code not in one


def _seconds() -> Callable[[], datetime]:
    """Return a clock that is a second further whenever it is asked."""
    ticks = count()
    start = datetime(2026, 2, 3, 9, tzinfo=UTC)
    return lambda: start + timedelta(seconds=next(ticks))


def _triggers(cursor: Any) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return [row[0] for row in cursor.fetchall()]


def _without_secrets(content: bytes) -> bytes:
    """Leave out the forms' secrets, which are random for every answer."""
    import re

    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', b"", content)


def test_a_study_without_an_allocation_is_watched_in_turn(lab: Any) -> None:
    rows = [e for e in before_scoring() if e.action != "allocation.commit"]
    lab.stored(rows, ana="scorer")
    client = lab.client("ana")
    state = client.get(f"/api/studies/{STUDY}/bench/2026-02-03-animals-1").json()
    assert state["placed"] is False
    assert [s["chamber"] for s in state["seats"]] == ["1", "2", "3", "4"]
    assert client.get(f"/api/studies/{STUDY}/bench/none").status_code == 404
    device = Device(client, "bench-a", "ana")
    first = state["seats"][0]["animal_id"]
    assert device.states(device.row("t0", first, wall=WALL, chamber="3")) == ["stored"]
    tile = client.get(
        f"/api/studies/{STUDY}/bench/2026-02-03-animals-1?rows=none"
    ).json()["tiles"][first]
    assert tile["t0"]["chamber"] == "3"


def test_what_the_bench_is_told_of_the_protocol(ana: Device) -> None:
    needs = ana.client.get(BENCH).json()["needs"]
    assert needs["challenge"]["label"] == "PTZ in"
    assert needs["window_ms"] == 1_800_000
    assert [x["code"] for x in needs["scale"]["levels"]] == list("012345")
    assert needs["scale"]["episode"] == ["4", "5"]
    assert [s["kind"] for s in needs["spans"]] == ["clonic", "gtc", "the"]


def test_every_model_has_its_buttons() -> None:
    from isobole.lab.bench._needs import _FAMILY
    from isobole.studies import EVENT_TYPES, seizure_models

    for model in seizure_models():
        spans, points = _FAMILY[model.family]
        assert {f"{kind}_start" for kind in spans} <= set(EVENT_TYPES)
        assert set(points) <= set(EVENT_TYPES)


def test_the_record_can_be_analysed_with_what_a_bench_adds(ana: Device) -> None:
    """Extra keys (delays, offsets, t0) are kept and disturb no reducer."""
    more = {
        "t0": WALL, "mono_ms": 5000, "wall_ms": 1, "second_ms": 300, "offset_ms": -20,
        "place": "first",
    }  # fmt: skip
    ana.states(
        ana.row("t0", "R14", wall=WALL, mono_ms=1, wall_ms=2),
        ana.seen("R14", 1000, "clonic_start", **more),
        ana.seen("R14", 9000, "clonic_stop", **more),
        ana.seen("R14", 300_000, "scan", detail="all tiles right", **more),
        ana.seen("R14", 1_800_000, "end", detail="window_done", **more),
    )
    from isobole.lab.record import study_of
    from isobole.studies import check_study, reduce_study

    study = study_of(STUDY)
    found = {a.animal_id: a for a in reduce_study(study).animals}["R14"]
    assert found.episode_ms == (8000,)
    assert not [p for p in check_study(study) if p.severity == "error"]


def test_facts_do_not_outlive_rows_that_were_not_stored(ana: Device) -> None:
    """A transaction that fails takes back what was remembered of its rows."""
    from isobole.lab.bench._facts import facts_of
    from isobole.lab.record import chain_of
    from isobole.lab.record._chain import forget

    chain = chain_of(STUDY)
    last = chain.entries[-1]
    draft = {
        "id": "ghost", "ts": last.ts, "actor": "ana", "device": "g", "device_seq": 1,
        "action": "t0", "obj": "R14", "data": {"animal_id": "R14", "wall": WALL},
        "supersedes": None, "reason": None,
    }  # fmt: skip
    chain.add(follow(last, draft))
    assert "R14" in facts_of(chain).starts
    forget(STUDY)
    assert "R14" not in facts_of(chain_of(STUDY)).starts
    assert ana.states(ana.row("t0", "R14", wall=WALL)) == ["stored"]


@pytest.mark.parametrize("sent", [["x"], {"a": 1}, None, 3])
def test_what_a_device_sends_as_a_condition_breaks_no_page(
    ana: Device, lab: Any, sent: Any
) -> None:
    """The record keeps what else a device says, and nothing of it can be taken out."""
    assert ana.states(ana.seen("R14", 1000, "score_change", score="2", condition=sent))
    for client in (ana.client, lab.client("ben"), lab.client("dora")):
        assert client.get(f"/studies/{STUDY}/").status_code == 200
        assert client.get("/").status_code == 200
        assert client.get(f"/api/studies/{STUDY}").status_code == 200
    assert ana.client.get(f"/api/studies/{STUDY}/record").status_code == 200
