"""What tests of an installation share: environments made without a package index."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from reference_cases import Case

PYTHON = """#!/bin/bash
# python3 that lends the packages of the running environment to those it makes.
"{real}" "$@" || exit
if [ "$1" = -m ] && [ "$2" = venv ]; then
  echo "{packages}" > "$(echo "$3"/lib/python*/site-packages)/borrowed.pth"
fi
"""


@pytest.fixture(scope="session")
def lending_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a python3 whose environments borrow these packages.

    `pip install --require-hashes` then finds every locked version there and asks no
    index. isobole itself is not lent: its own .pth file is not read from a .pth file.
    """
    folder = tmp_path_factory.mktemp("bin")
    packages = sysconfig.get_path("purelib")
    real = getattr(sys, "_base_executable", sys.executable)
    python = folder / "python3"
    python.write_text(PYTHON.format(real=real, packages=packages), encoding="utf-8")
    python.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def offline(lending_python: Path) -> dict[str, str]:
    """Return an environment with that python3, no index and nothing of this one."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV", "PIP_", "ISOBOLE_", "MAKE"))
        and key not in ("MFLAGS", "VENV", "READY", "COVERAGE_PROCESS_START")
    }
    path = os.pathsep.join([str(lending_python), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a clone would hold, uncommitted edits included."""
    root = Path(__file__).parents[1]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    copy = tmp_path_factory.mktemp("clone") / "isobole"
    for name in filter(None, listed.split("\0")):
        if not (root / name).is_file():
            continue
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((root / name).read_bytes())
        target.chmod((root / name).stat().st_mode)
    return copy


@pytest.fixture
def studies_case() -> Callable[[str], Case]:
    """Open a case of studies.json: ``with studies_case("fisher") as case: ...``."""
    return lambda name: Case("studies.json", name)
