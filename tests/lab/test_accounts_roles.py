"""Roles in a study: who may hold which, and what the log says of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from isobole.lab.accounts.roles import grant, take
from isobole.lab.models import AccessRow, Membership
from isobole.lab.permissions import access_of
from isobole.lab.record import append_drafts, verify_log
from isobole.results import DataError
from lab_records import blinding_only_dosing, entries_until, rechained


def held(lab: Any, name: str, study: Any) -> set[str]:
    return set(access_of(lab.person(name), study.study_id).roles)


def test_each_change_of_roles_is_a_row_of_the_log(either_lab: Any) -> None:
    lab = either_lab
    study = lab.study(ana="designer")
    grant(
        study.study_id, lab.person("ben"), "scorer", by=lab.person("ana"), address="a"
    )
    grant(study.study_id, lab.person("ben"), "scorer", by=lab.person("ana"))
    assert held(lab, "ben", study) == {"scorer"}
    take(study.study_id, lab.person("ben"), "scorer", by=lab.person("ana"))
    take(study.study_id, lab.person("ben"), "scorer", by=lab.person("ana"))
    rows = AccessRow.objects.order_by("seq")
    assert [
        (r.what, r.actor, r.address, r.study_id, json.loads(r.data)) for r in rows
    ] == [
        (what, "ana", address, study.study_id, {"user": "ben", "role": "scorer"})
        for what, address in (("role.given", "a"), ("role.taken", ""))
    ]
    assert verify_log().state == "intact"


def test_roles_that_clash_are_refused_and_nothing_is_kept(lab: Any) -> None:
    study = lab.study(ana="designer", ben="scorer", pia="pharmacist")
    for name, role in (("ben", "pharmacist"), ("pia", "analyst"), ("pia", "dosing")):
        with pytest.raises(DataError, match="knows the groups"):
            grant(study.study_id, lab.person(name), role, by=lab.person("ana"))
    assert held(lab, "ben", study) == {"scorer"}
    assert not AccessRow.objects.exists()


def test_who_was_pharmacist_after_the_list_was_drawn_scores_nothing(lab: Any) -> None:
    study = lab.study(ana="designer")
    ana, pia = lab.person("ana"), lab.person("pia")
    grant(study.study_id, pia, "pharmacist", by=ana)
    take(study.study_id, pia, "pharmacist", by=ana)
    with pytest.raises(DataError, match="held a role that tells the groups"):
        grant(study.study_id, pia, "scorer", by=ana)
    grant(study.study_id, pia, "designer", by=ana)


def test_to_give_a_role_back_is_not_to_forget(lab: Any) -> None:
    # Else a designer who scores takes that role away, reads, and takes it again.
    study = lab.stored(entries_until("analysis.lock"), ana="designer+scorer")
    ana = lab.person("ana")
    assert not access_of(ana, study.study_id).may("record.see")
    take(study.study_id, ana, "scorer", by=ana)
    assert access_of(ana, study.study_id).may("record.see")
    for role in ("scorer", "dosing"):
        with pytest.raises(DataError, match="held a role that tells the groups"):
            grant(study.study_id, ana, role, by=ana)
    grant(study.study_id, ana, "analyst", by=ana)  # by code, as before
    boss = lab.person("boss", administrator=True)
    grant(study.study_id, boss, "analyst", by=boss)
    take(study.study_id, boss, "analyst", by=boss)
    with pytest.raises(DataError, match="held a role that tells the groups"):
        grant(study.study_id, boss, "scorer", by=boss)


def test_who_works_blind_since_before_the_list_was_drawn_goes_on(lab: Any) -> None:
    study = lab.stored(entries_until("analysis.lock"), ana="designer+scorer")
    ana = lab.person("ana")
    grant(study.study_id, ana, "dosing", by=ana)
    take(study.study_id, ana, "dosing", by=ana)
    grant(study.study_id, ana, "dosing", by=ana)
    assert held(lab, "ana", study) == {"designer", "scorer", "dosing"}


def test_who_unblinded_an_animal_scores_and_analyses_nothing(lab: Any) -> None:
    from isobole.studies import Draft

    study = lab.stored(entries_until("analysis.lock"), ana="designer")
    boss = lab.person("boss", administrator=True)
    data = {"animal_id": "R03", "reason": "found moribund"}
    append_drafts(
        study.study_id,
        [Draft("unblind", "R03", data)],
        actor="boss",
        device="web-boss",
    )
    for role in ("scorer", "dosing", "analyst"):
        with pytest.raises(DataError, match="held a role that tells the groups"):
            grant(study.study_id, boss, role, by=boss)


def test_a_stage_that_the_protocol_does_not_blind_may_know_the_groups(
    lab: Any,
) -> None:
    study = _open_study(lab)
    ana, pia = lab.person("ana"), lab.person("pia")
    grant(study.study_id, pia, "pharmacist", by=ana)
    grant(study.study_id, pia, "scorer", by=ana)
    access = access_of(pia, study.study_id)
    assert not access.blinded
    assert access.may("preparation.see")
    with pytest.raises(DataError, match="cannot be dosing"):
        grant(study.study_id, pia, "dosing", by=ana)


def test_a_protocol_opened_later_shows_nobody_what_was_hidden(lab: Any) -> None:
    from isobole.lab.record import NewRow, append

    entries = entries_until("analysis.lock")
    assert any(e.action == "allocation.commit" for e in entries)
    study = lab.stored(entries, ben="scorer", ana="designer")
    saved = entries[0]
    (made,) = append(
        study.study_id,
        [NewRow("protocol.save", saved.obj, blinding_only_dosing(saved))],
        actor="ana",
        device="web-ana",
    )
    assert made.state == "stored"
    assert access_of(lab.person("ben"), study.study_id).blinded


def test_the_last_designer_stays(lab: Any) -> None:
    study = lab.study(ana="designer", dan="designer")
    dan = lab.person("dan")
    dan.is_active = False
    dan.save()
    with pytest.raises(DataError, match="only active designer"):
        take(study.study_id, lab.person("ana"), "designer", by=lab.person("ana"))


def test_closed_accounts_and_unknown_roles_are_refused(lab: Any) -> None:
    study = lab.study(ana="designer")
    dan = lab.person("dan")
    dan.is_active = False
    dan.save()
    with pytest.raises(DataError, match="account of Dan is closed"):
        grant(study.study_id, dan, "scorer", by=lab.person("ana"))
    for role in ("administrator", "owner", ""):
        with pytest.raises(DataError, match="There is no role"):
            grant(study.study_id, lab.person("ben"), role, by=lab.person("ana"))


def test_a_role_given_with_drafts_is_kept_with_them_or_not_at_all(lab: Any) -> None:
    from isobole.studies import Draft

    study = lab.study(ana="designer")
    ben, ana = lab.person("ben"), lab.person("ana")

    def also() -> None:
        grant(study.study_id, ben, "scorer", by=ana)
        raise DataError([])

    with pytest.raises(DataError):
        append_drafts(
            study.study_id,
            [
                Draft(
                    "t0", "M1", {"animal_id": "M1", "wall": "2026-01-06T09:00:00.000Z"}
                )
            ],
            actor="ana",
            device="web-ana",
            also=also,
        )
    assert not Membership.objects.filter(user=ben).exists()
    assert not AccessRow.objects.exists()


def _open_study(lab: Any) -> Any:
    """Return a study whose protocol blinds nothing but dosing."""
    first, *_ = entries_until("allocation.commit")
    opened = {**asdict(first), "data": blinding_only_dosing(first)}
    return lab.stored(rechained([opened]), ana="designer")
