"""Pages of the lab read by tests: what a policy would refuse, forms sent."""

from __future__ import annotations

import re
from typing import Any


def inline(html: str) -> list[str]:
    """Return what the content security policy would refuse."""
    found = re.findall(r"<[^>]+\s(?:style|on[a-z]+)\s*=[^>]*>", html)
    found += re.findall(r"<style[^>]*>", html)
    found += [
        tag
        for tag in re.findall(r"<script[^>]*>", html)
        if " src=" not in tag and 'type="application/json"' not in tag
    ]
    return found + re.findall(r"""(?:src|href)=["'](?:data|javascript):""", html)


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    text: str = response.content.decode()
    assert inline(text) == []
    return text


def post(client: Any, address: str, data: Any, status: int) -> str:
    """Send a form, expect a status, and return the page."""
    response = client.post(address, data)
    text: str = response.content.decode()
    assert response.status_code == status, text[:3000]
    assert inline(text) == []
    return text
