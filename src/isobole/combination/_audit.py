"""Audit published interactions: recompute them, flag what no rounding reproduces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isobole.combination._audit_judge import (
    FIGURE_NAMES,
    Flag,
    flags_of,
    index_of,
    unchecked,
    unstated,
    verdict_checks,
)
from isobole.combination._audit_report import audit_blocks
from isobole.combination._checks import Check, all_checks
from isobole.combination._claim import Claim
from isobole.combination._summary_test import IndexSummary
from isobole.results import (
    Block,
    InputFile,
    Limits,
    Missing,
    OptionError,
    Problem,
    Result,
    format_number,
)


@dataclass(frozen=True, slots=True, repr=False)
class AuditedClaim:
    """One claim with every figure recomputed.

    Parameters
    ----------
    claim : Claim
        As printed.
    checks : tuple of Check
        Every figure by every rule and test.
    flags : tuple of Flag
        What no values within the rounding reproduce.
    unstated : tuple of str
        Choices the paper leaves open.
    unchecked : tuple of (figure, reason)
        Printed figures that could not be checked.
    index : IndexSummary or Missing
        The index with its interval, from `index_rule`'s SEM.
    equivalence : Limits or None
        The interval of level 2 level - 1 that is held against the margin.
    additivity : str
        What that says, where the paper claims additivity or no significance.
    """

    claim: Claim
    checks: tuple[Check, ...]
    flags: tuple[Flag, ...]
    unstated: tuple[str, ...]
    unchecked: tuple[tuple[str, str], ...]
    index: IndexSummary | Missing
    index_rule: str | None
    equivalence: Limits | None
    additivity: str

    def __repr__(self) -> str:
        figures = ", ".join(flag.figure for flag in self.flags)
        found = f"not reproduced: {figures}" if figures else "nothing flagged"
        return f"AuditedClaim({self.claim.name}: {found})"

    @property
    def checked(self) -> bool:
        """Whether any printed figure could be checked."""
        return any(check.reproduced is not None for check in self.checks)

    @property
    def message(self) -> str:
        """What was found, in sentences."""
        said = [flag.message for flag in self.flags]
        told = self.checked
        if not told:
            said.append("No printed figure could be checked.")
        elif not said:
            said.append(
                "Every printed figure that could be checked is reproduced within the "
                "rounding."
            )
        if told and self.unchecked:
            listed = "; ".join(
                f"{FIGURE_NAMES[figure]} ({reason.rstrip('.')})"
                for figure, reason in self.unchecked
            )
            said.append(f"Not checked: {listed}.")
        if self.unstated:
            said.append(f"Left unstated: {'; '.join(self.unstated)}.")
        if self.additivity:
            said.append(self.additivity)
        return f"{self.claim.name}: {' '.join(said)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields: the claim as printed, its checks, the message."""
        index, reason = None, None
        if isinstance(self.index, Missing):
            reason = self.index.reason
        else:
            index = self.index.to_dict()
        return {
            **self.claim.to_dict(),
            "checks": [check.to_dict() for check in self.checks],
            "recomputed_index": index,
            "recomputed_index_rule": self.index_rule,
            "recomputed_index_reason": reason,
            "flags": [flag.to_dict() for flag in self.flags],
            "unstated": list(self.unstated),
            "unchecked": [{"figure": f, "reason": r} for f, r in self.unchecked],
            "message": self.message,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Audit(Result):
    """Published interactions, recomputed; nothing is called false."""

    claims: tuple[AuditedClaim, ...]
    level: float
    margin: tuple[float, float] | None

    def __repr__(self) -> str:
        n, flagged = len(self.claims), len(self.flagged)
        return (
            f"Audit({n} claim{'s' * (n != 1)}, {flagged} with figures that are not "
            "reproduced)"
        )

    @property
    def flagged(self) -> tuple[AuditedClaim, ...]:
        """The claims with a figure that no unrounded values reproduce."""
        return tuple(found for found in self.claims if found.flags)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What was noticed while the claims were read, each once."""
        return tuple(dict.fromkeys(p for a in self.claims for p in a.claim.notes))

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files the claims were read from."""
        return tuple(dict.fromkeys(i for a in self.claims for i in a.claim.inputs))

    def blocks(self) -> tuple[Block, ...]:
        """Return the findings, a table per claim, caveats and the method."""
        return audit_blocks(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "claims": [found.to_dict() for found in self.claims],
            "level": self.level,
            "margin": None if self.margin is None else list(self.margin),
        }


def audit_claims(
    claims: Sequence[Claim],
    *,
    margin: tuple[float, float] | None = (0.8, 1.25),
    level: float = 0.95,
) -> Audit:
    """Recompute every figure of published interactions from what they print.

    The additive ED50, its SEM and n, the index, and the test are recomputed under each
    variance rule, and every printed value is varied over its rounding, half a unit of
    its last decimal. A figure is flagged only where no unrounded values reproduce it.

    Parameters
    ----------
    claims : sequence of Claim
        For example from `read_claims`.
    margin : (float, float) or None
        Around an index of 1; where a paper claims additivity the interval of the index
        of level 2 level - 1 is held against it. None leaves this out.
    level : float
        Of the intervals of the index.

    Returns
    -------
    Audit

    Raises
    ------
    OptionError
        If the margin does not lie around 1 or the level is not between 0.5 and 1.

    Examples
    --------
    >>> claim = Claim(
    ...     ["PGB", "LCM"],
    ...     "8.17",
    ...     "2.40",
    ...     24,
    ...     "18.11",
    ...     "4.42",
    ...     36,
    ...     significance="P<0.05",
    ...     test="welch",
    ...     sides=2,
    ... )
    >>> print(audit_claims([claim]).claims[0].flags[0].message)
    P<0.05 is not reproduced by the stated test (Welch's t, two-sided, SEM as
    printed): p = 0.053 (0.053 to 0.054 over the rounding). Other answers: Student's t
    with printed SEM 0.090; ln index with printed SEM 0.037.
    """
    if margin is not None and not 0 < margin[0] < 1 < margin[1] < float("inf"):
        msg = f"margin is {margin!r}; give two numbers around 1, as (0.8, 1.25)"
        raise OptionError(msg)
    if not 0.5 < level < 1:
        msg = f"level is {level!r}; give a number between 0.5 and 1, as 0.95"
        raise OptionError(msg)
    return Audit(
        tuple(_audited(claim, margin, level) for claim in claims), level, margin
    )


def _audited(
    claim: Claim, margin: tuple[float, float] | None, level: float
) -> AuditedClaim:
    checks = all_checks(claim)
    checks = (*checks, *verdict_checks(claim, checks))
    index = index_of(claim, level)
    narrow = index_of(claim, 2 * level - 1)
    limits = None if isinstance(narrow, Missing) else narrow[0].estimate.limits
    return AuditedClaim(
        claim,
        checks,
        flags_of(claim, checks),
        unstated(claim, checks),
        unchecked(claim, checks),
        index if isinstance(index, Missing) else index[0],
        None if isinstance(index, Missing) else index[1],
        limits,
        _additivity(claim, limits, margin),
    )


def _additivity(
    claim: Claim, limits: Limits | None, margin: tuple[float, float] | None
) -> str:
    """Say whether a claim of no interaction holds by equivalence."""
    ns = claim.significance is not None and claim.significance.kind == "above"
    if margin is None or not (ns or claim.verdict == "additive"):
        return ""
    if limits is None or limits.low is None or limits.high is None:
        return ""
    inside = margin[0] < limits.low and limits.high < margin[1]
    low, high = map(format_number, margin)
    is_it = "lies" if inside else "does not lie"
    shown = "shown by equivalence" if inside else (
        "not shown by a test that is not significant"
    )  # fmt: skip
    return (
        f"Additivity is {shown}: the {format_number(100 * limits.level)} % interval of "
        f"the index, {limits}, {is_it} within {low} to {high}."
    )
