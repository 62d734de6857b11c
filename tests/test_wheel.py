"""The wheel as users get it: built, installed elsewhere, and its copy run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import isobole
from browser.server import LabServer
from isobole import datasets, diagrams, results, studies, substances

ROOT = Path(__file__).parents[1]

PROBE = """
import hashlib, json, sys
from importlib.resources import files
from pathlib import Path
import isobole as ib
from isobole import datasets, diagrams, substances
from isobole.results import schema
from isobole.studies import read_study

package = Path(str(files("isobole")))
schemas = sorted(f.name.removesuffix(".json")
    for f in (package / "results" / "schemas").iterdir() if f.suffix == ".json")
print(json.dumps({
    "names": [name for name in ib.__all__ if getattr(ib, name) is not None],
    "datasets": {name: len(datasets.load(name)) for name in datasets.names()},
    "combinations": {name: datasets.load_combination(name).sha256
        for name in datasets.combination_names()},
    "claims": {name: len(datasets.load_claims(name))
        for name in datasets.claims_names()},
    "studies": {name: read_study(datasets.study_path(name)).head_hash
        for name in datasets.study_names()},
    "substances": {item.name: item.molar_mass for item in substances.substances()},
    "diagrams": {name: diagrams.diagram(name).mermaid() for name in diagrams.NAMES},
    "described": [str(datasets.describe(name)) for name in datasets.names()],
    "schemas": {name: schema(name)["$schema"] for name in schemas},
    "typed": (package / "py.typed").is_file(),
    "static": {str(f.relative_to(package)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in (package / "lab" / "static").rglob("*") if f.is_file()},
    "template": sorted(f.name
        for f in (package / "reporting" / "templates").iterdir() if f.is_file()),
    "from": sorted({module.__file__ for name, module in sys.modules.items()
        if name.split(".")[0] == "isobole"}),
}))
"""

LAB_PROBE = """
import json
from pathlib import Path
import isobole.lab
from isobole.lab import lab_config, start_django

start_django(lab_config())
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.template.loader import get_template

call_command("migrate", verbosity=0)
executor = MigrationExecutor(connection)
folder = Path(isobole.lab.__file__).parent / "templates"
names = sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*.html"))
print(json.dumps({
    "from": isobole.lab.__file__,
    "templates": {n: get_template(n).origin.name for n in names},
    "migrations": sorted(name for app, name in executor.loader.disk_migrations
        if app == "lab"),
    "left": len(executor.migration_plan(executor.loader.graph.leaf_nodes())),
    "tables": sorted(connection.introspection.table_names()),
}))
"""


def run(
    *words: str | Path, cwd: Path, env: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        list(map(str, words)), cwd=cwd, env=env, capture_output=True, encoding="utf-8"
    )
    assert ran.returncode == 0, f"{words}:\n{ran.stdout}\n{ran.stderr}"
    return ran


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, offline: dict[str, str], checkout: Path
) -> Path:
    """Build a wheel from a copy of the checkout and install it; return the folder."""
    away = tmp_path_factory.mktemp("away")
    run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation",
        "--outdir", away / "dist", checkout,
        cwd=away, env=offline,
    )  # fmt: skip
    (wheel,) = (away / "dist").glob("*.whl")
    run("python3", "-m", "venv", "env", cwd=away, env=offline)
    run("env/bin/pip", "install", "--no-deps", wheel, cwd=away, env=offline)
    return away


def test_version(installed: Path, offline: dict[str, str]) -> None:
    ran = run("env/bin/isobole", "--version", cwd=installed, env=offline)
    assert ran.stdout.strip() == isobole.__version__


def test_demo_writes_its_report(installed: Path, offline: dict[str, str]) -> None:
    ran = run("env/bin/isobole", "demo", "--out", "x.html", cwd=installed, env=offline)
    assert "rotenone" in ran.stdout
    page = (installed / "x.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<svg" in page
    assert str(ROOT) not in page


def test_everything_that_is_read_is_shipped(
    installed: Path, offline: dict[str, str]
) -> None:
    ran = run("env/bin/python", "-c", PROBE, cwd=installed, env=offline)
    told = json.loads(ran.stdout)
    assert told["names"] == isobole.__all__
    assert told["datasets"] == {
        name: len(datasets.load(name)) for name in datasets.names()
    }
    assert told["combinations"] == {
        name: datasets.load_combination(name).sha256
        for name in datasets.combination_names()
    }
    assert told["claims"] == {
        name: len(datasets.load_claims(name)) for name in datasets.claims_names()
    }
    assert told["studies"] == {
        name: studies.read_study(datasets.study_path(name)).head_hash
        for name in datasets.study_names()
    }
    assert told["substances"] == {
        item.name: item.molar_mass for item in substances.substances()
    }
    assert told["diagrams"] == {
        name: diagrams.diagram(name).mermaid() for name in diagrams.NAMES
    }
    assert all("Source: " in text for text in told["described"])
    schemas = Path(results.__file__).parent / "schemas"
    assert set(told["schemas"]) == {file.stem for file in schemas.glob("*.json")}
    assert told["typed"]
    vendored = {
        item["path"].removeprefix("src/isobole/"): item["sha256"]
        for package in json.loads((ROOT / "vendor.json").read_text("utf-8"))["packages"]
        for item in package["files"]
        if item["path"].startswith("src/isobole/")
    }
    assert vendored
    assert vendored.items() <= told["static"].items()
    here = Path(isobole.__file__).parent
    assert set(told["static"]) == {
        str(file.relative_to(here))
        for file in (here / "lab" / "static").rglob("*")
        if file.is_file()
    }
    assert {"report.css", "report.html.jinja"} <= set(told["template"])
    assert told["from"]
    outside = [file for file in told["from"] if not file.startswith(str(installed))]
    assert outside == []


def test_the_lab_of_the_wheel_serves_every_asset(
    installed: Path, offline: dict[str, str]
) -> None:
    (package,) = (installed / "env").glob("lib/python*/site-packages/isobole")
    lab = package / "lab"
    files = {
        file.relative_to(lab / "static").as_posix(): file.read_bytes()
        for file in (lab / "static").rglob("*")
        if file.is_file()
    }
    asked = {
        name
        for template in (lab / "templates").rglob("*.html")
        for name in re.findall(r"{% static ['\"]([^'\"]+)", template.read_text("utf-8"))
    }
    assert len(asked) > 10
    assert asked <= set(files)
    server = LabServer(
        installed / "data",
        environment=offline,
        program=(str(installed / "env" / "bin" / "isobole"),),
    )
    with server:
        for name, content in files.items():
            assert fetched(f"{server.url}/static/{name}") == content, name
        worker = files["lab/bench-worker.js"]
        assert fetched(f"{server.url}/bench-worker.js") == worker
        code = re.search(r"/setup\?code=\S+", server.said())
        assert code is not None
        page = fetched(server.url + code[0]).decode()
        assert "administrator" in page
        for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)):
            assert fetched(server.url + address)
        assert server.stop() == 0
    assert str(ROOT) not in server.said()


def test_the_lab_of_the_wheel_has_its_templates_and_makes_its_tables(
    installed: Path, offline: dict[str, str], tmp_path: Path
) -> None:
    env = {**offline, "ISOBOLE_DATA": str(tmp_path)}
    ran = run("env/bin/python", "-c", LAB_PROBE, cwd=installed, env=env)
    told = json.loads(ran.stdout)
    assert Path(told["from"]).is_relative_to(installed)
    lab = Path(isobole.__file__).parent / "lab"
    assert set(told["templates"]) == {
        file.relative_to(lab / "templates").as_posix()
        for file in (lab / "templates").rglob("*.html")
    }
    assert all(Path(o).is_relative_to(installed) for o in told["templates"].values())
    assert told["migrations"] == sorted(
        file.stem for file in (lab / "migrations").glob("0*.py")
    )
    assert told["left"] == 0
    assert {"lab_recordrow", "lab_accessrow", "lab_user"} <= set(told["tables"])


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
        return content
