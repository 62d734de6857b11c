"""Numbers for people."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from isobole.results import format_number, format_p


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (8, "8"),
        (9.9999, "10"),
        (0.99996, "1"),
        (-9.9999, "−10"),
        (99999.96, "100000"),
        (999999, "999999"),
        (999999.4, "1×10^6"),
        (999999.5, "1×10^6"),
        (1e6, "1×10^6"),
        (-1234567, "−1.235×10^6"),
        (1e-8, "1×10^−8"),
        (-3.25e-8, "−3.25×10^−8"),
        (0.00001, "0.00001"),
        (0.0000099999, "0.00001"),
        (123456.7, "123457"),
        (4.8454918, "4.845"),
        (4.5, "4.5"),
        (-2.5, "−2.5"),
    ],
)
def test_format_number(value: float, text: str) -> None:
    assert format_number(value) == text


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
)
def test_what_is_printed_is_the_number_to_four_digits(value: float) -> None:
    text = format_number(value)
    assert "-" not in text
    mantissa, _, power = text.replace("−", "-").partition("×10^")
    read = float(f"{mantissa}e{power or 0}")
    assert math.isclose(read, value, rel_tol=5.1e-4, abs_tol=0.0)
    assert format_number(-value).strip("−") == text.strip("−")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="should be a Missing"):
        format_number(value)
    with pytest.raises(ValueError, match="not a probability"):
        format_p(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "< 0.0001"),
        (9.9e-5, "< 0.0001"),
        (0.0001, "0.0001"),
        (0.00012, "0.0001"),
        (0.0421, "0.042"),
        (0.5, "0.50"),
        (1.0, "1.00"),
    ],
)
def test_format_p(value: float, text: str) -> None:
    assert format_p(value) == text


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_p_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        format_p(value)
