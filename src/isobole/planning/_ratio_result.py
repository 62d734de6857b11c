"""The evidence that a difference of two ED50s would need, as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from isobole.results import (
    Block,
    DoseUnit,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    import pandas as pd

REFERENCES: Final = (
    "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
)
USUAL: Final = 32
"""Animals per drug of a usual study: four doses of eight."""


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One way to compare the ED50s.

    `fold` is the larger over the smaller ED50. `n_per_drug` animals of each drug show
    it with four fixed doses; `n_at_best` if every animal stood at the ED50.
    """

    basis: str
    ed50s: tuple[float, float]
    unit: DoseUnit | None
    fold: float
    more_potent: str | None
    n_per_drug: int | Missing
    n_at_best: int | Missing

    @property
    def doses(self) -> tuple[str, str]:
        """The ED50s as text: as published, or four digits of a converted one."""
        digits = 4 if self.basis.startswith("per mole") else 6
        a, b = (format_number(dose, digits) for dose in self.ed50s)
        return a, b

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, null with a reason."""
        n = self.n_per_drug
        return {
            "basis": self.basis,
            "ed50s": list(self.ed50s),
            "unit": None if self.unit is None else str(self.unit),
            "fold": self.fold,
            "more_potent": self.more_potent,
            "n_per_drug": None if isinstance(n, Missing) else n,
            "n_at_best": None
            if isinstance(self.n_at_best, Missing)
            else self.n_at_best,
            "reason": n.reason if isinstance(n, Missing) else None,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RatioPlan(Result):
    """How many animals per drug a difference of two ED50s needs.

    Parameters
    ----------
    names : pair of str
        The drugs, in the order of the ED50s.
    rows : tuple of RatioRow
        As given, and per mole where the substances are known.
    per_mole : RatioRow or Missing
    slope, power, alpha : float
        Probits per tenfold dose; chance to find the difference; two-sided error.
    variance_factor : float
        Animals times slope squared times the variance of log10 ED50, four fixed
        doses.
    detectable : tuple of (animals per drug, fold)
        The difference found with that power.
    conversions : tuple of str
        How the doses were converted.
    """

    names: tuple[str, str]
    rows: tuple[RatioRow, ...]
    per_mole: RatioRow | Missing
    slope: float
    power: float
    alpha: float
    variance_factor: float
    detectable: tuple[tuple[int, float], ...]
    conversions: tuple[str, ...]

    @property
    def reversed(self) -> bool:
        """Whether the other drug is the more potent one per mole."""
        if isinstance(self.per_mole, Missing):
            return False
        potent = {self.rows[0].more_potent, self.per_mole.more_potent}
        return len(potent) == 2 and None not in potent

    def seen_with(self, animals: int) -> float:
        """Return the fold difference found with so many animals per drug.

        Examples
        --------
        >>> from isobole.planning import plan_ratio
        >>> round(plan_ratio(94.58, 97.41).seen_with(32), 2)
        1.54
        """
        n, fold = self.detectable[0]
        return float(10 ** (math.log10(fold) * math.sqrt(n / animals)))

    @property
    def message(self) -> str:
        """What the claimed difference needs, in words."""
        power = format_number(100 * self.power)
        said = [self._said(row) for row in self.rows]
        if self.reversed and not isinstance(self.per_mole, Missing):
            said.append(
                f"The order reverses: {self.rows[0].more_potent} is the more potent "
                f"as given, {self.per_mole.more_potent} {self.per_mole.basis}. Which "
                "one is meant must be said."
            )
        said.append(
            f"With {USUAL} animals per drug a difference of "
            f"{format_number(self.seen_with(USUAL), 3)}-fold is found with {power} % "
            "power; a smaller one claimed from such a study is not established by it."
        )
        return " ".join(said)

    def _said(self, row: RatioRow) -> str:
        a, b = row.doses
        unit = f" {row.unit}" if row.unit else ""
        how = row.basis[:1].upper() + row.basis[1:]
        if isinstance(row.n_per_drug, Missing) or isinstance(row.n_at_best, Missing):
            return (
                f"{how}, {a} v {b}{unit}: the ED50s are equal, nothing is to be shown."
            )
        return (
            f"{how}, {a} v {b}{unit}: {row.more_potent} is "
            f"{format_number(row.fold)} times more potent. Showing "
            f"that takes about {_about(row.n_per_drug)} animals per drug, and no fewer "
            "than "
            f"{_about(row.n_at_best)} however the doses are chosen."
        )

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        root = math.sqrt(self.variance_factor)
        usual = format_number(root / math.sqrt(USUAL) / self.slope, 2)
        return (
            "Assumed: two separate studies, animals independent; probit curves of "
            f"slope {format_number(self.slope)} per tenfold dose (tolerance SD "
            f"{format_number(1 / self.slope, 2)} log10) for both; four doses spread "
            "about a guess of the ED50, which makes the SE of log10 ED50 "
            f"{format_number(root, 3)} / (slope × √n), {usual} with {USUAL} animals, "
            "as simulated; two-sided test at "
            f"{format_number(100 * self.alpha, 3)} %, power "
            f"{format_number(100 * self.power)} %. At best every animal stands at the "
            "ED50 itself, which nobody knows beforehand. The formula is for large "
            "samples: below about 16 animals per drug it promises too much. Scatter "
            "between days or laboratories comes on top, and no number of animals "
            "removes it."
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the plan as report blocks."""
        power = format_number(100 * self.power)
        blocks: list[Block] = [
            Heading("Evidence for a difference of two ED50s"),
            Note(self.message),
            self.ratio_table(),
        ]
        if isinstance(self.per_mole, Missing):
            blocks.append(
                Text(f"{self.per_mole.reason[:1].upper()}{self.per_mole.reason[1:]}.")
            )
        blocks += [
            Table(
                f"Difference found with {power} % power",
                ("animals per drug", "ratio of ED50s"),
                tuple((n, round(fold, 3)) for n, fold in self.detectable),
            ),
            Text(self.assumptions()),
            *(Text(sentence) for sentence in self.conversions),
            self.methods(),
        ]
        return tuple(blocks)

    def ratio_table(self) -> Table:
        """Return the comparisons side by side."""
        a, b = self.names
        unit = self.rows[0].unit
        return Table(
            "Animals per drug",
            ("compared", f"ED50 {a}", f"ED50 {b}", "ratio", "four doses", "at best"),
            tuple(
                (
                    f"{row.basis}{f' ({row.unit})' if row.unit else ''}",
                    *row.doses,
                    float(format(row.fold, ".4g")),
                    row.n_per_drug,
                    row.n_at_best,
                )
                for row in self.rows
            ),
            () if unit else ("No unit was given.",),
        )

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        z = f"{format_number(100 * self.alpha, 3)} %"
        return Methods(
            "The number of animals per drug was computed for a two-sided test, at "
            f"{z}, of the difference of two log10 ED50s with power "
            f"{format_number(100 * self.power)} %: n = 2 k (z1 + z2)² / (slope × log10 "
            f"ratio)², k = {format_number(self.variance_factor, 3)} from a simulation "
            f"of four fixed doses, slope {format_number(self.slope)} probits per "
            "tenfold dose.",
            REFERENCES,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the body of ``isobole/plan-ratio/1``: power in percent."""
        gone = self.per_mole
        return {
            "names": list(self.names),
            "slope": self.slope,
            "power": 100 * self.power,
            "alpha": self.alpha,
            "variance_factor": self.variance_factor,
            "comparisons": [row.to_dict() for row in self.rows],
            "per_mole_reason": gone.reason if isinstance(gone, Missing) else None,
            "reversed": self.reversed,
            "detectable": [{"n": n, "fold": fold} for n, fold in self.detectable],
            "assumptions": self.assumptions(),
            "conversions": list(self.conversions),
            "message": self.message,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the comparisons as a data frame."""
        import pandas as pd

        return pd.DataFrame(
            {
                "basis": [row.basis for row in self.rows],
                "ed50_a": [row.ed50s[0] for row in self.rows],
                "ed50_b": [row.ed50s[1] for row in self.rows],
                "unit": [None if r.unit is None else str(r.unit) for r in self.rows],
                "fold": [row.fold for row in self.rows],
                "n_per_drug": pd.array(
                    [_whole(row.n_per_drug) for row in self.rows], dtype="Int64"
                ),
                "n_at_best": pd.array(
                    [_whole(row.n_at_best) for row in self.rows], dtype="Int64"
                ),
            }
        )

    def __repr__(self) -> str:
        told = "; ".join(
            f"{row.basis} {format_number(row.fold)}-fold: "
            + (
                "no number of animals"
                if isinstance(row.n_per_drug, Missing)
                else f"{row.n_per_drug} per drug"
            )
            for row in self.rows
        )
        return f"RatioPlan({self.names[0]} v {self.names[1]}, {told})"


def _whole(n: int | Missing) -> int | None:
    return None if isinstance(n, Missing) else n


def _about(n: int) -> str:
    """Write a number of animals with the two digits that the assumptions carry."""
    if n < 100:
        return str(n)
    power = 10 ** (len(str(n)) - 2)
    return f"{round(n / power) * power:,}"
