"""The syringes of a study: for whoever doses, blind, and for the pharmacist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from isobole.results import DataError, Problem, format_number
from isobole.studies._commitment import AllocationKey
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Dose, Group
from isobole.studies._rows import Allotment
from isobole.studies._study import Study
from isobole.studies._syringes import Syringe, slots, syringes
from isobole.studies._verify import verify_commitment

_ALLOCATION = "allocation.csv"


def dosing_rows(study: Study) -> tuple[Syringe, ...]:
    """Return the syringes as whoever doses may see them, in the order of dosing.

    They follow from the protocol, the animals and the blinded rows of the allocation
    alone, and no group code is looked at: two studies that differ only in which animal
    is in which group give the same rows. `group` and `dose` are None.

    Parameters
    ----------
    study : Study
        An allocated study; nothing of it need be revealed.

    Raises
    ------
    DataError
        If groups differ in number, volume, route, time or schedule of their
        injections, which would be read off the rows; if the study is not allocated, or
        an animal has no weight or not its syringes.

    See Also
    --------
    keyed_rows : the same syringes for the pharmacist.

    Examples
    --------
    >>> from isobole.datasets import study_path
    >>> from isobole.studies import read_study
    >>> first = dosing_rows(read_study(study_path("ptz-valproate-magnesium")))[0]
    >>> first.animal_id, first.code, str(first.volume_ml), first.group, first.dose
    ('R14', 'HWR4K', '1.50', None, None)
    """
    leaks = tuple(_leaks(study.protocol))
    if leaks:
        raise DataError(leaks)
    rows = _rows(study)
    return syringes(
        study.protocol, study.animals, [replace(row, group=None) for row in rows]
    )


def keyed_rows(study: Study, key: AllocationKey) -> tuple[Syringe, ...]:
    """Return the syringes with their groups and doses, for `preparation_blocks`.

    They come in the order of `dosing_rows` with the same codes and volumes. In a
    sequential study, whose doses are chosen later, group and dose are None.

    Parameters
    ----------
    study : Study
        An allocated study with its commitment.
    key : AllocationKey
        As from `open_key` or `key_from_text`.

    Raises
    ------
    DataError
        If the key does not fit the commitment and the allocation, or an animal has no
        weight or not its syringes.
    """
    errors = [p for p in verify_commitment(study, key) if p.severity == "error"]
    if errors:
        raise DataError(errors)
    return syringes(
        study.protocol,
        study.animals,
        [replace(row, group=key.group_of(row.animal_id)) for row in _rows(study)],
    )


def _rows(study: Study) -> list[Allotment]:
    """Return the allocation in the order of dosing, every row of it usable."""
    problems = [
        Problem(
            "not-allocated",
            "The study is not allocated",
            file=_ALLOCATION,
            remedy="Allocate it first",
        )
    ]
    if study.allocation:
        problems = list(_unusable(study))
    if problems:
        raise DataError(problems)
    return sorted(
        study.allocation,
        key=lambda row: (row.block or 0, row.order or 0, row.animal_id),
    )


def _unusable(study: Study) -> Iterator[Problem]:
    known = {animal.animal_id for animal in study.animals}
    due = max(len(group.doses) for group in study.protocol.groups)
    for row in study.allocation:
        if row.animal_id not in known:
            yield Problem(
                "unknown-animal",
                f"Animal {row.animal_id} is allocated and is not among the animals",
                file=_ALLOCATION,
                row=row.line,
                column="animal_id",
                given=row.animal_id,
                remedy="Add the animal, or correct its number",
            )
        if len(row.syringe_codes) != due:
            yield Problem(
                "syringes-differ",
                f"Animal {row.animal_id} has {_counted(len(row.syringe_codes))}",
                file=_ALLOCATION,
                row=row.line,
                column="syringe_codes",
                given=";".join(row.syringe_codes),
                expected=_counted(due),
                remedy="Give every animal a code for each injection of the protocol",
            )


def _leaks(protocol: Protocol) -> Iterator[Problem]:
    """Name what of their injections would tell one group from the others."""
    first, *others = protocol.groups
    for index, group in enumerate(others, start=1):
        for what, given, expected in _differences(group, first):
            yield Problem(
                "syringes-tell-group",
                f"'{group.id}' and '{first.id}' differ in the {what} of their "
                "injections, so that the syringes tell the group",
                file="study.toml",
                column=f"groups[{index}].doses",
                given=given,
                expected=expected,
                remedy="Give all groups the same injections; a drug that is left out "
                "is its vehicle with amount = 0",
            )


def _differences(group: Group, first: Group) -> Iterator[tuple[str, str, str]]:
    own, due = slots(group), slots(first)
    if len(own) != len(due):
        yield "number", str(len(own)), str(len(due))
        return
    for what, given, expected in (
        ("volume per kg", _volumes(own), _volumes(due)),
        ("route", [dose.route for dose in own], [dose.route for dose in due]),
        ("pretreatment time", _minutes(own), _minutes(due)),
        ("schedule", [dose.schedule for dose in own], [dose.schedule for dose in due]),
    ):
        if given != expected:
            yield what, ", ".join(given), ", ".join(expected)


def _volumes(doses: Sequence[Dose]) -> list[str]:
    return [f"{format_number(dose.volume_ml_per_kg)} mL/kg" for dose in doses]


def _minutes(doses: Sequence[Dose]) -> list[str]:
    return [f"{format_number(dose.pretreatment_min)} min" for dose in doses]


def _counted(count: int) -> str:
    return f"{count} syringe code{'' if count == 1 else 's'}"
