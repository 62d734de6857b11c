"""The form that writes a protocol: the fields used most, for those without TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from isobole.results import DataError, Problem
from isobole.studies import OUTCOME_WORDS, SeizureModel, edited_protocol, study_files

MOST_ROWS = 24
SPARE_ROWS = 2
ROLES = ("vehicle", "test", "reference", "combination")
BASES = ("salt", "acid", "base", "ion", "substance")
ROUTES = ("ip", "po", "sc", "iv", "iv_infusion", "im", "icv")
SEXES = {"both": "both", "F": "female", "M": "male"}

LONG = frozenset({"title", "hypothesis", "humane_endpoint", "reasoning"})

# Field of the form, key of the protocol, what is asked.
TEXTS = (
    ("study_id", "study_id", "Study id", "3 to 20 capital letters, digits, hyphens"),
    ("title", "title", "Title", ""),
    ("hypothesis", "hypothesis", "Hypothesis", "What you expect, of which dose"),
    ("ethics_id", "ethics_id", "Ethics approval", "Number and authority"),
    ("housing", "housing", "Housing", "Cages, light cycle, food and water"),
    (
        "humane_endpoint",
        "humane_endpoint",
        "Humane endpoint",
        "When an animal is killed or treated before the window ends",
    ),
    ("reasoning", "sample_size.reasoning", "Why this number of animals", ""),
    (
        "healthy",
        "inclusion[0].text",
        "Which animals are included",
        "Age, weight, health",
    ),
)
NUMBERS = (
    ("window_s", "observation.window_s", "Window (s)"),
    ("chambers", "observation.chambers", "Chambers in a run"),
)
ROW = (
    "id", "role", "n", "substance", "amount", "unit", "basis", "route", "vehicle",
    "volume", "minutes",
)  # fmt: skip
_DOSE = {
    "substance": "substance",
    "amount": "amount",
    "unit": "unit",
    "basis": "basis",
    "route": "route",
    "vehicle": "vehicle",
    "volume": "volume_ml_per_kg",
    "minutes": "pretreatment_min",
}
_MARK = "TEMPLATE:"


@dataclass(frozen=True, slots=True)
class Guided:
    """What stands in the form."""

    values: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def start_of(text: str) -> Guided:
    """Return the form as a template fills it; its own words are left empty."""
    document = tomllib.loads(text)
    values = {name: _at(document, path) for name, path, *_ in (*TEXTS, *NUMBERS)}
    values |= {key: str(document[key]) for key in ("primary_outcome", "sex", "strain")}
    if values["study_id"] == "NEW-STUDY":
        values["study_id"] = ""
    rows = [
        {
            "id": group["id"],
            "role": group["role"],
            "n": str(group["n"]),
            **{name: str(dose.get(key, "")) for name, key in _DOSE.items()},
        }
        for group in document["groups"]
        for dose in group.get("doses", ())
    ]
    return Guided(values, tuple(rows))


def posted(form: QueryDict) -> Guided:
    """Return the form as it was sent; rows without a group are left out."""
    names = [name for name, *_ in (*TEXTS, *NUMBERS)]
    names += ["primary_outcome", "sex", "strain"]
    values = {name: form.get(name, "").strip() for name in names}
    columns = [form.getlist(f"group-{name}")[: MOST_ROWS + 1] for name in ROW]
    if len({len(column) for column in columns}) != 1:
        raise DataError([_rows_torn()])
    rows = [
        dict(zip(ROW, (cell.strip() for cell in cells), strict=True))
        for cells in zip(*columns, strict=True)
    ]
    return Guided(values, tuple(row for row in rows if row["id"]))


def text_of(guided: Guided, model: SeizureModel, species: str) -> str:
    """Write the protocol that the form describes.

    Raises
    ------
    DataError
        With every field that cannot be read.
    """
    problems: list[Problem] = []
    if len(guided.rows) > MOST_ROWS:
        problems.append(_too_many())
    if not guided.rows:
        problems.append(_no_groups())
    groups = _groups(guided.rows[:MOST_ROWS], problems)
    values: dict[str, Any] = {
        path: guided.values[name] for name, path, *_ in TEXTS if guided.values[name]
    }
    for name, path, label in NUMBERS:
        number = _number(guided.values[name], label, problems)
        if number is not None:
            values[path] = number
    values["primary_outcome"] = guided.values["primary_outcome"]
    values["sex"] = guided.values["sex"]
    if groups and not problems:
        values["sample_size.inputs"] = {"n_per_group": int(groups[0]["n"])}
        control = next((g["id"] for g in groups if g["role"] == "vehicle"), None)
        values["statistics.control"] = control or groups[0]["id"]
    if problems:
        raise DataError(problems)
    start = study_files(
        model.name,
        title=guided.values["title"] or None,
        species=species,
        strain=guided.values["strain"] or None,
    )["study.toml"]
    return edited_protocol(start, values, groups=groups)


def outcomes_of(model: SeizureModel) -> dict[str, str]:
    """Return the primary outcomes a model allows, with their words."""
    return {name: OUTCOME_WORDS[name] for name in model.outcomes}


def _groups(
    rows: Sequence[Mapping[str, str]], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Put rows into groups: those of one name are injections of the same group."""
    groups: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        said = f"{row['id']} (row {number})"
        n = _number(row["n"], f"n of {said}", problems)
        dose: dict[str, Any] = {}
        for name, key in _DOSE.items():
            if name in ("amount", "volume", "minutes"):
                dose[key] = _number(row[name], f"{name} of {said}", problems)
            else:
                dose[key] = row[name]
        group = groups.setdefault(
            row["id"], {"id": row["id"], "role": row["role"], "n": n, "doses": []}
        )
        if group["n"] != n or group["role"] != row["role"]:
            problems.append(_differs(row["id"], number))
        group["doses"].append({**dose, "schedule": "once"})
    return list(groups.values())


def _number(text: str, label: str, problems: list[Problem]) -> int | float | None:
    try:
        value = float(text.replace(",", "."))
        if not abs(value) < 1e9:
            raise ValueError
    except ValueError:
        problems.append(
            Problem(
                "not-a-number",
                f"{label} is '{text}'" if text else f"{label} is empty",
                expected="a number below 1,000,000,000",
                remedy="Write digits, with a point before decimals",
            )
        )
        return None
    return int(value) if value.is_integer() else value


def _at(document: Mapping[str, Any], path: str) -> str:
    value: Any = document
    for part in path.replace("[0]", ".0").split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return "" if str(value).startswith(_MARK) else str(value)


def _differs(group: str, row: int) -> Problem:
    return Problem(
        "group-differs",
        f"Row {row} gives {group} another role or number of animals than a row before",
        remedy="Rows of one group are its injections: give them the same role and n, "
        "or another name",
    )


def _no_groups() -> Problem:
    return Problem(
        "no-groups",
        "No group is named",
        remedy="Fill in a row for each group, the vehicle among them",
    )


def _too_many() -> Problem:
    return Problem(
        "too-many-rows",
        f"The form takes {MOST_ROWS} rows of groups",
        remedy="Write the other groups in the text of the protocol",
    )


def _rows_torn() -> Problem:
    return Problem(
        "rows-torn",
        "The rows of the groups did not arrive whole",
        remedy="Open the page again and send the form once more",
    )
