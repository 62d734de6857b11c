"""The processes of a build, and what is collected while they read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from isobole.monograph import build
from isobole.monograph._build_pool import Workers
from isobole.monograph._build_terms import Collector
from isobole.monograph._collection_store import flush
from isobole.monograph._site_search import PART
from isobole.monograph._site_text import said
from isobole.results import DataError, IsoboleError
from monograph_pages import text_of


def ended(code: int) -> None:
    """End the process that works, as one that ran out of memory ends."""
    os._exit(code)


def test_a_process_that_ends_is_an_error_with_a_remedy() -> None:
    with Workers(2) as workers:
        result = workers.begin(ended, 1)
        with pytest.raises(IsoboleError, match="Run the build again"):
            result()
    with Workers(2) as workers, pytest.raises(IsoboleError, match="jobs=1"):
        list(workers.each(ended, [1, 2, 3]))


def test_a_disk_that_refuses_is_told_from_another_process(tmp_path: Path) -> None:
    with Workers(2) as workers:
        result = workers.begin(flush, tmp_path / "gone" / "index.db")
        with pytest.raises(DataError, match="index cannot be written") as caught:
            result()
    assert caught.value.problems[0].code == "not-written"


def test_each_gives_every_result_and_one_worker_is_this_process() -> None:
    with Workers(3) as workers:
        assert sorted(workers.each(abs, range(-40, 0))) == list(range(1, 41))
        assert workers.begin(abs, -5)() == 5
    with Workers(1) as workers:
        assert list(workers.each(len, [[], [1]])) == [0, 1]
        assert workers.begin(len, "abc")() == 3


@given(st.permutations(range(7)), st.sets(st.integers(0, 6)))
def test_terms_are_numbered_by_file_however_they_come(
    order: list[int], unread: set[int]
) -> None:
    def files(order: list[int]) -> dict[str, str]:
        collector = Collector([f"p{n}.md" for n in range(7)], Workers(1))
        for n in order:
            terms = (f"P{n}", f"p{n}", f'[{{"word{n}":1,"every":3}},[["A",{n}]]]')
            collector.put(f"p{n}.md", None if n in unread else terms)
        return dict(collector.files())

    found = files(order)
    assert found == files(sorted(order))
    listed = [n for n in range(7) if n not in unread]
    assert f'"pages":{len(listed)},' in found["index.js"]
    for number, n in enumerate(listed):
        assert f'"word{n}":[{number},1]' in found["terms-w.js"]


def test_pages_that_cannot_be_read_leave_no_gap_in_the_search(tmp_path: Path) -> None:
    source, fresh = tmp_path / "pages", tmp_path / "fresh"
    source.mkdir()
    fresh.mkdir()
    text = text_of("a_clean.md")
    for number in range(PART + 20):
        words = text if number % 60 == 0 else f"## Usage\n- Relief {number}.\n"
        for folder in (source, fresh):
            (folder / f"p{number:03}.md").write_text(words, "utf-8")
    for number in (0, 7, 80, PART):
        (source / f"p{number:03}.md").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\xff" * 99)
        (fresh / f"p{number:03}.md").unlink()
    report = build(source, tmp_path / "many", jobs=2)
    build(fresh, tmp_path / "one", jobs=1)
    assert report.pages == PART + 16
    assert len(report.problems) == 4
    many, one = (
        {path.name: path.read_bytes() for path in (tmp_path / at / "search").iterdir()}
        for at in ("many", "one")
    )
    assert many == one
    assert build(source, tmp_path / "many", jobs=2).parsed == 0


def test_half_a_file_of_an_interrupted_build_is_replaced(tmp_path: Path) -> None:
    source, half, whole = tmp_path / "pages", tmp_path / "half", tmp_path / "whole"
    source.mkdir()
    (source / "a.md").write_text(text_of("a_clean.md"), "utf-8")
    build(source, whole)
    names = ["index.html", "findings.html", "search/index.js", "assets/site.css"]
    names += ["pages/a.html", "source/a.html", "interactions/index.html"]
    for name in names:
        (half / name).parent.mkdir(parents=True, exist_ok=True)
        (half / name).write_bytes((whole / name).read_bytes()[:70])
    (half / "pages" / "a.html").unlink()
    (half / "pages" / "a.html").symlink_to(tmp_path / "elsewhere.html")
    build(source, half)
    for name in names:
        assert (half / name).read_bytes() == (whole / name).read_bytes()
    assert not (tmp_path / "elsewhere.html").exists()
    assert not list(half.rglob("*.part"))


@given(st.text("ab*_` \n\t\x00é", max_size=90), st.integers(2, 12))
def test_what_is_said_is_cut_as_if_all_of_it_were_read(text: str, longest: int) -> None:
    whole = text
    if not text.isprintable():
        whole = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\ufffd", whole)
        whole = " ".join(whole.split())
    if "_" in whole:
        whole = re.sub(r"\*\*|__|`", "", whole)
    else:
        whole = whole.replace("**", "").replace("`", "")
    if len(whole) > longest:
        whole = whole[: longest - 1].rsplit(" ", 1)[0] + " …"
    assert said(text, longest) == whole
