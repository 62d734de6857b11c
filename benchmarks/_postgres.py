"""A PostgreSQL server of our own, thrown away after use; tests and benchmarks share it.

It listens on a socket in its own folder only, so no port is taken and nobody else gets
in. PostgreSQL refuses to run as root: then it runs as the user `postgres` that Debian's
package makes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

OWNER = "isobole"
REMEDY = "apt-get install -y postgresql"
START_S = 60


class NoPostgres(Exception):
    """This machine cannot run a PostgreSQL server; the message says why."""


@contextmanager
def cluster(commits: Literal["durable", "volatile"]) -> Iterator[str]:
    """Start a server, yield the address of its first database, and remove it all.

    Parameters
    ----------
    commits : {"durable", "volatile"}
        Whether a commit waits for the disk, as installed servers do. Tests need not
        wait; what is timed must.
    """
    programs = _programs()
    as_user = _as_user()
    # Not pytest's folder: only root could enter it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="isobole-pg-"))
    try:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        _run(
            *as_user, programs / "initdb", "--no-locale", "--encoding=UTF8",
            "--auth=trust", f"--username={OWNER}", "--no-sync", "-D", data,
        )  # fmt: skip
        with _running([*as_user, *_dies_with_us(as_user)], programs, folder, commits):
            yield address(folder, "postgres")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path | str, name: str) -> str:
    """Return the address of a database of the server whose socket is in `folder`."""
    return f"postgresql://{OWNER}@/{name}?host={folder}"


def new_database(url: str, name: str) -> str:
    """Make an empty database beside the one of `url` and return its address."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return url.replace("@/postgres?", f"@/{name}?")


def drop_database(url: str, name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _programs() -> Path:
    """Return the folder of the newest server's programs."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    # Debian keeps each version's programs off the PATH.
    versions = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parts[-3].isdecimal()
    ]
    if not versions:
        raise NoPostgres(f"PostgreSQL is not installed: {REMEDY}")
    return max(versions, key=lambda path: int(path.parts[-2]))


def _as_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    import pwd

    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise NoPostgres(
            "PostgreSQL does not run as root, and there is no user postgres to run it "
            f"as: {REMEDY}"
        ) from None
    if shutil.which("setpriv") is None:
        raise NoPostgres("PostgreSQL does not run as root, and setpriv is not here")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _dies_with_us(as_user: list[str]) -> list[str]:
    """Return words that stop the server when this process is killed."""
    if as_user:
        return ["--pdeathsig=QUIT"]
    if sys.platform == "linux" and shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig=QUIT"]
    return []


@contextmanager
def _running(
    before: list[str], programs: Path, folder: Path, commits: str
) -> Iterator[None]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "60",
        "log_min_messages": "fatal",
    }
    if commits == "volatile":
        options |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
    words = [*before, str(programs / "postgres"), "-D", str(folder / "data")]
    for name, value in options.items():
        words += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        # Its own session: Ctrl-C ends the tests first, and they end the server.
        server = subprocess.Popen(
            words, stdout=log, stderr=log, env=_environment(), start_new_session=True
        )
        try:
            _await(server, programs, folder)
            yield
        finally:
            server.send_signal(signal.SIGQUIT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await(server: subprocess.Popen[bytes], programs: Path, folder: Path) -> None:
    end = time.monotonic() + START_S
    asks = [programs / "pg_isready", "-q", "-h", folder, "-d", "postgres"]
    while server.poll() is None and time.monotonic() < end:
        if subprocess.run(asks, env=_environment()).returncode == 0:
            return
        time.sleep(0.05)
    said = (folder / "log").read_text("utf-8", "replace").strip()
    raise RuntimeError(f"The PostgreSQL server did not start:\n{said}")


def _run(*words: str | Path) -> None:
    done = subprocess.run(
        list(map(str, words)), env=_environment(), capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{words[-1]}: {done.stdout}{done.stderr}")


def _environment() -> dict[str, str]:
    """Return the environment without what would lead to another server."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}
