"""A lab whose clock a test sets forward, and devices whose clocks go with it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    milliseconds=int(_file.read_text())
)
"""

# The clock that a test drives leaves the stamps of events alone; in a browser both are
# counted from the same moment. It also forgets which files a page consists of.
STAMPS = """
const files = [];
new PerformanceObserver((list) => files.push(...list.getEntries()))
  .observe({ type: "resource", buffered: true });
performance.getEntriesByType = (kind) => (kind === "resource" ? [...files] : []);
Object.defineProperty(Event.prototype, "timeStamp", {
  get() { return performance.now(); },
});
"""

PINGS = """
const ask = window.fetch;
window.fetch = (url, given) => String(url).endsWith("/api/time") && navigator.onLine
  ? Promise.resolve(new Response(
      JSON.stringify({ server_ms: Date.now() }),
      { headers: { "Content-Type": "application/json" } },
    ))
  : ask(url, given);
"""


class ClockedLab(LabServer):
    """A server that a test sets forward together with the pages of its devices."""

    def __init__(
        self,
        folder: Path,
        database_url: str | None = None,
        *,
        environment: dict[str, str] | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        clock = folder / "clock"
        clock.mkdir(parents=True)
        (clock / "sitecustomize.py").write_text(AHEAD)
        self.ahead = folder / "ahead"
        self.set_ahead(0)
        super().__init__(
            folder / "data",
            database_url,
            scripts="kept",
            environment={
                "PYTHONPATH": os.pathsep.join((str(clock), *also)),
                "BENCH_AHEAD": str(self.ahead),
                **(environment or {}),
            },
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

    def device(
        self,
        context: BrowserContext,
        name: str,
        *,
        pings: Literal["own", "server"] = "own",
    ) -> Page:
        """Open an empty page on a device of a person; its clock goes with the lab's.

        A server and a page cannot be set forward at one moment. A page that asks the
        server's time in between would rightly take the difference for a sleep of its
        device; so that it is answered by its own clock, unless a test wants it
        otherwise and sets nothing forward meanwhile.
        """
        self.log_in(context, name)
        page = context.new_page()
        ahead = int(self.ahead.read_text())
        page.clock.install(time=datetime.now(UTC) + timedelta(milliseconds=ahead))
        page.add_init_script(STAMPS)
        if pings == "own":
            page.add_init_script(PINGS)
        return page

    def forward(self, ms: int, *pages: Page) -> None:
        """Let time pass: for the server first, then on the pages."""
        self.set_ahead(int(self.ahead.read_text()) + ms)
        for page in pages:
            page.clock.fast_forward(ms)
        if pages:
            self.agree(pages[0])

    def agree(self, page: Page) -> None:
        """Set the server's clock to that of a page, which counts a little otherwise."""
        shown = int(page.evaluate("() => Date.now()"))
        self.set_ahead(shown - round(time.time() * 1000))

    def set_ahead(self, ms: int) -> None:
        """Say how far ahead the server is; in one step, so that none reads a half."""
        part = self.ahead.with_suffix(".part")
        part.write_text(str(ms))
        part.replace(self.ahead)
