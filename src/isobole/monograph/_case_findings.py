"""What the pages say about a case: findings, conflicts, gaps, doses, exclusions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole.monograph._case import Case
from isobole.monograph._case_finding import CaseFinding, sides_of
from isobole.monograph._citation import citation
from isobole.monograph._dosing import DoseLine
from isobole.monograph._drugs import Drug
from isobole.results import RESEARCH_ONLY, Block, Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Gap:
    """Something asked for that no page says: never an all-clear."""

    what: str
    said: Literal["not stated", "unknown"]
    why: str

    def to_dict(self) -> dict[str, str]:
        """Return the gap as it stands in JSON."""
        return {"what": self.what, "said": self.said, "why": self.why}


@dataclass(frozen=True, slots=True)
class Excluded:
    """A page whose statements feed no finding, and why."""

    page: str
    statements: int
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {"page": self.page, "statements": self.statements, "why": self.why}


@dataclass(frozen=True, slots=True)
class Page:
    """A page or publication that was asked."""

    name: str
    title: str
    subject: str
    policy: str
    statements: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, repr=False)
class CaseFindings(Result):
    """What pages say about a case, ranked by strength; never advice.

    Parameters
    ----------
    case : Case
    about : Drug
        The drug asked about.
    drugs : tuple of Drug
        Every drug of the case, that one among them, in the order of their names.
    findings : tuple of CaseFinding
        What applies, strongest first.
    cannot_tell : tuple of CaseFinding
        What would apply if something were known, strongest first.
    gaps : tuple of Gap
        What is not stated, and names that are not known.
    doses : tuple of DoseLine
        The sources' own figures.
    notices : tuple of str
        About names and salts.
    missing : tuple of str
        What the case does not say and a finding, dose or gap would need.
    excluded : tuple of Excluded
    pages : tuple of Page

    Examples
    --------
    >>> from isobole.monograph import Case, ask, record
    >>> found = ask(record(), Case(conditions=("liver disease",)))
    >>> found.findings[0].title, found.findings[0].conflict
    ('Liver disease', True)
    """

    case: Case
    about: Drug
    drugs: tuple[Drug, ...]
    findings: tuple[CaseFinding, ...]
    cannot_tell: tuple[CaseFinding, ...]
    gaps: tuple[Gap, ...]
    doses: tuple[DoseLine, ...]
    notices: tuple[str, ...]
    missing: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    pages: tuple[Page, ...]

    def __repr__(self) -> str:
        conflicts = sum(one.conflict for one in self.findings)
        return (
            f"<CaseFindings for {self.about.name}: {len(self.findings)} findings, "
            f"{conflicts} with conflicting statements; {len(self.cannot_tell)} cannot "
            f"be told, {len(self.gaps)} not stated>"
        )

    def finding(self, rule: str) -> CaseFinding | None:
        """Return the first finding of a rule, whether it applies or cannot be told."""
        for one in (*self.findings, *self.cannot_tell):
            if one.rule == rule:
                return one
        return None

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks, the research-use line first."""
        from isobole.monograph._case_blocks import case_blocks

        return case_blocks(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as it stands in JSON."""
        return {
            "research_use": RESEARCH_ONLY,
            "case": self.case.to_dict(),
            "about": self.about.name,
            "drugs": [
                {
                    "given": one.given,
                    "name": one.name,
                    "moiety": one.moiety,
                    "classes": list(one.classes),
                    "known": one.known,
                }
                for one in self.drugs
            ],
            "notices": list(self.notices),
            "findings": [one.to_dict() for one in self.findings],
            "cannot_tell": [one.to_dict() for one in self.cannot_tell],
            "not_stated": [one.to_dict() for one in self.gaps],
            "doses": [one.to_dict() for one in self.doses],
            "missing": list(self.missing),
            "excluded": [one.to_dict() for one in self.excluded],
            "pages": [one.to_dict() for one in self.pages],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each statement of each finding."""
        import pandas as pd

        rows = [
            {
                "finding": one.id,
                "strength": one.strength,
                "verdict": one.verdict,
                "side": side,
                **{
                    name: citation(said).get(name)
                    for name in ("id", "kind", "words", "source", "line", "policy")
                },
            }
            for one in (*self.findings, *self.cannot_tell)
            for side, group in sides_of(one)
            for said in group
        ]
        names = (
            "finding", "strength", "verdict", "side", "id", "kind", "words", "source",
            "line", "policy",
        )  # fmt: skip
        return pd.DataFrame(rows, columns=list(names))

    def cards(self) -> dict[str, Any]:
        """Return CDS-Hooks-shaped cards, one for each finding."""
        from isobole.monograph._cards import cards

        return cards(self)

    def to_fhir(self) -> dict[str, Any]:
        """Return a FHIR R5 Bundle of ClinicalUseDefinition, validated.

        Raises
        ------
        OptionError
            If fhir.resources is not installed.
        """
        from isobole.monograph._fhir import fhir_bundle

        return fhir_bundle(self)
