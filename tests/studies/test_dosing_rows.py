"""Syringes for whoever doses tell nothing of the group, and fit the pharmacist's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from allocated_studies import PASSPHRASE, dose, group, mice, protocol
from isobole.datasets import study_names, study_path
from isobole.results import DataError, blocks_to_text
from isobole.studies import (
    Allocation,
    Allotment,
    Protocol,
    Study,
    allocation_draft,
    dosing_blocks,
    dosing_rows,
    draw_allocation,
    key_from_text,
    keyed_rows,
    preparation_blocks,
    protocol_from_text,
    read_study,
    study_files,
    study_from_record,
    syringes,
)
from isobole.studies._allocation import blinded_rows
from isobole.studies._draft import Draft, animal_draft, protocol_draft
from ledgers import Ledger
from study_cases import study

LOOSE = {"blinded": ["analysis"]}  # equal volumes are an error only of blind dosing


def allocated(
    given_protocol: Protocol, rows: Sequence[Allotment], animals: int = 32
) -> Study:
    blind = tuple(replace(row, group=None) for row in rows)
    return study(
        protocol=given_protocol, animals=mice(animals, days=2), allocation=blind
    )


def permuted(drawn: Allocation, order: Sequence[int]) -> tuple[Allotment, ...]:
    """Give every animal the group of another; places and syringes stay."""
    code_of = {group: code for code, group in drawn.groups.items()}
    groups = [drawn.rows[index].group for index in order]
    return tuple(
        replace(row, group=name, group_code=code_of[str(name)])
        for row, name in zip(drawn.rows, groups, strict=True)
    )


def without_codes(rows: Sequence[Allotment]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name != "group_code"}
        for row in blinded_rows(rows)
    ]


TWO = [
    group("vehicle", 8, doses=[dose(0), dose(0, route="po", pretreatment_min=60)]),
    group("one", 8, 5, doses=[dose(5), dose(0, route="po", pretreatment_min=60)]),
    group("other", 8, 5, doses=[dose(0), dose(9, route="po", pretreatment_min=60)]),
    group("both", 8, 5, doses=[dose(9, route="po", pretreatment_min=60), dose(5)]),
]


@settings(max_examples=40)
@given(
    order=st.permutations(range(32)),
    seed=st.text("abc", min_size=1, max_size=4),
    shuffled=st.randoms(use_true_random=False),
    design=st.sampled_from(["block", "complete", "two", "rotated"]),
)
def test_who_is_in_which_group_changes_nothing_that_is_dosed_by(
    order: list[int], seed: str, shuffled: Any, design: str
) -> None:
    changed: dict[str, Any] = {
        "block": {},
        "complete": {"randomisation": {"method": "complete"}},
        "two": {"groups": TWO},
        "rotated": {
            "randomisation": {
                "method": "permuted_block",
                "rotate_chambers": "latin_square",
            }
        },
    }[design]
    given_protocol = protocol(**changed)
    drawn = draw_allocation(given_protocol, mice(32, days=2), seed=seed)
    other = permuted(drawn, order)
    assert without_codes(drawn.rows) == without_codes(other)
    one = dosing_rows(allocated(given_protocol, drawn.rows))
    assert one == dosing_rows(allocated(given_protocol, other))
    # The order of the rows in their file tells nothing either.
    mixed = list(other)
    shuffled.shuffle(mixed)
    assert one == dosing_rows(allocated(given_protocol, mixed))
    assert dosing_blocks(given_protocol, one) == dosing_blocks(
        given_protocol, dosing_rows(allocated(given_protocol, mixed))
    )


def test_the_rows_are_those_of_a_record_and_fit_the_key() -> None:
    text = study_files("ptz")["study.toml"].replace("TEMPLATE: ", "")
    text = text.replace("NEW-STUDY", "PTZ-07")
    ledger = Ledger()
    ledger.add([protocol_draft(text), *map(animal_draft, mice(32, days=2))])
    drawn = allocation_draft(study_from_record(ledger.rows), passphrase=PASSPHRASE)
    before = list(ledger.rows)
    ledger.add([drawn.draft])
    found = study_from_record(ledger.rows)
    key = key_from_text(drawn.key_text, PASSPHRASE)
    blind, keyed = dosing_rows(found), keyed_rows(found, key)
    assert blind == tuple(replace(s, group=None, dose=None) for s in keyed)
    assert keyed == syringes(found.protocol, found.animals, drawn.allocation.rows)
    assert {s.group: s.dose for s in keyed if s.dose} == {
        g.id: g.doses[0] for g in protocol_from_text(text).groups
    }
    page = blocks_to_text(preparation_blocks(found.protocol, keyed))
    assert all(s.code in page and str(s.group) in page for s in keyed)
    assert blocks_to_text(dosing_blocks(found.protocol, blind)) == blocks_to_text(
        dosing_blocks(found.protocol, keyed)
    )
    # A record whose rows are permuted gives the blinded the same, and the key shows it.
    other = permuted(drawn.allocation, [*range(1, 32), 0])
    data = {**drawn.draft.data, "rows": blinded_rows(other)}
    forged = Ledger()
    forged.rows, forged.by_id = before, {e.id: e for e in before}
    forged.add([Draft("allocation.commit", "PTZ-07", data)])
    changed = study_from_record(forged.rows)
    assert dosing_rows(changed) == blind
    with pytest.raises(DataError, match="not as it was committed to"):
        keyed_rows(changed, key)


@pytest.mark.parametrize("name", study_names())
def test_bundled_studies_are_dosed_in_the_order_of_their_rows(name: str) -> None:
    found = read_study(study_path(name))
    rows = dosing_rows(found)
    assert {(s.group, s.dose) for s in rows} == {(None, None)}
    places = [(s.run, s.order) for s in rows]
    assert places == sorted(places)
    assert [s.code for s in rows] == [
        code for row in found.allocation for code in row.syringe_codes
    ]


def test_sequential_doses_are_not_known_to_anybody_yet() -> None:
    given_protocol = protocol(randomisation={"method": "sequential_dose"})
    drawn = draw_allocation(given_protocol, mice(32, days=2), seed="s")
    assert len(dosing_rows(allocated(given_protocol, drawn.rows))) == 32


@pytest.mark.parametrize(
    ("doses", "what"),
    [
        ([dose(5, volume_ml_per_kg=5)], "volume per kg"),
        ([dose(5, route="po")], "route"),
        ([dose(5, pretreatment_min=60)], "pretreatment time"),
        ([dose(5, schedule="daily for 3 days")], "schedule"),
        ([dose(5), dose(0)], "number"),
        ([], "number"),
    ],
)
def test_injections_that_tell_the_group_are_named(
    doses: list[dict[str, Any]], what: str
) -> None:
    groups = [group("vehicle", 16), group("drug", 16, 5, doses=doses)]
    given_protocol = protocol(groups=groups, blinding=LOOSE)
    drawn = draw_allocation(given_protocol, mice(32, days=2), seed="s")
    with pytest.raises(DataError) as error:
        dosing_rows(allocated(given_protocol, drawn.rows))
    (problem,) = error.value.problems
    assert problem.code == "syringes-tell-group"
    assert f"'drug' and 'vehicle' differ in the {what} of" in problem.message
    assert problem.column == "groups[1].doses"


def test_rows_that_cannot_be_dosed_are_named() -> None:
    given_protocol = protocol()
    drawn = draw_allocation(given_protocol, mice(32), seed="s")
    for found, code in (
        (allocated(given_protocol, ()), "not-allocated"),
        (allocated(given_protocol, drawn.rows, animals=31), "unknown-animal"),
        (
            allocated(
                given_protocol, [replace(r, syringe_codes=()) for r in drawn.rows]
            ),
            "syringes-differ",
        ),
    ):
        with pytest.raises(DataError) as error:
            dosing_rows(found)
        assert {p.code for p in error.value.problems} == {code}


def test_place_and_turn_do_not_tell_the_group() -> None:
    """Who learned from half of the draws which group sits where guesses by chance."""
    given_protocol = protocol(
        randomisation={
            "method": "permuted_block",
            "rotate_chambers": "latin_square",
        }
    )
    animals = mice(32, days=2)
    seen: dict[tuple[Any, ...], Counter[str]] = {}
    right = guesses = 0
    for seed in range(240):
        rows = draw_allocation(given_protocol, animals, seed=f"seed {seed}").rows
        assert [(r.block, r.order) for r in rows] == sorted(
            (r.block, r.order) for r in rows
        )
        for row in rows:
            for slot in (
                (row.block, row.order),
                (row.block, row.chamber),
                ("both", row.order, row.chamber),
                ("animal", row.animal_id),
            ):
                if seed < 120:
                    seen.setdefault(slot, Counter())[str(row.group)] += 1
                else:
                    guesses += 1
                    right += seen[slot].most_common(1)[0][0] == row.group
    # Of 32 animals in four equal groups about 4 guesses of one draw are independent.
    spread = (0.25 * 0.75 / (120 * 4)) ** 0.5
    assert guesses == 120 * 32 * 4
    assert abs(right / guesses - 0.25) < 4 * spread
