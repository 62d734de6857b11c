"""Values of the same animals on two days, and those that lack one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._kindling_checks import labels_of, numbers_of, same_length
from isobole.results import DataError, OptionError, Problem, ProblemList, check_choice

FloatArray = NDArray[np.float64]
PairOutcome = Literal["stage", "add", "yes-no"]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Complete pairs in the order given, and the animals left out for want of one."""

    animals: tuple[str, ...]
    first: FloatArray
    second: FloatArray
    incomplete: tuple[str, ...]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.animals)


def read_pairs(
    first: Sequence[Any],
    second: Sequence[Any],
    names: tuple[str, str],
    outcome: PairOutcome,
    levels: Sequence[float] | None,
    animals: Sequence[object] | None,
) -> tuple[Pairs, NDArray[np.bool_]]:
    """Return complete pairs, and which of the rows given they are.

    Raises
    ------
    DataError
        If a stage is not on the scale, a duration negative, a yes-no neither.
    OptionError
        If the outcome does not exist, or stages come without their scale.
    """
    check_choice("outcome", outcome, get_args(PairOutcome))
    same_length(**{names[0]: first, names[1]: second})
    scale = _scale(outcome, levels)
    both = []
    for name, given in zip(names, (first, second), strict=True):
        low = 0.0 if outcome == "add" else -np.inf
        values = numbers_of(given, name, missing=True, low=low)
        _check_on(scale, values, name, outcome)
        both.append(values)
    who = [str(k + 1) for k in range(len(first))]
    if animals is not None:
        who = labels_of(animals, len(first), "animal")
        twice = sorted({a for a in who if who.count(a) > 1})
        if twice:
            raise DataError(
                Problem(
                    "animal-twice",
                    f"animal {a} has more than one pair",
                    column="animal",
                    remedy="Give one pair per animal: repeated pairs of one animal are "
                    "not independent (fit a mixed model to them instead).",
                )
                for a in twice
            )
    whole = ~np.isnan(both[0]) & ~np.isnan(both[1])
    made = Pairs(
        tuple(a for a, ok in zip(who, whole, strict=True) if ok),
        both[0][whole],
        both[1][whole],
        tuple(a for a, ok in zip(who, whole, strict=True) if not ok),
    )
    if not len(made):
        raise DataError(
            [
                Problem(
                    "no-complete-pair",
                    "no animal has both values",
                    remedy="Give a value of both days for at least one animal.",
                )
            ]
        )
    return made, whole


def _scale(
    outcome: PairOutcome, levels: Sequence[float] | None
) -> tuple[float, ...] | None:
    if outcome == "stage":
        if levels is None:
            raise OptionError(
                "outcome='stage' needs levels, every stage of the scale, lowest first"
            )
        made = tuple(float(v) for v in levels)
        if len(made) < 2 or list(made) != sorted(set(made)):
            raise OptionError("levels must be at least two stages, lowest first")
        return made
    if levels is not None:
        raise OptionError(
            f"levels belong to outcome='stage', not to outcome='{outcome}'; leave "
            "them out"
        )
    return (0.0, 1.0) if outcome == "yes-no" else None


def _check_on(
    scale: tuple[float, ...] | None, values: FloatArray, name: str, outcome: str
) -> None:
    if scale is None:
        return
    problems = ProblemList()
    listed = ", ".join(f"{v:g}" for v in scale)
    for row, value in enumerate(values, start=1):
        if not np.isnan(value) and value not in scale:
            problems.add(
                Problem(
                    "stage-not-on-scale" if outcome == "stage" else "not-yes-or-no",
                    f"{value:g} is not on the scale"
                    if outcome == "stage"
                    else f"{value:g} is neither yes (1) nor no (0)",
                    row=row,
                    column=name,
                    expected=f"one of {listed}",
                    remedy="Correct it, or leave it out as None.",
                )
            )
    problems.raise_errors()


def incomplete_words(pairs: Pairs) -> str | None:
    """Say which animals were left out, if any."""
    if not pairs.incomplete:
        return None
    count = len(pairs.incomplete)
    return (
        f"{count} {'animal lacks' if count == 1 else 'animals lack'} one of the two "
        f"values and {'is' if count == 1 else 'are'} left out: "
        f"{', '.join(pairs.incomplete)}. If a value is lost because of the treatment, "
        "leaving the animal out biases the comparison."
    )
