"""What every page has: a request id, and an answer a person can use when something cannot be done."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation

from dure.kit.errors import DureError
from dure.kit.log import HEADER, begin_request

log = structlog.get_logger()
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestId:
    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        rid = begin_request(request.headers.get(HEADER))
        response = self.get_response(request)
        response[HEADER] = rid
        log.info("request", method=request.method, path=request.path, status=response.status_code)
        return response


class Language(LocaleMiddleware):
    """The language of the cookie or the browser; `?lang=en` before both, so that each language has an address."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        asked = request.GET.get("lang")
        if asked in dict(settings.LANGUAGES):
            translation.activate(asked)
            request.LANGUAGE_CODE = asked  # type: ignore[attr-defined]


class FriendlyErrors:
    """A `DureError` that no view caught becomes a page (or JSON) with its sentence and status, never a 500."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DureError):
            return None
        if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(error.as_json(), status=error.status)
        return render(request, "design/error.html", {"error": error}, status=error.status)
