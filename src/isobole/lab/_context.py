"""What every page is given: the study's head hash, the research-only line, version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from isobole import __version__
from isobole.lab.pages._saved import protocol_of
from isobole.lab.permissions import Access
from isobole.lab.record import LOG, Broken, entries_of, seen_head, told
from isobole.results import RESEARCH_ONLY, DataError, Problem
from isobole.studies import head_hash


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the frame around every page."""
    access: Access | None = _readable(getattr(request, "access", None))
    return {
        "research_only": RESEARCH_ONLY,
        "version": __version__,
        "access": access,
        "may": May(access),
        "broken": _broken(request, access),
        "head": None if access is None else _head(access),
        # Called by the template, where it shows the parts of a study.
        "kindles": lambda: access is not None and _kindles(access),
    }


class May:
    """Lets a template ask `may.score`, `may.analysis_see`: what the person may do."""

    def __init__(self, access: Access | None) -> None:
        self._access = access

    def __getitem__(self, name: str) -> bool:
        """Say whether it is allowed; underscores stand for dots."""
        if self._access is None:
            return False
        dotted = name.replace("_", ".", 1)
        return any(
            self._access.may(capability)  # type: ignore[arg-type]
            for capability in (name, dotted)
        )


def _readable(access: Access | None) -> Access | None:
    """Return nothing of a study whose record cannot be read: its page says why."""
    try:
        if access is not None:
            entries_of(access.study.study_id)
    except Broken:
        return None
    return access


def _broken(request: HttpRequest, access: Access | None) -> list[Problem]:
    """Return what was found wrong with the records that concern this page."""
    found: list[Problem] = []
    if access is not None and (report := told(access.study.study_id)):
        # The hashes that do not fit depend on the allocation.
        found += [_plain(p) if access.blinded else p for p in report.problems]
    user = getattr(request, "user", None)  # some are refused before that is known
    if getattr(user, "is_administrator", False) and (report := told(LOG)):
        found += report.problems
    return found


def _plain(problem: Problem) -> Problem:
    return replace(problem, given=None, expected=None)


def _kindles(access: Access) -> bool:
    """Say whether a person is shown the way to stimulations: there may be none."""
    if not (access.may("kindle") or access.may("protocol.edit")):
        return False
    try:
        protocol = protocol_of(entries_of(access.study.study_id))
    except DataError:
        return False
    return protocol is not None and protocol.kindling is not None


def _head(access: Access) -> dict[str, Any]:
    """Return the head hash that the footer shows.

    The blinded are shown the head of what they may read: the true one depends on the
    commitment to the allocation.
    """
    entries = entries_of(access.study.study_id)
    blinded = access.blinded
    return {
        "hash": seen_head(entries) if blinded else head_hash(entries),
        "of": "the rows you may read" if blinded else "the record",
    }
