"""Animals of a study: entered by row, pasted or uploaded; corrected with a reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from isobole.lab._once import CORRECTED_BEFORE, form_of, sent_before
from isobole.lab.pages._allocation import page_of
from isobole.lab.pages._held import Held, held_rows, refuse_stale, seen_row
from isobole.lab.pages._saved import protocol_of, save
from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of
from isobole.lab.tools._workbook import check_workbook
from isobole.results import DataError, Problem
from isobole.studies import Animal, Draft, Entry, Protocol, animal_draft, read_animals

COLUMNS = (
    "animal_id", "sex", "weight_g", "age_days", "cage", "litter", "day", "species",
    "strain",
)  # fmt: skip
NOT_USED = "column-not-used"
MOST_ANIMALS = 2000
MOST_BYTES = 1_000_000
MOST_UNPACKED = 20_000_000


@require_POST
@needs("animals.edit")
def add(request: HttpRequest, access: Access) -> HttpResponse:
    """Store animals of the form, of what was pasted, or of a file."""
    study_id = access.study.study_id
    entries = entries_of(study_id)
    if sent_before(request, study_id):
        messages.info(request, "These animals were added when the form was sent first.")
        return redirect("allocation", study_id)
    try:
        refuse_allocated(entries)
        protocol = _protocol(entries)
        if request.POST.get("do") == "add-row":
            rows = list(_rows(request.POST))
            return page_of(request, access, {"rows": rows, "more": 8})
        found, problems = _read(request, protocol)
        # Weights that were not read would have to be put in one by one afterwards.
        errors = [p for p in problems if p.severity == "error" or p.code == NOT_USED]
        errors += list(_known(found, entries))
        if errors:
            raise DataError(errors)
        save(
            access,
            [animal_draft(one) for one in found],
            based_on=len(entries),
            form=form_of(request),
        )
    except DataError as error:
        more = {
            "refused": error.problems,
            "pasted": request.POST.get("pasted", "")[:MOST_BYTES],
            "rows": list(_rows(request.POST)),
        }
        return page_of(request, access, more, status=422)
    for problem in problems:
        messages.warning(request, str(problem))
    added = "1 animal was" if len(found) == 1 else f"{len(found)} animals were"
    messages.success(request, f"{added} added.")
    return redirect("allocation", study_id)


@needs("animals.edit")
def correct(request: HttpRequest, access: Access) -> HttpResponse:
    """Correct an animal or take it back, with a reason, before the allocation."""
    animal_id = request.GET.get("animal", "")  # an id may hold what no path can
    study_id = access.study.study_id
    entries = entries_of(study_id)
    if request.method == "POST" and sent_before(request, study_id):
        messages.info(request, CORRECTED_BEFORE)
        return redirect("allocation", study_id)
    found = {one.animal_id: one for one in held_rows(entries, "animal.add")}
    if animal_id not in found:
        msg = f"There is no animal {animal_id} in this study"
        raise Http404(msg)
    held = found[animal_id]
    values = {name: str(held.data.get(name, "")) for name in COLUMNS}
    context: dict[str, Any] = {
        "tab": "allocation",
        "animal": held,
        "values": values,
        "seen": seen_row(request, held),
    }
    status = 200
    if request.method == "POST":
        sent = {name: request.POST.get(name, "").strip() for name in COLUMNS}
        try:
            refuse_allocated(entries)
            refuse_stale(request, held)
            draft = _corrected(request, held, sent, found)
            save(access, [draft], based_on=len(entries), form=form_of(request))
        except DataError as error:
            status = 422
            context |= {"refused": error.problems, "values": sent}
        else:
            out = request.POST.get("do") == "void"
            done = "taken out of the study" if out else "corrected"
            messages.success(request, f"{animal_id} is {done}.")
            return redirect("allocation", study_id)
    return render(request, "lab/pages/animal.html", context, status=status)


def _corrected(
    request: HttpRequest, held: Held, sent: dict[str, str], known: Mapping[str, Held]
) -> Draft:
    reason = request.POST.get("reason", "").strip()[:400]
    if not reason:
        raise DataError([no_reason()])
    if request.POST.get("do") == "void":
        return Draft("amend", held.animal_id, {"void": 1}, held.row_id, reason)
    read, problems = read_animals(StringIO(_csv([sent])), name="the form")
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise DataError(errors)
    new = read[0].animal_id
    if new != held.animal_id and new in known:
        raise DataError([_there(new)])
    data = dict(animal_draft(read[0]).data)
    # Columns that the form does not show stay as they were.
    data |= {k: v for k, v in held.data.items() if k not in COLUMNS}
    return Draft("amend", new, data, held.row_id, reason)


def _read(
    request: HttpRequest, protocol: Protocol
) -> tuple[tuple[Animal, ...], tuple[Problem, ...]]:
    """Read what was sent: a file, what was pasted, or the rows of the form."""
    otherwise = {"species": protocol.species, "strain": protocol.strain}
    if protocol.sex != "both":
        otherwise["sex"] = protocol.sex
    file, pasted = request.FILES.get("file"), request.POST.get("pasted", "")
    rows = [row for row in _rows(request.POST) if row["animal_id"]]
    if (file is not None) + bool(pasted.strip()) + bool(rows) > 1:
        raise DataError([_two_sources()])
    if file is not None:
        if (file.size or 0) > MOST_BYTES:
            raise DataError([_too_large(file.size or 0)])
        data = file.read()
        _check_unpacked(data)
        if not is_zipfile(BytesIO(data)):
            _check_rows(data.count(b"\n"))
        # Not the name somebody gave it: it may be a path, or tell a group.
        return read_animals(BytesIO(data), name="the file", otherwise=otherwise)
    if pasted.strip():
        _check_rows(pasted.count("\n"))
        if len(pasted) > MOST_BYTES:
            raise DataError([_too_large(len(pasted))])
        return read_animals(StringIO(pasted), name="the paste", otherwise=otherwise)
    if not rows:
        raise DataError([_nothing()])
    filled = [{**row, **{k: row[k] or v for k, v in otherwise.items()}} for row in rows]
    return read_animals(StringIO(_csv(filled)), name="the form")


def _rows(form: QueryDict) -> Iterator[dict[str, str]]:
    columns = [form.getlist(f"a-{name}") for name in COLUMNS]
    if len({len(column) for column in columns}) != 1:
        return
    for cells in zip(*columns, strict=True):
        yield dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _known(found: Sequence[Animal], entries: Sequence[Entry]) -> Iterator[Problem]:
    there = {one.animal_id for one in held_rows(entries, "animal.add")}
    for animal in found:
        if animal.animal_id in there:
            yield _there(animal.animal_id, animal.line)
    if len(there) + len(found) > MOST_ANIMALS:
        yield Problem(
            "too-many-animals",
            f"The study would have {len(there) + len(found)} animals",
            expected=f"at most {MOST_ANIMALS}",
            remedy="Enter the animals of this study only",
        )


def refuse_allocated(entries: Sequence[Entry]) -> None:
    """Raise `DataError` once the study is allocated: its animals stand then."""
    if any(entry.action == "allocation.commit" for entry in entries):
        raise DataError(
            [
                Problem(
                    "allocated",
                    "The study is allocated, and its animals are not changed any more",
                    remedy="Give the weight of the day with the dose. An animal that "
                    "cannot be used is excluded by a criterion of the protocol",
                )
            ]
        )


def no_reason() -> Problem:
    """Say that a correction needs its reason."""
    return Problem(
        "no-reason",
        "A correction was sent without a reason",
        column="reason",
        remedy="Say in a few words why; both the old and the new value are kept",
    )


def _protocol(entries: Sequence[Entry]) -> Protocol:
    protocol = protocol_of(entries)
    if protocol is None:
        msg = "This study has no protocol yet"
        raise Http404(msg)
    return protocol


def _check_rows(lines: int) -> None:
    if lines > MOST_ANIMALS + 50:
        raise DataError(
            [
                Problem(
                    "too-many-rows",
                    f"There are {lines} lines",
                    expected=f"at most {MOST_ANIMALS} animals",
                    remedy="Send the animals of this study only",
                )
            ]
        )


def _check_unpacked(data: bytes) -> None:
    """Refuse a workbook that is small only as long as it is packed, or not read."""
    if not is_zipfile(BytesIO(data)):
        return
    try:
        size = sum(part.file_size for part in ZipFile(BytesIO(data)).infolist())
    except (BadZipFile, ValueError):
        return  # whatever reads workbooks says what is wrong
    if size > MOST_UNPACKED:
        raise DataError([_too_large(size)])
    check_workbook(data, "the file")


def _there(animal_id: str, row: int | None = None) -> Problem:
    return Problem(
        "duplicate-id",
        f"{animal_id} is in the study already",
        row=row,
        column="animal_id",
        given=animal_id,
        remedy="Leave the row out, or correct the animal that is there",
    )


def _too_large(size: int) -> Problem:
    return Problem(
        "too-large",
        f"It has {size} bytes",
        expected=f"at most {MOST_BYTES}, {MOST_UNPACKED} unpacked",
        remedy="Send a table with the animals alone",
    )


def _two_sources() -> Problem:
    return Problem(
        "two-sources",
        "Animals stand in two places of the form: a file, a paste or rows",
        remedy="Add them one after the other: empty the others first, so that nothing "
        "is left out unseen",
    )


def _nothing() -> Problem:
    return Problem(
        "no-rows",
        "No animal was sent",
        remedy="Fill in a row, paste cells with a header line, or choose a file",
    )
