"""The door of the API: what is asked of it does not pass what only pages need (sessions, CSRF, messages, HTMX).

Here a request gets its caller and its share of the rate limit, and every answer its form: problems as problem+json,
an ETag on what is read, the rate limit in headers. A request of a TEST key is rolled back after it has been answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from dure.kit.errors import DureError
from dure.kit.log import request_id
from dure.sites.api import errors, limits, oauth
from dure.sites.api.access import carried_out, identify
from dure.sites.api.naver import facade
from dure.sites.api.problems import TYPE, from_plain, problem

log = structlog.get_logger()

LONGEST = 1024 * 1024  # bytes of a body
WITH_BODY = {"POST", "PUT", "PATCH"}
SAFE = {"GET", "HEAD"}


class Door:
    """Middleware: takes the API's requests aside, and lets the others go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.pages = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/v1/"):
            return answer(request)
        if request.path_info.startswith(facade.PATH):
            return facade.answer(request)
        if request.path_info == "/oauth/token":
            return oauth.token(request)
        return self.pages(request)


def answer(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        try:
            response = _answer(request)
        except DureError as error:
            response = problem(error)
        except Exception:
            log.exception("api_failed", path=request.path)
            response = problem(errors.Broken(request=request_id()))
        if response.status_code >= 400 and response.get("Content-Type") != TYPE:
            response = from_plain(request, response)
        response["Content-Language"] = translation.get_language()
    return _dressed(request, response)


def _answer(request: HttpRequest) -> HttpResponse:
    _refuse_what_cannot_be_read(request)
    try:
        view = _resolved(request.path_info)
    except Resolver404 as error:
        raise errors.NotFound() from error
    request.caller = caller = identify(request)  # type: ignore[attr-defined]
    return carried_out(caller, lambda: view.func(request, *view.args, **view.kwargs))


_resolved = lru_cache(maxsize=1024)(resolve)  # Django tries the addresses one after the other


def _refuse_what_cannot_be_read(request: HttpRequest) -> None:
    """Raises TooLarge, NotJson, Malformed (a NUL, which no text of the database may hold)."""
    if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        raise errors.Malformed()
    if request.method not in WITH_BODY:
        return
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LONGEST:
        raise errors.TooLarge()
    if int(length) and request.content_type != "application/json":
        raise errors.NotJson()
    if b"\\u0000" in request.body:
        raise errors.Malformed()


def _dressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    limits.tell(request, response)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Length"] = str(len(response.content))  # or else it goes out in chunks
    patch_vary_headers(response, ["Authorization", "Accept-Language", "Cookie"])
    if request.method not in SAFE or response.status_code != 200:
        response["Cache-Control"] = "no-store"
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response["Cache-Control"] = "private, no-cache"
    if response["ETag"] not in [tag.strip().removeprefix("W/") for tag in _if_none_match(request)]:
        return response
    unchanged = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy"):
        if name in response:
            unchanged[name] = response[name]
    return unchanged


def _if_none_match(request: HttpRequest) -> list[str]:
    return request.headers.get("If-None-Match", "").split(",")
