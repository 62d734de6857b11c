"""Rows drafted for a record kept anywhere: a study led by drafts from start to end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocated_studies import PASSPHRASE, study_folder
from isobole.results import DataError, OptionError
from isobole.studies import (
    Draft,
    allocation_draft,
    check_study,
    folder_files,
    key_from_text,
    lock_draft,
    open_key,
    protocol_draft,
    protocol_lock_draft,
    read_study,
    reduce_study,
    reveal_draft,
    study_from_record,
    unblind_draft,
    verify_commitment,
)
from isobole.studies._draft import animal_draft
from ledgers import Ledger


def begun(place: Path) -> tuple[Ledger, str]:
    """Return a record with protocol and animals, and the protocol's text."""
    folder = study_folder(place)
    study = read_study(folder)
    text = (folder / "study.toml").read_text("utf-8")
    ledger = Ledger()
    ledger.add([protocol_draft(text), *map(animal_draft, study.animals)])
    return ledger, text


def watched(ledger: Ledger) -> Iterable[Draft]:
    """Yield what is seen: a clonic episode in every other animal, and the ends."""
    for number, animal in enumerate(study_from_record(ledger.rows).animals):
        name = animal.animal_id
        yield Draft("t0", name, {"animal_id": name, "wall": "2026-01-06T09:00:00.000Z"})
        seen: list[tuple[int, str, dict[str, Any]]] = [
            (1_800_000, "end", {"detail": "window_done"})
        ]
        if number % 2:
            seen = [(60_000, "clonic_start", {}), (75_000, "clonic_stop", {}), *seen]
        for ms, kind, more in seen:
            data = {"animal_id": name, "t_ms": ms, "type": kind, **more}
            yield Draft("observe", name, data)


def codes(error: pytest.ExceptionInfo[DataError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def test_a_study_led_by_drafts_alone(tmp_path: Path) -> None:
    ledger, _ = begun(tmp_path)
    ledger.add([protocol_lock_draft(study_from_record(ledger.rows))])
    drawn = allocation_draft(study_from_record(ledger.rows), passphrase=PASSPHRASE)
    for secret in (drawn.allocation.seed, "vehicle", PASSPHRASE):
        assert secret not in str(drawn.draft.data["rows"])
        assert secret not in repr(drawn)
    assert drawn.allocation.seed not in str(drawn.draft)
    ledger.add([drawn.draft])
    key = key_from_text(drawn.key_text, PASSPHRASE)
    study = study_from_record(ledger.rows)
    assert verify_commitment(study, key) == ()
    assert all(row.group is None for row in study.allocation)

    unblinded, group = unblind_draft(study, key, "M07", "  it swallowed a bead ")
    assert unblinded.data == {"animal_id": "M07", "reason": "it swallowed a bead"}
    assert group == key.group_of("M07")
    ledger.add([unblinded])

    ledger.add(watched(ledger))
    study = study_from_record(ledger.rows)
    with pytest.raises(DataError) as early:
        reveal_draft(study, key)
    assert codes(early) == {"not-locked"}
    lock, locked = lock_draft(study)
    assert lock.data["outcomes_sha256"] == locked.outcomes_sha256
    assert "by ." not in str(locked)
    ledger.add([lock])
    draft, revealed = reveal_draft(study_from_record(ledger.rows), key)
    ledger.add([draft])

    study = study_from_record(ledger.rows)
    assert study.chain == "intact"
    assert study.locked
    assert study.revealed == revealed.groups == key.groups
    assert [p for p in check_study(study) if p.severity == "error"] == []
    assert {a.group for a in reduce_study(study).animals} == set(key.groups.values())
    for again in (lambda: lock_draft(study), lambda: reveal_draft(study, key)):
        with pytest.raises(DataError, match="already"):
            again()


def test_the_key_text_is_that_of_a_key_file(tmp_path: Path) -> None:
    ledger, _ = begun(tmp_path)
    study = study_from_record(ledger.rows)
    drawn = allocation_draft(study, passphrase=PASSPHRASE, seed="s")
    path = tmp_path / "a.key"
    path.write_text(drawn.key_text, encoding="utf-8")
    assert open_key(path, PASSPHRASE) == key_from_text(drawn.key_text, PASSPHRASE)
    for text, code in (
        (drawn.key_text[:-40], "no-key-file"),
        ("", "no-key-file"),
        ("[" * 100_000, "no-key-file"),
        (drawn.key_text.replace("PTZ-07", "PTZ-08"), "key-not-opened"),
        (drawn.key_text.replace('"salt"', '"pepper"'), "key-damaged"),
    ):
        with pytest.raises(DataError) as error:
            key_from_text(text, PASSPHRASE, file="the key of PTZ-07")
        assert codes(error) == {code}
        assert error.value.problems[0].file == "the key of PTZ-07"


def test_the_same_seed_draws_the_same_rows(tmp_path: Path) -> None:
    ledger, _ = begun(tmp_path)
    study = study_from_record(ledger.rows)
    one, other = (
        allocation_draft(study, passphrase=PASSPHRASE, seed="s") for _ in range(2)
    )
    assert one.draft.data["rows"] == other.draft.data["rows"]
    # The nonce differs, so that nobody can guess the list from the commitment.
    assert one.commitment.digest != other.commitment.digest
    ledger.add([one.draft])
    with pytest.raises(DataError) as error:
        allocation_draft(study_from_record(ledger.rows), passphrase=PASSPHRASE)
    assert codes(error) == {"already-allocated"}


def test_what_cannot_be_dosed_or_opened_is_not_allocated(tmp_path: Path) -> None:
    ledger, _ = begun(tmp_path)
    study = study_from_record(ledger.rows)
    with pytest.raises(OptionError, match="passphrase"):
        allocation_draft(study, passphrase="short")
    light = replace(study.animals[3], weight_g=None)
    animals = (*study.animals[:3], light, *study.animals[4:])
    with pytest.raises(DataError, match="weight"):
        allocation_draft(replace(study, animals=animals), passphrase=PASSPHRASE)


def test_a_protocol_is_saved_as_it_was_typed(tmp_path: Path) -> None:
    ledger, text = begun(tmp_path)
    study = study_from_record(ledger.rows)
    assert folder_files(ledger.rows)["study.toml"] == text
    assert protocol_draft("\ufeff" + text) == protocol_draft(text)
    draft = protocol_draft(text, version=7)
    assert draft.data["version"] == 7
    assert draft.data["sha256"] == study.protocol.sha256
    with pytest.raises(OptionError, match="version"):
        protocol_draft(text, version=0)
    with pytest.raises(DataError, match="species"):
        protocol_draft(text.replace('species = "mouse"', 'species = "cat"'))


def test_a_protocol_is_locked_once_and_only_if_it_fits(tmp_path: Path) -> None:
    ledger, text = begun(tmp_path)
    ledger.add([protocol_lock_draft(study_from_record(ledger.rows))])
    with pytest.raises(DataError) as error:
        protocol_lock_draft(study_from_record(ledger.rows))
    assert codes(error) == {"protocol-locked-already"}
    twice = text.replace('id = "low"', 'id = "vehicle"')
    assert twice != text
    ledger.add([protocol_draft(twice)])
    with pytest.raises(DataError) as error:
        protocol_lock_draft(study_from_record(ledger.rows))
    assert "id-twice" in codes(error)


@pytest.mark.parametrize(
    ("animal", "reason", "code"),
    [("M07", "  ", "no-reason"), ("M99", "ill", "unknown-animal")],
)
def test_nobody_is_unblinded_without_reason_or_name(
    tmp_path: Path, animal: str, reason: str, code: str
) -> None:
    ledger, _ = begun(tmp_path)
    study = study_from_record(ledger.rows)
    drawn = allocation_draft(study, passphrase=PASSPHRASE)
    ledger.add([drawn.draft])
    key = key_from_text(drawn.key_text, PASSPHRASE)
    with pytest.raises(DataError) as error:
        unblind_draft(study_from_record(ledger.rows), key, animal, reason)
    assert codes(error) == {code}


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    ledger, _ = begun(tmp_path)
    study = study_from_record(ledger.rows)
    drawn, other = (
        allocation_draft(study, passphrase=PASSPHRASE, seed=seed) for seed in "st"
    )
    ledger.add([drawn.draft])
    key = key_from_text(other.key_text, PASSPHRASE)
    with pytest.raises(DataError) as error:
        unblind_draft(study_from_record(ledger.rows), key, "M07", "ill")
    assert "commitment-broken" in codes(error)
