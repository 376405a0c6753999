"""`POST /oauth/token`: OAuth 2.0 client credentials (RFC 6749, 4.4). The client is a key: its prefix is the client id.

A token lives an hour and never outlives its key: every request looks the key up.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

import orjson
from django.http import HttpRequest, HttpResponse

from dure.sites.api import limits
from dure.sites.api.access import TTL, key_of, token_of
from dure.sites.api.errors import KeyUnknown, TooManyRequests

PER_MINUTE = 60  # tokens from one address


def token(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _said(405, {"error": "invalid_request"}, Allow="POST")
    try:
        limits.take(request, f"oauth:{request.META.get('REMOTE_ADDR', '')}", PER_MINUTE)
    except TooManyRequests as error:
        return _said(429, {"error": "temporarily_unavailable"}, **{"Retry-After": str(error.params["seconds"])})
    if request.POST.get("grant_type") != "client_credentials":
        return _said(400, {"error": "unsupported_grant_type"})
    client, secret = _client(request)
    try:
        key = key_of(secret if secret.startswith(f"{client}_") else f"{client}_{secret}")
    except KeyUnknown:
        return _said(401, {"error": "invalid_client"}, **{"WWW-Authenticate": 'Basic realm="dure"'})
    asked = request.POST.get("scope", "").split()
    if set(asked) - set(key.scopes):
        return _said(400, {"error": "invalid_scope"})
    scopes = sorted(set(asked)) or list(key.scopes)
    told = {
        "access_token": token_of(key, scopes),
        "token_type": "Bearer",
        "expires_in": TTL,
        "scope": " ".join(scopes),
    }
    return _said(200, told)


def _client(request: HttpRequest) -> tuple[str, str]:
    """(id, secret) from the Authorization header, or from the form."""
    kind, _space, told = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        client, _colon, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(client), unquote(secret)


def _said(status: int, body: dict[str, object], **headers: str) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response[name] = value
    return response
