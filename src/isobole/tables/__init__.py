"""Tables to typed records: the only reader of quantal files and frames."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.tables._claims import (
        claims_template as claims_template,
        read_claims as read_claims,
    )
    from isobole.tables._combination import read_combination as read_combination
    from isobole.tables._quantal import read_quantal as read_quantal

# Loaded when first asked for: one command needs a few of these, and starts anew for
# every table.
_HOME = {
    "claims_template": "_claims",
    "read_claims": "_claims",
    "read_combination": "_combination",
    "read_quantal": "_quantal",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
