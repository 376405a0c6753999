"""Addresses of many things: `reverse` works one out each time it is asked, here once for a name.

at("seller:orders")                 # as reverse("seller:orders")
at("seller:order", line.pk)         # as reverse("seller:order", args=[line.pk])
"""

from __future__ import annotations

from functools import cache

from django.urls import reverse

SOME = 90_000_000_000_000_001  # a number no name and no prefix holds


def at(name: str, pk: int | None = None) -> str:
    before, after = _around(name, pk is not None)
    return before if pk is None else f"{before}{pk}{after}"


@cache
def _around(name: str, numbered: bool) -> tuple[str, str]:
    before, _some, after = reverse(name, args=[SOME] if numbered else None).partition(str(SOME))
    return before, after
