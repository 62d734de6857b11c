"""What has to be done before tests and doctests are collected."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent
LAB = (ROOT / "src" / "isobole" / "lab", ROOT / "tests" / "lab")
pytest_plugins = ["lab_postgres"]
# Importing it starts the server's own installation; a process has room for one.
collect_ignore = ["src/isobole/lab/_wsgi.py"]


def pytest_collect_file(file_path: Path) -> None:
    """Make Django ready before the first module of the lab is imported."""
    if file_path.suffix == ".py" and any(map(file_path.is_relative_to, LAB)):
        from lab_ready import ready

        ready()
