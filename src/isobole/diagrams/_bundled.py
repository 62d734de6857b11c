"""The bundled diagrams, by name."""

from __future__ import annotations

from importlib.resources import files

from isobole.diagrams._diagram import Diagram
from isobole.diagrams._read import read
from isobole.results import check_choice

NAMES = ("mechanism", "workflow")


def diagram(name: str) -> Diagram:
    """Return a bundled diagram.

    Parameters
    ----------
    name : {"mechanism", "workflow"}
        How valproate and magnesium are held to act together; or the way from a
        question to a verdict on synergy.

    Raises
    ------
    OptionError
        If there is no such diagram.

    Examples
    --------
    >>> diagram("workflow").title
    'Experimental workflow for assessing anticonvulsant synergy'
    """
    check_choice("name", name, NAMES)
    file = files("isobole.diagrams") / "data" / f"{name}.toml"
    return read(file.read_text(encoding="utf-8"))
