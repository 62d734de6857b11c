"""What a sound table gives: curves, counts, units, endpoints, labels, notices."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from isobole.doseresponse import QuantalData
from isobole.results import DataError, DoseUnit
from isobole.tables import read_quantal

GOOD = "dose,n,affected\n5,8,1\n10,8,4\n"


def read_one(text: str, **options: str) -> QuantalData:
    (data,) = read_quantal(io.StringIO(text), **options)  # type: ignore[arg-type]
    return data


def codes(data: QuantalData) -> list[str]:
    return [problem.code for problem in data.notes]


def test_groups() -> None:
    data = read_one(GOOD)
    assert data.dose.tolist() == [5, 10]
    assert data.n.tolist() == [8, 8]
    assert data.affected.tolist() == [1, 4]
    assert (data.unit, data.endpoint, data.curve) == (None, "affected", None)
    assert data.notes == ()


def test_animals() -> None:
    data = read_one("dose,affected\n5,0\n5,1\n10,1\n")
    assert data.n.tolist() == [1, 1, 1]
    assert data.groups[2].tolist() == [1, 1]


@given(
    st.dictionaries(
        st.floats(1e-6, 1e6),
        st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
        min_size=1,
        max_size=6,
    )
)
def test_animals_and_groups_are_the_same_data(
    table: dict[float, tuple[int, int]],
) -> None:
    groups = "".join(f"{dose!r},{n},{k}\n" for dose, (n, k) in table.items())
    animals = "".join(
        f"{dose!r},{int(i < k)}\n" for dose, (n, k) in table.items() for i in range(n)
    )
    by_group = read_one(f"dose,n,affected\n{groups}")
    by_animal = read_one(f"dose,affected\n{animals}")
    for one, other in zip(by_group.groups, by_animal.groups, strict=True):
        assert one.tolist() == other.tolist()
    assert dict(
        zip(by_group.dose.tolist(), by_group.affected.tolist(), strict=True)
    ) == {dose: k for dose, (_, k) in table.items()}


def outcome_of(source: object) -> str:
    """Say what was read, or what is wrong; any other exception goes through."""
    try:
        return repr(read_quantal(source))
    except DataError as error:
        return str(error)


@given(st.text(max_size=200))
def test_any_text_gives_data_or_problems(text: str) -> None:
    for given_text in (text, f"dose,n,affected\n{text}"):
        assert outcome_of(io.StringIO(given_text))


@given(st.binary(max_size=200))
def test_any_bytes_give_data_or_problems(data: bytes) -> None:
    for given_bytes in (data, b"dose,n,affected\n" + data):
        assert outcome_of(io.BytesIO(given_bytes))


def test_curves_come_in_order_of_first_appearance() -> None:
    text = "curve,dose,n,affected\nVPA,5,8,1\nMg,1,8,2\nVPA,10,8,6\n"
    first, second = read_quantal(io.StringIO(text))
    assert (first.curve, second.curve) == ("VPA", "Mg")
    assert first.dose.tolist() == [5, 10]
    assert second.affected.tolist() == [2]


def test_by_parts_the_rows_and_trims_names() -> None:
    text = "Drug,dose,n,affected\n VPA ,5,8,1\nMg,1,8,2\nVPA,10,8,6\n"
    found = read_quantal(io.StringIO(text), by="drug")
    assert [data.curve for data in found] == ["VPA", "Mg"]


def test_rows_of_several_drugs_are_not_put_together_unsaid() -> None:
    data = read_one("drug,dose,n,affected\nVPA,5,8,1\nMg,1,8,2\n")
    (note,) = data.notes
    assert (note.code, note.severity) == ("rows-put-together", "warning")


def test_names_that_differ_in_case_are_noticed() -> None:
    text = "curve,dose,n,affected\nVPA,5,8,1\nvpa,10,8,2\n"
    for data in read_quantal(io.StringIO(text)):
        assert codes(data) == ["curves-alike"]


def test_labels_are_kept_by_row() -> None:
    text = (
        "dose,affected,animal,day,litter,cage,curve\n"
        "5,0,r1,1,A,x,a\n5,1,r2,1,B,x,b\n10,1,r1,2,A,y,a\n"
    )
    first, second = read_quantal(io.StringIO(text))
    assert first.animal == ("r1", "r1")
    assert first.day == ("1", "2")
    assert first.litter == ("A", "A")
    assert first.cage == ("x", "y")
    assert second.animal == ("r2",)


def test_an_empty_optional_column_is_left_out() -> None:
    data = read_one("dose,affected,cage,curve\n5,0,,\n10,1, ,\n")
    assert (data.cage, data.curve) == (None, None)
    assert codes(data) == ["empty-column", "empty-column"]


@pytest.mark.parametrize(
    "header",
    [
        "dose (mg/kg)",
        "Dose [mg/kg]",
        " DOSE (mg/kg, i.p.) ",
        "dose_mg/kg",
        "dose mg_kg",
    ],
)
def test_the_unit_in_the_header(header: str) -> None:
    data = read_one(f'"{header}",affected\n5,1\n')
    assert data.unit == DoseUnit.parse("mg/kg")


@pytest.mark.parametrize("header", ["dose", "dose (mg/kg)", "dose (mg/kg salt)"])
def test_the_unit_of_the_caller_may_say_more(header: str) -> None:
    data = read_one(f"{header},affected\n5,1\n", unit="mg/kg salt")
    assert str(data.unit) == "mg/kg salt"


def test_the_header_may_say_more_than_the_caller() -> None:
    data = read_one("dose (mg/kg salt),affected\n5,1\n", unit="mg/kg")
    assert str(data.unit) == "mg/kg salt"


def test_units_in_cells_are_read_with_a_notice() -> None:
    data = read_one("dose,affected\n5 mg/kg,1\n10mg/kg,1\n0,0\n")
    assert data.unit == DoseUnit.parse("mg/kg")
    assert data.dose.tolist() == [5, 10, 0]
    assert codes(data) == ["unit-in-cells"]


def test_what_is_no_unit_is_a_warning() -> None:
    data = read_one("dose (i.p.),affected\n5,1\n")
    assert data.unit is None
    assert codes(data) == ["unknown-unit"]


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("protected", "protected"),
        ("Dead", "dead"),
        ("seizures", "seizure"),
        ("n_protected", "protected"),
        ("No. of dead", "dead"),
        ("responders", "affected"),
    ],
)
def test_the_counted_column_names_the_endpoint(name: str, endpoint: str) -> None:
    data = read_one(f"dose,Group size,{name}\n5,8,1\n")
    assert data.endpoint == endpoint
    # The group size was understood; a column that is an endpoint's name says itself.
    plain = name.lower() in ("protected", "dead", "seizures")
    assert codes(data) == ["column-understood"] * (1 if plain else 2)
    assert read_one(f"dose,n,{name}\n5,8,1\n", endpoint="asleep").endpoint == "asleep"


def test_the_endpoint_finds_its_column() -> None:
    data = read_one("dose,n,asleep\n5,8,3\n", endpoint="asleep")
    assert (data.affected.tolist(), data.endpoint) == ([3], "asleep")


def test_an_endpoint_that_is_not_the_counted_one_is_a_warning() -> None:
    data = read_one(
        "dose,n,seizures\n5,8,3\n", endpoint="protected", affected="seizures"
    )
    assert "endpoint-differs" in codes(data)


def test_columns_named_by_the_caller() -> None:
    data = read_one(
        "mg,alive,lost,dead\n5,8,7,1\n", dose="mg", n="alive", affected="lost"
    )
    assert (data.dose[0], data.n[0], data.affected[0]) == (5, 8, 7)
    assert codes(data) == ["columns-left-out"]


def test_unknown_columns_are_named() -> None:
    (note,) = read_one("dose,n,affected,weight,remark\n5,8,1,30,x\n").notes
    assert (note.code, note.given) == ("columns-left-out", "weight, remark")


def test_one_strain_in_all_rows_is_no_animal() -> None:
    assert read_one("dose,affected,mouse\n5,0,CF-1\n5,1,CF-1\n").animal is None
    assert read_one("dose,affected,mouse\n5,0,a\n5,1,b\n").animal == ("a", "b")


def test_two_names_for_an_optional_column_are_a_warning() -> None:
    data = read_one("dose,affected,mouse,subject\n5,0,a,1\n5,1,b,2\n")
    assert data.animal is None
    assert codes(data) == ["ambiguous-column", "columns-left-out"]


@pytest.mark.parametrize(
    ("no", "yes"), [("no", "yes"), ("FALSE", "TRUE"), ("n", "Y"), ("0", "true")]
)
def test_words_for_outcomes(no: str, yes: str) -> None:
    data = read_one(f"dose,affected\n5,{no}\n5,{yes}\n")
    assert data.affected.tolist() == [0, 1]
    assert codes(data) == ["words-for-outcomes"]


def test_empty_groups_are_dropped_with_their_rows() -> None:
    data = read_one("dose,n,affected,cage\n5,8,1,a\n7,0,0,b\n10,8,4,c\n")
    assert data.dose.tolist() == [5, 10]
    assert data.cage == ("a", "c")
    (note,) = data.notes
    assert (note.code, note.row, note.file) == ("empty-group", 3, "<text>")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas(separator: str) -> None:
    rows = ("dose n affected", "0,5 8 1", "1,000 8 2", "2,50 8 4")
    data = read_one("\n".join(rows).replace(" ", separator))
    assert data.dose.tolist() == [0.5, 1, 2.5]
    assert codes(data) == ["decimal-comma"]


def test_decimal_commas_in_quotes() -> None:
    assert read_one('dose,n,affected\n"2,5",8,1\n').dose.tolist() == [2.5]


def test_points_with_three_decimals_are_plain_between_commas() -> None:
    assert read_one("dose,n,affected\n1.250,8,1\n").dose.tolist() == [1.25]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace(",", ", "),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", ";"),
        "sep=;\n" + GOOD.replace(",", ";"),
        '"sep=|"\n' + GOOD.replace(",", "|"),
        GOOD.replace("\n", ",\n"),
        GOOD + "\n\n,,\n",
        "# note\n" + GOOD.replace("\n", "\n # 5,8,9\n"),
        '"dose","n","affected"\n"5","8","1"\n"10","8","4"\n',
        GOOD.replace("5", "+5.0e0").replace("10", " 1E1 "),
        GOOD + "\x1a",
    ],
)
def test_many_ways_to_write_one_table(text: str) -> None:
    assert read_one(text).sha256 == read_one(GOOD).sha256
    assert read_one(text).notes == ()


def test_a_cell_over_two_lines_keeps_the_count_of_lines() -> None:
    text = 'dose,n,affected,note\n5,8,1,"a\nb"\n7,0,0,c\n9,8,4,d\n'
    notes = {note.code: note.row for note in read_one(text).notes}
    assert notes["empty-group"] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    data = "dose (µg/kg),affected,curve\n5,1,é\n".encode(encoding)
    path.write_bytes(data)
    (read,) = read_quantal(path)
    assert (str(read.unit), read.curve) == ("ug/kg", "é")
    assert codes(read) == (["not-utf-8"] if encoding == "cp1252" else [])
    (file,) = read.inputs
    assert (file.file, file.sha256) == (str(path), hashlib.sha256(data).hexdigest())


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    (data,) = read_quantal("-")
    assert data.inputs[0].file == "<stdin>"
    assert data.n_animals == 16


def test_open_files(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    for mode in ("r", "rb"):
        with path.open(mode) as stream:
            (data,) = read_quantal(stream)
            assert data.inputs[0].file == str(path)


def test_a_long_table_tells_its_progress() -> None:
    rows = 150_000
    text = "dose (mg/kg),affected\n" + "5,0\n10,1\n" * (rows // 2)
    seen: list[tuple[int, int | None]] = []
    (data,) = read_quantal(
        io.StringIO(text), progress=lambda done, total: seen.append((done, total))
    )
    assert data.n_animals == rows
    assert data.groups[2].tolist() == [0, rows // 2]
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 1
    assert seen[-1] == (rows, rows)


def test_many_curves() -> None:
    rng = np.random.default_rng(1)
    names = rng.integers(0, 500, 5000)
    text = "curve,dose,affected\n" + "".join(f"{name},5,1\n" for name in names)
    found = read_quantal(io.StringIO(text))
    assert [data.curve for data in found] == [
        str(name) for name in dict.fromkeys(names.tolist())
    ]
    assert sum(data.n_animals for data in found) == 5000


def test_a_csv_file_needs_no_frame_library(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    code = (
        "import sys; from isobole.tables import read_quantal; "
        f"read_quantal({str(path)!r}); "
        "print([m for m in ('pandas', 'openpyxl', 'narwhals', 'pyarrow', 'polars') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_public_door() -> None:
    from isobole import tables

    assert tables.read_quantal is read_quantal
