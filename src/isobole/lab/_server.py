"""The lab's server: one process that writes, several threads that answer."""

from __future__ import annotations

import errno
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from isobole.lab._certificate import (
    ANY,
    Certificate,
    is_loopback,
    own_address,
    read_certificate,
    refuse_without_tls,
)
from isobole.lab._config import LabConfig, lab_config
from isobole.lab._only_one import only_one
from isobole.results import RESEARCH_ONLY, DataError, OptionError, Problem

THREADS = 16
STOP_S = 10
"""Longest wait for requests under way when the server is stopped."""


def serve(
    *,
    data: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serve the lab until the process is told to stop.

    Parameters
    ----------
    data : Path, optional
        Folder of the database, the secret and backups.
    host, port
        Where to listen. From other machines only with a certificate.
    tls_cert, tls_key : Path, optional
        Certificate and private key in PEM form.

    Raises
    ------
    OptionError
        If the address is open to the network and no certificate is given.
    DataError
        If the certificate, the data folder, the port or the database cannot be used.
    """
    if not 1 <= port <= 65535:
        msg = f"port is {port}; give a number from 1 to 65535"
        raise OptionError(msg)
    certificate = read_certificate(tls_cert, tls_key)
    if certificate is None and not is_loopback(host):
        raise refuse_without_tls(host)
    config = reached_at(lab_config(data=data), host, certificate)
    with only_one(config.data):
        _refuse_taken(host, port)
        told = _made_ready(config)
        print(_banner(config, host, port, certificate, told), flush=True)
        _listen(host, port, certificate)


def reached_at(
    config: LabConfig, host: str, certificate: Certificate | None
) -> LabConfig:
    """Return the configuration with the names that the server answers to.

    The process that answers reads it again, so it is put into the environment.
    """
    hosts = dict.fromkeys(config.hosts)
    if host not in ANY:
        hosts[f"[{host}]" if ":" in host else host] = None
    if certificate is not None:
        hosts |= dict.fromkeys(certificate.names)
    local = len(lab_config(data=config.data, environment={}).hosts)
    os.environ["ISOBOLE_DATA"] = str(config.data)
    os.environ["ISOBOLE_HOSTS"] = ",".join([*hosts][local:])
    os.environ["ISOBOLE_SECURE"] = "0" if certificate is None else "1"
    return replace(config, hosts=tuple(hosts), secure=certificate is not None)


def _made_ready(config: LabConfig) -> list[str]:
    from isobole.lab._start import start_django

    start_django(config)
    from django.db import connections

    from isobole.lab._prepare import prepare
    from isobole.lab.record import writer

    told = []
    saved = prepare(config)
    if saved is not None:
        told.append(f"The tables were brought up to date; before that: {saved}")
    code = _setup_code()
    if code is not None:
        told.append(f"First run, make the administrator: /setup?code={code}")
    # Nothing of this process may be shared with the one that answers.
    writer.stop()
    connections.close_all()
    return told


def _setup_code() -> str | None:
    from isobole.lab.accounts.first_run import setup_code

    return setup_code()


def _banner(
    config: LabConfig,
    host: str,
    port: int,
    certificate: Certificate | None,
    told: list[str],
) -> str:
    shown = own_address() if host in ANY else host
    scheme = "http" if certificate is None else "https"
    url = f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}"
    kind = "PostgreSQL" if config.backend == "postgresql" else "SQLite"
    lines = [
        f"isobole lab: {url}",
        f"Data folder: {config.data}",
        f"Database: {kind}",
        *(line.replace(" /setup", f" {url}/setup") for line in told),
        RESEARCH_ONLY,
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines)


def _refuse_taken(host: str, port: int) -> None:
    """Say that a port is taken before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken" if taken else f"cannot be used ({error.strerror or error})"
        raise DataError(
            [
                Problem(
                    "port-taken" if taken else "address",
                    f"Port {port} of {host} {why}",
                    remedy="Give another with --port, or end what listens there"
                    if taken
                    else "Give an address of this machine with --host, and a port "
                    "above 1023",
                )
            ]
        ) from error


def _listen(host: str, port: int, certificate: Certificate | None) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "isobole.lab._wsgi:application",
        address="127.0.0.1" if host == "localhost" else host,
        port=port,
        interface=Interfaces.WSGI,
        # One process: its one thread that writes keeps the order of the record.
        workers=1,
        blocking_threads=THREADS,
        # Each keeps a connection to the database: they are not ended between runs.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        websockets=False,
        log_enabled=False,
        ssl_cert=None if certificate is None else certificate.cert,
        ssl_key=None if certificate is None else certificate.key,
    )
    server.serve()
