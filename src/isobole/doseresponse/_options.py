"""Options of a fit: heterogeneity rules and the conventions of other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from isobole.results import Missing, OptionError, check_choice

Method = Literal["likelihood", "firth"]
Information = Literal["observed", "expected"]
Heterogeneity = Literal["none", "always", "chi2>df", "p<0.05", "p<0.10", "p<0.15"]
IntervalKind = Literal[
    "likelihood", "fieller", "delta", "calibrated", "litchfield-wilcoxon"
]
ConventionName = Literal[
    "sas", "spss", "poloplus", "epa", "ecotox", "litchfield-wilcoxon"
]
Quantile = Literal["t", "z"]
NaturalHandling = Literal["joint", "treated-only", "abbott", "none"]

METHODS: Final[tuple[Method, ...]] = get_args(Method)
INFORMATION: Final[tuple[Information, ...]] = get_args(Information)
HETEROGENEITY: Final[tuple[Heterogeneity, ...]] = get_args(Heterogeneity)
INTERVALS: Final[tuple[IntervalKind, ...]] = get_args(IntervalKind)
DEFAULT_HETEROGENEITY: Final[Heterogeneity] = "p<0.05"


@dataclass(frozen=True, slots=True)
class Convention:
    """How another program decides what it leaves to no option.

    Sources: Lei & Sun's comparison of PoloPlus and SPSS, the SAS PROC PROBIT chapter,
    EPA-821-R-02-012, and the programs' printed output (see docs).
    """

    name: str
    program: str
    information: Information
    heterogeneity: Heterogeneity
    quantile: Quantile
    natural: NaturalHandling
    interval: IntervalKind
    scales_se: bool = True
    """Whether coefficients' standard errors carry the heterogeneity factor."""


CONVENTIONS: Final[dict[str, Convention]] = {
    "sas": Convention(
        "sas", "SAS PROC PROBIT", "observed", "p<0.10", "t", "joint", "fieller"
    ),
    "spss": Convention(
        "spss",
        "SPSS PROBIT",
        "observed",
        "p<0.15",
        "t",
        "treated-only",
        "fieller",
        False,
    ),
    "poloplus": Convention(
        "poloplus", "PoloPlus", "observed", "chi2>df", "t", "joint", "fieller", False
    ),
    "epa": Convention(
        "epa", "EPA Probit", "expected", "p<0.05", "z", "abbott", "fieller"
    ),
    "ecotox": Convention(
        "ecotox", "R ecotox", "expected", "p<0.15", "t", "none", "fieller"
    ),
    "litchfield-wilcoxon": Convention(
        "litchfield-wilcoxon",
        "Litchfield & Wilcoxon 1949",
        "expected",
        "none",
        "z",
        "none",
        "litchfield-wilcoxon",
    ),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Every option in force, defaults and conventions resolved."""

    link: str
    method: str
    information: Information
    heterogeneity: Heterogeneity
    quantile: Quantile
    interval: IntervalKind
    natural_response: float | str
    natural_handling: NaturalHandling
    convention: str | None
    level: float
    independent: bool


def resolve(
    *,
    link: str,
    method: str,
    natural_response: float | str,
    information: str | None,
    heterogeneity: str | None,
    interval: str | None,
    convention: str | None,
    level: float,
    independent: bool,
) -> Options:
    """Check options against each other and fill in what a convention fixes."""
    check_choice("method", method, METHODS)
    if information is not None:
        check_choice("information", information, INFORMATION)
    if heterogeneity is not None:
        check_choice("heterogeneity", heterogeneity, HETEROGENEITY)
    if interval is not None:
        check_choice("interval", interval, INTERVALS)
    check_level(level)
    if isinstance(natural_response, str):
        check_choice("natural_response", natural_response, ("none", "estimate"))
    elif not 0 <= natural_response < 1:
        msg = (
            f"natural_response is {natural_response}; give a proportion from 0 to "
            "below 1 (0.05 for 5 %), 'estimate' or 'none'."
        )
        raise OptionError(msg)
    if method == "firth" and natural_response not in ("none", 0):
        msg = (
            "method='firth' has no natural response; use method='likelihood' with "
            "natural_response, or leave it at 'none'."
        )
        raise OptionError(msg)
    if convention is None:
        return Options(
            link=link,
            method=method,
            information=information or "observed",  # type: ignore[arg-type]
            heterogeneity=heterogeneity or DEFAULT_HETEROGENEITY,  # type: ignore[arg-type]
            quantile="t",
            interval=interval or "likelihood",  # type: ignore[arg-type]
            natural_response=natural_response,
            natural_handling="joint",
            convention=None,
            level=level,
            independent=independent,
        )
    check_choice("convention", convention, tuple(CONVENTIONS))
    fixed = CONVENTIONS[convention]
    given = {
        "information": information,
        "heterogeneity": heterogeneity,
        "interval": interval,
        "method": "firth" if method == "firth" else None,
    }
    clash = [name for name, value in given.items() if value is not None]
    if clash:
        msg = (
            f"convention='{convention}' fixes {', '.join(clash)} as {fixed.program} "
            "does; leave out the convention or those options."
        )
        raise OptionError(msg)
    if convention == "litchfield-wilcoxon" and link != "probit":
        msg = (
            "convention='litchfield-wilcoxon' is for the probit line; use "
            "link='probit' or leave the convention out."
        )
        raise OptionError(msg)
    if fixed.natural == "none" and natural_response not in ("none", 0):
        msg = (
            f"{fixed.program} has no natural response; leave natural_response at "
            "'none' under this convention, or leave the convention out."
        )
        raise OptionError(msg)
    return Options(
        link=link,
        method=method,
        information=fixed.information,
        heterogeneity=fixed.heterogeneity,
        quantile=fixed.quantile,
        interval=fixed.interval,
        natural_response=natural_response,
        natural_handling=fixed.natural,
        convention=convention,
        level=level,
        independent=independent,
    )


def check_level(level: float) -> None:
    """Raise `OptionError` unless the confidence level lies between 0.5 and 1."""
    if not 0.5 <= level < 1:
        hint = f" Did you mean {level / 100:g}?" if 50 <= level < 100 else ""
        msg = f"level is {level}; give a confidence from 0.5 to below 1.{hint}"
        raise OptionError(msg)


def check_percent(percent: float) -> None:
    """Raise `OptionError` unless an effect lies strictly between 0 and 100 %."""
    if not 0 < percent < 100:
        msg = f"The effect is {percent} %; give one above 0 and below 100."
        raise OptionError(msg)


def rule_fires(
    rule: Heterogeneity, chi2: float | Missing, df: int, p: float | Missing
) -> bool:
    """Return whether a heterogeneity factor is applied (only ever to widen)."""
    if isinstance(chi2, Missing) or isinstance(p, Missing) or df < 1 or chi2 <= df:
        return False
    if rule in ("always", "chi2>df"):
        return True
    if rule == "none":
        return False
    return p < float(rule.removeprefix("p<"))
