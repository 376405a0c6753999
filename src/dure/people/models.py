"""Users, the roles they hold in the house, and consent as a dated event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from dure.kit import clock


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do comes from `Grant` (in the house) and `sellers.Member` (in a seller)."""

    email = models.EmailField(_("이메일"), unique=True)
    name = models.CharField(_("이름"), max_length=60)
    phone = models.CharField(_("휴대전화"), max_length=20, blank=True)  # E.164
    language = models.CharField(_("언어"), max_length=5, default="ko", choices=settings.LANGUAGES)
    adult_checked_at = models.DateTimeField(null=True)  # somebody who knows said: 19 or older (청소년 보호법)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may open the back office
    date_joined = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def has_role(self, *roles: str) -> bool:
        return self.is_superuser or bool(self.roles & set(roles))

    @property
    def roles(self) -> set[str]:
        """Roles in the house; read once per instance."""
        if not hasattr(self, "_roles"):
            self._roles = set(self.grants.values_list("role", flat=True)) if self.pk else set()
        return self._roles

    def know_roles(self, roles: Iterable[str]) -> None:
        """For who has read them along with something else."""
        self._roles = set(roles)


class Role(models.TextChoices):
    FIELD = "FIELD", _("현장 담당")
    REVIEWER = "REVIEWER", _("심사자")
    MD = "MD", _("상품기획자(MD)")
    CREATOR = "CREATOR", _("크리에이터")
    OPERATOR = "OPERATOR", _("운영자")
    FINANCE = "FINANCE", _("정산 담당")
    CS = "CS", _("고객 상담")


class Grant(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=12, choices=Role.choices)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role")]


class Consent(models.Model):
    """Somebody agreed (or withdrew) at a time, to a wording, with evidence. `subject` is "partnership.owner:12"."""

    subject = models.CharField(max_length=80, db_index=True)
    purpose = models.CharField(max_length=40)  # CONTACT, MARKETING, PHOTO, PRIVACY
    wording_version = models.CharField(max_length=20)
    given = models.BooleanField()
    channel = models.CharField(max_length=20)  # IN_PERSON, WEB, PHONE
    evidence = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
