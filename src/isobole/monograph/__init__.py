"""Drug pages as statements with sources, findings, answers and exports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.monograph._finding import Finding as Finding
    from isobole.monograph._page import (
        Block as Block,
        Faq as Faq,
        Monograph as Monograph,
        Section as Section,
    )
    from isobole.monograph._read import read as read
    from isobole.monograph._span import Span as Span
    from isobole.monograph._statement import (
        KINDS as KINDS,
        Scope as Scope,
        Statement as Statement,
    )
    from isobole.monograph._text import (
        PageText as PageText,
        find_span as find_span,
        page_text as page_text,
    )

# Loaded when first asked for: `ask` needs no markdown, `read` no index.
_HOME = {
    "Block": "_page",
    "Faq": "_page",
    "Finding": "_finding",
    "KINDS": "_statement",
    "Monograph": "_page",
    "PageText": "_text",
    "Scope": "_statement",
    "Section": "_page",
    "Span": "_span",
    "Statement": "_statement",
    "find_span": "_text",
    "page_text": "_text",
    "read": "_read",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
