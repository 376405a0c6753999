"""`/design/`: every component alive, for those who build pages (demo and test mode only)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.config import load
from dure.kit import clock
from dure.sites.design.toasts import toast


class Sample(forms.Form):
    name = forms.CharField(label=gettext_lazy("가게 이름"), help_text=gettext_lazy("간판에 적힌 그대로 적어 주세요."))
    price = forms.CharField(
        label=gettext_lazy("판매가"), widget=forms.TextInput(attrs={"data-won": "1", "inputmode": "numeric"})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("분류"),
        choices=[("", "---------"), ("kimchi", gettext_lazy("김치·반찬")), ("fish", gettext_lazy("수산·건어물"))],
    )
    route = forms.ChoiceField(
        label=gettext_lazy("함께할 방법"),
        choices=[("LIST", gettext_lazy("입점")), ("DONE", gettext_lazy("대행")), ("LEARN", gettext_lazy("교육"))],
        widget=forms.RadioSelect(attrs={"data-cards": "1"}),
        initial="LIST",
    )
    story = forms.CharField(label=gettext_lazy("이야기"), widget=forms.Textarea, required=False)
    photo = forms.FileField(label=gettext_lazy("사진"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("연락을 받는 데 동의해요"))


def gallery(request: HttpRequest) -> HttpResponse:
    if load().mode == "production":
        raise Http404
    form = Sample(request.POST or None)
    if request.method == "POST":
        if "toast" in request.POST:
            toast(request, _("장바구니에서 뺐어요."), undo=(request.path, {"toast": "1"}))
            return redirect(request.path)
        form.is_valid()
    now = clock.now()
    product = {"pk": 1, "name": _("남해 죽방렴 멸치 선물 세트"), "seller_name": _("남해 바다상회"), "price": 28000}
    context = {
        "form": form,
        "nav": [
            (_("홈"), request.path, "house", None),
            (_("주문"), "#orders", "receipt-text", 3),
            (_("상품"), "#products", "package", None),
            (_("정산"), "#money", "wallet", None),
        ],
        "statuses": [
            ("PAID", _("결제 완료")),
            ("DELIVERING", _("배송 중")),
            ("PAYMENT_WAITING", _("결제 대기")),
            ("REJECTED", _("반려")),
            ("CANCELED", _("취소")),
            ("ON_AIR", _("방송 중")),
        ],
        "events": [
            {"title": _("결제 완료"), "at": now - timedelta(days=2)},
            {"title": _("배송 출발"), "at": now - timedelta(days=1), "text": _("대전 허브를 지났어요.")},
            {"title": _("오늘 도착해요"), "at": now, "state": "now"},
            {"title": _("구매 확정"), "state": "todo"},
        ],
        "days": [(f"{n}", (n * 37 % 23 + 4) * 52000) for n in range(1, 31)],
        "products": [
            {**product, "rating": 4.8, "reviews": 312},
            {**product, "before": 34000, "live": True},
            {**product, "sold_out": True},
            {**product, "several": True},
        ],
        "rows": [
            SimpleNamespace(number="D261124-7K3M9Q2X", buyer=_("김두레"), total=57000, status=("PAID", _("결제 완료"))),
            SimpleNamespace(
                number="D261124-Q8W2N5TC", buyer=_("이나눔"), total=12500, status=("DELIVERING", _("배송 중"))
            ),
        ],
        "tab_items": [("all", _("전체"), "#", 12), ("new", _("새 주문"), "#", 3), ("done", _("끝난 주문"), "#", None)],
        "step_labels": [_("가입"), _("사업자"), _("정산 계좌"), _("배송비"), _("심사")],
    }
    return render(request, "design/gallery.html", context)
