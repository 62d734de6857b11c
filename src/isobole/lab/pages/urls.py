"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab.pages import (
    _allocation,
    _animals,
    _dosing,
    _dosing_record,
    _new,
    _plan,
    _protocol,
    _studies,
)

STUDY = "studies/<str:study_id>"

urlpatterns = [
    path("", _studies.studies, name="studies"),
    path("studies/new", _new.new, name="new-study"),
    path("studies/new/check", _new.check, name="check-protocol"),
    path(f"{STUDY}/", _studies.overview, name="study"),
    path(f"{STUDY}/protocol", _protocol.protocol, name="protocol"),
    path(f"{STUDY}/protocol/edit", _protocol.edit, name="protocol-edit"),
    path(f"{STUDY}/protocol/lock", _protocol.lock, name="protocol-lock"),
    path(f"{STUDY}/protocol/versions", _protocol.history, name="protocol-history"),
    path(f"{STUDY}/protocol/study.toml", _protocol.download, name="protocol-download"),
    path(f"{STUDY}/plan", _plan.plan, name="plan"),
    path(f"{STUDY}/plan/write", _plan.write, name="plan-write"),
    path(f"{STUDY}/plan/numbers.csv", _plan.as_csv, name="plan-csv"),
    path(f"{STUDY}/plan/<slug:anchor>.svg", _plan.figure, name="plan-figure"),
    path(f"{STUDY}/allocation", _allocation.allocation, name="allocation"),
    path(f"{STUDY}/allocation/animals", _animals.add, name="animals-add"),
    path(f"{STUDY}/allocation/animals/correct", _animals.correct, name="animal"),
    path(f"{STUDY}/allocation/draw", _allocation.draw, name="allocation-draw"),
    path(f"{STUDY}/allocation/key", _allocation.key_file, name="allocation-key"),
    path(
        f"{STUDY}/allocation/preparation", _allocation.preparation, name="preparation"
    ),
    path(f"{STUDY}/dosing", _dosing.dosing, name="dosing"),
    path(f"{STUDY}/dosing/sheet", _dosing.sheet, name="dosing-sheet"),
    path(f"{STUDY}/dosing/give", _dosing_record.give, name="dose-give"),
    path(f"{STUDY}/dosing/challenge", _dosing_record.challenge, name="dose-challenge"),
    path(f"{STUDY}/dosing/correct", _dosing_record.correct, name="dose-correct"),
]
