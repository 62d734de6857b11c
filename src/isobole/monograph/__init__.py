"""Drug pages as statements with sources, findings, answers and exports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from isobole.monograph._registry import FINDINGS as FINDINGS
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
    "FINDINGS": "_registry",
    "Faq": "_page",
    "Finding": "_finding",
    "KINDS": "_statement",
    "Monograph": "_page",
    "PageTable": "_tables",
    "PageText": "_text",
    "Patch": "_fix",
    "Repair": "_fix",
    "Scope": "_statement",
    "Section": "_page",
    "Span": "_span",
    "Statement": "_statement",
    "TableCell": "_tables",
    "TableRow": "_tables",
    "find_span": "_text",
    "fix": "_fix",
    "page_text": "_text",
    "read": "_read",
    "repair": "_fix",
    "unfix": "_fix",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
