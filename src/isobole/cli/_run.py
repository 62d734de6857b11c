"""Run one command: parse its words, print its answer, turn every failure to sentences.

Nothing escapes as a traceback, except with ISOBOLE_DEBUG=1.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from io import TextIOWrapper
from pathlib import Path

from cyclopts import App, CycloptsError

from isobole._version import __version__
from isobole.cli._answer import Answer
from isobole.cli._commands import COMMANDS, GROUPS
from isobole.cli._flags import STDIN
from isobole.cli._spelling import as_flags
from isobole.results import (
    DataError,
    IsoboleError,
    OptionError,
    Provenance,
    error_envelope,
    to_json,
)

DONE, FAILED, USAGE, NO_ESTIMATE, PIPE = 0, 1, 2, 3, 141
_NO_NUMBER = re.compile(r'unable to convert "([^"]*)" into (float|int)\.')
_COMMA = re.compile(r"(-?\d+),(\d+)")
_LACKS = re.compile(r'Command "(.+)" parameter (\S+) requires an argument\.')


def build_app() -> App:
    """Return the application; every command is imported only when it is run."""
    from isobole.cli._help import PlainHelp

    app = App(
        name="isobole",
        version=__version__,
        help_format="plaintext",
        help_formatter=PlainHelp(),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    groups = {name: App(name=name, help=summary) for name, summary in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for path, target, _ in COMMANDS:
        *parents, name = path.split()
        (groups[parents[0]] if parents else app).command(target, name=name)
    return app


def run(words: list[str]) -> int:
    """Run the command that `words` name and return the exit code."""
    command = shlex.join(["isobole", *words])
    _speak(as_json="--json" in words)
    try:
        return _attempt(words, command)
    except BrokenPipeError:
        return reader_left()
    except Exception as error:
        if os.environ.get("ISOBOLE_DEBUG") == "1":
            raise
        return _failed(error, command, "--json" in words)


def _speak(*, as_json: bool) -> None:
    """Let no character stop an answer: JSON is UTF-8, text as the terminal can."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if as_json and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def _attempt(words: list[str], command: str) -> int:
    try:
        tokens = [STDIN if word == "-" else word for word in words]
        answer = build_app()(tokens, exit_on_error=False, print_error=False)
        if isinstance(answer, str):
            print(answer, end="")
            sys.stdout.flush()
            return DONE
        if not isinstance(answer, Answer):  # a help page was printed
            return DONE
        return _deliver(answer, command)
    except CycloptsError as error:
        return _not_understood(_parsed(error), error, command, words)
    except OptionError as error:
        return _not_understood(as_flags(str(error)), error, command, words)


def reader_left() -> int:
    """Stop quietly: what read our output (``| head``) has gone."""
    _give_stdout_up()
    return PIPE


def not_printed(error: OSError, kept: Path | None = None) -> int:
    """Say that standard output took no more, and which file holds the answer."""
    _give_stdout_up()
    said = f"isobole: The answer could not be printed: {error.strerror or error}."
    if kept is not None:
        said += f" {kept} was written."
    print(said, file=sys.stderr)
    return FAILED


def _give_stdout_up() -> None:
    # Python flushes stdout once more at exit, which would fail again.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())


def _deliver(answer: Answer, command: str) -> int:
    from isobole.cli._write import json_text, write

    provenance = Provenance(
        command=command,
        inputs=tuple(answer.inputs),
        data_sha256=answer.data_sha256,
        options=answer.options,
        seed=answer.seed,
    )
    if answer.json:
        text = json_text(answer, provenance)
    elif answer.verbatim is not None:
        text = answer.verbatim()
    else:
        from isobole.cli._terminal import render

        text = render(answer.text())
    if answer.out is not None:
        write(answer, provenance, answer.out)
    try:
        print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        return not_printed(error, answer.out)
    if answer.out is not None:
        print(f"Wrote {answer.out}", file=sys.stderr)
    if not answer.complete:
        print(
            "An estimate that was asked for does not exist in these data; the answer "
            "says why (exit code 3).",
            file=sys.stderr,
        )
    if not answer.sound:
        return FAILED
    return DONE if answer.complete else NO_ESTIMATE


def _parsed(error: CycloptsError) -> str:
    """Return what cyclopts says, each sentence with its capital letter."""
    sentence = " ".join(str(error).split())
    if lacks := _LACKS.fullmatch(sentence):
        value = " with a value" if lacks[2].startswith("-") else ""
        return f"{lacks[1]} needs {lacks[2]}{value}."
    sentence = _NO_NUMBER.sub(_as_number, sentence)
    return re.sub(r"\. ([a-z])", lambda match: f". {match[1].upper()}", sentence)


def _as_number(match: re.Match[str]) -> str:
    """Say of a word that is no number which one may be meant by it."""
    whole = match[2] == "int"
    said = f"'{match[1]}' is not a {'whole ' if whole else ''}number."
    if comma := _COMMA.fullmatch(match[1]):
        point, none = f"{comma[1]}.{comma[2]}", f"{comma[1]}{comma[2]}"
        thousands = len(comma[2]) == 3
        if whole:
            meant = none if thousands else ""
        else:
            meant = f"{point} or {none}, whichever is meant" if thousands else point
        said += f" Write {meant}: a comma is no part of a number." if meant else ""
    return said


def _not_understood(
    sentence: str, error: Exception, command: str, words: list[str]
) -> int:
    paths = [*(path.split() for path, _, _ in COMMANDS), *([name] for name in GROUPS)]
    named = next((path for path in paths if words[: len(path)] == path), [])
    page = " ".join(["isobole", *named, "--help"])
    if "--json" in words:
        _print_failure(command, error, sentence)
    print(f"isobole: {sentence}\nSee {page}", file=sys.stderr)
    return USAGE


def _failed(error: Exception, command: str, as_json: bool) -> int:
    if as_json:
        _print_failure(command, error, _sentence(error))
    lines = _sentence(error).splitlines()
    if isinstance(error, DataError):
        count = len(error.problems)
        thing = "problem" if count == 1 else "problems"
        lines.insert(0, f"isobole: {count} {thing} found; nothing was written.")
    else:
        lines[0] = f"isobole: {lines[0]}"
    print("\n".join(lines), file=sys.stderr)
    return FAILED


def _print_failure(command: str, error: Exception, sentence: str) -> None:
    """Print the JSON of a failure; where nobody can read it, stderr still says it."""
    try:
        print(to_json({**error_envelope(command, error), "message": sentence}))
        sys.stdout.flush()
    except OSError:
        _give_stdout_up()


def _sentence(error: Exception) -> str:
    if isinstance(error, IsoboleError):
        return as_flags(str(error))
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}. Nothing was written."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Nothing was written."
    return (
        f"This should not have happened ({type(error).__name__}: {error}). Nothing was "
        "written. Please report it to the authors of isobole with the command you "
        "typed; ISOBOLE_DEBUG=1 before the command shows where it happened."
    )
