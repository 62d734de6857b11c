"""Scores as a planner expects them: two distributions over the levels of a scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isobole.planning._power_checks import check_distribution
from isobole.results import DataError, OptionError, Problem, format_number

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """Shares of animals at the levels, lowest first.

    Parameters
    ----------
    control, treated : tuple of float
        Empty where only `superiority` is known: scores without ties.
    superiority : float
        P(treated lower) + P(equal) / 2.
    odds_ratio : float or None
        Odds of a score at or below any level, treated over control, where the
        distributions are known to be proportional.
    """

    control: tuple[float, ...]
    treated: tuple[float, ...]
    superiority: float
    odds_ratio: float | None

    @property
    def tied(self) -> bool:
        """Whether there are levels, and so ties."""
        return bool(self.control)

    @property
    def same(self) -> bool:
        """Whether control and treated animals have the same scores."""
        if self.tied:
            return bool(np.allclose(self.control, self.treated, rtol=0, atol=1e-12))
        return self.superiority == 0.5

    def words(self) -> str:
        """Say what is expected."""
        said = f"P(treated lower) {format_number(self.superiority, 3)}"
        if self.odds_ratio is not None:
            said += f", odds ratio {format_number(self.odds_ratio, 3)}"
        return said

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares in percent."""
        gone = "only P(treated lower) was given: scores without ties"
        rows: dict[str, Any] = {}
        for name, shares in (("control", self.control), ("treated", self.treated)):
            rows[name] = [100 * share for share in shares] if shares else None
            rows[f"{name}_reason"] = None if shares else gone
        return {
            **rows,
            "superiority": self.superiority,
            "odds_ratio": self.odds_ratio,
            "odds_ratio_reason": None
            if self.odds_ratio is not None
            else "the distributions were not given by an odds ratio",
        }


def severity_model(
    control: Sequence[float] | None,
    treated: Sequence[float] | None,
    odds_ratio: float | None,
    superiority: float | None,
) -> SeverityModel:
    """Turn what is known of the two groups into distributions.

    Raises
    ------
    DataError
        If shares are no distribution, or the two differ in their levels.
    OptionError
        If what treatment does is missing, said twice or impossible.
    """
    said = [x is not None for x in (treated, odds_ratio, superiority)]
    if sum(said) != 1:
        msg = (
            "say once what treatment does: give one of treated (shares at the levels), "
            "odds_ratio and superiority"
        )
        raise OptionError(msg)
    if superiority is not None and not 0 < superiority < 1:
        msg = (
            f"superiority is {superiority}; give the chance that a treated animal "
            "scores lower than a control, ties counting one half, between 0 and 1: 0.5 "
            "is no difference"
        )
        raise OptionError(msg)
    if odds_ratio is not None and not (
        math.isfinite(odds_ratio) and 1e-3 <= odds_ratio <= 1e3
    ):
        msg = (
            f"odds_ratio is {odds_ratio}; give the odds of a low score under treatment "
            "over those of controls, 0.001 to 1000: above 1 where treatment helps"
        )
        raise OptionError(msg)
    if control is None:
        if superiority is None:
            raise OptionError("control is missing; give its shares at the levels")
        return SeverityModel((), (), superiority, None)
    base = check_distribution("control", control)
    if treated is not None:
        other = check_distribution("treated", treated)
        if other.size != base.size:
            raise DataError(
                [
                    Problem(
                        "levels-differ",
                        f"control has {base.size} levels and treated {other.size}",
                        remedy="Give a share for every level of one scale, 0 where no "
                        "animal is expected.",
                    )
                ]
            )
        return _made(base, other, None)
    if odds_ratio is None:
        assert superiority is not None
        odds_ratio = _odds_for(base, superiority)
    return _made(base, proportional(base, odds_ratio), odds_ratio)


def _made(
    control: FloatArray, treated: FloatArray, odds_ratio: float | None
) -> SeverityModel:
    return SeverityModel(
        tuple(control.tolist()), tuple(treated.tolist()), lower(control, treated),
        odds_ratio,
    )  # fmt: skip


def lower(control: FloatArray, treated: FloatArray) -> float:
    """Return P(treated lower) + P(equal) / 2.

    Examples
    --------
    >>> lower(np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    0.75
    """
    below = np.cumsum(treated) - treated
    return float(control @ (below + treated / 2))


def proportional(control: FloatArray, odds_ratio: float) -> FloatArray:
    """Return the distribution whose odds of a low score are so many times as high.

    Examples
    --------
    >>> proportional(np.array([0.5, 0.5]), 4.0).round(3).tolist()
    [0.8, 0.2]
    """
    at_or_below = np.cumsum(control)[:-1]
    moved = at_or_below * odds_ratio / (1 + at_or_below * (odds_ratio - 1))
    return np.diff(np.concatenate([[0.0], moved, [1.0]])).clip(min=0)


def _odds_for(control: FloatArray, superiority: float) -> float:
    from scipy.optimize import brentq

    ends = [lower(control, proportional(control, odds)) for odds in (1e-3, 1e3)]
    if not ends[0] < superiority < ends[1]:
        msg = (
            f"superiority {superiority} is out of reach from these control scores: "
            f"ties leave {ends[0]:.3f} to {ends[1]:.3f}. Give treated instead"
        )
        raise OptionError(msg)

    def gap(log_odds: float) -> float:
        return lower(control, proportional(control, math.exp(log_odds))) - superiority

    return math.exp(float(brentq(gap, math.log(1e-3), math.log(1e3), xtol=1e-12)))
