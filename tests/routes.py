"""Every address of a site, those brought in by `include` too."""

from collections.abc import Iterable, Iterator
from typing import Any


def routes(patterns: Iterable[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern
