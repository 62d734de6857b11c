"""Search: the right sections first, and every query ends in an answer or a sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from isobole.monograph import build, open_collection, search
from isobole.results import DataError, OptionError
from monograph_pages import text_of


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name in ("a_clean.md", "b0_clean.md", "b1_clean.md"):
        (folder / name).write_text(text_of(name), "utf-8")
    (folder / "z.md").write_text(
        "---\ntitle: Zonex\n---\n## Usage\n- Seizures.\n\n## Dosage\n"
        "- 5 mg/kg twice daily against narcolepsy.\n"
    )  # fmt: skip
    build(folder, folder / "site")
    return folder / "site"


def test_hits_are_what_fts5_gives(site: Path) -> None:
    found = search(site, "dose OR seizure", limit=5)
    with closing(sqlite3.connect(site / "index.db")) as db:
        raw = db.execute(
            "SELECT s.line, p.file, bm25(section_fts, 4.0, 2.0, 1.0) AS score "
            "FROM section_fts JOIN section s ON s.id = section_fts.rowid "
            "JOIN page p ON p.id = s.page WHERE section_fts MATCH 'dose OR seizure' "
            "ORDER BY score LIMIT 5"
        ).fetchall()
    assert found.read_as == "query"
    assert len(found.hits) == 5
    assert sorted(round(-hit.score, 9) for hit in found.hits) == sorted(
        round(score, 9) for _, _, score in raw
    )
    assert [hit.score for hit in found.hits] == sorted(
        (hit.score for hit in found.hits), reverse=True
    )


def test_a_hit_names_its_place(site: Path) -> None:
    (hit,) = search(site, "narcolepsy").hits
    assert (hit.drug, hit.file, hit.section, hit.line) == ("Zonex", "z.md", "Dosage", 7)
    assert "[narcolepsy]" in hit.snippet
    assert search(site, "drug:zonex AND usage").hits[0].section == "Usage"
    assert {hit.file for hit in search(site, "zonex").hits} == {"z.md"}


@pytest.mark.parametrize(
    "query",
    ["mg/kg", '"twice', "narcolepsy AND", "sect-ion: x-y", "(", "x:y", "NOT it"],
)
def test_what_is_no_expression_is_read_as_words(site: Path, query: str) -> None:
    if query == "(":
        with pytest.raises(OptionError, match="no word"):
            search(site, query)
        return
    found = search(site, query)
    assert found.read_as == "words"
    (problem,) = found.problems
    assert problem.severity == "notice"
    assert "plain words" in problem.message
    if query in ("mg/kg", '"twice', "narcolepsy AND"):
        assert "z.md" in {hit.file for hit in found.hits}


@given(st.text(max_size=40))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_query_breaks_it(site: Path, query: str) -> None:
    try:
        found = search(site, query)
    except OptionError:
        assert not any(char.isalnum() for char in query.replace("_", ""))
    else:
        assert len(found.hits) <= 20


def test_no_hit_is_said_to_be_no_finding(site: Path) -> None:
    assert "no finding" in str(search(site, "nowhereatall"))


def test_limits_and_places(site: Path, tmp_path: Path) -> None:
    for limit in (0, -1, 10_001):
        with pytest.raises(OptionError, match="limit"):
            search(site, "dose", limit)
    with pytest.raises(DataError, match="no index"):
        search(tmp_path, "dose")
    (tmp_path / "index.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(DataError, match="no index of isobole"):
        search(tmp_path, "dose")


def test_pages_by_file_name_and_title(site: Path) -> None:
    collection = open_collection(site)
    assert collection.page("z.md").title == "Zonex"
    assert collection.page("ZONEX").file == "z.md"
    assert collection.search("narcolepsy").hits[0].slug == "z"
    with pytest.raises(DataError, match="No page is called"):
        collection.page("zonex tablets")
    assert [listed.file for listed in collection.listed()] == [
        "a_clean.md", "b0_clean.md", "b1_clean.md", "z.md",
    ]  # fmt: skip
