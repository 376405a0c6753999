"""What the shelves show: products with price, stock and reviews put together from their rooms, a page at a time.

Every function here costs a fixed number of queries, however many products it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category, Option, Photo, Product
from dure.commerce.catalog.queries import below, matching
from dure.commerce.orders.models import ProductOrder
from dure.commerce.pricing.models import LivePrice
from dure.commerce.pricing.queries import Price, live_prices, prices_of
from dure.commerce.reviews.models import Review
from dure.commerce.reviews.queries import Rating, ratings_of
from dure.commerce.stock.models import StockItem

ORDERS = {
    "new": (_("새로 나온 순"), ("-on_sale_at", "-id")),
    "loved": (_("후기 많은 순"), ("-review_count", "-on_sale_at", "-id")),
    "cheap": (_("낮은 가격순"), ("list_price", "-id")),
    "dear": (_("높은 가격순"), ("-list_price", "-id")),
}


@dataclass(frozen=True)
class Card:
    """A product as a list shows it. Prices in won; `before` is the usual price while a live one holds."""

    pk: int
    name: str
    tagline: str
    seller_id: int
    seller_name: str
    photo: str
    price: int
    before: int | None = None
    live: bool = False
    several: bool = False
    sold_out: bool = False
    rating: float = 0.0
    reviews: int = 0


@dataclass(frozen=True)
class Wanted:
    """What a shopper asked a shelf for."""

    words: str = ""
    category: Category | None = None
    order: str = "new"
    in_stock: bool = False
    live: bool = False
    least: int | None = None  # won
    most: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.in_stock or self.live or self.least is not None or self.most is not None)


def find(wanted: Wanted, at: datetime) -> QuerySet[Product]:
    """Products on sale that fit, in the order wanted. Each word must appear in name, tagline, seller or keywords."""
    found = matching(Product.objects.on_sale(), wanted.words)
    if wanted.category:
        found = found.filter(category__in=below(wanted.category))
    if wanted.least is not None:
        found = found.filter(list_price__gte=wanted.least)
    if wanted.most is not None:
        found = found.filter(list_price__lte=wanted.most)
    if wanted.in_stock:
        stocked = StockItem.objects.filter(option__product=OuterRef("pk"), option__active=True, available__gt=0)
        found = found.filter(Exists(stocked))
    if wanted.live:
        found = found.filter(Exists(live_prices(at).filter(option__product=OuterRef("pk"), option__active=True)))
    if wanted.order == "loved":
        counted = Review.objects.filter(product=OuterRef("pk"), hidden=False).order_by().values("product")
        found = found.annotate(review_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0))
    return found.order_by(*ORDERS[wanted.order][1])


def cards(products: QuerySet[Product] | Iterable[Product], at: datetime) -> list[Card]:
    """Cards of the products, in their order: four queries."""
    if isinstance(products, QuerySet):
        products = products.select_related("seller")
    rows = list(products)
    ids = [p.pk for p in rows]
    faces = dict(
        Photo.objects.filter(product__in=ids)
        .order_by("product", "position", "id")
        .distinct("product")
        .values_list("product_id", "image")
    )
    options: dict[int, list[Option]] = {}
    for option in Option.objects.filter(product__in=ids, active=True).select_related("stock"):
        options.setdefault(option.product_id, []).append(option)
    prices = prices_of([o for group in options.values() for o in group], at)
    stars = ratings_of(ids)
    return [_card(p, faces.get(p.pk, ""), options.get(p.pk, []), prices, stars.get(p.pk, Rating())) for p in rows]


def _card(product: Product, photo: str, options: list[Option], prices: dict[int, Price], stars: Rating) -> Card:
    best = min((prices[o.pk] for o in options), key=lambda price: price.amount, default=Price(product.list_price, 0))
    return Card(
        pk=product.pk,
        name=product.name,
        tagline=product.tagline,
        seller_id=product.seller_id,
        seller_name=product.seller.name,
        photo=photo,
        price=best.amount,
        before=best.list_price if best.is_live else None,
        live=best.is_live,
        several=len({prices[o.pk].amount for o in options}) > 1,
        sold_out=not any(left(o) for o in options),
        rating=stars.average,
        reviews=stars.count,
    )


def left(option: Option) -> int:
    """Pieces of an option (fetched with its stock) that can be bought now."""
    stock: StockItem | None = getattr(option, "stock", None)
    return stock.available if stock else 0


@dataclass(frozen=True)
class Choice:
    """An option on the product page."""

    option: Option
    price: Price
    left: int
    live_left: int | None = None  # pieces still at the live price; None: as long as the stock lasts

    @property
    def few(self) -> bool:
        return 0 < self.left <= 10


@dataclass(frozen=True)
class Page:
    """A product with everything its page shows."""

    product: Product
    photos: list[Photo]
    choices: list[Choice]
    rating: float | None
    reviews: int
    spread: list[tuple[int, int, int]] = field(default_factory=list)  # (stars, number, percent), five first

    @property
    def best(self) -> Choice | None:
        return min((c for c in self.choices if c.left), key=lambda c: c.price.amount, default=None) or (
            self.choices[0] if self.choices else None
        )

    @property
    def sold_out(self) -> bool:
        return not any(c.left for c in self.choices)

    @property
    def live_show(self) -> int | None:
        """The id of the show in which a live price of this product holds now."""
        return next((c.price.live.show for c in self.choices if c.price.live), None)


def page_of(product: Product, at: datetime) -> Page:
    options = list(Option.objects.filter(product=product, active=True).select_related("stock"))
    prices = prices_of(options, at)
    counts = dict(
        Review.objects.filter(product=product, hidden=False).order_by().values_list("rating").annotate(n=Count("pk"))
    )
    total = sum(counts.values())
    mean = sum(stars * n for stars, n in counts.items()) / total if total else None
    return Page(
        product=product,
        photos=list(product.photos.all()),
        choices=[Choice(o, prices[o.pk], left(o), _live_left(prices[o.pk].live)) for o in options],
        rating=mean,
        reviews=total,
        spread=[(s, counts.get(s, 0), counts.get(s, 0) * 100 // total if total else 0) for s in (5, 4, 3, 2, 1)],
    )


def _live_left(live: LivePrice | None) -> int | None:
    return None if live is None or live.allotment is None else live.allotment - live.sold


def categories() -> list[Category]:
    """The top shelves, each with its children."""
    return list(
        Category.objects.filter(parent=None).prefetch_related(
            Prefetch("children", Category.objects.order_by("position"))
        )
    )


def well_sold(limit: int, since: datetime) -> QuerySet[Product]:
    """What sold best since a time, by pieces."""
    sold = (
        ProductOrder.objects.filter(option__product=OuterRef("pk"), paid_at__gte=since)
        .order_by()
        .values("option__product")
        .annotate(n=Sum("quantity"))
        .values("n")
    )
    found = Product.objects.on_sale().annotate(sold=Coalesce(Subquery(sold), 0))
    return found.order_by("-sold", "-on_sale_at", "-id")[:limit]
