"""`isobole lab …`: backup, restore, verify, export and import, beside a server or not.

Each command runs in a process of its own: Django serves one lab in a process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from browser.server import LabServer
from isobole.datasets import study_path

STUDY = "PTZ-VPA-MG"
Check = Callable[[str, dict[str, Any]], None]


@dataclass
class Lab:
    """A data folder, and commands run on it."""

    data: Path
    url: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ISOBOLE_")}
        more = {"ISOBOLE_DATABASE_URL": self.url} if self.url else {}
        return {**kept, "ISOBOLE_DATA": str(self.data), "COLUMNS": "100", **more}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable, "-c",
                "from isobole.cli import main; raise SystemExit(main())",
                "lab", *words,
            ],
            env=self.environment,
            capture_output=True,
            text=True,
            cwd=self.data.parent,
        )  # fmt: skip

    def json(self, *words: str) -> dict[str, Any]:
        done = self(*words, "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def refused(self, *words: str, code: int = 1) -> str:
        done = self(*words)
        assert done.returncode == code, done.stdout
        assert "Traceback" not in done.stderr
        assert "should not have happened" not in done.stderr
        return " ".join(done.stderr.split())

    def run(self, script: str, **given: Any) -> Any:
        return LabServer(self.data, self.url).run(script, **given)


def files_of(place: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in place.iterdir() if p.is_file()}


@pytest.fixture
def new(tmp_path: Path) -> Callable[..., Lab]:
    """Return a function that makes a lab with two people and no study."""

    def make(name: str = "lab", url: str | None = None) -> Lab:
        lab = Lab(tmp_path / name, url)
        lab.run(
            "from django.core.management import call_command\n"
            "from isobole.lab.models import User\n"
            "call_command('migrate', verbosity=0)\n"
            "for name in ('ana', 'ben'):\n"
            "    User.objects.create_user(name, name + ' walks past 7 mills',\n"
            "                             display_name=name.title())\n"
        )
        return lab

    return make


@pytest.fixture
def lab(new: Callable[..., Lab]) -> Lab:
    """Return a lab with the bundled study in it."""
    made = new()
    made.json("import", str(study_path("ptz-valproate-magnesium")), "--by", "ana")
    return made


@pytest.fixture(params=["sqlite-postgresql", "postgresql-sqlite"])
def two_databases(
    request: pytest.FixtureRequest, fresh_database: Callable[[], str]
) -> tuple[str | None, str | None]:
    url = fresh_database()
    return (None, url) if request.param == "sqlite-postgresql" else (url, None)


def test_in_and_out_is_the_same_folder(lab: Lab, tmp_path: Path, check: Check) -> None:
    found = lab.json("export", STUDY, "out")
    check("lab-export", found)
    assert files_of(tmp_path / "out") == files_of(study_path("ptz-valproate-magnesium"))
    verified = lab.json("verify")
    check("lab-verify", verified)
    assert {c["of"]: c["state"] for c in verified["chains"]} == {
        STUDY: "intact",
        "the log of access": "intact",
    }
    assert verified["chains"][0]["head"] == found["head"]
    logged = lab.run(
        "from isobole.lab.models import AccessRow\n"
        "answer = [[r.what, r.study_id] for r in AccessRow.objects.order_by('seq')]"
    )
    assert logged == [["import", STUDY], ["export", STUDY]]


def test_import_says_what_became_of_it(
    new: Callable[..., Lab], tmp_path: Path, check: Check
) -> None:
    lab = new()
    found = lab.json("import", str(study_path("ptz-interaction")), "--by", "ana")
    check("lab-import", found)
    assert (
        lab.json("verify", "--study", found["study_id"])["chains"][0]["rows"]
        == (found["rows"])
    )
    again = lab.refused("import", str(study_path("ptz-interaction")), "--by", "ana")
    assert f"has a study {found['study_id']} already" in again
    nobody = lab.refused("import", str(study_path("kindling-magnesium")), "--by", "eve")
    assert "Nobody of this lab is called 'eve'" in nobody
    assert "There is no such folder" in lab.refused("import", "gone", "--by", "ana")


def test_a_backup_is_restored_into_the_other_database(
    new: Callable[..., Lab],
    two_databases: tuple[str | None, str | None],
    tmp_path: Path,
    check: Check,
) -> None:
    one = new("one", two_databases[0])
    one.json("import", str(study_path("ptz-valproate-magnesium")), "--by", "ana")
    one.run(
        "from django.utils import timezone\n"
        "from isobole.lab.models import DeviceToken, Study, User\n"
        "Study.objects.update(sealed_key='sealed µ')\n"
        "DeviceToken.objects.create(user=User.objects.get(username='ben'), label='t',\n"
        "    digest='d', expires=timezone.now())"
    )
    made = one.json("backup", "kept.zip")
    check("lab-backup", made)
    assert (tmp_path / "kept.zip").stat().st_mode & 0o077 == 0

    two = Lab(tmp_path / "two", two_databases[1])
    found = two.json("restore", str(tmp_path / "kept.zip"))
    check("lab-restore", found)
    assert found["chains"] == made["chains"]
    assert two.json("verify")["chains"] == one.json("verify")["chains"]
    everything = (
        "from isobole.lab.record._backup import _line, fields_of, stored_models\n"
        "answer = [[m._meta.db_table, [_line(r, fields_of(m)).decode()\n"
        "           for r in m._default_manager.order_by('pk')]]\n"
        "          for m in stored_models()]"
    )
    assert two.run(everything) == one.run(everything)
    # The database counts on after the keys it was given.
    two.run(
        "from isobole.lab.models import User\n"
        "from isobole.lab.record import log_access\n"
        "User.objects.create_user('eva', 'eva walks past 7 mills', "
        "display_name='Eva')\n"
        "log_access('login', actor='eva')"
    )
    assert two.json("verify")["chains"][-1]["rows"] == 2
    assert "holds data already" in two.refused("restore", str(tmp_path / "kept.zip"))


def test_a_backup_while_benches_write_is_one_moment(lab: Lab, tmp_path: Path) -> None:
    writing = subprocess.Popen(
        [sys.executable, "-c",
         "from isobole.lab import lab_config, start_django\n"
         "start_django(lab_config())\n"
         "from isobole.lab.record import NewRow, append, log_access\n"
         "from itertools import count\n"
         "for k in count(1):\n"
         "    append('PTZ-VPA-MG', [NewRow('score.complete', 'R1', "
         "{'animal_id': 'R1'}, device_seq=k)], actor='ana', device='bench')\n"
         "    log_access('login', actor='ana')\n"
         "    if k == 5: print('begun', flush=True)\n"],
        env=lab.environment,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert writing.stdout is not None
        assert writing.stdout.readline() == b"begun\n"
        made = lab.json("backup", "kept.zip")
        assert writing.poll() is None
    finally:
        writing.kill()
        writing.wait()
        if writing.stdout is not None:
            writing.stdout.close()
    other = Lab(tmp_path / "other")
    assert other.json("restore", "kept.zip")["chains"] == made["chains"]
    rows = {t["table"]: t["rows"] for t in made["tables"]}
    after = {c["of"]: c["rows"] for c in lab.json("verify")["chains"]}
    assert rows["lab_recordrow"] <= after[STUDY]


def changed(source: Path, target: Path, name: str, old: bytes, new: bytes) -> None:
    """Copy a zip with a piece of one of its files replaced."""
    with zipfile.ZipFile(source) as one, zipfile.ZipFile(target, "w") as other:
        for info in one.infolist():
            content = one.read(info)
            if info.filename == name:
                assert old in content
                content = content.replace(old, new, 1)
            other.writestr(info.filename, content)


CHANGES = (
    ("lab_recordrow.jsonl", b'"actor":"', b'"actor":"x', "not the table"),
    ("lab_recordrow.jsonl", b"\n", b"", "cannot be read"),
    ("lab_user.jsonl", b'"is_active"', b'"is_alive"', "does not know: is_alive"),
    ("lab_user.jsonl", b'"created":"2', b'"created":"x', "cannot be read"),
    ("manifest.json", b"isobole-backup/1", b"isobole-backup/9", "another format"),
    ("manifest.json", b"lab_study", b"lab_other", "lab_other"),
    ("manifest.json", b"{", b"[", "no manifest"),
    ("manifest.json", b'"head": "', b'"head": "0', "does not end as it did"),
)


def test_a_backup_that_was_changed_restores_nothing(lab: Lab, tmp_path: Path) -> None:
    lab.json("backup", "kept.zip")
    other = Lab(tmp_path / "other")
    for name, old, new, said in CHANGES:
        changed(tmp_path / "kept.zip", tmp_path / "changed.zip", name, old, new)
        assert said in other.refused("restore", "changed.zip")
    # The lab is still empty: the whole one is taken.
    assert other.json("restore", "kept.zip")["chains"]


def test_rows_and_their_hashes_changed_together(lab: Lab, tmp_path: Path) -> None:
    """Somebody who mends the manifest too is found by the chain."""
    import hashlib

    lab.json("backup", "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        content = {i.filename: archive.read(i) for i in archive.infolist()}
    before = content["lab_recordrow.jsonl"]
    after = before.replace(b'"actor":"', b'"actor":"x', 1)
    manifest = content["manifest.json"].replace(
        hashlib.sha256(before).hexdigest().encode(),
        hashlib.sha256(after).hexdigest().encode(),
    )
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, text in {
            **content, "lab_recordrow.jsonl": after, "manifest.json": manifest,
        }.items():  # fmt: skip
            archive.writestr(name, text)
    said = Lab(tmp_path / "other").refused("restore", "forged.zip")
    assert "was changed after it was written" in said


def test_files_that_are_no_backup(lab: Lab, tmp_path: Path) -> None:
    other = Lab(tmp_path / "other")
    (tmp_path / "text.zip").write_text("not a zip")
    assert "no whole zip archive" in other.refused("restore", "text.zip")
    assert "No such file" in other.refused("restore", "gone.zip")
    lab.json("backup", "kept.zip")
    whole = (tmp_path / "kept.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    assert "no whole zip archive" in other.refused("restore", "half.zip")
    assert "a file of this name" in lab.refused("backup", "kept.zip")
    assert (tmp_path / "kept.zip").read_bytes() == whole


def test_a_broken_chain_is_named_and_not_backed_up(
    lab: Lab, tmp_path: Path, check: Check
) -> None:
    lab.run(
        "from django.db import connection\n"
        "with connection.cursor() as c:\n"
        "    c.execute('DROP TRIGGER lab_recordrow_update')\n"
        "    c.execute(\"UPDATE lab_recordrow SET actor = 'eve' WHERE seq = 7\")"
    )
    done = lab("verify", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    check("lab-verify", found)
    assert found["chains"][0]["broken_at"] == 7
    assert found["problems"][0]["row"] == 7
    assert "Row 7 of the record was changed" in lab("verify").stdout
    assert "Row 7" in lab.refused("backup", "kept.zip")
    assert not list(tmp_path.glob("*kept*"))


def test_export_refuses_what_is_there_and_keeps_the_key_apart(
    lab: Lab, tmp_path: Path, check: Check
) -> None:
    (tmp_path / "out").mkdir()
    assert "something of this name" in lab.refused("export", STUDY, "out")
    assert "no allocation key" in lab.refused("export", STUDY, "new", "--key", "k.json")
    assert not (tmp_path / "new").exists()
    lab.run("from isobole.lab.models import Study\n"
            "Study.objects.update(sealed_key='sealed')")  # fmt: skip
    within = lab.refused("export", STUDY, "new", "--key", "new/k.json", code=2)
    assert "which the blinded read" in within
    found = lab.json("export", STUDY, "new", "--key", "k.json")
    check("lab-export", found)
    assert (tmp_path / "k.json").read_text() == "sealed"
    assert (tmp_path / "k.json").stat().st_mode & 0o077 == 0
    assert not any(c == b"sealed" for c in files_of(tmp_path / "new").values())
    assert "has no study NONE" in lab.refused("export", "NONE", "other")
    assert "has no study NONE" in lab.refused("verify", "--study", "NONE")


def test_no_lab_is_made_by_looking_for_one(tmp_path: Path) -> None:
    nowhere = Lab(tmp_path / "nowhere")
    for words in (("verify",), ("backup", "b.zip"), ("export", "S", "out")):
        assert "There is no lab in this folder" in nowhere.refused(*words)
    assert not list(tmp_path.iterdir())


def test_a_lab_of_an_older_isobole_is_left_as_it_is(lab: Lab) -> None:
    lab.run(
        "from django.core.management import call_command\n"
        "call_command('migrate', 'lab', '0002', verbosity=0)"
    )
    assert "made by an older isobole" in lab.refused("verify")


def test_nothing_is_restored_under_a_running_server(tmp_path: Path) -> None:
    with LabServer(tmp_path / "lab") as server:
        said = Lab(server.data_dir).refused("restore", "gone.zip")
        assert "No such file" in said
        (tmp_path / "x.zip").write_text("x")
        said = Lab(server.data_dir).refused("restore", "x.zip")
        assert "Another process is at work on this data folder" in said


def test_without_the_extra_a_sentence_with_the_command() -> None:
    blocked = (
        "import sys, importlib.util as u\n"
        "find, gone = u.find_spec, ('django', 'granian')\n"
        "u.find_spec = lambda name, *a: None if name in gone else find(name, *a)\n"
        "from isobole.cli import main\n"
        "raise SystemExit(main(sys.argv[1:]))"
    )
    for words in (["serve"], ["lab", "verify"], ["lab", "backup", "x.zip"]):
        done = subprocess.run(
            [sys.executable, "-c", blocked, *words], capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "pip install 'isobole[lab]'" in done.stderr
        assert "django, granian" in done.stderr
