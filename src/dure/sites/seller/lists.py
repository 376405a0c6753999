"""The seller centre's lists, declared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import ProductStatus
from dure.commerce.claims.models import Claim
from dure.commerce.claims.words import reason_in_words
from dure.commerce.inquiries.models import Thread
from dure.commerce.orders.rules import OPEN_CLAIM
from dure.finance.settlement.models import Statement
from dure.kit import clock
from dure.kit.privacy import masked_name
from dure.sites.design.lists import Bulk, Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at


class Once(Listing):
    """A list whose search looks into related rows: one found over several of them stands in the list once."""

    @cached_property
    def found(self) -> QuerySet[Any]:
        found = super().found
        if not self.words:
            return found
        return self.all_rows.filter(pk__in=found.order_by().values("pk")).order_by(*found.query.order_by)


class Products(Once):
    search = ("name", "keywords", "options__seller_code")
    search_hint = _("상품명, 검색어, 자체 코드")
    columns = (
        Column("photos", _("사진"), kind="photo", value=lambda p: _face(p), exported=False),
        Column("name", _("상품명"), link=lambda p: at("seller:product", p.pk), primary=True, sort="name"),
        Column("category", _("분류")),
        Column("list_price", _("판매가"), kind="won", sort="list_price"),
        Column("left", _("재고"), kind="number", value=lambda p: sum(_left(o) for o in p.options.all() if o.active)),
        Column("status", _("상태"), kind="status", value=lambda p: (p.status, p.get_status_display())),
        Column("updated_at", _("고친 때"), kind="moment", sort="updated_at"),
    )
    filters = (Choice("status", _("상태"), ProductStatus.choices),)
    order = "-updated_at"
    empty = Empty(
        _("첫 상품을 올려 볼까요?"),
        _("사진 한 장과 이야기 몇 줄이면 시작할 수 있어요."),
        _("상품 올리기"),
        "/seller/products/new/",
    )


class Claims(Listing):
    search = ("product_order__order__number", "product_order__product_name", "product_order__order__buyer__name")
    search_hint = _("주문번호, 상품, 구매자")
    columns = (
        Column("product_order.product_name", _("상품"), link=lambda c: at("seller:claim", c.pk), primary=True),
        Column("kind", _("종류"), value=lambda c: c.get_kind_display()),
        Column("quantity", _("수량"), kind="number"),
        Column("reason", _("이유"), value=lambda c: reason_in_words(c.reason)),
        Column("refund_amount", _("환불"), kind="won"),
        Column("opened_at", _("신청"), kind="moment", sort="opened_at"),
        Column("answer_due", _("답할 날"), kind="day", sort="answer_due"),
        Column("status", _("상태"), kind="status", value=lambda c: _claim_state(c)),
    )
    filters = (
        Choice(
            "open", _("진행"), [("open", _("진행 중")), ("held", _("보류 중"))], apply=lambda rows, v: _open(rows, v)
        ),
        Choice("status", _("상태"), Claim.Status.choices),
        Choice("kind", _("종류"), Claim.Kind.choices),
        Days("opened_at", _("신청일")),
    )
    order = "-opened_at"
    empty = Empty(_("클레임이 없어요"), _("취소, 반품, 교환 신청이 들어오면 여기에서 처리해요."))


class Statements(Listing):
    search = ("number",)
    search_hint = _("정산서 번호")
    columns = (
        Column("number", _("정산서"), link=lambda s: at("seller:statement", s.pk), primary=True),
        Column("due_date", _("정산 예정일"), kind="day", sort="due_date"),
        Column("goods", _("판매"), kind="won"),
        Column("shipping", _("배송비"), kind="won"),
        Column("commission", _("수수료"), kind="won"),
        Column("vat", _("부가세"), kind="won"),
        Column("netted", _("상계"), kind="won"),
        Column("pay_amount", _("받는 돈"), kind="won", sort="pay_amount"),
        Column("status", _("상태"), kind="status", value=lambda s: (s.status, s.get_status_display())),
        Column("completed_at", _("지급"), kind="moment", sort="completed_at"),
    )
    filters = (Choice("status", _("상태"), Statement.Status.choices), Days("due_date", _("정산 예정일"), dates=True))
    order = "-due_date"
    empty = Empty(_("아직 정산서가 없어요"), _("손님이 구매를 확정하면 다음 영업일에 정산해 드려요."))


def _face(product: Any) -> str:
    photo = next(iter(product.photos.all()), None)
    return photo.image if photo else ""


def _left(option: Any) -> int:
    stock = getattr(option, "stock", None)
    return stock.available if stock else 0


def _answered(row: Any) -> tuple[str, Any]:
    if row.answered_at:
        return "DONE", _("답변 완료")
    return ("BAD", _("기한 지남")) if row.late(clock.now()) else ("WARN", _("답변 대기"))


def _talked(thread: Any) -> tuple[str, Any]:
    if thread.waiting_since is None:
        return "DONE", _("답변 완료")
    return ("BAD", _("기한 지남")) if thread.late(clock.now()) else ("WARN", _("답변 대기"))


class Questions(Listing):
    search = ("text", "answer", "product__name")
    search_hint = _("문의, 상품")
    columns = (
        Column("text", _("문의"), link=lambda q: at("seller:question", q.pk), primary=True, width=60,
               value=lambda q: Truncator(q.text).chars(60), exported=lambda q: q.text),
        Column("product.name", _("상품")),
        Column("secret", _("비밀글"), value=lambda q: _("비밀") if q.secret else ""),
        Column("asked_at", _("물은 때"), kind="moment", sort="asked_at"),
        Column("due_at", _("답할 기한"), kind="moment", sort="due_at"),
        Column("state", _("상태"), kind="status", value=_answered),
    )  # fmt: skip
    filters = (
        Choice("state", _("상태"), (("waiting", _("답변 대기")), ("done", _("답변 완료"))),
               apply=lambda rows, value: rows.filter(answered_at__isnull=value == "waiting")),
        Days("asked_at", _("물은 날")),
    )  # fmt: skip
    order = "-asked_at"
    exports = "questions"
    empty = Empty(_("아직 문의가 없어요"), _("손님이 상품 페이지에서 물어보면 여기에 나와요."), mark="message-square")


class Inquiries(Once):
    search = ("order__number", "line__product_name", "messages__text")
    search_hint = _("주문번호, 상품, 내용")
    columns = (
        Column("order.number", _("주문번호"), link=lambda t: at("seller:inquiry", t.pk), primary=True),
        Column("line.product_name", _("상품")),
        Column("topic", _("주제"), value=lambda t: t.get_topic_display()),
        Column("last_at", _("마지막 글"), kind="moment", sort="last_at"),
        Column("due_at", _("답할 기한"), kind="moment", sort="due_at"),
        Column("state", _("상태"), kind="status", value=_talked),
    )
    filters = (
        Choice("state", _("상태"), (("waiting", _("답변 대기")), ("done", _("답변 완료"))),
               apply=lambda rows, value: rows.filter(waiting_since__isnull=value == "done")),
        Choice("topic", _("주제"), Thread.Topic.choices),
    )  # fmt: skip
    order = "-last_at"
    exports = "inquiries"
    empty = Empty(_("주문 문의가 없어요"), _("손님이 주문에서 물어보면 여기에서 답해요."), mark="message-square")


def product_deeds() -> tuple[Bulk, ...]:
    """What may be done to several products at once; each is taken back by the toast."""
    return (
        Bulk(_("판매 멈추기"), reverse("seller:several", args=["suspend"]), "pause", tone="quiet"),
        Bulk(_("다시 팔기"), reverse("seller:several", args=["resume"]), "play"),
        Bulk(_("배송비"), reverse("seller:several", args=["delivery"]), "truck", tone="quiet"),
        Bulk(_("즉시할인"), reverse("seller:several", args=["discount"]), "percent", tone="quiet"),
    )


class Reviews(Listing):
    search = ("text", "product__name", "seller_reply")
    search_hint = _("후기, 상품")
    columns = (
        Column("text", _("후기"), link=lambda r: at("seller:review", r.pk), primary=True, width=60,
               value=lambda r: Truncator(r.text).chars(60), exported=lambda r: r.text),
        Column("product.name", _("상품")),
        Column("product_order.option_name", _("옵션")),
        Column("rating", _("별점"), kind="number", sort="rating"),
        Column("photos", _("사진"), value=lambda r: len(r.photos.all()) or ""),
        Column("author", _("쓴 사람"), value=lambda r: masked_name(r.author.name)),
        Column("created_at", _("쓴 날"), kind="day", sort="created_at"),
        Column("state", _("답글"), kind="status",
               value=lambda r: ("DONE", _("답글 남김")) if r.seller_reply else ("WARN", _("답글 없음"))),
    )  # fmt: skip
    filters = (
        Choice("rating", _("별점"), [(str(n), str(n)) for n in (5, 4, 3, 2, 1)]),
        Choice("reply", _("답글"), (("no", _("답글 없음")), ("yes", _("답글 남김"))),
               apply=lambda rows, value: rows.exclude(seller_reply="") if value == "yes" else rows.filter(seller_reply="")),
        Days("created_at", _("쓴 날")),
    )  # fmt: skip
    order = "-created_at"
    exports = "reviews"
    empty = Empty(_("아직 후기가 없어요"), _("상품을 받은 손님이 후기를 쓰면 여기에 나와요."), mark="star")


def _claim_state(claim: Any) -> tuple[str, Any]:
    return ("HELD", _("보류 중")) if claim.hold_reason else (claim.status, claim.get_status_display())


def _open(rows: QuerySet[Any], which: str) -> QuerySet[Any]:
    return rows.exclude(hold_reason="") if which == "held" else rows.filter(status__in=OPEN_CLAIM)
