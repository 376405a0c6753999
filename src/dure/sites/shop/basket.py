"""The cart of whoever browses, and how a quote of it is shown.

A visitor's cart hangs on a token kept in the session, not on the session's own key: that one changes at sign-in, which
is when the two carts are joined.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dure.commerce.cart import actions, queries
from dure.commerce.cart.models import Cart, CartLine
from dure.commerce.catalog.models import Option
from dure.commerce.pricing.rules import COLLECT_OR_PREPAID
from dure.commerce.pricing.words import fee_reasons
from dure.commerce.promotions.rules import POINTS, Chosen, Reckoned
from dure.kit.errors import DureError
from dure.kit.money import won
from dure.sites.design.context import VISITOR_CART
from dure.sites.design.templatetags.ui import moment
from dure.sites.shop import offering


def find_cart(request: HttpRequest) -> Cart | None:
    """The cart if there is one; looking makes none."""
    if request.user.is_authenticated:
        return Cart.objects.filter(user=request.user).first()
    token = request.session.get(VISITOR_CART)
    return Cart.objects.filter(session_key=token).first() if token else None


def lines_of(request: HttpRequest) -> list[CartLine]:
    """What lies in the cart, ticked or not."""
    if request.user.is_authenticated:
        return list(CartLine.objects.filter(cart__user=request.user))
    token = request.session.get(VISITOR_CART)
    return list(CartLine.objects.filter(cart__session_key=token)) if token else []


def open_cart(request: HttpRequest) -> Cart:
    """The cart, made if need be."""
    if request.user.is_authenticated:
        return actions.cart_for(request.user, None)
    token = request.session.setdefault(VISITOR_CART, secrets.token_hex(16))
    return actions.cart_for(None, token)


def put_again(request: HttpRequest, lines: Iterable[Any]) -> None:
    """What an order that ended held; goods that are no longer sold stay out."""
    cart = open_cart(request)
    for line in lines:
        with suppress(DureError):
            actions.put(cart, line.option, line.quantity)


@receiver(user_logged_in)
def carry_over(sender: Any, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    if request is not None and (token := request.session.pop(VISITOR_CART, None)):
        actions.merge(token, user)


@dataclass(frozen=True)
class Line:
    option: Option
    quantity: int
    amount: int
    photo: str
    is_live: bool
    show: int | None
    problem: str  # a sentence, or nothing
    discount: int = 0
    labels: tuple[str, ...] = ()  # of the discounts and gifts on it
    chosen: bool = True
    least: int = 1  # what one order may hold of its product
    most: int = 999

    @property
    def paid(self) -> int:
        return self.amount - self.discount


@dataclass(frozen=True)
class Parcel:
    """What one seller sends together. `left` is the won still missing for free shipping, `goods` what counts towards it."""

    key: str
    lines: list[Line]
    goods: int
    fee: Any
    reason: str
    free_over: int | None
    left: int
    may_choose: bool = False  # whether the freight is paid now or at the door

    @property
    def options(self) -> list[int]:
        return [line.option.pk for line in self.lines]


@dataclass(frozen=True)
class Group:
    """One seller's part."""

    seller: Any
    parcels: list[Parcel]
    shipping: int

    @property
    def all_chosen(self) -> bool:
        return all(line.chosen for line in self.lines)

    @property
    def lines(self) -> list[Line]:
        return [line for parcel in self.parcels for line in parcel.lines]


@dataclass(frozen=True)
class Shown:
    groups: list[Group]
    goods: int
    discount: int
    shipping: int
    collect: int
    total: int
    problems: bool
    count: int = 0  # pieces ticked
    reckoned: Reckoned = field(default_factory=Reckoned)

    @property
    def savings(self) -> list[tuple[str, int]]:
        return offering.savings(self.reckoned)

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def all_chosen(self) -> bool:
        return all(line.chosen for line in self.lines)


def show_cart(cart: Cart | None, buyer: Any = None) -> Shown:
    return _shown(queries.quote(cart, buyer=buyer, faces=True))


def show_rows(
    rows: Iterable[tuple[int, int, int | None]],
    postcode: str = "",
    *,
    offers: Chosen | None = None,
    buyer: Any = None,
    at_the_door: Collection[tuple[int, str]] = (),
) -> Shown:
    """The same for (option id, quantity, show), without a cart; `offers`: the coupons and points chosen, `at_the_door`:
    (seller id, key) of the parcels whose freight is paid to the carrier."""
    return _shown(queries.quote_of(rows, postcode, offers=offers, buyer=buyer, at_the_door=at_the_door, faces=True))


def _shown(quote: queries.Quote) -> Shown:
    gifts = {gift.line_index: gift.name for gift in quote.reckoned.gifts}
    groups = [Group(g.seller, [_parcel(parcel, gifts) for parcel in g.parcels], g.shipping) for g in quote.groups]
    totals = (quote.goods, quote.discount, quote.shipping, quote.collect, quote.total)
    return Shown(groups, *totals, bool(quote.problems), quote.count, quote.reckoned)


def _parcel(parcel: queries.Parcel, gifts: dict[int, str]) -> Parcel:
    return Parcel(
        key=parcel.key,
        lines=[_line(line, gifts.get(line.index, "")) for line in parcel.lines],
        goods=sum(line.paid for line in parcel.lines if line.counts),
        fee=parcel.fee,
        reason=" · ".join(fee_reasons(parcel.fee)),
        free_over=parcel.fee.params.get("free_over"),
        left=parcel.fee.params.get("left", 0),
        may_choose=parcel.bundle.pay == COLLECT_OR_PREPAID and bool(parcel.fee.amount or parcel.fee.collect),
    )


def _line(line: queries.QuoteLine, gift: str) -> Line:
    photos = list(line.option.product.photos.all())
    return Line(
        option=line.option,
        quantity=line.quantity,
        amount=line.amount,
        photo=photos[0].image if photos else "",
        is_live=line.price.is_live,
        show=line.show,
        problem=_problem(line),
        discount=line.discount,
        labels=tuple(_labels(line, gift)),
        chosen=line.chosen,
        least=line.option.product.min_per_order if not line.option.addon else 1,
        most=min(line.option.product.max_per_order or 999, 999),
    )


def _labels(line: queries.QuoteLine, gift: str) -> Iterable[str]:
    for discount in line.discounts:
        if discount.kind != POINTS:
            yield _("%(name)s −%(amount)s") % {"name": discount.name, "amount": won(discount.amount)}
    if gift:
        yield _("사은품 %(name)s") % {"name": gift}


def _problem(line: queries.QuoteLine) -> str:
    product = line.option.product
    match line.problem:
        case "GONE":
            return _("지금은 팔지 않아요. 빼 주세요.")
        case "SOLD_OUT":
            return _("다 팔렸어요. 빼 주세요.")
        case "TOO_FEW":
            return _("%(left)s개 남았어요. 수량을 줄여 주세요.") % {"left": line.available}
        case "NOT_YET":
            return _("%(at)s부터 살 수 있어요.") % {"at": moment(product.sale_from)}
        case "OVER":
            return _("%(at)s에 판매가 끝났어요. 빼 주세요.") % {"at": moment(product.sale_until)}
        case "TOO_LITTLE":
            return _("%(n)s개부터 살 수 있어요. 수량을 늘려 주세요.") % {"n": product.min_per_order}
        case "TOO_MUCH":
            return _("한 번에 %(n)s개까지 살 수 있어요. 수량을 줄여 주세요.") % {"n": product.max_per_order}
        case "PER_BUYER":
            told = {"n": product.max_per_buyer, "left": max((product.max_per_buyer or 0) - line.held, 0)}
            return _("한 분이 %(n)s개까지 살 수 있고, 지금은 %(left)s개 더 살 수 있어요.") % told
        case "ALONE":
            return _("추가구성은 본상품과 함께 살 수 있어요. 본상품을 담거나 빼 주세요.")
        case "ADULTS":
            return _("19세 이상만 살 수 있어요. 로그인하고 어른인지 확인해 주세요.")
    return ""
