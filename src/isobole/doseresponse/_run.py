"""An up-and-down run: trials in order, checked, on its working axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._data import QuantalData
from isobole.results import Note, OptionError, Problem, ProblemList, format_number

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Doses rounded for the bench (175, 550, 2000) may miss even spacing by this share.
SLACK = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """Trials on the working axis: `x` is log10 dose or dose, `y` 1 for a response.

    `step` is None where the run does not tell it; `strays` counts the moves that are
    not one step against the response.
    """

    x: FloatArray
    y: IntArray
    step: float | None
    strays: int
    data: QuantalData

    @property
    def n_reversals(self) -> int:
        """Trials whose response differs from the one before."""
        return int(np.count_nonzero(np.diff(self.y)))

    @property
    def groups(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Levels on the working axis with animals and responders."""
        levels, index = np.unique(self.x, return_inverse=True)
        n = np.bincount(index)
        return levels, n, np.bincount(index, weights=self.y).astype(np.int64)

    @property
    def next_x(self) -> float | None:
        """Where the rule puts the trial after the last."""
        if self.step is None:
            return None
        return float(self.x[-1] - self.step if self.y[-1] else self.x[-1] + self.step)

    def strays_note(self) -> Note | None:
        """Say how the run departs from the rule, if it does."""
        if not self.strays:
            return None
        moves = np.diff(self.x)
        against = np.count_nonzero(np.where(self.y[:-1] == 1, moves > 0, moves < 0))
        text = (
            f"{self.strays} of {moves.size} moves are not one step down after a "
            "response and one step up after none"
        )
        if against > moves.size / 2:
            return Note(
                f"{text}; most go the other way. Check whether 1 stands for the "
                "response that lowers the next dose.",
                "warning",
            )
        return Note(f"{text}; check the order of the trials.", "warning")


def read_run(
    doses: ArrayLike,
    responses: ArrayLike,
    *,
    scale: str,
    step: float | None,
    unit: str | None,
    endpoint: str,
    curve: str | None,
) -> Run:
    """Check a sequence of trials and put it on its working axis.

    Raises
    ------
    DataError
        With every problem of the doses and responses.
    OptionError
        If `step` is not above 0.
    """
    if step is not None and not (np.isfinite(step) and step > 0):
        msg = f"step is {step!r}; give a spacing above 0 on the {scale} scale"
        raise OptionError(msg)
    data = QuantalData.from_animals(
        doses, responses, unit=unit, endpoint=endpoint, curve=curve,
        design="sequential",
    )  # fmt: skip
    if scale == "log10" and (data.dose == 0).any():
        found = ProblemList()
        for row in np.flatnonzero(data.dose == 0):
            found.add(
                Problem(
                    "dose-not-positive",
                    "dose is 0, which has no logarithm",
                    row=int(row) + 1,
                    column="dose",
                    given="0",
                    expected="a dose above 0",
                    remedy='Leave the trial out, or use scale="linear"',
                )
            )
        found.raise_errors()
    x = np.log10(data.dose) if scale == "log10" else data.dose.astype(np.float64)
    y = data.affected
    moves = np.diff(x)
    if step is None and moves.size and np.any(moves):
        # Log doses of one ladder differ in the last digits.
        sizes = np.abs(moves[np.abs(moves) > 1e-9 * np.abs(moves).max()])
        step = float(np.median(sizes))
    strays = 0
    if step is not None:
        wanted = np.where(y[:-1] == 1, -step, step)
        strays = int(np.count_nonzero(np.abs(moves - wanted) > SLACK * step))
    return Run(x, y, step, strays, data)


def one_sided_reason(run: Run) -> str | None:
    """Say why a run without a reversal gives no estimate."""
    if run.n_reversals:
        return None
    count = format_number(run.x.size)
    if run.y[0]:
        return (
            f"All {count} trials responded, so the run has no reversal and the ED50 "
            "lies lower; go on with lower doses."
        )
    return (
        f"None of {count} trials responded, so the run has no reversal and the ED50 "
        "lies higher; go on with higher doses."
    )
