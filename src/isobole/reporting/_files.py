"""A report in a file, its format by the suffix: whole, or not there at all."""

from __future__ import annotations

import csv
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path

from isobole.reporting._html import render_html
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Figure,
    IsoboleError,
    Missing,
    OptionError,
    Provenance,
    Table,
    encode,
    save_figure,
)

SUFFIXES = (".html", ".csv", ".svg", ".png", ".pdf")


def write_report(
    path: Path | str,
    title: str,
    blocks: Sequence[Block],
    provenance: Provenance,
    *,
    subtitle: str | None = None,
) -> Path:
    """Write blocks to `path` and return it; on failure nothing is left behind.

    ``.html`` holds the whole report, ``.svg``, ``.png`` and ``.pdf`` its first figure,
    ``.csv`` its first table with unrounded numbers.

    Parameters
    ----------
    path : path
        Its folder must exist; a file already there is replaced in one step.
    title, blocks, provenance, subtitle
        As for `render_html`.

    Raises
    ------
    OptionError
        If the suffix is unknown, or there is no figure or table to write.
    IsoboleError
        If the folder or file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        page = render_html(title, blocks, provenance, subtitle=subtitle)
        return _write(path, lambda part: _write_text(part, page))
    if suffix == ".csv":
        sheet = table_csv(_first_table(blocks, path))
        return _write(path, lambda part: _write_text(part, sheet))
    if suffix in (".svg", ".png", ".pdf"):
        figure = _first_figure(blocks, path)
        drawn = figure.draw()
        return _write(
            path,
            lambda part: save_figure(
                drawn, part, title=figure.title, description=figure.alt
            ),
        )
    msg = (
        f"'{path.name}' does not end in a format that can be written; "
        f"end it in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    )
    raise OptionError(msg)


def table_csv(table: Table) -> str:
    """Return a table as CSV for programs: unrounded numbers, empty where missing.

    A column of estimates becomes four: value, low, high and the shape of the set, by
    which two ends of a complement are told from those of an interval.

    Examples
    --------
    >>> table = Table("T", ("dose", "p"), ((0.1 + 0.2, "< 0.0001"), (Missing("?"), 1)))
    >>> print(table_csv(table), end="")
    dose,p
    0.30000000000000004,< 0.0001
    ,1
    """
    spread = [
        any(isinstance(row[index], Estimate) for row in table.rows)
        for index in range(len(table.columns))
    ]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header: list[str] = []
    for name, wide in zip(table.columns, spread, strict=True):
        header += [name]
        header += [f"{name} {end}" for end in ("low", "high", "set")] if wide else []
    writer.writerow(header)
    for row in table.rows:
        cells: list[object] = []
        for cell, wide in zip(row, spread, strict=True):
            if isinstance(cell, Estimate):
                value = _plain(cell.value)
                cells += [value, _plain(cell.low), _plain(cell.high), cell.set_kind]
            else:
                cells += [_plain(cell), *([""] * 3 if wide else [])]
        writer.writerow(cells)
    return out.getvalue()


def rows_csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as CSV; what does not exist (None) is an empty cell.

    Examples
    --------
    >>> print(rows_csv(("dose", "low"), [(0.1 + 0.2, None)]), end="")
    dose,low
    0.30000000000000004,
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Cell) -> object:
    """Return a cell for CSV: floats in full, booleans as true and false."""
    if cell is None or isinstance(cell, Missing):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    value: object = encode(cell)
    return repr(value) if isinstance(value, float) else value


def _first_figure(blocks: Sequence[Block], path: Path) -> Figure:
    for block in blocks:
        if isinstance(block, Figure):
            return block
    msg = f"there is no figure to write to '{path.name}'; write .html or .csv instead"
    raise OptionError(msg)


def _first_table(blocks: Sequence[Block], path: Path) -> Table:
    tables = [block for block in blocks if isinstance(block, Table)]
    tables += [block.table for block in blocks if isinstance(block, Figure)]
    if tables:
        return tables[0]
    msg = f"there is no table to write to '{path.name}'; write .html instead"
    raise OptionError(msg)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write(path: Path, fill: Callable[[Path], None]) -> Path:
    """Fill a new file beside `path`, then put it in its place."""
    part: Path | None = None
    try:
        # A link keeps pointing where it pointed.
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            msg = f"'{path}' is not an ordinary file; give the name of a file to write"
            raise IsoboleError(msg)
        if not target.parent.is_dir():
            msg = (
                f"'{path}' cannot be written: there is no folder '{path.parent}'. "
                "Make the folder first, or choose another"
            )
            raise IsoboleError(msg)
        part = target.with_name(f".isobole-{secrets.token_hex(4)}{target.suffix}")
        fill(part)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        why = error.strerror or str(error)
        msg = (
            f"'{path}' cannot be written: {why}. "
            "Choose another name, or a folder that you may write to and that has space"
        )
        raise IsoboleError(msg) from error
    finally:
        # After the replacement there is nothing left to remove.
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return path
