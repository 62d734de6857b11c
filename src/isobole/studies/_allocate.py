"""Allocate the animals of a study folder: key, commitment, list and sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from isobole.results import DataError, Problem, check_choice
from isobole.studies._allocate_checks import check_fresh, check_sound, key_path
from isobole.studies._allocated import AllocatedStudy
from isobole.studies._allocation import Allocation, blinded_rows
from isobole.studies._append import append_to_record
from isobole.studies._commitment import (
    COMMITMENT,
    AllocationKey,
    Commitment,
    commit,
    commitment_text,
    new_key,
)
from isobole.studies._draw import draw_allocation
from isobole.studies._key_file import write_key
from isobole.studies._record import replace_file
from isobole.studies._sheet_pages import Render, dosing_pages, preparation_page
from isobole.studies._sheets import sheet_of, sheet_text
from isobole.studies._study import Study
from isobole.studies._syringes import syringes

Begin = Literal["as-it-is", "start"]
BEGIN: tuple[str, ...] = ("as-it-is", "start")
ALLOCATION = "allocation.csv"


def allocate_study(
    folder: Path | str,
    *,
    passphrase: str,
    key: Path | str | None = None,
    actor: str = "",
    begin: Begin = "as-it-is",
    seed: str | None = None,
    render: Render | None = None,
) -> AllocatedStudy:
    """Draw the allocation of a study folder and write all that belongs to it.

    Written are the encrypted key (outside the folder), `allocation.csv` by code, the
    commitment, and, if pages can be rendered, the dosing sheets in the folder and the
    preparation sheet beside the key. All is worked out before anything is written.

    Parameters
    ----------
    folder : path
        The study folder, with a protocol and its animals.
    passphrase : str
        Opens the key; it is stored nowhere.
    key : path, optional
        Where the key goes; by default the study's id with ``.key`` beside the folder.
    actor : str, optional
        Who allocates; needed for a record.
    begin : {"as-it-is", "start"}
        A folder with a record gets a row in it. A folder without one stays filled by
        hand and gets `commitment.txt`; with ``"start"`` its record begins here, and
        from then on every row has to come through the record.
    seed : str, optional
        For tests and examples; drawn from the operating system if left out.
    render : callable, optional
        Makes a page of a title and blocks, such as `isobole.reporting.render_html`
        with its provenance filled in.

    Raises
    ------
    DataError
        If the study has errors, is allocated or begun already, the key would lie in
        the folder or over another file, an animal has no weight, or groups do not fit.
    OptionError
        If the passphrase is too short, or an option does not exist.
    """
    check_choice("begin", begin, BEGIN)
    from isobole.studies._folder import read_study

    place = Path(folder)
    study = read_study(place)
    check_fresh(study)
    warnings = check_sound(study)
    target = key_path(place, study.protocol.study_id, key)
    allocation = draw_allocation(study.protocol, study.animals, seed=seed)
    filled = syringes(study.protocol, study.animals, allocation.rows)
    secret = new_key(allocation)
    made = commit(allocation, secret)
    pages = dosing_pages(study.protocol, filled, render)
    preparation = preparation_page(study.protocol, filled, target, render)
    chained = bool(study.record) or begin == "start"
    write_key(secret, target, passphrase)
    written: list[Path] = [target]
    try:
        if preparation is not None:
            _write_private(preparation[0], preparation[1], written)
        for name, text in pages.items():
            (place / name).parent.mkdir(exist_ok=True)
            replace_file(place / name, text)
            written.append(place / name)
        if chained:
            _record(place, study, allocation, made, secret, actor or "unnamed")
            names: tuple[str, ...] = ("record.jsonl", ALLOCATION, *pages)
        else:
            replace_file(
                place / COMMITMENT, commitment_text(made, study.protocol.study_id)
            )
            written.append(place / COMMITMENT)
            replace_file(place / ALLOCATION, allocation_text(allocation))
            names = (COMMITMENT, ALLOCATION, *pages)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise DataError([_not_written(place, error)]) from error
    except DataError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return AllocatedStudy(
        allocation,
        made,
        target,
        None if preparation is None else preparation[0],
        names,
        chained,
        warnings,
    )


def allocation_text(allocation: Allocation) -> str:
    """Return `allocation.csv`, by code."""
    rows = [
        {
            name: ";".join(value) if isinstance(value, list) else str(value)
            for name, value in row.items()
        }
        for row in blinded_rows(allocation.rows)
    ]
    lines = range(2, len(rows) + 2)
    return sheet_text(sheet_of(ALLOCATION, rows, lines, ALLOCATION))


def _write_private(path: Path, text: str, written: list[Path]) -> None:
    path.touch(mode=0o600, exist_ok=False)
    written.append(path)
    path.write_text(text, encoding="utf-8", newline="\n")


def _record(
    place: Path,
    study: Study,
    allocation: Allocation,
    made: Commitment,
    secret: AllocationKey,
    actor: str,
) -> None:
    """Add the commitment to the record, begun with protocol and animals if new."""
    from isobole.studies._projections import PROTOCOL, write_projections

    protocol = study.protocol
    study_id = protocol.study_id
    if not any(entry.action == "protocol.save" for entry in study.record):
        append_to_record(
            place,
            action="protocol.save",
            obj=study_id,
            data={
                "toml": (place / PROTOCOL).read_text(encoding="utf-8"),
                "sha256": protocol.sha256,
                "version": protocol.version,
            },
            actor=actor,
        )
    if not study.record:
        for animal in study.animals:
            numbers = {"age_days": animal.age_days, "weight_g": animal.weight_g}
            texts = {"cage": animal.cage, "litter": animal.litter, "day": animal.day}
            append_to_record(
                place,
                action="animal.add",
                obj=animal.animal_id,
                data={
                    **dict(animal.extra),
                    "animal_id": animal.animal_id,
                    "species": animal.species,
                    "strain": animal.strain,
                    "sex": animal.sex,
                    **{k: f"{v:.12g}" for k, v in numbers.items() if v is not None},
                    **{k: v for k, v in texts.items() if v is not None},
                },
                actor=actor,
            )
    append_to_record(
        place,
        action="allocation.commit",
        obj=study_id,
        data={
            "commitment": made.digest,
            "rules": dict(secret.rules),
            "n": made.n,
            "rows": blinded_rows(allocation.rows),
            "rows_sha256": made.rows_sha256,
        },
        actor=actor,
    )
    write_projections(place)


def _not_written(place: Path, error: OSError) -> Problem:
    return Problem(
        "not-written",
        f"The allocation cannot be written ({error.strerror or error})",
        file=str(place),
        remedy="Check the right to write there and the space left; nothing was kept",
    )
