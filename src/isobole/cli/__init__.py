"""The command line: parse, call the library, print, exit.

stdout is the answer and stderr everything else. Exit codes: 0 done, 1 the data or the
model failed, 2 the command was not understood, 3 done but a requested estimate does
not exist, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from isobole.cli._commands import overview

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``isobole``; those of the process by default.

    Examples
    --------
    >>> main(["--version"])
    0.1.0...
    0
    """
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        page = overview(words)
        if page is None:
            from isobole.cli._run import run

            return run(words)
        return _shown(page)
    except KeyboardInterrupt:
        print("\nisobole: interrupted; nothing was written.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        from isobole.cli._run import reader_left

        return reader_left()


def _shown(page: str) -> int:
    try:
        print(page)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from isobole.cli._run import not_printed

        return not_printed(error)
    return 0
