"""One analysis of one outcome, with its place in the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from isobole.results import Missing, Result

Rank = Literal["primary", "secondary", "exploratory", "sensitivity", "quality"]

RANK_WORDS: dict[str, str] = {
    "primary": "Primary outcome",
    "secondary": "Secondary outcome",
    "exploratory": "Exploratory",
    "sensitivity": "Sensitivity analysis",
    "quality": "Quality of the record",
}


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was done with one outcome, or the reason nothing could be.

    Parameters
    ----------
    outcome : str
        One of `studies.PRIMARY_OUTCOMES`, or ``"agreement"``.
    rank : {"primary", "secondary", "exploratory", "sensitivity", "quality"}
        As the protocol declared it before the first animal.
    title : str
    result : Result or Missing
    notes : tuple of str
        Which animals it rests on, and what was left out.
    """

    outcome: str
    rank: Rank
    title: str
    result: Result | Missing
    notes: tuple[str, ...] = ()

    def ranked(self, rank: Rank) -> Analysis:
        """Return the same analysis with another place in the plan."""
        return replace(self, rank=rank)

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as it stands in JSON."""
        if isinstance(self.result, Missing):
            result, reason = None, self.result.reason
        else:
            result, reason = self.result.to_dict(), None
        return {
            "outcome": self.outcome,
            "rank": self.rank,
            "title": self.title,
            "result": result,
            "reason": reason,
            "notes": list(self.notes),
        }
