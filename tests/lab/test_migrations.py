"""Tables of an older lab become today's, with every row as it was."""

from __future__ import annotations

from typing import Any

import pytest


def test_every_change_of_the_models_has_its_migration(lab: Any) -> None:
    from django.core.management import call_command

    # Ends with an exception that names what is missing.
    call_command("makemigrations", "lab", check=True, dry_run=True, verbosity=3)


def test_an_older_lab_is_brought_up_to_date(either_lab: Any) -> None:
    from django.core.management import call_command
    from django.db import Error, connection, transaction

    from isobole.lab.models import RecordRow, User
    from isobole.lab.record import entries_of, verify_study
    from isobole.lab.record._chain import forget
    from isobole.studies import Entry

    study = either_lab.study("ptz-valproate-magnesium", ana="designer")
    before: tuple[Entry, ...] = entries_of(study.study_id)
    password = User.objects.get(username="ana").password
    call_command("migrate", "lab", "0001", verbosity=0)
    with connection.cursor() as cursor:  # the tables of then keep no triggers
        cursor.execute("UPDATE lab_recordrow SET actor = actor WHERE seq = 1")

    call_command("migrate", verbosity=0)
    forget()
    assert entries_of(study.study_id) == before
    assert verify_study(study.study_id).state == "intact"
    ana = User.objects.get(username="ana")
    assert (ana.password, ana.must_change) == (password, False)
    for change in ({"actor": "eve"}, None):
        rows = RecordRow.objects.filter(seq=1)
        with pytest.raises(Error, match="never changed"), transaction.atomic():
            rows.delete() if change is None else rows.update(**change)
