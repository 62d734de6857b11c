"""Whether a study may be allocated now, and where its key may lie."""

from __future__ import annotations

from pathlib import Path

from isobole.results import DataError, Problem
from isobole.studies._commitment import find_commitment
from isobole.studies._study import Study


def key_path(folder: Path, study_id: str, key: Path | str | None) -> Path:
    """Return where the key goes: outside the folder, over nothing.

    Raises
    ------
    DataError
        If it would lie in the folder, links into it included, or a file is there.
    """
    home = folder.resolve()
    path = Path(key) if key is not None else home.parent / f"{study_id}.key"
    target = path.resolve()
    problem = None
    if target.is_relative_to(home):
        problem = Problem(
            "key-in-folder",
            "The key would lie in the study folder, which the blinded read",
            file=str(path),
            expected=f"a path outside {home.name}",
            remedy="Give a path elsewhere with --key",
        )
    elif path.is_dir():
        problem = Problem(
            "key-is-folder",
            "This is a folder",
            file=str(path),
            remedy=f"Give the name of a file in it, such as {study_id}.key",
        )
    elif path.exists():
        problem = Problem(
            "key-exists",
            "There is a file already, and a key is not written over it",
            file=str(path),
            remedy="Give another path with --key",
        )
    elif not path.parent.is_dir():
        problem = Problem(
            "key-no-folder",
            f"There is no folder {path.parent}",
            file=str(path),
            remedy="Make it first, or give another path with --key",
        )
    if problem is not None:
        raise DataError([problem])
    return path


def check_fresh(study: Study) -> None:
    version = study.protocol.version
    if study.allocation or find_commitment(study.path, study.record) is not None:
        raise DataError(
            [
                Problem(
                    "already-allocated",
                    "This study is allocated and committed to; it is not allocated "
                    "again",
                    file="allocation.csv",
                    remedy="Copy study.toml and animals.csv into a new folder with "
                    f"version = {version + 1}, and allocate there; report why",
                )
            ]
        )
    begun = "events.csv" if study.events else "doses.csv" if study.doses else None
    if study.sessions:
        # Kindling comes before its drug test, and is not dosed.
        phases = {session.phase for session in study.sessions}
        begun = "sessions.csv" if "test" in phases else begun
    if begun is not None:
        raise DataError(
            [
                Problem(
                    "study-begun",
                    f"{begun} has rows: the study began before it was allocated",
                    file=begun,
                    remedy="Write allocation.csv by hand as it was done, and say in "
                    "the report that nothing proves it was random",
                )
            ]
        )


def check_sound(study: Study) -> tuple[Problem, ...]:
    from isobole.studies._check_study import check_study

    found = check_study(study)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DataError(errors)
    return tuple(problem for problem in found if problem.severity == "warning")
