"""A house with something in every room, so that every page has what it shows: `house = Filled()`, `house.grow()` makes more.

`pages(house)` walks the addresses of a site as the site itself declares them and gives each the rows it needs. An address that is
opened by nothing here is an error: a new page brings its rows along.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from PIL import Image

import sheet_builders as sheets
from builders import (
    a_commission_plan,
    a_delivery_template,
    a_lead,
    a_line,
    a_market,
    a_person,
    a_shipping_policy,
    a_show,
    an_address,
    an_offer,
    an_option,
    an_order,
)
from dure.commerce.cart.models import Cart, CartLine
from dure.commerce.catalog import actions as catalog
from dure.commerce.catalog.models import Category
from dure.commerce.claims import actions as claims
from dure.commerce.exhibitions import actions as exhibitions
from dure.commerce.inquiries import actions as inquiries
from dure.commerce.orders import addresses
from dure.commerce.promotions import points
from dure.commerce.reviews import actions as reviews
from dure.commerce.search import actions as searching
from dure.commerce.search import documents
from dure.commerce.sellers import actions as sellers
from dure.commerce.sellers.models import Member, Seller
from dure.finance.ledger import actions as ledger
from dure.finance.ledger import postings
from dure.finance.ledger.models import Journal
from dure.finance.payments.models import Payment
from dure.finance.settlement import actions as settlement
from dure.kit import clock, images, outbox
from dure.partnership import actions as partnership
from dure.sites.api.hooks import actions as hooks
from machines import a_key
from routes import routes

WORDS = "새벽에 담가 아침에 보내 드려요. 드시기 전에 한 번 더 데워 주세요."


def a_picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


class Filled:
    """One buyer, one shop with its owner, one member of staff who may everything, and what they have had to do with each other."""

    def __init__(self) -> None:
        a_commission_plan()
        self.buyer = a_person(name="나구매", email="buyer@example.kr")
        self.owner = a_person(name="한순이", email="owner@example.kr")
        self.officer = a_person(
            *("OPERATOR", "FINANCE", "CS", "MD", "REVIEWER", "FIELD", "CREATOR"),
            name="운영자",
            email="office@example.kr",
        )
        self.shop = Seller.objects.create(
            name="순이네 반찬",
            status="APPROVED",
            story=WORDS,
            brn="1018100016",
            representative="한순이",
            approved_at=clock.now(),
        )
        Member.objects.create(seller=self.shop, user=self.owner, role="OWNER")
        a_shipping_policy(self.shop, fee=3000, free_over=30_000, return_fee=2500, carrier="CJ", return_to="서울 종로구")
        self.market = a_market(name="통인시장")
        postings.operator_funded("float", 10_000_000)
        self.known: dict[str, Any] = {}
        self.grow()

    def grow(self) -> None:
        """As much again of everything that comes in rows."""
        self._goods()
        self._orders()
        self._claims()
        self._talk()
        self._money()
        self._promotions()
        self._people()
        self._partners()
        self._shows()
        self._buyers_own()
        outbox.deliver_due()
        documents.catch_up()

    def _goods(self) -> None:
        self.options = [
            an_option(price, seller=self.shop, stock=50, name=name)
            for price, name in ((12_000, "오징어젓갈"), (8_500, "마늘장아찌"))
        ]
        for option in self.options:
            catalog.add_photo(option.product, a_picture(), by=self.officer, alt="접시에 담은 반찬")
        product = self.options[0].product
        rows = [catalog.OptionRow.of(option) for option in product.options.all()]
        catalog.set_options(
            product, [*rows, catalog.OptionRow("2kg", 23_000), catalog.OptionRow("3kg", 34_000)], by=None
        )
        self.product, self.option = product, self.options[0]
        catalog.update_product(product, name=f"{product.name} (햇것)", by=self.owner)  # waits for the house
        category = Category.objects.get(code="food")
        Category.objects.get_or_create(
            code=f"kimchi{product.pk}", defaults={"name_ko": "김치", "name_en": "Kimchi", "parent": category}
        )
        self.draft = catalog.create_product(
            self.shop, name="열무김치", category=category, key=uuid.uuid4(), by=self.owner
        )
        self.removed = catalog.remove_photo(
            catalog.add_photo(self.options[1].product, a_picture(), by=self.officer), by=self.owner
        )
        self.template = a_delivery_template(self.shop, grouped=True)
        self.upload = sheets.compared(
            self.shop,
            sheets.xlsx(sheets.HEAD, ["", f"총각김치{product.pk}", "식품", "9000", "10"], ["", "", "식품", "-1", "10"]),
            self.owner,
        )

    def _orders(self) -> None:
        self.order = an_order(self.option, self.options[1], buyer=self.buyer, quantity=2, paid=True)
        _known_to_finance(self.order)
        self.line = self.order.lines.order_by("id").first()
        self.waiting = an_order(self.option, buyer=self.buyer)
        made = {
            status: a_line(status, option=self.options[1], buyer=self.buyer)
            for status in ("DELIVERING", "DELIVERED", "PURCHASE_CONFIRMED")
        }
        for line in made.values():
            _known_to_finance(line.order)
        self.sent, self.delivered, self.confirmed = made.values()
        self.parcel = self.sent.packed.get().parcel

    def _claims(self) -> None:
        made = {}
        for kind, status in (("RETURN", "DELIVERED"), ("EXCHANGE", "DELIVERED")):
            line = a_line(status, option=self.options[1], buyer=self.buyer, quantity=2)
            _known_to_finance(line.order)
            made[kind] = claims.open_claim(
                line, kind, quantity=1, reason="BROKEN", key=uuid.uuid4(), by=self.buyer, detail="뚜껑이 깨져 왔어요."
            )
        self.claim = made["RETURN"]

    def _talk(self) -> None:
        self.review = reviews.write(
            self.confirmed,
            rating=5,
            text="짜지 않고 맛있어요. 또 살게요.",
            by=self.buyer,
            photos=[images.keep(a_picture(), "reviews")],
        )
        for _ in range(2):
            line = a_line("DELIVERED", option=self.options[0])
            told = reviews.write(line, rating=4, text="포장이 꼼꼼해요. 잘 먹었어요.", by=line.order.buyer)
        reviews.report(told, reason="다른 상품의 후기예요", by=self.owner, by_seller=True)
        self.question = inquiries.ask(
            self.product, text="언제 담근 건가요?", secret=False, key=uuid.uuid4(), by=self.buyer
        )
        inquiries.answer(self.question, text="어제 새벽에 담갔어요.", by=self.owner)
        inquiries.report(
            inquiries.ask(self.product, text="전화 주세요", secret=False, key=uuid.uuid4(), by=a_person()),
            reason="광고예요",
            by=self.owner,
        )
        self.thread = inquiries.open_thread(
            self.order,
            self.shop,
            topic="DELIVERY",
            text="언제 오나요?",
            key=uuid.uuid4(),
            by=self.buyer,
            line=self.line,
        )
        title = f"배송 안내 {self.thread.pk}"
        self.saved_answer = inquiries.save_template(self.shop, title=title, text=WORDS, by=self.owner)

    def _money(self) -> None:
        earned = settlement.earn_line(self.confirmed)
        if earned and (made := settlement.run(settlement.due_after(clock.today()), by=None)):
            self.statement = made[0]
        ledger.verify()

    def _promotions(self) -> None:
        self.coupon = an_offer(how="AMOUNT", value=2000, name="가을맞이 쿠폰", quantity=100)
        self.asked_offer = an_offer(name="함께 내는 쿠폰", platform_bp=5_000, seller_bp=5_000, by=self.officer)
        self.own_offer = an_offer("CART_COUPON", seller=self.shop, by=self.owner, name="순이네 단골 쿠폰")
        now = clock.now()
        deal = exhibitions.Deal(
            now + timedelta(days=1), now + timedelta(days=8), now + timedelta(days=1), platform_bp=5000, seller_bp=5000
        )
        page = exhibitions.Page("강원 가을걷이", "산골의 가을을 상에 올려요", theme="PERSIMMON")
        self.exhibition = exhibitions.plan(page, deal, key=uuid.uuid4(), by=self.officer)
        exhibitions.recruit(self.exhibition, by=self.officer)
        self.exhibition.refresh_from_db()
        exhibitions.propose(self.exhibition, {o.pk: o.price - 1500 for o in self.options}, by=self.officer)
        self.open_exhibition = self._exhibition_that_is_on(page)
        self.synonym = searching.add_synonym(f"젓갈{self.coupon.pk}", ["젓"], by=self.officer)
        for words in ("없는 상품", "멍게 장조림", f"두리안 {self.coupon.pk}"):
            searching.note_missed(words, partly=False)

    def _exhibition_that_is_on(self, page: exhibitions.Page) -> Any:
        now = clock.now()
        deal = exhibitions.Deal(now, now + timedelta(days=8), now + timedelta(minutes=5), platform_bp=10_000)
        made = exhibitions.plan(page, deal, key=uuid.uuid4(), by=self.officer)
        exhibitions.recruit(made, by=self.officer)
        made.refresh_from_db()
        made.offer.refresh_from_db()
        option = an_option(15_000, name="메밀묵")
        exhibitions.propose(made, {option.pk: 9_000}, by=self.officer)
        told = {"terms_hash": made.offer.terms_hash, "cap": None, "by": self.owner}
        exhibitions.answer(made, option.product.seller, accept=[option.pk], **told)
        made.refresh_from_db()
        exhibitions.publish(made, by=self.officer)
        return made

    def _people(self) -> None:
        for kind in ("BUSINESS", "OTHER"):
            self.document = sellers.hand_in(self.shop, kind=kind, upload=a_picture(), by=self.owner)
        staff = a_person(name="김직원")
        Member.objects.create(seller=self.shop, user=staff, role="ORDERS")
        self.invitation = sellers.invite_staff(self.shop, name="박직원", role="ORDERS", by=self.owner)
        Seller.objects.create(name="새 가게", status="IN_REVIEW")
        a_key(self.shop)
        a_key()
        self.hook, _secret = hooks.add_endpoint("https://93.184.215.14/hooks", [], by=self.owner, seller=self.shop)
        hooks.ping(self.hook, by=self.owner)
        self.other_hook, _secret = hooks.add_endpoint("https://93.184.215.14/house", [], by=self.officer)
        hooks.ping(self.other_hook, by=self.officer)

    def _partners(self) -> None:
        self.captured = a_lead(place=self.market, worker=self.officer)
        self.lead = a_lead("SCREENING", place=self.market, worker=self.officer)
        selected = a_lead("SELECTED", place=self.market, worker=self.officer)
        partnership.assign(selected, self.officer, by=self.officer)

    def _shows(self) -> None:
        some = {"host": self.officer, "md": self.officer}
        self.planned = a_show(options=[an_option() for _ in range(2)], **some)
        self.show = a_show("ENDED", options=[an_option() for _ in range(2)], **some)

    def _buyers_own(self) -> None:
        cart, _made = Cart.objects.get_or_create(user=self.buyer)
        CartLine.objects.bulk_create(CartLine(cart=cart, option=o, quantity=1) for o in [self.option, an_option()])
        self.address = addresses.save(self.buyer, an_address(), label="집")
        searching.wish(self.buyer, [self.product.pk, self.options[1].product_id])
        points.grant(self.buyer, 3000, key=str(uuid.uuid4()), why="기다려 주셔서 고마워요", by=self.officer)

    def opened_by(self, site: str) -> dict[str, dict[str, Any]]:
        """What the addresses of a site that name something are opened with."""
        return {
            "shop": {
                "shelf": {"code": "food"},
                "sitemap_file": {"kind": "products", "number": 1},
                "product": {"pk": self.product.pk},
                "seller": {"pk": self.shop.pk},
                "reviews": {"pk": self.product.pk},
                "edit_review": {"pk": self.review.pk},
                "questions": {"pk": self.product.pk},
                "ask": {"pk": self.product.pk},
                "inquiry": {"pk": self.thread.pk},
                "new_inquiry": {"pk": self.line.pk},
                "policy": {"name": "terms"},
                "claimed": {"number": self.waiting.number},
                "pay": {"number": self.waiting.number},
                "deposit": {"number": self.waiting.number},
                "pay_success": {"number": self.waiting.number},
                "wish": {"pk": self.product.pk},
                "language": {"code": "en"},
                "report_review": {"pk": self.review.pk},
                "report_question": {"pk": self.question.pk},
                "pay_fail": {"number": self.waiting.number},
                "paid": {"number": self.order.number},
                "address": {"pk": self.address.pk},
                "order": {"number": self.order.number},
                "review": {"pk": self.delivered.pk},
                "claim": {"pk": self.delivered.pk},
                "claim_detail": {"pk": self.claim.pk},
                "exhibition": {"pk": self.open_exhibition.pk},
            },
            "seller": {
                "join": {"code": self.invitation.code},
                "document": {"pk": self.document.pk},
                "delivery_edit": {"pk": self.template.pk},
                "delivery_group": {"pk": self.template.group_id},
                "product": {"pk": self.product.pk},
                "photo_progress": {"pk": self.product.pk},
                "detail": {"pk": self.product.pk},
                "preview_detail": {"pk": self.product.pk},
                "product_history": {"pk": self.product.pk},
                "order": {"pk": self.line.pk},
                "sheet": {"pk": self.upload.pk},
                "sheet_returned": {"pk": self.upload.pk},
                "claim": {"pk": self.claim.pk},
                "question": {"pk": self.question.pk},
                "inquiry": {"pk": self.thread.pk},
                "review": {"pk": self.review.pk},
                "statement": {"pk": self.statement.pk},
                "offer": {"pk": self.own_offer.pk},
                "exhibition": {"pk": self.exhibition.pk},
                "endpoint": {"pk": self.hook.pk},
                "message": {"pk": self.hook.messages.latest("pk").pk},
                "consent": {"pk": self.asked_offer.pk},
            },
            "office": {
                "seller": {"pk": self.shop.pk},
                "money_of": {"pk": self.shop.pk},
                "document": {"pk": self.document.pk},
                "review": {"pk": self.review.pk},
                "question": {"pk": self.question.pk},
                "inquiry": {"pk": self.thread.pk},
                "product": {"pk": self.product.pk},
                "category": {"pk": self.product.category_id},
                "order": {"number": self.order.number},
                "statement": {"pk": self.statement.pk},
                "journal": {"pk": Journal.objects.earliest("pk").pk},
                "synonym": {"pk": self.synonym.pk},
                "offer": {"pk": self.coupon.pk},
                "exhibition": {"pk": self.exhibition.pk},
                "preview_exhibition": {"pk": self.exhibition.pk},
                "exhibition_results": {"pk": self.open_exhibition.pk},
                "endpoint": {"pk": self.other_hook.pk},
                "message": {"pk": self.other_hook.messages.latest("pk").pk},
                "force": {"pk": self.line.pk},
                "notice": {"code": "order.paid"},
            },
            "desk": {
                "market": {"pk": self.market.pk},
                "capture": {"pk": self.market.pk},
                "check": {"pk": self.market.pk},
                "lead": {"pk": self.lead.pk},
                "screen": {"pk": self.lead.pk},
            },
            "studio": {
                "show": {"code": self.planned.code},
                "edit": {"code": self.planned.code},
                "room": {"code": self.planned.code},
                "report": {"code": self.show.code},
                "status": {"code": self.planned.code},
            },
            "live": {
                "watch": {"code": self.show.code},
                "calendar": {"code": self.planned.code},
            },
        }.get(site, {})


def pages(house: Filled, site: str, patterns: Any) -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether something is there to be seen) of every address of a site; others take a form only."""
    opened = house.opened_by(site)
    for pattern in routes(patterns):
        converters = pattern.pattern.converters
        told = opened.get(pattern.name)
        numbers = {name: 1 if "Int" in type(c).__name__ else "x" for name, c in converters.items()}
        name = f"{site}:{pattern.name}" if site else pattern.name
        yield (
            pattern.name,
            reverse(name, kwargs=told if told is not None else numbers),
            told is not None or not converters,
        )


def _known_to_finance(order: Any) -> None:
    payment = Payment.objects.create(order=order, amount=order.pay_total, status="DONE", payment_key=uuid.uuid4().hex)
    charges = {c.pk: c.amount for c in order.shipping_charges.all()}
    postings.paid(f"payment:{payment.pk}", {line.pk: line.paid_amount for line in order.lines.all()}, charges)
