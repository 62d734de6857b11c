"""Several quantal curves compared: what `compare_curves` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._compare_records import (
    RATIO_INTERVALS,
    Adjust,
    CurvePair,
    LikelihoodRatio,
    RatioInterval,
    RelativePotency,
)
from isobole.doseresponse._fit_result import QuantalFit
from isobole.doseresponse._goodness import GoodnessOfFit
from isobole.doseresponse._joint_fit import JointFit
from isobole.doseresponse._links import Link
from isobole.doseresponse._options import Information
from isobole.results import (
    Block,
    Estimate,
    Missing,
    OptionError,
    Problem,
    Result,
    check_choice,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CurveComparison(Result):
    """Several quantal curves compared; made by `compare_curves`.

    `common` and `separate` are the joint fits and expose their covariances on log10
    dose; `heterogeneity` is judged on the separate-slopes fit of all curves pooled.
    """

    fits: tuple[QuantalFit, ...]
    names: tuple[str, ...]
    standard: str
    standard_potency: float
    link: Link
    information: Information
    interval: RatioInterval
    level: float
    adjust: Adjust
    common: JointFit = field(repr=False)
    separate: JointFit = field(repr=False)
    heterogeneity: GoodnessOfFit
    parallelism: LikelihoodRatio
    potencies: tuple[RelativePotency, ...]
    pairs: tuple[CurvePair, ...]
    messages: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def common_slope(self) -> float | Missing:
        """The slope common to all curves, per log10 dose."""
        found = [slope for slope in self.common.slope if slope is not None]
        return found[0] if found else Missing("there is no finite common slope.")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the rows and columns of `covariance`."""
        return (*(f"intercept of {name}" for name in self.names), "common slope")

    @property
    def covariance(self) -> FloatArray:
        """Covariance of `parameters` on log10 dose, times the heterogeneity factor.

        Rows and columns are 0 where a parameter has no finite estimate.
        """
        h = self.heterogeneity.heterogeneity
        return np.asarray(self.common.covariance(self.information) * h)

    def potency(self, curve: str, interval: RatioInterval | None = None) -> Estimate:
        """Return the potency of a curve relative to the standard."""
        others = tuple(found.curve for found in self.potencies)
        check_choice("curve", curve, others)
        kind = interval or self.interval
        check_choice("interval", kind, RATIO_INTERVALS)
        return next(found for found in self.potencies if found.curve == curve)[kind]

    def pair(self, first: str, second: str) -> CurvePair:
        """Return the comparison of two curves, in the order it was made."""
        check_choice("first", first, self.names)
        check_choice("second", second, self.names)
        for found in self.pairs:
            if {found.first, found.second} == {first, second} and first != second:
                return found
        msg = f"{first!r} and {second!r} are the same curve; name two."
        raise OptionError(msg)

    def __repr__(self) -> str:
        said = "; ".join(str(found[self.interval]) for found in self.potencies)
        p = self.parallelism.p
        shown = "—" if isinstance(p, Missing) else format_p(p)
        return f"CurveComparison({said}; parallelism p {shown}, {self.link})"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        values = [*self.common.intercept, value_or_none(self.common_slope)]
        gone = "a parameter without a finite estimate is null, its covariances 0"
        return {
            "standard": self.standard,
            "standard_potency": self.standard_potency,
            "link": self.link,
            "information": self.information,
            "interval": self.interval,
            "level": self.level,
            "adjust": self.adjust,
            "curves": [fit.to_dict() for fit in self.fits],
            "heterogeneity": self.heterogeneity.to_dict(),
            "parallelism": self.parallelism.to_dict(),
            "joint": {
                "parameters": list(self.parameters),
                "estimates": values,
                "covariance": self.covariance.tolist(),
                "deviance": self.common.deviance,
                "df": self.common.df,
                "reason": gone if None in values else None,
            },
            "potencies": [found.to_dict() for found in self.potencies],
            "pairs": [found.to_dict() for found in self.pairs],
            "messages": list(self.messages),
            "problems": [problem.to_dict() for problem in self.problems],
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per pair, kind of slope and interval."""
        import pandas as pd

        rows = [
            {"first": pair.first, "second": pair.second, "slopes": slopes}
            | estimate.to_dict()
            for pair in self.pairs
            for slopes, found in (("common", pair.common), ("separate", pair.separate))
            for estimate in found
        ]
        return pd.DataFrame(rows)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the curves on log-probit paper."""
        from isobole.doseresponse._figures import draw_curves

        return draw_curves(self.fits, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: potency, parallelism, curves, pairs, methods."""
        from isobole.doseresponse._compare_report import comparison_blocks

        return comparison_blocks(self)
