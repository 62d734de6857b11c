"""Pages say what to do in the lab, never which command to type."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import isobole
from isobole.lab._words import COMMAND, NEVER_HERE, REMEDIES, in_lab
from isobole.results import Problem
from lab_pages import page, post
from lab_results_studies import led

PACKAGE = Path(isobole.__file__).parent
ROOMS = ("studies", "analysis", "tables", "planning", "combination", "doseresponse")


def remedies() -> Iterator[tuple[str, str]]:
    """Yield code and remedy of each problem that the rooms below can name."""
    for room in ROOMS:
        for file in sorted((PACKAGE / room).glob("*.py")):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and call.args:
                    code = _text(call.args[0])
                    said = [_text(word.value) for word in call.keywords]
                    yield from ((code, text) for text in said)
                    # Some rooms hand what is wrong to a short function of their own.
                    yield from ((code, _text(arg)) for arg in call.args[1:])


def _text(node: ast.expr) -> str:
    parts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return "".join(one for one in parts if isinstance(one, str))


def _is_code(text: str) -> bool:
    return "-" in text and text.replace("-", "").isalpha() and text.islower()


def test_every_remedy_with_a_command_has_its_words_for_the_lab() -> None:
    found = {
        code for code, text in remedies() if _is_code(code) and COMMAND.search(text)
    }
    assert found >= {"already-locked", "which-drug", "no-commitment"}  # it does look
    assert found - NEVER_HERE - set(REMEDIES) == set()


def test_the_words_of_the_lab_name_no_command() -> None:
    for code, remedy in REMEDIES.items():
        said = in_lab(Problem(code, "Wrong", remedy="Run `isobole study x --key`"))
        assert said.remedy == remedy
        assert not COMMAND.search(remedy)


def test_a_remedy_of_the_lab_itself_is_left_alone() -> None:
    own = Problem("not-locked", "Open", remedy="The analyst locks it first")
    assert in_lab(own) is own


def test_pages_answer_in_words_of_the_lab(lab: Any, tmp_path: Path) -> None:
    roles = {"phil": "pharmacist", "ann": "analyst"}
    found = led(lab, tmp_path, scored=True, **roles)
    phil, ann = lab.client("phil"), lab.client("ann")
    study = f"/studies/{found.study_id}"
    secret = {"passphrase": found.passphrase}

    again = post(
        phil,
        f"{study}/allocation/draw",
        {**secret, "passphrase_again": found.passphrase},
        422,
    )
    assert "make a new study of this protocol" in again
    drug = post(
        phil, f"{study}/next-dose", {**secret, "ed50": "200", "drug": "diazepam"}, 422
    )
    assert "Choose one drug" in drug

    signed = {"signature_password": lab.passwords["ann"], "unsigned": "yes"}
    assert ann.post(f"{study}/analysis/lock", signed).status_code == 302
    twice = post(ann, f"{study}/analysis/lock", signed, 422)
    assert "the groups are revealed from the page Analysis" in twice
    shown = page(ann, f"{study}/analysis/lock")
    for text in (again, drug, twice, shown):
        assert not COMMAND.search(text), COMMAND.findall(text)
