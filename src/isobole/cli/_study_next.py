"""`isobole study next`: doses of the next run, for the unblinded pharmacist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER, check_out

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
        tuple[float, float], Parameter(group=EXPECTED, metavar="LOW HIGH")
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
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=check_out)
    ] = None,
) -> Answer:
    """Recommend the next doses from the records so far; for the pharmacist only.

    A sequential study doses one rack run at a time where the outcome is expected to
    tell most of the ED50. Whoever scores must not see this: in a blind study it needs
    the key.

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
        File with the passphrase of the key; else ISOBOLE_KEY_PASSPHRASE, else asked.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the figure (.svg .png .pdf) or everything
        (.json).
    """
    from isobole.analysis import recommend_next
    from isobole.planning import DosePrior
    from isobole.studies import read_study

    study = read_study(folder)
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
        batch=batch,
        design=design,
        minimum=minimum,
        maximum=maximum,
    )
    return Answer(
        schema="study-next",
        title=f"Next doses of {study.protocol.study_id}",
        body=found.to_dict,
        text=found.blocks,
        report=found.blocks,
        rows=lambda: (
            ("dose", "animals"),
            list(found.next_doses),
        ),
        complete=True,
        json=json,
        out=out,
        inputs=study.files,
        options={
            "folder": folder,
            "ed50": ed50,
            "sd": sd,
            "slope": list(slope),
            "drug": drug,
            "design": design,
        },
        unit=found.unit,
    )
