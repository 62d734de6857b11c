"""Cluster bootstrap: resample whole clusters, refit all resamples in one batch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._bootstrap import maximising_eds, percentile_ends
from isobole.doseresponse._cluster_limits import ClusterEffect
from isobole.doseresponse._cluster_words import FEW_CLUSTERS, few_clusters_problem
from isobole.doseresponse._clusters import ClusterTable
from isobole.doseresponse._core import FINITE, Batch, Scale, fit_batch
from isobole.doseresponse._limits import FAR_DECADES
from isobole.doseresponse._links import Link, quantile
from isobole.doseresponse._status import SENTENCES, STATUSES, status_codes
from isobole.results import Missing, OptionError, Problem, format_number

FloatArray = NDArray[np.float64]

RESAMPLES = 4000
_FEWEST = 200


@dataclass(frozen=True, slots=True, eq=False)
class ClusterBootstrap:
    """The plain curve with the spread it has over resampled clusters.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    intercept, slope : float
        Of the plain fit, on log10 dose.
    covariance : array or Missing
        Of (intercept, slope) over the resamples; missing if any has no finite slope.
    n_clusters, resamples, seed : int
    strata : str
        How clusters were resampled, in words.
    without_slope : dict of str to int
        Resamples without a finite rising slope, by status. They are counted with the
        whole range of doses that fit them best, which widens the limits.
    problems : tuple of Problem
    """

    link: Link
    intercept: float
    slope: float
    covariance: FloatArray | Missing
    n_clusters: int
    resamples: int
    seed: int
    strata: str
    without_slope: dict[str, int]
    problems: tuple[Problem, ...]
    batch: Batch = field(repr=False)

    @property
    def share_without_slope(self) -> float:
        """Share of resamples without a finite rising slope."""
        return sum(self.without_slope.values()) / self.resamples

    def effect(self, percent: float, level: float = 0.95) -> ClusterEffect:
        """Return a log10 ED of the plain fit with percentile limits.

        A resample without a finite slope counts with the lowest dose that fits it best
        for the lower limit and the highest for the upper: the gap between two doses,
        everything beyond the tested doses, or every dose.
        """
        q = float(quantile(self.link, percent / 100))
        low, high = maximising_eds(self.batch, q)
        weights = np.full(self.resamples, 1 / self.resamples)
        ends = percentile_ends(low, high, weights, level)
        scale = self.batch.scale
        floor = scale.centre - scale.spread - FAR_DECADES
        top = scale.centre + scale.spread + FAR_DECADES
        open_low, open_high = ends[0] < floor, ends[1] > top
        ed: float | Missing = (q - self.intercept) / self.slope
        if not floor <= (q - self.intercept) / self.slope <= top:
            ed = Missing(
                f"the fitted dose lies more than {FAR_DECADES:g} decades outside the "
                "tested doses, which no data here can support. Test other doses."
            )
        lost = bool(self.without_slope)
        se = Missing(self._lost()) if lost else float(np.std(low, ddof=1))
        reason = None
        if open_low or open_high:
            sides = [n for n, on in (("lower", open_low), ("upper", open_high)) if on]
            share = format_number(50 * (1 - level), 3)
            reason = (
                f"The {' and '.join(sides)} limit is not bounded: more than {share} % "
                "of the resamples have no ED on that side (none or all affected, or "
                "no rising curve). Test more clusters or doses further out."
            )
        return ClusterEffect(
            percent=percent,
            level=level,
            log10_ed=ed,
            log10_se=se,
            low=None if open_low else float(ends[0]),
            high=None if open_high else float(ends[1]),
            unbounded_low=bool(open_low),
            unbounded_high=bool(open_high),
            empty=False,
            reason=reason,
        )

    def _lost(self) -> str:
        share = format_number(100 * self.share_without_slope, 2)
        return (
            f"{share} % of the resamples have no finite slope, so their spread is no "
            "standard error; the percentile limits count them"
        )

    def __str__(self) -> str:
        text = (
            f"Cluster bootstrap of {self.n_clusters} clusters ({self.strata}), "
            f"{self.resamples} resamples, seed {self.seed}"
        )
        if self.without_slope:
            share = format_number(100 * self.share_without_slope, 2)
            text += f"; {share} % of them without a finite slope"
        return text + "."


def bootstrap_clusters(
    table: ClusterTable,
    link: Link,
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> ClusterBootstrap | Missing:
    """Resample clusters and refit the plain curve to each resample.

    Clusters of one dose are resampled within their dose; clusters that span doses
    within those tested at the same doses, or all together where one of them is the
    only one of its kind (Davison and Hinkley 1997, Bootstrap Methods, section 3.8).

    Parameters
    ----------
    table : ClusterTable
    link : {"probit", "logit", "cloglog"}
    seed : int
    resamples : int
        At least 200.

    Returns
    -------
    ClusterBootstrap or Missing
        Missing, with the reason, where the data have no finite rising curve.

    Examples
    --------
    >>> dose, litter = np.repeat([5.0, 10, 20], 6), np.arange(18)
    >>> hit = np.array([0, 1, 0, 2, 0, 1, 0, 3, 4, 1, 2, 4, 4, 4, 1, 3, 4, 2])
    >>> table = ClusterTable.of(dose, np.full(18, 4), hit, litter)
    >>> print(bootstrap_clusters(table, "probit", seed=1, resamples=1000))
    Cluster bootstrap of 18 clusters (within each dose), 1000 resamples, seed 1.
    """
    if resamples < _FEWEST:
        msg = (
            f"resamples is {resamples}; percentile limits need at least {_FEWEST}. "
            f"Give {RESAMPLES} or more."
        )
        raise OptionError(msg)
    scale = Scale.of(table.log_dose)
    plain = fit_batch(
        link,
        scale,
        table.affected.sum(axis=0)[None, :],
        table.spared.sum(axis=0)[None, :],
    )
    if plain.pattern[0] != FINITE or plain.b[0] <= 0:
        status = STATUSES[int(status_codes(plain, 0.0, 0.95)[0])]
        return Missing(f"{SENTENCES[status]} Resampling such counts only repeats them.")
    strata, words, problems = _strata(table)
    random = np.random.default_rng(seed)
    affected = np.zeros((resamples, scale.z.size))
    spared = np.zeros((resamples, scale.z.size))
    for members in strata:
        times = random.multinomial(
            members.size, np.full(members.size, 1 / members.size), size=resamples
        ).astype(float)
        affected += times @ table.affected[members]
        spared += times @ table.spared[members]
    batch = fit_batch(link, scale, affected, spared)
    slope = float(plain.b[0]) / scale.spread
    without = _without_slope(batch)
    covariance: FloatArray | Missing
    if without:
        covariance = Missing(
            "some resamples have no finite slope, so their spread is no standard "
            "error; the percentile limits count them"
        )
    else:
        slopes = batch.b / scale.spread
        covariance = np.cov(batch.a - slopes * scale.centre, slopes)
    return ClusterBootstrap(
        link=link,
        intercept=float(plain.a[0]) - slope * scale.centre,
        slope=slope,
        covariance=covariance,
        n_clusters=table.size.size,
        resamples=resamples,
        seed=seed,
        strata=words,
        without_slope=without,
        problems=problems,
        batch=batch,
    )


def _without_slope(batch: Batch) -> dict[str, int]:
    codes = status_codes(batch, 0.0, 0.95)
    lost = (batch.pattern != FINITE) | (batch.b <= 0)
    kinds, counts = np.unique(codes[lost], return_counts=True)
    return {
        STATUSES[int(kind)]: int(count)
        for kind, count in zip(kinds, counts, strict=True)
    }


def _strata(
    table: ClusterTable,
) -> tuple[list[NDArray[np.intp]], str, tuple[Problem, ...]]:
    """Return the clusters to be resampled together, in words, and warnings."""
    kinds, index = np.unique(table.present, axis=0, return_inverse=True)
    groups = [np.flatnonzero(index.ravel() == k) for k in range(kinds.shape[0])]
    smallest = min(group.size for group in groups)
    if not table.spans_doses:
        words = "within each dose"
    elif smallest > 1 and len(groups) > 1:
        words = "within those tested at the same doses"
    else:
        groups, words = [np.arange(table.size.size)], "whole clusters"
        smallest = table.size.size
    problems = []
    if table.size.size < FEW_CLUSTERS:
        problems.append(few_clusters_problem("cluster", table.size.size))
    elif smallest < FEW_CLUSTERS:
        problems.append(_thin_problem(smallest, words))
    return groups, words, tuple(problems)


def _thin_problem(smallest: int, words: str) -> Problem:
    narrow = (
        "it never varies there"
        if smallest == 1
        else "the spread there comes out "
        f"{100 * (1 - ((smallest - 1) / smallest) ** 0.5):.0f} % too small"
    )
    return Problem(
        "few-clusters-in-stratum",
        f"Clusters are resampled {words}, and some have only {smallest}: {narrow}",
        severity="warning",
        expected=f"at least {FEW_CLUSTERS} clusters resampled together",
        remedy="Prefer cluster='auto', whose likelihood does not resample",
    )
