"""JSON of what was made of a page, by the quick encoder that pydantic brings."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

_ENCODE = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=str
).encode


def encoded(value: Any) -> str:
    """Return a value as JSON on one line; what JSON does not know as its words.

    Lone surrogates, which stand for bytes that are no text, are kept as they are.

    Examples
    --------
    >>> encoded(["µg", {"dose": (1, None)}])
    '["µg",{"dose":[1,null]}]'
    """
    try:
        return to_json(value, fallback=str).decode()
    except (PydanticSerializationError, ValueError):
        return _ENCODE(value)
