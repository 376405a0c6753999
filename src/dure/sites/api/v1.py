"""The public API, first cut: what is on sale for anybody, a buyer's own orders, a seller's own lines.

Signed in by the session (a browser) or not at all; keys for machines come with the API issue. `/api/v1/openapi.json` describes it.
Errors are `{"error": {"code", "message", "field"}}`, the message in the caller's language.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.pagination import LimitOffsetPagination, paginate
from ninja.security import django_auth

from dure.commerce.catalog.models import Product
from dure.commerce.catalog.queries import matching, notice_rows
from dure.commerce.orders import actions as orders
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.pricing.queries import prices_of
from dure.kit import clock, images
from dure.kit.errors import DureError

api = NinjaAPI(title="dure", version="1", urls_namespace="api-v1", docs_url=None)


class OptionOut(Schema):
    id: int
    name: str
    price: int
    live: bool
    available: int


class ProductOut(Schema):
    id: int
    name: str
    tagline: str
    seller: str
    category: str
    price: int
    photo: str


class ProductDetail(ProductOut):
    story: str
    options: list[OptionOut]
    notice: list[tuple[str, str]]


class LineOut(Schema):
    id: int
    product: str = Field(alias="product_name")
    option: str = Field(alias="option_name")
    seller: str = Field(alias="seller.name")
    quantity: int
    unit_price: int
    amount: int = Field(alias="goods_amount")
    status: str


class OrderOut(Schema):
    number: str
    placed_at: datetime
    paid_at: datetime | None
    goods_total: int
    shipping_total: int
    discount_total: int
    pay_total: int
    lines: list[LineOut]


class SellerLineOut(LineOut):
    order: str = Field(alias="order.number")
    paid_at: datetime
    acknowledged_at: datetime | None
    dispatch_due: date | None
    receiver: str = Field(alias="order.receiver")
    postcode: str = Field(alias="order.postcode")
    address: str = Field(alias="order.address1")


@api.get("/products", response=list[ProductOut], tags=["catalogue"])
@paginate(LimitOffsetPagination)
def products(request: HttpRequest, q: str = "", category: str = Query("")) -> list[dict[str, Any]]:
    """Products on sale, newest first; `q` searches names, sellers and keywords."""
    found = Product.objects.on_sale().select_related("seller", "category").prefetch_related("photos")
    if q:
        found = matching(found, q)
    if category:
        found = found.filter(category__code=category)
    return [_product(p) for p in found.order_by("-on_sale_at", "-id")[:1000]]


@api.get("/products/{product_id}", response=ProductDetail, tags=["catalogue"])
def product(request: HttpRequest, product_id: int) -> dict[str, Any]:
    on_sale = (
        Product.objects.on_sale().select_related("seller", "category").prefetch_related("photos", "options__stock")
    )
    found = get_object_or_404(on_sale, pk=product_id)
    options = [o for o in found.options.all() if o.active]
    prices = prices_of(options, clock.now())
    return {
        **_product(found),
        "story": found.story,
        "notice": notice_rows(found),
        "options": [
            {
                "id": o.pk,
                "name": o.name,
                "price": prices[o.pk].amount,
                "live": prices[o.pk].is_live,
                "available": o.stock.available if hasattr(o, "stock") else 0,
            }
            for o in options
        ],
    }


@api.get("/orders", response=list[OrderOut], auth=django_auth, tags=["buyer"])
@paginate(LimitOffsetPagination)
def my_orders(request: HttpRequest) -> Any:
    return Order.objects.of(request.user).prefetch_related("lines__seller").order_by("-placed_at", "-id")


@api.get("/orders/{number}", response=OrderOut, auth=django_auth, tags=["buyer"])
def my_order(request: HttpRequest, number: str) -> Any:
    return get_object_or_404(Order.objects.of(request.user).prefetch_related("lines__seller"), number=number)


@api.get("/seller/product-orders", response=list[SellerLineOut], auth=django_auth, tags=["seller"])
@paginate(LimitOffsetPagination)
def seller_lines(request: HttpRequest, status: str = "") -> Any:
    """Paid lines of the sellers the caller works for."""
    lines = ProductOrder.objects.of_seller_user(request.user).select_related("order", "seller")
    return (lines.filter(status=status) if status else lines).order_by("-paid_at", "-id")


@api.post("/seller/product-orders/{line_id}/acknowledge", response=SellerLineOut, auth=django_auth, tags=["seller"])
def acknowledge(request: HttpRequest, line_id: int) -> Any:
    """발주확인."""
    lines = ProductOrder.objects.of_seller_user(request.user).select_related("order", "seller")
    line = get_object_or_404(lines, pk=line_id)
    orders.acknowledge(line, by=request.user)  # type: ignore[arg-type]
    return line


def _product(product: Product) -> dict[str, Any]:
    photo = next(iter(product.photos.all()), None)
    return {
        "id": product.pk,
        "name": product.name,
        "tagline": product.tagline,
        "seller": product.seller.name,
        "category": product.category.code,
        "price": product.list_price,
        "photo": images.url(photo.image, 800) if photo else "",
    }


@api.exception_handler(DureError)
def _refused(request: HttpRequest, error: DureError) -> HttpResponse:
    return api.create_response(request, error.as_json(), status=error.status)


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return _said(request, 404, "not_found", _("찾는 것이 없어요."))


@api.exception_handler(AuthenticationError)
def _unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _said(request, 401, "sign_in_first", _("로그인한 뒤에 다시 요청해 주세요."))


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    field = str(first.get("loc", [""])[-1])
    return _said(request, 422, "invalid", _("요청의 %(field)s 값이 올바르지 않아요.") % {"field": field}, field)


def _said(request: HttpRequest, status: int, code: str, message: str, field: str | None = None) -> HttpResponse:
    return api.create_response(request, {"error": {"code": code, "message": message, "field": field}}, status=status)
