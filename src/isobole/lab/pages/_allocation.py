"""Animals and allocation: what is missing, the draw, the key, the preparation sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from isobole.lab._once import form_of, sent_before
from isobole.lab.accounts import attempts
from isobole.lab.models import Study as StudyRow
from isobole.lab.pages._held import held_rows
from isobole.lab.pages._protocol_text import not_allocated_here, shown
from isobole.lab.pages._saved import lock_of, protocol_of, save
from isobole.lab.pages._steps import progress_of
from isobole.lab.permissions import Access, needs
from isobole.lab.record import allotted, entries_of, log_access, study_of
from isobole.results import DataError, OptionError, Problem
from isobole.studies import (
    AllocationKey,
    Entry,
    Study,
    allocation_draft,
    check_study,
    dosing_rows,
    key_from_text,
    keyed_rows,
    preparation_blocks,
)

SPARE = 6
MOST_ROWS = 12


@needs("animals.edit", "allocate")
def allocation(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the animals, what keeps them from being allocated, and the commitment."""
    return page_of(request, access, {})


def page_of(
    request: HttpRequest,
    access: Access,
    more: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the page of animals and allocation with what a form adds to it."""
    from isobole.lab.pages._animals import COLUMNS

    entries = entries_of(access.study.study_id)
    protocol = protocol_of(entries)
    if protocol is None:
        msg = "This study has no protocol yet"
        raise Http404(msg)
    study = study_of(access.study.study_id)
    made = progress_of(entries, protocol)
    held = held_rows(entries, "animal.add")
    missing = max(made.wanted - len(held), 0)
    rows = more.get("rows", [])
    hindering = [] if made.allocated else list(hindrances(study, entries))
    context = {
        "tab": "allocation",
        "protocol": protocol,
        "made": made,
        "animals": held,
        "columns": COLUMNS,
        "open": made.allocated is None,
        "missing": missing,
        "blank": range(
            more.get("more", 0) or (0 if rows else min(missing or SPARE, MOST_ROWS))
        ),
        "hindrances": hindering,
        "sealed": bool(access.study.sealed_key),
        "found": [p for p in _found(access, study) if p not in hindering],
        **_committed(access, made.allocated),
        **more,
    }
    return render(request, "lab/pages/allocation.html", context, status=status)


def _committed(access: Access, entry: Entry | None) -> dict[str, Any]:
    """Return what may be shown of an allocation that was drawn."""
    if entry is None:
        return {}
    shown: dict[str, Any] = {"allotted": allotted(entry)}
    if access.may("record.see"):
        shown["commitment"] = entry
    return shown


def _found(access: Access, study: Study) -> list[Problem]:
    """Return what was found, for those who may know what depends on the allocation."""
    if not access.may("record.see"):
        return []
    return [
        problem
        for problem in check_study(study)
        if problem.severity != "notice" and problem.code != "template-words"
    ]


def hindrances(study: Study, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield what keeps a study from being allocated in the lab."""
    if lock_of(entries) is None:
        yield Problem(
            "protocol-open",
            "The protocol is not locked",
            remedy="The designer locks it first: animals are allocated to what it says",
        )
    for problem in not_allocated_here(study.protocol):
        yield replace(problem, severity="error")
    animals, wanted = len(study.animals), sum(g.n for g in study.protocol.groups)
    if study.protocol.randomisation.method == "sequential_dose":
        wanted = 1  # how many each dose will have is not known beforehand
    if animals < wanted:
        yield Problem(
            "animals-missing",
            f"{animals} of {wanted} animals are entered",
            remedy="Enter the others, or change the group sizes in the protocol",
        )
    try:
        dosing_rows(study)
    except DataError as error:
        # That it is not allocated yet is no hindrance.
        yield from (p for p in error.problems if p.code == "syringes-tell-group")
    yield from (p for p in check_study(study) if p.severity == "error")


@require_POST
@needs("allocate")
def draw(request: HttpRequest, access: Access) -> HttpResponse:
    """Draw the allocation; the key is stored sealed in the same transaction."""
    study_id = access.study.study_id
    if sent_before(request, study_id):
        messages.info(request, "The list was drawn when the form was sent first.")
        return redirect("allocation", study_id)
    entries = entries_of(study_id)
    try:
        passphrase = _chosen(request)
        study = study_of(study_id)
        if not any(entry.action == "allocation.commit" for entry in entries):
            hindering = list(hindrances(study, entries))
            if hindering:
                raise DataError(hindering)
        made = allocation_draft(study, passphrase=passphrase)
        (drawn,) = save(
            access,
            [made.draft],
            based_on=len(entries),
            also=lambda: _seal(study_id, made.key_text),
            form=form_of(request),
        )
    except DataError as error:
        return page_of(request, access, {"refused": error.problems}, status=422)
    except OptionError as error:
        problem = Problem("not-an-option", str(error))
        return page_of(request, access, {"refused": [problem]}, status=422)
    _log(request, access, "allocation", commitment=str(drawn.data["commitment"]))
    messages.success(
        request,
        "The animals are allocated. Keep the key and its passphrase; give the "
        "commitment to a third person before the first dose.",
    )
    return redirect("allocation", study_id)


def _seal(study_id: str, text: str) -> None:
    StudyRow.objects.filter(pk=study_id).update(sealed_key=text)


def _chosen(request: HttpRequest) -> str:
    one = request.POST.get("passphrase", "")
    if one != request.POST.get("passphrase_again", ""):
        raise DataError(
            [
                Problem(
                    "passphrases-differ",
                    "The two passphrases differ",
                    remedy="Type the same one twice; nothing can open the key without "
                    "it",
                )
            ]
        )
    return one


@require_safe
@needs("allocate")
def key_file(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the key as it is kept: encrypted under the pharmacist's passphrase."""
    if not access.study.sealed_key:
        msg = "This study has no key in the lab"
        raise Http404(msg)
    _log(request, access, "key.download")
    response = HttpResponse(access.study.sealed_key, content_type="application/json")
    name = f"{access.study.study_id}.key"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("preparation.see")
def preparation(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what is in each syringe; asks for the passphrase, and is logged."""
    try:
        study = study_of(access.study.study_id)
        filled = keyed_rows(study, opened(request, access))
    except DataError as error:
        more = {"refused": error.problems, "not_done": "The sheet was not opened"}
        return page_of(request, access, more, status=422)
    _log(request, access, "preparation")
    blocks = preparation_blocks(study.protocol, filled)
    context = {"tab": "allocation", "report": shown(blocks), "protocol": study.protocol}
    response = render(request, "lab/pages/preparation.html", context)
    response["Cache-Control"] = "no-store"
    return response


def opened(request: HttpRequest, access: Access) -> AllocationKey:
    """Open the key with the passphrase of a form; failures are counted and logged.

    Raises
    ------
    DataError
        If there is no key, the passphrase is wrong, or was wrong too often.
    """
    if not access.study.sealed_key:
        raise DataError(
            [
                Problem(
                    "no-key",
                    "This study has no key in the lab",
                    remedy="Import the key file beside the study",
                )
            ]
        )
    counted = attempts.of_key(access.user.username, access.study.study_id)
    attempts.begin(counted)
    try:
        key = key_from_text(
            access.study.sealed_key,
            request.POST.get("passphrase", ""),
            file="the key",
        )
    except DataError:
        _log(request, access, "key.refused")
        raise
    attempts.succeeded(counted)
    return key


def _log(request: HttpRequest, access: Access, what: str, **data: str) -> None:
    log_access(
        what,
        actor=access.user.username,
        address=str(request.META.get("REMOTE_ADDR", ""))[:64],
        study_id=access.study.study_id,
        data=data,
    )
