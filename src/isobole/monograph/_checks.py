"""Every check between statements: what it compares, and how often it was right."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from isobole.monograph._finding import Finding, make_finding
from isobole.monograph._statement import Statement
from isobole.results import OptionError, Severity, format_number

ENOUGH_PRECISION = 0.8
"""The least measured precision at which a check gives findings, not hints."""
_MOST_SPANS = 24


@dataclass(frozen=True, slots=True)
class Measured:
    """How a check did on labelled pages that it was not tuned on.

    Parameters
    ----------
    found, missed : int
        Labelled cases with the defect, by whether the check found it.
    false, passed : int
        Labelled cases without it, by whether the check spoke.
    """

    found: int
    missed: int
    false: int
    passed: int

    @property
    def n(self) -> int:
        """Labelled cases."""
        return self.found + self.missed + self.false + self.passed

    @property
    def precision(self) -> float | None:
        """Share of its findings that were right; None if it gave none."""
        said = self.found + self.false
        return self.found / said if said else None

    @property
    def recall(self) -> float | None:
        """Share of the defects that it found; None if there were none."""
        there = self.found + self.missed
        return self.found / there if there else None

    def __str__(self) -> str:
        return (
            f"precision {_share(self.found, self.found + self.false)}, "
            f"recall {_share(self.found, self.found + self.missed)}, n = {self.n}"
        )


def _share(part: int, whole: int) -> str:
    if not whole:
        return "not known (0 of 0)"
    return f"{format_number(part / whole, 2)} ({part} of {whole})"


@dataclass(frozen=True, slots=True)
class Check:
    """What one code of finding stands for.

    Parameters
    ----------
    code : str
    title : str
        The check in a few words.
    severity : {"error", "warning", "notice"}
    compares : str
        What is set against what.
    limits : str
        What it does not see.
    remedy : str
    measured : Measured or None
        On held-out labelled cases; None if it was never measured.
    """

    code: str
    title: str
    severity: Severity
    compares: str
    limits: str
    remedy: str
    measured: Measured | None

    @property
    def confidence(self) -> Literal["finding", "hint"]:
        """``"hint"`` below a measured precision of 0.8, or without a measurement."""
        precision = self.measured.precision if self.measured else None
        if precision is None or precision < ENOUGH_PRECISION:
            return "hint"
        return "finding"

    def __str__(self) -> str:
        told = str(self.measured) if self.measured else "not measured"
        return (
            f"{self.code}: {self.title}\n"
            f"Compares {self.compares}.\n"
            f"{self.limits}\n"
            f"Gives {self.confidence}s; on labelled pages of our own it was never "
            f"tuned on: {told}.\n"
            f"What to do: {self.remedy}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the check as it stands in JSON."""
        told = self.measured
        return {
            "code": self.code,
            "title": self.title,
            "severity": self.severity,
            "compares": self.compares,
            "limits": self.limits,
            "remedy": self.remedy,
            "confidence": self.confidence,
            "n": told.n if told else 0,
            "precision": told.precision if told else None,
            "recall": told.recall if told else None,
            "reason": None if told else "not measured",
        }


@cache
def checks() -> dict[str, Check]:
    """Return every check by its code.

    Examples
    --------
    >>> checks()["strength-conflict"].severity
    'error'
    """
    measured = _read("measured.toml").get("check", {})
    return {
        code: Check(
            code,
            row["title"],
            row["severity"],
            row["compares"],
            row["limits"],
            row["remedy"],
            Measured(**measured[code]) if code in measured else None,
        )
        for code, row in _read("checks.toml").items()
    }


def data(name: str) -> dict[str, Any]:
    """Return a table of the checks' data."""
    return _read(name)


@cache
def _read(name: str) -> dict[str, Any]:
    place = files("isobole.monograph") / "checks" / name
    return tomllib.loads(place.read_text("utf-8"))


def explain(code: str) -> Check:
    """Return what a check compares, its limits, and its measured precision and recall.

    Parameters
    ----------
    code : str
        The code of a finding, such as ``"strength-conflict"``.

    Raises
    ------
    OptionError
        If no check between statements has that code; the sentence lists near ones.

    Examples
    --------
    >>> print(explain("dose-without-indication").title)
    a dose that lost its indication
    """
    if code in checks():
        return checks()[code]
    import difflib

    near = difflib.get_close_matches(code, checks(), n=3, cutoff=0.5)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise OptionError(
        f"No check between statements gives '{code:.60}'. {meant}Defects of a single "
        "place are explained by their own finding."
    )


def finding(
    code: str, message: str, statements: Iterable[Statement], *, file: str = ""
) -> Finding:
    """Return a finding of a check about some statements, the first one leading."""
    check = checks()[code]
    listed = tuple({said.id: said for said in statements}.values())
    spans = tuple(dict.fromkeys(said.span for said in listed[:_MOST_SPANS]))
    return make_finding(
        code,
        check.severity,
        message,
        spans,
        spans[0].file if spans else file,
        check.remedy,
        None,
        None,
        tuple([said.id for said in listed]),
        check.confidence,
    )


def joined(names: Iterable[str], most: int = 12) -> str:
    """Return names as a reader lists them.

    Examples
    --------
    >>> joined(["rash", "tremor", "ataxia"])
    'rash, tremor and ataxia'
    >>> joined("abcde", most=3)
    'a, b, c and 2 more'
    """
    listed = list(dict.fromkeys(names))
    if len(listed) > most:
        listed = [*listed[:most], f"{len(listed) - most} more"]
    *first, last = listed or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last
