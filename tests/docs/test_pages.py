"""The pages do not lie: their commands run, their answers are what comes out."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!`)\[[^\]]*\]\((?P<to>[^)\s]+)\)")
# Half a unit of the third decimal of a typographic point: not to be seen.
POINT = 0.01


def test_answers_are_as_shown(page: str, build: ModuleType, tmp_path: Path) -> None:
    for _, said in build.run(page, build.workplace(tmp_path)):
        assert said.agrees, f"{said.page}, block\n{said.code}\nnow says\n{said.said}"


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as common forges make them."""
    heads = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}


def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for match in LINK.finditer(path.read_text("utf-8")):
        target, _, anchor = match["to"].partition("#")
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), match["to"]
        assert not anchor or anchor in anchors(file), match["to"]


def test_every_page_is_reached_from_the_index(build: ModuleType) -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    linked = {match["to"].partition("#")[0] for match in LINK.finditer(index)}
    made = {f"docs/{name}" for name in linked}
    wanted = {*build.pages(), *build.GENERATED} - {"README.md", "docs/index.md"}
    assert wanted <= made


@pytest.mark.parametrize("name", ["docs/reference.md", "docs/cli.md"])
def test_generated_page_is_up_to_date(name: str, build: ModuleType) -> None:
    make = build.reference_page if "reference" in name else build.cli_page
    assert (ROOT / name).read_text("utf-8") == make(), "run make docs"


def test_reference_has_every_public_name() -> None:
    import isobole as ib

    page = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert [n for n in ib.__all__ if f"\n### {n}\n" not in page] == []


def test_pictures_are_as_drawn_now(build: ModuleType) -> None:
    drawn = build.images()
    folder = ROOT / "docs" / "images"
    files = [f for f in folder.iterdir() if f.is_file()]  # of the lab: test_lab_page
    assert {f"docs/images/{f.name}" for f in files} == set(drawn)
    for name, now in drawn.items():
        shown = (ROOT / name).read_text("utf-8")
        ElementTree.fromstring(shown)
        number = r"-?\d+\.\d+"
        assert re.sub(number, "0", shown) == re.sub(number, "0", now), name
        pairs = [list(map(float, re.findall(number, text))) for text in (shown, now)]
        np.testing.assert_allclose(*pairs, atol=POINT, err_msg=name)


def test_pages_name_no_machine(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", text)


def test_the_example_of_the_picture_is_the_bundled_data() -> None:
    from isobole import datasets

    copied = (ROOT / "examples" / "rotenone.csv").read_bytes()
    assert copied == datasets.path("rotenone").read_bytes()
