"""The plan of an ED50 study as a result: risks, coverage, alternatives, advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from isobole.doseresponse import OutcomeDistribution
from isobole.doseresponse._outcome_blocks import (
    coverage_table,
    design_dict,
    outcome_figure,
    percent_text,
)
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    Text,
    format_number,
)

OFF: Final = 1.5
"""How far, as a factor, the true ED50 may be from the assumed one."""

REFERENCES: Final = (
    "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
    "Williams DA (1986) Interval estimation of the median lethal dose. "
    "Biometrics 42:641-645.",
)


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that can go wrong: its share of experiments, 0 to 1, and the words."""

    code: str
    share: float
    text: str
    consequence: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A design with the shares of experiments (0 to 1) it would give.

    `complete` is the share with an ED50 and both likelihood limits, `complete_if_off`
    the worst of it when the true ED50 is up to 1.5 times higher or lower; `within`
    the share whose estimate is within 1.5-fold of the truth.
    """

    kind: str
    label: str
    doses: tuple[float, ...]
    n: tuple[int, ...]
    no_finite_slope: float
    unbounded: float
    complete: float
    complete_if_off: float | Missing
    coverage: float
    median_fold: float | Missing
    within: float
    samples: int | None
    seed: int | None
    design: str

    @property
    def animals(self) -> int:
        """Animals in all."""
        return sum(self.n)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents, null with a reason."""
        off, fold = self.complete_if_off, self.median_fold
        reasons = [x.reason for x in (off, fold) if isinstance(x, Missing)]
        return {
            "kind": self.kind,
            "label": self.label,
            "doses": list(self.doses),
            "n": list(self.n),
            "animals": self.animals,
            "no_finite_slope": 100 * self.no_finite_slope,
            "unbounded": 100 * self.unbounded,
            "complete": 100 * self.complete,
            "complete_if_off": None if isinstance(off, Missing) else 100 * off,
            "coverage": 100 * self.coverage,
            "median_fold": None if isinstance(fold, Missing) else fold,
            "within_1_5_fold": 100 * self.within,
            "samples": self.samples,
            "seed": self.seed,
            "reason": " ".join(reasons) or None,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanEd50(Result):
    """What an ED50 study risks as planned, and what other designs would do.

    Parameters
    ----------
    outcome : OutcomeDistribution
        Everything about the design as planned.
    risks : tuple of Risk
    alternatives : tuple of Alternative
        First the plan itself, then other spacings with as many animals, then other
        group sizes at the planned doses.
    slope_meaning, message : str
        What the slope is in doses; the recommendation with its reasons.
    """

    outcome: OutcomeDistribution
    risks: tuple[Risk, ...]
    alternatives: tuple[Alternative, ...]
    slope_meaning: str
    message: str

    def risk(self, code: str) -> Risk:
        """Return one risk by its code."""
        for risk in self.risks:
            if risk.code == code:
                return risk
        listed = ", ".join(f"'{risk.code}'" for risk in self.risks)
        raise OptionError(f"there is no risk '{code}'; there are {listed}")

    def blocks(self) -> tuple[Block, ...]:
        """Return the plan as report blocks."""
        found = self.outcome
        unit = f" ({found.unit})" if found.unit else ""
        blocks: list[Block] = [
            Heading("What this ED50 study risks"),
            Text(f"Planned: {found.design}. {self.slope_meaning} {found.computed}"),
            Note(self.message),
            self.risk_table(),
            coverage_table(found, "ED50"),
            self.alternative_table(),
        ]
        if found.quantiles:
            blocks.append(outcome_figure(found, "ED50", unit))
        blocks.append(self.methods())
        return tuple(blocks)

    def risk_table(self) -> Table:
        """Return the risks of the design as planned."""
        return Table(
            f"Risks of {self.outcome.design}",
            ("risk", "what it means"),
            tuple((risk.text, risk.consequence) for risk in self.risks),
        )

    def alternative_table(self) -> Table:
        """Return the designs side by side."""
        unit = f" ({self.outcome.unit})" if self.outcome.unit else ""
        level = format_number(100 * self.outcome.level)
        rows: list[tuple[Cell, ...]] = []
        for a in self.alternatives:
            off, fold = a.complete_if_off, a.median_fold
            rows.append(
                (
                    a.label,
                    ", ".join(format_number(d) for d in a.doses),
                    " or ".join(str(k) for k in sorted(set(a.n))),
                    str(a.animals),
                    percent_text(a.no_finite_slope),
                    percent_text(a.unbounded),
                    percent_text(a.complete),
                    off if isinstance(off, Missing) else percent_text(off),
                    percent_text(a.coverage),
                    fold if isinstance(fold, Missing) else format_number(fold, 3),
                )
            )
        curve = self.outcome.curve
        notes = [
            f"All for a true ED50 of {format_number(curve.ed50)}"
            f"{f' {self.outcome.unit}' if self.outcome.unit else ''} and a slope of "
            f"{format_number(curve.slope)} ({curve.link}, per tenfold dose), nominal "
            f"{level} % likelihood limits. Complete: an ED50 and both limits; if off: "
            f"the worse case when the true ED50 is {OFF:g} times higher or lower.",
        ]
        drawn = [a for a in self.alternatives if a.samples is not None]
        if drawn:
            worst = format_number(50 / (drawn[0].samples or 1) ** 0.5, 2)
            notes.append(
                f"Sampled, not enumerated: {', '.join(a.label for a in drawn)} "
                f"({drawn[0].samples:,} tables each, seed {drawn[0].seed}; Monte Carlo "
                f"standard error at most {worst} percentage points)."
            )
        return Table(
            "Other designs",
            (
                "design",
                f"doses{unit}",
                "n per dose",
                "animals",
                "no finite slope",
                "side not bounded",
                "complete",
                "complete if off",
                "covers",
                "median upper / lower",
            ),
            tuple(rows),
            tuple(notes),
        )

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        found = self.outcome
        how = (
            "enumerating every possible outcome table"
            if found.samples is None
            else f"drawing {found.samples:,} outcome tables (seed {found.seed})"
        )
        return Methods(
            f"Doses and group sizes were chosen by {how} of the design ({found.design}"
            f"), weighting each by its product-binomial probability and refitting it "
            f"by maximum likelihood ({found.link}); limits are "
            f"{format_number(100 * found.level)} % profile-likelihood limits over "
            "rising curves.",
            REFERENCES,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: percents 0 to 100, null with a reason."""
        found = self.outcome
        design = design_dict(found)
        where = {key: design[key] for key in ("doses", "n", "ed50", "slope")}
        return {
            "design": {
                **design,
                "slope_meaning": self.slope_meaning,
                "ed84_ed16": found.curve.dose_ratio(),
                "computed": found.computed,
            },
            "risks": [
                {
                    "code": risk.code,
                    "percent": 100 * risk.share,
                    "sentence": f"With {found.design}: {risk.text}; "
                    f"{risk.consequence}.",
                    **where,
                }
                for risk in self.risks
            ],
            "coverage": [c.to_dict() for c in found.coverage],
            "alternatives": [a.to_dict() for a in self.alternatives],
            "message": self.message,
        }

    def __repr__(self) -> str:
        slope = percent_text(self.risk("no-finite-slope").share)
        whole = percent_text(self.alternatives[0].complete)
        return (
            f"PlanEd50({self.outcome.design}: {slope} without a finite slope, {whole} "
            "with an ED50 and both limits)"
        )
