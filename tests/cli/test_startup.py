"""Help costs no numerics; JSON from CSV costs no pandas and no matplotlib."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from isobole.datasets import path

Python = Callable[[str], "subprocess.CompletedProcess[str]"]
HEAVY = ("numpy", "pandas", "pydantic", "django", "scipy", "matplotlib")


def loaded_by(python: Python, words: list[str], modules: tuple[str, ...]) -> list[str]:
    done = python(
        f"import sys; from isobole.cli import main; code = main({words!r}); "
        f"print(code, *(m for m in {modules!r} if m in sys.modules), file=sys.stderr)"
    )
    code, *found = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return found


@pytest.mark.parametrize("words", [[], ["--help"], ["plan"], ["--version"]])
def test_help_imports_nothing_heavy(python: Python, words: list[str]) -> None:
    heavy = (*HEAVY, "cyclopts", "rich")
    assert loaded_by(python, words, heavy) == []


@pytest.mark.parametrize(
    "words",
    [
        ["ed50", "--help"],
        ["potency", "--help"],
        ["synergy", "--help"],
        ["audit", "--help"],
        ["study", "new", "--help"],
        ["study", "analyze", "--help"],
        ["study", "next", "--help"],
        ["monograph", "ask", "--help"],
        ["diagram", "--help"],
        ["plan", "ed50", "-h"],
        ["plan", "interaction", "-h"],
        ["plan", "protection", "-h"],
        ["plan", "latency", "-h"],
        ["plan", "severity", "-h"],
        ["plan", "kindling", "-h"],
        ["demo", "-h"],
    ],
)
def test_help_of_a_command_imports_no_numerics(
    python: Python, words: list[str]
) -> None:
    assert loaded_by(python, words, HEAVY) == []


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("ed50", "rotenone"),
        ("synergy", "rotenone-deguelin-1-4"),
        ("synergy", "valproate-magnesium-2x2"),
        ("audit", "luszczki-2020"),
    ],
)
def test_json_from_csv_imports_no_frames_and_no_figures(
    python: Python, command: str, name: str
) -> None:
    words = [command, str(path(name)), "--json"]
    banned = ("pandas", "matplotlib", "rich", "openpyxl", "narwhals", "jinja2")
    assert loaded_by(python, words, (*banned, "scipy.stats", "statsmodels")) == []


def test_the_library_itself_imports_lightly(python: Python) -> None:
    done = python("import sys, isobole; print('numpy' in sys.modules)")
    assert done.stdout.strip() == "False"
