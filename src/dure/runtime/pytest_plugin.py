"""Named in pyproject's `addopts`, so that it is imported before anything can read the settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import structlog

from dure.kit import log

os.environ.setdefault("DURE_MODE", "test")
os.environ.setdefault("DURE_HOME", str(Path(__file__).parents[3] / ".dure" / "test"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders under our home. pytest's usual place is closed to others again by every other pytest that
    starts, and with it to the database's user of the servers that tests start there.
    """
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], log.plain()])
    if not config.option.basetemp:
        config.option.basetemp = str(Path(os.environ["DURE_HOME"]).resolve() / "pytest")
