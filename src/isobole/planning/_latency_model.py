"""Latencies as a planner expects them, and the studies drawn from that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.planning._power_checks import check_share
from isobole.results import OptionError, format_number

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class LatencyModel:
    """Proportional hazards within one window.

    Parameters
    ----------
    control : float
        Hazard of the event in controls, integrated over the window.
    hazard_ratio : float
        Hazard of treated animals over that of controls; 0 if none has the event.
    death : float
        Integrated hazard of death without the event, the same in all groups.
    window : float
        Length of the observation.
    unit : str
        Unit of time.
    """

    control: float
    hazard_ratio: float
    death: float
    window: float
    unit: str

    def event_share(self, treated: bool) -> float:
        """Return the share of animals in which the event is seen."""
        hazard = self.control * (self.hazard_ratio if treated else 1.0)
        both = hazard + self.death
        return hazard / both * -math.expm1(-both) if both else 0.0

    def median(self, treated: bool) -> float | None:
        """Return the median latency of a constant hazard; None beyond the window."""
        hazard = self.control * (self.hazard_ratio if treated else 1.0)
        if hazard < math.log(2):
            return None
        return self.window * math.log(2) / hazard

    def draw(
        self, stream: int, n: int, samples: int, seed: int, *, treated: bool
    ) -> tuple[FloatArray, BoolArray]:
        """Return times (in windows) and events of n animals in each study.

        The first animals of a longer draw are those of a shorter one, so that powers
        at neighbouring sizes share their chance.
        """
        rng = np.random.default_rng([seed, stream])
        waits = -np.log1p(-rng.random((n, 2, samples)))
        hazard = self.control * (self.hazard_ratio if treated else 1.0)
        with np.errstate(divide="ignore"):
            event = waits[:, 0].T / max(hazard, _LEAST * _LEAST)
            death = waits[:, 1].T / max(self.death, _LEAST * _LEAST)
        seen = (event < death) & (event < 1)
        return np.minimum(np.minimum(event, death), 1.0), seen

    def to_dict(self) -> dict[str, Any]:
        """Return what is expected, as it stands in JSON: shares in percent."""
        medians = [self.median(treated) for treated in (False, True)]
        gone = "fewer than half have the event within the window"
        return {
            "window": self.window,
            "time_unit": self.unit,
            "hazard_ratio": self.hazard_ratio,
            "control_events": 100 * self.event_share(False),
            "treated_events": 100 * self.event_share(True),
            "control_median": medians[0],
            "control_median_reason": None if medians[0] else gone,
            "treated_median": medians[1],
            "treated_median_reason": None if medians[1] else gone,
            "deaths": -100 * math.expm1(-self.death),
        }


def latency_model(
    *,
    window: float,
    control_median: float | None,
    control_events: float | None,
    treated_median: float | None,
    treated_events: float | None,
    hazard_ratio: float | None,
    deaths: float,
    unit: str,
) -> LatencyModel:
    """Turn one statement about controls and one about treated animals into hazards.

    Raises
    ------
    DataError
        If a share is none.
    OptionError
        If a statement is missing, said twice or impossible.
    """
    if not (math.isfinite(window) and window > 0):
        msg = f"window is {window}; give the length of the observation, as 1800"
        raise OptionError(msg)
    control = _hazard("control", window, control_median, control_events)
    if control is None:
        msg = (
            "nothing is said about controls; give control_median (in units of the "
            "window) or control_events (the share that has the event within it)"
        )
        raise OptionError(msg)
    if control == 0:
        msg = (
            "no control has the event, so no treatment can delay it; give the share of "
            "controls that have it within the window"
        )
        raise OptionError(msg)
    treated = _hazard("treated", window, treated_median, treated_events)
    if (treated is None) == (hazard_ratio is None):
        msg = (
            "say once what treatment does: give one of hazard_ratio, treated_median "
            "and treated_events"
        )
        raise OptionError(msg)
    if hazard_ratio is None:
        assert treated is not None
        hazard_ratio = treated / control
    elif not (math.isfinite(hazard_ratio) and 0 <= hazard_ratio <= 1000):
        msg = (
            f"hazard_ratio is {hazard_ratio}; give hazard under treatment over that of "
            "controls: below 1 where treatment delays, 0 where none has the event"
        )
        raise OptionError(msg)
    share = check_share("deaths", deaths)
    if share == 1:
        raise OptionError("deaths is 1: with every animal dead there is no latency")
    return LatencyModel(
        control, float(hazard_ratio), -math.log1p(-share), float(window), unit
    )


def _hazard(
    who: str, window: float, median: float | None, events: float | None
) -> float | None:
    if median is not None and events is not None:
        msg = (
            f"{who}_median and {who}_events are both given; give one of them, the "
            "other follows"
        )
        raise OptionError(msg)
    if median is not None:
        if not (math.isfinite(median) and median > 0):
            raise OptionError(f"{who}_median is {median}; give a time above 0")
        if median < window * 1e-6:
            msg = (
                f"{who}_median is {format_number(median)} and the window "
                f"{format_number(window)}; give both in one unit"
            )
            raise OptionError(msg)
        return math.log(2) * window / median
    if events is None:
        return None
    share = check_share(f"{who}_events", events)
    if share == 1:
        msg = (
            f"{who}_events is 1: that every animal has the event says not how early; "
            f"give {who}_median instead"
        )
        raise OptionError(msg)
    return -math.log1p(-share)
