"""One build of a folder of pages, in a program of its own as its users start it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from isobole.monograph import build


def main(source: Path, site: Path, jobs: int) -> None:
    """Print the seconds that a build takes, and what it counted."""
    start = time.perf_counter()
    report = build(source, site, jobs=jobs)
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {
                "seconds": seconds,
                "pages": report.pages,
                "parsed": report.parsed,
                "statements": report.statements,
                "sections": report.sections,
                "findings": sum(report.findings.values()),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
