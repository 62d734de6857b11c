"""Doses written down: the right syringe for the animal, its volume, corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from isobole.lab._once import CORRECTED_BEFORE, form_of, sent_before
from isobole.lab.pages._dosing import (
    challenges_of,
    given_of,
    page_of,
    syringe_of,
    volume_for,
)
from isobole.lab.pages._dosing_fields import (
    check_code,
    number_of,
    time_of,
    unknown_syringe,
    weight_of,
)
from isobole.lab.pages._held import Held, held_rows, refuse_stale, seen_row
from isobole.lab.pages._saved import device_of, save
from isobole.lab.permissions import Access, needs
from isobole.lab.record import Chain, NewRow, append, entries_of, study_of
from isobole.results import DataError, Problem
from isobole.studies import (
    Draft,
    Study,
    Syringe,
    decimal_text,
    dosing_rows,
)

FAR_OFF = 0.3
"""Share by which a weight may differ from the one entered before it is remarked on."""
Rule = Callable[[Chain, NewRow], None]


@require_POST
@needs("dose.record")
def give(request: HttpRequest, access: Access) -> HttpResponse:
    """Write down that a syringe was given, after its code was checked."""
    study = study_of(access.study.study_id)
    animal = request.POST.get("animal_id", "")
    one = syringe_of(study, animal, request.POST.get("number", ""))
    if one is None:
        msg = "There is no such animal or injection in this study"
        raise Http404(msg)
    typed = request.POST.get("weight_g", "")
    if sent_before(request, access.study.study_id):
        return _again(request, access, one.run)
    try:
        weight = weight_of(typed, one.animal_id)
        volume = str(volume_for(study, one, weight))
        if request.POST.get("do") == "volume":
            weighed = {one.code: (decimal_text(weight), volume)}
            return page_of(request, access, {"weighed": weighed})
        check_code(request.POST.get("code", ""), one, dosing_rows(study))
        data: dict[str, Any] = {
            "animal_id": one.animal_id,
            "kind": "treatment",
            "syringe_code": one.code,
            "volume_ml": volume,
            "weight_g": decimal_text(weight),
            "route": one.route,
            "person": access.user.username,
            "ts": time_of(request.POST.get("when", "")),
        }
        _append(request, access, data, _once(one))
    except DataError as error:
        more = {"refused": error.problems}
        return page_of(request, access, more, status=422)
    if abs(weight - one.weight_g) > FAR_OFF * one.weight_g:
        messages.warning(
            request,
            f"{one.animal_id} was {one.weight_g:g} g before and {weight:g} g now: if "
            "that was a slip, correct the dose.",
        )
    messages.success(
        request,
        f"{one.animal_id}: syringe {one.code} given, {data['volume_ml']} mL.",
    )
    return redirect(f"{reverse('dosing', args=[access.study.study_id])}?run={one.run}")


@require_POST
@needs("dose.record")
def challenge(request: HttpRequest, access: Access) -> HttpResponse:
    """Write down the challenge dose of an animal."""
    study = study_of(access.study.study_id)
    plan = study.protocol.challenge
    animal = request.POST.get("animal_id", "")
    own = [one for one in dosing_rows(study) if one.animal_id == animal]
    if not plan.substance or not own:
        msg = "There is no such animal in this study, or it gets no challenge dose"
        raise Http404(msg)
    if sent_before(request, access.study.study_id):
        return _again(request, access, own[0].run)
    try:
        weight = weight_of(request.POST.get("weight_g", ""), animal)
        data: dict[str, Any] = {
            "animal_id": animal,
            "kind": "challenge",
            "substance": plan.substance,
            "weight_g": decimal_text(weight),
            "person": access.user.username,
            "ts": time_of(request.POST.get("when", "")),
        }
        if plan.amount is not None:
            data |= {"amount": decimal_text(plan.amount), "unit": plan.unit}
        if plan.route is not None:
            data["route"] = plan.route
        volume = request.POST.get("volume_ml", "").strip()
        if volume:
            data["volume_ml"] = decimal_text(number_of(volume, "volume_ml", "mL"))
        _append(request, access, data, _challenged_once)
    except DataError as error:
        return page_of(request, access, {"refused": error.problems}, status=422)
    given = given_of(entries_of(access.study.study_id))
    missing = [one.code for one in own if one.code not in given]
    if missing:
        messages.warning(
            request,
            f"{animal} got its challenge, and {', '.join(missing)} is not written down "
            "as given.",
        )
    messages.success(request, f"{animal}: challenge given.")
    run = own[0].run
    return redirect(f"{reverse('dosing', args=[access.study.study_id])}?run={run}")


@needs("dose.record")
def correct(request: HttpRequest, access: Access) -> HttpResponse:
    """Correct a dose or take it back, with a reason."""
    study_id = access.study.study_id
    entries = entries_of(study_id)
    if request.method == "POST" and sent_before(request, study_id):
        messages.info(request, CORRECTED_BEFORE)
        return redirect("dosing", study_id)
    root = request.GET.get("row", "")
    held = next((h for h in held_rows(entries, "dose.give") if h.root_id == root), None)
    if held is None:
        msg = "There is no such dose, or it was taken back"
        raise Http404(msg)
    context: dict[str, Any] = {
        "tab": "dosing",
        "dose": held,
        "sent": request.POST,
        "seen": seen_row(request, held),
    }
    status = 200
    if request.method == "POST":
        try:
            _refuse_locked(access)
            refuse_stale(request, held)
            draft = _corrected(request, study_of(study_id), held)
            save(access, [draft], form=form_of(request))
        except DataError as error:
            status = 422
            context["refused"] = error.problems
        else:
            done = "taken back" if request.POST.get("do") == "void" else "corrected"
            messages.success(request, f"The dose of {held.animal_id} is {done}.")
            return redirect("dosing", study_id)
    return render(request, "lab/pages/dose.html", context, status=status)


def _corrected(request: HttpRequest, study: Study, held: Held) -> Draft:
    from isobole.lab.pages._animals import no_reason

    reason = request.POST.get("reason", "").strip()[:400]
    if not reason:
        raise DataError([no_reason()])
    if request.POST.get("do") == "void":
        return Draft("amend", held.animal_id, {"void": 1}, held.row_id, reason)
    data = dict(held.data)
    code = request.POST.get("code", "").strip().upper()
    if code and code != data.get("syringe_code"):
        filled = {one.code: one for one in dosing_rows(study)}
        if code not in filled:
            raise DataError([unknown_syringe(code)])
        # What was really injected is written down, whoever's syringe it was.
        data["syringe_code"] = code
    data["weight_g"] = decimal_text(
        weight_of(request.POST.get("weight_g", ""), held.animal_id)
    )
    volume = request.POST.get("volume_ml", "").strip()
    if volume:
        number = number_of(volume, "volume_ml", "mL")
        if str(data.get("volume_ml", "")) != volume:
            data["volume_ml"] = decimal_text(number)
    when = request.POST.get("when", "").strip()
    if when:
        data["ts"] = time_of(when)
    return Draft("amend", held.animal_id, data, held.row_id, reason)


def _again(request: HttpRequest, access: Access, run: int) -> HttpResponse:
    """Say that this very form was stored before: a dose is not given by it twice."""
    messages.info(
        request,
        "This form was sent before and is stored; nothing was added. If something was "
        "given once more, write it down in the form below.",
    )
    return redirect(f"{reverse('dosing', args=[access.study.study_id])}?run={run}")


def _append(
    request: HttpRequest, access: Access, data: dict[str, Any], rule: Rule
) -> None:
    _refuse_locked(access)
    username = access.user.username
    (answer,) = append(
        access.study.study_id,
        [NewRow("dose.give", str(data["animal_id"]), data)],
        actor=username,
        device=device_of(username),
        rule=rule,
        form=form_of(request),
    )
    if answer.state == "refused":
        raise DataError(answer.problems)


def _once(one: Syringe) -> Rule:
    """Return the rule that a syringe is given once, unless its schedule repeats."""

    def rule(chain: Chain, row: NewRow) -> None:
        before = given_of(chain.entries).get(one.code)
        if before and one.schedule == "once":
            raise DataError([_given(f"Syringe {one.code}", before[-1])])

    return rule


def _challenged_once(chain: Chain, row: NewRow) -> None:
    before = challenges_of(chain.entries).get(row.obj)
    if before:
        raise DataError([_given(f"The challenge of {row.obj}", before)])


def _refuse_locked(access: Access) -> None:
    entries = entries_of(access.study.study_id)
    if any(entry.action == "analysis.lock" for entry in entries):
        raise DataError(
            [
                Problem(
                    "analysis-locked",
                    "The analysis is locked: doses are not written any more",
                    remedy="Report what is missing or wrong beside the results",
                )
            ]
        )


def _given(what: str, before: Held) -> Problem:
    return Problem(
        "given-already",
        f"{what} was given already, at {str(before.data.get('ts', ''))[11:16]} UTC by "
        f"{before.actor}; nothing was added",
        remedy="If that was a slip, correct the dose that is there",
    )
