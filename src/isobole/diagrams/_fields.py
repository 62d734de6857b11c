"""Read single fields of a specification, and keep what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isobole.diagrams._parts import Node, Point
from isobole.results import Problem, ProblemList


def is_id(value: object) -> bool:
    """Return whether a value can be an id: small letters, digits, hyphens."""
    return isinstance(value, str) and bool(re.fullmatch(r"[a-z][a-z0-9-]*", value))


@dataclass(slots=True)
class Fields:
    """A specification, and the problems met so far."""

    spec: Mapping[str, Any]
    problems: ProblemList = field(default_factory=ProblemList)

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        """Return the tables called `key`."""
        return self.tables(self.spec.get(key, ()), key, None)

    def tables(
        self, value: Any, key: str, where: str | None
    ) -> list[Mapping[str, Any]]:
        """Return a list of tables; anything else is a problem."""
        rows = self.items(value)
        if rows is not None and all(isinstance(row, Mapping) for row in rows):
            return rows
        self.wrong(
            "not-a-list",
            f"'{key}'{f' of {where!r}' if where else ''} is not a list of tables",
            where,
            f"Write [[{key}]], or a list of tables in braces",
        )
        return []

    def items(self, value: Any) -> list[Any] | None:
        """Return the items of a list; None where it is none."""
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return list(value)
        return None

    def id_of(
        self, row: Mapping[str, Any], what: str, found: Mapping[str, object]
    ) -> str:
        name = str(row.get("id", ""))
        if not is_id(name):
            self.wrong(
                "bad-id",
                f"'{name}' cannot be the id of a {what}",
                name,
                "Use small letters, digits and hyphens, a letter first",
            )
        if name in found:
            self.wrong(
                "duplicate-id", f"Two {what}s are called '{name}'", name, "Rename one"
            )
        return name

    def known(
        self, name: str, nodes: Mapping[str, Node], where: str, given: str
    ) -> None:
        if name not in nodes:
            self.wrong(
                "unknown-node",
                f"'{name}' in {where} is no node",
                given,
                f"Nodes are {', '.join(nodes) or 'none'}",
            )

    def choice(
        self, row: Mapping[str, Any], key: str, allowed: Sequence[str], where: str
    ) -> str:
        value = row.get(key)
        if value not in allowed:
            self.wrong(
                "not-allowed",
                f"{key} of '{where}' is {value!r}",
                where,
                f"Write one of {', '.join(allowed)}",
            )
        return str(value)

    def text(self, row: Mapping[str, Any], key: str, where: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong("no-text", f"{key} of '{where}' is no text", where, "Write it")
            return ""
        if not all(line.isprintable() for line in value.strip().split("\n")):
            self.wrong(
                "not-printable",
                f"{key} of '{where}' has characters that cannot be printed",
                where,
                "Take out tabs and control characters",
            )
        return value.strip()

    def pair(self, value: Any, key: str, where: str | None) -> Point:
        if (
            isinstance(value, Sequence)
            and not isinstance(value, str | bytes)
            and len(value) == 2
            and all(
                isinstance(x, int | float)
                and not isinstance(x, bool)
                and (x > 0 if key in ("size", "box") else x >= 0)
                and x <= 1000
                for x in value
            )
        ):
            return float(value[0]), float(value[1])
        self.wrong(
            "not-a-pair",
            f"{key}{f' of {where!r}' if where else ''} is not two lengths",
            where,
            "Give two numbers in cm, up to 1000, and for a size more than 0",
        )
        return 1.0, 1.0

    def keys(self, row: Mapping[str, Any], allowed: set[str], where: str) -> None:
        for key in sorted(map(str, row.keys() - allowed)):
            self.wrong(
                "unknown-key",
                f"'{key}' is not a key of {where}",
                key,
                f"Keys are {', '.join(sorted(allowed))}",
            )

    def wrong(self, code: str, message: str, given: str | None, remedy: str) -> None:
        """Keep a problem; its sentence says where."""
        self.problems.add(Problem(code, message, given=given, remedy=remedy))
