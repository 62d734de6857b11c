"""One cell's text to a number, or to the reason why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from isobole.results import DataError, DoseUnit
from isobole.tables._table import EXCEL_ERRORS, MERGED

# What a cell's marks say of its file: 2,5 is a decimal comma; 1,000 may be either.
Mark = Literal["", "point", "point-or-thousands", "comma", "comma-or-thousands"]

PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_COMMA_OR_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_POINT_OR_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_THOUSANDS = re.compile(
    r"[+-]?[0-9]{1,3}(?:"
    r"(?:,[0-9]{3}){2,}|(?:,[0-9]{3})+\.[0-9]*|(?:\.[0-9]{3}){2,}|"
    r"(?:\.[0-9]{3})+,[0-9]*|(?:[ \u00a0\u2009\u202f'’_][0-9]{3})+(?:[.,][0-9]*)?)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T].*)?|"
    r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2,4}|"
    rf"[0-9]{{1,2}}[-. /]+{_MONTH}(?:[-. /]+[0-9]{{2,4}})?|"
    rf"{_MONTH}[-. /]+[0-9]{{1,4}}(?:[-., /]+[0-9]{{2,4}})?|"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"[0-9]+\s*/\s*[0-9]+")
_RANGE = re.compile(r"[0-9.,]+\s*[-–—]\s*[0-9.,]+")
_WITH_UNIT = re.compile(r"([+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?)\s*([^\W\d_].*)")
_NOT_GIVEN = frozenset(
    (
        "na", "n/a", "#n/a", "nan", "nd", "n.d.", "none", "null", "missing",
        ".", "-", "--", "–", "—", "?",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a number, perhaps with a unit, or a fault by its code."""

    value: float = float("nan")
    unit: DoseUnit | None = None
    mark: Mark = ""
    fault: str = ""


# code: what the message says after "dose is '...'", what was expected, what to do
FAULTS: dict[str, tuple[str, str, str]] = {
    "not-a-number": ("which is not a number", "a number", "Give the number alone"),
    "empty-cell": ("", "a number", "Fill it in, or remove the row"),
    "missing-value": (
        "which is no number",
        "a number",
        "Remove the row if the animals were not tested",
    ),
    "excel-error": (
        "an error of the spreadsheet",
        "a number",
        "Correct the formula in the spreadsheet",
    ),
    "formula-without-value": (
        "a formula whose value is not in the file",
        "a number",
        "Open the workbook in Excel or LibreOffice and save it, so that the formulas "
        "are calculated; or paste the values",
    ),
    "merged-cell": (
        "and so is empty",
        "a number in every row",
        "Unmerge the cells and fill in every row",
    ),
    "not-finite": ("which is not finite", "a finite number", "Give the number itself"),
    "percent-sign": (
        "a percentage",
        "a number without a percent sign",
        "Give counts of animals; a dose in percent has its unit in the header: "
        "dose (%)",
    ),
    "date-in-cell": (
        "a date",
        "a number",
        "Excel turns entries such as 5-10 or 5/8 into dates; format the column as "
        "Text, type the number again, and save",
    ),
    "fraction": (
        "a fraction",
        "one number per cell",
        "Put the animals affected and the group size n into two columns",
    ),
    "range": ("a range", "one number per cell", "Give the number itself"),
    "thousands-separator": (
        "which has thousands separators",
        "digits without separators",
        "Write 1250 for one thousand two hundred and fifty",
    ),
    "ambiguous-separator": (
        "which may mean a decimal or thousands",
        "a number that can be read in one way",
        "Write 1000 for a thousand, and 1.0 for one",
    ),
    "mixed-decimals": (
        "with a decimal comma, where other cells have a decimal point",
        "one decimal mark in a column",
        "Write all with a decimal point",
    ),
}


def read_cell(raw: str, *, units: bool = False) -> Reading:
    """Read one cell; with `units`, a dose unit may follow the number.

    Examples
    --------
    >>> read_cell(" 2.5 ").value, read_cell("2,5").value, read_cell("−3").value
    (2.5, 2.5, -3.0)
    >>> read_cell("5 mg/kg", units=True).unit
    DoseUnit('mg/kg')
    >>> [read_cell(text).fault for text in ("", "5-Oct", "50%", "1,000,000", "5/8")]
    ['empty-cell', 'date-in-cell', 'percent-sign', 'thousands-separator', 'fraction']
    """
    text = raw.strip().replace("\N{MINUS SIGN}", "-")
    if PLAIN.fullmatch(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            return Reading(fault="not-finite")
        if _POINT_OR_THOUSANDS.fullmatch(text):
            return Reading(value, mark="point-or-thousands")
        return Reading(value, mark="point" if "." in text else "")
    if fault := _known_fault(text):
        return Reading(fault=fault)
    if _COMMA.fullmatch(text):
        either = _COMMA_OR_THOUSANDS.fullmatch(text)
        return Reading(
            float(text.replace(",", ".")),
            mark="comma-or-thousands" if either else "comma",
        )
    if units and (match := _WITH_UNIT.fullmatch(text)):
        number = read_cell(match[1])
        try:
            unit = DoseUnit.parse(match[2])
        except DataError:
            return Reading(fault="not-a-number")
        return Reading(number.value, unit, number.mark, number.fault)
    return Reading(fault="not-a-number")


def _known_fault(text: str) -> str:
    if not text:
        return "empty-cell"
    if text == MERGED:
        return "merged-cell"
    if text in EXCEL_ERRORS and text != "#N/A":
        return "excel-error"
    if text.casefold() in _NOT_GIVEN:
        return "missing-value"
    if text.startswith("="):
        return "formula-without-value"
    if text.endswith("%"):
        return "percent-sign"
    for pattern, fault in (
        (_INFINITE, "not-finite"),
        (_DATE, "date-in-cell"),
        (_FRACTION, "fraction"),
        (_THOUSANDS, "thousands-separator"),
        (_RANGE, "range"),
    ):
        if pattern.fullmatch(text):
            return fault
    return ""


def settle_marks(
    readings: dict[str, Reading], *, semicolons: bool
) -> tuple[dict[str, Reading], bool]:
    """Decide what commas mean in one column; return also whether they are decimal.

    A cell such as 2,5 or 0,125 can only be decimal, and then 1,000 beside it is
    too. 1,000 alone is ambiguous; so is 1.000 alone between semicolons, where a
    comma may be the decimal mark. Commas and points in one column contradict.

    Examples
    --------
    >>> texts = ("1,000", "2,5")
    >>> settled, decimal = settle_marks(
    ...     {t: read_cell(t) for t in texts}, semicolons=True
    ... )
    >>> settled["1,000"].value, decimal
    (1.0, True)
    >>> settled, decimal = settle_marks({"1,000": read_cell("1,000")}, semicolons=True)
    >>> settled["1,000"].fault
    'ambiguous-separator'
    """
    marks = {reading.mark for reading in readings.values()}
    fault: dict[Mark, str] = {}
    points = marks & {"point", "point-or-thousands"}
    commas = marks & {"comma", "comma-or-thousands"}
    if points and commas:
        fault = dict.fromkeys(commas, "mixed-decimals")
    elif commas == {"comma-or-thousands"}:
        fault = {"comma-or-thousands": "ambiguous-separator"}
    elif points == {"point-or-thousands"} and semicolons:
        fault = {"point-or-thousands": "ambiguous-separator"}
    settled = {
        text: Reading(fault=fault[reading.mark]) if reading.mark in fault else reading
        for text, reading in readings.items()
    }
    return settled, bool(commas) and not fault
