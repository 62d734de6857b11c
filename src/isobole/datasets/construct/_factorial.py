"""Rats after pentylenetetrazole: vehicle, valproate, magnesium, both; eight each."""

from __future__ import annotations

from collections.abc import Mapping
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
    Drawn,
    close_study,
    draw,
    exclude,
    open_study,
)
from isobole.studies import Animal, Protocol

DAYS = ("2026-02-03", "2026-02-04")
# Group: animals protected, median s to the seizure of the others, chance it spreads.
COURSES = {
    "vehicle": (0, 190.0, 0.75),
    "valproate": (1, 250.0, 0.5),
    "magnesium": (0, 225.0, 0.6),
    "both": (6, 620.0, 0.35),
}
START = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)


def factorial(
    chance: Chance, protocol: Protocol, toml: str
) -> tuple[Notebook, str | None]:
    """Return the record of the study, and its measured levels."""
    animals = {
        f"R{n:02d}": Animal(
            animal_id=f"R{n:02d}",
            species="rat",
            strain="Wistar",
            sex="M",
            age_days=round(chance.between(58, 76, n, "age")),
            weight_g=round(chance.between(232, 308, n, "weight")),
            cage=f"C{(n + 3) // 4}",
            litter=None,
            day=DAYS[(n - 1) // 16],
        )
        for n in range(1, 33)
    }
    drawn = draw(chance, protocol, animals)
    fates = fates_of(drawn, COURSES)
    of = _by_group(drawn)
    # A death in a generalised seizure, and one before any seizure was seen.
    dead_after, dead_before = of["vehicle"][5], of["magnesium"][2]
    fates[dead_after] = Fate(True, 150.0, 1.0, dies_at_s=_late(chance, dead_after))
    fates[dead_before] = Fate(False, 225.0, 0.0, dies_at_s=702.4)
    plan = Acute(
        start=START,
        fates=fates,
        misdosed=of["valproate"][3],
        spilled=of["both"][1],
        slipped=of["vehicle"][2],
        second=tuple(animals)[::3],
        days=DAYS,
    )
    book = Notebook(
        chance,
        {
            DESIGNER: "office-1", PHARMACIST: "pharmacy-1", ANALYST: "office-2",
            "D. Osei": "bench-1", SCORER: "bench-2", "M. Lindt": "video-1",
        },
    )  # fmt: skip
    before = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    open_study(book, before, protocol, toml, animals, drawn)
    ended = run_acute(book, chance, protocol, animals, drawn, plan)
    exclude(
        book, ended + timedelta(minutes=30), "D. Osei", plan.misdosed, "misdosed",
        "the syringe came apart and most of the i.p. injection was lost",
    )  # fmt: skip
    close_study(book, datetime(2026, 2, 10, 14, 0, tzinfo=UTC), protocol, drawn)
    return book, _levels(chance, of)


def _by_group(drawn: Drawn) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in drawn.allocation.rows:
        found.setdefault(row.group or "", []).append(row.animal_id)
    return found


def _late(chance: Chance, name: str) -> float:
    return round(chance.between(420, 520, name, "death"), 1)


def _levels(chance: Chance, of: Mapping[str, list[str]]) -> str:
    """Return levels in blood taken at the end of the watch, from some animals."""
    rows = ["animal_id,analyte,matrix,fraction,t_min,value,unit,reason"]
    for group in ("valproate", "both"):
        for name in of[group][4:7]:
            total = chance.between(88, 128, name, "valproate")
            free = total * chance.between(0.28, 0.42, name, "free")
            rows.append(f"{name},valproic acid,plasma,total,60,{total:.1f},mg/L,")
            rows.append(f"{name},valproic acid,plasma,free,60,{free:.1f},mg/L,")
    for group, low, high in (("vehicle", 0.74, 0.88), ("both", 0.98, 1.22)):
        for name in of[group][4:7]:
            if name == of["vehicle"][5]:
                rows.append(
                    f"{name},magnesium,serum,total,60,,mmol/L,died before sampling"
                )
                continue
            value = chance.between(low, high, name, "magnesium")
            rows.append(f"{name},magnesium,serum,total,60,{value:.2f},mmol/L,")
    below = "below the limit of quantification (2 mg/L)"
    rows.append(f"{of['vehicle'][4]},valproic acid,plasma,total,60,,mg/L,{below}")
    return "\n".join(rows) + "\n"
