"""Mice after pentylenetetrazole: two ladders of doses and one of their mixture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from isobole.datasets.construct._acute import SCORER, Acute, run_acute
from isobole.datasets.construct._chance import Chance
from isobole.datasets.construct._course import Fate
from isobole.datasets.construct._fates import fates_of
from isobole.datasets.construct._notebook import Notebook
from isobole.datasets.construct._study import (
    ANALYST,
    DESIGNER,
    PHARMACIST,
    close_study,
    draw,
    exclude,
    open_study,
)
from isobole.studies import Animal, Protocol

DAYS = ("2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06")
# Group: animals protected, median s to the seizure of the others, chance it spreads.
COURSES = {
    "vehicle": (0, 260.0, 0.7),
    "vpa-100": (1, 290.0, 0.6),
    "vpa-141": (2, 340.0, 0.55),
    "vpa-200": (6, 480.0, 0.4),
    "vpa-282": (7, 700.0, 0.2),
    "mg-40": (1, 270.0, 0.6),
    "mg-57": (4, 330.0, 0.5),
    "mg-80": (7, 460.0, 0.35),
    "mix-48": (2, 280.0, 0.6),
    "mix-68": (5, 360.0, 0.5),
    "mix-96": (7, 500.0, 0.3),
    "mix-136": (8, 800.0, 0.2),
}
START = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)


def ladders(
    chance: Chance, protocol: Protocol, toml: str
) -> tuple[Notebook, str | None]:
    """Return the record of the study; no levels were measured."""
    animals = {
        f"M{n:03d}": Animal(
            animal_id=f"M{n:03d}",
            species="mouse",
            strain="CF-1",
            sex="M",
            age_days=round(chance.between(43, 55, n, "age")),
            weight_g=round(chance.between(23.5, 32.5, n, "weight"), 1),
            cage=f"C{(n + 7) // 8}",
            litter=None,
            day=DAYS[(n - 1) // 24],
        )
        for n in range(1, 97)
    }
    drawn = draw(chance, protocol, animals)
    fates = fates_of(drawn, COURSES)
    of: dict[str, list[str]] = {}
    for row in drawn.allocation.rows:
        of.setdefault(row.group or "", []).append(row.animal_id)
    dead = of["mg-57"][0]
    fates[dead] = Fate(False, 300.0, 0.0, dies_at_s=913.0)
    plan = Acute(
        start=START,
        fates=fates,
        misdosed=of["vpa-141"][0],
        spilled=of["mix-96"][2],
        slipped=of["vehicle"][4],
        second=tuple(animals)[::6],
        apart_min=80,
        stagger_s=120,
        days=DAYS,
    )
    book = Notebook(
        chance,
        {
            DESIGNER: "office-1", PHARMACIST: "pharmacy-1", ANALYST: "office-2",
            "D. Osei": "bench-1", SCORER: "bench-2", "M. Lindt": "video-1",
        },
    )  # fmt: skip
    before = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    open_study(book, before, protocol, toml, animals, drawn)
    ended = run_acute(book, chance, protocol, animals, drawn, plan)
    exclude(
        book, ended + timedelta(minutes=30), "D. Osei", plan.misdosed, "misdosed",
        "the second injection went under the skin",
    )  # fmt: skip
    close_study(book, datetime(2026, 3, 12, 10, 0, tzinfo=UTC), protocol, drawn)
    return book, None
