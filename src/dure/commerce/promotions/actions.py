"""Offers begin and stop, sellers agree to bear a share, buyers take coupons, orders use them and give them back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from dure.commerce.promotions import guard, points, rules
from dure.commerce.promotions.errors import (
    AgencyExists,
    BudgetSpent,
    BudgetTooSmall,
    CouponGone,
    CouponNotOn,
    CouponNotUsable,
    CouponTaken,
    FirstOrderOnly,
    NoSuchCode,
    OfferFixed,
    OfferIncomplete,
    TermsChanged,
)
from dure.commerce.promotions.models import (
    Agency,
    Budget,
    Coupon,
    EventPrice,
    Offer,
    OfferConsent,
    PointsAccount,
    Redemption,
)
from dure.commerce.promotions.rules import LineDiscount, Reckoned
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.idempotency import body_hash
from dure.kit.money import won
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

Kind = Offer.Kind


@dataclass(frozen=True)
class Terms:
    """What an offer says. Shares in basis points, amounts in won; `targets`: ids of the scope's kind."""

    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime
    how: str = Offer.How.RATE
    value: int = 0
    cap: int | None = None
    min_spend: int = 0
    buy: int = 0
    free: int = 0
    gift_option_id: int | None = None
    scope: str = Offer.Scope.ALL
    targets: tuple[int, ...] = ()
    platform_bp: int = 10_000
    seller_bp: int = 0
    agency_bp: int = 0
    agency_id: int | None = None
    issue: str = Offer.Issue.CLICK
    code: str = ""
    quantity: int | None = None
    per_buyer: int = 1
    first_order: bool = False
    valid_days: int | None = None
    exhibition: int | None = None


TERMS = [f.name for f in fields(Terms)]


# ── Offers ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def draft(terms: Terms, *, key: uuid.UUID, by: User | None, seller: Seller | None = None) -> Offer:
    """A seller's own offer is at its own cost, for its own goods. The same `key` twice is one offer.

    Raises OfferIncomplete.
    """
    if known := Offer.objects.filter(key=key).first():
        return known
    told = _own(terms, seller)
    _refuse_incomplete(terms, told)
    try:
        with transaction.atomic():
            offer = Offer.objects.create(key=key, seller=seller, created_by=by, created_at=clock.now(), **told)
    except IntegrityError as error:
        raise _said(error) from error
    audit.record("promotions.drafted", offer, by=by)
    return offer


@transaction.atomic
def rewrite(offer: Offer, terms: Terms, *, by: User | None) -> Offer:
    """While nobody has agreed to anything. Raises OfferFixed, OfferIncomplete."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.terms_hash:
        raise OfferFixed()
    told = _own(terms, offer.seller)
    _refuse_incomplete(terms, told)
    for name, value in told.items():
        setattr(offer, name, value)
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError as error:
        raise _said(error) from error
    audit.record("promotions.rewritten", offer, by=by)
    return offer


@transaction.atomic
def begin(offer: Offer, *, by: User | None) -> Offer:
    """From now on its terms are fixed and hold by the clock. A seller's own offer is agreed to with it.

    Raises WrongState, OfferIncomplete (an instant discount without prices).
    """
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.kind == Kind.INSTANT and not offer.prices.exclude(status=EventPrice.Status.DECLINED).exists():
        raise OfferIncomplete(why=_("할인할 상품과 가격을 먼저 정해 주세요."), at="prices")
    terms = terms_of(offer)
    move(offer, Offer.Status.ACTIVE, by=by, only_from=[Offer.Status.DRAFT])
    fix_terms(offer, by=by)
    if offer.seller:
        OfferConsent.objects.create(
            offer=offer, seller=offer.seller, terms=terms, terms_hash=offer.terms_hash, by=by, at=clock.now()
        )
    emit("promotions.begun", offer, offer_id=offer.pk, kind=offer.kind, seller_id=offer.seller_id)
    return offer


@transaction.atomic
def fix_terms(offer: Offer, *, by: User | None) -> str:
    """Somebody is told of the terms: from now on they stay (a trigger sees to it). Returns their hash."""
    if not offer.terms_hash:
        offer.terms_hash = body_hash(terms_of(offer))
        offer.save(update_fields=["terms_hash"])
        audit.record("promotions.terms_fixed", offer, by=by, terms_hash=offer.terms_hash)
    return offer.terms_hash


@transaction.atomic
def stop(offer: Offer, *, by: User | None, why: str = "") -> None:
    """No new order gets it; orders placed keep what they were promised."""
    move(offer, Offer.Status.STOPPED, by=by, why=why)
    emit("promotions.stopped", offer, offer_id=offer.pk)


@transaction.atomic
def resume(offer: Offer, *, by: User | None) -> None:
    move(offer, Offer.Status.ACTIVE, by=by, only_from=[Offer.Status.STOPPED])
    emit("promotions.begun", offer, offer_id=offer.pk, kind=offer.kind, seller_id=offer.seller_id)


@transaction.atomic
def discard(offer: Offer, *, by: User | None) -> None:
    """Throw a draft away. Raises OfferFixed."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.terms_hash:
        raise OfferFixed()
    audit.record("promotions.discarded", offer, by=by, name=offer.name)
    offer.delete()


def terms_of(offer: Offer) -> dict[str, Any]:
    """The terms as they are agreed to, as JSON."""
    told = {name: getattr(offer, name) for name in TERMS}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in told.items()}


def _own(terms: Terms, seller: Seller | None) -> dict[str, Any]:
    told = asdict(terms) | {"targets": list(terms.targets), "code": terms.code.strip().upper()}
    if terms.issue != Offer.Issue.CODE or terms.kind not in Offer.COUPONS:
        told["code"] = ""
    if seller is None:
        return told
    told |= {"platform_bp": 0, "seller_bp": 10_000, "agency_bp": 0, "agency_id": None}
    if terms.scope != Offer.Scope.PRODUCT:
        told |= {"scope": Offer.Scope.SELLER.value, "targets": [seller.pk]}
    return told


def _refuse_incomplete(terms: Terms, told: Mapping[str, Any]) -> None:
    """The first thing that is missing or does not fit, in the order of the form. Raises OfferIncomplete."""
    coupon = terms.kind in Offer.COUPONS
    wrong: list[tuple[bool, str, str]] = [
        (not terms.name.strip(), "name", _("이름을 적어 주세요.")),
        (terms.ends_at <= terms.starts_at, "ends_at", _("끝나는 때는 시작보다 뒤여야 해요.")),
        (coupon and terms.value < 1, "value", _("얼마를 깎을지 적어 주세요.")),
        (terms.how == Offer.How.RATE and terms.value > 10_000, "value", _("할인율은 100%를 넘을 수 없어요.")),
        (
            terms.kind == Kind.NPLUS1 and min(terms.buy, terms.free) < 1,
            "buy",
            _("몇 개를 사면 몇 개를 더 줄지 적어 주세요."),
        ),
        (terms.kind == Kind.GIFT and not terms.gift_option_id, "gift_option", _("사은품을 골라 주세요.")),
        (told["scope"] != Offer.Scope.ALL and not told["targets"], "targets", _("대상을 하나 이상 골라 주세요.")),
        (
            told["platform_bp"] + told["seller_bp"] + told["agency_bp"] != 10_000
            or min(told["platform_bp"], told["seller_bp"], told["agency_bp"]) < 0,
            "platform_bp",
            _("분담률은 더해서 100%가 되어야 해요."),
        ),
        (told["agency_bp"] > 0 and not told["agency_id"], "agency", _("분담하는 기관을 골라 주세요.")),
        (terms.issue == Offer.Issue.CODE and coupon and not terms.code.strip(), "code", _("쿠폰 코드를 적어 주세요.")),
    ]
    for broken, at, why in wrong:
        if broken:
            raise OfferIncomplete(why=why, at=at)


def _said(error: IntegrityError) -> Exception:
    if "one_offer_per_code" in str(error):
        return OfferIncomplete(why=_("이미 쓰고 있는 쿠폰 코드예요."), at="code")
    return error


@transaction.atomic
def set_budget(
    offer: Offer, bearer: str, cap: int | None, *, by: User | None, seller: Seller | None = None
) -> Budget | None:
    """The most it may cost a bearer (ALL: the whole); None takes the cap away. Raises BudgetTooSmall."""
    kept = Budget.objects.filter(offer=offer, bearer=bearer, seller=seller)
    audit.record("promotions.budget_set", offer, by=by, bearer=bearer, seller=seller and seller.pk, cap=cap)
    if cap is None:
        kept.delete()
        return None
    if kept.exists():
        if not kept.filter(spent__lte=cap).update(cap=cap):
            raise BudgetTooSmall(spent=won(kept.get().spent))
        return kept.get()
    spent = _spent_so_far(offer, bearer, seller)
    if spent > cap:
        raise BudgetTooSmall(spent=won(spent))
    return Budget.objects.create(offer=offer, bearer=bearer, seller=seller, cap=cap, spent=spent)


def _spent_so_far(offer: Offer, bearer: str, seller: Seller | None) -> int:
    column = {"ALL": "amount", "PLATFORM": "platform", "SELLER": "seller_share", "AGENCY": "agency_share"}[bearer]
    rows = offer.redemptions.filter(given_back_at=None)
    return sum((rows.filter(seller=seller) if seller else rows).values_list(column, flat=True))


# ── Consent ──────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def consent(offer: Offer, seller: Seller, *, terms_hash: str, cap: int | None, by: User) -> OfferConsent:
    """The seller agrees to bear its share of the terms it was shown (`terms_hash`), up to `cap` won.

    Raises TermsChanged, BudgetTooSmall. Agreed before: the same consent.
    """
    offer = Offer.objects.get(pk=offer.pk)
    if not offer.terms_hash or offer.terms_hash != terms_hash:
        raise TermsChanged()
    given, created = OfferConsent.objects.get_or_create(
        offer=offer,
        seller=seller,
        withdrawn_at=None,
        defaults={"terms": terms_of(offer), "terms_hash": terms_hash, "by": by, "at": clock.now()},
    )
    if cap is not None:
        set_budget(offer, Budget.Bearer.SELLER, cap, by=by, seller=seller)
    if created:
        audit.record("promotions.consented", offer, by=by, seller=seller.pk, terms_hash=terms_hash, cap=cap)
        emit("promotions.consented", offer, offer_id=offer.pk, seller_id=seller.pk)
    return given


@transaction.atomic
def withdraw_consent(offer: Offer, seller: Seller, *, by: User) -> bool:
    """From now on the seller's goods are out; orders placed keep the share they were sold under."""
    given = OfferConsent.objects.filter(offer=offer, seller=seller, withdrawn_at=None)
    if not given.update(withdrawn_at=clock.now(), withdrawn_by=by):
        return False
    audit.record("promotions.consent_withdrawn", offer, by=by, seller=seller.pk)
    emit("promotions.consent_withdrawn", offer, offer_id=offer.pk, seller_id=seller.pk)
    return True


@transaction.atomic
def name_agency(name: str, *, by: User | None, contact: str = "", email: str = "", phone: str = "") -> Agency:
    """Raises AgencyExists."""
    try:
        with transaction.atomic():
            agency = Agency.objects.create(
                name=name.strip(), contact=contact.strip(), email=email.strip(), phone=phone.strip()
            )
    except IntegrityError as error:
        raise AgencyExists() from error
    audit.record("promotions.agency_named", agency, by=by)
    return agency


# ── The price of an option in an instant discount ────────────────────────────────────────────────────────────────


@transaction.atomic
def set_event_prices(
    offer: Offer, prices: Mapping[int, int], *, by: User | None, by_seller: bool = False
) -> list[EventPrice]:
    """Event prices by option id: a seller's own count at once; others wait for the other side's yes.

    Each must lie below the lowest price of the last thirty days: raising the price before a discount gains nothing.
    Raises PriceNotLower with the first that does not.
    """
    own = bool(offer.seller_id)
    moment = clock.now()
    kept = []
    for seen in guard.seen_prices(prices, moment):
        guard.refuse_not_lower(seen, prices[seen.option.pk])
        told = {
            "seller_id": seen.option.product.seller_id,
            "list_price": seen.now,
            "low": seen.low,
            "price": prices[seen.option.pk],
            "by_seller": by_seller or own,
            "status": EventPrice.Status.ACCEPTED if own else EventPrice.Status.PROPOSED,
            "answered_by": by if own else None,
            "answered_at": moment if own else None,
        }
        row = EventPrice.objects.select_for_update().filter(offer=offer, option=seen.option).first()
        if row is None:
            row = EventPrice(offer=offer, option=seen.option, created_at=moment)
        elif row.status == EventPrice.Status.ACCEPTED:
            if (row.price, row.list_price) == (told["price"], told["list_price"]):
                kept.append(row)
                continue
            told["status"] = EventPrice.Status.PROPOSED  # another price is agreed to anew
        for name, value in told.items():
            setattr(row, name, value)
        row.save()
        kept.append(row)
    audit.record("promotions.prices_set", offer, by=by, options=[row.option_id for row in kept])
    return kept


@transaction.atomic
def answer_prices(offer: Offer, seller: Seller, *, accept: list[int], decline: list[int], by: User) -> tuple[int, int]:
    """The seller says yes or no to proposed prices, by option id. A price the catalogue has overtaken meanwhile is not
    accepted. Returns (accepted, declined). Raises PriceNotLower."""
    moment = clock.now()
    open_rows = EventPrice.objects.filter(offer=offer, seller=seller, status=EventPrice.Status.PROPOSED)
    asked = dict(open_rows.filter(option__in=accept).values_list("option_id", "price"))
    for seen in guard.seen_prices(asked, moment):
        guard.refuse_not_lower(seen, asked[seen.option.pk])
    answer = {"answered_by": by, "answered_at": moment}
    yes = open_rows.filter(option__in=asked).update(status=EventPrice.Status.ACCEPTED, **answer)
    no = open_rows.filter(option__in=decline).update(status=EventPrice.Status.DECLINED, **answer)
    audit.record("promotions.prices_answered", offer, by=by, seller=seller.pk, accepted=sorted(asked), declined=decline)
    return yes, no


@transaction.atomic
def withdraw_prices(offer: Offer, seller: Seller, *, options: list[int] | None = None, by: User) -> int:
    """Out of the event, some or all; orders placed keep their price."""
    rows = EventPrice.objects.filter(offer=offer, seller=seller).exclude(status=EventPrice.Status.DECLINED)
    if options is not None:
        rows = rows.filter(option__in=options)
    taken = rows.update(status=EventPrice.Status.WITHDRAWN, answered_by=by, answered_at=clock.now())
    audit.record("promotions.prices_withdrawn", offer, by=by, seller=seller.pk, options=options)
    return taken


# ── Coupons ──────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take_coupon(offer: Offer, buyer: User) -> Coupon:
    """Into the buyer's box; first come, first served. Raises CouponNotOn, CouponTaken, CouponGone."""
    moment = clock.now()
    on = Offer.objects.on_at(moment).filter(pk=offer.pk, kind__in=Offer.COUPONS).first()
    if on is None:
        raise CouponNotOn()
    nth = Coupon.objects.filter(offer=on, buyer=buyer).count() + 1
    if nth > on.per_buyer:
        raise CouponTaken(per_buyer=on.per_buyer)
    room = Q(quantity=None) | Q(quantity__gt=F("issued"))
    if not Offer.objects.filter(room, pk=on.pk).update(issued=F("issued") + 1):
        raise CouponGone()
    expires = on.ends_at
    if on.valid_days:
        last = clock.kst_date(moment) + timedelta(days=on.valid_days)
        expires = min(expires, datetime.combine(last, time.max, clock.KST))
    try:
        with transaction.atomic():
            coupon = Coupon.objects.create(offer=on, buyer=buyer, nth=nth, issued_at=moment, expires_at=expires)
    except IntegrityError as error:  # the other of two presses was faster
        raise CouponTaken(per_buyer=on.per_buyer) from error
    emit("promotions.coupon_taken", coupon, offer_id=on.pk, buyer_id=buyer.pk)
    return coupon


def take_by_code(code: str, buyer: User) -> Coupon:
    """Raises NoSuchCode and what `take_coupon` raises."""
    offer = Offer.objects.filter(code=code.strip().upper()).exclude(code="").exclude(status="DRAFT").first()
    if offer is None:
        raise NoSuchCode()
    return take_coupon(offer, buyer)


# ── On an order ──────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def redeem(order_id: int, buyer_id: int | None, reckoned: Reckoned, *, at: datetime) -> None:
    """An order being placed takes its coupons, its part of the budgets and its points, all or none.

    Raises CouponNotUsable, FirstOrderOnly, BudgetSpent, NotEnoughPoints.
    """
    if not reckoned.discounts:
        return
    _use_coupons(order_id, buyer_id, reckoned.coupons, at)
    _take_budgets(reckoned.discounts)
    _write_redemptions(order_id, reckoned.discounts, at)
    if reckoned.points and buyer_id:
        points.use(buyer_id, reckoned.points, ref=f"order:{order_id}", at=at)


def _use_coupons(order_id: int, buyer_id: int | None, coupon_ids: list[int], at: datetime) -> None:
    if not coupon_ids:
        return
    mine = Coupon.objects.filter(pk__in=coupon_ids, buyer_id=buyer_id or 0).usable(at)
    first_only = mine.filter(offer__first_order=True).exists()
    if first_only and PointsAccount.objects.filter(pk=buyer_id, first_paid_at__isnull=False).exists():
        raise FirstOrderOnly()
    used = Coupon.objects.filter(pk__in=mine.values("pk"), status=Coupon.Status.HELD)
    if used.update(status=Coupon.Status.USED, order=order_id, used_at=at) != len(coupon_ids):
        raise CouponNotUsable()


def _take_budgets(discounts: list[LineDiscount]) -> None:
    """In the order of their ids, so that two orders cannot wait for each other; each a conditional UPDATE."""
    borne = {offer: rules.burdens(rows) for offer, rows in _by_offer(discounts).items()}
    for budget in Budget.objects.filter(offer__in=borne).select_related("offer").order_by("id"):
        need = borne[budget.offer_id].get((budget.bearer, budget.seller_id), 0)
        if need and not _spend(budget, need):
            raise BudgetSpent(name=budget.offer.name)


def _spend(budget: Budget, need: int) -> bool:
    room = Budget.objects.filter(pk=budget.pk, cap__gte=F("spent") + need)
    return bool(room.update(spent=F("spent") + need))


def _by_offer(discounts: list[LineDiscount]) -> dict[int, list[LineDiscount]]:
    grouped: dict[int, list[LineDiscount]] = defaultdict(list)
    for discount in discounts:
        if discount.offer:
            grouped[discount.offer].append(discount)
    return grouped


def _write_redemptions(order_id: int, discounts: list[LineDiscount], at: datetime) -> None:
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for d in discounts:
        if d.offer:
            part = sums[d.offer, d.seller]
            part[0] += d.platform_share
            part[1] += d.seller_share
            part[2] += d.agency_share
    Redemption.objects.bulk_create(
        Redemption(
            order=order_id,
            offer_id=offer,
            seller_id=seller,
            amount=sum(part),
            platform=part[0],
            seller_share=part[1],
            agency_share=part[2],
            at=at,
        )
        for (offer, seller), part in sorted(sums.items())
    )


@transaction.atomic
def give_back(order_id: int, *, at: datetime, with_points: bool = True) -> None:
    """An order ended as if it had not been (expired, or cancelled whole): its coupons are in the box again, usable as
    long as they would have been; the budgets have their money again. Points come back whole with an expired order; a
    cancelled one's came back claim by claim (`with_points` False). Again: nothing more."""
    rows = list(Redemption.objects.select_for_update().filter(order=order_id, given_back_at=None).order_by("id"))
    Coupon.objects.filter(order=order_id, status=Coupon.Status.USED).update(
        status=Coupon.Status.HELD, order=None, used_at=None
    )
    back: dict[tuple[int, str, int | None], int] = defaultdict(int)
    for row in rows:
        back[row.offer_id, Budget.Bearer.ALL, None] += row.amount
        back[row.offer_id, Budget.Bearer.PLATFORM, None] += row.platform
        back[row.offer_id, Budget.Bearer.AGENCY, None] += row.agency_share
        back[row.offer_id, Budget.Bearer.SELLER, row.seller_id] += row.seller_share
    for budget in Budget.objects.filter(offer__in={row.offer_id for row in rows}).order_by("id"):
        if won_back := back[budget.offer_id, budget.bearer, budget.seller_id]:
            Budget.objects.filter(pk=budget.pk).update(spent=F("spent") - won_back)
    Redemption.objects.filter(pk__in=[row.pk for row in rows]).update(given_back_at=at)
    if with_points:
        points.back_all(f"order:{order_id}", at=at)


@transaction.atomic
def note_purchase(buyer_id: int, *, at: datetime) -> None:
    """The buyer has paid an order: coupons for a first order are no longer for them."""
    PointsAccount.objects.get_or_create(user_id=buyer_id)
    PointsAccount.objects.filter(user_id=buyer_id, first_paid_at=None).update(first_paid_at=at)
