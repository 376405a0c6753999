"""Django's admin for the rest: every table of the house, to look at. Changes are made by actions, on pages of their own.

What may be edited here is policy data with a date (commission plans, settlement cycles, categories); such an edit is
written to the audit trail like any other deed.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dure.commerce.catalog.models import Category
from dure.finance.ledger.models import Journal
from dure.finance.settlement.models import SettlementPolicy
from dure.kit import audit, money
from dure.people.models import Role

ROOMS = ("dure.kit", "dure.people", "dure.commerce.", "dure.finance.", "dure.partnership", "dure.live")
POLICY: tuple[type[models.Model], ...] = (Category, SettlementPolicy)
SPEAKS_THROUGH = {  # rows that take their name from another one, which a list has to fetch as well
    "catalog.option": "product",
    "payments.payment": "order",
    "partnership.lead": "shop",
    "live.showoffer": "option__product",
}
SHOWN = 8  # columns of a list
SECRETS = {"password", "number_encrypted", "request_hash", "body_hash", "answer", "told"}
TEXT = (models.CharField, models.TextField, models.EmailField)


class Viewer(ModelAdmin):  # type: ignore[misc]
    """Read only, whoever asks: not even a superuser edits a row past its action."""

    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True

    def __init__(self, model: type[models.Model], site: admin.AdminSite) -> None:
        columns = [f for f in model._meta.fields if f.name not in SECRETS and not isinstance(f, models.JSONField)]
        self.list_display = [f.name for f in columns if not isinstance(f, models.TextField)][:SHOWN]
        self.list_select_related = [_with_its_name(f) for f in columns if f.is_relation and f.name in self.list_display]
        self.list_filter = [f.name for f in columns if f.choices][:3]
        self.search_fields = [_searched(f) for f in columns if isinstance(f, TEXT) and not f.choices][:4]
        self.exclude = [f.name for f in model._meta.fields if f.name in SECRETS]
        self.ordering = ["-pk"]
        super().__init__(model, site)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _of_the_office(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _of_the_office(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Policy(Viewer):
    """Dated rules: added and mended by an operator, never deleted."""

    def __init__(self, model: type[models.Model], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        self.readonly_fields = [f.name for f in model._meta.fields if f.name == "created_at"]

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_operator(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_operator(request)

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        told = {name: str(form.cleaned_data[name]) for name in form.changed_data}
        audit.record(f"office.{obj._meta.model_name}_{'changed' if change else 'added'}", obj, by=request.user, **told)

    def log_addition(self, *args: Any) -> None:
        """The audit trail has it."""

    def log_change(self, *args: Any) -> None:
        """The audit trail has it."""


class JournalViewer(Viewer):
    """A journal with its legs. They have no page of their own: Django's admin cannot address a composite key."""

    readonly_fields = ("legs",)

    @admin.display(description=_("분개 항목"))
    def legs(self, journal: Journal) -> SafeString:
        entries = journal.entries.select_related("account").order_by("line")
        return format_html_join("\n", "<div>{} · {}</div>", ((e.account, money.won(e.amount)) for e in entries))


def _with_its_name(field: models.Field[Any, Any]) -> str:
    further = SPEAKS_THROUGH.get(cast(Any, field.related_model)._meta.label_lower)
    return f"{field.name}{LOOKUP_SEP}{further}" if further else field.name


def _searched(field: models.Field[Any, Any]) -> str:
    return f"{field.name}{LOOKUP_SEP}istartswith" if field.unique else field.name


def _of_the_office(request: HttpRequest) -> bool:
    user = cast(Any, request.user)
    return bool(user.is_active and user.is_staff and user.has_role(Role.OPERATOR, Role.FINANCE))


def _is_operator(request: HttpRequest) -> bool:
    return _of_the_office(request) and cast(Any, request.user).has_role(Role.OPERATOR)


def _viewer_of(model: type[models.Model]) -> type[Viewer]:
    if model is Journal:
        return JournalViewer
    return Policy if model in POLICY else Viewer


for _model in apps.get_models():
    if _model.__module__.startswith(ROOMS) and not isinstance(_model._meta.pk, models.CompositePrimaryKey):
        admin.site.register(_model, _viewer_of(_model))

# What others bring along to be edited here goes around the actions: roles are grants, addresses are users'.
admin.site.unregister([Group, EmailAddress])
