"""`isobole study allocate`: who gets what, sealed before the first dose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._passphrase import login_name, passphrase
from isobole.results import RESEARCH_ONLY, Block, Note, Provenance, Text

if TYPE_CHECKING:
    from isobole.studies import AllocatedStudy

KEY = Group("Key", sort_key=1)
RECORD = Group("Record", sort_key=2)


def study_allocate(
    folder: str,
    /,
    *,
    key: Annotated[Path | None, Parameter(group=KEY, metavar="PATH")] = None,
    passphrase_file: Annotated[
        Path | None, Parameter(group=KEY, metavar="FILE")
    ] = None,
    actor: Annotated[str | None, Parameter(group=RECORD, metavar="NAME")] = None,
    record: Annotated[
        Literal["as-it-is", "start"], Parameter(group=RECORD)
    ] = "as-it-is",
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Allocate the animals, seal the list, write dosing sheets.

    Writes allocation.csv by code, a commitment to the list, dosing sheets for the
    bench, and outside the folder the encrypted key and the pharmacist's sheet. What
    is printed is blind. A study is allocated once.

    isobole study allocate ptz-trial --key /safe/PTZ-01.key

    Parameters
    ----------
    folder : str
        The study folder, with study.toml and animals.csv (weights of the day).
    key : Path
        Where the key goes, outside the folder; left out, beside the folder under the
        study's id.
    passphrase_file : Path
        Its first line opens the key. Left out, the variable ISOBOLE_KEY_PASSPHRASE,
        or the terminal asks.
    actor : str
        Who allocates; left out, the name you are logged in by.
    record : str
        A folder without a record is filled by hand and gets commitment.txt; start
        begins a record, which from then on takes every row.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.reporting import render_html
    from isobole.studies import allocate_study

    who = login_name(actor)
    secret = passphrase(passphrase_file, folder, ask="twice")
    provenance = Provenance("isobole study allocate", options={"actor": who})

    def render(title: str, blocks: Sequence[Block]) -> str:
        return render_html(title, blocks, provenance)

    found = allocate_study(
        folder,
        passphrase=secret,
        key=key,
        actor=who,
        begin=record,
        render=render,
    )
    return Answer(
        schema="study-allocate",
        title="Allocation",
        body=found.to_dict,
        text=lambda: text_blocks(found),
        report=found.blocks,
        rows=lambda: (("file",), [(name,) for name in found.files]),
        complete=True,
        json=json,
        out=None,
        options={
            "folder": folder,
            "key": None if key is None else str(key),
            "actor": who,
            "record": record,
        },
        problems=found.problems,
    )


def text_blocks(found: AllocatedStudy) -> list[Block]:
    """Return what is printed: the blind allocation, the files and the warnings."""
    written = ", ".join(found.files)
    return [
        *found.blocks()[:-1],
        Text(f"Written into the folder: {written}."),
        *(Note(str(problem), "warning") for problem in found.problems),
        Text(RESEARCH_ONLY),
    ]
