"""Protective and benefit indices as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import (
    Block,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    format_number,
)

_METHODS = (
    "The protective index is TD50 / ED50 of the same treatment; its limits are those "
    "of a ratio of two independent estimates (delta method on log10 dose). The benefit "
    "index is the protective index of a drug over a fixed dose of a partner divided by "
    "that of the drug alone, from four independent curves; its limits add their four "
    "variances on log10."
)


@dataclass(frozen=True, slots=True)
class TreatmentIndex:
    """TD50, ED50 and their ratio for one treatment; `partner` is its fixed dose."""

    treatment: str
    drug: str
    partner: str | None
    td50: Estimate
    ed50: Estimate
    index: Estimate


@dataclass(frozen=True, slots=True)
class BenefitIndex:
    """How much a partner widens the margin of a drug: PI with it / PI alone."""

    drug: str
    partner: str
    index: Estimate


@dataclass(frozen=True, slots=True, repr=False)
class ProtectiveIndices(Result):
    """Protective index of every treatment two studies share, and benefit indices.

    Parameters
    ----------
    td50_study, ed50_study : str
        Their ids.
    treatments : tuple of TreatmentIndex
    benefits : tuple of BenefitIndex
    level : float
        Confidence of all limits.
    notes : tuple of str
        What was left out, and what the two studies differ in.
    """

    td50_study: str
    ed50_study: str
    treatments: tuple[TreatmentIndex, ...]
    benefits: tuple[BenefitIndex, ...]
    level: float
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        said = ", ".join(
            f"{t.treatment} PI "
            + (
                "—"
                if isinstance(t.index.value, Missing)
                else f"{format_number(t.index.value)} {t.index.limits}"
            )
            for t in self.treatments
        )
        return f"ProtectiveIndices({said})"

    def blocks(self) -> tuple[Block, ...]:
        """Return the tables of both indices and how they were made."""
        found: list[Block] = [Heading("Protective index")]
        found += [Note(note) for note in self.notes]
        percent = format_number(100 * self.level)
        found.append(
            Table(
                f"Protective index TD50 / ED50, {percent} % limits",
                ("treatment", "unit", "TD50", "ED50", "index", "low", "high"),
                tuple(
                    (
                        t.treatment,
                        str(t.ed50.unit),
                        t.td50.value,
                        t.ed50.value,
                        t.index.value,
                        *_ends(t.index),
                    )
                    for t in self.treatments
                ),
                (f"TD50: study {self.td50_study}; ED50: study {self.ed50_study}.",),
            )
        )
        if self.benefits:
            found.append(
                Table(
                    f"Benefit index, {percent} % limits",
                    ("drug", "with", "index", "low", "high"),
                    tuple(
                        (b.drug, b.partner, b.index.value, *_ends(b.index))
                        for b in self.benefits
                    ),
                    ("Above 1: the partner widens the margin of the drug.",),
                )
            )
        found.append(Methods(_METHODS))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return both indices as they stand in JSON."""
        return {
            "td50_study": self.td50_study,
            "ed50_study": self.ed50_study,
            "level": self.level,
            "treatments": [
                {
                    "treatment": t.treatment,
                    "drug": t.drug,
                    "partner": t.partner or "none",
                    "td50": t.td50.to_dict(),
                    "ed50": t.ed50.to_dict(),
                    "index": t.index.to_dict(),
                }
                for t in self.treatments
            ],
            "benefits": [
                {"drug": b.drug, "partner": b.partner, "index": b.index.to_dict()}
                for b in self.benefits
            ],
            "notes": list(self.notes),
        }


def _ends(estimate: Estimate) -> tuple[float | Missing, float | Missing]:
    why = Missing(estimate.reason or "it has no limit on this side")
    return (
        why if estimate.low is None else estimate.low,
        why if estimate.high is None else estimate.high,
    )
