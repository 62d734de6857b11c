"""Roles in a study: given and taken, each time with a row of the log of access."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from isobole.lab.models import AccessRow, Membership, User
from isobole.lab.permissions import (
    ALLOWED,
    BLINDED,
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
_BY_CODE = frozenset(
    role for role, may in ALLOWED.items() if may & {"record.see", "analysis.see"}
)
"""Roles that read which animals are of one group, though not of which."""


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


def knew_groups(study_id: str, user: User, role: str) -> str | None:
    """Say since when a person knows too much for a role; None if they do not.

    Who could read the groups after the list was drawn knows them for good: to give a
    role back is not to forget. The pharmacist knows treatments, and who unblinded an
    animal knows one. Who wrote or analysed the study knows it by code, which tells a
    scorer too much and an analyst nothing new; not if they worked blind at that time.
    """
    entries = chain_of(study_id).entries
    drawn = next((e.ts for e in entries if e.action == "allocation.commit"), None)
    if drawn is None:
        return None
    told = [e.ts for e in entries if e.action == "unblind" and e.actor == user.username]
    blind = hidden_from(blinded_stages(study_id)) & BLINDED
    by_code = _BY_CODE if role in BLINDED else frozenset()

    def tells(roles: set[str]) -> bool:
        return bool(roles & UNBLIND or (roles & by_code and not roles & blind))

    held = set(_held(study_id, user))
    # From now back to the draw: between two rows of the log nobody's roles change.
    for ts, what, changed in _changes(study_id, user):
        if tells(held):
            told.append(max(ts, drawn))
        if ts < drawn:
            break
        if what == GIVEN:
            held.discard(changed)
        else:
            held.add(changed)
    else:
        if tells(held):
            told.append(drawn)
    return min(told, default=None)


def _changes(study_id: str, user: User) -> Iterator[tuple[str, str, str]]:
    """Yield when a person was given or lost a role, and which; the last first."""
    log = AccessRow.objects.filter(study_id=study_id, what__in=(GIVEN, TAKEN))
    for row in log.order_by("-seq"):
        told = json.loads(row.data)
        if told.get("user") == user.username:
            yield row.ts, row.what, str(told.get("role"))


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
    elif role in hidden_from(stages) and (since := knew_groups(study_id, user, role)):
        yield Problem(
            "knows-groups",
            f"{user.display_name} held a role that tells the groups or unblinded an "
            f"animal ({since[:10]}), and "
            f"cannot be {role}",
            given=role,
            remedy="Give the role to somebody who could not read the allocation; who "
            "writes a study and works blind in it is given both roles before it is "
            "allocated",
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
