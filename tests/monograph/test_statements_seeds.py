"""Every fact of the seeds is a statement, and changed seeds give changed statements.

The seeds and the list of their facts are read in place. The list is known to this test
only; the reader never sees it.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from isobole.monograph import Monograph, Statement, read
from monograph_pages import SEEDS, seed

FACTS = SEEDS.parent / "reference" / "seed_facts.json"
NUMBERS = ("000", "001", "002")
# One name of the list that stands for two statements here: each channel is its own.
TOGETHER = {"Na/K channels": ("sodium channel", "potassium channel")}


@cache
def page_of(number: str) -> Monograph:
    return read(seed(number))


def facts() -> list[dict[str, Any]]:
    if not FACTS.is_file():
        reason = "the list of the seeds' facts is not beside this checkout"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    found: list[dict[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8"))["facts"]
    return found


def squeezed(text: str) -> str:
    return " ".join(text.split())


def equal(given: Any, said: Any) -> bool:
    """Compare as stated: a list is a range, and True is not 1."""
    if isinstance(given, list):
        return isinstance(said, tuple) and list(said) == given
    if isinstance(given, bool) or isinstance(said, bool):
        return given is said
    return bool(given == said)


def states(fact: dict[str, Any], near: list[Statement]) -> bool:
    """Say whether a statement gives the fact's kind, value and unit.

    A fact without value asks for its kind and words, and for no number: "no maximum" is
    no maximum.
    """
    same = [said for said in near if said.kind == fact["kind"]]
    value, unit = fact.get("value"), fact.get("unit")
    if isinstance(value, str) and value in TOGETHER:
        return all(states({**fact, "value": one}, near) for one in TOGETHER[value])
    if value is None:
        return any(said.value is None or isinstance(said.value, str) for said in same)
    return any(equal(value, said.value) and unit == said.unit for said in same)


def test_every_fact_is_a_statement() -> None:
    listed = facts()
    assert len(listed) == 334
    missing = []
    for fact in listed:
        lines = fact["line"] if isinstance(fact["line"], list) else [fact["line"]]
        near = [
            said
            for said in page_of(fact["seed_file"][:3]).statements
            if squeezed(fact["quote"]) in squeezed(said.span.quote)
            and any(said.span.line <= line <= said.span.end_line for line in lines)
        ]
        if not states(fact, near):
            missing.append(
                (fact["id"], fact["kind"], fact.get("value"), fact.get("unit"))
            )
    assert missing == []


@pytest.mark.parametrize("number", NUMBERS)
def test_spans_are_the_pages_own_words(number: str) -> None:
    page = page_of(number)
    lines = page.text.split("\n")
    for said in page.statements:
        span = said.span
        assert page.text[span.start : span.end] == span.quote != ""
        assert span.quote.split("\n")[0] in lines[span.line - 1]
        assert span.end_line - span.line == span.quote.count("\n")


@pytest.mark.parametrize("number", NUMBERS)
def test_spans_are_sentences_or_less(number: str) -> None:
    page = page_of(number)
    for said in page.statements:
        # The description is folded; a name or field may hold a full stop of its own.
        if said.kind in ("page_metadata", "identity", "reference", "text"):
            continue
        words = re.sub(r"\b(?:vs|e\.g|i\.e|Ph\.D)\.", "", said.span.quote)
        words = re.sub(r"^\*\*[^*]+\*\*", "", words)
        assert not re.search(r"[a-z)]\.(?:\^?\[\d\])*\s+[A-Z]", words), said.span


@pytest.mark.parametrize("number", NUMBERS)
def test_no_line_is_left_unsaid(number: str) -> None:
    page = page_of(number)
    said: set[int] = set()
    for statement in page.statements:
        said.update(range(statement.span.line, statement.span.end_line + 1))
    headings = {section.line for section in page.sections if not section.inline}
    missing = []
    for section in page.sections:
        for block in section.blocks:
            if block.kind == "rule":
                continue
            for line in range(block.line, block.end_line + 1):
                words = page.text.split("\n")[line - 1].strip()
                if words.strip("-*|: \t") and line not in said | headings:
                    missing.append(line)
    # Lines 39, 50 and 83 of the guide are the headers of its tables, 56 a divider.
    expected = {"002": [39, 50, 83]}
    assert missing == expected.get(number, [])


@pytest.mark.parametrize("number", NUMBERS)
def test_ids_are_unique_and_stable(number: str) -> None:
    page = page_of(number)
    ids = [said.id for said in page.statements]
    assert len(set(ids)) == len(ids)
    assert [said.id for said in read(seed(number)).statements] == ids


def core(
    page: Monograph, keep: Callable[[Statement], bool] = lambda said: True
) -> Counter[tuple[str, str, str]]:
    """Count statements by kind, value and unit."""
    return Counter(
        (said.kind, repr(said.value), str(said.unit))
        for said in page.statements
        if keep(said)
    )


def changed(number: str, change: Callable[[str], str]) -> Monograph:
    text = seed(number).read_text(encoding="utf-8")
    new = change(text)
    assert new != text
    return read(new, name=seed(number).name)


DOSES = (
    "dose_initial",
    "dose_titration",
    "dose_max",
    "dose_division",
    "dose_maintenance",
)


def test_doses_follow_the_numbers() -> None:
    quantity = re.compile(r"\b(\d+)(?:-(\d+))?(?=\s*mg\b)")

    def triple(match: re.Match[str]) -> str:
        low, high = match.groups()
        return f"{int(low) * 3}-{int(high) * 3}" if high else str(int(low) * 3)

    before = [said for said in page_of("000").statements if said.kind in DOSES]
    page = changed("000", lambda text: quantity.sub(triple, text))
    after = [said for said in page.statements if said.kind in DOSES]
    assert len(before) == len(after) > 12
    for old, new in zip(before, after, strict=True):
        value: Any = old.value
        if isinstance(value, tuple):
            value = tuple(number * 3 for number in value)
        elif value is not None:
            value = value * 3
        assert (new.kind, new.value, new.unit) == (old.kind, value, old.unit)
        assert new.scope == old.scope


def test_interactions_follow_the_drugs() -> None:
    names = {"carbamazepine": "zorlimab", "phenytoin": "quaxepril",
             "lamotrigine": "ibrozole",
             "erythromycin": "tivacillin", "warfarin": "subrolan"}  # fmt: skip

    def rename(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new).replace(old.capitalize(), new.capitalize())
        return text

    expected = Counter(
        {
            (kind, rename(value), unit): count
            for (kind, value, unit), count in core(page_of("000")).items()
        }
    )
    page = changed("000", rename)
    assert core(page) == expected
    for said in page.statements:
        if said.kind == "interaction":
            assert said.value not in names
    effects = {
        (said.value, said.details.get("affected"), said.details.get("direction"))
        for said in page.statements
        if said.kind == "interaction" and said.details.get("direction")
    }
    assert ("zorlimab", "valproate level", "decrease") in effects
    assert ("tivacillin", "valproate level", "increase") in effects
    assert ("ibrozole", "ibrozole level", "increase") in effects


@pytest.mark.parametrize("number", ["000", "001"])
def test_nothing_hangs_on_the_name_of_the_substance(number: str) -> None:
    def rename(text: str) -> str:
        for old, new in (("valproate", "exampline"), ("agnesium", "alcium")):
            text = re.sub(old, new, text)
            text = re.sub(old.capitalize(), new.capitalize(), text)
        return text

    expected: Counter[tuple[str, str, str]] = Counter()
    for (kind, value, unit), count in core(page_of(number)).items():
        expected[kind, rename(value), unit] += count
    assert core(changed(number, rename)) == expected


def test_a_direction_turned_round_turns_the_statement() -> None:
    page = changed(
        "000", lambda text: text.replace("can decrease val", "can increase val")
    )
    found = {
        said.details["direction"]
        for said in page.statements
        if said.kind == "interaction" and said.value in ("carbamazepine", "phenytoin")
        and "direction" in said.details
    }  # fmt: skip
    assert found == {"increase"}


def test_a_section_removed_takes_its_statements_along() -> None:
    def cut(text: str) -> str:
        begin = text.index("## Contraindications")
        return text[:begin] + text[text.index("## Drug Interactions") :]

    def other(said: Statement) -> bool:
        return said.section[:1] != ("Contraindications",)

    page = changed("000", cut)
    assert core(page) == core(page_of("000"), other)
    assert core(page) != core(page_of("000"))


def test_the_order_of_a_list_does_not_matter() -> None:
    def turn(text: str) -> str:
        begin = text.index("## Contraindications")
        end = text.index("## Drug Interactions")
        lines = text[begin:end].split("\n")
        items = [line for line in lines if line.startswith("- ")]
        turned = iter(reversed(items))
        new = [next(turned) if line.startswith("- ") else line for line in lines]
        return text[:begin] + "\n".join(new) + text[end:]

    page = changed("000", turn)
    assert core(page) == core(page_of("000"))
    first = [said for said in page.statements if said.section == ("Contraindications",)]
    assert str(first[0].value).startswith("pregnancy")


def test_a_maximum_taken_away_is_stated_as_missing() -> None:
    page = changed("000", lambda text: re.sub(r" Maximum 1000\b[^.]*\.", "", text))
    migraine = [
        said
        for said in page.statements
        if said.kind == "dose_max" and said.scope.indication == "migraine prophylaxis"
    ]
    assert [said.value for said in migraine] == [None]
    assert migraine[0].details["defects"] == ("missing_maximum",)


def test_the_guides_numbers_come_from_its_cells() -> None:
    def change(text: str) -> str:
        for old, new in (("94.58", "12.5"), ("97.41", "250"), ("70.2%", "61.5%"),
                         ("122 patients", "88 patients"), ("60-85 mg", "40-55 mg"),
                         ("least one week", "least two weeks")):  # fmt: skip
            assert old in text
            text = text.replace(old, new)
        return text

    page = changed("002", change)
    medians = [said.value for said in page.statements if said.kind == "ed50"]
    assert medians == [12.5, 250, 176.96, 129.26]
    assert ("clinical_result", "(61.5, 47.2)", "%") in core(page)
    assert ("clinical_population", "88", "patients") in core(page)
    assert ("protocol_step", "(40, 55)", "mg/kg") in core(page)
    assert ("protocol_step", "2", "week (minimum)") in core(page)


def test_the_guide_is_for_research_only() -> None:
    assert {said.policy for said in page_of("002").statements} == {"research-only"}
    assert {said.policy for said in page_of("000").statements} == {"ai-generated"}


def test_the_list_of_facts_is_not_read_by_the_program() -> None:
    source = Path(__file__).parents[2] / "src"
    for path in source.rglob("*.py"):
        assert "seed_facts" not in path.read_text(encoding="utf-8"), path
