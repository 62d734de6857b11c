"""One study folder from its protocol: record, projections, levels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from isobole.datasets._studies import study_path
from isobole.datasets.construct._chance import Chance
from isobole.datasets.construct._factorial import factorial
from isobole.datasets.construct._kindling import kindling
from isobole.datasets.construct._ladders import ladders
from isobole.datasets.construct._notebook import Notebook
from isobole.studies import (
    Protocol,
    protocol_from_text,
    write_projections,
    write_record,
)

Construct = Callable[[Chance, Protocol, str], tuple[Notebook, str | None]]
_STUDIES: dict[str, Construct] = {
    "kindling-magnesium": kindling,
    "ptz-interaction": ladders,
    "ptz-valproate-magnesium": factorial,
}
BY_HAND = ("study.toml", "claims.csv")


def construct_study(name: str, folder: Path) -> tuple[str, ...]:
    """Write a bundled study into `folder` and return the names of its files.

    Parameters
    ----------
    name : str
        As `study_names` lists it.
    folder : Path
        Made if it is not there. Files of the same names are written over.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     files = construct_study("kindling-magnesium", Path(place))
    >>> "record.jsonl" in files
    True
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = study_path(name)
    for file in BY_HAND:
        text = (source / file).read_text(encoding="utf-8")
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    toml = (folder / "study.toml").read_text(encoding="utf-8")
    protocol = protocol_from_text(toml)
    book, levels = _STUDIES[name](Chance(protocol.study_id), protocol, toml)
    if levels is not None:
        (folder / "concentrations.csv").write_text(
            levels, encoding="utf-8", newline="\n"
        )
    write_record(folder / "record.jsonl", book.entries())
    write_projections(folder)
    return tuple(sorted(file.name for file in folder.iterdir()))
