"""A published interaction as its table prints it: text, so that decimals are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from isobole.combination._claim_fields import ClaimReader, plain
from isobole.combination._rounding import Printed
from isobole.combination._significance import Significance
from isobole.combination._summary_test import VarianceRule
from isobole.results import DoseUnit, InputFile, Problem

Number = str | float | None
Singles = Literal["printed", "derived"]
RatioBy = Literal["ed50", "mass"]
StatedTest = Literal["welch", "student", "ln-index"]
ClaimedVerdict = Literal["synergy", "additive", "antagonism"]

DERIVED_UNITS: Final = 2.5
"""Units of the last decimal by which values solved from other figures may vary."""


@dataclass(frozen=True, slots=True)
class PrintedSummary:
    """ED50, SEM and n as printed; None where a paper does not print one."""

    ed50: Printed | None
    sem: Printed | None
    n: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields: numbers as the paper writes them."""
        return {"ed50": plain(self.ed50), "sem": plain(self.sem), "n": self.n}


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Claim:
    """One row of a published table of interactions.

    Give numbers as text, ``"2.40"`` and not 2.4: how far the value behind a printed
    one may lie follows from its last decimal. None says that the paper does not print
    it; the audit then says what could not be checked.

    Main parameters
    ---------------
    drugs : sequence of str
        Two or more.
    ed50_mix, sem_mix, n_mix : str or number
        The mixture's ED50 as total dose, its SEM, the animals.
    ed50_add, sem_add, n_add : str or number, optional
        What the paper gives for additivity.
    index : str or number, optional
        The interaction index, ED50 of the mixture over the additive one.
    significance : str, optional
        As printed: ``"P<0.05"``, ``"**"``, ``"ns"``, ``"p=0.03"``.
    verdict : {"synergy", "additive", "antagonism"}, optional
        What the paper calls it.

    Other Parameters
    ----------------
    ed50s, sems, ns : sequences, optional
        Of the single drugs, in the order of `drugs`.
    singles : {"printed", "derived"}
        Whether these stand in the paper or were solved from its other figures; the
        latter may vary by 2.5 units of their last decimal.
    ratio : str, optional
        ``"1:1"``, in the order of `drugs`.
    ratio_by : {"ed50", "mass"}, optional
        Whether the ratio is one of ED50s or of dose; None tries both.
    rule : {"delta", "tallarida", "lublin"}, optional
        The variance rule the paper states.
    test : {"welch", "student", "ln-index"}, optional
        The test the paper states.
    sides : {1, 2}, optional
        Whether the paper states a one-sided or a two-sided test.
    unit : DoseUnit or str, optional
    source : str
        Where it is printed.
    row, inputs, notes : optional
        Where it was read from, and what was noticed.

    Raises
    ------
    DataError
        With every problem found, each with its remedy.

    Examples
    --------
    >>> claim = Claim(
    ...     ["PGB", "LCM"],
    ...     "8.17",
    ...     "2.40",
    ...     24,
    ...     "18.11",
    ...     "4.42",
    ...     36,
    ...     index="0.45",
    ...     significance="P<0.05",
    ...     test="welch",
    ... )
    >>> claim
    Claim(PGB + LCM: ED50 8.17 ± 2.40, additive 18.11 ± 4.42, P<0.05)
    """

    drugs: tuple[str, ...]
    singles: tuple[PrintedSummary, ...]
    singles_are: Singles
    mixture: PrintedSummary
    additive: PrintedSummary
    index: Printed | None
    significance: Significance | None
    verdict: ClaimedVerdict | None
    ratio: tuple[float, ...] | None
    ratio_by: RatioBy | None
    rule: VarianceRule | None
    test: StatedTest | None
    sides: Literal[1, 2] | None
    unit: DoseUnit | None
    source: str
    row: int | None
    inputs: tuple[InputFile, ...]
    notes: tuple[Problem, ...]

    def __init__(
        self,
        drugs: Sequence[str],
        ed50_mix: Number,
        sem_mix: Number = None,
        n_mix: Number = None,
        ed50_add: Number = None,
        sem_add: Number = None,
        n_add: Number = None,
        *,
        index: Number = None,
        significance: str | None = None,
        verdict: str | None = None,
        ed50s: Sequence[Number] | None = None,
        sems: Sequence[Number] | None = None,
        ns: Sequence[Number] | None = None,
        singles: str | None = None,
        ratio: str | None = None,
        ratio_by: str | None = None,
        rule: str | None = None,
        test: str | None = None,
        sides: Number = None,
        unit: DoseUnit | str | None = None,
        source: str = "",
        row: int | None = None,
        inputs: Sequence[InputFile] = (),
        notes: Sequence[Problem] = (),
    ) -> None:
        read = ClaimReader(row)
        names = read.drugs(drugs)
        are: Any = read.choice("singles", singles, ("printed", "derived")) or "printed"
        units = DERIVED_UNITS if are == "derived" else 0.5
        columns = [
            read.per_drug(name, values, len(names))
            for name, values in (("ed50", ed50s), ("sem", sems), ("n", ns))
        ]
        found = {
            "drugs": names,
            "singles": tuple(
                PrintedSummary(
                    read.positive(f"ed50_{letter}", a, units=units),
                    read.positive(f"sem_{letter}", s, units=units),
                    read.animals(f"n_{letter}", n),
                )
                for letter, a, s, n in zip(
                    "abcdefghijklmnopqrstuvwxyz", *columns, strict=False
                )
            ),
            "singles_are": are,
            "mixture": PrintedSummary(
                read.positive("ed50_mix", ed50_mix, required=True),
                read.positive("sem_mix", sem_mix),
                read.animals("n_mix", n_mix),
            ),
            "additive": PrintedSummary(
                read.positive("ed50_add", ed50_add),
                read.positive("sem_add", sem_add),
                read.animals("n_add", n_add),
            ),
            "index": read.positive("index", index),
            "significance": read.significance(significance),
            "verdict": read.verdict(verdict),
            "ratio": read.ratio(ratio, len(names)),
            "ratio_by": read.choice("ratio_by", ratio_by, ("ed50", "mass")),
            "rule": read.choice("rule", rule, ("delta", "tallarida", "lublin")),
            "test": read.choice("test", test, ("welch", "student", "ln-index")),
            "sides": read.sides(sides),
            "unit": read.unit(unit),
            "source": source.strip(),
            "row": row,
            "inputs": tuple(inputs),
            "notes": tuple(notes),
        }
        read.raise_errors()
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """The mixture: its drugs, joined."""
        return " + ".join(self.drugs)

    def __repr__(self) -> str:
        parts = [f"ED50 {_with_sem(self.mixture)}"]
        if self.additive.ed50 is not None:
            parts.append(f"additive {_with_sem(self.additive)}")
        if self.significance is not None:
            parts.append(self.significance.text)
        return f"Claim({self.name}: {', '.join(parts)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as printed; null is what the paper does not print."""
        return {
            "drugs": [
                {"name": name, **summary.to_dict()}
                for name, summary in zip(self.drugs, self.singles, strict=True)
            ],
            "singles": self.singles_are,
            "ratio": None if self.ratio is None else list(self.ratio),
            "ratio_by": self.ratio_by,
            "mixture": self.mixture.to_dict(),
            "additive": self.additive.to_dict(),
            "index": plain(self.index),
            "significance": plain(self.significance),
            "verdict": self.verdict,
            "rule": self.rule,
            "test": self.test,
            "sides": self.sides,
            "unit": None if self.unit is None else str(self.unit),
            "source": self.source,
            "row": self.row,
        }


def _with_sem(summary: PrintedSummary) -> str:
    return f"{summary.ed50} ± {summary.sem}" if summary.sem else str(summary.ed50)
