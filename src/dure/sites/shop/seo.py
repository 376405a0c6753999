"""What search engines and messengers read of a page: address, description, picture, structured data (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from dure.commerce.search.queries import Wanted
from dure.config import load
from dure.kit import images
from dure.sites.shop import finding

Data = dict[str, Any]
_SAFE = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class Page:
    """`path` is the canonical one, with its query string; the addresses of its languages follow from it."""

    path: str
    description: str = ""
    image: str = ""  # storage name
    kind: str = "website"
    hidden: bool = False  # not for search engines: a filtered or found list
    data: list[Data] = field(default_factory=list)

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def image_url(self) -> str:
        return absolute(images.url(self.image, 800)) if self.image else ""

    @property
    def languages(self) -> list[tuple[str, str]]:
        """(language, address): Korean is the address itself, the others say theirs."""
        join = "&" if "?" in self.path else "?"
        own = [(code, self.url if code == "ko" else f"{self.url}{join}lang={code}") for code, _n in settings.LANGUAGES]
        return [*own, ("x-default", self.url)]

    @property
    def script(self) -> SafeString:
        """The data as JSON-LD, harmless inside HTML."""
        if not self.data:
            return SafeString("")
        graph = {"@context": "https://schema.org", "@graph": self.data}
        body = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_SAFE)
        return mark_safe(f'<script type="application/ld+json">{body}</script>')  # noqa: S308


def absolute(path: str) -> str:
    return path if path.startswith("http") else f"{load().base_url.rstrip('/')}{path}"


def organization(name: str) -> Data:
    url = absolute("/")
    return {"@type": "Organization", "@id": f"{url}#organization", "name": name, "url": url}


def website(name: str) -> Data:
    """The site and how it is searched."""
    return {
        "@type": "WebSite",
        "name": name,
        "url": absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": absolute("/products/?q={search_term_string}")},
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumbs(trail: Sequence[tuple[str, str]]) -> Data:
    """`trail`: (name, path), from the top to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": i, "name": name, "item": absolute(path)}
            for i, (name, path) in enumerate(trail, 1)
        ],
    }


def of_product(seen: Any, page: Any, shipping: int | None) -> Page:
    """A product's page: `page` is `shelf.page_of`, `shipping` the fee for one piece, won."""
    trail = [("두레", "/"), *((str(c), finding.address(Wanted(shelf=c))) for c in finding.shelf_path(seen.category))]
    prices = [choice.price.amount for choice in page.choices] or [seen.list_price]
    description = " ".join((seen.tagline or seen.story)[:160].split())
    photos = [photo.image for photo in page.photos]
    data = product(
        pk=seen.pk,
        name=seen.name,
        description=description,
        photos=photos,
        seller=seen.seller.name,
        low=min(prices),
        high=max(prices),
        offers=len(prices),
        in_stock=not page.sold_out,
        rating=page.rating,
        reviews=page.reviews,
        shipping=shipping,
    )
    path = f"/products/{seen.pk}/"
    return Page(
        path,
        description=description,
        image=photos[0] if photos else "",
        kind="product",
        hidden=seen.status != "ON_SALE",
        data=[data, breadcrumbs([*trail, (seen.name, path)])],
    )


def product(
    *,
    pk: int,
    name: str,
    description: str,
    photos: Sequence[str],
    seller: str,
    low: int,
    high: int,
    offers: int,
    in_stock: bool,
    rating: float | None,
    reviews: int,
    shipping: int | None = None,
    return_days: int = 7,
) -> Data:
    """A Product with its Offer (AggregateOffer for several prices) and, if there are reviews, its AggregateRating."""
    url = absolute(f"/products/{pk}/")
    offer: Data = {
        "priceCurrency": "KRW",
        "availability": f"https://schema.org/{'InStock' if in_stock else 'OutOfStock'}",
        "itemCondition": "https://schema.org/NewCondition",
        "url": url,
        "seller": {"@type": "Organization", "name": seller},
        "hasMerchantReturnPolicy": {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": "KR",
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": return_days,
        },
    }
    if low == high:
        offer |= {"@type": "Offer", "price": low}
    else:
        offer |= {"@type": "AggregateOffer", "lowPrice": low, "highPrice": high, "offerCount": offers}
    if shipping is not None:
        offer["shippingDetails"] = {
            "@type": "OfferShippingDetails",
            "shippingRate": {"@type": "MonetaryAmount", "value": shipping, "currency": "KRW"},
            "shippingDestination": {"@type": "DefinedRegion", "addressCountry": "KR"},
        }
    data: Data = {
        "@type": "Product",
        "@id": f"{url}#product",
        "name": name,
        "url": url,
        "sku": str(pk),
        "offers": offer,
    }
    if description:
        data["description"] = description
    if photos:
        data["image"] = [absolute(images.url(photo, 1280)) for photo in photos[:5]]
    if reviews and rating:
        data["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": round(rating, 1), "reviewCount": reviews}
    return data


def item_list(cards: Sequence[Any]) -> Data:
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": i, "url": absolute(f"/products/{card.pk}/")}
            for i, card in enumerate(cards, 1)
        ],
    }
