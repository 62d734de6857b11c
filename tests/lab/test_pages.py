"""The list of studies and the overview of one."""

from __future__ import annotations

import re
from typing import Any

from lab_pages import page


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
