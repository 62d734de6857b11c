"""A browser for the tests of pages: Debian's chromium, driven by playwright.

`page_at(width, height)` opens a page; `context(...)` gives one more person at a device
of their own; `axe(page)` says what keeps people from using a page. Pages forbid eval:
``page.wait_for_function("() => ...")`` takes a function, never an expression. The
server under test must outlive the pages: a fixture of the module or the session.

A lab made with `database()` is tested on SQLite and on PostgreSQL, one server of each
for a module; `browser.bench_lab.on_sqlite` is for tests that no database can change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from browser_devices import axe_findings, devices
from chromium import FLAGS, chromium
from lab_postgres import databases

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


# Not for the session: while it runs, playwright keeps an event loop in this thread, in
# which Django refuses its database and nobody else may start a loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the browser of a module's tests: Debian's own, never a download."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str | None]]:
    """Return a function that gives an empty database: an address, None for SQLite."""
    if request.param == "sqlite":
        yield lambda: None
        return
    with databases(request.getfixturevalue("postgres_url")) as fresh:
        yield fresh


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a device of its own; see `browser_devices`."""
    with devices(browser) as new:
        yield new


@pytest.fixture
def page_at(context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Return a function that opens an empty page of a size on a device of its own."""

    def new(width: int = 1280, height: int = 800, **more: Any) -> Page:
        return context(width, height, **more).new_page()

    return new


@pytest.fixture
def axe() -> Callable[..., list[dict[str, Any]]]:
    """Return a function that lists what axe-core finds serious or critical."""
    return axe_findings
