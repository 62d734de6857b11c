"""The lock of the analysis: signed, after what it rests on was shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from isobole.lab.accounts.signing import check_signature
from isobole.lab.permissions import Access, needs
from isobole.lab.record import append_drafts, study_of
from isobole.lab.results._forms import device_of, form
from isobole.lab.results._stage import Located, Stage, located, stage_of
from isobole.results import DataError, IsoboleError, Problem
from isobole.studies import Draft, LockedAnalysis, Study, check_study, lock_draft

MEANING = "analysis locked"
UNSIGNED = "unsigned"


@require_http_methods(["GET", "POST"])
@needs("analysis.lock")
def lock(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the lock rests on; lock when the form is signed."""
    study = study_of(access.study.study_id)
    stage = stage_of(study.record)
    if request.method == "POST":
        try:
            _lock(request, access, study, stage)
        except IsoboleError as error:
            return _form(request, study, stage, error)
        messages.success(
            request, "The analysis is locked. The groups may be revealed now."
        )
        return redirect("analysis", study_id=access.study.study_id)
    return _form(request, study, stage, None)


def _lock(request: HttpRequest, access: Access, study: Study, stage: Stage) -> None:
    draft, _ = lock_draft(study)
    if not stage.scored and request.POST.get(UNSIGNED) != "yes":
        raise DataError([_not_complete(stage)])
    check_signature(request)
    data = {**draft.data, "signed": MEANING}
    if not stage.scored:
        data["scoring"] = "not signed complete"
    append_drafts(
        access.study.study_id,
        [Draft(draft.action, draft.obj, data)],
        actor=access.user.username,
        device=device_of(access),
        based_on=len(study.record),
    )


def _form(
    request: HttpRequest, study: Study, stage: Stage, error: IsoboleError | None
) -> HttpResponse:
    found = check_study(study)
    due: LockedAnalysis | None = None
    hinders: tuple[Located, ...] = ()
    try:
        _, due = lock_draft(study)
    except DataError as refused:
        hinders = located(refused.problems, study.record)
    open_ends = _not_ended(study)
    context = {
        "stage": stage,
        "due": due,
        "hinders": hinders,
        "warnings": [p for p in found if p.severity == "warning"],
        "open_ends": open_ends,
        "meaning": MEANING,
    }
    return form(request, "lab/results/lock.html", context, error)


def _not_ended(study: Study) -> tuple[str, ...]:
    """Return animals that were challenged and whose observation has no end."""
    ended = {event.animal_id for event in study.events if event.type == "end"}
    out = {row.animal_id for row in study.exclusions}
    return tuple(
        animal.animal_id
        for animal in study.animals
        if animal.animal_id in study.t0 and animal.animal_id not in ended | out
    )


def _not_complete(stage: Stage) -> Problem:
    return Problem(
        "scoring-not-complete",
        f"Nobody signed that the scoring of {len(stage.waiting)} animals is complete"
        if stage.complete
        else "Nobody signed that scoring is complete",
        column=UNSIGNED,
        remedy="Let the scorer sign it at the bench; if that cannot be, say below that "
        "you lock without it, which the record keeps",
    )
