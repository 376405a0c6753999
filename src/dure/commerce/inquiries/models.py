"""Questions about a product, for everybody or for the seller alone; and the private talk about an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import Order, ProductOrder, bought_by
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class QuestionQuerySet(models.QuerySet["Question"]):
    def of_seller(self, seller: Seller) -> Self:
        return self.filter(product__seller=seller)

    def waiting(self) -> Self:
        return self.filter(answered_at=None, hidden_at=None)


class Question(models.Model):
    """상품 문의. What the seller answers replaces an earlier answer; a question taken off the page is kept."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="questions", db_index=False)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions")
    key = models.UUIDField(unique=True)  # of the form: asked once, however often it is sent
    text = models.TextField(_("문의"))
    secret = models.BooleanField(_("비밀글"), default=False)  # read by the asker, the seller and the house
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()  # the end of the next business day
    answer = models.TextField(_("답변"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField(null=True)  # by its asker or the operator
    hidden_why = models.CharField(max_length=200, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "-asked_at"], name="questions_of_product"),
            models.Index(fields=["due_at"], condition=Q(answered_at=None, hidden_at=None), name="questions_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answered_with_an_answer",
            ),
        ]

    def late(self, at: datetime) -> bool:
        return self.answered_at is None and self.due_at < at


class ThreadQuerySet(models.QuerySet["Thread"]):
    def of_buyer(self, user: Any) -> Self:
        return self.filter(bought_by(user, "order__"))

    def waiting(self) -> Self:
        """A message of the buyer waits for the seller."""
        return self.filter(waiting_since__isnull=False)


class Thread(models.Model):
    """주문 문의: one buyer and one seller about one order; the operator may join."""

    class Topic(models.TextChoices):
        DELIVERY = "DELIVERY", _("배송")
        PRODUCT = "PRODUCT", _("상품")
        CLAIM = "CLAIM", _("취소·반품·교환")
        OTHER = "OTHER", _("그 밖")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="threads")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="threads", db_index=False)
    line = models.ForeignKey(ProductOrder, null=True, on_delete=models.PROTECT, related_name="threads")
    topic = models.CharField(_("무엇에 대한 문의인가요?"), max_length=8, choices=Topic.choices)
    opened_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    waiting_since = models.DateTimeField(null=True)  # the first message of the buyer that nobody answered
    due_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)  # the operator

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-last_at"], name="threads_of_seller"),
            models.Index(fields=["due_at"], condition=Q(waiting_since__isnull=False), name="threads_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(waiting_since=None, due_at=None) | Q(waiting_since__isnull=False, due_at__isnull=False),
                name="who_waits_has_a_deadline",
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("opened_at")), name="last_after_first"),
        ]

    def late(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at


class Message(models.Model):
    class Side(models.TextChoices):
        BUYER = "BUYER", _("구매자")
        SELLER = "SELLER", _("판매자")
        OPERATOR = "OPERATOR", _("두레 상담")

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    key = models.UUIDField(unique=True)
    side = models.CharField(max_length=8, choices=Side.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # no guest
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]


class MessagePhoto(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="photos")
    image = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)


class AnswerTemplate(models.Model):
    """자주 쓰는 답변 of a shop."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="answer_templates")
    title = models.CharField(_("제목"), max_length=40)
    text = models.TextField(_("답변"))

    class Meta:
        ordering = ["title", "id"]
        constraints = [models.UniqueConstraint(fields=["seller", "title"], name="template_titles_differ")]


class AnswerTime(models.Model):
    """How many minutes of business time (weekdays 9 to 18) a seller took for an answer."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="answer_times", db_index=False)
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["seller", "-at"], name="answer_times_of_seller")]


class QuestionReport(models.Model):
    """Somebody says that a question or its answer does not belong here; the operator decides."""

    class Verdict(models.TextChoices):
        HIDDEN = "HIDDEN", _("내림")
        KEPT = "KEPT", _("그대로 둠")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "reporter"], name="one_question_report_each"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at=None) | (~Q(verdict="") & Q(decided_at__isnull=False)),
                name="question_report_decided",
            ),
        ]
