"""Rules left out because their marks are not on a page change nothing."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from isobole.monograph import _elements

LINES = st.lists(
    st.text("-*_=>|`~#+1. ab\t:)\u00a0", max_size=12)
    | st.sampled_from(
        ["---", "***", "===", "> a", "- a", "  ---", "a | b", "--- | ---", "```"]
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_a_parser_without_unused_rules_finds_the_same(lines: list[str]) -> None:
    text = "\n".join(lines)
    fast = _elements._parser(_elements._unused(text, lines)).parse(text)
    every = _elements._parser(()).parse(text)
    assert [t.as_dict() for t in fast] == [t.as_dict() for t in every]


def test_a_plain_page_tries_few_rules() -> None:
    lines = ["## **Usage**", "- **A:** b", "", "1. c"]
    unused = _elements._unused("\n".join(lines), lines)
    assert unused == ("table", "fence", "blockquote", "hr", "lheading")
