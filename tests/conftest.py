"""What every test may ask for. `dure.runtime.pytest_plugin` has set the mode and the home before us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation

from dure.config import load
from dure.runtime.commands.messages import compile_all
from dure.runtime.postgres import Postgres
from outside import _simulators, simulators  # noqa: F401 (fixtures)

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """pytest-django asks for this just before it makes the test database: the time to start the embedded server."""
    if load().database_url:
        yield
        return
    postgres = Postgres(load().home, throw_away=True)
    postgres.start()
    yield
    postgres.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which append-only tables refuse: the emptying alone passes."""
    empty = BaseDatabaseOperations.execute_sql_flush
    unguarded = "SET LOCAL session_replication_role = replica"
    BaseDatabaseOperations.execute_sql_flush = lambda self, statements: empty(self, [unguarded, *statements])
    yield
    BaseDatabaseOperations.execute_sql_flush = empty


@pytest.fixture(scope="session", autouse=True)
def _english() -> None:
    """The English of the catalogues as they are now: their compiled form is not kept with them."""
    compile_all()


@pytest.fixture(autouse=True)
def korean() -> Iterator[None]:
    """Each test begins in Korean, whatever language the test before it answered a visitor in."""
    with translation.override("ko"):
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed after each module: while Playwright runs its loop, a test of another module cannot run its own.

    `browser.a_page()` opens a visitor of its own.
    """
    from browser import a_browser  # Playwright takes its time to import: only for those who want it

    with a_browser() as opened:
        yield opened
