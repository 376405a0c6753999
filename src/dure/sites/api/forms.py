"""What a developer types on the pages of keys and webhooks."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.sites.api.hooks.topics import NAMES
from dure.sites.api.models import ApiKey, Holder
from dure.sites.api.scopes import OF_HOLDER, SCOPES

LIFETIMES = [("365", _("1년")), ("90", _("90일")), ("", _("기한 없음"))]


class KeyForm(forms.Form):
    """`holder` is asked only where the house makes keys."""

    name = forms.CharField(label=_("이름"), max_length=60, help_text=_("어느 프로그램이 쓰는지 알아볼 이름이에요."))
    holder = forms.ChoiceField(label=_("쓰는 곳"), widget=forms.RadioSelect(attrs={"data-cards": "1"}))
    mode = forms.ChoiceField(
        label=_("모드"),
        choices=[
            (ApiKey.Mode.LIVE, _("운영: 실제로 바뀌어요")),
            (ApiKey.Mode.TEST, _("연습: 답만 받고 아무것도 바뀌지 않아요")),
        ],
        initial=ApiKey.Mode.LIVE,
        widget=forms.RadioSelect(attrs={"data-cards": "1"}),
    )
    scopes = forms.MultipleChoiceField(label=_("할 수 있는 일"), widget=forms.CheckboxSelectMultiple())
    days = forms.ChoiceField(label=_("기한"), choices=LIFETIMES, initial="365", required=False)
    for_naver_tools = forms.BooleanField(
        label=_("네이버 커머스API 형식의 프로그램에 쓸게요"),
        required=False,
        help_text=_("애플리케이션 ID와 시크릿을 함께 만들어요. 프로그램의 접속 주소만 바꾸면 돼요."),
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())

    def __init__(self, *args: Any, holders: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Holder.choices)
        self.fields["holder"].choices = [(holder, labels[holder]) for holder in holders]  # type: ignore[attr-defined]
        self.fields["holder"].initial = holders[0]
        offered = [scope for scope in SCOPES if any(scope in OF_HOLDER[holder] for holder in holders)]
        self.fields["scopes"].choices = [(scope, SCOPES[scope]) for scope in offered]  # type: ignore[attr-defined]
        if len(holders) == 1:
            self.fields["holder"].widget = forms.HiddenInput()
            self.fields["scopes"].initial = offered
        if holders != [Holder.SELLER]:
            del self.fields["for_naver_tools"]


class EndpointForm(forms.Form):
    url = forms.URLField(label=_("받을 주소"), max_length=500, assume_scheme="https", widget=forms.URLInput())
    about = forms.CharField(label=_("메모"), max_length=100, required=False)
    topics = forms.MultipleChoiceField(
        label=_("받을 소식"),
        choices=list(NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("하나도 고르지 않으면 모두 받아요."),
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())


class PeriodForm(forms.Form):
    """What was to be sent between two days (KST, both included)."""

    since = forms.DateField(label=_("언제부터"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("언제까지"), widget=forms.DateInput(attrs={"type": "date"}))
    failed_only = forms.BooleanField(label=_("전달하지 못한 것만"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("since") and told.get("until") and told["since"] > told["until"]:
            self.add_error("until", _("시작하는 날보다 뒤여야 해요."))
        return told


class TryForm(forms.Form):
    """A request to try on the page of the API."""

    method = forms.ChoiceField(label=_("방법"), choices=[(m, m) for m in ("GET", "POST", "PUT", "PATCH")])
    path = forms.CharField(label=_("주소"), max_length=500)
    credential = forms.RegexField(
        r"^dk_test_[2-9A-Z]{8}_[2-9A-Z]{32}$",
        label=_("연습 키"),
        required=False,
        help_text=_("dk_test_ 로 시작하는 키만 넣어 주세요. 상품 찾기는 키 없이도 돼요."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("연습 키만 쓸 수 있어요. 운영 키는 이 칸에 넣지 마세요.")},
    )
    body = forms.CharField(
        label=_("본문(JSON)"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean_path(self) -> str:
        path = str(self.cleaned_data["path"])
        if not path.startswith("/api/v1/"):
            raise forms.ValidationError(_("/api/v1/ 로 시작하는 주소를 적어 주세요."))
        return path
