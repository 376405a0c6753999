"""The grid of product cards, written by hand: a list of 24 is the shop's most asked page, and a template spends on each
card what all of them cost here. `design/ui/product.html` is the same card for one.

A product is a dict or an object with pk, name, photo, price, seller_name and, if they are known: before (the usual
price, won), live (the price is a live one), several (options differ), sold_out, free_shipping, rating, reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import quote

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dure.kit import images

SIZES = "(width >= 60rem) 19rem, 50vw"
Drawn = Callable[..., SafeString]  # the tags of `templatetags.ui` that a card is made of: photo, price, rating, icon


def grid(
    products: Iterable[Any],
    draw: dict[str, Drawn],
    *,
    wished: Collection[int] | None = None,
    here: str = "",
    best: int = 0,
) -> SafeString:
    """Cards in a grid. With `wished` (ids) each has its heart; `here` is where a visitor without script comes back to.

    `best`: the first so many are above the fold, their pictures are not lazy.
    """
    words = _words()
    hearts = None if wished is None else _hearts(draw["icon"], words, wished, here)
    cards = "".join(_card(p, draw, words, hearts, i < best) for i, p in enumerate(products))
    return mark_safe(f'<div class="products">{cards}</div>')  # noqa: S308 (escaped below)


def card(product: Any, draw: dict[str, Drawn]) -> SafeString:
    return mark_safe(_card(product, draw, _words(), None, False))  # noqa: S308


def _words() -> dict[str, str]:
    return {
        "live": escape(_("라이브 특가")),
        "gone": escape(_("품절")),
        "free": escape(_("무료배송")),
        "wish": _("%(name)s 찜하기"),
        "unwish": _("%(name)s 찜 빼기"),
    }


def _card(p: Any, draw: dict[str, Drawn], words: dict[str, Any], hearts: Any, eager: bool) -> str:
    get = p.get if isinstance(p, dict) else lambda name, default=None: getattr(p, name, default)
    pk, name, photo = get("pk"), escape(get("name")), get("photo")
    flag = f'<span class="product__flags"><span class="status status--live">{words["live"]}</span></span>'
    veil = f'<span class="product__veil">{words["gone"]}</span>'
    reviews = get("reviews")
    return (
        f'<article class="product"><span class="product__photo">{_picture(photo, eager, draw)}'
        f"{flag if get('live') else ''}{veil if get('sold_out') else ''}</span>"
        f'<p class="product__seller">{escape(get("seller_name"))}</p>'
        f'<h3 class="product__name"><a href="/products/{pk}/">{name}</a></h3>'
        f"{draw['price'](get('price'), get('before'), get('live') or False, several=get('several') or False)}"
        f"{_notes(get('rating'), reviews, words['free'] if get('free_shipping') else '', draw)}"
        f"{hearts(pk, get('name')) if hearts else ''}</article>"
    )


def _picture(photo: Any, eager: bool, draw: dict[str, Drawn]) -> str:
    if not photo:
        return draw["photo"]("", "")
    srcset = images.srcset(photo)
    loading = 'fetchpriority="high"' if eager else 'loading="lazy"'
    sizes = f' srcset="{escape(srcset)}" sizes="{SIZES}"' if srcset else ""
    return f'<img class="photo" src="{escape(images.url(photo, 320))}"{sizes} alt="" {loading} decoding="async">'


def _notes(stars: Any, reviews: Any, free: str, draw: dict[str, Drawn]) -> str:
    said = draw["rating"](stars, reviews) if reviews else ""
    free = f'<span class="product__free">{free}</span>' if free else ""
    return f'<span class="product__notes small">{said}{free}</span>' if said or free else ""


def _hearts(icon: Drawn, words: dict[str, Any], wished: Collection[int], here: str) -> Callable[[int, str], str]:
    """A button of the page's one form `wish` (so that one token does for all); for visitors, a way to sign in."""
    mark = icon("heart")
    back = escape(f"?next={quote(here)}") if here else ""

    def heart(pk: int, name: str) -> str:
        on = pk in wished
        label = escape((words["unwish"] if on else words["wish"]) % {"name": name})
        return (
            f'<button class="heart" form="wish" formaction="/wishes/{pk}/{back}" hx-post="/wishes/{pk}/" hx-swap="outerHTML"'
            f' aria-pressed="{"true" if on else "false"}" aria-label="{label}">{mark}</button>'
        )

    def link(pk: int, name: str) -> str:
        label = escape(words["wish"] % {"name": name})
        return f'<a class="heart" href="/wishes/{pk}/{back}" rel="nofollow" aria-label="{label}">{mark}</a>'

    return link if isinstance(wished, Visitor) else heart


class Visitor(frozenset[int]):
    """Nobody's wishes: the hearts lead to the sign-in."""
