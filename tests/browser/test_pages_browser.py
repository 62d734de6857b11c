"""Protocols judged while they are written, and sheets as the printer has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.clocked_lab import ClockedLab
from browser.shots import shot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedLab]:
    with ClockedLab(tmp_path_factory.mktemp("pages")) as server:
        server.study_id = server.make_study(dora="designer", dan="dosing", sam="scorer")
        yield server


@pytest.fixture
def page_of(
    lab: ClockedLab, context: Callable[..., BrowserContext]
) -> Callable[[str], Page]:
    """Return a function that opens an empty page at a person's device."""

    def new(name: str) -> Page:
        device = context(1280, 800)
        lab.log_in(device, name)
        return device.new_page()

    return new


def test_the_text_of_a_protocol_is_judged_while_it_is_written(
    lab: ClockedLab,
    page_of: Callable[[str], Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    page = page_of("dora")
    page.goto(f"{lab.url}/studies/new?model=ptz&species=mouse&way=text")
    editor, said = page.locator("#toml"), page.locator("#judged")
    text = editor.input_value()
    wrong = text.replace('route = "sc"', 'route = "scx"', 1)
    assert wrong != text
    line = wrong[: wrong.index('route = "scx"')].count("\n") + 1
    editor.fill(wrong)
    # Nobody pressed a button: the line, what may stand there, and a proposal.
    expect(said).to_contain_text("route is 'scx'")
    expect(said).to_contain_text("Did you mean 'sc'?")
    assert not axe(page)
    said.get_by_role("link", name=f"line {line}", exact=True).click()
    place = editor.evaluate("e => e.value.slice(0, e.selectionStart)")
    assert str(place).count("\n") + 1 == line
    editor.fill(text)
    expect(said).not_to_contain_text("scx")
    expect(said).to_contain_text("The protocol in words")
    editor.fill("study_id = [[[")
    expect(said.locator("li.error")).to_have_count(1)
    expect(said).to_contain_text("line 1")


def test_the_form_of_a_protocol_is_judged_while_it_is_filled_in(
    lab: ClockedLab, page_of: Callable[[str], Page]
) -> None:
    page = page_of("dora")
    page.goto(f"{lab.url}/studies/new?model=ptz&species=mouse")
    said = page.locator("#judged")
    page.locator("[name=chambers]").fill("four")
    expect(said).to_contain_text("Chambers in a run is 'four'")
    page.locator("[name=chambers]").fill("4")
    expect(said).not_to_contain_text("four")
    expect(said).to_contain_text("The protocol in words")
    page.locator("[name=group-n]").first.fill("-8")
    expect(said.locator("li.error")).to_contain_text(re.compile("-8|greater|at least"))


@pytest.mark.parametrize("part", ["dosing/sheet?run=1", "protocol"])
def test_paper_has_the_head_of_the_record_and_no_buttons(
    lab: ClockedLab, page_of: Callable[[str], Page], part: str
) -> None:
    page = page_of("dan")
    page.goto(f"{lab.url}/studies/{lab.study_id}/{part}")
    page.emulate_media(media="print")
    foot = page.locator("footer.bottom")
    expect(foot).to_be_visible()
    expect(foot).to_contain_text(re.compile("Head of .*: [0-9a-f]{64}"))
    for hidden in page.get_by_role("button").all():
        expect(hidden).to_be_hidden()
    if "sheet" in part:
        expect(page.locator(".sheet table").first).to_contain_text("initials")
        # A run is not cut: its head would stand on one sheet, its animals on another.
        kept = page.locator(".sheet table").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).breakInside)"
        )
        assert set(kept) == {"avoid"}


def test_a_version_is_written_judged_saved_and_compared(
    lab: ClockedLab,
    page_of: Callable[[str], Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    page = page_of("dora")
    page.goto(f"{lab.url}/studies/new?model=mes&species=mouse&way=text")
    editor = page.locator("#toml")
    text = str(editor.input_value()).replace("NEW-STUDY", "MES-2")
    text = text.replace("TEMPLATE: title of the study", "Valproate before a shock")
    editor.fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Create the study").click()
    page.goto(f"{lab.url}/studies/MES-2/protocol/edit")
    changed = text.replace("pretreatment_min = 30", "pretreatment_min = 45")
    page.locator("#toml").fill(changed.replace('route = "ip"', 'route = "pi"'))
    said = page.locator("#judged")
    expect(said).to_contain_text("route is 'pi'")
    said.get_by_role("link").first.click()
    assert not axe(page)
    shot(page, "protocol-edit")
    page.locator("#toml").fill(changed)
    with page.expect_navigation():
        page.get_by_role("button", name="Save as a new version").click()
    page.goto(f"{lab.url}/studies/MES-2/protocol/versions")
    for minutes in (30, 45):
        line = page.locator("table.diff tr", has_text=f"pretreatment_min = {minutes}")
        expect(line.first).to_be_visible()
    assert not axe(page)
    shot(page, "protocol-versions")


@pytest.mark.parametrize(
    ("name", "who", "address", "shown"),
    [
        ("dosing-sheet", "dan", "/studies/{}/dosing/sheet?run=1", "initials"),
        ("import-events", "sam", "/studies/{}/events/import", "BORIS"),
        ("account", "dan", "/account", "Tokens"),
    ],
)
def test_pages_that_no_other_test_opens(
    lab: ClockedLab,
    page_of: Callable[[str], Page],
    axe: Callable[..., list[dict[str, Any]]],
    name: str,
    who: str,
    address: str,
    shown: str,
) -> None:
    page = page_of(who)
    page.goto(lab.url + address.format(lab.study_id))
    expect(page.locator("main")).to_contain_text(re.compile(shown, re.I))
    assert not axe(page)
    shot(page, name)


def test_a_session_is_locked_and_opened_again(
    lab: ClockedLab,
    page_of: Callable[[str], Page],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    page = page_of("dan")
    page.goto(f"{lab.url}/studies/{lab.study_id}/dosing?run=2")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Locked: Dan")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Study")).to_have_count(0)
    assert not axe(page)
    shot(page, "locked")
    page.locator("main input[type=password]").fill("dan walks past 7 mills")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    # Back where the person was.
    assert page.url.endswith(f"/studies/{lab.study_id}/dosing?run=2")
    expect(page.locator("h1")).to_have_text("Dosing")
