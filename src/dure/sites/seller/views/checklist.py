"""The checklist that checks itself: ask a register again, hand in papers, look at them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.sellers import actions, queries
from dure.commerce.sellers.models import Document, Seller
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.papers import sent
from dure.sites.seller.access import centre, owners_only
from dure.sites.seller.forms import DocumentForm
from dure.sites.seller.views.joining import steps_page


@centre
@owners_only
@require_POST
def ask_again(request: HttpRequest, shop: Seller, code: str) -> HttpResponse:
    if code not in queries.REGISTERS:
        raise Http404
    actions.ask_again(shop, code, by=request.user)  # type: ignore[arg-type]
    toast(request, _("다시 물어보고 있어요. 답이 오면 저절로 바뀌어요."))
    return redirect(reverse("seller:steps") + "#checklist")


@centre
@owners_only
@require_POST
def hand_in(request: HttpRequest, shop: Seller) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.hand_in(shop, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error({"file": "upload"}.get(error.field or "", error.field), str(error))
        else:
            toast(request, _("서류를 올렸어요. 운영팀과 대표만 볼 수 있어요."))
            return redirect(reverse("seller:steps") + "#documents")
    return steps_page(request, shop, 422, paper_form=form)


@centre
@owners_only
def document(request: HttpRequest, shop: Seller, pk: int) -> FileResponse:
    """The paper itself; that it was opened is written down."""
    found = get_object_or_404(Document.objects.select_related("seller"), pk=pk, seller=shop)
    actions.seen(found, by=request.user)  # type: ignore[arg-type]
    return sent(found)
