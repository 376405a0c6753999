"""Offers are written, begin and stop; sellers agree to bear a share; budgets are set."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dure.commerce.promotions.errors import AgencyExists, BudgetTooSmall, OfferFixed, OfferIncomplete, TermsChanged
from dure.commerce.promotions.models import Agency, Budget, EventPrice, Offer, OfferConsent
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
        if known := Offer.objects.filter(key=key).first():  # the same form, a moment earlier
            return known
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
