"""The command tree as users see it; UPDATE_GOLDEN=1 writes the pages anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from isobole.cli import (
    _flags,
    _plan_interaction,
    _plan_latency,
    _plan_protection,
    _synergy,
)
from isobole.cli._commands import COMMANDS, EXAMPLES, GROUPS
from isobole.cli._run import build_app
from isobole.combination import _analysis, _data, _summary_test, _verdict
from isobole.doseresponse import LINKS, _options
from isobole.planning import _latency, _protection
from isobole.tables import _combination_ratio

Isobole = Callable[..., Any]
GOLDEN = Path(__file__).parent / "golden"
PAGES = ["", *GROUPS, *(name for name, _, _ in COMMANDS)]


@pytest.mark.parametrize("page", PAGES)
def test_help_page(isobole: Isobole, page: str) -> None:
    ran = isobole(*page.split(), "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert max(map(len, ran.out.splitlines())) <= 80
    golden = GOLDEN / f"{page.replace(' ', '-') or 'isobole'}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")


def test_notes_stand_apart_from_their_examples(isobole: Isobole) -> None:
    lines = isobole("--help").out.splitlines()
    noted = {text: note for text, note in EXAMPLES if note}
    columns = [
        line.index(note)
        for text, note in noted.items()
        for line in lines
        if line.startswith(f"  {text}  ")
    ]
    assert len(columns) == len(noted)
    assert len(set(columns)) == 1


@pytest.mark.parametrize("page", ["", *GROUPS])
def test_lists_of_commands_fold_in_a_narrow_terminal(
    isobole: Isobole, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = isobole(*page.split(), "--help").out.splitlines()
    # An example is copied, so it stays on one line.
    assert {line for line in lines if len(line) > 60} <= {
        f"  {text}" for text, _ in EXAMPLES
    }


def test_every_golden_page_has_its_command() -> None:
    written = {file.stem for file in GOLDEN.glob("*.txt")}
    assert written == {page.replace(" ", "-") or "isobole" for page in PAGES}


@pytest.mark.parametrize(("name", "summary"), [(n, s) for n, _, s in COMMANDS])
def test_the_list_says_what_the_docstring_says(name: str, summary: str) -> None:
    app = build_app()
    for word in name.split():
        app = app[word]
    assert app.default_command is not None
    assert (app.default_command.__doc__ or "").splitlines()[0] == summary


def test_choices_are_those_of_the_library() -> None:
    assert get_args(_flags.Link) == tuple(LINKS)
    assert get_args(_flags.Method) == _options.METHODS
    assert get_args(_flags.Information) == _options.INFORMATION
    assert get_args(_flags.Heterogeneity) == _options.HETEROGENEITY
    assert get_args(_flags.Interval) == _options.INTERVALS
    assert get_args(_flags.Convention) == tuple(_options.CONVENTIONS)
    assert get_args(_synergy.Variance) == _summary_test.VARIANCE_RULES
    assert get_args(_synergy.Null) == _verdict.NULLS
    assert get_args(_synergy.IndexInterval) == _analysis.INDEX_INTERVALS
    assert get_args(_synergy.Design) == _data.DESIGNS
    assert get_args(_synergy.RatioBy) == _combination_ratio.RATIO_BY
    assert get_args(_plan_protection.ProtectionTest) == tuple(_protection.LABELS)
    assert get_args(_plan_latency.LatencyTest) == tuple(_latency.LABELS)
    assert set(get_args(_plan_interaction.Basis)) == set(_combination_ratio.RATIO_BY)


def test_examples_name_commands_that_exist() -> None:
    names = {name for name, _, _ in COMMANDS}
    for example, _ in EXAMPLES:
        words = example.split()[1:]
        assert words[0] in names or " ".join(words[:2]) in names


@pytest.mark.parametrize("words", [["-h"], [], ["ed50", "-h"]])
def test_short_ways_to_help(isobole: Isobole, words: list[str]) -> None:
    ran = isobole(*words)
    assert ran.code == 0
    assert "Usage: isobole" in ran.out


def test_version(isobole: Isobole) -> None:
    from isobole import __version__

    assert isobole("--version").out.strip() == __version__
