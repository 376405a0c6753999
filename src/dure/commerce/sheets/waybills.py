"""송장 up: the rows of an order sheet that carry a waybill, sent parcel by parcel. A row's mistake is its own.

Rows with one waybill number are one parcel. What was sent before with the same number is left as it is, so that the same
sheet may come again and again, each time a little fuller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.sellers.models import Seller
from dure.commerce.sheets import layouts, reading
from dure.commerce.sheets.columns import folded
from dure.commerce.sheets.models import Entry, Upload
from dure.commerce.sheets.rules import Wrong
from dure.commerce.shipping import actions as shipping
from dure.commerce.shipping.models import Parcel
from dure.integrations.carrier.carriers import CARRIERS, is_waybill, waybill_digits
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.excel import BadCell, digits, text
from dure.kit.rows import in_chunks
from dure.kit.states import move

CHUNK = 500


def send(upload: Upload) -> None:
    """Judge the rows once, then send; after a crash it goes on with what was not sent."""
    if upload.status != Upload.Status.READING:
        return
    if not Entry.objects.filter(upload=upload).exists():
        _judge(upload)
    waiting = Entry.objects.filter(upload=upload, state=Entry.State.NEW, outcome="").order_by("pk")
    for entry in list(waiting):
        _send(upload, entry)
    with transaction.atomic():
        wrong = Entry.objects.filter(upload=upload, state=Entry.State.WRONG)
        rows = sum(len(e.rows) for e in wrong.only("rows"))
        move(upload, Upload.Status.DONE, by=upload.by, wrong_rows=rows, ended_at=clock.now())


def _send(upload: Upload, entry: Entry) -> None:
    with transaction.atomic():
        lines = list(ProductOrder.objects.filter(pk__in=entry.wanted["lines"], seller=upload.seller))
        try:
            with transaction.atomic():
                way = entry.wanted["method"] or Parcel.Method.DELIVERY
                shipping.dispatch(lines, entry.wanted["carrier"], entry.wanted["waybill"], by=upload.by, method=way)
            entry.outcome = Entry.Outcome.APPLIED
        except DureError as error:
            entry.state = Entry.State.WRONG
            where = error.field if error.field in ("carrier", "waybill") else "waybill"
            entry.wrong = [Wrong(entry.rows[0], str(where), "said", {"sentence": str(error)}).as_json()]
        entry.save(update_fields=["outcome", "state", "wrong"])
        done = Upload.objects.filter(pk=upload.pk)
        done.update(rows_done=upload.rows_done + len(entry.rows))
        upload.rows_done += len(entry.rows)


# ── What the rows say ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Row:
    number: int
    said: dict[str, str]
    lines: list[ProductOrder] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    carrier: str = ""
    waybill: str = ""
    method: str = ""  # brought by hand: no carrier, no number

    def blame(self, name: str, code: str, **params: Any) -> None:
        self.wrong.append(Wrong(self.number, name, code, params))


def _judge(upload: Upload) -> None:
    rows = [row for cells in reading.data_rows(upload) if (row := _row(cells, upload.columns))]
    for chunk in in_chunks(iter(rows), CHUNK):
        _find(upload.seller, chunk)
    sent = _sent_before(rows)
    parcels: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        by_hand = (row.method, row.lines[0].order_id) if row.method and row.lines else ()
        together = (row.carrier, row.waybill, *by_hand) if not row.wrong else row.number
        parcels[together].append(row)
    with transaction.atomic():
        Entry.objects.bulk_create(_entry(upload, list(parcel), sent) for parcel in _one_place(parcels.values()))
        Upload.objects.filter(pk=upload.pk).update(rows=max(upload.rows, len(rows)), rows_read=len(rows))


def _row(row: tuple[int, list[Any]], columns: Mapping[str, int]) -> Row | None:
    """None: nothing to send is written in it (yet)."""
    number, cells = row
    at = {name: cells[i] if i < len(cells) else "" for name, i in columns.items() if name in layouts.FIELDS}
    method = layouts.BY_HAND.get(folded(text(at.get("method", ""))), "")
    if not text(at.get("waybill", "")) and not method:
        return None
    found = Row(number, {name: text(cell) for name, cell in at.items()}, method=method)
    for name in ("waybill", "line", "bundle"):
        try:
            found.said[name] = digits(at.get(name, "")).removeprefix("'")
        except BadCell as bad:
            found.blame(name, bad.code, seen=bad.seen)
    if not method:
        _carrier_and_number(found)
    return found


def carriers() -> dict[str, str]:
    """{folded name: our code}."""
    also = {folded(n): code for code, names in layouts.CARRIER_NAMES.items() for n in names if code in CARRIERS}
    return also | {folded(n): c.code for c in CARRIERS.values() for n in (c.naver, c.coupang, c.code, c.name) if n}


def _carrier_and_number(row: Row) -> None:
    told = row.said.get("carrier", "")
    row.carrier = carriers().get(folded(told), "")
    if not row.carrier:
        row.blame("carrier", "unknown_carrier" if told else "needed", **({"seen": told[:40]} if told else {}))
        return
    if row.wrong:
        return
    row.waybill = waybill_digits(row.said["waybill"])
    wanted = CARRIERS[row.carrier]
    if not is_waybill(row.carrier, row.waybill):
        least = min(wanted.digits, default=0)
        if row.waybill.isdigit() and len(row.waybill) in (least - 1, least - 2):
            row.blame("waybill", "zero_eaten", carrier=wanted.name, digits=wanted.digits_in_words)
        else:
            row.blame("waybill", "bad_waybill", seen=row.said["waybill"][:40])


def _find(seller: Seller, rows: list[Row]) -> None:
    """The lines of this shop that each row means: by their own number, else those of the order (and option) named."""
    ours = ProductOrder.objects.filter(seller=seller, paid_at__isnull=False).select_related("order").order_by("pk")
    lines = {line.pk: line for line in ours.filter(pk__in=_ids(r.said.get("line", "") for r in rows))}
    firsts = _ids(r.said.get("bundle", "") for r in rows if not r.said.get("line"))
    named = {r.said["order"] for r in rows if not r.said.get("line") and r.said.get("order")}
    bundles = dict(ours.filter(pk__in=firsts).values_list("pk", "order__number"))
    of_order: dict[str, list[ProductOrder]] = defaultdict(list)
    for line in ours.filter(order__number__in=named | set(bundles.values())):
        of_order[line.order.number].append(line)
    for row in rows:
        number = row.said.get("line", "")
        if number:
            found = [lines[int(number)]] if number.isdecimal() and int(number) in lines else []
        else:
            bundle = row.said.get("bundle", "")
            order = row.said.get("order") or (bundles.get(int(bundle), "") if bundle.isdecimal() else "")
            option = row.said.get("option", "")
            found = [line for line in of_order.get(order, []) if not option or str(line.option_id) == option]
        if not found and not row.wrong:
            asked = "line" if number else "order" if row.said.get("order") else "bundle"
            row.blame(asked, "unknown_line", seen=row.said.get(asked, "")[:30])
        row.lines = found


def _ids(numbers: Iterable[str]) -> set[int]:
    return {int(n) for n in numbers if n.isdecimal() and len(n) < 18}


def _sent_before(rows: list[Row]) -> dict[int, set[tuple[str, str]]]:
    """{line id: the waybills it has gone with}."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    ids = [line.pk for row in rows for line in row.lines]
    out = Parcel.objects.filter(direction=Parcel.Direction.OUT, lines__in=ids)
    for line, carrier, number in out.values_list("lines", "carrier", "waybill"):
        found[line].add((carrier, number))  # by hand: ("", "")
    return found


def _one_place(parcels: Iterable[list[Row]]) -> Iterable[list[Row]]:
    """A parcel goes to one door: rows of another receiver with its number stand alone, with the mistake."""
    for rows in parcels:
        together = [rows[0]]
        for row in rows[1:]:
            if _door(row) == _door(rows[0]):
                together.append(row)
            else:
                row.blame("waybill", "two_places", row=rows[0].number)
                yield [row]
        yield together


def _door(row: Row) -> tuple[str, ...]:
    order = row.lines[0].order
    return order.receiver, order.phone, order.postcode, order.address1, order.address2


def _entry(upload: Upload, rows: list[Row], sent: Mapping[int, set[tuple[str, str]]]) -> Entry:
    lines = {line.pk: line for row in rows for line in row.lines}
    mine = (rows[0].carrier, rows[0].waybill)
    by_hand = rows[0].method
    to_send = [n for n in lines.values() if mine not in sent.get(n.pk, ()) or (by_hand and n.status == LineStatus.PAID)]
    to_send = [line for line in to_send if line.status == LineStatus.PAID or not _by_order(rows, line)]
    for row in rows:
        for line in row.lines if not row.wrong else ():
            if line in to_send and line.status != LineStatus.PAID:
                _not_to_send(row, line, sent)
                break
    wrong = [mistake.as_json() for row in rows for mistake in row.wrong]
    first = next(iter(lines.values()), None)
    title = f"{first.product_name} · {first.option_name}" if first else rows[0].said.get("line", "")
    return Entry(
        upload=upload,
        state=Entry.State.WRONG if wrong else Entry.State.NEW if to_send else Entry.State.SAME,
        rows=[row.number for row in rows],
        title=title[:160],
        wanted={
            "carrier": mine[0],
            "waybill": mine[1],
            "method": by_hand,
            "lines": sorted(line.pk for line in to_send),
        },
        wrong=wrong,
    )


def _by_order(rows: list[Row], line: ProductOrder) -> bool:
    """The line came along because its whole order was named: what of it is not to be sent is simply not in the parcel."""
    return all(not row.said.get("line") for row in rows if line in row.lines) and len(rows[0].lines) > 1


def _not_to_send(row: Row, line: ProductOrder, sent: Mapping[int, set[tuple[str, str]]]) -> None:
    field_ = "line" if row.said.get("line") else "order" if row.said.get("order") else "bundle"
    if before := sent.get(line.pk):
        numbers = [number or str(_("직접 전달")) for _carrier, number in sorted(before)]
        row.blame("waybill", "other_waybill", seen=", ".join(numbers))
    else:
        row.blame(field_, "not_to_send", status=str(line.get_status_display()))
