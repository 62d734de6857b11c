"""SARIF logs against the rules of the standard, on pages that strain them.

The official JSON schema comes in no package, so its rules for the objects in use are
written out here after the text of the standard (OASIS, SARIF 2.1.0, sections 3.3 to
3.52), with every property that is not listed refused; what a schema cannot say
(indexes, columns against offsets, absolute paths) is tested on the log.
"""

from __future__ import annotations

import json
import re
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from isobole.monograph import check, read
from isobole.monograph._sarif import _uri, sarif
from isobole.results import Problem
from monograph_pages import text_of

TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1}},
    "required": ["text"],
    "additionalProperties": False,
}
COUNT = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "physicalLocation": {
            "type": "object",
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "properties": {"uri": {"type": "string", "minLength": 1}},
                    "required": ["uri"],
                    "additionalProperties": False,
                },
                "region": {
                    "type": "object",
                    "properties": {
                        **dict.fromkeys(
                            ("startLine", "startColumn", "endLine", "endColumn"), COUNT
                        ),
                        "charOffset": {"type": "integer", "minimum": 0},
                        "charLength": {"type": "integer", "minimum": 0},
                        "snippet": {
                            **TEXT,
                            "properties": {"text": {"type": "string"}},
                        },
                    },
                    "required": ["startLine"],
                    "additionalProperties": False,
                },
            },
            "required": ["artifactLocation"],
            "additionalProperties": False,
        },
    },
    "required": ["physicalLocation"],
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9]+$"},
        "shortDescription": TEXT,
        "help": TEXT,
        "defaultConfiguration": {
            "type": "object",
            "properties": {"level": LEVEL},
            "additionalProperties": False,
        },
    },
    "required": ["id"],
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION, "maxItems": 1},
        "relatedLocations": {"type": "array", "items": LOCATION, "uniqueItems": True},
        "partialFingerprints": {
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
    },
    "required": ["message"],
    "additionalProperties": False,
}
RUN = {
    "type": "object",
    "properties": {
        "tool": {
            "type": "object",
            "properties": {
                "driver": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "minLength": 1},
                        "version": {"type": "string"},
                        "rules": {"type": "array", "items": RULE, "uniqueItems": True},
                    },
                    "required": ["name"],
                    "additionalProperties": False,
                }
            },
            "required": ["driver"],
            "additionalProperties": False,
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "newlineSequences": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "results": {"type": "array", "items": RESULT},
    },
    "required": ["tool"],
    "additionalProperties": False,
}
LOG = {
    "type": "object",
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {"type": "array", "items": RUN},
    },
    "required": ["version", "runs"],
    "additionalProperties": False,
}
URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+")


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose pages have BOM, CRLF, CR and letters of all kinds."""
    monkeypatch.chdir(tmp_path)
    folder = Path("drug pages")
    (folder / "ß 100%").mkdir(parents=True)
    flawed = (
        text_of("a_clean.md")
        .replace("## Dosage", "## **Dosage**")
        .replace("- q: How is it taken?", "- q: How is it taken? **A:** By mouth.")
        .replace("- Porphyria.", "- Porphyria. \U0001f48a [see](javascript:x)\n- Gout.")
        .replace(
            "- **Children:**",
            "- **Gout:** Use with caution in gout.\n    - **Children:**",
        )
    )
    for name, text in {
        "plain.md": flawed,
        "ß 100%/wïndows #1?.md": flawed.replace("\n", "\r\n"),
        "old mac.txt": flawed.replace("\n", "\r"),
        "bom.md": "\ufeff" + flawed,
        "b0.md": text_of("b0_clean.md").replace("Skin rash", "Skin **rash"),
    }.items():
        (folder / name).write_bytes(text.encode())
    (folder / "photo.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (folder / "huge.md").write_bytes(b"word " * 500_000)
    return folder


def results(log: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def places(log: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        place["physicalLocation"]
        for result in results(log)
        for name in ("locations", "relatedLocations")
        for place in result.get(name, ())
    ]


def test_the_log_has_the_shape_of_the_standard(pages: Path) -> None:
    log = json.loads(json.dumps(check(pages).to_sarif()))
    jsonschema.Draft202012Validator.check_schema(LOG)
    jsonschema.validate(log, LOG)
    assert len(results(log)) > 20
    assert any("relatedLocations" in result for result in results(log))
    jsonschema.validate(sarif([], []), LOG)


def test_every_result_points_to_its_rule(pages: Path) -> None:
    log = check(pages).to_sarif()
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    for result in results(log):
        assert ids[result["ruleIndex"]] == result["ruleId"]
    assert {result["ruleId"] for result in results(log)} == set(ids)
    assert {"page-binary", "page-too-large"} <= set(ids)


def test_related_places_are_numbered_apart(pages: Path) -> None:
    for result in results(check(pages).to_sarif()):
        numbers = [one["id"] for one in result.get("relatedLocations", ())]
        assert len(set(numbers)) == len(numbers)


def test_lines_columns_and_offsets_denote_the_same_words(pages: Path) -> None:
    """As a viewer finds them: lines cut at the log's newlines, columns from 1."""
    log = check(pages).to_sarif()
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    newline = re.compile("|".join(map(re.escape, run["newlineSequences"])))
    several = checked = 0
    for place in places(log):
        region = place.get("region")
        if region is None:
            continue
        file = Path(unquote(place["artifactLocation"]["uri"]))
        # The mark at the beginning is no part of the text.
        text = file.read_bytes().decode("utf-8-sig")
        starts = [0, *(match.end() for match in newline.finditer(text))]
        begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        assert begin == region["charOffset"]
        assert end - begin == region["charLength"]
        assert text[begin:end] == region["snippet"]["text"]
        several += region["endLine"] > region["startLine"]
        checked += 1
    assert checked > 20
    assert several


def test_every_file_is_a_uri_reference(pages: Path) -> None:
    for given in (pages, pages.resolve()):
        for place in places(check(given).to_sarif()):
            uri = place["artifactLocation"]["uri"]
            assert URI.fullmatch(uri), uri
            parts = urlsplit(uri)
            assert parts.scheme == ("file" if given.is_absolute() else "")
            assert not parts.query
            assert not parts.fragment
            path = Path(unquote(parts.path))
            assert path.is_file()
            assert path.is_absolute() == given.is_absolute()


def test_paths_of_other_systems() -> None:
    assert _uri("C:\\pages\\a b.md") == PureWindowsPath("C:/pages/a b.md").as_uri()
    assert _uri("a:b.md") == "a%3Ab.md"


def test_a_place_in_a_page_that_is_not_here_is_its_lines(pages: Path) -> None:
    page = read(pages / "plain.md")
    log = sarif(page.findings, [Problem("x", "Something.", "notice")])
    jsonschema.validate(log, LOG)
    regions = [place["region"] for place in places(log) if "region" in place]
    assert regions
    assert all(set(region) == {"startLine", "endLine"} for region in regions)
    assert "locations" not in results(log)[-1]
