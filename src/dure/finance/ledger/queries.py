"""Reads of the ledger: proof of funds, balances, the walk of one won."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dure.finance.ledger.models import Balance, Entry, Held, Journal, Kind, Verification
from dure.kit import checks


@dataclass(frozen=True)
class SellerPart:
    """A seller's inclusion: what it is owed now, and what is on its way to it or held for its lines is on top."""

    seller: int
    owed: int


@dataclass(frozen=True)
class Proof:
    """Customers' money at this moment, won. funds = owed + residual, and residual >= 0, by the database's own rules."""

    bank: int  # in the segregated account
    receivable: int  # at the payment provider
    held: int  # buyers' money of orders under way
    refunds: int  # owed to buyers
    sellers: int  # owed to sellers
    transit: int  # on its way to sellers
    residual: int  # the operator's own stake
    due_from_seg: int  # the same stake in the operator's books
    per_seller: list[SellerPart]

    @property
    def funds(self) -> int:
        return self.bank + self.receivable

    @property
    def owed(self) -> int:
        return self.held + self.refunds + self.sellers + self.transit

    @property
    def covered(self) -> bool:
        return self.funds >= self.owed and self.funds - self.owed == self.residual == self.due_from_seg


def proof_of_funds() -> Proof:
    """One statement, one snapshot: what is kept apart, and whom it is owed to."""
    sums: dict[tuple[str, str], int] = {}
    sellers: list[SellerPart] = []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.pool, a.name, a.owner, CASE WHEN b.credit_normal THEN -b.amount ELSE b.amount END
                 FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
                WHERE a.currency = 'KRW' ORDER BY a.owner"""
        )
        for pool, name, owner, amount in cursor.fetchall():
            sums[pool, name] = sums.get((pool, name), 0) + amount
            if (pool, name) == ("SEG", "SELLER") and amount:
                sellers.append(SellerPart(owner, amount))
    seg = {name: amount for (pool, name), amount in sums.items() if pool == "SEG"}
    return Proof(
        bank=seg.get("BANK", 0),
        receivable=seg.get("PG_RECV", 0),
        held=seg.get("HELD", 0),
        refunds=seg.get("REFUND_PAYABLE", 0),
        sellers=seg.get("SELLER", 0),
        transit=seg.get("TRANSIT", 0),
        residual=seg.get("RESIDUAL", 0),
        due_from_seg=sums.get(("OPS", "DUE_FROM_SEG"), 0),
        per_seller=sellers,
    )


def balance_of(pool: str, name: str, seller: int | None = None) -> int:
    """In the account's normal direction, won; 0 for an account never used."""
    row = Balance.objects.filter(account__pool=pool, account__name=name, account__owner=seller).first()
    if row is None:
        return 0
    return -row.amount if row.credit_normal else row.amount


def held_for_line(product_order: int) -> int:
    return Held.objects.filter(order_line=product_order).values_list("amount", flat=True).first() or 0


def held_for_shipping(charge: int) -> int:
    return Held.objects.filter(shipping_charge=charge).values_list("amount", flat=True).first() or 0


def trial_balance() -> list[Balance]:
    rows = Balance.objects.exclude(amount=0).select_related("account")
    return list(rows.order_by("-account__pool", "account__side", "account__name", "account__owner"))


def journals_of(*, lines: list[int], charges: list[int]) -> list[tuple[Journal, list[Entry]]]:
    """Every journal that moved money of these order lines and shipping charges with its legs, oldest first; one query."""
    about = (
        Entry.objects.filter(order_line__in=lines)
        .values("journal_id")
        .union(Entry.objects.filter(shipping_charge__in=charges).values("journal_id"))
    )
    legs: dict[Journal, list[Entry]] = {}
    rows = Entry.objects.filter(journal_id__in=about).select_related("journal", "account")
    for leg in rows.order_by("journal_id", "line"):
        legs.setdefault(leg.journal, []).append(leg)
    return list(legs.items())


def last_verification() -> tuple[datetime, list[checks.Result]] | None:
    """When every invariant was recomputed last, and what came out."""
    kept = Verification.objects.order_by("-at", "-id").first()
    if kept is None:
        return None
    about = {check.name: str(check.about) for check in checks.every()}
    return kept.at, [checks.Result(about=about.get(told["name"], told["name"]), **told) for told in kept.results]


def is_posted(kind: Kind, ref: str) -> bool:
    """Whether this money event has happened."""
    return Journal.objects.filter(kind=kind, ref=ref).exists()
