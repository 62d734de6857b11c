"""The quick encoder writes what Python's own writes."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from isobole.monograph._encoded import encoded

_SLOW = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_FLAT = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    # With lone surrogates and controls: a page may hold any byte.
    st.text(st.characters(exclude_categories=[])),
)
_ANY = st.recursive(
    _FLAT,
    lambda inner: st.one_of(
        st.lists(inner), st.tuples(inner), st.dictionaries(st.text(), inner)
    ),
    max_leaves=12,
)


@given(_ANY)
def test_it_writes_what_python_writes(value: Any) -> None:
    said = encoded(value)
    if any(isinstance(one, float) for one in _leaves(value)):
        assert json.loads(said) == json.loads(_SLOW(value))
    else:
        assert said == _SLOW(value)


@pytest.mark.parametrize("value", [Decimal("1.50"), Fraction(1, 3), 2**70, "\udcff"])
def test_what_json_does_not_know_is_said_in_words(value: Any) -> None:
    assert encoded([value]) == _SLOW([value])


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
