"""Allocate the animals of a study folder: key, commitment, list and sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from isobole.results import DataError, Problem, check_choice
from isobole.studies._allocate_checks import check_fresh, check_sound, key_path
from isobole.studies._allocated import AllocatedStudy
from isobole.studies._allocation import Allocation, blinded_rows
from isobole.studies._append import append_drafts
from isobole.studies._commitment import (
    COMMITMENT,
    Commitment,
    commit,
    commitment_text,
    new_key,
)
from isobole.studies._draft import Draft, animal_draft, protocol_draft
from isobole.studies._draw import draw_allocation
from isobole.studies._key_file import key_text, write_key_text
from isobole.studies._projections import PROTOCOL, write_projections
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
    target = key_path(place, study.protocol.study_id, key)
    made = allocation_draft(study, passphrase=passphrase, seed=seed)
    allocation = made.allocation
    filled = syringes(study.protocol, study.animals, allocation.rows)
    pages = dosing_pages(study.protocol, filled, render)
    preparation = preparation_page(study.protocol, filled, target, render)
    chained = bool(study.record) or begin == "start"
    write_key_text(made.key_text, target)
    written: list[Path] = [target]
    try:
        if preparation is not None:
            _write_private(preparation[0], preparation[1], written)
        for name, text in pages.items():
            (place / name).parent.mkdir(exist_ok=True)
            replace_file(place / name, text)
            written.append(place / name)
        if chained:
            drafts = [*_begun(place, study), made.draft]
            append_drafts(place, drafts, actor=actor or "unnamed")
            write_projections(place)
            names: tuple[str, ...] = ("record.jsonl", ALLOCATION, *pages)
        else:
            replace_file(
                place / COMMITMENT,
                commitment_text(made.commitment, study.protocol.study_id),
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
        made.commitment,
        target,
        None if preparation is None else preparation[0],
        names,
        chained,
        made.problems,
    )


@dataclass(frozen=True, slots=True)
class AllocationDraft:
    """An allocation that is drawn and not yet written.

    Parameters
    ----------
    draft : Draft
        The row ``allocation.commit``: rules, commitment and rows by code.
    key_text : str
        The key, encrypted; the text of a key file.
    allocation : Allocation
        The list with its groups and its seed, which are secret.
    commitment : Commitment
        What the draft publishes.
    problems : tuple of Problem
        Warnings met on the way.
    """

    draft: Draft
    key_text: str
    allocation: Allocation
    commitment: Commitment
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        return f"AllocationDraft({self.allocation!r})"


def allocation_draft(
    study: Study, *, passphrase: str, seed: str | None = None
) -> AllocationDraft:
    """Draw the allocation of a study, with the row that commits to it and its key.

    Parameters
    ----------
    study : Study
        With its animals; not allocated and not begun.
    passphrase : str
        Opens the key; it is stored nowhere.
    seed : str, optional
        For tests and examples; drawn from the operating system if left out.

    Raises
    ------
    DataError
        If the study has errors, is allocated or begun already, an animal has no
        weight, or groups do not fit.
    OptionError
        If the passphrase is too short, or animals are not the experimental unit.
    """
    check_fresh(study)
    warnings = check_sound(study)
    allocation = draw_allocation(study.protocol, study.animals, seed=seed)
    # Whoever cannot be dosed is not allocated: this raises for a missing weight.
    syringes(study.protocol, study.animals, allocation.rows)
    secret = new_key(allocation)
    made = commit(allocation, secret)
    data = {
        "commitment": made.digest,
        "rules": dict(secret.rules),
        "n": made.n,
        "rows": blinded_rows(allocation.rows),
        "rows_sha256": made.rows_sha256,
    }
    return AllocationDraft(
        Draft("allocation.commit", study.protocol.study_id, data),
        key_text(secret, passphrase),
        allocation,
        made,
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


def _begun(place: Path, study: Study) -> Iterator[Draft]:
    """Yield the rows that a record begins with, as far as they are not there."""
    if not any(entry.action == "protocol.save" for entry in study.record):
        yield protocol_draft((place / PROTOCOL).read_text(encoding="utf-8"))
    if not study.record:
        yield from map(animal_draft, study.animals)


def _not_written(place: Path, error: OSError) -> Problem:
    return Problem(
        "not-written",
        f"The allocation cannot be written ({error.strerror or error})",
        file=str(place),
        remedy="Check the right to write there and the space left; nothing was kept",
    )
