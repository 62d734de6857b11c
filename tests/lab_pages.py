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


def rechained(rows: list[dict[str, Any]]) -> list[Any]:
    """Return rows, changed as a test needs them, as a record whose chain is whole."""
    from isobole.studies import follow

    entries: list[Any] = []
    for row in rows:
        draft = {k: v for k, v in row.items() if k not in ("seq", "prev", "hash")}
        entries.append(follow(entries[-1] if entries else None, draft))
    return entries


def blind_record(bundled: str, *, given: bool = True) -> list[dict[str, Any]]:
    """Return the rows of a bundled study up to the lock, without doses if not given."""
    from dataclasses import asdict

    from isobole.datasets import study_path
    from isobole.studies import read_record

    rows = [asdict(e) for e in read_record(study_path(bundled) / "record.jsonl")]
    late = {"analysis.lock", "allocation.reveal", "unblind"}
    if not given:
        late |= {"dose.give", "t0", "observe", "amend", "exclude", "score.complete"}
    return [row for row in rows if row["action"] not in late]


def other_allocation(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same rows with the groups of the animals exchanged."""
    from copy import deepcopy

    changed = deepcopy(rows)
    for row in changed:
        if row["action"] == "allocation.commit":
            listed = row["data"]["rows"]
            codes = [one["group_code"] for one in listed]
            for one, code in zip(listed, codes[3:] + codes[:3], strict=True):
                one["group_code"] = code
            row["data"]["commitment"] = "f" * 64
            row["data"]["rows_sha256"] = "e" * 64
    return changed


def unmasked(html: str) -> str:
    """Return a page without the tokens that are drawn anew for every answer."""
    token = r"""(csrfmiddlewaretoken" value="|X-CSRFToken": "|form_key" value=")\w+"""
    return re.sub(token, r"\1", html)
