"""What can happen to a show. Planning it, going on air, holding products on the screen, ending it, showing it again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.mail import send_mail
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.utils import translation
from django.utils.translation import gettext as _

from dure.commerce.catalog.models import Option, ProductStatus
from dure.commerce.pricing.actions import close_live_price, open_live_price
from dure.config import load
from dure.kit import audit, clock, images
from dure.kit.money import won
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.live import errors, queries, recordings, rules
from dure.live.models import (
    Benefit,
    ChatMessage,
    CueSegment,
    Disclosure,
    DisclosureExposure,
    Mute,
    Notify,
    Pin,
    Recording,
    Report,
    Show,
    ShowOffer,
    ShowStatus,
)
from dure.people.models import Role, User

CHANNEL = "dure_live"  # rooms in the lane listen; a notice says "look", the rows say what is true


# Planning


@transaction.atomic
def plan_show(
    *,
    title: str,
    planned_at: datetime,
    host: User,
    by: User | None,
    story: str = "",
    md: User | None = None,
    poster: Any = None,
    listed: bool = True,
    key: UUID | None = None,
) -> Show:
    """`poster` is an uploaded picture. The same `key` again gives the show already planned.

    Raises HostNotCreator, TimePast, and what `kit.images.keep` raises.
    """
    if key and (planned := Show.objects.filter(key=key).first()):
        return planned
    if not host.has_role(Role.CREATOR):
        raise errors.HostNotCreator()
    if planned_at < clock.now():
        raise errors.TimePast()
    show = Show(
        title=title.strip(),
        story=story.strip(),
        planned_at=planned_at,
        host=host,
        md=md or by,
        listed=listed,
        key=key,
        created_at=clock.now(),
        poster=images.keep(poster, "shows").name if poster else "",
    )
    try:
        with transaction.atomic():
            show.save()
    except IntegrityError:
        return Show.objects.get(key=key)
    audit.record("live.show.planned", show, by=by, title=show.title)
    emit("live.planned", show, code=show.code, host=host.pk, planned_at=planned_at.isoformat())
    return show


@transaction.atomic
def replan(
    show: Show, *, title: str, story: str, planned_at: datetime, listed: bool, by: User | None, poster: Any = None
) -> Show:
    """Change what viewers are promised. Raises ShowRunning, TimePast."""
    show = _coming(show)
    if planned_at != show.planned_at and planned_at < clock.now():
        raise errors.TimePast()
    show.title, show.story, show.planned_at, show.listed = title.strip(), story.strip(), planned_at, listed
    if poster:
        show.poster = images.keep(poster, "shows").name
    show.save(update_fields=["title", "story", "planned_at", "listed", "poster"])
    audit.record("live.show.replanned", show, by=by, title=show.title, planned_at=planned_at.isoformat())
    return show


@transaction.atomic
def set_live_price(
    show: Show,
    option: Option,
    *,
    by: User | None,
    price: int | None = None,
    allotment: int | None = None,
    per_buyer: int | None = None,
    opens: str = ShowOffer.Opens.ON_AIR,
    minutes: int | None = None,
) -> ShowOffer:
    """Put `option` into the show, at `price` won while it is on air (None: at the usual price).

    `allotment` pieces at most, `per_buyer` for one buyer, for `minutes` after it opens. Raises ShowRunning, NotForSale,
    PriceNotLower.
    """
    show = _coming(show)
    if option.product.status != ProductStatus.ON_SALE:
        raise errors.NotForSale(product=option.product.name)
    if price is not None and not 10 <= price < option.price:
        raise errors.PriceNotLower(price=won(option.price))
    last = show.offers.aggregate(n=Max("position"))["n"]
    terms = {"allotment": allotment, "per_buyer": per_buyer, "minutes": minutes} if price is not None else {}
    blank = {"allotment": None, "per_buyer": None, "minutes": None}
    offer, created = ShowOffer.objects.update_or_create(
        show=show, option=option, defaults={"live_price": price, "opens": opens, **blank, **terms}
    )
    if created:
        offer.position = 0 if last is None else last + 1
        offer.save(update_fields=["position"])
    audit.record("live.offer.set", show, by=by, option=option.pk, price=price, allotment=allotment)
    return offer


@transaction.atomic
def remove_offer(offer: ShowOffer, *, by: User | None) -> None:
    """Take the option, and its cues, out of the show. Raises ShowRunning."""
    show = _coming(offer.show)
    audit.record("live.offer.removed", show, by=by, option=offer.option_id)
    offer.delete()


@transaction.atomic
def add_segment(
    show: Show,
    *,
    kind: str,
    beat: str,
    by: User | None,
    offer: ShowOffer | None = None,
    script: str = "",
    planned_minutes: int = 5,
) -> CueSegment:
    """Add a line at the end of the cue sheet."""
    show = Show.objects.select_for_update().get(pk=show.pk)
    last = show.segments.aggregate(n=Max("position"))["n"]
    segment = CueSegment.objects.create(
        show=show,
        position=1 if last is None else last + 1,
        kind=kind,
        offer=offer,
        beat=beat.strip(),
        script=script.strip(),
        planned_minutes=planned_minutes,
    )
    audit.record("live.cue.added", show, by=by, cue=segment.pk, kind=kind)
    return segment


@transaction.atomic
def move_segment(segment: CueSegment, *, up: bool, by: User | None) -> None:
    """Change places with the neighbour above or below; at the edge nothing happens."""
    Show.objects.select_for_update().get(pk=segment.show_id)
    segment.refresh_from_db()
    around = CueSegment.objects.filter(show=segment.show_id)
    other = (
        around.filter(position__lt=segment.position).order_by("-position").first()
        if up
        else around.filter(position__gt=segment.position).order_by("position").first()
    )
    if other is None:
        return
    segment.position, other.position = other.position, segment.position
    CueSegment.objects.bulk_update([segment, other], ["position"])
    audit.record("live.cue.moved", segment.show, by=by, cue=segment.pk)


@transaction.atomic
def remove_segment(segment: CueSegment, *, by: User | None) -> None:
    """Raises ShowRunning once it has been on air."""
    if segment.started_at is not None:
        raise errors.ShowRunning()
    audit.record("live.cue.removed", segment.show, by=by, cue=segment.pk)
    segment.delete()


@transaction.atomic
def declare_disclosure(
    show: Show, *, host: User, benefit: str, by: User | None, advertiser: str = "", wording: str = ""
) -> Disclosure:
    """Declare what `host` receives for the show; `benefit` NONE declares that it is nothing.

    An empty wording becomes the house's own sentence for the benefit. Raises AdvertiserMissing, WordingRefused,
    DisclosureStands (the show has been on air).
    """
    advertiser, wording = advertiser.strip(), wording.strip()
    if benefit == Benefit.NONE:
        advertiser = wording = ""
    elif not advertiser:
        raise errors.AdvertiserMissing()
    wording = wording or rules.wording_for(benefit, advertiser)
    if fault := rules.wording_fault(benefit, wording):
        raise errors.WORDING[fault]()
    said = {"benefit": benefit, "advertiser": advertiser, "wording": wording}
    try:
        with transaction.atomic():
            disclosure, _created = Disclosure.objects.update_or_create(
                show=show, host=host, defaults={**said, "declared_by": by, "declared_at": clock.now()}
            )
    except IntegrityError as error:
        raise errors.DisclosureStands() from error
    audit.record("live.disclosure.declared", show, by=by, host=host.pk, **said)
    return disclosure


@transaction.atomic
def rehearse(show: Show, *, by: User | None) -> Show:
    move(show, ShowStatus.REHEARSING, by=by)
    return show


@transaction.atomic
def ready(show: Show, *, by: User | None) -> Show:
    """Raises NotReady with what is missing."""
    _refuse_unready(show)
    move(show, ShowStatus.READY, by=by)
    return show


@transaction.atomic
def cancel_show(show: Show, *, by: User | None, why: str = "") -> Show:
    move(show, ShowStatus.CANCELED, by=by, why=why)
    emit("live.canceled", show, code=show.code)
    _tell(show)
    return show


# On air


@transaction.atomic
def go_on_air(show: Show, *, by: User | None) -> Show:
    """The show begins: prices open, the disclosure is shown, who asked is told.

    Raises NotDisclosed, NotReady, WrongState, and what opening a live price raises.
    """
    show.refresh_from_db()
    if queries.host_disclosure(show) is None:
        raise errors.NotDisclosed()
    _refuse_unready(show)
    moment = clock.now()
    move(
        show,
        ShowStatus.ON_AIR,
        by=by,
        only_from=[ShowStatus.READY],
        on_air_at=moment,
        stream_seen_at=moment,
    )
    for offer in show.offers.filter(opens=ShowOffer.Opens.ON_AIR).select_related("option"):
        _open_price(offer, by)
    first = show.segments.first()
    if first is not None:
        _start(first, by)
    _expose(show, DisclosureExposure.Where.START)
    emit("live.on_air", show, code=show.code, host=show.host_id, title=show.title)
    _tell(show)
    return show


@transaction.atomic
def pause(show: Show, *, by: User | None, because: str = Show.Pause.HOST) -> Show:
    move(show, ShowStatus.PAUSED, by=by, pause=because)
    _tell(show)
    return show


@transaction.atomic
def resume(show: Show, *, by: User | None) -> Show:
    move(show, ShowStatus.ON_AIR, by=by, only_from=[ShowStatus.PAUSED], pause="", stream_seen_at=clock.now())
    _expose(show, DisclosureExposure.Where.RESUME)
    _tell(show)
    return show


@transaction.atomic
def report_stream(show: Show, *, arriving: bool) -> Show:
    """The media says whether the picture arrives. A lost picture pauses the show, a new one resumes it; a pause that
    the host asked for is the host's to end.
    """
    show = Show.objects.select_for_update().get(pk=show.pk)
    if arriving:
        Show.objects.filter(pk=show.pk).update(stream_seen_at=clock.now())
        if show.status == ShowStatus.PAUSED and show.pause == Show.Pause.STREAM:
            return resume(show, by=None)
    elif show.status == ShowStatus.ON_AIR:
        return pause(show, by=None, because=Show.Pause.STREAM)
    return show


def pause_silent_shows() -> int:
    """Pause the shows whose picture the media has not seen for a while (it may have been killed); how many."""
    silent = Show.objects.filter(
        status=ShowStatus.ON_AIR, stream_seen_at__lt=clock.now() - rules.STREAM_PATIENCE
    ).values_list("pk", flat=True)
    paused = 0
    for pk in silent:
        with transaction.atomic():
            show = Show.objects.select_for_update().get(pk=pk)
            if show.status == ShowStatus.ON_AIR:
                pause(show, by=None, because=Show.Pause.STREAM)
                paused += 1
    return paused


@transaction.atomic
def start_segment(segment: CueSegment, *, by: User | None) -> CueSegment:
    """The next line of the cue sheet begins; its product is held on the screen. Raises NotOnAir."""
    _running(segment.show)
    _start(segment, by)
    _tell(segment.show)
    return segment


@transaction.atomic
def pin(show: Show, offer: ShowOffer, *, by: User | None) -> Pin:
    """Hold the product on everybody's screen instead of the one before. Raises NotOnAir, AnotherIsPinned."""
    show = _running(show)
    moment = clock.now()
    held = show.pins.filter(unpinned_at=None)
    if already := held.filter(offer=offer).first():
        return already
    held.update(unpinned_at=moment)
    try:
        with transaction.atomic():
            pinned = Pin.objects.create(show=show, offer=offer, by=by, pinned_at=moment)
    except IntegrityError as error:
        raise errors.AnotherIsPinned() from error
    _open_price(offer, by)
    audit.record("live.pinned", show, by=by, offer=offer.pk)
    emit("live.pinned", show, offer=offer.pk, option=offer.option_id)
    _tell(show)
    return pinned


@transaction.atomic
def unpin(show: Show, *, by: User | None) -> None:
    if show.pins.filter(unpinned_at=None).update(unpinned_at=clock.now()):
        audit.record("live.unpinned", show, by=by)
        _tell(show)


@transaction.atomic
def close_due_prices() -> int:
    """Close the live prices whose minutes are over; how many."""
    due = ShowOffer.objects.filter(closes_at__lte=clock.now(), show__status__in=[ShowStatus.ON_AIR, ShowStatus.PAUSED])
    closed = 0
    for offer in due.select_related("show", "option"):
        if close_live_price(show=offer.show_id, option=offer.option, by=None):
            closed += 1
            _tell(offer.show)
    return closed


def repeat_disclosures() -> int:
    """Show every running show's disclosure again when it is due; how many were shown."""
    shown = 0
    for pk in Show.objects.running().values_list("pk", flat=True):
        with transaction.atomic():
            show = Show.objects.select_for_update().get(pk=pk)
            last = show.exposures.aggregate(at=Max("at"))["at"]
            if show.is_running and rules.must_repeat(last, clock.now()):
                shown += _expose(show, DisclosureExposure.Where.REPEAT)
    return shown


@transaction.atomic
def end(show: Show, *, by: User | None) -> Show:
    """The show is over: prices close, the pinned product is let go, the disclosure is shown a last time."""
    move(show, ShowStatus.ENDED, by=by, pause="", ended_at=clock.now())
    show.pins.filter(unpinned_at=None).update(unpinned_at=clock.now())
    close_live_price(show=show.pk, by=by)
    _expose(show, DisclosureExposure.Where.END)
    emit("live.ended", show, code=show.code, host=show.host_id)
    _tell(show)
    return show


@transaction.atomic
def publish_replay(show: Show, *, by: User | None) -> Recording:
    """Make the recording public, with a marker where each product was pinned. Raises NoRecording, WrongState."""
    pieces = recordings.pieces(show.code)
    if not pieces:
        raise errors.NoRecording()
    timeline = [(piece.began, piece.seconds) for piece in pieces]
    markers: list[dict[str, Any]] = []
    for held in show.pins.select_related("offer__option__product"):
        at = rules.position_of(held.pinned_at, timeline)
        if at is not None:
            markers.append({"at_ms": at, "offer": held.offer_id, "title": held.offer.option.product.name})
    recording, _created = Recording.objects.update_or_create(
        show=show,
        defaults={
            "duration_ms": round(sum(seconds for _, seconds in timeline) * 1000),
            "markers": sorted(markers, key=lambda m: m["at_ms"]),
            "made_at": clock.now(),
        },
    )
    move(show, ShowStatus.REPLAY, by=by, replay_at=clock.now())
    _expose(show, DisclosureExposure.Where.REPLAY)
    emit("live.replay_published", show, code=show.code)
    _tell(show)
    return recording


# The room


@transaction.atomic
def say(show: Show, text: str, *, by: User, kind: str = ChatMessage.Kind.VIEWER) -> ChatMessage:
    """Say something in the chat of a running show. Raises NotOnAir, Muted, ChatRefused and its kinds, ChatSlow."""
    show = Show.objects.get(pk=show.pk)
    if not show.is_running:
        raise errors.NotOnAir()
    staff = kind != ChatMessage.Kind.VIEWER
    if fault := rules.chat_fault(text, staff=staff):
        raise errors.CHAT[fault]()
    if show.mutes.filter(user=by).exists():
        raise errors.Muted()
    last = show.messages.filter(user=by).aggregate(at=Max("at"))["at"]
    if not staff and (seconds := rules.wait_left(last, clock.now(), show.slow_seconds)):
        raise errors.ChatSlow(seconds=seconds)
    return _say(show, text.strip(), kind, by)


@transaction.atomic
def hide_message(message: ChatMessage, *, by: User | None, why: str = "") -> None:
    """Take a message off everybody's screen; it stays in the record. A second time changes nothing."""
    if ChatMessage.objects.filter(pk=message.pk, hidden_at=None).update(hidden_at=clock.now(), hidden_by=by):
        audit.record("live.message.hidden", message.show, by=by, why=why, message=message.pk, text=message.text)
        _notify({"show": message.show_id, "hidden": message.pk})


@transaction.atomic
def mute(show: Show, user: User, *, by: User | None) -> None:
    """The viewer can no longer chat in this show, and what they said is hidden."""
    _row, created = Mute.objects.get_or_create(show=show, user=user, defaults={"by": by, "at": clock.now()})
    if created:
        audit.record("live.viewer.muted", show, by=by, user=user.pk)
    for message in show.messages.filter(user=user, hidden_at=None):
        hide_message(message, by=by, why="mute")


@transaction.atomic
def set_room(show: Show, *, notice: str, slow_seconds: int, by: User | None) -> Show:
    """The notice above the chat (empty: none) and the pace of the chat."""
    show.notice, show.slow_seconds = notice.strip()[:120], max(0, min(slow_seconds, 120))
    show.save(update_fields=["notice", "slow_seconds"])
    audit.record("live.room.set", show, by=by, notice=show.notice, slow_seconds=show.slow_seconds)
    _tell(show)
    return show


@transaction.atomic
def ask_to_be_told(show: Show, *, by: User) -> Notify:
    """알림받기; asking twice is asking once."""
    row, _created = Notify.objects.get_or_create(show=show, user=by, defaults={"asked_at": clock.now()})
    return row


@transaction.atomic
def do_not_tell(show: Show, *, by: User) -> None:
    Notify.objects.filter(show=show, user=by, told_at=None).delete()


@transaction.atomic
def report_show(show: Show, *, reason: str, detail: str, by: User) -> Report:
    """A viewer reports the show to the house; the same reason twice is one report."""
    row, created = Report.objects.get_or_create(
        show=show, user=by, reason=reason, defaults={"detail": detail.strip()[:300], "at": clock.now()}
    )
    if created:
        emit("live.reported", show, reason=reason)
    return row


@transaction.atomic
def like(show: Show, count: int = 1) -> None:
    Show.objects.filter(pk=show.pk).update(likes=F("likes") + count)


def tell_who_asked(show: Show) -> int:
    """Write to everybody who asked to be told of the show and has not been; how many."""
    told = 0
    for row in show.notifies.filter(told_at=None).select_related("user"):
        with translation.override(row.user.language):
            send_mail(
                _("방송이 시작됐어요: %(title)s") % {"title": show.title},
                _("%(name)s님, 기다리시던 방송이 지금 시작됐어요.\n\n%(title)s\n%(url)s")
                % {"name": row.user, "title": show.title, "url": f"{load().base_url}/live/{show.code}"},
                from_email=None,
                recipient_list=[row.user.email],
            )
        Notify.objects.filter(pk=row.pk).update(told_at=clock.now())
        told += 1
    return told


def _coming(show: Show) -> Show:
    locked = Show.objects.select_for_update().get(pk=show.pk)
    if not locked.is_coming:
        raise errors.ShowRunning()
    return locked


def _running(show: Show) -> Show:
    locked = Show.objects.select_for_update().get(pk=show.pk)
    if not locked.is_running:
        raise errors.NotOnAir()
    return locked


def _refuse_unready(show: Show) -> None:
    lacking = queries.missing(show)
    if any(check.code == "disclosure" for check in lacking):
        raise errors.NotDisclosed()
    if lacking:
        raise errors.NotReady(missing=", ".join(check.text for check in lacking))


def _open_price(offer: ShowOffer, by: User | None) -> None:
    """Open the offer's live price once; a price whose minutes are over stays closed."""
    if offer.live_price is None or (offer.closes_at and offer.closes_at <= clock.now()):
        return
    open_live_price(
        show=offer.show_id,
        option=offer.option,
        price=offer.live_price,
        allotment=offer.allotment,
        per_buyer=offer.per_buyer,
        by=by,
    )
    if offer.minutes and offer.closes_at is None:
        offer.closes_at = clock.now() + rules.minutes(offer.minutes)
        offer.save(update_fields=["closes_at"])


def _start(segment: CueSegment, by: User | None) -> None:
    if segment.started_at is None:
        segment.started_at = clock.now()
        segment.save(update_fields=["started_at"])
    if segment.offer is not None:
        pin(segment.show, segment.offer, by=by)


def _expose(show: Show, where: str) -> int:
    """Log that the disclosure is on the screen, and say it in the chat; 0 when there is nothing to disclose."""
    wordings = queries.paid_wordings(show)
    if not wordings:
        return 0
    wording = " · ".join(wordings)[:200]
    watching = show.audience.order_by("-minute").values_list("viewers", flat=True).first() or 0
    DisclosureExposure.objects.create(show=show, where=where, wording=wording, viewers=watching, at=clock.now())
    if show.is_running:
        _say(show, f"{rules.BADGE} · {wording}"[: rules.CHAT_LENGTH], ChatMessage.Kind.HOUSE, None)
    return 1


def _say(show: Show, text: str, kind: str, by: User | None) -> ChatMessage:
    name = "" if by is None else rules.nickname(str(by)) if kind == ChatMessage.Kind.VIEWER else str(by)[:60]
    message = ChatMessage.objects.create(show=show, user=by, kind=kind, name=name, text=text, at=clock.now())
    _notify({"show": show.pk, "chat": {"id": message.pk, "kind": kind, "name": name, "text": text, "buyer": False}})
    return message


def _tell(show: Show) -> None:
    _notify({"show": show.pk})


def _notify(what: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(what, ensure_ascii=False)])
