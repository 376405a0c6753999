"""What anybody may see of the shows. Everything that moves on the page comes from the lane and the media process."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dure.config import load
from dure.kit import clock, images, tokens
from dure.live import actions, queries, rules
from dure.live.models import Notify, Show
from dure.sites.design.toasts import toast
from dure.sites.viewer.forms import ReportForm

TOKEN_TTL = 12 * 3600  # seconds: longer than any show


def shows(request: HttpRequest) -> HttpResponse:
    found = queries.shows_for_list(clock.now())
    asked = set()
    if request.user.is_authenticated:
        asked = set(
            Notify.objects.filter(user=request.user, show__in=found["coming"]).values_list("show_id", flat=True)
        )
    context = {name: [_card(show, asked) for show in rows] for name, rows in found.items()}
    return render(request, "viewer/list.html", context)


def watch(request: HttpRequest, code: str) -> HttpResponse:
    show = get_object_or_404(queries.with_offers(_visible(request)), code=code)
    offers = queries.offers_now(show)
    recording = getattr(show, "recording", None)
    wordings = queries.paid_wordings(show)
    context = {
        "show": show,
        "poster": queries.poster_of(show),
        "offers": offers,
        "pinned": next((o for o in offers if o.pinned), None),
        "wordings": wordings,
        "badge": rules.BADGE,
        "recording": recording,
        "markers": [{**m, "clock": _clock(m["at_ms"])} for m in recording.markers] if recording else [],
        "asked": request.user.is_authenticated and show.notifies.filter(user=request.user).exists(),
        "report_form": ReportForm(),
        "page": _page(request, show, offers, recording),
    }
    return render(request, "viewer/watch.html", context)


@require_POST
@login_required
def notify(request: HttpRequest, code: str) -> HttpResponse:
    show = get_object_or_404(Show.objects.public().coming(), code=code)
    if request.POST.get("off"):
        actions.do_not_tell(show, by=request.user)
        toast(request, _("알림을 껐어요."))
    else:
        actions.ask_to_be_told(show, by=request.user)
        toast(request, _("방송이 시작되면 메일로 알려 드릴게요."))
    return redirect((request.POST.get("next") == "list" and reverse("live:list")) or reverse("live:watch", args=[code]))


@require_POST
@login_required
def report(request: HttpRequest, code: str) -> HttpResponse:
    show = get_object_or_404(Show.objects.public(), code=code)
    form = ReportForm(request.POST)
    if form.is_valid():
        actions.report_show(show, **form.cleaned_data, by=request.user)
        toast(request, _("신고를 받았어요. 운영팀이 살펴볼게요."))
    else:
        toast(request, _("신고 이유를 골라 주세요."))
    return redirect("live:watch", code)


def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The show as an appointment (RFC 5545), for the calendar of a phone."""
    show = get_object_or_404(Show.objects.public(), code=code)
    begins = show.planned_at
    ends = begins + timedelta(minutes=max(queries.planned_minutes(show), 30))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//dure//live//KO",
        "BEGIN:VEVENT",
        f"UID:{show.code}@dure",
        f"DTSTAMP:{_ics(clock.now())}",
        f"DTSTART:{_ics(begins)}",
        f"DTEND:{_ics(ends)}",
        f"SUMMARY:{_ics_text(show.title)}",
        f"URL:{load().base_url}{reverse('live:watch', args=[show.code])}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT10M",
        f"DESCRIPTION:{_ics_text(show.title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{show.code}.ics"'
    return response


@csrf_exempt
@require_POST
def stream_hook(request: HttpRequest) -> HttpResponse:
    """The media process says whether a show's picture arrives. Only its signature lets it in."""
    try:
        claims = tokens.unsign("stream", request.headers.get("Authorization", "").removeprefix("Bearer "))
    except tokens.BadToken:
        return JsonResponse({"error": {"code": "bad_token"}}, status=401)
    show = get_object_or_404(Show, code=claims["s"])
    show = actions.report_stream(show, arriving=bool(claims["up"]))
    return JsonResponse({"status": show.status})


def _visible(request: HttpRequest) -> Any:
    """Public shows, and the unlisted ones of who works on them."""
    public = Show.objects.public()
    return public | Show.objects.for_studio(request.user) if request.user.is_authenticated else public


def _page(request: HttpRequest, show: Show, offers: list[queries.OfferNow], recording: Any) -> dict[str, Any]:
    """What the page's script needs to know."""
    config, user = load(), request.user
    claims: dict[str, Any] = {"s": show.code, "u": None, "n": "", "r": "VIEWER", "k": _browser_key(request)}
    if user.is_authenticated:
        host = user.pk in (show.host_id, show.md_id)
        claims |= {"u": user.pk, "n": str(user), "r": "HOST" if host else "VIEWER"}
    replay = show.status == "REPLAY" and recording is not None
    if show.status not in {"ON_AIR", "PAUSED", "ENDED", "REPLAY", *_COMING}:
        raise Http404
    return {
        "code": show.code,
        "show": show.pk,
        "status": show.status,
        "room": f"{config.lane_base_url}/live/{show.code}",
        "orders": f"{config.lane_base_url}/orders",
        "buyToken": tokens.sign("buy", {"user": user.pk}, TOKEN_TTL) if user.is_authenticated else "",
        "claimed": reverse("shop:claimed", args=["NUMBER"]),
        "token": tokens.sign("live", claims, TOKEN_TTL),
        "signedIn": user.is_authenticated,
        "signIn": f"{reverse('account_login')}?next={request.path}",
        "cart": reverse("shop:cart_put"),
        "playlist": f"{config.media_base_url}/hls/{show.code}/{'replay' if replay else 'live'}.m3u8",
        "replay": replay,
        "plannedAt": show.planned_at.isoformat(),
        "markers": recording.markers if replay else [],
        "words": _words(),
        "offers": [
            {
                "id": o.offer.pk,
                "option": o.offer.option_id,
                "name": o.offer.option.product.name,
                "photo": _face(o.offer.option.product),
            }
            for o in offers
        ],
    }


def _words() -> dict[str, str]:
    """Sentences the script fills in; {n} and {name} are its own."""
    return {
        "left": _("{n}개 남음"),
        "gone": _("품절"),
        "won": _("{n}원"),
        "ends": _("{time} 뒤 끝나요"),
        "bought": _("{name} 님이 구매했어요"),
        "boughtMany": _("{name} 님 외 {n}명이 구매했어요"),
        "put": _("장바구니에 담았어요"),
        "sold_out": _("방금 품절됐어요."),
        "live_sold_out": _("라이브 특가로 준비한 수량이 다 팔렸어요."),
        "live_limit_reached": _("라이브 특가는 한 사람이 살 수 있는 수량이 정해져 있어요."),
        "price_changed": _("보고 계신 사이에 값이 바뀌었어요. 새 값을 확인해 주세요."),
        "not_on_sale": _("지금은 팔지 않는 상품이에요."),
        "too_little": _("한 번에 사야 하는 수량이 정해져 있어요. 상품 화면에서 수량을 확인해 주세요."),
        "too_much": _("한 번에 살 수 있는 수량을 넘었어요."),
        "too_much_per_buyer": _("한 사람이 살 수 있는 수량을 이미 채웠어요."),
        "adults_only": _("성인만 살 수 있는 상품이에요. 상품 화면에서 성인인지 먼저 확인해 주세요."),
        "notPut": _("담지 못했어요. 다시 눌러 주세요."),
        "soundOn": _("소리 켜기"),
        "soundOff": _("소리 끄기"),
        "host": _("진행자"),
        "buyer": _("구매"),
        "house": _("안내"),
        "lost": _("연결이 끊겼어요. 다시 잇는 중이에요."),
        "chat_empty": _("보낼 말을 적어 주세요."),
        "chat_long": _("200자까지 보낼 수 있어요."),
        "chat_contact": _("전화번호나 링크는 채팅에 남길 수 없어요."),
        "chat_refused": _("보낼 수 없는 말이 있어요. 서로 존중하는 말로 바꿔 주세요."),
        "chat_slow": _("{n}초 뒤에 다시 보낼 수 있어요."),
        "chat_fast": _("조금 천천히 보내 주세요."),
        "chat_muted": _("이 방송에서는 채팅을 보낼 수 없어요."),
        "not_on_air": _("방송 중일 때만 채팅할 수 있어요."),
        "bad_token": _("페이지를 새로 고친 뒤 다시 해 주세요."),
        "fault": _("잠시 문제가 생겼어요. 조금 뒤에 다시 해 주세요."),
        "starts": _("{time} 뒤에 시작해요"),
        "soon": _("이제 곧 시작해요"),
        "day": _("{n}일"),
    }


_COMING = ("PLANNED", "REHEARSING", "READY")


def _card(show: Show, asked: set[int]) -> dict[str, Any]:
    offers = list(show.offers.all())
    return {
        "show": show,
        "poster": queries.poster_of(show),
        "offers": offers[:3],
        "asked": show.pk in asked,
        "paid": bool(queries.paid_wordings(show)),
    }


def _face(product: Any) -> str:
    first = next(iter(product.photos.all()), None)
    return images.url(first.image, 320) if first else ""


def _browser_key(request: HttpRequest) -> str:
    """Tells browsers of people who are not signed in apart, for the pace of likes."""
    key = request.session.get("live_key")
    if not isinstance(key, str):
        key = request.session["live_key"] = secrets.token_hex(8)
    return key


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02d}"


def _ics(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _ics_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
