"""What a buyer may write into the shop."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Option
from dure.commerce.claims.models import Claim
from dure.commerce.claims.words import SENTENCES
from dure.commerce.inquiries.models import Thread
from dure.commerce.orders import receipts
from dure.commerce.orders.actions import Address as OrderAddress
from dure.commerce.orders.errors import BadReceiptNumber
from dure.commerce.orders.models import CashReceipt
from dure.commerce.reviews.actions import SHORTEST
from dure.finance.payments.ways import Way
from dure.integrations.carrier.carriers import CARRIERS
from dure.kit import images
from dure.kit.korean import phone_e164
from dure.kit.money import won


class Address(forms.Form):
    """Where something goes."""

    receiver = forms.CharField(
        label=_("받는 분"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "shipping name"})
    )
    phone = forms.CharField(
        label=_("연락처"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "shipping tel", "inputmode": "tel", "placeholder": "010-1234-5678"}
        ),
    )
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=_("우편번호"),
        help_text=_("다섯 자리 숫자예요."),
        error_messages={"invalid": _("우편번호는 다섯 자리 숫자로 적어 주세요. 예: 03195")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "shipping postal-code",
                "inputmode": "numeric",
                "maxlength": "5",
                "placeholder": "03195",
            }
        ),
    )
    address1 = forms.CharField(
        label=_("주소"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "shipping address-line1", "placeholder": _("서울 종로구 창경궁로 88")}
        ),
    )
    address2 = forms.CharField(
        label=_("상세 주소"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-line2", "placeholder": _("동, 호수")}),
    )
    memo = forms.CharField(
        label=_("배송 메모"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "memos", "placeholder": _("문 앞에 놓아 주세요")}),
    )

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def address(self) -> OrderAddress:
        names = ("receiver", "phone", "postcode", "address1", "address2", "memo", "message")
        return OrderAddress(**{name: self.cleaned_data.get(name, "") for name in names})


class Checkout(Address):
    """`key` makes a double submit one order; `expected` is the total the buyer was shown, won."""

    message = forms.CharField(
        label=_("판매자에게 남길 말"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("포장이나 상품에 바라는 점이 있으면 적어 주세요.")}),
    )
    way = forms.ChoiceField(
        label=_("결제 방법"),
        required=False,
        choices=Way.choices,
        initial=Way.CARD,
        widget=forms.RadioSelect(attrs={"data-cards": "1"}),
        help_text=_("가상계좌는 은행 이체로 입금하면 주문이 이루어져요."),
    )
    receipt = forms.ChoiceField(
        label=_("현금영수증"),
        required=False,
        choices=[("", _("신청하지 않아요")), *CashReceipt.Kind.choices],
        help_text=_("계좌이체나 무통장입금으로 낼 때만 쓰여요. 카드 결제에는 따로 필요 없어요."),
    )
    receipt_number = forms.CharField(
        label=_("휴대전화 또는 사업자등록번호"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    no_withdrawal = forms.BooleanField(
        label=_("위 상품은 단순 변심으로 취소·반품할 수 없다는 것을 확인했고, 이에 동의해요"), required=False
    )
    keep = forms.BooleanField(label=_("이 주소를 주소록에 저장하기"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    expected = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("receipt"):
            try:
                told["receipt_number"] = receipts.cleaned(told["receipt"], told.get("receipt_number", ""))
            except BadReceiptNumber as error:
                self.add_error("receipt_number", str(error))
        return told


class GuestCheckout(Checkout):
    """Who buys without an account: a name, and the ways to reach them. Nothing more is kept of them."""

    keep = None  # type: ignore[assignment]
    guest_name = forms.CharField(
        label=_("주문하는 분"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    guest_email = forms.EmailField(
        label=_("이메일"), widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": "you@example.kr"})
    )
    guest_phone = forms.CharField(
        label=_("휴대전화"),
        max_length=20,
        help_text=_("주문을 다시 찾을 때 주문번호와 함께 물어봐요."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "placeholder": "010-1234-5678"}),
    )
    agree = forms.BooleanField(
        label=_("주문 처리에 필요한 개인정보 수집에 동의해요"),
        error_messages={"required": _("동의해야 비회원으로 주문할 수 있어요.")},
    )

    def clean_guest_phone(self) -> str:
        return _phone(self.cleaned_data["guest_phone"])


class SavedAddress(Address):
    label = forms.CharField(
        label=_("이름"), max_length=30, required=False, widget=forms.TextInput(attrs={"placeholder": _("집, 회사")})
    )
    default = forms.BooleanField(label=_("기본 주소로 쓰기"), required=False)


class GuestLookup(forms.Form):
    number = forms.CharField(
        label=_("주문번호"), max_length=20, widget=forms.TextInput(attrs={"placeholder": "D261124-7K3M9Q2X"})
    )
    contact = forms.CharField(
        label=_("휴대전화 또는 이메일"),
        max_length=254,
        help_text=_("주문할 때 적은 것과 같아야 해요."),
        widget=forms.TextInput(attrs={"placeholder": "010-1234-5678"}),
    )


class Claimed(Address):
    """Where an order claimed in a show goes. The order is there: sending the form twice changes nothing."""


class Many(forms.ClearableFileInput):
    allow_multiple_selected = True


class Pictures(forms.FileField):
    """Up to `most` pictures at once. What is in them is looked at when they are kept (`kit.images`)."""

    def __init__(self, *, most: int, **kwargs: Any):
        self.most = most
        super().__init__(widget=Many(attrs={"accept": images.ACCEPT}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(Pictures, self).clean(f, initial) for f in data or [] if f]
        if len(files) > self.most:
            raise forms.ValidationError(_("사진은 %(n)d장까지 올릴 수 있어요."), params={"n": self.most})
        return files


class WriteReview(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("별점"),
        coerce=int,
        choices=[
            (5, _("아주 좋아요")),
            (4, _("좋아요")),
            (3, _("보통이에요")),
            (2, _("아쉬워요")),
            (1, _("별로예요")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("별점을 골라 주세요.")},
    )
    text = forms.CharField(
        label=_("후기"),
        min_length=SHORTEST,
        max_length=2000,
        widget=forms.Textarea(attrs={"placeholder": _("맛, 양, 포장이 어땠는지 알려 주세요.")}),
    )
    photos = Pictures(label=_("사진"), most=5)


class OpenClaim(forms.Form):
    """A cancel, return or exchange. `kinds`, `reasons` and `options` are what the line's state allows."""

    kind = forms.ChoiceField(label=_("무엇을 할까요?"), widget=forms.RadioSelect(attrs={"data-cards": "1"}))
    quantity = forms.IntegerField(
        label=_("수량"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    reason = forms.ChoiceField(label=_("이유"), error_messages={"required": _("이유를 골라 주세요.")})
    option = forms.ChoiceField(label=_("무엇으로 바꿀까요?"), required=False)
    detail = forms.CharField(
        label=_("자세한 이야기"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"placeholder": _("어떤 점이 문제였는지 적어 주시면 빨리 도와드릴 수 있어요.")}),
    )
    photos = Pictures(label=_("사진"), most=5, help_text=_("상하거나 다른 상품이 왔다면 사진을 올려 주세요."))
    collect_method = forms.ChoiceField(
        label=_("어떻게 돌려보낼까요?"),
        choices=[("RETURN_DESIGNATED", _("택배 기사님이 가지러 와요")), ("RETURN_INDIVIDUAL", _("제가 직접 보낼게요"))],
        required=False,
    )
    fee_method = forms.ChoiceField(
        label=_("배송비를 내야 한다면"),
        choices=Claim.FeeMethod.choices,
        required=False,
        help_text=_("단순 변심일 때만 내요. 교환은 뺄 환불이 없으면 판매자에게 따로 보내요."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kinds: list[str], left: int, reasons: list[str], options: list[Option], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, Claim.Kind(kind).label) for kind in kinds]
        self.fields["quantity"].max_value = left
        self.fields["quantity"].widget.attrs.update(min=1, max=left)
        self.fields["reason"].choices = [("", _("골라 주세요")), *((code, SENTENCES[code]) for code in reasons)]
        if len(options) > 1:
            self.fields["option"].choices = [
                ("", _("같은 것으로")),
                *((str(option.pk), f"{option.name} · {won(option.price)}") for option in options),
            ]
        else:
            del self.fields["option"]
        if kinds[0] == Claim.Kind.CANCEL:
            for name in ("photos", "collect_method", "fee_method"):
                del self.fields[name]


class SentBack(forms.Form):
    """Which parcel the buyer sent the goods by."""

    carrier = forms.ChoiceField(
        label=_("택배사"), choices=[("", _("골라 주세요")), *((c.code, c.name) for c in CARRIERS.values())]
    )
    waybill = forms.CharField(
        label=_("운송장 번호"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class MoreEvidence(forms.Form):
    photos = Pictures(label=_("사진"), most=5)
    said = forms.CharField(label=_("설명"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        got: dict[str, Any] = super().clean() or {}
        if not self.errors and not got.get("photos") and not got.get("said"):
            self.add_error("said", _("사진이나 설명을 넣어 주세요."))
        return got


def fresh_key() -> str:
    return str(uuid.uuid4())


class AskForm(forms.Form):
    """A question under a product. `key` makes a double submit one question."""

    text = forms.CharField(label=_("무엇이 궁금하세요?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    secret = forms.BooleanField(label=_("비밀글로 묻기"), required=False, help_text=_("나와 판매자만 볼 수 있어요."))
    key = forms.UUIDField(widget=forms.HiddenInput)


class MessageForm(forms.Form):
    text = forms.CharField(label=_("내용"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    photos = Pictures(label=_("사진"), most=5)
    key = forms.UUIDField(widget=forms.HiddenInput)


class InquiryForm(MessageForm):
    topic = forms.ChoiceField(label=_("무엇에 대한 문의인가요?"), choices=Thread.Topic.choices)


class CouponCode(forms.Form):
    code = forms.CharField(
        label=_("쿠폰 코드"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


def _phone(text: str) -> str:
    phone = phone_e164(text)
    if phone is None:
        raise forms.ValidationError(_("연락 받을 수 있는 전화번호를 적어 주세요. 예: 010-1234-5678"))
    return phone


class LaterReview(forms.Form):
    text = forms.CharField(
        label=_("한 달 써 보니 어땠나요?"),
        min_length=SHORTEST,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = Pictures(label=_("사진"), most=5)
