"""What a product's page shows, put together from its rooms: options with price and stock, reviews. Lists are the
search room's (`commerce.search.queries`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from dure.commerce.catalog.models import Option, Photo, Product
from dure.commerce.pricing.models import LivePrice
from dure.commerce.pricing.queries import Price, prices_of
from dure.commerce.promotions.queries import Event, events_of
from dure.commerce.stock.models import StockItem


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

    @property
    def values(self) -> str:
        """For the chooser's script."""
        return json.dumps(self.option.values, ensure_ascii=False)


@dataclass(frozen=True)
class Page:
    """A product with everything its page shows."""

    product: Product
    photos: list[Photo]
    choices: list[Choice]
    rating: float | None
    reviews: int
    spread: list[tuple[int, int, int]] = field(default_factory=list)  # (stars, number, percent), five first
    events: dict[int, Event] = field(default_factory=dict)  # event prices that hold now, by option
    addons: list[Choice] = field(default_factory=list)  # bought beside a choice

    @property
    def best(self) -> Choice | None:
        return min((c for c in self.choices if c.left), key=lambda c: c.price.amount, default=None) or (
            self.choices[0] if self.choices else None
        )

    @property
    def sold_out(self) -> bool:
        return not any(c.left for c in self.choices)

    @property
    def in_axes(self) -> bool:
        """Chosen axis by axis: every choice has a value on each."""
        axes = self.product.axes
        return bool(axes) and all(len(c.option.values) == len(axes) for c in self.choices)

    @property
    def as_list(self) -> bool:
        """Too many to see at once: a list instead of cards."""
        return self.in_axes or len(self.choices) > 8

    @property
    def axes(self) -> str:
        """For the chooser's script."""
        return json.dumps(self.product.axes if self.in_axes else [], ensure_ascii=False)

    @property
    def live_show(self) -> int | None:
        """The id of the show in which a live price of this product holds now."""
        return next((c.price.live.show for c in self.choices if c.price.live), None)


def page_of(product: Product, at: datetime) -> Page:
    """`product` comes with its `stars` (`reviews.queries.stars_given`)."""
    options = list(Option.objects.filter(product=product, active=True).select_related("stock"))
    prices = prices_of(options, at)
    events = events_of([o.pk for o in options if not prices[o.pk].is_live], at)
    prices |= {pk: Price(event.price, prices[pk].list_price) for pk, event in events.items()}
    counts = {rating: n for rating, n in product.stars}  # type: ignore[attr-defined]
    total = sum(counts.values())
    mean = sum(stars * n for stars, n in counts.items()) / total if total else None
    offers = [Choice(o, prices[o.pk], left(o), _live_left(prices[o.pk].live)) for o in options]
    return Page(
        product=product,
        photos=list(product.photos.all()),
        choices=[offer for offer in offers if not offer.option.addon],
        addons=[offer for offer in offers if offer.option.addon],
        rating=mean,
        reviews=total,
        spread=[(s, counts.get(s, 0), counts.get(s, 0) * 100 // total if total else 0) for s in (5, 4, 3, 2, 1)],
        events=events,
    )


def _live_left(live: LivePrice | None) -> int | None:
    return None if live is None or live.allotment is None else live.allotment - live.sold
