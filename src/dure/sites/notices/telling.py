"""Which event is told to whom, and what it says: ids become names, amounts, days and links.

Each function gets events of one topic together and looks up what they are about in a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from dure.commerce.catalog.models import Product
from dure.commerce.claims.models import Claim
from dure.commerce.inquiries.models import Question, Thread
from dure.commerce.orders.models import DispatchDelay, Order, ProductOrder
from dure.commerce.pricing.rules import percent
from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import Document, Seller, SellerStatus
from dure.commerce.shipping.models import Parcel
from dure.finance.payments.models import Refund, VirtualAccount
from dure.integrations.carrier.carriers import carrier_name
from dure.kit.clock import KST
from dure.kit.models import Event
from dure.messaging.telling import News, Person
from dure.partnership.models import Lead
from dure.people.models import User
from dure.sites.notices import people
from dure.sites.notices.people import buyer_of, day, goods, won, word

Teller = Callable[[Sequence[Event]], Iterable[News]]


def about(event: Event) -> int:
    """The id of what an event is about."""
    return int(event.aggregate.rpartition(":")[2])


# Buyers


def paid(events: Sequence[Event]) -> Iterator[News]:
    for order in _orders(events).values():
        person = buyer_of(order)
        yield _of_order("order.paid", order, person, f"orders.order:{order.pk}", amount=won(order.pay_total, person))


def expired(events: Sequence[Event]) -> Iterator[News]:
    for order in _orders(events).values():
        yield _of_order("order.expired", order, buyer_of(order), f"orders.order:{order.pk}")


def address_changed(events: Sequence[Event]) -> Iterator[News]:
    orders = _orders(events)
    for event in events:
        order = orders[about(event)]
        address = f"{order.address1} {order.address2}".strip()
        yield _of_order("order.address_changed", order, buyer_of(order), f"kit.event:{event.pk}", address=address)


def dispatched(events: Sequence[Event]) -> Iterator[News]:
    """One message a parcel, whatever lines are in it; a corrected waybill is told anew."""
    lines = [event.payload["product_order_id"] for event in events if "product_order_id" in event.payload]
    lines += [line for event in events for line in event.payload.get("lines", [])]
    parcels = Parcel.objects.filter(direction="OUT", lines__in=lines).distinct().select_related("seller")
    for parcel in parcels.prefetch_related("lines__order__buyer").order_by("id"):
        first = parcel.lines.all()[0]
        person = buyer_of(first.order)
        how = carrier_name(parcel.carrier) if parcel.waybill else word(parcel.get_method_display(), person)
        yield _of_lines(
            "order.dispatched",
            list(parcel.lines.all()),
            f"shipping.parcel:{parcel.pk}:{parcel.waybill}",
            shop=parcel.seller.name,
            carrier=how,
            waybill=parcel.waybill,
        )


def delivered(events: Sequence[Event]) -> Iterator[News]:
    """Lines of an order that arrived on one day are told of together."""
    together: dict[tuple[int, str], list[ProductOrder]] = {}
    for line in _lines(events).values():
        on = f"{line.delivered_at.astimezone(KST):%Y-%m-%d}" if line.delivered_at else ""
        together.setdefault((line.order_id, on), []).append(line)
    for (order, on), lines in together.items():
        yield _of_lines("order.delivered", lines, f"orders.order:{order}:{on}")


def delayed(events: Sequence[Event]) -> Iterator[News]:
    lines = _lines(events)
    for delay in DispatchDelay.objects.filter(line__in=lines):
        line = lines[delay.line_id]
        person = buyer_of(line.order)
        yield _of_lines(
            "order.delayed",
            [line],
            f"orders.dispatchdelay:{delay.pk}",
            shop=line.seller.name,
            reason=delay.detail or word(delay.get_reason_display(), person),
            day=day(delay.due, person),
        )


def account_issued(events: Sequence[Event]) -> Iterator[News]:
    rows = VirtualAccount.objects.filter(payment__in=[about(event) for event in events], over_at=None)
    for account in rows.select_related("payment__order__buyer"):
        yield of_account("account.issued", account)


def of_account(kind: str, account: VirtualAccount) -> News:
    order = account.payment.order
    person = buyer_of(order)
    return News(
        kind,
        f"payments.virtualaccount:{account.pk}",
        person,
        {
            "name": person.name,
            "bank": BANKS.get(account.bank_code, account.bank_code),
            "account": account.number,
            "amount": won(account.payment.amount, person),
            "day": day(account.due_at, person),
            "order": order.number,
        },
        f"/orders/{order.number}/",
    )


def refunded(events: Sequence[Event]) -> Iterator[News]:
    rows = Refund.objects.filter(pk__in=[about(event) for event in events])
    for refund in rows.select_related("payment__order__buyer"):
        order = refund.payment.order
        person = buyer_of(order)
        values = {"name": person.name, "amount": won(refund.amount, person), "order": order.number}
        yield News("refund.done", f"payments.refund:{refund.pk}", person, values, f"/orders/{order.number}/")


# Claims


def claim_opened(events: Sequence[Event]) -> Iterator[News]:
    claims = _claims(events)
    staff = people.shops({claim.product_order.seller_id for claim in claims.values()}, "orders")
    for claim in claims.values():
        line = claim.product_order
        yield _of_claim("claim.received", claim, f"claims.claim:{claim.pk}")
        for person in staff.get(line.seller_id, []):
            values = {
                "shop": line.seller.name,
                "claim": word(claim.get_kind_display(), person),
                "goods": line.product_name,
                "order": line.order.number,
                "reason": claim.detail[:200] or word(claim.get_fault_display(), person),
            }
            yield News("seller.claim_opened", f"claims.claim:{claim.pk}", person, values, "/seller/claims/")


def claim_step(events: Sequence[Event]) -> Iterator[News]:
    claims = _claims(events)
    for event in events:
        if claim := claims.get(about(event)):
            person = buyer_of(claim.product_order.order)
            step = word(STEPS[event.topic].label, person)
            yield _of_claim("claim.step", claim, f"claims.claim:{claim.pk}:{event.topic}", step=step)


def claim_held(events: Sequence[Event]) -> Iterator[News]:
    claims = _claims(events)
    for event in events:
        claim = claims.get(about(event))
        if claim is None or claim.hold_until is None:
            continue  # released before it could be told
        person = buyer_of(claim.product_order.order)
        reason = claim.hold_detail or word(claim.get_hold_reason_display(), person)
        until = day(claim.hold_until, person)
        yield _of_claim("claim.held", claim, f"kit.event:{event.pk}", reason=reason, day=until)


def claim_rejected(events: Sequence[Event]) -> Iterator[News]:
    for claim in _claims(events).values():
        person = buyer_of(claim.product_order.order)
        reason = claim.answer or word(Claim.Status.REJECTED.label, person)
        yield _of_claim("claim.rejected", claim, f"claims.claim:{claim.pk}", reason=reason)


STEPS = {
    "claims.collecting": Claim.Status.COLLECTING,
    "claims.collected": Claim.Status.COLLECTED,
    "claims.redelivering": Claim.Status.REDELIVERING,
    "claims.exchanged": Claim.Status.DONE,
}


# Questions and letters


def question_asked(events: Sequence[Event]) -> Iterator[News]:
    rows = Question.objects.filter(pk__in=[about(event) for event in events]).select_related("product__seller")
    staff = people.shops({row.product.seller_id for row in rows}, "products")
    for row in rows:
        values = {"shop": row.product.seller.name, "product": row.product.name}
        for person in staff.get(row.product.seller_id, []):
            yield News("seller.question_asked", f"inquiries.question:{row.pk}", person, values, "/seller/questions/")


def question_answered(events: Sequence[Event]) -> Iterator[News]:
    rows = Question.objects.filter(pk__in=[about(event) for event in events], hidden_at=None)
    for row in rows.select_related("product__seller", "asker"):
        person = Person.of(row.asker)
        values = {"name": person.name, "shop": row.product.seller.name, "product": row.product.name}
        path = f"/products/{row.product_id}/questions/"
        yield News("question.answered", f"inquiries.question:{row.pk}", person, values, path)


def inquiry_written(events: Sequence[Event]) -> Iterator[News]:
    rows = Thread.objects.select_related("order__buyer", "seller").in_bulk([about(event) for event in events])
    staff = people.shops({row.seller_id for row in rows.values()}, "orders")
    for event in events:
        thread, occasion = rows[about(event)], f"kit.event:{event.pk}"
        values = {"shop": thread.seller.name, "order": thread.order.number}
        if event.payload["side"] == "BUYER":
            for person in staff.get(thread.seller_id, []):
                yield News("seller.inquiry_written", occasion, person, values, "/seller/questions/")
        else:
            person = buyer_of(thread.order)
            path = f"/inquiries/{thread.pk}/"
            yield News("inquiry.answered", occasion, person, {"name": person.name, **values}, path)


# Sellers


def product_on_sale(events: Sequence[Event]) -> Iterator[News]:
    """The first time; a sale that goes on after a pause is no news."""
    for product, person in _products(events):
        values = {"shop": product.seller.name, "product": product.name}
        path = f"/seller/products/{product.pk}/"
        yield News("seller.product_approved", f"catalog.product:{product.pk}", person, values, path)


def product_rejected(events: Sequence[Event]) -> Iterator[News]:
    why = {about(event): (event.payload.get("why", ""), event.pk) for event in events}
    for product, person in _products(events):
        reason, event = why[product.pk]
        values = {"shop": product.seller.name, "product": product.name, "reason": reason}
        yield News("seller.product_rejected", f"kit.event:{event}", person, values, f"/seller/products/{product.pk}/")


def approved(events: Sequence[Event]) -> Iterator[News]:
    yield from _to_shops("seller.approved", events, "/seller/", lambda event, person: {})


def returned(events: Sequence[Event]) -> Iterator[News]:
    yield from _to_shops(
        "seller.returned", events, "/seller/steps/", lambda event, person: {"reason": event.payload.get("note", "")}
    )


def document_expiring(events: Sequence[Event]) -> Iterator[News]:
    def values(event: Event, person: Person) -> dict[str, str]:
        kind = Document.Kind(event.payload["kind"]).label
        return {
            "document": word(kind, person),
            "day": day(date.fromisoformat(event.payload["expires_on"]), person),
        }

    yield from _to_shops("seller.document_expiring", events, "/seller/steps/", values)


def commission_changing(events: Sequence[Event]) -> Iterator[News]:
    """A plan of one shop is told to it, one of the house to every shop."""
    everybody = Seller.objects.filter(status__in=[SellerStatus.APPROVED, SellerStatus.SUSPENDED])
    for event in events:
        only = event.payload.get("seller")
        shops = {shop.pk: shop for shop in (everybody.filter(pk=only) if only else everybody)}
        for pk, staff in people.shops(shops, "finance").items():
            for person in staff:
                values = {
                    "shop": shops[pk].name,
                    "rate": percent(event.payload["basis_points"]),
                    "day": day(date.fromisoformat(event.payload["since"]), person),
                }
                yield News(
                    "seller.commission_changing", f"kit.event:{event.pk}:{pk}", person, values, "/seller/settlements/"
                )


def paid_out(events: Sequence[Event]) -> Iterator[News]:
    ids = {event.payload["seller_id"] for event in events}
    shops, staff = Seller.objects.in_bulk(ids), people.shops(ids, "finance")
    for event in events:
        for person in staff.get(event.payload["seller_id"], []):
            values = {
                "shop": shops[event.payload["seller_id"]].name,
                "amount": won(event.payload["amount"], person),
            }
            yield News("seller.paid_out", event.aggregate, person, values, "/seller/settlements/")


# The people of the house


def assigned(events: Sequence[Event]) -> Iterator[News]:
    leads = Lead.objects.select_related("shop").in_bulk([event.payload["lead"] for event in events])
    users = User.objects.in_bulk([event.payload["md"] for event in events])
    for event in events:
        lead, md = leads[event.payload["lead"]], users[event.payload["md"]]
        values = {"name": md.name, "shop": lead.shop.name}
        yield News("desk.assigned", f"kit.event:{event.pk}", Person.of(md), values, f"/desk/leads/{lead.pk}/")


TOPICS: dict[str, Teller] = {
    "orders.paid": paid,
    "orders.expired": expired,
    "orders.address_changed": address_changed,
    "orders.dispatched": dispatched,
    "shipping.waybill_corrected": dispatched,
    "orders.delivered": delivered,
    "orders.delay_announced": delayed,
    "payments.virtual_account_issued": account_issued,
    "payments.refunded": refunded,
    "claims.opened": claim_opened,
    "claims.collecting": claim_step,
    "claims.collected": claim_step,
    "claims.redelivering": claim_step,
    "claims.exchanged": claim_step,
    "claims.held": claim_held,
    "claims.rejected": claim_rejected,
    "inquiries.asked": question_asked,
    "inquiries.answered": question_answered,
    "inquiries.written": inquiry_written,
    "catalog.product_on_sale": product_on_sale,
    "catalog.rejected": product_rejected,
    "catalog.change_rejected": product_rejected,
    "sellers.approved": approved,
    "sellers.returned": returned,
    "sellers.document_expiring": document_expiring,
    "sellers.document_expired": document_expiring,
    "pricing.commission_changing": commission_changing,
    "payouts.completed": paid_out,
    "partnership.assigned": assigned,
}


def _orders(events: Sequence[Event]) -> dict[int, Order]:
    rows = Order.objects.select_related("buyer").prefetch_related("lines")
    return rows.in_bulk([about(event) for event in events])


def _lines(events: Sequence[Event]) -> dict[int, ProductOrder]:
    rows = ProductOrder.objects.select_related("order__buyer", "seller")
    return rows.in_bulk([event.payload["product_order_id"] for event in events])


def _claims(events: Sequence[Event]) -> dict[int, Claim]:
    rows = Claim.objects.select_related("product_order__order__buyer", "product_order__seller")
    return rows.in_bulk([about(event) for event in events])


def _products(events: Sequence[Event]) -> Iterator[tuple[Product, Person]]:
    products = Product.objects.select_related("seller").in_bulk([about(event) for event in events])
    staff = people.shops({product.seller_id for product in products.values()}, "products")
    for product in products.values():
        for person in staff.get(product.seller_id, []):
            yield product, person


def _to_shops(
    kind: str, events: Sequence[Event], path: str, values: Callable[[Event, Person], dict[str, str]]
) -> Iterator[News]:
    shops = Seller.objects.in_bulk([about(event) for event in events])
    staff = people.shops(shops, "shop")
    for event in events:
        shop = shops[about(event)]
        for person in staff.get(shop.pk, []):
            yield News(kind, f"kit.event:{event.pk}", person, {"shop": shop.name, **values(event, person)}, path)


def _of_order(kind: str, order: Order, person: Person, occasion: str, **values: str) -> News:
    told = {"name": person.name, "order": order.number, "goods": goods(order.lines.all(), person), **values}
    return News(kind, occasion, person, told, f"/orders/{order.number}/")


def _of_lines(kind: str, lines: list[ProductOrder], occasion: str, **values: str) -> News:
    order = lines[0].order
    person = buyer_of(order)
    told = {"name": person.name, "order": order.number, "goods": goods(lines, person), **values}
    return News(kind, occasion, person, told, f"/orders/{order.number}/")


def _of_claim(kind: str, claim: Claim, occasion: str, **values: str) -> News:
    line = claim.product_order
    person = buyer_of(line.order)
    told = {
        "name": person.name,
        "claim": word(claim.get_kind_display(), person),
        "goods": line.product_name,
        "order": line.order.number,
        **values,
    }
    return News(kind, occasion, person, told, f"/claims/{claim.pk}/")
