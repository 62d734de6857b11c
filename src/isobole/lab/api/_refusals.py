"""What is wrong with a request that does not fit the API, as problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from isobole.results import Problem

MOST = 20
"""Most problems told of one request: rows of one device are wrong in one way."""


def problems_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Return what pydantic found as problems; what was sent is not repeated.

    Examples
    --------
    >>> found = {"loc": ("body", "rows", 0, "obj"), "msg": "Field required"}
    >>> print(problems_of([found])[0])
    column body.rows.0.obj: Field required. Compare it with /api/openapi.json.
    """
    told = [
        Problem(
            "request-invalid",
            str(error.get("msg", "This does not fit")),
            column=".".join(str(part) for part in error.get("loc", ())) or None,
            remedy="Compare it with /api/openapi.json",
        )
        for error in errors[:MOST]
    ]
    if len(errors) > MOST:
        told.append(
            Problem(
                "request-invalid",
                f"{len(errors) - MOST} more fields do not fit",
                remedy="Mend the first ones and send it again",
            )
        )
    return tuple(told)
