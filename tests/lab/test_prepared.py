"""Queries whose SQL is written once say what Django's own queries say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lab.test_bench_api import WALL, Device, before_scoring


def test_a_prepared_query_answers_as_djangos_own(either_lab: Any) -> None:
    from isobole.lab._prepared import Prepared
    from isobole.lab.models import User

    lab = either_lab
    lab.person("ana")
    ben = lab.person("ben", administrator=True)
    asked = Prepared(
        # Django sorts these by name: the places differ from those of the values.
        lambda name, after, pk: User.objects.filter(
            username=name, created__gt=after, pk__gte=pk, is_administrator=True
        ),
        "",
        datetime(2000, 1, 1, tzinfo=UTC),
        0,
    )
    before = ben.created - timedelta(seconds=1)
    found = asked.first("ben", before, 1)
    assert found == User.objects.get(username="ben")
    assert found is not None
    assert found.created == ben.created
    assert asked.first("ben", ben.created, 1) is None
    assert asked.first("ana", before, 1) is None
    assert asked.first("ben' OR ''='", before, 1) is None
    assert [row[0] for row in asked.rows("ben", before, 1)] == [ben.pk]


def test_a_value_that_is_not_in_the_sql_is_refused(lab: Any) -> None:
    from isobole.lab._prepared import Prepared
    from isobole.lab.models import User

    asked = Prepared(lambda name, flag: User.objects.filter(username=name), "", 1)
    with pytest.raises(ValueError, match="not in its SQL once"):
        asked.first("ana", 1)


def test_rows_are_inserted_as_bulk_create_does(either_lab: Any) -> None:
    from isobole.lab._prepared import insert
    from isobole.lab.models import RecordRow

    lab = either_lab
    lab.study()
    rows = list(RecordRow.objects.order_by("seq"))

    def as_told(rows: list[Any]) -> list[dict[str, Any]]:
        return [
            {f.attname: getattr(r, f.attname) for f in r._meta.fields if f.name != "id"}
            for r in rows
        ]

    told = as_told(rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE lab_recordrow DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER lab_recordrow_delete")
        cursor.execute("DELETE FROM lab_recordrow")
    for row in rows:
        row.pk = None
    insert([])
    assert not RecordRow.objects.exists()
    insert(rows)
    assert as_told(list(RecordRow.objects.order_by("seq"))) == told


def test_a_score_asks_four_questions(either_lab: Any) -> None:
    """Session, person, study and roles; what the writer asks is not counted here."""
    lab = either_lab
    lab.stored(before_scoring(), ana="scorer")
    device = Device(lab.client("ana"), "bench-a", "ana")
    device.states(device.row("t0", "R14", wall=WALL))
    with CaptureQueriesContext(connection) as asked:
        row = device.seen("R14", 1200, "score_change", score="1", t0=WALL)
        assert device.states(row) == ["stored"]
    assert [q["sql"].split()[0] for q in asked.captured_queries] == ["SELECT"] * 4
