"""성인 인증: who is of age is found out by an identity check, and nothing but that is kept."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from dure.config import load
from dure.integrations.identity.client import VERIFIED, identity, window_url
from dure.kit import clock, ids
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.people.actions import record_age
from dure.people.models import User
from dure.people.rules import check_holds
from dure.sites.design.toasts import toast

ASKED = "adult_check"  # in the session: the id of the check that was begun


@login_required
def adult(request: HttpRequest) -> HttpResponse:
    """Why it is asked, and the way to the window: the simulator's by a redirect, PortOne's own by its script (identity.ts)."""
    after = _after(request)
    if request.method == "POST":
        return redirect(window_url(_begin(request), _back(after)))
    return _page(request, after)


@login_required
def adult_done(request: HttpRequest) -> HttpResponse:
    """The window came back. What it says is not believed: the service is asked about the check this browser began."""
    after, begun = _after(request), request.session.pop(ASKED, "")
    if not begun or request.GET.get("identityVerificationId") != begun:
        return _page(request, after, _("확인을 처음부터 다시 해 주세요."), 400)
    if request.GET.get("code"):
        return _page(request, after, _("본인인증을 그만두셨어요."), 200)
    assert isinstance(request.user, User)
    try:
        told = identity().verification(begun)
        if told.status != VERIFIED or told.birth is None:
            return _page(request, after, _("본인인증이 되지 않았어요. 다시 해 주세요."), 200)
        record_age(request.user, told.birth)
    except OutsideError:
        return _page(request, after, _("본인인증 기관이 답하지 않아요. 잠시 뒤에 다시 해 주세요."), 503)
    except DureError as error:
        return _page(request, after, str(error), error.status)
    toast(request, _("확인했어요. 1년 동안 다시 묻지 않아요."))
    return redirect(after)


def _page(request: HttpRequest, after: str, why: str = "", status: int = 200) -> HttpResponse:
    config = load()
    context = {
        "after": after,
        "why": why,
        "known": check_holds(getattr(request.user, "adult_checked_at", None), clock.now()),
        "script": None
        if config.simulators
        else {
            "store": config.identity_store,
            "channel": config.identity_channel,
            "id": _begin(request),
            "back": _back(after),
        },
    }
    return render(request, "shop/adult.html", context, status=status)


def _begin(request: HttpRequest) -> str:
    request.session[ASKED] = f"adult-{ids.code(24)}"
    return str(request.session[ASKED])


def _back(after: str) -> str:
    return f"{load().base_url}{reverse('shop:adult_done')}?{urlencode({'next': after})}"


def _after(request: HttpRequest) -> str:
    """Where the buyer came from."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    fine = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if fine else reverse("shop:home")
