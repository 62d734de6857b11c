"""What the site's import script made of a page: description and FAQ entries.

Its ways are those the census tells: the question takes the whole block below a heading,
the answer loses its leading asterisks only, the description is the first paragraph
under Usage without line breaks, cut at 297 characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_WIDTH = 78


def description(paragraph: str) -> str:
    """Return the description the import cuts from the first paragraph."""
    flat = " ".join(paragraph.split("\n")).strip()
    return flat if len(flat) <= 300 else flat[:297] + "..."


def entries(section: str) -> list[tuple[str, str]]:
    """Return (q, a) for each heading of an FAQ section."""
    found = []
    for block in re.split(r"\n(?=###)", "\n" + section.strip("\n")):
        text = re.match(r"###+\s*(.*)", block.strip("\n"), re.DOTALL)
        if text is None:
            continue
        whole = text.group(1).strip()
        question = re.sub(r"^Q\d+:\s*", "", whole.lstrip("*")).strip()
        answer = whole.partition("\n")[2].strip().lstrip("*").strip()
        found.append((question, answer))
    return found


def front_matter(
    title: str, text: str, faqs: Sequence[tuple[str, str]], stamp: str
) -> str:
    """Return the front matter as the import writes it."""
    lines = ["---", f"title: {_scalar(title, 2)}", f"description: {_scalar(text, 2)}"]
    lines += ["is_banned: false", f"lastModified: '{stamp}'"]
    if faqs:
        lines.append("faqs:")
    else:
        lines.append("faqs: []")
    for q, a in faqs:
        lines.append(f"  - q: {_scalar(q, 6)}")
        lines.append(f"    a: {_scalar(a, 6)}")
    return "\n".join([*lines, "---", ""])


def _scalar(text: str, indent: int) -> str:
    """Return YAML for a string: plain, quoted, literal or folded, by its length."""
    if not text:
        return "''"
    pad = " " * indent
    if text != text.strip() or re.search(r"\n |[^\n -~\u00a0-\uffff]", text):
        return json.dumps(text, ensure_ascii=False)
    if max(len(row) for row in text.split("\n")) > _WIDTH - indent:
        # A folded scalar needs one line break more than the text has.
        return ">-\n" + "".join(
            part + "\n"
            if part.startswith("\n")
            else "\n".join(pad + row for row in _fold(part, indent))
            for part in re.split(r"(\n+)", text)
        )
    if "\n" in text:
        return "|-\n" + "\n".join(pad + row if row else "" for row in text.split("\n"))
    if re.fullmatch(r"[A-Za-z][\w ./()+,;?'-]*", text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _fold(row: str, indent: int) -> list[str]:
    """Break a row at single blanks, which a folded scalar joins again."""
    width = _WIDTH - indent
    parts, start, last = [], 0, -1
    for match in re.finditer(r"(?<=\S) (?=\S)", row):
        if match.start() - start > width and last > start:
            parts.append(row[start:last])
            start = last + 1
        last = match.start()
    if len(row) - start > width and last > start:
        parts.append(row[start:last])
        start = last + 1
    return [*parts, row[start:]]
