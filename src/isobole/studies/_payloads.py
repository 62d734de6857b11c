"""What each action of the record carries, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from isobole.results import Problem
from isobole.studies._enums import ACTIONS, END_REASONS, EVENT_TYPES

Kind = Literal["text", "whole", "decimal", "list", "mapping", "any"]


@dataclass(frozen=True, slots=True)
class Payload:
    """Keys of one action: required, optional, and whether others may stand there."""

    required: Mapping[str, Kind]
    optional: Mapping[str, Kind]
    others: Literal["kept", "refused"] = "kept"


def _all(kind: Kind, *names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, kind)


# Decimals are text ("21.4"): floating-point numbers have no canonical bytes.
PAYLOADS: dict[str, Payload] = {
    "protocol.save": Payload(
        {"toml": "text", "sha256": "text", "version": "whole"}, {}, "refused"
    ),
    "protocol.lock": Payload({"sha256": "text"}, {}),
    "animal.add": Payload(
        _all("text", "animal_id", "species", "strain", "sex"),
        {
            **_all("decimal", "age_days", "weight_g"),
            **_all("text", "cage", "litter", "day"),
        },
    ),
    "allocation.commit": Payload(
        {"commitment": "text", "rules": "any", "n": "whole"}, {"rows": "list"}
    ),
    "allocation.reveal": Payload(
        {
            "nonce": "text",
            "seed": "text",
            "rules": "any",
            "list": "list",
            "groups": "mapping",
        },
        {},
    ),
    "dose.give": Payload(
        _all("text", "animal_id", "kind"),
        {
            **_all("decimal", "amount", "volume_ml", "weight_g"),
            **_all(
                "text", "ts", "syringe_code", "substance", "unit", "route", "person"
            ),
        },
    ),
    "t0": Payload(_all("text", "animal_id", "wall"), {}),
    "observe": Payload(
        {"animal_id": "text", "t_ms": "whole", "type": "text"},
        {
            **_all("text", "score", "observer", "detail"),
            **_all("whole", "mono_ms", "wall_ms"),
        },
    ),
    "session.add": Payload(
        {"animal_id": "text", "number": "whole", "phase": "text"},
        {
            **_all("decimal", "current_ua"),
            **_all("whole", "add_ms", "seizure_ms", "latency_ms"),
            **_all(
                "text", "ts", "afterdischarge", "add_status", "stage", "condition",
                "observer",
            ),
        },
    ),
    "exclude": Payload(_all("text", "animal_id", "criterion", "reason"), {}),
    "score.complete": Payload({}, _all("text", "animal_id", "observer")),
    "analysis.lock": Payload({}, {}),
    "unblind": Payload(_all("text", "animal_id", "reason"), {}),
}  # fmt: skip

AMENDABLE = ("animal.add", "dose.give", "t0", "observe", "session.add", "exclude")
"""Actions whose rows may be corrected; the rest stand for ever."""

_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("observe", "type"): EVENT_TYPES,
    ("dose.give", "kind"): ("treatment", "challenge"),
    ("session.add", "phase"): ("threshold", "kindling", "test"),
    ("session.add", "afterdischarge"): ("yes", "no"),
    ("session.add", "add_status"): ("measured", "none", "not_measurable"),
}
_KINDS: dict[Kind, tuple[tuple[type, ...], str]] = {
    "text": ((str,), "a text"),
    "whole": ((int,), "a whole number"),
    "decimal": ((str, int), 'a number written as text, such as "21.4"'),
    "list": ((list, tuple), "a list"),
    "mapping": ((dict,), "a mapping"),
}
VOID = "void"


def check_payload(
    action: str, data: Mapping[str, Any], *, amends: str | None = None
) -> tuple[Problem, ...]:
    """Say what is wrong with the data of an action; nothing if it fits.

    Parameters
    ----------
    action : str
        One of `ACTIONS`.
    data : mapping
        The payload.
    amends : str, optional
        For an amendment, the action of the row it corrects in the end: the full
        corrected row is expected, or ``{"void": 1}`` to take the row back.

    Examples
    --------
    >>> check_payload("t0", {"animal_id": "M1", "wall": "2026-01-06T09:00:00.000Z"})
    ()
    >>> print(*check_payload("observe", {"animal_id": "M1", "type": "fit", "t_ms": 5}))
    column type: type of observe is 'fit'. Expected one of score_change, ...
    """
    if action not in ACTIONS:
        close = get_close_matches(action, ACTIONS, n=1)
        return (
            Problem(
                "unknown-action",
                f"'{action}' is no action of the record",
                column="action",
                given=action,
                expected=f"one of {', '.join(ACTIONS)}",
                remedy=f"Did you mean '{close[0]}'?" if close else "Name one of these",
            ),
        )
    if action == "amend":
        if amends is None:
            return ()  # what it corrects is unknown, which is said elsewhere
        if amends not in AMENDABLE:
            return (_not_amendable(amends),)
        if data.get(VOID) == 1 and type(data[VOID]) is int:
            return () if len(data) == 1 else (_void_and_more(data),)
        action = amends
    return tuple(_problems(action, data))


def _problems(action: str, data: Mapping[str, Any]) -> list[Problem]:
    payload = PAYLOADS[action]
    found = [
        Problem(
            "missing-key",
            f"{action} does not say {key}",
            column=key,
            expected=_expected(kind),
            remedy=f"Add {key}",
        )
        for key, kind in payload.required.items()
        if key not in data
    ]
    known = {**payload.required, **payload.optional}
    for key, value in data.items():
        kind = known.get(key)
        if kind is None:
            if payload.others == "refused":
                found.append(
                    Problem(
                        "unknown-key",
                        f"{action} has no {key}",
                        column=key,
                        expected=", ".join(known),
                        remedy="Leave it out",
                    )
                )
            elif not isinstance(value, str | int | list | dict | tuple):
                found.append(_wrong_type(action, key, value, "a text"))
            continue
        if kind != "any" and not _is(kind, value):
            found.append(_wrong_type(action, key, value, _expected(kind)))
        elif key in payload.required and value == "":
            found.append(_wrong_type(action, key, value, "a text that is not empty"))
        found += _choice(action, key, value)
    if action == "observe" and type(data.get("t_ms")) is int and data["t_ms"] < 0:
        found.append(_wrong_type(action, "t_ms", data["t_ms"], "0 ms or later"))
    if action == "observe" and data.get("type") == "end":
        found += _end_reason(data.get("detail"))
    return found


def _is(kind: Kind, value: Any) -> bool:
    return isinstance(value, _KINDS[kind][0]) and not isinstance(value, bool)


def _expected(kind: Kind) -> str:
    return "any value" if kind == "any" else _KINDS[kind][1]


def _choice(action: str, key: str, value: Any) -> list[Problem]:
    allowed = _CHOICES.get((action, key))
    if allowed is None or value in allowed or not isinstance(value, str):
        return []
    if value == "" and key not in PAYLOADS[action].required:
        return []
    close = get_close_matches(value, allowed, n=1)
    return [
        Problem(
            "not-allowed",
            f"{key} of {action} is '{value}'",
            column=key,
            given=value,
            expected=f"one of {', '.join(allowed)}",
            remedy=f"Did you mean '{close[0]}'?" if close else None,
        )
    ]


def _end_reason(detail: Any) -> list[Problem]:
    if detail in END_REASONS:
        return []
    return [
        Problem(
            "no-end-reason",
            "The end of an observation does not say why it ended",
            column="detail",
            given=None if detail is None else str(detail),
            expected=f"one of {', '.join(END_REASONS)}",
            remedy="Write the reason as detail",
        )
    ]


def _wrong_type(action: str, key: str, value: Any, expected: str) -> Problem:
    return Problem(
        "wrong-type",
        f"{key} of {action} is {value!r}",
        column=key,
        given=str(value),
        expected=expected,
        remedy=f"Give {expected}",
    )


def _not_amendable(amends: str) -> Problem:
    return Problem(
        "not-amendable",
        f"A row of the kind {amends} cannot be corrected",
        given=amends,
        expected=f"a row of one of {', '.join(AMENDABLE)}",
        remedy="Append a new row of the same kind where that is allowed",
    )


def _void_and_more(data: Mapping[str, Any]) -> Problem:
    return Problem(
        "void-and-more",
        "An amendment takes a row back and gives values at once",
        given=", ".join(sorted(data)),
        expected='{"void": 1} alone, or the full corrected row',
        remedy="Leave one of the two out",
    )
