"""Who holds which role in a study: shown, given and taken."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from isobole.lab.accounts._form import page, sent
from isobole.lab.accounts._note import address_of
from isobole.lab.accounts.roles import ROLES_OF_A_STUDY, grant, take
from isobole.lab.models import Membership, User
from isobole.lab.permissions import Access, blinded_stages, hidden_from, needs
from isobole.results import DataError, Problem

WHAT: dict[str, str] = {
    "designer": "writes the protocol, enters animals, gives roles; sees results by "
    "group code",
    "pharmacist": "draws the list and prepares the syringes; the only one who knows "
    "the groups",
    "dosing": "injects by syringe code and notes what was given",
    "scorer": "observes and scores at the bench",
    "analyst": "analyses by group code, locks the analysis, reveals the groups then",
}


@needs("members.edit")
def members(request: HttpRequest, access: Access) -> HttpResponse:
    """Show who holds which role; a posted form gives or takes one."""
    if request.method != "POST":
        return _page(request, access)
    study_id = access.study.study_id
    try:
        user = _person(sent(request, "user"))
        role = sent(request, "role")
        do = take if sent(request, "do") == "take" else grant
        do(study_id, user, role, by=access.user, address=address_of(request))
    except DataError as error:
        return _page(request, access, error.problems)
    now = "is no longer" if do is take else "is"
    messages.success(request, f"{user.display_name} {now} {role} of {study_id}.")
    if (
        not Membership.objects.filter(study_id=study_id, user=access.user).exists()
        and not access.user.is_administrator
    ):
        return redirect("studies")
    return redirect("members", study_id)


def _page(
    request: HttpRequest, access: Access, problems: Sequence[Problem] = ()
) -> HttpResponse:
    held: dict[str, list[User]] = {role: [] for role in ROLES_OF_A_STUDY}
    for one in (
        Membership.objects.filter(study=access.study)
        .select_related("user")
        .order_by("user__username")
    ):
        held.setdefault(one.role, []).append(one.user)
    blind = hidden_from(blinded_stages(access.study.study_id))
    context = {
        "tab": "members",
        "lines": [
            {"role": role, "what": WHAT[role], "people": people, "blind": role in blind}
            for role, people in held.items()
        ],
        "everybody": User.objects.filter(is_active=True).order_by("username"),
        "roles": ROLES_OF_A_STUDY,
        "chosen_user": sent(request, "user"),
        "chosen_role": sent(request, "role"),
    }
    return page(request, "members", context, problems=problems)


def _person(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise DataError(
            [
                Problem(
                    "unknown-person",
                    f"There is no person '{username}' in this lab",
                    given=username,
                    remedy="Choose one from the list; an administrator makes accounts",
                )
            ]
        )
    return user
