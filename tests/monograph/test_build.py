"""Collections: what is read, kept, left out; nothing half-written or read twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from isobole.monograph import build, check, open_collection, read, with_findings
from isobole.results import DataError, OptionError, encode
from monograph_pages import text_of

NAMES = ("a_clean.md", "b0_clean.md", "b1_clean.md", "guide.txt")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder with the pages of our own writing, one of them deeper."""
    folder = tmp_path / "pages"
    (folder / "more").mkdir(parents=True)
    for name in NAMES:
        place = folder / "more" if name == "guide.txt" else folder
        (place / name).write_text(text_of(name), "utf-8")
    return folder


def everything(site: Path) -> dict[str, str]:
    """Return the hash of every file of a site but the index."""
    return {
        path.relative_to(site).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name != "index.db"
    }


def rows(site: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what the index says, page numbers left out."""
    with closing(sqlite3.connect(site / "index.db")) as db:
        names = {row[0]: row[1] for row in db.execute("SELECT id, file FROM page")}
        found: dict[str, list[tuple[object, ...]]] = {
            "page": sorted(
                db.execute("SELECT file, sha256, title, subject, text FROM page")
            )
        }
        for table in ("section", "statement", "finding", "interaction"):
            found[table] = sorted(
                (
                    (names[row[1]], *row[2:])
                    for row in db.execute(f"SELECT * FROM {table}")
                ),
                key=repr,
            )
        return found


def test_every_page_comes_back_as_it_was_read(source: Path, tmp_path: Path) -> None:
    report = build(source, tmp_path / "site")
    assert (report.pages, report.parsed, report.problems) == (4, 4, ())
    held = {page.file: page for page in open_collection(tmp_path / "site").pages()}
    assert sorted(held) == sorted(["more/guide.txt", *NAMES[:3]])
    for name, page in held.items():
        asread = with_findings(read(source / name, name=name))
        for part in ("text", "sections", "faqs", "findings", "sha256"):
            assert getattr(page, part) == getattr(asread, part), (name, part)
        # Lists in details come back as tuples; in JSON they are the same.
        assert encode(page.statements) == encode(asread.statements)
        assert report.statements >= len(page.statements) > 0
    assert report.statements == sum(len(p.statements) for p in held.values())
    assert report.sections == sum(len(p.sections) for p in held.values())


def test_one_changed_page_is_one_page_read(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(source, site)
    before = everything(site)
    assert build(source, site).parsed == 0
    assert everything(site) == before
    page = source / "a_clean.md"
    page.write_text(page.read_text("utf-8") + "\n## Precautions\n- Avoid alcohol.\n")
    assert build(source, site).parsed == 1
    fresh = tmp_path / "fresh"
    build(source, fresh)
    assert everything(site) == everything(fresh)
    assert rows(site) == rows(fresh)


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    source = tmp_path / "pages"
    source.mkdir()
    for number in range(40):
        text = text_of("a_clean.md").replace("title:", f"title: {number}", 1)
        (source / f"p{number}.md").write_text(text, "utf-8")
    told: list[tuple[int, int | None]] = []
    many = build(
        source, tmp_path / "many", jobs=3, progress=lambda n, of: told.append((n, of))
    )
    one = build(source, tmp_path / "one", jobs=1)
    assert many.parsed == one.parsed == 40
    assert everything(tmp_path / "many") == everything(tmp_path / "one")
    assert rows(tmp_path / "many") == rows(tmp_path / "one")
    assert told[0] == (0, 40)
    assert told[-1] == (40, 40)


def test_what_is_gone_vanishes(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(source, site)
    (source / "b0_clean.md").unlink()
    report = build(source, site)
    assert (report.removed, report.pages, report.parsed) == (1, 3, 0)
    assert not list(site.glob("*/b0*"))
    fresh = tmp_path / "fresh"
    build(source, fresh)
    assert everything(site) == everything(fresh)
    assert rows(site) == rows(fresh)
    with closing(sqlite3.connect(site / "index.db")) as db:
        check = "INSERT INTO section_fts (section_fts) VALUES ('integrity-check')"
        db.execute(check)


def test_a_page_of_the_site_that_was_lost_is_made_again(
    source: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(source, site)
    before = everything(site)
    next((site / "pages").glob("a-clean*")).unlink()
    assert build(source, site).parsed == 1
    assert everything(site) == before


def test_what_cannot_be_read_is_named_and_the_rest_is_built(
    source: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: Secret\n---\n## Usage\n- Not to be seen.\n")
    (source / "link.md").symlink_to(secret)
    (source / "gone.md").symlink_to(source / "nothing.md")
    (source / "circle.md").symlink_to(source / "circle.md")
    (source / "out").symlink_to(tmp_path, target_is_directory=True)
    (source / "huge.md").write_bytes(b"## Usage\n" + b"word " * 2_000_000)
    (source / "photo.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (source / ".hidden.md").write_text("## Usage\n- Hidden.\n")
    os.mkfifo(source / "pipe.md")
    site = tmp_path / "site"
    report = build(source, site)
    assert report.pages == 4
    assert {problem.file: problem.code for problem in report.problems} == {
        "link.md": "link-out-of-folder",
        "gone.md": "page-not-readable",
        "circle.md": "page-not-readable",
        "out": "link-out-of-folder",
        "huge.md": "page-too-large",
        "photo.md": "page-binary",
        "pipe.md": "page-not-a-file",
    }
    assert all(problem.remedy for problem in report.problems)
    text = "".join(p.read_text("utf-8") for p in site.rglob("*.html"))
    assert "Not to be seen" not in text
    assert "Hidden" not in text
    assert "link-out" not in text
    assert "leads" in text or "link to something outside" in text
    again = build(source, site)
    assert again.parsed == 0
    assert again.problems == report.problems


def test_a_page_too_large_is_the_same_to_check_and_build(
    source: Path, tmp_path: Path
) -> None:
    huge = source / "huge.md"
    huge.write_bytes(b"## Usage\n" + b"word " * 2_000_000)
    (built,) = build(source, tmp_path / "site").problems
    assert (built.code, built.severity) == ("page-too-large", "error")
    told = check([huge, source / "a_clean.md"]), check(source)
    for report in told:
        (problem,) = report.problems
        assert replace(problem, file="huge.md") == built
        assert problem.file == huge.as_posix()
        assert "huge.md" not in {Path(page.file).name for page in report.pages}
        assert report.at_least("error")
    with pytest.raises(DataError) as alone:
        check(huge)
    assert [problem.code for problem in alone.value.problems] == ["page-too-large"]


def test_a_long_page_below_the_bound_is_the_same_to_check_and_build(
    source: Path, tmp_path: Path
) -> None:
    long = source / "long.md"
    long.write_bytes(b"## Usage\n" + b"- A word.\n" * 150_000)
    report = build(source, tmp_path / "site")
    assert report.problems == ()
    page = open_collection(tmp_path / "site").page("long.md")
    built = [f for f in page.findings if f.code == "page-too-long"]
    told = [f for f in check(long).findings if f.code == "page-too-long"]
    assert [f.severity for f in built] == ["warning"]
    assert [(f.severity, f.message) for f in told] == [
        (f.severity, f.message) for f in built
    ]


def test_a_page_that_breaks_the_reader_does_not_stop_the_build(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.monograph import _build_worker

    whole = _build_worker.read_page

    def breaks(path: Path, name: str) -> object:
        if name == "a_clean.md":
            raise RuntimeError("a fault of ours")
        return whole(path, name)

    monkeypatch.setattr(_build_worker, "read_page", breaks)
    report = build(source, tmp_path / "site")
    assert report.pages == 3
    (problem,) = report.problems
    assert (problem.code, problem.file) == ("page-not-read", "a_clean.md")
    assert "a fault of ours" in problem.message


def test_names_that_would_meet_are_kept_apart(tmp_path: Path) -> None:
    source = tmp_path / "pages"
    (source / "a").mkdir(parents=True)
    text = text_of("a_clean.md")
    for name in ("a/b.md", "a-b.md", "A-B.txt", "α.md", "β.md"):
        (source / name).write_text(text, "utf-8")
    report = build(source, tmp_path / "site")
    assert report.pages == 5
    assert len(list((tmp_path / "site" / "pages").iterdir())) == 5
    named = os.fsencode(source) + b"/\xff.md"
    Path(os.fsdecode(named)).write_text(text, "utf-8")
    assert build(source, tmp_path / "site").pages == 6


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, Path]:
    """Return pages and a site whose build was killed in the middle."""
    source, site = tmp_path / "many", tmp_path / "site"
    source.mkdir()
    for number in range(120):
        (source / f"p{number:03}.md").write_text(text_of("a_clean.md"), "utf-8")
    code = (
        "import sys, time\n"
        "from isobole.monograph import build\n"
        "def slowly(done, total):\n"
        "    print(done, flush=True)\n"
        "    time.sleep(0.2)\n"
        "build(sys.argv[1], sys.argv[2], jobs=1, progress=slowly)\n"
    )
    words = [sys.executable, "-c", code, str(source), str(site)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 48:
                break
        process.send_signal(signal.SIGKILL)
    return source, site


def test_an_interrupted_build_goes_on(killed: tuple[Path, Path]) -> None:
    source, site = killed
    assert not (site / "index.db").exists()
    report = build(source, site)
    assert report.pages == 120
    assert 48 <= report.resumed < 120
    assert report.parsed == 120 - report.resumed
    fresh = site.with_name("fresh")
    build(source, fresh)
    assert rows(site) == rows(fresh)
    assert everything(site) == everything(fresh)


def test_what_is_published_stays_whole(killed: tuple[Path, Path]) -> None:
    source, site = killed
    build(source, site)
    whole = rows(site)
    (source / "p000.md").write_text(text_of("b1_clean.md"), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        build(source, site, progress=interrupt)
    assert rows(site) == whole
    assert build(source, site).pages == 120
    assert rows(site) != whole


def interrupt(done: int, total: int | None) -> None:
    if done == total:
        raise KeyboardInterrupt


def test_half_a_file_from_a_crash_is_thrown_away(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(source, site)
    (site / ".index.part.db").write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
    assert build(source, site).pages == 4


def test_two_builds_at_once(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"

    def second(done: int, total: int | None) -> None:
        with pytest.raises(DataError, match="Another build"):
            build(source, site)

    assert build(source, site, progress=second).pages == 4


def test_places_that_cannot_be(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        build(tmp_path / "nowhere", tmp_path / "site")
    with pytest.raises(OptionError, match="holds the pages"):
        build(source, source)
    with pytest.raises(OptionError, match="holds the pages"):
        build(source, tmp_path)
    with pytest.raises(OptionError, match="jobs is 0"):
        build(source, tmp_path / "site", jobs=0)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="this is a file"):
        build(source, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no page"):
        build(tmp_path / "empty", tmp_path / "site")
    assert not (tmp_path / "site").exists()
    # The site may lie in the folder of pages, and is no page itself.
    assert build(source, source / "site").pages == 4
    assert build(source, source / "site").pages == 4


def test_an_index_that_cannot_be_put_in_place(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "index.db").mkdir(parents=True)
    with pytest.raises(DataError, match="index cannot be written"):
        build(source, site)
    (site / "index.db").rmdir()
    report = build(source, site)
    assert (report.pages, report.resumed, report.parsed) == (4, 4, 0)


def test_report_says_itself(source: Path, tmp_path: Path) -> None:
    report = build(source, tmp_path / "site")
    assert repr(report) == "BuildReport(4 pages, 4 read, 0 problems)"
    assert "statements" in str(report)
    assert report.to_dict()["pages"] == 4
