"""The ways to the additive ED50 of a claim: as printed, and by each rule and ratio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.combination._claim import Claim
from isobole.combination._rounding import Printed
from isobole.combination._summary_test import (
    VARIANCE_RULES,
    VarianceRule,
    additive_values,
    expected_values,
)
from isobole.results import Missing

FloatArray = NDArray[np.float64]
AS_PRINTED: Final = "printed"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One reading of the mixture's ratio: parts of the ED50s or of the dose."""

    label: str
    by: Literal["ed50", "mass"]
    parts: tuple[float, ...]

    def expected(self, x: FloatArray) -> FloatArray:
        """Return Z for rows of single-drug ED50s."""
        return expected_values(x, **self.keyword)[0]

    @property
    def keyword(self) -> dict[str, tuple[float, ...]]:
        """The parts as the summary functions take them."""
        return {"fractions" if self.by == "ed50" else "shares": self.parts}


@dataclass(frozen=True, slots=True)
class AdditiveSource:
    """One way to Z and its SEM.

    With no `ratio` the inputs are the printed Z and SEM; with one they are the ED50s,
    then the SEMs, of the single drugs.
    """

    label: str
    rule: VarianceRule | None
    ratio: Ratio | None
    inputs: tuple[Printed, ...]

    def values(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return Z and its SEM for rows of inputs."""
        if self.ratio is None or self.rule is None:
            return x[:, 0], x[:, 1]
        k = len(self.inputs) // 2
        return additive_values(x[:, :k], x[:, k:], rule=self.rule, **self.ratio.keyword)

    def sem(self, x: FloatArray) -> FloatArray:
        """Return the SEM of Z for rows of inputs."""
        return self.values(x)[1]

    @property
    def point(self) -> FloatArray:
        """The printed values, as `values` takes them."""
        return np.array([[number.value for number in self.inputs]])


@dataclass(frozen=True, slots=True)
class NoSource:
    """A rule that cannot be followed, and why."""

    label: str
    missing: Missing


def ratios(claim: Claim) -> tuple[Ratio, ...]:
    """Return how the ratio may be read: both ways where the paper does not say."""
    if claim.ratio is None:
        return ()
    if claim.ratio_by is not None:
        return (Ratio("", claim.ratio_by, claim.ratio),)
    return (
        Ratio("ratio by ed50", "ed50", claim.ratio),
        Ratio("ratio by mass", "mass", claim.ratio),
    )


def sources(claim: Claim) -> Iterator[AdditiveSource | NoSource]:
    """Yield the printed additive value and every rule's, or why there is none."""
    z = claim.additive
    if z.ed50 is not None and z.sem is not None:
        yield AdditiveSource(AS_PRINTED, None, None, (z.ed50, z.sem))
    missing = gap(claim, "ed50", "sem")
    rules: tuple[VarianceRule, ...] = VARIANCE_RULES
    for rule in rules:
        if missing is not None:
            yield NoSource(rule, missing)
            continue
        inputs = (*column(claim, "ed50"), *column(claim, "sem"))
        for ratio in ratios(claim):
            label = f"{rule}, {ratio.label}" if ratio.label else rule
            yield AdditiveSource(label, rule, ratio, inputs)


def column(claim: Claim, name: str) -> tuple[Printed, ...]:
    """Return one column of the single drugs; only where there is no `gap`."""
    return tuple(getattr(single, name) for single in claim.singles)


def gap(claim: Claim, *names: str) -> Missing | None:
    """Say which single-drug value is not printed, if one is not.

    Examples
    --------
    >>> print(gap(Claim(["PGB", "LCM"], "8.17", ed50s=["31.65", None]), "ed50").reason)
    The ED50 of LCM alone is not given.
    """
    words = {"ed50": "ED50", "sem": "SEM", "n": "n"}
    for name in names:
        without = [
            drug
            for drug, single in zip(claim.drugs, claim.singles, strict=True)
            if getattr(single, name) is None
        ]
        if without:
            listed = " and ".join(sorted(without))
            return Missing(f"The {words[name]} of {listed} alone is not given.")
    if claim.ratio is None and names != ("n",):
        return Missing("The ratio of the mixture is not given.")
    return None
