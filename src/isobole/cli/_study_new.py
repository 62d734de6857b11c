"""`isobole study new`: the folder of a new study."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.results import RESEARCH_ONLY, Text

# The models of the library, repeated because importing it would slow --help; a test
# holds them equal.
Model = Literal["6hz", "chimney", "kindling", "mes", "mest", "ptz", "ptz_iv", "rotarod"]
STUDY = Group("Study", sort_key=1)


def study_new(
    folder: str,
    /,
    *,
    model: Annotated[Model, Parameter(group=STUDY)],
    title: Annotated[str | None, Parameter(group=STUDY, metavar="TEXT")] = None,
    species: Annotated[Literal["mouse", "rat"] | None, Parameter(group=STUDY)] = None,
    strain: Annotated[str | None, Parameter(group=STUDY, metavar="NAME")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Write a commented study folder to start from.

    The protocol (study.toml) explains every key with its allowed values, units and
    what is published for the strain; the tables are empty. Nothing is written over.

    isobole study new ptz-trial --model ptz --strain C57BL/6J

    Parameters
    ----------
    folder : str
        A folder that does not exist yet, or is empty.
    model : str
        The seizure model, or the motor test of a TD50.
    title : str
        Title of the study.
    species : str
        Left out, the first one the model is run in.
    strain : str
        Published doses of the strain are filled in where there are any. Left out, the
        strain for which most is published.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.studies import new_study

    found = new_study(folder, model, title=title, species=species, strain=strain)
    return Answer(
        schema="study-new",
        title="New study",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: (("file",), [(name,) for name in found.files]),
        complete=True,
        json=json,
        out=None,
        options={
            "folder": folder,
            "model": model,
            **({} if title is None else {"title": title}),
            "species": found.species,
            "strain": found.strain,
        },
        problems=found.problems,
    )
