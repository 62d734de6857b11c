"""`isobole serve` as a process: it starts, answers, ends, refuses in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from browser.server import LabServer, free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LabServer]:
    with LabServer(tmp_path / "lab") as running:
        yield running


def refused(*words: str, **environment: str) -> str:
    """Return what `isobole serve` says when it does not start."""
    done = subprocess.run(
        [sys.executable, "-c", "from isobole.cli import main; raise SystemExit(main())",
         "serve", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def test_it_starts_says_where_and_ends_quietly(server: LabServer) -> None:
    said = server.said()
    assert server.url in said
    assert str(server.data_dir) in said
    assert "SQLite" in said
    assert f"{server.url}/setup?code=" in said
    assert "research" in said
    with urllib.request.urlopen(f"{server.url}/api/health") as answer:
        assert json.load(answer)["status"] == "ok"
    assert server.stop() == 0
    assert not server.answers()
    server.start()
    assert server.answers()


def test_the_code_of_the_first_run_goes_when_somebody_is_there(
    server: LabServer,
) -> None:
    server.make_person("ana", administrator=True)
    server.stop()
    server.log.unlink()
    server.start()
    assert "/setup" not in server.said()


def test_nobody_else_reads_the_database_in_a_folder_open_to_all(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "lab"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with LabServer(folder) as server:
        found = sorted(folder.glob("lab.sqlite3*"))
        assert found
        assert {one.stat().st_mode & 0o777 for one in found} == {0o600}
        server.kill()
        (folder / "lab.sqlite3").chmod(0o644)  # as an older isobole left it
        server.start()
        assert (folder / "lab.sqlite3").stat().st_mode & 0o777 == 0o600


def test_one_server_for_a_folder(server: LabServer) -> None:
    said = refused("--data", str(server.data_dir), "--port", str(free_port()))
    assert "Another process is at work on this data folder" in said
    assert "--data" in said


def test_the_lock_ends_with_the_process_however_it_ends(server: LabServer) -> None:
    server.kill()
    server.start()
    assert server.answers()


def test_the_process_that_answers_ends_with_the_one_that_started_it(
    server: LabServer,
) -> None:
    process = server.process
    assert process is not None
    process.kill()  # only the first one: the second notices
    process.wait()
    end = time.monotonic() + 20
    while server.answers() and time.monotonic() < end:
        time.sleep(0.05)
    assert not server.answers()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"Port {port} of 127.0.0.1 is taken" in refused(
            "--data", str(tmp_path), "--port", port
        )


def test_a_host_that_is_not_this_machine(tmp_path: Path, certificate: Path) -> None:
    said = refused(
        "--data", str(tmp_path / "lab"), "--host", "203.0.113.9",
        "--tls-cert", str(certificate / "lab-cert.pem"),
        "--tls-key", str(certificate / "lab-key.pem"),
    )  # fmt: skip
    assert "cannot be used" in said


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    assert "The data folder cannot be used" in refused("--data", str(place))


def test_a_database_that_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "lab.sqlite3").write_text("rats " * 1000)
    said = refused("--data", str(tmp_path), "--port", str(free_port()))
    assert "The SQLite database cannot be used: file is not a database" in said


def test_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"postgresql://ana:hidden-word@/none?host={tmp_path}"
    said = refused("--data", str(tmp_path), ISOBOLE_DATABASE_URL=url)
    assert "The PostgreSQL database cannot be used" in said
    assert "hidden-word" not in said


def test_a_database_of_a_newer_isobole(server: LabServer) -> None:
    server.run(
        "from django.db import connection\n"
        'connection.cursor().execute("INSERT INTO django_migrations (app, name, '
        "applied) VALUES ('lab', '9999_later', '2030-01-01')\")"
    )
    server.kill()
    said = refused("--data", str(server.data_dir), "--port", str(server.port))
    assert "newer isobole: it has 9999_later" in said


def test_the_database_is_saved_before_its_tables_change(server: LabServer) -> None:
    server.make_person("ana", administrator=True)
    server.run(
        "from django.core.management import call_command\n"
        "call_command('migrate', 'lab', '0001', verbosity=0)"
    )
    server.kill()
    assert not (server.data_dir / "backups").exists()
    server.start()
    (saved,) = (server.data_dir / "backups").iterdir()
    assert str(saved) in server.said()
    with closing(sqlite3.connect(saved)) as old:
        assert old.execute("SELECT username FROM lab_user").fetchall() == [("ana",)]
        assert not old.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
    assert saved.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::", "bench.example"])
def test_the_network_needs_a_certificate(tmp_path: Path, host: str) -> None:
    said = refused("--data", str(tmp_path), "--host", host)
    assert said.count("openssl req") == 2
    assert "passwords" in said
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the commands that isobole prints were run as printed."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI"):
            pytest.fail("openssl is not installed")
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    printed = refused("--data", str(folder / "none"), "--host", "127.0.0.1.nip.test")
    commands = [line for line in printed.splitlines() if line.startswith("openssl")]
    for command in commands:
        command = command.replace("DNS:localhost", "DNS:localhost,IP:127.0.0.1")
        subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True)
    return folder


def test_with_the_certificate_that_the_commands_make(
    tmp_path: Path, certificate: Path
) -> None:
    files = (
        "--tls-cert", str(certificate / "lab-cert.pem"),
        "--tls-key", str(certificate / "lab-key.pem"),
    )  # fmt: skip
    with LabServer(tmp_path / "lab", arguments=files) as server:
        trusting = ssl.create_default_context(cafile=str(certificate / "ca.pem"))
        trusting.verify_flags |= ssl.VERIFY_X509_STRICT
        address = f"https://localhost:{server.port}"
        with urllib.request.urlopen(f"{address}/api/health", context=trusting) as found:
            assert json.load(found)["status"] == "ok"
        # The name that only the certificate vouches for is answered too.
        named = urllib.request.Request(
            f"{address}/api/health", headers={"Host": "127.0.0.1.nip.test"}
        )
        with urllib.request.urlopen(named, context=trusting) as found:
            assert found.status == 200
        with urllib.request.urlopen(f"{address}/setup", context=trusting) as page:
            cookies = page.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all("Secure" in cookie for cookie in cookies)


def test_certificates_that_cannot_be_used(tmp_path: Path, certificate: Path) -> None:
    cert, key = certificate / "lab-cert.pem", certificate / "lab-key.pem"
    data = ("--data", str(tmp_path / "lab"))
    other = refused(
        *data, "--tls-cert", str(cert), "--tls-key", str(certificate / "ca-key.pem")
    )
    assert "not a certificate and its own unencrypted key" in other
    gone = refused(*data, "--tls-cert", str(cert), "--tls-key", str(tmp_path / "gone"))
    assert "No such file" in gone
    half = refused(*data, "--tls-cert", str(cert))
    assert "both --tls-cert and --tls-key" in half
    nameless = tmp_path / "ca.pem"
    shutil.copy(certificate / "ca.pem", nameless)
    said = refused(
        *data, "--tls-cert", str(nameless), "--tls-key", str(certificate / "ca-key.pem")
    )
    assert "no subjectAltName" in said
    assert key.exists()


def test_headers_of_a_proxy_are_not_believed(server: LabServer) -> None:
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"{server.url}/setup", headers=lies)
    with urllib.request.urlopen(request) as page:
        assert "evil.example" not in page.read().decode()
        cookies = page.headers.get_all("Set-Cookie") or []
    assert not any("Secure" in cookie for cookie in cookies)


def test_another_name_is_not_answered(server: LabServer) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/health", headers={"Host": "evil.example"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 400
    refusal.value.close()


def test_ctrl_c_ends_it(server: LabServer) -> None:
    process = server.process
    assert process is not None
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    server.process = None
    assert "Traceback" not in server.said()


def begun(server: LabServer, path: str, sent: bytes, *headers: str) -> socket.socket:
    """Send the beginning of a form that announces more than ever comes."""
    sender = socket.create_connection(("127.0.0.1", server.port))
    head = (
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 9000",
        "Content-Type: application/x-www-form-urlencoded", *headers,
    )  # fmt: skip
    sender.sendall("\r\n".join((*head, "", "")).encode() + sent)
    return sender


def test_who_sends_slowly_stops_nobody(server: LabServer) -> None:
    server.make_study(ben="scorer")
    headers = server.headers("ben")
    senders = [begun(server, "/login", b"username=a") for _ in range(24)]
    try:
        time.sleep(0.5)
        url = f"{server.url}/account"
        asked = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.status == 200
        form = urllib.parse.urlencode({"display_name": "Ben Boole"}).encode()
        asked = urllib.request.Request(url, form, headers)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert b"Ben Boole" in answer.read()
    finally:
        for sender in senders:
            sender.close()


def test_half_a_form_is_no_form(server: LabServer) -> None:
    server.make_study(ben="scorer")
    named = [f"{name}: {value}" for name, value in server.headers("ben").items()]
    sender = begun(server, "/account", b"display_name=Somebo", *named)
    time.sleep(0.5)
    sender.close()  # went away in the middle of a word
    time.sleep(1)
    script = (
        "from isobole.lab.models import User\n"
        "answer = User.objects.get(username='ben').display_name"
    )
    assert server.run(script) == "Ben"
    assert "Traceback" not in server.said()
