"""docs/lab.md against the lab: roles, flags, keys, certificates, pictures."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

pytest.importorskip("django")
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lab.md").read_text("utf-8")
SHOTS = ROOT / "docs" / "images" / "lab"
STATIC = ROOT / "src" / "isobole" / "lab" / "static" / "lab"


def consoles() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```\n", PAGE, re.M | re.S)
    return [line for block in blocks for line in block.splitlines()]


def test_roles_are_those_of_the_permissions() -> None:
    from lab_ready import ready

    ready()
    from isobole.lab.permissions import ALLOWED

    shown = re.search(r"<!-- roles.*?-->\n(.*?)<!-- end", PAGE, re.S)
    assert shown is not None
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in shown[1].splitlines()
    ]
    assert rows[0][1:] == list(ALLOWED)
    found: dict[str, set[str]] = {role: set() for role in ALLOWED}
    for said, *marks in rows[2:]:
        name = re.search(r"`([a-z_.]+)`", said)
        assert name is not None, said
        assert set(marks) <= {"✓", ""}
        for role, mark in zip(ALLOWED, marks, strict=True):
            if mark:
                found[role].add(name[1])
    assert found == ALLOWED


def test_flags_are_those_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    from isobole.cli import main

    found = [re.fullmatch(r"(?:[A-Z_]+=\S+ )?isobole (.*)", x) for x in consoles()]
    commands = [match[1] for match in found if match]
    assert len(commands) >= 8
    for command in commands:
        words = command.split()
        name = words[: 2 if words[0] == "lab" else 1]
        assert main([*name, "--help"]) == 0
        help_page = capsys.readouterr().out
        for flag in (word for word in words if word.startswith("--")):
            assert f"{flag} " in help_page, command


def test_certificates_are_made_by_the_commands_the_server_prints() -> None:
    from isobole.lab._certificate import how_to_make_one

    own = how_to_make_one("192.168.1.20").replace(
        f"DNS:{socket.gethostname()},", "DNS:lab-server,"
    )
    shown = [line for line in consoles() if line.startswith("openssl")]
    # A machine that is called localhost has no name of its own in it.
    assert [s.replace("DNS:lab-server,", "") for s in shown] == [
        line.replace("DNS:lab-server,", "") for line in own.splitlines()
    ]


def test_keys_of_the_bench_are_those_of_its_script() -> None:
    script = (STATIC / "bench-keys.js").read_text("utf-8")
    rows = re.findall(r'\[((?:"Key[A-Z]",? ?)+)\]', script)[:3]
    drawn = ["".join(re.findall(r"Key([A-Z])", row)) for row in rows]
    assert drawn == ["QWERTY", "ASDFGH", "ZXCVBN"]
    for row in drawn:
        assert f"`{' '.join(row)}`" in PAGE
    keys = dict(re.findall(r'^  (\w+): "(\w+)",$', script, re.M))
    assert {name: code.removeprefix("Key") for name, code in keys.items()} == {
        "start": "Enter", "myoclonic_twitch": "J", "clonic": "Space", "gtc": "K",
        "the": "L", "loss_of_righting": "U", "fall": "O", "death": "P", "note": "M",
        "undo": "Backspace",
    }  # fmt: skip
    for shown in ("| Space, `K`, `L` |", "| `J`, `U`, `O` |", "| `P`, `M` |"):
        assert shown in PAGE
    assert "const FOCUS_MS = 2000;" in script


def test_keys_of_kindling_are_those_of_its_script() -> None:
    script = (STATIC / "kindling.js").read_text("utf-8")
    answers = re.search(r"const ANSWERS = \{ (.*) \};", script)
    assert answers is not None
    assert re.findall(r"(\w): ", answers[1]) == ["n", "y", "l"]
    assert "| `N`, `Y`, `L` |" in PAGE


def test_numbers_are_those_of_the_settings() -> None:
    from isobole.lab import _settings

    assert f"After {_settings.IDLE_LOCK_S // 60} min without use" in PAGE
    source = Path(_settings.__file__).read_text("utf-8")
    assert '"account": 5' in source
    assert "five\nwrong passwords" in PAGE


def test_every_picture_of_the_page_is_there() -> None:
    linked = set(re.findall(r"\]\(images/lab/([\w-]+\.png)\)", PAGE))
    assert len(linked) > 15
    for name in linked:
        head = (SHOTS / name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        size = (int.from_bytes(head[16:20]), int.from_bytes(head[20:24]))
        assert size[0] == 1280, name
        assert size[1] >= 800, name
    # Each is of a test that opens the page, and can be made again.
    assert linked == {path.name for path in SHOTS.iterdir()}
