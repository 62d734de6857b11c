"""What `ask` finds on labelled pages of drugs its rules were not written for.

The pages are of our own writing, in the three layouts; ``labels.txt`` beside them says
which sentences bear on pregnancy, breastfeeding, the liver, the kidneys, or an
interaction, and which doses are a start or a maximum. `measure` asks one case for each
topic of each page and counts

``found``     labelled sentences that the topic's findings (or dose lines) show,
``missed``    those they do not show,
``false``     sentences shown that no label of the topic names,
``reversed``  sentences labelled "none" that are shown as a reason for care.

The pages of ``held_out`` are never used to mend a rule. Run as a program it prints the
figures and every miss: ``python tests/asked_pages.py [tuning|held_out]``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from isobole.monograph import Case, CaseFindings, Monograph, Span, Statement, ask, read

ASKED = Path(__file__).parent / "monograph" / "asked"
RULES = {
    "pregnancy": ("pregnant", "fetal-risks"),
    "breastfeeding": ("breastfeeding",),
    "liver": ("liver-disease",),
    "renal": ("renal-impairment",),
    "interaction": ("interaction",),
}
PHASES = {"start": "start", "max": "maximum"}
FIRM = ("contraindicated", "avoid", "caution", "adjust", "monitor")


@dataclass(frozen=True)
class Label:
    page: str
    topic: str
    words: str
    said: str


@dataclass
class Figures:
    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.counts["found"] / (self.counts["found"] + self.counts["missed"])

    @property
    def precision(self) -> float:
        return self.counts["found"] / (self.counts["found"] + self.counts["false"])


def labels(which: str) -> list[Label]:
    """Return the labels of ``"tuning"`` or ``"held_out"``."""
    found = []
    page = ""
    for line in (ASKED / which / "labels.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("page: "):
            page = line.removeprefix("page: ")
            continue
        topic, words, said = (part.strip() for part in line.split("|"))
        found.append(Label(page, topic, words, said))
    return found


def measure(which: str) -> Figures:
    """Return what asking the labelled pages found, missed and made up."""
    figures = Figures()
    own = labels(which)
    for name in dict.fromkeys(label.page for label in own):
        page = read(ASKED / which / name)
        here = [label for label in own if label.page == name]
        for label in here:
            assert label.words in page.text, label
        partners = [t.topic for t in here if t.topic.startswith("interaction:")]
        topics = ("pregnancy", "breastfeeding", "liver", "renal", *partners)
        for topic in dict.fromkeys(topics):
            _topic(figures, page, topic, [one for one in here if one.topic == topic])
        _doses(figures, page, [one for one in here if one.topic in PHASES])
    return figures


def _case(topic: str) -> Case:
    kind, _, partner = topic.partition(":")
    if kind == "interaction":
        return Case(drugs=(partner,))
    states = {"pregnancy": "pregnant", "breastfeeding": "lactating"}
    if kind in states:
        return Case(sex="female", age=30, pregnancy=states[kind], drugs=())  # type: ignore[arg-type]
    condition = {"liver": "liver disease", "renal": "renal impairment"}[kind]
    return Case(conditions=(condition,), drugs=())


def _topic(figures: Figures, page: Monograph, topic: str, own: list[Label]) -> None:
    answer = ask(page, _case(topic))
    shown = _shown(answer, RULES[topic.partition(":")[0]])
    for label in own:
        hits = [
            side
            for statement, side in shown
            if _meets(page, label.words, statement.span)
        ]
        said = f"{page.file}: {topic}: {label.words}"
        figures.counts["found" if hits else "missed"] += 1
        if not hits:
            figures.told.append(f"missed   {said}")
        if label.said == "none" and any(hits):
            figures.counts["reversed"] += 1
            figures.told.append(f"reversed {said}")
    false = {
        statement.span.quote
        for statement, _ in shown
        if not any(_meets(page, label.words, statement.span) for label in own)
    }
    figures.counts["false"] += len(false)
    figures.told += [f"false    {page.file}: {topic}: {q}" for q in sorted(false)]


def _shown(
    answer: CaseFindings, rules: tuple[str, ...]
) -> list[tuple[Statement, bool]]:
    """Return the statements of some rules, and whether each is a reason for care."""
    found = []
    for finding in (*answer.findings, *answer.cannot_tell):
        if finding.rule in rules:
            opposed = set(map(id, finding.opposes))
            found += [
                (one, one.strength in FIRM and id(one) not in opposed)
                for one in finding.statements
            ]
    return found


def _doses(figures: Figures, page: Monograph, own: list[Label]) -> None:
    lines = [
        line
        for line in ask(page, Case(drugs=())).doses
        # "Maximum not stated" is a row of its own and shows no figure.
        if line.phase in PHASES.values() and _figures(line.figure)
    ]
    used = set()
    for label in own:
        wanted = [float(one) for one in label.said.split()]
        hits = [
            line
            for line in lines
            if line.phase == PHASES[label.topic]
            and _meets(page, label.words, line.statement.span)
            and _figures(line.figure)[: len(wanted)] == wanted
        ]
        used.update(map(id, hits))
        figures.counts["found" if hits else "missed"] += 1
        if not hits:
            said = f"{page.file}: {label.topic}: {label.words}"
            figures.told.append(f"missed   {said}")
    false = [line for line in lines if id(line) not in used]
    figures.counts["false"] += len(false)
    figures.told += [
        f"false    {page.file}: {line.phase} {line.figure}: {line.statement.span.quote}"
        for line in false
    ]


def _figures(text: str) -> list[float]:
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    return [float(number.replace(",", "")) for number in numbers]


def _meets(page: Monograph, words: str, span: Span) -> bool:
    """Return whether words stand in a span; a question stands in two places."""
    return any(
        span.start < match.end() and match.start() < span.end
        for match in re.finditer(re.escape(words), page.text)
    )


def main() -> None:
    import sys

    which = sys.argv[1] if len(sys.argv) > 1 else "held_out"
    figures = measure(which)
    print("\n".join(figures.told))
    print(dict(figures.counts))
    print(f"recall {figures.recall:.3f}, precision {figures.precision:.3f}")


if __name__ == "__main__":
    main()
