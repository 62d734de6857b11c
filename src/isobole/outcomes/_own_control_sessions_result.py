"""What `linear_mixed` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy.special import ndtri

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
    "Laird NM, Ware JH (1982) Random-effects models for longitudinal data. Biometrics "
    "38:963-974.",
)


@dataclass(frozen=True, slots=True)
class LinearTerm:
    """A fixed effect in the units of the value, with its standard error."""

    name: str
    estimate: float
    standard_error: float | Missing


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LinearMixedFit(Result):
    """A linear mixed model with animals as random effects.

    Parameters
    ----------
    terms : tuple of LinearTerm
        The intercept first.
    sd : tuple of float
        Between animals: of the intercept, and of the slope.
    correlation : float, Missing or None
    residual_sd, log_likelihood : float
        The log-likelihood is that of the criterion.
    criterion : {"reml", "ml"}
    slope_of : str or None
    rows, animals : int
    level : float
    converged : bool
    boundary : str or None
    """

    terms: tuple[LinearTerm, ...]
    sd: tuple[float, ...]
    correlation: float | Missing | None
    residual_sd: float
    log_likelihood: float
    criterion: str
    slope_of: str | None
    rows: int
    animals: int
    level: float
    converged: bool
    boundary: str | None

    def term(self, name: str) -> LinearTerm:
        """Return a fixed effect by name; raise `OptionError` without it."""
        for term in self.terms:
            if term.name == name:
                return term
        listed = ", ".join(f"'{term.name}'" for term in self.terms)
        raise OptionError(f"there is no term '{name}'; there are {listed}")

    def limits(self, name: str) -> tuple[float, float] | Missing:
        """Return the Wald limits of a fixed effect."""
        term = self.term(name)
        if isinstance(term.standard_error, Missing):
            return term.standard_error
        half = float(ndtri(0.5 + self.level / 2)) * term.standard_error
        return term.estimate - half, term.estimate + half

    def term_table(self) -> Table:
        """Return fixed effects with limits."""
        percent = format_number(100 * self.level)
        rows: list[tuple[Cell, ...]] = []
        for term in self.terms:
            found = self.limits(term.name)
            ends = (found, found) if isinstance(found, Missing) else found
            rows.append((term.name, term.estimate, term.standard_error, *ends))
        return Table(
            "Fixed effects",
            ("effect", "estimate", "SE", f"{percent} % low", f"{percent} % high"),
            tuple(rows),
            (
                f"{self.criterion.upper()}; Wald limits (normal), too narrow with few "
                "animals.",
            ),
        )

    def spread_table(self) -> Table:
        """Return standard deviations between and within animals."""
        rows: list[tuple[Cell, ...]] = [("between animals, intercept", self.sd[0])]
        if len(self.sd) > 1:
            rows.append((f"between animals, slope of {self.slope_of}", self.sd[1]))
            rows.append(("correlation of both", self.correlation))
        rows.append(("within animals", self.residual_sd))
        return Table("Standard deviations", ("", "estimate"), tuple(rows))

    def blocks(self) -> tuple[Block, ...]:
        """Return the fit as report blocks."""
        made: list[Block] = [
            Heading("Linear mixed model", 3),
            Text(
                f"{self.rows} values of {self.animals} animals; "
                f"{self.criterion.upper()} log-likelihood "
                f"{format_number(self.log_likelihood, 6)}."
            ),
        ]
        if not self.converged:
            made.append(
                Note(
                    "The optimiser did not converge: the estimates are where it "
                    "stopped. Simplify the random part.",
                    "warning",
                )
            )
        if self.boundary:
            made.append(Note(f"{self.boundary[:1].upper()}{self.boundary[1:]}."))
        made += [self.term_table(), self.spread_table(), self.methods()]
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        slope = f" and a correlated random slope of {self.slope_of}"
        return Methods(
            "Values were fitted by a linear mixed model with a random intercept per "
            f"animal{slope if self.slope_of else ''} by {self.criterion.upper()}.",
            REFERENCES,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        return {
            "model": "linear mixed model",
            "criterion": self.criterion,
            "slope_of": self.slope_of,
            "rows": self.rows,
            "animals": self.animals,
            "level": self.level,
            "converged": self.converged,
            "boundary": self.boundary,
            "log_likelihood": self.log_likelihood,
            "terms": self.to_records(),
            "sd": list(self.sd),
            "residual_sd": self.residual_sd,
            "correlation": None
            if self.correlation is None
            else value_or_none(self.correlation),
            "reason": getattr(self.correlation, "reason", None),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """Return one plain record per fixed effect."""
        made: list[dict[str, Any]] = []
        for term in self.terms:
            found = self.limits(term.name)
            lost = found if isinstance(found, Missing) else None
            ends = (None, None) if isinstance(found, Missing) else found
            made.append(
                {
                    "name": term.name,
                    "estimate": term.estimate,
                    "standard_error": value_or_none(term.standard_error),
                    "low": ends[0],
                    "high": ends[1],
                    "reason": lost.reason if lost is not None else None,
                }
            )
        return made

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per fixed effect."""
        import pandas as pd

        return pd.DataFrame(self.to_records())

    def __repr__(self) -> str:
        said = ", ".join(f"{t.name} {format_number(t.estimate)}" for t in self.terms)
        state = "" if self.converged else ", not converged"
        return (
            f"LinearMixedFit({said}; {self.criterion.upper()}, {self.rows} values of "
            f"{self.animals} animals{state})"
        )
