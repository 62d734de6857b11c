"""Dosing: sheets to print, and what was given to whom, by syringe code.

All that is shown follows from the protocol, the animals and the blinded rows of the
allocation: it is the same whoever is in which group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from isobole.lab.pages._held import Held, held_rows
from isobole.lab.pages._protocol_text import shown
from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of, study_of
from isobole.results import DataError
from isobole.studies import (
    Entry,
    Study,
    Syringe,
    dosing_blocks,
    dosing_rows,
    syringes,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One syringe with what was given of it."""

    syringe: Syringe
    given: tuple[Held, ...]
    weight: str
    volume: str

    @property
    def done(self) -> bool:
        """Whether nothing more is to be given of it."""
        return bool(self.given) and self.syringe.schedule == "once"


@dataclass(frozen=True, slots=True)
class Injection:
    """The syringes of one run that are given in the same manner."""

    said: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run in the list of runs."""

    number: int
    day: str
    syringes: int
    given: int


@needs("dosing.see", "dose.record")
def dosing(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the runs, and the syringes of one of them with what was given."""
    return page_of(request, access, {})


def page_of(
    request: HttpRequest, access: Access, more: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Show the dosing page with what a form adds to it."""
    study = study_of(access.study.study_id)
    context: dict[str, Any] = {"tab": "dosing", **more}
    try:
        filled = dosing_rows(study)
    except DataError as error:
        context["hindrances"] = error.problems
        return render(request, "lab/pages/dosing.html", context, status=status)
    entries = entries_of(access.study.study_id)
    given = given_of(entries)
    runs = _runs(filled, given)
    if request.method == "POST":
        run = _picked(request.POST.get("run"), runs)
    else:
        run = _asked_for(request.GET.get("run"), runs)
    members = [one for one in filled if one.run == run]
    weighed: Mapping[str, tuple[str, str]] = more.get("weighed", {})
    challenge = study.protocol.challenge
    context |= {
        "protocol": study.protocol,
        "runs": runs,
        "run": run,
        "injections": _injections(members, given, weighed),
        "challenge": challenge if challenge.substance else None,
        "challenged": _challenged(members, entries) if challenge.substance else [],
        "next": _next(members, given),
    }
    return render(request, "lab/pages/dosing.html", context, status=status)


@require_safe
@needs("dosing.see", "dose.record")
def sheet(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the dosing sheets of a run, a day or the study, to be printed."""
    study = study_of(access.study.study_id)
    filled = dosing_rows(study)
    run, day = request.GET.get("run"), request.GET.get("day")
    if run:
        filled = tuple(one for one in filled if str(one.run) == run)
    if day:
        filled = tuple(one for one in filled if one.day == day)
    if not filled:
        msg = "There is no such run or day"
        raise Http404(msg)
    context = {
        "tab": "dosing",
        "title": f"Dosing sheet {access.study.study_id}",
        "report": shown(dosing_blocks(study.protocol, filled)),
    }
    return render(request, "lab/pages/dosing_sheet.html", context)


def given_of(entries: Sequence[Entry]) -> dict[str, list[Held]]:
    """Return what was given, by syringe code."""
    found: dict[str, list[Held]] = {}
    for held in held_rows(entries, "dose.give"):
        if held.data.get("kind") == "treatment":
            code = str(held.data.get("syringe_code", ""))
            found.setdefault(code, []).append(held)
    return found


def challenges_of(entries: Sequence[Entry]) -> dict[str, Held]:
    """Return the challenge dose of each animal that has one."""
    return {
        held.animal_id: held
        for held in held_rows(entries, "dose.give")
        if held.data.get("kind") == "challenge"
    }


def syringe_of(study: Study, animal_id: str, number: str) -> Syringe | None:
    """Return the syringe of an animal by the number of its injection."""
    return next(
        (
            one
            for one in dosing_rows(study)
            if one.animal_id == animal_id and str(one.number) == number
        ),
        None,
    )


def volume_for(study: Study, one: Syringe, weight: float) -> Decimal:
    """Return the volume of a syringe for the weight of the day.

    Raises
    ------
    DataError
        If no syringe measures it.
    """
    animal = next(a for a in study.animals if a.animal_id == one.animal_id)
    row = next(r for r in study.allocation if r.animal_id == one.animal_id)
    filled = syringes(
        study.protocol, [replace(animal, weight_g=weight)], [replace(row, group=None)]
    )
    return next(s.volume_ml for s in filled if s.number == one.number)


def _injections(
    members: Sequence[Syringe],
    given: Mapping[str, list[Held]],
    weighed: Mapping[str, tuple[str, str]],
) -> list[Injection]:
    """Put the syringes of a run into tables as the sheet has them."""
    found = []
    for number in dict.fromkeys(one.number for one in members):
        lines = [
            _line(one, tuple(given.get(one.code, ())), weighed)
            for one in sorted(members, key=lambda one: one.order)
            if one.number == number
        ]
        first = lines[0].syringe
        said = (
            f"Injection {number}: {first.route}, {first.pretreatment_min:g} min before "
            f"the challenge, {first.schedule}"
        )
        found.append(Injection(said, tuple(lines)))
    return found


def _line(
    one: Syringe, given: tuple[Held, ...], weighed: Mapping[str, tuple[str, str]]
) -> Line:
    usual = (f"{one.weight_g:g}", str(one.volume_ml))
    weight, volume = weighed.get(one.code, usual)
    return Line(one, given, weight, volume)


def _challenged(
    members: Sequence[Syringe], entries: Sequence[Entry]
) -> list[dict[str, Any]]:
    given = challenges_of(entries)
    seen = {one.animal_id: one for one in sorted(members, key=lambda one: one.order)}
    return [
        {"syringe": one, "given": given.get(animal_id)}
        for animal_id, one in seen.items()
    ]


def _runs(filled: Sequence[Syringe], given: Mapping[str, Any]) -> list[Run]:
    return [
        Run(
            number,
            next(one.day or "" for one in filled if one.run == number),
            sum(one.run == number for one in filled),
            sum(one.run == number and one.code in given for one in filled),
        )
        for number in dict.fromkeys(one.run for one in filled)
    ]


def _asked_for(wanted: str | None, runs: Sequence[Run]) -> int:
    """Return the run that an address names: no other one is shown in its place."""
    if wanted and wanted not in {str(run.number) for run in runs}:
        msg = (
            f"This study has no run {wanted[:20]}: its runs are {runs[0].number} to "
            f"{runs[-1].number}"
        )
        raise Http404(msg)
    return _picked(wanted, runs)


def _picked(wanted: str | None, runs: Sequence[Run]) -> int:
    """Return the run asked for, else the first that is not all given."""
    for run in runs:
        if str(run.number) == wanted:
            return run.number
    return next((r.number for r in runs if r.given < r.syringes), runs[0].number)


def _next(members: Sequence[Syringe], given: Mapping[str, Any]) -> str:
    """Return the code of the first syringe of the run that is still to be given."""
    ordered = sorted(members, key=lambda one: (one.number, one.order))
    return next((one.code for one in ordered if one.code not in given), "")
