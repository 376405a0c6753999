"""The documents are kept by notes, not by events: see `documents`."""

from __future__ import annotations

from dure.commerce.search.documents import catch_up
from dure.kit.outbox import follow

follow(catch_up)
