"""Pages that are the same for every stranger are drawn once.

A view marked `@public(...)` is remembered (`remembered.py`) for visitors without a session: who has put something into a cart,
signed in or been told something gets a page of their own. A remembered page holds nothing of anybody: its CSRF
fields are taken out (`SameOriginCsrf` tells a stranger's post by its origin), it sets no cookie.

How long it stays true is the view's business: `seconds` alone, or with `stamp(**kwargs)`, a cheap question to the database whose
answer changes whenever the page must. See docs/decisions/0090.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request

from dure.kit import clock
from dure.sites.remembered import Kept, Key, Shelf

GetResponse = Callable[[HttpRequest], HttpResponse]
Stamp = Callable[..., str]
TOKEN = re.compile(rb'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]*">\s*')
PERSONAL = ("sessionid", "messages")  # cookies of somebody the pages know
LONGEST_QUERY = 300  # characters; nobody fills the memory with made-up addresses cheaply


@dataclass(frozen=True)
class Policy:
    seconds: float
    stamp: Stamp | None = None


def public(
    seconds: float, stamp: Stamp | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The page may be shown again for so many seconds, as long as `stamp(**url_kwargs)` stays the same."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        shown.public = Policy(seconds, stamp)  # type: ignore[attr-defined]
        return shown

    return wrap


shelf = Shelf()


class PublicPages:
    """Outermost but for the log: a page that is remembered costs a dictionary and, at most, one small query."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        policy, kwargs = _policy_of(request)
        if policy is None:
            return self.get_response(request)
        key = _key(request)
        stamp = policy.stamp(**kwargs) if policy.stamp else ""
        kept = shelf.get(key, stamp)
        if kept is None:
            response = self.get_response(request)
            kept = _keep(response, stamp, policy.seconds)
            if kept is None:
                return response
            shelf.put(key, kept)
        return _answer(request, kept)


def is_stranger(request: HttpRequest) -> bool:
    """Nobody the pages know: what they are shown may be shown to others."""
    return not any(name in request.COOKIES for name in PERSONAL)


def _policy_of(request: HttpRequest) -> tuple[Policy | None, dict[str, Any]]:
    if request.method != "GET" or not is_stranger(request):
        return None, {}
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY or not settings.PUBLIC_PAGES:
        return None, {}
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None, {}
    return getattr(match.func, "public", None), match.kwargs


def _key(request: HttpRequest) -> Key:
    return (
        request.scheme or "",
        request.META.get("HTTP_HOST", ""),
        get_language_from_request(request),
        request.META.get("HTTP_HX_REQUEST", ""),
        request.get_full_path(),
    )


def _keep(response: HttpResponse, stamp: str, seconds: float) -> Kept | None:
    """What may be remembered of an answer; None when it is not for everybody."""
    others = set(response.cookies) - {settings.CSRF_COOKIE_NAME}
    if response.status_code != 200 or response.streaming or others:
        return None
    body = TOKEN.sub(b"", response.content)
    headers = [
        (k, v) for k, v in response.items() if k not in ("Content-Length", "Content-Encoding", "Vary", "Set-Cookie")
    ]
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Kept(gzip.compress(body, 5, mtime=0), headers, etag, stamp, clock.now().timestamp() + seconds)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if request.META.get("HTTP_IF_NONE_MATCH") == kept.etag:
        response = HttpResponse(status=304)
    elif "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(kept.body)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(kept.body))
    for name, value in kept.headers:
        response[name] = value
    if response.status_code == 200:
        response["Content-Length"] = str(len(response.content))
    response["ETag"] = kept.etag
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Cookie, Accept-Encoding, Accept-Language, HX-Request"
    return response


class SameOriginCsrf(CsrfViewMiddleware):
    """A post that the browser itself says comes from our own pages needs no token.

    `Sec-Fetch-Site` (and, where it is not sent, `Origin`) is set by the browser and cannot be set by another site. Everything
    else goes by Django's token.
    """

    def process_view(self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any) -> Any:
        if self._from_our_own_page(request):
            return self._accept(request)
        return super().process_view(request, callback, callback_args, callback_kwargs)

    @staticmethod
    def _from_our_own_page(request: HttpRequest) -> bool:
        site = request.META.get("HTTP_SEC_FETCH_SITE")
        if site is not None:
            return site == "same-origin"
        origin = request.META.get("HTTP_ORIGIN")
        return origin is not None and origin == f"{request.scheme}://{request.get_host()}"
