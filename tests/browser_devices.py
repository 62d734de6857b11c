"""Devices on which tests open pages, and what they find wrong with a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parent / "browser" / "vendor" / "axe-core" / "axe.min.js"
# Long, for a machine that does much else; nothing waits longer than it must.
WAIT_MS = 30_000
SERIOUS = ("serious", "critical")
POLICY = "Content Security Policy"


@contextmanager
def devices(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Give a function that opens a device of its own: cookies, storage, network.

    ``new(1280, 800)`` is a desk with a keyboard, ``new(1180, 820, entry="touch")`` a
    tablet. Service workers run; further words are playwright's
    (``ignore_https_errors=True``, ``reduced_motion="reduce"``).

    An error that a page's script does not catch, and whatever the page's policy
    refuses, fails the test at its end unless ``faults="ignored"``.
    """
    from playwright.sync_api import expect

    expect.set_options(timeout=WAIT_MS)
    opened: list[BrowserContext] = []
    said: list[str] = []

    def new(
        width: int = 1280,
        height: int = 800,
        *,
        entry: Literal["keyboard", "touch"] = "keyboard",
        faults: Literal["seen", "ignored"] = "seen",
        **more: Any,
    ) -> BrowserContext:
        settings: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "has_touch": entry == "touch",
            "is_mobile": entry == "touch",
            "service_workers": "allow",
            "locale": "en-GB",
            "timezone_id": "UTC",
        }
        made = browser.new_context(**(settings | more))
        made.set_default_timeout(WAIT_MS)
        if faults == "seen":
            made.on("weberror", lambda error: said.append(f"uncaught: {error.error}"))
            made.on(
                "console",
                lambda line: said.append(line.text) if POLICY in line.text else None,
            )
        opened.append(made)
        return made

    try:
        yield new
    finally:
        faults = _told_so_far(opened, said)
        for made in opened:
            made.close()
    if faults:
        raise AssertionError("\n".join(faults))


def _told_so_far(opened: list[BrowserContext], said: list[str]) -> list[str]:
    """Return what was said until now; what closing a page cuts off is no fault."""
    from playwright.sync_api import Error

    for made in opened:
        # An answer comes after everything that was said before the question.
        with suppress(Error):  # the test closed it
            made.cookies()
    return list(said)


def axe_findings(
    page: Page, *, impacts: tuple[str, ...] | None = SERIOUS
) -> list[dict[str, Any]]:
    """Return what axe-core finds serious or critical on a page; all if None.

    It enters by the browser's own door, which no policy of the page closes. Each
    finding has `rule`, `impact`, `help` and `where`.
    """
    # A function, not a script element: the policy would refuse that.
    source = AXE.read_text(encoding="utf-8")
    page.evaluate(f"() => {{ if (!window.axe) {{ {source} }} }}")
    found = page.evaluate("() => axe.run(document)")
    if not found["passes"]:
        msg = f"axe-core found nothing to look at on {page.url}"
        raise AssertionError(msg)
    return [
        {
            "rule": item["id"],
            "impact": item["impact"],
            "help": item["help"],
            "where": [node["html"] for node in item["nodes"]],
        }
        for item in found["violations"]
        if impacts is None or item["impact"] in impacts
    ]
