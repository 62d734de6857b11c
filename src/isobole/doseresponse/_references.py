"""The literature the methods paragraphs cite, once."""

from __future__ import annotations

from typing import Final

REFERENCES: Final[dict[str, str]] = {
    "finney": "Finney DJ (1971) Probit Analysis, 3rd ed. Cambridge University Press.",
    "fieller": "Fieller EC (1954) Some problems in interval estimation. "
    "J R Stat Soc B 16:175-185.",
    "profile": "Williams DA (1986) Interval estimation of the median lethal dose. "
    "Biometrics 42:641-645.",
    "firth": "Firth D (1993) Bias reduction of maximum likelihood estimates. "
    "Biometrika 80:27-38.",
    "mean-br": "Kosmidis I, Firth D (2009) Bias reduction in exponential family "
    "nonlinear models. Biometrika 96:793-804.",
    "abbott": "Abbott WS (1925) A method of computing the effectiveness of an "
    "insecticide. J Econ Entomol 18:265-267.",
    "litchfield-wilcoxon": "Litchfield JT, Wilcoxon F (1949) A simplified method of "
    "evaluating dose-effect experiments. J Pharmacol Exp Ther 96:99-113.",
    "miller-tainter": "Miller LC, Tainter ML (1944) Estimation of the ED50 and its "
    "error by means of logarithmic-probit graph paper. Proc Soc Exp Biol Med "
    "57:261-264.",
    "clopper-pearson": "Clopper CJ, Pearson ES (1934) The use of confidence or "
    "fiducial limits illustrated in the case of the binomial. Biometrika 26:404-413.",
    "williams": "Williams DA (1975) The analysis of binary responses from "
    "toxicological experiments involving reproduction and teratogenicity. "
    "Biometrics 31:949-952.",
    "isobole": "isobole: software for anticonvulsant pharmacology.",
}


def references(*keys: str) -> tuple[str, ...]:
    """Return citations by key, once each, in order."""
    return tuple(REFERENCES[key] for key in dict.fromkeys(keys))
