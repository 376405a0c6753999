"""Instant discounts that stand alone: a shop's own begins at once, the house's waits for each shop's yes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction

from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.promotions import offers, prices
from dure.commerce.promotions.errors import DiscountOver, NothingChosen, NotYourGoods
from dure.commerce.promotions.models import Budget, EventPrice, Offer, OfferConsent
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.people.models import User

Status = EventPrice.Status


@transaction.atomic
def discount(
    terms: offers.Terms,
    wanted: Mapping[int, int],
    *,
    key: uuid.UUID,
    by: User | None,
    seller: Seller | None = None,
    caps: Mapping[str, int] | None = None,
) -> Offer:
    """`wanted`: event prices by option id; `caps`: budgets by bearer, won. The same `key` twice is one discount.

    Raises NothingChosen, NotYourGoods, PriceNotLower, OfferIncomplete.
    """
    if known := Offer.objects.filter(key=key).first():
        return known
    options = on_sale(wanted, seller)
    offer = offers.draft(terms, key=key, by=by, seller=seller)
    if offer.terms_hash:  # the same form, a moment earlier
        return offer
    prices.set_event_prices(offer, wanted, by=by)
    for bearer, cap in (caps or {}).items():
        offers.set_budget(offer, bearer, cap, by=by)
    offer = offers.begin(offer, by=by)
    if seller is None:
        for asked in sorted({o.product.seller_id for o in options}):
            emit("promotions.discount_proposed", offer, offer_id=offer.pk, seller_id=asked)
    return offer


def on_sale(wanted: Mapping[int, int], seller: Seller | None = None) -> list[Option]:
    """The options, all on sale (in the seller's shop). Raises NothingChosen, NotYourGoods."""
    if not wanted:
        raise NothingChosen()
    options = Option.objects.filter(pk__in=wanted, active=True, product__status=ProductStatus.ON_SALE)
    if seller is not None:
        options = options.filter(product__seller=seller)
    found = list(options.select_related("product"))
    if len(found) != len(wanted):
        raise NotYourGoods()
    return found


@transaction.atomic
def answer_discount(
    offer: Offer, seller: Seller, *, accept: Sequence[int], terms_hash: str, cap: int | None, by: User
) -> int:
    """The shop agrees to the terms it was shown (`terms_hash`) for the options of `accept`, and declines the others that
    wait. Returns how many it agreed to.

    Raises DiscountOver, TermsChanged, PriceNotLower, BudgetTooSmall.
    """
    offer = _open(offer)
    proposed = EventPrice.objects.filter(offer=offer, seller=seller, status=Status.PROPOSED)
    waiting = set(proposed.values_list("option_id", flat=True))
    yes = [pk for pk in accept if pk in waiting]
    if yes:
        offers.consent(offer, seller, terms_hash=terms_hash, cap=cap, by=by)
    prices.answer_prices(offer, seller, accept=yes, decline=sorted(waiting - set(yes)), by=by)
    emit("promotions.discount_answered", offer, offer_id=offer.pk, seller_id=seller.pk, accepted=len(yes))
    return len(yes)


@transaction.atomic
def leave_discount(offer: Offer, seller: Seller, *, by: User) -> int:
    """The shop takes its goods out at once; orders placed keep their price and share. Returns how many options."""
    held = EventPrice.objects.filter(offer=offer, seller=seller, status=Status.ACCEPTED)
    gone = prices.withdraw_prices(offer, seller, options=list(held.values_list("option_id", flat=True)), by=by)
    offers.withdraw_consent(offer, seller, by=by)
    return gone


@transaction.atomic
def come_back(offer: Offer, seller: Seller, *, by: User) -> int:
    """Leaving is undone: the prices the shop had agreed to hold again, where they are still a discount.

    The cap the shop had set is kept. Raises DiscountOver, PriceNotLower.
    """
    offer = _open(offer)
    left = EventPrice.objects.filter(offer=offer, seller=seller, status=Status.WITHDRAWN, answered_by=by)
    options = list(left.values_list("option_id", flat=True))
    if not options or not OfferConsent.objects.filter(offer=offer, seller=seller).exists():
        return 0
    left.update(status=Status.PROPOSED)
    cap = Budget.objects.filter(offer=offer, bearer=Budget.Bearer.SELLER, seller=seller).first()
    offers.consent(offer, seller, terms_hash=offer.terms_hash, cap=cap.cap if cap else None, by=by)
    accepted, _declined = prices.answer_prices(offer, seller, accept=options, decline=[], by=by)
    audit.record("promotions.discount_rejoined", offer, by=by, seller=seller.pk)
    return accepted


def _open(offer: Offer) -> Offer:
    """Not stopped and not over. Raises DiscountOver."""
    found = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if found.status != Offer.Status.ACTIVE or found.ends_at <= clock.now():
        raise DiscountOver()
    return found
