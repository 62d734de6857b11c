"""Answers as JSON, and as files: whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from isobole.cli._answer import Answer
from isobole.results import (
    DataError,
    OptionError,
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
    from isobole.reporting import rows_csv

    return rows_csv(*answer.rows())


def write(answer: Answer, provenance: Provenance, out: Path) -> None:
    """Write the answer to `out` in the format of its suffix, or leave `out` alone.

    Raises
    ------
    OptionError
        If `out` is a file the counts were read from.
    IsoboleError
        If the file cannot be written.
    """
    for source in answer.inputs:
        if Path(source.file).exists() and out.resolve() == Path(source.file).resolve():
            msg = (
                f"--out {out} is the file the data were read from, which would be "
                "lost; give another name."
            )
            raise OptionError(msg)
    suffix = out.suffix.lower()
    if suffix in answer.texts:
        _replace(out, answer.texts[suffix]())
    elif suffix == ".json":
        _replace(out, json_text(answer, provenance) + "\n")
    elif suffix == ".csv":
        _replace(out, csv_text(answer))
    else:
        from isobole.reporting import write_report

        write_report(out, answer.title, answer.report(), provenance)


def _replace(out: Path, text: str | bytes) -> None:
    """Put a new file with `text` in the place of `out` in one step."""
    data = text if isinstance(text, bytes) else text.encode()
    target = out.resolve()
    part = target.with_name(f".{target.stem}-{secrets.token_hex(4)}{target.suffix}")
    try:
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataError(
            [
                Problem(
                    "not-written",
                    f"The file cannot be written ({error.strerror or error})",
                    file=str(out),
                    remedy="Choose a folder you may write to that has free space",
                )
            ]
        ) from error
