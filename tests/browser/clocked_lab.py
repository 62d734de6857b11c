"""A lab whose clock a test sets forward, and devices whose clocks go with it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser.server import LabServer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

AHEAD = """
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from isobole.lab import _clock
_file = Path(os.environ["BENCH_AHEAD"])
_clock.moment = lambda: datetime.now(UTC) + timedelta(
    milliseconds=int(_file.read_text() or 0)
)
"""


class ClockedLab(LabServer):
    """A server that a test sets forward together with the pages of its devices."""

    def __init__(self, folder: Path) -> None:
        clock = folder / "clock"
        clock.mkdir(parents=True)
        (clock / "sitecustomize.py").write_text(AHEAD)
        self._asking: set[Any] = set()
        self._asked = 0.0
        self.ahead = folder / "ahead"
        self.ahead.write_text("0")
        super().__init__(
            folder / "data",
            environment={"PYTHONPATH": str(clock), "BENCH_AHEAD": str(self.ahead)},
        )

    def log_in(self, context: BrowserContext, name: str) -> None:
        """Give a device the session of a person."""
        cookie = self.headers(name)["Cookie"]
        context.add_cookies(
            [
                {
                    "name": part.split("=")[0],
                    "value": part.split("=")[1],
                    "url": self.url,
                }
                for part in cookie.split("; ")
            ]
        )

    def device(self, context: BrowserContext, name: str) -> Page:
        """Open an empty page on a device of a person; its clock goes with the lab's."""
        self.log_in(context, name)
        page = context.new_page()
        ahead = int(self.ahead.read_text())
        page.clock.install(time=datetime.now(UTC) + timedelta(milliseconds=ahead))
        self._watch(page)
        return page

    def forward(self, ms: int, *pages: Page) -> None:
        """Let time pass: for the server first, then on the pages.

        A page that asks the time in between would take the jump for a sleep of its
        device, so that it waits until nobody asks.
        """
        self._quiet(*pages)
        self.ahead.write_text(str(int(self.ahead.read_text()) + ms))
        for page in pages:
            page.clock.fast_forward(ms)
        # Setting a page's clock forward takes some ms that it does not count.
        shown = int(pages[0].evaluate("() => Date.now()"))
        self.ahead.write_text(str(shown - round(time.time() * 1000)))
        self._quiet(*pages)

    def _watch(self, page: Page) -> None:
        def asked(request: Any) -> None:
            if request.url.endswith("/api/time"):
                self._asking.add(request)
                self._asked = time.monotonic()

        def answered(request: Any) -> None:
            self._asking.discard(request)

        page.on("request", asked)
        page.on("requestfinished", answered)
        page.on("requestfailed", answered)

    def _quiet(self, *pages: Page) -> None:
        for page in pages:
            page.wait_for_timeout(30)
            while self._asking or time.monotonic() - self._asked < 0.06:
                page.wait_for_timeout(20)
