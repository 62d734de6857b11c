"""Draw an allocation from a protocol, its animals and a seed; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isobole.results import DataError, OptionError, Problem, sha256_text
from isobole.studies._allocation import FORMAT, Allocation
from isobole.studies._allocation_text import DRAWN, chamber_sentence, sizes_sentence
from isobole.studies._canonical import canonical_json
from isobole.studies._chambers import rotate
from isobole.studies._codes import group_codes, syringe_codes
from isobole.studies._hmac_words import new_seed
from isobole.studies._permuted_blocks import smallest_block
from isobole.studies._protocol import Protocol
from isobole.studies._rows import Allotment, Animal
from isobole.studies._runs import (
    Run,
    Runs,
    Source,
    block_runs,
    complete_runs,
    minimised_runs,
    sequential_runs,
)
from isobole.studies._strata import day_key, value


def draw_allocation(
    protocol: Protocol, animals: Sequence[Animal], *, seed: str | None = None
) -> Allocation:
    """Allocate animals to the groups, runs, chambers and order of a protocol.

    The same protocol, animals and seed give the same list for ever.

    Parameters
    ----------
    protocol : Protocol
        Groups with their sizes, chambers, and the plan of randomisation.
    animals : sequence of Animal
        Exactly as many as the groups add up to.
    seed : str, optional
        The secret; drawn from the operating system if left out.

    Raises
    ------
    DataError
        If animals and groups do not add up, an animal lacks what it is balanced by, or
        the control cannot be in every run.
    OptionError
        If the experimental unit is not the animal.
    """
    _check(protocol, animals)
    source = Source(seed or new_seed(), protocol.study_id)
    sequential = protocol.randomisation.method == "sequential_dose"
    chambers = places(protocol)
    drawn = _runs(source, protocol, animals, chambers)
    ordered = _in_time(source, drawn.runs)
    alone = protocol.observation.chambers == 1
    treatments = [run.groups for run in ordered]
    rotating = (
        protocol.randomisation.rotate_chambers == "latin_square"
        and not sequential
        and not alone
    )
    if rotating:
        seats = rotate(source.words("chambers"), treatments, chambers)
    else:
        words = source.words("chambers")
        seats = tuple(words.shuffled(range(len(run.animals))) for run in ordered)
    orders = rotate(source.words("order"), treatments, chambers)
    ids = [a.animal_id for a in animals]
    names = ids if sequential else [group.id for group in protocol.groups]
    codes = group_codes(source.words("group-codes"), names)
    doses = max(len(group.doses) for group in protocol.groups)
    syringes = syringe_codes(source.words("syringe-codes"), ids, doses)
    rows = tuple(
        Allotment(
            animal_id=animal,
            group_code=codes[group],
            group=None if sequential else group,
            stratum=_stratum(run, number, drawn),
            block=number,
            day=run.day,
            chamber="1" if alone else str(seat + 1),
            order=order + 1,
            syringe_codes=syringes[animal],
        )
        for number, (run, seated, turns) in enumerate(
            zip(ordered, seats, orders, strict=True), start=1
        )
        for turn, seat, animal, group in sorted(
            zip(turns, seated, run.animals, run.groups, strict=True)
        )
        for order in (turn,)
    )
    rules = _rules(protocol, animals, drawn, ordered)
    said = list(rules["sentences"])
    if alone:
        said.append(
            "There is one chamber: a run is a series of animals, one after the other."
        )
    if rotating:
        said.append("Chambers rotate by a Latin square. " + chamber_sentence(rows))
    rules["sentences"] = [*said, DRAWN]
    return Allocation(
        protocol.study_id,
        rows,
        {} if sequential else {code: group for group, code in codes.items()},
        rules,
        source.seed,
    )


def control_of(protocol: Protocol) -> str | None:
    """Return the group that others are compared with: as named, or the vehicle."""
    if protocol.statistics.control is not None:
        return protocol.statistics.control
    return next((g.id for g in protocol.groups if g.role == "vehicle"), None)


def animals_sha256(protocol: Protocol, animals: Sequence[Animal]) -> str:
    """Return a hash of what the allocation takes from the animals."""
    plan = protocol.randomisation
    columns = sorted({*plan.strata, *plan.covariates})
    return sha256_text(
        canonical_json(
            [
                [a.animal_id, a.day or "", *(value(a, column) for column in columns)]
                for a in animals
            ]
        )
    )


def places(protocol: Protocol) -> int:
    """Return how many animals a run holds.

    In a single chamber animals follow each other; a run is then the smallest balanced
    series of them.
    """
    if protocol.observation.chambers > 1:
        return protocol.observation.chambers
    sizes = {group.id: group.n for group in protocol.groups}
    return sum(smallest_block(sizes).values())


def _runs(
    source: Source, protocol: Protocol, animals: Sequence[Animal], chambers: int
) -> Runs:
    plan = protocol.randomisation
    sizes = {group.id: group.n for group in protocol.groups}
    control = control_of(protocol)
    match plan.method:
        case "complete":
            return complete_runs(source, animals, sizes, chambers)
        case "minimisation":
            return minimised_runs(
                source, animals, sizes, chambers, plan.covariates, plan.biased_coin,
                control,
            )  # fmt: skip
        case "sequential_dose":
            return sequential_runs(source, animals, chambers)
    columns = plan.strata if plan.method == "stratified_block" else ()
    return block_runs(source, animals, sizes, chambers, columns, control)


def _in_time(source: Source, runs: Sequence[Run]) -> list[Run]:
    """Put runs in order: by day, and at random within a day."""
    order = source.words("runs-in-time").shuffled(runs)
    return sorted(order, key=lambda run: day_key(run.day))


def _stratum(run: Run, number: int, drawn: Runs) -> str:
    """Return the stratum for the analysis: the run itself where blocks lack groups."""
    if drawn.design is None:
        return run.stratum
    label = f"run={number}"
    return label if run.stratum == "all" else f"{run.stratum};{label}"


def _rules(
    protocol: Protocol,
    animals: Sequence[Animal],
    drawn: Runs,
    ordered: Sequence[Run],
) -> dict[str, Any]:
    plan = protocol.randomisation
    rules: dict[str, Any] = {
        "format": FORMAT,
        "study_id": protocol.study_id,
        "protocol_version": protocol.version,
        "protocol_sha256": protocol.sha256,
        "animals_sha256": animals_sha256(protocol, animals),
        "method": plan.method,
        "groups": [{"id": group.id, "n": group.n} for group in protocol.groups],
        "chambers": protocol.observation.chambers,
        "strata": list(plan.strata),
        "covariates": list(plan.covariates),
        "biased_coin": f"{plan.biased_coin:g}",
        "rotate_chambers": plan.rotate_chambers,
        "runs": len(ordered),
        "run_sizes": [len(run.animals) for run in ordered],
        "sentences": [
            *drawn.sentences,
            sizes_sentence([len(run.animals) for run in ordered]),
        ],
    }
    if drawn.design is not None:
        rules["balance"] = drawn.design.balance
        rules["concurrence"] = [
            {"groups": list(pair), "count": count}
            for pair, count in drawn.design.concurrence.items()
        ]
    return rules


def _check(protocol: Protocol, animals: Sequence[Animal]) -> None:
    if protocol.experimental_unit != "animal":
        msg = (
            f"The experimental unit is the {protocol.experimental_unit}; only single "
            "animals are allocated here. Allocate by hand and write allocation.csv "
            "with its column group"
        )
        raise OptionError(msg)
    problems = []
    seen: set[str] = set()
    for animal in animals:
        if animal.animal_id in seen:
            problems.append(
                Problem(
                    "animal-twice",
                    f"Animal {animal.animal_id} stands there twice",
                    file="animals.csv",
                    row=animal.line,
                    column="animal_id",
                    given=animal.animal_id,
                    remedy="Give every animal a number of its own",
                )
            )
        seen.add(animal.animal_id)
    due = sum(group.n for group in protocol.groups)
    sequential = protocol.randomisation.method == "sequential_dose"
    if not animals or (len(animals) != due and not sequential):
        listed = " + ".join(str(group.n) for group in protocol.groups)
        problems.append(
            Problem(
                "animals-differ-from-groups",
                f"There are {len(animals)} animals, and the groups of the protocol "
                f"add up to {due} ({listed})",
                file="animals.csv",
                given=str(len(animals)),
                expected=str(due),
                remedy="List exactly the animals to be allocated, or change n in "
                "study.toml",
            )
        )
    if problems:
        raise DataError(problems)
