"""Start-up of the command line against the imports it cannot avoid."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks._timing import Figure, processes

CSV = "dose (mg/kg),n,affected\n5,8,1\n10,8,2\n15,8,4\n20,8,6\n30,8,8\n"
CALL = "import sys; from isobole.cli import main; sys.argv = ['isobole', {}]; main()"


def figures() -> list[Figure]:
    """Measure help and one analysis from a cold process."""
    helped, base = processes(
        ["-c", CALL.format("'--help'")], ["-c", "import cyclopts"], rounds=15
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mice.csv"
        path.write_text(CSV, encoding="utf-8")
        analysed, numeric = processes(
            ["-c", CALL.format(f"'ed50', {str(path)!r}, '--json'")],
            ["-c", "import numpy, scipy.special, scipy.optimize, cyclopts"],
            rounds=11,
        )
    return [
        Figure("isobole --help / import cyclopts", helped, base, 1.6),
        Figure(
            "isobole ed50 --json on CSV / import of its numeric libraries",
            analysed,
            numeric,
            1.7,
        ),
    ]
