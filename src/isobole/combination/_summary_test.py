"""Additivity from published summaries: ED50 ± SEM and n, with no counts behind them.

Notation: A_i and S_i are ED50 and SEM of the single drugs, s_i = S_i / A_i, M the
ED50 of the mixture as total dose, Z the ED50 that additivity expects. At fractions f_i
of the ED50s (1:1 is f = 1/2, 1/2) Z = sum f_i A_i; at shares p_i of the total dose
Z = 1 / sum(p_i / A_i) and f_i = p_i Z / A_i. Both say the same mixture.

Three rules for the error of Z are in use:

- delta: Var(ln Z) = sum f_i^2 s_i^2, the shares fixed by the experimenter;
- tallarida: Var(Z) = sum f_i^2 S_i^2, the fractions fixed; the rule that goes by
  Tallarida's name;
- lublin: SEM(Z) = sum f_i S_i, linear: what the printed table of Luszczki et al. (2020,
  PLoS ONE 15:e0234070) follows to its last digit, without stating it.

The `_values` functions take arrays, the drugs along the last axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr

from isobole.results import Estimate, Limits, OptionError, check_choice

FloatArray = NDArray[np.float64]
VarianceRule = Literal["delta", "tallarida", "lublin"]
VARIANCE_RULES: Final = ("delta", "tallarida", "lublin")


@dataclass(frozen=True, slots=True)
class AdditiveSummary:
    """What additivity expects of a mixture: ED50, SEM, animals.

    `fractions` are each drug's part of the effect, sum 1; `n` is None where the size
    of a group is not known.
    """

    ed50: float
    sem: float
    n: int | None
    fractions: tuple[float, ...]
    rule: VarianceRule


@dataclass(frozen=True, slots=True)
class TTest:
    """A two-sided t-test of Z against M; t is above 0 where M is below Z."""

    t: float
    df: float
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {"t": self.t, "df": self.df, "p": self.p}


class WelchTest(TTest):
    """Welch's t-test on the dose scale."""

    __slots__ = ()


class StudentTest(TTest):
    """Student's t-test with pooled variance on the dose scale."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """The interaction index M / Z with its log-delta limits, and the test of 1.

    `z` is above 0 where the index is below 1; `p` is two-sided.
    """

    estimate: Estimate
    z: float
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {**self.estimate.to_dict(), "z": self.z, "p": self.p}


def additive_values(
    ed50s: ArrayLike,
    sems: ArrayLike,
    *,
    fractions: Sequence[float] | None = None,
    shares: Sequence[float] | None = None,
    rule: VarianceRule = "delta",
) -> tuple[FloatArray, FloatArray]:
    """Return Z and its SEM for arrays of single-drug values."""
    a, s = np.asarray(ed50s, dtype=float), np.asarray(sems, dtype=float)
    z, f = expected_values(a, fractions=fractions, shares=shares)
    if rule == "lublin":
        return z, np.asarray((f * s).sum(axis=-1))
    if rule == "tallarida":
        return z, np.sqrt(((f * s) ** 2).sum(axis=-1))
    return z, z * np.sqrt(((f * s / a) ** 2).sum(axis=-1))


def expected_values(
    ed50s: ArrayLike,
    *,
    fractions: Sequence[float] | None = None,
    shares: Sequence[float] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return Z and the fractions f_i for arrays of single-drug ED50s."""
    if (fractions is None) == (shares is None):
        raise OptionError("give either fractions of the ED50s or shares of the dose")
    a = np.asarray(ed50s, dtype=float)
    parts = np.asarray(shares if fractions is None else fractions, dtype=float)
    if parts.shape != a.shape[-1:] or not (parts > 0).all():
        msg = f"the mixture has {parts.size} parts; give one above 0 for each drug"
        raise OptionError(msg)
    parts = parts / parts.sum()
    if fractions is not None:
        return np.asarray((parts * a).sum(axis=-1)), np.broadcast_to(parts, a.shape)
    toxic = parts / a
    total = toxic.sum(axis=-1)
    return 1 / total, toxic / total[..., None]


def additive_summary(
    ed50s: Sequence[float],
    sems: Sequence[float],
    ns: Sequence[int] | None = None,
    *,
    fractions: Sequence[float] | None = None,
    shares: Sequence[float] | None = None,
    rule: VarianceRule = "delta",
) -> AdditiveSummary:
    """Return the ED50, SEM and n of a fixed-ratio mixture that additivity expects.

    n_add = sum n_i - 2 k for k drugs, n_1 + n_2 - 4 for two.

    Parameters
    ----------
    ed50s, sems : sequence of float
        Of the single drugs, in one unit.
    ns : sequence of int, optional
        Animals behind them.
    fractions, shares : sequence of float
        The mixture, by parts of the ED50s or by parts of the total dose (one of the
        two; parts need not sum to 1).
    rule : {"delta", "tallarida", "lublin"}

    Raises
    ------
    OptionError
        If the parts do not match the drugs, or the rule does not exist.

    Examples
    --------
    >>> for rule in VARIANCE_RULES:
    ...     z = additive_summary(
    ...         [31.65, 4.57], [7.40, 1.44], [16, 24], fractions=[1, 1], rule=rule
    ...     )
    ...     print(rule, round(z.ed50, 2), round(z.sem, 2), z.n)
    delta 18.11 3.55 36
    tallarida 18.11 3.77 36
    lublin 18.11 4.42 36
    """
    check_choice("rule", rule, VARIANCE_RULES)
    z, sem = additive_values(ed50s, sems, fractions=fractions, shares=shares, rule=rule)
    _, f = expected_values(ed50s, fractions=fractions, shares=shares)
    n = None if ns is None else additive_n(ns)
    return AdditiveSummary(float(z), float(sem), n, tuple(f.tolist()), rule)


def additive_n(ns: Sequence[int]) -> int:
    """Return n_add = sum n_i - 2 k, which is n_1 + n_2 - 4 for two drugs."""
    return sum(ns) - 2 * len(ns)


def welch_values(
    m: ArrayLike, sem_m: ArrayLike, n_m: float, z: ArrayLike, sem_z: ArrayLike,
    n_z: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Return t, df and two-sided p of Welch's test for arrays."""
    v, w = np.square(sem_m), np.square(sem_z)
    t = np.asarray(np.subtract(z, m) / np.sqrt(v + w))
    df = np.asarray((v + w) ** 2 / (v**2 / (n_m - 1) + w**2 / (n_z - 1)))
    return t, df, np.asarray(2 * stdtr(df, -np.abs(t)))


def student_values(
    m: ArrayLike, sem_m: ArrayLike, n_m: float, z: ArrayLike, sem_z: ArrayLike,
    n_z: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Return t, df and two-sided p of Student's pooled test; SD = SEM sqrt n."""
    v, w = n_m * np.square(sem_m), n_z * np.square(sem_z)
    pooled = ((n_m - 1) * v + (n_z - 1) * w) / (n_m + n_z - 2)
    t = np.asarray(np.subtract(z, m) / np.sqrt(pooled * (1 / n_m + 1 / n_z)))
    df = np.full_like(t, n_m + n_z - 2)
    return t, df, np.asarray(2 * stdtr(df, -np.abs(t)))


def index_values(
    m: ArrayLike, sem_m: ArrayLike, z: ArrayLike, sem_z: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return -ln(M / Z) / SE, the SE of ln(M / Z), and two-sided p, for arrays."""
    se = np.hypot(np.divide(sem_m, m), np.divide(sem_z, z))
    ratio = np.asarray(np.log(np.divide(z, m)) / se)
    return ratio, se, np.asarray(2 * ndtr(-np.abs(ratio)))


def welch(
    m: float, sem_m: float, n_m: int, z: float, sem_z: float, n_z: int
) -> WelchTest:
    """Compare the mixture's ED50 with the additive one by Welch's t-test.

    t = (Z - M) / sqrt(SEM_M^2 + SEM_Z^2), df = (SEM_M^2 + SEM_Z^2)^2 / (SEM_M^4 /
    (n_M - 1) + SEM_Z^4 / (n_Z - 1)) (Welch 1947).

    Examples
    --------
    >>> test = welch(8.17, 2.40, 24, 18.11, 4.42, 36)
    >>> print(f"t {test.t:.3f}, df {test.df:.1f}, p {test.p:.4f}")
    t 1.976, df 51.8, p 0.0535
    """
    return WelchTest(*map(float, welch_values(m, sem_m, n_m, z, sem_z, n_z)))


def student(
    m: float, sem_m: float, n_m: int, z: float, sem_z: float, n_z: int
) -> StudentTest:
    """Compare the two ED50s by Student's t-test, the variances of animals pooled.

    Examples
    --------
    >>> test = student(8.17, 2.40, 24, 18.11, 4.42, 36)
    >>> print(f"t {test.t:.2f}, df {test.df:.0f}, p {test.p:.3f}")
    t 1.72, df 58, p 0.090
    """
    return StudentTest(*map(float, student_values(m, sem_m, n_m, z, sem_z, n_z)))


def index_summary(
    m: float, sem_m: float, z: float, sem_z: float, *, level: float = 0.95
) -> IndexSummary:
    """Return the index M / Z with log-delta limits, and the normal test of 1.

    ln(M / Z) has SE sqrt((SEM_M / M)^2 + (SEM_Z / Z)^2).

    Examples
    --------
    >>> found = index_summary(8.17, 2.40, 18.11, 4.42)
    >>> print(found.estimate, f"z {found.z:.2f}, p {found.p:.3f}")
    interaction index 0.4511 [0.2134, 0.9537] (95 % log-delta) z 2.08, p 0.037
    """
    ratio, se, p = map(float, index_values(m, sem_m, z, sem_z))
    wide = math.exp(float(ndtri(0.5 + level / 2)) * se)
    index = m / z
    limits = Limits("log-delta", level, "interval", index / wide, index * wide)
    estimate = Estimate(
        "interaction index", index, limits, log10_se=se / math.log(10), method="summary"
    )
    return IndexSummary(estimate, ratio, p)
