"""The Methods paragraph of a quantal fit, ready for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole._version import __version__
from isobole.doseresponse._options import CONVENTIONS
from isobole.doseresponse._references import references
from isobole.results import Methods, Missing, equals_p, format_number

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit

LINK_WORDS = {
    "probit": "probit (log-normal tolerances)",
    "logit": "logit (log-logistic)",
    "cloglog": "complementary log-log (Weibull)",
}


def methods(fit: QuantalFit) -> Methods:
    """Return a Methods paragraph ready for a paper."""
    options, cited = fit.options, ["finney"]
    sentences = [
        f"The proportion of animals {fit.data.endpoint} was related to log10 dose by "
        f"a {LINK_WORDS[fit.link]} curve"
        + (
            " fitted by maximum likelihood"
            if options.method == "likelihood"
            else " fitted with bias reduction"
        )
        + "."
    ]
    if options.method == "firth":
        cited += ["firth", "mean-br"]
    if fit.natural_response is not None:
        cited.append("abbott")
        sentences.append(_natural_words(fit))
    if fit.clusters is not None:
        cited.append("williams")
        sentences.append(f"{fit.clusters}")
    elif options.independent:
        sentences.append(
            "Rows that share animals, litters, cages or days were treated as "
            "independent at the analyst's request."
        )
    estimate = fit.ed(50)
    percent = format_number(100 * estimate.level)
    kinds = {
        "fieller": ("Fieller's theorem", "fieller"),
        "delta": ("the delta method on log dose", "finney"),
        "litchfield-wilcoxon": (
            "the method of Litchfield and Wilcoxon",
            "litchfield-wilcoxon",
        ),
        "penalised likelihood": (
            "the profile of the Jeffreys-penalised likelihood over rising curves",
            "firth",
        ),
        "calibrated": (
            "the profile likelihood over rising curves, its cut calibrated by "
            "enumerating every possible table",
            "profile",
        ),
    }
    words, key = kinds.get(
        estimate.interval, ("the profile likelihood over rising curves", "profile")
    )
    cited.append(key)
    sentences.append(
        f"{percent} % confidence limits of effective doses come from {words}, "
        f"with {options.information} information for standard errors."
    )
    fit_test = fit.goodness_of_fit
    if fit_test.applied:
        sentences.append(
            f"The counts were heterogeneous (Pearson chi-square "
            f"{_shown(fit_test.pearson)}, {fit_test.df} df), so variances were "
            f"multiplied by {format_number(fit_test.heterogeneity)} and the "
            f"{fit_test.quantile} quantile used."
        )
    elif not isinstance(fit_test.p, Missing):
        sentences.append(
            f"Goodness of fit: Pearson chi-square {_shown(fit_test.pearson)}, "
            f"{fit_test.df} df, p {equals_p(fit_test.p)}."
        )
    if options.convention:
        program = CONVENTIONS[options.convention].program
        sentences.append(f"Options follow the convention of {program}.")
    sentences.append(f"Computed with isobole {__version__}.")
    return Methods(" ".join(sentences), references(*cited))


def _shown(value: float | Missing) -> str:
    return str(value) if isinstance(value, Missing) else format_number(value)


def _natural_words(fit: QuantalFit) -> str:
    options, c = fit.options, format_number(100 * fit.solution.natural)
    if options.natural_response != "estimate":
        return f"A natural response of {c} % was taken as known."
    if options.natural_handling == "treated-only":
        return (
            "Natural response was estimated from the treated groups alone, the control "
            "group left out."
        )
    if options.natural_handling == "abbott":
        return (
            f"The counts were corrected for the control response ({c} %) by Abbott's "
            "formula before fitting."
        )
    return (
        "Natural response was estimated jointly with the curve, the control group in "
        "the likelihood."
    )
