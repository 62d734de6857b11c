"""Agreement of two observers: what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from isobole._version import __version__
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Result,
    Table,
    check_choice,
    format_number,
)

if TYPE_CHECKING:
    import pandas as pd

KappaWeights = Literal["none", "linear", "quadratic"]

REFERENCES = (
    "Cohen J (1968) Weighted kappa: nominal scale agreement with provision for scaled "
    "disagreement or partial credit. Psychol Bull 70:213-220.",
    "Fleiss JL, Cohen J, Everitt BS (1969) Large sample standard errors of kappa and "
    "weighted kappa. Psychol Bull 72:323-327.",
    "Wilson EB (1927) Probable inference, the law of succession, and statistical "
    "inference. J Am Stat Assoc 22:209-212.",
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Agreement(Result):
    """Two observers' scores of the same items; made by `observer_agreement`.

    `table` holds items by the first observer's level (row) and the second's (column).
    """

    levels: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    alike: Estimate
    kappas: tuple[Estimate, ...]
    level: float
    interval: str
    resamples: int | None
    seed: int | None

    @property
    def n(self) -> int:
        """Items both observers scored."""
        return sum(map(sum, self.table))

    def kappa(self, weights: KappaWeights = "quadratic") -> Estimate:
        """Return kappa under one choice of weights."""
        kinds = get_args(KappaWeights)
        check_choice("weights", weights, kinds)
        return self.kappas[kinds.index(weights)]

    def __repr__(self) -> str:
        found = self.kappa("quadratic")
        value = "—" if isinstance(found.value, Missing) else format_number(found.value)
        return f"Agreement(quadratic kappa {value} {found.limits}, {self.n} items)"

    def to_dict(self) -> dict[str, Any]:
        """Return the agreement as it stands in JSON."""
        return {
            "levels": list(self.levels),
            "n": self.n,
            "table": [list(row) for row in self.table],
            "alike": self.alike.to_dict(),
            "kappa": {
                kind: self.kappa(kind).to_dict() for kind in get_args(KappaWeights)
            },
            "level": self.level,
            "interval": self.interval,
            "resamples": self.resamples,
            "seed": self.seed,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the confusion table: first observer in rows, second in columns."""
        import pandas as pd

        frame = pd.DataFrame(
            self.table, index=list(self.levels), columns=list(self.levels)
        )
        frame.index.name, frame.columns.name = "first", "second"
        return frame

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: kappas, the confusion table, methods."""
        return (
            Heading("Agreement of two observers"),
            self._measures(),
            Table(
                f"Items by both observers' levels ({self.n} items)",
                ("first \\ second", *self.levels),
                tuple(
                    (code, *row)
                    for code, row in zip(self.levels, self.table, strict=True)
                ),
            ),
            self._methods(),
        )

    def _measures(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for found in (self.alike, *self.kappas):
            limits: Cell = (
                Missing(found.limits.reason or "no limits")
                if found.set_kind is None
                else str(found.limits)
            )
            rows.append((found.quantity, found.value, limits, found.interval))
        return Table(
            f"Agreement, {format_number(100 * self.level)} % limits",
            ("measure", "value", "limits", "method"),
            tuple(rows),
            (
                "Kappa is 0 where observers agree as by chance and 1 where always. "
                "Weights take neighbouring levels as one step apart, which the scale "
                "itself does not say; unweighted kappa does not use the order.",
            ),
        )

    def _methods(self) -> Methods:
        percent = format_number(100 * self.level)
        how = (
            "the large-sample standard error of Fleiss, Cohen and Everitt"
            if self.resamples is None
            else f"percentiles over {self.resamples} samples of items drawn again "
            f"(seed {self.seed})"
        )
        text = (
            "Agreement is the share of items scored alike, with Wilson limits, and "
            "Cohen's kappa, unweighted and with linear and quadratic weights, with "
            f"{percent} % limits by {how}. Computed with isobole {__version__}."
        )
        return Methods(text, REFERENCES)
