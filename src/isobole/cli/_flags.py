"""Flags that several commands share, with their help."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from isobole.results import OptionError

# The choices of the library, repeated because importing it would slow every --help;
# a test holds them equal.
Link = Literal["probit", "logit", "cloglog"]
Method = Literal["likelihood", "firth"]
Information = Literal["observed", "expected"]
Heterogeneity = Literal["none", "always", "chi2>df", "p<0.05", "p<0.10", "p<0.15"]
Interval = Literal[
    "likelihood", "fieller", "delta", "calibrated", "litchfield-wilcoxon"
]
Convention = Literal["sas", "spss", "poloplus", "epa", "ecotox", "litchfield-wilcoxon"]
Cluster = Literal["auto", "beta-binomial", "random-intercept", "bootstrap"]

FIGURES = (".svg", ".png", ".pdf")
SUFFIXES = (".html", ".json", *FIGURES, ".csv")

CURVE = Group("Curve", sort_key=2)
DATA = Group("Data", sort_key=3)
ANSWER = Group("Answer", sort_key=4)


def check_out(
    type_: object, out: Path | None, suffixes: tuple[str, ...] = SUFFIXES
) -> None:
    """Refuse a file name no answer can be written to, before any work is done."""
    if out is None:
        return
    if out.suffix.lower() not in suffixes:
        raise ValueError(f"Give a name that ends in {', '.join(suffixes)}")
    if out.is_dir():
        raise ValueError("This is a directory; give the name of a file in it")
    if not out.parent.is_dir():
        raise ValueError(f"There is no directory {out.parent}; make it first")


def check_seed(type_: object, seed: int) -> None:
    """Refuse a seed no generator takes."""
    if seed < 0:
        raise ValueError("Give a whole number of 0 or more")


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """How a table is read.

    Parameters
    ----------
    unit : str
        Unit of the doses with its basis, such as mg/kg or "umol/kg valproate", where
        the header does not say it.
    endpoint : str
        What was counted: protected, seizure, dead, ... The ED50 is the dose at which
        half of the animals show it.
    sheet : str
        Sheet of a workbook; the first unless given.
    """

    unit: Annotated[str | None, Parameter(group=DATA, metavar="UNIT")] = None
    endpoint: Annotated[str, Parameter(group=DATA, metavar="WORD")] = "affected"
    sheet: Annotated[str | None, Parameter(group=DATA, metavar="NAME")] = None


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is said and where it is written.

    Parameters
    ----------
    level : float
        Confidence of all limits, from 0.5 to below 1.
    seed : int
        Seed of whatever is sampled.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the figure (.svg .png .pdf), the estimates
        (.csv) or everything (.json).
    """

    level: Annotated[float, Parameter(group=ANSWER, metavar="LEVEL")] = 0.95
    seed: Annotated[
        int, Parameter(group=ANSWER, metavar="NUMBER", validator=check_seed)
    ] = 1
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=check_out)
    ] = None


# A lone hyphen looks like an option to the parser; it travels under this name.
STDIN = "<stdin>"


def source(file: str) -> str:
    """Return what `read_quantal` reads for the FILE of a command line."""
    return "-" if file == STDIN else file


def numbers(flag: str, words: str | list[str]) -> list[float]:
    """Read numbers given once, repeatedly or with commas between.

    Raises
    ------
    OptionError
        For anything that is not a number.

    Examples
    --------
    >>> numbers("--effect", ["16,50", "84"])
    [16.0, 50.0, 84.0]
    """
    parts = ",".join([words] if isinstance(words, str) else words).split(",")
    try:
        return [float(part) for part in parts]
    except ValueError:
        given = ",".join([words] if isinstance(words, str) else words)
        msg = f"{flag} is '{given}'; give numbers with commas between, like 5,10,20"
        raise OptionError(msg) from None


def natural_response(word: str) -> Literal["none", "estimate"] | float:
    """Read ``none``, ``estimate`` or a known proportion.

    Examples
    --------
    >>> natural_response("0.05"), natural_response("none")
    (0.05, 'none')
    """
    if word == "none":
        return "none"
    if word == "estimate":
        return "estimate"
    try:
        return float(word)
    except ValueError:
        msg = (
            f"--natural-response is '{word}'; give none, estimate, or a known "
            "proportion such as 0.05"
        )
        raise OptionError(msg) from None
