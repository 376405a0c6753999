"""From a confirmed purchase to money on its way: earn a line, make a statement, hand it to the payouts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from dure.commerce.claims.models import Claim
from dure.commerce.claims.reckon import gone_from
from dure.commerce.orders.models import LineStatus, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import agency_shares, lines_of_charge
from dure.commerce.orders.rules import OPEN_CLAIM, business_days_after
from dure.commerce.sellers.models import Seller
from dure.finance.ledger import postings
from dure.finance.ledger.models import Kind as Posted
from dure.finance.ledger.queries import balance_of, is_posted
from dure.finance.ledger.rules import share
from dure.finance.payments import actions as payments
from dure.finance.payouts import actions as payouts
from dure.finance.settlement.models import Hold, SettlementLine, SettlementPolicy, Statement
from dure.kit import audit, clock, ids
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

Kind = SettlementLine.Kind
ENDED = [LineStatus.PURCHASE_CONFIRMED, LineStatus.CANCELED, LineStatus.RETURNED, LineStatus.EXCHANGED]


@transaction.atomic
def earn_line(line: ProductOrder) -> SettlementLine | None:
    """A purchase is confirmed: what was held for the line is the seller's, less commission and VAT. Once per line.

    None when nothing of the line is left to be earned.
    """
    line = ProductOrder.objects.select_for_update(of=("self",)).select_related("seller").get(pk=line.pk)
    if SettlementLine.objects.filter(ref=f"sale:{line.pk}").exists():
        return None
    left = line.kept_quantity
    if line.status != LineStatus.PURCHASE_CONFIRMED or left == 0:
        return None
    refunded = gone_from(line)
    part = share(
        unit_price=line.unit_price,
        quantity=line.quantity,
        left=left,
        discount=line.discount_amount,
        seller_discount=line.seller_discount,
        refunded=refunded,
        commission_bp=line.commission_bp,
        agencies=agency_shares(line),
    )
    basis = _day(line.confirmed_at)
    postings.purchase_confirmed(f"line:{line.pk}", seller=line.seller_id, order_line=line.pk, share=part, on=basis)
    return _earned(
        line.seller,
        basis,
        Kind.SALE,
        f"sale:{line.pk}",
        product_order=line,
        goods=part.goods,
        discount=part.seller_discount,
        commission=part.commission,
        vat=part.vat,
        net=part.net,
    )


@transaction.atomic
def earn_shipping(order_id: int, seller: Seller) -> list[SettlementLine]:
    """What is left of the shipping fee of each of the seller's parcels in an order is the seller's, when nothing in it is
    open any more. Once per charge."""
    charges = ShippingCharge.objects.select_for_update().filter(order_id=order_id, seller=seller).order_by("id")
    return [earned for charge in charges if (earned := _earn_charge(charge)) is not None]


def _earn_charge(charge: ShippingCharge) -> SettlementLine | None:
    lines = lines_of_charge(charge)
    amount = charge.amount - charge.refunded
    if (
        amount == 0
        or lines.exclude(status__in=ENDED).exists()
        or lines.filter(claims__status__in=OPEN_CLAIM).exists()
        or SettlementLine.objects.filter(ref=f"shipping:{charge.pk}").exists()
    ):
        return None
    postings.shipping_earned(f"shipping:{charge.pk}", seller=charge.seller_id, shipping_charge=charge.pk, amount=amount)
    return _earned(
        charge.seller,
        clock.today(),
        Kind.SHIPPING,
        f"shipping:{charge.pk}",
        shipping_charge=charge,
        shipping=amount,
        net=amount,
    )


@transaction.atomic
def settle_claim(claim: Claim) -> SettlementLine | None:
    """A return is done: its freight is the seller's; or, after the line was settled, the seller owes it back.

    The refund itself is payments' (`refund_claim`), which posts the debt in the ledger.
    """
    line = claim.product_order
    if SettlementLine.objects.filter(ref=f"claim:{claim.pk}").exists():
        return None
    from_held = is_posted(Posted.REFUND_AUTHORIZED, f"claim:{claim.pk}")  # before the rest was sold
    if not from_held and SettlementLine.objects.filter(ref=f"sale:{line.pk}").exists():
        part = payments.taken_back(line, claim)
        net = claim.return_fee - claim.shipping_refund - part.net
        return _earned(
            line.seller,
            _day(claim.done_at),
            Kind.AFTER_RETURN if net <= 0 else Kind.RETURN_FEE,  # a freight above the goods' net is due to the seller
            f"claim:{claim.pk}",
            product_order=line,
            goods=-part.goods,
            discount=-part.seller_discount,
            shipping=claim.return_fee - claim.shipping_refund,
            commission=-part.commission,
            vat=-part.vat,
            net=net,
        )
    return _earn_return_fee(claim, _day(claim.done_at))


@transaction.atomic
def move_exchanged(claim: Claim) -> SettlementLine | None:
    """An exchange left: what is held for its pieces is held for the line that stands for them; a freight taken from the
    difference of prices is the seller's. Once per claim."""
    line = claim.product_order
    if claim.moved_amount and claim.replacement_id:
        postings.exchanged(
            f"claim:{claim.pk}", from_line=line.pk, to_line=claim.replacement_id, amount=claim.moved_amount
        )
    if SettlementLine.objects.filter(ref=f"claim:{claim.pk}").exists():
        return None
    return _earn_return_fee(claim, clock.today())


def _earn_return_fee(claim: Claim, basis: date) -> SettlementLine | None:
    line = claim.product_order
    if not claim.return_fee:
        return None
    postings.return_fee_earned(
        f"claim:{claim.pk}", seller=line.seller_id, order_line=line.pk, amount=claim.return_fee, on=basis
    )
    return _earned(
        line.seller,
        basis,
        Kind.RETURN_FEE,
        f"claim:{claim.pk}",
        product_order=line,
        shipping=claim.return_fee,
        net=claim.return_fee,
    )


@transaction.atomic
def undo_debt(claim_id: int) -> SettlementLine | None:
    """The provider refused the refund for good, the debt's journal was reversed: its line is set against by another."""
    taken = SettlementLine.objects.filter(ref=f"claim:{claim_id}", kind=Kind.AFTER_RETURN).select_related("seller")
    ref = f"claim:{claim_id}:undone"
    if not (debt := taken.first()) or SettlementLine.objects.filter(ref=ref).exists():
        return None
    columns = ("goods", "discount", "shipping", "commission", "vat", "net")
    figures = {name: -getattr(debt, name) for name in columns}
    return _earned(
        debt.seller, clock.today(), Kind.AFTER_RETURN, ref, product_order_id=debt.product_order_id, **figures
    )


def close_day(day: date, *, by: User | None) -> list[Statement]:
    """Book what the payment provider has paid in up to `day`, then make the statements due. Raises OutsideError."""
    for ago in range(4):
        payments.book_provider_payout(day - timedelta(days=ago))
    return run(day, by=by)


def run(day: date, *, by: User | None) -> list[Statement]:
    """Make a statement for every seller with lines due by `day`; each seller in a transaction of its own.

    Running again makes nothing new: a line is in one statement.
    """
    due = SettlementLine.objects.filter(statement=None, due_date__lte=day).exclude(kind=Kind.AFTER_RETURN)
    held = Hold.objects.filter(released_at=None).values("seller")
    sellers = due.exclude(seller__in=held).order_by().values_list("seller", flat=True).distinct()
    return [made for pk in sorted(sellers) if (made := _make(pk, day, by))]


@transaction.atomic
def _make(seller_id: int, day: date, by: User | None) -> Statement | None:
    seller = Seller.objects.select_for_update().get(pk=seller_id)
    due = SettlementLine.objects.filter(seller=seller, statement=None, due_date__lte=day).exclude(
        kind=Kind.AFTER_RETURN
    )
    picked = list(due.order_by("id").values_list("pk", flat=True))
    if not picked:
        return None
    lines = SettlementLine.objects.filter(pk__in=picked)
    sums = lines.aggregate(
        goods=Sum("goods"),
        discounts=Sum("discount"),
        shipping=Sum("shipping"),
        commission=Sum("commission"),
        vat=Sum("vat"),
    )
    total = sums["goods"] - sums["discounts"] + sums["shipping"] - sums["commission"] - sums["vat"]
    netted = min(balance_of("OPS", "SELLER_DEBT", seller.pk), total)
    statement = Statement.objects.create(
        seller=seller,
        number=ids.number("S", day),
        due_date=day,
        total=total,
        netted=netted,
        pay_amount=total - netted,
        made_at=clock.now(),
        **sums,
    )
    lines.update(statement=statement)
    if netted:
        postings.debt_netted(f"statement:{statement.pk}", seller=seller.pk, amount=netted)
    if statement.pay_amount:
        payouts.authorize(seller=seller, amount=statement.pay_amount, ref=statement.payout_ref)
    else:
        move(statement, Statement.Status.NETTED, by=by, completed_at=clock.now())
    audit.record("settlement.statement_made", statement, by=by, total=total, netted=netted)
    emit("settlement.statement_made", statement, seller_id=seller.pk, pay_amount=statement.pay_amount)
    return statement


@transaction.atomic
def mark_paid(statement: Statement) -> None:
    move(statement, Statement.Status.PAID, completed_at=clock.now())


@transaction.atomic
def mark_failed(statement: Statement, *, why: str) -> None:
    """The bank would not take it, or sent it back: the money is the seller's again, until paid again."""
    move(statement, Statement.Status.FAILED, why=why, completed_at=None)


@transaction.atomic
def pay_again(statement: Statement, *, by: User) -> None:
    """After the account was mended. Raises WrongState."""
    move(statement, Statement.Status.MADE, by=by, tries=statement.tries + 1)
    payouts.authorize(seller=statement.seller, amount=statement.pay_amount, ref=statement.payout_ref)


@transaction.atomic
def hold(seller: Seller, *, reason: str, by: User) -> Hold:
    placed = Hold.objects.create(seller=seller, reason=reason, placed_by=by, placed_at=clock.now())
    audit.record("settlement.held", seller, by=by, why=reason)
    return placed


@transaction.atomic
def release(seller: Seller, *, by: User) -> None:
    if Hold.objects.filter(seller=seller, released_at=None).update(released_at=clock.now()):
        audit.record("settlement.released", seller, by=by)


def due_after(basis: date) -> date:
    """정산예정일 of a 정산기준일, by the policy of that day."""
    policy = SettlementPolicy.objects.filter(since__lte=basis).order_by("-since").first()
    return business_days_after(basis, policy.business_days if policy else 1)


def _day(moment: datetime | None) -> date:
    """정산기준일: the Korean day of the deed, however late we hear of it."""
    return clock.kst_date(moment) if moment else clock.today()


def _earned(seller: Seller, basis: date, kind: str, ref: str, **figures: object) -> SettlementLine:
    return SettlementLine.objects.create(
        seller=seller,
        kind=kind,
        ref=ref,
        basis_date=basis,
        due_date=due_after(basis),
        created_at=clock.now(),
        **figures,
    )
