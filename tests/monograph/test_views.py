"""Views for a web application: whole documents, nothing of a form or page acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from isobole.monograph import (
    Case,
    ask,
    ask_html,
    build,
    case_of,
    open_collection,
    page_html,
    read,
    record,
    search,
    search_html,
    source_html,
)
from isobole.results import RESEARCH_ONLY, OptionError
from monograph_pages import text_of

EVIL = "</q><script>alert(1)</script>\" onfocus='alert(2)'"


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.tags


def is_whole_and_calm(html: str) -> None:
    """Assert a research-use line, one heading, labelled fields, and no script."""
    found = tags(html)
    names = [tag for tag, _ in found]
    assert html.startswith("<!DOCTYPE html>")
    assert RESEARCH_ONLY in html
    assert names.count("h1") == 1
    assert "default-src 'none'" in html
    labelled = {about["for"] for tag, about in found if tag == "label"}
    for tag, about in found:
        assert tag not in ("iframe", "img", "object")
        assert tag != "script" or about.get("type") == "application/ld+json"
        assert not any(name.startswith("on") or name == "style" for name in about)
        assert not (about.get("href") or "").startswith("javascript:")
        if tag in ("input", "select"):
            assert about["id"] in labelled
    ids = [about["id"] for _, about in found if "id" in about]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(b <= a + 1 for a, b in pairwise(levels))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name in ("a_clean.md", "b1_clean.md"):
        (folder / name).write_text(text_of(name), "utf-8")
    text = f"---\ntitle: Evil\n---\n## Usage\n- Against seizures {EVIL} of sorts.\n"
    (folder / "evil.md").write_text(text, "utf-8")
    build(folder, folder / "site")
    return folder / "site"


def test_a_page_is_that_of_the_site(site: Path) -> None:
    pages = open_collection(site)
    for one in pages.listed():
        page = pages.page(one.file)
        html, source = page_html(page, one.slug), source_html(page, one.slug)
        is_whole_and_calm(html)
        is_whole_and_calm(source)
        assert source == (site / "source" / f"{one.slug}.html").read_text("utf-8")
        lines = {about.get("id") for _, about in tags(source)}
        for said in page.statements:
            assert f"../source/{one.slug}.html#L{said.span.line}" in html
            assert f"L{said.span.line}" in lines


def test_search_links_into_the_site(site: Path) -> None:
    found = search(site, "seizures")
    html = search_html("seizures", found, root="/m/")
    is_whole_and_calm(html)
    assert len(found.hits) >= 2
    links = [about["href"] for tag, about in tags(html) if tag == "a"]
    for hit in found.hits:
        assert f"/m/pages/{hit.slug}.html" in links
        assert f"/m/source/{hit.slug}.html#L{hit.line}" in links
        assert (site / "pages" / f"{hit.slug}.html").is_file()


def test_search_says_what_is_wrong(site: Path) -> None:
    none = search_html("nowhere", search(site, "nowhere"))
    is_whole_and_calm(none)
    assert "That is no finding" in none
    words = search_html("seizures AND (", search(site, "seizures AND ("))
    assert "was read as plain words" in words
    hostile = search_html(EVIL, search(site, EVIL), problem=EVIL, action=EVIL)
    is_whole_and_calm(hostile)
    assert (
        next(about["value"] for tag, about in tags(hostile) if tag == "input") == EVIL
    )


def test_ask_says_everything_the_answer_says() -> None:
    sent = {
        "sex": "female", "age": "24", "pregnancy": "planning", "weight_kg": "62",
        "drugs": "carbamazepine", "conditions": "liver disease",
    }  # fmt: skip
    case = case_of(sent)
    assert case == Case(
        sex="female", age=24, pregnancy="planning", weight_kg=62,
        drugs=("carbamazepine",), conditions=("liver disease",),
    )  # fmt: skip
    found = ask(record(), case)
    html = ask_html(found, sent)
    is_whole_and_calm(html)
    assert not re.search(r"\bsafe\b", html, re.IGNORECASE)
    for one in found.findings:
        assert one.title in html
    for gap in found.gaps:
        assert gap.what.replace("'", "&#39;") in html.replace("&#x27;", "&#39;")
    assert "620–930 mg/day" in html
    assert html.index("Below the contraindications") < html.index("620–930 mg/day")
    chosen = [about["value"] for tag, about in tags(html) if "selected" in about]
    assert chosen == ["female", "planning"]


def test_an_empty_form_answers_nothing() -> None:
    html = ask_html(problem="age is 'x'", form={"age": EVIL})
    is_whole_and_calm(html)
    assert "What the pages say" not in html
    assert "age is &#39;x&#39;" in html
    fields = [about for tag, about in tags(html) if tag in ("input", "select")]
    assert {about["name"] for about in fields} == set(Case().to_dict())


def test_a_hostile_case_is_only_words() -> None:
    sent = {"conditions": EVIL, "drugs": EVIL}
    page = read(f"---\ntitle: Evil\n---\n## Contraindications\n- Gout {EVIL}.\n")
    is_whole_and_calm(ask_html(ask((page,), case_of(sent)), sent))


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"age": "old"}, "age is 'old'; give a number"),
        ({"weight_kg": "62,5"}, "with a point"),
        ({"weight_kg": "inf"}, "give kilograms"),
        ({"sex": "f"}, "allowed are 'female', 'male'"),
        ({"sexe": "female"}, "field is 'sexe'"),
        ({"sex": "male", "pregnancy": "pregnant"}, "Leave it out"),
        ({"conditions": "gout", "without": "gout"}, "say which"),
    ],
)
def test_refusals(sent: dict[str, str], told: str) -> None:
    with pytest.raises(OptionError, match=re.escape(told)):
        case_of(sent)


def test_fields_of_words() -> None:
    assert case_of({}) == case_of({"age": " ", "drugs": ""}) == Case()
    # Nothing between semicolons is not "none".
    assert case_of({"drugs": " ; ", "conditions": ";"}) == Case()
    assert case_of({"drugs": "None"}).drugs == ()
    assert case_of({"without": "gout; porphyria;"}).without == ("gout", "porphyria")
