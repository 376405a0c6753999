"""What every test may ask for. `dure.runtime.pytest_plugin` has set the mode and the home before us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from dure.config import load
from dure.runtime.commands.messages import compile_all
from dure.runtime.postgres import Postgres
from outside import _simulators, simulators  # noqa: F401 (fixtures)

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import DjangoDbBlocker


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
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, every table holds again what the migrations left in it.

    Only the tables that hold anything are emptied, row by row: Django would TRUNCATE all of them, thousands of files, and
    make its permissions anew. The guards of append-only tables let the emptying alone pass.
    """
    case: Any = TransactionTestCase
    flush = case._fixture_teardown
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(AS_MIGRATED)
    case._fixture_teardown = _as_migrated
    yield
    case._fixture_teardown = flush


AS_MIGRATED = """
    CREATE SCHEMA migrated;
    DO $$
    DECLARE t name; held bool;
    BEGIN
      FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t) INTO held;
        IF held THEN EXECUTE format('CREATE TABLE migrated.%1$I AS TABLE public.%1$I', t); END IF;
      END LOOP;
    END $$;
    CREATE FUNCTION migrated.again() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
    DECLARE t name; held bool;
    BEGIN
      FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t) INTO held;
        IF held THEN EXECUTE format('DELETE FROM public.%I', t); END IF;
      END LOOP;
      FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'migrated' LOOP
        EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE migrated.%1$I', t);
      END LOOP;
    END $$;
"""


def _as_migrated(test: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT migrated.again()")


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
