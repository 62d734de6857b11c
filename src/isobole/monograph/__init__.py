"""Drug pages as statements with sources, findings, answers and exports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.monograph._ask import ask as ask
    from isobole.monograph._build import build as build
    from isobole.monograph._build_report import BuildReport as BuildReport
    from isobole.monograph._case import Case as Case
    from isobole.monograph._case_finding import CaseFinding as CaseFinding
    from isobole.monograph._case_findings import CaseFindings as CaseFindings
    from isobole.monograph._check import (
        CheckedPage as CheckedPage,
        CheckReport as CheckReport,
        check as check,
    )
    from isobole.monograph._checks import (
        Check as Check,
        Measured as Measured,
        checks as checks,
        explain as explain,
    )
    from isobole.monograph._collection import (
        Collection as Collection,
        open_collection as open_collection,
    )
    from isobole.monograph._collection_checks import with_findings as with_findings
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
    from isobole.monograph._glance import GlanceCell as GlanceCell, glance as glance
    from isobole.monograph._identity import identity_findings as identity_findings
    from isobole.monograph._identity_names import (
        ResolvedName as ResolvedName,
        resolve_name as resolve_name,
    )
    from isobole.monograph._index_search import (
        Hit as Hit,
        SearchResult as SearchResult,
        search as search,
    )
    from isobole.monograph._page import (
        Block as Block,
        Faq as Faq,
        Monograph as Monograph,
        Section as Section,
    )
    from isobole.monograph._read import read as read
    from isobole.monograph._record import record as record, record_file as record_file
    from isobole.monograph._registry import FINDINGS as FINDINGS
    from isobole.monograph._rules import (
        Rule as Rule,
        read_rules as read_rules,
        rules as rules,
    )
    from isobole.monograph._show import (
        Shown as Shown,
        show as show,
        show_statements as show_statements,
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
    from isobole.monograph._unfix import Restored as Restored, restore as restore
    from isobole.monograph._views import (
        ask_html as ask_html,
        case_of as case_of,
        page_html as page_html,
        search_html as search_html,
        source_html as source_html,
    )

# Loaded when first asked for: `ask` needs no markdown, `read` no index.
_HOME = {
    "Block": "_page",
    "BuildReport": "_build_report",
    "Case": "_case",
    "CaseFinding": "_case_finding",
    "CaseFindings": "_case_findings",
    "Check": "_checks",
    "CheckReport": "_check",
    "CheckedPage": "_check",
    "Collection": "_collection",
    "DoseLine": "_dosing",
    "FINDINGS": "_registry",
    "Faq": "_page",
    "Finding": "_finding",
    "GlanceCell": "_glance",
    "Hit": "_index_search",
    "KINDS": "_statement",
    "Measured": "_checks",
    "Monograph": "_page",
    "PageTable": "_tables",
    "PageText": "_text",
    "Patch": "_fix",
    "Repair": "_fix",
    "ResolvedName": "_identity_names",
    "Restored": "_unfix",
    "Rule": "_rules",
    "Scope": "_statement",
    "SearchResult": "_index_search",
    "Section": "_page",
    "Shown": "_show",
    "Span": "_span",
    "Statement": "_statement",
    "TableCell": "_tables",
    "TableRow": "_tables",
    "ask": "_ask",
    "ask_html": "_views",
    "build": "_build",
    "case_of": "_views",
    "check": "_check",
    "check_page": "_contradictions",
    "check_pages": "_contradictions",
    "checks": "_checks",
    "demo_pages": "_record",
    "explain": "_checks",
    "find_span": "_text",
    "fix": "_fix",
    "glance": "_glance",
    "identity_findings": "_identity",
    "open_collection": "_collection",
    "page_html": "_views",
    "page_text": "_text",
    "read": "_read",
    "read_rules": "_rules",
    "record": "_record",
    "record_file": "_record",
    "repair": "_fix",
    "resolve_name": "_identity_names",
    "restore": "_unfix",
    "rules": "_rules",
    "search": "_index_search",
    "search_html": "_views",
    "show": "_show",
    "show_statements": "_show",
    "source_html": "_views",
    "unfix": "_fix",
    "with_findings": "_collection_checks",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
