"""The command tree, and the pages that show it without importing anything heavy."""

from __future__ import annotations

import shutil
import textwrap

# Command, where it lives, what it does. Registered from here and listed from here.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    (
        "ed50",
        "isobole.cli._ed50:ed50",
        "Find the ED50 of every curve in a table of counts.",
    ),
    (
        "potency",
        "isobole.cli._potency:potency",
        "Compare curves: slopes, relative potency, ED50 ratios.",
    ),
    (
        "synergy",
        "isobole.cli._synergy:synergy",
        "Test whether drugs given together act beyond additivity.",
    ),
    (
        "audit",
        "isobole.cli._audit:audit",
        "Recompute published interactions from what they print.",
    ),
    (
        "plan ed50",
        "isobole.cli._plan:plan_ed50",
        "Say what an ED50 experiment risks, before the first animal.",
    ),
    (
        "plan doses",
        "isobole.cli._plan_doses:plan_doses",
        "Choose fixed doses over everything you believe of the ED50.",
    ),
    (
        "plan interaction",
        "isobole.cli._plan_interaction:plan_interaction",
        "Say whether a study of a mixture can find an interaction.",
    ),
    (
        "plan protection",
        "isobole.cli._plan_protection:plan_protection",
        "Say how many animals show a difference in protection.",
    ),
    (
        "plan latency",
        "isobole.cli._plan_latency:plan_latency",
        "Say how many animals show that an event comes later.",
    ),
    (
        "plan severity",
        "isobole.cli._plan_severity:plan_severity",
        "Say how many animals show that seizure scores are lower.",
    ),
    (
        "plan kindling",
        "isobole.cli._plan_kindling:plan_kindling",
        "Say how many animals a kindling study needs.",
    ),
    (
        "study new",
        "isobole.cli._study_new:study_new",
        "Write a commented study folder to start from.",
    ),
    (
        "study check",
        "isobole.cli._study_check:study_check",
        "Check a study folder: protocol, record, rows, ARRIVE items.",
    ),
    (
        "study allocate",
        "isobole.cli._study_allocate:study_allocate",
        "Allocate the animals, seal the list, write dosing sheets.",
    ),
    (
        "study import",
        "isobole.cli._study_import:study_import",
        "Bring in events of a BORIS project or a spreadsheet.",
    ),
    (
        "study next",
        "isobole.cli._study_next:study_next",
        "Recommend the next doses; for the pharmacist only.",
    ),
    (
        "study lock",
        "isobole.cli._study_lock:study_lock",
        "Lock the analysis: protocol and outcomes stand as they are.",
    ),
    (
        "study reveal",
        "isobole.cli._study_reveal:study_reveal",
        "Verify the commitment, then reveal the groups.",
    ),
    (
        "study analyze",
        "isobole.cli._study_analyze:study_analyze",
        "Analyse a study as its protocol declared; one report.",
    ),
    (
        "monograph build",
        "isobole.cli._monograph_build:monograph_build",
        "Build an index and a site from a folder of drug pages.",
    ),
    (
        "monograph check",
        "isobole.cli._monograph_check:monograph_check",
        "Check drug pages for people and for CI, line by line.",
    ),
    (
        "monograph fix",
        "isobole.cli._monograph_fix:monograph_fix",
        "Mend what is broken in a drug page, showing every change.",
    ),
    (
        "monograph unfix",
        "isobole.cli._monograph_unfix:monograph_unfix",
        "Give back a mended page as it was, byte for byte.",
    ),
    (
        "monograph show",
        "isobole.cli._monograph_show:monograph_show",
        "Show what a drug page states, each with its line.",
    ),
    (
        "monograph search",
        "isobole.cli._monograph_search:monograph_search",
        "Search the sections of a collection, best match first.",
    ),
    (
        "monograph ask",
        "isobole.cli._monograph_ask:monograph_ask",
        "Say what drug pages state about a case, and what not.",
    ),
    (
        "diagram",
        "isobole.cli._diagram:diagram",
        "Draw the mechanism or the workflow, with its evidence.",
    ),
    (
        "serve",
        "isobole.cli._serve:serve",
        "Open the lab in the browser: plan, score and analyse.",
    ),
    (
        "lab backup",
        "isobole.cli._lab_backup:lab_backup",
        "Write the whole lab to one file, while it runs.",
    ),
    (
        "lab restore",
        "isobole.cli._lab_backup:lab_restore",
        "Put a backup into an empty lab.",
    ),
    (
        "lab verify",
        "isobole.cli._lab_verify:lab_verify",
        "Verify the chain of every record and of the log of access.",
    ),
    (
        "lab export",
        "isobole.cli._lab_export:lab_export",
        "Write a study of the lab as a study folder.",
    ),
    (
        "lab import",
        "isobole.cli._lab_export:lab_import",
        "Store a study folder as a new study of the lab.",
    ),
    (
        "demo",
        "isobole.cli._demo:demo",
        "Analyse published counts and write a report; needs no file.",
    ),
)
GROUPS = {
    "plan": "Plan an experiment before the first animal.",
    "study": "Run a seizure study: protocol, allocation, records, report.",
    "monograph": "Read drug pages as data: check, mend, search, ask.",
    "lab": "Look after the lab that isobole serve opens: keep, verify, hand over.",
}

EXAMPLES = (
    ("isobole demo", "what it does, on published counts"),
    ("isobole ed50 mice.csv", "one row per dose: dose, n, affected"),
    ("isobole ed50 mice.csv --by drug --out report.html", ""),
    ("isobole potency mice.csv --by drug --standard valproate", ""),
    ("isobole synergy pairs.csv --margin 0.8 1.25", ""),
    ("isobole audit --template", "a table for published interactions"),
    ("isobole study new ptz-trial --model ptz", "a protocol to start from"),
    ("isobole diagram mechanism --out mechanism.svg", ""),
    ("isobole plan ed50 --doses 5,10,20,40 --n 8 --ed50 14 --slope 6", ""),
    ("isobole plan protection --control 10 --treated 90", ""),
)


CLOSING = (
    "isobole COMMAND --help says everything about a command; isobole --version names "
    "the version. FILE is a CSV or Excel table, or - for standard input.",
    "Exit code: 0 done, 1 bad data, 2 not understood, 3 an estimate does not exist.",
    "For research and education only; not for diagnosis or treatment.",
)
WIDEST = 80
ROOM = 20  # columns that a note needs at least


def overview(words: list[str]) -> str | None:
    """Return the page that answers `words`, or None if it is a command to run.

    Examples
    --------
    >>> print(overview(["--help"]).splitlines()[0])
    isobole: from counts to ED50s, interactions and reports
    >>> overview(["ed50", "--help"]) is None
    True
    """
    if words == ["--version"]:
        from isobole._version import __version__

        return __version__
    asked = [word for word in words if word not in ("--help", "-h")]
    if not asked:
        return _root()
    if len(asked) == 1 and asked[0] in GROUPS:
        return _group(asked[0])
    return None


def _root() -> str:
    noted = 2 + max(len(text) for text, note in EXAMPLES if note)
    examples = "\n".join(_entry(text, note, noted) for text, note in EXAMPLES)
    closing = "\n".join(_folded(line) for line in CLOSING)
    return f"""isobole: from counts to ED50s, interactions and reports

Usage: isobole COMMAND [options]

Commands
{_listed(COMMANDS)}

Examples
{examples}

{closing}"""


def _group(name: str) -> str:
    commands = tuple(row for row in COMMANDS if row[0].startswith(f"{name} "))
    return f"""Usage: isobole {name} COMMAND [options]

{_folded(GROUPS[name])}

Commands
{_listed(commands)}

{_folded(f"isobole {name} COMMAND --help says everything about a command.")}"""


def _listed(commands: tuple[tuple[str, str, str], ...]) -> str:
    return "\n".join(_entry(name, summary, 18) for name, _, summary in commands)


def _entry(name: str, note: str, width: int) -> str:
    """Set a note beside a command, or below it; the command is never broken."""
    room = _width() - 2 - width
    if room >= ROOM:
        first, *more = textwrap.wrap(note, room) or [""]
        indent = " " * (width + 2)
    else:
        first, more, indent = "", textwrap.wrap(note, _width() - 6), " " * 6
    lines = [f"  {name:{width}}{first}".rstrip()]
    return "\n".join([*lines, *(indent + line for line in more)])


def _folded(text: str) -> str:
    return textwrap.fill(text, _width(), break_on_hyphens=False)


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDEST)
