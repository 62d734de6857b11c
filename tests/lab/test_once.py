"""A form is stored once: sent twice, or at a commit of which no answer came."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isobole.lab.models import AccessRow, RecordRow, Study
from isobole.lab.record import (
    NotStored,
    entries_of,
    log_access,
    verify_all,
    writer,
)
from isobole.studies import dosing_rows
from lab.broken_commits import Then, Way, way_to
from lab.conftest import Lab, on_postgresql
from lab_pages import blind_record, page, post, rechained
from lab_results_studies import Led, led

ID = "PTZ-VPA-MG"
DOSING = f"/studies/{ID}/dosing"
RECORD, LOG = 'INSERT INTO "lab_recordrow"', 'INSERT INTO "lab_accessrow"'


@pytest.fixture
def way(lab: Lab, fresh_database: Callable[[], str]) -> Iterator[Way]:
    """Let the lab stand on PostgreSQL, by a way that can break."""
    with way_to(fresh_database()) as way, on_postgresql(lab, way.url):
        yield way


def key_of(html: str, after: str = "<form") -> str:
    """Return the key of the first form after a text."""
    found = re.search(
        r'name="form_key" value="([0-9a-f]{32})"', html[html.index(after) :]
    )
    assert found is not None
    return found[1]


def dosed(lab: Lab) -> Any:
    """Return the client of somebody who gave the first syringe."""
    rows = blind_record("ptz-valproate-magnesium", given=False)
    lab.stored(rechained(rows), dora="dosing", ana="designer")
    client = lab.client("dora")
    post(client, f"{DOSING}/give", given(page(client, DOSING)), 302)
    return client


def given(html: str, place: int = 0, **more: Any) -> dict[str, Any]:
    from isobole.lab.record import study_of

    one = dosing_rows(study_of(ID))[place]
    return {
        "animal_id": one.animal_id,
        "number": one.number,
        "code": one.code,
        "weight_g": f"{one.weight_g:g}",
        "do": "give",
        "form_key": key_of(html, f'id="f-{one.code}"'),
        **more,
    }


def rows(action: str) -> list[Any]:
    return [entry for entry in entries_of(ID) if entry.action == action]


def intact() -> bool:
    ids = Study.objects.values_list("study_id", flat=True)
    return {report.state for _, report in verify_all(ids)} <= {"intact", "unchained"}


def test_the_way_makes_the_commit_and_tells_nobody(way: Way) -> None:
    """Or else the tests below would break nothing."""
    from django.db import OperationalError, connection, transaction

    assert connection.vendor == "postgresql"
    way.break_commit("'told'")
    with pytest.raises(OperationalError), transaction.atomic():
        connection.cursor().execute("CREATE TABLE told AS SELECT 'told'")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('told') IS NOT NULL")
        assert cursor.fetchone() == (True,)
    assert way.broken == 1


@pytest.mark.parametrize("then", ["open", "closed"])
def test_a_dose_is_corrected_once_though_its_commit_was_not_confirmed(
    lab: Lab, way: Way, then: Then
) -> None:
    client = dosed(lab)
    (dose,) = rows("dose.give")
    address = f"{DOSING}/correct?row={dose.id}"
    form = {
        "code": dose.data["syringe_code"],
        "weight_g": "291",
        "reason": "The scale was off",
        "do": "correct",
        "form_key": key_of(page(client, address)),
    }
    way.break_commit(RECORD, then)
    client.raise_request_exception = False
    if then == "closed":  # the server is away for a while after that
        assert client.post(address, form).status_code == 503
        way.open()
    answer = client.post(address, form)
    assert answer.status_code == 302
    assert way.broken == 1
    (entry,) = rows("amend")
    assert entry.data["weight_g"] == "291"
    said = "is corrected" if then == "open" else "stored when the form was sent first"
    assert said in page(client, DOSING)
    assert intact()


def test_an_outcome_that_is_not_known_is_said_to_be_so(lab: Lab, way: Way) -> None:
    client = dosed(lab)
    client.raise_request_exception = False
    form = given(page(client, DOSING), 1)
    way.break_commit(RECORD, "closed")
    answer = client.post(f"{DOSING}/give", form)
    assert answer.status_code == 503
    assert "whether this is stored is not known" in answer.text
    assert "nothing of it was stored" not in answer.text
    way.open()
    # The server commits on its own: what it does not know yet it could not say.
    end = time.monotonic() + 30
    while len(rows("dose.give")) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    sent = client.post(f"{DOSING}/give", form, follow=True)
    assert "was sent before and is stored" in sent.text
    assert len(rows("dose.give")) == 2
    assert intact()


@pytest.mark.parametrize(
    ("state", "known"),
    [("53100", True), ("55P03", True), ("57P01", False), ("40003", False)],
)
def test_what_the_server_itself_refuses_is_known_not_to_be_stored(
    way: Way, state: str, known: bool
) -> None:
    """A full disk is no broken connection: nobody has to wonder."""
    from django.db import connection

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"
            )

    with pytest.raises(NotStored) as caught:
        writer.run(work)
    assert ("nothing of it was stored" in str(caught.value)) is known
    assert ("whether this is stored is not known" in str(caught.value)) is not known


def test_an_animal_is_unblinded_once(lab: Lab, way: Way, tmp_path: Path) -> None:
    study: Led = led(lab, tmp_path, phil="pharmacist")
    client = lab.client("phil")
    address = f"/studies/{study.study_id}/unblind"
    form = {
        "animal": "M05",
        "reason": "Apnoea, the veterinarian must know",
        "passphrase": study.passphrase,
        "signature_password": lab.passwords["phil"],
        "form_key": key_of(page(client, address)),
    }
    before = AccessRow.objects.filter(what="unblind").count()
    way.break_commit(RECORD)
    for _ in range(2):  # and sent again, though it was answered
        shown = post(client, address, form, 200)
        assert f"M05 is in group {study.key.group_of('M05')}" in shown
    assert way.broken == 1
    found = [e for e in entries_of(study.study_id) if e.action == "unblind"]
    assert len(found) == 1
    assert AccessRow.objects.filter(what="unblind").count() == before + 1
    assert intact()


def test_a_row_of_the_log_is_written_once(lab: Lab, way: Way) -> None:
    for number in range(3):
        way.break_commit(LOG)
        log_access("export", actor="ana", data={"number": number})
    assert way.broken == 3
    told = [json.loads(row.data)["number"] for row in AccessRow.objects.order_by("seq")]
    assert told == [0, 1, 2]
    assert intact()


def test_what_shares_a_commit_that_is_not_confirmed_is_there_once(
    lab: Lab, way: Way
) -> None:
    """The writer does each of the jobs again: they find what they wrote."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from isobole.lab.record import append, append_drafts
    from isobole.studies import Draft
    from lab.record_rows import STUDY, empty_study, seen

    empty_study()
    ill = {"criterion": "ill", "reason": "ill"}

    def one(number: int) -> str:
        try:
            if number % 3 == 0:
                log_access("export", actor="ana", data={"number": number})
            elif number % 3 == 1:
                append(STUDY, [seen(number)], actor="ana", device="tablet-1")
            else:
                draft = Draft(
                    "exclude", f"M{number}", {"animal_id": f"M{number}", **ill}
                )
                append_drafts(STUDY, [draft], actor="ana", device="web-ana")
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(12) as pool:
        for start in range(0, 60, 12):
            way.break_commit(RECORD)
            assert list(pool.map(one, range(start, start + 12))) == ["done"] * 12
    assert way.broken >= 5
    assert RecordRow.objects.count() == 40
    assert AccessRow.objects.count() == 20
    assert len({entry.obj for entry in entries_of(STUDY)}) == 21
    assert intact()


def test_a_folder_is_imported_once(lab: Lab, way: Way, tmp_path: Path) -> None:
    from isobole.datasets import study_path
    from isobole.lab.record import store_folder

    lab.person("ana")
    place = study_path("ptz-valproate-magnesium")
    files = {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }
    way.break_commit(RECORD)
    stored = store_folder(files, by="ana")
    assert (way.broken, stored.study_id) == (1, ID)
    assert len(entries_of(ID)) == stored.rows == 641
    assert intact()


def test_a_password_is_changed_once(lab: Lab, way: Way) -> None:
    from isobole.lab.accounts.tokens import create_token

    client = lab.client("ana")
    create_token(lab.person("ana"), "rig", "9")
    new = "four quiet herons wade"
    form = {"current": lab.passwords["ana"], "password": new, "again": new}
    way.break_commit('DELETE FROM "lab_devicetoken"')
    said = client.post("/account/password", form, follow=True)
    assert "Tokens are revoked: rig." in said.text
    assert way.broken == 1
    for what in ("password.changed", "token.revoked"):
        assert AccessRow.objects.filter(what=what).count() == 1
    assert lab.person("ana").check_password(new)


def test_a_form_sent_twice_is_one_row(either_lab: Lab) -> None:
    client = dosed(either_lab)
    form = given(page(client, DOSING), 1)
    for _ in range(2):
        post(client, f"{DOSING}/give", form, 302)
    assert len(rows("dose.give")) == 2
    said = client.get(DOSING).text
    assert "was sent before and is stored" in said
    # The same key with something else typed is another form, and judged as one.
    refused = post(client, f"{DOSING}/give", {**form, "weight_g": "288"}, 422)
    assert "was given already" in refused
    # And so is the same form of somebody else.
    (dose, _) = rows("dose.give")
    address = f"{DOSING}/correct?row={dose.id}"
    correction = {
        "weight_g": "291",
        "reason": "The scale was off",
        "form_key": key_of(page(client, address)),
    }
    for _ in range(2):
        post(client, address, {**correction, "do": "correct"}, 302)
    assert len(rows("amend")) == 1
    # Corrected once more meanwhile, it is not said that the first correction holds.
    post(client, address, {"weight_g": "292", "reason": "Read again"}, 302)
    page(client, DOSING)
    post(client, address, {**correction, "do": "correct"}, 302)
    said = page(client, DOSING)
    assert "stored when the form was sent first; nothing was added" in said
    assert "is corrected" not in said
    for _ in range(2):
        post(client, address, {**correction, "do": "void"}, 302)
    assert len(rows("amend")) == 3
    assert page(client, address, 404)
    assert intact()


def test_a_key_that_is_none_is_no_name_of_a_row(lab: Lab) -> None:
    client = dosed(lab)
    for place, key in enumerate(
        ("", "x", "0" * 31, "0" * 33, "Ä" * 32, "0" * 31 + "\n")
    ):
        form = {**given(page(client, DOSING), place + 1), "form_key": key}
        post(client, f"{DOSING}/give", form, 302)
    assert len({entry.id for entry in rows("dose.give")}) == 7


def test_animals_are_added_once(either_lab: Lab) -> None:
    lab = either_lab
    entries = blind_record("ptz-valproate-magnesium", given=False)
    first = next(k for k, row in enumerate(entries) if row["action"] == "animal.add")
    lab.stored(rechained(entries[:first]), ana="designer")
    client = lab.client("ana")
    address = f"/studies/{ID}/allocation"
    form = {
        "pasted": "animal_id,sex,weight_g\nR01,M,280\nR02,M,285\n",
        "form_key": key_of(page(client, address), "animals"),
    }
    for _ in range(2):
        post(client, f"{address}/animals", form, 302)
    assert [entry.obj for entry in rows("animal.add")] == ["R01", "R02"]
    assert "These animals were added when the form was sent first" in page(
        client, address
    )
    where = f"{address}/animals/correct?animal=R01"
    correction = {
        "animal_id": "R01", "sex": "M", "weight_g": "281", "species": "rat",
        "strain": "Wistar", "reason": "misread",
        "do": "correct", "form_key": key_of(page(client, where)),
    }  # fmt: skip
    for _ in range(2):
        post(client, where, correction, 302)
    assert len(rows("amend")) == 1
