"""What the items of ARRIVE 2.0 share: how an answer is written, what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from isobole.results import format_number
from isobole.studies._arrive import ArriveItem, Status
from isobole.studies._check_protocol import TEMPLATE


class Items:
    """Write items one after the other, all of one set."""

    def __init__(self, *, essential: bool) -> None:
        self.found: list[ArriveItem] = []
        self._essential = essential

    def add(
        self,
        number: str,
        topic: str,
        question: str,
        answer: str | None,
        remedy: str,
        *,
        status: Status = "answered",
    ) -> None:
        """Write one item; without an answer it is missing, whatever `status` says."""
        self.found.append(
            ArriveItem(
                number=number,
                topic=topic,
                question=question,
                essential=self._essential,
                status="missing" if answer is None else status,
                answer=answer,
                remedy=None if answer is not None and status == "answered" else remedy,
            )
        )


def said(text: str) -> str | None:
    """Return a text unless it is empty or the template's."""
    text = text.strip()
    return None if not text or text.startswith(TEMPLATE) else text


def counted(labels: Iterable[str | None], unknown: str) -> str:
    """Count labels: ``AB 8, CD 8``."""
    found = Counter(label or unknown for label in labels)
    return ", ".join(f"{label} {found[label]}" for label in sorted(found))


def spread(values: Iterable[float | None], unit: str) -> str | None:
    """Return the range of what is known, and how many are not."""
    every = list(values)
    known = [value for value in every if value is not None]
    if not known:
        return None
    low, high = format_number(min(known)), format_number(max(known))
    text = f"{low} {unit}" if low == high else f"{low} to {high} {unit}"
    lost = len(every) - len(known)
    return f"{text} ({lost} not recorded)" if lost else text
