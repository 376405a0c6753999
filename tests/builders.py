"""Builders for every test: `a_person("FIELD")`, `a_market()`, `a_lead(...)`. Small, with sensible defaults."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from dure.people.models import Grant, User

_count = itertools.count(1)


def a_person(*roles: str, name: str = "", email: str = "", **fields: Any) -> User:
    """Somebody who can sign in with the password `pw-for-tests`, holding `roles` in the house."""
    n = next(_count)
    user = User.objects.create_user(email or f"person{n}@example.kr", "pw-for-tests", name=name or f"사람{n}", **fields)
    Grant.objects.bulk_create(Grant(user=user, role=role) for role in roles)
    return user


def a_market(name: str = "", **fields: Any) -> Any:
    from dure.kit.korean import initials
    from dure.partnership import rules
    from dure.partnership.models import Place

    name = name or f"시장{next(_count)}"
    address = fields.pop("road_address", f"서울특별시 종로구 창경궁로 {next(_count)}")
    return Place.objects.create(
        key=rules.place_key(name, address),
        source=Place.Source.HAND,
        name=name,
        name_key=rules.name_key(name),
        name_initials=initials(name),
        region=address.split()[0],
        road_address=address,
        **fields,
    )


def a_phone() -> str:
    """A Korean mobile number nobody else in the test has."""
    n = next(_count)
    return f"010-{2000 + n // 10_000}-{n % 10_000:04d}"


def a_brn() -> str:
    """A business registration number with a fitting check digit, new each time."""
    from dure.integrations.nts.rules import is_brn

    n = next(_count)
    nine = f"{210 + n // 9_999}86{1 + n % 9_999:04d}"
    return next(nine + str(d) for d in range(10) if is_brn(nine + str(d)))


def a_lead(status: str = "CAPTURED", *, worker: User | None = None, place: Any = None, **stall: Any) -> Any:
    """A captured shop, walked by the real actions as far as `status`."""
    from dure.partnership import actions, queries
    from dure.partnership.actions import Stall

    worker = worker or a_person("FIELD")
    stall.setdefault("name", f"점포{next(_count)}")
    stall.setdefault("phone", a_phone())
    stall.setdefault("consents", {"CONTACT": "2026-11"})
    lead = actions.capture(place or a_market(), Stall(**stall), by=worker, key=uuid.uuid4()).lead
    reviewer = a_person("REVIEWER")
    if status in {"INTERESTED", "SCREENING", "SELECTED"}:
        actions.log_contact(lead, by=worker, key=uuid.uuid4(), channel="PHONE", outcome="INTERESTED")
    if status in {"SCREENING", "SELECTED"}:
        actions.start_screening(lead, by=worker)
    if status == "SELECTED":
        rubric = queries.current_rubric()
        actions.screen(lead, rubric, {c["code"]: 4 for c in rubric.criteria}, by=reviewer)
        actions.select(lead, "LIST", by=reviewer, reason="맛이 좋고 포장이 잘 되어 있어요.")
    return lead


def an_option(price: int = 10_000, stock: int = 10, **fields: Any) -> Any:
    """An option of a product on sale at an approved seller, with `stock` pieces to promise."""
    from dure.commerce.catalog.models import Category, Option, Product
    from dure.commerce.sellers.models import Seller
    from dure.commerce.stock import actions as stock_actions

    n = next(_count)
    category, _created = Category.objects.get_or_create(code="food", defaults={"name_ko": "먹거리", "name_en": "Food"})
    seller = fields.pop("seller", None) or Seller.objects.create(name=f"가게{n}", status="APPROVED")
    product = Product.objects.create(
        seller=seller,
        category=category,
        name=fields.pop("name", f"상품{n}"),
        status=fields.pop("status", "ON_SALE"),
        list_price=price,
    )
    option = Option.objects.create(product=product, price=price, **fields)
    if stock:
        stock_actions.receive(option, stock, by=None, why="처음")
    return option


def a_show(
    status: str = "PLANNED", *, host: User | None = None, md: User | None = None, options: Any = None, **fields: Any
) -> Any:
    """A show of three options at a live price 1,000 won below the usual one, walked by the real actions to `status`."""
    from datetime import timedelta

    from dure.kit import clock
    from dure.live import actions

    host, md = host or a_person("CREATOR"), md or a_person("MD")
    fields.setdefault("title", f"방송{next(_count)}")
    show = actions.plan_show(planned_at=clock.now() + timedelta(hours=1), host=host, md=md, by=md, **fields)
    for option in options if options is not None else [an_option() for _ in range(3)]:
        offer = actions.set_live_price(show, option, price=option.price - 1_000, allotment=5, by=md)
        actions.add_segment(show, kind="PRODUCT", beat=f"{option.product.name} 소개", offer=offer, by=md)
    steps = ["PLANNED", "REHEARSING", "READY", "ON_AIR", "ENDED"].index(status)
    if steps:
        actions.declare_disclosure(show, host=host, benefit="COMMISSION", advertiser="두레", by=host)
    for step in [actions.rehearse, actions.ready, actions.go_on_air, actions.end][:steps]:
        step(show, by=host)
    return show


def an_address(postcode: str = "03086", **fields: str) -> Any:
    from dure.commerce.orders.actions import Address

    told = {"receiver": "나구매", "phone": "010-1234-5678", "address1": "서울특별시 종로구 율곡로 99", **fields}
    return Address(postcode=postcode, **told)


def a_shipping_policy(seller: Any, fee: int = 3000, free_over: int | None = None, **fields: Any) -> Any:
    from dure.commerce.sellers.models import ShippingPolicy

    policy, _created = ShippingPolicy.objects.update_or_create(
        seller=seller, defaults={"fee": fee, "free_over": free_over, "dispatch_from": "서울 종로구", **fields}
    )
    return policy


def a_delivery_template(seller: Any, *, grouped: bool = False, **fields: Any) -> Any:
    """A template of 3,000 won, in a bundle group of its own when `grouped`."""
    from dure.commerce.pricing.models import BundleGroup, DeliveryTemplate

    n = next(_count)
    group = BundleGroup.objects.create(seller=seller, name=f"그룹{n}") if grouped else None
    return DeliveryTemplate.objects.create(seller=seller, **{"name": f"템플릿{n}", "group": group, **fields})


def a_commission_plan(basis_points: int = 500) -> Any:
    from datetime import date

    from dure.commerce.pricing.models import CommissionPlan

    plan, _created = CommissionPlan.objects.get_or_create(
        category=None, since=date(2020, 1, 1), defaults={"basis_points": basis_points}
    )
    return plan


def an_order(
    *options: Any,
    buyer: User | None = None,
    quantity: int = 1,
    paid: bool = False,
    key: str = "",
    postcode: str = "03086",
    offers: Any = None,
) -> Any:
    """An order of `quantity` of each option (one new option if none are given), placed by the real action."""
    from dure.commerce.orders import actions
    from dure.kit import clock

    a_commission_plan()
    wanted = [actions.Wanted(o.pk, quantity) for o in options or [an_option()]]
    order = actions.place_order(
        buyer or a_person(), wanted, an_address(postcode), key=key or str(uuid.uuid4()), offers=offers
    )
    if paid:
        actions.mark_paid(order, at=clock.now())
    return order


def a_line(status: str = "PAID", *, quantity: int = 1, option: Any = None, **order: Any) -> Any:
    """One product order walked to PAID, DELIVERING, DELIVERED or PURCHASE_CONFIRMED."""
    from dure.commerce.orders import actions
    from dure.commerce.shipping import actions as shipping
    from dure.integrations.carrier.client import Scan
    from dure.kit import clock

    order = an_order(option or an_option(), quantity=quantity, paid=True, **order)
    line = order.lines.get()
    if status in {"DELIVERING", "DELIVERED", "PURCHASE_CONFIRMED"}:
        waybill = f"{6000_0000_0000 + next(_count)}"
        shipping.dispatch([line], "CJ", waybill, by=None)
        if status != "DELIVERING":
            shipping.record_tracking("CJ", waybill, [Scan("DELIVERED", clock.now(), "서울")])
        line.refresh_from_db()
    if status == "PURCHASE_CONFIRMED":
        actions.confirm_purchase(line, by=order.buyer)
        line.refresh_from_db()
    return line


def at_once(count: int, deed: Any) -> list[Any]:
    """`deed(i)` in `count` threads with connections of their own; results, or the exceptions raised."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    start = Barrier(count)

    def run(i: int) -> Any:
        start.wait()
        try:
            return deed(i)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def an_offer(kind: str = "CART_COUPON", *, seller: Any = None, begun: bool = True, by: Any = None, **terms: Any) -> Any:
    """An offer of the house (or a seller) that is on for a week: by default 1,000 won off a cart, borne by the house."""
    from datetime import timedelta

    from dure.commerce.promotions import actions
    from dure.kit import clock

    moment = clock.now()
    told = {
        "name": f"행사{next(_count)}",
        "starts_at": moment - timedelta(hours=1),
        "ends_at": moment + timedelta(days=7),
        "how": "AMOUNT",
        "value": 1_000,
        **terms,
    }
    prices = told.pop("prices", None)
    offer = actions.draft(actions.Terms(kind=kind, **told), key=uuid.uuid4(), by=by, seller=seller)
    if prices:
        actions.set_event_prices(offer, prices, by=by)
        offer.prices.update(status="ACCEPTED")
    return actions.begin(offer, by=by) if begun else offer
