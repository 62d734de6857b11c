"""Rules as data: one reviewable TOML file each, checked when they are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from isobole.monograph._case import Pregnancy, Sex
from isobole.monograph._concepts import concepts
from isobole.monograph._drugs import class_names
from isobole.monograph._statement import KINDS
from isobole.results import Problem, ProblemList

STRENGTHS = ("contraindicated", "avoid", "caution", "adjust", "monitor", "inform")
Level = Literal["contraindicated", "avoid", "caution", "adjust", "monitor", "inform"]
FindingKind = Literal[
    "contraindication", "interaction", "warning", "dosing", "monitoring", "lifestyle",
    "information",
]  # fmt: skip


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Condition(_Row):
    """One question about the case; exactly one of the fields, or an age range."""

    sex: Sex | None = None
    age_min: float | None = None
    age_below: float | None = None
    pregnancy: list[Pregnancy] | None = None
    condition: str | None = None
    co_drug: str | None = None
    weight: Literal["known"] | None = None
    indication: str | None = None
    jurisdiction: list[str] | None = None

    @model_validator(mode="after")
    def _one(self) -> Condition:
        given = set(self.model_fields_set)
        if not given or (len(given) > 1 and given != {"age_min", "age_below"}):
            raise ValueError("give one question, or age_min with age_below")
        for name in (self.condition, self.indication):
            if name is not None and name not in concepts():
                raise ValueError(f"there is no concept '{name}'")
        special = {"each", "same moiety"}
        if self.co_drug is not None and self.co_drug not in special | class_names():
            raise ValueError(f"there is no class '{self.co_drug}'")
        return self


class Trigger(_Row):
    """When the rule speaks: all of these and, if given, any of those."""

    all: list[Condition] = Field(default_factory=list)
    any: list[Condition] = Field(default_factory=list)


class Selector(_Row):
    """Which statements of any page count, by kind, scope and value, never by id."""

    kinds: list[str]
    concepts: list[str] = Field(default_factory=list)
    strengths: list[Level] = Field(default_factory=list)
    values: str | None = None
    words: str | None = None
    not_words: str | None = None
    frequencies: str | None = None
    certainty: Literal["asserted", "hedged"] | None = None
    jurisdictions: list[str] = Field(default_factory=list)
    partner: bool = False
    about: Literal["everyone"] | None = None

    @model_validator(mode="after")
    def _exist(self) -> Selector:
        for kind in self.kinds:
            if kind not in KINDS:
                raise ValueError(f"there is no kind '{kind}'")
        for name in self.concepts:
            if name not in concepts():
                raise ValueError(f"there is no concept '{name}'")
        for pattern in (self.values, self.words, self.not_words, self.frequencies):
            try:
                re.compile(pattern or "")
            except re.error as error:
                raise ValueError(f"'{pattern}' is no pattern: {error}") from None
        return self


class Wording(_Row):
    """What the finding is and how it is worded."""

    kind: FindingKind
    strength: Level
    affected: str
    direction: str
    consequence: str
    action: str


class Rule(_Row):
    """A rule: when it speaks, what it finds, what speaks for and against it.

    `absence` says when "not stated" is worth a row: ``"asked"`` when the case asks for
    it, ``"always"``, or ``"never"``. `jurisdiction` says whether a statement of one
    country counts only in that country (``"limits"``) or everywhere (``"shown"``).
    """

    id: str
    title: str
    order: int
    coverage: str
    absence: Literal["asked", "always", "never"] = "asked"
    jurisdiction: Literal["limits", "shown"] = "limits"
    asks: list[str] = Field(default_factory=list)
    policies: list[Literal["clinical", "ai-generated"]] = ["clinical", "ai-generated"]
    trigger: Trigger
    finding: Wording
    supports: list[Selector] = Field(default_factory=list)
    opposes: list[Selector] = Field(default_factory=list)
    related: list[Selector] = Field(default_factory=list)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the bundled rules in their order.

    Examples
    --------
    >>> [rule.id for rule in rules()][:3]
    ['pregnant', 'planning-pregnancy', 'planning-advice']
    """
    folder = files("isobole.monograph") / "rules"
    return read_rules(
        {
            entry.name: entry.read_text(encoding="utf-8")
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith(".toml")
        }
    )


def read_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """Read rules from the texts of TOML files, by file name.

    Parameters
    ----------
    texts : mapping
        File name to text; a file is named as its rule's id.

    Raises
    ------
    DataError
        With every problem of every file: an unknown field, kind, concept or class, a
        pattern that is none, an id given twice or not the file's name.
    """
    problems = ProblemList()
    found: dict[str, Rule] = {}
    for file, text in texts.items():
        try:
            rule = Rule.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            problems.add(_problem(file, "", f"this is not TOML: {error}"))
            continue
        except ValidationError as error:
            for told in error.errors():
                place = ".".join(map(str, told["loc"]))
                problems.add(_problem(file, place, told["msg"]))
            continue
        if rule.id != file.removesuffix(".toml"):
            problems.add(_problem(file, "id", "the id is not the file's name"))
        elif rule.id in found:
            problems.add(_problem(file, "id", f"'{rule.id}' stands twice"))
        found[rule.id] = rule
    problems.raise_errors()
    return tuple(sorted(found.values(), key=lambda rule: (rule.order, rule.id)))


def _problem(file: str, place: str, told: str) -> Problem:
    return Problem(
        "bad-rule",
        f"The rule cannot be used: {told}",
        file=file,
        column=place or None,
        remedy="Correct the rule; the others are examples",
    )
