"""One analysis of a study as the pages and downloads need it, made outside requests.

The study is written to a folder as it is exported and read back, so that what is shown
is what `isobole study analyze` says of the exported folder.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isobole.lab._overtime import within
from isobole.results import (
    Block,
    Figure,
    Heading,
    Missing,
    Note,
    Problem,
    Provenance,
    envelope,
    to_json,
)
from isobole.studies import Study, outcomes_text, read_study

if TYPE_CHECKING:
    from isobole.analysis import StudyResult

PRIMARY = "Primary outcome: "
MOST_S = 600.0
"""Seconds after which an analysis is stopped: others wait for theirs."""
NAMED = (
    "the analysis is not locked, and these sessions name drug and vehicle: they are "
    "compared once it is locked"
)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading of level 2, with the number of its first figure.

    `slug` names its page; figures are counted through the whole report, from 1.
    """

    slug: str
    title: str
    blocks: tuple[Block, ...]
    first_figure: int

    @property
    def rank(self) -> str:
        """What stands before the colon: the place in the plan; empty for the rest."""
        rank, colon, _ = self.title.partition(": ")
        return rank if colon else ""

    @property
    def name(self) -> str:
        """The title without the rank."""
        return self.title.removeprefix(f"{self.rank}: ")

    @property
    def computed(self) -> bool:
        """Whether there is more than the reason why there is nothing."""
        return not any(
            isinstance(block, Note) and block.text.startswith("Not computed")
            for block in self.blocks
        )


@dataclass(frozen=True, slots=True)
class Computed:
    """The result of one study at one state of its record."""

    result: StudyResult
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    figures: tuple[str, ...]
    json: str
    outcomes: str

    @property
    def primary(self) -> tuple[Section, ...]:
        """The sections of the primary outcome."""
        return tuple(s for s in self.sections if s.title.startswith(PRIMARY))

    def section(self, slug: str) -> Section | None:
        """Return the section of that name, None if there is none."""
        return next((s for s in self.sections if s.slug == slug), None)

    def report(self) -> str:
        """Return the report as `isobole study analyze --out report.html` writes it."""
        from isobole.reporting import render_html

        made = provenance_of(self.result, ("--out", "report.html"))
        title = f"Study {self.result.protocol.study_id}"
        return render_html(title, self.result.blocks(), made)


def compute(files: Mapping[str, bytes], *, despite_errors: bool) -> Computed:
    """Analyse the study that the files of a folder hold.

    Raises
    ------
    DataError
        If the record has errors and `despite_errors` is false.
    """
    from isobole.analysis import analyze_study
    from isobole.reporting import figure_svg

    with tempfile.TemporaryDirectory(prefix="isobole-analysis-") as place:
        for name, content in files.items():
            target = Path(place) / name
            target.parent.mkdir(exist_ok=True)  # scales/, nothing deeper
            target.write_bytes(content)
        study = read_study(place)
        result = within(
            MOST_S,
            partial(analyze_study, by_code(study), despite_errors=despite_errors),
            _too_long(study),
        )
        if not study.locked:
            result = withheld(result)
        outcomes = outcomes_text(study, result.outcomes)
        # What lies in the folder is read before the folder is gone.
        blocks = result.blocks()
        count = sum(isinstance(block, Figure) for block in blocks)
        figures = tuple(
            figure_svg(blocks, f"figure-{number}") for number in range(1, count + 1)
        )
    opening, sections = in_sections(blocks)
    made = provenance_of(result, ("--json",))
    text = to_json(
        envelope(
            "study-analyze",
            made,
            endpoint=result.protocol.primary_outcome,
            problems=result.problems,
            body=result.to_dict(),
        )
    )
    return Computed(result, opening, sections, figures, text + "\n", outcomes)


def _too_long(study: Study) -> Problem:
    name = study.protocol.study_id
    return Problem(
        "takes-too-long",
        f"The analysis was stopped after {MOST_S / 60:.0f} minutes, for others wait",
        file=name,
        remedy="Export the study folder and use the command line, which has no such "
        f"limit: isobole study analyze {name}",
    )


def by_code(study: Study) -> Study:
    """Return the study with its groups unnamed until the analysis is locked.

    A study that never was blind is analysed by code before its lock as well: no ED50
    and no interaction is seen before protocol and outcomes stand.
    """
    if study.locked:
        return study
    rows = tuple(replace(row, group=None) for row in study.allocation)
    return replace(study, allocation=rows, revealed={})


def withheld(result: StudyResult) -> StudyResult:
    """Leave out comparisons of drug with vehicle that no code hides.

    Sessions of a drug test name the treatment; what they show waits for the lock.
    """
    from isobole.outcomes import Crossover, OwnControl

    return replace(
        result,
        analyses=tuple(
            replace(one, result=Missing(NAMED), notes=())
            if isinstance(one.result, Crossover | OwnControl)
            else one
            for one in result.analyses
        ),
    )


def provenance_of(result: StudyResult, words: tuple[str, ...]) -> Provenance:
    """Return how the command line makes the same of the exported folder."""
    name = result.protocol.study_id
    despite = bool(result.despite_errors)
    flags = ("--despite-errors",) if despite else ()
    options: dict[str, Any] = {"folder": name, "despite_errors": despite}
    return Provenance(
        command=shlex.join(["isobole", "study", "analyze", name, *flags, *words]),
        inputs=tuple(
            replace(file, file=str(Path(name) / file.file)) for file in result.files
        ),
        options=options,
        seed=result.protocol.statistics.seed,
    )


def in_sections(
    blocks: tuple[Block, ...],
) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    """Cut a report at its headings of level 2; the first is that of the study.

    Examples
    --------
    >>> from isobole.results import Text
    >>> report = (Heading("S1: A study"), Text("Said."), Heading("Record"), Text("Ok."))
    >>> opening, sections = in_sections(report)
    >>> opening, sections[0].slug, sections[0].blocks[1:]
    ((Text(text='Said.'),), 'record', (Text(text='Ok.'),))
    """
    starts = [
        place
        for place, block in enumerate(blocks)
        if isinstance(block, Heading) and block.level == 2
    ]
    ends = [*starts[1:], len(blocks)]
    parts = [blocks[start:end] for start, end in zip(starts, ends, strict=True)]
    taken: set[str] = set()
    sections = []
    figure = 1
    for part in parts:
        head = part[0]
        assert isinstance(head, Heading)
        sections.append(Section(_slug(head.text, taken), head.text, part, figure))
        figure += sum(isinstance(block, Figure) for block in part)
    opening, *rest = sections or [Section("start", "", (), 1)]
    return opening.blocks[1:], tuple(rest)


def _slug(text: str, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", text.removeprefix(PRIMARY).lower())[:9]
    stem = "-".join(words) or "part"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    taken.add(slug)
    return slug
