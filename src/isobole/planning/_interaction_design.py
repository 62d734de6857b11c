"""The design of a fixed-ratio interaction study, and what is assumed to be true."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import Curve, Link
from isobole.doseresponse._design import check_design
from isobole.doseresponse._links import expected_weight
from isobole.planning._ed50 import centred_doses
from isobole.results import DoseUnit, Problem, ProblemList, format_number

FloatArray = NDArray[np.float64]
Basis = Literal["ed50", "mass"]


@dataclass(frozen=True, slots=True)
class InteractionDesign:
    """Arms of single drugs and of their mixture: doses, animals, assumed curves.

    The mixture comes last in `doses` and `n`; its doses are totals. `fractions` are
    parts of the ED50s, `shares` parts of the total dose; both sum to 1.
    """

    drugs: tuple[str, ...]
    curves: tuple[Curve, ...]
    fractions: tuple[float, ...]
    shares: tuple[float, ...]
    mixture_slope: float
    index: float
    doses: tuple[tuple[float, ...], ...]
    n: tuple[int, ...]
    unit: DoseUnit | None

    @property
    def link(self) -> Link:
        """The shape of every curve."""
        return self.curves[0].link

    @property
    def arms(self) -> tuple[str, ...]:
        """The names of the arms."""
        return (*self.drugs, "mixture")

    @property
    def additive(self) -> float:
        """The total dose of the mixture's ED50 under additivity."""
        pairs = zip(self.shares, self.curves, strict=True)
        return 1 / sum(p / curve.ed50 for p, curve in pairs)

    @property
    def animals(self) -> int:
        """Animals in all."""
        return sum(k * len(at) for k, at in zip(self.n, self.doses, strict=True))

    def true_curves(self, index: float) -> tuple[Curve, ...]:
        """Return the curves of all arms at a true index."""
        mixture = Curve(index * self.additive, self.mixture_slope, self.link)
        return (*self.curves, mixture)

    def with_n(self, first: int) -> InteractionDesign:
        """Return the design with `first` animals per dose of the first arm.

        The other arms change in proportion.
        """
        sizes = tuple(max(1, round(first * k / self.n[0])) for k in self.n)
        return replace(self, n=sizes)

    def variance(self, index: float) -> float:
        """Return the large-sample variance of ln index, from expected information."""
        total = 0.0
        weights = [*(f * f for f in self.fractions), 1.0]
        for curve, at, n, weight in zip(
            self.true_curves(index), self.doses, self.n, weights, strict=True
        ):
            x = np.log10(at)
            w = expected_weight(
                self.link, curve.intercept + curve.slope * x, np.full(x.size, float(n))
            )
            gap = x - math.log10(curve.ed50)
            a, b, c = float(w.sum()), float(w @ gap), float(w @ (gap * gap))
            left = max(a - b * b / c, 1e-12)
            total += weight * math.log(10) ** 2 / (curve.slope**2 * left)
        return total

    def words(self) -> str:
        """Name the design in words."""
        unit = f" {self.unit}" if self.unit else ""
        told = [
            f"{name} {', '.join(format_number(d) for d in at)}{unit} with {n} animals "
            "per dose"
            for name, at, n in zip(self.arms, self.doses, self.n, strict=True)
        ]
        assumed = ", ".join(
            f"{name} {format_number(c.ed50)}{unit} (slope {format_number(c.slope)})"
            for name, c in zip(self.drugs, self.curves, strict=True)
        )
        ratio = ":".join(format_number(100 * f, 3) for f in self.fractions)
        mass = ":".join(format_number(100 * p, 3) for p in self.shares)
        return (
            f"{'; '.join(told)} ({self.animals} animals in all). Assumed ED50s: "
            f"{assumed}; mixture {ratio} by parts of the ED50s, {mass} by mass, "
            f"slope {format_number(self.mixture_slope)}, additive ED50 "
            f"{format_number(self.additive)}{unit}; {self.link} curves, slopes per "
            "tenfold dose."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types."""
        return {
            "drugs": list(self.drugs),
            "ed50s": [c.ed50 for c in self.curves],
            "slopes": [c.slope for c in self.curves],
            "link": self.link,
            "fractions": list(self.fractions),
            "shares": list(self.shares),
            "mixture_slope": self.mixture_slope,
            "additive_ed50": self.additive,
            "index": self.index,
            "arms": [
                {"arm": name, "doses": list(at), "n": n}
                for name, at, n in zip(self.arms, self.doses, self.n, strict=True)
            ],
            "animals": self.animals,
            "unit": None if self.unit is None else str(self.unit),
            "words": self.words(),
        }


def interaction_design(
    drugs: Sequence[str],
    ed50s: Sequence[float],
    slopes: Sequence[float],
    *,
    index: float,
    n: int | Sequence[int],
    ratio: Sequence[float] | None = None,
    by: Basis = "ed50",
    mixture_slope: float | None = None,
    spacing: float = 0.15,
    count: int = 4,
    doses: Sequence[Sequence[float]] | None = None,
    link: Link = "probit",
    unit: DoseUnit | str | None = None,
) -> InteractionDesign:
    """Check a planned study and fill in what was not said.

    Examples
    --------
    >>> plan = interaction_design(["A", "B"], [10, 40], [6, 6], index=0.64, n=8)
    >>> plan.additive, plan.doses[-1]
    (25.0, (11.9, 16.8, 23.8, 33.6))
    """
    found = ProblemList()
    names = tuple(str(drug) for drug in drugs)
    if len(names) < 2 or len(set(names)) < len(names):
        _add(
            found,
            "drugs",
            f"the drugs are {', '.join(names) or 'none'}",
            "two or more drugs of different names",
            "For one drug against itself give it two names",
        )
    parts = tuple(
        float(x) for x in (ratio if ratio is not None else [1.0] * len(names))
    )
    for what, values in (("ED50s", ed50s), ("slopes", slopes), ("ratio", parts)):
        if len(values) != len(names):
            _add(
                found,
                "length",
                f"{len(names)} drugs but {len(values)} {what}",
                "one for each drug",
                f"Give the {what} in the order of the drugs",
            )
    if not all(math.isfinite(x) and x > 0 for x in parts):
        _add(
            found,
            "ratio",
            f"the ratio is {':'.join(f'{x:g}' for x in parts)}",
            "parts above 0",
            "Leave a drug that is not in the mixture out",
        )
    if not (math.isfinite(index) and index > 0):
        _add(
            found,
            "index",
            f"the index is {index:g}",
            "a number above 0",
            "0.7 means that the mixture needs 0.7 of the additive dose",
        )
    if not 0.01 <= spacing <= 3:
        _add(
            found,
            "spacing",
            f"the spacing is {spacing:g}",
            "a log10 distance from 0.01 to 3",
            "Doubling doses are 0.301 apart",
        )
    if not (float(count).is_integer() and 2 <= count <= 40):
        _add(
            found,
            "count",
            f"the number of doses is {count:g}",
            "a whole number from 2 to 40",
            "Four or five doses per arm are usual",
        )
    sizes = [n] * (len(names) + 1) if isinstance(n, int | float) else list(n)
    if len(sizes) != len(names) + 1:
        _add(
            found,
            "length",
            f"{len(names) + 1} arms but {len(sizes)} group sizes",
            "one n for all arms, or one for each",
            "Give the drugs in order and the mixture last",
        )
    if doses is not None and len(doses) != len(names) + 1:
        _add(
            found,
            "length",
            f"{len(names) + 1} arms but {len(doses)} dose lists",
            "one list for each arm",
            "Give the drugs in order and the mixture's total doses last",
        )
    found.raise_errors()
    curves = tuple(
        Curve(float(ed), float(b), link) for ed, b in zip(ed50s, slopes, strict=True)
    )
    eds = np.array([curve.ed50 for curve in curves])
    parts_of = np.array(parts) / sum(parts)
    shares = parts_of * eds if by == "ed50" else parts_of
    shares = shares / shares.sum()
    toxic = shares / eds
    fractions = toxic / toxic.sum()
    slope = mixture_slope
    if slope is None:
        slope = float(fractions @ np.array([curve.slope for curve in curves]))
    additive = float(1 / toxic.sum())
    Curve(additive, float(slope), link)  # refuses a slope that does not rise
    if doses is None:
        # Halfway between what additivity and the index expect: both are in reach.
        centres = [*eds.tolist(), additive * math.sqrt(index)]
        doses = [centred_doses(ed, int(count), spacing).tolist() for ed in centres]
    checked = [check_design(at, k) for at, k in zip(doses, sizes, strict=True)]
    return InteractionDesign(
        drugs=names,
        curves=curves,
        fractions=tuple(fractions.tolist()),
        shares=tuple(shares.tolist()),
        mixture_slope=float(slope),
        index=float(index),
        doses=tuple(tuple(at.tolist()) for at, _ in checked),
        n=tuple(int(k[0]) for _, k in checked),
        unit=DoseUnit.parse(unit) if isinstance(unit, str) else unit,
    )


def _add(
    found: ProblemList, code: str, message: str, expected: str, remedy: str
) -> None:
    found.add(Problem(code, message, expected=expected, remedy=remedy))
