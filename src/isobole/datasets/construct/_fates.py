"""What becomes of each animal, from how many of its group are to be protected."""

from __future__ import annotations

from collections.abc import Mapping

from isobole.datasets.construct._course import Fate
from isobole.datasets.construct._study import Drawn

Course = tuple[int, float, float]
"""Animals protected, median s to the seizure of the others, chance that it spreads."""


def fates_of(drawn: Drawn, courses: Mapping[str, Course]) -> dict[str, Fate]:
    """Return a fate for each animal; the protected ones are spread over the runs."""
    members: dict[str, list[str]] = {}
    for row in drawn.allocation.rows:
        members.setdefault(row.group or "", []).append(row.animal_id)
    found = {}
    for group, names in members.items():
        protected, latency, spreads = courses[group]
        for place, name in enumerate(names):
            # Every nth animal, so that neither the first nor the last are all of them.
            turn = (place + 1) * protected // len(names)
            safe = turn > place * protected // len(names)
            found[name] = Fate(not safe, latency, spreads)
    return found
