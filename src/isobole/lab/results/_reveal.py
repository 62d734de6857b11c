"""The reveal of the groups, and of one animal in an emergency."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from isobole.lab._once import form_of
from isobole.lab.accounts._note import note
from isobole.lab.accounts.signing import check_signature
from isobole.lab.permissions import Access, needs
from isobole.lab.record import append_drafts, study_of
from isobole.lab.results._forms import device_of, form
from isobole.lab.results._key import opened_key
from isobole.lab.results._stage import stage_of
from isobole.results import DataError, IsoboleError, Problem
from isobole.studies import (
    AllocationKey,
    Draft,
    Study,
    reveal_draft,
    unblind_draft,
    verify_commitment,
)

SEQUENTIAL = "sequential_dose"
GROUP = "group-"
MEANING = "one animal unblinded"
LONGEST_REASON = 500


@require_http_methods(["GET", "POST"])
@needs("reveal")
def reveal(request: HttpRequest, access: Access) -> HttpResponse:
    """Verify the commitment and reveal the groups, once."""
    study = study_of(access.study.study_id)
    if request.method == "POST":
        try:
            _reveal(request, access, study)
        except IsoboleError as error:
            return _reveal_form(request, access, study, error)
        messages.success(
            request,
            "The groups are revealed. Nonce, seed, rules and list gave the commitment "
            "made before the first dose, and every row of the allocation is the one "
            "committed to.",
        )
        return redirect("reveal", study_id=access.study.study_id)
    return _reveal_form(request, access, study, None)


def _reveal(request: HttpRequest, access: Access, study: Study) -> None:
    if not study.locked:
        raise DataError([_lock_first()])
    groups = None
    if study.protocol.randomisation.method == SEQUENTIAL:
        groups = {
            row.animal_id: request.POST.get(GROUP + row.animal_id, "")
            for row in study.allocation
        }
    draft, _ = reveal_draft(study, opened_key(request, access), groups=groups)
    study_id = access.study.study_id
    append_drafts(
        study_id,
        [draft],
        actor=access.user.username,
        device=device_of(access),
        based_on=len(study.record),
        also=lambda: note(request, "reveal", study_id=study_id),
    )


def _reveal_form(
    request: HttpRequest, access: Access, study: Study, error: IsoboleError | None
) -> HttpResponse:
    sequential = study.protocol.randomisation.method == SEQUENTIAL
    rows = study.allocation if sequential and study.locked else ()
    context = {
        "stage": stage_of(study.record),
        "study": study,
        "has_key": bool(access.study.sealed_key),
        "revealed": sorted(study.revealed.items()) if study.locked else [],
        "verified": _verified(study),
        "animals": [
            (
                row.animal_id,
                GROUP + row.animal_id,
                request.POST.get(GROUP + row.animal_id),
            )
            for row in rows
        ],
        "groups": [group.id for group in study.protocol.groups],
    }
    return form(request, "lab/results/reveal.html", context, error)


def _verified(study: Study) -> tuple[Problem, ...]:
    """Verify the commitment by what the reveal put into the record."""
    told = [e.data for e in study.record if e.action == "allocation.reveal"]
    if not told or not study.commitment:
        return ()
    data = told[-1]
    key = AllocationKey(
        study.protocol.study_id,
        data["nonce"],
        data["seed"],
        data["rules"],
        tuple(data["list"]),
        data["groups"],
    )
    return verify_commitment(study, key)


@require_http_methods(["GET", "POST"])
@needs("unblind")
def unblind(request: HttpRequest, access: Access) -> HttpResponse:
    """Tell the group of one animal, once, to who asks; the animal is marked."""
    study = study_of(access.study.study_id)
    if request.method == "POST":
        try:
            animal, group = _unblind(request, access, study)
        except IsoboleError as error:
            return _unblind_form(request, access, study, error)
        context = {"animal": animal, "group": study.protocol.group(group)}
        return form(request, "lab/results/unblinded.html", context)
    return _unblind_form(request, access, study, None)


def _unblind(request: HttpRequest, access: Access, study: Study) -> tuple[str, str]:
    animal = request.POST.get("animal", "").strip()
    reason = " ".join(request.POST.get("reason", "").split())
    known = {row.animal_id for row in study.allocation}
    if animal not in known or not 0 < len(reason) <= LONGEST_REASON:
        raise DataError(_not_said(animal, reason))
    check_signature(request)
    key = opened_key(request, access)
    draft, group = unblind_draft(study, key, animal, reason)
    study_id = access.study.study_id
    signed = Draft(draft.action, draft.obj, {**draft.data, "signed": MEANING})

    def noted() -> None:
        note(request, "unblind", study_id=study_id, animal=animal, reason=reason)

    # On record in both before anything is told, and once, however often it is sent.
    append_drafts(
        study_id,
        [signed],
        actor=access.user.username,
        device=device_of(access),
        also=noted,
        form=form_of(request),
    )
    return animal, group


def _unblind_form(
    request: HttpRequest, access: Access, study: Study, error: IsoboleError | None
) -> HttpResponse:
    context = {
        "stage": stage_of(study.record),
        "has_key": bool(access.study.sealed_key),
        "animals": sorted(row.animal_id for row in study.allocation),
        "meaning": MEANING,
    }
    return form(request, "lab/results/unblind.html", context, error)


def _not_said(animal: str, reason: str) -> list[Problem]:
    found = []
    if not animal:
        found.append(
            Problem(
                "no-animal",
                "No animal was chosen",
                column="animal",
                remedy="Choose the one animal whose treatment must be known",
            )
        )
    elif not 0 < len(reason) <= LONGEST_REASON:
        found.append(
            Problem(
                "no-reason",
                "An animal is unblinded for a reason only",
                column="reason",
                expected=f"a sentence of at most {LONGEST_REASON} characters",
                remedy="Say what happened and why the treatment must be known",
            )
        )
    else:
        found.append(
            Problem(
                "unknown-animal",
                f"No animal {animal} is allocated",
                column="animal",
                given=animal,
                remedy="Choose one of the list",
            )
        )
    return found


def _lock_first() -> Problem:
    return Problem(
        "not-locked",
        "The analysis is not locked yet",
        remedy="The analyst locks it first, when all animals have been scored; a "
        "single animal in an emergency is unblinded alone",
    )
