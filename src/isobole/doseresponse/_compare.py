"""Compare dose-response curves: parallelism, relative potency, ED50 ratios."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc

from isobole._version import __version__
from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    SINGLE_DOSE,
)
from isobole.doseresponse._data import QuantalData, check_unit
from isobole.doseresponse._ed_ratio import EdProfile, ed_ratio_deviance, ed_ratio_set
from isobole.doseresponse._estimates import NO_CURVE
from isobole.doseresponse._fit import QuantalFit, fit_quantal
from isobole.doseresponse._goodness import (
    GoodnessOfFit,
    from_statistics,
    no_goodness,
)
from isobole.doseresponse._joint import Arm, JointLikelihood
from isobole.doseresponse._joint_fit import JointFit
from isobole.doseresponse._joint_ratio import ratio_deviance, ratio_set
from isobole.doseresponse._limit_words import limits_of
from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    INTERVAL,
)
from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.doseresponse._options import (
    DEFAULT_HETEROGENEITY,
    HETEROGENEITY,
    INFORMATION,
    Heterogeneity,
    Information,
    check_level,
)
from isobole.doseresponse._references import references
from isobole.doseresponse._solution import LogSet
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    OptionError,
    Problem,
    ProblemList,
    Result,
    Table,
    Text,
    check_choice,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.doseresponse._lw_potency import PotencyRatioLW

FloatArray = NDArray[np.float64]
RatioInterval = Literal["likelihood", "fieller", "delta"]
Adjust = Literal["holm", "none"]
RATIO_INTERVALS: tuple[RatioInterval, ...] = ("likelihood", "fieller", "delta")


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test: chi-square, or F where heterogeneity is allowed for.

    `chi2` is the plain likelihood-ratio chi-square in either case; `p_adjusted` is
    for all pairs together (None where the test is not one of a family).
    """

    chi2: float | Missing
    df: int
    p: float | Missing
    p_adjusted: float | Missing | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields, a reason beside every null."""
        reason = self.p.reason if isinstance(self.p, Missing) else None
        adjusted = self.p_adjusted
        return {
            "chi2": value_or_none(self.chi2),
            "df": self.df,
            "p": value_or_none(self.p),
            "p_adjusted": None if adjusted is None else value_or_none(adjusted),
            "reason": reason,
        }


@dataclass(frozen=True, slots=True)
class RelativePotency:
    """Potency of a curve relative to the standard: ED50 standard / ED50 test.

    Above the standard's own potency the test is the more potent: less is needed.
    """

    curve: str
    standard: str
    estimates: tuple[Estimate, ...]

    def __getitem__(self, interval: str) -> Estimate:
        """Return the potency with limits of one kind."""
        return next(e for e in self.estimates if e.interval == interval)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "curve": self.curve,
            "standard": self.standard,
            "direction": f"ED50 of {self.standard} / ED50 of {self.curve}",
            "estimates": [estimate.to_dict() for estimate in self.estimates],
        }


@dataclass(frozen=True, slots=True)
class CurvePair:
    """Two curves: parallelism of this pair, and the ratio of ED50s first / second.

    `common` holds the ratio under the slope common to all curves, `separate` under
    a slope for each; `equal_common` and `equal_separate` test equal ED50s so.
    """

    first: str
    second: str
    parallelism: LikelihoodRatio
    common: tuple[Estimate, ...]
    separate: tuple[Estimate, ...]
    equal_common: LikelihoodRatio
    equal_separate: LikelihoodRatio
    litchfield_wilcoxon: PotencyRatioLW

    def ratio(
        self, slopes: Literal["common", "separate"], interval: RatioInterval
    ) -> Estimate:
        """Return ED50 first / ED50 second with limits of one kind."""
        check_choice("slopes", slopes, ("common", "separate"))
        found = self.common if slopes == "common" else self.separate
        check_choice("interval", interval, tuple(e.interval for e in found))
        return next(e for e in found if e.interval == interval)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "first": self.first,
            "second": self.second,
            "direction": f"ED50 of {self.first} / ED50 of {self.second}",
            "parallelism": self.parallelism.to_dict(),
            "ratio_common_slope": [e.to_dict() for e in self.common],
            "ratio_separate_slopes": [e.to_dict() for e in self.separate],
            "equal_ed50_common_slope": self.equal_common.to_dict(),
            "equal_ed50_separate_slopes": self.equal_separate.to_dict(),
            "litchfield_wilcoxon": self.litchfield_wilcoxon.to_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CurveComparison(Result):
    """Several quantal curves compared; made by `compare_curves`.

    `common` and `separate` are the joint fits and expose their covariances on log10
    dose; `heterogeneity` is judged on the separate-slopes fit of all curves pooled.
    """

    fits: tuple[QuantalFit, ...]
    names: tuple[str, ...]
    standard: str
    standard_potency: float
    link: Link
    information: Information
    interval: RatioInterval
    level: float
    adjust: Adjust
    common: JointFit = field(repr=False)
    separate: JointFit = field(repr=False)
    heterogeneity: GoodnessOfFit
    parallelism: LikelihoodRatio
    potencies: tuple[RelativePotency, ...]
    pairs: tuple[CurvePair, ...]
    messages: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def common_slope(self) -> float | Missing:
        """The slope common to all curves, per log10 dose."""
        found = [slope for slope in self.common.slope if slope is not None]
        return found[0] if found else Missing("there is no finite common slope.")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the rows and columns of `covariance`."""
        return (*(f"intercept of {name}" for name in self.names), "common slope")

    @property
    def covariance(self) -> FloatArray:
        """Covariance of `parameters` on log10 dose, times the heterogeneity factor.

        Rows and columns are 0 where a parameter has no finite estimate.
        """
        h = self.heterogeneity.heterogeneity
        return np.asarray(self.common.covariance(self.information) * h)

    def potency(self, curve: str, interval: RatioInterval | None = None) -> Estimate:
        """Return the potency of a curve relative to the standard."""
        others = tuple(found.curve for found in self.potencies)
        check_choice("curve", curve, others)
        kind = interval or self.interval
        check_choice("interval", kind, RATIO_INTERVALS)
        return next(found for found in self.potencies if found.curve == curve)[kind]

    def pair(self, first: str, second: str) -> CurvePair:
        """Return the comparison of two curves, in the order it was made."""
        check_choice("first", first, self.names)
        check_choice("second", second, self.names)
        for found in self.pairs:
            if {found.first, found.second} == {first, second} and first != second:
                return found
        msg = f"{first!r} and {second!r} are the same curve; name two."
        raise OptionError(msg)

    def __repr__(self) -> str:
        said = "; ".join(str(found[self.interval]) for found in self.potencies)
        p = self.parallelism.p
        shown = "—" if isinstance(p, Missing) else format_p(p)
        return f"CurveComparison({said}; parallelism p {shown}, {self.link})"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        values = [*self.common.intercept, value_or_none(self.common_slope)]
        gone = "a parameter without a finite estimate is null, its covariances 0"
        return {
            "standard": self.standard,
            "standard_potency": self.standard_potency,
            "link": self.link,
            "information": self.information,
            "interval": self.interval,
            "level": self.level,
            "adjust": self.adjust,
            "curves": [fit.to_dict() for fit in self.fits],
            "heterogeneity": self.heterogeneity.to_dict(),
            "parallelism": self.parallelism.to_dict(),
            "joint": {
                "parameters": list(self.parameters),
                "estimates": values,
                "covariance": self.covariance.tolist(),
                "deviance": self.common.deviance,
                "df": self.common.df,
                "reason": gone if None in values else None,
            },
            "potencies": [found.to_dict() for found in self.potencies],
            "pairs": [found.to_dict() for found in self.pairs],
            "messages": list(self.messages),
            "problems": [problem.to_dict() for problem in self.problems],
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per pair, kind of slope and interval."""
        import pandas as pd

        rows = [
            {"first": pair.first, "second": pair.second, "slopes": slopes}
            | estimate.to_dict()
            for pair in self.pairs
            for slopes, found in (("common", pair.common), ("separate", pair.separate))
            for estimate in found
        ]
        return pd.DataFrame(rows)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the curves on log-probit paper."""
        from isobole.doseresponse._figures import draw_curves

        return draw_curves(self.fits, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: potency, parallelism, curves, pairs, methods."""
        from isobole.doseresponse._figures import curves_figure

        notes: list[Block] = [Note(text, "warning") for text in self.messages]
        notes += [
            Note(str(problem), "warning" if problem.severity == "warning" else "notice")
            for problem in self.problems
        ]
        return (
            Heading("Comparison of curves"),
            *(Text(f"{_sentence(found, self)}") for found in self.potencies),
            *notes,
            _potency_table(self),
            _curve_table(self),
            curves_figure(self.fits),
            _parallel_table(self),
            _pair_table(self),
            _methods(self),
        )


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
    work = _Work(
        arms,
        names,
        link,
        common,
        separate,
        tuple(EdProfile.of(arm, link, float(quantile(link, 0.5))) for arm in arms),
        _pooled(separate, heterogeneity),
        information,
        level,
    )
    chosen = standard or names[0]
    pairs = [
        work.pair(i, j, fits) for i, j in itertools.combinations(range(len(data)), 2)
    ]
    overall = work.parallelism(range(len(data)), common, separate)
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
            work.potency(names.index(chosen), j, float(standard_potency))
            for j in range(len(data))
            if names[j] != chosen
        ),
        pairs=_adjusted(pairs, adjust),
        messages=_messages(work, fits, overall),
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


def _pooled(separate: JointFit, rule: Heterogeneity) -> GoodnessOfFit:
    """Judge heterogeneity on all curves with a finite slope of their own, pooled."""
    like = separate.likelihood
    used = np.array([pattern == FINITE for pattern in separate.pattern])
    if not used.any():
        return no_goodness(
            "no curve has a finite slope, so every curve fits perfectly",
            0,
            rule,
            "t",
        )
    rows = used[like.owner]
    chi2 = float(separate.pearson_parts[rows].sum())
    return from_statistics(
        chi2,
        separate.deviance,
        int(rows.sum()) - 2 * int(used.sum()),
        rule=rule,
        quantile="t",
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What every comparison of two of the curves needs."""

    arms: list[Arm]
    names: tuple[str, ...]
    link: Link
    common: JointFit
    separate: JointFit
    profiles: tuple[EdProfile, ...]
    pooled: GoodnessOfFit
    information: Information
    level: float
    sets: dict[tuple[int, int], LogSet] = field(default_factory=dict)

    def test(self, chi2: float, df: int) -> LikelihoodRatio:
        """Judge a likelihood-ratio chi-square: by chi-square, or by F with h."""
        chi2 = max(chi2, 0.0)
        if self.pooled.applied:
            ratio = chi2 / (df * self.pooled.heterogeneity)
            return LikelihoodRatio(chi2, df, float(fdtrc(df, self.pooled.df, ratio)))
        return LikelihoodRatio(chi2, df, float(chdtrc(df, chi2)))

    def parallelism(
        self, curves: Iterable[int], common: JointFit, separate: JointFit
    ) -> LikelihoodRatio:
        """Test one slope against a slope each."""
        lost = (NONE_AFFECTED, ALL_AFFECTED, SINGLE_DOSE)
        without = [i for i in curves if self.separate.pattern[i] in lost]
        df = separate.theta.size - common.theta.size - len(without)
        if df < 1:
            reason = Missing(
                f"{', '.join(self.names[i] for i in without)}: all or none affected, "
                "so there is no slope to compare; test doses with partial responses."
            )
            return LikelihoodRatio(reason, 0, reason)
        return self.test(2 * (separate.loglik - common.loglik), df)

    def estimate(
        self,
        quantity: str,
        i: int,
        j: int,
        value: float | Missing,
        found: LogSet,
        kind: str,
        *,
        se: float | None = None,
        reason: str | None = None,
        note: str | None = None,
        method: str = "",
        scale: float = 1.0,
    ) -> Estimate:
        """Put a log10 ratio and its set together, beyond-belief ends left out."""
        shift = math.log10(scale)
        reach = self.arms[i].log_dose, self.arms[j].log_dose
        floor = float(reach[0].min() - reach[1].max()) - FAR_DECADES + shift
        top = float(reach[0].max() - reach[1].min()) + FAR_DECADES + shift
        moved = LogSet(
            found.kind,
            found.low + shift,
            found.high + shift,
            found.low_open,
            found.high_open,
        )
        if not isinstance(value, Missing) and not floor <= value + shift <= top:
            value = Missing(
                f"the ratio lies more than {FAR_DECADES:g} decades beyond what the "
                "doses span, which no data here can support."
            )
        limits = limits_of(moved, kind, self.level, floor, top, reason, note)
        return Estimate(
            quantity,
            value if isinstance(value, Missing) else 10.0 ** (value + shift),
            limits,
            log10_se=se,
            percent=50.0,
            method=method,
        )

    def common_ratio(
        self, i: int, j: int, quantity: str, scale: float = 1.0
    ) -> tuple[Estimate, ...]:
        """Return the ratio of EDs i / j under the common slope, every interval."""
        log_ratio = self.common.log_ratio(i, j)
        value: float | Missing
        if not self.common.rises(i):
            value = Missing(
                "the common slope does not rise with dose, so there is no ED50 of a "
                "rising curve; check whether the counts are of the endpoint or its "
                "absence."
            )
        elif log_ratio is None:
            value = Missing(
                "the common-slope fit has no finite ED50 for both curves; the "
                "likelihood limits hold as they stand."
            )
        else:
            value = log_ratio
        method = f"common slope, {self.link}, {self.information} information"
        # One orientation is computed, so that swapping inverts to the last digit.
        key = min(i, j), max(i, j)
        if key not in self.sets:
            cut = self.pooled.cut(self.level)
            self.sets[key] = ratio_set(self.common, *key, cut)
        found = self.sets[key] if key[0] == i else _mirrored(self.sets[key])
        width = self.pooled.multiplier(self.level)
        fieller = self.common.log_ratio_fieller(i, j, width, self.information)
        h = math.sqrt(self.pooled.heterogeneity)
        rows: list[tuple[str, LogSet, str | None]] = [
            ("likelihood", found, _likelihood_reason(found))
        ]
        se = None
        if fieller is None:
            rows += [("fieller", LogSet(ABSENT), NO_CURVE)]
            rows += [("delta", LogSet(ABSENT), NO_CURVE)]
        else:
            limits, g, plain_se = fieller
            se = plain_se * h
            rows.append(("fieller", limits, _fieller_reason(limits, g)))
            delta = LogSet(ABSENT)
            if not isinstance(value, Missing):
                half = width * plain_se
                delta = LogSet(INTERVAL, value - half, value + half)
            rows.append(("delta", delta, NO_CURVE if delta.kind == ABSENT else None))
        return tuple(
            self.estimate(
                quantity,
                i,
                j,
                value,
                limits,
                kind,
                se=se,
                reason=reason,
                method=method,
                scale=scale,
            )
            for kind, limits, reason in rows
        )

    def separate_ratio(self, i: int, j: int, quantity: str) -> tuple[Estimate, ...]:
        """Return the ratio of ED50s i / j, each curve with its own slope."""
        q = float(quantile(self.link, 0.5))
        one, two = (self.separate.log_ed(k, q, self.information) for k in (i, j))
        value: float | Missing = Missing(
            "an ED50 of a rising curve is missing for at least one of the two; the "
            "likelihood limits hold as they stand."
        )
        se, delta = None, LogSet(ABSENT)
        if one and two and self.separate.rises(i) and self.separate.rises(j):
            value = one[0] - two[0]
            plain_se = math.hypot(one[1], two[1])
            half = self.pooled.multiplier(self.level) * plain_se
            se = plain_se * math.sqrt(self.pooled.heterogeneity)
            delta = LogSet(INTERVAL, value - half, value + half)
        cut = self.pooled.cut(self.level)
        found = ed_ratio_set(self.profiles[i], self.profiles[j], cut)
        method = f"separate slopes, {self.link}, {self.information} information"
        absent = NO_CURVE if delta.kind == ABSENT else None
        return (
            self.estimate(
                quantity, i, j, value, found, "likelihood",
                se=se, reason=_likelihood_reason(found), method=method,
            ),
            self.estimate(
                quantity, i, j, value, delta, "delta",
                se=se, reason=absent, method=method,
            ),
        )  # fmt: skip

    def potency(self, standard: int, test: int, assigned: float) -> RelativePotency:
        """Return the potency of a curve relative to the standard."""
        name = f"relative potency of {self.names[test]}"
        found = self.common_ratio(standard, test, name, assigned)
        return RelativePotency(self.names[test], self.names[standard], found)

    def pair(self, i: int, j: int, fits: tuple[QuantalFit, ...]) -> CurvePair:
        """Compare two of the curves."""
        from isobole.doseresponse._litchfield_wilcoxon import litchfield_wilcoxon
        from isobole.doseresponse._lw_potency import potency_ratio_lw

        both = [self.arms[i], self.arms[j]]
        shared, own = (
            JointLikelihood.of(both, self.link, slopes).maximise()
            for slopes in ("common", "separate")
        )
        like = self.common.likelihood
        shift = (like.centre[j] - like.centre[i]) / like.spread
        if not self.common.rises(i):
            falls = Missing("the common slope does not rise with dose.")
            equal_common = LikelihoodRatio(falls, 1, falls)
        else:
            equal_common = self.test(
                ratio_deviance(self.common, i, j, float(np.arctan(shift))), 1
            )
        if any(self.profiles[k].falling for k in (i, j)):
            falls = Missing("a curve of the pair does not rise with dose: no ED50.")
            equal_separate = LikelihoodRatio(falls, 1, falls)
        else:
            equal_separate = self.test(
                ed_ratio_deviance(self.profiles[i], self.profiles[j], 0.0), 1
            )
        name = f"ED50 ratio {self.names[i]} / {self.names[j]}"
        return CurvePair(
            self.names[i],
            self.names[j],
            self.parallelism((i, j), shared, own),
            self.common_ratio(i, j, name),
            self.separate_ratio(i, j, name),
            equal_common,
            equal_separate,
            # Its ratio is second over first.
            potency_ratio_lw(
                litchfield_wilcoxon(fits[j].data), litchfield_wilcoxon(fits[i].data)
            ),
        )


def _mirrored(found: LogSet) -> LogSet:
    return LogSet(found.kind, -found.high, -found.low, found.high_open, found.low_open)


def _likelihood_reason(found: LogSet) -> str | None:
    if found.kind == EMPTY:
        return "No rising curves agree with these counts; check their coding."
    return None


def _fieller_reason(found: LogSet, g: float) -> str | None:
    if found.kind == INTERVAL:
        return None
    start = f"Fieller's g is {format_number(g)}, at or above 1: "
    if found.kind == COMPLEMENT:
        return (
            f"{start}the set is everything outside the two numbers. Prefer the "
            "likelihood limits."
        )
    return (
        f"{start}the common slope is not distinct from zero by its standard error, so "
        "no ratio is excluded on an unbounded side."
    )


def holm(p_values: Sequence[float | Missing]) -> list[float | Missing]:
    """Adjust p-values for their number by Holm's step-down rule; Missing stays.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    known = sorted((p, k) for k, p in enumerate(p_values) if not isinstance(p, Missing))
    adjusted, running = list(p_values), 0.0
    for rank, (p, k) in enumerate(known):
        running = max(running, min(1.0, (len(known) - rank) * p))
        adjusted[k] = running
    return adjusted


def _adjusted(pairs: list[CurvePair], adjust: Adjust) -> tuple[CurvePair, ...]:
    from dataclasses import replace

    if adjust == "none":
        return tuple(pairs)
    common = holm([pair.equal_common.p for pair in pairs])
    separate = holm([pair.equal_separate.p for pair in pairs])
    return tuple(
        replace(
            pair,
            equal_common=replace(pair.equal_common, p_adjusted=common[k]),
            equal_separate=replace(pair.equal_separate, p_adjusted=separate[k]),
        )
        for k, pair in enumerate(pairs)
    )


def _messages(
    work: _Work, fits: tuple[QuantalFit, ...], parallel: LikelihoodRatio
) -> tuple[str, ...]:
    """Return one sentence for everything that limits what may be concluded."""
    found = []
    if not isinstance(parallel.p, Missing) and parallel.p < 0.05:
        found.append(
            f"The slopes differ (p {_equals(parallel.p)}): one relative potency does "
            "not hold at every effect. Compare EDs at several effects, and use the "
            "ED50 ratios with separate slopes."
        )
    if work.pooled.applied:
        found.append(
            f"The counts are heterogeneous (pooled chi-square "
            f"{format_number(_number(work.pooled.pearson))}, {work.pooled.df} df): "
            f"variances are multiplied by "
            f"{format_number(work.pooled.heterogeneity)}, and tests are F tests."
        )
    if not work.common.rises(0):
        found.append(
            "The common slope does not rise with dose. Check whether the counts are of "
            "the endpoint or of its absence."
        )
    elif all(slope is None for slope in work.common.slope):
        found.append(
            "There is no finite common slope: every curve is a step, all or none "
            "affected. The likelihood limits hold; test doses with partial responses."
        )
    for name, fit in zip(work.names, fits, strict=True):
        if fit.status != "ok":
            found.append(f"{name}: {fit.message}")
    return tuple(found)


def _number(value: float | Missing) -> float:
    return 0.0 if isinstance(value, Missing) else value


def _equals(p: float) -> str:
    shown = format_p(p)
    return shown if shown.startswith("<") else f"= {shown}"


def _sentence(found: RelativePotency, comparison: CurveComparison) -> str:
    estimate = found[comparison.interval]
    way = f"ED50 of {found.standard} over ED50 of {found.curve}, common slope"
    if comparison.standard_potency != 1:
        assigned = format_number(comparison.standard_potency)
        way += f"; {found.standard} is assigned {assigned}"
    value = estimate.value
    if isinstance(value, Missing):
        return f"{estimate} ({way})."
    ratio = value / comparison.standard_potency
    more = "more" if ratio >= 1 else "less"
    times = format_number(ratio if ratio >= 1 else 1 / ratio)
    return f"{estimate}: {found.curve} is {times} times {more} potent ({way})."


def _end(estimate: Estimate, value: float | None) -> Cell:
    if value is not None:
        return value
    reason = estimate.limits.reason or "not bounded."
    return Missing(f"{estimate.quantity}, {estimate.interval}: {reason}")


def _p_cell(p: float | Missing | None) -> Cell:
    if p is None:
        return Missing("not adjusted, as asked")
    return p if isinstance(p, Missing) else format_p(p)


def _potency_table(found: CurveComparison) -> Table:
    return Table(
        f"Relative potency against {found.standard}, common slope, "
        f"{format_number(100 * found.level)} % limits",
        ("curve", "limits", "potency", "low", "high", "set"),
        tuple(
            (
                potency.curve,
                estimate.interval,
                estimate.value,
                _end(estimate, estimate.low),
                _end(estimate, estimate.high),
                estimate.set_kind or "none",
            )
            for potency in found.potencies
            for estimate in potency.estimates
        ),
        (
            f"Potency is ED50 of {found.standard} over ED50 of the curve, times "
            f"{format_number(found.standard_potency)}: more means that less is needed.",
            "Likelihood: over rising curves. Fieller: slopes of either sign.",
        ),
    )


def _curve_table(found: CurveComparison) -> Table:
    unit = f" ({found.fits[0].data.unit})" if found.fits[0].data.unit else ""
    rows = []
    for name, fit in zip(found.names, found.fits, strict=True):
        estimate = fit.ed(50)
        rows.append(
            (
                name,
                estimate.value,
                _end(estimate, estimate.low),
                _end(estimate, estimate.high),
                fit.slope.estimate,
                fit.slope.se,
                fit.status,
            )
        )
    slope = found.common_slope
    shown = "none" if isinstance(slope, Missing) else format_number(slope)
    return Table(
        f"ED50 of each curve with its own slope, {format_number(100 * found.level)} % "
        f"{found.interval} limits",
        ("curve", f"ED50{unit}", f"low{unit}", f"high{unit}", "slope", "SE", "status"),
        tuple(rows),
        (
            f"Common slope: {shown} per log10 dose.",
            "Heterogeneity is judged here for each curve by itself, elsewhere pooled.",
        ),
    )


def _parallel_table(found: CurveComparison) -> Table:
    rows: list[tuple[Cell, ...]] = []
    if len(found.names) > 2:
        none = Missing("Litchfield and Wilcoxon compare two lines at a time")
        test = found.parallelism
        rows.append(("all", test.chi2, test.df, _p_cell(test.p), none, none, none))
    for pair in found.pairs:
        test, lw = pair.parallelism, pair.litchfield_wilcoxon
        rows.append(
            (
                f"{pair.first}, {pair.second}",
                test.chi2,
                test.df,
                _p_cell(test.p),
                lw.slope_ratio,
                lw.f_slope_ratio,
                lw.parallel,
            )
        )
    return Table(
        "Parallelism: likelihood ratio, and Litchfield-Wilcoxon slope ratio",
        ("curves", "chi-square", "df", "p", "S.R.", "f of S.R.", "S.R. < f"),
        tuple(rows),
        (
            "Each pair is tested by itself. A large p is no proof of parallel curves "
            "in small samples.",
        ),
    )


def _pair_table(found: CurveComparison) -> Table:
    kind: RatioInterval = found.interval
    rows: list[tuple[Cell, ...]] = []
    for pair in found.pairs:
        apart: RatioInterval = "delta" if kind == "delta" else "likelihood"
        for slopes, estimate, test in (
            ("common", pair.ratio("common", kind), pair.equal_common),
            ("separate", pair.ratio("separate", apart), pair.equal_separate),
        ):
            rows.append(
                (
                    f"{pair.first} / {pair.second}",
                    slopes,
                    estimate.value,
                    _end(estimate, estimate.low),
                    _end(estimate, estimate.high),
                    estimate.interval,
                    _p_cell(test.p),
                    _p_cell(test.p_adjusted),
                )
            )
    how = "Holm's adjustment" if found.adjust == "holm" else "no adjustment"
    return Table(
        f"ED50 ratios of all pairs, {format_number(100 * found.level)} % limits",
        ("ED50 ratio", "slopes", "ratio", "low", "high", "limits", "p", "adjusted p"),
        tuple(rows),
        (
            "p: likelihood-ratio test of equal ED50s under the stated slopes; "
            f"{how} for {len(found.pairs)} pair(s), common and separate slopes each "
            "for themselves.",
        ),
    )


def _methods(found: CurveComparison) -> Methods:
    sentences = [
        f"{len(found.names)} quantal dose-response curves ({found.link}, log10 dose) "
        "were fitted in one binomial likelihood, with a common slope and with a slope "
        "each; parallelism was tested by the likelihood ratio, and by the slope ratio "
        "of Litchfield and Wilcoxon.",
        f"Relative potency is the ED50 of {found.standard} over that of the test curve "
        f"under the common slope, with {format_number(100 * found.level)} % profile "
        "likelihood limits over rising curves and Fieller's limits from "
        f"{found.information} information.",
        "Ratios of ED50s with separate slopes have profile likelihood and delta "
        "limits on log dose.",
        "Equal ED50s were tested by likelihood ratio"
        + (", adjusted by Holm's method." if found.adjust == "holm" else "."),
    ]
    pooled = found.heterogeneity
    if pooled.applied:
        sentences.append(
            f"Heterogeneity pooled over curves (h = "
            f"{format_number(pooled.heterogeneity)}, {pooled.df} df) entered all "
            "limits and tests, by t and F."
        )
    else:
        sentences.append(f"No heterogeneity factor was applied (rule {pooled.rule}).")
    sentences.append(f"Computed with isobole {__version__}.")
    cited = references("finney", "fieller", "profile", "litchfield-wilcoxon")
    if found.adjust == "holm":
        cited += (
            "Holm S (1979) A simple sequentially rejective multiple test procedure. "
            "Scand J Stat 6:65-70.",
        )
    return Methods(" ".join(sentences), cited)
