"""What the checks of a protocol share: how a finding is written, what is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from isobole.results import Problem, Severity, format_number
from isobole.studies._model_parameter import Parameter
from isobole.studies._models import SeizureModel
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Dose, Group

Findings = Iterator[Problem]
TOLERANCE = 0.1
"""Share by which a value may leave what is published before it is remarked on."""


def finding(
    code: str,
    path: str,
    message: str,
    remedy: str,
    *,
    severity: Severity = "error",
    given: object = None,
    expected: str | None = None,
) -> Problem:
    """Write a problem of `study.toml`; the file is filled in by the caller."""
    return Problem(
        code,
        message,
        severity=severity,
        column=path,
        given=None if given is None else str(given),
        expected=expected,
        remedy=remedy,
    )


def hint(given: str, known: Iterable[str], otherwise: str) -> str:
    """Return "Did you mean …?" or the other remedy."""
    close = get_close_matches(given, list(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else otherwise


def active(group: Group) -> tuple[Dose, ...]:
    """Return the doses of a group that contain something."""
    return tuple(dose for dose in group.doses if dose.amount > 0)


def levels_alone(protocol: Protocol) -> dict[str, set[float]]:
    """Return, by substance, the doses at which it is given alone."""
    found: dict[str, set[float]] = {}
    for group in protocol.groups:
        doses = active(group)
        if len(doses) == 1:
            found.setdefault(doses[0].substance, set()).add(doses[0].amount)
    return found


def off_range(
    protocol: Protocol,
    model: SeizureModel,
    key: str,
    value: float | None,
    *,
    route: str | None = None,
    severity: Severity = "notice",
) -> Findings:
    """Compare a value with what is published for this strain, else for any."""
    if value is None:
        return
    near = [
        p
        for p in model.published(
            key, species=protocol.species, strain=protocol.strain, route=route
        )
        if p.limits
    ]
    near = [p for p in near if p.strain] or near
    spans = [p.limits for p in near if p.limits]
    if not spans:
        return
    low = min(span[0] for span in spans) * (1 - TOLERANCE)
    high = max(span[1] for span in spans) * (1 + TOLERANCE)
    if low <= value <= high:
        return
    name = key.rpartition(".")[2]
    unit = near[0].unit
    yield finding(
        "off-published",
        key,
        f"{name} is {format_number(value)} {unit}".rstrip()
        + f", more than 10 % off what is published: {quoted(near)}",
        "Check it, or say in the protocol why yours differs",
        severity=severity,
        given=format_number(value),
    )


def quoted(parameters: Iterable[Parameter]) -> str:
    """Name published values with whose they are and who says so."""
    return "; ".join(
        f"{p.shown} for {p.whose} ({p.source}"
        + (", from memory)" if p.status == "from_memory" else ")")
        for p in parameters
    )
