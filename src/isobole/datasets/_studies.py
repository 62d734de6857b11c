"""The bundled study folders: constructed data, and where they lie."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from isobole.results import check_choice


def study_names() -> tuple[str, ...]:
    """Return the names of the bundled study folders; all are constructed data.

    Examples
    --------
    >>> study_names()
    ('kindling-magnesium', 'ptz-interaction', 'ptz-valproate-magnesium')
    """
    entries = _place().iterdir()
    return tuple(sorted(entry.name for entry in entries if entry.is_dir()))


def study_path(name: str) -> Path:
    """Return the folder of a bundled study, to read, to analyse or to copy.

    Its animals were invented for teaching and tests, which its protocol and every
    report say.

    Raises
    ------
    OptionError
        If there is no such study.

    Examples
    --------
    >>> sorted(file.name for file in study_path("ptz-interaction").glob("*.toml"))
    ['study.toml']
    """
    check_choice("name", name, study_names())
    return _place() / name


def _place() -> Path:
    return Path(str(files("isobole.datasets") / "data" / "studies"))
