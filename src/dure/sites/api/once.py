"""`Idempotency-Key` on a POST: the same request twice is one deed and one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from dure.kit.idempotency import told_once
from dure.sites.api import errors

LONGEST = 100


def key_of(request: HttpRequest, *, needed: bool = True) -> str:
    """Raises IdempotencyKeyNeeded, IdempotencyKeyTooLong, Malformed."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if needed and not key:
        raise errors.IdempotencyKeyNeeded()
    if len(key) > LONGEST:
        raise errors.IdempotencyKeyTooLong()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise errors.Malformed()
    return key


def once(
    request: HttpRequest, status: int, body: Any, deed: Callable[[], Schema], *, needed: bool = True
) -> HttpResponse:
    """Do the deed (one transaction with the mark that it was done), or tell again what it answered.

    Raises KeyReused when the key came before with another body or for another address.
    """
    key = key_of(request, needed=needed)
    if not key:
        return _answer(status, deed().model_dump(mode="json"))
    asked = {"method": request.method, "path": request.path, "body": body}
    ref = request.caller.ref  # type: ignore[attr-defined]
    answer, replayed = told_once(f"api:{ref}", key, asked, lambda: deed().model_dump(mode="json"))
    response = _answer(status, answer)
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def _answer(status: int, body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json; charset=utf-8")
