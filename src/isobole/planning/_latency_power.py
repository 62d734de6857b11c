"""Log-rank tests of thousands of simulated studies at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from isobole.planning._latency_model import BoolArray, FloatArray, LatencyModel
from isobole.planning._permutation_power import two_group_rejects


def draw_latencies(
    model: LatencyModel, n: int, m: int, *, samples: int, seed: int
) -> tuple[FloatArray, BoolArray]:
    """Return times and events, shape (studies, n + m); controls stand first."""
    control = model.draw(1, n, samples, seed, treated=False)
    treated = model.draw(2, m, samples, seed, treated=True)
    return (
        np.concatenate([control[0], treated[0]], axis=1),
        np.concatenate([control[1], treated[1]], axis=1),
    )


def log_rank_scores(time: FloatArray, event: BoolArray) -> FloatArray:
    """Return each animal's event less its pooled Nelson-Aalen hazard.

    Times of events are never tied here; those censored at the window come last, and
    none of them is an event.
    """
    order, hazard, _ = _hazards(time, event)
    scores = np.empty_like(hazard)
    sorted_events = np.take_along_axis(event, order, axis=1)
    np.put_along_axis(scores, order, sorted_events - hazard, axis=1)
    return scores


def _hazards(
    time: FloatArray, event: BoolArray
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    order = np.argsort(time, axis=1, kind="stable")
    left = np.arange(time.shape[1], 0, -1.0)
    events = np.take_along_axis(event, order, axis=1)
    return order, np.cumsum(events / left, axis=1), left


def permutation_rejects(
    time: FloatArray, event: BoolArray, n: int, alpha: float, seed: int
) -> BoolArray:
    """Say which studies the permutation log-rank test calls different."""
    scores = log_rank_scores(time, event)
    return two_group_rejects(scores, n, alpha, seed) & event.any(axis=1)


def asymptotic_rejects(
    time: FloatArray, event: BoolArray, n: int, alpha: float
) -> BoolArray:
    """Say which studies the chi-square log-rank test calls different."""
    order, _, left = _hazards(time, event)
    events = np.take_along_axis(event, order, axis=1)
    controls = (order < n).astype(np.float64)
    share = np.cumsum(controls[:, ::-1], axis=1)[:, ::-1] / left
    difference = ((controls - share) * events).sum(axis=1)
    variance = (share * (1 - share) * events).sum(axis=1)
    cut = float(ndtri(1 - alpha / 2)) ** 2
    return np.asarray((variance > 0) & (difference**2 >= cut * variance))
