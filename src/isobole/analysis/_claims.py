"""Published figures that a study folder carries beside its own data."""

from __future__ import annotations

import csv

from isobole.results import Block, DataError, Note, Problem, Table
from isobole.studies import Study

FILE = "claims.csv"
COLUMNS = ("claim", "figure", "source", "note")


def published_claims(study: Study) -> tuple[Block, ...]:
    """Return the rows of `claims.csv` as a table that says what they are.

    The file is optional: ``claim, figure, source, note``; lines starting with ``#``
    are comments. Its figures are shown and never enter a computation.

    Raises
    ------
    DataError
        If the file is no text, or lacks a column.
    """
    if study.path is None or not (study.path / FILE).is_file():
        return ()
    try:
        text = (study.path / FILE).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise _refused("not-read", f"It cannot be read ({why})", "UTF-8 text") from None
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    read = csv.DictReader(lines)
    lacking = [name for name in COLUMNS if name not in (read.fieldnames or ())]
    if lines and lacking:
        raise _refused(
            "missing-column",
            f"It has no column {' and no column '.join(lacking)}",
            f"the columns {', '.join(COLUMNS)}",
        )
    cells = (tuple((row[name] or "").strip() for name in COLUMNS) for row in read)
    rows = tuple(row for row in cells if any(row))
    if not rows:
        return ()
    return (
        Note(
            "Claims as published by others. They were not checked here, and nothing of "
            "this study was pooled with them."
        ),
        Table("Published claims", COLUMNS, rows),
    )


def _refused(code: str, message: str, expected: str) -> DataError:
    remedy = "Write it anew, or move it out of the folder: no result needs it"
    return DataError(
        [Problem(code, message, file=FILE, expected=expected, remedy=remedy)]
    )
