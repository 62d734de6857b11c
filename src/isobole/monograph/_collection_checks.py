"""The checks a collection runs: on each page alone, and between pages of a moiety."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.monograph._contradictions import check_page, check_pages
from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph, changed


def with_findings(page: Monograph) -> Monograph:
    """Return a page with every finding that needs no other page."""
    found = check_page(page)
    return changed(page, findings=(*page.findings, *found)) if found else page


def findings_between(pages: Sequence[Monograph]) -> tuple[Finding, ...]:
    """Return what is wrong between pages; a build gives those of one moiety together.

    A whole collection does not fit in memory: its interactions, which are between
    moieties, are compared by `isobole.monograph._interactions` from the index.
    """
    return check_pages(pages) if len(pages) > 1 else ()
