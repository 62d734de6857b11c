"""A whole session without a mouse: every place reached by Tab, and seen to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.bench_lab import BenchLab, all_saved, bench_lab, on_sqlite, ready, told

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MINUTE = 60_000
CHAMBERS = "qweasd"
PASSWORD = "ana walks past 7 mills"
# What has the focus, whether one sees that it has, and whether something covers it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const look = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: `${one.tagName} ${one.id} ${one.getAttribute("aria-label") ?? one.innerText}`,
    ring: look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth),
    inside: box.top >= 0 && box.left >= 0
      && box.bottom <= innerHeight && box.right <= innerWidth,
    covered: !(top && (one.contains(top) || top.contains(one))),
  };
}"""


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str | None]
) -> Iterator[BenchLab]:
    """Return one lab for tests that each take a run of their own."""
    with bench_lab(tmp_path_factory.mktemp("bench"), 6, database()) as started:
        yield started


def seen(page: Page) -> None:
    """What has the focus shows it, and nothing lies over it."""
    found = page.evaluate(FOCUS)
    assert found is not None
    assert found["ring"] >= 2, found
    assert found["inside"], found
    assert not found["covered"], found


def tab_to(page: Page, wanted: Locator, most: int = 150) -> None:
    """Press Tab until something has the focus; all on the way must show theirs."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            continue  # the end of the page: once more from its beginning
        seen(page)
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def press_enter_on(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


@on_sqlite
def test_a_whole_session_without_a_mouse(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    """From the log-in to the signature."""
    page = lab.device(context(1280, 800), "ana")
    page.context.clear_cookies()
    page.goto(f"{lab.url}/login")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.type("ana")
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{lab.url}/")
    press_enter_on(page, page.get_by_role("link", name="PTZ-VPA-MG").first)
    page.wait_for_url("**/studies/PTZ-VPA-MG/")
    press_enter_on(page, page.get_by_role("link", name="Bench", exact=True))
    page.wait_for_url("**/bench")
    press_enter_on(page, page.get_by_role("button", name="Open the bench").first)
    page.wait_for_url("**/bench/*")
    ready(page)
    run = next(
        number
        for number, animals in lab.racks.items()
        if set(animals)
        == set(
            page.locator(".tile").evaluate_all("all => all.map(x => x.dataset.animal)")
        )
    )
    animals = lab.racks[run]
    tiles = [page.locator(f"[data-animal={animal}]") for animal in animals]

    def keys(place: int, key: str) -> None:
        page.keyboard.press(CHAMBERS[place])
        # The chosen chamber is ringed, heard, and no other is.
        expect(page.locator(".tile.focus")).to_have_count(1)
        expect(tiles[place]).to_have_class(re.compile(r"\bfocus\b"))
        assert (
            tiles[place].evaluate(
                "one => parseFloat(getComputedStyle(one).outlineWidth)"
            )
            >= 3
        )
        expect(page.locator("#live")).to_contain_text(f"Chamber {place + 1}")
        page.keyboard.press(key)
        expect(page.locator(".tile.focus")).to_have_count(0)

    # The help says the keys; closed, it gives the focus back.
    tool = page.locator("#tool-help")
    press_enter_on(page, tool)
    expect(page.locator("#panel-help")).to_be_visible()
    seen(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel-help")).to_be_hidden()
    expect(tool).to_be_focused()
    seen(page)
    # The first start by its button, the others by two strokes.
    press_enter_on(page, tiles[0].get_by_role("button", name="PTZ in"))
    for place in range(1, 6):
        lab.forward(20_000, page)
        keys(place, "Enter")
    # The first stroke is forgotten after two seconds: just before, and just after.
    page.keyboard.press("w")
    page.clock.run_for(1500)
    expect(tiles[1]).to_have_class(re.compile(r"\bfocus\b"))
    page.keyboard.press("2")
    expect(tiles[1].locator(".big")).to_have_text("2")
    page.keyboard.press("e")
    page.clock.run_for(2100)
    expect(page.locator(".tile.focus")).to_have_count(0)
    page.keyboard.press("5")
    expect(tiles[2].locator(".big")).to_have_text("–")
    lab.agree(page)
    keys(2, "3")
    # The same score again: said, and no entry.
    keys(2, "3")
    expect(tiles[2].locator(".said-here")).to_have_text("3 already")
    # A score by its button in the tile.
    press_enter_on(page, tiles[3].get_by_role("button", name=re.compile("^Score 4:")))
    expect(tiles[3].locator(".big")).to_have_text("4")
    # Undone at once by key; later by the tile's button, with a reason.
    keys(4, "5")
    page.keyboard.press("Backspace")
    expect(tiles[4].locator(".big")).to_have_text("–")
    keys(4, "1")
    lab.forward(15_000, page)
    undo = tiles[4].get_by_role("button", name="Undo")
    press_enter_on(page, undo)
    expect(tiles[4].get_by_role("button", name="wrong chamber")).to_be_focused()
    seen(page)
    # Thought better of it: the focus is where it was. Then in earnest.
    page.keyboard.press("Escape")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    press_enter_on(page, tiles[4].get_by_role("button", name="slip of the finger"))
    expect(tiles[4].locator(".big")).to_have_text("–")
    keys(4, "2")
    # Clonus is held; by its button it is begun and stopped with two presses.
    page.keyboard.press("d")
    page.keyboard.down("Space")
    page.clock.run_for(3000)
    page.keyboard.up("Space")
    clonus = tiles[0].locator("button.hold", has_text="Clonus")
    press_enter_on(page, clonus)
    expect(clonus).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(2000)
    page.keyboard.press("Enter")
    expect(clonus).to_have_attribute("aria-pressed", "false")
    lab.agree(page)
    # A note, and an early end chosen in the tile.
    keys(0, "m")
    page.keyboard.type("paws wet")
    page.keyboard.press("Enter")
    press_enter_on(page, tiles[5].get_by_role("button", name="End …"))
    expect(tiles[5].get_by_role("button", name="Humane endpoint")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tiles[5]).to_have_attribute("data-state", "ended")
    # Every scan prompt by its button, then the end of the windows.
    for _ in range(5):
        with page.expect_response(lambda answer: "rows=none" in answer.url):
            lab.forward(5 * MINUTE, page)
        right = page.get_by_role("button", name="All tiles right")
        right.wait_for()
        press_enter_on(page, right)
        right.wait_for(state="detached")
    lab.forward(6 * MINUTE, page)
    page.get_by_text("All observations have ended").wait_for()
    all_saved(page)
    press_enter_on(page, page.get_by_role("link", name="Sign: scoring complete"))
    page.wait_for_url("**/complete")
    tab_to(page, page.get_by_label("Your password, to sign"))
    page.keyboard.type(PASSWORD)
    press_enter_on(page, page.get_by_role("button", name="Sign for 6 animals"))
    page.get_by_text("You signed that scoring is complete").first.wait_for()

    rows = [row for row in lab.rows("ana", run) if row["data"].get("type") != "scan"]
    entered = [
        (animal, what, value)
        for animal, what, value in told(rows)
        if value != "window_done" and what != "score.complete"
    ]
    one, two, three, four, five, six = animals
    assert entered == [
        *((animal, "t0", "") for animal in animals),
        (two, "score_change", "2"),
        (three, "score_change", "3"),
        (four, "score_change", "4"),
        (five, "score_change", "5"),
        (five, "amend", ""),
        (five, "score_change", "1"),
        (five, "amend", ""),
        (five, "score_change", "2"),
        (six, "clonic_start", ""),
        (six, "clonic_stop", ""),
        (one, "clonic_start", ""),
        (one, "clonic_stop", ""),
        (one, "note", "paws wet"),
        (six, "end", "humane_endpoint"),
    ]
    reasons = [row["reason"] for row in rows if row["action"] == "amend"]
    assert reasons == ["undone at once", "slip of the finger"]
    ended = {r["obj"] for r in rows if r["data"].get("detail") == "window_done"}
    assert ended == set(animals) - {six}


@on_sqlite
def test_what_a_mouse_pressed_is_not_pressed_again_by_enter(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    """Enter answers the scan prompt, whatever a mouse touched before."""
    run = 3
    page = lab.open(context(), "ben", run=run)
    tile = page.locator(f"[data-animal={lab.racks[run][0]}]")
    tile.get_by_role("button", name="PTZ in").click()
    for code in "12":
        tile.get_by_role("button", name=re.compile(f"^Score {code}:")).click()
    undo = tile.get_by_role("button", name="Undo")
    undo.click()
    expect(undo).not_to_be_focused()
    lab.forward(5 * MINUTE + 1000, page)
    prompt = page.get_by_text("Look at every chamber")
    prompt.wait_for()
    page.keyboard.press("Enter")
    prompt.wait_for(state="detached")
    all_saved(page)
    rows = [(what, value) for _, what, value in told(lab.rows("ben", run))]
    assert rows == [
        ("t0", ""),
        ("score_change", "1"),
        ("score_change", "2"),
        ("amend", ""),
        ("scan", "all tiles right"),
    ]
