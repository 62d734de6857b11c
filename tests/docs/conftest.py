"""docs/build.py as a module: it runs the pages and draws the pictures."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_build() -> ModuleType:
    """Return docs/build.py, loaded once."""
    if "docs_build" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "docs_build", ROOT / "docs" / "build.py"
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["docs_build"] = module
        spec.loader.exec_module(module)
    return sys.modules["docs_build"]


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """Return docs/build.py."""
    return load_build()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with `page` once for every page written by hand."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", load_build().pages())
