"""기획전: a page of offers from several sellers that opens and closes by the clock.

The price terms (shares, period, event prices, budgets) are an instant-discount `Offer` of the room of promotions; this
room keeps the page, its sections, and who takes part.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Product
from dure.commerce.promotions.models import Offer
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class ExhibitionQuerySet(models.QuerySet["Exhibition"]):
    def on_at(self, moment: Any) -> Self:
        """Published, and the clock within the period: no job has to have run."""
        return self.filter(status=Exhibition.Status.PUBLISHED, starts_at__lte=moment, ends_at__gt=moment)

    def recruiting_at(self, moment: Any) -> Self:
        """Sellers may still come in."""
        return self.filter(
            status__in=[Exhibition.Status.RECRUITING, Exhibition.Status.PUBLISHED], apply_until__gt=moment
        )


class Exhibition(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("작성 중")
        RECRUITING = "RECRUITING", _("참여 모집")
        PUBLISHED = "PUBLISHED", _("공개")
        CANCELED = "CANCELED", _("취소됨")

    class Theme(models.TextChoices):
        PINE = "PINE", _("솔숲")
        PERSIMMON = "PERSIMMON", _("감빛")
        PLUM = "PLUM", _("매화")
        INK = "INK", _("먹빛")

    MOVES = {
        "DRAFT": {"RECRUITING", "CANCELED"},
        "RECRUITING": {"PUBLISHED", "CANCELED"},
        "PUBLISHED": {"CANCELED"},
        "CANCELED": set(),
    }

    key = models.UUIDField(unique=True)  # the form's key
    offer = models.OneToOneField(Offer, null=True, on_delete=models.PROTECT, related_name="+")  # its price terms
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(_("제목"), max_length=60)
    tagline = models.CharField(_("한 줄 소개"), max_length=120, blank=True)
    story = models.TextField(_("이야기"), blank=True)
    theme = models.CharField(_("색"), max_length=9, choices=Theme.choices, default=Theme.PINE)
    picture = models.CharField(max_length=200, blank=True)  # storage name, see kit.images
    picture_alt = models.CharField(_("그림 설명"), max_length=120, blank=True)
    starts_at = models.DateTimeField(_("공개"))
    ends_at = models.DateTimeField(_("끝"))
    apply_until = models.DateTimeField(_("참여 신청 마감"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = ExhibitionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], condition=Q(status="PUBLISHED"), name="exhibitions_on")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="exhibition_period_sane"),
            models.CheckConstraint(condition=Q(apply_until__lte=F("ends_at")), name="exhibition_applying_sane"),
        ]

    def __str__(self) -> str:
        return self.title

    def is_recruiting_at(self, moment: Any) -> bool:
        """As `recruiting_at` says it of many."""
        return self.status in (self.Status.RECRUITING, self.Status.PUBLISHED) and self.apply_until > moment

    def phase(self, moment: Any) -> str:
        """DRAFT, RECRUITING, SCHEDULED, ON, OVER or CANCELED at a moment."""
        if self.status != self.Status.PUBLISHED:
            return self.status
        return "SCHEDULED" if moment < self.starts_at else "ON" if moment < self.ends_at else "OVER"


class Section(models.Model):
    exhibition = models.ForeignKey(Exhibition, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("구역 이름"), max_length=60)
    text = models.CharField(_("설명"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class Item(models.Model):
    """A product on the page. It is shown while it is on sale and has an agreed event price."""

    exhibition = models.ForeignKey(Exhibition, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.SET_NULL, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="exhibition_items")
    position = models.PositiveSmallIntegerField(default=0)
    pinned = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pinned", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["exhibition", "product"], name="product_once_an_exhibition")]


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, user: Any) -> Self:
        return self.filter(seller__members__user_id=user.pk or 0)


class Application(models.Model):
    """A seller's part in an exhibition: invited by the house, or applying; with the consent as it was given."""

    class Status(models.TextChoices):
        INVITED = "INVITED", _("초대함")
        APPLIED = "APPLIED", _("신청함")
        ACCEPTED = "ACCEPTED", _("참여")
        DECLINED = "DECLINED", _("거절")
        WITHDRAWN = "WITHDRAWN", _("철회")

    MOVES = {
        "INVITED": {"ACCEPTED", "DECLINED"},
        "APPLIED": {"ACCEPTED", "DECLINED", "WITHDRAWN"},
        "ACCEPTED": {"WITHDRAWN"},
        "DECLINED": {"INVITED", "APPLIED"},
        "WITHDRAWN": {"INVITED", "APPLIED"},
    }

    exhibition = models.ForeignKey(Exhibition, on_delete=models.PROTECT, related_name="applications")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="exhibition_applications")
    status = models.CharField(max_length=9, choices=Status.choices)
    note = models.CharField(_("전하는 말"), max_length=300, blank=True)
    terms_hash = models.CharField(max_length=64, blank=True)  # of the terms the seller agreed to …
    agreed = models.JSONField(default=dict)  # … and the prices: {option id: won}
    consented_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exhibition", "seller"], name="one_application_each"),
            models.CheckConstraint(
                condition=~Q(status="ACCEPTED") | Q(consented_at__isnull=False) & ~Q(terms_hash=""),
                name="accepted_with_consent",
            ),
        ]


class Views(models.Model):
    """How often a page was looked at, by day (KST)."""

    exhibition = models.ForeignKey(Exhibition, on_delete=models.CASCADE, related_name="views")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibition", "day"], name="one_count_a_day")]
