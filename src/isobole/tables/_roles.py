"""Which column is the dose, which the counts, which the animals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from isobole.doseresponse import CLUSTER_COLUMNS
from isobole.results import OptionError, Problem, ProblemList
from isobole.tables._names import (
    COUNT_OF,
    CURVE_LIKE,
    ENDPOINTS,
    OTHER_NAMES,
    RATE,
    name_key,
)
from isobole.tables._table import Column, RawTable


@dataclass(slots=True)
class Roles:
    """The columns of a quantal table by what they mean; None where there is none.

    It is not `complete` where a column is missing, or may be one of several.
    """

    dose: Column | None = None
    n: Column | None = None
    affected: Column | None = None
    curve: Column | None = None
    clusters: dict[str, Column] = field(default_factory=dict)
    endpoint: str = "affected"
    complete: bool = True


def find_roles(
    table: RawTable,
    found: ProblemList,
    *,
    given: Mapping[str, str | None],
    endpoint: str,
) -> Roles:
    r"""Find out what the columns mean, saying so where their names leave a choice.

    Parameters
    ----------
    table : RawTable
        The table.
    found : ProblemList
        Collects missing, doubled and ambiguous columns, and notices.
    given : mapping
        Column names by role (dose, n, affected, curve) as the caller named them.
    endpoint : str
        The endpoint as the caller named it, or ``"affected"``.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> table = read_table(StringIO("Dose,N,Protected\n5,8,2"), ProblemList())
    >>> roles = find_roles(table, ProblemList(), given={}, endpoint="affected")
    >>> roles.affected.name, roles.endpoint
    ('Protected', 'protected')
    """
    finder = RoleFinder(table, found, endpoint)
    finder.check_names()
    named = {role: name for role, name in given.items() if name is not None}
    if (by := name_key(named.get("curve", ""))) in ("dose", "n", "affected"):
        raise OptionError(f"by is '{by}', which does not part rows into curves")
    taken = {role: finder.by_name(role, name) for role, name in named.items()}
    for role in OTHER_NAMES:
        if role not in taken:
            taken[role] = finder.by_role(role)
    for role in OTHER_NAMES:
        if taken[role] is None and role not in named:
            taken[role] = finder.by_other_name(role)
    roles = Roles(
        taken["dose"],
        taken["n"],
        taken["affected"],
        taken["curve"],
        {
            role: column
            for role in CLUSTER_COLUMNS
            if (column := taken[role]) is not None
        },
        endpoint,
    )
    for role in ("dose", "affected"):
        if taken[role] is None and role not in named and role not in finder.unclear:
            finder.missing(role, role)
    roles.complete = not (
        any(taken[role] is None for role in ("dose", "affected", *named))
        or "n" in finder.unclear
    )
    finder.say_left_out()
    if roles.affected is not None:
        roles.endpoint = finder.endpoint_of(roles.affected)
    return roles


class RoleFinder:
    """Takes columns one by one out of those still `free`, saying what it assumed."""

    def __init__(self, table: RawTable, found: ProblemList, endpoint: str) -> None:
        self._columns = table.columns
        self._found = found
        self._endpoint = endpoint
        self.free = [column for column in table.columns if column.name]
        self.unclear: set[str] = set()

    def check_names(self) -> None:
        """Report names that stand twice, and columns with cells but no name."""
        positions: dict[str, list[int]] = {}
        for column in self._columns:
            key = " ".join(column.name.casefold().split())
            positions.setdefault(key, []).append(column.position)
        for column in self._columns:
            key = " ".join(column.name.casefold().split())
            where = ", ".join(str(place) for place in positions.pop(key, []))
            if not key and where:
                self._found.add(
                    Problem(
                        "unnamed-column",
                        f"Column {where} has no name and was left out",
                        severity="notice",
                        remedy="Name it in the header if it is needed",
                    )
                )
            elif "," in where:
                self._found.add(
                    Problem(
                        "duplicate-column",
                        f"The column name '{column.name}' stands twice or more "
                        f"(columns {where})",
                        column=column.name,
                        expected="every column name once",
                        remedy="Rename or remove the columns too many",
                    )
                )

    def by_name(self, role: str, name: str) -> Column | None:
        """Take the column the caller named."""
        tests = (
            lambda column: column.name == name.strip(),
            lambda column: column.name.casefold() == name.strip().casefold(),
            lambda column: name_key(column.name) == name_key(name),
        )
        for test in tests:
            matching = [column for column in self.free if test(column)]
            if matching:
                return self._take(role, matching)
        self.missing(role, name)
        return None

    def by_role(self, role: str) -> Column | None:
        """Take the column that has the role's own name."""
        return self._take(role, [c for c in self.free if name_key(c.name) == role])

    def by_other_name(self, role: str) -> Column | None:
        """Take the one column that has another name of the role, with a notice."""
        wanted = OTHER_NAMES[role]
        if role == "affected":
            wanted = (*wanted, *ENDPOINTS, name_key(self._endpoint))
        matching = []
        for column in self.free:
            key = name_key(column.name)
            count = COUNT_OF.fullmatch(key) if role == "affected" else None
            named = key in wanted or (count and count[1] in (*wanted, role))
            # "mouse" over one value in all rows is a strain and not an animal.
            if named and not (role in CLUSTER_COLUMNS and column.is_constant()):
                matching.append(column)
        taken = self._take(role, matching)
        # A column named by its endpoint says itself what it counts.
        if taken is not None and name_key(taken.name) not in ENDPOINTS:
            self._found.add(
                Problem(
                    "column-understood",
                    f"Column '{taken.name}' was read as {role}",
                    severity="notice",
                    column=taken.name,
                )
            )
        return taken

    def _take(self, role: str, matching: list[Column]) -> Column | None:
        if not matching:
            return None
        if len(matching) > 1:
            self.unclear.add(role)
            # Names written the same are reported once, as doubled.
            if len({c.name.casefold() for c in matching}) > 1:
                names = " or ".join(f"'{column.name}'" for column in matching)
                needed = role not in CLUSTER_COLUMNS
                self._found.add(
                    Problem(
                        "ambiguous-column",
                        f"The column {role} may be {names}"
                        + ("" if needed else ", and neither was used"),
                        severity="error" if needed else "warning",
                        given=names,
                        expected=f"one column {role}",
                        remedy=f"Say which column is {role}, or rename the others",
                    )
                )
            return None
        self.free.remove(matching[0])
        return matching[0]

    def missing(self, role: str, name: str) -> None:
        """Report a column that is not there, with the names that are."""
        names = [column.name for column in self._columns if column.name]
        if names and all(re.fullmatch(r"[-+\d.,eE]+", header) for header in names):
            if not any(problem.code == "no-header" for problem in self._found.found):
                self._found.add(
                    Problem(
                        "no-header",
                        "The first row holds numbers where the header should be",
                        given=", ".join(names),
                        expected="the names of the columns",
                        remedy="Begin with the line: dose,n,affected",
                    )
                )
            return
        keys = {name_key(header): header for header in names}
        close = get_close_matches(name_key(name), list(keys), n=1, cutoff=0.6)
        rates = [header for header in names if RATE.search(header.casefold())]
        remedy = f"Name a column {name} in the header"
        if role == "dose" and any("log" in key for key in keys):
            remedy = "Give the dose itself and not its logarithm; a control is then 0"
        elif role == "affected" and rates:
            remedy = f"Give counts of animals; '{rates[0]}' cannot stand for them"
        elif close:
            remedy = f"Did you mean '{keys[close[0]]}'? Then rename it"
        self._found.add(
            Problem(
                "missing-column",
                f"There is no column {name}; found were {', '.join(names) or 'none'}",
                column=name,
                given=", ".join(names),
                expected=f"a column {name}",
                remedy=remedy,
            )
        )

    def say_left_out(self) -> None:
        """Name the columns that are not used, and warn of those that part curves."""
        parting = [
            column
            for column in self.free
            if name_key(column.name) in CURVE_LIKE and not column.is_constant()
        ]
        for column in parting:
            self._found.add(
                Problem(
                    "rows-put-together",
                    f"Rows that differ in '{column.name}' were put together",
                    severity="warning",
                    column=column.name,
                    remedy=f"For one curve each, read the table by {column.name}",
                )
            )
        rest = [column.name for column in self.free if column not in parting]
        if rest:
            self._found.add(
                Problem(
                    "columns-left-out",
                    f"Columns not used: {', '.join(rest)}",
                    severity="notice",
                    given=", ".join(rest),
                )
            )

    def endpoint_of(self, column: Column) -> str:
        """Return the endpoint: as given, else as the counted column is named."""
        key = name_key(column.name)
        if count := COUNT_OF.fullmatch(key):
            key = count[1]
        counted = ENDPOINTS.get(key)
        if self._endpoint == "affected":
            return counted or "affected"
        asked = ENDPOINTS.get(name_key(self._endpoint))
        if counted and asked and counted != asked:
            self._found.add(
                Problem(
                    "endpoint-differs",
                    f"Column '{column.name}' is analysed as '{self._endpoint}'",
                    severity="warning",
                    column=column.name,
                    given=column.name,
                    expected=self._endpoint,
                    remedy="The counts are used as they stand; check what was counted",
                )
            )
        return self._endpoint
