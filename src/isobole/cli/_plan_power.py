"""What the commands that plan a group size share: flags, per cent, the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter, Token

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import Output, numbers
from isobole.results import RESEARCH_ONLY, Block, Figure, Missing, OptionError, Text

if TYPE_CHECKING:
    from isobole.planning._power_plan import PowerPlan

ASSUMED = Group("What you expect", sort_key=1)
DESIGN = Group("Design", sort_key=2)
_ROUNDED = 0.5


def whole(type_: object, tokens: Sequence[Token]) -> int:
    """Read a whole number; without this, 7.5 animals would be rounded to 8."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"'{tokens[0].value}' is not a whole number") from None


WHOLE = Parameter(group=DESIGN, metavar="NUMBER", converter=whole)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """What the size is for.

    Parameters
    ----------
    n : int
        Control animals of a design to be judged; without it, only the smallest n.
    power : float
        The power you want, 0.5 to below 1. The two-sided error is 1 less --level.
    maximum : int
        Most control animals to consider.
    """

    n: Annotated[int | None, WHOLE] = None
    power: Annotated[float, Parameter(group=DESIGN, metavar="SHARE")] = 0.8
    maximum: Annotated[int | None, WHOLE] = None

    def options(self, output: Output) -> dict[str, Any]:
        """Return the arguments of the library; the level is what errors leave."""
        given = {} if self.maximum is None else {"maximum": self.maximum}
        alpha = round(1 - output.level, 12)
        return {"n": self.n, "power": self.power, "alpha": alpha, **given}


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """How many groups there are.

    Parameters
    ----------
    comparisons : int
        Treated groups compared with the one control; each is planned at the error
        divided by their number, the first step of Holm's test.
    ratio : float
        Treated animals, in each group, for one control animal.
    """

    comparisons: Annotated[int, WHOLE] = 1
    ratio: Annotated[float, Parameter(group=DESIGN, metavar="NUMBER")] = 1.0

    def options(self) -> dict[str, Any]:
        """Return the arguments of the library."""
        return {"comparisons": self.comparisons, "ratio": self.ratio}


def shares(**percents: float | None) -> dict[str, float | None]:
    """Turn per cent of animals into shares; ask if they look like shares already.

    Raises
    ------
    OptionError

    Examples
    --------
    >>> shares(control=10, treated=90)
    {'control': 0.1, 'treated': 0.9}
    """
    given = {name: value for name, value in percents.items() if value is not None}
    for name, value in given.items():
        if not (math.isfinite(value) and 0 <= value <= 100):
            flag = _flag(name)
            raise OptionError(
                f"{flag} is {value:g}; give per cent of animals, 0 to 100"
            )
    if given and 0 < max(given.values()) <= 1:
        told = " and ".join(f"{_flag(k)} {v:g}" for k, v in given.items())
        meant = " ".join(f"{_flag(k)} {100 * v:g}" for k, v in given.items())
        msg = (
            f"{told}: is this per cent, or a share? Per cent of animals are asked for; "
            f"if you mean shares, give {meant}"
        )
        raise OptionError(msg)
    return {k: None if v is None else v / 100 for k, v in percents.items()}


def distribution(name: str, words: str | None) -> list[float] | None:
    """Turn per cent of animals at every level into shares that sum to 1.

    Raises
    ------
    OptionError

    Examples
    --------
    >>> distribution("control", "10,30,60")
    [0.1, 0.3, 0.6]
    """
    if words is None:
        return None
    return as_shares(_flag(name), numbers(_flag(name), words))


def as_shares(flag: str, values: Sequence[float]) -> list[float]:
    """Return per cent as shares, forgiving their rounding."""
    if not all(math.isfinite(value) and 0 <= value <= 100 for value in values):
        raise OptionError(f"{flag} holds a number that is no per cent, 0 to 100")
    total = math.fsum(values)
    if abs(total - 1) <= 0.01:
        msg = f"{flag} sums to {total:g}: these look like shares; give per cent"
        raise OptionError(msg)
    if abs(total - 100) > _ROUNDED:
        msg = (
            f"{flag} sums to {total:g} per cent; give every level, 0 where no animal "
            "is expected, so that they sum to 100"
        )
        raise OptionError(msg)
    return [value / total for value in values]


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def power_answer(
    found: PowerPlan, schema: str, options: dict[str, Any], output: Output
) -> Answer:
    """Return the answer of a command that plans a group size."""
    return Answer(
        schema=schema,
        title=found.TITLE,
        body=found.to_dict,
        text=lambda: text_blocks(found),
        report=lambda: found.blocks()[1:],  # The page has the title already.
        rows=lambda: power_rows(found),
        complete=not isinstance(found.smallest.holds, Missing),
        json=output.json,
        out=output.out,
        options=options,
        seed=found.seed,
    )


def text_blocks(found: PowerPlan) -> list[Block]:
    """Return what is printed: the table where the report has its curve."""
    blocks: list[Block] = [
        block.table if isinstance(block, Figure) else block for block in found.blocks()
    ]
    return [*blocks, Text(RESEARCH_ONLY)]


def power_rows(found: PowerPlan) -> Rows:
    """Return power by size and test as rows of a CSV file."""
    body = found.to_dict()["power"]
    rows = [
        {"test": series["test"], **point}
        for series in body
        for point in series["points"]
    ]
    header = tuple(rows[0])
    return header, [tuple(row.values()) for row in rows]
