"""The people of a shop: invited by a link, given a role, sent away, taken back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.sellers import actions, queries
from dure.commerce.sellers.models import Invitation, Member, Seller
from dure.config import load
from dure.kit import clock
from dure.kit.errors import DureError
from dure.people.models import User
from dure.sites.design.qr import qr
from dure.sites.design.toasts import toast
from dure.sites.seller.access import centre, owners_only, owns, page
from dure.sites.seller.forms import RoleForm, StaffForm


@centre
def people(request: HttpRequest, shop: Seller) -> HttpResponse:
    return _people(request, shop)


@centre
@owners_only
@require_POST
def invite_staff(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _people(request, shop, 422, form=form)
    actions.invite_staff(shop, **form.cleaned_data, by=request.user)
    toast(request, _("초대 링크를 만들었어요. 아래 링크나 QR을 보여 주세요."))
    return redirect("seller:people")


@centre
@owners_only
@require_POST
def withdraw(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, seller=shop)
    actions.withdraw_invitation(invitation, by=request.user)
    toast(request, _("초대를 거두었어요. 그 링크는 이제 열리지 않아요."))
    return redirect("seller:people")


@centre
@owners_only
@require_POST
def change_role(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    member = get_object_or_404(Member.objects.select_related("seller", "user"), pk=pk, seller=shop)
    form, before = RoleForm(request.POST), member.role
    if not form.is_valid():
        return _people(request, shop, 422, refusal=str(next(iter(form.errors["role"]))))
    try:
        actions.change_role(member, form.cleaned_data["role"], by=request.user)
    except DureError as error:
        return _people(request, shop, error.status, refusal=str(error))
    told = {"name": member.user.name, "role": member.get_role_display()}
    undo = (reverse("seller:change_role", args=[pk]), {"role": before})
    toast(request, _("%(name)s 님의 역할은 이제 ‘%(role)s’예요.") % told, undo=undo)
    return redirect("seller:people")


@centre
@owners_only
@require_POST
def remove_member(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    member = get_object_or_404(Member.objects.select_related("seller", "user"), pk=pk, seller=shop)
    try:
        actions.remove_member(member, by=request.user)
    except DureError as error:
        return _people(request, shop, error.status, refusal=str(error))
    undo = (reverse("seller:take_back_member"), {"user": member.user_id})
    if member.user_id == request.user.pk:
        return redirect("seller:home")
    toast(request, _("%(name)s 님이 더는 이 가게를 볼 수 없어요.") % {"name": member.user.name}, undo=undo)
    return redirect("seller:people")


@centre
@owners_only
@require_POST
def take_back(request: HttpRequest, shop: Seller) -> HttpResponse:
    """Undo of a removal."""
    asked = request.POST.get("user", "")
    user = get_object_or_404(User, pk=asked if asked.isdecimal() else 0)
    actions.take_back_member(shop, user, by=request.user)
    toast(request, _("%(name)s 님이 다시 함께 일해요.") % {"name": user.name})
    return redirect("seller:people")


@centre
@require_POST
def leave(request: HttpRequest, shop: Seller) -> HttpResponse:
    """Stop working for this shop."""
    member = get_object_or_404(Member.objects.select_related("seller"), seller=shop, user=request.user.pk)
    try:
        actions.remove_member(member, by=request.user)
    except DureError as error:
        return _people(request, shop, error.status, refusal=str(error))
    toast(request, _("%(shop)s에서 나왔어요.") % {"shop": shop.name})
    return redirect("shop:home")


def _people(
    request: HttpRequest, shop: Seller, status: int = 200, form: StaffForm | None = None, refusal: str = ""
) -> HttpResponse:
    links = []
    if owns(request):
        waiting = shop.invitations.filter(accepted_at=None, expires_at__gt=clock.now()).order_by("-id")
        for invitation in waiting:
            url = load().base_url + reverse("seller:join", args=[invitation.code])
            links.append((invitation, url, qr(url)))
    return page(
        request,
        shop,
        "seller/people.html",
        status,
        members=shop.members.select_related("user").order_by("id"),
        roles=Member.Role.choices,
        may=queries.ROLES_IN_WORDS,
        links=links,
        history=queries.history(shop, limit=20) if owns(request) else [],
        form=form or StaffForm(),
        refusal=refusal,
    )
