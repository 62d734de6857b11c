"""Who may do what in a study: one table, read by every page and every API route.

The blinded roles (dosing and scorer) see nothing that depends on the allocation:
neither group codes nor treatments nor a hash of rows that hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Concatenate, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from isobole.lab._prepared import Prepared
from isobole.lab.models import Membership, Study, User
from isobole.results import DataError
from isobole.studies import ROLES, protocol_from_text

Capability = Literal[
    "study.see",  # its overview and protocol
    "protocol.edit",  # save versions, lock
    "animals.edit",  # enter and correct animals before allocation
    "members.edit",  # give and take roles
    "plan",  # sample size and doses for this study
    "allocate",  # draw and seal the list
    "preparation.see",  # what is in each syringe; asks for the passphrase
    "next_dose",  # advice on the next doses; asks for the passphrase
    "dosing.see",  # dosing sheets by syringe code
    "dose.record",  # what was given and when
    "score",  # t0 and observations at the bench
    "kindle",  # stimulation sessions
    "score.complete",  # sign that scoring is complete
    "exclude",  # leave an animal out, by criterion
    "analysis.see",  # results, by code until revealed
    "analysis.lock",  # sign that the analysis is locked
    "reveal",  # open the key after the lock; asks for the passphrase
    "unblind",  # one animal in an emergency; asks for the passphrase
    "record.see",  # the whole audit trail
    "record.verify",  # walk the chain of the record, and be told its head
    "record.own",  # one's own rows
    "export",  # the study folder
]

ALLOWED: dict[str, frozenset[Capability]] = {
    "designer": frozenset(
        {
            "study.see", "protocol.edit", "animals.edit", "members.edit", "plan",
            "exclude", "record.own", "record.see", "record.verify", "analysis.see",
            "export",
        }
    ),
    "pharmacist": frozenset(
        {
            "study.see", "plan", "allocate", "preparation.see", "next_dose", "reveal",
            "unblind", "dosing.see", "record.own", "record.see", "record.verify",
            "export",
        }
    ),
    "dosing": frozenset(
        {"study.see", "dosing.see", "dose.record", "record.own"}
    ),
    "scorer": frozenset(
        {"study.see", "score", "kindle", "score.complete", "record.own"}
    ),
    "analyst": frozenset(
        {
            "study.see", "plan", "exclude", "analysis.see", "analysis.lock", "reveal",
            "record.own", "record.see", "record.verify", "export",
        }
    ),
    "administrator": frozenset(
        {"study.see", "members.edit", "record.own", "record.verify", "unblind"}
    ),
}  # fmt: skip

BLINDED: frozenset[str] = frozenset({"dosing", "scorer"})
UNBLIND: frozenset[str] = frozenset({"pharmacist"})
"""Roles that learn treatments; nobody holds one of them and a blinded role."""
STAGES: dict[str, str] = {
    "dosing": "dosing",
    "scorer": "scoring",
    "analyst": "analysis",
}
"""Which stage of the protocol's blinding a role works at."""

ALL_STAGES = frozenset({"allocation", "dosing", "scoring", "analysis"})

assert set(ALLOWED) == set(ROLES)


_TELLS_GROUPS: frozenset[Capability] = frozenset(
    {
        "allocate",
        "analysis.see",
        "export",
        "next_dose",
        "preparation.see",
        "record.see",
        "record.verify",
        "unblind",
    }
)


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do in one study."""

    user: User
    study: Study
    roles: frozenset[str]

    def may(self, capability: Capability) -> bool:
        """Say whether one of the person's roles allows it.

        A blinded role wins: a designer who also scores sees no results and no whole
        record before the analysis is locked.
        """
        if capability in _TELLS_GROUPS and self.blinded:
            return False
        return any(capability in ALLOWED[role] for role in self.roles)

    @property
    def blinded(self) -> bool:
        """Whether nothing may be shown to this person that tells a group.

        True for dosing and scorer, whatever else they are, until the analysis is
        locked; not where the protocol says that their stage is not blinded.
        """
        stages = {STAGES[role] for role in self.roles & BLINDED}
        study_id = self.study.study_id
        return bool(stages & blinded_stages(study_id)) and not is_analysis_locked(
            study_id
        )


def is_analysis_locked(study_id: str) -> bool:
    """Say whether the analysis was locked: from then on nothing is scored blind."""
    from isobole.lab.record import has_action

    return has_action(study_id, "analysis.lock")


def blinded_stages(study_id: str) -> frozenset[str]:
    """Return the stages that the protocol blinds; all as long as it does not say.

    What the protocol said when the list was drawn stays in force: a later version
    shows nobody what was hidden from them.

    Examples
    --------
    >>> sorted(ALL_STAGES)
    ['allocation', 'analysis', 'dosing', 'scoring']
    """
    from isobole.lab.record import entries_of

    toml: str | None = None
    for entry in entries_of(study_id):
        if entry.action == "protocol.save":
            toml = str(entry.data.get("toml", ""))
        elif entry.action == "allocation.commit":
            break
    return ALL_STAGES if toml is None else _stages_of(toml)


@lru_cache(maxsize=64)
def _stages_of(toml: str) -> frozenset[str]:
    try:
        return frozenset(protocol_from_text(toml).blinding.blinded)
    except DataError:
        return ALL_STAGES


_STUDY = Prepared(lambda study_id: Study.objects.filter(pk=study_id), "")
_ROLES = Prepared(
    lambda study_id, user: Membership.objects.filter(
        study_id=study_id, user_id=user
    ).values_list("role"),
    "",
    0,
)


def access_of(user: User, study_id: str) -> Access:
    """Return what a person may do in a study.

    Raises
    ------
    Http404
        If there is no such study, or the person has no role in it: which of the two
        is not told.
    """
    study = _STUDY.first(study_id)
    roles = frozenset(role for (role,) in _ROLES.rows(study_id, user.pk))
    if user.is_administrator:
        roles |= {"administrator"}
    if study is None or not roles:
        msg = "There is no such study, or you have no role in it"
        raise Http404(msg)
    return Access(user, study, roles)


def conflict(roles: Iterable[str], stages: frozenset[str] = ALL_STAGES) -> str | None:
    """Say which two roles one person cannot hold in one study, if two clash.

    Parameters
    ----------
    roles : iterable of str
        What the person would hold.
    stages : frozenset of str
        What the protocol blinds (`blinded_stages`): a stage that is not blind may be
        worked at by who knows the groups.

    Examples
    --------
    >>> conflict(["scorer", "dosing"])
    >>> conflict(["scorer", "pharmacist"])
    'Who prepares the syringes (pharmacist) knows the groups and cannot be scorer'
    >>> conflict(["scorer", "pharmacist"], frozenset({"dosing"}))
    """
    held = set(roles)
    clash = hidden_from(stages) & held
    if held & UNBLIND and clash:
        return (
            "Who prepares the syringes (pharmacist) knows the groups and cannot be "
            + " or ".join(sorted(clash))
        )
    return None


def hidden_from(stages: frozenset[str]) -> frozenset[str]:
    """Return the roles that must not know the groups.

    Examples
    --------
    >>> sorted(hidden_from(frozenset({"scoring", "analysis"})))
    ['analyst', 'scorer']
    """
    return frozenset(role for role, stage in STAGES.items() if stage in stages)


View = Callable[Concatenate[HttpRequest, Access, ...], HttpResponse]


def needs(
    *capabilities: Capability,
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Let a view of a study run for those who may; it is given their `Access`.

    Of several capabilities, one is enough. The URL names the study as `study_id`. The
    function keeps the capability as `needs` (a tuple of several), which the
    table-driven security test reads.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, study_id: str, **more: Any) -> HttpResponse:
            access = access_of(request.user, study_id)  # type: ignore[arg-type]
            # Before the refusal: its page leads back into the study, and has its head.
            request.access = access  # type: ignore[attr-defined]
            if not any(map(access.may, capabilities)):
                raise PermissionDenied(refusal(*capabilities))
            return view(request, access, **more)

        only = capabilities[0] if len(capabilities) == 1 else capabilities
        guarded.needs = only  # type: ignore[attr-defined]
        return guarded

    return decorate


def refusal(*capabilities: Capability) -> str:
    """Say who may do what was refused.

    Examples
    --------
    >>> refusal("allocate")
    'Only the pharmacist of the study may do this. Ask its designer for the role.'
    """
    may = [role for role in ALLOWED if ALLOWED[role].intersection(capabilities)]
    named = " or ".join(filter(None, (", ".join(may[:-1]), may[-1])))
    return f"Only the {named} of the study may do this. Ask its designer for the role."
