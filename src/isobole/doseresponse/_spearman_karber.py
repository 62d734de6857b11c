"""Spearman-Kärber, plain and trimmed: the mean of the tolerance distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._estimator_result import (
    POOLED_NOTE,
    Details,
    QuantalEstimate,
    check_level,
    dependence_notes,
    is_monotone,
    missing_effect,
)
from isobole.doseresponse._ordered import pool_adjacent
from isobole.doseresponse._trimmed_mean import (
    TrimMoves,
    bracketing,
    epa_variance,
    exact_variance,
    hamilton_variance,
    trimmed_mean,
    variance_limits,
)
from isobole.results import (
    Estimate,
    Missing,
    Note,
    OptionError,
    Table,
    check_choice,
    format_number,
)

FloatArray = NDArray[np.float64]
Variance = Literal["exact", "hamilton", "epa"]
VARIANCES = ("exact", "hamilton", "epa")

_EPA_NOTE = (
    "The EPA variance is a convention: it takes the control as known, divides by "
    "n - 1 at trim 0, and has a wrong sign where one dose lies between the trimming "
    "points. The exact limits are {}."
)
_NONE_BETWEEN = (
    "No dose lies between the trimming points, so the ED50 rests on the two doses "
    "around them. EPA's program often prints no limits then."
)

REFERENCES = (
    "Hamilton MA, Russo RC, Thurston RV. Trimmed Spearman-Karber method for "
    "estimating median lethal concentrations in toxicity bioassays. Environ Sci "
    "Technol 1977;11:714-719; correction 1978;12:417.",
    "US EPA. Methods for measuring the acute toxicity of effluents. "
    "EPA-821-R-02-012, 2002, section 11.2.",
)


@dataclass(frozen=True, slots=True)
class SpearmanKarberDetails(Details):
    """What the Spearman-Kärber estimate was made of.

    `smoothed` starts with the control when one was used; `adjusted` is by dose.
    """

    trim: float | Missing
    trim_percent: float | Missing
    log10_ed50: float | Missing
    variance: float | Missing
    level: float
    smoothed: tuple[float, ...]
    adjusted: tuple[float, ...]
    labels: ClassVar[dict[str, str]] = {
        "trim_percent": "trimmed at each end (%)",
        "log10_ed50": "log10 ED50",
        "variance": "variance of log10 ED50",
    }

    def effect(self, percent: float, data: QuantalData) -> Estimate:
        """Return the reason why only the ED50 exists here."""
        return missing_effect(
            percent,
            data,
            "no limits",
            self.level,
            "Spearman-Kärber estimates the ED50 only (the mean log tolerance); use "
            "fit_quantal or isotonic for other effects.",
        )

    def tables(self, data: QuantalData) -> tuple[Table, ...]:
        """Return observed, smoothed and adjusted proportions."""
        doses, n, affected = data.groups
        rows = [
            (float(d), int(m), int(r), r / m)
            for d, m, r in zip(doses, n, affected, strict=True)
        ]
        adjusted: list[float | None] = list(self.adjusted)
        if len(self.smoothed) > len(rows):
            m, r = data.control
            rows.insert(0, (0.0, m, r, r / m))
            adjusted.insert(0, None)
        elif not self.smoothed:
            return ()
        unit = f" ({data.unit})" if data.unit else ""
        adjusted = adjusted if self.adjusted else [None] * len(rows)
        return (
            Table(
                "Proportions by dose",
                (f"dose{unit}", "n", data.endpoint, "observed", "smoothed", "adjusted"),
                tuple(
                    (*row, s, a)
                    for row, s, a in zip(rows, self.smoothed, adjusted, strict=True)
                ),
            ),
        )


def _obstacle(p: FloatArray, trim: float | str, slack: float = 1e-12) -> str | None:
    """Say why the mean cannot be formed, if it cannot; `p` is adjusted."""
    if p.size < 2:
        return (
            "Spearman-Kärber needs at least two doses above 0 and there "
            f"{'is one' if p.size == 1 else 'is none'}; test more doses."
        )
    first, last = format_number(100 * p[0]), format_number(100 * p[-1])
    span = f"The response runs from {first} % at the lowest dose to {last} % at the top"
    if max(p[0], 1 - p[-1]) >= 0.5 - slack:
        return f"{span} and does not cross 50 %; test doses beyond it."
    if trim == "auto":
        return None
    needed = float(trim)
    if p[0] <= needed + slack and p[-1] >= 1 - needed - slack:
        return None
    low, high = format_number(100 * needed), format_number(100 * (1 - needed))
    return (
        f"{span}, but a trim of {low} % needs {low} % or less and {high} % or more; "
        'use trim="auto", or test doses beyond.'
    )


def _check_options(
    trim: float | str, variance: str, abbott: str, multiplier: float | None
) -> None:
    check_choice("variance", variance, VARIANCES)
    check_choice("abbott", abbott, ("smoothed", "none"))
    if isinstance(trim, str):
        check_choice("trim", trim, ("auto",))
    elif not 0 <= trim < 0.5:
        msg = f'trim is {trim!r}; give a fraction from 0 to below 0.5, or "auto"'
        raise OptionError(msg)
    if multiplier is not None and not 0 < multiplier < 40:
        msg = f"multiplier is {multiplier!r}; give standard errors, as 2"
        raise OptionError(msg)


def spearman_karber(
    data: QuantalData,
    *,
    trim: float | Literal["auto"] = 0.0,
    variance: Variance = "exact",
    abbott: Literal["smoothed", "none"] = "smoothed",
    level: float = 0.95,
    multiplier: float | None = None,
) -> QuantalEstimate[SpearmanKarberDetails]:
    """Estimate the ED50 as the (trimmed) mean of the log10 tolerance distribution.

    Proportions are made rising by pooling neighbours, the control among them, and
    corrected by Abbott's formula with the smoothed control (EPA 2002). The mean of
    the polygon on log10 dose between `trim` and 1 - `trim` is the log10 ED50. Doses
    need not be evenly spaced.

    Main arguments
    --------------
    data : QuantalData
        Counts, with control rows at dose 0 if there are any.
    trim : float or "auto"
        Fraction cut off at each end, 0 to below 0.5. ``"auto"`` is the smallest that
        can be used: max(p[first], 1 - p[last]).
    variance : {"exact", "hamilton", "epa"}
        ``"exact"``: delta method over the raw counts, p (1-p)/n with p as pooled,
        through pooling, Abbott's correction with the control's own error, and an
        automatic trim.
        ``"hamilton"`` (1977, corrected 1978): takes the adjusted proportions as
        independent and the trim as fixed. ``"epa"``: what EPA's programs print, that
        is n - 1 at trim 0, and a sign slip where one dose lies between the trimming
        points; the exact limits are then given in a note.

    Other arguments
    ---------------
    abbott : {"smoothed", "none"}
        Without correction the control takes no part.
    level : float
        Confidence of the limits, 0 to 1.
    multiplier : float, optional
        Standard errors to either side instead of the normal quantile (EPA uses 2);
        it overrides `level`, and its own level is reported.

    Returns
    -------
    QuantalEstimate
        With the ED50 only; a missing value says why.

    Raises
    ------
    OptionError
        If an option does not exist or is out of range.

    Examples
    --------
    >>> data = QuantalData([7.8, 13, 22, 36, 60, 100], [10] * 6, [0, 0, 1, 4, 10, 10])
    >>> print(spearman_karber(data, trim=0.2, multiplier=2).ed(50))
    ED50 38.18 [30.25, 48.19] (95.45 % Spearman-Kärber exact)
    """
    _check_options(trim, variance, abbott, multiplier)
    z = check_level(level)
    if multiplier is not None:
        z, level = multiplier, round(float(2 * ndtr(multiplier) - 1), 6)
    options = {
        "trim": trim, "variance": variance, "abbott": abbott, "level": level,
        "multiplier": multiplier,
    }  # fmt: skip
    doses, n, affected = data.groups
    with_control = abbott == "smoothed" and data.control[0] > 0
    sizes, counts = n.astype(np.float64), affected.astype(np.float64)
    if with_control:
        sizes = np.concatenate([[data.control[0]], sizes])
        counts = np.concatenate([[data.control[1]], counts])
    pooled = pool_adjacent(counts.tolist(), sizes.tolist())
    p = pooled.value
    reason = None
    if with_control:
        c = p[0]
        if c >= 1:
            reason = (
                "Every control was affected, so Abbott's correction leaves nothing; "
                'check the coding of the endpoint, or use abbott="none".'
            )
            p = np.empty(0)
        else:
            p = (p[1:] - c) / (1 - c)
    reason = reason or _obstacle(p, trim)
    flags: list[str] = []
    notes = list(dependence_notes(data))
    if not is_monotone((counts / sizes).tolist()):
        flags.append("non-monotone")
        notes.append(POOLED_NOTE)
    kind = f"Spearman-Kärber {variance}"
    name = "Spearman-Kärber" if trim == 0 else "Trimmed Spearman-Kärber"
    smoothed, adjusted = tuple(pooled.value.tolist()), tuple(p.tolist())
    if reason is not None:
        gone = Missing(reason)
        details = SpearmanKarberDetails(
            gone, gone, gone, gone, level, smoothed, adjusted
        )
        ed50 = missing_effect(50, data, kind, level, reason)
        flags.append("beyond-range" if p.size > 1 else "too-few-doses")
    else:
        cut = float(max(p[0], 1 - p[-1])) if trim == "auto" else float(trim)
        moves: TrimMoves = None
        if trim == "auto" and cut > 0:
            moves = "first" if p[0] >= 1 - p[-1] else "last"
        x, animals = np.log10(doses), n.astype(np.float64)
        mean = trimmed_mean(x, p, cut)
        exact = exact_variance(pooled, sizes, mean, moves, with_control)
        spread: float | Missing = exact
        if variance == "hamilton":
            spread = hamilton_variance(mean, p, animals)
        elif variance == "epa":
            spread = epa_variance(x, p, animals, mean, cut, trim == "auto")
            right = variance_limits(kind, level, mean.value, exact, z)
            notes.append(Note(_EPA_NOTE.format(right), "warning"))
        low, high = bracketing(p, cut)
        if high - low == 1:
            flags.append("no-dose-between-trims")
            notes.append(Note(_NONE_BETWEEN))
        se = None
        if not isinstance(spread, Missing) and spread > 0:
            se = float(np.sqrt(spread))
        ed50 = Estimate(
            "ED50",
            10.0**mean.value,
            variance_limits(kind, level, mean.value, spread, z),
            data.unit,
            se,
            50,
            name,
        )
        details = SpearmanKarberDetails(
            cut, 100 * cut, mean.value, spread, level, smoothed, adjusted
        )
    return QuantalEstimate(
        name, (ed50,), details, data, options, tuple(flags), tuple(notes), REFERENCES
    )
