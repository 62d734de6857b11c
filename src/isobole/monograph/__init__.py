"""Drug pages as statements with sources, findings, answers and exports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.monograph._ask import ask as ask
    from isobole.monograph._case import Case as Case
    from isobole.monograph._case_finding import CaseFinding as CaseFinding
    from isobole.monograph._case_findings import CaseFindings as CaseFindings
    from isobole.monograph._checks import (
        Check as Check,
        Measured as Measured,
        checks as checks,
        explain as explain,
    )
    from isobole.monograph._contradictions import (
        check_page as check_page,
        check_pages as check_pages,
    )
    from isobole.monograph._dosing import DoseLine as DoseLine
    from isobole.monograph._finding import Finding as Finding
    from isobole.monograph._fix import (
        Patch as Patch,
        Repair as Repair,
        fix as fix,
        repair as repair,
        unfix as unfix,
    )
    from isobole.monograph._page import (
        Block as Block,
        Faq as Faq,
        Monograph as Monograph,
        Section as Section,
    )
    from isobole.monograph._read import read as read
    from isobole.monograph._record import record as record
    from isobole.monograph._registry import FINDINGS as FINDINGS
    from isobole.monograph._rules import (
        Rule as Rule,
        read_rules as read_rules,
        rules as rules,
    )
    from isobole.monograph._span import Span as Span
    from isobole.monograph._statement import (
        KINDS as KINDS,
        Scope as Scope,
        Statement as Statement,
    )
    from isobole.monograph._tables import (
        PageTable as PageTable,
        TableCell as TableCell,
        TableRow as TableRow,
    )
    from isobole.monograph._text import (
        PageText as PageText,
        find_span as find_span,
        page_text as page_text,
    )

# Loaded when first asked for: `ask` needs no markdown, `read` no index.
_HOME = {
    "Block": "_page",
    "Case": "_case",
    "CaseFinding": "_case_finding",
    "CaseFindings": "_case_findings",
    "Check": "_checks",
    "DoseLine": "_dosing",
    "FINDINGS": "_registry",
    "Faq": "_page",
    "Finding": "_finding",
    "KINDS": "_statement",
    "Measured": "_checks",
    "Monograph": "_page",
    "PageTable": "_tables",
    "PageText": "_text",
    "Patch": "_fix",
    "Repair": "_fix",
    "Rule": "_rules",
    "Scope": "_statement",
    "Section": "_page",
    "Span": "_span",
    "Statement": "_statement",
    "TableCell": "_tables",
    "TableRow": "_tables",
    "ask": "_ask",
    "check_page": "_contradictions",
    "check_pages": "_contradictions",
    "checks": "_checks",
    "explain": "_checks",
    "find_span": "_text",
    "fix": "_fix",
    "page_text": "_text",
    "read": "_read",
    "read_rules": "_rules",
    "record": "_record",
    "repair": "_fix",
    "rules": "_rules",
    "unfix": "_fix",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
