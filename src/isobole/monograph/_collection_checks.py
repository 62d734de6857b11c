"""The checks a collection runs: on each page alone, and between pages.

A check of one page is ``check(page) -> findings``; a check between pages is
``check(pages) -> findings`` and gets the pages of one moiety together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from isobole.monograph._finding import Finding
from isobole.monograph._identity import identity_findings
from isobole.monograph._page import Monograph

PageCheck = Callable[[Monograph], Sequence[Finding]]
PagesCheck = Callable[[Sequence[Monograph]], Sequence[Finding]]

PAGE_CHECKS: tuple[PageCheck, ...] = (identity_findings,)
PAGES_CHECKS: tuple[PagesCheck, ...] = ()


def check_page(page: Monograph) -> tuple[Finding, ...]:
    """Return what is wrong with a page beyond what reading it finds."""
    return tuple(finding for check in PAGE_CHECKS for finding in check(page))


def check_together(pages: Sequence[Monograph]) -> tuple[Finding, ...]:
    """Return what is wrong between pages that speak of the same moiety."""
    return tuple(finding for check in PAGES_CHECKS for finding in check(pages))
