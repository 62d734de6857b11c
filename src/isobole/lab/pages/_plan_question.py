"""What a form of the plan asks, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from isobole.studies import Protocol

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form; `kind` is percent, number, whole, list, names or choice."""

    name: str
    label: str
    kind: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PlanKind:
    """One thing to plan, and how."""

    name: str
    title: str
    outcomes: tuple[str, ...]
    questions: tuple[Question, ...]
    prefill: Callable[[Protocol], dict[str, str]]
    compute: Callable[[dict[str, Any], Progress], Any]
