"""Debian's chromium, the one browser that tests open pages in."""

from __future__ import annotations

import os
import shutil

import pytest

# As root there is no sandbox; nothing is fetched from outside.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Return its path; without it skip the test, but fail where CI is set."""
    found = shutil.which("chromium")
    if found is None:
        said = "chromium is not installed: apt-get install -y chromium"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return found
