"""Specifications of one's own: everything wrong is said, nothing is drawn over."""

from __future__ import annotations

import copy
import html
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st

from isobole.diagrams import read
from isobole.diagrams._mermaid import escape
from isobole.results import DataError

EVIDENCE = {"claim": "c", "source": "s", "stance": "for", "verified": True}
AGAINST = {**EVIDENCE, "stance": "against"}
SPEC: dict[str, Any] = {
    "name": "own",
    "title": "Own",
    "description": "One on another.",
    "size": [8, 6],
    "box": [2.5, 1],
    "node": [
        {"id": "a", "text": "A", "kind": "given", "at": [2, 1]},
        {"id": "b", "text": "B", "kind": "target", "at": [2, 4]},
        {"id": "c", "text": "C", "kind": "outcome", "at": [6, 4]},
    ],
    "group": [{"id": "g", "label": "G", "members": ["b"]}],
    "arrow": [
        {
            "from": "a", "to": "b", "effect": "inhibits", "status": "supported",
            "evidence": [EVIDENCE],
        },
        {
            "from": "a", "to": "c", "effect": "activates", "status": "contested",
            "evidence": [EVIDENCE, AGAINST],
        },
    ],
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the specification with one thing changed; None deletes it."""
    spec = copy.deepcopy(SPEC)
    at: Any = spec
    *way, last = [int(k) if k.isdigit() else k for k in path.split(".")]
    for key in way:
        at = at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return spec


def test_the_specification_is_sound() -> None:
    found = read(SPEC)
    assert repr(found) == "Diagram(own: 3 boxes, 2 arrows, 1 contested)"
    ElementTree.fromstring(found.svg())


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("arrow.0.to", "nowhere", "unknown-node"),
        ("arrow.0.to", "a", "arrow-to-itself"),
        ("arrow.1.to", "b", "duplicate-arrow"),
        ("arrow.0.evidence", [], "no-evidence"),
        ("arrow.0.evidence", None, "no-evidence"),
        ("arrow.1.evidence", [EVIDENCE], "one-sided"),
        ("arrow.0.evidence", [EVIDENCE, AGAINST], "not-supported"),
        ("arrow.0.evidence.0.verified", None, "verified-unstated"),
        ("arrow.0.evidence.0.verified", "yes", "verified-unstated"),
        ("arrow.0.evidence.0.source", " ", "no-text"),
        ("arrow.0.evidence.0.stance", "maybe", "not-allowed"),
        ("arrow.0.effect", "blocks", "not-allowed"),
        ("arrow.0.status", ["supported"], "not-allowed"),
        ("arrow.0.colour", "red", "unknown-key"),
        ("node.1.id", "a", "duplicate-id"),
        ("node.1.id", "B c", "bad-id"),
        ("node.1.kind", "blob", "not-allowed"),
        ("node.1.at", [2], "not-a-pair"),
        ("node.1.at", [2, float("nan")], "not-a-pair"),
        ("node.1.at", "24", "not-a-pair"),
        ("node.1.box", [0, 1], "not-a-pair"),
        ("node", [], "no-node"),
        ("node", "a", "not-a-list"),
        ("group.0.members", [], "empty-group"),
        ("group.0.members", ["z"], "unknown-node"),
        ("name", None, "missing-key"),
        ("name", "1 2", "bad-id"),
        ("size", None, "missing-key"),
        ("node.1.text", "far too long a text for this", "text-does-not-fit"),
        ("node.1.text", "a\tb", "not-printable"),
        ("node.1.text", "a\x00b", "not-printable"),
        ("node.1.at", [2, 7], "off-the-page"),
        ("node.1.at", [2.5, 1.5], "boxes-overlap"),
        ("node.1.at", [2, 2.1], "arrow-too-short"),
        ("node.2.at", [4.6, 4], "in-another-group"),
        ("arrow.1.via", [[2, 5.5], [6, 5.5]], "arrow-through-box"),
        ("arrow.0.label_at", [2, 4], "label-on-box"),
        ("arrow.0.label_at", [2, 3.3], "label-on-head"),
        ("arrow.0.label_at", [4, 2.5], "label-on-arrow"),
        ("arrow.0.label_at", [9, 2.5], "off-the-page"),
        ("arrow.0.via", [[0.5, 2.5], [0.5, 5.3], [2, 5.3]], "arrow-on-title"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(path: str, value: Any, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read(changed(path, value))
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_dollar_sign_is_a_dollar_sign() -> None:
    said = read(changed("node.0.text", "$x_2$ <&>")).svg()
    assert "$x_2$ &lt;&amp;&gt;" in said


def test_everything_is_said_at_once() -> None:
    spec = changed("arrow.0.to", "nowhere")
    spec["node"][1]["kind"] = "blob"
    with pytest.raises(DataError) as caught:
        read(spec)
    assert {"unknown-node", "not-allowed"} <= {p.code for p in caught.value.problems}


def test_broken_toml_is_a_sentence() -> None:
    with pytest.raises(DataError, match="not TOML"):
        read("name = ")


PLACES = [
    "name", "title", "size", "box", "node", "node.0", "node.0.id", "node.0.text",
    "node.0.kind", "node.0.at", "node.0.box", "group", "group.0", "group.0.members",
    "arrow", "arrow.0", "arrow.0.from", "arrow.0.via", "arrow.0.label_at",
    "arrow.0.evidence", "arrow.0.evidence.0", "arrow.0.evidence.0.claim", "note",
]  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(st.sampled_from(PLACES), values.filter(lambda value: value is not None))
def test_anything_is_drawn_or_refused(path: str, value: Any) -> None:
    try:
        said = read(changed(path, value)).mermaid()
    except DataError as error:
        said = f"refused: {error}"
    assert said.startswith(("flowchart TB\n", "refused: "))


@pytest.mark.parametrize("spec", [3, None, ["name"]])
def test_what_is_no_specification(spec: Any) -> None:
    with pytest.raises(DataError, match="no specification"):
        read(spec)


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_any_text_stays_text(text: str) -> None:
    spec = changed("node.0.text", f"x{text}")
    try:
        found = read(spec)
    except DataError:
        return
    lines = found.mermaid().splitlines()
    assert lines[0] == "flowchart TB"
    (said,) = [line for line in lines if line.startswith("  n_a([")]
    assert said.count('"') == 2
    assert "<" not in said.replace("<br/>", "")


@given(st.text(max_size=40))
def test_escaped_text_cannot_leave_its_quotes(text: str) -> None:
    said = escape(text)
    assert not set(said) & set('"<>`\\\n')
    entities = re.sub(r"#(\w+);", lambda m: _entity(m[1]), said)
    assert html.unescape(entities) == " ".join(text.split())


def _entity(code: str) -> str:
    return f"&#{code};" if code.isdigit() else f"&{code};"
