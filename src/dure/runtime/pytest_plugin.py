"""Named in pyproject's `addopts`, so that it is imported before anything can read the settings."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("DURE_MODE", "test")
os.environ.setdefault("DURE_HOME", str(Path(__file__).parents[3] / ".dure" / "test"))
