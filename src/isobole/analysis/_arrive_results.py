"""The items of ARRIVE 2.0 that only an analysis can answer: summaries and effects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from isobole.analysis._analysis import Analysis
from isobole.outcomes import ProtectionComparison
from isobole.results import Missing
from isobole.studies import ArriveItem, ArriveTable

_CLASS = re.compile(r"(?:^|(?<=: ))[A-Z][A-Za-z]+\(")


def arrive_after(table: ArriveTable, analyses: Sequence[Analysis]) -> ArriveTable:
    """Fill items 7b, 10a and 10b in from what was analysed."""
    primary = [a for a in analyses if a.rank == "primary"]
    done = [a for a in primary if not isinstance(a.result, Missing)]
    if not done:
        return table
    titles = ", ".join(dict.fromkeys(a.title for a in done))
    again = [a for a in analyses if a.rank == "sensitivity"]
    said = {
        "10a": f"{titles}: counts or summaries of each group with their limits, in the "
        "tables of the primary outcome",
        "10b": f"{titles}: {'; '.join(_effect(a.result) for a in done)}",
        "7b": "Each method is named beside its number, with the check of its "
        "assumptions where it has any; no check chose a method"
        + (f". {len(again)} sensitivity analyses are shown" if again else ""),
    }
    return ArriveTable(tuple(_answered(item, said) for item in table.items))


def _effect(result: object) -> str:
    """Return a result in short with the size of its effect and the limits of it."""
    short = _in_short(result)
    if isinstance(result, ProtectionComparison):
        sizes = [
            f"{c.group} less {c.control}: {c.difference}" for c in result.contrasts
        ]
        return "; ".join([short, *sizes])
    if "[" in short:
        return short
    return (
        f"{short}; the size of the effect and its limits stand in the tables of the "
        "primary outcome"
    )


def _in_short(result: object) -> str:
    """Return a result's one line without the names of classes around it."""
    text = repr(result)
    while found := _CLASS.search(text):
        before = text[: found.start()]
        text = before + text[found.end() :].removesuffix(")")
    return text


def _answered(item: ArriveItem, said: dict[str, str]) -> ArriveItem:
    if item.number not in said or item.status == "answered":
        return item
    return replace(item, status="answered", answer=said[item.number], remedy=None)
