"""A protocol as somebody writes it: judged while it is written, with its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe

from isobole.reporting import render_fragment
from isobole.results import Block, DataError, Problem
from isobole.studies import (
    Protocol,
    check_protocol,
    protocol_blocks,
    protocol_from_text,
    protocol_lines,
)

MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A text of a protocol and what is to be said about it.

    Parameters
    ----------
    text : str
        What was written.
    protocol : Protocol or None
        None if it is not valid.
    problems : tuple of Problem
        Errors first; `row` is the line of the text where it is known.
    """

    text: str
    protocol: Protocol | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps it from being locked."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def study_id(self) -> str:
        """The study's id, empty if the protocol is not valid."""
        return "" if self.protocol is None else self.protocol.study_id

    @property
    def report(self) -> SafeString:
        """The protocol in sentences and tables, nothing if it is not valid."""
        return mark_safe("") if self.protocol is None else shown(self._blocks())

    def _blocks(self) -> Sequence[Block]:
        assert self.protocol is not None
        try:
            return protocol_blocks(self.protocol)
        except DataError:
            return ()  # a scale that does not exist is among the problems


def not_allocated_here(protocol: Protocol) -> Iterator[Problem]:
    """Say before the lock, after which nothing is changed, what cannot be allocated."""
    unit = protocol.experimental_unit
    if unit != "animal":
        yield Problem(
            "unit-not-allocated",
            f"The experimental unit is the {unit}, and the lab allocates single "
            "animals only",
            file="study.toml",
            column="experimental_unit",
            severity="warning",
            given=unit,
            remedy="Better before the lock: download study.toml, give it an id of its "
            "own, allocate by hand, write animals.csv and allocation.csv with its "
            "column group beside it, and import that folder",
        )


def judged(text: str) -> Judged:
    """Read a protocol and say all that is wrong with it, line by line."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if len(text) > MOST_CHARACTERS:
        problem = Problem(
            "protocol-too-long",
            f"The text has {len(text)} characters",
            expected=f"at most {MOST_CHARACTERS}",
            remedy="Leave out what does not belong to the protocol",
        )
        return Judged("", None, (problem,))
    protocol = None
    found: Sequence[Problem]
    try:
        protocol = protocol_from_text(text)
        found = [*check_protocol(protocol), *not_allocated_here(protocol)]
    except DataError as error:
        found = error.problems
    rank = {"error": 0, "warning": 1, "notice": 2}
    ordered = sorted(placed(found, text), key=lambda p: rank[p.severity])
    return Judged(text, protocol, tuple(ordered))


def placed(problems: Sequence[Problem], text: str) -> list[Problem]:
    """Fill in the line of every problem whose key stands in the text."""
    lines = protocol_lines(text)
    return [
        replace(p, file=None, row=p.row or _line(p.column, lines)) for p in problems
    ]


def _line(path: str | None, lines: dict[str, int]) -> int | None:
    """Return the line of a key, else of the table that would hold it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


def shown(blocks: Sequence[Block], *, figures: str = "") -> SafeString:
    """Return blocks as a fragment of a page; `figures` is where they are drawn.

    The address of a figure is `figures` with its anchor put in for ``FIGURE``.
    """
    return mark_safe(  # reporting escapes all that is not its own
        render_fragment(
            blocks, figure_url=lambda anchor: figures.replace("FIGURE", anchor)
        )
    )
