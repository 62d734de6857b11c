"""What the bench says and keeps: countdowns, a guarded leave, no group, room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect

from browser.bench_lab import (
    CANARY,
    STUDY,
    BenchLab,
    all_saved,
    bench_lab,
    kept_shell,
    ready,
    told,
)
from browser.sizes import too_small, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Response

MINUTE = 60_000
# Everything that the page left on its device, as text.
KEPT = """async () => {
  const said = [JSON.stringify({ ...localStorage }), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((resolve, reject) => {
      const open = indexedDB.open(name);
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error);
    });
    for (const store of base.objectStoreNames) {
      const rows = base.transaction(store).objectStore(store).getAll();
      said.push(JSON.stringify(await new Promise((resolve) => {
        rows.onsuccess = () => resolve(rows.result);
      })));
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      said.push(await (await cache.match(request)).text());
    }
  }
  return said;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchLab]:
    """Return one lab for tests that each take a run of their own."""
    with bench_lab(tmp_path_factory.mktemp("bench")) as started:
        yield started


def test_countdowns(lab: BenchLab, context: Callable[..., Any]) -> None:
    """Each animal's own: passed, left, when it ends, the last minute, the end."""
    run = 1
    page = lab.open(context(), "ana", run=run)
    first, second = (page.locator(f"[data-animal={a}]") for a in lab.racks[run][:2])
    expect(first.locator(".clock")).to_have_text("--:--")
    expect(first.locator(".left")).to_have_text("window 30:00")
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    start = page.evaluate("() => Date.now()")
    lab.forward(10 * MINUTE, page)
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    expect(first.locator(".clock")).to_have_text(re.compile("^10:0[0-9]$"))
    expect(first.locator(".left")).to_have_text(
        re.compile("^−(20:00|19:5[0-9]) · ends ([0-9]{2}:){2}[0-9]{2}$")
    )
    ends = str(first.locator(".left").text_content())[-8:]
    due = page.evaluate(
        "(ms) => new Date(ms).toLocaleTimeString('en-GB')", start + 30 * MINUTE
    )
    assert abs(_seconds(ends) - _seconds(due)) <= 2
    expect(second.locator(".clock")).to_have_text(re.compile("^00:0[0-9]$"))
    lab.forward(19 * MINUTE + 10_000, page)
    expect(first).to_have_class(re.compile(r"\bsoon\b"))
    expect(first.locator(".left")).to_have_text(re.compile("^−00:[0-4][0-9] "))
    expect(second).not_to_have_class(re.compile(r"\bsoon\b"))
    lab.forward(MINUTE, page)
    expect(first).to_have_attribute("data-state", "ended")
    expect(first.locator(".clock")).to_have_text("30:00")
    expect(first.locator(".left")).to_have_text("ended")
    expect(first).not_to_have_class(re.compile(r"\bsoon\b"))
    expect(second).to_have_attribute("data-state", "running")
    # Censored at the end of the window, however late the page noticed; nothing after.
    page.keyboard.press("q")
    page.keyboard.press("5")
    expect(first.locator(".said-here")).to_have_text("The observation has ended")
    lab.forward(25 * MINUTE, page)
    expect(second).to_have_attribute("data-state", "ended")
    _enter_again(page, "2718")
    all_saved(page)
    ended = [r["data"] for r in lab.rows("ana", run) if r["data"].get("type") == "end"]
    assert [data["t_ms"] for data in ended] == [30 * MINUTE] * 2
    assert [data["detail"] for data in ended] == ["window_done"] * 2
    late = [data.get("late_ms", 0) for data in ended]
    assert 5_000 <= late[0] < 20_000
    assert 14 * MINUTE <= late[1] <= 16 * MINUTE
    assert not [r for r in lab.rows("ana", run) if r["data"].get("score")]


def _seconds(time: str) -> int:
    hours, minutes, seconds = map(int, time.split(":"))
    return 3600 * hours + 60 * minutes + seconds


def _enter_again(page: Page, pin: str) -> None:
    """Give the PIN where the session was locked meanwhile."""
    page.wait_for_function(
        "() => document.getElementById('saved').dataset.state === 'saved'"
        " || document.getElementById('saved').textContent.includes('locked')"
    )
    box = page.get_by_label("PIN or password")
    if box.is_visible():
        box.fill(pin)
        page.get_by_role("button", name="Go on").click()


def test_strokes_are_entries_while_the_session_is_locked(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    """The field for the PIN does not catch them."""
    run = 5
    page = lab.open(context(), "ana", run=run)
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    all_saved(page)
    lab.forward(16 * MINUTE, page)
    pin = page.get_by_label("PIN or password")
    expect(pin).to_be_visible()
    page.keyboard.press("q")
    page.keyboard.press("4")
    expect(page.locator("#saved")).to_have_text("1 not saved: the session is locked")
    expect(pin).to_have_value("")
    assert not [r for r in lab.rows("ana", run) if r["data"].get("score")]
    pin.focus()
    page.keyboard.type("2718")
    page.keyboard.press("Enter")
    all_saved(page)
    (score,) = [r["data"] for r in lab.rows("ana", run) if r["data"].get("score")]
    assert score["score"] == "4"
    assert 16 * MINUTE <= score["t_ms"] <= 18 * MINUTE


def test_leaving_is_guarded_while_something_is_not_saved(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    run = 2
    device = context()
    page = lab.open(device, "ana", run=run)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    all_saved(page)
    device.set_offline(True)
    page.keyboard.press("q")
    page.keyboard.press("4")
    page.keyboard.press("q")
    page.keyboard.press("5")
    expect(page.locator("#saved")).to_have_text("2 not saved: no network")
    tile = page.locator(f"[data-animal={lab.racks[run][0]}]")
    expect(tile.locator(".unsaved")).to_have_text("2 not saved")
    here = page.url
    # The link, a reload and a closed tab: each is asked about, and refused.
    page.locator("#leave").click(no_wait_after=True)
    _until(page, asked, 1)
    with suppress(Error):  # the navigation is given up
        page.reload(timeout=5000)
    _until(page, asked, 2)
    page.close(run_before_unload=True)
    _until(page, asked, 3)
    assert asked == ["beforeunload"] * 3
    assert page.url == here
    expect(tile.locator(".big")).to_have_text("5")
    # All saved: nobody is asked.
    device.set_offline(False)
    all_saved(page)
    expect(page.locator("#saved")).to_have_text("✓ all saved")
    page.locator("#leave").click()
    page.wait_for_url("**/bench")
    assert len(asked) == 3
    assert [what for _, *what in told(lab.rows("ana", run))] == [
        ["t0", ""],
        ["score_change", "4"],
        ["score_change", "5"],
    ]


def _until(page: Page, asked: list[str], count: int) -> None:
    for _ in range(100):
        if len(asked) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(asked)


def test_the_group_is_never_met(lab: BenchLab, context: Callable[..., Any]) -> None:
    """Not on the page, in no answer, and in nothing that the device keeps."""
    run = 3
    heard: list[tuple[str, str]] = []

    def hear(answer: Response) -> None:
        with suppress(Error):  # a redirect has no body
            heard.append((answer.url, answer.text()))

    pages = []
    for name, place in (("ana", "first"), ("ben", "second")):
        page = lab.device(context(), name)
        page.on("response", hear)
        page.goto(f"{lab.url}/studies/{STUDY}/bench")
        page.goto(f"{lab.bench(run)}?as={place}")
        ready(page)
        pages.append(page)
    # It is there to be found, where it may be.
    hidden = lab.run(
        "from isobole.lab.record import entries_of\n"
        "answer = sum('CANARY' in str(e.data) for e in entries_of('PTZ-VPA-MG'))"
    )
    assert hidden >= 2
    for key in ("Enter", "1", "4", "m"):
        pages[0].keyboard.press("q")
        pages[0].keyboard.press(key)
    note = pages[0].get_by_text("Note (never the group)")
    expect(note).to_be_visible()
    pages[0].keyboard.press("Escape")
    for page in pages:
        lab.forward(4000, page)
        kept_shell(page)
        page.locator("#tool-help").click()
        page.locator("#tool-settings").click()
        all_saved(page)
        texts = [page.content(), *page.evaluate(KEPT)]
        assert len(texts) > 8 + 5  # with the kept shell, and the queue
        assert not [text[:300] for text in texts if CANARY in text.upper()]
    pages[0].goto(f"{lab.bench(run)}/complete")
    assert any("/api/" in url for url, _ in heard)
    assert len(heard) > 20
    assert [url for url, text in heard if CANARY in text.upper()] == []


@pytest.mark.parametrize(
    "size", [(1280, 800), (800, 1280)], ids=["landscape", "portrait"]
)
def test_a_tablet_of_ten_inches(
    lab: BenchLab, context: Callable[..., Any], size: tuple[int, int]
) -> None:
    """Nothing beyond the edge, and every place as large as a finger."""
    run = 4
    device = context(*size, entry="touch")
    page = lab.device(device, "ana")
    here = f"{lab.url}/studies/{STUDY}"

    wrong: list[tuple[str, str]] = []

    def fits(what: str) -> None:
        wrong.extend((what, one) for one in (*too_wide(page), *too_small(page)))

    page.goto(f"{here}/bench")
    fits("the runs")
    page.goto(f"{lab.bench(run)}?as=first")
    ready(page)
    fits("before the start")
    for place, animal in enumerate(lab.racks[run][:2]):
        start = page.locator(f"[data-animal={animal}] .go")
        if start.is_visible():  # the other size was here before
            start.tap()
        assert place < 2
    tile = page.locator(f"[data-animal={lab.racks[run][0]}]")
    tile.locator(".scores button").last.tap()
    all_saved(page)
    fits("while it runs")
    tile.get_by_role("button", name="End …").tap()
    fits("an early end")
    tile.get_by_role("button", name="Back").tap()
    tile.get_by_role("button", name="Note").tap()
    fits("a note")
    tile.get_by_role("button", name="Back").tap()
    for panel in ("help", "settings"):
        page.locator(f"#tool-{panel}").tap()
        fits(panel)
    page.locator("#panel-settings .close").tap()
    lab.forward(5 * MINUTE + 1000, page)
    page.get_by_role("button", name="All tiles right").wait_for()
    fits("the scan prompt")
    page.get_by_role("button", name="All tiles right").tap()
    all_saved(page)
    page.goto(f"{lab.bench(run)}/complete")
    fits("the signature")
    assert wrong == [], "\n".join(map(" ".join, wrong))
