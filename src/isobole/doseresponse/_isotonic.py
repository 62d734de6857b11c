"""Isotonic and centred isotonic regression: a rising curve and nothing more assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

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
from isobole.doseresponse._ordered import KIND, ordered_set, pool_adjacent
from isobole.results import Estimate, Missing, Note, Table, format_number

FloatArray = NDArray[np.float64]

REFERENCES = (
    "Ayer M et al. An empirical distribution function for sampling with incomplete "
    "information. Ann Math Stat 1955;26:641-647.",
    "Morris MD. Small-sample confidence limits for parameters under inequality "
    "constraints with application to quantal bioassay. Biometrics 1988;44:1083-1092.",
    "Oron AP, Flournoy N. Centered isotonic regression: point and interval estimation "
    "for dose-response studies. Stat Biopharm Res 2017;9:258-267.",
)


def centred_nodes(
    x: FloatArray, p: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Collapse each flat stretch to its weighted mean x (Oron and Flournoy 2017).

    Stretches at exactly 0 or 1 stay as they are: a curve may truly be flat there.
    """
    if x.size == 0:
        return x, p
    label = np.concatenate([[0], np.cumsum(np.diff(p) > 0)])
    xs: list[float] = []
    ps: list[float] = []
    for stretch in np.unique(label):
        inside = label == stretch
        level = float(p[inside][0])
        if 0 < level < 1:
            xs.append(float(np.average(x[inside], weights=weight[inside])))
            ps.append(level)
        else:
            xs.extend(x[inside].tolist())
            ps.extend([level] * int(inside.sum()))
    return np.array(xs), np.array(ps)


def crossing(x: FloatArray, p: FloatArray, level: float) -> float | None:
    """Return where the polygon (x, p) first and last stands at `level`, averaged."""
    if x.size == 0 or not p[0] - 1e-12 <= level <= p[-1] + 1e-12:
        return None
    at = np.isclose(p, level, rtol=0, atol=1e-12)
    if at.any():
        return float((x[at][0] + x[at][-1]) / 2)
    i = int(np.searchsorted(p, level))
    share = (level - p[i - 1]) / (p[i] - p[i - 1])
    return float(x[i - 1] + share * (x[i] - x[i - 1]))


@dataclass(frozen=True, slots=True)
class IsotonicDetails(Details):
    """The rising step estimate: proportions by dose and the polygon between them.

    `node_log10_dose` and `node_proportion` are the corners that are interpolated on
    the log10 dose; for the centred form they are the collapsed stretches.
    """

    centred: bool
    level: float
    observed: tuple[float, ...]
    fitted: tuple[float, ...]
    node_log10_dose: tuple[float, ...]
    node_proportion: tuple[float, ...]
    labels: ClassVar[dict[str, str]] = {}

    def effect(self, percent: float, data: QuantalData) -> Estimate:
        """Interpolate the dose of `percent` effect; limits by the exact ordered test.

        Outside the fitted proportions there is no dose, but the limits still hold.
        """
        doses, n, affected = data.groups
        if doses.size == 0:
            reason = "There is no dose above 0; give at least two dose groups."
            return missing_effect(percent, data, KIND, self.level, reason)
        limits = ordered_set(
            doses.tolist(), n.tolist(), affected.tolist(), percent / 100, self.level
        )
        log_dose = crossing(
            np.array(self.node_log10_dose), np.array(self.node_proportion),
            percent / 100,
        )  # fmt: skip
        value: float | Missing
        if log_dose is None:
            reached = (
                f"{format_number(100 * self.fitted[0])} to "
                f"{format_number(100 * self.fitted[-1])} %"
            )
            side = "lower" if percent / 100 < self.fitted[0] else "higher"
            value = Missing(
                f"The fitted response runs from {reached} and does not reach "
                f"{format_number(percent)} %; test {side} doses."
            )
        else:
            value = 10.0**log_dose
        return Estimate(
            f"ED{format_number(percent)}",
            value,
            limits,
            data.unit,
            percent=percent,
            method="centred isotonic" if self.centred else "isotonic",
        )

    def tables(self, data: QuantalData) -> tuple[Table, ...]:
        """Return observed and fitted proportions by dose."""
        doses, n, affected = data.groups
        unit = f" ({data.unit})" if data.unit else ""
        return (
            Table(
                "Proportions by dose",
                (f"dose{unit}", "n", data.endpoint, "observed", "isotonic"),
                tuple(
                    (float(d), int(m), int(r), raw, fit)
                    for d, m, r, raw, fit in zip(
                        doses, n, affected, self.observed, self.fitted, strict=True
                    )
                ),
            ),
        )


def isotonic(
    data: QuantalData, *, centred: bool = False, level: float = 0.95
) -> QuantalEstimate[IsotonicDetails]:
    """Estimate EDs from a rising curve of no particular shape.

    Proportions that fall with dose are pooled with their neighbours, weighted by
    animals (PAVA, Ayer et al. 1955), and the log10 dose is interpolated. The centred
    form first collapses every flat stretch inside (0, 1) to its weighted mean log10
    dose (Oron and Flournoy 2017), which removes most of the bias. If the curve is
    flat at exactly the wanted effect, the middle of the stretch on log dose is given.

    Limits hold for every rising curve: the doses that an exact one-sided binomial
    test at (1 - level)/2 does not reject on either side, the nearest tested dose
    first (see `ordered_p_values`). They are conservative and end at tested doses, or
    are not bounded, with the reason.

    Parameters
    ----------
    data : QuantalData
        Counts; control rows take no part (a log dose of 0 does not exist).
    centred : bool
        Use centred isotonic regression.
    level : float
        Confidence of the limits, 0 to 1.

    Returns
    -------
    QuantalEstimate
        ED50 at once; `ed(percent)` for any percent inside the fitted proportions.

    Raises
    ------
    OptionError
        If `level` or a percent is out of range.

    Examples
    --------
    >>> data = QuantalData([5, 10, 20, 40, 80], [8] * 5, [1, 4, 2, 6, 7], unit="mg/kg")
    >>> print(isotonic(data).ed(50))
    ED50 25.2 mg/kg (5, 80) (95 % exact ordered binomial)
    >>> print(isotonic(data, centred=True).ed(50))
    ED50 20 mg/kg (5, 80) (95 % exact ordered binomial)
    """
    check_level(level)
    doses, n, affected = data.groups
    options = {"centred": centred, "level": level}
    method = f"{'Centred isotonic' if centred else 'Isotonic'} regression (PAVA)"
    observed = tuple((affected / n).tolist())
    fitted = pool_adjacent(affected.tolist(), n.tolist()).value
    x, p = np.log10(doses), fitted
    if centred:
        x, p = centred_nodes(x, p, n.astype(np.float64))
    details = IsotonicDetails(
        centred,
        level,
        observed,
        tuple(fitted.tolist()),
        tuple(x.tolist()),
        tuple(p.tolist()),
    )
    notes = list(dependence_notes(data))
    flags = []
    if not is_monotone(observed):
        flags.append("non-monotone")
        notes.append(POOLED_NOTE)
    if data.control[1]:
        notes.append(
            Note(
                f"{data.control[1]} of {data.control[0]} controls were affected; they "
                "take no part here. For a natural response use fit_quantal with "
                'natural_response="estimate", or spearman_karber.',
                "warning",
            )
        )
    ed50 = details.effect(50, data)
    if isinstance(ed50.value, Missing):
        flags.append("beyond-range")
    return QuantalEstimate(
        method,
        (ed50,),
        details,
        data,
        options,
        tuple(flags),
        tuple(notes),
        REFERENCES if centred else REFERENCES[:2],
    )
