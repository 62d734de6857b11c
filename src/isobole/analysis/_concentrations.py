"""Measured concentrations, carried into the report as they were recorded."""

from __future__ import annotations

from isobole.analysis._groups import Groups
from isobole.results import Missing, Table
from isobole.studies import Study


def concentration_table(study: Study, groups: Groups) -> Table | Missing | None:
    """Return every concentration with its matrix, time and fraction; None if none.

    While groups are codes they are kept back: who has the drug in the blood got it.
    """
    if not study.concentrations:
        return None
    if groups.naming == "code":
        return Missing(
            f"{len(study.concentrations)} measured concentrations are kept back while "
            "groups are shown by code: they tell who was given what"
        )
    return Table(
        "Measured concentrations",
        ("animal", "group", "analyte", "matrix", "fraction", "time (min)", "value",
         "unit"),
        tuple(
            (
                row.animal_id,
                groups.label_of.get(row.animal_id, "not allocated"),
                row.analyte,
                row.matrix,
                row.fraction,
                Missing("time not recorded") if row.t_min is None else row.t_min,
                Missing(row.reason or "no value was recorded")
                if row.value is None
                else row.value,
                row.unit,
            )
            for row in study.concentrations
        ),
        ("Total and free concentrations are different quantities and are not mixed.",),
    )  # fmt: skip
