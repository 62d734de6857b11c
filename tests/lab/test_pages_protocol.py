"""New studies, and their protocol: written, judged, saved, compared, locked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from isobole.lab.record import entries_of
from isobole.studies import protocol_from_text, study_files, verify_chain
from lab_pages import page, post

TEXT = study_files("ptz")["study.toml"].replace("NEW-STUDY", "PTZ-T1")


def written(**more: str) -> dict[str, str]:
    return {"model": "ptz", "species": "mouse", "way": "text", "toml": TEXT, **more}


def guided(client: Any, **more: Any) -> dict[str, Any]:
    """Return the guided form as the page has it, changed."""
    text = page(client, "/studies/new?model=ptz&species=mouse")
    form: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            form.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text
    ):
        options = re.findall(r"<option([^>]*)>([^<]*)", body)
        chosen = next((o for o in options if "selected" in o[0]), options[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        form.setdefault(name, []).append(value[1] if value else chosen[1])
    return {**form, **more}


def made(lab: Any, name: str = "ana") -> Any:
    client = lab.client(name)
    post(client, "/studies/new", written(do="create"), 302)
    return client


def test_models_are_offered_for_the_species_they_are_known_in(lab: Any) -> None:
    text = page(lab.client("ana"), "/studies/new")
    assert "?model=kindling&amp;species=rat" in text
    assert "?model=kindling&amp;species=mouse" not in text


def test_a_study_is_made_of_a_text_and_its_maker_is_designer(lab: Any) -> None:
    client = made(lab)
    (entry,) = entries_of("PTZ-T1")
    assert (entry.action, entry.actor, entry.device) == (
        "protocol.save",
        "ana",
        "web-ana",
    )
    assert entry.data["toml"].replace("\r", "") == TEXT
    assert "designer" in page(client, "/")
    assert lab.client("eve").get("/studies/PTZ-T1/").status_code == 404


def test_a_study_is_made_of_the_form(lab: Any) -> None:
    client = lab.client("ana")
    form = guided(client, study_id="PTZ-G1", title='Mg "and" VPA', strain="C57BL/6J")
    form["group-n"] = ["6", "7", "6", "6", "", ""]
    post(client, "/studies/new", {**form, "do": "create"}, 302)
    protocol = protocol_from_text(entries_of("PTZ-G1")[0].data["toml"])
    assert protocol.title == 'Mg "and" VPA'
    assert [group.n for group in protocol.groups] == [6, 7, 6, 6]
    assert protocol.strain == "C57BL/6J"
    assert protocol.challenge.amount == 45  # what is published for this strain


def test_rows_of_one_group_are_its_injections(lab: Any) -> None:
    client = lab.client("ana")
    form = guided(client, study_id="PTZ-G2")
    form["group-id"] = ["vehicle", "vehicle", "both", "both", "", ""]
    form["group-role"] = ["vehicle"] * 2 + ["combination"] * 4
    post(client, "/studies/new", {**form, "do": "create"}, 302)
    protocol = protocol_from_text(entries_of("PTZ-G2")[0].data["toml"])
    assert [(g.id, len(g.doses)) for g in protocol.groups] == [
        ("vehicle", 2),
        ("both", 2),
    ]


def test_the_form_goes_on_as_text_and_gets_rows(lab: Any) -> None:
    client = lab.client("ana")
    form = guided(client, study_id="PTZ-G3")
    text = post(client, "/studies/new", {**form, "do": "to-text"}, 200)
    assert "study_id = &quot;PTZ-G3&quot;" in text
    text = post(client, "/studies/new", {**form, "do": "add-row"}, 200)
    assert text.count('name="group-id"') > len(form["group-id"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"group-n": ["six", "", "6", "6", "", ""]},
            "n of vehicle (row 1) is &#x27;six",
        ),
        ({"group-id": [""] * 6}, "No group is named"),
        ({"group-id": ["a", "b"]}, "did not arrive whole"),
        ({"group-id": ["vehicle"] * 4 + ["", ""]}, "another role or number"),
        ({"window_s": "-5"}, "window_s"),
        ({"study_id": "ptz 1"}, "study_id"),
        ({"study_id": ""}, "no id of its own"),
        ({"model": "heart"}, "no seizure model"),
        ({"group-amount": ["nan", "1", "2", "3", "", ""]}, "Write digits"),
    ],
)
def test_a_bad_form_is_said_with_its_remedy(
    lab: Any, change: dict[str, Any], said: str
) -> None:
    client = lab.client("ana")
    form = guided(client, study_id="PTZ-G4") | change
    text = post(client, "/studies/new", {**form, "do": "create"}, 422)
    assert said in text
    from isobole.lab.models import Study

    assert not Study.objects.exists()


def test_what_is_wrong_with_a_text_is_said_with_its_line(lab: Any) -> None:
    client = lab.client("ana")
    bad = TEXT.replace("window_s = 1800", "window_s = -3").replace('sex = "both"', "")
    text = post(client, "/studies/new/check", {"way": "text", "toml": bad}, 200)
    line = bad.splitlines().index("window_s = -3") + 1
    assert f'data-line="{line}">line {line}</a> <code>observation.window_s' in text
    text = post(client, "/studies/new/check", {"way": "text", "toml": "a = = 1"}, 200)
    assert "line 1" in text
    assert "not TOML" in text
    text = post(client, "/studies/new/check", {"way": "text", "toml": TEXT}, 200)
    assert "The protocol in words" in text


def test_endless_or_broken_texts_are_refused(lab: Any) -> None:
    client = lab.client("ana")
    text = post(client, "/studies/new", written(do="create", toml="#" * 300_000), 422)
    assert "300000 characters" in text
    text = post(client, "/studies/new", written(do="create", toml=""), 422)
    assert "study_id" in text
    post(client, "/studies/new", written(do="create", toml="\x00 = 1"), 422)
    deep = "a = " + "[" * 100_000
    text = post(client, "/studies/new", written(do="create", toml=deep), 422)
    assert "too deep" in text


def test_an_id_is_given_once(lab: Any) -> None:
    made(lab)
    text = post(lab.client("eve"), "/studies/new", written(do="create"), 422)
    assert "There is a study PTZ-T1 in this lab already" in text
    assert len(entries_of("PTZ-T1")) == 1


def _after() -> str:
    saved = [e for e in entries_of("PTZ-T1") if e.action == "protocol.save"]
    return saved[-1].id


def test_a_version_is_saved_counted_and_compared(lab: Any) -> None:
    client = made(lab)
    new = TEXT.replace("window_s = 1800", "window_s = 900")
    edit = "/studies/PTZ-T1/protocol/edit"
    assert "window_s = 1800" in page(client, edit)
    post(client, edit, {"toml": new, "after": _after(), "do": "save"}, 302)
    rows = entries_of("PTZ-T1")
    assert [row.data["version"] for row in rows] == [1, 2]
    assert protocol_from_text(rows[1].data["toml"]).version == 2
    assert verify_chain(rows).state == "intact"
    text = page(client, "/studies/PTZ-T1/protocol/versions")
    assert 'class="removed"' in text
    assert "window_s = 1800" in text
    assert "window_s = 900" in text
    assert "2 lines added, 2 removed" in text
    page(client, "/studies/PTZ-T1/protocol/versions?from=x&to=99999999999999")
    response = client.get("/studies/PTZ-T1/protocol/study.toml")
    assert "window_s = 900" in response.content.decode()
    assert "attachment" in response["Content-Disposition"]


def test_two_who_save_at_once_lose_nothing(lab: Any) -> None:
    client = made(lab)
    edit, before = "/studies/PTZ-T1/protocol/edit", _after()
    new = TEXT.replace("window_s = 1800", "window_s = 900")
    post(client, edit, {"toml": new, "after": before, "do": "save"}, 302)
    text = post(
        client, edit, {"toml": TEXT + "# b", "after": before, "do": "save"}, 422
    )
    assert "saved another version meanwhile" in text
    assert "# b" in text  # what was written is still there
    assert len(entries_of("PTZ-T1")) == 2


def test_a_bad_version_is_refused(lab: Any) -> None:
    client = made(lab)
    edit = "/studies/PTZ-T1/protocol/edit"
    for text, said in (
        (TEXT.replace("PTZ-T1", "PTZ-T2"), "the protocol of PTZ-T2"),
        (TEXT, "no version was added"),
        ("a = = 1", "not TOML"),
        ("", "study_id"),
    ):
        form = {"toml": text, "after": _after(), "do": "save"}
        assert said in post(client, edit, form, 422)
    assert len(entries_of("PTZ-T1")) == 1


def locked(lab: Any, client: Any, name: str = "ana", **more: str) -> dict[str, str]:
    return {
        "after": _after(),
        "signature_password": lab.passwords[name],
        **more,
    }


def test_the_lock_is_signed_and_ends_all_changes(lab: Any) -> None:
    client = made(lab)
    address = "/studies/PTZ-T1/protocol/lock"
    wrong = locked(lab, client, signature_password="wrong password 1")
    assert "not yours" in post(client, address, wrong, 422)
    assert "was not entered" in post(client, address, {"after": _after()}, 422)
    assert "meanwhile" in post(client, address, locked(lab, client, after="x"), 422)
    assert len(entries_of("PTZ-T1")) == 1
    post(client, address, locked(lab, client), 302)
    entry = entries_of("PTZ-T1")[-1]
    assert entry.action == "protocol.lock"
    assert entry.data["signed"] == "protocol locked"
    assert "signed “protocol locked”" in page(client, "/studies/PTZ-T1/protocol")
    form = {"toml": TEXT + "#", "after": _after(), "do": "save"}
    said = post(client, "/studies/PTZ-T1/protocol/edit", form, 422)
    assert "deviation" in said
    assert "is locked already" in post(client, address, locked(lab, client), 422)
    assert len(entries_of("PTZ-T1")) == 2


def test_a_protocol_with_errors_is_not_locked(lab: Any) -> None:
    client = lab.client("ana")
    text = TEXT.replace("volume_ml_per_kg = 10", "volume_ml_per_kg = 5", 1)
    post(client, "/studies/new", written(do="create", toml=text), 302)
    assert "disabled" in page(client, "/studies/PTZ-T1/protocol")
    address = "/studies/PTZ-T1/protocol/lock"
    assert "tell them apart" in post(client, address, locked(lab, client), 422)


def test_only_the_designer_changes_and_locks(lab: Any) -> None:
    study = lab.study("ptz-valproate-magnesium", ben="scorer", phil="pharmacist")
    for name in ("ben", "phil"):
        client = lab.client(name)
        text = page(client, f"/studies/{study.study_id}/protocol")
        assert 'name="signature_password"' not in text
        address = f"/studies/{study.study_id}/protocol/edit"
        assert client.get(address).status_code == 403
        assert client.post(address, {"toml": "x"}).status_code == 403
        address = f"/studies/{study.study_id}/protocol/lock"
        assert client.post(address, {}).status_code == 403
        assert client.get(address).status_code == 405


@pytest.mark.parametrize("do", ["check", "save"])
def test_a_text_begun_before_another_version_never_replaces_it(
    lab: Any, do: str
) -> None:
    client = made(lab)
    edit, before = "/studies/PTZ-T1/protocol/edit", _after()
    new = TEXT.replace("window_s = 1800", "window_s = 900")
    post(client, edit, {"toml": new, "after": before, "do": "save"}, 302)
    form = {"toml": TEXT + "# b", "after": before}
    text = post(client, edit, {**form, "do": do}, 200 if do == "check" else 422)
    # What the page brings back is still the version the text began from.
    assert f'name="after" value="{before}"' in text
    assert "after version 1" in text
    assert "meanwhile" in post(client, edit, {**form, "do": "save"}, 422)


def test_a_study_is_made_once_by_a_button_pressed_twice(lab: Any) -> None:
    client = made(lab)
    post(client, "/studies/new", written(do="create"), 302)
    assert "was made when the form was sent first" in page(
        client, "/studies/PTZ-T1/protocol"
    )
    assert len(entries_of("PTZ-T1")) == 1
    # Another text, or another person, is another study: its id is taken.
    other = written(do="create", toml=TEXT + "# mine")
    assert "in this lab already" in post(client, "/studies/new", other, 422)
    assert "in this lab already" in post(
        lab.client("ben"), "/studies/new", written(do="create"), 422
    )
