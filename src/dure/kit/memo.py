"""Answers remembered for a moment, in this process: what many pages ask and few people change.

    @memo(seconds=60, most=500)
    def shelves() -> tuple[Category, ...]: ...

Arguments must be hashable, the answer is shared: nobody may change it. In tests nothing is remembered, unless within
`with remembering():`.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from dure.config import load

_on = load().mode != "test"
_kept: list[OrderedDict[Hashable, tuple[float, Any]]] = []
P = ParamSpec("P")
R = TypeVar("R")


def memo(*, seconds: float, most: int = 128) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember up to `most` answers for `seconds`; the one asked for longest ago is forgotten first."""

    def remembering(fn: Callable[P, R]) -> Callable[P, R]:
        kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        lock = Lock()
        _kept.append(kept)

        @wraps(fn)
        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            if not _on:
                return fn(*args, **kwargs)
            key = (args, tuple(sorted(kwargs.items())))
            now = time.monotonic()
            with lock:
                until, answer = kept.get(key, (0.0, None))
                if now < until:
                    kept.move_to_end(key)
                    return answer  # type: ignore[no-any-return]
            answer = fn(*args, **kwargs)
            with lock:
                kept[key] = (now + seconds, answer)
                kept.move_to_end(key)
                if len(kept) > most:
                    kept.popitem(last=False)
            return answer

        return ask

    return remembering


@contextmanager
def remembering() -> Iterator[None]:
    """Remember as in production, beginning with nothing: for tests of what a page costs."""
    global _on
    was, _on = _on, True
    for kept in _kept:
        kept.clear()
    try:
        yield
    finally:
        _on = was
