"""Studies and their records, read-only: each caller gets what their roles may see."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from isobole.lab.api._access import access_for, caller
from isobole.lab.models import Study
from isobole.lab.permissions import ALLOWED, Access, access_of
from isobole.lab.record import (
    Broken,
    entries_of,
    look,
    seen_by_blinded,
    seen_head,
)
from isobole.studies import Entry, head_hash

router = Router(tags=["studies"])
PAGE = 500


class StudyLine(Schema):
    """A study, and the caller's part in it."""

    study_id: str
    roles: list[str]
    rows: Annotated[int, Field(description="rows of the record that you may count")]
    head: Annotated[str, Field(description="hash of the last of these rows")]
    head_of: Annotated[str, Field(description="what the hash vouches for")]


class StudyLines(Schema):
    """The studies in which the caller has a role."""

    studies: list[StudyLine]


class StudyOverview(StudyLine):
    """What may be done in a study, and how far it is."""

    may: Annotated[list[str], Field(description="what your roles allow")]
    blinded: bool
    protocol_version: int | None
    protocol_sha256: str | None
    protocol_locked: bool
    allocated: bool
    analysis_locked: bool


class Verified(Schema):
    """Whether the record in the database is whole."""

    study_id: str
    state: Annotated[str, Field(description="intact, broken or unchained")]
    rows: int
    head: str | None
    broken_at: int | None
    problems: list[dict[str, Any]]


class RecordPage(Schema):
    """Rows of the record, oldest first."""

    study_id: str
    rows: list[dict[str, Any]]
    total: int
    next: Annotated[int | None, Field(description="`after` of the next page")]


@router.get("/studies", response=StudyLines, url_name="api-studies")
def studies(request: HttpRequest) -> dict[str, Any]:
    """List the studies in which you have a role."""
    user = caller(request)
    known = Study.objects.all()
    if not user.is_administrator:
        known = known.filter(members__user=user).distinct()
    return {
        "studies": [
            _listed(access_of(user, study_id))
            for study_id in known.values_list("study_id", flat=True)
        ]
    }


@router.get("/studies/{study_id}", response=StudyOverview, url_name="api-study")
def study(request: HttpRequest, study_id: str) -> dict[str, Any]:
    """Say how far a study is and what you may do in it."""
    access = access_for(request, study_id, "study.see")
    entries = entries_of(study_id)
    saved = [e for e in entries if e.action == "protocol.save"]
    done = {e.action for e in entries}
    granted = {c for role in access.roles for c in ALLOWED[role] if access.may(c)}
    return {
        **_line(access),
        "may": sorted(granted),
        "blinded": access.blinded,
        "protocol_version": saved[-1].data.get("version") if saved else None,
        "protocol_sha256": saved[-1].data.get("sha256") if saved else None,
        "protocol_locked": "protocol.lock" in done,
        "allocated": "allocation.commit" in done,
        "analysis_locked": "analysis.lock" in done,
    }


@router.get("/studies/{study_id}/verify", response=Verified, url_name="api-verify")
def verify(request: HttpRequest, study_id: str) -> dict[str, Any]:
    """Walk the chain as the database has it and name the first broken link."""
    access_for(request, study_id, "record.verify")
    found = look(study_id)
    return {
        "study_id": study_id,
        "state": found.state,
        "rows": found.entries,
        "head": found.head,
        "broken_at": found.broken_at,
        "problems": [problem.to_dict() for problem in found.problems],
    }


@router.get("/studies/{study_id}/record", response=RecordPage, url_name="api-record")
def record(
    request: HttpRequest,
    study_id: str,
    after: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
) -> dict[str, Any]:
    """Return rows you may read: all of them, or those that you wrote.

    `after` is how many of them were read before.
    """
    access = access_for(request, study_id, "record.own")
    rows = _readable(access)
    chosen = rows[after : after + limit]
    return {
        "study_id": study_id,
        "rows": chosen,
        "total": len(rows),
        "next": after + len(chosen) if after + len(chosen) < len(rows) else None,
    }


def _readable(access: Access) -> list[dict[str, Any]]:
    entries = entries_of(access.study.study_id)
    if access.may("record.see"):
        return [_whole(entry) for entry in entries]
    # Two observers of one animal do not see each other's scores.
    mine = [e for e in entries if e.actor == access.user.username]
    return list(seen_by_blinded(mine))


def _whole(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def _listed(access: Access) -> dict[str, Any]:
    try:
        return _line(access)
    except Broken:  # its own address says more; the others are listed all the same
        return {
            "study_id": access.study.study_id,
            "roles": sorted(access.roles),
            "rows": 0,
            "head": "",
            "head_of": "nothing: the record was changed in the database",
        }


def _line(access: Access) -> dict[str, Any]:
    entries = entries_of(access.study.study_id)
    blinded = access.blinded
    return {
        "study_id": access.study.study_id,
        "roles": sorted(access.roles),
        "rows": len(seen_by_blinded(entries)) if blinded else len(entries),
        "head": seen_head(entries) if blinded else head_hash(entries),
        "head_of": "the rows you may read" if blinded else "the record",
    }
