"""The office's lists, declared."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog.models import ChangeRequest, ProductStatus
from dure.commerce.catalog.queries import LABELS
from dure.commerce.orders.models import LineStatus
from dure.commerce.pricing.rules import percent
from dure.commerce.sellers.models import SellerStatus
from dure.commerce.sheets.models import Upload
from dure.finance.ledger.models import Kind
from dure.finance.payments.models import Receipt, Refund
from dure.finance.payouts.models import PayoutStatus
from dure.finance.settlement.models import Statement
from dure.kit import clock
from dure.messaging.kinds import CHANNELS, KINDS
from dure.messaging.models import Message
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.paths import at


class Sellers(Listing):
    search = ("name", "company_name", "brn", "representative")
    search_hint = _("상호, 대표자, 사업자등록번호")
    columns = (
        Column("name", _("상호"), link=lambda s: at("office:seller", s.pk), primary=True, sort="name"),
        Column("representative", _("대표자")),
        Column("brn", _("사업자등록번호")),
        Column("status", _("상태"), kind="status", value=lambda s: (s.status, s.get_status_display())),
        Column("submitted_at", _("심사 요청"), kind="moment", sort="submitted_at"),
        Column("approved_at", _("승인"), kind="moment", sort="approved_at"),
    )
    filters = (Choice("status", _("상태"), SellerStatus.choices),)
    order = "-submitted_at"
    empty = Empty(_("아직 판매자가 없어요"), _("파트너 데스크에서 초대한 점주가 가입하면 여기에 나와요."))


class Products(Listing):
    search = ("name", "seller__name")
    search_hint = _("상품명, 판매자")
    columns = (
        Column("photos", _("사진"), kind="photo", value=lambda p: _face(p), exported=False),
        Column("name", _("상품명"), link=lambda p: at("office:product", p.pk), primary=True, sort="name"),
        Column("seller.name", _("판매자")),
        Column("category", _("분류")),
        Column("list_price", _("판매가"), kind="won", sort="list_price"),
        Column("status", _("상태"), kind="status", value=lambda p: (p.status, p.get_status_display())),
        Column("submitted_at", _("심사 요청"), kind="moment", sort="submitted_at"),
    )
    filters = (Choice("status", _("상태"), ProductStatus.choices),)
    order = "-submitted_at"
    empty = Empty(_("아직 상품이 없어요"), _("판매자가 상품을 올리고 심사를 요청하면 여기에 나와요."))


class Changes(Listing):
    search = ("product__name", "product__seller__name")
    search_hint = _("상품명, 판매자")
    columns = (
        Column("product.name", _("상품명"), link=lambda c: at("office:product", c.product_id), primary=True),
        Column("product.seller.name", _("판매자")),
        Column("after", _("바꾸려는 것"), value=lambda c: ", ".join(str(LABELS.get(name, name)) for name in c.after)),
        Column("by.name", _("신청한 사람"), value=lambda c: c.by.name if c.by else ""),
        Column("at", _("신청"), kind="moment", sort="at"),
        Column("status", _("상태"), kind="status", value=lambda c: (c.status, c.get_status_display())),
        Column("decided_at", _("결정"), kind="moment", sort="decided_at"),
    )
    filters = (Choice("status", _("상태"), ChangeRequest.Status.choices), Days("at", _("신청일")))
    order = "-at"
    empty = Empty(
        _("기다리는 변경이 없어요"), _("판매 중인 상품의 이름이나 고시를 판매자가 고치면 여기에서 비교해 보고 정해요.")
    )


class Lines(Listing):
    search = ("order__number", "product_name", "seller__name", "order__receiver", "order__buyer__name")
    search_hint = _("주문번호, 상품, 판매자, 구매자")
    columns = (
        Column(
            "order.number", _("주문번호"), link=lambda n: reverse("office:order", args=[n.order.number]), primary=True
        ),
        Column("order.placed_at", _("주문일"), kind="moment", sort="order__placed_at"),
        Column("product_name", _("상품"), value=lambda n: f"{n.product_name} · {n.option_name} × {n.quantity}"),
        Column("seller.name", _("판매자")),
        Column("order.buyer.name", _("구매자")),
        Column("goods_amount", _("금액"), kind="won", sort="goods_amount"),
        Column("status", _("상태"), kind="status", value=lambda n: (n.status, n.get_status_display())),
    )
    filters = (Choice("status", _("상태"), LineStatus.choices), Days("order__placed_at", _("주문일")))
    order = "-order__placed_at"
    empty = Empty(_("아직 주문이 없어요"), _("첫 주문이 들어오면 여기에 나와요."))


class Statements(Listing):
    search = ("number", "seller__name")
    search_hint = _("정산서 번호, 판매자")
    columns = (
        Column("number", _("정산서"), link=lambda s: at("office:statement", s.pk), primary=True),
        Column("seller.name", _("판매자")),
        Column("due_date", _("정산 예정일"), kind="day", sort="due_date"),
        Column("total", _("정산 금액"), kind="won", sort="total"),
        Column("netted", _("상계"), kind="won"),
        Column("pay_amount", _("지급액"), kind="won", sort="pay_amount"),
        Column("status", _("상태"), kind="status", value=lambda s: (s.status, s.get_status_display())),
        Column("completed_at", _("완료"), kind="moment", sort="completed_at"),
    )
    filters = (Choice("status", _("상태"), Statement.Status.choices), Days("due_date", _("정산 예정일"), dates=True))
    order = "-due_date"
    empty = Empty(_("아직 정산서가 없어요"), _("구매확정된 주문이 있으면 다음 영업일에 정산서가 만들어져요."))


class Payouts(Listing):
    search = ("seller__name", "ref")
    search_hint = _("판매자, 참조")
    columns = (
        Column("seller.name", _("판매자"), primary=True),
        Column("ref", _("참조")),
        Column("amount", _("금액"), kind="won", sort="amount"),
        Column("status", _("상태"), kind="status", value=lambda p: (p.status, p.get_status_display())),
        Column("created_at", _("승인"), kind="moment", sort="created_at"),
        Column("done_at", _("완료"), kind="moment", sort="done_at"),
        Column("failure", _("이유")),
    )
    filters = (Choice("status", _("상태"), PayoutStatus.choices), Days("created_at", _("승인일")))
    order = "-created_at"
    empty = Empty(_("아직 지급이 없어요"), _("정산서가 만들어지면 지급이 여기에서 진행돼요."))


class Refunds(Listing):
    search = ("payment__order__number", "payment__order__buyer__name", "reason")
    search_hint = _("주문번호, 구매자, 사유")
    columns = (
        Column(
            "payment.order.number",
            _("주문번호"),
            link=lambda r: reverse("office:order", args=[r.payment.order.number]),
            primary=True,
        ),
        Column("payment.order.buyer.name", _("구매자")),
        Column("amount", _("금액"), kind="won", sort="amount"),
        Column("status", _("상태"), kind="status", value=lambda r: (r.status, r.get_status_display())),
        Column("reason", _("사유")),
        Column("created_at", _("승인"), kind="moment", sort="created_at"),
        Column("done_at", _("완료"), kind="moment", sort="done_at"),
        Column("failure", _("결제사의 답")),
    )
    filters = (Choice("status", _("상태"), Refund.Status.choices), Days("created_at", _("승인일")))
    order = "-created_at"
    empty = Empty(_("아직 환불이 없어요"), _("취소나 반품이 끝나면 환불이 여기에서 진행돼요."))


class Receipts(Listing):
    search = ("payment__order__number", "payment__order__buyer__name", "issue_number")
    search_hint = _("주문번호, 구매자, 승인번호")
    columns = (
        Column(
            "payment.order.number",
            _("주문번호"),
            link=lambda r: reverse("office:order", args=[r.payment.order.number]),
            primary=True,
        ),
        Column("kind", _("종류"), value=lambda r: r.get_kind_display()),
        Column("amount", _("금액"), kind="won", sort="amount"),
        Column("status", _("상태"), kind="status", value=lambda r: (r.status, r.get_status_display())),
        Column("unasked", _("자진발급"), value=lambda r: _("자진발급") if r.unasked else ""),
        Column("issue_number", _("승인번호")),
        Column("created_at", _("요청"), kind="moment", sort="created_at"),
        Column("failure", _("결제사의 답")),
    )
    filters = (
        Choice("status", _("상태"), Receipt.Status.choices),
        Choice("kind", _("종류"), Receipt.Kind.choices),
        Days("created_at", _("요청일")),
    )
    order = "-created_at"
    empty = Empty(_("아직 현금영수증이 없어요"), _("계좌이체나 가상계좌로 낸 주문에 발급하면 여기에 나와요."))


class Journals(Listing):
    search = ("ref",)
    search_hint = _("참조 (예: payment:12)")
    columns = (
        Column("id", _("번호"), primary=True, link=lambda j: at("office:journal", j.pk)),
        Column("kind", _("종류"), value=lambda j: j.get_kind_display()),
        Column("ref", _("참조")),
        Column("effective_on", _("귀속일"), kind="day", sort="effective_on"),
        Column("posted_at", _("기록 시각"), kind="moment", sort="posted_at"),
    )
    filters = (Choice("kind", _("종류"), Kind.choices), Days("effective_on", _("귀속일"), dates=True))
    order = "-id"
    empty = Empty(_("장부가 비어 있어요"), _("첫 결제가 들어오면 기록이 시작돼요."))


class MissedQuestions(Listing):
    search = ("words",)
    search_hint = _("검색어")
    columns = (
        Column("words", _("검색어"), primary=True, sort="words", width=30),
        Column("times", _("횟수"), kind="number", sort="times"),
        Column("day", _("날짜"), kind="day", sort="day"),
        Column("partly", _("보여 준 것"), value=lambda m: _("일부만 맞는 상품") if m.partly else _("없음")),
        Column(
            "todo",
            _("할 일"),
            value=lambda m: _("같은 말 더하기"),
            link=lambda m: f"{reverse('office:synonyms')}?{urlencode({'word': m.words})}",
            exported=False,
        ),
    )
    filters = (
        Choice("partly", _("보여 준 것"), [("0", _("없음")), ("1", _("일부만 맞는 상품"))]),
        Days("day", _("날짜"), dates=True),
    )
    order = "-times"
    exports = "missed-searches"
    empty = Empty(
        _("결과 없는 검색어가 없어요"),
        _("손님이 찾았는데 나오지 않은 말이 날마다 여기에 모여요. 누가 찾았는지는 남기지 않아요."),
        mark="search",
    )


class Synonyms(Listing):
    search = ("word", "others")
    search_hint = _("낱말")
    columns = (
        Column(
            "word",
            _("낱말"),
            primary=True,
            sort="word",
            link=lambda s: at("office:synonym", s.pk),
            width=20,
        ),
        Column("others", _("같은 말"), value=lambda s: ", ".join(s.others), width=40),
        Column("both_ways", _("방향"), value=lambda s: _("서로") if s.both_ways else _("한쪽으로")),
        Column("made_by", _("만든 사람"), value=lambda s: s.made_by or _("두레(처음부터)")),
        Column("made_at", _("만든 때"), kind="moment", sort="made_at"),
    )
    filters = (Choice("both_ways", _("방향"), [("1", _("서로")), ("0", _("한쪽으로"))]),)
    order = "word"
    exports = "synonyms"
    empty = Empty(_("아직 같은 말이 없어요"), _("위에 낱말을 적어 더해 보세요."), mark="link")


class Audit(Listing):
    search = ("action", "subject", "actor__name", "actor__email", "why", "request_id")
    search_hint = _("한 일, 대상, 사람, 요청 번호")
    columns = (
        Column("at", _("언제"), kind="moment", sort="at"),
        Column("actor", _("누가"), value=lambda e: e.actor or _("두레(자동)")),
        Column("action", _("한 일"), primary=True),
        Column("subject", _("대상")),
        Column("why", _("이유")),
        Column("request_id", _("요청 번호")),
    )
    filters = (Days("at", _("날짜")),)
    order = "-at"
    empty = Empty(_("아직 기록이 없어요"), _("누가 무엇을 왜 했는지 모두 여기에 남아요."))


def _face(product) -> str:  # type: ignore[no-untyped-def]
    photo = next(iter(product.photos.all()), None)
    return photo.image if photo else ""


def _state_of_plan(plan) -> tuple[str, Any]:  # type: ignore[no-untyped-def]
    today = clock.today()
    if plan.since > today:
        return "SCHEDULED", _("예약")
    return ("ENDED", _("끝남")) if plan.until and plan.until <= today else ("ACTIVE", _("적용 중"))


def _plans_of_state(rows, state):  # type: ignore[no-untyped-def]
    today = clock.today()
    return {
        "ACTIVE": rows.filter(since__lte=today).exclude(until__lte=today),
        "SCHEDULED": rows.filter(since__gt=today),
        "ENDED": rows.filter(until__lte=today),
    }[state]


class Commissions(Listing):
    search = ("seller__name", "seller__brn", "category__name_ko", "note")
    search_hint = _("판매자, 분류, 까닭")
    columns = (
        Column(
            "seller.name", _("판매자"), value=lambda p: p.seller.name if p.seller else _("모든 판매자"), primary=True
        ),
        Column("category", pgettext_lazy("field", "분류"), value=lambda p: p.category or _("모든 분류")),
        Column("basis_points", _("수수료율"), value=lambda p: percent(p.basis_points), sort="basis_points"),
        Column("since", _("시작"), kind="day", sort="since"),
        Column("until", _("끝"), kind="day"),
        Column("note", _("까닭")),
        Column("made_by", _("누가"), value=lambda p: p.made_by or _("두레(자동)")),
        Column("state", _("상태"), kind="status", value=_state_of_plan),
    )
    filters = (
        Choice(
            "state",
            _("상태"),
            (("ACTIVE", _("적용 중")), ("SCHEDULED", _("예약")), ("ENDED", _("끝남"))),
            apply=_plans_of_state,
        ),
    )
    order = "-since"
    exports = "commissions"
    empty = Empty(_("아직 수수료가 없어요"), _("위에서 첫 수수료를 정해 주세요."))


def _answered(question) -> tuple[str, Any]:  # type: ignore[no-untyped-def]
    if question.hidden_at:
        return "ENDED", _("내려감")
    if question.open_reports:
        return "BAD", _("신고됨")
    if question.answered_at:
        return "DONE", _("답변 완료")
    return ("WARN", _("기한 지남")) if question.late(clock.now()) else ("INFO", _("답변 대기"))


def _questions_of_state(rows, state):  # type: ignore[no-untyped-def]
    return {
        "reported": rows.filter(open_reports__gt=0),
        "late": rows.filter(answered_at=None, hidden_at=None, due_at__lt=clock.now()),
        "waiting": rows.filter(answered_at=None, hidden_at=None),
        "hidden": rows.filter(hidden_at__isnull=False),
    }[state]


class Questions(Listing):
    search = ("text", "answer", "product__name", "product__seller__name")
    search_hint = _("문의, 상품, 판매자")
    columns = (
        Column(
            "text",
            _("문의"),
            value=lambda q: Truncator(q.text).chars(60),
            link=lambda q: at("office:question", q.pk),
            primary=True,
            exported=lambda q: q.text,
            width=60,
        ),
        Column("product.name", _("상품")),
        Column("product.seller.name", _("판매자")),
        Column("asker.name", _("물은 사람")),
        Column("asked_at", _("물은 때"), kind="moment", sort="asked_at"),
        Column("due_at", _("답할 기한"), kind="moment", sort="due_at"),
        Column("state", _("상태"), kind="status", value=_answered),
    )
    filters = (
        Choice(
            "state",
            _("상태"),
            (("reported", _("신고됨")), ("late", _("기한 지남")), ("waiting", _("답변 대기")), ("hidden", _("내려감"))),
            apply=_questions_of_state,
        ),
        Days("asked_at", _("물은 날")),
    )
    order = "-asked_at"
    exports = "questions"
    empty = Empty(_("아직 문의가 없어요"), _("손님이 상품 페이지에서 물어보면 여기에 나와요."))


def _talked(thread) -> tuple[str, Any]:  # type: ignore[no-untyped-def]
    if thread.waiting_since is None:
        return "DONE", _("답변 완료")
    return ("BAD", _("기한 지남")) if thread.late(clock.now()) else ("INFO", _("답변 대기"))


def _threads_of_state(rows, state):  # type: ignore[no-untyped-def]
    waiting = rows.filter(waiting_since__isnull=False)
    return {
        "late": waiting.filter(due_at__lt=clock.now()),
        "waiting": waiting,
        "done": rows.filter(waiting_since=None),
    }[state]


class Threads(Listing):
    search = ("order__number", "line__product_name", "seller__name")
    search_hint = _("주문번호, 상품, 판매자")
    columns = (
        Column("order.number", _("주문번호"), link=lambda t: at("office:inquiry", t.pk), primary=True),
        Column("seller.name", _("판매자")),
        Column("line.product_name", _("상품")),
        Column("topic", _("주제"), value=lambda t: t.get_topic_display()),
        Column("last_at", _("마지막 글"), kind="moment", sort="last_at"),
        Column("due_at", _("답할 기한"), kind="moment", sort="due_at"),
        Column("state", _("상태"), kind="status", value=_talked),
    )
    filters = (
        Choice(
            "state",
            _("상태"),
            (("late", _("기한 지남")), ("waiting", _("답변 대기")), ("done", _("답변 완료"))),
            apply=_threads_of_state,
        ),
    )
    order = "-last_at"
    exports = "inquiries"
    empty = Empty(_("주문 문의가 없어요"), _("손님이 판매자에게 주문에 대해 물어보면 여기에 나와요."))


class Uploads(Listing):
    search = ("name", "seller__name")
    search_hint = _("파일 이름, 판매자")
    columns = (
        Column("name", _("파일"), primary=True, width=36),
        Column("seller.name", _("판매자")),
        Column("kind", _("종류"), value=lambda u: u.get_kind_display()),
        Column("status", _("상태"), kind="status", value=lambda u: (u.status, u.get_status_display())),
        Column("rows", _("줄"), kind="number"),
        Column("rows_done", _("저장한 줄"), kind="number"),
        Column("wrong_rows", _("고칠 줄"), kind="number"),
        Column("failure", _("까닭"), width=40),
        Column("by.name", _("올린 사람")),
        Column("created_at", _("올린 때"), kind="moment", sort="created_at"),
    )
    filters = (
        Choice("kind", _("종류"), Upload.Kind.choices),
        Choice("status", _("상태"), Upload.Status.choices),
        Days("created_at", _("올린 때")),
    )
    order = "-created_at"
    exports = "uploads"
    empty = Empty(_("올린 엑셀이 없어요"), _("판매자들이 올린 엑셀이 여기에 모여요."))


def _reviewed(review) -> tuple[str, Any]:  # type: ignore[no-untyped-def]
    if review.hidden:
        return "ENDED", _("내려감")
    if review.open_reports:
        return "BAD", _("신고됨")
    return ("GOOD", _("베스트")) if review.best_at else ("", _("보임"))


def _reviews_of_state(rows, state):  # type: ignore[no-untyped-def]
    return {
        "reported": rows.filter(open_reports__gt=0),
        "hidden": rows.filter(hidden=True),
        "best": rows.filter(best_at__isnull=False),
    }[state]


class Reviews(Listing):
    search = ("text", "product__name", "product__seller__name", "author__name")
    search_hint = _("후기, 상품, 판매자, 쓴 사람")
    columns = (
        Column(
            "text",
            _("후기"),
            value=lambda r: Truncator(r.text).chars(60),
            link=lambda r: at("office:review", r.pk),
            primary=True,
            exported=lambda r: r.text,
            width=60,
        ),
        Column("product.name", _("상품")),
        Column("product.seller.name", _("판매자")),
        Column("author.name", _("쓴 사람")),
        Column("rating", _("별점"), kind="number", sort="rating"),
        Column("created_at", _("쓴 날"), kind="moment", sort="created_at"),
        Column("state", _("상태"), kind="status", value=_reviewed),
    )
    filters = (
        Choice(
            "state",
            _("상태"),
            (("reported", _("신고됨")), ("hidden", _("내려감")), ("best", _("베스트"))),
            apply=_reviews_of_state,
        ),
        Choice("rating", _("별점"), [(str(n), str(n)) for n in (5, 4, 3, 2, 1)]),
        Days("created_at", _("쓴 날")),
    )
    order = "-created_at"
    exports = "reviews"
    empty = Empty(_("아직 후기가 없어요"), _("상품을 받은 손님이 후기를 쓰면 여기에 나와요."))


class Messages(Listing):
    search = ("to_masked", "occasion", "kind", "detail")
    search_hint = _("가린 연락처, 무엇에 대한 것")
    columns = (
        Column("title", _("알림"), link=lambda m: reverse("office:message", args=[m.pk]), primary=True),
        Column("get_channel_display", _("채널")),
        Column("to_masked", _("받은 사람")),
        Column("status", _("상태"), kind="status", value=lambda m: (m.status, m.get_status_display())),
        Column("get_reason_display", _("이유")),
        Column("made_at", _("만든 때"), kind="moment", sort="made_at"),
        Column("sent_at", _("보낸 때"), kind="moment", sort="sent_at"),
    )
    filters = (
        Choice("status", _("상태"), Message.Status.choices),
        Choice("channel", _("채널"), list(CHANNELS.items())),
        Choice("kind", _("알림"), [(code, kind.title) for code, kind in KINDS.items()]),
        Days("made_at", _("만든 때")),
    )
    order = "-made_at"
    exports = "messages"
    empty = Empty(_("아직 보낸 알림이 없어요"), _("주문이 들어오고 상품이 나가면 그 소식이 여기에 남아요."))
