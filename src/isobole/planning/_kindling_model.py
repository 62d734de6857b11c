"""Stimulations to the fully-kindled rule as a planner expects them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.planning._power_checks import check_distribution, whole
from isobole.results import NotComputable, OptionError, format_number

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LONGEST: Final = 500
_TAIL: Final = 1e-10


@dataclass(frozen=True, slots=True)
class KindlingModel:
    """Shares of animals that reach the rule with stimulation 1, 2, 3 and so on.

    Parameters
    ----------
    control, treated : tuple of float
    sessions : int or None
        Stimulations after which every animal stops, kindled or not.
    shape : str
        Where the distributions come from, in words.
    """

    control: tuple[float, ...]
    treated: tuple[float, ...]
    sessions: int | None
    shape: str

    def moments(self, treated: bool) -> tuple[float, float]:
        """Return mean and SD of the stimulations, were all animals to go on."""
        share = np.array(self.treated if treated else self.control)
        count = np.arange(1, share.size + 1)
        mean = float(share @ count)
        return mean, math.sqrt(max(0.0, float(share @ (count - mean) ** 2)))

    def reached(self, treated: bool) -> float:
        """Return the share that reaches the rule within the sessions."""
        share = self.treated if treated else self.control
        return min(1.0, math.fsum(share[: self.sessions]))

    def draw(
        self, n: int, m: int, *, samples: int, seed: int
    ) -> tuple[NDArray[np.int64], BoolArray]:
        """Return stimulations and whether the rule was reached; controls first."""
        drawn = [
            np.searchsorted(
                np.cumsum(share)[:-1],
                np.random.default_rng([seed, stream]).random((size, samples)),
                side="right",
            ).T
            + 1
            for stream, (share, size) in enumerate(
                ((self.control, n), (self.treated, m))
            )
        ]
        count = np.concatenate(drawn, axis=1)
        if self.sessions is None:
            return count, np.ones(count.shape, dtype=bool)
        return np.minimum(count, self.sessions), count <= self.sessions

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares in percent."""
        (mean, sd), (treated_mean, treated_sd) = self.moments(False), self.moments(True)
        return {
            "design": "parallel groups",
            "control_mean": mean,
            "control_sd": sd,
            "treated_mean": treated_mean,
            "treated_sd": treated_sd,
            "sessions": self.sessions,
            "sessions_reason": None if self.sessions else "every animal goes on to it",
            "control_reached": 100 * self.reached(False),
            "treated_reached": 100 * self.reached(True),
            "distribution": self.shape,
        }


def kindling_model(
    mean: float | None,
    sd: float | None,
    times: float | None,
    control: Sequence[float] | None,
    treated: Sequence[float] | None,
    sessions: int | None,
) -> KindlingModel:
    """Turn mean, SD and ratio, or two distributions, into a model.

    Raises
    ------
    DataError
        If shares are no distribution.
    OptionError
        If a statement is missing, said twice or impossible.
    """
    if sessions is not None:
        whole("sessions", sessions, 1, _LONGEST, "the last stimulation")
    by_shape = [x is not None for x in (mean, sd, times)]
    by_shares = [x is not None for x in (control, treated)]
    if any(by_shape) == any(by_shares) or not (all(by_shape) or all(by_shares)):
        msg = (
            "say what is expected once: mean and sd of the controls' stimulations and "
            "times (how many times as many treated animals need), or control and "
            "treated as shares of animals at stimulation 1, 2, 3, ..."
        )
        raise OptionError(msg)
    if control is not None and treated is not None:
        first = check_distribution("control", control)
        second = check_distribution("treated", treated)
        return KindlingModel(
            tuple(first.tolist()), tuple(second.tolist()), sessions, "as given"
        )
    assert mean is not None
    assert sd is not None
    assert times is not None
    if not (math.isfinite(times) and 0.1 <= times <= 10):
        msg = (
            f"times is {times}; give how many times as many stimulations treated "
            "animals need, 0.1 to 10: above 1 where treatment slows kindling"
        )
        raise OptionError(msg)
    shares = [_gamma(mean * by, sd * by) for by in (1.0, times)]
    return KindlingModel(
        shares[0], shares[1], sessions,
        "gamma distribution rounded up to whole stimulations, with this mean and SD",
    )  # fmt: skip


def _gamma(mean: float, sd: float) -> tuple[float, ...]:
    """Return a rounded-up gamma distribution with this mean and SD."""
    if not (math.isfinite(mean) and 1 < mean <= _LONGEST / 5):
        msg = (
            f"a mean of {mean:g} stimulations; give a number above 1 and at most "
            f"{_LONGEST // 5}, for controls and treated animals alike"
        )
        raise OptionError(msg)
    if not (math.isfinite(sd) and 0.5 <= sd <= 2 * mean):
        msg = (
            f"an SD of {sd:g} stimulations with a mean of {mean:g}; give 0.5 to twice "
            "the mean, or the distributions themselves"
        )
        raise OptionError(msg)
    from scipy.optimize import root
    from scipy.special import gammainc

    steps = np.arange(_LONGEST + 1.0)
    count = steps[1:]

    def shares(log: FloatArray) -> FloatArray:
        centre, spread = np.exp(log)
        shape = (centre / spread) ** 2
        made = np.diff(gammainc(shape, steps * shape / centre))
        return np.asarray(made / made.sum())

    def gap(log: FloatArray) -> list[float]:
        made = shares(log)
        at = float(made @ count)
        return [at - mean, math.sqrt(max(0.0, float(made @ (count - at) ** 2))) - sd]

    start = np.log([max(mean - 0.5, 0.3), math.sqrt(max(sd**2 - 1 / 12, 0.05))])
    found = root(gap, start, tol=1e-10)
    if not found.success or max(map(abs, gap(found.x))) > 1e-6:
        msg = (
            f"no rounded gamma distribution has a mean of {format_number(mean)} and an "
            f"SD of {format_number(sd)} stimulations; give the distributions "
            "themselves, as control and treated"
        )
        raise NotComputable(msg)
    made = shares(found.x)
    last = int(np.flatnonzero(np.cumsum(made) >= 1 - _TAIL)[0]) + 1
    return tuple((made[:last] / made[:last].sum()).tolist())


def discrete_scores(count: NDArray[np.int64], reached: BoolArray) -> FloatArray:
    """Return log-rank scores of counts with ties: event less pooled hazard."""
    hazard = np.zeros(count.shape)
    for step in range(1, int(count.max()) + 1):
        here = count >= step
        at_risk = here.sum(axis=1)
        events = ((count == step) & reached).sum(axis=1)
        rate = np.divide(events, at_risk, out=np.zeros(len(count)), where=at_risk > 0)
        hazard += here * rate[:, None]
    return reached - hazard
