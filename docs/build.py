"""Make the documentation true: run every command, refill every answer, draw, list.

`python docs/build.py` rewrites the pages; `--check` only says what would change.

In README.md and docs/*.md each ``sh`` block is run by bash in a copy of examples/, and
each ``python`` block in one namespace per page; a ``text`` block right below holds what
came out, both streams as a terminal shows them. A line of three dots in it stands for
any lines. Blocks marked ``sh install`` build an environment: only the tests run them.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from reference import reference_page

ROOT = Path(__file__).parents[1]
GENERATED = ("docs/reference.md", "docs/cli.md")
DOTS = "..."
FENCE = re.compile(
    r"^```(?P<kind>sh|python)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<said>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
# Figures of the pages: file, the command that draws it.
IMAGES = {
    "demo.svg": "isobole ed50 rotenone.csv --out demo.svg",
    "separated.svg": "isobole ed50 separated.csv --out separated.svg; test $? = 3",
    "mechanism.svg": "isobole diagram mechanism --out mechanism.svg",
    "workflow.svg": "isobole diagram workflow --out workflow.svg",
    "plan.svg": "isobole plan ed50 --doses 5,10,20,40 --n 8 --ed50 14 --slope 6 "
    "--unit mg/kg --out plan.svg",
}


@dataclass(frozen=True)
class Said:
    """What a block said against what the page shows."""

    page: str
    code: str
    shown: str | None
    said: str

    @property
    def agrees(self) -> bool:
        """Whether the page shows it, three dots standing for any lines."""
        if self.shown is None:
            return True
        parts = re.split(rf"^{re.escape(DOTS)}\n", self.shown, flags=re.MULTILINE)
        pattern = r"(?:.*\n)*?".join(map(re.escape, parts))
        return re.fullmatch(pattern, self.said) is not None


def pages() -> list[str]:
    """Return the pages written by hand, README first."""
    written = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")]
    return ["README.md", *sorted(set(written) - set(GENERATED))]


def environment() -> dict[str, str]:
    """Return an environment that finds this isobole and has no terminal."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ISOBOLE_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "NO_COLOR": "1", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}


def shell(code: str, folder: Path) -> str:
    """Run a block by bash and return both streams; it must end well."""
    ran = subprocess.run(
        ["bash", "-c", code],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if ran.returncode:
        raise RuntimeError(f"exit code {ran.returncode} from:\n{code}\n{ran.stdout}")
    return ran.stdout


def python(code: str, folder: Path, names: dict[str, Any]) -> str:
    """Run a block in `names` and return what it printed."""
    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out):
        exec(compile(code, "<page>", "exec"), names)
    return out.getvalue()


def run(page: str, folder: Path) -> Iterator[tuple[re.Match[str], Said]]:
    """Run the blocks of a page one after the other in `folder`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "page"}
    for match in FENCE.finditer(text):
        code = match["code"]
        if match["kind"] == "sh":
            said = shell(code, folder)
        else:
            said = python(code, folder, names)
        yield match, Said(page, code, match["said"], said)


def workplace(folder: Path) -> Path:
    """Copy the examples into `folder`, where the pages' commands are run."""
    return Path(shutil.copytree(ROOT / "examples", folder, dirs_exist_ok=True))


def refilled(page: str) -> str:
    """Return the page with every answer as it is now."""
    text = (ROOT / page).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        found = list(run(page, workplace(Path(folder))))
    for match, said in reversed(found):
        if said.agrees:
            continue
        if f"\n{DOTS}\n" in f"\n{said.shown}":
            raise RuntimeError(
                f"{page}: this does not fit its dots any more:\n{said.said}"
            )
        start, end = match.span("said")
        text = text[:start] + said.said + text[end:]
    return text


def cli_page() -> str:
    """Return every help page of the command line."""
    from isobole.cli._commands import COMMANDS, GROUPS

    lines = [
        "# The command line",
        "",
        "Made by `make docs` from the commands' own help.",
        "",
    ]
    for words in ["", *GROUPS, *(name for name, _, _ in COMMANDS)]:
        name = f"isobole {words}".strip()
        said = shell(f"{name} --help", ROOT).rstrip()
        lines += [f"## {name}", "", "```text", said, "```", ""]
    return "\n".join(lines)


def images() -> dict[str, str]:
    """Draw the figures anew, each by the command beside its name."""
    with tempfile.TemporaryDirectory() as name:
        folder = workplace(Path(name))
        for command in IMAGES.values():
            shell(command, folder)
        return {
            f"docs/images/{file}": (folder / file).read_text(encoding="utf-8")
            for file in IMAGES
        }


def built() -> dict[str, str]:
    """Return every file of the documentation as it should be, by its path."""
    return {
        **{page: refilled(page) for page in pages()},
        "docs/reference.md": reference_page(),
        "docs/cli.md": cli_page(),
        **images(),
    }


def main(words: list[str]) -> int:
    """Write what differs; with --check say so and return 1."""
    changed = 0
    for name, text in built().items():
        path = ROOT / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old == text:
            continue
        changed += 1
        print(f"{name} {'differs' if words == ['--check'] else 'written'}")
        if words == ["--check"]:
            lines = difflib.unified_diff(
                old.splitlines(), text.splitlines(), "shown", "now", n=0, lineterm=""
            )
            print("\n".join(list(lines)[:40]))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print(f"{changed} file(s) changed")
    return int(bool(changed) and words == ["--check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
