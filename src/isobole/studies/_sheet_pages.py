"""The pages for the bench and for the pharmacist, by the path they are written to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from isobole.results import Block, DataError, Problem
from isobole.studies._protocol import Protocol
from isobole.studies._syringes import Syringe

Render = Callable[[str, Sequence[Block]], str]
"""Makes a page of a title and blocks: reporting is a room above this one."""
SHEETS = "dosing"


def dosing_pages(
    protocol: Protocol, filled: Sequence[Syringe], render: Render | None
) -> dict[str, str]:
    """Return the dosing sheets by path, one page for each day."""
    if render is None or not filled:
        return {}
    from isobole.studies._dosing_sheet import dosing_blocks

    days = list(dict.fromkeys(syringe.day for syringe in filled))
    pages = {}
    for number, day in enumerate(days, start=1):
        members = [syringe for syringe in filled if syringe.day == day]
        slug = re.sub(r"[^A-Za-z0-9-]+", "-", day or "").strip("-") or str(number)
        name = f"{SHEETS}/day-{slug}.html" if day else f"{SHEETS}/runs.html"
        if name in pages:
            name = f"{SHEETS}/day-{slug}-{number}.html"
        title = f"Dosing sheet {protocol.study_id}" + (f", day {day}" if day else "")
        pages[name] = render(title, dosing_blocks(protocol, members))
    return pages


def preparation_page(
    protocol: Protocol,
    filled: Sequence[Syringe],
    target: Path,
    render: Render | None,
) -> tuple[Path, str] | None:
    if render is None or not filled:
        return None
    from isobole.studies._preparation_sheet import preparation_blocks

    path = target.with_name(f"{target.stem}-preparation.html")
    if path.exists():
        raise DataError(
            [
                Problem(
                    "preparation-exists",
                    "There is a file already, and the preparation sheet is not written "
                    "over it",
                    file=str(path),
                    remedy="Give another path with --key; the sheet lies beside it",
                )
            ]
        )
    title = f"Preparation sheet {protocol.study_id}: unblinded"
    return path, render(title, preparation_blocks(protocol, filled))
