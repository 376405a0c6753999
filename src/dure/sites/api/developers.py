"""`/developers/`: the API explained, from its own description. Nothing on these pages comes from another place."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from dure.config import load
from dure.kit.errors import DureError
from dure.sites.api import door
from dure.sites.api.forms import TryForm
from dure.sites.api.hooks.topics import NAMES
from dure.sites.api.scopes import SCOPES
from dure.sites.api.v1 import api

log = structlog.get_logger()

CHANGES: list[tuple[str, date, list[Any]]] = [
    (
        "1.0.0",
        date(2026, 11, 24),
        [
            _("상품 찾기, 장바구니, 비회원 주문과 결제"),
            _("판매자의 상품, 재고, 주문, 발송, 클레임, 정산"),
            _("키와 토큰, 되풀이해도 한 번인 요청, 조각으로 읽는 목록"),
            _("서명된 웹훅, 전달 기록과 다시 보내기"),
            _("네이버 커머스API 형식의 주문 창구"),
        ],
    )
]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    words: str
    scope: str
    people: bool
    parameters: list[dict[str, Any]]
    fields: list[tuple[str, str, bool, str]]  # name, type, needed, about
    answers: list[tuple[int, str]]
    sample: str = field(default="")


def guide(request: HttpRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    operations: dict[str, list[Operation]] = {tag["name"]: [] for tag in schema["tags"]}
    for operation, tag in _operations(schema):
        operations[tag].append(operation)
    tags = [(tag["name"].replace(" ", "-"), tag["description"], operations[tag["name"]]) for tag in schema["tags"]]
    context = {
        "tags": tags,
        "about": schema["info"]["description"],
        "scopes": SCOPES.items(),
        "topics": NAMES.items(),
        "changes": CHANGES,
        "base_url": load().base_url,
        "form": TryForm(initial={"method": "GET", "path": "/api/v1/products?limit=2"}),
    }
    return render(request, "api/guide.html", context)


def attempt(request: HttpRequest) -> HttpResponse:
    """Try a request with a practice key, or with none. The page's own session is not part of it."""
    form = TryForm(request.POST or None, initial={"method": "GET", "path": "/api/v1/products?limit=2"})
    told: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        told |= _ask(request, **form.cleaned_data)
    return render(request, "api/try.html", told, status=400 if form.is_bound and form.errors else 200)


def refusals(request: HttpRequest) -> HttpResponse:
    """Every code a problem may carry, from the errors of all rooms."""
    found = {error.code: error for error in _errors(DureError) if error.code != "error"}
    rows = sorted(found.values(), key=lambda error: (error.status, error.code))
    return render(request, "api/errors.html", {"errors": rows})


def _ask(request: HttpRequest, method: str, path: str, credential: str, body: str) -> dict[str, Any]:
    address, _mark, query = path.partition("?")
    sent = body.encode() if method != "GET" else b""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": address.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": request.META.get("SERVER_NAME", "localhost"),
        "SERVER_PORT": request.META.get("SERVER_PORT", "80"),
        "REMOTE_ADDR": request.META.get("REMOTE_ADDR", ""),
        "HTTP_HOST": request.get_host(),
        "HTTP_ACCEPT_LANGUAGE": request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        "HTTP_IDEMPOTENCY_KEY": "try",
        "HTTP_IF_MATCH": "*",
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(sent),
        "CONTENT_TYPE": "application/json" if sent else "",
        "CONTENT_LENGTH": str(len(sent)),
    }
    if credential:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {credential}"
    answer = door.answer(WSGIRequest(environ))
    try:
        shown = json.dumps(json.loads(answer.content), ensure_ascii=False, indent=2)
    except ValueError:
        shown = answer.content.decode("utf-8", "replace")
    headers = [(name, value) for name, value in answer.items() if name in SHOWN]
    return {"answered": True, "status": answer.status_code, "headers": headers, "answer": shown[:50_000]}


SHOWN = ("Content-Type", "ETag", "RateLimit", "RateLimit-Policy", "Dure-Sandbox", "Idempotent-Replayed", "Retry-After")


def _operations(schema: dict[str, Any]) -> Iterator[tuple[Operation, str]]:
    shapes = schema["components"]["schemas"]
    for address, methods in schema["paths"].items():
        for method, told in methods.items():
            security = told.get("security", [])
            scope = next((entry["oauth"][0] for entry in security if entry.get("oauth")), "")
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            shape = shapes.get(body.get("$ref", "").rpartition("/")[2], {})
            yield (
                Operation(
                    id=told["operationId"],
                    method=method.upper(),
                    path=address,
                    words=told["summary"],
                    scope=scope,
                    people=any("session" in entry for entry in security),
                    parameters=told.get("parameters", []),
                    fields=list(_fields(shape)),
                    answers=[(int(status), row["description"]) for status, row in told["responses"].items()],
                ),
                told["tags"][0],
            )


def _fields(shape: dict[str, Any]) -> Iterator[tuple[str, str, bool, str]]:
    for name, told in shape.get("properties", {}).items():
        yield name, _type(told), name in shape.get("required", []), told.get("description", "")


def _type(told: dict[str, Any]) -> str:
    if "enum" in told:
        return " | ".join(str(value) for value in told["enum"])
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return " | ".join(_type(one) for one in told["anyOf"])
    if told.get("type") == "array":
        return f"[{_type(told.get('items', {}))}]"
    return str(told.get("type", ""))


def _errors(base: type[DureError]) -> Iterator[type[DureError]]:
    for error in base.__subclasses__():
        yield error
        yield from _errors(error)


urlpatterns = [
    path("", guide, name="developers"),
    path("try/", attempt, name="developers_try"),
    path("errors/", refusals, name="developers_errors"),
]
