from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category
from dure.commerce.pricing.actions import NOTICE
from dure.commerce.sellers.models import Seller
from dure.commerce.sellers.rules import digits
from dure.kit import clock
from dure.sites.design.fields import WonField


class ReasonForm(forms.Form):
    """Words for the seller; needed for a no."""

    reason = forms.CharField(
        label=_("판매자가 읽을 이유"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("보류하는 까닭"), max_length=200, error_messages={"required": _("까닭을 적어 주세요. 판매자가 읽어요.")}
    )


class FundForm(forms.Form):
    amount = WonField(label=_("넣을 금액"), min_value=1)
    key = forms.UUIDField(widget=forms.HiddenInput())


class RunForm(forms.Form):
    day = forms.DateField(label=_("정산 예정일"), widget=forms.DateInput(attrs={"type": "date"}))


class SellerField(forms.CharField):
    """A seller by its number (`#12`), business number, or name as it stands; empty is every seller."""

    def clean(self, value: Any) -> Seller | None:  # type: ignore[override]
        asked = super().clean(value)
        if not asked:
            return None
        if asked.startswith("#"):
            found = Seller.objects.filter(pk=int(digits(asked.split()[0]) or 0) % 2**62)
        elif len(digits(asked)) == 10:
            found = Seller.objects.filter(brn=digits(asked))
        else:
            found = Seller.objects.filter(name=asked)
        rows = list(found[:2])
        if len(rows) != 1:
            raise forms.ValidationError(
                _("같은 이름의 판매자가 여럿이에요. 사업자등록번호로 적어 주세요.")
                if rows
                else _("그런 판매자가 없어요. 가게 이름 그대로, 또는 사업자등록번호를 적어 주세요.")
            )
        return rows[0]

    def prepare_value(self, value: Any) -> Any:
        return f"#{value.pk} {value.name}" if isinstance(value, Seller) else value


class CommissionForm(forms.Form):
    seller = SellerField(
        label=_("판매자"),
        required=False,
        max_length=100,
        help_text=_("비워 두면 모든 판매자예요. 가게 이름이나 사업자등록번호."),
    )
    category = forms.ModelChoiceField(
        label=pgettext_lazy("field", "분류"),
        queryset=Category.objects.all(),
        required=False,
        empty_label=_("모든 분류"),
    )
    percent = forms.DecimalField(
        label=_("수수료율"),
        min_value=0,
        max_value=50,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": _("5 또는 4.75처럼 적어 주세요.")},
    )
    since = forms.DateField(label=_("시작하는 날"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("까닭"), required=False, max_length=200)
    price = WonField(
        label=_("이 값으로 계산해 보기"), required=False, min_value=1, max_value=100_000_000, initial=10_000
    )

    def plan(self) -> dict[str, Any]:
        """What `schedule_commission` asks for; without a day, the first on which a rise may begin."""
        told = self.cleaned_data
        return {
            "seller": told["seller"],
            "category": told["category"],
            "basis_points": int(told["percent"] * 100),
            "since": told["since"] or clock.today() + NOTICE,
            "note": told["note"],
        }


class DecideForm(forms.Form):
    why = forms.CharField(label=_("내리는 까닭"), required=False, max_length=200, help_text=_("쓴 사람이 읽어요."))


class TalkForm(forms.Form):
    text = forms.CharField(label=_("내용"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    key = forms.UUIDField(widget=forms.HiddenInput)


class SynonymForm(forms.Form):
    """A word and what is looked for with it."""

    word = forms.CharField(label=_("낱말"), max_length=40, help_text=_("손님이 치는 말. 예: 오뎅"))
    others = forms.CharField(
        label=_("같은 말"), max_length=400, help_text=_("함께 찾을 말. 여럿이면 쉼표로 나눠요. 예: 어묵, 부산어묵")
    )
    both_ways = forms.BooleanField(
        label=_("서로 같은 말"), required=False, initial=True, help_text=_("끄면 왼쪽 낱말로 찾을 때만 함께 찾아요.")
    )

    def said(self) -> dict[str, Any]:
        asked = self.cleaned_data
        return {"word": asked["word"], "others": asked["others"].split(","), "both_ways": asked["both_ways"]}


class SellerDecisionForm(ReasonForm):
    until = forms.DateField(
        label=_("언제까지 정지하나요?"),
        required=False,
        help_text=_("비워 두면 운영자가 풀 때까지예요."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    hold_payouts = forms.BooleanField(label=_("지급도 보류하기"), required=False)


class VisitForm(forms.Form):
    reason = forms.CharField(
        label=_("보는 까닭"),
        max_length=200,
        help_text=_("기록에 남고, 판매자도 볼 수 있어요."),
        error_messages={"required": _("왜 보는지 적어 주세요.")},
    )
    minutes = forms.TypedChoiceField(
        label=_("얼마 동안"), coerce=int, choices=[(10, _("10분")), (30, _("30분")), (60, _("1시간"))], initial=30
    )


class InviteForm(forms.Form):
    shop_name = forms.CharField(label=_("가게 이름"), max_length=80)
    name = forms.CharField(label=_("받는 분"), max_length=60, required=False)
    phone = forms.CharField(label=_("휴대전화"), max_length=20, required=False)
    email = forms.EmailField(label=_("이메일"), required=False)


class CategoryForm(forms.Form):
    """A shelf; its code is chosen once and never changes, addresses hang on it."""

    code = forms.SlugField(
        label=_("코드"), max_length=30, help_text=_("주소에 쓰여요. 영어 소문자와 줄표로, 나중에 바꿀 수 없어요.")
    )
    parent = forms.ModelChoiceField(
        label=_("위 분류"), queryset=Category.objects.none(), required=False, empty_label=_("맨 위")
    )
    name_ko = forms.CharField(label=_("한국어 이름"), max_length=40)
    name_en = forms.CharField(label=_("영어 이름"), max_length=60)
    icon = forms.CharField(label=_("그림"), max_length=40, required=False, initial="package")
    notice_type = forms.ChoiceField(label=_("고시 양식"))
    position = forms.IntegerField(
        label=_("차례"), min_value=0, max_value=32_000, initial=0, help_text=_("작은 수가 먼저예요.")
    )
    needs_origin = forms.BooleanField(label=_("원산지를 표시해야 해요"), required=False)
    needs_kc = forms.BooleanField(label=_("대개 KC 인증 대상이에요"), required=False)
    adults_only = forms.BooleanField(label=_("미성년자에게 팔 수 없어요"), required=False)
    active = forms.BooleanField(
        label=_("쓰는 분류예요"), required=False, initial=True, help_text=_("끄면 새 상품을 여기에 올릴 수 없어요.")
    )

    def __init__(self, *args: Any, made: Category | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["notice_type"]
        choices.choices = [(form.code, form.label) for form in notices.FORMS.values()]
        parents: Any = self.fields["parent"]
        parents.queryset = Category.objects.filter(parent__parent=None).select_related("parent")
        parents.label_from_instance = lambda shelf: f"{shelf.parent} › {shelf}" if shelf.parent else str(shelf)
        if made:
            del self.fields["code"]

    @classmethod
    def told(cls, shelf: Category) -> dict[str, Any]:
        return {name: getattr(shelf, f"{name}_id" if name == "parent" else name) for name in cls.base_fields}
