"""What people type at the desk. Numbers are checked here for the person, and again in the actions for the house."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import notices
from dure.integrations.nts import rules as brn_rules
from dure.kit import images, korean
from dure.kit.errors import DureError
from dure.partnership.actions import Stall
from dure.partnership.models import ContactLog, Lead, Route, Rubric
from dure.partnership.queries import merchandisers, regions
from dure.people import wordings
from dure.people.models import Role
from dure.people.queries import holders
from dure.sites.design.notice_fields import notice_field


class MarketSearch(forms.Form):
    """Every field may be missing or wrong: a search never fails, it finds everything."""

    q = forms.CharField(required=False, label=_("시장 이름"), max_length=60)
    region = forms.ChoiceField(required=False, label=_("시·도"))
    open = forms.BooleanField(required=False, label=_("오늘 여는 곳"))
    lat = forms.FloatField(required=False, min_value=32, max_value=40)
    lng = forms.FloatField(required=False, min_value=123, max_value=133)

    def __init__(self, data: Any):
        super().__init__(data)
        self.fields["region"].choices = [("", _("전국"))] + [(name, f"{name} ({n})") for name, n in regions() if name]  # type: ignore[attr-defined]
        self.is_valid()

    def found(self, name: str, default: Any = "") -> Any:
        return self.cleaned_data.get(name) or default

    @property
    def near(self) -> tuple[float, float] | None:
        lat, lng = self.found("lat", None), self.found("lng", None)
        return (lat, lng) if lat and lng else None


class ShopForm(forms.Form):
    """What is known of a shop: at the stall, and when it is corrected."""

    name = forms.CharField(label=_("점포 이름"), max_length=80)
    phone = forms.CharField(
        label=_("휴대전화"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "placeholder": "010-"}),
    )
    brn = forms.CharField(
        label=_("사업자등록번호"),
        required=False,
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "000-00-00000"}),
    )
    owner_name = forms.CharField(label=_("점주 이름"), required=False, max_length=60)
    stall = forms.CharField(label=_("점포 번호"), required=False, max_length=20)
    goods = forms.CharField(label=_("파는 것"), required=False, max_length=120)
    contact = forms.BooleanField(required=False)
    contact_version = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.wording = wordings.current("CONTACT")
        self.fields["contact"].label = _("연락에 동의하셨어요")
        self.fields["contact"].help_text = self.wording.text
        self.fields["contact_version"].initial = self.wording.version

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if typed and korean.phone_e164(typed) is None:
            raise forms.ValidationError(_("전화번호를 다시 확인해 주세요. 예: 010-1234-5678"))
        return typed

    def clean_brn(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["brn"])
        if typed and not brn_rules.is_brn(typed):
            raise forms.ValidationError(_("사업자등록번호가 맞지 않아요. 열 자리 숫자를 다시 확인해 주세요."))
        return typed

    def consents(self) -> dict[str, str]:
        if not self.cleaned_data["contact"]:
            return {}
        return {"CONTACT": self.cleaned_data["contact_version"] or self.wording.version}

    def stall_known(self, **more: Any) -> Stall:
        got = self.cleaned_data
        known = {name: got[name] for name in ("name", "phone", "brn", "owner_name", "stall", "goods")}
        return Stall(**known, consents=self.consents(), **more)


class Camera(forms.ClearableFileInput):
    """Several pictures at once; a phone offers its camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"multiple": True, "accept": images.ACCEPT, "data-preview": "previews"})
        self.attrs["class"] = "input"


class Pictures(forms.FileField):
    """Pictures kept by kit.images as soon as they are read, so that they survive an error elsewhere in the form."""

    widget = Camera
    MOST = 6

    def clean(self, data: Any, initial: Any = None) -> list[images.Picture]:
        uploads = [f for f in (data if isinstance(data, list | tuple) else [data]) if f]
        if self.required and not uploads:
            raise forms.ValidationError(_("사진을 한 장 이상 골라 주세요."))
        if len(uploads) > self.MOST:
            raise forms.ValidationError(_("사진은 한 번에 6장까지 올릴 수 있어요."))
        try:
            return [images.keep(upload, "leads") for upload in uploads]
        except DureError as error:
            raise forms.ValidationError(str(error)) from error


class CaptureForm(ShopForm):
    photos = Pictures(label=_("사진"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput())  # pictures of an earlier, refused try (signed)
    photo_consent = forms.BooleanField(required=False)
    marketing = forms.BooleanField(required=False)
    interested = forms.BooleanField(label=_("온라인 입점에 관심 있다고 하셨어요"), required=False)
    next_step = forms.CharField(
        label=_("다음 할 일"), required=False, max_length=200, help_text=_("예: 상품 사진 5장 받기")
    )
    next_step_on = forms.DateField(label=_("언제"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    another_shop = forms.BooleanField(
        label=_("같은 점주의 다른 점포예요"), required=False, help_text=_("번호는 같지만 점포가 다를 때만 표시해요.")
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, purpose in (("photo_consent", "PHOTO"), ("marketing", "MARKETING")):
            wording = wordings.current(purpose)
            self.fields[name].label, self.fields[name].help_text = wording.title, wording.text

    def clean(self) -> dict[str, Any]:
        got = super().clean() or self.cleaned_data
        if not got.get("phone") and not got.get("brn") and not {"phone", "brn"} & set(self.errors):
            self.add_error("phone", _("전화번호나 사업자등록번호 가운데 하나는 적어 주세요."))
        if got.get("phone") and not got.get("contact"):
            self.add_error(
                "contact", _("전화번호를 받으려면 연락 동의가 필요해요. 문구를 읽어 드리고 동의를 받아 주세요.")
            )
        return got

    def consents(self) -> dict[str, str]:
        more = {"PHOTO": "photo_consent", "MARKETING": "marketing"}
        given = {
            purpose: wordings.current(purpose).version for purpose, name in more.items() if self.cleaned_data[name]
        }
        return super().consents() | given

    @property
    def more(self) -> bool:
        """Whether something stands, or is wrong, in the part that is folded away."""
        folded = ("owner_name", "stall", "goods", "next_step", "next_step_on", "marketing")
        return self.is_bound and any(self[name].value() or self[name].errors for name in folded)

    def learnt(self) -> Stall:
        got = self.cleaned_data
        return self.stall_known(
            interested=got["interested"], next_step=got["next_step"], next_step_on=got["next_step_on"]
        )


class ContactForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("방법"), choices=ContactLog.Channel.choices, widget=forms.RadioSelect(), initial="PHONE"
    )
    outcome = forms.ChoiceField(
        label=_("결과"), choices=ContactLog.Outcome.choices, widget=forms.RadioSelect(), initial="MET"
    )
    note = forms.CharField(label=_("메모"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    next_step = forms.CharField(label=_("다음 할 일"), required=False, max_length=200)
    next_step_on = forms.DateField(label=_("언제"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    contact = forms.BooleanField(label=_("이번에 연락 동의를 받았어요"), required=False)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())

    def pills(self) -> list[forms.BoundField]:
        return [self["channel"], self["outcome"]]

    def consents(self) -> dict[str, str]:
        return {"CONTACT": wordings.current("CONTACT").version} if self.cleaned_data["contact"] else {}


class WordsForm(forms.Form):
    """What the MD does to a product's words, and why: the seller reads it and may take it back."""

    name = forms.CharField(label=_("상품명"), max_length=100)
    tagline = forms.CharField(label=_("한 줄 소개"), max_length=120, required=False)
    story = forms.CharField(
        label=_("상품 이야기"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("누가, 어디서, 어떻게 만드나요? 무엇과 먹으면 좋나요?"),
    )
    keywords = forms.CharField(label=_("검색어"), max_length=200, required=False)
    note = forms.CharField(
        label=_("사장님께 드리는 말"),
        max_length=200,
        help_text=_("무엇을 왜 고쳤는지 적어요. 사장님이 보고 되돌릴 수 있어요."),
    )

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "tagline", "story", "keywords")}


class NoticeForm(forms.Form):
    """The product-information notice of one type; what is left out stays open."""

    use_required_attribute = False

    def __init__(self, code: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for item in notices.form_of(code).items:
            self.fields[item.code] = notice_field(item)


class ProductPhotoForm(forms.Form):
    """The picture is read by the action, which knows how many a product may have."""

    image = forms.FileField(label=_("사진"), widget=forms.FileInput(attrs={"accept": images.ACCEPT}))


class PhotosForm(forms.Form):
    photos = Pictures(label=_("사진"))


class ScreeningForm(forms.Form):
    """A choice 0–5 for every criterion of a rubric, and what the reviewer thinks."""

    comment = forms.CharField(
        label=_("심사 의견"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, rubric: Rubric, language: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        tongue = "en" if language == "en" else "ko"
        for criterion in rubric.criteria:
            field = forms.TypedChoiceField(
                label=criterion[f"name_{tongue}"],
                help_text=criterion[f"ask_{tongue}"],
                choices=[(n, str(n)) for n in range(6)],
                coerce=int,
                widget=forms.RadioSelect(),
                error_messages={"required": _("0점에서 5점 사이로 골라 주세요.")},
            )
            self.fields[f"score_{criterion['code']}"] = field

    def axes(self) -> list[tuple[str, list[tuple[Any, int]]]]:
        """[(axis, [(bound field, weight), …]), …] in the rubric's order."""
        by_axis: dict[str, list[tuple[Any, int]]] = {"PRODUCT": [], "WILL": []}
        for c in self.rubric.criteria:
            by_axis[c["axis"]].append((self[f"score_{c['code']}"], c["weight"]))
        return list(by_axis.items())

    def scores(self) -> dict[str, int]:
        return {c["code"]: self.cleaned_data[f"score_{c['code']}"] for c in self.rubric.criteria}


class SelectForm(forms.Form):
    route = forms.ChoiceField(
        label=_("트랙"), choices=Route.choices, widget=forms.RadioSelect(attrs={"data-cards": "1"})
    )
    reason = forms.CharField(label=_("선정 이유"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """Deferring or declining."""

    verdict = forms.ChoiceField(choices=[("defer", ""), ("decline", "")])
    reason = forms.CharField(label=_("이유"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    until = forms.DateField(label=_("다시 볼 날"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class AssignForm(forms.Form):
    md = forms.ModelChoiceField(label=_("담당 MD"), queryset=None, widget=forms.RadioSelect(), empty_label=None)
    why = forms.CharField(label=_("메모"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["md"].queryset = holders(Role.MD)  # type: ignore[attr-defined]
        load = {md.pk: n for md, n in merchandisers()}
        self.fields["md"].label_from_instance = lambda md: (
            _("%(name)s · 지금 %(n)d곳")
            % {  # type: ignore[attr-defined]
                "name": md.name,
                "n": load.get(md.pk, 0),
            }
        )


def amend_form(lead: Lead, data: Any = None) -> ShopForm:
    """The shop's form filled with what is known."""
    shop = lead.shop
    known = {
        "name": shop.name,
        "phone": korean.phone_shown(shop.owner.phone) if shop.owner and shop.owner.phone else "",
        "brn": brn_rules.shown(shop.business.brn) if shop.business else "",
        "owner_name": shop.owner.name if shop.owner else "",
        "stall": shop.stall,
        "goods": shop.goods,
    }
    return ShopForm(data, initial=known, prefix="shop")
