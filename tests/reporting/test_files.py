"""Files: format by suffix, whole or absent."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from isobole.reporting import render_html, render_text, write_report
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Estimate,
    Figure,
    IsoboleError,
    Limits,
    Missing,
    OptionError,
    Provenance,
    Table,
    Text,
)

STARTS = {
    ".html": b"<!DOCTYPE html>",
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
}


@pytest.mark.parametrize("suffix", [".html", ".HTML", ".svg", ".png", ".pdf"])
def test_format_follows_the_suffix(
    suffix: str, tmp_path: Path, blocks: list[Block], provenance: Provenance
) -> None:
    path = tmp_path / f"report{suffix}"
    assert write_report(path, "T", blocks, provenance) == path
    first = path.read_bytes()
    assert first.startswith(STARTS[suffix.lower()])
    write_report(path, "T", blocks, provenance)
    assert path.read_bytes() == first, "the same report is the same file"
    assert list(tmp_path.iterdir()) == [path]


def test_html_file_is_the_page(
    tmp_path: Path, blocks: list[Block], provenance: Provenance
) -> None:
    path = write_report(tmp_path / "r.html", "T", blocks, provenance, subtitle="S")
    assert path.read_text(encoding="utf-8") == render_html(
        "T", blocks, provenance, subtitle="S"
    )


def test_csv_holds_unrounded_numbers_and_text_as_it_is(
    tmp_path: Path, provenance: Provenance
) -> None:
    both = Limits("fieller", 0.95, "complement", 0.2, 1 / 3)
    ray = Limits("likelihood", 0.95, "ray", 0.1, None, reason="no upper limit")
    table = Table(
        "T",
        ("name, of it", "dose (mg/kg)", "n", "kept", "ED50"),
        (
            ('a "b"', 1 / 3, 8, True, Estimate("ED50", 2 / 3, both)),
            ("−3", Missing("lost"), 7, False, Estimate("ED50", 1.0, ray)),
            ("=1+1", 1e-12, 6, None, "< 2"),
        ),
    )
    path = write_report(tmp_path / "t.csv", "T", [Text("a"), table], provenance)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    ends = ["ED50", "ED50 low", "ED50 high", "ED50 set"]
    third = "0.3333333333333333"
    assert rows == [
        ["name, of it", "dose (mg/kg)", "n", "kept", *ends],
        ['a "b"', third, "8", "true", repr(2 / 3), "0.2", third, "complement"],
        ["−3", "", "7", "false", "1.0", "0.1", "", "ray"],
        ["=1+1", "1e-12", "6", "", "< 2", "", "", ""],
    ]


def test_csv_falls_back_to_the_table_of_a_figure(
    tmp_path: Path, provenance: Provenance
) -> None:
    figure = Figure("F", "f", _unwanted, Table("T", ("n",), ((8,),)))
    path = write_report(tmp_path / "t.csv", "T", [figure], provenance)
    assert path.read_text() == "n\n8\n"


def _unwanted() -> object:
    raise AssertionError("a table needs no drawing")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("r.svg", ".html"),
        ("r.csv", ".html"),
        ("r.docx", ".html, .csv, .svg, .png or .pdf"),
        ("report", ".html"),
    ],
)
def test_what_cannot_be_written_names_what_can(
    name: str, remedy: str, tmp_path: Path, provenance: Provenance
) -> None:
    with pytest.raises(OptionError) as caught:
        write_report(tmp_path / name, "T", [Text("a")], provenance)
    assert name in str(caught.value)
    assert remedy in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["html", "svg", "png", "pdf"])
def test_a_drawing_that_fails_leaves_nothing(
    suffix: str, tmp_path: Path, provenance: Provenance
) -> None:
    path = tmp_path / f"r.{suffix}"
    path.write_text("before")
    figure = Figure("F", "f", _unwanted, Table("T", ("n",), ((8,),)))
    with pytest.raises(AssertionError, match="no drawing"):
        write_report(path, "T", [figure], provenance)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["html", "csv", "png"])
def test_a_full_disk_leaves_nothing(
    suffix: str,
    tmp_path: Path,
    blocks: list[Block],
    provenance: Provenance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / f"r.{suffix}"
    path.write_text("before")

    def fail(self: Path, target: Path) -> None:
        assert self.exists(), "the new file was written first"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(IsoboleError, match="No space left on device"):
        write_report(path, "T", blocks, provenance)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written(tmp_path: Path, provenance: Provenance) -> None:
    with pytest.raises(IsoboleError, match=r"no folder .*Make the folder first"):
        write_report(tmp_path / "absent" / "r.html", "T", [], provenance)
    (tmp_path / "file").write_text("")
    with pytest.raises(IsoboleError, match="no folder"):
        write_report(tmp_path / "file" / "r.html", "T", [], provenance)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(IsoboleError, match="not an ordinary file"):
        write_report(tmp_path / "folder.html", "T", [], provenance)
    with pytest.raises(IsoboleError, match="cannot be written: File name too long"):
        write_report(tmp_path / ("r" * 300 + ".html"), "T", [], provenance)


def test_mode_and_links_are_kept(tmp_path: Path, provenance: Provenance) -> None:
    real = tmp_path / "real.html"
    real.write_text("")
    real.chmod(0o640)
    link = tmp_path / "link.html"
    link.symlink_to(real)
    write_report(link, "T", [], provenance)
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("<!DOCTYPE")
    assert real.stat().st_mode & 0o777 == 0o640


def test_text_is_short_and_lists_references_once(
    blocks: list[Block], provenance: Provenance
) -> None:
    text = render_text("Rotenone", blocks, provenance, width=88)
    assert text.startswith("Rotenone\n========\n")
    assert str(provenance.data_sha256) not in text
    assert text.count("Finney DJ.") == 1
    assert "Warning: The lines depart" in text
    assert text.count("Potency of deguelin against rotenone") == 1
    assert text.count("Insects affected by dose of rotenone") == 1
    assert " ".join(text.split()).endswith(RESEARCH_ONLY)
    assert max(map(len, text.splitlines())) <= 88
    assert RESEARCH_ONLY in render_text("T", [], provenance)
