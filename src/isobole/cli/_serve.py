"""`isobole serve`: the lab in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._lab_here import the_lab_is_here

SERVER = Group("Server", sort_key=1)


def serve(
    *,
    data: Annotated[Path | None, Parameter(group=SERVER, metavar="DIR")] = None,
    host: Annotated[str, Parameter(group=SERVER, metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, Parameter(group=SERVER, metavar="N")] = 8000,
    tls_cert: Annotated[Path | None, Parameter(group=SERVER, metavar="FILE")] = None,
    tls_key: Annotated[Path | None, Parameter(group=SERVER, metavar="FILE")] = None,
) -> None:
    """Open the lab in the browser: plan, score and analyse.

    Runs until Ctrl-C. The first run prints where the administrator's account is made;
    there is no default password. Everything is kept in the data folder, in SQLite;
    with ISOBOLE_DATABASE_URL=postgresql://… in PostgreSQL. Other machines, tablets
    too, reach it only with a certificate: without one, --host ADDRESS prints the
    commands that make it.

    isobole serve --data ptz-lab

    Parameters
    ----------
    data : Path
        Folder of the database, the secret and backups; else ISOBOLE_DATA.
    host : str
        Address to listen on; 0.0.0.0 for every address of this machine.
    port : int
        Port to listen on.
    tls_cert : Path
        Certificate in PEM form.
    tls_key : Path
        Its private key in PEM form.
    """
    the_lab_is_here()
    from isobole.lab._server import serve as run

    run(data=data, host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
