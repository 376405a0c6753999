"""What ninja's OpenAPI description does not say of ours: who may ask what, and how every refusal looks."""

from __future__ import annotations

from typing import Any

from dure.sites.api.access import Needs
from dure.sites.api.scopes import SCOPES
from dure.sites.api.v1 import words

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "errors", "params", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "params": {"type": "object"},
        "request_id": {"type": "string"},
    },
}
ALWAYS = (400, 422, 429)
WRITES = {"post", "put", "patch", "delete"}
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 100, "pattern": "^[!-~]+$"},
}


def described(api: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """The description in the language of the moment."""
    schema["info"]["description"] = str(words.ABOUT)
    schema["tags"] = [{"name": tag, "description": str(about)} for tag, about in words.TAGS.items()]
    schema["components"]["schemas"]["Problem"] = PROBLEM
    schema["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "dk_live_…, dk_test_…"},
        "oauth": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token",
                    "scopes": {scope: str(words) for scope, words in SCOPES.items()},
                }
            },
        },
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    operations = {
        op.view_func.__name__: op
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for op in view.operations
    }
    for name, shape in schema["components"]["schemas"].items():
        _explain(name, shape)
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            _complete(path, method, told, operations[told["operationId"]])
    return schema


def _complete(path: str, method: str, told: dict[str, Any], operation: Any) -> None:
    told["summary"] = str(words.OPERATIONS[told["operationId"]])
    told.pop("description", None)  # the docstring is for who reads the code
    needs = next((a for a in operation.auth_callbacks if isinstance(a, Needs)), Needs())
    if needs.scope:
        told["security"] = [{"key": []}, {"oauth": [needs.scope]}] + ([{"session": []}] if needs.people else [])
    elif needs.people:
        told["security"] = [{"session": []}]
    else:
        told["security"] = [{}, {"key": []}]
    statuses = set(ALWAYS)
    if needs.scope or needs.people:
        statuses |= {401, 403}
    else:
        statuses.add(401)  # a bearer that means nothing is refused everywhere
    if "{" in path:
        statuses.add(404)
    if method in WRITES:
        statuses |= {403, 404, 409, 413, 415}
    parameters = told.setdefault("parameters", [])
    if method == "post":
        needed = getattr(operation.view_func, "needs_idempotency_key", False)
        parameters.append({**IDEMPOTENCY, "required": needed, "description": str(words.IDEMPOTENCY)})
    if getattr(operation.view_func, "takes_if_match", False):
        parameters.append({**IF_MATCH, "description": str(words.IF_MATCH)})
        statuses |= {412, 428}
    statuses |= set(getattr(operation.view_func, "also_answers", ()))
    for status in sorted(statuses):
        told["responses"][status] = {
            "description": str(words.REFUSALS[status]),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _explain(name: str, shape: dict[str, Any]) -> None:
    shape.pop("description", None)
    for column, told in shape.get("properties", {}).items():
        told.pop("title", None)
        if about := words.FIELDS.get(f"{name}.{column}") or words.FIELDS.get(column):
            told["description"] = str(about)
