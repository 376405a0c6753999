"""발주서 down: lines to be sent, in our columns, Naver's or Coupang's. They hold people's addresses: every file is on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.db.models import Min, QuerySet

from dure.commerce.orders.models import LineStatus, ProductOrder, ShippingCharge
from dure.commerce.sellers.models import Seller
from dure.commerce.sheets.books import Out
from dure.commerce.sheets.layouts import LAYOUTS, WIDE, Layout
from dure.commerce.sheets.models import ProductCode
from dure.integrations.carrier.carriers import CARRIERS, carrier_name
from dure.kit import audit
from dure.kit.clock import KST
from dure.kit.rows import in_chunks
from dure.people.models import User

CHUNK = 1000
VALIDATED = 20_000  # rows that get the drop-down of carriers
STATES = {"PAID": ("결제완료", "발주확인"), "DELIVERING": ("배송중", ""), "DELIVERED": ("배송완료", "")}


def order_sheet(seller: Seller, lines: QuerySet[ProductOrder], layout: Layout, *, by: User | None) -> IO[bytes]:
    """A workbook of `lines` (of this seller), open for reading. Written on record with who took it and how many."""
    out = Out(strangers=True)
    sheet = out.sheet(layout.sheet)
    top = 1 if layout.note else 0
    if layout.note:
        out.write(sheet, 0, 0, layout.note, out.note)
    for x, (heading, key) in enumerate(layout.columns):
        style = out.text if key in ("waybill", "line", "order", "phone", "postcode", "bundle") else None
        sheet.set_column(x, x, WIDE.get(key, 15), style)
        out.write(sheet, top, x, heading, out.head)
    sheet.freeze_panes(top + 1, 0)
    count = 0
    for values in rows(seller, lines):
        for x, (_heading, key) in enumerate(layout.columns):
            value = count + 1 if key == "number" else values.get(key)
            out.write(sheet, top + 1 + count, x, value, _style(out, key))
        count += 1
    carriers = next(x for x, (_h, key) in enumerate(layout.columns) if key == "carrier")
    names = [carrier.name for carrier in CARRIERS.values()]
    sheet.data_validation(
        top + 1, carriers, top + VALIDATED, carriers, {"validate": "list", "source": names, "error_type": "warning"}
    )
    audit.record("sheets.orders_downloaded", seller, by=by, layout=layout.code, lines=count)
    return out.done()


def _style(out: Out, key: str) -> Any:
    if key in ("paid_amount", "unit_price", "fee", "extra", "discount", "seller_discount"):
        return out.won
    return out.text if key in ("waybill", "line", "order", "phone", "postcode", "bundle", "option_id") else None


def rows(seller: Seller, lines: QuerySet[ProductOrder]) -> Iterator[dict[str, Any]]:
    """What the columns of any layout are filled from, a chunk of lines in memory at a time."""
    found = lines.filter(seller=seller).select_related("order", "order__buyer", "option").order_by("order_id", "pk")
    for chunk in in_chunks(found.prefetch_related("parcels").iterator(chunk_size=CHUNK), CHUNK):
        yield from _chunk(seller, chunk)


def _chunk(seller: Seller, lines: Sequence[ProductOrder]) -> Iterable[dict[str, Any]]:
    orders = {line.order_id for line in lines}
    firsts = dict(
        ProductOrder.objects.filter(seller=seller, order_id__in=orders)
        .order_by()
        .values_list("order_id")
        .annotate(first=Min("pk"))
    )
    fees: dict[int, list[ShippingCharge]] = {}
    for charge in ShippingCharge.objects.filter(seller=seller, order_id__in=orders):
        fees.setdefault(charge.order_id, []).append(charge)
    products = {line.option.product_id for line in lines}
    codes = dict(ProductCode.objects.filter(product_id__in=products).values_list("product_id", "code"))
    for line in lines:
        yield _cells(line, firsts[line.order_id], fees.get(line.order_id, []), codes)


def _cells(line: ProductOrder, bundle: int, charges: list[ShippingCharge], codes: dict[int, str]) -> dict[str, Any]:
    order = line.order
    parcel = next(iter(line.parcels.all()), None)
    state = STATES.get(line.status, (str(line.get_status_display()), ""))
    first = bundle == line.pk  # the fee of a bundle stands once, with its first line
    return {
        "line": str(line.pk),
        "order": order.number,
        "bundle": str(bundle),
        "carrier": carrier_name(parcel.carrier) if parcel else "",
        "waybill": parcel.waybill if parcel else "",
        "method": "택배,등기,소포",
        "split": "N",
        "buyer": order.buyer.name if order.buyer else getattr(order, "guest_name", ""),
        "receiver": order.receiver,
        "phone": order.phone,
        "postcode": order.postcode,
        "address": f"{order.address1} {order.address2}".strip(),
        "memo": order.memo,
        "message": order.message,
        "product": line.product_name,
        "product_id": str(line.option.product_id),
        "option": line.option_name,
        "option_id": str(line.option_id),
        "option_code": line.option.seller_code,
        "code": codes.get(line.option.product_id, ""),
        "shown_as": f"{line.product_name}, {line.option_name}",
        "quantity": line.quantity - line.canceled_quantity,
        "unit_price": line.unit_price,
        "discount": line.discount_amount,
        "seller_discount": line.seller_discount,
        "paid_amount": line.paid_amount,
        "fee": sum(c.amount for c in charges) if first else 0,
        "extra": sum(c.extra for c in charges) if first else 0,
        "status": state[0],
        "state": "발주확인" if line.status == LineStatus.PAID and line.acknowledged_at else state[0],
        "due": line.dispatch_due,
        "placed_at": _local(order.placed_at),
        "paid_at": _local(line.paid_at),
        "seen_at": _local(line.acknowledged_at),
        "sent_at": _local(line.dispatched_at),
        "delivered_at": _local(line.delivered_at),
        "confirmed_at": _local(line.confirmed_at),
    }


def _local(moment: Any) -> Any:
    return moment.astimezone(KST).replace(tzinfo=None) if moment else None


def layout_of(code: str) -> Layout:
    """The layout asked for; ours when there is no such one."""
    return LAYOUTS.get(code, LAYOUTS["dure"])
