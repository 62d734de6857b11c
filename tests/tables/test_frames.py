"""Data frames through narwhals: pandas always, others where installed."""

import pandas as pd
import pytest

from isobole.results import DataError
from isobole.tables import read_quantal


def only_problem_of(frame: object) -> tuple[str, int | None, str | None]:
    with pytest.raises(DataError) as caught:
        read_quantal(frame)
    (problem,) = caught.value.problems
    assert problem.file is None
    return problem.code, problem.row, problem.column


def test_groups() -> None:
    frame = pd.DataFrame({"Dose (mg/kg)": [5, 10], "n": [8, 8], "affected": [1, 4]})
    (data,) = read_quantal(frame)
    assert data.dose.tolist() == [5, 10]
    assert str(data.unit) == "mg/kg"
    assert data.inputs == ()


def test_animals_of_several_curves() -> None:
    frame = pd.DataFrame(
        {
            "curve": pd.Categorical(["b", "a", "b"]),
            "dose": ["5", "2,5", "10"],
            "affected": [True, False, True],
            "day": pd.to_datetime(["2024-01-01"] * 3),
        }
    )
    first, second = read_quantal(frame)
    assert (first.curve, second.curve) == ("b", "a")
    assert first.dose.tolist() == [5, 10]
    assert second.affected.tolist() == [0]
    assert {note.code for note in first.notes} == {
        "decimal-comma",
        "words-for-outcomes",
    }


def test_numbers_as_curve_names() -> None:
    frame = pd.DataFrame({"dose": [5, 6], "affected": [0, 1], "curve": [1.0, 2.5]})
    assert [data.curve for data in read_quantal(frame)] == ["1", "2.5"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"dose": [5, None], "affected": [0, 1]}, ("empty-cell", 2, "dose")),
        (
            {"dose": [5, 6], "affected": pd.array([0, None], dtype="Int64")},
            ("empty-cell", 2, "affected"),
        ),
        (
            {"dose": [5, 6], "affected": pd.array([True, None], dtype="boolean")},
            ("empty-cell", 2, "affected"),
        ),
        ({"dose": [5, float("inf")], "affected": [0, 1]}, ("not-finite", 2, "dose")),
        ({"dose": [5, -1], "affected": [0, 1]}, ("dose-negative", 2, "dose")),
        ({"dose": [5, "x"], "affected": [0, 1]}, ("not-a-number", 2, "dose")),
        (
            {"dose": pd.to_datetime(["2024-10-05"]), "affected": [1]},
            ("date-in-cell", 1, "dose"),
        ),
        ({"dose": [5], "n": [8]}, ("missing-column", None, "affected")),
        ({"dose": [], "affected": []}, ("no-rows", None, None)),
    ],
)
def test_bad_frames(
    columns: dict[str, list[object]], expected: tuple[str, int | None, str | None]
) -> None:
    assert only_problem_of(pd.DataFrame(columns)) == expected


def test_a_doubled_name() -> None:
    frame = pd.DataFrame([[5, 8, 2]], columns=["dose", "n", "n"])
    assert only_problem_of(frame)[0] == "duplicate-column"


def test_names_that_are_numbers() -> None:
    assert only_problem_of(pd.DataFrame([[5, 8, 2]]))[0] == "no-header"


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"dose": [5.0, 10.0], "n": [8, 8], "affected": [1, 4]})
    for given in (frame, frame.lazy()):
        (data,) = read_quantal(given)
        assert data.affected.tolist() == [1, 4]


def test_pyarrow() -> None:
    pa = pytest.importorskip("pyarrow")
    (data,) = read_quantal(pa.table({"dose": [5.0, 10.0], "affected": [True, False]}))
    assert data.affected.tolist() == [1, 0]
