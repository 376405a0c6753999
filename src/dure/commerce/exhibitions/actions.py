"""An exhibition is planned, sellers are asked and answer, it is published, and it opens and closes by the clock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from dure.commerce.catalog.models import Option
from dure.commerce.exhibitions.errors import ExhibitionFixed, NobodyInIt, NotRecruiting, PeriodWrong
from dure.commerce.exhibitions.models import Application, Exhibition, Item, Section
from dure.commerce.promotions import actions as promotions
from dure.commerce.promotions.errors import TermsChanged
from dure.commerce.promotions.instant import on_sale
from dure.commerce.promotions.models import EventPrice, Offer
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

Status = Application.Status


@dataclass(frozen=True)
class Page:
    """What an exhibition says; may be mended at any time."""

    title: str
    tagline: str = ""
    story: str = ""
    theme: str = Exhibition.Theme.PINE
    picture: str = ""
    picture_alt: str = ""


@dataclass(frozen=True)
class Deal:
    """When it is, and who bears the discount (basis points); fixed when sellers are told."""

    starts_at: datetime
    ends_at: datetime
    apply_until: datetime
    platform_bp: int = 10_000
    seller_bp: int = 0
    agency_bp: int = 0
    agency_id: int | None = None


# ── The editor ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def plan(page: Page, deal: Deal, *, key: uuid.UUID, by: User | None) -> Exhibition:
    """The same `key` twice is one exhibition. Raises PeriodWrong, OfferIncomplete."""
    if known := Exhibition.objects.filter(key=key).first():
        return known
    _refuse_period(deal)
    exhibition = Exhibition.objects.create(
        key=key, created_by=by, created_at=clock.now(), **asdict(page), **_period(deal)
    )
    exhibition.offer = promotions.draft(_terms(exhibition, deal), key=key, by=by)
    exhibition.save(update_fields=["offer"])
    Section.objects.create(exhibition=exhibition, title=page.title)
    audit.record("exhibitions.planned", exhibition, by=by)
    return exhibition


@transaction.atomic
def mend_page(exhibition: Exhibition, page: Page, *, by: User | None) -> None:
    """Words, colours and picture; an empty `picture` keeps the one there is."""
    told = asdict(page)
    if not told["picture"]:
        del told["picture"]
    Exhibition.objects.filter(pk=exhibition.pk).update(**told)
    audit.record("exhibitions.mended", exhibition, by=by)


@transaction.atomic
def change_deal(exhibition: Exhibition, deal: Deal, *, by: User | None) -> None:
    """While nobody has been told. Raises ExhibitionFixed, PeriodWrong, OfferIncomplete."""
    exhibition = Exhibition.objects.select_for_update().get(pk=exhibition.pk)
    if exhibition.status != Exhibition.Status.DRAFT or exhibition.offer is None:
        raise ExhibitionFixed()
    _refuse_period(deal)
    for name, value in _period(deal).items():
        setattr(exhibition, name, value)
    exhibition.save()
    promotions.rewrite(exhibition.offer, _terms(exhibition, deal), by=by)


def _refuse_period(deal: Deal) -> None:
    if not deal.starts_at < deal.ends_at or deal.apply_until > deal.ends_at:
        raise PeriodWrong()


def _period(deal: Deal) -> dict[str, datetime]:
    return {"starts_at": deal.starts_at, "ends_at": deal.ends_at, "apply_until": deal.apply_until}


def _terms(exhibition: Exhibition, deal: Deal) -> promotions.Terms:
    return promotions.Terms(
        kind=Offer.Kind.INSTANT,
        name=exhibition.title,
        starts_at=deal.starts_at,
        ends_at=deal.ends_at,
        platform_bp=deal.platform_bp,
        seller_bp=deal.seller_bp,
        agency_bp=deal.agency_bp,
        agency_id=deal.agency_id,
        exhibition=exhibition.pk,
    )


@transaction.atomic
def add_section(exhibition: Exhibition, title: str, text: str = "", *, by: User | None) -> Section:
    last = exhibition.sections.aggregate(last=Max("position"))["last"]
    audit.record("exhibitions.section_added", exhibition, by=by, title=title)
    return Section.objects.create(
        exhibition=exhibition, title=title.strip(), text=text.strip(), position=0 if last is None else last + 1
    )


@transaction.atomic
def arrange(
    exhibition: Exhibition,
    sections: Sequence[tuple[int, str, str, int]],
    items: Sequence[tuple[int, int | None, int, bool]],
    *,
    by: User | None,
) -> None:
    """Sections as (id, title, text, position) and items as (id, section id, position, pinned); a section whose title
    is empty goes, its products stay without one."""
    for pk, title, text, position in sections:
        row = Section.objects.filter(pk=pk, exhibition=exhibition)
        if title.strip():
            row.update(title=title.strip(), text=text.strip(), position=position)
        else:
            row.delete()
    own = set(exhibition.sections.values_list("pk", flat=True))
    for pk, section, position, pinned in items:
        Item.objects.filter(pk=pk, exhibition=exhibition).update(
            section=section if section in own else None, position=position, pinned=pinned
        )
    audit.record("exhibitions.arranged", exhibition, by=by)


# ── Sellers come in ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def recruit(exhibition: Exhibition, *, by: User | None) -> None:
    """Sellers are told from now on: the terms are fixed. Raises WrongState."""
    move(exhibition, Exhibition.Status.RECRUITING, by=by)
    if exhibition.offer:
        promotions.fix_terms(exhibition.offer, by=by)
    emit("exhibitions.recruiting", exhibition, exhibition_id=exhibition.pk)


@transaction.atomic
def propose(exhibition: Exhibition, prices: Mapping[int, int], *, by: User, section: int | None = None) -> int:
    """The house proposes event prices (by option id) to the sellers of the goods, who are invited with it. Returns how
    many sellers. Raises NotRecruiting, NothingChosen, NotYourGoods, PriceNotLower."""
    offer = _open(exhibition)
    options = on_sale(prices)
    promotions.set_event_prices(offer, prices, by=by)
    _place(exhibition, options, section)
    sellers = {o.product.seller_id for o in options}
    for seller in sorted(sellers):
        _invite(exhibition, seller, by)
    audit.record("exhibitions.proposed", exhibition, by=by, options=sorted(prices))
    return len(sellers)


def _invite(exhibition: Exhibition, seller: int, by: User) -> None:
    """One who takes part already stays in; only the new prices wait for an answer."""
    application, created = Application.objects.get_or_create(
        exhibition=exhibition, seller_id=seller, defaults={"status": Status.INVITED, "created_at": clock.now()}
    )
    if not created and application.status in (Status.DECLINED, Status.WITHDRAWN):
        move(application, Status.INVITED, by=by)
    emit("exhibitions.invited", application, exhibition_id=exhibition.pk, seller_id=seller)


@transaction.atomic
def answer(
    exhibition: Exhibition,
    seller: Seller,
    *,
    accept: Sequence[int],
    terms_hash: str,
    cap: int | None,
    by: User,
    note: str = "",
) -> Application:
    """The seller agrees to the terms it was shown (`terms_hash`) for the options of `accept`; the others proposed to it
    are declined; with none accepted the invitation is. `cap`: the most the seller will bear, won.

    Raises NotRecruiting, TermsChanged, PriceNotLower, BudgetTooSmall, WrongState.
    """
    offer = _open(exhibition)
    if offer.terms_hash != terms_hash:
        raise TermsChanged()
    application = Application.objects.select_for_update().get(exhibition=exhibition, seller=seller)
    proposed = EventPrice.objects.filter(offer=offer, seller=seller, status=EventPrice.Status.PROPOSED, by_seller=False)
    waiting = set(proposed.values_list("option_id", flat=True))
    yes = [pk for pk in accept if pk in waiting]
    promotions.answer_prices(offer, seller, accept=yes, decline=sorted(waiting - set(yes)), by=by)
    moment = clock.now()
    if not yes and application.status == Status.INVITED:
        move(application, Status.DECLINED, by=by, why=note, note=note[:300], answered_by=by, answered_at=moment)
        emit("exhibitions.declined", application, exhibition_id=exhibition.pk, seller_id=seller.pk)
        return application
    told = _consented(offer, seller, terms_hash, by, moment) | {"note": note[:300]}
    if application.status == Status.ACCEPTED or not yes:
        Application.objects.filter(pk=application.pk).update(**told)
        application.refresh_from_db()
    else:
        move(application, Status.ACCEPTED, by=by, only_from=[Status.INVITED, Status.APPLIED], **told)
    _cap(offer, seller, cap, by)
    emit("exhibitions.accepted", application, exhibition_id=exhibition.pk, seller_id=seller.pk)
    return application


@transaction.atomic
def apply(
    exhibition: Exhibition,
    seller: Seller,
    prices: Mapping[int, int],
    *,
    terms_hash: str,
    cap: int | None,
    by: User,
    note: str = "",
) -> Application:
    """A seller offers goods of its own at event prices, agreeing to the terms; the house accepts or declines.

    Raises NotRecruiting, TermsChanged, NothingChosen, NotYourGoods, PriceNotLower.
    """
    offer = _open(exhibition)
    if offer.terms_hash != terms_hash:
        raise TermsChanged()
    options = on_sale(prices, seller)
    promotions.set_event_prices(offer, prices, by=by, by_seller=True)
    _place(exhibition, options, None)
    moment = clock.now()
    application, created = Application.objects.get_or_create(
        exhibition=exhibition, seller=seller, defaults={"status": Status.APPLIED, "created_at": moment}
    )
    if not created and application.status in (Status.DECLINED, Status.WITHDRAWN):
        move(application, Status.APPLIED, by=by)
    told = _consented(offer, seller, terms_hash, by, moment)
    Application.objects.filter(pk=application.pk).update(**told, note=note[:300])
    _cap(offer, seller, cap, by)
    application.refresh_from_db()
    audit.record("exhibitions.applied", application, by=by, prices=sorted(prices))
    emit("exhibitions.applied", application, exhibition_id=exhibition.pk, seller_id=seller.pk)
    return application


@transaction.atomic
def decide(application: Application, *, accept: bool, by: User, why: str = "") -> None:
    """The house answers an application. Raises WrongState, PriceNotLower."""
    exhibition = application.exhibition
    offer = exhibition.offer
    waiting = EventPrice.objects.filter(
        offer=offer, seller=application.seller_id, status=EventPrice.Status.PROPOSED, by_seller=True
    )
    options = list(waiting.values_list("option_id", flat=True))
    if offer is not None:
        promotions.answer_prices(
            offer, application.seller, accept=options if accept else [], decline=[] if accept else options, by=by
        )
    if application.status != Status.ACCEPTED:
        to = Status.ACCEPTED if accept else Status.DECLINED
        move(application, to, by=by, why=why, only_from=[Status.APPLIED], answered_by=by, answered_at=clock.now())
    topic = "exhibitions.accepted" if accept else "exhibitions.declined"
    emit(topic, application, exhibition_id=exhibition.pk, seller_id=application.seller_id, why=why)


@transaction.atomic
def leave(application: Application, *, by: User) -> None:
    """The seller takes its goods out; orders placed keep their price and share. Raises WrongState."""
    move(application, Status.WITHDRAWN, by=by)
    if application.exhibition.offer:
        promotions.withdraw_prices(application.exhibition.offer, application.seller, by=by)
    emit(
        "exhibitions.withdrawn",
        application,
        exhibition_id=application.exhibition_id,
        seller_id=application.seller_id,
    )


def _open(exhibition: Exhibition) -> Offer:
    """Its price terms, while sellers may come in. Raises NotRecruiting."""
    exhibition = Exhibition.objects.select_related("offer").get(pk=exhibition.pk)
    open_now = Exhibition.objects.recruiting_at(clock.now()).filter(pk=exhibition.pk).exists()
    if not open_now or exhibition.offer is None:
        raise NotRecruiting()
    return exhibition.offer


def _place(exhibition: Exhibition, options: Sequence[Option], section: int | None) -> None:
    first = exhibition.sections.filter(pk=section or 0).first() or exhibition.sections.first()
    products = dict.fromkeys(o.product_id for o in options)
    Item.objects.bulk_create(
        (Item(exhibition=exhibition, product_id=pk, section=first) for pk in products), ignore_conflicts=True
    )


def _consented(offer: Offer, seller: Seller, terms_hash: str, by: User, moment: datetime) -> dict[str, Any]:
    """What the seller agrees to: prices it accepted, and those it offers and the house has still to answer."""
    rows = EventPrice.objects.filter(offer=offer, seller=seller)
    agreed = rows.filter(status=EventPrice.Status.ACCEPTED) | rows.filter(
        status=EventPrice.Status.PROPOSED, by_seller=True
    )
    return {
        "terms_hash": terms_hash,
        "agreed": {str(option): price for option, price in agreed.values_list("option_id", "price")},
        "consented_by": by,
        "consented_at": moment,
    }


def _cap(offer: Offer, seller: Seller, cap: int | None, by: User) -> None:
    if cap is not None and offer.seller_bp:
        promotions.set_budget(offer, "SELLER", cap, by=by, seller=seller)


# ── Open and closed ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def publish(exhibition: Exhibition, *, by: User | None) -> None:
    """From its day on it is seen and its prices hold; by the clock, whether or not a worker runs.

    Raises NobodyInIt, WrongState.
    """
    offer = exhibition.offer
    if offer is None or not offer.prices.filter(status=EventPrice.Status.ACCEPTED).exists():
        raise NobodyInIt()
    move(exhibition, Exhibition.Status.PUBLISHED, by=by)
    promotions.begin(offer, by=by)
    emit("exhibitions.published", exhibition, exhibition_id=exhibition.pk, starts_at=exhibition.starts_at.isoformat())


@transaction.atomic
def cancel(exhibition: Exhibition, *, by: User, why: str = "") -> None:
    """It is gone at once; orders placed keep their prices."""
    was_published = exhibition.status == Exhibition.Status.PUBLISHED
    move(exhibition, Exhibition.Status.CANCELED, by=by, why=why)
    if was_published and exhibition.offer:
        promotions.stop(exhibition.offer, by=by, why=why)
    emit("exhibitions.canceled", exhibition, exhibition_id=exhibition.pk)


def look(exhibition: Exhibition) -> None:
    """Somebody looked at the page."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO exhibitions_views (exhibition_id, day, count) VALUES (%s, %s, 1)
               ON CONFLICT (exhibition_id, day) DO UPDATE SET count = exhibitions_views.count + 1""",
            [exhibition.pk, clock.today()],
        )
