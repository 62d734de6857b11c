"""A study from the first run of a lab to its verdict, by the hands of six people.

What the pages show in the end is what the command line says of the exported folder.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.bench_lab import all_saved, ready
from browser.clocked_lab import ClockedLab
from browser.shots import shot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

STUDY = "PTZ-WALK-1"
PASSPHRASE = "under the third stone"
PEOPLE = {
    "dora": "designer",
    "phil": "pharmacist",
    "dan": "dosing",
    "sam": "scorer",
    "una": "scorer",
    "ann": "analyst",
}
MINUTE = 60_000
CHAMBERS = "qwas"
RUNS = (1, 2, 3)


def sign(page: Page, name: str) -> None:
    box = page.get_by_label("Your password, to sign")
    expect(box, page.locator("body").inner_text()).to_be_visible()
    box.fill(f"{name} walks past 7 mills")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def sqlite() -> str | None:
    """Return no address: the database lies in the data folder."""
    return None


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_study_from_first_run_to_verdict(
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    context: Callable[..., BrowserContext],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    fresh = sqlite
    if database == "postgresql":
        fresh = request.getfixturevalue("fresh_database")
    with ClockedLab(tmp_path, fresh()) as lab:
        Walk(lab, tmp_path, context, axe, fresh).all()


class Walk:
    """The people, their devices, and what they do one after the other."""

    def __init__(
        self,
        lab: ClockedLab,
        folder: Path,
        context: Callable[..., BrowserContext],
        axe: Callable[..., list[dict[str, Any]]],
        fresh: Callable[[], str | None],
    ) -> None:
        self.lab, self.folder, self.context, self.axe = lab, folder, context, axe
        self.fresh = fresh
        self.pages: dict[str, Page] = {}
        self.scored: dict[str, int] = {}

    def all(self) -> None:
        """Do everything in its order."""
        self.first_run()
        self.people()
        self.protocol()
        self.roles()
        self.plan()
        self.animals()
        self.allocation()
        self.dosing()
        for run in RUNS:
            self.bench(run)
        self.blind_analysis()
        self.lock_and_reveal()
        self.verdict()
        self.audit()
        self.there_and_back()

    def page(self, name: str) -> Page:
        """Return the page of a person at their own device."""
        if name not in self.pages or self.pages[name].is_closed():
            device = self.context(1280, 800)
            self.lab.log_in(device, name)
            self.pages[name] = device.new_page()
        return self.pages[name]

    def go(self, name: str, part: str) -> Page:
        """Let a person open a page of the study."""
        page = self.page(name)
        page.goto(f"{self.lab.url}/studies/{STUDY}/{part}")
        return page

    def show(self, page: Page, name: str) -> None:
        """Take a picture, and ask whether everybody can use the page."""
        assert not self.axe(page), (name, self.axe(page))
        shot(page, name)

    def first_run(self) -> None:
        page = self.context(1280, 800).new_page()
        code = re.search(r"(/setup\?code=\S+)", self.lab.said())
        assert code is not None
        page.goto(f"{self.lab.url}/")
        assert "/setup" in page.url  # nobody gets in without the code
        page.goto(self.lab.url + code[1])
        page.get_by_label("Name to log in with").fill("ada")
        page.get_by_label("Name that others read").fill("Ada")
        self.show(page, "first-run")
        for box in page.locator("input[type=password]").all():
            box.fill("ada walks past 7 mills")
        press(page, re.compile("administrator", re.I))
        self.show(page, "studies-empty")
        self.pages["ada"] = page

    def people(self) -> None:
        page = self.pages["ada"]
        page.goto(f"{self.lab.url}/users")
        page.get_by_label("Name to log in with").fill("dora")
        page.get_by_label("Name that others read").fill("Dora")
        press(page, "Make the account")
        given = page.locator("#first-password").inner_text()
        new = self.context(1280, 800).new_page()
        new.goto(f"{self.lab.url}/login")
        self.show(new, "login")
        new.get_by_label("Name", exact=True).fill("dora")
        new.get_by_label("Password", exact=True).fill(given)
        press(new, "Log in")
        assert "password" in new.url  # the first one must be changed
        for box in new.locator("main input[type=password]").all():
            box.fill("dora walks past 7 mills")
        new.locator("main input[type=password]").first.fill(given)
        press(new, re.compile("password", re.I))
        self.pages["dora"] = new
        for name in PEOPLE:
            if name != "dora":
                self.lab.make_person(name)
        page.goto(f"{self.lab.url}/users")
        self.show(page, "people")

    def protocol(self) -> None:
        page = self.page("dora")
        page.goto(f"{self.lab.url}/studies/new")
        self.show(page, "new-study")
        page.goto(f"{self.lab.url}/studies/new?model=ptz&species=mouse")
        said = {
            "study_id": STUDY,
            "title": "A walk through a study of valproate",
            "hypothesis": "400 mg/kg protects more mice than saline.",
            "ethics_id": "none: a rehearsal without animals",
            "housing": "Four a cage, 12 h light, food and water at will",
            "humane_endpoint": "Killed when clonus lasts longer than 5 min",
            "reasoning": "A rehearsal: three a group",
            "healthy": "8 to 10 weeks, 20 to 30 g, healthy",
            "chambers": "4",
        }
        for name, text in said.items():
            page.locator(f"[name={name}]").fill(text)
        for box in page.locator("[name=group-n]").all()[:4]:
            box.fill("3")
        self.show(page, "new-study-form")
        press(page, "Create the study")
        page.goto(f"{self.lab.url}/studies/{STUDY}/protocol")
        self.show(page, "protocol")
        sign(page, "dora")
        press(page, re.compile("Lock version"))
        assert "locked by dora" in page.locator("main").inner_text()

    def roles(self) -> None:
        page = self.go("dora", "roles")
        for name, role in PEOPLE.items():
            if role != "designer":
                page.locator("select[name=user]").select_option(name)
                page.locator("select[name=role]").select_option(role)
                press(page, "Give the role")
        # Who knows the groups cannot score.
        page.locator("select[name=user]").select_option("phil")
        page.locator("select[name=role]").select_option("scorer")
        press(page, "Give the role")
        assert "cannot be" in page.locator(".problems").inner_text()
        page = self.go("dora", "roles")
        self.show(page, "roles")

    def plan(self) -> None:
        page = self.go("dora", "plan")
        press(page, "Compute")
        page.locator(".report table").first.wait_for()
        self.show(page, "plan")

    def animals(self) -> None:
        page = self.go("dora", "allocation")
        lines = ["animal_id\tsex\tweight_g\tcage"]
        for number in range(1, 13):
            sex = "F" if number % 2 else "M"
            lines.append(f"M{number:02d}\t{sex}\t{20 + number / 4}\tC{number // 5 + 1}")
        page.get_by_text("Paste from a spreadsheet").click()
        page.locator("#pasted").fill("\n".join(lines))
        press(page, "Add these animals")
        assert "12 of 12" in page.locator("main").inner_text()
        self.show(page, "animals")

    def allocation(self) -> None:
        page = self.go("phil", "allocation")
        page.get_by_label("Passphrase of the key").fill(PASSPHRASE)
        page.get_by_label("The same once more").fill(PASSPHRASE)
        press(page, re.compile("Allocate 12"))
        page = self.go("phil", "allocation")
        self.commitment = page.locator("code.hash.big").inner_text()
        assert re.fullmatch("[0-9a-f]{64}", self.commitment)
        self.show(page, "allocation")
        page.locator("#open-passphrase").fill(PASSPHRASE)
        press(page, "Open the preparation sheet")
        assert "400" in page.locator("main").inner_text()
        self.show(page, "preparation")

    def dosing(self) -> None:
        page = self.go("dan", "dosing")
        self.show(page, "dosing")
        for run in RUNS:
            page = self.go("dan", f"dosing?run={run}")
            while True:
                row = page.locator("tr[id^=s-]:not(.done)")
                if not row.count():
                    break
                code = str(row.first.get_attribute("id")).removeprefix("s-")
                row.first.locator("input[name=code]").fill(code)
                with page.expect_navigation():
                    row.first.get_by_role("button", name="Given").click()
        page = self.go("dan", "dosing?run=1")
        page.get_by_role("link", name="Correct the dose of").first.click()
        page.get_by_label("Volume (mL)").fill("0.21")
        page.get_by_label("Reason").fill("read off the syringe once more")
        self.show(page, "dose-correct")
        press(page, "Correct")
        assert "is corrected" in page.locator("main").inner_text()

    def bench(self, run: int) -> None:
        first = self.at_the_bench("sam", run, "first")
        second = self.at_the_bench("una", run, "second") if run == 1 else None
        both = [first] if second is None else [first, second]
        seats = [
            str(tile.get_attribute("data-animal"))
            for tile in first.locator(".tile").all()
        ]
        assert len(seats) == 4
        for place in range(4):
            self.keys(first, place, "Enter")
            self.lab.forward(5000, *both)
        all_saved(first)
        if second is not None:
            second.wait_for_function(
                "() => document.querySelectorAll('.tile[data-state=running]').length"
                " === 4"
            )
        if run == 2:
            self.dosed_again(first, 2)
        # Every animal is scored: every second one has a seizure, later and later.
        for place in range(4):
            score = "4" if place % 2 else "1"
            self.keys(first, place, score)
            if second is not None:
                self.keys(second, place, score if place else "2")
            self.scored[seats[place]] = int(score)
            self.lab.forward(20_000, *both)
        if run == 1:
            self.keys(first, 0, "5")  # a slip, undone at once
            first.keyboard.press("Escape")
        for page in both:
            all_saved(page)
        assert first.locator(".tile").nth(1).locator(".big").inner_text() == "4"
        if run == 1:
            self.show(first, "bench-run-1")
        for _ in range(5):
            self.lab.forward(5 * MINUTE, *both)
            for page in both:  # answered, so that the session stays open
                page.get_by_text("Look at every chamber").wait_for()
                page.keyboard.press("Enter")
                page.get_by_text("Look at every chamber").wait_for(state="detached")
                all_saved(page)
        for _ in range(2):
            self.lab.forward(5 * MINUTE, *both)
        for name, page in zip(("sam", "una"), both, strict=False):
            page.get_by_text("All observations have ended").wait_for()
            self.come_back(page, name)
            all_saved(page)
        for name, page in zip(("sam", "una"), both, strict=False):
            page.get_by_role("link", name="Sign: scoring complete").click()
            page.get_by_label("Your password, to sign").wait_for()
            if (run, name) == (1, "sam"):
                self.show(page, "bench-sign")
            sign(page, name)
            page.get_by_role("button", name=re.compile("Sign for")).click()
            page.get_by_text("You signed that scoring is complete").first.wait_for()
            page.close()

    def dosed_again(self, page: Page, place: int) -> None:
        """The needle slipped out: the animal's clock begins anew."""
        tile = page.locator(".tile").nth(place)
        tile.get_by_role("button", name="End …").click()
        tile.get_by_role("button", name="Dosed again …").click()
        tile.get_by_role("button", name="the needle slipped out").click()
        expect(tile.locator(".clock")).to_have_text(re.compile("^00:0[0-4]$"))
        all_saved(page)

    def at_the_bench(self, name: str, run: int, place: str) -> Page:
        page = self.lab.device(self.context(1280, 800), name)
        page.goto(f"{self.lab.url}/studies/{STUDY}/bench")
        if run == 1 and place == "first":
            self.show(page, "bench-choose")
        form = page.locator("form.choice-row").nth(run - 1)
        slug = form.get_attribute("action")
        page.goto(f"{self.lab.url}{slug}?as={place}")
        ready(page)
        self.lab.agree(page)
        return page

    def come_back(self, page: Page, name: str) -> None:
        """Enter the password if the device asks who is there after a quiet time."""
        page.wait_for_function(
            "() => document.getElementById('saved').dataset.state === 'saved'"
            " || document.getElementById('saved').textContent.includes('locked')"
        )
        box = page.get_by_label("PIN or password")
        if box.is_visible():
            box.fill(f"{name} walks past 7 mills")
            page.get_by_role("button", name="Go on").click()

    def keys(self, page: Page, place: int, key: str) -> None:
        page.keyboard.press(CHAMBERS[place])
        page.keyboard.press(key)

    def blind_analysis(self) -> None:
        self.pages.clear()  # hours have passed: everybody logs in again
        page = self.analysed("ann")
        told = "\n".join(page.locator(".report").all_inner_texts())
        assert "ED50" not in told, told
        self.show(page, "analysis-by-code")

    def analysed(self, name: str) -> Page:
        page = self.go(name, "analysis")
        page.locator(".report").first.wait_for(timeout=60_000)
        return page

    def lock_and_reveal(self) -> None:
        page = self.go("ann", "analysis/lock")
        assert not self.axe(page)
        sign(page, "ann")
        press(page, "Lock the analysis")
        page = self.go("phil", "reveal")
        page.get_by_label("Passphrase", exact=True).fill("not the passphrase")
        press(page, "Verify and reveal")
        assert page.locator(".problems").count() == 1
        page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
        press(page, "Verify and reveal")
        assert self.commitment in page.locator("main").inner_text()
        assert not self.axe(page)

    def verdict(self) -> None:
        page = self.analysed("ann")
        assert not self.axe(page)
        shown = page.request.get(
            f"{self.lab.url}/studies/{STUDY}/analysis/analysis.json"
        ).json()
        self.zip = page.request.get(f"{self.lab.url}/studies/{STUDY}/folder.zip").body()
        target = self.folder / "exported"
        with zipfile.ZipFile(io.BytesIO(self.zip)) as archive:
            archive.extractall(target)
        place = next(target.rglob("record.jsonl")).parent
        told = isobole("study", "analyze", str(place), "--json")
        for name in ("command", "input", "options"):
            shown.pop(name, None)
            told.pop(name, None)
        assert shown == told
        # What is analysed is what was entered at the bench.
        text = page.request.get(
            f"{self.lab.url}/studies/{STUDY}/analysis/outcomes.csv"
        ).text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        rows = list(csv.DictReader(lines))
        assert {r["animal_id"]: int(r["max_score"]) for r in rows} == self.scored
        page.goto(f"{self.lab.url}/studies/{STUDY}/analysis/print")
        self.show(page, "analysis-print")

    def audit(self) -> None:
        page = self.go("ann", "audit")
        self.show(page, "audit")
        press(page, re.compile("Verify"))
        assert "intact" in page.locator("main").inner_text()
        page = self.page("ada")
        page.goto(f"{self.lab.url}/access-log")
        expect(page.locator("main")).to_contain_text("role.give")
        self.show(page, "access-log")
        page = self.go("dora", "")
        self.show(page, "study")
        page.goto(f"{self.lab.url}/")
        self.show(page, "studies")

    def there_and_back(self) -> None:
        """Import the folder into another lab: exported from there it is the same."""
        with zipfile.ZipFile(io.BytesIO(self.zip)) as archive:
            (name,) = [n for n in archive.namelist() if n.endswith("record.jsonl")]
            rows = [json.loads(line) for line in archive.read(name).splitlines()]
        amended = [row["data"] for row in rows if row["action"] == "amend"]
        # Amendments, two observers, and a start that was given anew.
        assert any("volume_ml" in data for data in amended)
        assert any("void" in data for data in amended)
        assert any("wall" in data for data in amended)
        observers = {r["data"]["observer"] for r in rows if r["action"] == "observe"}
        assert observers == {"sam", "una"}
        with ClockedLab(self.folder / "other", self.fresh()) as other:
            other.make_person("eva")
            device = self.context(1280, 800)
            other.log_in(device, "eva")
            page = device.new_page()
            page.goto(f"{other.url}/studies/import")
            assert not self.axe(page)
            page.locator("input[type=file]").first.set_input_files(
                {"name": "study.zip", "mimeType": "application/zip", "buffer": self.zip}
            )
            press(page, re.compile("Import"))
            again = page.request.get(f"{other.url}/studies/{STUDY}/folder.zip").body()
            assert again == self.zip


def isobole(*arguments: str) -> dict[str, Any]:
    """Run the command line in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", "from isobole.cli import main; main()", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={k: v for k, v in os.environ.items() if not k.startswith("ISOBOLE_")},
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
