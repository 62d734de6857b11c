"""The lab: plan, score and analyse in the browser; a face on the rooms below it.

Django is imported when the server starts, never by importing this room.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.lab._config import LabConfig as LabConfig, lab_config as lab_config
    from isobole.lab._start import start_django as start_django

_HOME = {
    "LabConfig": "_config",
    "lab_config": "_config",
    "start_django": "_start",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
