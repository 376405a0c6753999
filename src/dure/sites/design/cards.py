"""The grid of product cards, written by hand: a list of 24 is the shop's most asked page, and a template spends on each
card what all of them cost here. `design/ui/product.html` is the same card for one.

A product is a dict or an object with pk, name, photo, price, seller_name and, if they are known: before (the usual
price, won), live (the price is a live one), several (options differ), sold_out, free_shipping, rating, reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
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
    words, mark = _words(), draw["icon"]("heart")

    def drawn() -> Iterator[str]:
        for i, product in enumerate(products):
            get = _getter(product)
            to_wish = "" if wished is None else heart(get("pk"), get("name"), mark, wished, here)
            yield _card(get, draw, words, to_wish, i < best)

    return mark_safe(f'<div class="products">{"".join(drawn())}</div>')  # noqa: S308 (escaped below)


def card(product: Any, draw: dict[str, Drawn]) -> SafeString:
    return mark_safe(_card(_getter(product), draw, _words(), "", False))  # noqa: S308


def heart(pk: int, name: str, mark: str, wished: Collection[int], here: str, *, big: bool = False) -> SafeString:
    """A button of the page's one form `wish` (so that one token does for all); for visitors, the way to sign in."""
    on = pk in wished
    label = escape((_("%(name)s 찜 빼기") if on else _("%(name)s 찜하기")) % {"name": name})
    css, back = ("heart heart--page", "?big=1&amp;next=") if big else ("heart", "?next=")
    address = f"/wishes/{pk}/{back}{quote(here)}"
    if isinstance(wished, Visitor):
        return mark_safe(f'<a class="{css}" href="{address}" rel="nofollow" aria-label="{label}">{mark}</a>')  # noqa: S308
    pressed = "true" if on else "false"
    return mark_safe(  # noqa: S308
        f'<button class="{css}" form="wish" formaction="{address}" hx-post="{address}" hx-swap="outerHTML"'
        f' aria-pressed="{pressed}" aria-label="{label}">{mark}</button>'
    )


def _getter(product: Any) -> Callable[..., Any]:
    return product.get if isinstance(product, dict) else lambda name: getattr(product, name, None)


def _words() -> dict[str, str]:
    return {"live": escape(_("라이브 특가")), "gone": escape(_("품절")), "free": escape(_("무료배송"))}


def _card(get: Callable[..., Any], draw: dict[str, Drawn], words: dict[str, str], to_wish: str, eager: bool) -> str:
    flag = veil = notes = ""
    if get("live"):
        flag = f'<span class="product__flags"><span class="status status--live">{words["live"]}</span></span>'
    if get("sold_out"):
        veil = f'<span class="product__veil">{words["gone"]}</span>'
    if get("reviews"):
        notes = draw["rating"](get("rating"), get("reviews"))
    if get("free_shipping"):
        notes += f'<span class="product__free">{words["free"]}</span>'
    price = draw["price"](get("price"), get("before"), bool(get("live")), several=bool(get("several")))
    return (
        f'<article class="product"><span class="product__photo">{_picture(get("photo"), eager, draw)}{flag}{veil}</span>'
        f'<p class="product__seller">{escape(get("seller_name"))}</p>'
        f'<h3 class="product__name"><a href="/products/{get("pk")}/">{escape(get("name"))}</a></h3>{price}'
        f"{notes and _notes(notes)}{to_wish}</article>"
    )


def _notes(notes: str) -> str:
    return f'<span class="product__notes small">{notes}</span>'


def _picture(photo: Any, eager: bool, draw: dict[str, Drawn]) -> str:
    srcset = images.srcset(photo) if photo else ""
    if not srcset:
        return draw["photo"](photo or "", "")
    loading = 'fetchpriority="high"' if eager else 'loading="lazy"'
    shown = f'<img class="photo" src="{images.url(photo, 320)}" srcset="{srcset}" sizes="{SIZES}" alt="" {loading} decoding="async">'
    if light := images.light_srcset(photo):
        return f'<picture><source type="image/avif" srcset="{light}" sizes="{SIZES}">{shown}</picture>'
    return shown


class Visitor(frozenset[int]):
    """Nobody's wishes: the hearts lead to the sign-in."""
