"""Answers as JSON, and as files: whole or not at all."""

from __future__ import annotations

import csv
import tempfile
from io import StringIO
from pathlib import Path

from isobole.cli._answer import Answer
from isobole.cli._flags import FIGURES
from isobole.results import (
    DataError,
    Figure,
    Problem,
    Provenance,
    envelope,
    to_json,
)


def json_text(answer: Answer, provenance: Provenance) -> str:
    """Return the answer in its envelope."""
    return to_json(
        envelope(
            answer.schema,
            provenance,
            endpoint=answer.endpoint,
            unit=answer.unit,
            problems=answer.problems,
            body=answer.body(),
        )
    )


def csv_text(answer: Answer) -> str:
    """Return the estimates as CSV; what does not exist is an empty cell."""
    header, rows = answer.rows()
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()


def write(answer: Answer, provenance: Provenance, out: Path) -> None:
    """Write the answer to `out` in the format of its suffix, or leave `out` alone.

    Raises
    ------
    DataError
        If the file cannot be written, or the answer has no figure.
    """
    suffix = out.suffix.lower()
    try:
        with tempfile.TemporaryDirectory(
            prefix=".isobole-", dir=out.parent, ignore_cleanup_errors=True
        ) as folder:
            made = Path(folder) / out.name
            _make(answer, provenance, made, suffix)
            made.replace(out)
    except OSError as error:
        raise DataError(
            [
                Problem(
                    "not-written",
                    f"The file cannot be written ({error.strerror or error})",
                    file=str(out),
                    remedy="Give another name, or ask for the right to write there",
                )
            ]
        ) from error


def _make(answer: Answer, provenance: Provenance, path: Path, suffix: str) -> None:
    if suffix == ".json":
        path.write_text(json_text(answer, provenance) + "\n", encoding="utf-8")
    elif suffix == ".csv":
        path.write_text(csv_text(answer), encoding="utf-8")
    elif suffix == ".html":
        from isobole.reporting import write_report

        write_report(path, answer.title, answer.report(), provenance)
    elif suffix in FIGURES:
        _draw(answer, path)


def _draw(answer: Answer, path: Path) -> None:
    from isobole.results import save_figure

    for block in answer.report():
        if isinstance(block, Figure):
            save_figure(block.draw(), path, title=block.title, description=block.alt)
            return
    raise DataError(
        [
            Problem(
                "no-figure",
                "This answer has no figure",
                file=path.name,
                remedy="Give a name that ends in .html, .json or .csv",
            )
        ]
    )
