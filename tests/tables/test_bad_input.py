"""Every bad input is a problem with its row, column and remedy; never a traceback."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from isobole.results import DataError, OptionError, Problem
from isobole.tables import read_quantal

GOOD = "dose,n,affected\n5,8,1\n10,8,4\n"


def problems_of(source: object, **options: object) -> tuple[Problem, ...]:
    given = io.StringIO(source) if isinstance(source, str) else source
    with pytest.raises(DataError) as caught:
        read_quantal(given, **options)  # type: ignore[arg-type]
    for problem in caught.value.problems:
        assert problem.severity == "error"
        assert problem.remedy, problem
        assert "Traceback" not in str(problem)
    return caught.value.problems


def only_problem_of(source: object, **options: object) -> Problem:
    (problem,) = problems_of(source, **options)
    return problem


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ("-1,8,2", "dose-negative", "dose"),
        ("inf,8,2", "not-finite", "dose"),
        ("1e999,8,2", "not-finite", "dose"),
        ("nan,8,2", "missing-value", "dose"),
        ("ten,8,2", "not-a-number", "dose"),
        ("٣,8,2", "not-a-number", "dose"),
        (",8,2", "empty-cell", "dose"),
        ("5,,2", "empty-cell", "n"),
        ("5,8,NA", "missing-value", "affected"),
        ("5,8,9", "affected-exceeds-n", "affected"),
        ("5,8,0.5", "affected-not-whole", "affected"),
        ("5,8,-1", "affected-negative", "affected"),
        ("5,8.5,1", "n-not-whole", "n"),
        ("5,-8,-9", "n-negative", "n"),
        ("5,8,50%", "percent-sign", "affected"),
        ("5-Oct,8,2", "date-in-cell", "dose"),
        ("Oct-05,8,2", "date-in-cell", "dose"),
        ("2024-10-05,8,2", "date-in-cell", "dose"),
        ("05/10/2024,8,2", "date-in-cell", "dose"),
        ("5,8,5/8", "fraction", "affected"),
        ("5-10,8,2", "range", "dose"),
        ('"1,000",8,2', "ambiguous-separator", "dose"),
        ('"1,000,000",8,2', "thousands-separator", "dose"),
        ('"1,234.5",8,2', "thousands-separator", "dose"),
        ("1 000,8,2", "thousands-separator", "dose"),
        ("1_000,8,2", "thousands-separator", "dose"),
        ("1'000,8,2", "thousands-separator", "dose"),
        ("#DIV/0!,8,2", "excel-error", "dose"),
        ("=A1*2,8,2", "formula-without-value", "dose"),
        ("5,8 mice,2", "not-a-number", "n"),
        ("5,8", "ragged-row", None),
        ("2,5,8,2", "ragged-row", None),
    ],
)
def test_a_bad_row_is_named_by_its_line(
    cells: str, code: str, column: str | None
) -> None:
    text = f"# a comment\n\ndose,n,affected\n5,8,1\n{cells}\n10,8,4\n"
    found = {problem.code: problem for problem in problems_of(text)}
    assert found[code].row == 5
    assert found[code].column == column
    assert found[code].file == "<text>"


def test_all_problems_are_collected_in_the_order_of_rows() -> None:
    text = "dose,n,affected\n-5,8,9\nx,8,1\n10,8\n20,8,0.5\n"
    found = [(problem.row, problem.code) for problem in problems_of(text)]
    assert found == [
        (2, "dose-negative"),
        (2, "affected-exceeds-n"),
        (3, "not-a-number"),
        (4, "ragged-row"),
        (5, "affected-not-whole"),
    ]


def test_rows_of_every_curve_keep_their_lines() -> None:
    text = "dose,n,affected,curve\n5,8,1,a\n5,8,9,b\n-1,8,1,a\n"
    found = [(problem.row, problem.code) for problem in problems_of(text)]
    assert found == [(3, "affected-exceeds-n"), (4, "dose-negative")]


def test_columns_are_named_as_in_the_file() -> None:
    problem = only_problem_of("Dose (mg/kg),N,Dead\n-5,8,1\n5,8,2")
    assert problem.column == "Dose (mg/kg)"


@pytest.mark.parametrize(
    ("counts", "looks"),
    [(("0.25", "0.5"), "proportions"), (("25", "50"), "percentages")],
)
def test_rates_pasted_as_counts_are_recognised(
    counts: tuple[str, str], looks: str
) -> None:
    text = f"dose,n,affected\n5,8,{counts[0]}\n10,8,{counts[1]}\n"
    for problem in problems_of(text):
        assert looks in (problem.remedy or "")


@pytest.mark.parametrize(
    ("value", "remedy"), [("2", "add a column n"), ("0.5", "proportions")]
)
def test_per_animal_values_are_0_or_1(value: str, remedy: str) -> None:
    problem = only_problem_of(f"dose,affected\n5,1\n5,{value}\n")
    assert (problem.code, problem.row, problem.given) == ("not-0-or-1", 3, value)
    assert remedy in (problem.remedy or "")


def test_one_problem_in_many_rows_is_said_once() -> None:
    rows = "".join(f"-{dose},8,1\n" for dose in range(1, 101))
    problem = only_problem_of(f"dose,n,affected\n{rows}")
    assert problem.row == 2
    assert "100 rows in all: 2, 3, 4, 5, 6, ..." in problem.message
    assert problem.given == "-1"


def test_up_to_fifty_rows_are_named_one_by_one() -> None:
    assert len(problems_of("dose,n,affected\n" + "-1,8,1\n" * 50)) == 50


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"),
        (" \n\n", "empty-file"),
        ("# only\n# comments\n", "empty-file"),
        ("dose,n,affected\n", "no-rows"),
        ("dose,n,affected\n,,\n", "no-rows"),
        ("dose n affected\n5 8 1\n", "not-separated"),
        ("5,8,1\n10,8,4\n", "no-header"),
        ("dose,n,affected\n5,0,0\n", "no-rows"),
        ("dose,n,affected\n0,8,1\n", "no-positive-dose"),
        ('dose,n,affected\n"5,8,1\n10,8,2\n', "broken-quotes"),
        ('dose,n,affected\n"5"x,8,1\n', "broken-quotes"),
        ("dose,n,affected\n5\x00,8,1\n", "binary-file"),
    ],
)
def test_a_table_without_data_says_what_is_expected(text: str, code: str) -> None:
    assert only_problem_of(text).code == code


def test_broken_quotes_are_found_where_they_begin() -> None:
    text = 'dose,n,affected\n5,8,1\n"5,8,1\n10,8,2\n20,8,7\n'
    assert only_problem_of(text).row == 3


def test_a_title_above_the_header_is_pointed_out() -> None:
    problem = only_problem_of("Experiment 12\ndose,n,affected\n5,8,1\n")
    assert "Line 2 looks like the header" in (problem.remedy or "")


def test_ragged_rows_suggest_a_decimal_comma() -> None:
    problem = only_problem_of("dose,n,affected\n2,5,8,3\n")
    assert "decimal comma" in (problem.remedy or "")


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ("dosse,n,affected", "Did you mean 'dosse'? Then rename it"),
        ("log dose,n,affected", "logarithm"),
        ("dose,n,% affected", "cannot stand for them"),
        ("dose,n,effected", "Did you mean 'effected'?"),
        ("dose,n,zzz", "Name a column affected"),
    ],
)
def test_a_missing_column_lists_what_was_found(header: str, remedy: str) -> None:
    problem = only_problem_of(f"{header}\n5,8,1\n")
    assert problem.code == "missing-column"
    assert header.split(",")[0] in problem.message
    assert remedy in (problem.remedy or "")
    assert "say so" not in (problem.remedy or "")  # the command line has no such flag


@pytest.mark.parametrize("name", ["by", "dose", "n", "affected"])
def test_a_named_column_must_be_there(name: str) -> None:
    problem = only_problem_of(GOOD, **{name: "nowhere"})
    assert (problem.code, problem.column) == ("missing-column", "nowhere")


def test_a_count_cannot_part_curves() -> None:
    with pytest.raises(OptionError, match="by is 'dose'"):
        read_quantal(io.StringIO(GOOD), by="Dose")


@pytest.mark.parametrize("header", ["dose,n,n,affected", "dose,n,N,affected"])
def test_a_doubled_name_is_reported_once(header: str) -> None:
    problem = only_problem_of(f"{header}\n5,8,8,1\n")
    assert problem.code == "duplicate-column"
    assert "columns 2, 3" in problem.message


@pytest.mark.parametrize(
    "header", ["dose,n,dead,protected", "dose (mg/kg),dose (g/kg),n,affected"]
)
def test_two_columns_for_one_meaning_are_not_guessed(header: str) -> None:
    assert only_problem_of(f"{header}\n5,8,1,1\n").code == "ambiguous-column"


@pytest.mark.parametrize(
    ("text", "options", "row"),
    [
        ("dose,affected\n5 mg/kg,1\n10 ug/kg,1\n", {}, 3),
        ("dose,affected\n5 mg/kg,1\n10,1\n", {}, 3),
        ("dose (g/kg),affected\n5 mg/kg,1\n10 mg/kg,1\n", {}, None),
        ("dose (mg/kg),affected\n5,1\n", {"unit": "umol/kg"}, None),
        ("dose (mg/kg salt),affected\n5,1\n", {"unit": "mg/kg acid"}, None),
    ],
)
def test_units_that_contradict(
    text: str, options: dict[str, str], row: int | None
) -> None:
    problem = only_problem_of(text, **options)
    assert (problem.code, problem.row) == ("mixed-units", row)


def test_logarithms_in_the_unit_are_refused() -> None:
    assert only_problem_of("dose (log mg/kg),affected\n1,1\n").code == "log-doses"


def test_an_unknown_unit_of_the_caller_is_refused() -> None:
    assert only_problem_of(GOOD, unit="furlong").code == "unknown-unit"


def test_half_empty_labels_are_a_problem() -> None:
    for name in ("animal", "curve"):
        problem = only_problem_of(f"dose,affected,{name}\n5,1,a\n5,1,\n")
        assert (problem.code, problem.row) == ("empty-cell", 3)


def test_decimal_marks_that_contradict() -> None:
    problem = only_problem_of("dose;n;affected\n2,5;8;1\n5.5;8;2\n")
    assert (problem.code, problem.row) == ("mixed-decimals", 2)


@pytest.mark.parametrize("cell", ["1,000", "1.000"])
def test_a_mark_between_semicolons_is_not_guessed(cell: str) -> None:
    problem = only_problem_of(f"dose;n;affected\n{cell};8;1\n2000;8;2\n")
    assert problem.code == "ambiguous-separator"


def _write(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.csv", None, "missing-file"),
        ("a.csv", Path.mkdir, "is-a-directory"),
        ("a.csv", _write(b""), "empty-file"),
        ("a.csv", _write(b"PK\x03\x04rest"), "binary-file"),
        ("a.csv", _write(b"\xd0\xcf\x11\xe0rest"), "binary-file"),
        ("a.csv", _write(b"%PDF-1.7"), "binary-file"),
        ("a.csv", _write(b"dose,n\x00\x01\x02"), "binary-file"),
        ("a.csv", _write(b"\xff\xfe\x00\x00d\0\0\0"), "binary-file"),
        ("a.csv", _write(bytes(range(256))), "wrong-encoding"),
        ("a.csv", _write(b"dose,n\x8d,affected\n5,8,1"), "wrong-encoding"),
        ("a.csv", _write(b"\xff\xfed\x00o\x00s"), "wrong-encoding"),
        ("a.xls", _write(b"\xd0\xcf\x11\xe0rest"), "unsupported-format"),
        ("a.ods", _write(b"PK\x03\x04rest"), "unsupported-format"),
        ("a.xlsx", _write(b"PK\x03\x04rest"), "unreadable-workbook"),
        ("a.xlsx", _write(b"\xd0\xcf\x11\xe0rest"), "unreadable-workbook"),
        ("a.xlsx", _write(b"dose,n,affected\n"), "unreadable-workbook"),
    ],
)
def test_files_that_are_no_table(
    tmp_path: Path, name: str, make: Callable[[Path], None] | None, code: str
) -> None:
    path = tmp_path / name
    if make is not None:
        make(path)
    problem = only_problem_of(path)
    assert (problem.code, problem.file) == (code, str(path))


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mice.csv").write_text(GOOD)
    problem = only_problem_of(tmp_path / "mise.csv")
    assert "mice.csv" in (problem.remedy or "")


def test_a_directory_lists_its_tables(tmp_path: Path) -> None:
    (tmp_path / "mice.csv").write_text(GOOD)
    assert "mice.csv" in (only_problem_of(tmp_path).remedy or "")


def test_a_name_no_file_can_have() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_quantal("a\0b.csv")


def test_the_text_itself_is_no_path() -> None:
    with pytest.raises(DataError, match=r"io\.StringIO"):
        read_quantal(GOOD)


@pytest.mark.parametrize("source", [3, None, [1, 2], {"dose": [1]}, object()])
def test_what_is_no_source(source: object) -> None:
    assert only_problem_of(source).code == "unknown-source"


def test_an_open_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD.encode("utf-16"))
    with path.open(encoding="utf-8") as stream:
        assert only_problem_of(stream).code == "wrong-encoding"


def test_a_sheet_needs_a_workbook() -> None:
    with pytest.raises(OptionError, match="not a workbook"):
        read_quantal(io.StringIO(GOOD), sheet="Sheet1")
