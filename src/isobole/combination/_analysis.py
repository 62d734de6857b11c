"""`analyze_combination`: from counts of single drugs and mixtures to a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from isobole.combination._bootstrap import DRAWS, IndexDraws, draw_index
from isobole.combination._caveats import caveats_of
from isobole.combination._data import Arm, CombinationData, no_single_arm
from isobole.combination._expectation import equivalence_band
from isobole.combination._index import (
    ArmDose,
    arm_dose,
    joint_test,
    log_delta,
    pooled_goodness,
)
from isobole.combination._interaction import (
    DoseEquivalence,
    Interaction,
    Parallelism,
    WelchTest,
)
from isobole.combination._summary_test import (
    VARIANCE_RULES,
    VarianceRule,
    additive_summary,
    welch,
)
from isobole.combination._verdict import (
    NULLS,
    animals_needed,
    check_margin,
    decide,
    direction_of,
)
from isobole.doseresponse import (
    Link,
    QuantalFit,
    fit_quantal,
    litchfield_wilcoxon,
)
from isobole.doseresponse._core import FINITE, SINGLE_DOSE
from isobole.doseresponse._joint import Arm as JointArm, JointLikelihood
from isobole.doseresponse._links import quantile
from isobole.results import (
    Block,
    DataError,
    Estimate,
    Limits,
    Missing,
    OptionError,
    Problem,
    Result,
    check_choice,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

IndexInterval = Literal["auto", "log-delta", "likelihood", "bootstrap"]
INDEX_INTERVALS = ("auto", "log-delta", "likelihood", "bootstrap")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CombinationAnalysis(Result):
    """A combination study analysed: its arms, and one `Interaction` per ray and effect.

    `options` holds every option in force.
    """

    data: CombinationData
    single: tuple[QuantalFit, ...]
    mixtures: tuple[QuantalFit, ...]
    interactions: tuple[Interaction, ...]
    caveats: tuple[str, ...]
    options: dict[str, Any]
    problems: tuple[Problem, ...] = field(default=())

    def interaction(
        self, mixture: str | None = None, effect: float = 50
    ) -> Interaction:
        """Return one interaction; the first mixture by default."""
        for found in self.interactions:
            if found.effect == effect and mixture in (None, found.name):
                return found
        listed = ", ".join(f"{i.name} at {i.effect:g} %" for i in self.interactions)
        msg = f"There is no {mixture or 'mixture'} at {effect:g} %; there are {listed}."
        raise OptionError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return the body of ``isobole/synergy/1``."""
        effects = [float(e) for e in self.options["effects"]]
        return {
            "design": self.data.design,
            "single": [fit.to_dict(effects) for fit in self.single],
            "mixtures": [fit.to_dict(effects) for fit in self.mixtures],
            "interactions": [found.to_dict() for found in self.interactions],
            "caveats": list(self.caveats),
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: isobolograms, verdicts, arms, methods."""
        from isobole.combination._report import analysis_blocks

        return analysis_blocks(self)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the isobologram of the first mixture."""
        from isobole.combination._figures import draw_isobologram

        return draw_isobologram(self.interactions[0], ax=ax)

    def __repr__(self) -> str:
        found = "; ".join(repr(interaction) for interaction in self.interactions)
        return f"CombinationAnalysis({self.data.design}: {found})"


def analyze_combination(
    data: CombinationData,
    *,
    effect: float | Sequence[float] = 50.0,
    link: Link = "probit",
    variance: VarianceRule = "delta",
    interval: IndexInterval = "auto",
    null: Literal["both", "loewe", "dose-equivalence"] = "both",
    margin: tuple[float, float] | None = None,
    planned_index: float | None = None,
    natural_response: Literal["none", "estimate"] | float = "none",
    heterogeneity: Any = None,
    convention: Any = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> CombinationAnalysis:
    """Analyse fixed-ratio mixtures of two or more drugs against additivity.

    Main arguments

    Parameters
    ----------
    data : CombinationData
        Single-drug arms and one or more rays.
    effect : float or sequence of float
        Effect level(s) in percent at which doses are compared.
    variance : {"delta", "tallarida", "lublin"}
        Rule for the error of the additive dose.
    interval : {"auto", "log-delta", "likelihood", "bootstrap"}
        Kind of interval the verdict rests on. Auto is log-delta where every arm has a
        finite rising curve, and likelihood elsewhere; all kinds are shown.
    null : {"both", "loewe", "dose-equivalence"}
        Which null models the verdict asks to agree.
    margin : (float, float), optional
        Indices that would not matter; without it additivity is never concluded.

    Other arguments

    link, natural_response, heterogeneity, convention, level
        As in `fit_quantal`; the heterogeneity rule enters every variance and test.
    planned_index : float, optional
        Index for which the number of animals is worked out when inconclusive.
    draws, seed : int
        Of the parametric bootstrap; 0 draws leaves it and the band's limits out.

    Returns
    -------
    CombinationAnalysis

    Raises
    ------
    DataError
        If a drug has no arm of its own, or there is no ray.
    OptionError
        For options that do not exist.

    Notes
    -----
    Loewe S (1953) Arzneimittelforschung 3:285; Tallarida RJ (2000) Drug Synergism and
    Dose-Effect Data Analysis.

    Examples
    --------
    >>> import numpy as np
    >>> ladder = np.array([5.0, 10, 20, 40])
    >>> dose = np.concatenate(
    ...     [
    ...         np.outer(ladder, [1, 0]),
    ...         np.outer(ladder, [0, 4]),
    ...         np.outer(ladder / 2, [0.5, 2]),
    ...     ]
    ... )
    >>> data = CombinationData(
    ...     ["A", "B"], dose, [8] * 12, [1, 3, 6, 7, 1, 3, 5, 7, 1, 3, 6, 8]
    ... )
    >>> found = analyze_combination(data, draws=0, null="loewe")
    >>> print(round(found.interactions[0].index.value, 2))
    0.48
    """
    check_choice("variance", variance, VARIANCE_RULES)
    check_choice("interval", interval, INDEX_INTERVALS)
    check_choice("null", null, NULLS)
    check_margin(margin)
    if planned_index is not None and not (planned_index > 0 and planned_index != 1):
        msg = f"planned_index is {planned_index}; give an index above 0 other than 1."
        raise OptionError(msg)
    if interval == "bootstrap" and draws < 100:
        msg = f"interval='bootstrap' needs at least 100 draws, not {draws}."
        raise OptionError(msg)
    effects = (
        tuple(float(e) for e in effect)
        if isinstance(effect, Sequence)
        else (float(effect),)
    )
    fit_options: dict[str, Any] = {
        "link": link, "natural_response": natural_response, "level": level,
        "heterogeneity": heterogeneity, "convention": convention,
    }  # fmt: skip
    rays = data.arms_of("ray")
    _check_rays(data, rays)
    alone = {arm.name: fit_quantal(arm.data, **fit_options)
             for arm in data.arms_of("single")}  # fmt: skip
    mixed = [fit_quantal(arm.data, **fit_options) for arm in rays]
    caveats = caveats_of(data)
    interactions = []
    for arm, mixture in zip(rays, mixed, strict=True):
        present = [i for i, share in enumerate(arm.shares) if share > 0]
        singles = [alone[data.drugs[i]] for i in present]
        for percent in effects:
            interactions.append(
                _interaction(
                    arm, tuple(data.drugs[i] for i in present), singles, mixture,
                    tuple(arm.shares[i] for i in present), percent,
                    variance=variance, interval=interval, null=null, margin=margin,
                    planned_index=planned_index, level=level, draws=draws, seed=seed,
                    caveats=caveats,
                )
            )  # fmt: skip
    options = {
        "effects": effects, "link": link, "variance": variance, "interval": interval,
        "null": null, "margin": margin, "planned_index": planned_index,
        "natural_response": natural_response,
        "heterogeneity": mixed[0].options.heterogeneity, "convention": convention,
        "level": level, "draws": draws, "seed": seed,
    }  # fmt: skip
    return CombinationAnalysis(
        data,
        tuple(alone.values()),
        tuple(mixed),
        tuple(interactions),
        caveats,
        options,
        data.notes,
    )


def _check_rays(data: CombinationData, rays: Sequence[Arm]) -> None:
    if not rays:
        raise DataError(
            [
                Problem(
                    "no-ray",
                    f"The design was recognised as {data.design}: there is no mixture "
                    "at a fixed ratio with two or more total doses",
                    remedy="For a fixed dose of one drug under a ladder of another use "
                    "potency_shift; for two doses and their combination use "
                    "factorial_interaction; or give design='fixed-ratio'",
                )
            ]
        )
    names = {arm.name for arm in data.arms_of("single")}
    for arm in rays:
        for drug, share in zip(data.drugs, arm.shares, strict=True):
            if share > 0 and drug not in names:
                raise no_single_arm(drug)


def _interaction(
    arm: Arm,
    drugs: tuple[str, ...],
    singles: Sequence[QuantalFit],
    mixture: QuantalFit,
    shares: tuple[float, ...],
    percent: float,
    *,
    variance: VarianceRule,
    interval: IndexInterval,
    null: str,
    margin: tuple[float, float] | None,
    planned_index: float | None,
    level: float,
    draws: int,
    seed: int,
    caveats: tuple[str, ...],
) -> Interaction:
    q = float(quantile(mixture.link, percent / 100))
    doses = [arm_dose(fit, percent) for fit in singles]
    mixed = arm_dose(mixture, percent)
    delta = log_delta(doses, mixed, shares, rule=variance, level=level)
    joint = [
        joint_test(singles, mixture, shares, percent, slopes=slopes, level=level)
        for slopes in ("separate", "common")
    ]  # fmt: skip
    fits = (*singles, mixture)
    regular = all(f.solution.pattern == FINITE and f.solution.slope > 0 for f in fits)
    drawn = None
    if draws and regular:
        drawn = draw_index(singles, mixture, shares, q, draws=draws, seed=seed)
    kinds = {
        "log-delta": delta.limits(level),
        "likelihood": joint[0].limits,
        "bootstrap": _bootstrap_limits(drawn, level, draws=draws),
    }
    chosen = interval
    if chosen == "auto":
        chosen = "log-delta" if regular else "likelihood"
    limits = kinds[chosen]
    inner_level = 2 * level - 1
    if chosen == "log-delta":
        inner, p = delta.limits(inner_level), delta.p
    elif chosen == "likelihood":
        inner = joint_test(
            singles, mixture, shares, percent, slopes="separate", level=inner_level
        ).limits
        p = joint[0].p
    else:
        inner, p = _bootstrap_limits(drawn, inner_level, draws=draws), delta.p
    band = _band(doses, mixture, singles, shares, drawn, percent, level)
    band_direction = None
    if len(drugs) == 2 and band.below.set_kind is not None:
        band_direction = direction_of(band.below)
        if band_direction != "below 1":
            above = direction_of(band.above)
            band_direction = above if above == "above 1" else "not distinct from 1"
    verdict = decide(
        direction_of(limits), band_direction, inner, limits,
        null=null, margin=margin, drugs=len(drugs),
    )  # fmt: skip
    value: float | Missing = (
        delta.log_index
        if isinstance(delta.log_index, Missing)
        else math.exp(delta.log_index)
    )
    animals = sum(fit.data.n_animals for fit in fits)
    said = list(caveats)
    if verdict.word == "synergy":
        said.insert(0, PHARMACOKINETIC)
    return Interaction(
        name=arm.name,
        drugs=drugs,
        shares=shares,
        effect=percent,
        observed=mixture.ed(percent),
        single=tuple(fit.ed(percent) for fit in singles),
        additive=delta.additive,
        band=band,
        index=Estimate("interaction index", value, limits, method=variance),
        index_kinds=tuple(kinds.values()),
        se_log=delta.se_log,
        p=p,
        joint=tuple(joint),
        welch=_welch(fits, shares) if percent == 50 else _no_welch(),
        parallelism=_parallelism(singles),
        null_model=null,
        verdict=verdict,
        caveats=tuple(said),
        animals=animals_needed(
            delta.se_log, animals, planned_index=planned_index, margin=margin,
            level=level,
        ),
        fits=fits,
    )  # fmt: skip


PHARMACOKINETIC = (
    "Pharmacokinetic contribution not excluded: without plasma or brain concentrations "
    "one drug may have raised the exposure to another."
)


def _bootstrap_limits(drawn: IndexDraws | None, level: float, *, draws: int) -> Limits:
    kind = "bootstrap"
    if drawn is None:
        reason = (
            "No bootstrap draws were asked for."
            if not draws
            else "The parametric bootstrap draws from the fitted curves, and an arm "
            "has no finite rising curve; the likelihood limits hold."
        )
        return Limits(kind, level, None, reason=reason)
    low, high = drawn.limits(level)
    return _index_limits(kind, level, low, high)


def _index_limits(kind: str, level: float, low: float, high: float) -> Limits:
    unbounded = math.isinf(low) + math.isinf(high)
    reason = "Draws without a finite curve leave this side open." if unbounded else None
    shapes: tuple[Any, ...] = ("interval", "ray", "line")
    return Limits(
        kind,
        level,
        shapes[unbounded],
        None if math.isinf(low) else 10.0**low,
        None if math.isinf(high) else 10.0**high,
        reason=reason,
    )


def _band(
    doses: Sequence[ArmDose | Missing],
    mixture: QuantalFit,
    singles: Sequence[QuantalFit],
    shares: Sequence[float],
    drawn: IndexDraws | None,
    percent: float,
    level: float,
) -> DoseEquivalence:
    none = Limits("bootstrap", level, None, reason="No dose-equivalence band here.")
    if len(singles) != 2:
        gone = Missing("dose equivalence is defined for two drugs.")
        return DoseEquivalence(gone, gone, gone, none, none)
    lost = [dose for dose in doses if isinstance(dose, Missing)]
    if lost:
        return DoseEquivalence(lost[0], lost[0], lost[0], none, none)
    a, b = (dose.dose for dose in doses if not isinstance(dose, Missing))
    k = singles[1].solution.slope / singles[0].solution.slope
    if k <= 0:
        gone = Missing("a single drug has no rising curve.")
        return DoseEquivalence(gone, gone, gone, none, none)
    band = equivalence_band(a, b, k, shares)
    if drawn is None:
        reason = "No bootstrap draws, so the band has no limits."
        none = Limits("bootstrap", level, None, reason=reason)
        return DoseEquivalence(band.low, band.high, k, none, none)
    tail = (1 - level) / 2
    ends = [
        _index_limits(
            "bootstrap", level, *(float(np.quantile(x, t)) for t in (tail, 1 - tail))
        )
        for x in (drawn.below_edge, drawn.above_edge)
    ]
    return DoseEquivalence(band.low, band.high, k, ends[0], ends[1])


def _parallelism(singles: Sequence[QuantalFit]) -> Parallelism:
    """Test one slope for all single drugs: likelihood ratio, or F if heterogeneous."""
    df = len(singles) - 1
    if any(fit.solution.pattern == SINGLE_DOSE for fit in singles):
        gone = Missing("an arm has one dose only.")
        return Parallelism(gone, df, gone)
    curves = [
        JointArm.of(
            np.log10(fit.data.groups[0]), fit.data.groups[1], fit.data.groups[2]
        )
        for fit in singles
    ]
    common = JointLikelihood.of(curves, singles[0].link, "common").maximise()
    chi2 = max(2 * (sum(fit.solution.loglik for fit in singles) - common.loglik), 0.0)
    test = pooled_goodness(singles)
    if test.applied and test.quantile == "t":
        p = float(fdtrc(df, test.df, chi2 / test.heterogeneity / df))
    else:
        p = float(chdtrc(df, chi2 / test.heterogeneity))
    return Parallelism(chi2, df, p)


def _no_welch() -> WelchTest:
    gone = Missing("the papers' test is of ED50s only.")
    return WelchTest(gone, gone, gone, gone, gone, gone, gone)


def _welch(fits: Sequence[QuantalFit], shares: Sequence[float]) -> WelchTest:
    """Do as the Lublin papers: L-W SEM and N', linear SEM of the additive dose."""
    rows = []
    for fit in fits:
        found = litchfield_wilcoxon(fit.data)
        value, sem, n = found.ed(50).value, found.details.sem, found.details.n_prime
        for part in (value, sem, n):
            if isinstance(part, Missing):
                name = fit.data.curve or "an arm"
                gone = Missing(f"{name}: {part.reason}")
                return WelchTest(gone, gone, gone, gone, gone, gone, gone)
        rows.append((float(value), float(sem), int(n)))  # type: ignore[arg-type]
    m, sem_m, n_m = rows[-1]
    expected = additive_summary(
        [row[0] for row in rows[:-1]],
        [row[1] for row in rows[:-1]],
        [row[2] for row in rows[:-1]],
        shares=shares,
        rule="lublin",
    )
    n_z = expected.n
    if n_z is None or n_z < 2 or n_m < 2:
        gone = Missing("too few animals at doses of 16 to 84 % expected effect.")
        return WelchTest(sem_m, n_m, expected.sem, gone, gone, gone, gone)
    test = welch(m, sem_m, n_m, expected.ed50, expected.sem, n_z)
    return WelchTest(sem_m, n_m, expected.sem, n_z, test.t, test.df, test.p)
