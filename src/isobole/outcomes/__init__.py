"""Statistics of seizure outcomes on arrays: no file, no study, no printing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.outcomes._hypothesis_test import HypothesisTest as HypothesisTest

# Loaded when first asked for: statsmodels costs seconds, and few need it.
_HOME = {
    "HypothesisTest": "_hypothesis_test",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
