"""Quick tools and monographs in the browser: no fault, no refusal of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.prepared import prepared
from browser.server import CSRF, LabServer
from browser.shots import shot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Axe = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with LabServer(tmp_path_factory.mktemp("tools"), scripts="kept") as started:
        started.make_person("ana")
        yield started


@pytest.fixture
def new_page(
    server: LabServer, context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Return a function that opens a page on a device where ana is logged in."""

    def new(**more: Any) -> Page:
        device = context(**more)
        cookie = server.headers("ana")["Cookie"]
        session = cookie.partition("sessionid=")[2].partition(";")[0]
        device.add_cookies(
            [
                {"name": "sessionid", "value": session, "url": server.url},
                {"name": "csrftoken", "value": CSRF, "url": server.url},
            ]
        )
        return device.new_page()

    return new


def figures_shown(page: Page) -> int:
    """Wait for all figures of a page, and return how many there are."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('figure img')]"
        ".every((one) => one.complete && one.naturalWidth > 100)",
        timeout=60_000,
    )
    return page.locator("figure img").count()


def test_from_an_example_to_the_isobologram(
    server: LabServer, new_page: Callable[..., Page], axe: Axe
) -> None:
    page = new_page()
    page.goto(f"{server.url}/tools/")
    shot(page, "tools")
    assert axe(page) == []
    page.get_by_role("link", name="Interaction").click()
    page.get_by_role("link", name="Two insecticides at 1:4, fixed ratio").click()
    assert page.get_by_label("Indices that would not matter").input_value() != ""
    shot(page, "tools-interaction")
    assert axe(page) == []
    page.get_by_role("button", name="Compute").click()
    title = page.get_by_role("heading", name="Interaction of rotenone and deguelin")
    title.wait_for(timeout=60_000)
    assert figures_shown(page) >= 2
    shot(page, "tools-interaction-result")
    assert axe(page) == []
    page.get_by_role("link", name="Change table or options").click()
    assert "rotenone" in page.get_by_label("Table", exact=True).input_value()


def test_the_bare_form_of_a_tool(
    server: LabServer, new_page: Callable[..., Page], axe: Axe
) -> None:
    """Before anything is pasted: what is asked for, and examples to begin with."""
    page = new_page()
    page.goto(f"{server.url}/tools/ed50")
    assert page.get_by_label("Table", exact=True).input_value() == ""
    assert page.get_by_role("link", name="Five doses").is_visible()
    shot(page, "tools-ed50")
    assert axe(page) == []


@pytest.mark.parametrize(
    ("tool", "label"), [("ed50", "Five doses"), ("audit", "Seven")]
)
def test_other_tools(
    server: LabServer, new_page: Callable[..., Page], axe: Axe, tool: str, label: str
) -> None:
    page = new_page(entry="touch", width=1180, height=820)
    page.goto(f"{server.url}/tools/{tool}")
    page.get_by_role("link", name=label).tap()
    page.get_by_role("button", name="Compute").tap()
    page.get_by_role("link", name="Report (HTML)").wait_for(timeout=60_000)
    figures_shown(page)
    # Nothing stands beyond the edge of a tablet.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"tools-{tool}-result")
    assert axe(page) == []


def test_problems_stand_above_the_table_that_is_kept(
    server: LabServer, new_page: Callable[..., Page], axe: Axe
) -> None:
    page = new_page()
    page.goto(f"{server.url}/tools/ed50")
    page.get_by_label("Table", exact=True).fill(
        "dose\tn\taffected\n5\t8\t9\n10\t8\tx\n"
    )
    page.get_by_role("button", name="Compute").click()
    problems = page.get_by_role("alert")
    assert "row 3, column affected" in (problems.text_content() or "")
    kept = page.get_by_label("Table", exact=True).input_value()
    assert kept == "dose\tn\taffected\n5\t8\t9\n10\t8\tx\n"
    shot(page, "tools-problems")
    assert axe(page) == []


def test_a_form_needs_no_script(
    server: LabServer, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.url}/tools/ed50?example=mice8")
    page.get_by_role("button", name="Compute").click()
    page.get_by_role("link", name="Report (HTML)").wait_for(timeout=60_000)
    assert page.get_by_role("heading", name="ED50", exact=True).is_visible()


def test_monographs_keep_the_policy_and_lead_back(
    server: LabServer, new_page: Callable[..., Page], axe: Axe
) -> None:
    page = new_page()
    prepared(page, f"{server.url}/monographs/")
    shot(page, "monographs")
    assert axe(page) == []
    page.get_by_role("link", name="Magnesium Valproate", exact=False).first.click()
    # Data for search engines stands in the page; the policy refuses nothing of it.
    assert page.locator('script[type="application/ld+json"]').count() >= 1
    colour = page.evaluate(
        "() => getComputedStyle(document.querySelector('header.top')).display"
    )
    assert colour != ""
    shot(page, "monograph-page")
    assert axe(page) == []
    page.goto(f"{server.url}/monographs/index.html")
    page.get_by_label("Words that a page must have").fill("liver")
    page.get_by_role("button", name="Find").click()
    page.locator("#search-results li").first.wait_for()
    page.goto(f"{server.url}/monographs/search?q=missed+dose")
    page.get_by_role("listitem").first.get_by_role("link").first.wait_for()
    shot(page, "monograph-search")
    page.goto(f"{server.url}/monographs/ask")
    page.get_by_label("Drug asked about").fill("magnesium valproate")
    page.get_by_label("Conditions present").fill("liver disease")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="What the pages say").wait_for()
    shot(page, "monograph-ask")
    assert axe(page) == []
    page.get_by_role("link", name="isobole lab").click()
    page.get_by_role("heading", name="Studies").first.wait_for()
    assert Path(server.log).read_text("utf-8").count("Traceback") == 0
