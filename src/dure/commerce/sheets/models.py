"""Sheets that sellers upload, what each says of every product or parcel, and what became of it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dure.commerce.catalog.models import Product
from dure.commerce.sellers.models import Seller
from dure.kit import clock


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, user: Any) -> Self:
        """Uploads of the shops `user` works for."""
        return self.filter(seller__members__user_id=user.pk or 0)


class Upload(models.Model):
    """One file on its way into the shop. The same file again is the same upload (`one_upload_per_file`), until it was
    cancelled or undone, or somebody asks to compare it anew (`round`)."""

    class Kind(models.TextChoices):
        PRODUCTS = "PRODUCTS", _("상품")
        WAYBILLS = "WAYBILLS", _("송장")

    class Status(models.TextChoices):
        LOOKING = "LOOKING", _("파일을 여는 중")
        COLUMNS = "COLUMNS", _("열 확인")
        READING = "READING", _("읽고 비교하는 중")
        READY = "READY", _("미리보기")
        RUNNING = "RUNNING", _("저장하는 중")
        PAUSED = "PAUSED", _("멈춤")
        DONE = "DONE", _("끝남")
        UNDOING = "UNDOING", _("되돌리는 중")
        UNDONE = "UNDONE", _("되돌림")
        CANCELED = "CANCELED", pgettext_lazy("state", "취소")
        FAILED = "FAILED", _("읽지 못함")

    MOVES = {
        "LOOKING": {"COLUMNS", "FAILED", "CANCELED"},
        "COLUMNS": {"READING", "CANCELED"},
        "READING": {"READY", "DONE", "FAILED", "CANCELED"},
        "READY": {"READING", "RUNNING", "CANCELED"},
        "RUNNING": {"PAUSED", "DONE"},
        "PAUSED": {"RUNNING", "DONE"},
        "DONE": {"UNDOING"},
        "UNDOING": {"UNDONE"},
        "UNDONE": set(),
        "CANCELED": set(),
        "FAILED": set(),
    }
    WORKING = ("LOOKING", "READING", "RUNNING", "UNDOING")  # the worker has it in hand
    OVER = ("CANCELED", "UNDONE", "FAILED")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.LOOKING)
    name = models.CharField(max_length=200)  # of the file
    sha256 = models.CharField(max_length=64)
    round = models.PositiveSmallIntegerField(default=0)
    # What is where in it.
    sheet = models.PositiveSmallIntegerField(default=0)
    sheets = models.JSONField(default=list)  # names
    head_row = models.PositiveIntegerField(
        default=1
    )  # as Excel counts; the first row of data comes after `first_row` - 1
    first_row = models.PositiveIntegerField(default=2)
    headings = models.JSONField(default=list)
    samples = models.JSONField(null=True)  # a few words of each column, [[row 1 …], [row 2 …]]
    fingerprint = models.CharField(max_length=32, blank=True)
    columns = models.JSONField(default=dict)  # {field: index of its column}
    category = models.CharField(max_length=30, blank=True)  # of new products whose row names none that we know
    # How far it is. Rows of the file; entries are counted by their table.
    rows = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    wrong_rows = models.PositiveIntegerField(default=0)
    same_rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)  # applied, or refused at the last moment
    cursor = models.BigIntegerField(default=0)  # the last entry that is done with
    stopped = models.BooleanField(default=False)  # ended by the seller before its end
    failure = models.CharField(max_length=200, blank=True)  # why the file could not be read
    created_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True)  # reading, running or undoing: the present stretch of work
    ended_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["seller", "-id"], name="uploads_of_seller")]
        constraints = [
            models.UniqueConstraint(fields=["seller", "kind", "sha256", "round"], name="one_upload_per_file"),
            models.CheckConstraint(condition=Q(rows_read__lte=F("rows")), name="no_more_read_than_there_is"),
        ]

    def __str__(self) -> str:
        return self.name


class UploadFile(models.Model):
    """The file itself, as it came. In the database: it may hold names and addresses, the worker may be another machine,
    and a backup has all or nothing. Emptied after `actions.KEEP_DAYS`."""

    upload = models.OneToOneField(Upload, primary_key=True, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()


class Entry(models.Model):
    """What a sheet says of one product (or, without names, of one option), or of one parcel."""

    class State(models.TextChoices):
        NEW = "NEW", _("새 상품")
        CHANGED = "CHANGED", _("바뀜")
        SAME = "SAME", _("그대로")
        WRONG = "WRONG", _("고칠 곳 있음")

    class Outcome(models.TextChoices):
        APPLIED = "APPLIED", _("저장함")
        REFUSED = "REFUSED", _("저장하지 못함")
        UNDONE = "UNDONE", _("되돌림")
        LEFT = "LEFT", _("그대로 둠")  # an undo left it: changed since, or ordered

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="entries", db_index=False)
    state = models.CharField(max_length=7, choices=State.choices)
    rows = ArrayField(models.PositiveIntegerField())  # of the sheet, as Excel counts
    title = models.CharField(max_length=160, blank=True)
    product = models.BigIntegerField(null=True)  # found, or made
    wanted = models.JSONField(default=dict)
    changes = models.JSONField(default=list)  # rules.Change
    wrong = models.JSONField(default=list)  # rules.Wrong
    alert = models.BooleanField(default=False)  # a price that jumps: somebody typed a zero too many, or won as pennies
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    note = models.JSONField(default=dict)  # why it was refused or left: {code, params} of a sentence
    done = models.JSONField(default=dict)  # what an undo needs

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["upload", "state", "id"], name="entries_by_state")]
        constraints = [
            models.CheckConstraint(condition=~Q(state="WRONG") | Q(outcome=""), name="nothing_wrong_is_applied"),
        ]


class ColumnMemory(models.Model):
    """What a seller said the columns of such a sheet are: the next one with these headings begins there."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Upload.Kind.choices)
    fingerprint = models.CharField(max_length=32)
    columns = models.JSONField()  # {field: heading}
    category = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "kind", "fingerprint"], name="one_memory_per_headings"),
        ]


class ProductCode(models.Model):
    """The seller's own code of a product (판매자 상품코드): the key by which a sheet finds it again."""

    product = models.OneToOneField(Product, primary_key=True, on_delete=models.CASCADE, related_name="sheet_code")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("판매자 상품코드"), max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_product_per_seller_code"),
            models.CheckConstraint(condition=~Q(code=""), name="product_code_not_empty"),
        ]
