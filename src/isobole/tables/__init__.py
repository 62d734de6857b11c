"""Tables to typed records: the only reader of quantal files and frames."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.tables._claims import (
        claims_template as claims_template,
        read_claims as read_claims,
    )
    from isobole.tables._columns import read_numbers as read_numbers
    from isobole.tables._combination import read_combination as read_combination
    from isobole.tables._problems import condensed as condensed
    from isobole.tables._quantal import read_quantal as read_quantal
    from isobole.tables._source import read_table as read_table
    from isobole.tables._table import Column as Column, RawTable as RawTable

# Loaded when first asked for: one command needs a few of these, and starts anew for
# every table.
_HOME = {
    "Column": "_table",
    "RawTable": "_table",
    "claims_template": "_claims",
    "condensed": "_problems",
    "read_claims": "_claims",
    "read_combination": "_combination",
    "read_numbers": "_columns",
    "read_quantal": "_quantal",
    "read_table": "_source",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
