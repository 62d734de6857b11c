"""--out writes whole files or none; terminals, pipes and interrupts behave."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.cli import _progress, _run, _terminal, main
from isobole.datasets import path
from isobole.results import Heading, Note

Isobole = Callable[..., Any]
STARTS = {
    ".html": b"<!doctype html>",
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
}


@pytest.mark.parametrize("suffix", STARTS)
@pytest.mark.parametrize("name", ["mice8", "rotenone", "mice8-separated"])
def test_file_by_suffix(
    isobole: Isobole, tmp_path: Path, suffix: str, name: str
) -> None:
    ran = isobole("ed50", f"@{name}", "--out", f"x{suffix}")
    assert ran.code in (0, 3)
    assert ran.err.startswith(f"Wrote x{suffix}\n")
    assert "ED50" in ran.out
    content = (tmp_path / f"x{suffix}").read_bytes()
    assert content.lower().startswith(STARTS[suffix].lower())
    assert [file.name for file in tmp_path.iterdir()] == [f"x{suffix}"]


def test_html_report_says_how_it_was_made(isobole: Isobole, tmp_path: Path) -> None:
    isobole("ed50", "@rotenone", "--out", "x.html")
    page = (tmp_path / "x.html").read_text("utf-8")
    for said in ("deguelin", "research and education", "--out x.html", "<svg"):
        assert said in page


def test_json_file_is_the_json_printed(isobole: Isobole, tmp_path: Path) -> None:
    ran = isobole("ed50", "@mice8", "--json", "--out", "x.json")
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == ran.json


def test_csv_file(isobole: Isobole, tmp_path: Path) -> None:
    isobole("ed50", "@rotenone", "--effect", "16,50", "--out", "x.csv")
    text = (tmp_path / "x.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    assert rows[1]["curve"] == "rotenone"
    assert float(rows[1]["dose"]) == pytest.approx(4.845, abs=1e-3)
    assert rows[1]["unit"] == "mg/L"


def test_csv_leaves_what_is_missing_empty(isobole: Isobole, tmp_path: Path) -> None:
    isobole("ed50", "@mice8-separated", "--out", "x.csv")
    text = (tmp_path / "x.csv").read_text("utf-8")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["dose"] == ""
    assert row["reason"]


@pytest.mark.parametrize("name", ["x.html", "x.json", "x.csv", "x.svg"])
def test_a_failed_write_leaves_the_old_file(
    isobole: Isobole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_text("old", "utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for method in ("write_text", "write_bytes"):
        monkeypatch.setattr(Path, method, full)
    ran = isobole("ed50", "@mice8", "--out", name)
    assert ran.code == 1
    assert ran.out == ""
    assert "No space left on device" in ran.err
    assert "Choose" in ran.err
    monkeypatch.undo()
    assert (tmp_path / name).read_text("utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_bad_data_writes_nothing(isobole: Isobole, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("dose,n,affected\n5,8,9\n", "utf-8")
    assert isobole("ed50", "x.csv", "--out", "x.html").code == 1
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_the_unexpected_is_a_sentence(
    isobole: Isobole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("dose")

    monkeypatch.setattr("isobole.tables.read_quantal", broken)
    ran = isobole("ed50", "@mice8")
    assert ran.code == 1
    assert "KeyError" in ran.err
    assert "report" in ran.err
    assert "Traceback" not in ran.err
    assert isobole("ed50", "@mice8", "--json").json["error"] == "KeyError"
    monkeypatch.setenv("ISOBOLE_DEBUG", "1")
    with pytest.raises(KeyError):
        main(["ed50", str(path("mice8"))])


def test_interrupt(isobole: Isobole, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("isobole.tables.read_quantal", interrupted)
    ran = isobole("ed50", "@mice8")
    assert ran.code == 130
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [["--help"], ["ed50", "@", "--json"]])
def test_a_reader_that_leaves_is_no_error(words: list[str]) -> None:
    full = [str(path("rotenone")) if word == "@" else word for word in words]
    code = f"import sys; from isobole.cli import main; sys.exit(main({full!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == _run.PIPE


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (["--help"], "could not be printed: No space left", 1),
        (["ed50", "@", "--json"], "could not be printed: No space left", 1),
        (["ed50", "@", "--out", "x.html"], "x.html was written", 1),
        (["ed50", "nix.csv", "--json"], "There is no such file", 1),
        (["ed50", "--json"], "isobole: ed50 needs FILE.", 2),
    ],
)
def test_a_full_disk_behind_stdout_is_said(
    words: list[str], said: str, status: int, tmp_path: Path
) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("this system has no /dev/full")
    full = [str(path("rotenone")) if word == "@" else word for word in words]
    code = f"import sys; from isobole.cli import main; sys.exit(main({full!r}))"
    with device.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
            cwd=tmp_path,
            text=True,
        )
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "x.html").exists() == ("x.html" in words)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_no_character_stops_an_answer(tmp_path: Path, encoding: str) -> None:
    text = "drug,dose (mg/kg),n,affected\nλ,5,8,1\nλ,10,8,4\nλ,20,8,8\n"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    for words in (["ed50", "x.csv", "--by", "drug"], ["ed50", "nix"], ["ed50", "--λ"]):
        for flag in ([], ["--json"]):
            code = f"from isobole.cli import main; main({words + flag!r})"
            done = subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                check=False,
                cwd=tmp_path,
                env={**os.environ, "PYTHONIOENCODING": encoding},
            )
            assert done.returncode == 0
            assert b"should not have happened" not in done.stderr
            if flag:
                assert json.loads(done.stdout.decode("utf-8"))["version"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


BLOCKS = (Heading("ED50"), Note("Mind this.", "warning"))


def test_headings_fold_as_text_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    title = "TRIAL: Valproate and oral magnesium against pentylenetetrazole in rats"
    text = _terminal.render([Heading(title)])
    assert text.split() == title.split()
    assert max(map(len, text.splitlines())) <= 60


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert "\x1b" not in _terminal.render(BLOCKS)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert "\x1b[1mED50\x1b[0m" in _terminal.render(BLOCKS)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert "\x1b" not in _terminal.render(BLOCKS)


def run_progress(monkeypatch: pytest.MonkeyPatch, stream: Any, seconds: float) -> str:
    clock = iter([0.0, seconds, seconds])
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", stream)
    with _progress.Progress("Reading rows") as progress:
        progress(50, 100)
    return str(stream.getvalue())


def test_progress_waits_a_second_and_wants_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert run_progress(monkeypatch, Terminal(), 0.5) == ""
    assert run_progress(monkeypatch, io.StringIO(), 5) == ""


def test_progress_is_seen_after_a_second() -> None:
    code = (
        "import io, sys, time\n"
        "class T(io.StringIO):\n"
        "    def isatty(self): return True\n"
        "real, sys.stderr = sys.stderr, T()\n"
        "from isobole.cli import _progress\n"
        "_progress.PATIENCE = 0\n"
        "with _progress.Progress('Reading rows') as p: p(1, 2)\n"
        "real.write(sys.stderr.getvalue())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TERM": "xterm"},
    )
    assert "Reading rows" in done.stderr
