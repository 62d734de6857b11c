"""Statements to ask: the bundled record, and the seeds in place where they are."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from isobole.monograph import Case, Scope, Span, Statement, read, record

SHARED = Path(__file__).parents[2] / "shared"
SEEDS = SHARED / "seeds"
GOLDEN = Case(
    sex="female",
    age=24,
    pregnancy="planning",
    weight_kg=62,
    drugs=("carbamazepine",),
    conditions=("liver disease",),
)


def _absent(path: Path) -> None:
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path.name} must be there under CI")
        pytest.skip(f"{path.name} is not beside this checkout")


def from_record() -> Sequence[Any]:
    """The seeds' part of the bundled record."""
    return record(sources=("000", "001", "002"))


def from_seeds() -> Sequence[Any]:
    """The seeds, read in place."""
    _absent(SEEDS)
    pages = [read(path) for path in sorted(SEEDS.iterdir())]
    return pages


def from_facts() -> Sequence[Any]:
    """What a perfect reader would find: the facts of the seeds, read in place."""
    path = SHARED / "reference" / "seed_facts.json"
    _absent(path)
    facts = json.loads(path.read_text(encoding="utf-8"))["facts"]
    return [_statement(fact) for fact in facts]


_STRENGTHS = {"contraindicated", "avoid", "caution", "adjust", "monitor", "inform"}
_DETAILS = ("affected", "direction", "consequence", "frequency_class", "label_status")


def _statement(fact: dict[str, Any]) -> Statement:
    line = fact["line"] if isinstance(fact["line"], int) else fact["line"][0]
    value = fact["value"]
    condition = fact.get("condition") or ""
    indication = next(
        (
            name
            for word, name in (
                ("epilepsy", "epilepsy"),
                ("bipolar", "bipolar disorder"),
                ("migraine", "migraine prophylaxis"),
            )
            if word in condition and fact["kind"].startswith("dose_")
        ),
        None,
    )
    strength = fact.get("strength")
    if strength == "should not unless":
        strength = "avoid"
    return Statement(
        fact["id"],
        fact["kind"],
        fact["subject"],
        tuple(value) if isinstance(value, list) else value,
        fact["unit"],
        Scope(
            population=fact.get("population"),
            indication=indication,
            condition=condition if fact["kind"] == "contraindication" else None,
        ),
        (fact["section"],),
        Span(fact["seed_file"], line, line, 0, 1, fact["quote"], "0" * 64),
        strength if strength in _STRENGTHS else None,
        fact.get("certainty"),
        "research-only" if fact["seed"] == "002" else "ai-generated",
        {
            "page_subject": "magnesium valproate",
            "modal": fact.get("strength"),
            **{name: fact[name] for name in _DETAILS if fact.get(name)},
            **({"class": fact["class_"]} if fact.get("class_") else {}),
        },
    )


SOURCES = {"record": from_record, "seeds": from_seeds, "facts": from_facts}
