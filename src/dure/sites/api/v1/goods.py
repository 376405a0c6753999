"""A seller's products: drafts, options, prices, stock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.stock import actions as stock
from dure.sites.api import errors
from dure.sites.api.access import Needs
from dure.sites.api.once import once
from dure.sites.api.paging import BIGGEST, Cursor, Id, Limit, Piece, piece
from dure.sites.api.products import etag_of, if_unchanged

router = Router()
Status = Literal["DRAFT", "IN_REVIEW", "ON_SALE", "SUSPENDED", "ENDED", "REJECTED", "PROHIBITED"]
Won = Annotated[int, Field(ge=10, le=100_000_000)]
Code = Annotated[str, Field(max_length=40)]


class StockedOption(Schema):
    id: int
    name: str
    price: int
    seller_code: str
    active: bool
    available: int


class OwnProduct(Schema):
    id: int
    seller: int
    name: str
    tagline: str
    story: str
    keywords: str
    category: str
    status: str
    review_note: str
    options: list[StockedOption]
    updated_at: datetime


class OptionIn(Schema):
    """Without `id` a new option."""

    id: Annotated[int, Field(ge=1, le=BIGGEST)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)]
    price: Won
    seller_code: Code = ""


class ProductIn(Schema):
    seller: Annotated[int, Field(ge=1, le=BIGGEST)] | None = Field(None)
    category: Annotated[str, Field(min_length=1, max_length=30)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    tagline: Annotated[str, Field(max_length=120)] = ""
    story: Annotated[str, Field(max_length=20_000)] = ""
    keywords: Annotated[str, Field(max_length=200)] = ""
    options: Annotated[list[OptionIn], Field(max_length=500)] = []


class ProductPatch(Schema):
    """What is left out stays as it is."""

    category: Annotated[str, Field(min_length=1, max_length=30)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    tagline: Annotated[str, Field(max_length=120)] | None = None
    story: Annotated[str, Field(max_length=20_000)] | None = None
    keywords: Annotated[str, Field(max_length=200)] | None = None


class OptionsIn(Schema):
    options: Annotated[list[OptionIn], Field(min_length=1, max_length=500)]


class StockIn(Schema):
    """`seen`: the number the caller read; what was sold in between stays sold. Without it the change is blind."""

    available: Annotated[int, Field(ge=0, le=1_000_000)]
    seen: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    why: Annotated[str, Field(max_length=200)] = ""


@router.get("/products", response=Piece[OwnProduct], auth=Needs("products:read", people="sellers"))
def list_own_products(
    request: HttpRequest, status: Status | None = None, cursor: Cursor = "", limit: Limit = 50
) -> Any:
    rows = _products(request)
    return piece(rows.filter(status=status) if status else rows, cursor, limit, shape=_out)


@router.get("/products/{product_id}", response=OwnProduct, auth=Needs("products:read", people="sellers"))
def get_own_product(request: HttpRequest, product_id: Id, response: HttpResponse) -> Any:
    """The ETag of the answer goes into `If-Match` when the product is changed."""
    found = get_object_or_404(_products(request), pk=product_id)
    response["ETag"] = etag_of(found)
    return _out(found)


@router.post("/products", response={201: OwnProduct}, auth=Needs("products:write", people="sellers"))
def create_product(request: Any, asked: ProductIn) -> HttpResponse:
    """A draft."""
    sellers = request.caller.sellers()
    seller = get_object_or_404(sellers, pk=asked.seller) if asked.seller else _only(sellers)
    category = _category(asked.category)

    def made() -> OwnProduct:
        product = catalog.create_product(
            seller,
            category=category,
            name=asked.name,
            tagline=asked.tagline,
            story=asked.story,
            keywords=asked.keywords,
            options=_rows(asked.options),
            by=request.caller.actor,
        )
        return OwnProduct(**_out(_products(request).get(pk=product.pk)))

    return once(request, 201, asked.model_dump(), made)


create_product.needs_idempotency_key = True  # type: ignore[attr-defined]


@router.patch("/products/{product_id}", response=OwnProduct, auth=Needs("products:write", people="sellers"))
def change_product(request: Any, product_id: Id, asked: ProductPatch, response: HttpResponse) -> Any:
    """Names, story and category. `If-Match` keeps two editors from overwriting each other."""
    found = get_object_or_404(_products(request), pk=product_id)
    told = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if value is not None}
    if "category" in told:
        told["category"] = _category(told["category"])
    if_unchanged(
        found,
        request.headers.get("If-Match", ""),
        lambda: catalog.update_product(found, by=request.caller.actor, **told),
    )
    return _changed(request, product_id, response)


@router.put("/products/{product_id}/options", response=OwnProduct, auth=Needs("products:write", people="sellers"))
def put_options(request: Any, product_id: Id, asked: OptionsIn, response: HttpResponse) -> Any:
    """The options on offer, in this order, with their prices. One left out is taken off sale."""
    found = get_object_or_404(_products(request), pk=product_id)
    if_unchanged(
        found,
        request.headers.get("If-Match", ""),
        lambda: catalog.set_options(found, _rows(asked.options), by=request.caller.actor),
    )
    return _changed(request, product_id, response)


change_product.takes_if_match = put_options.takes_if_match = True  # type: ignore[attr-defined]


@router.post("/products/{product_id}/submit", response=OwnProduct, auth=Needs("products:write", people="sellers"))
def submit_product(request: Any, product_id: Id) -> HttpResponse:
    """심사 신청."""
    return _moved(request, product_id, catalog.submit_for_review)


@router.post("/products/{product_id}/suspend", response=OwnProduct, auth=Needs("products:write", people="sellers"))
def suspend_product(request: Any, product_id: Id) -> HttpResponse:
    """판매 중지."""
    return _moved(request, product_id, catalog.suspend)


@router.post("/products/{product_id}/resume", response=OwnProduct, auth=Needs("products:write", people="sellers"))
def resume_product(request: Any, product_id: Id) -> HttpResponse:
    return _moved(request, product_id, catalog.resume)


@router.put("/options/{option_id}/stock", response=StockedOption, auth=Needs("products:write", people="sellers"))
def put_stock(request: Any, option_id: Id, asked: StockIn) -> Any:
    """What can be sold from now on."""
    mine = Option.objects.filter(product__in=request.caller.products()).select_related("stock")
    option = get_object_or_404(mine, pk=option_id)
    seen = _available(option) if asked.seen is None else asked.seen
    stock.set_available(option, asked.available, seen=seen, by=request.caller.actor, why=asked.why)
    return _option(mine.get(pk=option_id))


def _moved(request: Any, product_id: int, verb: Any) -> HttpResponse:
    found = get_object_or_404(_products(request), pk=product_id)

    def done() -> OwnProduct:
        verb(found, by=request.caller.actor)
        return OwnProduct(**_out(_products(request).get(pk=product_id)))

    return once(request, 200, {}, done, needed=False)


def _changed(request: Any, product_id: int, response: HttpResponse) -> Any:
    changed = _products(request).get(pk=product_id)
    response["ETag"] = etag_of(changed)
    return _out(changed)


def _products(request: Any) -> Any:
    return request.caller.products().select_related("category").prefetch_related("options__stock")


def _only(sellers: Any) -> Any:
    found = list(sellers[:2])
    if len(found) != 1:
        raise errors.Invalid(field="seller")
    return found[0]


def _category(code: str) -> Category:
    found = Category.objects.filter(code=code).first()
    if found is None:
        raise errors.Invalid(field="category")
    return found


def _rows(options: list[OptionIn]) -> list[catalog.OptionRow]:
    return [catalog.OptionRow(name=o.name, price=o.price, id=o.id, seller_code=o.seller_code) for o in options]


def _out(product: Product) -> dict[str, Any]:
    return {
        "id": product.pk,
        "seller": product.seller_id,
        "name": product.name,
        "tagline": product.tagline,
        "story": product.story,
        "keywords": product.keywords,
        "category": product.category.code,
        "status": product.status,
        "review_note": product.review_note,
        "options": [_option(option) for option in product.options.all()],
        "updated_at": product.updated_at,
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "id": option.pk,
        "name": option.name,
        "price": option.price,
        "seller_code": option.seller_code,
        "active": option.active,
        "available": _available(option),
    }


def _available(option: Option) -> int:
    return option.stock.available if hasattr(option, "stock") else 0
