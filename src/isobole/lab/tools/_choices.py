"""The choices of the library, as types of the API; a test holds them equal."""

from __future__ import annotations

from typing import Literal

Link = Literal["probit", "logit", "cloglog"]
Method = Literal["likelihood", "firth"]
Information = Literal["observed", "expected"]
Heterogeneity = Literal["none", "always", "chi2>df", "p<0.05", "p<0.10", "p<0.15"]
Interval = Literal[
    "likelihood", "fieller", "delta", "calibrated", "litchfield-wilcoxon"
]
RatioInterval = Literal["likelihood", "fieller", "delta"]
Convention = Literal["sas", "spss", "poloplus", "epa", "ecotox", "litchfield-wilcoxon"]
Cluster = Literal["auto", "beta-binomial", "random-intercept", "bootstrap"]
Variance = Literal["delta", "tallarida", "lublin"]
Null = Literal["both", "loewe", "dose-equivalence"]
IndexInterval = Literal["auto", "log-delta", "likelihood", "bootstrap"]
Design = Literal["fixed-ratio", "type-ii", "factorial", "free"]
RatioBy = Literal["mass", "ed50"]
