"""Compare dose-response curves: parallelism, relative potency, ED50 ratios."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from isobole.doseresponse._compare_ratios import (
    common_ratio,
    relative_potency,
    separate_ratio,
)
from isobole.doseresponse._compare_records import (
    RATIO_INTERVALS,
    Adjust,
    CurvePair as CurvePair,
    LikelihoodRatio as LikelihoodRatio,
    RatioInterval,
    RelativePotency as RelativePotency,
)
from isobole.doseresponse._compare_result import CurveComparison as CurveComparison
from isobole.doseresponse._compare_tests import (
    adjusted,
    equal_common,
    equal_separate,
    holm as holm,
    parallelism,
)
from isobole.doseresponse._compare_words import messages_of
from isobole.doseresponse._compare_work import JointCurves, pooled_goodness
from isobole.doseresponse._data import QuantalData, check_unit
from isobole.doseresponse._ed_ratio import EdProfile
from isobole.doseresponse._fit import fit_quantal
from isobole.doseresponse._fit_result import QuantalFit
from isobole.doseresponse._joint import Arm, JointLikelihood
from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.doseresponse._options import (
    DEFAULT_HETEROGENEITY,
    HETEROGENEITY,
    INFORMATION,
    Heterogeneity,
    Information,
    check_level,
)
from isobole.results import OptionError, Problem, ProblemList, check_choice


def compare_curves(
    curves: Sequence[QuantalData] | Mapping[str, QuantalData],
    *,
    link: Link = "probit",
    standard: str | None = None,
    standard_potency: float = 1.0,
    interval: RatioInterval = "likelihood",
    level: float = 0.95,
    information: Information = "observed",
    heterogeneity: Heterogeneity = DEFAULT_HETEROGENEITY,
    adjust: Adjust = "holm",
    independent: bool = False,
) -> CurveComparison:
    """Compare quantal curves: parallelism, relative potency, ED50 ratios.

    All curves are fitted in one binomial likelihood, once with a common slope and
    once with a slope each. The relative potency of a curve is ED50 of the standard
    over ED50 of that curve under the common slope.

    Main arguments

    Parameters
    ----------
    curves : sequence of QuantalData, or mapping of names to them
        Two or more curves with doses in one unit.
    link : {"probit", "logit", "cloglog"}
        Shape of the curves.
    standard : str, optional
        Name of the standard; the first curve by default.
    standard_potency : float
        Assigned potency of the standard (140 for 140 IU), which scales the others'.
    interval : {"likelihood", "fieller", "delta"}
        Kind of limits shown first; all kinds are computed.

    Other arguments

    level : float
        Confidence of limits, 0.5 to below 1.
    information : {"observed", "expected"}
        Matrix behind standard errors and Fieller's limits.
    heterogeneity : {"none", "always", "chi2>df", "p<0.05", "p<0.10", "p<0.15"}
        When h = Pearson / df, pooled over the curves each with its own slope, widens
        limits (t on df) and turns chi-square tests into F tests.
    adjust : {"holm", "none"}
        Adjustment of the tests of equal ED50 for the number of pairs.
    independent : bool
        Treat rows that share animals, litters, cages or days as independent.

    Returns
    -------
    CurveComparison

    Raises
    ------
    DataError
        For fewer than two curves, a curve with fewer than two doses, a name used
        twice, different dose units, or dependent rows.
    OptionError
        For options that do not exist.

    Notes
    -----
    Finney DJ (1971) Probit Analysis, 3rd ed., chapters 6 and 11.

    Examples
    --------
    >>> dose, n = [1.0, 1.6, 2.5, 4.0], [12, 12, 12, 11]
    >>> standard = QuantalData(dose, n, [0, 3, 6, 10], curve="S")
    >>> test = QuantalData(dose, [11, 12, 11, 11], [0, 4, 8, 10], curve="T")
    >>> found = compare_curves([standard, test], standard_potency=140)
    >>> print(found.potency("T"))
    relative potency of T 160.6 [122.1, 213.7] (95 % likelihood)
    """
    check_choice("link", link, LINKS)
    check_choice("information", information, INFORMATION)
    check_choice("heterogeneity", heterogeneity, HETEROGENEITY)
    check_choice("interval", interval, RATIO_INTERVALS)
    check_choice("adjust", adjust, ("holm", "none"))
    check_level(level)
    if not (math.isfinite(standard_potency) and standard_potency > 0):
        msg = (
            f"standard_potency is {standard_potency}; give the assigned potency of the "
            "standard, a number above 0."
        )
        raise OptionError(msg)
    data = _named(curves, independent)
    names = tuple(str(one.curve) for one in data)
    if standard is not None:
        check_choice("standard", standard, names)
    arms = [Arm.of(np.log10(d), n, r) for d, n, r in (one.groups for one in data)]
    fits = tuple(
        fit_quantal(
            one,
            link=link,
            information=information,
            heterogeneity=heterogeneity,
            interval=interval,
            level=level,
            independent=independent,
        )
        for one in data
    )
    common = JointLikelihood.of(arms, link, "common").maximise()
    separate = JointLikelihood.of(arms, link, "separate").maximise()
    work = JointCurves(
        arms,
        names,
        link,
        common,
        separate,
        tuple(EdProfile.of(arm, link, float(quantile(link, 0.5))) for arm in arms),
        pooled_goodness(separate, heterogeneity),
        information,
        level,
        frozenset(k for k, one in enumerate(data) if one.design == "sequential"),
    )
    chosen = standard or names[0]
    pairs = [
        _pair(work, i, j, fits) for i, j in itertools.combinations(range(len(data)), 2)
    ]
    overall = parallelism(work, range(len(data)), common, separate)
    return CurveComparison(
        fits=fits,
        names=names,
        standard=chosen,
        standard_potency=float(standard_potency),
        link=link,
        information=information,
        interval=interval,
        level=level,
        adjust=adjust,
        common=common,
        separate=separate,
        heterogeneity=work.pooled,
        parallelism=overall,
        potencies=tuple(
            relative_potency(work, names.index(chosen), j, float(standard_potency))
            for j in range(len(data))
            if names[j] != chosen
        ),
        pairs=adjusted(pairs, adjust),
        messages=messages_of(work, fits, overall),
        problems=tuple(
            dict.fromkeys(problem for fit in fits for problem in fit.problems)
        ),
    )


def _named(
    curves: Sequence[QuantalData] | Mapping[str, QuantalData], independent: bool
) -> list[QuantalData]:
    """Name the curves, and raise every problem that stands in the way."""
    from isobole.doseresponse._clusters import find_clusters

    if isinstance(curves, Mapping):
        data = [one.renamed(str(name)) for name, one in curves.items()]
    else:
        data = [
            one if one.curve else one.renamed(f"curve {index}")
            for index, one in enumerate(curves, start=1)
        ]
    found = ProblemList()
    if len(data) < 2:
        found.add(
            Problem(
                "too-few-curves",
                f"There are {len(data)} curve(s), so there is nothing to compare",
                expected="two curves or more",
                remedy="Give the standard and the test, or use fit_quantal for one",
            )
        )
    names = [str(one.curve) for one in data]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        found.add(
            Problem(
                "duplicate-curve",
                f"The curve name '{name}' stands {names.count(name)} times",
                column="curve",
                given=name,
                expected="one name per curve",
                remedy="Rename one, or join the rows if they are the same curve",
            )
        )
    for one in data:
        doses = one.groups[0].size
        if doses < 2:
            found.add(
                Problem(
                    "too-few-doses",
                    f"Curve '{one.curve}' has {doses} dose(s) above 0",
                    column="dose",
                    expected="two doses or more",
                    remedy="Leave the curve out, or add doses to it",
                )
            )
        elif not independent and (clusters := find_clusters(one)) is not None:
            found.add(
                Problem(
                    "dependent-rows",
                    f"Curve '{one.curve}': {clusters.sentence}",
                    column=clusters.column,
                    remedy="A joint comparison takes animals as independent: compare "
                    "the limits of fit_quantal for each curve, which allow for it, or "
                    "pass independent=True and say so",
                )
            )
    found.raise_errors()
    check_unit(data)
    return data


def _pair(work: JointCurves, i: int, j: int, fits: tuple[QuantalFit, ...]) -> CurvePair:
    """Compare two of the curves."""
    from isobole.doseresponse._litchfield_wilcoxon import litchfield_wilcoxon
    from isobole.doseresponse._lw_potency import potency_ratio_lw

    both = [work.arms[i], work.arms[j]]
    shared, own = (
        JointLikelihood.of(both, work.link, slopes).maximise()
        for slopes in ("common", "separate")
    )
    name = f"ED50 ratio {work.names[i]} / {work.names[j]}"
    return CurvePair(
        work.names[i],
        work.names[j],
        parallelism(work, (i, j), shared, own),
        common_ratio(work, i, j, name),
        separate_ratio(work, i, j, name),
        equal_common(work, i, j),
        equal_separate(work, i, j),
        # Its ratio is second over first.
        potency_ratio_lw(
            litchfield_wilcoxon(fits[j].data), litchfield_wilcoxon(fits[i].data)
        ),
    )
