"""The bundled pages: every form, statements from each, and the case asked of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from isobole.monograph import Monograph, ask, build, demo_pages, open_collection, read
from isobole.results import OptionError
from monograph_ask_cases import GOLDEN


@pytest.fixture(scope="module")
def pages() -> dict[str, Monograph]:
    return {path.stem: read(path) for path in sorted(demo_pages().iterdir())}


def test_every_form_is_there(pages: dict[str, Monograph]) -> None:
    assert {page.kind for page in pages.values()} == {"A", "B0", "B1", "guide"}
    for page in pages.values():
        assert page.statements
        assert "written for isobole, not clinical" in page.text.lower()


def test_defects_are_left_in(pages: dict[str, Monograph]) -> None:
    codes = {one.code for one in pages["magnesium-valproate"].findings}
    assert codes >= {"faq-answer-in-question", "description-truncated"}


def test_the_golden_case_of_the_demo(pages: dict[str, Monograph]) -> None:
    case = replace(GOLDEN, about="magnesium valproate")
    found = ask(tuple(pages.values()), case)
    liver = found.finding("liver-disease")
    assert liver is not None
    assert liver.conflict
    planned = found.finding("planning-pregnancy")
    assert planned is not None
    assert planned.conflict
    starts = [line for line in found.doses if line.mg == "620–930 mg/day"]
    assert starts
    assert all("divalproex regimen" in line.basis for line in starts)
    pair = found.finding("interaction")
    assert pair is not None
    # Each page says what the other leaves out: the pair has both directions.
    assert "Effect on carbamazepine: active metabolite" in pair.consequence
    assert "effect on valproate: valproate level decreased" in pair.consequence
    files = {one.span.file for one in pair.supports}
    assert files == {"magnesium-valproate.md", "carbamazepine.md"}
    named = " ".join(one.page for one in found.excluded)
    assert "guide" in named
    assert "lamotrigine" in named


def test_pages_of_several_drugs_need_a_word(pages: dict[str, Monograph]) -> None:
    with pytest.raises(OptionError, match="say which"):
        ask(tuple(pages.values()), replace(GOLDEN, drugs=None))


def test_a_built_collection_gives_the_same_answer(
    pages: dict[str, Monograph], tmp_path: Path
) -> None:
    build(demo_pages(), tmp_path / "out")
    built = open_collection(tmp_path / "out")
    case = replace(GOLDEN, about="magnesium valproate")
    one, other = ask(tuple(pages.values()), case), ask(built, case)
    assert [x.to_dict() for x in one.findings] == [x.to_dict() for x in other.findings]
    assert [x.to_dict() for x in one.doses] == [x.to_dict() for x in other.doses]
    # Pages of other drugs are counted, not loaded.
    assert [x.page for x in other.excluded] == [
        "magnesium-with-valproate-guide.txt",
        "2 further pages",
    ]
    with pytest.raises(OptionError, match="say which"):
        ask(built, replace(GOLDEN, drugs=None))
