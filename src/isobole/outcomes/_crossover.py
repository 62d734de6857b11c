"""Two-period crossover of vehicle and drug in kindled animals, with its period term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from isobole.outcomes._crossover_result import Crossover
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import check_level, same_length
from isobole.outcomes._kindling_permutation import permute_two
from isobole.outcomes._own_control_pairs import PairOutcome, read_pairs
from isobole.results import DataError, Estimate, Limits, Missing, Problem

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

QUESTIONS = (
    "drug against vehicle",
    "second period against first",
    "carry-over (sums of both periods, by sequence)",
)


def crossover(
    value_vehicle: Sequence[Any],
    value_drug: Sequence[Any],
    sequence: Sequence[str],
    *,
    outcome: PairOutcome = "stage",
    levels: Sequence[float] | None = None,
    animals: Sequence[object] | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Crossover:
    """Compare drug with vehicle in a two-period crossover, order allowed for.

    The treatment is judged by the differences between periods, compared between the
    animals that had vehicle first and those that had it second; the period by the
    differences between treatments, compared likewise; carry-over by the sums. For
    durations with t (Hills and Armitage 1979), for stages and yes-no outcomes by exact
    rank sums, which permute animals between sequences (Koch 1972).

    Parameters
    ----------
    value_vehicle, value_drug : sequences of number or None
        One pair per animal; None where a value is lost.
    sequence : sequence of "VD" or "DV"
        Which came first: vehicle (VD) or drug (DV).
    outcome : {"stage", "add", "yes-no"}
        Stages, seconds of afterdischarge, or 1 and 0 for yes and no.
    levels : sequence of float
        Every stage of the scale, lowest first; with stages only.
    animals : sequence, optional
        Names; numbered in the order given without it.
    level : float
        Confidence of limits (durations only).
    seed : int
        For random allocations where there are too many to count them all.

    Returns
    -------
    Crossover

    Raises
    ------
    DataError
        If a sequence is neither VD nor DV, or one of them has no complete pair.

    Examples
    --------
    >>> found = crossover(
    ...     [78, 92, 65, 81], [41, 85, 30, 40], ["VD", "DV", "VD", "DV"], outcome="add"
    ... )
    >>> print(found.estimate("drug"))
    drug less vehicle (s) −30 [−66.64, 6.636] (95 % t, pooled over sequences)
    """
    check_level(level)
    same_length(value_vehicle=value_vehicle, value_drug=value_drug, sequence=sequence)
    pairs, whole = read_pairs(
        value_vehicle, value_drug, ("vehicle", "drug"), outcome, levels, animals
    )
    order = _sequences(sequence)
    vehicle_first = np.array([s == "VD" for s in order])[whole]
    for name, count in (
        ("VD", int(vehicle_first.sum())),
        ("DV", int((~vehicle_first).sum())),
    ):
        if not count:
            raise DataError(
                [
                    Problem(
                        "one-sequence",
                        f"no animal with both values had the sequence {name}",
                        column="sequence",
                        remedy="Without both orders, drug and period cannot be told "
                        "apart; compare the days with own_control and say so.",
                    )
                ]
            )
    effect = pairs.second - pairs.first  # drug less vehicle
    total = pairs.second + pairs.first
    step = np.where(vehicle_first, effect, -effect)  # second period less first
    if outcome == "add":
        tests, estimates = _by_t(effect, step, total, vehicle_first, level)
    else:
        tests = tuple(
            _by_ranks(question, values, vehicle_first, seed)
            for question, values in zip(QUESTIONS, (step, effect, total), strict=True)
        )
        estimates = ()
    lower, higher = int((effect < 0).sum()), int((effect > 0).sum())
    return Crossover(
        outcome,
        pairs,
        tuple(s for s, ok in zip(order, whole, strict=True) if ok),
        lower,
        higher,
        tests,
        estimates,
        level,
        seed,
    )


def _by_ranks(
    question: str, values: FloatArray, first: BoolArray, seed: int
) -> HypothesisTest:
    from scipy.stats import rankdata

    ranks = rankdata(values)
    words = "rank sum of the sequence VD, two-sided, midranks"
    if np.ptp(ranks) == 0:
        lost = Missing("all animals have the same value, so ranks say nothing")
        return HypothesisTest(question, words, lost)
    found = permute_two(ranks, first, seed)
    # Midranks and their expectation are halves: what is left beside them is rounding.
    shift = round(2 * found.statistic) / 2
    return HypothesisTest(
        question, f"{words}; {found.method}", found.p, shift, "W − E(W)"
    )


def _by_t(
    effect: FloatArray,
    step: FloatArray,
    total: FloatArray,
    first: BoolArray,
    level: float,
) -> tuple[tuple[HypothesisTest, ...], tuple[Estimate, ...]]:
    """Half the sum and half the difference of the sequences' means.

    Hills and Armitage 1979, Br J Clin Pharmacol 8:7-20.
    """
    # With vehicle first a treatment effect and a period step add up, otherwise they
    # oppose each other: halves of sums and differences take them apart.
    made = [
        _two_sample(name, question, values, first, sign, level)
        for name, question, values, sign in (
            ("drug less vehicle", QUESTIONS[0], effect, 1.0),
            ("second period less first", QUESTIONS[1], step, 1.0),
            ("sum of periods, VD less DV", QUESTIONS[2], total, -1.0),
        )
    ]
    return tuple(t for t, _ in made), tuple(e for _, e in made)


def _two_sample(
    name: str,
    question: str,
    values: FloatArray,
    first: BoolArray,
    sign: float,
    level: float,
) -> tuple[HypothesisTest, Estimate]:
    a, b = values[first], values[~first]
    scale = 0.5 if sign > 0 else 1.0
    value = scale * float(a.mean() + sign * b.mean())
    df = values.size - 2
    squares = float(((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum())
    kind = "t, pooled over sequences"
    quantity = f"{name} (s)"
    if df < 1 or squares <= 1e-20 * float((values**2).sum()):
        lost = Missing(
            "two animals cannot show how much animals vary"
            if df < 1
            else "animals of a sequence do not vary, so there is no spread"
        )
        empty = Limits(kind, level, None, reason=lost.reason)
        return HypothesisTest(question, kind, lost), Estimate(quantity, value, empty)
    error = scale * math.sqrt(squares / df * (1 / a.size + 1 / b.size))
    t = value / error
    half = float(stdtrit(df, 0.5 + level / 2)) * error
    limits = Limits(kind, level, "interval", value - half, value + half)
    test = HypothesisTest(
        question,
        f"{kind}, two-sided",
        2 * float(stdtr(df, -abs(t))),
        t,
        "t",
        float(df),
    )
    return test, Estimate(quantity, value, limits, method=kind)


def _sequences(sequence: Sequence[str]) -> list[str]:
    made = [str(s).strip().upper() for s in sequence]
    wrong = [
        Problem(
            "sequence-unknown",
            f"sequence {given!r} is neither VD nor DV",
            row=row,
            column="sequence",
            expected="VD (vehicle first) or DV (drug first)",
            remedy="Write the order of the animal's two treatments.",
        )
        for row, (given, s) in enumerate(zip(sequence, made, strict=True), start=1)
        if s not in ("VD", "DV")
    ]
    if wrong:
        raise DataError(wrong)
    return made
