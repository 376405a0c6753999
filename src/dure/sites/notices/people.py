"""Whom news is for: the buyer of an order, the people of a shop who look after something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.sellers import rules as sellers
from dure.commerce.sellers.models import Member
from dure.kit.money import won as in_won
from dure.messaging.telling import Person
from dure.sites.design.templatetags import ui


def buyer_of(order: Order) -> Person:
    """Bring `buyer` along. A member without a telephone is told at that of the delivery, when it is their own."""
    if order.buyer is None:
        return Person(order.guest_email, order.guest_phone, order.guest_name)
    person = Person.of(order.buyer)
    return person if person.phone or order.receiver != person.name else replace(person, phone=order.phone)


def shops(ids: Collection[int], area: str) -> dict[int, list[Person]]:
    """The active people of each shop who look after `area`; one query."""
    found: dict[int, list[Person]] = defaultdict(list)
    rows = Member.objects.filter(seller__in=ids, user__is_active=True).select_related("user").order_by("id")
    for member in rows:
        if sellers.may_change(member.role, area):
            found[member.seller_id].append(Person.of(member.user, role=f"role:{member.seller_id}:{member.role}"))
    return found


# Words in the language of whoever reads them


def won(amount: int, person: Person) -> str:
    with translation.override(person.language):
        return str(in_won(amount))


def day(value: date | datetime | None, person: Person) -> str:
    with translation.override(person.language):
        return str(ui.day(value))


def word(lazy: object, person: Person) -> str:
    with translation.override(person.language):
        return str(lazy)


def goods(lines: Iterable[ProductOrder], person: Person) -> str:
    """`국내산 들기름 외 2건`."""
    names = [line.product_name for line in lines]
    if len(names) < 2:
        return names[0] if names else ""
    with translation.override(person.language):
        more = ngettext("%(name)s 외 %(count)s건", "%(name)s 외 %(count)s건", len(names) - 1)
        return more % {"name": names[0], "count": len(names) - 1}


def things(count: int, person: Person) -> str:
    with translation.override(person.language):
        return ngettext("%(count)s건", "%(count)s건", count) % {"count": count}


def points(amount: int, person: Person) -> str:
    with translation.override(person.language):
        return _("%(points)s점") % {"points": f"{amount:,}"}
