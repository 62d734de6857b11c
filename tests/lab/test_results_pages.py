"""Analysis pages: by code before the lock, ED50s after it; who sees which of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from isobole.studies import Draft
from lab_results_studies import Led, complete, led

ROLES = {
    "ana": "designer",
    "phil": "pharmacist",
    "dora": "dosing",
    "ben": "scorer",
    "cleo": "scorer",
    "stan": "analyst",
}


@pytest.fixture
def study(lab: Any, tmp_path: Path) -> Led:
    """Return a scored study whose groups nobody in the lab knows."""
    return led(lab, tmp_path, **ROLES)


@pytest.fixture
def either_study(either_lab: Any, tmp_path: Path) -> Led:
    """Return the same on each kind of database."""
    return led(either_lab, tmp_path, **ROLES)


@pytest.fixture(autouse=True)
def no_analysis_of_another_test() -> Iterator[None]:
    from isobole.lab.results import _pool

    yield
    _pool.pool.clear()


def opened(client: Any, address: str) -> Any:
    """Return a page once the analysis is ready."""
    for _ in range(200):
        page = client.get(address)
        if page.status_code != 202:
            return page
        time.sleep(0.1)
    msg = f"{address} computes for ever"
    raise AssertionError(msg)


def text_of(page: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", unescape(plain))


def every_page(client: Any, study_id: str) -> dict[str, Any]:
    """Return each page and download of an analysis by its address."""
    start = f"/studies/{study_id}/analysis"
    first = opened(client, start)
    assert first.status_code == 200, text_of(first)
    named = re.findall(rf'href="({start}/part/[^"]+)"', first.content.decode())
    more = ("print", "report.html", "analysis.json", "outcomes.csv")
    addresses = [*dict.fromkeys(named), *(f"{start}/{name}" for name in more)]
    found = {start: first, **{one: opened(client, one) for one in addresses}}
    figures = {
        address
        for page in found.values()
        for address in re.findall(r'<img src="([^"]+)"', page.content.decode())
    }
    return found | {one: client.get(unescape(one)) for one in sorted(figures)}


def signed(lab: Any, name: str, **more: str) -> dict[str, str]:
    return {"signature_password": lab.passwords[name], **more}


def locked(lab: Any, study: Led) -> None:
    complete(study.study_id)
    page = lab.client("stan").post(
        f"/studies/{study.study_id}/analysis/lock", signed(lab, "stan")
    )
    assert page.status_code == 302, text_of(page)


def revealed(lab: Any, study: Led) -> None:
    locked(lab, study)
    page = lab.client("phil").post(
        f"/studies/{study.study_id}/reveal", {"passphrase": study.passphrase}
    )
    assert page.status_code == 302, text_of(page)


def ed50s(study_id: str) -> list[str]:
    """Return the ED50s that the opened groups give, as reports write them."""
    from isobole.analysis import analyze_study
    from isobole.lab.record import study_of
    from isobole.results import Missing, format_number

    found = analyze_study(study_of(study_id)).analysis("ed50").result
    assert not isinstance(found, Missing)
    effects = found.to_dict()["effects"]
    return [
        format_number(one[name], 4)
        for one in effects
        for name in ("value", "low", "high")
        if one.get(name) is not None and one[name] != round(one[name])
    ]


def test_before_the_lock_nothing_has_an_ed50(
    either_lab: Any, either_study: Led
) -> None:
    lab, study = either_lab, either_study
    pages = every_page(lab.client("stan"), study.study_id)
    assert {page.status_code for page in pages.values()} == {200}
    codes = sorted(study.key.groups)
    by_code = text_of(pages[f"/studies/{study.study_id}/analysis"])
    assert all(code in by_code for code in codes)
    assert "the analysis is not locked: groups are shown by code" in by_code
    result = pages[f"/studies/{study.study_id}/analysis/analysis.json"].json()
    assert result["naming"] == "code"
    for one in result["analyses"]:
        if one["outcome"] in ("ed50", "potency_ratio", "interaction_index"):
            assert one["result"] is None
            assert "codes" in one["reason"]

    # The same pages once everything is open hold the numbers looked for.
    revealed(lab, study)
    numbers = ed50s(study.study_id)
    after = every_page(lab.client("stan"), study.study_id)
    open_pages = " ".join(text_of(page) for page in after.values())
    assert all(number in open_pages for number in numbers)
    for address, page in pages.items():
        for number in numbers:
            assert number not in text_of(page), address
        assert "isobologram" not in text_of(page).lower(), address


def test_a_passphrase_is_not_tried_for_ever(
    lab: Any, study: Led, tmp_path: Path
) -> None:
    # Neither the right password sent along nor a key of one's own clears the count.
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = lab.client("phil")
    address = f"/studies/{study.study_id}/unblind"
    given = signed(lab, "phil", animal="M05", reason="found moribund")
    said = []
    for count in range(7):
        page = client.post(address, given | {"passphrase": f"guess {count}"})
        said.append("Too many wrong" in text_of(page))
        mine = SimpleUploadedFile("my.key", study.key_text.encode())
        if count < 5:
            sent = {"passphrase": study.passphrase, "key_file": mine}
            asked = client.post(f"/studies/{study.study_id}/next-dose", sent)
            assert "passphrase is wrong" not in text_of(asked)
    assert said == [False] * 5 + [True] * 2
    page = client.post(address, given | {"passphrase": study.passphrase})
    assert "Too many wrong" in text_of(page)
    boss = lab.person("boss", administrator=True)
    lab.client(boss.username).post("/users/phil", {"do": "clear"})
    page = client.post(address, given | {"passphrase": study.passphrase})
    assert page.status_code == 200


def test_groups_are_named_once_they_are_revealed(
    either_lab: Any, either_study: Led
) -> None:
    lab, study = either_lab, either_study
    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    locked(lab, study)
    page = text_of(opened(client, start))
    assert "the key was not opened: groups are shown by code" in page
    assert "Analysis locked done by stan" in page
    client = lab.client("phil")
    told = client.post(
        f"/studies/{study.study_id}/reveal", {"passphrase": "wrong horse"}
    )
    assert told.status_code == 422
    assert "passphrase is wrong" in text_of(told)
    client.post(f"/studies/{study.study_id}/reveal", {"passphrase": study.passphrase})
    page = text_of(client.get(f"/studies/{study.study_id}/reveal"))
    for code, group in study.key.groups.items():
        assert f"{code} {group}" in page
    assert "the list is the one the seed draws" in page
    page = text_of(opened(lab.client("stan"), start))
    assert "the analysis was locked and the key opened" in page
    again = client.post(
        f"/studies/{study.study_id}/reveal", {"passphrase": study.passphrase}
    )
    assert again.status_code == 422
    assert "revealed already" in text_of(again)


def test_a_passphrase_is_nowhere(lab: Any, study: Led) -> None:
    from isobole.lab.models import AccessRow, RecordRow

    revealed(lab, study)
    for row in (*AccessRow.objects.all(), *RecordRow.objects.all()):
        assert study.passphrase not in row.data
    logged = AccessRow.objects.filter(study_id=study.study_id)
    assert "reveal" in logged.values_list("what", flat=True)


def test_groups_wait_for_the_lock(lab: Any, study: Led) -> None:
    page = lab.client("phil").post(
        f"/studies/{study.study_id}/reveal", {"passphrase": study.passphrase}
    )
    assert page.status_code == 422
    assert "not locked yet" in text_of(page)


def test_the_lock_is_signed_and_says_what_it_rests_on(
    either_lab: Any, either_study: Led
) -> None:
    lab, study = either_lab, either_study
    from isobole.lab.record import entries_of

    client = lab.client("stan")
    address = f"/studies/{study.study_id}/analysis/lock"
    assert "Nobody signed that scoring is complete" in text_of(client.get(address))
    page = client.post(address, signed(lab, "stan"))
    assert page.status_code == 422
    assert "Nobody signed" in text_of(page)
    page = client.post(address, {"unsigned": "yes", "signature_password": "guess"})
    assert page.status_code == 422
    complete(study.study_id, only=30)
    said = text_of(client.get(address))
    assert "signed complete by ben (30 animals, last" in said
    assert "Nobody signed it of M31, M32." in said
    page = client.post(address, signed(lab, "stan"))
    assert "the scoring of 2 animals is complete" in text_of(page)
    complete(study.study_id)
    assert "Nobody signed" not in text_of(client.get(address))
    assert client.post(address, signed(lab, "stan")).status_code == 302
    (row,) = [e for e in entries_of(study.study_id) if e.action == "analysis.lock"]
    assert row.data["signed"] == "analysis locked"
    assert "scoring" not in row.data
    assert row.actor == "stan"
    page = client.post(address, signed(lab, "stan"))
    assert page.status_code == 422
    assert "locked already" in text_of(page)


def test_a_lock_without_a_signed_end_of_scoring_says_so(lab: Any, study: Led) -> None:
    from isobole.lab.record import entries_of

    page = lab.client("stan").post(
        f"/studies/{study.study_id}/analysis/lock",
        signed(lab, "stan", unsigned="yes"),
    )
    assert page.status_code == 302
    row = entries_of(study.study_id)[-1]
    assert row.data["scoring"] == "not signed complete"


def test_one_animal_in_an_emergency(either_lab: Any, either_study: Led) -> None:
    lab, study = either_lab, either_study
    from isobole.lab.models import AccessRow
    from isobole.lab.record import entries_of

    client = lab.client("phil")
    address = f"/studies/{study.study_id}/unblind"
    given = {"animal": "M05", "reason": "found  moribund", "passphrase": "x"}
    for change, said in (
        ({"animal": "M99"}, "No animal M99"),
        ({"reason": " "}, "for a reason only"),
        ({"reason": "ill " * 200}, "at most 500 characters"),
        ({}, "the password was not entered"),
        (signed(lab, "phil"), "passphrase is wrong"),
    ):
        page = client.post(address, given | change)
        assert page.status_code == 422
        assert said in text_of(page)
        assert "unblind" not in {e.action for e in entries_of(study.study_id)}
    page = client.post(
        address, signed(lab, "phil", **given) | {"passphrase": study.passphrase}
    )
    assert page.status_code == 200
    assert f"M05 is in group {study.key.group_of('M05')}" in text_of(page)
    assert page["Cache-Control"] == "no-store"
    row = entries_of(study.study_id)[-1]
    assert (row.action, row.obj, row.actor) == ("unblind", "M05", "phil")
    assert row.data == {
        "animal_id": "M05",
        "reason": "found moribund",
        "signed": "one animal unblinded",
    }
    assert AccessRow.objects.filter(what="unblind", actor="phil").count() == 1
    listed = text_of(client.get(address))
    assert "M05, by phil" in listed
    # Reports mark the animal; they do not tell its group.
    pages = every_page(lab.client("stan"), study.study_id)
    assert any(
        "M05" in text_of(p) and "unblinded" in text_of(p) for p in pages.values()
    )


def test_who_may_open_what(lab: Any, study: Led) -> None:
    lab.person("otto")
    lab.person("adam", administrator=True)
    start = f"/studies/{study.study_id}"
    results = ("/analysis/print", "/analysis/analysis.json", "/analysis/outcomes.csv")
    results += (
        "/analysis/report.html",
        "/analysis/figures/1.svg",
        "/analysis/progress",
    )
    may = {
        **{path: {"ana", "stan"} for path in results},
        "/analysis/part/record": {"ana", "stan"},
        "/analysis": {"ana", "stan", "phil", "adam"},
        "/analysis/lock": {"stan"},
        "/reveal": {"phil", "stan"},
        "/unblind": {"phil", "adam"},
        "/next-dose": {"phil"},
        "/folder.zip": {"ana", "stan", "phil"},
        "/events/import": {"ana", "ben", "cleo"},
    }
    clients = {name: lab.client(name) for name in (*ROLES, "adam", "otto")}
    for path, those in may.items():
        for name, client in clients.items():
            page = opened(client, start + path)
            due = 200 if name in those else 404 if name == "otto" else 403
            assert page.status_code == due, (path, name)
    for path in ("/analysis/lock", "/reveal", "/unblind", "/next-dose"):
        for name in ("dora", "ben"):
            assert lab.client(name).post(start + path).status_code == 403


def test_who_scores_as_well_sees_nothing_before_the_lock(lab: Any, study: Led) -> None:
    from isobole.lab.models import Membership

    Membership.objects.create(
        study_id=study.study_id, user=lab.person("ana"), role="scorer"
    )
    client = lab.client("ana")
    start = f"/studies/{study.study_id}"
    for path in ("/analysis", "/analysis/print", "/folder.zip"):
        assert client.get(start + path).status_code == 403
    locked(lab, study)
    assert opened(client, f"{start}/analysis").status_code == 200


def test_errors_are_shown_with_their_animals(lab: Any, study: Led) -> None:
    from isobole.lab.record import append_drafts

    data = {"animal_id": "M09", "criterion": "bad-day", "reason": "<b>rain</b>"}
    append_drafts(
        study.study_id,
        [Draft("exclude", "M09", data)],
        actor="ana",
        device="web-ana",
    )
    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    page = opened(client, start)
    assert page.status_code == 422
    assert "bad-day, which is no criterion" in text_of(page)
    assert f"/studies/{study.study_id}/audit?animal=M09" in page.content.decode()
    assert "despite-errors" not in text_of(page)
    marked = opened(client, f"{start}?despite=errors")
    assert marked.status_code == 200
    assert "made despite 1 error(s)" in text_of(marked)
    part = opened(client, f"{start}/part/animals?despite=errors")
    assert "Despite errors." in text_of(part)
    assert opened(client, f"{start}/analysis.json").status_code == 422
    found = opened(client, f"{start}/analysis.json?despite=errors").json()
    assert found["command"].endswith("--despite-errors --json")
    assert len(found["despite_errors"]) == 1
    # The lock is refused, and says why.
    assert "bad-day" in text_of(client.get(f"{start}/lock"))
    assert client.post(f"{start}/lock", signed(lab, "stan")).status_code == 422


def test_a_never_blind_study_waits_for_its_lock_too(lab: Any, tmp_path: Path) -> None:
    from isobole.datasets import study_path
    from isobole.lab.record import store_folder

    lab.person("ana")
    files = {
        file.name: file.read_bytes()
        for file in study_path("ptz-interaction").iterdir()
        if file.name != "record.jsonl"
    }
    stored = store_folder(files, by="ana")
    pages = every_page(lab.client("ana"), stored.study_id)
    result = pages[f"/studies/{stored.study_id}/analysis/analysis.json"].json()
    assert not result["locked"]
    assert result["naming"] == "code"
    assert all(
        one["result"] is None
        for one in result["analyses"]
        if one["outcome"] in ("ed50", "interaction_index", "potency_ratio")
    )


def test_tests_with_drug_and_vehicle_wait_for_the_lock(lab: Any) -> None:
    from isobole.datasets import study_path
    from isobole.lab.results._computed import NAMED
    from isobole.studies import read_record

    rows = read_record(study_path("kindling-magnesium") / "record.jsonl")
    stop = next(k for k, e in enumerate(rows) if e.action == "analysis.lock")
    study = lab.stored(rows[:stop], ana="designer")
    start = f"/studies/{study.study_id}/analysis"
    found = opened(lab.client("ana"), f"{start}/analysis.json").json()
    tests = [a for a in found["analyses"] if a["reason"] == NAMED]
    assert len(tests) == 3
    assert all(one["notes"] == [] for one in tests)
    page = text_of(opened(lab.client("ana"), f"{start}/print"))
    assert "Crossover:" not in page


def test_an_analysis_is_made_once_for_a_record(lab: Any, study: Led) -> None:
    from isobole.lab.results import _asked, _pool

    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    opened(client, start)
    jobs = list(_pool.pool._jobs.values())
    opened(client, f"{start}/print")
    assert list(_pool.pool._jobs.values()) == jobs
    assert _asked.last_took(study.study_id) is not None
    complete(study.study_id)
    opened(client, start)
    assert len(_pool.pool) == 2


def test_while_it_computes_the_page_says_so(
    lab: Any, study: Led, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from isobole.lab.results import _asked, _shown

    may_end = Event()
    real = _asked.compute

    def slow(*args: Any, **more: Any) -> Any:
        assert may_end.wait(20)
        return real(*args, **more)

    monkeypatch.setattr(_asked, "compute", slow)
    monkeypatch.setattr(_shown, "SOON_S", 0.01)
    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    page = client.get(start)
    assert page.status_code == 202
    assert "s so far" in text_of(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    asked = client.get(f"{start}/progress")
    assert asked.status_code == 202
    assert "<html" not in asked.content.decode()
    may_end.set()
    assert opened(client, start).status_code == 200
    ready = client.get(f"{start}/progress")
    assert (ready.status_code, ready["HX-Refresh"]) == (200, "true")


def test_a_fault_is_a_sentence_and_can_be_tried_again(
    lab: Any, study: Led, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.results import _asked

    def broken(*args: Any, **more: Any) -> Any:
        raise ZeroDivisionError

    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    with monkeypatch.context() as patched:
        patched.setattr(_asked, "compute", broken)
        page = opened(client, start)
        assert page.status_code == 500
        assert "Something in isobole itself failed (ZeroDivisionError)" in text_of(page)
        assert opened(client, f"{start}/analysis.json").status_code == 500
        assert client.get(f"{start}/figures/1.svg").status_code == 404
    assert opened(client, start).status_code == 500
    assert client.post(f"{start}/again").status_code == 302
    assert opened(client, start).status_code == 200


def test_figures_are_kept_by_the_browser_and_only_for_their_record(
    lab: Any, study: Led
) -> None:
    client = lab.client("stan")
    start = f"/studies/{study.study_id}/analysis"
    page = opened(client, start).content.decode()
    address = unescape(re.findall(r'<img src="([^"]+)"', page)[0])
    figure = client.get(address)
    assert figure.status_code == 200
    assert figure["Content-Type"] == "image/svg+xml"
    assert "immutable" in figure["Cache-Control"]
    assert "default-src 'none'" in figure["Content-Security-Policy"]
    assert b"<script" not in figure.content
    complete(study.study_id)
    assert client.get(address).status_code == 404
    assert client.get(f"{start}/figures/99.svg").status_code == 404


def test_downloads_are_logged_with_the_head(lab: Any, study: Led) -> None:
    import json

    from isobole.lab.models import AccessRow
    from isobole.lab.record import entries_of
    from isobole.studies import head_hash

    client = lab.client("stan")
    start = f"/studies/{study.study_id}"
    head = head_hash(entries_of(study.study_id))
    for path in (
        "/analysis/report.html",
        "/analysis/analysis.json",
        "/analysis/outcomes.csv",
        "/folder.zip",
    ):
        page = opened(client, start + path)
        assert page.status_code == 200
        assert f'{head[:8]}.{path.rpartition(".")[2]}"' in page["Content-Disposition"]
        assert page["Content-Disposition"].startswith("attachment")
    rows = AccessRow.objects.filter(what="export")
    logged = [json.loads(row.data) for row in rows]
    assert [one["file"] for one in logged] == [
        "report.html",
        "analysis.json",
        "outcomes.csv",
        "folder",
    ]
    assert {one["head"] for one in logged} == {head}


def test_advice_is_shown_once_and_never_stored(lab: Any, study: Led) -> None:
    from isobole.lab.models import AccessRow
    from isobole.lab.record import entries_of

    client = lab.client("phil")
    address = f"/studies/{study.study_id}/next-dose"
    before = len(entries_of(study.study_id))
    given = {"ed50": "150", "passphrase": study.passphrase, "batch": "6"}
    for change, said in (
        ({"ed50": "-3"}, "ed50 is '-3'"),
        ({"ed50": ""}, "ed50 is missing"),
        ({"passphrase": ""}, "passphrase of the key is missing"),
        ({"passphrase": "wrong horse"}, "passphrase is wrong"),
        ({"drug": "caffeine"}, "caffeine"),
        ({"batch": "many"}, "batch is 'many'"),
    ):
        page = client.post(address, given | change)
        assert page.status_code == 422, change
        assert said in text_of(page)
        assert study.passphrase not in page.content.decode()
    page = client.post(address, given)
    assert page.status_code == 200, text_of(page)
    assert "For the pharmacist only" in text_of(page)
    figures = re.findall(r'<img src="([^"]+)"', page.content.decode())
    assert figures
    for figure in figures:
        assert client.get(unescape(figure)).status_code == 200
    assert len(entries_of(study.study_id)) == before
    assert AccessRow.objects.filter(what="next_dose").count() == 1
    # Nobody else can fetch the figure, pharmacist or not.
    from isobole.lab.models import Membership

    Membership.objects.create(
        study_id=study.study_id, user=lab.person("pia"), role="pharmacist"
    )
    assert lab.client("pia").get(unescape(figures[0])).status_code == 404
