"""Browser assets of others: what vendor.json says of them is true, and all is local."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from isobole import lab

ROOT = Path(__file__).parents[1]
STATIC = Path(str(lab.__file__)).parent / "static"
PACKAGES: list[dict[str, Any]] = json.loads(
    (ROOT / "vendor.json").read_text(encoding="utf-8")
)["packages"]
SAYS = {
    "0BSD": "Permission to use, copy, modify, and/or distribute this software",
    "MIT": "Permission is hereby granted, free of charge, to any person",
    "MPL-2.0": "Mozilla Public License, version 2.0",
}
# What makes a browser fetch: in scripts, styles, pages and drawings.
ELSEWHERE = r"""['"(]?\s*(?:https?:)?//"""
LOAD = re.compile(
    rf"""@import\s*(?:url\()?\s*{ELSEWHERE}
    | \burl\(\s*{ELSEWHERE}
    | \b(?:src|srcset|action|data|poster)\s*=\s*{ELSEWHERE}
    | <(?:link|use|image|base)\b[^>]*\bhref\s*=\s*{ELSEWHERE}
    | \b(?:import|from|importScripts|fetch|Worker|EventSource|WebSocket)\b
      \s*\(?\s*['"`](?:(?:https?|wss?):)?//
    | \.(?:src|href)\s*=\s*['"`](?:https?:)?//
    | \.open\(\s*['"][A-Z]+['"]\s*,\s*['"`](?:https?:)?//""",
    re.IGNORECASE | re.VERBOSE,
)
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


def loads(text: str) -> list[str]:
    """Return the places where a text fetches from another server."""
    return [found.group() for found in LOAD.finditer(COMMENT.sub("", text))]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_those_of_the_list(package: dict[str, Any]) -> None:
    assert package["files"]
    for item in package["files"]:
        content = (ROOT / item["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"], item["path"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_licence_is_beside_the_files(package: dict[str, Any]) -> None:
    paths = [item["path"] for item in package["files"]]
    assert package["licence_file"] in paths
    folders = {Path(path).parent for path in paths}
    assert folders == {Path(package["licence_file"]).parent}
    text = (ROOT / package["licence_file"]).read_text(encoding="utf-8")
    assert SAYS[package["licence"]] in " ".join(text.split())


def test_nothing_is_vendored_without_being_listed() -> None:
    listed = {item["path"] for package in PACKAGES for item in package["files"]}
    there = {
        str(file.relative_to(ROOT))
        for folder in (STATIC / "vendor", ROOT / "tests" / "browser" / "vendor")
        for file in folder.rglob("*")
        if file.is_file()
    }
    assert there == listed


def test_the_wheel_ships_no_copyleft() -> None:
    shipped = {
        package["licence"]
        for package in PACKAGES
        for item in package["files"]
        if item["path"].startswith("src/")
    }
    assert shipped == {"0BSD", "MIT"}


def test_nothing_is_loaded_from_elsewhere() -> None:
    seen = 0
    for file in STATIC.rglob("*"):
        if file.suffix in {".js", ".mjs", ".css", ".html", ".svg", ".json", ".map"}:
            assert loads(file.read_text(encoding="utf-8")) == [], file
            seen += 1
    assert seen >= 3


@pytest.mark.parametrize(
    "text",
    [
        '@import "https://example.org/x.css";',
        "@import url(//example.org/x.css);",
        "src: url('https://example.org/x.woff2')",
        '<script src="https://example.org/x.js"></script>',
        "<link rel=stylesheet href=//example.org/x.css>",
        'import { a } from "https://example.org/a.js"',
        "await import('https://example.org/a.js')",
        "importScripts('https://example.org/a.js')",
        "fetch(`https://example.org/a`)",
        'script.src = "https://example.org/a.js"',
        '<image href="http://example.org/a.png"/>',
    ],
)
def test_a_load_from_elsewhere_would_be_found(text: str) -> None:
    assert loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        "/* see https://example.org/x.css: url(https://example.org/x) */",
        "// import 'https://example.org/a.js'",
        '<a href="https://example.org/">source</a>',
        'fetch("/api/events")',
    ],
)
def test_what_loads_nothing_is_let_be(text: str) -> None:
    assert loads(text) == []
