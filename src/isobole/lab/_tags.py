"""Filters every template has."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from isobole.results import Table, format_number

register = template.Library()


@register.filter
def table(value: Table) -> SafeString:
    """Write a report table as HTML; its cells are escaped where it is made."""
    return mark_safe(value.to_html(label=""))  # noqa: S308


@register.filter
def number(value: Any, digits: int = 4) -> str:
    """Write a number as the reports do."""
    return format_number(float(value), digits)
