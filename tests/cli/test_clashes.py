"""What must never happen at the command line: lost data, seeds that crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from isobole.cli import main


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["isobole", *arguments])
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code  # type: ignore[assignment]
    return int(code or 0)


@pytest.mark.parametrize("command", ["ed50", "potency"])
def test_the_counts_are_never_overwritten(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = tmp_path / "counts.csv"
    text = "curve,dose,n,affected\n" + "".join(
        f"{c},{d},8,{r}\n" for c in "ab" for d, r in ((5, 1), (10, 4), (20, 7))
    )
    counts.write_text(text, encoding="utf-8")
    code = run([command, str(counts), "--out", str(counts)], monkeypatch)
    assert code == 2
    assert counts.read_text("utf-8") == text
    assert "would be" in " ".join(capsys.readouterr().err.split())


def test_a_negative_seed_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", "ed50", "--doses", "5,10,20", "--n", "8", "--ed50", "14",
             "--slope", "6", "--seed", "-1"]  # fmt: skip
    assert run(words, monkeypatch) == 2
    assert "0 or more" in capsys.readouterr().err
