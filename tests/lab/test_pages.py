"""The list of studies and the overview of one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from isobole.studies import study_files
from lab_pages import blind_record, inline, page, post, rechained


def test_a_newcomer_is_told_what_to_do(lab: Any) -> None:
    text = page(lab.client("ana"), "/")
    assert "No study yet" in text
    assert 'href="/studies/new"' in text


def test_the_list_has_the_studies_one_has_a_role_in(lab: Any) -> None:
    lab.study("ptz-valproate-magnesium", ana="designer", ben="scorer+dosing")
    text = page(lab.client("ben"), "/")
    assert "dosing, scorer" in text
    assert re.search(r'href="/studies/[A-Z0-9-]+/"', text)
    assert "No study yet" in page(lab.client("eve"), "/")


def test_an_administrator_sees_every_study(lab: Any) -> None:
    study = lab.study("ptz-interaction")
    lab.person("adm", administrator=True)
    assert study.study_id in page(lab.client("adm"), "/")


def test_the_overview_says_what_is_done_and_what_comes_next(lab: Any) -> None:
    study = lab.study("ptz-valproate-magnesium", ana="designer", ben="scorer")
    text = page(lab.client("ana"), f"/studies/{study.study_id}/")
    assert "Where the study stands" in text
    assert text.count('<span class="state">') == 7


def test_nobody_without_a_role_learns_that_a_study_exists(lab: Any) -> None:
    study = lab.study("ptz-valproate-magnesium", ana="designer")
    one = lab.client("eve").get(f"/studies/{study.study_id}/")
    other = lab.client("eve").get("/studies/NO-SUCH/")
    assert one.status_code == other.status_code == 404


BUNDLED = ("ptz-valproate-magnesium", "ptz-interaction", "kindling-magnesium")
ROLES = ("designer", "pharmacist", "dosing", "scorer", "analyst")
PAGES = (
    "",
    "protocol",
    "protocol/edit",
    "protocol/versions",
    "protocol/study.toml",
    "plan",
    "plan?kind=interaction",
    "plan?kind=kindling",
    "allocation",
    "allocation/animals/correct?animal=R01",
    "allocation/key",
    "dosing",
    "dosing?run=2",
    "dosing/sheet",
)


@pytest.mark.parametrize("bundled", BUNDLED)
def test_every_page_of_every_study_answers_every_role(lab: Any, bundled: str) -> None:
    rows = blind_record(bundled)
    study = lab.stored(rechained(rows), **{role: role for role in ROLES})
    lab.person("adm", administrator=True)
    answered = set()
    for name in (*ROLES, "adm"):
        client = lab.client(name)
        for address in PAGES:
            response = client.get(f"/studies/{study.study_id}/{address}")
            text = response.content.decode()
            assert response.status_code in (200, 403, 404, 422), (address, text)
            assert inline(text) == []
            if response.status_code == 200:
                answered.add(address)
    refused = {
        "protocol/edit",
        "allocation/key",
        "allocation/animals/correct?animal=R01",
        "dosing",
        "dosing?run=2",
        "dosing/sheet",
    }
    assert answered >= set(PAGES) - refused


def test_a_study_is_made_on_either_database(either_lab: Any) -> None:
    client = either_lab.client("ana")
    text = study_files("ptz")["study.toml"].replace("NEW-STUDY", "PTZ-E1")
    form = {"model": "ptz", "species": "mouse", "way": "text", "toml": text}
    post(client, "/studies/new", {**form, "do": "create"}, 302)
    assert "PTZ-E1" in page(client, "/")
    pasted = "animal_id\tsex\tweight_g\nM1\tF\t21\n"
    post(client, "/studies/PTZ-E1/allocation/animals", {"pasted": pasted}, 302)
    assert "1 of 32 animals" in page(client, "/studies/PTZ-E1/")
    bad = {"pasted": "animal_id\tsex\tcage\nM2\tF\t\x00\n"}
    response = client.post("/studies/PTZ-E1/allocation/animals", bad)
    assert response.status_code in (302, 422)


def test_a_page_that_is_refused_has_the_head_and_leads_back(lab: Any) -> None:
    """Also where nothing may be shown, the foot says which record it was."""
    from isobole.lab.record import entries_of, seen_head
    from isobole.studies import head_hash

    rows = blind_record("ptz-valproate-magnesium")
    study = lab.stored(rechained(rows), ana="analyst", ben="scorer")
    entries = entries_of(study.study_id)
    heads = {"ana": head_hash(entries), "ben": seen_head(entries)}
    assert heads["ana"] != heads["ben"]
    for name, head in heads.items():
        text = page(lab.client(name), f"/studies/{study.study_id}/roles", 403)
        assert head in text
        assert f'href="/studies/{study.study_id}/protocol"' in text
    assert "Head of" not in page(lab.client("eve"), "/users", 403)
