"""Kindling in the browser: a staircase by keyboard, a session, a lost network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.bench_lab import on_sqlite
from browser.server import LabServer
from browser.shots import shot
from browser.sizes import too_small, too_wide

LIST = "/studies/KIN-MG/kindling"
UNTIL = """
from lab_records import entries_until
from isobole.lab.models import Membership, RecordRow, Study, User
from isobole.lab.record._rows import row_of
entries = entries_until(action, "kindling-magnesium")
study = Study.objects.create(study_id="KIN-MG")
RecordRow.objects.bulk_create([row_of("KIN-MG", e) for e in entries])
user = User.objects.get(username="ana")
Membership.objects.create(study=study, user=user, role="scorer")
"""


def server_with(
    folder: Path, action: str, database_url: str | None = None
) -> Iterator[LabServer]:
    """Start a lab with the rats of the bundled study up to an action."""
    tests = str(Path(__file__).parents[1])
    given = {"PYTHONPATH": tests}
    with LabServer(folder, database_url, environment=given, scripts="kept") as started:
        started.make_person("ana")
        started.run(UNTIL, action=action)
        yield started


@pytest.fixture(scope="module")
def fresh(
    tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str | None]
) -> Iterator[LabServer]:
    """Return a lab whose rats were allocated and not yet stimulated."""
    folder = tmp_path_factory.mktemp("fresh")
    yield from server_with(folder, "session.add", database())


@pytest.fixture(scope="module")
def kindled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Return a lab whose rats were kindled and tested."""
    yield from server_with(tmp_path_factory.mktemp("kindled"), "analysis.lock")


def enter(page: Any, server: LabServer) -> None:
    page.goto(f"{server.url}/login")
    page.get_by_label("Name", exact=False).first.fill("ana")
    page.get_by_label("Password", exact=False).first.fill("ana walks past 7 mills")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")


def said(page: Any) -> str:
    text: str = page.locator(".said[role=status]").first.text_content()
    return text


def sessions(server: LabServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.run(
        "from isobole.lab.record import entries_of\n"
        "answer = [e.data for e in entries_of('KIN-MG')"
        " if e.action == 'session.add']"
    )
    return found


def test_a_staircase_and_a_session_by_keyboard_alone(
    page_at: Callable[..., Any], fresh: LabServer, axe: Callable[..., Any]
) -> None:
    page = page_at()
    enter(page, fresh)
    page.goto(f"{fresh.url}{LIST}")
    assert axe(page) == []
    page.get_by_role("link", name="K01", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rat/K01")
    assert axe(page) == []
    for number, current in enumerate(("10", "12", "14"), start=1):
        page.get_by_role("heading", name=f"Threshold session {number}").wait_for()
        assert page.locator("#current_ua").input_value() == current
        page.keyboard.press("n")
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Threshold session 4").wait_for()
    shot(page, "kindling-staircase")
    # A deviation is asked about in place, and nothing typed is lost.
    page.locator("#current_ua").fill("25")
    page.get_by_label("Yes, and its duration is").focus()
    page.keyboard.press("y")
    page.keyboard.type("11,5")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="is this so?").wait_for()
    assert page.locator("#add_s").input_value() == "11,5"
    assert page.evaluate("() => document.activeElement.name") == "confirm"
    assert axe(page) == []
    shot(page, "kindling-asks")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Store", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Kindling session 1").wait_for()
    assert "threshold session 4 of K01, 25 µA" in said(page)
    # A kindling session: the watch, the stage by its number, measured later.
    assert page.locator("#current_ua").input_value() == "500"
    page.keyboard.press("s")
    page.wait_for_timeout(350)
    page.keyboard.press("s")
    seconds = float(page.locator("#seizure_s").input_value())
    assert 0.3 <= seconds < 5
    page.keyboard.press("l")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Kindling session 2").wait_for()
    stored = sessions(fresh)
    assert [s["current_ua"] for s in stored] == ["10", "12", "14", "25", "500"]
    assert stored[3]["add_ms"] == 11500
    assert stored[3]["proposed_ua"] == "17"
    assert (stored[4]["stage"], stored[4]["phase"]) == ("3", "kindling")
    assert stored[4]["seizure_ms"] == round(1000 * seconds)
    assert "add_status" not in stored[4]


def test_no_network_keeps_what_was_typed(
    context: Callable[..., Any], fresh: LabServer
) -> None:
    device = context()
    page = device.new_page()
    enter(page, fresh)
    page.goto(f"{fresh.url}{LIST}/rat/K02")
    page.keyboard.press("n")
    page.locator("#latency_s").fill("4.5")
    before = len(sessions(fresh))
    device.set_offline(True)
    page.get_by_role("button", name="Store", exact=True).click()
    page.get_by_role("heading", name="the server did not answer").wait_for()
    assert page.locator("#latency_s").input_value() == "4.5"
    assert len(sessions(fresh)) == before
    device.set_offline(False)
    page.get_by_role("button", name="Store", exact=True).click()
    page.get_by_role("heading", name="Threshold session 2").wait_for()
    assert len(sessions(fresh)) == before + 1


def test_a_locked_session_keeps_what_was_typed(
    context: Callable[..., Any], fresh: LabServer
) -> None:
    device = context()
    page, other = device.new_page(), device.new_page()
    enter(page, fresh)
    page.goto(f"{fresh.url}{LIST}/rat/K03")
    page.keyboard.press("n")
    page.locator("#latency_s").fill("4.5")
    other.goto(fresh.url)
    other.get_by_role("button", name="Log out").click()
    other.wait_for_url("**/login**")
    page.get_by_role("button", name="Store", exact=True).click()
    page.get_by_role("heading", name="the session is locked").wait_for()
    assert page.locator("#latency_s").input_value() == "4.5"
    enter(other, fresh)
    page.get_by_role("button", name="Store", exact=True).click()
    page.get_by_role("heading", name="Threshold session 2").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_progress_is_drawn_and_can_be_used(
    page_at: Callable[..., Any],
    kindled: LabServer,
    axe: Callable[..., Any],
    scheme: str,
) -> None:
    page = page_at(color_scheme=scheme)
    enter(page, kindled)
    page.goto(f"{kindled.url}{LIST}")
    assert axe(page) == []
    if scheme == "light":
        shot(page, "kindling-rats")
    page.goto(f"{kindled.url}{LIST}/rat/K11")
    page.locator("#trace canvas").wait_for()
    inked = page.evaluate(
        "() => { const c = document.querySelector('#trace canvas');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++;"
        " return n / (c.width * c.height); }"
    )
    assert 0.01 < inked < 0.5
    assert "fully kindled at session 14" in page.locator("#trace-none").text_content()
    assert axe(page) == []
    if scheme == "light":
        page.locator("#progress-title").scroll_into_view_if_needed()
        page.evaluate(
            "() => document.querySelector('#progress-title').scrollIntoView()"
        )
        shot(page, "kindling-progress", begin="as it stands")
    page.get_by_role("link", name="Correct kindling session 3").click()
    page.get_by_label("Reason").wait_for()
    assert axe(page) == []
    if scheme == "light":
        page.get_by_label("Reason").fill("the stage was read from the video once more")
        shot(page, "kindling-correct", height=950)


@on_sqlite
@pytest.mark.parametrize(
    "size", [(1280, 800), (800, 1280)], ids=["landscape", "portrait"]
)
def test_a_tablet_has_room_for_fingers(
    context: Callable[..., Any], fresh: LabServer, size: tuple[int, int]
) -> None:
    """A tablet of ten inches: nothing to scroll sideways, every target is 44 px."""
    page = context(*size, entry="touch").new_page()
    enter(page, fresh)
    rat = "K04" if size[0] > size[1] else "K05"
    wrong: list[tuple[str, str]] = []

    def fits(what: str) -> None:
        wrong.extend((what, one) for one in (*too_wide(page), *too_small(page)))

    page.goto(f"{fresh.url}{LIST}")
    fits("rats")
    page.goto(f"{fresh.url}{LIST}/rat/{rat}")
    fits("a rat")
    page.locator("#current_ua").fill("25")
    page.get_by_text("Yes; measure it later").tap()
    page.get_by_role("button", name="Store", exact=True).tap()
    page.get_by_role("heading", name="is this so?").wait_for()
    fits("a question")
    page.locator("#current_ua").fill("10")
    page.get_by_role("button", name="Store", exact=True).tap()
    page.locator(".said[role=status]").wait_for()
    assert f"threshold session 1 of {rat}" in said(page)
    fits("its history")
    page.get_by_role("link", name="Correct threshold session 1").tap()
    page.get_by_label("Reason").wait_for()
    fits("a correction")
    page.goto(f"{fresh.url}{LIST}/complete")
    fits("the signature")
    page.goto(f"{fresh.url}{LIST}")
    page.get_by_role("link", name="to measure").first.wait_for()
    fits("rats with a duration to measure")
    assert wrong == [], "\n".join(map(" ".join, wrong))


@pytest.mark.parametrize(
    "size", [(1280, 800), (800, 1280)], ids=["landscape", "portrait"]
)
def test_the_course_of_a_rat_fits_a_tablet(
    context: Callable[..., Any], kindled: LabServer, size: tuple[int, int]
) -> None:
    page = context(*size, entry="touch").new_page()
    enter(page, kindled)
    for path in ("", "/rat/K11"):
        page.goto(f"{kindled.url}{LIST}{path}")
        page.wait_for_load_state("networkidle")
        assert too_wide(page) == [], path
        assert too_small(page) == [], path
