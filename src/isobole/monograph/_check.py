"""Check pages: every finding of each, in the order of severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from isobole.monograph._build_worker import read_page
from isobole.monograph._checks import checks
from isobole.monograph._collection_checks import findings_between
from isobole.monograph._collection_files import scan, too_large
from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._sarif import sarif
from isobole.monograph._text import page_text
from isobole.results import (
    Block,
    DataError,
    Note,
    Problem,
    Result,
    Severity,
    Table,
    Text,
    check_choice,
)

LEVELS: tuple[Severity, ...] = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """A page that was checked, by its name, hash and counts."""

    file: str
    sha256: str
    kind: str
    title: str
    policy: str
    statements: int
    findings: int

    def to_dict(self) -> dict[str, Any]:
        """Return the page as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, repr=False)
class CheckReport(Result):
    """Every finding on some pages, and between them.

    Parameters
    ----------
    pages : tuple of CheckedPage
        The pages read.
    findings : tuple of Finding
        Errors first, then by page and line.
    problems : tuple of Problem
        Pages that could not be read.
    starts : mapping of str to tuple of int
        Where each line begins in the text of a page with findings, for columns.
    """

    pages: tuple[CheckedPage, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    starts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"CheckReport({len(self.pages)} pages, {self.count('error')} errors, "
            f"{self.count('warning')} warnings, {self.count('notice')} notices)"
        )

    def count(self, severity: Severity) -> int:
        """Return how many findings and problems have this severity."""
        return sum(f.severity == severity for f in self.findings) + sum(
            p.severity == severity for p in self.problems
        )

    def at_least(self, level: Severity) -> bool:
        """Say whether something is as severe as `level`.

        Raises
        ------
        OptionError
            If `level` is none of error, warning, notice.
        """
        check_choice("level", level, LEVELS)
        counted = LEVELS[: LEVELS.index(level) + 1]
        return any(self.count(severity) for severity in counted)

    def all_problems(self) -> tuple[Problem, ...]:
        """Return findings and problems as the one problem type of isobole."""
        return (*self.problems, *(finding.problem() for finding in self.findings))

    def blocks(self) -> tuple[Block, ...]:
        """Return the counts, and each finding as a note with its place."""
        total = (
            f"{_counted(len(self.pages), 'page')}: "
            f"{_counted(self.count('error'), 'error')}, "
            f"{_counted(self.count('warning'), 'warning')}, "
            f"{_counted(self.count('notice'), 'notice')}."
        )
        by_code: dict[tuple[str, str], int] = {}
        for problem in self.all_problems():
            key = (problem.severity, problem.code)
            by_code[key] = by_code.get(key, 0) + 1
        blocks: list[Block] = [Text(total)]
        if by_code:
            rows = tuple(
                (severity, code, number, _measured(code))
                for (severity, code), number in sorted(
                    by_code.items(),
                    key=lambda item: (LEVELS.index(item[0][0]), item),
                )
            )
            blocks.append(
                Table(
                    "Findings by kind",
                    ("severity", "code", "times", "precision, recall (n)"),
                    rows,
                    (
                        "Precision and recall: on labelled pages of our own, held out "
                        "while the check was written; empty for defects of structure, "
                        "which are read off the page.",
                    ),
                )
            )
        blocks += [_note(problem) for problem in self.all_problems()]
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return pages and findings as they stand in JSON."""
        known = checks()
        return {
            "pages": [page.to_dict() for page in self.pages],
            "findings": [finding.to_dict() for finding in self.findings],
            "checks": [
                known[code].to_dict()
                for code in sorted({finding.code for finding in self.findings})
                if code in known
            ],
            "errors": self.count("error"),
            "warnings": self.count("warning"),
            "notices": self.count("notice"),
        }

    def to_sarif(self) -> dict[str, Any]:
        """Return findings and problems as a SARIF 2.1.0 log."""
        return sarif(self.findings, self.problems, self.starts)


def _measured(code: str) -> str:
    """Return how often a check was right, and how much it found, in two figures."""
    known = checks().get(code)
    if known is None or known.measured is None:
        return "" if known is None else "not measured"
    told = known.measured
    shares = (
        "—" if share is None else f"{share:.2f}"
        for share in (told.precision, told.recall)
    )
    return f"{', '.join(shares)} ({told.n})"


def check(paths: Path | str | Iterable[Path | str]) -> CheckReport:
    """Check pages, or every page of folders.

    Parameters
    ----------
    paths : path, or several
        Files, or folders of ``.md``, ``.markdown`` and ``.txt`` pages.

    Returns
    -------
    CheckReport

    Raises
    ------
    DataError
        If no page at all could be read.
    """
    named = [paths] if isinstance(paths, Path | str) else list(paths)
    problems: list[Problem] = []
    wanted: dict[Path, str] = {}
    for given in named:
        place = Path(given)
        if place.is_dir():
            found = scan(place)
            problems += [
                replace(one, file=(place / (one.file or "")).as_posix())
                for one in found.problems
            ]
            for page in found.pages:
                wanted.setdefault(page.path, (place / page.file).as_posix())
        elif trouble := _too_large(place):
            problems.append(trouble)
        else:
            wanted.setdefault(place, place.as_posix())
    pages: list[Monograph] = []
    for place, name in wanted.items():
        try:
            pages.append(read_page(place, name))
        except DataError as error:
            problems += error.problems
    if not pages:
        raise DataError(problems or [_nothing()])
    findings = [finding for page in pages for finding in page.findings]
    findings += findings_between(pages)
    findings.sort(
        key=lambda f: (LEVELS.index(f.severity), f.file, f.line or 0, f.code, f.message)
    )
    quoted = {span.file for finding in findings for span in finding.spans}
    return CheckReport(
        tuple(_checked(page) for page in pages),
        tuple(findings),
        tuple(problems),
        {p.file: tuple(page_text(p).starts) for p in pages if p.file in quoted},
    )


def _too_large(place: Path) -> Problem | None:
    """Return why `build` would leave a page out for its size, None if it would not."""
    try:
        return too_large(place.stat().st_size, place.as_posix())
    except OSError:
        # Reading it says what is wrong.
        return None


def _checked(page: Monograph) -> CheckedPage:
    return CheckedPage(
        page.file,
        page.sha256,
        page.kind,
        page.title,
        page.policy,
        len(page.statements),
        len(page.findings),
    )


def _note(problem: Problem) -> Note:
    place = problem.file or ""
    if problem.row is not None:
        place += f":{problem.row}"
    words = [problem.message.rstrip(".")]
    if problem.remedy:
        words.append(problem.remedy.rstrip("."))
    return Note(f"{place}: {'. '.join(words)}. [{problem.code}]", problem.severity)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _nothing() -> Problem:
    return Problem(
        "no-pages",
        "There is no page to check",
        remedy="Give .md, .markdown or .txt files, or a folder that holds some.",
    )
