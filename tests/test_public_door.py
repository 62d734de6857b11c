"""The public names are what is documented, and each of them loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import isobole


def test_every_public_name_loads() -> None:
    for name in isobole.__all__:
        assert getattr(isobole, name) is not None
    assert isobole.__all__ == sorted(isobole.__all__)
    assert set(isobole._ROOM_OF) == set(isobole.__all__)


def test_public_names_are_the_documented_ones() -> None:
    page = Path(__file__).parents[1] / "docs" / "python.md"
    listed = {
        line.split("`")[1].removeprefix("ib.")
        for line in page.read_text("utf-8").splitlines()
        if line.startswith("| `ib.")
    }
    assert listed == set(isobole.__all__)


def test_importing_isobole_is_light() -> None:
    code = (
        "import sys, isobole; "
        "print([m for m in ('numpy', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_unknown_name_says_so() -> None:
    with pytest.raises(AttributeError, match="fit_quantum"):
        getattr(isobole, "fit_quantum")  # noqa: B009 - the attribute must not exist
