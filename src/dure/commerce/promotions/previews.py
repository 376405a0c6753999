"""Event prices before anybody agrees: what one sale at each comes to for each party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dure.commerce.pricing.queries import commissions_of
from dure.commerce.promotions import guard, rules
from dure.commerce.promotions.models import EventPrice, Offer
from dure.commerce.promotions.queries import shares_of
from dure.kit import clock


@dataclass(frozen=True)
class Proposal:
    """One option's event price with what one sale at it comes to for each party."""

    seen: guard.Seen
    price: int
    outcome: rules.Outcome
    status: str = ""
    by_seller: bool = False
    picked: bool = True  # on a form: ticked

    @property
    def said(self) -> str:
        return str(EventPrice.Status(self.status).label) if self.status else ""

    @property
    def lower(self) -> bool:
        """It is a discount: below the lowest of thirty days."""
        return self.price < self.seen.low


def previews(
    shares: rules.Shares, prices: Mapping[int, int], at: datetime, rows: Sequence[guard.Seen] | None = None
) -> list[Proposal]:
    """What each price would come to: discount, its bearers, commission, VAT, what arrives. In five queries, three when the
    options were looked at before (`rows`)."""
    rows = guard.seen_prices(prices, at) if rows is None else rows
    asked = {(s.option.product.seller_id, s.option.product.category_id) for s in rows}
    bps = commissions_of(asked, clock.kst_date(at)) if asked else {}
    return [
        Proposal(
            seen,
            prices[seen.option.pk],
            rules.outcome(
                seen.now,
                max(seen.now - prices[seen.option.pk], 0),
                shares,
                bps[seen.option.product.seller_id, seen.option.product.category_id],
            ),
        )
        for seen in rows
    ]


def previews_of(offer: Offer, rows: Iterable[EventPrice], at: datetime) -> list[Proposal]:
    """Prices that stand in an offer, each with the state of its answer."""
    by_option = {row.option_id: row for row in rows}
    found = previews(shares_of(offer), {pk: row.price for pk, row in by_option.items()}, at)
    return [
        replace(p, status=by_option[p.seen.option.pk].status, by_seller=by_option[p.seen.option.pk].by_seller)
        for p in found
    ]
