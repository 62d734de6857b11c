"""Fixtures of a throw-away PostgreSQL server: one in each process, when first asked."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from benchmarks._postgres import NoPostgres, cluster, drop_database, new_database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the address of a server; without one, skip, but fail where CI is set."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(cluster("volatile"))
        except NoPostgres as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield url


_numbers = itertools.count(1)


@contextmanager
def databases(url: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database and returns its address.

    All of them are dropped at the end.
    """
    made = []

    def fresh() -> str:
        name = f"lab_{next(_numbers)}"
        made.append(name)
        return new_database(url, name)

    yield fresh
    for name in made:
        drop_database(url, name)


@pytest.fixture
def fresh_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database and returns its address.

    What a test made is dropped after it.
    """
    with databases(postgres_url) as fresh:
        yield fresh
