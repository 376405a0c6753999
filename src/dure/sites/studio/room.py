"""The control room: camera, cue sheet, products, chat and numbers while the show runs.

Every deed is a form that works by itself; the page's script sends the same form and gets the new status as JSON.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.config import load
from dure.kit import clock, images, tokens
from dure.kit.errors import DureError
from dure.live import actions, queries, recordings, rules
from dure.live.models import Show, ShowStatus
from dure.sites.studio.access import page, show_or_404, studio
from dure.sites.studio.forms import RoomForm

TOKEN_TTL = 12 * 3600  # seconds; the page may stand open all day
INGEST_TTL = 60  # seconds; a connection takes its token at once

DEEDS: dict[str, Callable[..., Any]] = {
    "rehearse": actions.rehearse,
    "ready": actions.ready,
    "on-air": actions.go_on_air,
    "pause": actions.pause,
    "resume": actions.resume,
    "unpin": actions.unpin,
    "end": actions.end,
}


@studio
def room(request: HttpRequest, code: str) -> HttpResponse:
    show = show_or_404(request, code)
    if show.is_over or show.status == ShowStatus.CANCELED:
        return redirect("studio:report" if show.is_over else "studio:show", code)
    segments = queries.segments_of(show)
    started = [s for s in segments if s.started_at]
    return page(
        request,
        "studio/room.html",
        show=show,
        segments=segments,
        current=max(started, key=lambda s: s.started_at) if started else None,
        offers=queries.offers_now(show),
        checks=queries.checklist(show),
        wordings=queries.paid_wordings(show),
        badge=rules.BADGE,
        form=RoomForm(instance=show),
        room=_page(request, show),
    )


@require_POST
@studio
def do(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    show = show_or_404(request, code)
    if deed == "settings":
        return _answer(request, show, lambda: _settings(request, show))
    if deed not in DEEDS:
        raise Http404
    return _answer(request, show, lambda: DEEDS[deed](show, by=request.user))


@require_POST
@studio
def start_cue(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    show = show_or_404(request, code)
    cue = get_object_or_404(show.segments, pk=pk)
    return _answer(request, show, lambda: actions.start_segment(cue, by=request.user))


@require_POST
@studio
def pin(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    show = show_or_404(request, code)
    offer = get_object_or_404(show.offers, pk=pk)
    return _answer(request, show, lambda: actions.pin(show, offer, by=request.user))


@require_POST
@studio
def moderate(request: HttpRequest, code: str, pk: int, deed: str) -> HttpResponse:
    show = show_or_404(request, code)
    message = get_object_or_404(show.messages.select_related("user"), pk=pk)
    if deed == "mute" and message.user is not None:
        user = message.user
        return _answer(request, show, lambda: actions.mute(show, user, by=request.user))
    if deed != "hide":
        raise Http404
    return _answer(request, show, lambda: actions.hide_message(message, by=request.user))


@studio
def status(request: HttpRequest, code: str) -> HttpResponse:
    return JsonResponse(_status(show_or_404(request, code)))


@require_POST
@studio
def ingest(request: HttpRequest, code: str) -> HttpResponse:
    """An address for one connection of the camera. While the show is not running, it is a rehearsal nobody else sees."""
    show = show_or_404(request, code)
    if show.is_over or show.status == ShowStatus.CANCELED:
        return JsonResponse({"error": {"code": "show_over", "message": _("이미 끝난 방송이에요.")}}, status=409)
    stage = recordings.AIR if show.is_running else recordings.REHEARSAL
    token = tokens.sign("ingest", {"s": show.code, "g": stage, "n": secrets.token_hex(12)}, INGEST_TTL)
    media = load().media_base_url.replace("http", "ws", 1)
    return JsonResponse({"url": f"{media}/ingest/{show.code}?t={token}", "stage": stage})


@require_POST
@studio
def stream_lost(request: HttpRequest, code: str) -> HttpResponse:
    """The studio lost its connection to the media, which may be dead and unable to say so itself."""
    show = actions.report_stream(show_or_404(request, code), arriving=False)
    return JsonResponse(_status(show))


def _settings(request: HttpRequest, show: Show) -> Show:
    form = RoomForm(request.POST, instance=Show.objects.get(pk=show.pk))
    if not form.is_valid():
        return show
    return actions.set_room(show, **form.cleaned_data, by=request.user)


def _answer(request: HttpRequest, show: Show, deed: Callable[[], Any]) -> HttpResponse:
    """The deed's outcome as JSON for the page's script, else the page itself."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        deed()
    except DureError as error:
        if not wants_json:
            raise
        return JsonResponse(error.as_json(), status=error.status)
    if wants_json:
        return JsonResponse(_status(Show.objects.get(pk=show.pk)))
    return redirect("studio:room", show.code)


def _status(show: Show) -> dict[str, Any]:
    pinned = queries.open_pin(show)
    cue = show.segments.filter(started_at__isnull=False).order_by("-started_at", "-position").first()
    return {
        "status": show.status,
        "label": str(show.get_status_display()),
        "pause": show.pause,
        "onAirAt": show.on_air_at.isoformat() if show.on_air_at else None,
        "now": clock.now().isoformat(),
        "cue": {"id": cue.pk, "startedAt": cue.started_at.isoformat()} if cue and cue.started_at else None,
        "pin": pinned.offer_id if pinned else None,
        "lacking": [check.text for check in queries.missing(show)],
        "sales": queries.live_sales(show),
        "exposures": show.exposures.count(),
    }


def _page(request: HttpRequest, show: Show) -> dict[str, Any]:
    config = load()
    claims = {"s": show.code, "u": request.user.pk, "n": str(request.user), "r": "HOST", "k": ""}
    base = reverse("studio:room", args=[show.code])
    return {
        "code": show.code,
        "room": f"{config.lane_base_url}/live/{show.code}",
        "token": tokens.sign("live", claims, TOKEN_TTL),
        "base": base,
        "report": reverse("studio:report", args=[show.code]),
        "badge": rules.BADGE if queries.paid_wordings(show) else "",
        "wording": " · ".join(queries.paid_wordings(show)),
        "status": _status(show),
        "offers": [
            {
                "id": o.pk,
                "option": o.option_id,
                "name": o.option.product.name,
                "photo": next((images.url(p.image, 320) for p in o.option.product.photos.all()), ""),
            }
            for o in show.offers.all()
        ],
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "left": _("{n}개 남음"),
        "gone": _("품절"),
        "won": _("{n}원"),
        "ends": _("{time} 뒤 끝나요"),
        "host": _("진행자"),
        "buyer": _("구매"),
        "house": _("안내"),
        "hide": _("숨기기"),
        "mute": _("채팅 막기"),
        "off": _("카메라가 꺼져 있어요"),
        "asking": _("카메라 사용을 허락해 주세요"),
        "denied": _("카메라를 쓸 수 없어요. 브라우저 주소창의 자물쇠를 눌러 카메라와 마이크를 허락해 주세요."),
        "noCamera": _("카메라나 마이크를 찾지 못했어요. 연결을 확인해 주세요."),
        "connecting": _("연결하는 중"),
        "rehearsal": _("리허설 송출 중 (나만 보여요)"),
        "live": _("방송 송출 중"),
        "again": _("연결이 끊겨 다시 잇는 중이에요"),
        "taken": _("다른 카메라가 이 방송을 내보내고 있어요"),
        "takeOver": _("지금 다른 카메라가 방송을 내보내고 있어요. 이 카메라로 바꿀까요?"),
        "slow": _("인터넷이 느려서 화질을 낮췄어요"),
        "cameraFirst": _("카메라를 먼저 켜 주세요."),
        "rehearseFirst": _("리허설을 먼저 해 주세요."),
        "readyFirst": _("리허설을 마치고 ‘준비 완료’를 눌러 주세요."),
        "lacking": _("아직 없어요: {names}"),
        "endSure": _("방송을 끝낼까요? 끝내면 다시 시작할 수 없어요."),
        "leave": _("방송 중이에요. 나가면 화면이 끊겨요."),
        "unsupported": _("이 브라우저로는 방송할 수 없어요. 크롬이나 엣지의 새 버전을 써 주세요."),
        "chat_empty": _("보낼 말을 적어 주세요."),
        "chat_long": _("200자까지 보낼 수 있어요."),
        "chat_refused": _("보낼 수 없는 말이 있어요. 서로 존중하는 말로 바꿔 주세요."),
        "not_on_air": _("방송 중일 때만 채팅할 수 있어요."),
        "bad_token": _("페이지를 새로 고친 뒤 다시 해 주세요."),
        "chat_fast": _("조금 천천히 보내 주세요."),
        "fault": _("잠시 문제가 생겼어요. 조금 뒤에 다시 해 주세요."),
    }
