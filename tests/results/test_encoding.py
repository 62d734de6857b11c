"""The JSON envelope, and what it refuses."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import numpy as np
import pytest

from isobole.results import (
    DataError,
    DoseUnit,
    Estimate,
    InputFile,
    IsoboleError,
    Limits,
    Missing,
    OptionError,
    Problem,
    ProblemList,
    Provenance,
    check_choice,
    encode,
    envelope,
    error_envelope,
    to_json,
)

KEYS = [
    "schema",
    "version",
    "command",
    "input",
    "data_sha256",
    "options",
    "seed",
    "endpoint",
    "unit",
    "problems",
]


@pytest.mark.parametrize(
    "bad", [math.nan, math.inf, np.float64("nan"), np.float32("inf")]
)
@pytest.mark.parametrize("place", [lambda x: x, lambda x: [x], lambda x: {"a": (1, x)}])
def test_nan_and_infinity_are_refused(bad: float, place: Any) -> None:
    with pytest.raises(ValueError, match="should be a Missing"):
        encode(place(bad))
    with pytest.raises(ValueError, match="should be a Missing"):
        encode(np.array([1.0, bad]))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (np.True_, True),
        (np.int64(3), 3),
        (np.float64(0.1), 0.1),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (Missing("lost"), None),
        (DoseUnit("mg", "kg", "salt"), "mg/kg salt"),
        ({1: (x for x in "ab")}, {"1": ["a", "b"]}),
        (Problem("c", "m").severity, "error"),
    ],
)
def test_what_becomes_of_values(value: Any, plain: Any) -> None:
    encoded = encode(value)
    assert encoded == plain
    assert type(encoded) is type(plain)
    json.dumps(encoded, allow_nan=False)


def test_results_encode_by_their_to_dict() -> None:
    estimate = Estimate("ED50", 1.5, Limits("delta", 0.95, "interval", 1.0, 2.0))
    assert encode([estimate]) == [estimate.to_dict()]


def test_envelope_has_its_keys_in_order() -> None:
    provenance = Provenance(
        "isobole ed50 a.csv",
        inputs=(InputFile("a.csv", "00"),),
        data_sha256="11",
        options={"level": 0.95, "unit": DoseUnit("mA")},
        seed=7,
    )
    made = envelope(
        "ed50",
        provenance,
        endpoint="protected",
        unit=DoseUnit("mg", "kg"),
        problems=[Problem("n-zero", "n is 0", "notice", row=3)],
        body={"curves": [{"dose": Missing("separated"), "reason": "separated"}]},
    )
    assert list(made) == [*KEYS, "curves"]
    assert made["schema"] == "isobole/ed50/1"
    assert made["input"] == [{"file": "a.csv", "sha256": "00"}]
    assert made["options"] == {"level": 0.95, "unit": "mA"}
    assert made["unit"] == "mg/kg"
    assert made["problems"][0]["row"] == 3
    assert made["curves"] == [{"dose": None, "reason": "separated"}]
    assert json.loads(to_json(made)) == made


def test_bare_envelope_is_complete() -> None:
    assert list(envelope("x", Provenance("isobole x"))) == KEYS


def test_error_envelope_lists_problems() -> None:
    problem = Problem("affected-exceeds-n", "affected is 9 of 8", row=4, column="n")
    made = error_envelope("isobole ed50", DataError([problem, problem]))
    assert made["schema"] == "isobole/error/1"
    assert made["error"] == "DataError"
    assert [p["code"] for p in made["problems"]] == ["affected-exceeds-n"] * 2
    plain = error_envelope("isobole ed50", OptionError("no such link"))
    assert plain["message"] == "no such link"
    assert plain["problems"] == []
    json.dumps([made, plain], allow_nan=False)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("c", "It is wrong"), "It is wrong."),
        (Problem("c", "It is wrong.", remedy="Mend it."), "It is wrong. Mend it."),
        (
            Problem(
                "c", "n is 7.5", file="a.csv", row=3, column="n", expected="animals"
            ),
            "a.csv, row 3, column n: n is 7.5. Expected animals.",
        ),
        (Problem("c", "n is 0", row=0), "row 0: n is 0."),
    ],
)
def test_a_problem_is_a_sentence_with_a_place(problem: Problem, sentence: str) -> None:
    assert str(problem) == sentence


def test_problems_are_collected_and_raised_together() -> None:
    problems = ProblemList("a.csv")
    problems.add(Problem("a", "first"))
    problems.add(Problem("b", "second", "warning", file="b.csv"))
    problems.add(Problem("c", "third"))
    assert [p.file for p in problems.found] == ["a.csv", "b.csv", "a.csv"]
    with pytest.raises(DataError) as caught:
        problems.raise_errors()
    assert [p.code for p in caught.value.problems] == ["a", "c"]
    assert str(caught.value) == "a.csv: first.\na.csv: third."
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.problems == caught.value.problems
    ProblemList().raise_errors()


def test_errors_have_one_root_and_are_value_errors() -> None:
    for kind in (DataError, OptionError):
        assert issubclass(kind, IsoboleError)
        assert issubclass(kind, ValueError)
    check_choice("link", "probit", ["probit", "logit"])
    with pytest.raises(OptionError, match=r"'probit', 'logit'\. Did you mean"):
        check_choice("link", "prbit", ["probit", "logit"])
    with pytest.raises(OptionError, match=r"link is 3; allowed are 'probit'\.$"):
        check_choice("link", 3, ["probit"])
