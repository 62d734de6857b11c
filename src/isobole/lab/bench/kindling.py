"""The pages of kindling: the rats, one stimulation, its correction, the signature."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from isobole.lab import _clock
from isobole.lab.bench import kindling_pages as pages, kindling_problems as say
from isobole.lab.bench.kindling_checks import Doubt, asked_for, doubts
from isobole.lab.bench.kindling_form import Typed, fresh, read, texts_of
from isobole.lab.bench.kindling_rats import PHASES, Board, Rat, board_of
from isobole.lab.bench.kindling_rows import held_row, known_row, says_the_same, store
from isobole.lab.permissions import Access, needs
from isobole.lab.record import NewRow, NotStored
from isobole.results import DataError, Problem
from isobole.studies import Entry


@needs("kindle", "protocol.edit")
@require_GET
def rats(request: HttpRequest, access: Access) -> HttpResponse:
    """Show every rat with its threshold, its last stages and how far it is."""
    board = board_of(access.study.study_id)
    return (
        pages.none(request) if board is None else pages.listed(request, access, board)
    )


@needs("kindle", "protocol.edit")
@require_http_methods(["GET", "POST"])
def rat(request: HttpRequest, access: Access, animal: str) -> HttpResponse:
    """Show one rat, and store its next stimulation."""
    board = board_of(access.study.study_id)
    if board is None:
        return pages.none(request)
    found = _rat(board, animal)
    if request.method == "POST":
        return _Sent(request, access, board, found).entered()
    phase = request.GET.get("phase", "")
    if phase not in PHASES:
        phase = found.next_phase()
    texts = fresh(
        found,
        phase,
        secrets.token_hex(16),
        access.user.username,
        asked_for(found, board, phase).text,
    )
    return pages.shown(request, access, board, found, Typed(texts))


@needs("kindle", "protocol.edit")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, access: Access, row: str) -> HttpResponse:
    """Correct a stored stimulation, or take it back, with a reason."""
    board = board_of(access.study.study_id)
    if board is None:
        return pages.none(request)
    before = next((e for e in board.study.record if e.id == row), None)
    if before is None or before.action not in ("session.add", "amend"):
        msg = "There is no such stimulation"
        raise Http404(msg)
    found = _rat(board, before.obj)
    if request.method == "POST":
        return _Sent(request, access, board, found, before).corrected()
    if held_row(board.study.record, row) is None:
        messages.error(request, "That row does not hold any more; the last one does.")
        return redirect("kindling-rat", access.study.study_id, found.animal_id)
    texts = texts_of(before.data, secrets.token_hex(16))
    if pages.is_hidden(texts["condition"], board, access):
        texts["condition"] = ""
    typed = Typed({**texts, "for": access.user.username})
    return pages.shown(request, access, board, found, typed, before=before)


def _rat(board: Board, animal: str) -> Rat:
    found = board.rat(animal)
    if found is None:
        msg = "The study has no such animal"
        raise Http404(msg)
    return found


class _Sent:
    """A form that was sent: stored, or shown again with all that was typed."""

    def __init__(
        self,
        request: HttpRequest,
        access: Access,
        board: Board,
        found: Rat,
        before: Entry | None = None,
    ) -> None:
        self.request, self.access = request, access
        self.board, self.rat, self.before = board, found, before
        self.me = access.user.username
        given = request.POST.dict()
        if before is not None:
            # What a correction does not ask for is the row's, whatever was sent.
            own = texts_of(before.data, "")
            given.update({name: own[name] for name in ("phase", "number")})
        self.typed = read(given, board, blinded=access.blinded)
        self.known = known_row(access.study.study_id, self.typed.texts["row"])

    def entered(self) -> HttpResponse:
        """Store a new stimulation."""
        typed, animal = self.typed, self.rat.animal_id
        problems = [*typed.problems.values(), *self._of_another()]
        if not self.access.may("kindle"):
            problems.append(say.not_yours())
        row: NewRow | None = None
        if not problems:
            own = {"observer": self.me, "ts": _clock.stamp()}
            data = {**typed.data(animal, {}), **own}
            row = NewRow("session.add", animal, data, id=self._row_id())
        if self.known is not None:
            return self._known(row)
        if row is None:
            return self._again(problems)
        number = self.rat.next_number(typed.phase)
        if int(typed.texts["number"]) != number:
            return self._renumbered(number)
        asked = asked_for(self.rat, self.board, typed.phase).text
        if asked and float(asked) != float(row.data["current_ua"]):
            row = replace(row, data={**row.data, "proposed_ua": asked})
        found = doubts(typed, self.rat, self.board, _clock.moment(), correcting=False)
        return self._store(row, found)

    def corrected(self) -> HttpResponse:
        """Store a correction."""
        before = self.before
        assert before is not None
        typed, reason = self.typed, self.typed.texts["reason"]
        void = typed.texts["void"] == "1"
        faults = {} if void else dict(typed.problems)
        held = str(before.data.get("condition") or "")
        if not typed.texts["condition"] and pages.is_hidden(
            held, self.board, self.access
        ):
            # What the blinded may not see stays as it is.
            faults.pop("condition", None)
            typed.condition = held
        problems = [*faults.values(), *self._of_another()]
        if not reason:
            problems.append(say.no_reason())
        row: NewRow | None = None
        if not problems:
            data: Mapping[str, Any] = {"void": 1}
            if not void:
                data = {
                    **typed.data(self.rat.animal_id, before.data),
                    "ts": before.data.get("ts") or before.ts,
                }
            row = NewRow(
                "amend",
                self.rat.animal_id,
                data,
                supersedes=before.id,
                reason=reason,
                id=self._row_id(),
            )
        if self.known is not None:
            return self._known(row)
        if held_row(self.board.study.record, before.id) is None:
            return self._again([say.corrected_already()])
        if row is None:
            return self._again(problems)
        if not void and _content(row.data) == _content(before.data):
            return self._again([say.nothing_changed()])
        if void:
            return self._store(row, ())
        found = doubts(typed, self.rat, self.board, _clock.moment(), correcting=True)
        return self._store(row, found)

    def _row_id(self) -> str:
        return self.typed.texts["row"] or secrets.token_hex(16)

    def _of_another(self) -> list[Problem]:
        """Say it if somebody else opened the form; the next sending is one's own."""
        opened = self.typed.texts["for"]
        self.typed.texts["for"] = self.me
        if opened in ("", self.me):
            return []
        return [say.another_person(opened, self.me)]

    def _known(self, row: NewRow | None) -> HttpResponse:
        """Answer to a form that was stored before: its first answer was lost."""
        known = self.known
        assert known is not None
        if row is not None and says_the_same(known, row, self.me):
            return pages.done(self.request, self.access, self.rat.animal_id, known)
        return self._again([say.stored_before(known)])

    def _renumbered(self, number: int) -> HttpResponse:
        phase, given = self.typed.phase, self.typed.texts["number"]
        held = next(
            (s for s in self.rat.of_phase(phase) if str(s.number) == given), None
        )
        by = f" by {held.observer}" if held is not None and held.observer else ""
        self.typed.texts["number"] = str(number)
        return self._again([say.other_number(phase, given, number, by)])

    def _store(self, row: NewRow, found: Iterable[Doubt]) -> HttpResponse:
        confirmed = set(self.request.POST.getlist("confirm"))
        asks = [doubt for doubt in found if doubt.key not in confirmed]
        if asks:
            return self._again([], asks=asks)
        try:
            entry = store(self.access, row, read=self.board.rows)
        except DataError as error:
            # Somebody else was faster: what is shown is the rat as it is now.
            self.board = board_of(self.access.study.study_id) or self.board
            self.rat = self.board.rat(self.rat.animal_id) or self.rat
            if self.before is None:
                number = self.rat.next_number(self.typed.phase)
                self.typed.texts["number"] = str(number)
            return self._again(list(error.problems))
        except NotStored as error:
            return self._again([], not_stored=str(error), status=503)
        return pages.done(self.request, self.access, self.rat.animal_id, entry)

    def _again(
        self, problems: list[Problem], *, status: int = 422, **more: Any
    ) -> HttpResponse:
        return pages.shown(
            self.request,
            self.access,
            self.board,
            self.rat,
            self.typed,
            problems=problems,
            before=self.before,
            status=status,
            **more,
        )


def _content(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in data.items() if k != "ts" and v not in (None, "")}
