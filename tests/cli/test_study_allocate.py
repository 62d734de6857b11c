"""`isobole study allocate`, `lock` and `reveal` as typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from allocated_studies import PASSPHRASE, study_folder
from isobole.cli import _study_allocate
from isobole.studies._allocate import BEGIN

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
WHO = ("--actor", "ana")


@pytest.fixture
def trial(isobole: Isobole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Isobole:
    study_folder(tmp_path)
    monkeypatch.setenv("ISOBOLE_KEY_PASSPHRASE", PASSPHRASE)
    return isobole


def scored() -> None:
    names = [f"M{i + 1:02d}" for i in range(32)]
    rows = [f"e{i},{n},1800000,end,,bo,,,window_done\n" for i, n in enumerate(names)]
    Path("trial/events.csv").write_text(
        "event_id,animal_id,t_ms,type,score,observer,supersedes,reason,detail\n"
        + "".join(rows),
        encoding="utf-8",
    )
    path = Path("trial/animals.csv")
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    timed = [f"{first},t0", *(f"{row},2026-01-06T09:00:00.000Z" for row in rest)]
    path.write_text("\n".join(timed) + "\n", encoding="utf-8")


def test_allocate_lock_reveal(trial: Isobole, check: Check) -> None:
    ran = trial("study", "allocate", "trial", *WHO)
    assert (ran.code, ran.err) == (0, "")
    assert "Give it to a third person" in ran.out
    assert "For research and education only" in ran.out
    for word in ("vehicle  ", PASSPHRASE, "valproate"):
        assert word not in ran.out
    sheet = Path("trial/dosing/day-1.html").read_text(encoding="utf-8")
    assert "<h1>Dosing sheet PTZ-07, day 1</h1>" in sheet
    assert "valproate" not in sheet
    assert "valproate" in Path("PTZ-07-preparation.html").read_text(encoding="utf-8")
    scored()
    ran = trial("study", "lock", "trial", *WHO, "--json")
    assert ran.code == 0
    check("study-lock", ran.json)
    ran = trial("study", "reveal", "trial", "--key", "PTZ-07.key", *WHO, "--json")
    assert ran.code == 0
    check("study-reveal", ran.json)
    assert sorted(ran.json["groups"].values()) == ["high", "low", "middle", "vehicle"]


def test_allocate_json_is_blind(trial: Isobole, check: Check) -> None:
    ran = trial("study", "allocate", "trial", *WHO, "--record", "start", "--json")
    assert ran.code == 0
    check("study-allocate", ran.json)
    assert ran.json["committed_in"] == "record.jsonl"
    assert len(ran.json["rows"]) == 32
    assert "seed" not in ran.json["rules"]
    assert ran.json["seed"] is None
    assert all("group" not in row for row in ran.json["rows"])


def test_one_animal(trial: Isobole, check: Check) -> None:
    assert trial("study", "allocate", "trial", *WHO).code == 0
    key = ("--key", "PTZ-07.key")
    asked = (*key, "--animal", "M05", "--reason", "status epilepticus", *WHO)
    ran = trial("study", "reveal", "trial", *asked)
    assert ran.code == 0
    assert "M05 is in group" in ran.out
    assert "knows the group of every animal with that code" in " ".join(ran.out.split())
    ran = trial("study", "reveal", "trial", *asked, "--json")
    check("study-reveal", ran.json)
    ran = trial("study", "reveal", "trial", *key, "--animal", "M05", *WHO)
    assert ran.code == 2
    assert "go together" in ran.err


def test_passphrase_never_comes_from_the_command_line(
    trial: Isobole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ISOBOLE_KEY_PASSPHRASE")
    ran = trial("study", "allocate", "trial", "--passphrase", "secret", *WHO)
    assert ran.code == 2
    ran = trial("study", "allocate", "trial", *WHO)
    assert ran.code == 2
    assert "--passphrase-file FILE, set ISOBOLE_KEY_PASSPHRASE" in ran.err
    Path("pp").write_text(PASSPHRASE + "\nsecond line\n", encoding="utf-8")
    Path("trial/pp").write_text(PASSPHRASE, encoding="utf-8")
    Path("empty").write_text("", encoding="utf-8")
    for file, why in (
        ("trial/pp", "which the blinded read"),
        ("empty", "nothing in its first line"),
        ("absent", "cannot be read"),
        ("pp", ""),
    ):
        ran = trial("study", "allocate", "trial", "--passphrase-file", file, *WHO)
        assert ran.code == (2 if why else 0), ran.err
        assert why in " ".join(ran.err.split())
    monkeypatch.setenv("ISOBOLE_KEY_PASSPHRASE", "another one")
    ask = ("--key", "PTZ-07.key", "--animal", "M01", "--reason", "ill", *WHO)
    ran = trial("study", "reveal", "trial", *ask)
    assert ran.code == 1
    assert "The passphrase is wrong" in ran.err
    assert trial("study", "reveal", "trial", *ask, "--passphrase-file", "pp").code == 0


def test_prompted_twice(trial: Isobole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ISOBOLE_KEY_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([PASSPHRASE, "a slip of the pen", PASSPHRASE, PASSPHRASE])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    ran = trial("study", "allocate", "trial", *WHO)
    assert ran.code == 2
    assert "differ" in ran.err
    assert not Path("PTZ-07.key").exists()
    assert trial("study", "allocate", "trial", *WHO).code == 0


def test_refusals_are_sentences(trial: Isobole) -> None:
    ran = trial("study", "allocate", "trial", "--key", "trial/secret.key", *WHO)
    assert ran.code == 1
    assert "the blinded read" in ran.err
    ran = trial("study", "lock", "nowhere", *WHO)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    ran = trial("study", "reveal", "trial", "--key", "absent.key", *WHO)
    assert ran.code == 1
    ran = trial("study", "reveal", "trial", "--key", "k", "--doses", "absent.csv", *WHO)
    assert ran.code == 2


def test_choices_are_those_of_the_library() -> None:
    hints = get_type_hints(_study_allocate.study_allocate)
    assert get_args(hints["record"]) == BEGIN
