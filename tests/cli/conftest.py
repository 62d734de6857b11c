"""Run the command line inside the process, and as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from isobole.cli import main
from isobole.datasets import path
from isobole.results import schema

# Fields that are null because nothing was given, not because nothing could be found.
NOT_GIVEN = {
    "reason", "note", "curve", "unit", "endpoint", "seed", "convention", "clusters",
    "natural_response", "by", "data_sha256", "file", "row", "column", "given",
    "expected", "remedy", "standard", "p_adjusted", "samples", "log10_se",
    # log10_se: limits that need no standard error stand where none exists.
}  # fmt: skip

# The same, of one command: options left out, figures that a paper does not print.
ALSO_NOT_GIVEN = {
    "synergy": {
        "margin", "planned_index", "ladder", "slope_for_bound", "heterogeneity",
    },
    "audit": {
        "ed50", "sem", "n", "index", "significance", "verdict", "rule", "test", "sides",
        "ratio", "ratio_by", "printed", "recomputed_index_rule",
        "recomputed_index_reason",
    },
    "plan-interaction": {"ratio", "mixture_slope", "doses", "margin"},
    "plan-ratio": {"substances", "per_mole_reason"},
    "monograph-ask": {
        "sex", "age", "pregnancy", "weight_kg", "drugs", "indication", "jurisdiction",
        "current_use", "about",
    },
    "monograph-fix": {"line", "before", "after"},
    "monograph-build": {"jobs"},
    "monograph-check": {"line", "before", "after"},
    # A statement's scope is null where the page does not say.
    "monograph-show": {
        "line", "before", "after", "value", "strength", "certainty", "page", "in",
        "component", "salt", "route", "formulation", "population", "indication",
        "phase", "jurisdiction", "condition",
    },
    "study-allocate": {"key"},
    # Exact tests have no statistic and no resamples, groups of several drugs no one
    # dose, codes no control and so no Cox model; incidence is of competing deaths.
    "study-analyze": {
        "dose", "statistic", "statistic_name", "df", "adjustment", "overall", "trend",
        "trend_test", "control", "cox", "incidence", "resamples",
    },
    "study-next": {"drug", "minimum", "maximum", "key", "doses"},
    "study-reveal": {"animal", "doses"},
    # standard_error: of a power that is exact. n_treated: of animals in pairs.
    "plan-protection": {"n", "maximum", "standard_error"},
    "plan-latency": {
        "n", "maximum", "standard_error", "control_median", "control_events",
        "hazard_ratio", "treated_median", "treated_events",
    },
    "plan-severity": {
        "n", "maximum", "standard_error", "control", "treated", "odds_ratio",
        "superiority",
    },
    "plan-kindling": {
        "n", "maximum", "standard_error", "n_treated", "mean", "sd", "times",
        "sessions", "control", "treated", "drops", "change", "within_sd",
    },
}  # fmt: skip


def unexplained_nulls(
    value: Any, given: frozenset[str] | set[str] = frozenset(), where: str = "$"
) -> list[str]:
    """Return the paths of nulls that have no reason beside them."""
    if isinstance(value, list):
        return [
            bad
            for index, item in enumerate(value)
            for bad in unexplained_nulls(item, given, f"{where}[{index}]")
        ]
    if not isinstance(value, dict):
        return []
    bad = []
    for key, item in value.items():
        said = value.get("reason") or value.get(f"{key}_reason")
        # No reason is needed where there is a value; where there is none, the value's
        # own null is found.
        expected = key in NOT_GIVEN or key in given or key.endswith("_reason")
        if item is None and not expected and not said:
            bad.append(f"{where}.{key}")
        bad += unexplained_nulls(item, given, f"{where}.{key}")
    return bad


def _check(name: str, value: dict[str, Any]) -> None:
    assert value["schema"] == f"isobole/{name}/1"
    Draft202012Validator.check_schema(schema(name))
    Draft202012Validator(schema(name)).validate(value)
    assert unexplained_nulls(value, ALSO_NOT_GIVEN.get(name, set())) == []


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded


Isobole = Callable[..., Ran]


@pytest.fixture
def isobole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Isobole:
    """Run in an empty folder, 80 columns wide; ``@name`` is a bundled data set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("ISOBOLE_DEBUG", raising=False)

    def run(*words: str) -> Ran:
        capsys.readouterr()
        full = [str(path(w[1:])) if w.startswith("@") else w for w in words]
        code = main(full)
        done = capsys.readouterr()
        return Ran(code, done.out, done.err)

    return run


@pytest.fixture
def python() -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a line of Python in a fresh process."""

    def run(code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def check() -> Callable[[str, dict[str, Any]], None]:
    """Hold JSON to its schema and to the rule of nulls."""
    return _check
