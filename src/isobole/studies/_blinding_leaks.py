"""What could tell the blinded which group an animal is in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from isobole.results import Problem
from isobole.studies._rows import Allotment
from isobole.studies._study import Study

_FILE = "allocation.csv"
_COLOURS = ("colour", "color", "coloured", "colored", "cloudy", "turbid", "yellow",
            "suspension", "opaque", "milky")  # fmt: skip


def check_blinding(study: Study) -> tuple[Problem, ...]:
    """Look for leaks: codes, order of dosing, number of syringes, look of solutions.

    Equal mL/kg in all groups is judged with the protocol (`check_protocol`).

    Returns
    -------
    tuple of Problem
        Errors for codes that do not identify, warnings for what may be guessed.
    """
    rows = study.allocation
    return (
        *_syringe_codes(rows),
        *_counts(rows),
        *_order(rows),
        *_named_groups(study),
        *_looks(study),
    )


def _syringe_codes(rows: Sequence[Allotment]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for row in rows:
        for code in row.syringe_codes:
            other = first.setdefault(code, row.animal_id)
            if other != row.animal_id or row.syringe_codes.count(code) > 1:
                yield Problem(
                    "syringe-code-twice",
                    f"Syringe code {code} belongs to {other} and to {row.animal_id}",
                    file=_FILE,
                    row=row.line,
                    column="syringe_codes",
                    given=code,
                    expected="a code of its own for every syringe",
                    remedy="Draw new codes for one of them before the next dose",
                )
                break


def _counts(rows: Sequence[Allotment]) -> Iterator[Problem]:
    counts = Counter(len(row.syringe_codes) for row in rows)
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        odd = next(row for row in rows if len(row.syringe_codes) != usual)
        yield Problem(
            "syringes-differ",
            f"Animals have different numbers of syringes: {odd.animal_id} has "
            f"{len(odd.syringe_codes)}, most have {usual}",
            severity="warning",
            file=_FILE,
            row=odd.line,
            column="syringe_codes",
            remedy="Give every animal the same injections; a drug left out is a "
            "syringe of vehicle",
        )


def _order(rows: Sequence[Allotment]) -> Iterator[Problem]:
    """Find animals dosed group by group, and groups with a fixed turn."""
    placed = [row for row in rows if row.order is not None]
    ordered = sorted(placed, key=lambda row: (row.block or 0, row.order or 0))
    codes = [row.group or row.group_code for row in ordered]
    sizes = Counter(codes)
    changes = sum(one != other for one, other in pairwise(codes))
    if len(sizes) > 1 and min(sizes.values()) > 1 and changes == len(sizes) - 1:
        yield Problem(
            "dosed-by-group",
            "Animals are dosed group after group, so that time of day and handling go "
            "with the treatment",
            severity="warning",
            file=_FILE,
            column="order",
            given=", ".join(code for code, _ in groupby(codes)),
            remedy="Put the order of dosing at random within each run",
        )
        return
    turns: Mapping[str, list[int]] = defaultdict(list)
    runs = len({row.block for row in ordered})
    for row in ordered:
        turns[row.group or row.group_code].append(row.order or 0)
    for code, taken in turns.items():
        if runs >= 4 and len(taken) >= 4 and len(set(taken)) == 1:
            yield Problem(
                "fixed-turn",
                f"Group {code} is always dosed as number {taken[0]} of its run",
                severity="warning",
                file=_FILE,
                column="order",
                given=str(taken[0]),
                remedy="Put the order of dosing at random within each run",
            )


def _named_groups(study: Study) -> Iterator[Problem]:
    """Find groups written in clear where the protocol says nobody knows them."""
    if not study.protocol.blinding.blinded or study.revealed or study.locked:
        return
    written = next((row for row in study.allocation if row.group is not None), None)
    codes = {group.id for group in study.protocol.groups}
    if written is None:
        written = next((r for r in study.allocation if r.group_code in codes), None)
    if written is not None:
        yield Problem(
            "groups-in-clear",
            "allocation.csv names the groups, and the protocol says that "
            f"{', '.join(study.protocol.blinding.blinded)} is done blind",
            severity="warning",
            file=_FILE,
            row=written.line,
            column="group",
            remedy="Keep the groups in the key alone (isobole study allocate), or say "
            "in blinding.reason_if_not why not",
        )


def _looks(study: Study) -> Iterator[Problem]:
    """Find a solution that is said to look unlike the others."""
    blind = {"dosing", "scoring"}.intersection(study.protocol.blinding.blinded)
    if not blind:
        return
    said = [
        " ".join([group.note, *(dose.vehicle for dose in group.doses)]).casefold()
        for group in study.protocol.groups
    ]
    for word in _COLOURS:
        named = [index for index, text in enumerate(said) if word in text.split()]
        if named and len(named) < len(said):
            group = study.protocol.groups[named[0]]
            yield Problem(
                "looks-different",
                f"'{group.id}' is called {word}, and other groups are not: whoever "
                "doses may see which it is",
                severity="warning",
                file="study.toml",
                column=f"groups[{named[0]}]",
                given=word,
                remedy="Make the vehicle look alike, or cover the syringes, and say so "
                "in the notes of all groups",
            )
            return
