"""The public API, first version. `/api/v1/openapi.json` describes it, `/developers/` explains it."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from dure.kit.errors import DureError
from dure.sites.api import errors
from dure.sites.api.problems import problem
from dure.sites.api.v1 import addresses, catalogue, checkout, claims, fulfilment, goods, money
from dure.sites.api.v1.describe import described


class Fast(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


class Strict(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return described(self, super().get_openapi_schema(**kwargs))


api = Api(
    title="dure",
    version="1.0.0",
    urls_namespace="api-v1",
    docs_url=None,
    renderer=Fast(),
    parser=Strict(),
)
for prefix, part, tag in (
    ("", catalogue, "catalogue"),
    ("", checkout, "checkout"),
    ("", addresses, "address book"),
    ("/seller", goods, "seller products"),
    ("/seller", fulfilment, "seller orders"),
    ("/seller", claims, "seller claims"),
    ("/seller", money, "seller money"),
):
    api.add_router(prefix, part.router, tags=[tag])


@api.exception_handler(DureError)
def _refused(request: HttpRequest, error: DureError) -> HttpResponse:
    return problem(error)


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(errors.NotFound())


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(errors.Malformed())


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with every value at fault; the address of a value leaves out where it came in (`body`, `query`)."""
    wrong = [
        (".".join(str(step) for step in fault["loc"][1:] if step != "asked"), fault["msg"]) for fault in error.errors
    ]
    first = wrong[0][0] if wrong else ""
    return problem(errors.Invalid(field=first), fields=wrong)
