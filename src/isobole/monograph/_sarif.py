"""Findings as SARIF 2.1.0, the form in which code hosts show them beside the lines.

OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, 2020.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, cast
from urllib.parse import quote

from isobole._version import __version__
from isobole.monograph._finding import Finding
from isobole.monograph._span import Span
from isobole.results import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {"error": "error", "warning": "warning", "notice": "note"}


def sarif(
    findings: Iterable[Finding], problems: Iterable[Problem] = ()
) -> dict[str, Any]:
    """Return a SARIF log with one run.

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
                "results": [
                    *(_finding(f, index[f.code]) for f in findings),
                    *(_problem(p, index[p.code]) for p in problems),
                ],
            }
        ],
    }


def _finding(finding: Finding, index: int) -> dict[str, Any]:
    hint = "Hint: " if finding.confidence == "hint" else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{hint}{finding.message}. {finding.remedy}"},
        "locations": [
            _location(finding.spans[0]) if finding.spans else _file(finding.file)
        ],
        "partialFingerprints": {"isobole/1": _fingerprint(finding)},
    }
    if len(finding.spans) > 1:
        result["relatedLocations"] = [
            {"id": number, **_location(span)}
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


def _location(span: Span) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file)},
            "region": {
                "startLine": span.line,
                "endLine": span.end_line,
                "charOffset": span.start,
                "charLength": span.end - span.start,
                "snippet": {"text": span.quote},
            },
        }
    }


def _uri(file: str) -> str:
    return quote(PurePath(file).as_posix(), safe="/!$&'()*+,;=@~-._")


def _fingerprint(finding: Finding) -> str:
    """Stay the same when lines move: the code and the words, not the place."""
    words = finding.spans[0].quote if finding.spans else finding.message
    text = "\0".join([finding.code, finding.file, " ".join(words.split())])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
