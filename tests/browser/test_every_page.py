"""Every page of the lab, as everybody who may open it: axe-core finds nothing serious.

The addresses are those of `lab.route_table`; a new page needs a line here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from browser.clocked_lab import ClockedLab
from browser.prepared import prepared
from browser.sizes import too_wide
from lab.route_table import ANYONE, BY_NAME, PERSON, ROLES, ROUTES, Route
from lab_ready import ready

if TYPE_CHECKING:
    from playwright.sync_api import Page

FILL = """
import tempfile
from pathlib import Path
from allocated_studies import study_folder
from isobole.datasets import study_path
from isobole.lab.models import Membership, RecordRow, Study, User
from isobole.lab.record import entries_of, store_folder
from isobole.lab.record._rows import row_of
from lab_records import entries_until

for role in roles:  # nobody types a password here
    User.objects.create(username=role, display_name=role.title(), password="!",
                        is_administrator=role == "administrator")


def from_folder(path):
    files = {f.name: f.read_bytes() for f in path.iterdir() if f.is_file()}
    return store_folder(files, by="designer").study_id


def until(action, bundled):
    entries = entries_until(action, bundled)
    study_id = next(e.obj for e in entries if e.action == "protocol.save")
    Study.objects.create(study_id=study_id)
    RecordRow.objects.bulk_create([row_of(study_id, e) for e in entries])
    return study_id


with tempfile.TemporaryDirectory() as place:
    answer = {
        "begun": from_folder(study_folder(Path(place))),
        "scored": until("analysis.lock", "ptz-valproate-magnesium"),
        "revealed": from_folder(study_path("ptz-interaction")),
        "kindled": until("analysis.lock", "kindling-magnesium"),
    }
for study_id in answer.values():
    Membership.objects.filter(study_id=study_id).delete()
    for role in set(roles) - {"administrator"}:
        Membership.objects.create(
            study_id=study_id, user=User.objects.get(username=role), role=role
        )
for name, action in (("dose", "dose.give"), ("session", "session.add")):
    study = "kindled" if name == "session" else "scored"
    rows = entries_of(answer[study])
    amended = {e.supersedes for e in rows}
    answer[name] = next(
        e.id for e in rows if e.action == action and e.id not in amended
    )
"""


@dataclass(frozen=True)
class Place:
    """A page that is opened: a study of the lab, and what else the address says."""

    study: str = ""
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    status: tuple[int, ...] = (200, 202)
    file: bool = False


SCORED = (Place("scored"),)
ALL_STUDIES = tuple(map(Place, ("scored", "begun", "revealed", "kindled")))
# Values in braces are filled in: rows of the record have ids of their own.
PLACES: dict[str, tuple[Place, ...]] = {
    "login": (Place(),),
    "unlock": (Place(),),
    "account": (Place(),),
    "account-password": (Place(),),
    "users": (Place(),),
    "access-log": (Place(),),
    "members": SCORED,
    "audit": (*SCORED, Place("kindled")),
    "studies": (Place(),),
    "new-study": (
        Place(),
        Place(query={"model": "ptz", "species": "mouse"}),
        Place(query={"model": "ptz", "species": "mouse", "way": "text"}),
        Place(query={"model": "kindling", "species": "rat"}),
    ),
    "study": ALL_STUDIES,
    "protocol": ALL_STUDIES,
    "protocol-edit": (Place("begun"), Place("scored", status=(422,))),
    "protocol-history": SCORED,
    "plan": (Place("begun"), Place("scored")),
    "allocation": ALL_STUDIES,
    "animal": (Place("begun", query={"animal": "M01"}),),
    "dosing": (*SCORED, Place("scored", query={"run": "2"}), Place("begun")),
    "dosing-sheet": (Place("scored", query={"run": "1"}),),
    "dose-correct": (Place("scored", query={"row": "{dose}"}),),
    "bench": (*SCORED, Place("begun")),
    "bench-run": (Place("scored", path={"run": "2026-02-03-run-1"}),),
    "bench-complete": (Place("scored", path={"run": "2026-02-03-run-1"}),),
    "kindling": (Place("kindled"), Place("scored")),
    "kindling-rat": (Place("kindled", path={"animal": "K11"}),),
    "kindling-correct": (Place("kindled", path={"row": "{session}"}),),
    "kindling-complete": (Place("kindled"),),
    "kindling-decode": (Place("kindled"),),
    "import": (Place(),),
    "analysis": ALL_STUDIES,
    "analysis-part": (Place("scored", path={"slug": "record"}),),
    "analysis-print": SCORED,
    "analysis-report": (Place("scored", file=True),),
    "analysis-lock": SCORED,
    "reveal": (*SCORED, Place("revealed")),
    "unblind": SCORED,
    "next-dose": SCORED,
    "import-events": (Place("begun"), Place("scored")),
    "tools": (Place(),),
    "tool": tuple(
        Place(path={"name": name})
        for name in ("ed50", "potency", "interaction", "audit")
    ),
    "tool-result": (Place(path={"key": "{result}"}),),
    "tool-report": (Place(path={"key": "{result}"}, file=True),),
    "monographs": (Place(),),
    "monograph-search": (Place(query={"q": "liver"}),),
    "monograph-ask": (
        Place(),
        Place(query={"drug": "magnesium valproate"}, status=(422,)),
    ),
    "monograph-file": (Place(path={"name": "index.html"}),),
}
EQUAL = "dosing"
"""Who opens the pages that are everybody's: quick tools, drug pages, one's account."""
NO_PAGES = {
    "setup": "gone once there is an administrator; test_whole_study.py looks at it",
    **dict.fromkeys(("analysis-progress", "tool-progress"), "a part of a page"),
    **dict.fromkeys(
        ("plan-figure", "analysis-figure", "advice-figure", "tool-figure"), "SVG"
    ),
    **dict.fromkeys(
        (
            "access-log-export",
            "allocation-key",
            "analysis-json",
            "analysis-outcomes",
            "audit-export",
            "plan-csv",
            "protocol-download",
            "service-worker",
            "study-folder",
            "tool-csv",
            "tool-json",
            "tool-table",
        ),
        "a file",
    ),
}


def test_every_page_of_the_table_is_looked_at() -> None:
    pages = {r.name for r in ROUTES if r.get and not r.name.startswith("api:")}
    assert set(PLACES) | set(NO_PAGES) == pages
    assert not set(PLACES) & set(NO_PAGES)


class Filled:
    """A lab with four studies at different points, and a person for every role."""

    def __init__(self, lab: ClockedLab) -> None:
        self.lab = lab
        self.names: dict[str, str] = lab.run(FILL, roles=ROLES)

    def address(self, route: Route, place: Place) -> str:
        """Return where a page is, below the lab's own address."""
        from django.urls import reverse

        ready()
        filled = {
            name: value.format(**self.names) if isinstance(value, str) else value
            for name, value in (*place.path.items(), *place.query.items())
        }
        path = {name: filled[name] for name in place.path}
        if place.study:
            path["study_id"] = self.names[place.study]
        query = urlencode({name: filled[name] for name in place.query})
        return reverse(route.name, kwargs=path) + (f"?{query}" if query else "")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    tests = str(Path(__file__).parents[1])
    with ClockedLab(tmp_path_factory.mktemp("pages"), also=(tests,)) as lab:
        yield Filled(lab)


@pytest.mark.parametrize("who", [*ROLES, "nobody"])
def test_everybody_can_use_every_page(
    filled: Filled,
    context: Callable[..., Any],
    axe: Callable[..., list[dict[str, Any]]],
    who: str,
) -> None:
    device = context(1280, 800)
    if who != "nobody":
        filled.lab.log_in(device, who)
    page = device.new_page()
    routes = [r for r in ROUTES if r.name in PLACES and who in _turns(r)]
    if any(route.name == "tool-result" for route in routes):
        filled.names["result"] = _computed(filled, page)
    wrong: list[str] = []
    opened = 0
    for route in routes:
        # Each role opens one page of a kind; one of them opens it in every state.
        places = PLACES[route.name]
        for place in places if who == _turns(route)[-1] else places[:1]:
            where = filled.address(route, place)
            if place.file:
                answer = page.request.get(filled.lab.url + where)
                assert answer.status in place.status, where
                page.goto("about:blank")
                page.set_content(answer.text())
            else:
                status = prepared(page, filled.lab.url + where)
                assert status in place.status, f"{where}: {status}"
                assert who == "nobody" or page.url.endswith(where), page.url
                _finished(page)
            opened += 1
            wrong.extend(f"{where}: {found}" for found in axe(page))
            wrong.extend(f"{where}: {found}" for found in too_wide(page))
            if not place.file:
                wrong.extend(f"{where}, magnified: {f}" for f in _magnified(page))
    assert opened >= (2 if who == "nobody" else 8)
    assert wrong == [], "\n".join(wrong)


def _magnified(page: Page) -> list[str]:
    """Return what is beyond the edge at 200 %, where letters take twice the place.

    A heading may be a title that somebody wrote: one long word in it, too.
    """
    page.set_viewport_size({"width": 640, "height": 400})
    found = too_wide(page)
    page.evaluate(
        """() => {
          const heading = document.querySelector("h1");
          if (heading) heading.append("Wort".repeat(60));
        }"""
    )
    found += [f"with a long word: {one}" for one in too_wide(page)]
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def _turns(route: Route) -> list[str]:
    """Return who opens a page here: every role that may, one where all are equal."""
    assert BY_NAME[route.name] is route
    if route.name == "unlock":
        return ["nobody", EQUAL]
    if route.get in (ANYONE, PERSON):
        return ["nobody" if route.get == ANYONE else EQUAL]
    return str(route.get).split()


def _finished(page: Page) -> None:
    """Wait for what is computed while the page is open already."""
    page.locator(".computing").wait_for(state="detached", timeout=120_000)
    page.wait_for_load_state("load")


def _computed(filled: Filled, page: Page) -> str:
    """Let a quick tool compute, and return the key of its result."""
    page.goto(f"{filled.lab.url}/tools/ed50?example=mice8")
    page.get_by_role("button", name="Compute").click()
    page.get_by_role("link", name="Report (HTML)").wait_for(timeout=60_000)
    return page.url.split("/results/")[1].split("/")[0]
