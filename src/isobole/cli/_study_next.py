"""`isobole study next`: doses of the next run, for the unblinded pharmacist."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER, check_out
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    DataError,
    Note,
    OptionError,
    Text,
)

if TYPE_CHECKING:
    from isobole.studies import Protocol

EXPECTED = Group("What was expected before the first animal", sort_key=1)
RUN = Group("The next run", sort_key=2)
KEY = Group("Key", sort_key=3)


def study_next(
    folder: str,
    /,
    *,
    ed50: Annotated[float, Parameter(group=EXPECTED, metavar="NUMBER")],
    sd: Annotated[float, Parameter(group=EXPECTED, metavar="NUMBER")] = 0.35,
    slope: Annotated[
        tuple[float, float],
        Parameter(
            group=EXPECTED,
            metavar="LOW HIGH",
            show_default=lambda pair: " ".join(f"{end:g}" for end in pair),
        ),
    ] = (1.5, 16.0),
    drug: Annotated[str | None, Parameter(group=RUN, metavar="NAME")] = None,
    batch: Annotated[int | None, Parameter(group=RUN, metavar="NUMBER")] = None,
    design: Annotated[Literal["bayes", "up-and-down"], Parameter(group=RUN)] = "bayes",
    minimum: Annotated[float | None, Parameter(group=RUN, metavar="DOSE")] = None,
    maximum: Annotated[float | None, Parameter(group=RUN, metavar="DOSE")] = None,
    key: Annotated[Path | None, Parameter(group=KEY, metavar="FILE")] = None,
    passphrase_file: Annotated[
        Path | None, Parameter(group=KEY, metavar="FILE")
    ] = None,
    doses: Annotated[Path | None, Parameter(group=KEY, metavar="FILE")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=check_out)
    ] = None,
) -> Answer:
    """Recommend the next doses; for the pharmacist only.

    Counts what the record holds so far. A sequential study doses one rack run at a
    time where the outcome is expected to tell most of the ED50. Whoever scores must
    not see this: in a blind study it needs the key.

    isobole study next ptz-trial --ed50 120 --key PTZ-01.key

    Parameters
    ----------
    folder : str
        The study folder.
    ed50 : float
        The ED50 expected before the first animal, in the unit of the doses.
    sd : float
        How far that guess may be off: standard deviation of log10 ED50.
    slope : tuple
        Smallest and largest slope thought possible, in probits per tenfold dose.
    drug : str
        The drug, where several were given.
    batch : int
        Animals of the next run; the chambers of the rack unless given.
    design : str
        Bayes asks where the outcome tells most; up-and-down moves one step.
    minimum : float
        Smallest dose that may be given.
    maximum : float
        Largest dose that may be given.
    key : Path
        The allocation key of a blind study.
    passphrase_file : Path
        Its first line opens the key. Left out, the variable ISOBOLE_KEY_PASSPHRASE,
        or the terminal asks.
    doses : Path
        Sequential dosing: the pharmacist's table with the columns animal_id and dose.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the figure (.svg .png .pdf), the doses
        (.csv) or everything (.json).
    """
    from isobole.analysis import recommend_next
    from isobole.planning import DosePrior
    from isobole.studies import check_study, read_study

    study = read_study(folder)
    problems = check_study(study)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    groups = None
    if key is not None:
        from isobole.cli._passphrase import passphrase
        from isobole.studies import open_key

        groups = open_key(key, passphrase(passphrase_file, folder, ask="once")).groups
    found = recommend_next(
        study,
        DosePrior(ed50, sd, *slope),
        drug=drug,
        groups=groups,
        doses=None if doses is None else _given(doses),
        batch=batch,
        design=design,
        minimum=minimum,
        maximum=maximum,
    )
    return Answer(
        schema="study-next",
        title=f"Next doses of {study.protocol.study_id}",
        body=lambda: {"study_id": study.protocol.study_id, **found.to_dict()},
        text=lambda: [*opening(study.protocol), *found.blocks(), Text(RESEARCH_ONLY)],
        report=lambda: [*opening(study.protocol), *found.blocks()],
        rows=lambda: (("dose", "animals"), list(found.next_doses)),
        complete=True,
        json=json,
        out=out,
        inputs=[
            replace(file, file=str(Path(folder) / file.file)) for file in study.files
        ],
        options={
            "folder": folder,
            "ed50": ed50,
            "sd": sd,
            "slope": list(slope),
            "drug": drug,
            "batch": found.batch,
            "design": design,
            "minimum": minimum,
            "maximum": maximum,
            "key": None if key is None else str(key),
            "doses": None if doses is None else str(doses),
        },
        endpoint=found.endpoint,
        unit=found.unit,
        problems=problems,
    )


def opening(protocol: Protocol) -> list[Block]:
    """Say whom this page is for, and whether its animals were invented."""
    blocks: list[Block] = [
        Note(
            "For the unblinded pharmacist only: whoever doses or scores must not read "
            "it.",
            "warning",
        )
    ]
    if protocol.constructed == "yes":
        blocks.append(Note("Constructed data: these animals were invented.", "warning"))
    return blocks


def _given(file: Path) -> dict[str, float]:
    """Read the pharmacist's list: which animal was given which dose."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        msg = f"--doses {file} cannot be read ({why})"
        raise OptionError(msg) from None
    if not rows or not {"animal_id", "dose"} <= set(rows[0]):
        msg = f"--doses {file} has no columns animal_id and dose; give a table of both"
        raise OptionError(msg)
    found: dict[str, float] = {}
    for line, row in enumerate(rows, start=2):
        try:
            found[(row["animal_id"] or "").strip()] = float(row["dose"] or "")
        except ValueError:
            msg = f"--doses {file}, line {line}: '{row['dose']}' is not a dose"
            raise OptionError(msg) from None
    return found
