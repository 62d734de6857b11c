"""A fitted quantal dose-response curve: status, coefficients, EDs, limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import _estimates as estimates
from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._goodness import GoodnessOfFit
from isobole.doseresponse._interval_table import IntervalTable
from isobole.doseresponse._links import Link, probability
from isobole.doseresponse._options import (
    INTERVALS,
    IntervalKind,
    Options,
    check_level,
    check_percent,
)
from isobole.doseresponse._solution import CurveSolution
from isobole.doseresponse._status import Status
from isobole.results import (
    Block,
    Estimate,
    Missing,
    OptionError,
    Problem,
    Result,
    check_choice,
    format_number,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.doseresponse._prepare_clusters import Clusters

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of the curve with its standard error."""

    estimate: float | Missing
    se: float | Missing

    def __str__(self) -> str:
        if isinstance(self.estimate, Missing):
            return "—"
        text = format_number(self.estimate)
        if isinstance(self.se, Missing):
            return text
        return f"{text} ± {format_number(self.se)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields, with a reason where one is null."""
        missing = [x.reason for x in (self.estimate, self.se) if isinstance(x, Missing)]
        return {
            "estimate": None if isinstance(self.estimate, Missing) else self.estimate,
            "se": None if isinstance(self.se, Missing) else self.se,
            **({"reason": missing[0]} if missing else {}),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuantalFit(Result):
    """A fitted quantal dose-response curve.

    `intercept` and `slope` are on log10 dose, the probit without the historical +5.
    `status` is the first thing that applies, `flags` all of them, `messages` one
    sentence each with the next step.
    """

    data: QuantalData
    options: Options
    status: Status
    flags: tuple[str, ...]
    messages: tuple[str, ...]
    intercept: Coefficient
    slope: Coefficient
    natural_response: Coefficient | None
    natural_at_boundary: bool
    goodness_of_fit: GoodnessOfFit
    loglik: float
    slope_chi2: float
    problems: tuple[Problem, ...]
    clusters: Clusters | None
    solution: CurveSolution = field(repr=False)

    @property
    def link(self) -> Link:
        """The link function."""
        return self.options.link  # type: ignore[return-value]

    @property
    def covariance(self) -> FloatArray | Missing:
        """Covariance of (intercept, slope) on log10 dose, times the heterogeneity."""
        if isinstance(self.slope.estimate, Missing):
            return Missing(self.slope.estimate.reason)
        if isinstance(self.slope.se, Missing):
            return self.slope.se
        return self.solution.covariance * self.goodness_of_fit.heterogeneity

    @property
    def message(self) -> str:
        """All sentences in one."""
        return " ".join(self.messages)

    @overload
    def ed(
        self,
        percent: float,
        *,
        interval: IntervalKind | None = None,
        level: float | None = None,
    ) -> Estimate: ...
    @overload
    def ed(
        self,
        percent: Sequence[float],
        *,
        interval: IntervalKind | None = None,
        level: float | None = None,
    ) -> tuple[Estimate, ...]: ...
    def ed(
        self,
        percent: float | Sequence[float],
        *,
        interval: IntervalKind | None = None,
        level: float | None = None,
    ) -> Estimate | tuple[Estimate, ...]:
        """Return the effective dose at one or several percents, with limits.

        Limits are formed on log dose. The likelihood set is taken over rising
        curves; it exists under separation too, where the dose itself is missing.

        Parameters
        ----------
        percent : float or sequence of float
            Effect above natural response, strictly between 0 and 100.
        interval : {"likelihood", "fieller", "delta", "calibrated", \
"litchfield-wilcoxon"}, optional
            Default: the convention's, else likelihood.
        level : float, optional
            Confidence; default the fit's.

        Raises
        ------
        OptionError
            For a percent, level or interval outside what is allowed.

        Examples
        --------
        >>> from isobole.doseresponse import fit_quantal
        >>> fit = fit_quantal(QuantalData([5, 10, 20, 40], [8] * 4, [0, 0, 8, 8]))
        >>> print(fit.ed(50).limits)
        (10, 20)
        """
        kind = interval or self.options.interval
        confidence = self.options.level if level is None else level
        check_choice("interval", kind, INTERVALS)
        check_level(confidence)
        asked: object = percent
        if isinstance(asked, str):
            msg = f"The effect is the text {asked!r}; give a number, such as 50."
            raise OptionError(msg)
        if isinstance(percent, Sequence):
            return tuple(self.ed(p, interval=interval, level=level) for p in percent)
        check_percent(float(percent))
        return estimates.effective_dose(self, float(percent), kind, confidence)

    def intervals(
        self, percent: float = 50.0, *, level: float | None = None
    ) -> IntervalTable:
        """Return every kind of interval for one effect side by side."""
        kinds: tuple[IntervalKind, ...] = ("likelihood", "fieller", "delta")
        return IntervalTable(
            tuple(self.ed(percent, interval=kind, level=level) for kind in kinds),
            float(percent),
        )

    def proportion_at(self, dose: FloatArray | float) -> FloatArray | Missing:
        """Return the fitted response (natural response included) at doses > 0."""
        if isinstance(self.intercept.estimate, Missing) or isinstance(
            self.slope.estimate, Missing
        ):
            return Missing("there is no finite curve")
        if self.solution.population is not None:
            return self.solution.population(np.log10(dose))
        eta = self.intercept.estimate + self.slope.estimate * np.log10(dose)
        c = self.solution.natural
        return np.asarray(c + (1 - c) * probability(self.link, eta))

    def enumerated_p(
        self, statistic: Literal["pearson", "deviance"] = "pearson"
    ) -> float | Missing:
        """Return the plug-in parametric-bootstrap p of the fit, by enumeration.

        Every possible table of the design is refitted and weighted by its
        probability at the estimate. Missing above 100,000 tables, under separation,
        and with natural response or clusters.
        """
        return estimates.enumerated_p(self, statistic)

    def exact_conditional_p(self) -> float | Missing:
        """Return the exact p of the logit fit, given its sufficient statistics."""
        return estimates.conditional_p(self)

    def to_dict(self, effects: Sequence[float] = (50.0,)) -> dict[str, Any]:
        """Return the curve as in ``isobole/ed50/1``."""
        from isobole.doseresponse._fit_json import curve_dict

        return curve_dict(self, effects)

    def to_frame(self, effects: Sequence[float] = (16.0, 50.0, 84.0)) -> Any:
        """Return a pandas DataFrame, one row per effect."""
        import pandas as pd

        return pd.DataFrame(self.to_dict(effects)["effects"])

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: tables, figure, notes, methods."""
        from isobole.doseresponse._report import fit_blocks

        return fit_blocks(self)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the curve on log-probit paper."""
        from isobole.doseresponse._figures import draw_curves

        return draw_curves([self], ax=ax)

    def __repr__(self) -> str:
        name = f"{self.data.curve}: " if self.data.curve else ""
        return f"QuantalFit({name}{self.ed(50)}; {self.status}, {self.link})"
