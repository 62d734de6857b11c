"""A fitted cumulative-link mixed model: estimates, limits, comparison, report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from scipy.special import chdtrc, ndtri

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    Text,
    format_number,
    value_or_none,
)

REFERENCES = (
    "Hedeker D, Gibbons RD (1994) A random-effects ordinal regression model for "
    "multilevel analysis. Biometrics 50:933-944.",
    "Pinheiro JC, Bates DM (1995) Approximations to the log-likelihood function in "
    "the nonlinear mixed-effects model. J Comput Graph Stat 4:12-35.",
    "Self SG, Liang KY (1987) Asymptotic properties of maximum likelihood estimators "
    "and likelihood ratio tests under nonstandard conditions. J Am Stat Assoc "
    "82:605-610.",
)
_EFFECTS = {"none": 0, "intercept": 1, "intercept-slope": 2}


@dataclass(frozen=True, slots=True)
class Term:
    """One threshold or effect on the link's scale with its standard error."""

    name: str
    kind: Literal["threshold", "effect"]
    estimate: float
    standard_error: float | Missing


@dataclass(frozen=True, slots=True)
class RandomPart:
    """Between-animal standard deviations (intercept, slope) and their correlation.

    The intercept's is that of animals where the slope's column is 0.
    """

    sd: tuple[float, ...]
    sd_standard_error: tuple[float | Missing, ...]
    correlation: float | Missing | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OrdinalMixedFit(Result):
    """A cumulative-link model with random effects per animal, fitted or not.

    Parameters
    ----------
    columns, thresholds : tuple of str
        Names of the effects; ``"2|3"`` is the threshold between scores 2 and 3.
    random, slope_of, link, points, level
        As asked for.
    rows, animals : int
        Scores and animals used.
    terms : tuple of Term
        Empty where there is no estimate; `reason` says why.
    random_part : RandomPart or None
    log_likelihood : float or Missing
    parameters : int
        Free parameters, the random part's included.
    gradient : float
        Largest gradient at the end, in log-likelihood per standard error.
    steps : int
        Newton steps taken.
    boundary : str or None
        Said where a variance is estimated as 0.
    reason : str or None
        Why there is no estimate.
    """

    columns: tuple[str, ...]
    thresholds: tuple[str, ...]
    random: str
    slope_of: str | None
    link: str
    points: int
    level: float
    rows: int
    animals: int
    terms: tuple[Term, ...]
    random_part: RandomPart | None
    log_likelihood: float | Missing
    parameters: int
    gradient: float | None
    steps: int
    boundary: str | None
    reason: str | None

    @classmethod
    def empty(
        cls,
        columns: tuple[str, ...],
        thresholds: tuple[str, ...],
        random: str,
        slope_of: str | None,
        link: str,
        points: int,
        level: float,
        rows: int,
        animals: int,
    ) -> OrdinalMixedFit:
        """Return the frame of a fit, before there are estimates."""
        return cls(
            columns,
            thresholds,
            random,
            slope_of,
            link,
            points,
            level,
            rows,
            animals,
            (),
            None,
            Missing("not fitted"),
            0,
            None,
            0,
            None,
            None,
        )

    def term(self, name: str) -> Term:
        """Return one threshold or effect by name; raise `OptionError` without it."""
        for term in self.terms:
            if term.name == name:
                return term
        if self.reason:
            raise OptionError(f"there is no estimate of '{name}': {self.reason}")
        listed = ", ".join(f"'{term.name}'" for term in self.terms)
        raise OptionError(f"there is no term '{name}'; there are {listed}")

    def limits(self, name: str) -> tuple[float, float] | Missing:
        """Return the Wald limits of a term on the link's scale."""
        term = self.term(name)
        if isinstance(term.standard_error, Missing):
            return term.standard_error
        half = float(ndtri(0.5 + self.level / 2)) * term.standard_error
        return term.estimate - half, term.estimate + half

    @property
    def aic(self) -> float | Missing:
        """Akaike's criterion on the marginal likelihood."""
        if isinstance(self.log_likelihood, Missing):
            return self.log_likelihood
        return 2 * self.parameters - 2 * self.log_likelihood

    def against(
        self, reduced: OrdinalMixedFit, question: str | None = None
    ) -> HypothesisTest:
        """Compare with a model it contains by the likelihood ratio.

        A variance set to 0 lies on the boundary, where the reference is the equal
        mixture of two chi-squares (Self and Liang 1987), not one.

        Raises
        ------
        OptionError
            If `reduced` is not contained in this model or is of other data.
        """
        self._check_nested(reduced)
        more, less = _EFFECTS[self.random], _EFFECTS[reduced.random]
        dropped = [name for name in self.columns if name not in reduced.columns]
        df = float(self.parameters - reduced.parameters)
        asked = question or " and ".join(
            [*dropped, *(["differences between animals"] if more > less else [])]
        )
        method = f"likelihood ratio, chi-square with {format_number(df)} df"
        if more > less:
            low = len(dropped) + {(2, 0): 2, (2, 1): 1, (1, 0): 0}[(more, less)]
            df_text = f"{low} and {low + 1}"
            method = (
                f"likelihood ratio, equal mixture of chi-squares with {df_text} df "
                "(a variance of 0 is a boundary)"
            )
            if (more, less) == (2, 0):
                method += ", approximate"
        fits = (self.log_likelihood, reduced.log_likelihood)
        for value in fits:
            if isinstance(value, Missing):
                return HypothesisTest(asked, method, value)
        ratio = max(2 * (float(fits[0]) - float(fits[1])), 0.0)  # type: ignore[arg-type]
        if more > less:
            low = int(df_text.split()[0])
            tails = [_tail(low, ratio), _tail(low + 1, ratio)]
            return HypothesisTest(asked, method, sum(tails) / 2, ratio, "LR")
        p = float(chdtrc(df, ratio))
        return HypothesisTest(asked, method, p, ratio, "LR chi-square", df)

    def _check_nested(self, reduced: OrdinalMixedFit) -> None:
        alike = ("rows", "animals", "link", "points", "thresholds")
        wrong = [
            name for name in alike if getattr(self, name) != getattr(reduced, name)
        ]
        extra = [name for name in reduced.columns if name not in self.columns]
        if extra:
            wrong.append(f"columns ({', '.join(extra)} only in the smaller)")
        if _EFFECTS[reduced.random] > _EFFECTS[self.random]:
            wrong.append("random")
        if reduced.slope_of and reduced.slope_of != self.slope_of:
            wrong.append("slope_of")
        same = len(self.columns) == len(reduced.columns)
        if not wrong and same and self.random == reduced.random:
            wrong.append("no term dropped")
        if wrong:
            raise OptionError(
                "the model given is not a part of this one, which a likelihood ratio "
                f"needs: {', '.join(wrong)}. Fit both to the same rows."
            )

    def effect_table(self) -> Table:
        """Return the effects and the random part."""
        odds = self.link == "logit"
        percent = format_number(100 * self.level)
        rows: list[tuple[Cell, ...]] = []
        for term in self.terms:
            if term.kind == "threshold":
                continue
            found = self.limits(term.name)
            row: list[Cell] = [term.name, term.estimate, term.standard_error]
            if isinstance(found, Missing):
                row += [found, found]
            else:
                row += [found[0], found[1]]
            if odds:
                row.append(
                    math.exp(term.estimate)
                    if abs(term.estimate) < 30
                    else Missing("beyond what an odds ratio can be printed for")
                )
            rows.append(tuple(row))
        header = ["effect", f"estimate ({self.link})", "SE"]
        header += [f"{percent} % low", f"{percent} % high"]
        note = (
            "Wald limits from the observed information; an effect above 0 means higher "
            "scores. Within an animal, not averaged over animals."
        )
        return Table(
            "Effects on the score",
            tuple(header + (["odds ratio"] if odds else [])),
            tuple(rows),
            (note,),
        )

    def threshold_table(self) -> Table:
        """Return thresholds and the between-animal standard deviations."""
        rows: list[tuple[Cell, ...]] = [
            (f"threshold {t.name}", t.estimate, t.standard_error)
            for t in self.terms
            if t.kind == "threshold"
        ]
        if self.random_part is not None:
            names = ("SD between animals, intercept", f"SD of slope of {self.slope_of}")
            part = self.random_part
            rows += [
                (name, sd, error)
                for name, sd, error in zip(names, part.sd, part.sd_standard_error)  # noqa: B905
            ]
            if part.correlation is not None:
                none = Missing("a correlation is given without standard error")
                rows.append(("correlation of both", part.correlation, none))
        return Table(
            "Thresholds and animals", ("", f"estimate ({self.link})", "SE"), tuple(rows)
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the fit as report blocks."""
        made: list[Block] = [Heading("Ordinal mixed model", 3)]
        count = f"{self.rows} scores of {self.animals} animals"
        if self.reason or isinstance(self.log_likelihood, Missing):
            return (
                *made,
                Note(f"{count}; no estimates: {self.reason}.", "warning"),
                self.methods(),
            )
        made.append(
            Text(
                f"{count}; log-likelihood {format_number(self.log_likelihood, 6)}, "
                f"{self.parameters} parameters."
            )
        )
        if self.boundary:
            made.append(Note(f"{self.boundary[:1].upper()}{self.boundary[1:]}."))
        made += [self.effect_table(), self.threshold_table(), self.methods()]
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        name = "proportional odds" if self.link == "logit" else "ordered probit"
        if self.random == "none":
            return Methods(
                f"Scores were fitted by a {name} model by maximum likelihood."
            )
        effects = "random intercept per animal"
        if self.random == "intercept-slope":
            effects += f" and a correlated random slope of {self.slope_of}"
        rule = (
            "the Laplace approximation"
            if self.points == 1
            else f"adaptive Gauss-Hermite quadrature with {self.points} points per "
            "random effect"
        )
        return Methods(
            f"Scores were fitted by a {name} mixed model with a {effects}, by maximum "
            f"likelihood with {rule}; standard errors are from the observed "
            "information. The animal, not the session, is the unit.",
            REFERENCES,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        part = self.random_part
        return {
            "model": "cumulative-link mixed model",
            "random": self.random,
            "slope_of": self.slope_of,
            "link": self.link,
            "points": self.points,
            "level": self.level,
            "rows": self.rows,
            "animals": self.animals,
            "log_likelihood": value_or_none(self.log_likelihood),
            "parameters": self.parameters,
            "gradient": self.gradient,
            "steps": self.steps,
            "boundary": self.boundary,
            "terms": self.to_records(),
            "random_part": None
            if part is None
            else {
                "sd": list(part.sd),
                "sd_standard_error": [value_or_none(s) for s in part.sd_standard_error],
                "correlation": None
                if part.correlation is None
                else value_or_none(part.correlation),
                "reason": self.boundary,
            },
            "reason": self.reason,
        }

    def to_records(self) -> list[dict[str, Any]]:
        """Return one plain record per term."""
        made = []
        for term in self.terms:
            found = self.limits(term.name)
            lost = isinstance(found, Missing)
            made.append(
                {
                    "name": term.name,
                    "kind": term.kind,
                    "estimate": term.estimate,
                    "standard_error": value_or_none(term.standard_error),
                    "low": None if isinstance(found, Missing) else found[0],
                    "high": None if isinstance(found, Missing) else found[1],
                    "reason": found.reason if lost else None,  # type: ignore[union-attr]
                }
            )
        return made

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per threshold or effect."""
        import pandas as pd

        return pd.DataFrame(self.to_records())

    def __repr__(self) -> str:
        if isinstance(self.log_likelihood, Missing):
            return f"OrdinalMixedFit(no estimate: {self.reason})"
        effects = ", ".join(
            f"{t.name} {format_number(t.estimate)}"
            for t in self.terms
            if t.kind == "effect"
        )
        return (
            f"OrdinalMixedFit({effects or 'thresholds only'}; random {self.random}, "
            f"{self.rows} scores of {self.animals} animals, log-likelihood "
            f"{format_number(self.log_likelihood, 6)})"
        )


def _tail(df: int, ratio: float) -> float:
    """Return the upper tail of a chi-square; with 0 df all mass is at 0."""
    if df == 0:
        return 1.0 if ratio <= 0 else 0.0
    return float(chdtrc(df, ratio))
