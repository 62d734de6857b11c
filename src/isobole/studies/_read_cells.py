"""Columns of text to values: each different text is judged once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from isobole.results import Problem, ProblemList
from isobole.studies._sheets import Sheet

# What people write where there is nothing to write.
_NOTHING = frozenset(("", "na", "n/a", "nan", "none", "null", "-", "–", "—", "."))
_MOST = 2**53
Values = list[Any]


class Cells:
    """The cells of one sheet, and what is wrong with them, row by row."""

    def __init__(self, sheet: Sheet, found: ProblemList) -> None:
        self._sheet = sheet
        self._found = found
        self.unusable: set[int] = set()
        """Rows, counted from 0, that lack what they need."""

    def add(self, index: int, problem: Problem) -> None:
        """Keep a problem of the row at `index`, with its place."""
        self._found.add(
            replace(problem, file=self._sheet.source, row=self._sheet.lines[index])
        )

    def text(self, name: str) -> Values:
        """Return trimmed text, None where empty."""
        return _mapped(self._sheet.columns[name], lambda text: text.strip() or None)

    def needed(self, name: str) -> Values:
        """Return text that must be there."""
        values = self.text(name)
        if None in values:
            for index, value in enumerate(values):
                if value is None:
                    self._lacking(index, name)
        return values

    def choice(self, name: str, allowed: Sequence[str], *, needed: str = "") -> Values:
        """Return one of `allowed`; a word that is none becomes a problem and None."""
        values = self.text(name)
        wrong = {v for v in set(values) if v is not None and v not in allowed}
        if not wrong and not needed:
            return values
        for index, value in enumerate(values):
            if value in wrong:
                close = get_close_matches(value, allowed, n=1)
                hint = f"Did you mean '{close[0]}'?" if close else "Write one of these"
                self.add(
                    index,
                    Problem(
                        "not-allowed",
                        f"{name} is '{value}'",
                        column=name,
                        given=value,
                        expected=f"one of {', '.join(allowed)}",
                        remedy=hint,
                    ),
                )
                if needed:
                    self.unusable.add(index)
            elif value is None and needed:
                self._lacking(index, name)
        return [None if value in wrong else value for value in values]

    def number(self, name: str, *, least: str = "") -> Values:
        """Return numbers of 0 or more, None where empty or wrong."""
        values = self._numbers(name)
        for index in _where(values, lambda value: value < 0):
            self.add(index, _negative(name, values[index]))
            values[index] = None
        if least:
            for index in _where(values, lambda value: value == 0):
                self.add(
                    index,
                    Problem(
                        "weight-of-zero",
                        f"{name} is 0",
                        column=name,
                        given="0",
                        expected=least,
                        remedy="Give the weight on the day, or leave the cell empty",
                    ),
                )
                values[index] = None
        return values

    def whole(self, name: str, *, needed: str = "", hint: str = "") -> Values:
        """Return whole numbers of 0 or more."""
        values = self.number(name)
        for index in _where(values, lambda v: v != int(v) or v > _MOST):
            given = self._sheet.columns[name][index]
            self.add(
                index,
                Problem(
                    "not-whole",
                    f"{name} is {given}",
                    column=name,
                    given=given,
                    expected="a whole number",
                    remedy=hint or "Give a whole number",
                ),
            )
            values[index] = None
        if needed:
            texts = self._sheet.columns[name]
            for index, value in enumerate(values):
                if value is None:
                    if texts[index].strip().casefold() in _NOTHING:
                        self._lacking(index, name)
                    self.unusable.add(index)
        return [None if value is None else int(value) for value in values]

    def _numbers(self, name: str) -> Values:
        cells = self._sheet.columns[name]
        empty = {t for t in set(cells) if t.strip().casefold() in _NOTHING}
        given = [i for i, text in enumerate(cells) if text not in empty]
        values: Values = [None] * len(cells)
        if not given:
            return values
        from isobole.tables import Column, RawTable, read_numbers

        column = Column(name, [cells[i] for i in given], 1)
        rows = np.array([self._sheet.lines[i] for i in given], dtype=np.int64)
        found = ProblemList(self._sheet.source)
        read = read_numbers(RawTable((column,), rows), column, found)
        for problem in found.found:
            self._found.add(problem)
        for index, value in zip(given, read.tolist(), strict=True):
            values[index] = None if value != value else value
        return values

    def _lacking(self, index: int, name: str) -> None:
        self.unusable.add(index)
        self.add(
            index,
            Problem(
                "empty-cell",
                f"{name} is empty, so that the row was left out",
                column=name,
                given="",
                remedy="Fill it in, or remove the row",
            ),
        )


def _mapped(cells: list[str], change: Callable[[str], Any]) -> Values:
    values = {text: change(text) for text in set(cells)}
    return list(map(values.__getitem__, cells))


def _where(values: Values, wrong: Callable[[float], bool]) -> list[int]:
    different = {value for value in set(values) if value is not None and wrong(value)}
    if not different:
        return []
    return [index for index, value in enumerate(values) if value in different]


def _negative(name: str, value: float) -> Problem:
    return Problem(
        "negative-number",
        f"{name} is {value:g}",
        column=name,
        given=f"{value:g}",
        expected="0 or more",
        remedy="Leave the cell empty where nothing was measured; no number stands for "
        "a missing one",
    )
