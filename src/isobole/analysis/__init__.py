"""A study in, its result out: what the protocol declared, in one report."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.analysis._analysis import Analysis as Analysis
    from isobole.analysis._analyze import analyze_study as analyze_study
    from isobole.analysis._groups import Groups as Groups, name_groups as name_groups
    from isobole.analysis._next import recommend_next as recommend_next
    from isobole.analysis._protective import (
        protective_index_of as protective_index_of,
    )
    from isobole.analysis._protective_result import (
        ProtectiveIndices as ProtectiveIndices,
    )
    from isobole.analysis._result import StudyResult as StudyResult

# Loaded when first asked for: the statistics behind an analysis take a second.
_HOME = {
    "Analysis": "_analysis",
    "Groups": "_groups",
    "ProtectiveIndices": "_protective_result",
    "StudyResult": "_result",
    "analyze_study": "_analyze",
    "name_groups": "_groups",
    "protective_index_of": "_protective",
    "recommend_next": "_next",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
