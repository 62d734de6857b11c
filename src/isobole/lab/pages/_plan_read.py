"""What stands in the form of a plan, read; what its result asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isobole import planning
from isobole.lab.pages._plan_question import PlanKind, Question
from isobole.results import DataError, Missing, Problem


def read(kind: PlanKind, values: Mapping[str, str]) -> dict[str, Any]:
    """Read what stands in a form.

    Raises
    ------
    DataError
        With every field that cannot be read.
    """
    problems: list[Problem] = []
    found = {q.name: _read(q, values.get(q.name, ""), problems) for q in kind.questions}
    if problems:
        raise DataError(problems)
    return found


def needed_n(result: Any) -> int | None:
    """Return the animals per group that a plan asks for, None if it names none."""
    smallest = getattr(result, "smallest", None)
    n = getattr(smallest, "holds", None)
    if n is None and isinstance(result, planning.PlanInteraction):
        n = result.test(result.recommended).smallest
    return None if n is None or isinstance(n, Missing) else int(n)


def _read(question: Question, text: str, problems: list[Problem]) -> Any:
    text = text.strip()[:400]
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if question.optional and question.kind == "number" and not text:
        return None
    try:
        match question.kind:
            case "percent":
                return _number(text) / 100
            case "number":
                return _number(text)
            case "whole":
                number = _number(text)
                if not number.is_integer():
                    raise ValueError
                return int(number)
            case "list" if parts or question.optional:
                return [_number(part) for part in parts[:200]]
            case "names" if parts:
                return parts[:8]
            case "choice" if text in dict(question.choices):
                return text
            case "text":
                return text
    except ValueError:
        pass
    problems.append(
        Problem(
            "not-readable",
            f"{question.label} is '{text}'" if text else f"{question.label} is empty",
            column=question.name,
            given=text,
            expected=_EXPECTED[question.kind],
            remedy="Correct the field",
        )
    )
    return None


_EXPECTED = {
    "percent": "a number, in per cent",
    "number": "a number",
    "whole": "a whole number",
    "list": "numbers with commas between",
    "names": "names with commas between",
    "choice": "one of those offered",
    "text": "a text",
}


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) < 1e9:
        raise ValueError
    return value
