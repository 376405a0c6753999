"""The door of `/external/`: sellers' tools that speak Naver's Commerce API find its addresses, codes and errors here.

Only the base URL and the pair of client id and secret change in such a tool (docs/decisions/0071).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Any, TypeVar

import bcrypt
import orjson
import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from pydantic import BaseModel, ValidationError

from dure.kit import clock
from dure.kit.crypto import unseal
from dure.kit.errors import DureError
from dure.kit.log import request_id
from dure.sites.api import errors, limits
from dure.sites.api.access import Caller, carried_out, identify, key_named, token_of
from dure.sites.api.actions import NAVER_SECRET
from dure.sites.api.models import ApiKey, Holder
from dure.sites.api.naver.shapes import when

log = structlog.get_logger()

PATH = "/external/"
TTL = 10_800
SKEW = 300_000  # milliseconds a client's clock may be wrong
LONGEST = 1024 * 1024
CODES = {401: "GW.AUTHN", 403: "GW.AUTHZ", 404: "GW.NOT_FOUND", 405: "GW.METHOD_NOT_ALLOWED", 429: "GW.RATE_LIMIT"}
Shape = TypeVar("Shape", bound=BaseModel)


def answer(request: HttpRequest) -> HttpResponse:
    with translation.override("ko"):
        try:
            response = _answer(request)
        except ValidationError as error:
            response = _wrong(error)
        except DureError as error:
            response = refused(error)
        except Exception:
            log.exception("facade_failed", path=request.path)
            response = refused(errors.Broken(request=request_id()))
    response["Cache-Control"] = "no-store"
    limits.tell(request, response)
    return response


def _answer(request: Any) -> HttpResponse:
    try:
        view = resolve(request.path_info)
    except Resolver404 as error:
        raise errors.NotFound() from error
    if request.method not in view.func.methods:
        raise errors.MethodNotAllowed(method=request.method)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LONGEST:
        raise errors.TooLarge()
    if b"\x00" in request.body or b"\\u0000" in request.body or "%00" in request.META.get("QUERY_STRING", ""):
        raise errors.Malformed()
    if getattr(view.func, "is_public", False):
        return view.func(request)  # type: ignore[no-any-return]
    request.caller = caller = _seller(identify(request), view.func.scope)
    return carried_out(caller, lambda: view.func(request, *view.args, **view.kwargs))


def _seller(caller: Caller, scope: str) -> Caller:
    """Raises KeyNeeded, ScopeMissing."""
    if caller.key is None or caller.key.holder != Holder.SELLER:
        raise errors.KeyNeeded()
    if not caller.may(scope):
        raise errors.ScopeMissing(scope=scope)
    return caller


def operation(method: str, scope: str) -> Any:
    """What a view of the facade needs."""

    def mark(view: Any) -> Any:
        view.methods, view.scope = {method}, scope
        return view

    return mark


def token(request: HttpRequest) -> HttpResponse:
    """`client_secret_sign`: base64 of the bcrypt of `{client_id}_{timestamp}` with the client secret as salt."""
    limits.take(request, f"naver:{request.META.get('REMOTE_ADDR', '')}", 120)
    client, stamp = request.POST.get("client_id", ""), request.POST.get("timestamp", "")
    if request.POST.get("grant_type") != "client_credentials":
        raise errors.Invalid(field="grant_type")
    if not (stamp.isascii() and stamp.isdigit()) or abs(int(stamp[:16]) - clock.now().timestamp() * 1000) > SKEW:
        raise errors.Invalid(field="timestamp")
    key = key_named(client)
    if not _signed(key, f"{client}_{stamp}", request.POST.get("client_secret_sign", "")):
        raise errors.KeyUnknown()
    told = {"access_token": token_of(key, list(key.scopes), TTL), "expires_in": TTL, "token_type": "Bearer"}
    return HttpResponse(orjson.dumps(told), content_type="application/json")


token.methods, token.is_public = {"POST"}, True  # type: ignore[attr-defined]


def _signed(key: ApiKey, text: str, signature: str) -> bool:
    if key.naver_secret_sealed is None:
        return False
    try:
        told = base64.b64decode(signature.replace("-", "+").replace("_", "/") + "=" * (-len(signature) % 4))
    except (binascii.Error, ValueError):
        return False
    salt = unseal(NAVER_SECRET, key.naver_secret_sealed).encode()
    return hmac.compare_digest(bcrypt.hashpw(text.encode(), salt), told)


def read(request: HttpRequest, shape: type[Shape]) -> Shape:
    """The body. Raises NotJson, pydantic.ValidationError."""
    try:
        return shape.model_validate(orjson.loads(request.body or b"{}"))
    except orjson.JSONDecodeError as error:
        raise errors.NotJson() from error


def said(data: Any) -> HttpResponse:
    body = {"timestamp": when(clock.now()), "traceId": request_id(), "data": data}
    return HttpResponse(orjson.dumps(body), content_type="application/json;charset=UTF-8")


def refused(error: DureError) -> HttpResponse:
    told = {
        "code": CODES.get(error.status, "BAD_REQUEST" if error.status < 500 else "GW.INTERNAL_SERVER_ERROR"),
        "message": str(error),
        "timestamp": when(clock.now()),
        "traceId": request_id(),
    }
    response = HttpResponse(orjson.dumps(told), status=error.status, content_type="application/json;charset=UTF-8")
    if isinstance(error, errors.TooManyRequests):
        response["Retry-After"] = str(error.params["seconds"])
    return response


def _wrong(error: ValidationError) -> HttpResponse:
    inputs = [
        {"name": ".".join(str(step) for step in fault["loc"]), "type": fault["type"], "message": fault["msg"]}
        for fault in error.errors(include_url=False, include_input=False)
    ]
    first = errors.Invalid(field=inputs[0]["name"] if inputs else "")
    told = {
        "code": "BAD_REQUEST",
        "message": str(first),
        "timestamp": when(clock.now()),
        "traceId": request_id(),
        "invalidInputs": inputs,
    }
    return HttpResponse(orjson.dumps(told), status=400, content_type="application/json;charset=UTF-8")
