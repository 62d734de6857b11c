"""An installation opened from the command line, beside its server or without it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isobole.lab._config import DATABASE, LabConfig, lab_config, place_of
from isobole.lab._only_one import only_one
from isobole.results import DataError, Problem


def open_lab(data: Path | None) -> LabConfig:
    """Make Django ready for a lab that is there; nothing is made or changed.

    Raises
    ------
    DataError
        If there is no lab, its database is away, or its tables are of another
        isobole.
    """
    place = place_of(data)
    if not os.environ.get("ISOBOLE_DATABASE_URL") and not (place / DATABASE).is_file():
        raise DataError(
            [
                Problem(
                    "no-lab",
                    "There is no lab in this folder",
                    file=str(place),
                    remedy="Name its data folder with --data or ISOBOLE_DATA; isobole "
                    "serve begins a new one",
                )
            ]
        )
    config = lab_config(data=place)
    from isobole.lab._start import start_django

    start_django(config)
    from isobole.lab._prepare import refuse_other_tables

    refuse_other_tables(config)
    return config


@contextmanager
def new_lab(data: Path | None) -> Iterator[LabConfig]:
    """Make Django ready for a lab that may be new, its tables made; nobody serves it.

    Raises
    ------
    DataError
        If a server runs on the folder, or it or the database cannot be used.
    """
    config = lab_config(data=place_of(data))
    with only_one(config.data):
        from isobole.lab._start import start_django

        start_django(config)
        from isobole.lab._prepare import prepare

        prepare(config)
        yield config
