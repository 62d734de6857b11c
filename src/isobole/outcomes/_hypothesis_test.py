"""One hypothesis test as every comparison reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import Missing, equals_p, format_number, value_or_none


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """A test's statistic and p with the method that gave them.

    Parameters
    ----------
    question : str
        What is compared, in the field's words: ``"vpa100 against vehicle"``.
    method : str
        The named method with its variance, tie and tail rules: ``"Fisher exact,
        two-sided (sum of tables no likelier than the one seen)"``.
    p : float or Missing
        Two-sided unless the method says otherwise.
    statistic : float, Missing or None
        None where the method has no statistic (Fisher).
    statistic_name : str
        ``"chi-square"``, ``"z"``, ``"V"``; empty without a statistic.
    df : float or None
        Degrees of freedom of the reference distribution, if it has any.
    p_adjusted : float, Missing or None
        After the adjustment named in `adjustment`; None where none was asked for.
    adjustment : str
        ``"Holm, 3 comparisons"``; empty without one.

    Examples
    --------
    >>> print(HypothesisTest("drug against vehicle", "Fisher exact, two-sided", 0.0101))
    drug against vehicle: p = 0.010 (Fisher exact, two-sided)
    """

    question: str
    method: str
    p: float | Missing
    statistic: float | Missing | None = None
    statistic_name: str = ""
    df: float | None = None
    p_adjusted: float | Missing | None = None
    adjustment: str = ""

    def __str__(self) -> str:
        parts: list[str] = []
        if self.statistic is not None and not isinstance(self.statistic, Missing):
            df = "" if self.df is None else f"({format_number(self.df)})"
            parts.append(f"{self.statistic_name}{df} = {format_number(self.statistic)}")
        if isinstance(self.p, Missing):
            parts.append(f"no p: {self.p.reason}")
        else:
            parts.append(f"p {equals_p(self.p)}")
        if self.p_adjusted is not None and not isinstance(self.p_adjusted, Missing):
            parts.append(f"p {equals_p(self.p_adjusted)} after {self.adjustment}")
        return f"{self.question}: {', '.join(parts)} ({self.method})"

    def to_dict(self) -> dict[str, Any]:
        """Return the test as it stands in JSON; a null p or statistic has a reason."""
        row: dict[str, Any] = {
            "question": self.question,
            "method": self.method,
            "statistic": None
            if self.statistic is None
            else value_or_none(self.statistic),
            "statistic_name": self.statistic_name or None,
            "df": self.df,
            "p": value_or_none(self.p),
            "p_adjusted": None
            if self.p_adjusted is None
            else value_or_none(self.p_adjusted),
            "adjustment": self.adjustment or None,
        }
        reasons = [
            value.reason
            for value in (self.p, self.statistic, self.p_adjusted)
            if isinstance(value, Missing)
        ]
        row["reason"] = "; ".join(dict.fromkeys(reasons)) or None
        return row
