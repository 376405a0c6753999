"""What a seller writes into delivery templates, bundle groups and the calculator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.commerce.pricing.models import BundleGroup, DeliveryTemplate
from dure.commerce.sellers.models import Seller

WON = {"data-won": "1", "inputmode": "numeric"}
NEEDED = {
    "CONDITIONAL_FREE": ("free_over",),
    "UNIT_QUANTITY_PAID": ("unit",),
    "RANGE_QUANTITY_PAID": ("second_from", "second_extra"),
}


class TemplateForm(forms.ModelForm):
    class Meta:
        model = DeliveryTemplate
        fields = (
            "name", "fee_type", "fee", "free_over", "unit", "second_from", "second_extra", "third_from", "third_extra",
            "pay", "group", "jeju_extra", "remote_extra", "return_fee", "exchange_fee", "first_freight",
        )  # fmt: skip
        widgets = {
            "fee_type": forms.RadioSelect(attrs={"data-cards": "1"}),
            **{
                name: forms.TextInput(attrs=WON)
                for name in (
                    "fee", "free_over", "second_extra", "third_extra", "jeju_extra", "remote_extra", "return_fee", "exchange_fee",
                )
            },
        }  # fmt: skip
        help_texts = {
            "free_over": _("조건부 무료일 때만. 묶음 그룹이면 그룹의 상품을 모두 더한 금액이에요."),
            "unit": _("수량별일 때만. 이 수량을 넘을 때마다 기본 배송비를 한 번 더 받아요."),
            "second_from": _("구간별일 때만. 이 수량부터 기본 배송비에 더 받아요."),
            "third_from": _("비워 두면 2구간까지만 써요."),
            "group": _("비워 두면 상품마다 배송비를 따로 받아요(묶음배송 불가)."),
            "jeju_extra": _("묶음 그룹이 있으면 그룹에 적은 금액을 받아요."),
        }

    def __init__(self, *args: Any, seller: Seller, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = BundleGroup.objects.filter(seller=seller)
        self.fields["group"].empty_label = _("묶지 않아요")

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        for name in NEEDED.get(told.get("fee_type", ""), ()):
            if told.get(name) is None and name not in self.errors:
                self.add_error(name, _("이 배송비 종류에는 꼭 적어야 해요."))
        second, third = told.get("second_from"), told.get("third_from")
        if second is not None and second < 2:
            self.add_error("second_from", _("2개부터 적을 수 있어요."))
        if third is not None:
            if second is None or third <= second:
                self.add_error("third_from", _("2구간보다 큰 수량을 적어 주세요."))
            if told.get("third_extra") is None:
                self.add_error("third_extra", _("3구간의 추가 배송비를 적어 주세요."))
        for name, most in (("fee", 100_000), ("return_fee", 200_000), ("exchange_fee", 400_000)):
            if (told.get(name) or 0) > most:
                self.add_error(name, _("너무 큰 금액이에요. 다시 확인해 주세요."))
        return told

    def validate_unique(self) -> None:
        """The action says it: it knows the seller."""

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class GroupForm(forms.ModelForm):
    class Meta:
        model = BundleGroup
        fields = ("name", "method", "jeju_extra", "remote_extra")
        widgets = {
            "method": forms.RadioSelect(attrs={"data-cards": "1"}),
            "jeju_extra": forms.TextInput(attrs=WON),
            "remote_extra": forms.TextInput(attrs=WON),
        }


class TryForm(forms.Form):
    """The calculator: so many pieces for so much, sent there."""

    price = forms.IntegerField(
        label=_("상품 값"), min_value=0, max_value=100_000_000, initial=10_000, widget=forms.TextInput(attrs=WON)
    )
    quantity = forms.IntegerField(
        label=_("수량"), min_value=1, max_value=999, initial=3, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    where = forms.ChoiceField(
        label=_("받는 곳"), choices=[("", _("육지")), ("63122", _("제주")), ("40221", _("도서산간"))], required=False
    )
