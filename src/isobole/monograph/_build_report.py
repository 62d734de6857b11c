"""What a build did: how many pages it read, what it published, what it left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import Block, Note, Problem, Result, Table


@dataclass(frozen=True, slots=True, repr=False)
class BuildReport(Result):
    """What was read, published and left out.

    Parameters
    ----------
    source, out : str
        The folder of pages, and the folder of the site.
    pages : int
        Pages published.
    parsed : int
        Pages read in this build; the others were in the index already.
    resumed : int
        Pages that an interrupted build had read.
    removed : int
        Pages of the last build that are gone.
    sections, statements, interactions : int
        What the index holds.
    findings : dict
        Findings on pages and between them, by severity.
    gaps : int
        Interactions named from one side only.
    problems : tuple of Problem
        Pages left out, with the reason.
    """

    source: str
    out: str
    pages: int
    parsed: int
    resumed: int
    removed: int
    sections: int
    statements: int
    interactions: int
    findings: dict[str, int]
    gaps: int
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        return (
            f"BuildReport({self.pages} pages, {self.parsed} read, "
            f"{len(self.problems)} problems)"
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the counts, and every page that was left out."""
        rows = [
            ("pages published", self.pages),
            ("of these read now", self.parsed),
            ("of these read by an interrupted build", self.resumed),
            ("pages removed since the last build", self.removed),
            ("sections", self.sections),
            ("statements", self.statements),
            ("interactions named", self.interactions),
            ("interactions named from one side only", self.gaps),
            *((f"findings: {name}s", n) for name, n in self.findings.items()),
        ]
        table = Table(f"Collection {self.source}", ("what", "number"), tuple(rows))
        notes = [Note(str(problem), problem.severity) for problem in self.problems]
        return (table, *notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as it stands in JSON."""
        return {
            "source": self.source,
            "out": self.out,
            "pages": self.pages,
            "parsed": self.parsed,
            "resumed": self.resumed,
            "removed": self.removed,
            "sections": self.sections,
            "statements": self.statements,
            "interactions": self.interactions,
            "findings": dict(self.findings),
            "gaps": self.gaps,
        }
