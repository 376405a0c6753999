"""Putting into a cart, changing it, and carrying it over at sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Least

from dure.commerce.cart.errors import BadCartQuantity, NotOnSale
from dure.commerce.cart.models import Cart, CartLine
from dure.commerce.cart.queries import Quote, quote_of
from dure.commerce.catalog.models import Option, Product
from dure.kit import clock
from dure.people.models import User

MOST = 999


@transaction.atomic
def cart_for(user: User | None, session_key: str | None) -> Cart:
    """The cart of a signed-in user, else of the browser session; made when there is none."""
    if user is not None and user.pk:
        return Cart.objects.get_or_create(user=user)[0]
    return Cart.objects.get_or_create(session_key=session_key)[0]


def start(session_key: str, wanted: Iterable[tuple[int, int]], postcode: str = "") -> Quote:
    """A new cart with all of its (option, quantity) at once, and what it costs: a headless shop's.

    What cannot be bought now may lie in a cart; the quote says so. Raises NotOnSale (no such option), BadCartQuantity.
    """
    rows = dict(wanted)
    if not all(1 <= quantity <= MOST for quantity in rows.values()):
        raise BadCartQuantity()
    quote = quote_of([(option, quantity, None) for option, quantity in rows.items()], postcode)
    if len(quote.lines) != len(rows):
        raise NotOnSale()
    with connection.cursor() as cursor:
        cursor.execute(START, [session_key, clock.now(), list(rows), list(rows.values())])
    return quote


START = """
    WITH c AS (INSERT INTO cart_cart (session_key, updated_at) VALUES (%s, %s) RETURNING id, updated_at)
    INSERT INTO cart_cartline (cart_id, option_id, quantity, added_at)
    SELECT c.id, w.option_id, w.quantity, c.updated_at FROM c, unnest(%s::bigint[], %s::int[]) AS w(option_id, quantity)
"""


def throw_away(prefix: str, before: datetime) -> int:
    """Carts whose session key begins so and that nobody has touched since `before`. Returns how many."""
    old = Cart.objects.filter(session_key__startswith=prefix, updated_at__lt=before)
    return int(old.delete()[1].get("cart.Cart", 0))


@transaction.atomic
def put(cart: Cart, option: Option, quantity: int, *, show: int | None = None) -> CartLine:
    """Add pieces to what is there. Stock is not held by a cart. Raises NotOnSale, BadCartQuantity."""
    if not 1 <= quantity <= MOST:
        raise BadCartQuantity()
    if not option.active or not Product.objects.on_sale().filter(pk=option.product_id).exists():
        raise NotOnSale()
    line, created = CartLine.objects.get_or_create(
        cart=cart, option=option, defaults={"quantity": quantity, "show": show, "added_at": clock.now()}
    )
    if not created:
        CartLine.objects.filter(pk=line.pk).update(
            quantity=Least(F("quantity") + quantity, MOST), show=show or line.show
        )
        line.refresh_from_db()
    _touch(cart)
    return line


@transaction.atomic
def put_all(cart: Cart, rows: Iterable[tuple[Option, int]], *, show: int | None = None) -> None:
    """A choice and what is bought beside it: all or none. Raises what `put` raises."""
    for option, quantity in rows:
        put(cart, option, quantity, show=show)


@transaction.atomic
def change(cart: Cart, option: Option, quantity: int) -> None:
    """Set the pieces of an option; 0 takes it out. Raises BadCartQuantity."""
    if not 0 <= quantity <= MOST:
        raise BadCartQuantity()
    lines = CartLine.objects.filter(cart=cart, option=option)
    if quantity:
        lines.update(quantity=quantity)
    else:
        lines.delete()
    _touch(cart)


@transaction.atomic
def choose(cart: Cart, option_ids: list[int], *, chosen: bool) -> None:
    """Tick lines for the next order, or leave them lying in the cart."""
    CartLine.objects.filter(cart=cart, option_id__in=option_ids).update(chosen=chosen)
    _touch(cart)


def remove(cart: Cart, option: Option) -> None:
    change(cart, option, 0)


@transaction.atomic
def merge(session_key: str | None, user: User) -> None:
    """At sign-in: what was in the browser's cart joins the user's; the larger quantity of an option counts."""
    theirs = Cart.objects.select_for_update().filter(session_key=session_key or "").first()
    if theirs is None:
        return
    mine = cart_for(user, None)
    have = dict(mine.lines.values_list("option_id", "quantity"))
    for line in theirs.lines.all():
        if line.option_id not in have:
            CartLine.objects.filter(pk=line.pk).update(cart=mine)
        elif line.quantity > have[line.option_id]:
            mine.lines.filter(option_id=line.option_id).update(quantity=line.quantity)
    theirs.delete()
    _touch(mine)


@transaction.atomic
def clear(cart: Cart, option_ids: list[int]) -> None:
    """After an order: what was bought is no longer in the cart."""
    CartLine.objects.filter(cart=cart, option_id__in=option_ids).delete()


def _touch(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now())
