"""Dosing sheets and doses given: the right syringe, once, corrected, and blind."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from isobole.lab import _clock
from isobole.lab.record import entries_of, study_of
from isobole.studies import check_study, dosing_rows
from lab_pages import (
    blind_record,
    other_allocation,
    page,
    post,
    rechained,
    unmasked,
)

DOSING = "/studies/PTZ-VPA-MG/dosing"


def ready(lab: Any, **roles: str) -> Any:
    roles = roles or {"dora": "dosing", "ana": "designer", "phil": "pharmacist"}
    lab.stored(rechained(blind_record("ptz-valproate-magnesium", given=False)), **roles)
    return lab.client("dora")


def form(place: int = 0, **more: Any) -> dict[str, Any]:
    one = dosing_rows(study_of("PTZ-VPA-MG"))[place]
    return {
        "animal_id": one.animal_id,
        "number": one.number,
        "code": one.code,
        "weight_g": f"{one.weight_g:g}",
        "do": "give",
        **more,
    }


def doses() -> list[Any]:
    return [e for e in entries_of("PTZ-VPA-MG") if e.action == "dose.give"]


def test_a_run_that_there_is_none_of_is_not_answered_by_another(lab: Any) -> None:
    client = ready(lab)
    assert "Sheet of run 3" in page(client, f"{DOSING}?run=3")
    for run in ("99", "0", "x", "1 ", "<b>"):
        html = client.get(DOSING, {"run": run})
        assert html.status_code == 404, run
        assert "its runs are 1 to " in html.text
        assert "<b>:" not in html.text
    # A form that is refused still comes back, whatever it says of its run.
    html = post(client, f"{DOSING}/give", form(run="99", code="ZZZZZ"), 422)
    assert "Sheet of run 1" in html


def test_a_syringe_is_given_once_with_time_and_volume(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ready(lab)
    now = datetime(2026, 3, 1, 8, 29, 30, tzinfo=UTC)
    monkeypatch.setattr(_clock, "moment", lambda: now)
    assert "0 of 8" in page(client, DOSING)
    post(client, f"{DOSING}/give", form(), 302)
    (entry,) = doses()
    one = dosing_rows(study_of("PTZ-VPA-MG"))[0]
    assert dict(entry.data) == {
        "animal_id": one.animal_id,
        "kind": "treatment",
        "syringe_code": one.code,
        "volume_ml": str(one.volume_ml),
        "weight_g": f"{one.weight_g:g}",
        "route": one.route,
        "person": "dora",
        "ts": "2026-03-01T08:29:30.000Z",
    }
    text = page(client, DOSING)
    assert "1 of 8" in text
    assert "08:29 UTC, dora" in text
    repeated = one.schedule != "once"
    said = post(client, f"{DOSING}/give", form(), 302 if repeated else 422)
    assert repeated or "was given already, at 08:29 UTC by dora" in said
    assert len(doses()) == 1 + repeated


def _single() -> int:
    """Return the place of the first syringe that is given once."""
    rows = dosing_rows(study_of("PTZ-VPA-MG"))
    return next(i for i, one in enumerate(rows) if one.schedule == "once")


def test_a_syringe_given_once_is_not_given_again(lab: Any) -> None:
    client = ready(lab)
    post(client, f"{DOSING}/give", form(_single()), 302)
    said = post(client, f"{DOSING}/give", form(_single()), 422)
    assert "was given already" in said
    assert len(doses()) == 1


def test_a_wrong_syringe_is_refused_in_a_clear_sentence(lab: Any) -> None:
    client = ready(lab)
    rows = dosing_rows(study_of("PTZ-VPA-MG"))
    one = rows[0]
    other = next(r for r in rows if r.animal_id != one.animal_id)
    second = next(r for r in rows[1:] if r.animal_id == one.animal_id)
    for code, said in (
        (
            other.code,
            f"Syringe {other.code} is for {other.animal_id}, not for {one.animal_id}",
        ),
        (second.code, f"{one.animal_id}&#x27;s injection {second.number}"),
        ("ZZZZZ", "No syringe of this study has the code &#x27;ZZZZZ&#x27;"),
        ("", "was not entered"),
        ("<script>alert(1)</script>", "&lt;SCRIPT&gt;"),
    ):
        text = post(client, f"{DOSING}/give", form(code=code), 422)
        assert said in text
        assert "not inject it" in text or code == ""
    assert doses() == []
    post(client, f"{DOSING}/give", form(code=f" {one.code.lower()} "), 302)


def test_the_volume_follows_the_weight_of_the_day(lab: Any) -> None:
    client = ready(lab)
    one = dosing_rows(study_of("PTZ-VPA-MG"))[0]
    asked = form(weight_g="400", do="volume", code="")
    text = post(client, f"{DOSING}/give", asked, 200)
    volume = f"{0.4 * one.ml_per_kg:.2f}"
    assert f"<strong>{volume}</strong>" in text
    assert doses() == []
    client.post(f"{DOSING}/give", form(weight_g="400"))
    assert doses()[0].data["volume_ml"] == volume
    assert "if that was a slip" in page(client, DOSING)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight_g": "heavy"}, "is &#x27;heavy&#x27;"),
        ({"weight_g": "-300"}, "a number above 0"),
        ({"weight_g": "nan"}, "a number above 0"),
        ({"weight_g": "0.1"}, "which no syringe measures"),
        ({"when": "yesterday"}, "a time in UTC"),
        ({"when": "2199-01-01T00:00"}, "a time in UTC"),
    ],
)
def test_bad_weights_and_times_are_refused(
    lab: Any, change: dict[str, str], said: str
) -> None:
    client = ready(lab)
    assert said in post(client, f"{DOSING}/give", form(**change), 422)
    assert doses() == []


def test_a_dose_written_later_has_the_time_it_was_given(lab: Any) -> None:
    client = ready(lab)
    post(client, f"{DOSING}/give", form(when="2026-02-03T08:15"), 302)
    assert doses()[0].data["ts"] == "2026-02-03T08:15:00.000Z"


def test_an_animal_that_is_none_is_not_found(lab: Any) -> None:
    client = ready(lab)
    for change in ({"animal_id": "R99"}, {"number": "7"}, {"number": "x"}):
        assert client.post(f"{DOSING}/give", form(**change)).status_code == 404
    assert client.get(f"{DOSING}/sheet?run=99").status_code == 404
    assert client.get(f"{DOSING}/correct?row=none").status_code == 404


def test_the_challenge_is_written_once(lab: Any) -> None:
    client = ready(lab)
    one = dosing_rows(study_of("PTZ-VPA-MG"))[0]
    sent = {"animal_id": one.animal_id, "weight_g": "296", "volume_ml": "1.48"}
    client.post(f"{DOSING}/challenge", sent)
    assert "is not written down as given" in page(client, DOSING)
    (entry,) = doses()
    assert (entry.data["kind"], entry.data["amount"], entry.data["unit"]) == (
        "challenge",
        "75",
        "mg/kg",
    )
    assert "given already" in post(client, f"{DOSING}/challenge", sent, 422)
    bad = {**sent, "volume_ml": "much"}
    assert "is &#x27;much&#x27;" in post(client, f"{DOSING}/challenge", bad, 422)


def test_a_dose_is_corrected_and_taken_back_with_a_reason(lab: Any) -> None:
    client = ready(lab)
    number = _single()
    post(client, f"{DOSING}/give", form(number), 302)
    (found,) = set(
        re.findall(r'href="([^"]+correct\?row=[^"]+)"', page(client, DOSING))
    )
    page(client, found)
    values = {"code": form(number)["code"], "weight_g": "301", "volume_ml": "1.2"}
    assert "without a reason" in post(client, found, values, 422)
    wrong = {**values, "code": "ZZZZZ", "reason": "slip"}
    assert "No syringe" in post(client, found, wrong, 422)
    post(client, found, {**values, "reason": "weighed again"}, 302)
    study = study_of("PTZ-VPA-MG")
    assert not [p for p in check_study(study) if p.severity == "error"]
    assert "(corrected)" in page(client, DOSING)
    post(client, found, {"do": "void", "reason": "not injected"}, 302)
    shown = page(client, DOSING)
    assert "is taken back" in shown
    assert "✓" not in shown
    assert client.get(found).status_code == 404
    post(client, f"{DOSING}/give", form(number), 302)


def test_sheets_are_printed_by_run_and_day(lab: Any) -> None:
    client = ready(lab)
    rows = dosing_rows(study_of("PTZ-VPA-MG"))
    text = page(client, f"{DOSING}/sheet?run=1")
    for one in rows:
        assert (one.code in text) == (one.run == 1)
    text = page(client, f"{DOSING}/sheet?day={rows[0].day}")
    assert rows[0].code in text
    assert (rows[-1].code in text) == (rows[-1].day == rows[0].day)
    assert rows[-1].code in page(client, f"{DOSING}/sheet")


def test_only_who_doses_writes_doses(lab: Any) -> None:
    ready(lab)
    for name in ("ana", "phil"):
        client = lab.client(name)
        for action in ("give", "challenge", "correct"):
            assert client.post(f"{DOSING}/{action}", form()).status_code == 403
    assert 'name="code"' not in page(lab.client("phil"), DOSING)
    assert lab.client("ana").get(DOSING).status_code == 403


def test_nothing_is_dosed_after_the_analysis_is_locked(lab: Any) -> None:
    lab.study("ptz-valproate-magnesium", dora="dosing")
    client = lab.client("dora")
    count = len(doses())
    assert "analysis is locked" in post(client, f"{DOSING}/give", form(), 422)
    assert len(doses()) == count


def test_a_study_without_allocation_says_so(lab: Any) -> None:
    rows = [
        row
        for row in blind_record("ptz-valproate-magnesium", given=False)
        if row["action"] != "allocation.commit"
    ]
    lab.stored(rechained(rows), dora="dosing")
    assert "The study is not allocated" in page(lab.client("dora"), DOSING)


SEEN = (
    "/",
    "/studies/PTZ-VPA-MG/",
    "/studies/PTZ-VPA-MG/protocol",
    "/studies/PTZ-VPA-MG/protocol/versions",
    "/studies/PTZ-VPA-MG/protocol/study.toml",
    DOSING,
    f"{DOSING}?run=3",
    f"{DOSING}/sheet",
    "/studies/PTZ-VPA-MG/allocation",
    "/studies/PTZ-VPA-MG/plan",
)


@pytest.mark.parametrize("given", [True, False])
def test_the_blinded_see_the_same_whatever_the_allocation(
    lab: Any, given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.models import Membership, RecordRow
    from isobole.lab.record._chain import forget
    from isobole.lab.record._rows import row_of

    now = datetime(2026, 3, 1, 8, 29, 30, tzinfo=UTC)
    monkeypatch.setattr(_clock, "moment", lambda: now)
    one = blind_record("ptz-valproate-magnesium", given=given)
    two = other_allocation(one)
    study = lab.stored(
        rechained(one), dora="dosing", ben="scorer", dan="designer+dosing"
    )
    assert Membership.objects.count() == 4

    def answers() -> dict[tuple[str, str], tuple[int, str]]:
        found = {}
        for name in ("dora", "ben", "dan"):
            client = lab.client(name)
            for address in SEEN:
                response = client.get(address)
                text = unmasked(response.content.decode())
                found[name, address] = (response.status_code, text)
        client = lab.client("dora")
        bad = client.post(f"{DOSING}/give", form(code="ZZZZZ"))
        found["dora", "wrong code"] = (bad.status_code, unmasked(bad.content.decode()))
        return found

    first = answers()
    # The tables only grow: the other study takes the place of the first beneath them.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name = 'lab_recordrow'"
        )
        for (trigger,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}"')
    RecordRow.objects.all().delete()
    RecordRow.objects.bulk_create([row_of(study.study_id, e) for e in rechained(two)])
    forget()
    second = answers()
    assert entries_of(study.study_id)[-1].hash == rechained(two)[-1].hash
    assert rechained(one)[-1].hash != rechained(two)[-1].hash
    different = [key for key in first if first[key] != second[key]]
    assert different == []
    assert first["dora", DOSING][0] == 200


def test_a_correction_undoes_none_that_was_made_since_its_form_was_opened(
    lab: Any,
) -> None:
    client = ready(lab)
    number = _single()
    post(client, f"{DOSING}/give", form(number), 302)
    (found,) = set(
        re.findall(r'href="([^"]+correct\?row=[^"]+)"', page(client, DOSING))
    )
    seen = re.search(r'name="seen" value="([^"]+)"', page(client, found))
    assert seen is not None
    values = {"code": form(number)["code"], "seen": seen[1]}
    values |= {"weight_g": "301", "volume_ml": "1.2", "reason": "weighed again"}
    post(client, found, values, 302)
    late = {**values, "weight_g": "300", "volume_ml": "1.4", "reason": "read again"}
    said = post(client, found, late, 422)
    assert "corrected since this form was opened" in said
    assert f'name="seen" value="{seen[1]}"' in said
    (held,) = [e for e in entries_of("PTZ-VPA-MG") if e.action == "amend"]
    assert held.data["weight_g"] == "301"
