"""The line of the anticonvulsant literature: ED50 ± SEM, N', probit equation, S."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._estimator_result import QuantalEstimate, fields_to_dict
from isobole.doseresponse._litchfield_wilcoxon import (
    Heterogeneity,
    litchfield_wilcoxon,
)
from isobole.doseresponse._lw_line import Line
from isobole.doseresponse._lw_summary import LitchfieldWilcoxonDetails
from isobole.results import (
    Block,
    Estimate,
    Missing,
    Result,
    Text,
    format_number,
)


@dataclass(frozen=True, slots=True, repr=False)
class ED50Line(Result):
    """ED50 with its SEM and N', the probit equation with +5, and S.

    Parameters
    ----------
    ed50 : Estimate
        With the Litchfield-Wilcoxon limits.
    sem : float or Missing
        Standard error on the dose scale: ln 10 ED50 SE(log10 ED50).
    n_prime : int or Missing
        Animals at doses with an expected effect of 16 to 84 % (probits 4 to 6).
    intercept, slope : float or Missing
        y = intercept + slope log10 x, y in probits with 5 added.
    s : float or Missing
        Slope function.
    """

    ed50: Estimate
    sem: float | Missing
    n_prime: int | Missing
    intercept: float | Missing
    slope: float | Missing
    s: float | Missing
    source: QuantalEstimate[LitchfieldWilcoxonDetails]

    @property
    def text(self) -> str:
        """The line as papers print it, or the reason there is none."""
        if isinstance(self.ed50.value, Missing):
            return f"ED50 —: {self.ed50.value.reason}"
        unit = f" {self.ed50.unit}" if self.ed50.unit else ""
        mean = format_number(self.ed50.value)
        if isinstance(self.sem, Missing):
            first = f"ED50 {mean}{unit} (no SEM: {self.sem.reason.rstrip('.')})"
        else:
            error = format_number(self.sem, 3)
            first = f"ED50 {mean} ± {error}{unit} (SEM, N' = {_text(self.n_prime)})"
        return (
            f"{first}; y = {_text(self.intercept)} + {_text(self.slope)} log x; "
            f"S = {_text(self.s)}"
        )

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"ED50Line({self.text})"

    def blocks(self) -> tuple[Block, ...]:
        """Return the line, then what it was read from."""
        return (Text(self.text), *self.source.blocks())

    def to_dict(self) -> dict[str, Any]:
        """Return the line as it stands in JSON; nulls have their reason beside."""
        return {**fields_to_dict(self), "text": self.text}


def _text(value: float | Missing) -> str:
    return "—" if isinstance(value, Missing) else format_number(value)


def ed50_line(
    data: QuantalData,
    *,
    line: Line = "likelihood",
    window: tuple[float, float] = (16.0, 84.0),
    heterogeneity: Heterogeneity = "test",
) -> ED50Line:
    """Give the ED50 as anticonvulsant papers print it, in one call.

    The SEM is Litchfield and Wilcoxon's factor as a standard error (see
    `litchfield_wilcoxon` for the formulas and options). A test of ED50s on these
    figures has N' - 2 degrees of freedom per curve.

    Raises
    ------
    OptionError
        As `litchfield_wilcoxon`.

    Examples
    --------
    >>> data = QuantalData([5, 10, 15, 20, 30], [8] * 5, [1, 2, 4, 6, 8], unit="mg/kg")
    >>> print(ed50_line(data, line=(-4.267041, 3.832745)))
    ED50 12.98 ± 2.24 mg/kg (SEM, N' = 24); y = 0.733 + 3.833 log x; S = 1.817
    """
    result = litchfield_wilcoxon(
        data, line=line, window=window, heterogeneity=heterogeneity
    )
    found = result.details
    shifted = (
        found.intercept if isinstance(found.intercept, Missing) else found.intercept + 5
    )
    return ED50Line(
        result.ed(50), found.sem, found.n_prime, shifted, found.slope, found.s, result
    )
