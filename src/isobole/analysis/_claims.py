"""Published figures that a study folder carries beside its own data."""

from __future__ import annotations

import csv

from isobole.results import Block, Note, Table
from isobole.studies import Study

FILE = "claims.csv"
COLUMNS = ("claim", "figure", "source", "note")


def published_claims(study: Study) -> tuple[Block, ...]:
    """Return the rows of `claims.csv` as a table that says what they are.

    The file is optional: ``claim, figure, source, note``; lines starting with ``#``
    are comments. Its figures are shown and never enter a computation.
    """
    if study.path is None or not (study.path / FILE).is_file():
        return ()
    text = (study.path / FILE).read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = tuple(
        tuple((row.get(column) or "").strip() for column in COLUMNS)
        for row in csv.DictReader(lines)
    )
    if not rows:
        return ()
    return (
        Note(
            "Claims as published by others. They were not checked here, and nothing of "
            "this study was pooled with them."
        ),
        Table("Published claims", COLUMNS, rows),
    )
