"""The passphrase of a key: from a file, the environment or the terminal.

Never from the command line, which other people's process lists and histories show.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from isobole.results import OptionError

VARIABLE = "ISOBOLE_KEY_PASSPHRASE"


def passphrase(
    file: Path | None, folder: Path | str, *, ask: Literal["once", "twice"]
) -> str:
    """Return the passphrase.

    Parameters
    ----------
    file : path or None
        Its first line, where it is given.
    folder : path
        The study folder: a passphrase file in it would be read by the blinded.
    ask : {"once", "twice"}
        How often the terminal asks; a new one is typed twice.

    Raises
    ------
    OptionError
        If there is none, or the two that were typed differ.
    """
    if file is not None:
        return _first_line(file, Path(folder))
    if given := os.environ.get(VARIABLE):
        return given
    if not sys.stdin.isatty():
        msg = (
            f"No passphrase for the key: give --passphrase-file FILE, set {VARIABLE}, "
            "or run the command in a terminal, which asks for it"
        )
        raise OptionError(msg)
    from getpass import getpass

    typed = getpass("Passphrase of the key: ")
    if ask == "twice" and getpass("Once more: ") != typed:
        msg = "The two passphrases differ; nothing was written. Run the command again"
        raise OptionError(msg)
    return typed


def login_name(actor: str | None) -> str:
    """Return who acts: as given, or the name the person is logged in by.

    Raises
    ------
    OptionError
        If neither is known.
    """
    if actor is not None and actor.strip():
        return actor.strip()
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        msg = "Who does this is not known; give --actor NAME"
        raise OptionError(msg) from None


def _first_line(file: Path, folder: Path) -> str:
    if file.resolve().is_relative_to(folder.resolve()):
        msg = (
            f"--passphrase-file {file} lies in the study folder, which the blinded "
            "read; keep it elsewhere"
        )
        raise OptionError(msg)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        msg = f"--passphrase-file {file} cannot be read ({why})"
        raise OptionError(msg) from None
    if not lines or not lines[0]:
        msg = f"--passphrase-file {file} has nothing in its first line"
        raise OptionError(msg)
    return lines[0]
