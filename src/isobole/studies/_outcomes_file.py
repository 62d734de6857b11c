"""`outcomes.csv`: derived from the events, never typed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from isobole.results import DataError, Missing, Problem, sha256_text
from isobole.studies._outcome_types import AnimalOutcome, KindlingOutcome, StudyOutcomes
from isobole.studies._record import replace_file
from isobole.studies._study import Study

OUTCOMES = "outcomes.csv"
Row = dict[str, Any]


def outcomes_text(study: Study, outcomes: StudyOutcomes) -> str:
    """Return the file: two comment lines, a header, one row for each animal.

    Times are in ms. `cause` of a latency is 1 for the event, 0 for censored, 2 for
    death before it; what does not exist is empty, with its reason beside it.
    """
    kindling = {row.animal_id: row for row in outcomes.kindling}
    rows = [
        {
            **_animal(one, study, outcomes),
            **(_kindling(kindling[one.animal_id]) if kindling else {}),
        }
        for one in outcomes.animals
    ]
    out = StringIO()
    rules = sha256_text("\n".join(outcomes.rules))
    out.write(
        "# derived by isobole from the record; never typed, never edited: correct the "
        "record\n"
    )
    out.write(f"# protocol {study.protocol.sha256}, rules {rules}\n")
    if rows:
        writer = csv.DictWriter(
            out, list(rows[0]), lineterminator="\n", quoting=csv.QUOTE_MINIMAL
        )
        writer.writeheader()
        writer.writerows(
            {key: _cell(value) for key, value in row.items()} for row in rows
        )
    return out.getvalue()


def write_outcomes_csv(study: Study, outcomes: StudyOutcomes, path: Path | str) -> Path:
    """Write the outcomes in one step; the same bytes for the same study.

    Raises
    ------
    OSError
        If the file cannot be written; an old one is left as it was.
    """
    target = Path(path)
    replace_file(target, outcomes_text(study, outcomes))
    return target


def check_outcomes(study: Study) -> Iterator[Problem]:
    """Yield a problem if `outcomes.csv` is not what the events give."""
    from isobole.studies._reduce_study import reduce_study

    path = None if study.path is None else study.path / OUTCOMES
    if path is None or not path.is_file():
        return
    try:
        due = outcomes_text(study, reduce_study(study))
    except DataError:
        return  # the scale does not exist, which is said elsewhere
    try:
        given = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        given = ""
    line = _first_difference(given, due)
    if line is not None:
        yield Problem(
            "outcomes-differ",
            "outcomes.csv is not what the events give, and was not read",
            file=OUTCOMES,
            row=line,
            remedy="Remove it; it is derived anew. If an outcome is wrong, amend the "
            "events",
        )


def _first_difference(given: str, due: str) -> int | None:
    """Return the line of the first row that differs.

    Comments are not compared: their hash of the rules changes with the wording of
    another version, and the rows are what counts.
    """
    there = _rows(given)
    expected = _rows(due)
    for (number, one), (_, other) in zip(there, expected, strict=False):
        if one != other:
            return number
    if len(there) > len(expected):
        return there[len(expected)][0]
    if len(there) < len(expected):
        return len(given.splitlines()) + 1
    return None


def _rows(text: str) -> list[tuple[int, str]]:
    """Return the lines that are no comments, each with its number."""
    return [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.startswith("#")
    ]


def _animal(one: AnimalOutcome, study: Study, outcomes: StudyOutcomes) -> Row:
    row: Row = {
        "animal_id": one.animal_id,
        "label": one.label,
        "included": one.included,
        "exclusion": one.exclusion,
        "protected": one.protected,
        "protected_reason": _reason(one.protected),
    }
    for count in dict.fromkeys(
        (study.protocol.endpoint.death, *study.protocol.endpoint.sensitivity)
    ):
        row[f"protected_if_death_is_{count}"] = one.protected_by.get(count)
    for kind in outcomes.latency_kinds:
        latency = one.latencies.get(kind)
        row[f"latency_{kind}_ms"] = latency.t_ms if latency else None
        row[f"latency_{kind}_cause"] = latency.cause if latency else None
        row[f"latency_{kind}_censored_by"] = latency.censored_by if latency else None
    row |= {
        "died": one.died,
        "death_ms": one.death_ms,
        "max_score": one.max_score,
        "episodes": one.episodes,
        "episode_ms": ";".join(map(str, one.episode_ms)),
        "time_in_score_ms": ";".join(
            f"{code}:{ms}" for code, ms in one.time_in_score_ms.items()
        ),
        "observed_ms": one.observed_ms,
        "end_reason": one.end_reason,
        "threshold_mg_per_kg": one.threshold,
        "threshold_reason": _reason(one.threshold),
        "challenge_amount": one.challenge_amount,
        "problems": "; ".join(one.problems),
    }
    return row


def _kindling(one: KindlingOutcome) -> Row:
    return {
        "adt_ua": one.adt_ua,
        "adt_reason": _reason(one.adt_ua),
        "subthreshold": one.subthreshold,
        "adt_later_ua": ";".join(f"{adt:g}" for adt in one.adt_later_ua),
        "fully_kindled": one.fully_kindled,
        "kindled_at_session": one.kindled_at_session,
        "stimulations": one.stimulations,
        "kindling_problems": "; ".join(one.problems),
    }


def _reason(value: object) -> str | None:
    return value.reason if isinstance(value, Missing) else None


def _cell(value: Any) -> str:
    if value is None or isinstance(value, Missing):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
