"""Analysis, lock and reveal in the browser: progress, figures, paper, accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.server import CSRF, LabServer
from browser.shots import shot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PAPER_MM = (210, 297)
LEAD = """
import tempfile
from pathlib import Path
from isobole.lab.models import User
from lab_results_studies import complete, led


class Lab:
    def person(self, name):
        return User.objects.get(username=name)


with tempfile.TemporaryDirectory() as place:
    one = led(Lab(), Path(place), **roles)
complete(one.study_id)
answer = one.study_id
"""
STORE = """
from isobole.datasets import study_path
from isobole.lab.record import store_folder

files = {file.name: file.read_bytes() for file in study_path(bundled).iterdir()}
answer = store_folder(files, by="ana").study_id
"""
ROLES = {"ana": "designer", "phil": "pharmacist", "stan": "analyst"}


class Results:
    """A server with a scored study and a revealed one."""

    def __init__(self, server: LabServer) -> None:
        self.server = server
        self.passwords = {name: server.make_person(name) for name in ROLES}
        self.blind = server.run(LEAD, roles=ROLES)
        self.open = server.run(STORE, bundled="ptz-valproate-magnesium")

    def address(self, study_id: str, path: str = "analysis") -> str:
        return f"{self.server.url}/studies/{study_id}/{path}"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    tests = str(Path(__file__).parents[1])
    place = tmp_path_factory.mktemp("results")
    with LabServer(place, environment={"PYTHONPATH": tests}, scripts="kept") as server:
        yield Results(server)


@pytest.fixture
def page_of(
    results: Results, context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Return a function that opens a page as somebody who is logged in."""

    def new(name: str, **more: Any) -> Page:
        device = context(**more)
        cookie = results.server.headers(name)["Cookie"]
        session = cookie.partition("sessionid=")[2].partition(";")[0]
        device.add_cookies(
            [
                {"name": "sessionid", "value": session, "url": results.server.url},
                {"name": "csrftoken", "value": CSRF, "url": results.server.url},
            ]
        )
        return device.new_page()

    return new


def test_from_scoring_to_the_groups(
    results: Results,
    page_of: Callable[..., Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    stan, phil = page_of("stan"), page_of("phil")
    stan.goto(results.address(results.blind))
    # However long it takes, the page opens by itself.
    stan.wait_for_selector(".parts", timeout=60_000)
    assert "groups are shown by code" in stan.inner_text("main")
    assert axe(stan) == []
    stan.click("text=Lock the analysis")
    assert axe(stan) == []
    shot(stan, "analysis-lock")
    stan.fill("#signature_password", results.passwords["stan"])
    stan.click("button:has-text('Lock the analysis')")
    stan.wait_for_selector(".parts", timeout=60_000)
    assert "The analysis is locked" in stan.inner_text("main")

    phil.goto(results.address(results.blind))
    assert axe(phil) == []
    phil.click("text=Reveal the groups")
    assert axe(phil) == []
    shot(phil, "reveal")
    phil.fill("#passphrase", "correct horse battery")
    phil.click("text=Verify and reveal")
    phil.wait_for_selector("text=Groups revealed")
    assert "vehicle" in phil.inner_text("main table")
    stan.goto(results.address(results.blind))
    stan.wait_for_selector(".parts", timeout=60_000)
    assert "the key opened" in stan.inner_text("main")


def test_pages_of_an_analysis(
    results: Results,
    page_of: Callable[..., Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    page = page_of("ana")
    page.goto(results.address(results.open))
    page.wait_for_selector(".parts", timeout=60_000)
    shot(page, "analysis")
    parts = page.eval_on_selector_all(".parts a", "all => all.map(one => one.href)")
    assert len(parts) > 10
    for address in parts:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert axe(page) == [], address
        drawn = page.eval_on_selector_all(
            ".report img", "all => all.map(one => one.naturalWidth)"
        )
        assert all(width > 100 for width in drawn), address
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= 1280, address


@pytest.mark.parametrize("path", ["next-dose", "unblind"])
def test_forms_of_the_pharmacist(
    results: Results,
    page_of: Callable[..., Page],
    axe: Callable[..., list[dict[str, Any]]],
    path: str,
) -> None:
    page = page_of("phil")
    page.goto(results.address(results.blind, path))
    assert axe(page) == []
    shot(page, path)


def test_import_in_the_browser(
    results: Results,
    page_of: Callable[..., Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    from isobole.datasets import study_path

    page = page_of("ana")
    page.goto(f"{results.server.url}/studies/import")
    assert axe(page) == []
    shot(page, "import")
    folder = study_path("ptz-interaction")
    page.set_input_files("#files", sorted(map(str, folder.iterdir())))
    page.click("button:has-text('Import')")
    page.wait_for_url("**/studies/PTZ-MIX/")
    page.goto(f"{results.server.url}/studies/import")
    page.set_input_files("#files", str(folder / "claims.csv"))
    page.click("button:has-text('Import')")
    page.wait_for_selector("text=There is no study.toml")
    assert axe(page) == []


def test_without_scripts_the_analysis_opens_too(
    results: Results, page_of: Callable[..., Page]
) -> None:
    page = page_of("ana", java_script_enabled=False)
    page.goto(results.address(results.open))
    page.wait_for_selector(".parts", timeout=60_000)
    page.click(".parts a:has-text('ARRIVE')")
    page.wait_for_selector("text=ARRIVE 2.0, essential items")


def test_on_paper_nothing_is_cut_off(
    results: Results, page_of: Callable[..., Page]
) -> None:
    page = page_of("ana")
    page.goto(results.address(results.open, "analysis/print"))
    page.wait_for_selector(".paper", timeout=60_000)
    page.wait_for_load_state("networkidle")
    # As wide as what is printed of A4: 15 mm stay free at each side.
    page.set_viewport_size(
        {"width": round((PAPER_MM[0] - 30) / 25.4 * 96), "height": 900}
    )
    page.emulate_media(media="print")
    width = page.evaluate("() => document.documentElement.clientWidth")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".paper table")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.caption?.innerText ?? "no caption")"""
    )
    assert cut == []
    assert not page.is_visible("nav.study")
    assert not page.is_visible("header.top")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
