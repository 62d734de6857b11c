"""`isobole study analyze`: a study folder in, an honest report out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, check_out
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Figure,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
)

if TYPE_CHECKING:
    from isobole.analysis import StudyResult
    from isobole.studies import Study

STUDY = Group("Study", sort_key=1)


def study_analyze(
    folder: str,
    /,
    *,
    despite_errors: Annotated[bool, Parameter(group=STUDY, negative="")] = False,
    td50: Annotated[str | None, Parameter(group=STUDY, metavar="FOLDER")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=check_out)
    ] = None,
) -> Answer:
    """Analyse a study as its protocol declared; one report.

    The record is checked, outcomes are derived from the events, and the primary
    outcome comes first; the rest is marked secondary or exploratory. Groups are shown
    by code until the analysis is locked (isobole study lock) and the key was opened
    (isobole study reveal).

    isobole study analyze ptz-trial --out report.html

    Parameters
    ----------
    folder : str
        The study folder.
    despite_errors : bool
        Go on although the record has errors; the report is marked.
    td50 : str
        A study of motor impairment (rotarod, chimney) of the same drugs: the protective
        index TD50 / ED50 is added, and the benefit index of a fixed partner.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the first figure (.svg .png .pdf), the
        outcomes of every animal (.csv) or everything (.json).
    """
    return analysis_of(
        Path(folder),
        shown=folder,
        options={"folder": folder, "despite_errors": despite_errors}
        | ({} if td50 is None else {"td50": td50}),
        out=out,
        despite_errors=despite_errors,
        td50=td50,
        json=json,
    )


def analysis_of(
    place: Path,
    *,
    shown: str,
    options: dict[str, object],
    out: Path | None,
    despite_errors: bool = False,
    td50: str | None = None,
    json: bool = False,
) -> Answer:
    """Analyse the study in `place`, which the answer calls `shown`."""
    from isobole.analysis import analyze_study
    from isobole.studies import read_study

    study = read_study(place)
    found = analyze_study(study, despite_errors=despite_errors)
    inputs = [replace(file, file=str(Path(shown) / file.file)) for file in found.files]
    if td50 is not None:
        paired = read_study(Path(td50))
        found = _with_index(found, study, paired)
        inputs += [
            replace(file, file=str(Path(td50) / file.file)) for file in paired.files
        ]
    declared = [a for a in found.analyses if a.rank == "primary"]
    return Answer(
        schema="study-analyze",
        title=f"Study {found.protocol.study_id}",
        body=found.to_dict,
        text=lambda: _text(found, shown, out),
        report=found.blocks,
        rows=lambda: _rows(found),
        complete=any(not isinstance(a.result, Missing) for a in declared),
        json=json,
        out=out,
        inputs=inputs,
        seed=found.protocol.statistics.seed,
        endpoint=found.protocol.primary_outcome,
        options=options,
        problems=found.problems,
    )


def _with_index(found: StudyResult, study: Study, paired: Study) -> StudyResult:
    """Add the protective index that pairs the study with one of impairment."""
    from isobole.analysis import Analysis, protective_index_of

    made = protective_index_of(paired, study, level=study.protocol.statistics.level)
    title = f"Protective index with study {paired.protocol.study_id}"
    index = Analysis("protective_index", "exploratory", title, made)
    return replace(found, analyses=(*found.analyses, index))


def _text(found: StudyResult, folder: str, out: Path | None) -> list[Block]:
    blocks: list[Block] = list(found.opening())
    for item in found.analyses:
        if item.rank == "primary":
            blocks.append(Heading(f"Primary outcome: {item.title}"))
            blocks += [Note(note) for note in item.notes]
            if isinstance(item.result, Missing):
                blocks.append(Note(f"Not computed: {item.result.reason}.", "warning"))
            else:
                # A picture has no place here; its numbers have.
                blocks += [
                    b.table if isinstance(b, Figure) else b
                    for b in item.result.blocks()
                    if not isinstance(b, Methods)
                ]
        elif item.outcome == "protective_index" and not isinstance(
            item.result, Missing
        ):  # asked for by name, so shown
            blocks += [b for b in item.result.blocks() if not isinstance(b, Methods)]
    rest = [item for item in found.analyses if item.rank != "primary"]
    if rest:
        blocks.append(
            Table(
                "Also analysed (in the report and --json)",
                ("rank", "analysis", "state"),
                tuple(
                    (
                        item.rank,
                        item.title,
                        item.result.reason
                        if isinstance(item.result, Missing)
                        else "done",
                    )
                    for item in rest
                ),
            )
        )
    blocks += found.flow.tables()
    blocks += found.deviation_blocks()
    blocks.append(Text(found.record_sentence))
    blocks.append(
        Text(f"The report is in {out}: open it in a browser.")
        if out is not None
        else Text(f"Whole report: isobole study analyze {folder} --out report.html")
    )
    blocks.append(Text(RESEARCH_ONLY))
    return blocks


def _rows(found: StudyResult) -> Rows:
    """One row per animal, as outcomes.csv has them, under the names shown."""
    kinds = found.outcomes.latency_kinds
    header = (
        "animal_id", "group", "included", "exclusion", "protected", "died", "death_ms",
        "max_score", "episodes", "observed_ms", "end_reason",
        *(f"latency_{kind}_ms" for kind in kinds),
        *(f"latency_{kind}_cause" for kind in kinds),
    )  # fmt: skip
    rows = []
    for animal in found.outcomes.animals:
        latencies = [animal.latencies.get(kind) for kind in kinds]
        rows.append(
            (
                animal.animal_id,
                found.groups.of(animal),
                int(animal.included),
                animal.exclusion,
                None
                if isinstance(animal.protected, Missing)
                else int(animal.protected),
                int(animal.died),
                animal.death_ms,
                animal.max_score,
                animal.episodes,
                animal.observed_ms,
                animal.end_reason,
                *(None if one is None else one.t_ms for one in latencies),
                *(None if one is None else one.cause for one in latencies),
            )
        )
    return header, rows
