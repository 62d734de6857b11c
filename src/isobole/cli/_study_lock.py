"""`isobole study lock`: protocol and outcomes stand before the groups are known."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._passphrase import login_name
from isobole.results import RESEARCH_ONLY, Text

RECORD = Group("Record", sort_key=1)


def study_lock(
    folder: str,
    /,
    *,
    actor: Annotated[str | None, Parameter(group=RECORD, metavar="NAME")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Lock the analysis: protocol and outcomes stand as they are.

    Done once, when all animals have been scored and before the groups are known.
    Until then isobole study analyze shows groups by code.

    isobole study lock ptz-trial

    Parameters
    ----------
    folder : str
        The study folder.
    actor : str
        Who locks; left out, the name you are logged in by.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.studies import lock_analysis

    who = login_name(actor)
    found = lock_analysis(folder, actor=who)
    return Answer(
        schema="study-lock",
        title="Analysis locked",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: (
            ("what", "sha256"),
            [
                ("protocol", found.protocol_sha256),
                ("outcomes", found.outcomes_sha256),
            ],
        ),
        complete=True,
        json=json,
        out=None,
        options={"folder": folder, "actor": who},
    )
