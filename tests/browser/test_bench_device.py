"""What the bench asks of its device: sound, a screen that stays on, a safe address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.bench_lab import BenchLab, all_saved, bench_lab, ready, told
from browser_devices import devices
from chromium import FLAGS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MINUTE = 60_000
NAME = "lab.test"

# The browser's own sound and wake lock, counted on their way.
COUNTED = """
window.told = { contexts: 0, tones: [], locks: [] };
window.AudioContext = class extends AudioContext {
  constructor(...given) { super(...given); window.told.contexts += 1; }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.told.tones.push(this.context.constructor === window.AudioContext);
  return start.apply(this, given);
};
if (window.WakeLock) {
  const request = WakeLock.prototype.request;
  WakeLock.prototype.request = function (kind) {
    const asked = { kind, hidden: document.hidden, lock: null };
    window.told.locks.push(asked);
    return request.call(this, kind).then((lock) => (asked.lock = lock));
  };
}
"""
# A headless browser shows every page: hidden is what the page is told. The lock is the
# browser's own, and is given back by its own means, as it is when a page is hidden.
HIDE = """async () => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
  await window.told.locks.at(-1).lock.release();
}"""
SHOW = """() => {
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchLab]:
    folder = tmp_path_factory.mktemp("device")
    with bench_lab(folder, environment={"ISOBOLE_HOSTS": NAME}) as started:
        yield started


def opened(lab: BenchLab, context: Callable[..., Any], run: int) -> Page:
    page = lab.device(context(), "ana")
    page.add_init_script(COUNTED)
    page.goto(f"{lab.bench(run)}?as=first")
    ready(page)
    return page


def heard(page: Page) -> tuple[int, int]:
    """Return how many audio contexts were made, and how many tones begun in them."""
    contexts, tones = page.evaluate("() => [told.contexts, told.tones]")
    assert all(tones)
    return contexts, len(tones)


def test_there_is_no_sound_until_it_is_wanted(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    page = opened(lab, context, 1)
    sound = page.get_by_role("button", name="Sound")
    sound.click()
    page.reload()
    ready(page)
    # However it was left: a page that is opened is silent.
    expect(sound).to_have_attribute("aria-pressed", "false")
    for key in "qw":
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        lab.forward(2 * MINUTE, page)
    # The last minute of the first window: seen, not heard.
    lab.forward(25 * MINUTE + 30_000, page)
    expect(page.locator(".tile.soon")).to_have_count(1)
    assert heard(page) == (0, 0)
    # Switched on, it lets itself be heard once, so that the volume can be set.
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    assert heard(page) == (1, 1)
    # Two minutes later it is the second one's turn: one tone, and no other.
    lab.forward(2 * MINUTE, page)
    expect(page.locator(".tile.soon")).to_have_count(1)
    assert heard(page) == (1, 2)
    page.wait_for_timeout(600)
    assert heard(page) == (1, 2)
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
    assert heard(page) == (1, 2)


def locks(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "() => told.locks.map(({ kind, hidden, lock }) =>"
        " ({ kind, hidden, held: Boolean(lock) && !lock.released }))"
    )
    return found


def held(page: Page, count: int) -> None:
    page.wait_for_function(
        "(count) => told.locks.length >= count"
        " && told.locks.at(-1).lock?.released === false",
        arg=count,
    )


def test_the_screen_stays_on_while_somebody_is_observed(
    lab: BenchLab, context: Callable[..., Any]
) -> None:
    page = opened(lab, context, 2)
    assert page.evaluate("() => isSecureContext")
    page.wait_for_timeout(600)
    assert locks(page) == []  # nobody is observed yet
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    held(page, 1)
    mine = {"kind": "screen", "hidden": False, "held": True}
    assert locks(page) == [mine]
    page.wait_for_timeout(600)
    assert locks(page) == [mine]  # asked once, not at every tick
    # Hidden, the page loses it and does not ask; seen again, it asks anew.
    page.evaluate(HIDE)
    page.wait_for_timeout(600)
    assert locks(page) == [{**mine, "held": False}]
    page.evaluate(SHOW)
    held(page, 2)
    assert locks(page) == [{**mine, "held": False}, mine]
    # The window is over: the screen may go dark.
    lab.forward(31 * MINUTE, page)
    page.wait_for_function("() => told.locks.at(-1).lock.released")
    page.wait_for_timeout(600)
    assert [one["held"] for one in locks(page)] == [False, False]


def test_an_address_that_is_not_secure(lab: BenchLab, browser: Browser) -> None:
    """What is missing is said, with what to do; entries are kept and sent all the same.

    To a browser another name than this machine's is not secure without HTTPS.
    """
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    started = browser.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, rules]
    )
    with closing(started), devices(started) as new:
        _insecure(lab, new())


def _insecure(lab: BenchLab, device: Any) -> None:
    page = device.new_page()
    page.add_init_script(COUNTED)
    there = f"http://{NAME}:{lab.port}"
    page.goto(f"{there}/login")
    page.get_by_label("Name", exact=True).fill("ben")
    page.get_by_label("Password", exact=True).fill("ben walks past 7 mills")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{there}/")
    page.goto(lab.bench(3).replace(lab.url, there))
    ready(page)
    assert page.evaluate(
        "() => [isSecureContext, 'serviceWorker' in navigator,"
        " 'wakeLock' in navigator, 'locks' in navigator]"
    ) == [False, False, False, False]
    said = page.locator(".notice", has_text="not secure")
    expect(said).to_be_visible()
    for part in ("wake lock", "service worker", "second tab", "https://", "kept"):
        expect(said).to_contain_text(part)
    # Nothing of the rack is pushed off the screen by it.
    assert page.evaluate(
        "() => document.documentElement.scrollHeight <= window.innerHeight"
    )
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    page.keyboard.press("q")
    page.keyboard.press("3")
    page.locator("#tool-sound").click()
    all_saved(page)
    assert heard(page) == (1, 1)
    device.set_offline(True)
    page.keyboard.press("q")
    page.keyboard.press("4")
    expect(page.locator("#saved")).to_have_text(re.compile("^1 not saved"))
    device.set_offline(False)
    all_saved(page)
    animal = lab.racks[3][0]
    assert told(lab.rows("ben", 3)) == [
        (animal, "t0", ""),
        (animal, "score_change", "3"),
        (animal, "score_change", "4"),
    ]
    # A reload with the network brings everything back.
    page.reload()
    ready(page)
    expect(page.locator(f"[data-animal={animal}] .big")).to_have_text("4")
