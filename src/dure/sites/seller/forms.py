"""What a merchant types. Numbers are checked here for the person, and again in the actions for the house."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog import notices
from dure.commerce.catalog.actions import OptionRow
from dure.commerce.catalog.models import Category, NoWithdrawal, Product, TaxClass
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import DispatchDelay
from dure.commerce.sellers.banks import BANKS
from dure.commerce.sellers.models import Document, Member, Seller, ShippingPolicy
from dure.commerce.shipping.models import Parcel
from dure.integrations.carrier.carriers import CARRIERS
from dure.kit import documents, excel, images
from dure.sites.design.fields import WonField
from dure.sites.design.notice_fields import notice_field

CARRIER_CHOICES = [(c.code, c.name) for c in CARRIERS.values()]
SEND_BY = [(m.value, m.label) for m in (Parcel.Method.DELIVERY, *Parcel.BY_HAND)]
BLANK_ROWS = 2  # empty option rows offered, so that the page needs no script


def _won(label: Any, **more: Any) -> WonField:
    return WonField(label=label, min_value=0, **more)


class ApplyForm(forms.Form):
    name = forms.CharField(label=_("가게 이름"), max_length=80, help_text=_("손님이 보는 이름이에요."))
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("가게 이름"), max_length=80)
    story = forms.CharField(
        label=_("가게 이야기"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("언제부터, 어디서, 어떤 마음으로 장사하는지 적어 보세요. 손님은 이야기를 보고 사요."),
    )


class BusinessForm(forms.Form):
    brn = forms.CharField(
        label=_("사업자등록번호"),
        max_length=14,
        help_text=_("열 자리 숫자예요. 국세청에 바로 확인해요."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "000-00-00000"}),
    )
    company_name = forms.CharField(label=_("상호(법인명)"), max_length=80, help_text=_("사업자등록증에 적힌 그대로요."))
    representative = forms.CharField(label=_("대표자"), max_length=60)
    business_address = forms.CharField(label=_("사업장 주소"), max_length=200)
    contact_phone = forms.CharField(
        label=_("대표 전화"), max_length=20, widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"})
    )
    contact_email = forms.EmailField(label=_("대표 이메일"), required=False)
    started_on = forms.DateField(
        label=_("개업연월일"),
        required=False,
        help_text=_("사업자등록증에 있어요. 적으면 등록증이 맞는지 국세청에 확인해요."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    mail_order_number = forms.CharField(
        label=_("통신판매업 신고번호"), max_length=40, required=False, help_text=_("예: 2026-서울종로-0123")
    )
    mail_order_exempt = forms.BooleanField(
        label=_("신고 면제 대상이에요"),
        required=False,
        help_text=_("간이과세자이거나 1년에 50번 안 되게 팔면 면제예요."),
    )

    @classmethod
    def of(cls, shop: Seller) -> BusinessForm:
        return cls(initial={name: getattr(shop, name) for name in cls.base_fields})


class AccountForm(forms.Form):
    bank_code = forms.ChoiceField(label=_("은행"), choices=[("", _("고르기")), *BANKS.items()])
    number = forms.CharField(
        label=_("계좌번호"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder_name = forms.CharField(
        label=_("예금주"), max_length=60, help_text=_("통장에 적힌 이름이에요. 은행에 바로 확인해요.")
    )


class ShippingForm(forms.Form):
    fee = _won(_("기본 배송비"), help_text=_("0원이면 무료배송이에요."), initial=3000)
    free_over = _won(_("이만큼 사면 무료"), required=False, help_text=_("비워 두면 무료배송 기준이 없어요."))
    jeju_extra = _won(_("제주 추가"), initial=3000)
    remote_extra = _won(_("도서산간 추가"), initial=5000)
    return_fee = _won(_("반품 배송비(편도)"), initial=3000)
    dispatch_days = forms.IntegerField(
        label=_("며칠 안에 보내나요"), min_value=1, max_value=14, initial=2, help_text=_("영업일로 세요.")
    )
    dispatch_from = forms.CharField(label=_("보내는 곳"), max_length=200)
    return_to = forms.CharField(label=_("반품 받는 곳"), max_length=200)
    carrier = forms.ChoiceField(
        label=_("주로 쓰는 택배사"), required=False, choices=[("", _("아직 없어요")), *CARRIER_CHOICES]
    )

    @classmethod
    def of(cls, policy: ShippingPolicy | None) -> ShippingForm:
        return cls(initial={name: getattr(policy, name) for name in cls.base_fields} if policy else None)


class ProductForm(forms.Form):
    """The words of a product and its shelf."""

    name = forms.CharField(
        label=_("상품명"), max_length=100, help_text=_("산지와 쓰임이 보이면 더 잘 찾아요. 예: 청송 사과 선물용")
    )
    category = forms.ModelChoiceField(
        label=pgettext_lazy("field", "분류"), queryset=Category.objects.none(), empty_label=_("고르기")
    )
    tagline = forms.CharField(label=_("한 줄 소개"), max_length=120, required=False)
    story = forms.CharField(
        label=_("상품 이야기"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("누가, 어디서, 어떻게 만드나요? 20자 이상 적어 주세요."),
    )
    keywords = forms.CharField(label=_("검색어"), max_length=200, required=False, help_text=_("쉼표 없이 띄어 써요."))
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = Category.objects.filter(active=True).exclude(parent=None)
        field.choices = [("", _("고르기")), *_shelf_choices(self.initial.get("category"))]

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        known = {name: getattr(product, name) for name in ("name", "tagline", "story", "keywords")}
        return cls(initial={**known, "category": product.category_id})

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "category", "tagline", "story", "keywords")}


def _shelf_choices(chosen: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """The shelves goods stand on, by the shelf above them; the one chosen earlier too, however wide it is."""
    rows = list(Category.objects.filter(active=True).order_by("position", "id"))
    by_id, parents = {row.pk: row for row in rows}, {row.parent_id for row in rows}
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        above = by_id.get(row.parent_id or 0)
        if above is None or (row.pk in parents and row.pk != chosen):
            continue
        top = by_id.get(above.parent_id or 0)
        groups.setdefault(f"{top} › {above}" if top else str(above), []).append((row.pk, str(row)))
    return list(groups.items())


class TermsForm(forms.Form):
    """How it is sold, and what the law and the tax office ask."""

    min_per_order = forms.IntegerField(label=_("최소 구매 수량"), min_value=1, max_value=999, initial=1)
    max_per_order = forms.IntegerField(label=_("1회 최대 구매 수량"), min_value=1, max_value=999, required=False)
    max_per_buyer = forms.IntegerField(
        label=_("한 사람이 살 수 있는 수량"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=_("앞서 산 것도 세요."),
    )
    sale_from = forms.DateTimeField(
        label=_("판매 시작"), required=False, help_text=_("비워 두면 승인되는 대로 팔아요.")
    )
    sale_until = forms.DateTimeField(label=_("판매 끝"), required=False)
    lead_days = forms.IntegerField(
        label=_("제작 기간"),
        min_value=0,
        max_value=180,
        initial=0,
        help_text=_("주문을 받고 만드는 날수예요. 바로 보내면 0이에요. 발송 기한이 그만큼 늦어져요."),
    )
    tax_class = forms.ChoiceField(
        label=_("과세 구분"), choices=TaxClass.choices, widget=forms.RadioSelect(attrs={"data-cards": "1"})
    )
    origin = forms.CharField(
        label=_("원산지"), max_length=200, required=False, help_text=_("국내산은 시·군까지. 예: 국내산(경북 청송)")
    )
    kc_numbers = forms.CharField(
        label=_("KC 인증번호"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("한 줄에 하나씩, 인증서에 적힌 그대로요. 예: R-R-ABC-X100, CB061R1234-2001"),
    )
    adults_only = forms.BooleanField(
        label=_("미성년자 구매 불가"), required=False, help_text=_("술처럼 19세가 넘어야 살 수 있는 상품이에요.")
    )
    no_withdrawal = forms.ChoiceField(
        label=_("청약철회 제한"),
        required=False,
        choices=[("", _("단순 변심으로도 반품할 수 있어요")), *NoWithdrawal.choices],
        help_text=_(
            "법이 정한 경우에만 제한할 수 있고, 구매자가 주문할 때 따로 동의해요. 하자가 있으면 그래도 반품돼요."
        ),
    )
    brand = forms.CharField(label=_("브랜드"), max_length=60, required=False)
    maker = forms.CharField(label=_("제조사"), max_length=60, required=False)
    weight_g = forms.IntegerField(label=_("무게(g)"), min_value=1, max_value=1_000_000, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("sale_from", "sale_until"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    @classmethod
    def of(cls, product: Product) -> TermsForm:
        known = {name: getattr(product, name) for name in cls.base_fields}
        return cls(initial={**known, "kc_numbers": "\n".join(product.kc_numbers)})

    def terms(self) -> dict[str, Any]:
        got = self.cleaned_data
        return {**got, "kc_numbers": [line for line in re.split(r"[\n,]", got["kc_numbers"]) if line.strip()]}


class OptionForm(forms.Form):
    """One row of the options table; an empty row is no option."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput())
    name = forms.CharField(
        label=_("옵션명"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "style": "max-width: 14rem"}),
    )
    price = WonField(
        label=_("판매가"),
        min_value=10,
        required=False,
        widget=forms.TextInput(
            attrs={"data-won": "1", "inputmode": "numeric", "class": "input input--won", "style": "max-width: 14rem"}
        ),
    )
    stock = forms.IntegerField(
        label=_("재고"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "input input--won", "style": "max-width: 14rem"}
        ),
    )
    seller_code = forms.CharField(
        label=_("자체 코드"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "style": "max-width: 14rem"}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())  # the stock the seller was looking at

    def clean(self) -> dict[str, Any]:
        got: dict[str, Any] = super().clean() or {}
        if got.get("name") and got.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("판매가를 적어 주세요."))
        if got.get("price") is not None and not got.get("name"):
            self.add_error("name", _("옵션명을 적어 주세요. 하나뿐이면 ‘기본’이라고 적어요."))
        return got

    @property
    def filled(self) -> bool:
        return bool(self.cleaned_data.get("name"))

    def row(self) -> OptionRow:
        got = self.cleaned_data
        return OptionRow(got["name"], got["price"], id=got.get("id"), seller_code=got.get("seller_code") or "")


OptionFormSet = forms.formset_factory(OptionForm, extra=BLANK_ROWS, max_num=50)


class NoticeForm(forms.Form):
    """The product-information notice of one type. Items the law wants are marked, yet may be filled in later."""

    use_required_attribute = False

    def __init__(self, code: str, *args: Any, suggested: dict[str, str] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for item in notices.form_of(code).items:
            self.fields[item.code] = notice_field(item)
            if not self.is_bound and not self.initial.get(item.code) and suggested and item.code in suggested:
                self.initial[item.code] = suggested[item.code]


class Pictures(forms.FileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """A list of the files chosen, at least one."""

    widget = Pictures

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # type: ignore[override]
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFiles, self).clean(file, initial) for file in files or [None]]


class PhotoForm(forms.Form):
    image = SeveralFiles(label=_("사진"), widget=Pictures(attrs={"accept": images.ACCEPT, "multiple": True}))


class DispatchForm(forms.Form):
    """How a parcel goes: by a carrier with a waybill, or by hand. `bulk`: a row left empty is not sent yet."""

    method = forms.ChoiceField(label=_("보내는 방법"), choices=SEND_BY, required=False)
    carrier = forms.ChoiceField(label=_("택배사"), choices=[("", _("골라 주세요")), *CARRIER_CHOICES], required=False)
    waybill = forms.CharField(
        label=_("운송장 번호"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("전달 메모"),
        max_length=100,
        required=False,
        help_text=_("직접 배달이나 퀵이면 기사님 연락처를 적어 두세요."),
    )

    pieces = forms.IntegerField(
        label=_("이번에 보낼 수량"),
        min_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("비워 두면 모두 보내요. 나머지는 다음 상자로 보낼 수 있어요."),
    )

    def __init__(self, *args: Any, bulk: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.bulk = bulk

    @property
    def is_filled(self) -> bool:
        got = self.cleaned_data
        return bool(got.get("waybill")) or got.get("method") in Parcel.BY_HAND

    def clean(self) -> dict[str, Any]:
        got: dict[str, Any] = super().clean() or {}
        got["method"] = got.get("method") or Parcel.Method.DELIVERY
        if got["method"] in Parcel.BY_HAND or (self.bulk and not got.get("waybill")):
            return got
        if not got.get("carrier"):
            self.add_error("carrier", _("택배사를 골라 주세요."))
        if not got.get("waybill"):
            self.add_error("waybill", _("운송장 번호를 적어 주세요."))
        return got

    def parcel(self) -> dict[str, Any]:
        """Arguments of `shipping.dispatch`."""
        got = self.cleaned_data
        return {name: got.get(name) or "" for name in ("carrier", "waybill", "method", "note")}


class DelayForm(forms.Form):
    """발송지연 안내, in Naver's words."""

    reason = forms.ChoiceField(label=_("늦어지는 이유"), choices=DispatchDelay.Reason.choices)
    due = forms.DateField(label=_("새 발송 기한"), widget=forms.DateInput(attrs={"type": "date"}))
    detail = forms.CharField(label=_("손님께 드리는 말씀"), max_length=200, required=False)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("손님이 읽을 이유"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ClaimHoldForm(forms.Form):
    hold_reason = forms.ChoiceField(label=_("보류하는 까닭"), choices=Claim.HoldReason.choices)
    hold_until = forms.DateField(label=_("언제까지"), widget=forms.DateInput(attrs={"type": "date"}))
    hold_detail = forms.CharField(label=_("손님께 드리는 말씀"), max_length=200, required=False)


class EvidenceForm(forms.Form):
    """Pictures of the seller's side."""

    image = SeveralFiles(
        label=_("사진"), required=False, widget=Pictures(attrs={"accept": images.ACCEPT, "multiple": True})
    )
    said = forms.CharField(label=_("설명"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        got: dict[str, Any] = super().clean() or {}
        got["image"] = [file for file in got.get("image") or [] if file]
        if not self.errors and not got["image"] and not got.get("said"):
            self.add_error("said", _("사진이나 설명을 넣어 주세요."))
        return got


class ReplyForm(forms.Form):
    reply = forms.CharField(label=_("답글"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("역할"),
        choices=Member.Role.choices,
        initial=Member.Role.READ_ONLY,  # nobody becomes an owner by not looking
        error_messages={"invalid_choice": _("역할을 목록에서 골라 주세요."), "required": _("역할을 골라 주세요.")},
    )


class StaffForm(RoleForm):
    field_order = ("name", "phone", "role")
    name = forms.CharField(label=_("이름"), max_length=60)
    phone = forms.CharField(
        label=_("휴대전화"), max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )


class WaybillsForm(forms.Form):
    file = forms.FileField(label=_("송장 엑셀"), widget=forms.FileInput(attrs={"accept": excel.ACCEPT}))


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("엑셀 파일"),
        widget=forms.FileInput(attrs={"accept": excel.ACCEPT}),
        help_text=_("xlsx, xls, csv · 20MB, 10만 줄까지"),
        error_messages={
            "required": _("올릴 파일을 골라 주세요."),
            "empty": _("빈 파일이에요. 다른 파일을 골라 주세요."),
        },
    )


class QuestionAnswerForm(forms.Form):
    text = forms.CharField(label=_("답변"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class TalkForm(forms.Form):
    text = forms.CharField(label=_("내용"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    photos = SeveralFiles(
        label=_("사진"), required=False, widget=Pictures(attrs={"accept": images.ACCEPT, "multiple": True})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_photos(self) -> list[Any]:
        return [photo for photo in self.cleaned_data["photos"] if photo][:5]


class TemplateForm(forms.Form):
    title = forms.CharField(label=_("제목"), max_length=40, help_text=_("나만 보는 이름이에요. 예: 제주 배송"))
    text = forms.CharField(label=_("답변"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("어떤 서류인가요?"), choices=Document.Kind.choices)
    upload = forms.FileField(
        label=_("파일"),
        help_text=_("PDF, 또는 휴대전화로 찍은 사진. 글자가 보이게 반듯하게 찍어 주세요."),
        widget=forms.FileInput(attrs={"accept": documents.ACCEPT}),
        error_messages={"required": _("파일을 골라 주세요."), "empty": _("빈 파일이에요. 다른 파일을 골라 주세요.")},
    )
    expires_on = forms.DateField(
        label=_("유효 기간"),
        required=False,
        help_text=_("끝나는 날이 적혀 있을 때만요. 끝나기 30일 전에 알려 드려요."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
