"""What people ask, complain of and hand in: questions, letters about an order, colleagues, papers, claims under way."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.db import models

from dure.commerce.claims import actions as claims
from dure.commerce.claims import answers
from dure.commerce.claims.models import Claim
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.pricing import delivery
from dure.commerce.sellers import actions as sellers
from dure.demo import people
from dure.demo.stage import Shop, Stage
from dure.demo.times import delivering, on
from dure.kit.errors import DureError
from dure.people.models import Role

QUESTIONS = (
    ("선물용으로 포장해 주실 수 있나요?", "네, 주문하실 때 메모에 적어 주시면 예쁘게 싸서 보내 드려요."),
    ("오늘 주문하면 언제 받을 수 있을까요?", "오후 두 시 전에 주문하시면 내일 받으실 수 있어요."),
    ("냉동으로 오나요, 냉장으로 오나요?", "얼음팩을 넣어 냉장으로 보내 드립니다."),
    ("아이가 먹어도 될까요? 많이 맵지 않나요?", "맵지 않게 만들었어요. 아이들도 잘 먹어요."),
    ("부모님 댁으로 바로 보내도 되나요?", "그럼요, 받는 분 주소만 바꿔 적어 주세요. 값은 적지 않고 보내요."),
    ("유통기한이 얼마나 남은 걸로 보내 주세요?", "그날 만든 것만 보내서 받는 날부터 넉넉해요."),
    ("다섯 개 사면 할인이 있을까요?", "단골 쿠폰을 받아 쓰시면 조금 더 내려가요."),
    ("섬 지역도 배송되나요?", "네, 추가 배송비만 조금 있어요."),
)
LETTERS = (
    ("DELIVERY", "내일까지 꼭 받아야 하는데 가능할까요?", "네, 오늘 꼭 보내 드릴게요."),
    ("PRODUCT", "받은 것 중 하나가 터져 있어요.", "죄송합니다. 새것으로 다시 보내 드릴게요."),
    ("OTHER", "현금영수증은 어디에서 받나요?", ""),
)
TEMPLATES = (
    ("무료배송", {"fee_type": "FREE", "fee": 0, "return_fee": 3000, "exchange_fee": 6000}),
    ("3만원부터 무료", {"fee_type": "CONDITIONAL_FREE", "fee": 3000, "free_over": 30_000}),
    ("두 상자마다 3,000원", {"fee_type": "UNIT_QUANTITY_PAID", "fee": 3000, "unit": 2}),
)
PEOPLE = (("상품 맡은 이", "PRODUCT"), ("주문 맡은 이", "ORDERS"), ("장부 맡은 이", "FINANCE"))
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def settle_in(stage: Stage, day: date) -> None:
    """Colleagues with their roles, ways of sending, papers and answers kept ready, in the first weeks."""
    for n, shop in enumerate(stage.shops[:9]):
        with delivering(on(day, 9 + n % 8)):
            _colleagues(stage, shop, n)
            _ways_of_sending(shop, n)
            _papers(stage, shop, n)
            inquiries.save_template(
                shop.seller, title="배송", text="오후 두 시 전 주문은 그날 보내 드려요.", by=shop.owner
            )


def _colleagues(stage: Stage, shop: Shop, n: int) -> None:
    for name, role in PEOPLE[: 1 + n % 3]:
        invitation = sellers.invite_staff(shop.seller, name=f"{shop.place} {name}", role=role, by=shop.owner)
        user = people.join(f"staff{n + 1}.{role.lower()}@demo.dure.kr", f"{shop.place} {name}")
        sellers.accept(invitation, user)
    if n == 0:  # still on its way
        sellers.invite_staff(shop.seller, name="새로 온 이", role="READ_ONLY", email="new@demo.dure.kr", by=shop.owner)


def _ways_of_sending(shop: Shop, n: int) -> None:
    name, terms = TEMPLATES[n % len(TEMPLATES)]
    told = {"name": name, "pay": "PREPAID", "jeju_extra": 3000, "remote_extra": 5000, "group": None}
    told |= dict.fromkeys(("free_over", "unit", "second_from", "second_extra", "third_from", "third_extra"))
    told |= {"return_fee": 3000, "exchange_fee": 6000, "first_freight": True, **terms}
    template = delivery.save_template(shop.seller, told, template=None, by=shop.owner)
    delivery.assign(shop.seller, [p.pk for p in shop.products[::3]], template, by=shop.owner)


def _papers(stage: Stage, shop: Shop, n: int) -> None:
    until = stage.last + timedelta(days=20 + n * 40)
    paper = sellers.hand_in(shop.seller, kind="BUSINESS", upload=BytesIO(PAPER), by=shop.owner)
    sellers.decide_document(paper, accept=True, by=stage.one(Role.OPERATOR))
    if shop.trade in {"banchan", "sauce", "sweets", "meat", "seafood"}:
        sellers.hand_in(shop.seller, kind="FOOD_PERMIT", upload=BytesIO(PAPER), expires_on=until, by=shop.owner)


def ask(stage: Stage, day: date) -> None:
    """A few questions a day; shops answer most of them before the evening, and the last day's wait."""
    for n in range(2 if day < stage.last - timedelta(days=2) else 4):
        shop, buyer = stage.dice.choice(stage.shops), stage.dice.choice(stage.buyers)
        text, reply = QUESTIONS[stage.dice.randrange(len(QUESTIONS))]
        with delivering(on(day, 10 + n * 2, 20)):
            product = stage.dice.choice(shop.products)
            asked = inquiries.ask(product, text=text, secret=stage.dice.random() < 0.2, key=stage.key(), by=buyer)
        if stage.dice.random() < 0.85 and day < stage.last - timedelta(days=1):
            with delivering(on(day, 13 + n * 2, 5)):
                inquiries.answer(asked, text=reply, by=shop.owner)
    if day.day % 2:
        _write(stage, day)


def _write(stage: Stage, day: date) -> None:
    lines = ProductOrder.objects.filter(
        status__in=[LineStatus.DELIVERING, LineStatus.DELIVERED], order__buyer__isnull=False
    )
    line = lines.select_related("order__buyer", "seller").order_by("-id").first()
    if line is None:
        return
    topic, text, reply = LETTERS[day.toordinal() // 2 % len(LETTERS)]
    buyer = line.order.buyer
    with delivering(on(day, 16)):
        thread = inquiries.open_thread(
            line.order, line.seller, topic=topic, text=text, key=stage.key(), by=buyer, line=line
        )
    if reply:
        owner = next(shop.owner for shop in stage.shops if shop.seller.pk == line.seller_id)
        with delivering(on(day, 17)):
            inquiries.write(thread, side="SELLER", text=reply, key=stage.key(), by=owner)


def leave_claims_open(stage: Stage) -> None:
    """On the last morning: a cancel that waits, an exchange, a return on hold, one that was turned down."""
    with delivering(on(stage.last, 8, 30)):
        seen = ProductOrder.objects.filter(status=LineStatus.PAID, acknowledged_at__isnull=False, claims=None)
        _open(stage, seen, Claim.Kind.CANCEL, "INTENT_CHANGED", 2)
        came = ProductOrder.objects.filter(status=LineStatus.DELIVERED, claims=None, order__buyer__isnull=False)
        _open(stage, came, Claim.Kind.EXCHANGE, "WRONG_DELIVERY", 3)
        held = _open(stage, came, Claim.Kind.RETURN, "BROKEN", 3)
        if held:
            answers.hold(
                held[0], reason="ETC", until=stage.last + timedelta(days=7), by=None, detail="사진을 기다려요."
            )
        if held[1:]:
            answers.reject(held[1], answer="보내 주신 사진으로는 상한 곳을 찾지 못했어요.", by=None)


def _open(stage: Stage, lines: models.QuerySet[ProductOrder], kind: str, reason: str, how_many: int) -> list[Claim]:
    opened: list[Claim] = []
    for line in lines.select_related("order__buyer", "option__product").order_by("-id")[: how_many * 2]:
        if len(opened) < how_many:
            told: dict[str, Any] = {"quantity": 1, "reason": reason, "key": stage.key(), "by": line.order.buyer}
            if kind == Claim.Kind.EXCHANGE:
                told["option"] = line.option
            try:
                opened.append(claims.open_claim(line, kind, **told))
            except DureError:  # a buyer who may not: the next one
                continue
    return opened
