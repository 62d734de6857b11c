"""Events of a BORIS project or a spreadsheet brought into a study's record."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from isobole.lab._jobs import one_of_few
from isobole.lab.bench._facts import reading
from isobole.lab.models import User
from isobole.lab.permissions import Access, needs
from isobole.lab.record import append_drafts, entries_of
from isobole.lab.results._forms import device_of, form
from isobole.lab.results._stage import stage_of
from isobole.lab.results._uploaded import check_text
from isobole.results import DataError, IsoboleError, Problem
from isobole.studies import Draft, Entry, Event, import_boris, import_map, import_table

MOST_BYTES = 16 * 1024 * 1024


@require_http_methods(["GET", "POST"])
@needs("score", "protocol.edit")
def import_events(request: HttpRequest, access: Access) -> HttpResponse:
    """Read a file by its mapping, and add the events that are new."""
    study_id = access.study.study_id
    template = "lab/results/import_events.html"
    if request.method != "POST":
        return form(request, template, {"tab": "bench"})
    entries = entries_of(study_id)
    try:
        with one_of_few():
            events, problems = _read(request)
        drafts = _drafts(events, entries, access.user.username)
        _refuse_in_the_name_of_others(access, drafts)
        if drafts:
            append_drafts(
                study_id,
                drafts,
                actor=access.user.username,
                device=device_of(access),
                based_on=len(entries),
            )
    except IsoboleError as error:
        return form(request, template, {"tab": "bench"}, error)
    kinds = Counter(draft.data["type"] for draft in drafts)
    known = len(events) - len(drafts)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    messages.success(
        request,
        f"{len(drafts)} events of {len({d.obj for d in drafts})} animals were added"
        + (f": {said}" if said else "")
        + (f"; {known} were there already." if known else "."),
    )
    for problem in problems:
        messages.warning(request, str(problem))
    return redirect("import-events", study_id=study_id)


def _read(request: HttpRequest) -> tuple[Sequence[Event], Sequence[Problem]]:
    upload = request.FILES.get("file")
    if upload is None or not upload.name:
        raise DataError([_missing("file", "a BORIS project (.boris), CSV or Excel")])
    content = _content(upload)
    mapping = request.FILES.get("map")
    text = _text(mapping) if mapping is not None else request.POST.get("map_text", "")
    if not text.strip():
        raise DataError(
            [_missing("map", "a mapping in TOML with [codes] or [latencies]")]
        )
    meaning = import_map(text + "\n")  # a text, never the name of a file
    name = Path(upload.name.replace("\\", "/")).name
    problems = list(check_text(name, content))
    if problems:
        raise DataError(problems)
    with tempfile.TemporaryDirectory(prefix="isobole-import-") as place:
        path = Path(place) / name
        path.write_bytes(content)
        if path.suffix.lower() == ".boris":
            events, found = import_boris(path, meaning)
        else:
            sheet = request.POST.get("sheet", "").strip() or None
            events, found = import_table(path, meaning, sheet=sheet)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    if not events:
        raise DataError(
            [
                Problem(
                    "no-events",
                    "The file gave no event",
                    file=name,
                    remedy="Compare the codes of the mapping with those of the file",
                )
            ]
        )
    return events, found


def _drafts(
    events: Sequence[Event], entries: Sequence[Entry], username: str
) -> list[Draft]:
    """Return the rows of events that are not in the record yet."""
    if stage_of(entries).lock is not None:
        raise DataError(
            [
                Problem(
                    "locked",
                    "The analysis is locked: outcomes stand as they are",
                    remedy="A wrong row is corrected by an amendment, which reports "
                    "name as a deviation",
                )
            ]
        )
    animals = {entry.obj for entry in entries if entry.action == "animal.add"}
    by_id = {entry.id: entry for entry in entries}
    problems: list[Problem] = []
    drafts: list[Draft] = []
    for name in sorted({event.animal_id for event in events} - animals):
        problems.append(
            Problem(
                "unknown-animal",
                f"{name} is no animal of this study",
                given=name,
                remedy="Say in [animals] of the mapping which animal it is",
            )
        )
    for event in events:
        draft = Draft(
            "observe", event.animal_id, _payload(event, username), id=event.event_id
        )
        before = by_id.get(event.event_id)
        if before is None:
            drafts.append(draft)
        elif (before.action, before.obj, before.data) != (
            draft.action,
            draft.obj,
            draft.data,
        ):
            problems.append(
                Problem(
                    "duplicate-id",
                    f"The id {event.event_id} is taken by another row",
                    row=before.seq,
                    given=event.event_id,
                    remedy="Take the rows of the earlier import back first",
                )
            )
    if problems:
        raise DataError(problems)
    return drafts


def _refuse_in_the_name_of_others(access: Access, drafts: Sequence[Draft]) -> None:
    """Hold a file to what the bench is held to: one's own name, and no new scores.

    A name that is nobody's of this lab stays as the file has it: it was watched
    elsewhere. The designer brings in what others coded.
    """
    me, study_id = access.user.username, access.study.study_id
    watched = {(str(d.data["observer"]), d.obj) for d in drafts}
    problems = []
    others = {name for name, _ in watched} - {me}
    if not access.may("protocol.edit"):
        problems += [
            Problem(
                "not-your-observation",
                f"The file has scores of {name}, and {me} brings it in",
                column="observer",
                given=name,
                remedy=f"Let {name} or the designer import it",
            )
            for name in User.objects.filter(username__in=others).values_list(
                "username", flat=True
            )
        ]
    with reading(study_id) as (_, facts):
        signed = sorted(
            (animal, name)
            for name, animal in watched
            if facts.is_complete(animal, name)
        )
    problems += [
        Problem(
            "scoring-complete",
            f"{name} signed that the scoring of {animal} is complete",
            given=animal,
            remedy="Correct what stands with an amendment and its reason; nothing new "
            "is scored after the signature",
        )
        for animal, name in signed
    ]
    if problems:
        raise DataError(problems)


def _payload(event: Event, username: str) -> dict[str, object]:
    given = {
        "score": event.score,
        # Where the file names nobody, who brings it in vouches for it.
        "observer": event.observer or username,
        "detail": event.detail,
        **event.extra,
    }
    return {
        "animal_id": event.animal_id,
        "t_ms": event.t_ms,
        "type": event.type,
        **{key: value for key, value in given.items() if value},
    }


def _content(upload: UploadedFile) -> bytes:
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(
            [
                Problem(
                    "upload-too-large",
                    f"{upload.name} is larger than {MOST_BYTES >> 20} MB",
                    file=upload.name,
                    remedy="Save the coded events alone, without media",
                )
            ]
        )
    return bytes(content)


def _text(upload: UploadedFile) -> str:
    try:
        return _content(upload).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            [
                Problem(
                    "not-utf-8",
                    "The mapping is not UTF-8 text",
                    file=upload.name,
                    remedy="Save it as UTF-8 text",
                )
            ]
        ) from None


def _missing(column: str, expected: str) -> Problem:
    return Problem(
        "nothing-chosen",
        f"The {'mapping' if column == 'map' else 'file'} is missing",
        column=column,
        expected=expected,
        remedy="Choose it",
    )
