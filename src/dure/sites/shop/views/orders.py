"""A buyer's orders: the list, one order, confirming, reviewing, claiming. Another's order is 404."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.commerce.claims import actions as claims
from dure.commerce.claims.models import Claim
from dure.commerce.claims.rules import Refund
from dure.commerce.claims.words import reason_in_words
from dure.commerce.orders import actions
from dure.commerce.orders.models import LineStatus, Order, ProductOrder, ShippingCharge
from dure.commerce.orders.queries import orders_of
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.commerce.pricing.words import charge_reasons
from dure.commerce.reviews import actions as reviews
from dure.kit import clock, images
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.shop import forms
from dure.sites.shop.access import actor, buyer_required
from dure.sites.shop.trail import Line

PER_PAGE = 10
TABS = {
    "all": (gettext_lazy("전체"), {}),
    "going": (gettext_lazy("진행 중"), {"lines__status__in": [LineStatus.PAID, LineStatus.DELIVERING]}),
    "arrived": (gettext_lazy("도착"), {"lines__status": LineStatus.DELIVERED}),
    "claims": (gettext_lazy("취소·반품·교환"), {"lines__claims__isnull": False}),
}


@dataclass(frozen=True)
class Seen:
    """An order as its buyer sees it."""

    row: Order
    lines: list[Line]
    charges: list[tuple[ShippingCharge, str]]

    @property
    def can_pay(self) -> bool:
        return not self.row.paid_at and not self.row.ended_at and self.row.expires_at > clock.now()


def seen(order: Order) -> Seen:
    charges = [(c, " · ".join(charge_reasons(c.reason, c.extra, c.policy))) for c in order.shipping_charges.all()]
    return Seen(order, [_line(line) for line in order.lines.all()], charges)


def _line(line: ProductOrder) -> Line:
    photos = list(line.option.product.photos.all())
    return Line(line, photos[0].image if photos else "")


@buyer_required
def orders(request: HttpRequest) -> HttpResponse:
    current = request.GET.get("show", "all")
    _label, lookup = TABS.get(current, TABS["all"])
    mine = _mine(request)
    if lookup:
        mine = mine.filter(pk__in=Order.objects.of(request.user).filter(**lookup).values("pk"))
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "orders": [seen(order) for order in page],
        "current": current if current in TABS else "all",
        "tab_items": [(key, label, f"?show={key}") for key, (label, _lookup) in TABS.items()],
    }
    return render(request, "shop/orders.html", context)


def _mine(request: HttpRequest) -> QuerySet[Order]:
    return orders_of(request.user).prefetch_related("lines__review")


@buyer_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "shop/order.html", {"order": seen(get_object_or_404(_mine(request), number=number))})


@require_POST
@buyer_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(ProductOrder.objects.of_buyer(request.user).select_related("order"), pk=pk)
    actions.confirm_purchase(line, by=actor(request))
    toast(request, _("구매를 확정했어요. 고마워요!"))
    return redirect("shop:order", line.order.number)


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    item = _my_line(request, pk)
    form = forms.WriteReview(request.POST or None, request.FILES or None)
    if not item.can_review and request.method == "GET":
        return redirect("shop:order", item.line.order.number)
    if request.method == "POST" and form.is_valid():
        try:
            kept = [images.keep(photo, "reviews") for photo in form.cleaned_data["photos"]]
            reviews.write(
                item.line,
                rating=form.cleaned_data["rating"],
                text=form.cleaned_data["text"],
                by=request.user,
                photos=kept,
            )
        except DureError as error:
            form.add_error(_field(error, form), str(error))
        else:
            toast(request, _("후기를 올렸어요."))
            return redirect(f"{reverse('shop:product', args=[item.line.option.product_id])}#reviews")
    return _answer(request, "shop/review.html", {"form": form, "item": item})


@buyer_required
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """The wizard: what, how many, why; the refund is shown before it is asked for."""
    item = _my_line(request, pk)
    if request.method == "POST" and (known := _known(request, item)):
        return redirect("shop:claim_detail", known.pk)
    if not item.claim_kinds:
        return redirect("shop:order", item.line.order.number)
    start = {"kind": item.claim_kinds[0], "quantity": item.left, **request.GET.dict(), "key": forms.fresh_key()}
    form = forms.OpenClaim(
        request.POST or None, request.FILES or None, initial=start, kinds=item.claim_kinds, left=item.left
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            evidence = [images.keep(photo, "claims").name for photo in asked.get("photos", [])]
            opened = claims.open_claim(
                item.line,
                asked["kind"],
                quantity=asked["quantity"],
                reason=asked["reason"],
                key=asked["key"],
                by=actor(request),
                detail=asked["detail"],
                evidence=evidence,
            )
        except DureError as error:
            form.add_error(_field(error, form), str(error))
        else:
            toast(request, _("신청했어요."))
            return redirect("shop:claim_detail", opened.pk)
    given = request.POST or request.GET
    refund, refusal = _preview(item, given.get("kind") or start["kind"], given)
    cancel = item.can_cancel
    context = {
        "form": form,
        "item": item,
        "refund": refund,
        "refund_why": refusal,
        "title": _("취소 신청") if cancel else _("반품·교환 신청"),
        "about": _("판매자가 이미 확인한 주문은 판매자가 발송을 멈출 수 있을 때 취소돼요.")
        if cancel and item.line.acknowledged_at
        else _("바로 취소되고 결제한 방법으로 돌려드려요.")
        if cancel
        else _("판매자가 확인한 뒤 택배 기사님이 가지러 가요."),
    }
    return _answer(request, "shop/claim.html", context)


@buyer_required
def claim_detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Claim.objects.of_buyer(request.user)
        .select_related("product_order__order", "product_order__option__product", "product_order__seller")
        .prefetch_related("evidence", "product_order__option__product__photos"),
        pk=pk,
    )
    refund = Refund(found.goods_refund, found.shipping_refund, found.return_fee)
    context = {
        "claim": found,
        "item": _line(found.product_order),
        "reason": reason_in_words(found.reason),
        "steps": _claim_steps(found),
        "refund": refund if found.kind != Claim.Kind.EXCHANGE else None,
        "can_withdraw": found.status == Claim.Status.REQUESTED,
    }
    return render(request, "shop/claim_detail.html", context)


@require_POST
@buyer_required
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Claim.objects.of_buyer(request.user).select_related("product_order__order"), pk=pk)
    claims.withdraw(found, by=actor(request))
    toast(request, _("신청을 거두었어요."))
    return redirect("shop:order", found.product_order.order.number)


def _my_line(request: HttpRequest, pk: int) -> Line:
    mine = (
        ProductOrder.objects.of_buyer(request.user)
        .select_related("order", "seller", "option__product", "review")
        .prefetch_related("option__product__photos", "claims", "parcels__events")
    )
    return _line(get_object_or_404(mine, pk=pk))


def _known(request: HttpRequest, item: Line) -> Claim | None:
    """The claim a second press of the same form is about."""
    return next((c for c in item.line.claims.all() if str(c.key) == request.POST.get("key")), None)


def _preview(item: Line, kind: str, given: Any) -> tuple[Refund | None, str]:
    """(the refund, or why there is none to show yet)."""
    quantity, reason = given.get("quantity") or str(item.left), given.get("reason")
    if kind not in item.claim_kinds or not quantity.isdecimal() or not reason:
        return None, _("이유를 고르면 돌려받을 금액을 보여 드려요.")
    if kind == Claim.Kind.EXCHANGE:
        return None, _("같은 상품으로 바꿔 드려요. 돌려받을 금액은 없어요.")
    try:
        return claims.preview(item.line, kind, int(quantity), reason), ""
    except DureError as error:
        return None, str(error)


def _claim_steps(found: Claim) -> list[dict[str, Any]]:
    road = {
        Claim.Kind.CANCEL: [Claim.Status.REQUESTED, Claim.Status.DONE],
        Claim.Kind.RETURN: [Claim.Status.REQUESTED, Claim.Status.COLLECTING, Claim.Status.COLLECTED, Claim.Status.DONE],
        Claim.Kind.EXCHANGE: [
            Claim.Status.REQUESTED,
            Claim.Status.COLLECTING,
            Claim.Status.COLLECTED,
            Claim.Status.REDELIVERING,
            Claim.Status.DONE,
        ],
    }[Claim.Kind(found.kind)]
    times = {
        Claim.Status.REQUESTED: found.opened_at,
        Claim.Status.COLLECTED: found.collected_at,
        Claim.Status.DONE: found.done_at,
    }
    if found.status not in road:  # withdrawn or rejected: the road ends here
        return [
            {"title": Claim.Status.REQUESTED.label, "at": found.opened_at},
            {"title": found.get_status_display(), "state": "bad", "text": found.answer},
        ]
    here = road.index(Claim.Status(found.status))
    steps = [
        {
            "title": status.label,
            "at": times.get(status),
            "state": "todo" if i > here else "now" if i == here and found.status in OPEN_CLAIM else "done",
        }
        for i, status in enumerate(road)
    ]
    if found.refunded_at:
        steps.append({"title": _("환불 완료"), "at": found.refunded_at})
    elif found.status == Claim.Status.DONE and found.refund_amount:
        steps.append({"title": _("환불 처리 중"), "state": "now"})
    return steps


def _field(error: DureError, form: Any) -> str | None:
    names = {"image": "photos"}
    name = names.get(error.field or "", error.field)
    return name if name in form.fields else None


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)
