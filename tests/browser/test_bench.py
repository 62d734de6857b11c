"""Whole sessions at the bench: what was entered is what the database holds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.bench_lab import (
    BenchLab,
    all_saved,
    awake,
    bench_lab,
    kept_shell,
    on_sqlite,
    ready,
    synced,
    told,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINUTE = 60_000
PING_MS = 2000
"""Two pings of the server's time, each off by half of what a slow one may take."""
CHAMBERS = "qweasd"


@pytest.fixture
def six(tmp_path: Path, database: Callable[[], str | None]) -> Iterator[BenchLab]:
    with bench_lab(tmp_path, 6, database()) as lab:
        yield lab


class Desk:
    """A person at a keyboard or a tablet, and what they entered so far."""

    def __init__(
        self, lab: BenchLab, page: Page, who: str = "ana", run: int = 1
    ) -> None:
        self.lab, self.page, self.who, self.run = lab, page, who, run
        self.animals = lab.racks[run]
        self.entered: list[tuple[str, ...]] = []
        self.times: list[tuple[float, float]] = []
        self.start: dict[str, tuple[float, float]] = {}

    def now(self) -> float:
        return float(self.page.evaluate("() => Date.now()"))

    def tile(self, place: int) -> Any:
        return self.page.locator(f"[data-animal={self.animals[place]}]")

    def keys(self, place: int, key: str, kind: str, value: str = "") -> None:
        before = self.now()
        self.page.keyboard.press(CHAMBERS[place])
        self.page.keyboard.press(key)
        self.note(place, kind, value, before)

    def touch(
        self, place: int, name: str | re.Pattern[str], kind: str, value: str = ""
    ) -> None:
        before = self.now()
        exact = isinstance(name, str)
        self.tile(place).get_by_role("button", name=name, exact=exact).tap()
        self.note(place, kind, value, before)

    def note(self, place: int, kind: str, value: str, before: float) -> None:
        self.entered.append((self.animals[place], kind, value))
        self.times.append((before, self.now()))
        if kind == "t0":
            self.start[self.animals[place]] = (before, self.now())

    def wait(self, ms: int, *others: Page) -> None:
        self.lab.forward(ms, self.page, *others)

    def wait_polled(self, ms: int) -> None:
        """Let time pass, and the page hear of it before more does."""
        with self.page.expect_response(lambda answer: "rows=none" in answer.url):
            self.wait(ms)

    def check(self) -> list[dict[str, Any]]:
        """Compare the database with what was entered: nothing lost, nothing doubled."""
        rows = [
            row
            for row in self.lab.rows(self.who, self.run)
            if row["data"].get("type") not in ("scan", "end")
        ]
        assert told(rows) == self.entered
        assert len({row["row_id"] for row in rows}) == len(rows)
        return rows

    def check_times(self, rows: list[dict[str, Any]]) -> None:
        """Each time counts from the animal's own start, whatever happened between."""
        for row, (before, after) in zip(rows, self.times, strict=True):
            if row["action"] != "observe":
                continue
            first, last = self.start[row["obj"]]
            # A reload rebuilds the clock from the server's time: as exact as a ping.
            assert before - last - 150 <= row["data"]["t_ms"] <= after - first + 150


def dose_all(desk: Desk, act: Callable[[int], None]) -> None:
    for place in range(6):
        act(place)
        desk.wait(30_000)


def test_a_session_by_keyboard(six: BenchLab, context: Callable[..., Any]) -> None:
    desk = Desk(six, six.open(context(1280, 800), "ana"))
    page = desk.page
    dose_all(desk, lambda place: desk.keys(place, "Enter", "t0"))
    desk.keys(0, "1", "score_change", "1")
    desk.keys(1, "j", "myoclonic_twitch")
    # The same score again is no entry.
    page.keyboard.press("q")
    page.keyboard.press("1")
    # A forgotten first stroke: after two seconds the second one does nothing.
    page.keyboard.press("w")
    desk.wait(2500)
    page.keyboard.press("4")
    # Clonus as long as the key is held; the keyboard's repeats are no entries.
    held = len(desk.times)
    before = desk.now()
    page.keyboard.press("e")
    page.keyboard.down("Space")
    page.keyboard.down("Space")
    desk.note(2, "clonic_start", "", before)
    desk.wait(7000)
    before = desk.now()
    page.keyboard.up("Space")
    desk.note(2, "clonic_stop", "", before)
    (down, held_down), (let_go, up) = desk.times[held:]
    desk.wait(2 * MINUTE)
    desk.keys(3, "4", "score_change", "4")
    all_saved(page)
    desk.check()

    # A reload in the middle.
    page.reload()
    ready(page)
    assert page.locator(".tile[data-state=running]").count() == 6
    assert desk.tile(3).locator(".big").inner_text() == "4"
    desk.keys(4, "3", "score_change", "3")
    all_saved(page)

    # Without a network: entries wait, and are said to wait.
    page.context.set_offline(True)
    desk.keys(5, "2", "score_change", "2")
    desk.keys(5, "u", "loss_of_righting")
    page.wait_for_function(
        "() => document.getElementById('saved').textContent.startsWith('2 not saved')"
    )
    stored = len(six.rows())
    desk.wait(MINUTE)
    assert len(six.rows()) == stored
    page.context.set_offline(False)
    all_saved(page)

    # The server dies as by a power cut, and comes back.
    six.kill()
    desk.keys(0, "5", "score_change", "5")
    desk.keys(1, "3", "score_change", "3")
    page.wait_for_function(
        "() => document.getElementById('saved').dataset.state === 'waiting'"
    )
    six.start()
    desk.wait(20_000)
    all_saved(page)

    # Undo at once, by key; and later, with a reason from the list in the tile.
    desk.keys(2, "5", "score_change", "5")
    page.keyboard.press("Escape")
    desk.note(2, "amend", "", desk.now())
    desk.keys(2, "4", "score_change", "4")
    desk.wait(15_000)
    before = desk.now()
    page.keyboard.press("e")
    page.keyboard.press("Backspace")
    desk.tile(2).get_by_role("button", name="wrong score").click()
    desk.note(2, "amend", "", before)
    page.keyboard.press("q")
    page.keyboard.press("m")
    page.keyboard.type("bedding was wet")
    before = desk.now()
    page.keyboard.press("Enter")
    desk.note(0, "note", "bedding was wet", before)

    # The scan prompt, answered by the keyboard; then to the end of the window.
    for _ in range(4):
        desk.wait_polled(5 * MINUTE)
        page.get_by_text("Look at every chamber").wait_for()
        page.keyboard.press("Enter")
        page.get_by_text("Look at every chamber").wait_for(state="detached")
    for _ in range(2):
        desk.wait(5 * MINUTE)
    page.get_by_text("All observations have ended").wait_for()
    all_saved(page)
    rows = desk.check()
    desk.check_times(rows)
    ends = [r for r in six.rows() if r["data"].get("type") == "end"]
    assert sorted(r["obj"] for r in ends) == sorted(six.animals)
    assert {r["data"]["t_ms"] for r in ends} == {1_800_000}
    scans = [r for r in six.rows() if r["data"].get("type") == "scan"]
    assert [r["obj"] for r in scans] == six.animals * 4
    reasons = [r["reason"] for r in rows if r["action"] == "amend"]
    assert reasons == ["undone at once", "wrong score or sign"]
    twice = [r["data"] for r in rows if "second_ms" in r["data"]]
    assert len(twice) >= 15
    assert all(0 <= data["second_ms"] <= 2000 for data in twice)

    # Signed with the password; the chain is whole and the study can be reduced.
    page.get_by_role("link", name="Sign: scoring complete").click()
    page.get_by_label("Your password, to sign").fill("ana walks past 7 mills")
    page.get_by_role("button", name="Sign for 6 animals").click()
    page.get_by_text("You signed that scoring is complete").first.wait_for()
    found = six.run(
        "from isobole.lab.record import study_of\n"
        "from isobole.studies import check_study, reduce_study\n"
        "study = study_of('PTZ-VPA-MG')\n"
        "animals = {a.animal_id: a for a in reduce_study(study).animals}\n"
        "answer = [study.chain,\n"
        "          [str(p) for p in check_study(study)\n"
        "           if p.severity == 'error' and p.file != 'allocation.csv'],\n"
        "          animals[third].episodes, list(animals[third].episode_ms),\n"
        "          animals[first].max_score]",
        third=six.animals[2],
        first=six.animals[0],
    )
    assert found[:2] == ["intact", []]
    assert found[2] == 1
    assert 7000 <= let_go - held_down <= found[3][0] <= up - down
    assert found[4] == "5"


def test_a_session_by_touch(six: BenchLab, context: Callable[..., Any]) -> None:
    device = context(1080, 810, entry="touch")
    desk = Desk(six, six.open(device, "ana"))
    page = desk.page
    assert page.locator("#who").inner_text() == "Ana · first observer"
    dose_all(desk, lambda place: desk.touch(place, "PTZ in", "t0"))
    for place, code in enumerate("012345"):
        desk.touch(place, re.compile(f"^Score {code}:"), "score_change", code)
        desk.wait(1500)
    # The same again: nothing.
    desk.tile(0).get_by_role("button", name=re.compile("^Score 0:")).tap()
    # Clonus by tap and tap.
    desk.touch(1, re.compile("^Clonus"), "clonic_start")
    desk.wait(6000)
    desk.touch(1, re.compile("^Clonus"), "clonic_stop")
    # Clonus by holding: a finger that stays down.
    box = desk.tile(2).get_by_role("button", name="GTC").bounding_box()
    x, y = box["x"] + 20, box["y"] + 20
    before = desk.now()
    page.mouse.move(x, y)
    page.mouse.down()
    desk.note(2, "gtc_start", "", before)
    desk.wait(4000)
    before = desk.now()
    page.mouse.up()
    desk.note(2, "gtc_stop", "", before)
    desk.touch(3, "Twitch", "myoclonic_twitch")
    all_saved(page)
    page.reload()
    ready(page)
    device.set_offline(True)
    desk.touch(4, re.compile("^Score 5:"), "score_change", "5")
    desk.touch(5, "Righting lost", "loss_of_righting")
    desk.wait(MINUTE)
    device.set_offline(False)
    all_saved(page)
    six.kill()
    desk.touch(0, re.compile("^Score 4:"), "score_change", "4")
    six.start()
    desk.wait(20_000)
    all_saved(page)
    # An early end, chosen in the tile.
    before = desk.now()
    desk.tile(5).get_by_role("button", name="End …").tap()
    desk.tile(5).get_by_role("button", name="Humane endpoint reached").tap()
    page.get_by_text("humane endpoint", exact=False).first.wait_for()
    # What is under way when time leaps is sent again, and counts as somebody's touch.
    all_saved(page)
    for _ in range(4):
        desk.wait_polled(5 * MINUTE)
    for _ in range(3):
        desk.wait(5 * MINUTE)
    page.get_by_text("All observations have ended").wait_for()
    # Nobody touched it for half an hour: the session is locked, the ends wait, and a
    # PIN sends them without leaving the page.
    page.get_by_label("PIN or password").fill("0000")
    page.get_by_role("button", name="Go on").tap()
    page.locator("#lock-said").get_by_text("PIN").wait_for()
    assert not [r for r in six.rows() if r["data"].get("detail") == "window_done"]
    page.get_by_label("PIN or password").fill("2718")
    page.get_by_role("button", name="Go on").tap()
    all_saved(page)
    desk.check_times(desk.check())
    ends = {
        r["obj"]: r["data"]["detail"]
        for r in six.rows()
        if r["data"].get("type") == "end"
    }
    assert ends.pop(six.animals[5]) == "humane_endpoint"
    assert set(ends.values()) == {"window_done"}
    assert len(ends) == 5
    # No dialog anywhere, and nothing to scroll.
    size = page.evaluate(
        "() => [document.documentElement.scrollHeight, window.innerHeight]"
    )
    assert size[0] <= size[1]


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str | None]
) -> Iterator[BenchLab]:
    """Return one lab for tests that each take a run of their own."""
    with bench_lab(tmp_path_factory.mktemp("bench"), 6, database()) as lab:
        yield lab


def test_two_observers(shared: BenchLab, context: Callable[..., Any]) -> None:
    run = 1
    ana = Desk(shared, shared.open(context(), "ana", run=run), "ana", run)
    ben = Desk(
        shared,
        shared.open(context(1080, 810), "ben", run=run, place="second"),
        "ben",
        run,
    )
    ana.keys(0, "Enter", "t0")
    all_saved(ana.page)
    # The second observer's clock begins with the first one's press.
    ben.tile(0).locator(".clock").get_by_text(re.compile("00:[0-5][0-9]")).wait_for()
    ana.keys(0, "4", "score_change", "4")
    ben.keys(0, "3", "score_change", "3")
    all_saved(ana.page)
    all_saved(ben.page)
    shared.forward(10_000, ana.page, ben.page)
    ben.page.wait_for_timeout(300)
    assert ben.tile(0).locator(".big").inner_text() == "3"
    assert ana.tile(0).locator(".big").inner_text() == "4"
    assert "score 4" not in ben.page.content()
    # A death is a fact of the animal: the other's tile ends too.
    ana.keys(0, "p", "death")
    all_saved(ana.page)
    ben.tile(0).get_by_text("death (other observer)").wait_for()
    ana.check()
    assert told(shared.rows("ben", run)) == [(ben.animals[0], "score_change", "3")]
    places = {r["actor"]: r["data"]["place"] for r in shared.rows(run=run)}
    assert places == {"ana": "first", "ben": "second"}


def test_dosed_again(shared: BenchLab, context: Callable[..., Any]) -> None:
    run = 2
    ana = Desk(shared, shared.open(context(), "ana", run=run), "ana", run)
    ben = Desk(
        shared, shared.open(context(), "ben", run=run, place="second"), "ben", run
    )
    ana.keys(0, "Enter", "t0")
    all_saved(ana.page)
    ben.tile(0).locator(".score").wait_for()
    ana.keys(0, "1", "score_change", "1")
    ben.keys(0, "2", "score_change", "2")
    all_saved(ana.page)
    all_saved(ben.page)
    shared.forward(60_000, ana.page, ben.page)
    assert ben.tile(0).get_by_role("button", name="Dosed again").count() == 0
    ana.tile(0).get_by_role("button", name="End …").click()
    ana.tile(0).get_by_role("button", name="Dosed again …").click()
    again = time.monotonic()
    ana.tile(0).get_by_role("button", name="the needle slipped out").click()
    all_saved(ana.page)
    ben.tile(0).get_by_text("Nothing scored yet").wait_for()
    ben.keys(0, "3", "score_change", "3")
    passed = 1000 * (time.monotonic() - again)
    all_saved(ben.page)
    rows = shared.rows(run=run)
    starts = [r for r in rows if "wall" in r["data"]]
    assert [r["action"] for r in starts] == ["t0", "amend"]
    wall = starts[1]["data"]["wall"]
    voids = [(r["actor"], r["reason"]) for r in rows if r["data"] == {"void": 1}]
    assert ("ana", "the needle slipped out; injected again") in voids
    assert ("ben", f"dosed again at {wall}") in voids
    assert len(voids) == 2
    last = [r for r in rows if r["data"].get("score") == "3"][-1]
    assert last["data"]["t0"] == wall, [
        (r["actor"], r["action"], r["data"]) for r in rows
    ]
    # Counted from the second injection: the first one was a minute earlier.
    assert last["data"]["t_ms"] <= passed + PING_MS < 60_000


def test_two_devices_of_one_observer(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    """Both rows are kept; the tile shows the later one and says there are two."""
    run = 3
    one = Desk(shared, shared.open(context(), "ana", run=run), "ana", run)
    two = Desk(shared, shared.open(context(), "ana", run=run), "ana", run)
    one.keys(1, "Enter", "t0")
    all_saved(one.page)
    two.tile(1).locator(".score").wait_for()
    one.keys(1, "1", "score_change", "1")
    all_saved(one.page)
    shared.forward(3000, one.page, two.page)
    two.keys(1, "4", "score_change", "4")
    all_saved(two.page)
    one.tile(1).get_by_text("another device of yours scores here too").wait_for()
    assert one.tile(1).locator(".big").inner_text() == "4"
    rows = shared.rows(run=run)
    assert [r["data"].get("score") for r in rows] == [None, "1", "4"]
    assert len({r["device"] for r in rows}) == 2


@on_sqlite
def test_a_jump_of_the_wall_clock_moves_no_time(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    run = 4
    desk = Desk(
        shared, shared.open(context(), "ana", run=run, pings="server"), "ana", run
    )
    synced(desk.page)
    began = time.monotonic()
    desk.keys(0, "Enter", "t0")
    desk.wait(5000)
    desk.keys(0, "1", "score_change", "1")
    shown = desk.page.evaluate("() => Date.now()")
    desk.page.clock.set_system_time(shown / 1000 - 3600)  # an hour back
    desk.page.keyboard.press("q")
    desk.page.keyboard.press("2")
    passed = 1000 * (time.monotonic() - began)
    all_saved(desk.page)
    first, second = (r["data"] for r in shared.rows(run=run)[1:])
    assert 5000 <= first["t_ms"] <= second["t_ms"] <= 5000 + passed
    assert second["wall_ms"] < first["wall_ms"] - 3_000_000
    # A reload rebuilds the animal's clock from the server, not from the wrong clock.
    desk.page.evaluate("() => localStorage.removeItem('isobole-offset')")
    desk.page.reload()
    ready(desk.page)
    synced(desk.page)
    desk.page.keyboard.press("q")
    desk.page.keyboard.press("3")
    passed = 1000 * (time.monotonic() - began)
    all_saved(desk.page)
    third = shared.rows(run=run)[-1]["data"]
    assert second["t_ms"] - PING_MS <= third["t_ms"] <= 5000 + passed + PING_MS


@on_sqlite
def test_a_device_that_slept_goes_by_the_server_s_clock(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    run = 5
    desk = Desk(
        shared, shared.open(context(), "ben", run=run, pings="server"), "ben", run
    )
    synced(desk.page)
    began = time.monotonic()
    desk.keys(4, "Enter", "t0")
    started = time.monotonic()
    desk.keys(4, "1", "score_change", "1")
    all_saved(desk.page)
    # Ten minutes pass for everybody but this device, whose clock stood still.
    shared.forward(10 * MINUTE)
    slept = desk.page.get_by_text("This device stood still for about")
    awake(desk.page, "() => document.body.innerText.includes('stood still')")
    seconds = re.search("about ([0-9]+) s", slept.inner_text())
    assert seconds is not None
    assert abs(int(seconds[1]) - 600) <= PING_MS / 1000
    desk.page.get_by_text(re.compile("^1[01]:[0-5][0-9]$")).wait_for()
    least = 10 * MINUTE + 1000 * (time.monotonic() - started)
    desk.keys(4, "2", "score_change", "2")
    most = 10 * MINUTE + 1000 * (time.monotonic() - began)
    all_saved(desk.page)
    last = shared.rows("ben", run)[-1]["data"]
    assert least - PING_MS <= last["t_ms"] <= most + PING_MS


def kept_here(page: Page, count: int) -> None:
    """Wait until so many entries are not saved, but on the disk of the device."""
    page.wait_for_function(
        """(count) => {
          const saved = document.getElementById("saved");
          return saved.textContent.startsWith(`${count} not saved`)
            && saved.dataset.writing === "0";
        }""",
        arg=count,
    )


@on_sqlite
def test_reload_without_a_network_and_a_browser_that_was_closed(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    run = 5
    device = context()
    desk = Desk(shared, shared.open(device, "ana", run=run), "ana", run)
    page = desk.page
    desk.keys(0, "Enter", "t0")
    desk.keys(0, "1", "score_change", "1")
    all_saved(page)
    kept_shell(page)
    device.set_offline(True)
    desk.keys(0, "2", "score_change", "2")
    kept_here(page, 1)
    page.on("dialog", lambda dialog: dialog.accept())  # leaving is guarded
    page.reload()
    ready(page)
    assert desk.tile(0).locator(".big").inner_text() == "2"
    desk.keys(0, "3", "score_change", "3")
    kept_here(page, 2)
    page.close(run_before_unload=False)
    device.set_offline(False)
    desk.page = device.new_page()
    desk.page.goto(shared.bench(run))
    ready(desk.page)
    all_saved(desk.page)
    desk.check()


def test_who_is_no_scorer_any_more_loses_no_entry_and_blocks_no_study(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    """Entries wait until the role is given back; those of other studies go on."""
    run = 4
    desk = Desk(shared, shared.open(context(), "ben", run=run), "ben", run)
    page = desk.page
    desk.keys(5, "Enter", "t0")
    all_saved(page)
    role = "Membership.objects.{}(study_id='PTZ-VPA-MG', role='scorer',"
    role += " user=User.objects.get(username='ben'))"
    models = "from isobole.lab.models import Membership, User\n"
    shared.run(models + role.format("filter") + ".delete()")
    desk.keys(5, "1", "score_change", "1")
    told = page.get_by_text("You are not a scorer of PTZ-VPA-MG now")
    told.wait_for()
    assert "1 not saved" in page.locator("#saved").inner_text()
    assert "refused" not in page.locator("#saved").inner_text()
    shared.run(models + role.format("create"))
    awake(page, "() => document.getElementById('saved').dataset.state === 'saved'")
    told.wait_for(state="detached")
    # What waits for a study of which one is no scorer does not keep this one waiting.
    page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("isobole-bench");
          open.onsuccess = () => {
            const change = open.result.transaction("rows", "readwrite");
            change.objectStore("rows").put({
              id: "0".repeat(32), device_seq: 1, device: "bench-elsewhere",
              user: "ben", study: "OTHER-1", run: "x", state: "waiting",
              action: "observe", obj: "X1", data: {}, supersedes: null, reason: null,
            });
            change.oncomplete = () => resolve();
          };
        })"""
    )
    page.reload()
    ready(page)
    page.get_by_text("You are not a scorer of OTHER-1 now").wait_for()
    desk.keys(5, "2", "score_change", "2")
    desk.tile(5).get_by_text("not saved").wait_for(state="hidden")
    assert "1 not saved" in page.locator("#saved").inner_text()  # the other study's
    desk.check()


def test_a_refused_entry_blocks_nothing(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    """Another device signed; what was entered here meanwhile is listed, not lost."""
    run = 2
    device = context()
    desk = Desk(shared, shared.open(device, "ben", run=run), "ben", run)
    page = desk.page
    desk.keys(3, "Enter", "t0")
    desk.keys(4, "Enter", "t0")
    all_saved(page)
    device.set_offline(True)
    desk.keys(3, "1", "score_change", "1")
    desk.keys(4, "2", "score_change", "2")
    shared.run(
        "from isobole.lab.record import append_drafts\n"
        "from isobole.studies import Draft\n"
        "append_drafts('PTZ-VPA-MG', [Draft('score.complete', animal,\n"
        "    {'animal_id': animal, 'observer': 'ben'})], actor='ben', device='web')",
        animal=desk.animals[3],
    )
    device.set_offline(False)
    page.get_by_role("button", name="1 refused").click()
    panel = page.locator("#panel-refused")
    panel.get_by_text("You signed that the scoring").wait_for()
    stored = [r["obj"] for r in shared.rows("ben", run) if r["data"].get("score")]
    assert desk.animals[4] in stored
    assert desk.animals[3] not in stored
    panel.get_by_role("button", name="Send again").click()
    panel.get_by_text("You signed that the scoring").wait_for()
    panel.get_by_role("button", name="Discard, with a note").click()
    all_saved(page)
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("isobole-bench");
          open.onsuccess = () => {
            const all = open.result.transaction("discarded")
              .objectStore("discarded").getAll();
            all.onsuccess = () => resolve(all.result);
          };
        })"""
    )
    assert [row["data"]["score"] for row in kept] == ["1"]


@on_sqlite
def test_one_tab_owns_the_bench(shared: BenchLab, context: Callable[..., Any]) -> None:
    device = context()
    first = shared.open(device, "ana", run=3)
    second = device.new_page()
    second.goto(shared.bench(3))
    second.get_by_text("A bench is open in another tab").wait_for()
    assert second.locator(".tile").count() == 0
    first.close()
    ready(second)
    assert second.locator(".tile").count() == 6


@on_sqlite
def test_what_waits_is_not_sent_as_another_s(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    run = 4
    device = context()
    desk = Desk(shared, shared.open(device, "ana", run=run), "ana", run)
    desk.keys(2, "Enter", "t0")
    all_saved(desk.page)
    before = len(shared.rows())
    # Ben logs in on the same tablet, in another tab; Ana's page is still there.
    shared.log_in(device, "ben")
    desk.keys(2, "3", "score_change", "3")
    desk.page.get_by_text("These entries are of ana, and ben is logged in").wait_for()
    assert len(shared.rows()) == before
    desk.page.close(run_before_unload=False)
    bens = device.new_page()
    bens.goto(shared.bench(run))
    ready(bens)
    bens.get_by_text("1 entry of ana wait").wait_for()
    assert bens.locator("#who").inner_text().startswith("Ben")
    assert len(shared.rows()) == before
    bens.close()
    shared.log_in(device, "ana")
    again = device.new_page()
    again.goto(shared.bench(run))
    ready(again)
    all_saved(again)
    last = shared.rows()[-1]
    assert (last["actor"], last["data"]["score"]) == ("ana", "3")


@on_sqlite
def test_keys_are_changed_and_kept_on_the_device(
    shared: BenchLab, context: Callable[..., Any]
) -> None:
    run = 3
    device = context()
    desk = Desk(shared, shared.open(device, "ben", run=run), "ben", run)
    page = desk.page
    page.locator("#tool-settings").click()
    page.get_by_role("button", name="Change the key of Twitch").click()
    page.keyboard.press("q")
    page.get_by_text("taken by “Chamber 1”").wait_for()
    page.get_by_role("button", name="Change the key of Twitch").click()
    page.keyboard.press("y")
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    desk.keys(5, "Enter", "t0")
    desk.keys(5, "y", "myoclonic_twitch")
    all_saved(page)
    desk.check()


@on_sqlite
@pytest.mark.parametrize("entry", ["keyboard", "touch"])
def test_nobody_is_kept_out(
    shared: BenchLab,
    context: Callable[..., Any],
    axe: Callable[..., Any],
    entry: str,
) -> None:
    page = shared.open(context(1080, 810, entry=entry), "ana", run=5)
    page.locator(".tile .go:visible").last.click()
    page.locator(".tile .scores button:visible").last.click()
    assert axe(page) == []
    page.locator("#tool-help").click()
    assert axe(page) == []
    page.locator("#tool-dim").click()
    page.locator("#tool-settings").click()
    assert axe(page) == []
    page.goto(f"{shared.url}/studies/PTZ-VPA-MG/bench")
    assert axe(page) == []


def test_twelve_chambers(tmp_path: Path, context: Callable[..., Any]) -> None:
    """More than six: the row of scores opens in the tile and closes after the pick."""
    with bench_lab(tmp_path, 12) as lab:
        page = lab.open(context(1080, 810, entry="touch"), "ana")
        assert page.locator(".tile").count() == 12
        tile = page.locator(f"[data-animal={lab.animals[7]}]")
        tile.get_by_role("button", name="PTZ in").tap()
        tile.get_by_role("button", name="Score chamber 8").tap()
        score = tile.get_by_role("button", name=re.compile("^Score 3:"))
        box = score.bounding_box()
        assert box["width"] >= 44
        assert box["height"] >= 44
        inside = page.evaluate(
            """() => [...document.querySelectorAll(".tile.open button")]
              .filter((b) => b.offsetParent)
              .every((b) => b.getBoundingClientRect().bottom
                <= b.closest(".tile").getBoundingClientRect().bottom)"""
        )
        assert inside
        score.tap()
        score.wait_for(state="hidden")
        assert tile.locator(".big").inner_text() == "3"
        # QWER, ASDF, ZXCV as the rack stands: the eighth is F.
        page.keyboard.press("f")
        page.keyboard.press("4")
        all_saved(page)
        assert told(lab.rows()) == [
            (lab.animals[7], "t0", ""),
            (lab.animals[7], "score_change", "3"),
            (lab.animals[7], "score_change", "4"),
        ]
