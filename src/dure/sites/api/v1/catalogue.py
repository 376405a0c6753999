"""What is on sale, for anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from dure.commerce.catalog.models import Product
from dure.commerce.catalog.queries import notice_rows, shelves
from dure.commerce.pricing.queries import prices_of
from dure.commerce.reviews.models import Review
from dure.commerce.search.queries import matching
from dure.kit import clock, images
from dure.sites.api.access import Needs
from dure.sites.api.paging import Cursor, Id, Limit, Piece, piece

router = Router(auth=Needs())
Words = Annotated[str, Query("", max_length=100)]


class CategoryOut(Schema):
    code: str
    name: str
    parent: str | None


class OptionOut(Schema):
    """`price`: won, what one piece costs now. `live`: that is the price of a show on air. `available`: pieces left."""

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


class NoticeRow(Schema):
    label: str
    text: str


class ProductDetail(ProductOut):
    story: str
    options: list[OptionOut]
    notice: list[NoticeRow]


class ReviewOut(Schema):
    id: int
    product: int
    rating: int
    text: str
    reply: str
    author: str
    written_at: datetime


@router.get("/categories", response=list[CategoryOut])
def list_categories(request: HttpRequest) -> Any:
    rows = shelves()
    codes = {c.pk: c.code for c in rows}
    return [{"code": c.code, "name": str(c), "parent": codes.get(c.parent_id or 0)} for c in rows]


@router.get("/products", response=Piece[ProductOut])
def list_products(
    request: HttpRequest, q: Words, category: Words, seller: Id | None = None, cursor: Cursor = "", limit: Limit = 20
) -> Any:
    """Products on sale, newest first; `q` searches names, sellers and keywords."""
    found = Product.objects.on_sale().select_related("seller", "category").prefetch_related("photos")
    if q:
        found = matching(found, q)
    if category:
        found = found.filter(category__code=category)
    if seller:
        found = found.filter(seller=seller)
    return piece(found.exclude(on_sale_at=None), cursor, limit, by=("-on_sale_at", "-id"), shape=product_card)


@router.get("/products/{product_id}", response=ProductDetail)
def get_product(request: HttpRequest, product_id: Id) -> Any:
    on_sale = (
        Product.objects.on_sale().select_related("seller", "category").prefetch_related("photos", "options__stock")
    )
    found = get_object_or_404(on_sale, pk=product_id)
    options = [o for o in found.options.all() if o.active]
    prices = prices_of(options, clock.now())
    return {
        **product_card(found),
        "story": found.story,
        "notice": [{"label": str(label), "text": text} for label, text in notice_rows(found)],
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


@router.get("/products/{product_id}/reviews", response=Piece[ReviewOut])
def list_product_reviews(request: HttpRequest, product_id: Id, cursor: Cursor = "", limit: Limit = 20) -> Any:
    found = get_object_or_404(Product.objects.on_sale(), pk=product_id)
    rows = Review.objects.filter(product=found, hidden=False).select_related("author")
    return piece(rows, cursor, limit, shape=review_out)


def product_card(product: Product) -> dict[str, Any]:
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


def review_out(review: Review) -> dict[str, Any]:
    return {
        "id": review.pk,
        "product": review.product_id,
        "rating": review.rating,
        "text": review.text,
        "reply": review.seller_reply,
        "author": f"{review.author.name[:1]}**",
        "written_at": review.created_at,
    }
