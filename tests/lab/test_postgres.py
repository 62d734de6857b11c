"""The server that the tests of PostgreSQL run on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from benchmarks._postgres import NoPostgres, cluster


def asked(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_each_database_is_new(fresh_database: Callable[[], str]) -> None:
    one, other = fresh_database(), fresh_database()
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE rat (id integer)")
    assert asked(one, "SELECT to_regclass('rat')") == "rat"
    assert asked(other, "SELECT to_regclass('rat')") is None


def test_it_can_be_reached_from_its_folder_only(postgres_url: str) -> None:
    assert asked(postgres_url, "SHOW listen_addresses") == ""
    folder = Path(parse_qs(urlsplit(postgres_url).query)["host"][0])
    assert folder.stat().st_mode & 0o077 == 0


def test_what_is_timed_waits_for_the_disk(postgres_url: str) -> None:
    assert asked(postgres_url, "SHOW fsync") == "off"
    with cluster("durable") as url:
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert asked(url, f"SHOW {name}") == "on"
    assert not folder.exists()


def test_without_a_server_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks._postgres.shutil.which", lambda name: None)
    monkeypatch.setattr("benchmarks._postgres.Path.glob", lambda self, pattern: [])
    with (
        pytest.raises(NoPostgres, match="apt-get install -y postgresql"),
        cluster("volatile"),
    ):
        pass
