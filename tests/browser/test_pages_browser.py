"""Protocols judged while they are written, and sheets as the printer has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.clocked_lab import ClockedLab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedLab]:
    with ClockedLab(tmp_path_factory.mktemp("pages")) as server:
        server.study_id = server.make_study(dora="designer", dan="dosing")
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
