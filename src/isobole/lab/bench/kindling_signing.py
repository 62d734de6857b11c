"""Signing that one's scoring of the stimulated rats is complete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isobole.lab.accounts.signing import check_signature
from isobole.lab.bench import kindling_pages as pages
from isobole.lab.bench._facts import reading
from isobole.lab.bench.kindling_rats import Board, board_of
from isobole.lab.permissions import Access, needs
from isobole.lab.record import append_drafts
from isobole.results import DataError, Problem
from isobole.studies import Draft

MEANING = "scoring complete"


@needs("score.complete")
@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, access: Access) -> HttpResponse:
    """Sign for the rats of which one entered stimulations."""
    board = board_of(access.study.study_id)
    if board is None:
        return pages.none(request)
    me = access.user.username
    lines = _lines(board, access.study.study_id, me)
    to_sign = [animal for animal, entered, _, signed in lines if entered and not signed]
    if request.method == "POST":
        check_signature(request)
        if not to_sign:
            raise DataError([_nothing()])
        append_drafts(
            access.study.study_id,
            [
                Draft(
                    "score.complete",
                    animal,
                    {"animal_id": animal, "observer": me, "signed": MEANING},
                )
                for animal in to_sign
            ],
            actor=me,
            device=f"web-{me}",
            based_on=board.rows,
        )
        messages.success(request, f"Signed for {len(to_sign)} rats.")
        return redirect("kindling", access.study.study_id)
    context = {
        **pages.common(access, board),
        "meaning": MEANING,
        "lines": lines,
        "to_sign": to_sign,
    }
    return render(request, "lab/bench/kindling_complete.html", context)


def _lines(board: Board, study_id: str, me: str) -> list[tuple[str, int, int, bool]]:
    """Return rat, stimulations one entered, durations to be measured, signed."""
    wrote = {e.id for e in board.study.record if e.actor == me}
    with reading(study_id) as (_, facts):
        return [
            (
                rat.animal_id,
                sum(s.session_id in wrote for s in rat.held),
                len(rat.pending),
                facts.is_complete(rat.animal_id, me),
            )
            for rat in board.rats
        ]


def _nothing() -> Problem:
    return Problem(
        "nothing-to-sign",
        "You entered no stimulation that you have not signed for",
        remedy="Enter the stimulations first",
    )
