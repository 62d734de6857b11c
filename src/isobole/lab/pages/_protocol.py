"""The protocol of a study: read, changed while it is open, compared, locked."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from isobole.lab.accounts.signing import check_signature
from isobole.lab.pages._protocol_text import Judged, judged
from isobole.lab.pages._saved import lock_of, save, saved_versions
from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of, study_of
from isobole.results import DataError, Problem
from isobole.studies import (
    Entry,
    edited_protocol,
    protocol_draft,
    protocol_lock_draft,
)

SIGNED = "protocol locked"
AROUND = 3


@dataclass(frozen=True, slots=True)
class Changed:
    """One line of a comparison."""

    kind: Literal["same", "added", "removed", "gap"]
    before: int | None
    after: int | None
    text: str

    @property
    def mark(self) -> str:
        """What stands before the line for those who see no colour."""
        return {"same": " ", "added": "+", "removed": "−", "gap": "⋯"}[self.kind]

    @property
    def word(self) -> str:
        """What is read aloud before the line."""
        return {"added": "added", "removed": "removed"}.get(self.kind, "")


@require_safe
@needs("study.see")
def protocol(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the protocol in words, its state, and what may be done with it."""
    return render(request, "lab/pages/protocol.html", _context(access))


def _context(access: Access) -> dict[str, Any]:
    entries = entries_of(access.study.study_id)
    versions = saved_versions(entries)
    if not versions:
        msg = "This study has no protocol yet"
        raise Http404(msg)
    found = judged(str(versions[-1].data["toml"]))
    return {
        "tab": "protocol",
        "judged": found,
        "problems": found.problems,
        "saved": versions[-1],
        "versions": len(versions),
        "lock": lock_of(entries),
        "meaning": SIGNED,
    }


@needs("protocol.edit")
def edit(request: HttpRequest, access: Access) -> HttpResponse:
    """Change the text of the protocol; every saving is a row of the record."""
    entries = entries_of(access.study.study_id)
    _refuse_locked(entries)
    saved = saved_versions(entries)[-1]
    text, problems, status = str(saved.data["toml"]), None, 200
    if request.method == "POST":
        text = request.POST.get("toml", "")
        found = judged(text)
        text, problems = found.text, found.problems
        if request.POST.get("do") == "save":
            try:
                version = save_version(access, found, request.POST.get("after", ""))
            except DataError as error:
                problems, status = error.problems, 422
            else:
                messages.success(request, f"Version {version} is saved.")
                return redirect("protocol", access.study.study_id)
    found = judged(text)
    context = {
        "tab": "protocol",
        "text": text or found.text,
        "judged": found,
        "problems": found.problems if problems is None else problems,
        # The version that the text began from, not the one of this moment: saved once
        # more after a refusal, it would replace what somebody else saved meanwhile.
        "began": _began(entries, request.POST.get("after", "")) or saved,
    }
    return render(request, "lab/pages/protocol_edit.html", context, status=status)


def _began(entries: Sequence[Entry], after: str) -> Entry | None:
    return next((e for e in saved_versions(entries) if e.id == after), None)


def save_version(access: Access, found: Judged, after: str) -> int:
    """Append a version of the protocol that follows `after`; return its number.

    Raises
    ------
    DataError
        If it is no valid protocol of this study, is locked, or somebody saved another
        version since.
    """
    entries = entries_of(access.study.study_id)
    _refuse_locked(entries)
    if found.protocol is None:
        raise DataError(found.problems)
    last = saved_versions(entries)[-1]
    problem = None
    if found.protocol.study_id != access.study.study_id:
        problem = _other_id(found.protocol.study_id, access.study.study_id)
    elif last.id != after:
        problem = _saved_since(last)
    elif last.data["toml"] == found.text:
        problem = _same()
    if problem is not None:
        raise DataError([problem])
    # The version counts savings, whatever number was left in the text.
    version = int(last.data["version"]) + 1
    text = found.text
    if found.protocol.version != version:
        text = edited_protocol(text, {"version": version})
    save(access, [protocol_draft(text, version=version)], based_on=len(entries))
    return version


@require_POST
@needs("protocol.edit")
def lock(request: HttpRequest, access: Access) -> HttpResponse:
    """Lock the protocol as it stands, signed with the password."""
    study_id = access.study.study_id
    entries = entries_of(study_id)
    try:
        if saved_versions(entries)[-1].id != request.POST.get("after"):
            raise DataError([_saved_since(saved_versions(entries)[-1])])
        draft = protocol_lock_draft(study_of(study_id))
        _refuse_locked(entries)
        check_signature(request)
        signed = replace(draft, data={**draft.data, "signed": SIGNED})
        save(access, [signed], based_on=len(entries))
    except DataError as error:
        context = _context(access) | {"refused": error.problems}
        return render(request, "lab/pages/protocol.html", context, status=422)
    messages.success(request, "The protocol is locked.")
    return redirect("protocol", study_id)


@require_safe
@needs("study.see")
def history(request: HttpRequest, access: Access) -> HttpResponse:
    """Show who saved which version when, and what differs between two of them."""
    versions = saved_versions(entries_of(access.study.study_id))
    numbers = range(1, len(versions) + 1)
    new = _picked(request.GET.get("to"), numbers, len(versions))
    old = _picked(request.GET.get("from"), numbers, max(new - 1, 1))
    lines = compared(
        str(versions[old - 1].data["toml"]), str(versions[new - 1].data["toml"])
    )
    context = {
        "tab": "protocol",
        "versions": list(zip(numbers, versions, strict=True)),
        "old": old,
        "new": new,
        "lines": lines,
        "added": sum(line.kind == "added" for line in lines),
        "removed": sum(line.kind == "removed" for line in lines),
    }
    return render(request, "lab/pages/protocol_history.html", context)


@require_safe
@needs("study.see")
def download(request: HttpRequest, access: Access) -> HttpResponse:
    """Send study.toml as it was saved last."""
    saved = saved_versions(entries_of(access.study.study_id))[-1]
    response = HttpResponse(
        str(saved.data["toml"]), content_type="application/toml; charset=utf-8"
    )
    name = f"{access.study.study_id}-study.toml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def compared(before: str, after: str) -> list[Changed]:
    """Return the lines that differ with some lines around them.

    Examples
    --------
    >>> [
    ...     (line.mark, line.text)
    ...     for line in compared(
    ...         "a 1 b".replace(" ", chr(10)), "a 2 b".replace(" ", chr(10))
    ...     )
    ... ]
    [(' ', 'a'), ('−', '1'), ('+', '2'), (' ', 'b')]
    """
    return list(_compared(before.splitlines(), after.splitlines()))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Changed]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number:
            yield Changed("gap", None, None, "")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                    yield Changed("same", i + 1, j + 1, old[i])
                continue
            for i in range(i1, i2):
                yield Changed("removed", i + 1, None, old[i])
            for j in range(j1, j2):
                yield Changed("added", None, j + 1, new[j])


def _picked(text: str | None, numbers: range, otherwise: int) -> int:
    if text is not None and text.isdecimal() and int(text[:9]) in numbers:
        return int(text)
    return otherwise


def _refuse_locked(entries: Sequence[Entry]) -> None:
    locked = lock_of(entries)
    if locked is not None:
        raise DataError(
            [
                Problem(
                    "protocol-locked",
                    f"The protocol was locked on {locked.ts[:10]} by {locked.actor}, "
                    "and is not changed any more",
                    remedy="What is done otherwise is a deviation: record it where it "
                    "happens (a note at the bench, an exclusion by its criterion, an "
                    "amendment with its reason) and say it in the report. A study "
                    "with another plan is a new study",
                )
            ]
        )


def _other_id(given: str, expected: str) -> Problem:
    return Problem(
        "other-study-id",
        f"The text is the protocol of {given}",
        column="study_id",
        given=given,
        expected=expected,
        remedy="Keep the id; for another study make a new one",
    )


def _saved_since(last: Entry) -> Problem:
    return Problem(
        "saved-since",
        f"{last.actor} saved another version meanwhile (version "
        f"{last.data['version']}), and nothing of yours was stored",
        remedy="Copy your changes, open the page again and put them into that version",
    )


def _same() -> Problem:
    return Problem(
        "nothing-changed",
        "The text is the version saved last; no version was added",
        severity="notice",
        remedy="Change something first",
    )
