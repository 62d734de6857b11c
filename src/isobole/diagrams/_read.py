"""Read the specification of a diagram, and say everything that is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, cast, get_args

from isobole.diagrams._diagram import Diagram
from isobole.diagrams._fields import Fields, is_id
from isobole.diagrams._layout_checks import layout_problems
from isobole.diagrams._parts import (
    Arrow,
    Effect,
    Evidence,
    Group,
    Kind,
    Node,
    Point,
    Stance,
    Status,
)
from isobole.results import DataError, Problem

_TOP = {"name", "title", "description", "size", "box", "note", "node", "group", "arrow"}
_NODE = {"id", "text", "kind", "at", "box"}
_GROUP = {"id", "label", "members"}
_ARROW = {"from", "to", "effect", "status", "evidence", "via", "label_at"}
_EVIDENCE = {"claim", "source", "stance", "verified"}


def read(spec: Mapping[str, Any] | str) -> Diagram:
    """Read a diagram from its specification.

    Parameters
    ----------
    spec : mapping or str
        As a mapping, or as TOML text: ``name``, ``title``, ``description``, ``size``
        and ``box`` in cm, ``[[node]]`` (id, text, kind, at), ``[[group]]`` (id, label,
        members), ``[[arrow]]`` (from, to, effect, status, evidence, via, label_at).

    Returns
    -------
    Diagram
        The diagram.

    Raises
    ------
    DataError
        With every problem: an arrow to a box that is not there, an arrow without
        evidence, a contested arrow with evidence on one side only, ids given twice,
        words that are not allowed, boxes, arrows and labels in each other's way.

    Examples
    --------
    >>> read({"name": "empty", "title": "Nothing", "description": "None."})
    Traceback (most recent call last):
    ...
    isobole.results._errors.DataError: 'size' is missing. Write it.
    'box' is missing. Write it.
    There is no node. Describe at least one.
    """
    if isinstance(spec, str):
        try:
            spec = tomllib.loads(spec)
        except tomllib.TOMLDecodeError as error:
            raise DataError(
                [
                    Problem(
                        "bad-toml",
                        f"This is not TOML: {error}",
                        remedy="Correct the line it names",
                    )
                ]
            ) from None
    if not isinstance(spec, Mapping):
        raise DataError(
            [
                Problem(
                    "not-a-specification",
                    f"A {type(spec).__name__} is no specification of a diagram",
                    remedy="Give a mapping, or TOML text",
                )
            ]
        )
    return _Reader(spec).diagram()


class _Reader(Fields):
    """Reads the parts of a diagram."""

    def diagram(self) -> Diagram:
        """Return the diagram, or raise everything found."""
        self.keys(self.spec, _TOP, "the diagram")
        for key in ("name", "title", "description", "size", "box"):
            if key not in self.spec:
                self.wrong("missing-key", f"'{key}' is missing", None, "Write it")
        size = self.pair(self.spec.get("size", (1, 1)), "size", None)
        default = self.pair(self.spec.get("box", (1, 1)), "box", None)
        if "name" in self.spec and not is_id(self.spec["name"]):
            self.wrong(
                "bad-id",
                f"'{self.spec['name']}' cannot be the name of a diagram",
                "name",
                "Use small letters, digits and hyphens, a letter first",
            )
        nodes = self.nodes(default)
        groups = self.groups(nodes)
        arrows = self.arrows(nodes)
        if not self.problems.errors:
            for problem in layout_problems(size, nodes, groups, arrows):
                self.problems.add(problem)
        self.problems.raise_errors()
        return Diagram(
            name=self.text(self.spec, "name", "the diagram"),
            title=self.text(self.spec, "title", "the diagram"),
            description=self.text(self.spec, "description", "the diagram"),
            size=size,
            nodes=tuple(nodes.values()),
            groups=groups,
            arrows=arrows,
            note=str(self.spec.get("note", "")),
        )

    def nodes(self, default: Point) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for row in self.rows("node"):
            name = self.id_of(row, "node", found)
            self.keys(row, _NODE, f"node '{name}'")
            found[name] = Node(
                id=name,
                lines=tuple(self.text(row, "text", name).split("\n")),
                kind=cast("Kind", self.choice(row, "kind", get_args(Kind), name)),
                at=self.pair(row.get("at"), "at", name),
                box=self.pair(row.get("box", default), "box", name),
            )
        if not found:
            self.wrong("no-node", "There is no node", None, "Describe at least one")
        return found

    def groups(self, nodes: Mapping[str, Node]) -> tuple[Group, ...]:
        found: dict[str, Group] = {}
        for row in self.rows("group"):
            name = self.id_of(row, "group", found)
            self.keys(row, _GROUP, f"group '{name}'")
            members = self.items(row.get("members")) or []
            if not members:
                self.wrong(
                    "empty-group", f"Group '{name}' has no members", name, "Name some"
                )
            for member in members:
                self.known(str(member), nodes, f"group '{name}'", name)
            found[name] = Group(
                name, self.text(row, "label", name), tuple(map(str, members))
            )
        return tuple(found.values())

    def arrows(self, nodes: Mapping[str, Node]) -> tuple[Arrow, ...]:
        found: dict[tuple[str, str], Arrow] = {}
        for number, row in enumerate(self.rows("arrow"), start=1):
            start, end = str(row.get("from", "")), str(row.get("to", ""))
            name = f"{start} to {end}"
            self.keys(row, _ARROW, f"the arrow {name}")
            for node in (start, end):
                self.known(node, nodes, f"the arrow {name}", name)
            if start == end:
                self.wrong(
                    "arrow-to-itself",
                    f"The arrow {name} leads to where it starts",
                    name,
                    "Name two boxes",
                )
            if (start, end) in found:
                self.wrong(
                    "duplicate-arrow",
                    f"There are two arrows from {name}",
                    name,
                    "Put all evidence on one",
                )
            status = cast("Status", self.choice(row, "status", get_args(Status), name))
            found[start, end] = Arrow(
                number=number,
                start=start,
                end=end,
                effect=cast(
                    "Effect", self.choice(row, "effect", get_args(Effect), name)
                ),
                status=status,
                evidence=self.evidence(row, status, name),
                via=self.points(row.get("via", ()), name),
                label_at=self.pair(row["label_at"], "label_at", name)
                if "label_at" in row
                else None,
            )
        return tuple(found.values())

    def points(self, value: Any, name: str) -> tuple[Point, ...]:
        points = self.items(value)
        if points is None:
            self.wrong(
                "not-a-list", f"via of '{name}' is not a list", name, "Give points"
            )
        return tuple(self.pair(point, "via", name) for point in points or ())

    def evidence(
        self, row: Mapping[str, Any], status: Status, name: str
    ) -> tuple[Evidence, ...]:
        found = []
        for item in self.tables(row.get("evidence", ()), "evidence", name):
            self.keys(item, _EVIDENCE, f"the evidence of {name}")
            verified = item.get("verified")
            if not isinstance(verified, bool):
                self.wrong(
                    "verified-unstated",
                    f"Evidence of {name} does not say whether it was verified",
                    name,
                    "Write verified = true if it was read in the source, else false",
                )
            found.append(
                Evidence(
                    claim=self.text(item, "claim", name),
                    source=self.text(item, "source", name),
                    stance=cast(
                        "Stance", self.choice(item, "stance", get_args(Stance), name)
                    ),
                    verified=verified is True,
                )
            )
        sides = {item.stance for item in found}
        if not found:
            self.wrong(
                "no-evidence",
                f"The arrow {name} has no evidence",
                name,
                "Give a claim with its source, even if it is only an assumption",
            )
        elif status == "contested" and not {"for", "against"} <= sides:
            self.wrong(
                "one-sided",
                f"The arrow {name} is contested, but its evidence is on one side",
                name,
                "Give evidence for and against",
            )
        elif status == "supported" and ("against" in sides or "for" not in sides):
            self.wrong(
                "not-supported",
                f"The arrow {name} is called supported against its own evidence",
                name,
                "Call it contested or assumed, or give evidence for it",
            )
        return tuple(found)
