"""The list of studies, and the overview of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from isobole.lab.models import Membership, Study, User
from isobole.lab.pages._saved import protocol_of
from isobole.lab.pages._steps import PHASES, progress_of, steps_of
from isobole.lab.permissions import Access, Capability, needs
from isobole.lab.record import Broken, entries_of, seen_by_blinded, study_of, told
from isobole.results import DataError, Problem
from isobole.studies import Entry, check_protocol, check_study

_OF_PAGE: dict[str, tuple[Capability, ...]] = {
    "protocol": ("protocol.edit",),
    "allocation": ("animals.edit", "allocate"),
    "dosing": ("dose.record", "dosing.see"),
    "bench": ("score",),
    "kindling": ("kindle",),
    "analysis": ("analysis.see", "analysis.lock", "reveal"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One study in the list."""

    study_id: str
    title: str
    model: str
    phase: str
    roles: str
    changed: str
    constructed: bool


def studies(request: HttpRequest) -> HttpResponse:
    """List the studies that a person has a role in; all, to an administrator."""
    user = request.user
    assert isinstance(user, User)
    held: dict[str, list[str]] = {}
    for study_id, role in Membership.objects.filter(user=user).values_list(
        "study_id", "role"
    ):
        held.setdefault(study_id, []).append(role)
    if user.is_administrator:
        for study_id in Study.objects.values_list("study_id", flat=True):
            held.setdefault(study_id, []).append("administrator")
    lines = [_line(study_id, roles) for study_id, roles in sorted(held.items())]
    return render(request, "lab/pages/studies.html", {"lines": lines})


def _line(study_id: str, roles: list[str]) -> Line:
    entries: tuple[Entry, ...] = ()
    protocol, phase = None, "no valid protocol"
    try:
        entries = entries_of(study_id)
        protocol = protocol_of(entries)
    except DataError:
        pass
    except Broken:  # its own pages say more
        phase = "record broken"
    if told(study_id) is not None:
        phase = "record broken"
    elif protocol is not None:
        phase = PHASES[progress_of(entries, protocol).phase]
    return Line(
        study_id=study_id,
        title="" if protocol is None else protocol.title,
        model="" if protocol is None else protocol.model,
        phase=phase,
        roles=", ".join(dict.fromkeys(sorted(roles))),
        # The blinded see the time of the last row that they may read.
        changed=next((row["ts"] for row in seen_by_blinded(entries[-50:])[::-1]), ""),
        constructed=protocol is not None and protocol.constructed == "yes",
    )


@needs("study.see")
def overview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what has been done in a study, what comes next and whose turn it is."""
    entries = entries_of(access.study.study_id)
    protocol = protocol_of(entries)
    context: dict[str, Any] = {"tab": "study", "protocol": protocol}
    if protocol is not None:
        made = progress_of(entries, protocol)
        context["phase"] = PHASES[made.phase]
        context["steps"] = [
            {
                "step": step,
                "mine": any(access.may(c) for c in _OF_PAGE[step.page]),
            }
            for step in steps_of(made, protocol)
        ]
        context["found"] = found_in(access)
        context["roles"] = sorted(access.roles)
    return render(request, "lab/pages/study.html", context)


def found_in(access: Access) -> list[Problem]:
    """Return what is wrong with a study as far as the person may know it.

    What depends on the allocation is told only to those who may read codes; the
    others are told of the protocol.
    """
    study = study_of(access.study.study_id)
    if access.may("record.see"):
        return list(check_study(study))
    return list(check_protocol(study.protocol, folder=study.path))
