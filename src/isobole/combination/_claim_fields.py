"""The cells of a claim to values, collecting what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from isobole.combination._rounding import Printed
from isobole.combination._significance import Significance
from isobole.results import DataError, DoseUnit, Problem, ProblemList

_VERDICTS = {
    "synergy": "synergy", "synergistic": "synergy", "synergism": "synergy",
    "supra-additive": "synergy", "supraadditive": "synergy",
    "additive": "additive", "additivity": "additive", "no interaction": "additive",
    "antagonism": "antagonism", "antagonistic": "antagonism",
    "sub-additive": "antagonism", "infra-additive": "antagonism",
}  # fmt: skip
_SUM_TOLERANCE = 0.0051  # for each share, as 0.33:0.33:0.33 is printed for thirds


def plain(value: object | None) -> str | None:
    """Return a printed value's text, None where nothing is printed."""
    return None if value is None else str(value)


class ClaimReader:
    """Reads the fields of one claim; the column names are those of the table."""

    def __init__(self, row: int | None) -> None:
        self._found = ProblemList()
        self._row = row

    def raise_errors(self) -> None:
        """Raise `DataError` with everything found."""
        self._found.raise_errors()

    def drugs(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return two or more names."""
        found = tuple(str(name).strip() for name in names)
        letters = "abcdefghijklmnopqrstuvwxyz"
        for letter, name in zip(letters, found, strict=False):
            if not name:
                self._add(
                    "no-drug-name",
                    f"drug_{letter}",
                    "The drug has no name",
                    "",
                    "a name",
                    "Name the drug, or leave its columns out",
                )
        if len(found) > len(letters):
            self._add(
                "many-drugs",
                "drug_z",
                f"The mixture has {len(found)} drugs",
                str(len(found)),
                f"at most {len(letters)} drugs",
                "Check that the rows are claims and the columns drugs",
            )
        if len(found) < 2:
            self._add(
                "one-drug",
                "drug_b",
                "The mixture has fewer than two drugs",
                "",
                "two or more drugs",
                "Name every drug of the mixture",
            )
        return found

    def per_drug(
        self, column: str, values: Sequence[Any] | None, drugs: int
    ) -> Sequence[Any]:
        """Return one value for each drug, None where there is none."""
        if values is None:
            return [None] * drugs
        if len(values) != drugs:
            self._add(
                "unequal-lengths",
                f"{column}s",
                f"{column}s has {len(values)} values for {drugs} drugs",
                str(len(values)),
                f"{drugs} values, None where one is not printed",
                "Give one value for each drug",
            )
            return [None] * drugs
        return values

    def positive(
        self, column: str, value: Any, *, units: float = 0.5, required: bool = False
    ) -> Printed | None:
        """Return a printed number above 0."""
        text = _text(value)
        if not text:
            if required:
                self._add(
                    "empty-cell",
                    column,
                    f"{column} is empty",
                    "",
                    "a number",
                    "Give the mixture's ED50 as total dose",
                )
            return None
        try:
            number = Printed.parse(text, units=units)
        except ValueError:
            self._add(
                "not-a-number",
                column,
                f"{column} is '{text}', which is not a number",
                text,
                "a number as printed",
                "Give the number alone",
            )
            return None
        if number.value <= 0:
            remedy = "Leave the cell empty if the paper does not print it"
            self._add(
                "not-positive",
                column,
                f"{column} is {text}",
                text,
                "a number above 0",
                remedy,
            )
            return None
        return number

    def animals(self, column: str, value: Any) -> int | None:
        """Return a whole number of at least 2."""
        text = _text(value)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not (2 <= number < 1e9 and number == int(number)):
            self._add(
                "n-not-whole",
                column,
                f"{column} is {text}",
                text,
                "a whole number of animals, 2 or more",
                "Give the animals behind the ED50, or leave the cell empty",
            )
            return None
        return int(number)

    def ratio(self, value: Any, drugs: int) -> tuple[float, ...] | None:
        """Return the parts of a ratio such as 1:3."""
        text = _text(value)
        if not text:
            return None
        parts = [part.strip() for part in re.split(r"[:/]", text)]
        try:
            numbers = tuple(float(part) for part in parts)
        except ValueError:
            numbers = ()
        if len(numbers) != drugs or not all(0 < x < float("inf") for x in numbers):
            example = ":".join(["1"] * max(drugs, 2))
            self._add(
                "bad-ratio",
                "ratio",
                f"ratio is '{text}', for {drugs} drugs",
                text,
                f"one part above 0 for each drug, such as {example}",
                "Write the parts in the order of the drugs",
            )
            return None
        total = sum(numbers)
        if max(numbers) < 1 and abs(total - 1) > _SUM_TOLERANCE * drugs:
            self._add(
                "ratio-does-not-sum",
                "ratio",
                f"The shares {text} sum to {total:g}",
                text,
                "shares that sum to 1",
                "Correct the shares, or write whole parts such as 1:3",
            )
            return None
        return tuple(x / total for x in numbers)

    def choice(self, column: str, value: Any, allowed: Sequence[str]) -> str | None:
        """Return one of the allowed words."""
        text = _text(value)
        word = re.sub(r"[\s_]+", "-", text.casefold())
        if not text:
            return None
        if word in allowed:
            return word
        listed = ", ".join(allowed)
        close = get_close_matches(word, list(allowed), n=1)
        remedy = f"Write {close[0]}" if close else "Leave it empty if it is not stated"
        self._add(
            "unknown-word",
            column,
            f"{column} is '{text}'",
            text,
            f"one of {listed}",
            remedy,
        )
        return None

    def verdict(self, value: Any) -> str | None:
        """Return what the paper calls the interaction."""
        text = _text(value)
        word = _VERDICTS.get(text.casefold())
        if text and word is None:
            return self.choice("verdict", text, ("synergy", "additive", "antagonism"))
        return word

    def significance(self, value: Any) -> Significance | None:
        """Return what the paper prints for significance."""
        text = _text(value)
        found = Significance.parse(text) if text else None
        if text and found is None:
            self._add(
                "unknown-significance",
                "significance",
                f"significance is '{text}'",
                text,
                "P<0.05, p=0.03, stars or ns",
                "Write it so, or leave it empty if none is printed",
            )
        return found

    def sides(self, value: Any) -> int | None:
        """Return 1 or 2."""
        text = self.choice("sides", value, ("1", "2"))
        return None if text is None else int(text)

    def unit(self, value: DoseUnit | str | None) -> DoseUnit | None:
        """Return the dose unit."""
        if value is None or isinstance(value, DoseUnit):
            return value
        if not value.strip():
            return None
        try:
            return DoseUnit.parse(value)
        except DataError as error:
            problem = error.problems[0]
            self._add(
                problem.code,
                "unit",
                problem.message,
                value,
                problem.expected or "",
                problem.remedy or "",
            )
            return None

    def _add(
        self, code: str, column: str, message: str, given: str, expected: str,
        remedy: str,
    ) -> None:  # fmt: skip
        self._found.add(
            Problem(
                code,
                message,
                row=self._row,
                column=column,
                given=given or None,
                expected=expected,
                remedy=remedy,
            )
        )


def _text(value: Any) -> str:
    """Write a value as a cell: a whole float without its point, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value == value and abs(value) < 1e15:
        return str(int(value)) if value == int(value) else repr(value)
    return str(value).strip()
