"""Tables and blocks as text and as an HTML fragment."""

from __future__ import annotations

import pytest

from isobole.results import (
    Block,
    Estimate,
    Figure,
    Heading,
    Limits,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    blocks_to_html,
    blocks_to_text,
    cell_text,
)

ESTIMATE = Estimate(
    "ED50", 4.5, Limits("fieller", 0.95, "ray", 1.0, None, reason="No upper limit.")
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "—"),
        (Missing("x"), "—"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (-1.5, "−1.5"),
        ("-1", "-1"),
        (ESTIMATE, "4.5 [1, not bounded)"),
    ],
)
def test_cells(cell: object, text: str) -> None:
    assert cell_text(cell) == text  # type: ignore[arg-type]


def test_points_stand_under_each_other() -> None:
    table = Table("T", ("dose", "p"), ((2.5, "< 0.0001"), (12.25, 0.5), (100, "")))
    lines = [line.rstrip() for line in str(table).splitlines()]
    assert lines == [
        "T",
        "  dose          p",
        "  2.5    < 0.0001",
        " 12.25        0.5",
        "100",
    ]
    assert "2.5\u2007</th>" in table.to_html()
    assert "100\u2008\u2007\u2007</th>" in table.to_html()


def test_each_dash_finds_its_reason() -> None:
    one = Table("T", ("a",), ((Missing("lost"),), (Missing("lost"),), (1,)))
    assert one.footnotes() == ("— lost",)
    rows = ((Missing("lost"), 1), (Missing("dead"), ESTIMATE), (Missing("lost"), None))
    two = Table("T", ("a", "b"), rows, ("A note.",))
    assert two.footnotes() == (
        "A note.",
        "—¹ lost",
        "—² dead",
        "ED50: No upper limit.",
    )
    assert str(two).count("—¹") == 3
    assert two.to_html().count("—²") == 2


def test_which_columns_are_numbers() -> None:
    table = Table(
        "T",
        ("number", "with text", "p", "yes or no", "estimate", "nothing"),
        (
            (1, 1, "< 0.001", True, ESTIMATE, None),
            (Missing("?"), "one", 0.5, False, 2, Missing("?")),
        ),
    )
    kinds = [table.is_numeric(index) for index in range(6)]
    assert kinds == [True, False, True, False, False, False]


def test_a_table_without_rows_is_a_table() -> None:
    table = Table("T", ("a", "b"), ())
    assert str(table).splitlines()[0] == "T"
    assert "<tbody></tbody>" in table.to_html()


def test_brackets_in_headers_are_no_markup() -> None:
    assert "dose [mg/kg]" in str(Table("T", ("dose [mg/kg]", "[red]x"), ((1, 2),)))
    assert "[red]x" in str(Table("T", ("dose [mg/kg]", "[red]x"), ((1, "[b]"),)))


def test_blocks_as_text_and_as_html() -> None:
    table = Table("T", ("a",), ((1,),))
    blocks: list[Block] = [
        Heading("H"),
        Text("<p>"),
        Note("N", "warning"),
        table,
        Figure("F", "f", lambda: None, table),  # type: ignore[arg-type,return-value]
        Methods("M", ("R",)),
    ]
    text = blocks_to_text(blocks)
    assert "Warning: N" in text
    assert "Methods. M\nR" in text
    html = blocks_to_html(blocks)
    assert "<p>&lt;p&gt;</p>" in html
    assert "<strong>Warning:</strong> N" in html
    assert "<li>R</li>" in html
