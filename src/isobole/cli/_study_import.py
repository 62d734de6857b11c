"""`isobole study import`: events of a BORIS project or a spreadsheet into a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.results import RESEARCH_ONLY, Block, Note, Table, Text

IMPORT = Group("Import", sort_key=1)


def study_import(
    folder: str,
    file: Path,
    /,
    *,
    mapping: Annotated[Path, Parameter(name="--map", group=IMPORT, metavar="FILE")],
    sheet: Annotated[str | None, Parameter(group=IMPORT, metavar="NAME")] = None,
    actor: Annotated[str, Parameter(group=IMPORT, metavar="NAME")],
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Bring in events of a BORIS project or a spreadsheet.

    A mapping in TOML says which animal, event and score the other program's names
    mean. Every new event is added to the record (or to events.csv where there is no
    record); events that are there already are not added twice; with an error nothing
    is written.

    isobole study import ptz-trial rats.boris --map map.toml --actor "A. Scorer"

    Parameters
    ----------
    folder : str
        The study folder.
    file : Path
        A BORIS project (.boris), a CSV or an Excel table.
    mapping : Path
        The mapping: [animals], and [codes.NAME] or [latencies.NAME] with type, score.
    sheet : str
        Sheet of a workbook; the first unless given.
    actor : str
        Who imports them, as the record will name it.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.results import DataError, InputFile
    from isobole.studies import add_events, import_boris, import_map, import_table

    meaning = import_map(mapping)
    if file.suffix.lower() == ".boris":
        events, problems = import_boris(file, meaning)
    else:
        events, problems = import_table(file, meaning, sheet=sheet)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    added = add_events(folder, events, actor=actor, device=file.name)
    kinds: dict[str, int] = {}
    for event in events:
        kinds[event.type] = kinds.get(event.type, 0) + 1
    known = len(events) - added
    blocks: list[Block] = [
        Text(
            f"{added} events of {len({e.animal_id for e in events})} animals were "
            f"added to {folder}" + (f"; {known} were there already." if known else ".")
        ),
        Table("Events read", ("type", "events"), tuple(sorted(kinds.items()))),
        *(Note(str(problem), problem.severity) for problem in problems),
        Text(f"Then: isobole study check {folder}"),
    ]
    return Answer(
        schema="study-import",
        title=f"Import into {folder}",
        body=lambda: {
            "folder": folder,
            "events": len(events),
            "added": added,
            "types": kinds,
        },
        text=lambda: [*blocks, Text(RESEARCH_ONLY)],
        report=lambda: blocks,
        rows=lambda: (("type", "events"), sorted(kinds.items())),
        complete=True,
        json=json,
        out=None,
        inputs=[InputFile.of(file), InputFile.of(mapping)],
        options={"folder": folder, "actor": actor}
        | ({} if sheet is None else {"sheet": sheet}),
        problems=problems,
    )
