"""Queries that every request makes: their SQL is written once.

Django writes the SQL of a query anew each time it is asked, which takes several times
as long as the database needs to answer. A bench asks four such questions for each
score: whose session, which person, which study, which roles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Kind = TypeVar("Kind", bound=Model)


class Prepared(Generic[Kind]):
    """A query of Django with its values left open.

    Parameters
    ----------
    query : callable
        Takes the values and returns the query.
    samples : object
        One value of the right type for each, all different. They show which place of
        the SQL each value has.

    Raises
    ------
    ValueError
        When it is first asked, if a value is not found in the SQL.
    """

    def __init__(
        self, query: Callable[..., QuerySet[Kind, Any]], *samples: object
    ) -> None:
        self._query = query
        self._samples = samples
        # By kind of database: their SQL differs.
        self._made: dict[str, _Made[Kind]] = {}

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        """Return what the database answers, as it stores it."""
        made = self._here()
        with connection.cursor() as cursor:
            cursor.execute(made.sql, made.filled(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def first(self, *values: object) -> Kind | None:
        """Return the first object found; None if there is none."""
        made = self._here()
        found = made.model._default_manager.raw(made.sql, made.filled(values))
        return next(iter(found), None)

    def _here(self) -> _Made[Kind]:
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = self._make()
        return made

    def _make(self) -> _Made[Kind]:
        asked = self._query(*self._samples)
        sql, given = asked.query.get_compiler(connection=connection).as_sql()
        known = [_as_stored(sample) for sample in self._samples]
        places = tuple(known.index(value) for value in given)
        if sorted(places) != [*range(len(known))]:
            msg = f"A value of a prepared query is not in its SQL once: {sql}"
            raise ValueError(msg)
        return _Made(asked.model, sql, places)


@dataclass(frozen=True, slots=True)
class _Made(Generic[Kind]):
    model: type[Kind]
    sql: str
    places: tuple[int, ...]

    def filled(self, values: tuple[object, ...]) -> list[Any]:
        return [_as_stored(values[place]) for place in self.places]


def _as_stored(value: object) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def insert(rows: Sequence[Model]) -> None:
    """Add objects of one model to its table, each under a number of its own.

    As Django's `bulk_create` does it, but the SQL is written once; the objects do not
    learn their numbers.
    """
    if not rows:
        return
    fields = _fields(type(rows[0]))
    stored = [
        [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_insert(type(rows[0]), connection.vendor), stored)


def _fields(model: type[Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if not f.primary_key]


@cache
def _insert(model: type[Model], vendor: str) -> str:
    name = connection.ops.quote_name
    columns = [name(f.column) for f in _fields(model)]
    return (
        f"INSERT INTO {name(model._meta.db_table)} ({', '.join(columns)}) "
        f"VALUES ({', '.join(['%s'] * len(columns))})"
    )
