"""Roles in a study: given and taken, each time with a row of the log of access."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from isobole.lab.models import AccessRow, Membership, User
from isobole.lab.permissions import (
    ALLOWED,
    UNBLIND,
    blinded_stages,
    conflict,
    hidden_from,
)
from isobole.lab.record import chain_of, log_access, writer
from isobole.results import DataError, Problem

GIVEN, TAKEN = "role.given", "role.taken"
ROLES_OF_A_STUDY = tuple(role for role in ALLOWED if role != "administrator")
"""Administrators are administrators of the lab, not of a study."""


def grant(study_id: str, user: User, role: str, *, by: User, address: str = "") -> None:
    """Give a person a role in a study; nothing happens if they hold it already.

    May be called inside `append_drafts(also=...)`: it is then part of that
    transaction.

    Parameters
    ----------
    study_id : str
        The study; its row exists already.
    user : User
        Who gets the role.
    role : str
        One of `ROLES_OF_A_STUDY`.
    by : User
        Who gives it.
    address : str
        From which network address.

    Raises
    ------
    DataError
        If it clashes with what the person holds, or with what they know.
    """
    _check_role(role)

    def work() -> None:
        _alone(study_id)
        held = set(_held(study_id, user))
        if role in held:
            return
        problems = list(_against(study_id, user, held, role))
        if problems:
            raise DataError(problems)
        Membership.objects.create(study_id=study_id, user=user, role=role)
        _log(GIVEN, study_id, user, role, by, address)

    writer.run(work)


def take(study_id: str, user: User, role: str, *, by: User, address: str = "") -> None:
    """Take a role from a person; nothing happens if they do not hold it.

    Raises
    ------
    DataError
        If no active designer would be left.
    """
    _check_role(role)

    def work() -> None:
        _alone(study_id)
        if role not in _held(study_id, user):
            return
        if role == "designer":
            others = Membership.objects.filter(
                study_id=study_id, role=role, user__is_active=True
            ).exclude(user=user)
            if not others.exists():
                raise DataError([_last_designer(user)])
        Membership.objects.filter(study_id=study_id, user=user, role=role).delete()
        _log(TAKEN, study_id, user, role, by, address)

    writer.run(work)


def knew_groups(study_id: str, user: User) -> str | None:
    """Say since when a person knows the groups of a study; None if they do not.

    Who held an unblinding role after the list was drawn knows them for good.
    """
    drawn = next(
        (e.ts for e in chain_of(study_id).entries if e.action == "allocation.commit"),
        None,
    )
    if drawn is None:
        return None
    since: dict[str, str] = {}
    held_then: str | None = None
    log = AccessRow.objects.filter(study_id=study_id, what__in=(GIVEN, TAKEN)).order_by(
        "seq"
    )
    for row in log:
        told = json.loads(row.data)
        if told.get("user") != user.username or told.get("role") not in UNBLIND:
            continue
        if row.what == GIVEN:
            since[told["role"]] = row.ts
        else:
            given = since.pop(told["role"], "")
            if row.ts >= drawn:
                held_then = held_then or max(given, drawn)
    return held_then


def _against(study_id: str, user: User, held: set[str], role: str) -> Iterator[Problem]:
    stages = blinded_stages(study_id)
    if not user.is_active:
        yield Problem(
            "account-closed",
            f"The account of {user.display_name} is closed",
            remedy="An administrator opens it again, or choose somebody else",
        )
    if said := conflict(held | {role}, stages):
        yield Problem(
            "roles-clash",
            said,
            given=role,
            remedy="Give one of the two roles to somebody else",
        )
    elif role in hidden_from(stages) and (since := knew_groups(study_id, user)):
        yield Problem(
            "knows-groups",
            f"{user.display_name} held a role that tells the groups ({since[:10]}) and "
            f"cannot be {role}",
            given=role,
            remedy="Give the role to somebody who never prepared syringes for it",
        )


def _held(study_id: str, user: User) -> list[str]:
    return list(
        Membership.objects.filter(study_id=study_id, user=user).values_list(
            "role", flat=True
        )
    )


def _log(
    what: str, study_id: str, user: User, role: str, by: User, address: str
) -> None:
    log_access(
        what,
        actor=by.username,
        address=address,
        study_id=study_id,
        data={"user": user.username, "role": role},
    )


def _alone(study_id: str) -> None:
    """Let nobody else change roles of the study before this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"roles of {study_id}"],
            )


def _check_role(role: str) -> None:
    if role not in ROLES_OF_A_STUDY:
        raise DataError(
            [
                Problem(
                    "unknown-role",
                    f"There is no role '{role}' in a study",
                    given=role,
                    expected=f"one of {', '.join(ROLES_OF_A_STUDY)}",
                    remedy="Choose one of these",
                )
            ]
        )


def _last_designer(user: User) -> Problem:
    return Problem(
        "last-designer",
        f"{user.display_name} is the only active designer of the study",
        remedy="Make somebody else designer first",
    )
