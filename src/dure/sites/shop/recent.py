"""What a visitor looked at, newest first: in a cookie of the browser, so that nobody else keeps it.

A page drawn once for all strangers sets no cookie: there `frontend/src/recent.ts` writes the same one.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "seen"
MOST = 20
DAYS = 30


def seen(request: HttpRequest) -> list[int]:
    """Ids of products; whatever else somebody wrote into the cookie is not read."""
    parts = request.COOKIES.get(COOKIE, "").split(".")[:MOST]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]


def remember(request: HttpRequest, response: HttpResponse, product_id: int) -> HttpResponse:
    _write(response, [product_id, *(pk for pk in seen(request) if pk != product_id)][:MOST])
    return response


def forget(request: HttpRequest, response: HttpResponse, product_id: int | None = None) -> HttpResponse:
    """One product, or all."""
    _write(response, [pk for pk in seen(request) if product_id is not None and pk != product_id])
    return response


def _write(response: HttpResponse, ids: list[int]) -> None:
    if not ids:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        ".".join(map(str, ids)),
        max_age=DAYS * 86_400,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
