"""Animals saved at equal error: sequential designs against the best fixed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from isobole.planning._sequential_designs import Design, Performance, Scenario
from isobole.results import Missing, OptionError

LEAST_COVERAGE: Final = 0.93


@dataclass(frozen=True, slots=True)
class Saving:
    """Animals a sequential design needs to match a fixed one in one scenario.

    `fixed` is the fixed design with the smallest RMSE there, known only in hindsight;
    `needed` the fewest animals, of those simulated, from which on the sequential
    design has no larger RMSE and covers at least 93 %.
    """

    design: Design
    fixed: Performance
    needed: int | Missing

    @property
    def scenario(self) -> Scenario:
        """The truth."""
        return self.fixed.scenario

    @property
    def saved(self) -> int | Missing:
        """Animals saved; below 0 where the fixed design is better."""
        if isinstance(self.needed, Missing):
            return self.needed
        return self.fixed.animals - self.needed


def savings(rows: Sequence[Performance], animals: int = 32) -> tuple[Saving, ...]:
    """Compare every sequential design with the best fixed one of so many animals.

    Raises
    ------
    OptionError
        If no fixed design of so many animals was simulated.
    """
    found = []
    for scenario in dict.fromkeys(row.scenario for row in rows):
        here = [row for row in rows if row.scenario == scenario]
        fixed = [
            row
            for row in here
            if row.design.family == "fixed" and row.animals == animals
        ]
        if not fixed:
            msg = f"no fixed design of {animals} animals was simulated; give its size"
            raise OptionError(msg)
        best = min(fixed, key=lambda row: row.rmse)
        for design in dict.fromkeys(row.design for row in here):
            if design.family != "fixed":
                path = [row for row in here if row.design == design]
                found.append(Saving(design, best, _needed(path, best.rmse)))
    return tuple(found)


def _needed(path: Sequence[Performance], rmse: float) -> int | Missing:
    needed = None
    for row in sorted(path, key=lambda row: -row.animals):
        if row.rmse > rmse or row.coverage < LEAST_COVERAGE:
            break
        needed = row.animals
    if needed is None:
        most = max(row.animals for row in path)
        return Missing(f"not with the {most} animals simulated at most")
    return needed
