"""What is sold: products, their options, pictures, and the product-information notice the law asks for."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dure.commerce.sellers.models import Seller, SellerStatus
from dure.kit import clock


def _none() -> Value:
    """An empty JSON list as the database's own default, for rows inserted by SQL that does not name the column."""
    return Value([], output_field=models.JSONField())


class Category(models.Model):
    """A shelf of the shop, up to three deep. `notice_type` names the notice form its products fill in.

    What the law asks of its goods: a KC number (`needs_kc`), the origin (`needs_origin`), a sign for adults only.
    A shelf an operator has changed (`edited_at`) is left alone by `categories.sync`.
    """

    code = models.SlugField(max_length=30, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name_ko = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=40, blank=True)
    notice_type = models.CharField(max_length=30, default="ETC")
    position = models.PositiveSmallIntegerField(default=0)
    needs_kc = models.BooleanField(default=False, db_default=False)
    needs_origin = models.BooleanField(default=False, db_default=False)
    adults_only = models.BooleanField(default=False, db_default=False)
    active = models.BooleanField(default=True, db_default=True)  # off: no new products, hidden from the shop
    edited_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ko


class ProductStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성 중")
    IN_REVIEW = "IN_REVIEW", _("심사 중")
    ON_SALE = "ON_SALE", _("판매 중")
    SUSPENDED = "SUSPENDED", _("판매 중지")
    ENDED = "ENDED", _("판매 종료")
    REJECTED = "REJECTED", _("반려")
    PROHIBITED = "PROHIBITED", _("판매 금지")


class TaxClass(models.TextChoices):
    TAXABLE = "TAXABLE", _("과세")
    EXEMPT = "EXEMPT", _("면세")
    ZERO = "ZERO", _("영세율")


class NoWithdrawal(models.TextChoices):
    """Goods a buyer cannot send back for a change of mind alone, when told so and agreed before (전자상거래법 제17조 2항)."""

    MADE_TO_ORDER = "MADE_TO_ORDER", _("주문 제작 상품")
    PERISHABLE = "PERISHABLE", _("시간이 지나면 다시 팔기 어려운 상품")
    COPYABLE = "COPYABLE", _("포장을 뜯으면 복제할 수 있는 상품")
    DIGITAL = "DIGITAL", _("쓰기 시작한 디지털 콘텐츠")


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> Self:
        """What a buyer may see. Sold out is not a status: it is read from the stock."""
        return self.filter(status=ProductStatus.ON_SALE, seller__status=SellerStatus.APPROVED)

    def of(self, user: Any) -> Self:
        """Products of the sellers `user` works for."""
        return self.filter(seller__members__user_id=user.pk or 0)


class Product(models.Model):
    MOVES = {
        "DRAFT": {"IN_REVIEW"},
        "IN_REVIEW": {"ON_SALE", "REJECTED", "PROHIBITED"},
        "REJECTED": {"IN_REVIEW", "DRAFT"},
        "ON_SALE": {"SUSPENDED", "ENDED", "PROHIBITED"},
        "SUSPENDED": {"ON_SALE", "ENDED", "PROHIBITED"},
        "ENDED": set(),
        "PROHIBITED": set(),
    }

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(_("상품명"), max_length=100)
    tagline = models.CharField(_("한 줄 소개"), max_length=120, blank=True)
    story = models.TextField(_("상품 이야기"), blank=True)
    status = models.CharField(max_length=10, choices=ProductStatus.choices, default=ProductStatus.DRAFT)
    notice_type = models.CharField(max_length=30, blank=True)
    notice = models.JSONField(default=dict, blank=True)  # {item code: text}, see catalog.notices
    keywords = models.CharField(_("검색어"), max_length=200, blank=True)
    list_price = models.PositiveIntegerField(default=0, editable=False)  # lowest option price, won; kept by actions
    review_note = models.TextField(blank=True)  # why it was rejected
    key = models.UUIDField(null=True, unique=True)  # the form's key: a double submit makes one product
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)  # +1 with every change
    # How it is sold.
    min_per_order = models.PositiveSmallIntegerField(_("최소 구매 수량"), default=1, db_default=1)
    max_per_order = models.PositiveSmallIntegerField(_("1회 최대 구매 수량"), null=True, blank=True)
    max_per_buyer = models.PositiveSmallIntegerField(_("한 사람이 살 수 있는 수량"), null=True, blank=True)
    sale_from = models.DateTimeField(_("판매 시작"), null=True, blank=True)
    sale_until = models.DateTimeField(_("판매 끝"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("제작 기간"), default=0, db_default=0)  # days to make it; 0: ready
    delivery = models.ForeignKey(  # None: the seller's default template, or its shipping policy
        "pricing.DeliveryTemplate",
        verbose_name=_("배송비 템플릿"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
    )
    # What the law and the tax office ask.
    tax_class = models.CharField(
        _("과세 구분"), max_length=7, choices=TaxClass.choices, default=TaxClass.TAXABLE, db_default="TAXABLE"
    )
    origin = models.CharField(_("원산지"), max_length=200, blank=True, default="", db_default="")
    kc_numbers = models.JSONField(_("KC 인증번호"), default=list, blank=True, db_default=_none())  # ["R-R-ABC-..."]
    adults_only = models.BooleanField(_("미성년자 구매 불가"), default=False, db_default=False)
    no_withdrawal = models.CharField(
        _("청약철회 제한"), max_length=16, choices=NoWithdrawal.choices, blank=True, default="", db_default=""
    )
    brand = models.CharField(_("브랜드"), max_length=60, blank=True, default="", db_default="")
    maker = models.CharField(_("제조사"), max_length=60, blank=True, default="", db_default="")
    weight_g = models.PositiveIntegerField(_("무게(g)"), null=True, blank=True)
    # How it is chosen and told.
    axes = models.JSONField(
        default=list, blank=True, db_default=_none()
    )  # names of up to 3 option axes: ["색상", "크기"]
    blocks = models.JSONField(default=list, blank=True, db_default=_none())  # the detail page, see catalog.blocks
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    on_sale_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["category", "-on_sale_at"], condition=Q(status="ON_SALE"), name="on_sale_by_category"),
            models.Index(fields=["-on_sale_at", "-id"], condition=Q(status="ON_SALE"), name="on_sale_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_per_order__gte=1)
                & (Q(max_per_order=None) | Q(max_per_order__gte=F("min_per_order")))
                & (Q(max_per_buyer=None) | Q(max_per_buyer__gte=F("min_per_order"))),
                name="purchase_limits_sane",
            ),
            models.CheckConstraint(
                condition=Q(sale_from=None) | Q(sale_until=None) | Q(sale_until__gt=F("sale_from")),
                name="sale_ends_after_it_begins",
            ),
        ]

    @property
    def is_on_sale(self) -> bool:
        """As the queryset's `on_sale`; the seller is fetched with it."""
        return self.status == ProductStatus.ON_SALE and self.seller.status == SellerStatus.APPROVED

    def __str__(self) -> str:
        return self.name


class Option(models.Model):
    """What is put into a cart: one choice of a product with a price of its own. Every product has at least one.

    `values`: its value on each of the product's axes. `addon`: an extra (추가구성) bought beside a choice.
    Not `active`: not for sale; `paused` when the seller only switched it off and still sees it in the table.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(_("옵션명"), max_length=60, default="기본")
    price = models.PositiveIntegerField(_("판매가"))  # won, VAT included
    position = models.PositiveSmallIntegerField(default=0)
    seller_code = models.CharField(_("자체 상품코드"), max_length=40, blank=True)
    active = models.BooleanField(default=True)
    paused = models.BooleanField(default=False, db_default=False)
    values = models.JSONField(default=list, blank=True, db_default=_none())
    addon = models.BooleanField(_("추가구성"), default=False, db_default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(active=True, paused=True), name="active_or_paused"),
            models.UniqueConstraint(fields=["product", "name"], condition=Q(paused=True), name="paused_names_differ"),
            models.CheckConstraint(condition=Q(price__gte=10) & Q(price__lte=100_000_000), name="price_sane"),
            models.UniqueConstraint(fields=["product", "name"], condition=Q(active=True), name="option_names_differ"),
        ]

    def __str__(self) -> str:
        return f"{self.product.name} · {self.name}"


class Photo(models.Model):
    """A picture of a product, re-encoded by kit.images; the first is the face."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="photos")
    image = models.CharField(max_length=200)  # storage name of the largest size, see kit.images
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class RemovedPhoto(models.Model):
    """A picture taken off a product, kept so that it can be put back where it was."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="removed_photos")
    image = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]


class ChangeRequest(models.Model):
    """What a seller wants to change of an approved product and the house has to read first (변경 심사).

    The product goes on being sold as it is. `before` is what stood there when it was asked, `after` what is wanted.
    """

    MOVES = {"PENDING": {"APPROVED", "REJECTED", "WITHDRAWN"}}

    class Status(models.TextChoices):
        PENDING = "PENDING", _("심사 중")
        APPROVED = "APPROVED", _("승인")
        REJECTED = "REJECTED", _("반려")
        WITHDRAWN = "WITHDRAWN", _("거둠")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="change_requests")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    before = models.JSONField()
    after = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    why = models.TextField(blank=True)  # the reviewer's words
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["product"], condition=Q(status="PENDING"), name="one_change_in_review"),
        ]


class Revision(models.Model):
    """Who changed a product's composition: the fields that differ, before and after.

    `suggested`: the MD did it for the seller, who sees it and may undo it.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="revisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    before = models.JSONField()
    after = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    suggested = models.BooleanField(default=False)
    version = models.PositiveIntegerField(null=True)  # of the product after it
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
