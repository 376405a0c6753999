"""What every test may ask for. `dure.runtime.pytest_plugin` has set the mode and the home before us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from dure.config import load
from dure.runtime.postgres import Postgres

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
def browser() -> Iterator[Browser]:
    """Chromium, one for the whole run; `browser.a_page()` opens a visitor of its own."""
    from browser import a_browser  # Playwright takes its time to import: only for those who want it

    with a_browser() as opened:
        yield opened
