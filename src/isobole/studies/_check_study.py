"""Everything that is wrong with a study, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._blinding_leaks import check_blinding
from isobole.studies._chain import RECORD
from isobole.studies._check_events import check_events, check_sessions
from isobole.studies._check_record import check_record
from isobole.studies._check_rows import check_tables
from isobole.studies._confounding import check_confounding
from isobole.studies._hand_made import check_lock
from isobole.studies._outcomes_file import check_outcomes
from isobole.studies._projections import distinct
from isobole.studies._scales import Scale, scale
from isobole.studies._sheets import LAYOUT
from isobole.studies._study import Study
from isobole.studies._verify import check_commitment

_RANK = {"error": 0, "warning": 1, "notice": 2}


def check_study(study: Study) -> tuple[Problem, ...]:
    """Judge a study: its files, record, protocol, rows and derived outcomes.

    Parameters
    ----------
    study : Study
        As read by `read_study`.

    Returns
    -------
    tuple of Problem
        Errors first, then warnings and notices; each with its file, its row where it
        has one, and its remedy. A fault in more than 50 rows is said once.
    """
    from isobole.studies._check_protocol import check_protocol

    names = _names(study)
    found = [*study.problems, *check_protocol(study.protocol, folder=study.path)]
    own = _scale(study, found)
    rows = distinct(study.record, ProblemList())  # said when it was read
    found += check_record(rows, study.protocol)
    found += check_tables(study, names)
    found += check_events(study, names, own)
    found += check_sessions(study, names, own)
    found += check_outcomes(study)
    found += check_commitment(study)
    found += check_lock(study)
    found += check_confounding(study)
    found += check_blinding(study)
    return tuple(sorted(_folded(found), key=lambda p: _RANK[p.severity]))


def _names(study: Study) -> dict[str, str]:
    """Return what problems call each file: where its rows came from."""
    read = {file.file for file in study.files}
    names = {}
    for name in LAYOUT:
        book = name.replace(".csv", ".xlsx")
        names[name] = book if book in read and name not in read else name
        if study.record and name not in ("concentrations.csv", "allocation.csv"):
            names[name] = RECORD
    return names


def _scale(study: Study, found: list[Problem]) -> Scale | None:
    scoring = study.protocol.scoring
    if scoring is None:
        return None
    try:
        return scale(scoring.scale, folder=study.path)
    except DataError as error:
        known = {problem.code for problem in found}
        found += [p for p in error.problems if p.code not in known]
        return None


def _folded(found: Iterable[Problem]) -> Iterator[Problem]:
    """Say a thing once that holds for many rows, file by file; nothing twice."""
    from isobole.tables import condensed

    by_file: dict[str | None, dict[Problem, None]] = {}
    for problem in found:
        by_file.setdefault(problem.file, {})[problem] = None
    for problems in by_file.values():
        yield from condensed(problems)
