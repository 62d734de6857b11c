"""A study in, its result out; a table in, its answer out: one report each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.analysis._analysis import Analysis as Analysis
    from isobole.analysis._analyze import analyze_study as analyze_study
    from isobole.analysis._answer_audit import answer_audit as answer_audit
    from isobole.analysis._answer_ed50 import answer_ed50 as answer_ed50
    from isobole.analysis._answer_potency import (
        answer_potency as answer_potency,
        potency_body as potency_body,
    )
    from isobole.analysis._answer_synergy import answer_synergy as answer_synergy
    from isobole.analysis._ed50_forms import (
        curve_name as curve_name,
        data_hash as data_hash,
        effect_rows as effect_rows,
        effects_table as effects_table,
        report_blocks as report_blocks,
        shared_problems as shared_problems,
    )
    from isobole.analysis._groups import Groups as Groups, name_groups as name_groups
    from isobole.analysis._next import recommend_next as recommend_next
    from isobole.analysis._protective import (
        protective_index_of as protective_index_of,
    )
    from isobole.analysis._protective_result import (
        ProtectiveIndices as ProtectiveIndices,
    )
    from isobole.analysis._result import StudyResult as StudyResult
    from isobole.analysis._table_answer import (
        Rows as Rows,
        TableAnswer as TableAnswer,
    )

# Loaded when first asked for: the statistics behind an analysis take a second.
_HOME = {
    "Analysis": "_analysis",
    "Groups": "_groups",
    "ProtectiveIndices": "_protective_result",
    "Rows": "_table_answer",
    "StudyResult": "_result",
    "TableAnswer": "_table_answer",
    "analyze_study": "_analyze",
    "answer_audit": "_answer_audit",
    "answer_ed50": "_answer_ed50",
    "answer_potency": "_answer_potency",
    "answer_synergy": "_answer_synergy",
    "curve_name": "_ed50_forms",
    "data_hash": "_ed50_forms",
    "effect_rows": "_ed50_forms",
    "effects_table": "_ed50_forms",
    "name_groups": "_groups",
    "potency_body": "_answer_potency",
    "protective_index_of": "_protective",
    "recommend_next": "_next",
    "report_blocks": "_ed50_forms",
    "shared_problems": "_ed50_forms",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
