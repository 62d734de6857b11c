"""Many tables at once: estimates, statuses and limits as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from isobole.doseresponse._core import FINITE, Batch, Scale, fit_batch
from isobole.doseresponse._limits import (
    ABSENT,
    FAR_DECADES,
    SET_KINDS,
    LimitArrays,
    delta_arrays,
    fieller_arrays,
    likelihood_arrays,
)
from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.doseresponse._status import STATUSES, status_codes
from isobole.results import DataError, Problem, check_choice

FloatArray = NDArray[np.float64]
ArrayInterval = Literal["likelihood", "fieller", "delta"]
ARRAY_INTERVALS: tuple[ArrayInterval, ...] = ("likelihood", "fieller", "delta")


@dataclass(frozen=True, slots=True, eq=False)
class ManyFits:
    """Fits of B tables that share their doses; row i belongs to table i.

    Values that do not exist are masked, never NaN: `ed` where no finite rising curve
    exists, `low` and `high` where the set has no such end. `status` and `set_kind`
    index `STATUSES` and `SET_KINDS`; `statuses` gives the words.
    """

    doses: FloatArray
    link: Link
    percent: float
    level: float
    interval: str
    intercept: Any
    slope: Any
    ed: Any
    low: Any
    high: Any
    log10_se: Any
    set_kind: NDArray[np.int8]
    status: NDArray[np.int8]
    limits: LimitArrays

    @property
    def statuses(self) -> NDArray[np.str_]:
        """The status of every table as a word."""
        return np.array(STATUSES)[self.status]

    @property
    def set_kinds(self) -> tuple[str | None, ...]:
        """The kind of set of every table as a word."""
        return tuple(SET_KINDS[code] for code in self.set_kind)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per table."""
        import pandas as pd

        columns: dict[str, Any] = {"status": self.statuses}
        for name in ("intercept", "slope", "ed", "low", "high", "log10_se"):
            values = getattr(self, name)
            column = pd.array(np.ma.filled(values, 0.0), dtype="Float64")
            column[np.ma.getmaskarray(values)] = pd.NA
            columns[name] = column
        columns["set_kind"] = pd.array(list(self.set_kinds), dtype="string")
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        finite = int((~np.ma.getmaskarray(self.ed)).sum())
        return (
            f"ManyFits({self.status.size} tables of {self.doses.size} doses, "
            f"{finite} with an ED{self.percent:g}, {self.link})"
        )


def batch_of(doses: ArrayLike, n: ArrayLike, affected: ArrayLike, link: Link) -> Batch:
    """Check arrays and fit them; doses (K,), n (K,) or (B, K), affected (B, K)."""
    check_choice("link", link, LINKS)
    dose = np.asarray(doses, dtype=float)
    r = np.atleast_2d(np.asarray(affected, dtype=float))
    sizes = np.asarray(n, dtype=float)
    problems = []
    if dose.ndim != 1 or r.ndim != 2 or r.shape[1] != dose.size:
        problems.append(
            Problem(
                "shape",
                f"doses has shape {dose.shape} and affected {r.shape}",
                expected="doses (K,) and affected (B, K)",
                remedy="Give one column of counts per dose",
            )
        )
    elif not (np.isfinite(dose).all() and (dose > 0).all()):
        problems.append(
            Problem(
                "dose-not-positive",
                "doses must be finite and above 0 (a batch has no control rows)",
                column="dose",
                remedy="Leave control groups out, or fit them one by one",
            )
        )
    elif np.unique(dose).size != dose.size:
        problems.append(
            Problem(
                "dose-repeated",
                "A dose stands twice",
                column="dose",
                remedy="Merge the groups of equal dose",
            )
        )
    else:
        try:
            sizes = np.broadcast_to(sizes, r.shape)
        except ValueError:
            problems.append(
                Problem(
                    "shape",
                    f"n has shape {sizes.shape}, affected {r.shape}",
                    expected="n (K,) or (B, K)",
                    remedy="Give one group size per dose",
                )
            )
        else:
            whole = (r == np.floor(r)) & (sizes == np.floor(sizes))
            bad = ~(whole & (r >= 0) & (sizes >= 0) & (r <= sizes))
            if bad.any():
                table, column = np.argwhere(bad)[0]
                problems.append(
                    Problem(
                        "counts",
                        f"{int(bad.sum())} cell(s) are not whole counts between 0 and "
                        f"n; the first is {r[table, column]:g} of "
                        f"{sizes[table, column]:g}",
                        row=int(table) + 1,
                        column=f"dose {dose[column]:g}",
                        remedy="Give counts of animals, not percentages",
                    )
                )
            elif (sizes.sum(axis=1) == 0).any():
                problems.append(
                    Problem(
                        "no-rows",
                        "A table has no animals at all",
                        remedy="Leave empty tables out",
                    )
                )
    if problems:
        raise DataError(problems)
    return fit_batch(link, Scale.of(np.log10(dose)), r, sizes - r)


def fit_many(
    doses: ArrayLike,
    n: ArrayLike,
    affected: ArrayLike,
    *,
    link: Link = "probit",
    percent: float = 50.0,
    interval: ArrayInterval = "likelihood",
    level: float = 0.95,
    information: Literal["observed", "expected"] = "observed",
) -> ManyFits:
    """Fit B tables of counts at once by maximum likelihood.

    The same numerical core as `fit_quantal`, without heterogeneity factors.

    Parameters
    ----------
    doses : array, shape (K,)
        Doses above 0, shared by all tables.
    n : array, shape (K,) or (B, K)
        Animals per group.
    affected : array, shape (B, K)
        Animals showing the endpoint.
    link, percent, interval, level, information
        As in `fit_quantal` and `QuantalFit.ed`.

    Returns
    -------
    ManyFits
        Arrays on the natural dose scale; log10 standard errors.

    Raises
    ------
    DataError
        If shapes do not match or counts are not whole numbers between 0 and n.

    Examples
    --------
    >>> fits = fit_many([5, 10, 20, 40], 8, [[0, 2, 5, 8], [0, 0, 8, 8]])
    >>> list(fits.statuses)
    [np.str_('ok'), np.str_('separated')]
    >>> [round(float(x), 2) for x in (fits.low[1], fits.high[1])]
    [10.0, 20.0]
    """
    check_choice("interval", interval, ARRAY_INTERVALS)
    check_choice("information", information, ("observed", "expected"))
    batch = batch_of(doses, n, affected, link)
    q = float(quantile(link, percent / 100))
    count = batch.pattern.size
    z = np.full(count, float(ndtri(0.5 + level / 2)))
    delta, se = delta_arrays(batch, q, z, information)
    if interval == "likelihood":
        limits = likelihood_arrays(batch, q, np.full(count, chdtri(1.0, 1 - level)))
    elif interval == "fieller":
        limits = fieller_arrays(batch, q, z, information)[0]
    else:
        limits = delta
    spread, centre = batch.scale.spread, batch.scale.centre
    curved = batch.pattern == FINITE
    slope = batch.b / spread
    intercept = batch.a - slope * centre
    rising = curved & (batch.b > 0)
    m = np.divide(q - batch.a, batch.b, out=np.zeros(count), where=rising)
    log_ed = batch.scale.log_dose(m)
    # An ED further out than this is the tail of the assumed curve, not a dose.
    log_dose = np.log10(np.asarray(doses, dtype=float))
    floor, top = log_dose.min() - FAR_DECADES, log_dose.max() + FAR_DECADES
    absent = limits.kind == ABSENT
    empty = absent | (limits.kind == SET_KINDS.index("empty"))
    no_low = empty | (limits.low < floor)
    no_high = empty | (limits.high > top)
    return ManyFits(
        doses=np.asarray(doses, dtype=float),
        link=link,
        percent=percent,
        level=level,
        interval=interval,
        intercept=np.ma.masked_array(intercept, ~curved),
        slope=np.ma.masked_array(slope, ~curved),
        ed=_power(log_ed, ~rising | (log_ed < floor) | (log_ed > top)),
        low=_power(np.minimum(limits.low, top), no_low),
        high=_power(np.maximum(limits.high, floor), no_high),
        log10_se=np.ma.masked_array(se, ~curved),
        set_kind=limits.kind,
        status=status_codes(batch, q, level),
        limits=limits,
    )


def _power(log_dose: FloatArray, mask: NDArray[np.bool_]) -> Any:
    safe = np.where(mask, 0.0, log_dose)
    return np.ma.masked_array(10.0**safe, mask)
