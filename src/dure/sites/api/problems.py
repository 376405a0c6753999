"""Every refusal of the API as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from dure.kit.errors import DureError
from dure.kit.log import request_id
from dure.sites.api import errors

TYPE = "application/problem+json"


def problem(error: DureError, fields: list[tuple[str, str]] | None = None) -> HttpResponse:
    """`fields`: (field, sentence) of each value at fault."""
    told = error.as_json()["error"]
    code, sentence, field = told.pop("code"), told.pop("message"), told.pop("field")
    at_fault = fields or ([(field, sentence)] if field else [])
    body: dict[str, Any] = {
        "type": f"/developers/errors/#{code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": sentence,
        "code": code,
        "errors": [{"field": name, "detail": wrong} for name, wrong in at_fault],
        "params": told,
        "request_id": request_id(),
    }
    response = HttpResponse(orjson.dumps(body), status=error.status, content_type=TYPE)
    if isinstance(error, errors.TooManyRequests):
        response["Retry-After"] = str(error.params["seconds"])
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="dure"'
    return response


def from_plain(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A refusal that something below made as text (405 of the router, say), told like the others."""
    known: dict[int, DureError] = {
        404: errors.NotFound(),
        405: errors.MethodNotAllowed(method=request.method),
        413: errors.TooLarge(),
        415: errors.NotJson(),
    }
    told = problem(known.get(response.status_code, errors.Malformed()))
    told.status_code = response.status_code
    if "Allow" in response:
        told["Allow"] = response["Allow"]
    return told
