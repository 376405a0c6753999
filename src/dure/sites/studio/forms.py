from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.kit import images
from dure.live.models import Benefit, CueSegment, Show, ShowOffer
from dure.people.models import Role, User


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new show, or what viewers are promised of one."""

    host = forms.ModelChoiceField(
        label=_("진행자"), queryset=User.objects.none(), empty_label=_("크리에이터를 고르세요")
    )
    poster = forms.FileField(
        label=_("포스터 사진"),
        required=False,
        help_text=_("비워 두면 첫 상품의 사진을 써요."),
        widget=forms.FileInput(attrs={"accept": images.ACCEPT}),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Show
        fields: ClassVar = ["title", "planned_at", "host", "story", "poster", "listed"]
        widgets: ClassVar = {
            "planned_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "story": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts: ClassVar = {
            "title": _("누구의 어떤 상품을 왜 지금 사야 하는지 한눈에 보이게 적어 주세요."),
            "listed": _("라이브 목록의 ‘곧 시작해요’에 올라가고, 알림 신청을 받아요."),
        }

    field_order: ClassVar = ["title", "planned_at", "host", "story", "poster", "listed"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = User.objects.filter(grants__role=Role.CREATOR, is_active=True).order_by("name")
        if not user.has_role(Role.MD, Role.OPERATOR):
            hosts = hosts.filter(pk=user.pk)
            self.initial["host"] = user.pk
        host = self.fields["host"]
        assert isinstance(host, forms.ModelChoiceField)
        host.queryset = hosts
        if self.instance.pk:
            del self.fields["host"], self.fields["key"]


class OfferForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ShowOffer
        fields: ClassVar = ["live_price", "allotment", "per_buyer", "opens", "minutes"]
        widgets: ClassVar = {
            "live_price": forms.NumberInput(attrs={"min": 10, "inputmode": "numeric"}),
            "allotment": forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}),
            "per_buyer": forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}),
            "minutes": forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}),
        }

    def clean(self) -> dict[str, Any]:
        """Terms of a price without a price mean nothing: the action would drop them, so they are refused here."""
        data = self.cleaned_data
        terms = [name for name in ("allotment", "per_buyer", "minutes") if data.get(name)]
        if terms and data.get("live_price") is None and "live_price" not in self.errors:
            self.add_error("live_price", _("특가 수량이나 시간을 정하려면 라이브 특가를 먼저 적어 주세요."))
        return data


class CueForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CueSegment
        fields: ClassVar = ["kind", "offer", "beat", "planned_minutes", "script"]
        widgets: ClassVar = {
            "script": forms.Textarea(attrs={"rows": 3}),
            "planned_minutes": forms.NumberInput(attrs={"min": 1, "max": 180, "inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, show: Show, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = self.fields["offer"]
        assert isinstance(offer, forms.ModelChoiceField)
        offer.queryset = show.offers.select_related("option__product")
        offer.label = _("상품")
        offer.empty_label = _("상품 없음")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("kind") == CueSegment.Kind.PRODUCT and not data.get("offer"):
            self.add_error("offer", _("소개할 상품을 골라 주세요."))
        return data


class DisclosureForm(forms.Form):
    """Not a model form: the table's own rules hold after the action has filled in the house's wording."""

    benefit = forms.ChoiceField(
        label=_("받는 것"), choices=Benefit.choices, widget=forms.RadioSelect(attrs={"data-cards": "1"})
    )
    advertiser = forms.CharField(
        label=_("광고주"),
        max_length=60,
        required=False,
        help_text=_("돈이나 물건을 준 곳의 이름이에요. 받은 것이 없으면 비워 두세요."),
    )
    wording = forms.CharField(
        label=_("화면 문구"),
        max_length=60,
        required=False,
        help_text=_("비워 두면 고른 항목에 맞는 문구를 넣어 드려요. 방송 화면에 계속 보이는 문장이에요."),
    )


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    slow_seconds = forms.TypedChoiceField(
        label=_("채팅 간격"),
        coerce=int,
        choices=[(0, _("제한 없음")), (2, _("2초")), (5, _("5초")), (10, _("10초")), (30, _("30초")), (60, _("1분"))],
    )

    class Meta:
        model = Show
        fields: ClassVar = ["notice", "slow_seconds"]
