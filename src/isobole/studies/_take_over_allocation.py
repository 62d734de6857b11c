"""The allocation of a folder filled by hand as a row of a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isobole.results import sha256_text
from isobole.studies._allocation import rows_text
from isobole.studies._commitment import COMMITMENT, NO_COMMITMENT, find_commitment
from isobole.studies._draft import Draft
from isobole.studies._hand_made import reveal_of
from isobole.studies._payloads import check_payload
from isobole.studies._rows import Allotment
from isobole.studies._study import Study

ALLOCATION = "allocation.csv"


def allocation_drafts(study: Study) -> Iterator[Draft]:
    """Yield the row that brings an allocation into a record, if there is one.

    Its rows are by code. A group stands in them only where the folder itself says it
    in clear: an analysis that never was blind does not become blind in a record.
    """
    if not study.allocation:
        return
    made = find_commitment(study.path, ())
    opened = {} if study.path is None else reveal_of(study.path)
    # A reveal that cannot be recorded would leave the groups out.
    told = bool(opened) and not check_payload("allocation.reveal", opened)
    yield Draft(
        "allocation.commit",
        study.protocol.study_id,
        {
            "commitment": NO_COMMITMENT if made is None else made.digest,
            "rows_sha256": sha256_text(rows_text(study.allocation))
            if made is None
            else made.rows_sha256,
            "rules": opened["rules"] if told else _rules(made is not None),
            "n": len(study.allocation),
            "rows": [
                _row(row, shown=not (told and row.group_code in study.revealed))
                for row in study.allocation
            ],
            "taken_over_from": ALLOCATION if made is None else COMMITMENT,
        },
    )


def _rules(committed: bool) -> dict[str, Any]:
    said = (
        "The allocation was taken over with its commitment from a folder filled by "
        "hand; its rules stand in the key."
        if committed
        else "The allocation was taken over from a folder filled by hand; nothing "
        "shows when or how it was made."
    )
    return {"method": "taken over", "sentences": [said]}


def _row(row: Allotment, *, shown: bool) -> dict[str, Any]:
    """Return a row as plain values; cells that are empty are left out."""
    cells: dict[str, Any] = {
        **row.extra,
        "animal_id": row.animal_id,
        "group_code": row.group_code,
        "group": row.group if shown else None,
        "stratum": row.stratum,
        "block": row.block,
        "day": row.day,
        "chamber": row.chamber,
        "order": row.order,
        "syringe_codes": list(row.syringe_codes),
    }
    return {name: value for name, value in cells.items() if value not in (None, [])}
