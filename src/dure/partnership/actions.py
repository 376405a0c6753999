"""What happens to a lead, from the stall to the MD. Each function is one transaction with its events.

Who may do what: FIELD captures and logs contacts; REVIEWER screens and decides; OPERATOR may do all of it; the MD of a
merchant invites and logs contacts. `by` None is the house itself.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Invitation
from dure.integrations.nts import rules as brn_rules
from dure.kit import audit, clock, images, korean
from dure.kit.outbox import emit
from dure.kit.states import WrongState, move
from dure.partnership import errors, recognition, rules
from dure.partnership.models import (
    Assignment,
    Business,
    ContactLog,
    Lead,
    LeadPhoto,
    LeadStatus,
    MergeSuspect,
    Milestone,
    Owner,
    Place,
    Route,
    Rubric,
    Screening,
    Selection,
    Shop,
    Visit,
)
from dure.people import actions as people
from dure.people import queries as people_queries
from dure.people.errors import NotAllowed
from dure.people.models import Consent, Role, User

Channel, Outcome = ContactLog.Channel, ContactLog.Outcome


# ── At the stall ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stall:
    """What a worker learns at a stall. `phone` and `brn` as typed; `consents` maps a purpose to the wording read out."""

    name: str
    phone: str = ""
    brn: str = ""
    stall: str = ""
    goods: str = ""
    owner_name: str = ""
    interested: bool = False
    next_step: str = ""
    next_step_on: date | None = None
    consents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Captured:
    lead: Lead
    recognised_by: str | None  # BUSINESS or PHONE: the shop was known already; SENT_TWICE: this very capture was
    suspects: list[MergeSuspect]


SENT_TWICE = "SENT_TWICE"


@transaction.atomic
def capture(
    place: Place,
    stall: Stall,
    *,
    by: User,
    key: uuid.UUID,
    photos: Iterable[images.Picture] = (),
    another_shop: bool = False,
) -> Captured:
    """Write down a shop. The same `key` twice is one lead; a known shop is recognised and gains what was missing.

    `another_shop`: the worker says that the known owner (or business) has a second shop here.
    Raises NothingToCallBy, BadPhone, BadBusinessNumber, ConsentNeeded, NotAllowed.
    """
    _only(by, Role.FIELD, Role.OPERATOR)
    phone, brn = _read_phone(stall.phone), _read_brn(stall.brn)
    if not phone and not brn:
        raise errors.NothingToCallBy()
    if phone and "CONTACT" not in stall.consents:
        raise errors.ConsentNeeded()
    business = recognition.known_business(brn)
    owner = recognition.known_owner(phone, stall.owner_name)
    # After the locks: the twin of a capture sent twice has been committed by now, and is seen.
    sent = Lead.objects.filter(key=key).first()
    if sent:
        return Captured(sent, SENT_TWICE, [])
    visit, _ = Visit.objects.get_or_create(
        place=place, worker=by, day=clock.today(), defaults={"started_at": clock.now()}
    )
    known = None if another_shop else recognition.recognise(business, owner, numbered=bool(brn))
    if known:
        lead = known.shop.lead
        _fill_gaps(known.shop, business, owner, stall)
    else:
        if owner is None and stall.owner_name.strip():
            owner = Owner.objects.create(name=stall.owner_name.strip(), created_at=clock.now())
        shop = Shop.objects.create(
            place=place,
            name=stall.name.strip(),
            name_key=rules.name_key(stall.name),
            stall=stall.stall.strip(),
            goods=stall.goods.strip(),
            owner=owner,
            business=business,
            branch=recognition.next_branch(business, owner),
            created_at=clock.now(),
        )
        lead = Lead.objects.create(
            key=key, shop=shop, visit=visit, captured_by=by, captured_at=clock.now(), moved_at=clock.now()
        )
        audit.record("partnership.lead.captured", lead, by=by)
    consent = _take_consents(lead, stall.consents, by, Channel.IN_PERSON)
    ContactLog.objects.create(
        lead=lead,
        key=_twin(key),
        by=by,
        at=clock.now(),
        channel=Channel.IN_PERSON,
        outcome=Outcome.INTERESTED if stall.interested else Outcome.MET,
        consent=consent,
    )
    for photo in photos:
        add_photo(lead, photo, by=by)
    if stall.interested:
        _advance(lead, LeadStatus.INTERESTED, by)
    _plan(lead, stall.next_step, stall.next_step_on)
    suspects = recognition.suspect(lead.shop)
    if not known:
        emit("partnership.captured", lead, lead=lead.pk, shop=lead.shop_id, business=business.pk if business else None)
    elif business:
        emit("partnership.business_learnt", lead, lead=lead.pk, business=business.pk)
    return Captured(lead, known.by if known else None, suspects)


def add_photo(lead: Lead, picture: images.Picture, *, by: User, kind: str = LeadPhoto.Kind.STALL) -> LeadPhoto:
    """`picture` comes from `kit.images.keep(upload, "leads")`."""
    return LeadPhoto.objects.create(
        lead=lead,
        kind=kind,
        image=picture.name,
        width=picture.width,
        height=picture.height,
        taken_by=by,
        at=clock.now(),
    )


def amend(lead: Lead, stall: Stall, *, by: User) -> None:
    """Correct what is known of a shop. A number that belongs to another shop is refused and the pair put before a person.

    Raises BadPhone, BadBusinessNumber, ConsentNeeded (a first phone without consent), KnownElsewhere.
    """
    try:
        with transaction.atomic():
            _amend(lead, stall, by)
    except errors.KnownElsewhere as known:
        recognition.write_suspect(lead.shop, known.other.pk, known.reason, 100)
        raise


def _amend(lead: Lead, stall: Stall, by: User) -> None:
    phone, brn = _read_phone(stall.phone), _read_brn(stall.brn)
    if not phone and not brn:
        raise errors.NothingToCallBy()
    shop = Shop.objects.select_for_update(of=("self",)).select_related("owner", "business").get(pk=lead.shop_id)
    business, owner = recognition.known_business(brn), shop.owner
    if business and business != shop.business:
        _refuse_if_held(shop, business=business)
    if phone and (owner is None or owner.phone != phone):
        owner = recognition.known_owner(phone, stall.owner_name)
        _refuse_if_held(shop, owner=owner)
    elif owner is None and stall.owner_name.strip():
        owner = Owner.objects.create(created_at=clock.now())
    if owner and stall.owner_name.strip():
        owner.name = stall.owner_name.strip()
        owner.save(update_fields=["name"])
    shop.name, shop.name_key = stall.name.strip(), rules.name_key(stall.name)
    shop.stall, shop.goods = stall.stall.strip(), stall.goods.strip()
    shop.owner, shop.business = owner, business
    shop.save()
    lead.shop = shop
    _take_consents(lead, stall.consents, by, Channel.IN_PERSON)
    if phone and owner and not people_queries.may_contact(owner, clock.now()):
        raise errors.ConsentNeeded()
    audit.record("partnership.lead.amended", lead, by=by)
    recognition.suspect(shop)
    if business:
        emit("partnership.business_learnt", lead, lead=lead.pk, business=business.pk)


# ── Keeping in touch ─────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def log_contact(
    lead: Lead,
    *,
    by: User,
    key: uuid.UUID,
    channel: str,
    outcome: str,
    note: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    consents: Mapping[str, str] | None = None,
) -> ContactLog:
    """Write down a contact; the outcome moves the lead. The same `key` twice is one contact.

    Raises NoConsentToMessage: a message or an e-mail to somebody who has not agreed to be contacted.
    """
    said = ContactLog.objects.filter(key=key).first()
    if said:
        return said
    owner = lead.shop.owner
    consent = _take_consents(lead, consents or {}, by, channel)
    outbound = channel in {Channel.MESSAGE, Channel.EMAIL}
    if outbound and not (owner and people_queries.may_contact(owner, clock.now())):
        raise errors.NoConsentToMessage()
    contact = ContactLog.objects.create(
        lead=lead, key=key, by=by, at=clock.now(), channel=channel, outcome=outcome, note=note.strip(), consent=consent
    )
    leads_to = {
        Outcome.MET: LeadStatus.CONTACTED,
        Outcome.INTERESTED: LeadStatus.INTERESTED,
        Outcome.LATER: LeadStatus.DEFERRED,
        Outcome.DECLINED: LeadStatus.DECLINED,
    }.get(Outcome(outcome))
    if leads_to:
        _advance(lead, leads_to, by)
    _plan(lead, next_step, next_step_on)
    return contact


@transaction.atomic
def withdraw_contact_consent(lead: Lead, *, by: User, channel: str) -> None:
    """The owner asked to be left alone: no message goes out any more, and the lead is declined unless selected."""
    if lead.shop.owner:
        for purpose in ("CONTACT", "MARKETING"):
            people.withdraw_consent(lead.shop.owner, purpose, by=by, channel=channel)
    _advance(lead, LeadStatus.DECLINED, by, "consent withdrawn")


# ── Screening and selection ──────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def start_screening(lead: Lead, *, by: User) -> None:
    """Put an interested merchant before the reviewers. Raises WrongState, NotAllowed."""
    _only(by, Role.FIELD, Role.REVIEWER, Role.OPERATOR)
    move(lead, LeadStatus.SCREENING, by=by, moved_at=clock.now())
    emit("partnership.screening_started", lead, lead=lead.pk)


@transaction.atomic
def screen(lead: Lead, rubric: Rubric, scores: Mapping[str, int], *, by: User, comment: str = "") -> Screening:
    """One reviewer's scores, 0–5 a criterion; product and will are kept apart. Scoring again revises the first.

    Raises ScoresMissing, WrongState once the lead is decided, NotAllowed.
    """
    _only(by, Role.REVIEWER, Role.OPERATOR)
    kept = {c["code"]: scores.get(c["code"]) for c in rubric.criteria}
    if any(not isinstance(s, int) or not 0 <= s <= rules.TOP_SCORE for s in kept.values()):
        raise errors.ScoresMissing()
    given = {code: int(score) for code, score in kept.items() if score is not None}
    if Lead.objects.select_for_update().get(pk=lead.pk).status != LeadStatus.SCREENING:
        raise WrongState()
    screening, _ = Screening.objects.update_or_create(
        lead=lead,
        reviewer=by,
        defaults={
            "rubric": rubric,
            "scores": given,
            "product_score": rules.axis_score(rubric.criteria, given, rules.PRODUCT),
            "will_score": rules.axis_score(rubric.criteria, given, rules.WILL),
            "comment": comment.strip(),
            "at": clock.now(),
        },
    )
    audit.record(
        "partnership.lead.screened",
        lead,
        by=by,
        why=comment,
        product=screening.product_score,
        will=screening.will_score,
    )
    return screening


@transaction.atomic
def select(lead: Lead, route: str, *, by: User, reason: str) -> Selection:
    """The merchant is taken in, on a route. Raises NotScreened, ReasonNeeded, WrongState (decided already), NotAllowed."""
    _only(by, Role.REVIEWER, Role.OPERATOR)
    if not reason.strip():
        raise errors.ReasonNeeded()
    screenings = list(lead.screenings.select_related("rubric"))
    if not screenings:
        raise errors.NotScreened()
    product = rules.mean([s.product_score for s in screenings])
    will = rules.mean([s.will_score for s in screenings])
    rubric = screenings[-1].rubric
    move(lead, LeadStatus.SELECTED, by=by, why=reason, route=Route(route).value, moved_at=clock.now())
    selection = Selection.objects.create(
        lead=lead,
        route=route,
        suggested_route=rules.suggest_route(product, will, rubric.product_bar, rubric.will_bar).route,
        product_score=product,
        will_score=will,
        reason=reason.strip(),
        by=by,
        at=clock.now(),
    )
    emit("partnership.selected", lead, lead=lead.pk, route=route, product=product, will=will)
    return selection


@transaction.atomic
def defer(lead: Lead, *, by: User, reason: str, until: date | None = None) -> None:
    """Not now. Raises ReasonNeeded, WrongState."""
    _decide(lead, LeadStatus.DEFERRED, by, reason)
    _plan(lead, reason, until)


@transaction.atomic
def decline(lead: Lead, *, by: User, reason: str) -> None:
    """Raises ReasonNeeded, WrongState."""
    _decide(lead, LeadStatus.DECLINED, by, reason)


@transaction.atomic
def assign(lead: Lead, md: User, *, by: User | None, why: str = "") -> Assignment:
    """Give a selected merchant its MD; an earlier one is relieved. The same MD again changes nothing.

    Raises NotSelected, NotAMerchandiser, NotAllowed.
    """
    _only(by, Role.REVIEWER, Role.OPERATOR)
    if Lead.objects.select_for_update().get(pk=lead.pk).status != LeadStatus.SELECTED:
        raise errors.NotSelected()
    if not md.has_role(Role.MD):
        raise errors.NotAMerchandiser()
    current = lead.assignments.filter(ended_at=None).first()
    if current and current.md_id == md.pk:
        return current
    lead.assignments.filter(ended_at=None).update(ended_at=clock.now())
    assignment = Assignment.objects.create(lead=lead, md=md, assigned_by=by, at=clock.now(), why=why.strip())
    audit.record("partnership.lead.assigned", lead, by=by, why=why, md=md.pk)
    emit("partnership.assigned", lead, lead=lead.pk, md=md.pk)
    return assignment


@transaction.atomic
def invite_owner(lead: Lead, *, by: User) -> Invitation:
    """A link by which the owner becomes a seller; handing it over is the MD's. Raises NotSelected."""
    if Lead.objects.select_for_update().get(pk=lead.pk).status != LeadStatus.SELECTED:
        raise errors.NotSelected()
    owner = lead.shop.owner
    invitation = sellers.invite(
        lead_ref=lead.ref,
        shop_name=lead.shop.name,
        name=owner.name if owner else "",
        phone=owner.phone if owner else "",
        email=owner.email if owner else "",
        by=by,
    )
    reach(lead.pk, Milestone.Code.INVITED, clock.now())
    return invitation


def reach(lead_id: int, code: str, at: datetime) -> bool:
    """Write down a first time; False when it was reached before."""
    rows = Milestone.objects.bulk_create([Milestone(lead_id=lead_id, code=code, at=at)], ignore_conflicts=True)
    return bool(rows)


# ── Duplicates ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def merge(suspect: MergeSuspect, *, by: User) -> Lead:
    """The two are one shop: the lead further on stays, the other's contacts, photos and numbers go to it.

    Raises AlreadyDecided, BothSelected.
    """
    _verdict(suspect, MergeSuspect.Verdict.SAME, by)
    first, second = suspect.first.lead, suspect.second.lead
    list(Lead.objects.select_for_update().filter(pk__in=[first.pk, second.pk]).order_by("pk"))
    if first.status == second.status == LeadStatus.SELECTED:
        raise errors.BothSelected()
    stays, goes = (second, first) if _progress(second) > _progress(first) else (first, second)
    ContactLog.objects.filter(lead=goes).update(lead=stays)
    LeadPhoto.objects.filter(lead=goes).update(lead=stays)
    _hand_over(goes.shop, stays.shop)
    Shop.objects.filter(pk=goes.shop_id).update(merged_into=stays.shop)
    Lead.objects.filter(pk=goes.pk).update(merged_into=stays)
    pair = MergeSuspect.objects.filter(verdict=MergeSuspect.Verdict.OPEN)
    for left in pair.filter(first=goes.shop) | pair.filter(second=goes.shop):
        other = left.second_id if left.first_id == goes.shop_id else left.first_id
        left.delete()
        if other != stays.shop_id:
            recognition.write_suspect(stays.shop, other, left.reason, left.likeness)
    audit.record("partnership.lead.merged", stays, by=by, merged=goes.pk)
    return stays


@transaction.atomic
def keep_apart(suspect: MergeSuspect, *, by: User) -> None:
    """They are two shops; not asked again. Raises AlreadyDecided."""
    _verdict(suspect, MergeSuspect.Verdict.DIFFERENT, by)


# ── Outside facts ────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def note_business_status(business: Business, status_code: str, tax_type_code: str, raw: dict[str, Any]) -> None:
    """What the tax service answered. An active business found closed or suspended is an event: somebody must look."""
    came_from = Business.objects.select_for_update().get(pk=business.pk).status_code
    Business.objects.filter(pk=business.pk).update(
        status_code=status_code, tax_type_code=tax_type_code, checked_at=clock.now(), raw=raw
    )
    business.refresh_from_db()
    if came_from == "01" and status_code in {"02", "03"}:
        emit("partnership.business_stopped", business, business=business.pk, status=status_code)


@transaction.atomic
def forget(owner: Owner) -> None:
    """Name, phone and e-mail of an owner go, as the wording of the consent promised; the shop's record stays."""
    Owner.objects.filter(pk=owner.pk).update(name="", phone="", email="")
    audit.record("partnership.owner.forgotten", owner)


# ── Helpers, in the order of their first call ────────────────────────────────────────────────────────────────────


def _only(by: User | None, *roles: str) -> None:
    if by is not None and not by.has_role(*roles):
        raise NotAllowed()


def _read_phone(typed: str) -> str:
    if not typed.strip():
        return ""
    phone = korean.phone_e164(typed)
    if phone is None:
        raise errors.BadPhone()
    return phone


def _read_brn(typed: str) -> str:
    if not typed.strip():
        return ""
    number = brn_rules.digits(unicodedata.normalize("NFKC", typed))
    if not brn_rules.is_brn(number):
        raise errors.BadBusinessNumber()
    return number


def _fill_gaps(shop: Shop, business: Business | None, owner: Any, stall: Stall) -> None:
    shop.business = shop.business or business
    shop.owner = shop.owner or owner
    shop.stall = shop.stall or stall.stall.strip()
    shop.goods = shop.goods or stall.goods.strip()
    shop.save()
    if shop.owner != owner and owner is not None:  # known by its business number, met with another phone
        other = Shop.objects.filter(owner=owner, merged_into=None).exclude(pk=shop.pk).first()
        if other:
            recognition.write_suspect(shop, other.pk, recognition.Reason.PHONE, 100)


def _take_consents(lead: Lead, consents: Mapping[str, str], by: User, channel: str) -> Consent | None:
    """Record each; the one to being contacted is returned."""
    to_contact = None
    owner = lead.shop.owner
    for purpose, version in consents.items():
        subject = owner if owner and purpose != "PHOTO" else lead.shop
        consent = people.record_consent(subject, purpose, by=by, channel=channel, version=version)
        if purpose == "CONTACT":
            to_contact = consent
    return to_contact


def _twin(key: uuid.UUID) -> uuid.UUID:
    """The key of the contact that a capture writes: fixed by the capture's own."""
    return uuid.uuid5(key, "contact")


def _advance(lead: Lead, to: str, by: User, why: str = "") -> None:
    """Walk as far towards `to` as the lead's moves allow: a word of interest is also a contact.

    A lead that is further on already (screening, selected) stays where it is.
    """
    forward = [LeadStatus.CONTACTED, LeadStatus.INTERESTED]
    if to in forward:
        if lead.status not in {LeadStatus.CAPTURED, LeadStatus.CONTACTED, LeadStatus.DEFERRED, LeadStatus.DECLINED}:
            return
        for step in forward[: forward.index(LeadStatus(to)) + 1]:
            if step in Lead.MOVES[lead.status]:
                move(lead, step, by=by, why=why, moved_at=clock.now())
        return
    if to in Lead.MOVES[lead.status]:
        move(lead, to, by=by, why=why, moved_at=clock.now())


def _plan(lead: Lead, next_step: str, on: date | None) -> None:
    lead.next_step, lead.next_step_on = next_step.strip()[:200], on
    lead.save(update_fields=["next_step", "next_step_on"])


def _refuse_if_held(shop: Shop, **key: Any) -> None:
    other = Shop.objects.filter(**key, merged_into=None).exclude(pk=shop.pk).first()
    if other:
        raise errors.KnownElsewhere(
            other, recognition.Reason.BUSINESS if "business" in key else recognition.Reason.PHONE
        )


def _decide(lead: Lead, to: str, by: User, reason: str) -> None:
    if not reason.strip():
        raise errors.ReasonNeeded()
    move(lead, to, by=by, why=reason.strip(), moved_at=clock.now())


def _verdict(suspect: MergeSuspect, verdict: str, by: User) -> None:
    undecided = MergeSuspect.objects.filter(pk=suspect.pk, verdict=MergeSuspect.Verdict.OPEN)
    if not undecided.update(verdict=verdict, decided_by=by, decided_at=clock.now()):
        raise errors.AlreadyDecided()


_ORDER = ["DECLINED", "DEFERRED", "CAPTURED", "CONTACTED", "INTERESTED", "SCREENING", "SELECTED"]


def _progress(lead: Lead) -> int:
    return _ORDER.index(lead.status)


def _hand_over(goes: Shop, stays: Shop) -> None:
    """Keys the staying shop lacks move to it; the going one lets go of them first (they are unique)."""
    owner, business = goes.owner, goes.business
    take_owner, take_business = owner and not stays.owner, business and not stays.business
    if take_owner:
        goes.owner, stays.owner = None, owner
    if take_business:
        goes.business, stays.business = None, business
    stays.stall, stays.goods = stays.stall or goes.stall, stays.goods or goes.goods
    goes.save()
    if take_owner or take_business:
        stays.branch = recognition.next_branch(stays.business, stays.owner)
    stays.save()
