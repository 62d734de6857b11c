"""Labelled cases for the checks between statements: small pages of our own writing.

A file of cases is named after the check it labels. Each line is one case: ``+`` (the
defect is there) or ``-`` (it is not), then parts separated by ``||``:

``Section/Subsection: text``  an item of a drug page;
``FAQ: question? => answer``  a question of it;
``>> Title``                  a new page; without one the page is titled Examplamide;
``@key: value``               a field of the front matter.

``+g`` and ``-g`` mark technical guides, with ``P:`` a paragraph, ``H:`` a heading,
``T:`` a table's caption, ``R:`` a row of it (cells separated by ``;``), ``F:`` a
reference, and ``>>`` the compound.

Run as a program it measures the checks on the held-out cases and writes
``checks/measured.toml``. The held-out cases are never used to tune a check: a check
that errs on them stays as it is until new held-out cases are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isobole.monograph import Monograph, check_page, check_pages, checks, read

LABELLED = Path(__file__).parent / "monograph" / "labelled"
TARGET = Path(__file__).parents[1] / "src/isobole/monograph/checks/measured.toml"


@dataclass(frozen=True)
class Case:
    code: str
    there: bool
    guide: bool
    text: str
    line: int

    def pages(self) -> list[Monograph]:
        parts = [part.strip() for part in self.text.split("||")]
        groups: list[list[str]] = [[]]
        for part in parts:
            if part.startswith(">>") and groups[-1]:
                groups.append([])
            groups[-1].append(part)
        build = _guide if self.guide else _page
        return [
            read(build(group), name=f"page{number}.md")
            for number, group in enumerate(groups, start=1)
        ]

    def found(self) -> bool:
        pages = self.pages()
        findings = [f for page in pages for f in check_page(page)]
        findings += check_pages(pages)
        return any(finding.code == self.code for finding in findings)


def _page(parts: list[str]) -> str:
    title = "Examplamide"
    fields: list[str] = []
    sections: dict[str, list[str]] = {}
    for part in parts:
        if part.startswith(">>"):
            title = part[2:].strip()
        elif part.startswith("@"):
            fields.append(part[1:])
        else:
            path, text = part.split(":", 1)
            sections.setdefault(path.strip(), []).append(text.strip())
    lines = ["---", f"title: {title}", *fields, "---"]
    open_section = ""
    questions = 0
    for path, texts in sections.items():
        first, _, second = path.partition("/")
        if first == "FAQ":
            lines += ["", "## FAQs"]
            for text in texts:
                questions += 1
                asked, answer = text.split("=>", 1)
                lines += ["", f"### Q{questions}: {asked.strip()}"]
                lines.append(f"**A:** {answer.strip()}")
            continue
        if first != open_section:
            lines += ["", f"## {first}"]
            open_section = first
        if second:
            lines += ["", f"### {second}:"]
        lines += [f"- {text}" for text in texts]
    return "\n".join(lines) + "\n"


def _guide(parts: list[str]) -> str:
    compound = "Examplamide"
    lines: list[str] = []
    references: list[str] = []
    table = False
    for part in parts:
        mark, _, text = part.partition(":")
        text = text.strip()
        if part.startswith(">>"):
            compound = part[2:].strip()
        elif mark == "F":
            references.append(f"- {len(references) + 1}. {text}")
        elif mark == "T":
            lines += ["", f"Table {part.count('T')}: {text}", ""]
            table = True
        elif mark == "R":
            lines.append("\t".join(cell.strip() for cell in text.split(";")))
            table = True
        elif mark == "L":
            lines.append(f"- {text}")
        else:
            lines += ["", text]
    if not table:
        lines += ["", "Table 9: Words", "", "Word\tMeaning", "dose\tamount", "unit\tmg"]
    return "\n".join(
        [
            "",
            f"{compound}: A Technical Guide",
            "",
            "Author: A made-up team. **Date:** May 2024",
            "",
            "Compound of Interest",
            "",
            f"Compound Name: {compound}",
            "",
            "Core Mechanisms of Action",
            *lines,
            "",
            "References",
            "",
            *(references or ["- 1. An invented paper [example.org]"]),
            "",
        ]
    )


def cases(which: str) -> list[Case]:
    """Return the cases of ``"tuning"`` or ``"held_out"``."""
    found = []
    for file in sorted((LABELLED / which).glob("*.txt")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            mark, _, text = line.partition(" ")
            assert mark in ("+", "-", "+g", "-g"), (file.name, number, line)
            found.append(Case(file.stem, "+" in mark, "g" in mark, text, number))
    return found


def measure(which: str = "held_out") -> dict[str, dict[str, int]]:
    """Return the counts of each check on the labelled cases."""
    counts: dict[str, dict[str, int]] = {}
    for case in cases(which):
        row = counts.setdefault(
            case.code, {"found": 0, "missed": 0, "false": 0, "passed": 0}
        )
        said = case.found()
        if case.there:
            row["found" if said else "missed"] += 1
        else:
            row["false" if said else "passed"] += 1
    return dict(sorted(counts.items()))


def table(counts: dict[str, dict[str, int]]) -> str:
    """Return the measurement as the file that the checks read."""
    lines = [
        "# How each check did on the held-out labelled pages of "
        "tests/monograph/labelled:",
        "# found and missed of those with the defect, false and passed of those "
        "without.",
        "# Written by: python tests/labelled_pages.py; a test holds it against the "
        "pages.",
    ]
    for code, row in counts.items():
        numbers = ", ".join(f"{name} = {number}" for name, number in row.items())
        lines += ["", f"[check.{code}]", *numbers.replace(", ", "\n").splitlines()]
    return "\n".join(lines) + "\n"


def main() -> None:
    import sys

    which = sys.argv[1] if len(sys.argv) > 1 else "held_out"
    if which == "held_out":
        counts = measure()
        TARGET.write_text(table(counts), encoding="utf-8")
    for case in cases(which):
        if case.found() != case.there:
            told = "missed" if case.there else "false"
            print(f"{case.code}:{case.line} {told}: {case.text}")
    for code, row in measure(which).items():
        print(f"{code:34} {row}")
    unmeasured = set(checks()) - {case.code for case in cases(which)}
    print("without cases:", ", ".join(sorted(unmeasured)) or "none")


if __name__ == "__main__":
    main()
