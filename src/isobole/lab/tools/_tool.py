"""What a quick tool is: a question to a table, its options, tables that show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isobole.analysis import TableAnswer
from isobole.lab.tools._option import Option


@dataclass(frozen=True, slots=True)
class Example:
    """A bundled table that fills the form, and the options that go with it."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """One question to a table.

    `name` stands in addresses, `command` on the command line; `header` shows what a
    table looks like.
    """

    name: str
    command: str
    title: str
    what: str
    columns: str
    header: str
    answer: Callable[..., TableAnswer[Any]]
    options: tuple[Option, ...]
    examples: tuple[Example, ...]

    def option(self, name: str) -> Option:
        """Return the option of that name."""
        return next(option for option in self.options if option.name == name)


def example_table(tool: Tool, name: str) -> str | None:
    """Return the text of an example of a tool, None if it has no such example."""
    if name not in [example.name for example in tool.examples]:
        return None
    if name == "template":
        from isobole.tables import claims_template

        return claims_template()
    from isobole.datasets import path

    return path(name).read_text(encoding="utf-8")


def example_options(tool: Tool, name: str) -> dict[str, str]:
    """Return what an example sets in the form besides the table."""
    from isobole.datasets import describe

    for example in tool.examples:
        if example.name == name:
            found = dict(example.options)
            counted: Sequence[str] = [option.name for option in tool.options]
            if name != "template" and "endpoint" in counted:
                found.setdefault("endpoint", describe(name).endpoint)
            return found
    return {}
