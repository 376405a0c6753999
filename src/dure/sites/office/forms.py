from django import forms
from django.utils.translation import gettext_lazy as _

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
