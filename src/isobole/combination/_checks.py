"""Every figure of a claim again: by each variance rule and test, over the rounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.combination._additive_sources import (
    AS_PRINTED,
    AdditiveSource,
    NoSource,
    Ratio,
    column,
    gap,
    ratios,
    sources,
)
from isobole.combination._claim import Claim
from isobole.combination._rounding import Printed, Span, span
from isobole.combination._significance import Significance
from isobole.combination._summary_test import (
    additive_n,
    index_values,
    student_values,
    welch_values,
)
from isobole.results import Missing, format_number

FloatArray = NDArray[np.float64]
TESTS: Final = ("welch", "student", "ln-index")
_NOT_PRINTED: Final = "no value is printed to compare with"


@dataclass(frozen=True, slots=True)
class Check:
    """One figure recomputed in one way.

    Parameters
    ----------
    figure : str
        ``"ed50_add"``, ``"sem_add"``, ``"n_add"``, ``"index"``, ``"welch_p"``, ...
    printed : str or None
        What the paper prints.
    rule : str or None
        The variance rule behind the additive SEM, ``"printed"`` where the printed SEM
        is used; None where no rule enters. ``", ratio by mass"`` is added where the
        paper does not say what its ratio is of.
    recomputed, low, high : float or None
        From the printed values, and the range over their rounding.
    reproduced : bool or None
        Whether some unrounded values give the printed figure; None: cannot tell.
    reason : str or None
        A sentence for every None.
    """

    figure: str
    printed: str | None
    rule: str | None
    recomputed: float | None
    low: float | None
    high: float | None
    reproduced: bool | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def test(self) -> str | None:
        """The test this figure belongs to, if it is one of a test."""
        name = self.figure.rpartition("_")[0].replace("_", "-")
        return name if name in TESTS else None

    def range_text(self) -> str:
        """Write the range over the rounding; nothing where there is none."""
        if self.low is None or self.high is None or self.low == self.high:
            return ""
        return f"{format_number(self.low)} to {format_number(self.high)}"


def all_checks(claim: Claim) -> tuple[Check, ...]:
    """Return every check of a claim, figures in the order of a published table."""
    return (
        *_ed50_checks(claim),
        *_sem_checks(claim),
        _n_check(claim),
        *_index_checks(claim),
        *(check for source in sources(claim) for check in _test_checks(claim, source)),
    )


def _numeric(
    figure: str, printed: Printed | int | None, rule: str | None, found: Span | Missing
) -> Check:
    text = None if printed is None else str(printed)
    if isinstance(found, Missing):
        return Check(figure, text, rule, None, None, None, None, found.reason)
    if printed is None:
        return Check(
            figure, None, rule, found.value, found.low, found.high, None, _NOT_PRINTED
        )
    if isinstance(printed, int):
        same = found.value == printed
    else:
        same = printed.agrees(found.low, found.high)
    return Check(figure, text, rule, found.value, found.low, found.high, same, None)


def _ed50_checks(claim: Claim) -> Iterator[Check]:
    missing = gap(claim, "ed50")
    if missing is not None:
        yield _numeric("ed50_add", claim.additive.ed50, None, missing)
        return
    for ratio in ratios(claim):
        found = span(ratio.expected, column(claim, "ed50"))
        yield _numeric("ed50_add", claim.additive.ed50, ratio.label or None, found)


def _sem_checks(claim: Claim) -> Iterator[Check]:
    printed = claim.additive.sem
    for source in sources(claim):
        if isinstance(source, NoSource):
            yield _numeric("sem_add", printed, source.label, source.missing)
        elif source.label != AS_PRINTED:
            found = span(source.sem, source.inputs)
            yield _numeric("sem_add", printed, source.label, found)


def _n_check(claim: Claim) -> Check:
    missing = gap(claim, "n")
    if missing is not None:
        return _numeric("n_add", claim.additive.n, None, missing)
    n = float(additive_n([single.n or 0 for single in claim.singles]))
    return _numeric("n_add", claim.additive.n, None, Span(n, n, n))


def _index_checks(claim: Claim) -> Iterator[Check]:
    m, z = claim.mixture.ed50, claim.additive.ed50
    assert m is not None
    if z is not None:
        found = span(lambda x: x[:, 0] / x[:, 1], (m, z))
        yield _numeric("index", claim.index, None, found)
        return
    missing = gap(claim, "ed50")
    if missing is not None:
        yield _numeric("index", claim.index, None, missing)
        return
    inputs = (m, *column(claim, "ed50"))
    for ratio in ratios(claim):
        found = span(partial(_index, ratio), inputs)
        yield _numeric("index", claim.index, ratio.label or None, found)


def _index(ratio: Ratio, x: FloatArray) -> FloatArray:
    return np.asarray(x[:, 0] / ratio.expected(x[:, 1:]))


def _test_checks(claim: Claim, source: AdditiveSource | NoSource) -> Iterator[Check]:
    """Yield t or z, df and p; of tests that the paper does not state, p alone."""
    for test in TESTS:
        stem = test.replace("-", "_")
        shown = ["p"]
        if test == (claim.test or "welch"):
            shown = ["z", "p"] if test == "ln-index" else ["t", "df", "p"]
        for name in shown:
            found = _statistic(claim, source, test, name)
            figure = f"{stem}_{name}"
            if name == "p":
                yield _p_value(figure, claim.significance, source.label, found)
            else:
                yield _numeric(figure, None, source.label, found)


def _statistic(
    claim: Claim, source: AdditiveSource | NoSource, test: str, name: str
) -> Span | Missing:
    if isinstance(source, NoSource):
        return source.missing
    m, s = claim.mixture.ed50, claim.mixture.sem
    assert m is not None
    if s is None:
        return Missing("The SEM of the mixture's ED50 is not given.")
    sizes = (0, 0) if test == "ln-index" else _sizes(claim)
    if isinstance(sizes, Missing):
        return sizes
    n_m, n_z = sizes
    tails = 1 if claim.sides == 1 else 2

    def function(x: FloatArray) -> FloatArray:
        arm, (z, sem) = (x[:, 0], x[:, 1]), source.values(x[:, 2:])
        if test == "ln-index":
            ratio, _, p = index_values(*arm, z, sem)
            return p * tails / 2 if name == "p" else ratio
        values = welch_values if test == "welch" else student_values
        t, df, p = values(*arm, n_m, z, sem, n_z)
        return p * tails / 2 if name == "p" else {"t": t, "df": df}[name]

    def gain(x: FloatArray) -> FloatArray:
        return np.asarray(source.values(x[:, 2:])[0] - x[:, 0])

    inputs = (m, s, *source.inputs)
    found = span(function, inputs)
    if name == "p":
        # p has a ridge where M = Z, which no search along the axes climbs.
        sides = span(gain, inputs)
        if sides.low <= 0 <= sides.high:
            return replace(found, high=tails / 2)
    return found


def _sizes(claim: Claim) -> tuple[int, int] | Missing:
    """Return the animals behind the mixture and behind the additive value."""
    if claim.mixture.n is None:
        return Missing("The n of the mixture is not given.")
    if claim.additive.n is not None:
        return claim.mixture.n, claim.additive.n
    if gap(claim, "n") is not None:
        return Missing("The n of the additive ED50 is not given, nor those behind it.")
    n = additive_n([single.n or 0 for single in claim.singles])
    if n < 2:
        return Missing("The n of the additive ED50 would be below 2.")
    return claim.mixture.n, n


def _p_value(
    figure: str, printed: Significance | None, rule: str, found: Span | Missing
) -> Check:
    check = _numeric(figure, None, rule, found)
    if printed is None:
        return check
    if isinstance(found, Missing):
        return replace(check, printed=printed.text)
    same = printed.admits(found.low, found.high)
    return replace(check, printed=printed.text, reproduced=same, reason=None)
