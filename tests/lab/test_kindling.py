"""Kindling sessions typed in the lab: asked for, stored once, corrected, never lost."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from isobole.studies import (
    Entry,
    folder_files,
    next_current,
    reduce_study,
    settable,
    staircase,
    study_from_record,
)
from lab_pages import page, post
from lab_records import entries_until

KIN = "KIN-MG"
LIST = f"/studies/{KIN}/kindling"


def rat(name: str = "K01", phase: str = "") -> str:
    return f"{LIST}/rat/{name}" + (f"?phase={phase}" if phase else "")


def rows() -> list[Entry]:
    from isobole.lab.record import entries_of

    return list(entries_of(KIN))


def sessions() -> list[Entry]:
    return [e for e in rows() if e.action == "session.add"]


def fields(html: str) -> dict[str, str]:
    """Return what a browser would send of the form of a page as it stands."""
    form = re.search(r'<form method="post" id="entry".*?</form>', html, re.S)
    assert form is not None, html
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="(\w+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None:
            continue
        if kind and kind[1] in ("radio", "checkbox") and " checked" not in tag:
            continue
        found[name[1]] = unescape(value[1]) if value else ""
    return found


def give(
    client: Any, name: str = "K01", status: int = 302, at: str = "", **typed: Any
) -> str:
    """Open the page of a rat, type and send; return the page that answers."""
    form = {**fields(page(client, rat(name, at))), **typed}
    return post(client, rat(name), form, status)


@pytest.fixture
def ana(lab: Any) -> Any:
    entries = entries_until("session.add", "kindling-magnesium")
    lab.stored(entries, ana="scorer", ben="scorer", dora="designer", paul="pharmacist")
    return lab.client("ana")


@pytest.fixture
def scored(lab: Any) -> Any:
    entries = entries_until("analysis.lock", "kindling-magnesium")
    lab.stored(entries, ana="scorer", ben="scorer", dora="designer")
    return lab.client("ana")


def test_the_staircase_of_the_study_room_is_followed_to_the_threshold(ana: Any) -> None:
    from isobole.lab.record import study_of

    kindling = study_of(KIN).protocol.kindling
    assert kindling is not None
    rule = kindling.staircase
    series = staircase(rule.start_ua, rule.factor, rule.max_ua)
    for number, current in enumerate(series[:7], start=1):
        asked = fields(page(ana, rat()))
        steps = [s for s in study_of(KIN).sessions if s.animal_id == "K01"]
        wanted = next_current(steps, rule).current_ua
        assert wanted == pytest.approx(current)
        assert float(asked["current_ua"]) == settable(current, rule)
        assert (asked["phase"], asked["number"]) == ("threshold", str(number))
        if number < 7:
            give(ana, ad="none")
    give(ana, ad="measured", add_s="14,25")
    found = {k.animal_id: k for k in reduce_study(study_of(KIN)).kindling}["K01"]
    assert found.adt_ua == settable(series[6], rule) == 30
    assert found.subthreshold == 6
    last = sessions()[-1]
    assert last.data == {
        "animal_id": "K01", "number": 7, "phase": "threshold", "current_ua": "30",
        "afterdischarge": "yes", "add_status": "measured", "add_ms": 14250,
        "observer": "ana", "ts": last.data["ts"],
    }  # fmt: skip
    assert (last.actor, last.device) == ("ana", "web-ana")
    html = page(ana, rat())
    assert "threshold found" in html
    assert "Threshold 30 µA after 6 stimuli below it" in html
    assert fields(html)["phase"] == "kindling"
    assert fields(html)["current_ua"] == "500"


def test_a_deviation_is_asked_about_kept_and_recorded(ana: Any) -> None:
    html = give(ana, status=422, ad="none", current_ua="25", seizure_s="3")
    assert "is this so?" in html
    assert not sessions()
    again = fields(html)
    assert (again["current_ua"], again["ad"], again["seizure_s"]) == ("25", "none", "3")
    # Another current than the one confirmed asks anew.
    assert post(ana, rat(), {**again, "current_ua": "30", "confirm": "current=25"}, 422)
    post(ana, rat(), {**again, "confirm": "current=25"}, 302)
    assert sessions()[-1].data["proposed_ua"] == "10"
    html = page(ana, rat())
    assert "10 µA was asked for" in html
    # After 25 µA, which stands in the series (24.9), the next of it follows.
    assert fields(html)["current_ua"] == "30"
    give(ana, ad="none")
    assert "proposed_ua" not in sessions()[-1].data


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"ad": "measured", "add_s": "301"}, "add-long=301000"),
        ({"ad": "measured", "add_s": "2.9"}, "add-short=2900"),
        ({"ad": "none", "seizure_s": "300.5"}, "seizure-long=300500"),
        ({"ad": "none", "latency_s": "181"}, "latency-long=181000"),
        ({"ad": "none", "stage": "5"}, "stage-without-afterdischarge=5"),
        ({"ad": "none", "stage": "0", "seizure_s": "4"}, "stage-and-seizure=0"),
    ],
)
def test_implausible_entries_are_confirmed_in_place(
    ana: Any, typed: dict[str, str], key: str
) -> None:
    html = give(ana, status=422, **typed)
    assert f'value="{key}"' in html
    assert not sessions()
    post(ana, rat(), {**fields(html), "confirm": key}, 302)
    assert len(sessions()) == 1


def test_kindling_before_a_threshold_is_asked_about(ana: Any) -> None:
    html = give(ana, status=422, at="kindling", ad="none")
    asked = re.findall(r'name="confirm" value="([^"]*)"', html)
    assert asked == ["no-stage=kindling", "no-threshold=kindling"]
    post(ana, rat(), {**fields(html), "confirm": asked}, 302)
    html = give(ana, status=422, at="kindling", ad="none", stage="1")
    asked = re.findall(r'name="confirm" value="([^"]*)"', html)
    assert asked == ["too-soon=1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "It is not said whether there was an afterdischarge"),
        ({"ad": "measured"}, "The afterdischarge has no duration"),
        ({"ad": "measured", "add_s": "0"}, "No afterdischarge is not a duration of 0"),
        ({"ad": "none", "add_s": "12"}, "A duration is typed, but another answer"),
        ({"ad": "measured", "add_s": "12.0005"}, "finer than a millisecond"),
        ({"ad": "measured", "add_s": "99999"}, "longer than a day"),
        ({"ad": "measured", "add_s": "1e3"}, "is no duration of the afterdischarge"),
        ({"ad": "measured", "add_s": "٣"}, "is no duration of the afterdischarge"),
        ({"ad": "none", "seizure_s": "-4"}, "is no duration of the seizure"),
        ({"ad": "none", "current_ua": "NaN"}, "not between 0 and 100 000"),
        ({"ad": "none", "current_ua": "sNaN"}, "not between 0 and 100 000"),
        ({"ad": "none", "current_ua": "1e999"}, "not between 0 and 100 000"),
        ({"ad": "none", "current_ua": "0"}, "not between 0 and 100 000"),
        ({"ad": "none", "current_ua": "<b>"}, "is no current"),
        ({"ad": "none", "current_ua": ""}, "The current is missing"),
        ({"ad": "none", "stage": "6"}, "is not on the scale"),
        ({"ad": "none", "stage": "\0"}, "is not on the scale"),
        ({"ad": "none", "phase": "later"}, "The phase is not known"),
        ({"ad": "none", "number": "-1"}, "The session has no number"),
        ({"ad": "none", "condition": "A"}, "Only a test session has a condition"),
        ({"ad": "none", "row": "a\0b"}, "NUL"),
        ({"ad": "none", "row": "x" * 400}, "400 characters"),
    ],
)
def test_bad_inputs_are_said_and_kept(
    ana: Any, typed: dict[str, str], said: str
) -> None:
    html = give(ana, status=422, **{"latency_s": "7.5", **typed})
    assert said in unescape(html)
    assert fields(html)["latency_s"] == "7.5"
    assert "<b>" not in html
    assert not sessions()


def test_a_form_sent_twice_is_stored_once(ana: Any) -> None:
    form = {**fields(page(ana, rat())), "ad": "none"}
    for _ in range(3):
        post(ana, rat(), form, 302)
    assert len(sessions()) == 1
    # Changed and sent again: a correction is wanted, or another stimulus; not guessed.
    html = post(ana, rat(), {**form, "ad": "later"}, 422)
    assert "was stored at" in html
    assert len(sessions()) == 1


def test_a_script_is_told_where_to_go_and_what_is_said_waits_there(ana: Any) -> None:
    form = {**fields(page(ana, rat())), "ad": "none"}
    answer = ana.post(rat(), form, headers={"X-Sent-By": "script"})
    assert (answer.status_code, answer["X-Go-To"]) == (204, rat())
    assert "Stored: threshold session 1 of K01, 10 µA" in page(ana, rat())


def test_two_who_enter_one_rat_see_each_others_rows_first(lab: Any, ana: Any) -> None:
    ben = lab.client("ben")
    mine = {**fields(page(ana, rat())), "ad": "none"}
    theirs = {**fields(page(ben, rat())), "ad": "later"}
    post(ben, rat(), theirs, 302)
    html = post(ana, rat(), mine, 422)
    assert "threshold session 1 was stored meanwhile by ben" in unescape(html)
    again = fields(html)
    assert (again["number"], again["ad"]) == ("2", "none")
    assert again["current_ua"] == "10"
    post(ana, rat(), again, 302)  # 10 µA after an afterdischarge: a new staircase
    assert [e.data["number"] for e in sessions()] == [1, 2]


def test_a_row_that_comes_while_the_form_is_judged_is_seen_first(
    lab: Any, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.bench import kindling
    from isobole.lab.record import NewRow, append

    form = {**fields(page(ana, rat())), "ad": "none"}
    first = kindling.store

    def slower(access: Any, row: Any, *, read: int) -> Any:
        monkeypatch.setattr(kindling, "store", first)
        other = {**row.data, "observer": "ben"}
        append(KIN, [NewRow("session.add", "K01", other)], actor="ben", device="b")
        append(KIN, [NewRow("session.add", "K02", {**other, "animal_id": "K02"})],
               actor="ben", device="b")  # fmt: skip
        return first(access, row, read=read)

    monkeypatch.setattr(kindling, "store", slower)
    html = post(ana, rat(), form, 422)
    assert "ben stored a row of K01 while you typed" in html
    assert fields(html)["number"] == "2"
    assert [e.obj for e in sessions()] == ["K01", "K02"]
    post(ana, rat(), {**fields(html), "confirm": "current=10"}, 302)
    assert [e.obj for e in sessions()] == ["K01", "K02", "K01"]


def test_a_database_that_cannot_keep_it_loses_nothing(
    ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.record import NotStored, _store

    def full(*_: Any) -> Any:
        raise NotStored("The disk is full; free some space")

    form = {**fields(page(ana, rat())), "ad": "later", "seizure_s": "12.5"}
    with monkeypatch.context() as broken:
        broken.setattr(_store.writer, "run", full)
        html = post(ana, rat(), form, 503)
    assert "Not stored" in html
    assert "The disk is full" in html
    again = fields(html)
    assert {k: again[k] for k in ("row", "ad", "seizure_s")} == {
        k: form[k] for k in ("row", "ad", "seizure_s")
    }
    post(ana, rat(), again, 302)
    assert len(sessions()) == 1


def test_a_duration_is_measured_later_by_an_amendment(ana: Any) -> None:
    give(ana, ad="none")
    give(ana, ad="later")
    assert sessions()[-1].data.get("add_status") is None
    assert "1 duration to measure" in page(ana, LIST)
    row = sessions()[-1]
    address = f"{LIST}/row/{row.id}"
    assert "Measure or correct" in page(ana, rat())
    form = {**fields(page(ana, address)), "ad": "measured", "add_s": "21.5"}
    assert "The correction has no reason" in post(ana, address, form, 422)
    form["reason"] = "measured from the EEG"
    post(ana, address, form, 302)
    post(ana, address, form, 302)  # the answer was lost: sent again, stored once
    last = rows()[-1]
    assert (last.action, last.supersedes, last.reason) == (
        "amend", row.id, "measured from the EEG",
    )  # fmt: skip
    assert last.data == {**row.data, "add_status": "measured", "add_ms": 21500}
    assert sum(e.action == "amend" for e in rows()) == 1
    assert "to measure" not in page(ana, LIST)
    html = page(ana, rat())
    assert "reason: measured from the EEG" in html
    assert "does not hold" in html
    # The corrected row is not corrected a second time, its correction is.
    assert ana.get(address).status_code == 302
    other = {**form, "row": "another", "add_s": "22"}
    assert "corrected meanwhile" in post(ana, address, other, 422)
    from isobole.lab.record import study_of

    assert folder_files(rows()) == folder_files(study_from_record(rows()).record)
    assert study_of(KIN).sessions[-1].add_ms == 21500


def test_corrections_say_something_and_keep_what_they_do_not_ask(ana: Any) -> None:
    give(ana, ad="none")
    row = sessions()[-1]
    address = f"{LIST}/row/{row.id}"
    form = {**fields(page(ana, address)), "reason": "no reason"}
    assert "Nothing differs" in post(ana, address, form, 422)
    sent = {**form, "stage": "1", "phase": "test", "number": "9", "condition": ""}
    post(ana, address, sent, 302)
    assert rows()[-1].data == {**row.data, "stage": "1"}
    back = f"{LIST}/row/{rows()[-1].id}"
    taken = {**fields(page(ana, back)), "reason": "other rat", "void": "1", "ad": ""}
    post(ana, back, taken, 302)
    assert rows()[-1].data == {"void": 1}
    html = page(ana, rat())
    assert "taken back" in html
    assert fields(html)["number"] == "1"


def test_who_may_correct_whose_row(lab: Any, ana: Any) -> None:
    give(ana, ad="none")
    address = f"{LIST}/row/{sessions()[-1].id}"
    ben, dora = lab.client("ben"), lab.client("dora")
    form = {**fields(page(ben, address)), "stage": "1", "reason": "seen on the film"}
    assert "only they or the designer may" in post(ben, address, form, 422)
    # A designer corrects, and enters nothing.
    assert 'id="entry"' not in page(dora, rat())
    form = {**fields(page(ana, rat())), "ad": "none", "for": "dora"}
    assert "Only a scorer" in post(dora, rat(), form, 422)
    form = {**fields(page(dora, address)), "stage": "1", "reason": "seen on the film"}
    post(dora, address, form, 302)
    assert rows()[-1].actor == "dora"
    assert rows()[-1].data["observer"] == "ana"
    paul = lab.client("paul")
    for where in (LIST, rat(), address):
        assert paul.get(where).status_code == 403
        assert lab.client("eve").get(where).status_code == 404
    assert paul.post(rat(), form).status_code == 403


def test_what_is_not_there_is_said(ana: Any) -> None:
    assert ana.get(rat("K99")).status_code == 404
    assert ana.get(f"{LIST}/row/none").status_code == 404
    other = rows()[0].id
    assert ana.get(f"{LIST}/row/{other}").status_code == 404
    assert ana.post(f"{LIST}/row/{other}", {}).status_code == 404
    assert ana.get(rat("K01", "nonsense")).status_code == 200


def test_a_form_of_somebody_else_is_not_signed_with_ones_own_name(
    lab: Any, ana: Any
) -> None:
    form = {**fields(page(ana, rat())), "ad": "none"}
    html = post(lab.client("ben"), rat(), form, 422)
    assert "ana opened this form, and ben is logged in now" in html
    post(lab.client("ben"), rat(), fields(html), 302)
    assert sessions()[-1].data["observer"] == "ben"


def test_a_study_that_is_none_of_kindling_says_so(lab: Any) -> None:
    lab.study(ana="scorer")
    ana = lab.client("ana")
    for end in ("", "/rat/R01", "/row/x", "/complete"):
        assert "not a kindling study" in page(ana, f"/studies/PTZ-VPA-MG/kindling{end}")


def table(html: str) -> dict[str, list[str]]:
    """Return the cells of the list of rats by rat."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.S)[1:]:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        texts = [" ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in cells]
        found[texts[0]] = texts[1:]
    return found


def test_the_list_says_what_the_reducer_says(scored: Any) -> None:
    from isobole.lab.record import study_of

    shown = table(page(scored, LIST))
    reduced = reduce_study(study_of(KIN)).kindling
    assert list(shown) == [k.animal_id for k in reduced]
    for one in reduced:
        state, adt, count, stages, run, _ = shown[one.animal_id]
        assert float(adt) == one.adt_ua
        kindled = [s for s in one.sessions if s.phase == "kindling"]
        assert count == f"{len(kindled)} of 20"
        assert stages.split() == [s.stage for s in kindled[-6:]]
        if one.included and one.fully_kindled:
            assert state == f"● fully kindled at session {one.kindled_at_session}"
            assert run == "3 of 3"
        elif not one.included:
            assert state.startswith("– left out of the analysis")
            assert ("fully kindled at" in state) == one.fully_kindled
    both = [k.included and k.fully_kindled for k in reduced]
    assert sum(cells[0].startswith("● ") for cells in shown.values()) == sum(both)
    assert sum(both) == 14


@pytest.mark.parametrize("kept", [3, 9, 10, 11, 12])
def test_the_count_in_a_row_is_the_run_at_the_end(lab: Any, kept: int) -> None:
    """Of K01 the stages are 0 1 0 1 1 2 2 3 3 4 4 4: three in a row at the end."""
    entries = [
        e
        for e in entries_until("analysis.lock", "kindling-magnesium")
        if e.action != "exclude"
        and not (e.obj == "K01" and e.data.get("phase") == "test")
        and not (
            e.obj == "K01"
            and e.data.get("phase") == "kindling"
            and e.data["number"] > kept
        )
    ]
    from lab_records import rechained

    lab.stored(rechained(entries), ana="scorer")
    run = {3: 0, 9: 0, 10: 1, 11: 2, 12: 3}[kept]
    state, *_, count, _ = table(page(lab.client("ana"), LIST))["K01"]
    assert count == f"{run} of 3"
    assert ("fully kindled" in state) == (kept == 12)


def test_the_trace_is_the_table(scored: Any) -> None:
    from isobole.lab.record import study_of

    html = page(scored, rat("K11"))
    data = re.search(r'id="trace-data" type="application/json">(.*?)</script>', html)
    assert data is not None
    drawn = json.loads(data[1])
    found = {k.animal_id: k for k in reduce_study(study_of(KIN)).kindling}["K11"]
    assert drawn["number"] == [s.number for s in found.sessions]
    assert drawn["add_s"] == [s.add_s for s in found.sessions]
    assert drawn["stage"] == [s.stage_order for s in found.sessions]
    progress = html[html.index("Sessions of K11 that hold") :]
    progress = progress[: progress.index("</table>")]
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", progress)[1:]
    ]
    assert len(cells) == len(found.sessions)
    for row, session in zip(cells, found.sessions, strict=True):
        assert row[0] == str(session.number)
        assert row[2] == (session.stage or "")
        if session.add_s is not None:
            assert float(row[3]) == session.add_s
    # The row that was corrected in the bundled record stands there with its reason.
    assert "reason: stage of the rat before it was typed" in html


def test_conditions_are_codes_while_the_study_is_blind(lab: Any, scored: Any) -> None:
    for word in ("drug", "Vehicle", "valproate", "magn", "drug-150"):
        html = give(scored, status=422, at="test", ad="later", stage="2",
                    condition=word)  # fmt: skip
        assert "tells what the rat was given" in html, word
        assert fields(html)["condition"] == word
    html = give(scored, status=422, at="test", ad="later", stage="2")
    assert "The condition of the test is missing" in html
    post(scored, rat(), {**fields(html), "condition": "A"}, 302)
    assert sessions()[-1].data["condition"] == "A"
    # Words that stand in the record already are hidden, and survive a correction.
    assert re.search(r"<td>(drug|vehicle)</td>", page(scored, rat())) is None
    assert "hidden while blind" in page(scored, rat())
    dora = lab.client("dora")
    held = next(e for e in sessions() if e.data.get("condition") == "drug")
    assert "<td>drug</td>" in page(dora, rat(held.obj))
    # A designer puts the codes into the words of the analysis.
    address = f"{LIST}/row/{sessions()[-1].id}"
    form = {**fields(page(dora, address)), "condition": "drug", "reason": "A is drug"}
    post(dora, address, form, 302)
    assert rows()[-1].data["condition"] == "drug"
    assert "A is drug" not in page(scored, rat())


def test_a_hidden_condition_survives_the_correction_of_a_scorer(
    lab: Any, ana: Any
) -> None:
    from isobole.lab.record import NewRow, append

    data = {"animal_id": "K01", "number": 1, "phase": "test", "condition": "drug",
            "current_ua": "500", "afterdischarge": "yes", "observer": "ana",
            "ts": "2026-05-01T08:00:00.000Z"}  # fmt: skip
    append(KIN, [NewRow("session.add", "K01", data)], actor="ana", device="b")
    address = f"{LIST}/row/{sessions()[-1].id}"
    html = page(ana, address)
    assert fields(html)["condition"] == ""
    form = {**fields(html), "stage": "2", "reason": "forgotten"}
    post(ana, address, form, 302)
    assert rows()[-1].data == {**data, "stage": "2"}


def test_scoring_is_signed_with_the_password(lab: Any, ana: Any) -> None:
    address = f"{LIST}/complete"
    assert "nothing to sign" in page(ana, address)
    give(ana, ad="none")
    give(ana, ad="later")
    assert "Sign for 1 rat" in page(ana, address)
    post(ana, address, {"signature_password": "wrong"}, 422)
    word = {"signature_password": lab.passwords["ana"]}
    post(ana, address, word, 302)
    signed = rows()[-1]
    assert signed.action == "score.complete"
    assert signed.data == {
        "animal_id": "K01", "observer": "ana", "signed": "scoring complete",
    }  # fmt: skip
    assert "that you have not signed for" in post(ana, address, word, 422)
    form = fields(page(ana, rat(phase="threshold")))
    html = post(ana, rat(), {**form, "ad": "none"}, 422)
    assert "You signed that the scoring of K01 is complete" in html
    # What stands may still be corrected; another rat may still be entered.
    held = [e for e in sessions() if e.obj == "K01"][-1]
    where = f"{LIST}/row/{held.id}"
    typed = {"ad": "measured", "add_s": "9", "reason": "measured from the EEG"}
    post(ana, where, {**fields(page(ana, where)), **typed}, 302)
    give(ana, "K02", ad="none")


def test_after_the_lock_nothing_is_entered(lab: Any) -> None:
    lab.study("kindling-magnesium", ana="scorer")
    ana = lab.client("ana")
    html = page(ana, rat())
    assert "The analysis is locked" in html
    assert 'id="entry"' not in html
    assert "Correct<" not in html
    row = sessions()[0]
    typed = {**fields(page(ana, f"{LIST}/row/{row.id}")), "stage": "1", "reason": "x"}
    assert "The analysis is locked" in post(ana, f"{LIST}/row/{row.id}", typed, 422)


def test_the_pages_do_not_depend_on_the_allocation(lab: Any, lab_folder: Any) -> None:
    """Two studies alike but for codes, commitment and list: the same bytes."""
    from isobole.lab.models import Membership, RecordRow, Study
    from isobole.lab.record._chain import forget
    from lab_records import rechained

    entries = entries_until("analysis.lock", "kindling-magnesium")
    other = []
    for entry in entries:
        data = dict(entry.data)
        if entry.action == "allocation.commit":
            swap = {"JX": "QQ", "KW": "JX"}
            listed = [
                {**row, "group_code": swap[row["group_code"]]} for row in data["rows"]
            ]
            data = {**data, "commitment": "f" * 64, "rows": listed[::-1]}
        other.append(
            {
                name: getattr(entry, name)
                for name in ("id", "ts", "actor", "device", "device_seq", "action",
                             "obj", "supersedes", "reason")
            }
            | {"data": data}
        )  # fmt: skip

    def seen() -> list[bytes]:
        client = lab.client("ana")
        where = [LIST, f"{LIST}/complete", *(rat(f"K{n:02d}") for n in range(1, 17))]
        bodies = [client.get(address).content for address in where]
        # What is drawn at random for every form: its secret and its row's id.
        drawn = rb'(name="(?:csrfmiddlewaretoken|row)" value="|X-CSRFToken": ")[^"]*'
        return [re.sub(drawn, rb"\1", body) for body in bodies]

    lab.stored(entries, ana="scorer")
    one = seen()
    from django.db import connection

    with connection.cursor() as cursor:
        # The triggers that keep rows are dropped here alone: the study is replaced.
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    Membership.objects.all().delete()
    RecordRow.objects.all().delete()
    Study.objects.all().delete()
    forget()
    lab.stored(rechained(other), ana="scorer")
    assert seen() == one
    for body in one:
        assert b"JX" not in body
        assert b"KW" not in body


def test_the_way_to_stimulations_is_shown_where_there_are_some(lab: Any) -> None:
    from lab_records import entries_until

    people = {"ana": "scorer", "dora": "designer", "paul": "pharmacist"}
    lab.study(**people)
    lab.stored(entries_until("session.add", "kindling-magnesium"), **people)
    shown = {
        (study, name): f'href="/studies/{study}/kindling"'
        in page(lab.client(name), f"/studies/{study}/protocol")
        for study in (KIN, "PTZ-VPA-MG")
        for name in people
    }
    assert [key for key, there in shown.items() if there] == [
        (KIN, "ana"),
        (KIN, "dora"),
    ]
    # Who may not open the bench is not sent there.
    for name, there in (("ana", True), ("dora", False)):
        html = page(lab.client(name), "/studies/PTZ-VPA-MG/kindling")
        assert ("scored at the bench.</a>" in html) is there
