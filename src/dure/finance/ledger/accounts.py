"""The chart of accounts, and how a posting finds the ids it posts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dure.finance.ledger.models import Account, Pool, Side

CURRENCY = "KRW"


@dataclass(frozen=True)
class Spec:
    side: Side
    floor: bool = True
    per_seller: bool = False
    per_agency: bool = False
    mirror: bool = False
    per_subject: bool = False


CHART: dict[tuple[str, str], Spec] = {
    # Customers' money: where it is …
    ("SEG", "BANK"): Spec(Side.ASSET),
    ("SEG", "PG_RECV"): Spec(Side.ASSET, floor=False),  # refunds may run ahead of sales at the payment provider
    # … whom it is owed to …
    ("SEG", "HELD"): Spec(Side.LIABILITY, per_subject=True),
    ("SEG", "REFUND_PAYABLE"): Spec(Side.LIABILITY),
    ("SEG", "SELLER"): Spec(Side.LIABILITY, per_seller=True),
    ("SEG", "TRANSIT"): Spec(Side.LIABILITY),
    # … and the operator's stake among it.
    ("SEG", "RESIDUAL"): Spec(Side.LIABILITY, mirror=True),
    # The operator's own books.
    ("OPS", "BANK"): Spec(Side.ASSET, floor=False),
    ("OPS", "DUE_FROM_SEG"): Spec(Side.ASSET, mirror=True),
    ("OPS", "SELLER_DEBT"): Spec(Side.ASSET, per_seller=True),
    ("OPS", "INPUT_VAT"): Spec(Side.ASSET, floor=False),
    ("OPS", "VAT_OUT"): Spec(Side.LIABILITY, floor=False),
    ("OPS", "CAPITAL"): Spec(Side.EQUITY, floor=False),
    ("OPS", "COMMISSION"): Spec(Side.REVENUE, floor=False),
    ("OPS", "PG_FEE"): Spec(Side.EXPENSE, floor=False),
    ("OPS", "COUPON"): Spec(Side.EXPENSE, floor=False),
    ("OPS", "AGENCY_DUE"): Spec(Side.ASSET, floor=False, per_agency=True),  # a return may come after it was paid
}


NAMES = {  # as people of the office read them
    ("SEG", "BANK"): _("별도관리 은행 계좌"),
    ("SEG", "PG_RECV"): _("결제사에서 받을 돈"),
    ("SEG", "HELD"): _("구매확정을 기다리는 돈"),
    ("SEG", "REFUND_PAYABLE"): _("구매자에게 돌려줄 돈"),
    ("SEG", "SELLER"): _("판매자에게 줄 돈"),
    ("SEG", "TRANSIT"): _("은행으로 가고 있는 돈"),
    ("SEG", "RESIDUAL"): _("별도관리 자금 안의 우리 몫"),
    ("OPS", "BANK"): _("우리 은행 계좌"),
    ("OPS", "DUE_FROM_SEG"): _("별도관리 자금에서 받을 우리 몫"),
    ("OPS", "SELLER_DEBT"): _("판매자가 갚을 돈"),
    ("OPS", "INPUT_VAT"): _("낸 부가세"),
    ("OPS", "VAT_OUT"): _("받은 부가세"),
    ("OPS", "CAPITAL"): _("운영자금"),
    ("OPS", "COMMISSION"): _("판매 수수료"),
    ("OPS", "PG_FEE"): _("결제사 수수료"),
    ("OPS", "COUPON"): _("우리가 낸 할인"),
    ("OPS", "AGENCY_DUE"): _("지원기관에서 받을 할인 분담금"),
}


@dataclass(frozen=True)
class Leg:
    """One leg of a posting: won, debit > 0, credit < 0, and what it is about."""

    pool: str
    name: str
    amount: int
    owner: int | None = None
    order_line: int | None = None
    shipping_charge: int | None = None

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.pool, self.name, self.owner


def seg(
    name: str, amount: int, *, seller: int | None = None, line: int | None = None, shipping: int | None = None
) -> Leg:
    return Leg(Pool.SEG.value, name, amount, seller, line, shipping)


def ops(
    name: str,
    amount: int,
    *,
    seller: int | None = None,
    agency: int | None = None,
    line: int | None = None,
    shipping: int | None = None,
) -> Leg:
    return Leg(Pool.OPS.value, name, amount, seller if agency is None else agency, line, shipping)


def open_for(legs: Iterable[Leg]) -> None:
    """Open the accounts of the legs that do not exist yet. Raises KeyError for a name outside the chart."""
    wanted = sorted({leg.key for leg in legs}, key=str)
    for pool, name, owner in wanted:
        spec = CHART[pool, name]
        if (spec.per_seller or spec.per_agency) != (owner is not None):
            raise KeyError(f"{pool}:{name} is {'' if owner is None else 'not '}kept per owner")
    Account.objects.bulk_create(
        [
            Account(
                pool=pool,
                name=name,
                owner=owner,
                currency=CURRENCY,
                side=CHART[pool, name].side,
                floor_zero=CHART[pool, name].floor,
                mirror=CHART[pool, name].mirror,
                per_subject=CHART[pool, name].per_subject,
            )
            for pool, name, owner in wanted
        ],
        ignore_conflicts=True,
    )
