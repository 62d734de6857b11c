"""Pages that a server prepares once: until then it says 503, and when to come back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WAIT_S = 120


def prepared(page: Page, address: str) -> int:
    """Open an address, again while it is being prepared, and return the status."""
    end = time.monotonic() + WAIT_S
    while True:
        answer = page.goto(address, timeout=60_000)
        assert answer is not None
        if answer.status != 503:
            return answer.status
        assert "prepared" in page.locator("main").inner_text()
        assert time.monotonic() < end, address
        page.wait_for_timeout(500)
