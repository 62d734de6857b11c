"""What of a trail or a log is asked for, and one page of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest

from isobole.results import DataError, Problem

Row = TypeVar("Row")
ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; an empty text asks for everything.

    `since` and `until` are days or times as they begin in a row, both included.
    """

    person: str = ""
    action: str = ""
    animal: str = ""
    study: str = ""
    since: str = ""
    until: str = ""
    corrections: str = ""

    @property
    def query(self) -> str:
        """The filter as the query of an address."""
        return urlencode(
            {
                name: getattr(self, name)
                for name in self.__slots__
                if getattr(self, name)
            }
        )

    def takes_time(self, ts: str) -> bool:
        """Say whether a row of this time is asked for."""
        return self.since <= ts and (
            not self.until or ts[: len(self.until)] <= self.until
        )


def asked_for(request: HttpRequest) -> Filter:
    """Return the filter of a request.

    Raises
    ------
    DataError
        If a time is none.
    """
    given = {name: request.GET.get(name, "").strip()[:80] for name in Filter.__slots__}
    problems = [
        Problem(
            "filter-time",
            f"'{given[name]}' is no day or time",
            column=name,
            given=given[name],
            expected="2026-01-31, or 2026-01-31T14:05 in UTC",
            remedy="Write it like this, or leave it empty",
        )
        for name in ("since", "until")
        if given[name] and not _is_time(given[name])
    ]
    if problems:
        raise DataError(problems)
    return Filter(**given)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of many; numbers of rows and pages counted from 1."""

    rows: Sequence[Row]
    total: int
    number: int
    pages: int


def page_of(
    rows: Sequence[Row] | QuerySet[Any, Row], total: int, request: HttpRequest
) -> Page[Row]:
    """Return the page that a request asks for; the last if it asks for a later one."""
    pages = max(1, -(-total // ON_A_PAGE))
    asked = request.GET.get("page", "1")
    whole = asked.isascii() and asked.isdigit() and len(asked) < 10
    number = min(max(1, int(asked) if whole else 1), pages)
    start = (number - 1) * ON_A_PAGE
    shown = tuple(rows[start : start + ON_A_PAGE])
    return Page(shown, total, number, pages)


def _is_time(text: str) -> bool:
    if len(text) not in (10, 16, 19) or not text.isascii():
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return text[4] == "-" and (len(text) == 10 or text[10] == "T")
