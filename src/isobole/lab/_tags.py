"""Filters every template has."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from isobole.lab import _once, _words
from isobole.results import Problem, Table, format_number

register = template.Library()


@register.filter
def table(value: Table) -> SafeString:
    """Write a report table as HTML; its cells are escaped where it is made."""
    return mark_safe(value.to_html(label=""))


@register.filter
def number(value: Any, digits: int = 4) -> str:
    """Write a number as the reports do."""
    return format_number(float(value), digits)


@register.filter
def in_lab(problem: Problem) -> Problem:
    """Say what to do about a problem in the lab, not at the command line."""
    return _words.in_lab(problem)


@register.simple_tag
def form_key() -> SafeString:
    """Write the field by which a form that is sent twice is known."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', _once.FIELD, _once.new_key()
    )


@register.filter
def told(value: Any) -> str:
    """Write a value of a row as text: JSON where it is not a text already."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
