"""Sentences that deny: what of them is stated as if they did not, and what is lost.

``monograph/asked/negations.txt`` holds the sentences. Run as a program it prints the
figures and each sentence that is read wrongly: ``python tests/negated_sentences.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isobole.monograph import Statement, read

SENTENCES = Path(__file__).parent / "monograph" / "asked" / "negations.txt"
FIRM = ("contraindicated", "avoid", "caution", "adjust", "monitor")
BY_ITSELF = (
    "contraception", "discontinuation", "lifestyle", "interaction", "adverse_effect",
    "indication", "pregnancy", "monitoring",
)  # fmt: skip
"""Kinds whose bare presence asserts, whatever the strength."""
DENIED = ("none", "not needed", "not contraindicated", "no known", "allowed")


@dataclass(frozen=True)
class Sentence:
    which: str
    section: str
    stated: bool
    kind: str
    text: str

    def statements(self) -> list[Statement]:
        page = read(f"---\ntitle: Examplate\n---\n## {self.section}\n- {self.text}\n")
        return [said for said in page.statements if said.kind == self.kind]

    def right(self) -> bool:
        asserted = any(map(_asserts, self.statements()))
        return asserted == self.stated


def _asserts(said: Statement) -> bool:
    words = f"{said.value} {said.details.get('consequence', '')}"
    if any(word in words for word in DENIED):
        return False
    if said.kind == "pregnancy" and said.value is None:
        return False
    return said.strength in FIRM or said.kind in BY_ITSELF


def sentences(which: str) -> list[Sentence]:
    """Return the sentences of ``"tuning"`` or ``"held-out"``."""
    found = []
    for line in SENTENCES.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        own, section, told, text = (part.strip() for part in line.split("|"))
        if own == which:
            mark, kind = told.split()
            found.append(Sentence(own, section, mark == "+", kind, text))
    return found


def main() -> None:
    import sys

    which = sys.argv[1] if len(sys.argv) > 1 else "held-out"
    for stated in (False, True):
        own = [one for one in sentences(which) if one.stated is stated]
        wrong = [one for one in own if not one.right()]
        kind = "that assert" if stated else "that deny"
        print(f"{which}, {kind}: {len(own) - len(wrong)} of {len(own)} read rightly")
        for one in wrong:
            made = [(s.value, s.strength) for s in one.statements()]
            print(f"   {one.kind}: {one.text} {made}")


if __name__ == "__main__":
    main()
