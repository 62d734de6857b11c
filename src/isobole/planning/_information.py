"""Where the next animals tell most of log10 ED50: expected information of doses."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Array = NDArray[Any]


def information(weight: Array, chance: Array) -> Array:
    """Return the expected information of one animal at each dose, in nats.

    The mutual information of its outcome y and log10 ED50 mu, with the slope averaged
    out (Lindley 1956): I = H(y) - E over mu of H(y | mu), each probability being
    E over slope given mu of Phi(slope (x - mu)).

    Parameters
    ----------
    weight : array, shape (rows, mu, slope)
        Posterior weights; rows need not sum to 1, and the answer is then the
        information times the row's sum.
    chance : array, shape (mu, slope, x)
        Chance to be affected.

    Returns
    -------
    array, shape (rows, x)
    """
    hit = np.matmul(weight.transpose(1, 0, 2), chance)  # (mu, rows, x)
    each = weight.sum(axis=2).T[:, :, None]
    total = each.sum(axis=0)
    affected = hit.sum(axis=0)
    spared = np.maximum(each - hit, 0)
    known = (_xlogx(hit) + _xlogx(spared)).sum(axis=0) - xlogy(each, each).sum(axis=0)
    left = np.maximum(total - affected, 0)
    overall = xlogy(total, total) - xlogy(affected, affected) - xlogy(left, left)
    gain: Array = overall + known
    return gain


def _xlogx(x: Array) -> Array:
    tiny = np.finfo(x.dtype).tiny
    out: Array = x * np.log(np.maximum(x, tiny))
    return out


def choose_batch(
    weight: Array, chance: Array, size: int, *, nearest: Array | None = None
) -> NDArray[np.int64]:
    """Choose doses for `size` animals, dosed together, one after the other greedily.

    Each animal is put where it tells most of log10 ED50 given the outcomes of the
    animals already in the batch, averaged exactly over all of their 2^k outcomes.

    Parameters
    ----------
    weight : array, shape (rows, mu, slope)
    chance : array, shape (mu, slope, x)
    size : int
    nearest : array, shape (x,), optional
        Among doses that tell equally much (to 1 part in a million) the one with the
        smallest value here is taken; without it the first.

    Returns
    -------
    array of int, shape (rows, size)
        Positions of the doses.
    """
    rows = weight.shape[0]
    chosen = np.empty((rows, size), dtype=np.int64)
    states = weight[:, None]  # (rows, outcomes so far, mu, slope)
    for animal in range(size):
        flat = states.reshape(-1, *weight.shape[1:])
        gain = information(flat, chance).reshape(rows, states.shape[1], -1).sum(axis=1)
        best = (
            np.argmax(gain, axis=1) if nearest is None else _tie_broken(gain, nearest)
        )
        chosen[:, animal] = best
        if animal + 1 < size:
            at = chance[:, :, best].transpose(2, 0, 1)[:, None]
            hit = states * at
            states = np.concatenate([hit, states - hit], axis=1)
    return chosen


def choose_together(
    weight: Array, chance: Array, size: int, *, nearest: Array
) -> list[int]:
    """Choose as `choose_batch` does for one row, outcomes of equal doses counted once.

    A dose given to k animals has k + 1 outcomes instead of 2^k, so that a rack of 12
    stays small. Weight has shape (mu, slope).
    """
    chosen: list[int] = []
    for _ in range(size):
        states = outcome_weights(weight, chance, chosen)
        gain = np.zeros(chance.shape[2])
        for begin in range(0, len(states), 128):  # bounds the memory
            gain += information(states[begin : begin + 128], chance).sum(axis=0)
        chosen.append(int(_tie_broken(gain[None], nearest)[0]))
    return chosen


def outcome_weights(weight: Array, chance: Array, chosen: Sequence[int]) -> Array:
    """Return weight times likelihood for every outcome of animals at `chosen` doses.

    The array has shape (outcomes, mu, slope); its sum over outcomes is `weight`.
    """
    states = weight[None]
    for at in sorted(set(chosen)):
        n = chosen.count(at)
        p = chance[:, :, at]
        ways = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
        states = np.concatenate([states * way for way in ways])
    return states


def mutual_information(weight: Array, after: Array) -> float:
    """Return the information of a batch on log10 ED50, in nats: I = H(mu) - E H(mu|y).

    Parameters
    ----------
    weight : array, shape (mu, slope)
        Posterior weights before, summing to 1.
    after : array, shape (outcomes, mu, slope)
        Of `outcome_weights`.
    """
    before = weight.sum(axis=1)
    each = after.sum(axis=2)
    share = each.sum(axis=1)
    gain = xlogy(each, each).sum() - xlogy(share, share).sum()
    return float(gain - xlogy(before, before).sum())


def _tie_broken(gain: Array, nearest: Array) -> NDArray[np.int64]:
    top = gain.max(axis=1, keepdims=True)
    equal = gain >= top - 1e-6 * np.abs(top)
    best: NDArray[np.int64] = np.where(equal, nearest, np.inf).argmin(axis=1)
    return best
