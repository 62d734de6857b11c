"""Codes of test sessions put into the words of the analysis, all at once and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isobole.lab._once import form_of, sent_before
from isobole.lab.accounts._note import note
from isobole.lab.accounts.signing import check_signature
from isobole.lab.bench import kindling_pages as pages
from isobole.lab.bench._facts import reading
from isobole.lab.bench.kindling_rats import Board, board_of
from isobole.lab.pages._held import Held, held_rows
from isobole.lab.permissions import Access, is_analysis_locked, needs
from isobole.lab.record import append_drafts
from isobole.results import DataError, Problem
from isobole.studies import Draft

MEANING = "conditions decoded"
WORDS = ("vehicle", "drug")
"""What the analysis of tests knows."""


@dataclass(frozen=True, slots=True)
class Code:
    """A condition that is no word of the analysis yet, and where it stands."""

    text: str
    rows: tuple[Held, ...]
    word: str = ""

    @property
    def rats(self) -> tuple[str, ...]:
        """The rats that were tested under it."""
        return tuple(dict.fromkeys(sorted(row.animal_id for row in self.rows)))


@require_http_methods(["GET", "POST"])
@needs("protocol.edit")
def decode(request: HttpRequest, access: Access) -> HttpResponse:
    """Show every code once; put them all into words when the form is signed."""
    if access.blinded:
        msg = "Who scores or doses in this study does not learn its conditions."
        raise PermissionDenied(msg)
    board = board_of(access.study.study_id)
    if board is None:
        return pages.none(request)
    if request.method == "POST":
        if sent_before(request, access.study.study_id):
            messages.info(request, "These codes were decoded when the form was sent.")
            return redirect("kindling", access.study.study_id)
        try:
            count = _decoded(request, access, board)
        except DataError as error:
            return _page(request, access, board, error.problems)
        messages.success(request, f"{count} test sessions are decoded.")
        return redirect("kindling", access.study.study_id)
    return _page(request, access, board)


def _decoded(request: HttpRequest, access: Access, board: Board) -> int:
    codes = _codes(board, _sent(request))
    problems = [*_hindrances(access, codes), *_unsaid(codes)]
    if problems:
        raise DataError(problems)
    check_signature(request)
    meaning = ", ".join(f"{code.text} is {code.word}" for code in codes)
    reason = f"{MEANING.capitalize()}, signed by {access.user.username}: {meaning}"
    drafts = [
        Draft(
            "amend",
            row.animal_id,
            {**row.data, "condition": code.word},
            row.row_id,
            reason,
        )
        for code in codes
        for row in code.rows
    ]
    study_id = access.study.study_id

    def noted() -> None:
        note(
            request,
            "conditions.decoded",
            study_id=study_id,
            signed=MEANING,
            sessions=len(drafts),
        )

    append_drafts(
        study_id,
        drafts,
        actor=access.user.username,
        device=f"web-{access.user.username}",
        based_on=board.rows,
        also=noted,
        form=form_of(request),
    )
    return len(drafts)


def _sent(request: HttpRequest) -> Mapping[str, str]:
    """Return the word that was chosen for each code that the form showed."""
    shown, chosen = request.POST.getlist("code"), request.POST.getlist("word")
    return dict(zip(shown, chosen, strict=False))


def _codes(board: Board, words: Mapping[str, str]) -> tuple[Code, ...]:
    found: dict[str, list[Held]] = {}
    for row in held_rows(board.study.record, "session.add"):
        text = str(row.data.get("condition") or "")
        if row.data.get("phase") == "test" and text and text not in WORDS:
            found.setdefault(text, []).append(row)
    return tuple(
        Code(text, tuple(rows), words.get(text, ""))
        for text, rows in sorted(found.items())
    )


def _unsaid(codes: Sequence[Code]) -> list[Problem]:
    """Say which codes have no word: some decoded and others not would be compared."""
    if not codes:
        return [
            Problem(
                "nothing-to-decode",
                "No test session has a code that is still to be decoded",
                remedy="Nothing needs to be done",
            )
        ]
    return [
        Problem(
            "code-not-decoded",
            f"What code {code.text} stands for was not said",
            column="word",
            given=code.word or None,
            expected=" or ".join(WORDS),
            remedy="Choose a word for every code; where one code stands for both, "
            "correct its sessions one by one first",
        )
        for code in codes
        if code.word not in WORDS
    ]


def _hindrances(access: Access, codes: Sequence[Code]) -> list[Problem]:
    study_id = access.study.study_id
    if is_analysis_locked(study_id):
        return [
            Problem(
                "analysis-locked",
                "The analysis is locked: nothing more is corrected",
                remedy="Say in the report what came too late",
            )
        ]
    with reading(study_id) as (_, facts):
        missing = sorted(
            {
                f"{row.animal_id} by {observer}"
                for code in codes
                for row in code.rows
                if not facts.is_complete(row.animal_id, observer := _observer(row))
            }
        )
    if not missing:
        return []
    return [
        Problem(
            "scoring-not-complete",
            f"Not signed as complete: {', '.join(missing[:8])}"
            f"{' and others' if len(missing) > 8 else ''}",
            remedy="The scorers sign that their scoring is complete; codes are decoded "
            "after that",
        )
    ]


def _observer(row: Held) -> str:
    return str(row.data.get("observer") or row.actor)


def _page(
    request: HttpRequest,
    access: Access,
    board: Board,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    codes = _codes(board, _sent(request))
    context: dict[str, Any] = {
        **pages.common(access, board),
        "codes": codes,
        "words": WORDS,
        "hinders": _hindrances(access, codes),
        "problems": problems,
        "meaning": MEANING,
    }
    status = 422 if problems else 200
    template = "lab/bench/kindling_decode.html"
    return render(request, template, context, status=status)
