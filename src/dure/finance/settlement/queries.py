"""What a seller sees of its money: statements that add up, what comes next, what is still waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, F, Sum

from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.sellers.models import Seller
from dure.finance.ledger.queries import balance_of
from dure.finance.ledger.rules import commission_of
from dure.finance.payouts.models import Payout
from dure.finance.settlement.models import Hold, SettlementLine, Statement


@dataclass(frozen=True)
class Due:
    """What will be paid on a day."""

    day: date
    amount: int
    lines: int


@dataclass(frozen=True)
class Upcoming:
    """정산 예정, won. `waiting` is an estimate of lines not confirmed yet, after commission; `debt` will be netted."""

    due: list[Due]
    waiting: int
    waiting_lines: int
    debt: int
    held: bool

    @property
    def total(self) -> int:
        return sum(d.amount for d in self.due)


def statements_of(user: Any) -> models.QuerySet[Statement]:
    return Statement.objects.of(user).select_related("seller").order_by("-due_date", "-id")


def lines_of(statement: Statement) -> models.QuerySet[SettlementLine]:
    return statement.lines.select_related("product_order__order", "shipping_charge__order").order_by("kind", "id")


def payouts_of(statement: Statement) -> models.QuerySet[Payout]:
    """Every try to pay it, the latest first."""
    return Payout.objects.filter(ref__regex=rf"^statement:{statement.pk}(/\d+)?$").order_by("-id")


def debts_of(seller: Seller) -> models.QuerySet[SettlementLine]:
    """Returns after the settlement: why something was or will be netted."""
    return seller.settlement_lines.filter(kind=SettlementLine.Kind.AFTER_RETURN).select_related("product_order__order")


def open_hold(seller: Seller) -> Hold | None:
    """What stops the payouts of a seller now, and who said so."""
    return Hold.objects.filter(seller=seller, released_at=None).select_related("placed_by").first()


def upcoming(seller: Seller, *, held: bool | None = None) -> Upcoming:
    """What comes next. `held`: whether payouts are stopped, where that is known already."""
    due = (
        seller.settlement_lines.filter(statement=None)
        .exclude(kind=SettlementLine.Kind.AFTER_RETURN)
        .values_list("due_date")
        .annotate(won=Sum("net"), n=Count("id"))
        .order_by("due_date")
    )
    open_lines = ProductOrder.objects.filter(
        seller=seller, status__in=[LineStatus.PAID, LineStatus.DELIVERING, LineStatus.DELIVERED]
    ).values_list(
        F("unit_price") * (F("quantity") - F("canceled_quantity") - F("returned_quantity") - F("exchanged_quantity"))
        - F("seller_discount"),
        "commission_bp",
    )
    nets = [amount - sum(commission_of(amount, bp)) for amount, bp in open_lines]
    return Upcoming(
        due=[Due(day, won, n) for day, won, n in due],
        waiting=sum(nets),
        waiting_lines=len(nets),
        debt=balance_of("OPS", "SELLER_DEBT", seller.pk),
        held=Hold.objects.filter(seller=seller, released_at=None).exists() if held is None else held,
    )
