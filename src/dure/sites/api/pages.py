"""Keys, webhooks and their delivery log, for a seller's people and for the house's.

The same pages twice: a `Place` says whose they are and in which frame they stand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.sellers.models import Seller
from dure.config import load
from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.idempotency import told_once
from dure.sites.api import access, actions, lists
from dure.sites.api.actions import Issued
from dure.sites.api.forms import EndpointForm, KeyForm, PeriodForm
from dure.sites.api.hooks import actions as hooks
from dure.sites.api.models import ApiKey, Endpoint, Message
from dure.sites.design.toasts import toast


@dataclass(frozen=True)
class Place:
    """`seller` None: the house's own. `namespace` of the urls; `frame`: what the base template needs."""

    seller: Seller | None
    holders: list[str]
    namespace: str
    base: str
    frame: dict[str, Any]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.namespace}:{name}", args=args)

    def page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        told = {**self.frame, "base": self.base, "place": self, **context}
        return render(request, f"api/{template}.html", told, status=status)


View = Callable[..., HttpResponse]
PlaceOf = Callable[[View], View]  # a decorator that gives the view its place, or refuses


def urls(within: PlaceOf) -> list[URLPattern]:
    return [
        path("developers/", within(overview), name="developers"),
        path("developers/keys/", within(require_POST(make_key)), name="make_api_key"),
        path("developers/keys/<int:pk>/rotate/", within(require_POST(rotate_key)), name="rotate_api_key"),
        path("developers/keys/<int:pk>/revoke/", within(require_POST(revoke_key)), name="revoke_api_key"),
        path("developers/endpoints/", within(require_POST(add_endpoint)), name="add_endpoint"),
        path("developers/endpoints/<int:pk>/", within(endpoint), name="endpoint"),
        path("developers/endpoints/<int:pk>/rotate/", within(require_POST(rotate_secret)), name="rotate_secret"),
        path("developers/endpoints/<int:pk>/ping/", within(require_POST(ping)), name="ping_endpoint"),
        path("developers/endpoints/<int:pk>/replay/", within(require_POST(replay_period)), name="replay_period"),
        path("developers/endpoints/<int:pk>/<str:deed>/", within(require_POST(switch)), name="switch_endpoint"),
        path("developers/messages/<int:pk>/", within(message), name="message"),
        path("developers/messages/<int:pk>/replay/", within(require_POST(replay_one)), name="replay_message"),
    ]


def overview(request: HttpRequest, place: Place) -> HttpResponse:
    return _overview(request, place)


def _overview(
    request: HttpRequest, place: Place, status: int = 200, key_form: Any = None, endpoint_form: Any = None
) -> HttpResponse:
    return place.page(
        request,
        "developers",
        status,
        keys=[(key, key.state()) for key in _keys(place)],
        endpoints=_endpoints(place).annotate(
            waiting=Count("messages", filter=Q(messages__status="WAITING")),
            failed=Count("messages", filter=Q(messages__status="FAILED")),
            last=Max("messages__delivered_at"),
        ),
        key_form=_apart("key", key_form or KeyForm(holders=place.holders)),
        endpoint_form=_apart("hook", endpoint_form or EndpointForm()),
        base_url=load().base_url,
    )


def make_key(request: Any, place: Place) -> HttpResponse:
    form = KeyForm(request.POST, holders=place.holders)
    if not form.is_valid():
        return _overview(request, place, 400, key_form=form)
    told, days = form.cleaned_data, form.cleaned_data["days"]
    made: list[Issued] = []

    def issue() -> int:
        issued = actions.issue_key(
            name=told["name"],
            scopes=told["scopes"],
            by=request.user,
            seller=place.seller,
            holder=told["holder"],
            mode=told["mode"],
            expires_at=clock.now() + timedelta(days=int(days)) if days else None,
            for_naver_tools=told.get("for_naver_tools", False),
        )
        made.append(issued)
        return issued.key.pk

    try:
        told_once("api.key", str(told["key"]), [place.namespace, told["name"]], issue)
    except DureError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _overview(request, place, error.status, key_form=form)
    if not made:
        toast(request, _("이미 만든 키예요. 키는 만들 때 한 번만 보여요."))
        return redirect(place.url("developers"))
    return place.page(request, "issued", issued=made[0], base_url=load().base_url)


def rotate_key(request: Any, place: Place, pk: int) -> HttpResponse:
    issued = actions.rotate_key(get_object_or_404(_keys(place), pk=pk), by=request.user)
    access.forget_keys()
    return place.page(request, "issued", issued=issued, rotated=True, base_url=load().base_url)


def revoke_key(request: Any, place: Place, pk: int) -> HttpResponse:
    actions.revoke_key(get_object_or_404(_keys(place), pk=pk), by=request.user)
    access.forget_keys()
    toast(request, _("키를 철회했어요. 몇 초 안에 쓸 수 없게 돼요."))
    return redirect(place.url("developers"))


def add_endpoint(request: Any, place: Place) -> HttpResponse:
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _overview(request, place, 400, endpoint_form=form)
    told = form.cleaned_data
    made: list[tuple[Endpoint, str]] = []

    def add() -> int:
        added = hooks.add_endpoint(
            told["url"], told["topics"], by=request.user, seller=place.seller, about=told["about"]
        )
        made.append(added)
        return added[0].pk

    try:
        pk, _replayed = told_once("api.endpoint", str(told["key"]), [place.namespace, told["url"]], add)
    except DureError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _overview(request, place, error.status, endpoint_form=form)
    if not made:
        return redirect(place.url("endpoint", pk))
    return place.page(request, "secret", endpoint=made[0][0], secret=made[0][1])


def endpoint(request: Any, place: Place, pk: int) -> HttpResponse:
    """One endpoint and its log; a POST changes it."""
    found = get_object_or_404(_endpoints(place), pk=pk)
    form = EndpointForm(request.POST or None, initial={"url": found.url, "about": found.about, "topics": found.topics})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            hooks.change_endpoint(found, url=told["url"], topics=told["topics"], about=told["about"], by=request.user)
            toast(request, _("바꾼 대로 보낼게요."))
            return redirect(place.url("endpoint", pk))
        except DureError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    today = clock.today()
    context = {
        **place.frame,
        "base": place.base,
        "place": place,
        "endpoint": found,
        "form": _apart("hook", form),
        "period": _apart("period", PeriodForm(initial={"since": today - timedelta(days=1), "until": today})),
    }
    response = lists.Messages(request, found.messages.all()).respond("api/endpoint.html", **context)
    if form.is_bound:
        response.status_code = 400
    return response


def rotate_secret(request: Any, place: Place, pk: int) -> HttpResponse:
    found = get_object_or_404(_endpoints(place), pk=pk)
    secret = hooks.rotate_secret(found, by=request.user)
    return place.page(request, "secret", endpoint=found, secret=secret, rotated=True)


def ping(request: Any, place: Place, pk: int) -> HttpResponse:
    sent = hooks.ping(get_object_or_404(_endpoints(place), pk=pk), by=request.user)
    toast(request, _("시험 소식을 보냈어요. 답은 곧 여기에 나와요."))
    return redirect(place.url("message", sent.pk))


def switch(request: Any, place: Place, pk: int, deed: str) -> HttpResponse:
    """Off, on again, or away."""
    found = get_object_or_404(_endpoints(place), pk=pk)
    deeds: dict[str, Callable[..., None]] = {
        "on": hooks.switch_on,
        "off": hooks.switch_off,
        "remove": hooks.remove_endpoint,
    }
    if deed not in deeds:
        return redirect(place.url("endpoint", pk))
    deeds[deed](found, by=request.user)
    if deed == "remove":
        toast(request, _("주소를 지웠어요. 이제 보내지 않아요."))
        return redirect(place.url("developers"))
    if deed == "off":
        toast(
            request,
            _("멈췄어요. 그동안의 소식은 나중에 다시 보낼 수 있어요."),
            undo=(place.url("switch_endpoint", pk, "on"), {}),
        )
    else:
        toast(request, _("다시 보내요."))
    return redirect(place.url("endpoint", pk))


def replay_period(request: Any, place: Place, pk: int) -> HttpResponse:
    found = get_object_or_404(_endpoints(place), pk=pk)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        toast(request, _("날짜를 다시 골라 주세요."))
        return redirect(place.url("endpoint", pk))
    told = form.cleaned_data
    rows = found.messages.filter(
        created_at__gte=datetime.combine(told["since"], time(0), clock.KST),
        created_at__lt=datetime.combine(told["until"] + timedelta(days=1), time(0), clock.KST),
    )
    if told["failed_only"]:
        rows = rows.filter(status=Message.Status.FAILED)
    count = hooks.replay(rows, by=request.user)
    toast(request, _("%(count)d건을 다시 보내요.") % {"count": count})
    return redirect(place.url("endpoint", pk))


def message(request: Any, place: Place, pk: int) -> HttpResponse:
    found = get_object_or_404(_messages(place), pk=pk)
    body = json.dumps(json.loads(found.body), ensure_ascii=False, indent=2)
    return place.page(request, "message", message=found, body=body, attempts=found.attempts.all()[:50])


def replay_one(request: Any, place: Place, pk: int) -> HttpResponse:
    hooks.replay(_messages(place).filter(pk=get_object_or_404(_messages(place), pk=pk).pk), by=request.user)
    toast(request, _("다시 보내요."))
    return redirect(place.url("message", pk))


def _keys(place: Place) -> QuerySet[ApiKey]:
    return ApiKey.objects.of(place.seller)


def _endpoints(place: Place) -> QuerySet[Endpoint]:
    return Endpoint.objects.of(place.seller).filter(removed_at=None)


def _messages(place: Place) -> QuerySet[Message]:
    return Message.objects.filter(endpoint__seller=place.seller).select_related("endpoint")


def _apart(prefix: str, form: Any) -> Any:
    """Two forms on one page: each with ids of its own."""
    form.auto_id = f"{prefix}_%s"
    return form
