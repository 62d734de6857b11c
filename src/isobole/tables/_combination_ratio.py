"""Total doses of a mixture, parted into its drugs by a ratio the user states."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from isobole.doseresponse import QuantalData, fit_quantal
from isobole.results import DataError, Missing, Problem, ProblemList, format_number
from isobole.tables._problems import fatal
from isobole.tables._table import FloatArray

RatioBy = Literal["mass", "ed50"]
RATIO_BY: Final = ("mass", "ed50")
_MIXTURE = re.compile(r"\b(?:mix|mixture|mixed|comb|combination|combined|both)\b|[+&]")
# Shares written with two decimals need not sum to 1 more exactly than this.
_SUM: Final = 0.005


def parse_ratio(ratio: str | Sequence[float]) -> tuple[float, ...]:
    """Return the shares of a ratio such as ``"1:4"`` or ``(1, 4)``, summing to 1.

    Raises
    ------
    DataError
        If it cannot be read, or holds shares below 1 that do not sum to 1.

    Examples
    --------
    >>> parse_ratio("1:4"), parse_ratio((0.5, 0.5))
    ((0.2, 0.8), (0.5, 0.5))
    """
    text = ratio if isinstance(ratio, str) else ":".join(f"{x:g}" for x in ratio)
    parts = re.split(r"\s*[:/]\s*", text.strip())
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) < 2 or not all(0 < x < math.inf for x in numbers):
        raise DataError(
            [
                Problem(
                    "bad-ratio",
                    f"The ratio is '{text}'",
                    given=text,
                    expected="one part above 0 for each drug, such as 1:4",
                    remedy="Write the parts in the order of the drugs, with colons "
                    "between",
                )
            ]
        )
    total = sum(numbers)
    if max(numbers) < 1 and abs(total - 1) > _SUM * len(numbers):
        raise DataError(
            [
                Problem(
                    "ratio-does-not-sum",
                    f"The shares {text} sum to {total:g}",
                    given=text,
                    expected="shares that sum to 1",
                    remedy="Correct the shares, or write whole parts such as 1:4",
                )
            ]
        )
    return tuple(x / total for x in numbers)


@dataclass(frozen=True, slots=True)
class TotalDoses:
    """Total doses with the arm each row belongs to."""

    labels: Sequence[str]
    dose: FloatArray
    n: FloatArray
    affected: FloatArray
    column: str

    def arms(
        self, drugs: Sequence[str] | None, found: ProblemList
    ) -> tuple[tuple[str, ...], str]:
        """Return the names of the single arms, and that of the mixture."""
        given = [
            label for label, x in zip(self.labels, self.dose, strict=True) if x > 0
        ]
        names = list(dict.fromkeys(given))
        if drugs is None:
            mixed = [name for name in names if _is_mixture(name, names)]
            single = [name for name in names if name not in mixed]
        else:
            by_name = {name.casefold(): name for name in names}
            for drug in drugs:
                if drug.casefold() not in by_name:
                    fatal(found, self._no_arm(drug, names))
            single = [by_name[drug.casefold()] for drug in drugs]
            mixed = [name for name in names if name not in single]
        if len(mixed) != 1 or len(single) < 2:
            fatal(found, self._unclear(names, single, mixed))
        return tuple(single), mixed[0]

    def _no_arm(self, drug: str, names: Sequence[str]) -> Problem:
        listed = ", ".join(names)
        return Problem(
            "no-single-arm",
            f"No row of the column {self.column} names {drug}; there are {listed}",
            column=self.column,
            given=listed,
            expected=f"the arm of {drug} alone",
            remedy="Name the drugs as the column does, and add the arms that lack",
        )

    def _unclear(
        self, names: Sequence[str], single: Sequence[str], mixed: Sequence[str]
    ) -> Problem:
        listed = ", ".join(names)
        if len(mixed) == 1:
            return Problem(
                "no-single-arm",
                f"The mixture '{mixed[0]}' stands beside "
                f"{len(single) or 'no'} single drug{'s' * (len(single) != 1)}, so "
                "nothing says what additivity would be",
                column=self.column,
                given=listed,
                expected="two or more doses of each drug alone",
                remedy="Add the single-drug groups",
            )
        return Problem(
            "which-arm-is-the-mixture",
            f"Of the arms {listed}, {len(mixed) or 'none'} may be the mixture",
            column=self.column,
            given=listed,
            expected="two or more single drugs and one mixture",
            remedy="Name the single drugs (drugs='A,B'); several mixtures need a dose "
            "column for each drug",
        )

    def by_drug(
        self, single: Sequence[str], mixture: str, shares: Sequence[float]
    ) -> FloatArray:
        """Return the doses of every drug."""
        rows = np.zeros((len(self.labels), len(single)))
        for k, drug in enumerate(single):
            alone = np.array([label == drug for label in self.labels])
            mixed = np.array([label == mixture for label in self.labels])
            rows[alone, k] = self.dose[alone]
            rows[mixed, k] = self.dose[mixed] * shares[k]
        return rows

    def shares(
        self,
        single: Sequence[str],
        mixture: str,
        ratio: str | Sequence[float] | None,
        ratio_by: RatioBy | None,
        found: ProblemList,
    ) -> tuple[float, ...]:
        """Return the share of each drug in the total dose, as stated."""
        order = ":".join(single)
        if ratio is None:
            fatal(
                found,
                Problem(
                    "ratio-not-stated",
                    f"Only the total dose of '{mixture}' is recorded, and nothing says "
                    "how it was composed",
                    expected=f"the ratio {order}, and whether it is one of mass or of "
                    "ED50s",
                    remedy="State it, such as ratio='1:1' with ratio_by='mass' or "
                    "ratio_by='ed50', or give each drug a dose column",
                ),
            )
        try:
            parts = parse_ratio(ratio)
        except DataError as error:
            fatal(found, error.problems[0])
        if len(parts) != len(single):
            fatal(
                found,
                Problem(
                    "bad-ratio",
                    f"The ratio has {len(parts)} parts for {len(single)} drugs "
                    f"({', '.join(single)})",
                    expected="one part for each drug",
                    remedy=f"Write the parts in the order {order}",
                ),
            )
        if ratio_by is None:
            fatal(
                found,
                Problem(
                    "ratio-by-not-stated",
                    f"The ratio {order} may be one of mass or of ED50s",
                    expected="which of the two it is",
                    remedy="State ratio_by='mass', or ratio_by='ed50' where the drugs "
                    "were mixed in proportion to their ED50s",
                ),
            )
        if ratio_by == "ed50":
            weights = [
                f * self._ed50(drug, found)
                for f, drug in zip(parts, single, strict=True)
            ]
            parts = tuple(x / sum(weights) for x in weights)
        shown = ":".join(format_number(x / min(parts), 4) for x in parts)
        how = "as stated" if ratio_by == "mass" else "from the ED50s of these data"
        found.add(
            Problem(
                "ratio-stated",
                f"The total dose of '{mixture}' was parted {order} as {shown} by mass, "
                f"{how}; the shares are taken as known",
                severity="notice",
            )
        )
        return parts

    def _ed50(self, drug: str, found: ProblemList) -> float:
        """Return a drug's ED50 from its own rows and the rows of dose 0."""
        rows = np.array([label == drug for label in self.labels]) | (self.dose == 0)
        try:
            value = (
                fit_quantal(
                    QuantalData(self.dose[rows], self.n[rows], self.affected[rows]),
                    heterogeneity="none",
                )
                .ed(50)
                .value
            )
        except DataError as error:
            fatal(found, error.problems[0])
        if isinstance(value, Missing):
            fatal(
                found,
                Problem(
                    "no-ed50-for-ratio",
                    f"{drug} has no ED50 in these data ({value.reason.rstrip('.')}), "
                    "so a ratio of ED50s cannot be turned into one of doses",
                    expected="an ED50 of each drug",
                    remedy="State the ratio by mass: ratio_by='mass'",
                ),
            )
        return value


def _is_mixture(name: str, names: Sequence[str]) -> bool:
    key = name.casefold()
    others = [other for other in names if other != name and other.casefold() in key]
    return bool(_MIXTURE.search(key)) or len(others) > 1
