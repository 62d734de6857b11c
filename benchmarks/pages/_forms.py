"""How questions and answers are marked on a page.

The forms of the census, and forms held out. Tune nothing to the held-out ones: recall
on them tells how a reader does on a marker nobody has seen yet.
"""

from __future__ import annotations

from random import Random

QUESTION_A = {
    "": ("### **Q{n}: {q}**",),
    "plain": ("### Q{n}: {q}",),
    "dotted": ("### **Q{n}. {q}**", "### Q{n}. {q}"),
    "other": ("### **{n}. {q}**", "### **{q}**"),
}
ANSWER_A = {
    "": ("**A:** {a}",),
    "plain": ("A: {a}",),
    "outside": ("**A**: {a}",),
    "word": ("**Answer:** {a}", "Answer: {a}"),
}
# Forms of the 28 pages of A whose questions the import did not see: no heading.
UNSEEN_A = ("**Q{n}: {q}**\n{a}", "**Q{n}: {q}**\n**A:** {a}")

PAIR_B0 = {
    "": ("* **{q}** {a}", "* **{q}**  {a}"),
    "labelled": ("* **Q: {q}** A: {a}", "* **Q: {q}**  A: {a}"),
    "unmarked": ("* {q} {a}",),
    "next_line": ("* **Q: {q}**\n  A: {a}", "* **Q: {q}**\n    A: {a}"),
}
PAIR_B1 = {
    "": ("* **Q: {q}** A: {a}", "* **Q: {q}**  A: {a}"),
    "line": ("**Q: {q}**\n\n{a}", "**Q: {q}**\nA: {a}", "**Q: {q}**\n{a}"),
    "next_line": ("* **Q: {q}**\n  A: {a}", "* **Q: {q}**\n{a}"),
    "unlabelled": ("* **{q}** {a}",),
    "loose": ("**Q: {q}** A: {a}", "**Q: {q}** {a}"),
}

HELD_OUT = {
    "question A": (
        "### **Q{n}) {q}**",
        "### Question {n}: {q}",
        "### **Q {n} – {q}**",
        "### **Q{n}：{q}**",
        "### (Q{n}) {q}",
    ),
    "answer A": (
        "Ans: {a}",
        "**Ans.** {a}",
        "**A.** {a}",
        "A - {a}",
        "**A** – {a}",
        "**A：** {a}",
        "**Response:** {a}",
        "A) {a}",
        "*A:* {a}",
    ),
    "pair B": (
        "* **Q. {q}** Ans: {a}",
        "- **Question:** {q} **Answer:** {a}",
        "**Q) {q}** A) {a}",
        "* **Q：{q}** A：{a}",
        "+ *{q}* {a}",
        "1. **{q}** {a}",
    ),
}


def question_and_answer(
    rng: Random, question: str, answer: str, *, held_out: bool
) -> tuple[str, str]:
    """Return the form of a page's questions and that of its answers (kind A)."""
    if held_out:
        return rng.choice(HELD_OUT["question A"]), rng.choice(HELD_OUT["answer A"])
    return rng.choice(QUESTION_A[question]), rng.choice(ANSWER_A[answer])


def pair(kind: str, rng: Random, form: str, *, held_out: bool) -> str:
    """Return the form of a page's pairs (kinds B0 and B1)."""
    if held_out:
        return rng.choice(HELD_OUT["pair B"])
    return rng.choice((PAIR_B0 if kind == "B0" else PAIR_B1)[form])
