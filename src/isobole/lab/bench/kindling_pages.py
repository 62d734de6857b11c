"""What the pages of kindling are given to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from isobole.lab.bench.kindling_checks import Doubt, asked_for
from isobole.lab.bench.kindling_form import AFTERDISCHARGES, Typed
from isobole.lab.bench.kindling_rats import PHASES, Board, Rat
from isobole.lab.bench.kindling_rows import HIDDEN, history
from isobole.lab.bench.kindling_times import seconds
from isobole.lab.bench.kindling_words import tells_treatment
from isobole.lab.permissions import Access, is_analysis_locked
from isobole.results import Problem
from isobole.studies import Entry, rule_sentences

_TITLES = {"threshold": "Threshold", "kindling": "Kindling", "test": "Test"}


def none(request: HttpRequest) -> HttpResponse:
    """Say that the study has no kindling part."""
    return render(request, "lab/bench/kindling_none.html", {"tab": "kindling"})


def common(access: Access, board: Board) -> dict[str, Any]:
    """Return what every page of kindling shows."""
    rule = board.kindling.fully_kindled
    return {
        "tab": "kindling",
        "protocol": board.protocol,
        "kindling": board.kindling,
        "scale": board.scale,
        "in_a_row": rule.consecutive == "consecutive",
        "locked": is_analysis_locked(access.study.study_id),
    }


def listed(request: HttpRequest, access: Access, board: Board) -> HttpResponse:
    """Show all rats."""
    context = {
        **common(access, board),
        "rats": board.rats,
        "pending": [(r.animal_id, s) for r in board.rats for s in r.pending],
        "kindled": sum(r.state == "kindled" for r in board.rats),
        "rules": rule_sentences(board.protocol),
    }
    return render(request, "lab/bench/kindling.html", context)


def shown(
    request: HttpRequest,
    access: Access,
    board: Board,
    rat: Rat,
    typed: Typed,
    *,
    problems: Sequence[Problem] = (),
    asks: Sequence[Doubt] = (),
    not_stored: str = "",
    before: Entry | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show one rat with the form as it was typed, and what is to be mended in it."""
    phase = typed.phase if typed.phase in PHASES else rat.next_phase()
    asked = asked_for(rat, board, phase)
    blinded = access.blinded
    context = {
        **common(access, board),
        "rat": rat,
        "form": typed.texts,
        "problems": problems,
        "faulty": {p.column: p for p in problems if p.column},
        "asks": asks,
        "not_stored": not_stored,
        "before": before,
        "phase": phase,
        "phase_title": _TITLES[phase],
        "phases": [(p, _TITLES[p]) for p in PHASES],
        "asked": asked,
        "wait": _wait(rat, board, phase),
        "answers": AFTERDISCHARGES.items(),
        "levels": board.levels,
        "hidden": before is not None
        and is_hidden(str(before.data.get("condition") or ""), board, access),
        "lines": history(
            board.study.record, rat.animal_id, board.protocol, blinded=blinded
        ),
        "sessions": _progress(rat, board, blinded),
        "trace": trace(rat, board),
    }
    name = "kindling_correct" if before is not None else "kindling_rat"
    return render(request, f"lab/bench/{name}.html", context, status=status)


def done(
    request: HttpRequest, access: Access, animal: str, entry: Entry
) -> HttpResponse:
    """Say what was stored, and go on to the next stimulus."""
    data = entry.data
    if "void" in data:
        said = f"Taken back: a stimulation of {animal}."
    else:
        verb = "Corrected" if entry.action == "amend" else "Stored"
        current = f", {data['current_ua']} µA" if data.get("current_ua") else ""
        said = f"{verb}: {data['phase']} session {data['number']} of {animal}{current}."
    messages.success(request, said)
    response = redirect("kindling-rat", access.study.study_id, animal)
    if request.headers.get("X-Sent-By") != "script":
        return response
    # A script that followed would fetch the page, and what it says once, for nothing.
    return HttpResponse(status=204, headers={"X-Go-To": response.url})


def is_hidden(condition: str, board: Board, access: Access) -> bool:
    """Say whether a condition is not shown to this person."""
    return (
        access.blinded
        and bool(condition)
        and tells_treatment(condition, board.protocol)
    )


def _wait(rat: Rat, board: Board, phase: str) -> dict[str, str] | None:
    """Return from when on the next stimulus may be given, by the protocol."""
    if phase == "threshold":
        last, pause = rat.last_of("threshold"), board.kindling.staircase.interval_s
        if rat.asked.state != "rising":
            return None
        said = f"{pause:g} s after stimulus"
    else:
        last = rat.last_of("kindling", "test")
        pause = 3600 * board.kindling.min_interval_h
        said = f"{board.kindling.min_interval_h:g} h after session"
    try:
        before = datetime.fromisoformat(last.ts or "") if last is not None else None
    except ValueError:
        return None
    if last is None or before is None:
        return None
    due = before + timedelta(seconds=pause)
    return {
        "iso": due.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "text": f"{due:%Y-%m-%d %H:%M:%S} UTC",
        "said": f"{said} {last.number}",
    }


def _progress(rat: Rat, board: Board, blinded: bool) -> list[dict[str, Any]]:
    """Return the sessions as the table beside the figure has them."""
    stimuli = {(s.phase, s.number): s for s in rat.held}
    rows = []
    for session in rat.outcome.sessions:
        held = stimuli.get((session.phase, session.number))
        condition = session.condition or ""
        hidden = blinded and tells_treatment(condition, board.protocol)
        rows.append(
            {
                "number": session.number,
                "phase": session.phase,
                "stage": session.stage or "",
                "add": seconds(None if held is None else held.add_ms)
                if session.add_status == "measured"
                else "",
                "why": _no_duration(session.add_status, held),
                "condition": HIDDEN if hidden else condition,
                "reached": session.number == rat.outcome.kindled_at_session
                and session.phase == "kindling",
            }
        )
    return rows


def _no_duration(status: str | None, held: Any) -> str:
    if status == "measured":
        return ""
    if status == "none":
        return "no afterdischarge"
    if status == "not_measurable":
        return "not measurable"
    gave = held is not None and held.afterdischarge == "yes"
    return "to be measured" if gave else "not said"


def trace(rat: Rat, board: Board) -> dict[str, Any]:
    """Return the numbers of the figure: what the table shows, session by session."""
    sessions = rat.outcome.sessions
    return {
        "number": [s.number for s in sessions],
        "add_s": [s.add_s for s in sessions],
        "stage": [s.stage_order for s in sessions],
        "phase": [s.phase for s in sessions],
        "codes": list(board.order),
        "kindled_at": rat.outcome.kindled_at_session,
    }
