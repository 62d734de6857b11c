"""The README: its first screen, and its installations in a clone of this checkout."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
INSTALL = re.findall(r"^```sh install\n(.*?)^```\n", README, re.M | re.S)
SCREEN = 55


def test_first_screen() -> None:
    """What it is, for whom, the two commands, and one picture it made itself."""
    screen = "\n".join(README.splitlines()[:SCREEN])
    for needed in (
        "ED50", "bench scientist", "make demo", "make test", "--require-hashes",
        "docs/images/demo.svg", "Research and education only",
    ):  # fmt: skip
        assert needed in screen, needed


def test_the_picture_is_drawn_by_the_command_below_it(build: ModuleType) -> None:
    assert build.IMAGES["demo.svg"] in README


def test_every_block_is_run_or_an_answer() -> None:
    kinds = re.findall(r"^```(.*)$", README, re.M)[::2]
    assert set(kinds) <= {"sh", "sh install", "python", "text", "csv"}
    assert len(INSTALL) == 2


@pytest.mark.parametrize("block", INSTALL, ids=["make", "two lines"])
def test_installations_run_in_a_clone(
    block: str, checkout: Path, offline: dict[str, str], tmp_path: Path
) -> None:
    clone = tmp_path / "isobole"
    subprocess.run(["cp", "-r", checkout, clone], check=True)
    # `make test` would run this test again.
    commands = "\n".join(
        line for line in block.splitlines() if not line.startswith("make test")
    )
    ran = subprocess.run(
        ["bash", "-ec", commands],
        cwd=clone,
        env=offline,
        capture_output=True,
        encoding="utf-8",
    )
    assert ran.returncode == 0, f"{commands}\n{ran.stdout}\n{ran.stderr}"
    assert "relative potency of deguelin" in ran.stdout
    assert (clone / "demo-report.html").read_text("utf-8").startswith("<!DOCTYPE")
    if "make demo" in block:
        page = (clone / "demo-study-report.html").read_text("utf-8")
        assert "Constructed data" in page
