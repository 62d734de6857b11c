"""A lab as its users have it: `isobole serve` in a process of its own.

Django serves one installation in a process, so people and studies are made by a short
script in another process beside it, which sees the same data folder and database.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from urllib.error import HTTPError

START_S = 60
STOP_S = 30
PROGRAM = (sys.executable, "-c", "from isobole.cli import main; main()")
BESIDE = """
import json, sys, traceback
wire, sys.stdout = sys.stdout, sys.stderr
from isobole.lab import lab_config, start_django
start_django(lab_config())
from django.db import connections
from isobole.lab.record._chain import forget
for line in sys.stdin:
    asked = json.loads(line)
    forget()  # the server wrote meanwhile
    names = {**asked["given"], "answer": None}
    try:
        exec(asked["script"], names)
        said = {"answer": names["answer"]}
    except BaseException:
        said = {"fault": traceback.format_exc()}
    connections.close_all()
    print(json.dumps(said), file=wire, flush=True)
"""
CSRF = "a" * 32
"""A form's secret that is its own cookie's: sent as cookie and as header."""


class LabServer:
    """Start `isobole serve` on a free port; use it as a context manager.

    Parameters
    ----------
    data_dir : path
        The data folder.
    database_url : str, optional
        A PostgreSQL database; SQLite in the folder without it.
    environment : mapping, optional
        More variables for the server.
    arguments : sequence of str
        More flags of `isobole serve`.
    scripts : {"fresh", "kept"}
        Whether each script of `run` gets a process of its own, or one is kept for all
        of them until the server is killed: it spares each a second.
    program : sequence of str
        What is started instead of this checkout's `isobole`: that of an installation.
    """

    def __init__(
        self,
        data_dir: Path | str,
        database_url: str | None = None,
        *,
        environment: dict[str, str] | None = None,
        arguments: tuple[str, ...] = (),
        scripts: Literal["fresh", "kept"] = "fresh",
        program: tuple[str, ...] = PROGRAM,
    ) -> None:
        self.program = program
        self._scripts = scripts
        self._beside: subprocess.Popen[str] | None = None
        self.data_dir = Path(data_dir)
        self.port = free_port()
        self.arguments = arguments
        self.database_url = database_url
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ISOBOLE_")},
            "ISOBOLE_DATA": str(self.data_dir),
            **({"ISOBOLE_DATABASE_URL": database_url} if database_url else {}),
            **(environment or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.data_dir / "server.log"

    @property
    def url(self) -> str:
        """The address of the lab, without a slash at its end."""
        scheme = "https" if "--tls-cert" in self.arguments else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> LabServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it on the same port and data as before, and wait until it answers."""
        assert self.process is None, "it runs already"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.program, "serve", "--port", str(self.port), *self.arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own, so that a kill takes all of it.
                start_new_session=True,
            )
        end = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.said()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Say whether it answers at /api/health."""
        if self.url.startswith("https"):
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        try:
            with urllib.request.urlopen(f"{self.url}/api/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def kill(self) -> None:
        """Kill it at once, as a power cut does (SIGKILL)."""
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.kill()
            beside.communicate()
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> int:
        """Tell it to stop (SIGTERM) and return its exit code."""
        process, self.process = self.process, None
        assert process is not None, "it does not run"
        process.terminate()
        try:
            return process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    def said(self) -> str:
        """Return what the server printed."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def run(self, script: str, **given: Any) -> Any:
        """Run Python beside the server, with Django ready on the same database.

        The script finds what is `given` by name, and what it leaves in `answer` is
        returned (JSON).
        """
        if self._scripts == "kept":
            return self._run_beside(script, given)
        before = (
            "import json, sys\n"
            "from isobole.lab import lab_config, start_django\n"
            "start_django(lab_config())\n"
            "globals().update(json.load(sys.stdin))\n"
            "answer = None\n"
        )
        after = "\nprint('\\n' + json.dumps(answer))\n"
        done = subprocess.run(
            [sys.executable, "-c", before + script + after],
            input=json.dumps(given),
            env=self._environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def _run_beside(self, script: str, given: dict[str, Any]) -> Any:
        if self._beside is None:
            with (self.data_dir / "beside.log").open("ab") as log:
                self._beside = subprocess.Popen(
                    [sys.executable, "-c", BESIDE],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=self._environment,
                    text=True,
                )
        beside = self._beside
        assert beside.stdin is not None
        assert beside.stdout is not None
        asked = json.dumps({"script": script, "given": given})
        print(asked, file=beside.stdin, flush=True)
        line = beside.stdout.readline()
        if not line:
            raise RuntimeError((self.data_dir / "beside.log").read_text("utf-8"))
        said = json.loads(line)
        if "fault" in said:
            raise RuntimeError(said["fault"])
        return said["answer"]

    def make_person(self, name: str, *, administrator: bool = False) -> str:
        """Make an account and return its password."""
        password = f"{name} walks past 7 mills"
        self.run(
            "from isobole.lab.models import User\n"
            "User.objects.create_user(name, password, display_name=name.title(),\n"
            "                         is_administrator=administrator)",
            name=name,
            password=password,
            administrator=administrator,
        )
        return password

    def make_study(self, bundled: str = "ptz-valproate-magnesium", **roles: str) -> str:
        """Store a bundled study; ana="designer+scorer" gives roles. Return its id."""
        study_id: str = self.run(
            "from isobole.datasets import study_path\n"
            "from isobole.studies import read_record\n"
            "from isobole.lab.models import Membership, RecordRow, Study, User\n"
            "from isobole.lab.record._rows import row_of\n"
            "entries = read_record(study_path(bundled) / 'record.jsonl')\n"
            "answer = next(e.obj for e in entries if e.action == 'protocol.save')\n"
            "study = Study.objects.create(study_id=answer)\n"
            "RecordRow.objects.bulk_create([row_of(answer, e) for e in entries])\n"
            "for name, held in roles.items():\n"
            "    user = User.objects.filter(username=name).first()\n"
            "    user = user or User.objects.create_user(\n"
            "        name, f'{name} walks past 7 mills', display_name=name.title())\n"
            "    for role in held.split('+'):\n"
            "        Membership.objects.create(study=study, user=user, role=role)\n",
            bundled=bundled,
            roles=roles,
        )
        return study_id

    def headers(self, name: str) -> dict[str, str]:
        """Return the headers of a browser in which this person is logged in."""
        session = self.run(
            "from django.contrib.auth import (\n"
            "    BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY)\n"
            "from django.contrib.sessions.backends.db import SessionStore\n"
            "from isobole.lab.models import User\n"
            "user = User.objects.get(username=name)\n"
            "session = SessionStore()\n"
            "session[SESSION_KEY] = str(user.pk)\n"
            "session[BACKEND_SESSION_KEY] = 'isobole.lab.accounts.backend.LabBackend'\n"
            "session[HASH_SESSION_KEY] = user.get_session_auth_hash()\n"
            "session.save()\n"
            "answer = session.session_key",
            name=name,
        )
        return {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
