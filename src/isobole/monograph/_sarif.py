"""Findings as SARIF 2.1.0, the form in which code hosts show them beside the lines.

OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, 2020.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath, PureWindowsPath
from typing import Any, cast
from urllib.parse import quote

from isobole._version import __version__
from isobole.monograph._finding import Finding
from isobole.monograph._span import Span
from isobole.results import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {"error": "error", "warning": "warning", "notice": "note"}


def sarif(
    findings: Iterable[Finding],
    problems: Iterable[Problem] = (),
    starts: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """Return a SARIF log with one run.

    Parameters
    ----------
    findings : iterable of Finding
    problems : iterable of Problem
    starts : mapping, optional
        Where each line of a page begins, by the page's name. Lines and columns of a
        region must denote what its offsets denote (section 3.30 of the standard), so
        that a region of a page that is not here is its lines only.

    Examples
    --------
    >>> log = sarif([], [Problem("page-not-text", "This is no text", file="a b.md")])
    >>> log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    {'artifactLocation': {'uri': 'a%20b.md'}}
    """
    findings, problems = list(findings), list(problems)
    codes = sorted({*(f.code for f in findings), *(p.code for p in problems)})
    index = {code: number for number, code in enumerate(codes)}
    told: dict[str, tuple[str, str]] = {}
    for item in cast("list[Finding | Problem]", [*findings, *problems]):
        told.setdefault(item.code, (item.remedy or item.message, item.severity))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "isobole",
                        "version": __version__,
                        "rules": [
                            {
                                "id": code,
                                "name": code.title().replace("-", ""),
                                "shortDescription": {"text": code.replace("-", " ")},
                                "help": {"text": told[code][0]},
                                "defaultConfiguration": {
                                    "level": _LEVEL[told[code][1]]
                                },
                            }
                            for code in codes
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "newlineSequences": ["\r\n", "\n", "\r"],
                "results": [
                    *(_finding(f, index[f.code], starts or {}) for f in findings),
                    *(_problem(p, index[p.code]) for p in problems),
                ],
            }
        ],
    }


def _finding(
    finding: Finding, index: int, starts: Mapping[str, Sequence[int]]
) -> dict[str, Any]:
    hint = "Hint: " if finding.confidence == "hint" else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{hint}{finding.message}. {finding.remedy}"},
        "locations": [
            _location(finding.spans[0], starts)
            if finding.spans
            else _file(finding.file)
        ],
        "partialFingerprints": {"isobole/1": _fingerprint(finding)},
    }
    if len(finding.spans) > 1:
        result["relatedLocations"] = [
            {"id": number, **_location(span, starts)}
            for number, span in enumerate(finding.spans[1:], 1)
        ]
    return result


def _problem(problem: Problem, index: int) -> dict[str, Any]:
    text = problem.message.rstrip(".")
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _LEVEL[problem.severity],
        "message": {"text": f"{text}. {problem.remedy or ''}".rstrip()},
    }
    if problem.file:
        result["locations"] = [_file(problem.file)]
    return result


def _file(file: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}}}


def _location(span: Span, starts: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": span.line, "endLine": span.end_line}
    if lines := starts.get(span.file):
        region |= {
            "startColumn": span.start - lines[span.line - 1] + 1,
            # One past the last character, as the standard counts.
            "endColumn": span.end - lines[span.end_line - 1] + 1,
            "charOffset": span.start,
            "charLength": span.end - span.start,
            "snippet": {"text": span.quote},
        }
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file)},
            "region": region,
        }
    }


def _uri(file: str) -> str:
    """Return a URI reference; an absolute path needs its scheme (section 3.4.3)."""
    windows = PureWindowsPath(file)
    if windows.drive and windows.is_absolute():
        return windows.as_uri()
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), safe="/!$&'()*+,;=@~-._")


def _fingerprint(finding: Finding) -> str:
    """Stay the same when lines move: the code and the words, not the place."""
    words = finding.spans[0].quote if finding.spans else finding.message
    text = "\0".join([finding.code, finding.file, " ".join(words.split())])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
