"""`analyze_combination`: from counts of single drugs and mixtures to a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from isobole.combination._bootstrap import DRAWS
from isobole.combination._caveats import caveats_of
from isobole.combination._data import Arm, CombinationData, no_single_arm
from isobole.combination._interaction import Interaction
from isobole.combination._mixture import interaction_of
from isobole.combination._summary_test import (
    VARIANCE_RULES,
    VarianceRule,
)
from isobole.combination._verdict import (
    NULLS,
    check_margin,
)
from isobole.doseresponse import (
    Link,
    QuantalFit,
    fit_quantal,
)
from isobole.results import (
    Block,
    DataError,
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
    0.43
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
                interaction_of(
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
