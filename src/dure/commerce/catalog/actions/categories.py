"""The operator's shelves."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from dure.commerce.catalog import errors, notices
from dure.commerce.catalog.models import Category
from dure.kit import audit, clock
from dure.people.models import User

DEEPEST = 3
FIELDS = (
    *("parent", "name_ko", "name_en", "icon", "notice_type", "position"),
    *("needs_kc", "needs_origin", "adults_only", "active"),
)


@transaction.atomic
def save_category(category: Category | None, *, by: User | None, code: str = "", **fields: Any) -> Category:
    """Make or change a shelf; migrations leave it alone from then on.

    Raises CategoryTooDeep (more than three, or inside itself), CategoryCodeTaken, NoticeFormUnknown.
    """
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"save_category does not know {sorted(unknown)}")
    if category is None:
        if Category.objects.filter(code=code).exists():
            raise errors.CategoryCodeTaken(code=code)
        category = Category(code=code)
    if "parent" in fields:
        _check_depth(category, fields["parent"])
    if fields.get("notice_type", category.notice_type) not in notices.FORMS:
        raise errors.NoticeFormUnknown()
    changed = sorted(name for name, value in fields.items() if getattr(category, name) != value)
    for name, value in fields.items():
        setattr(category, name, value)
    category.edited_at = clock.now()
    category.save()
    audit.record("catalog.category_saved", category, by=by, fields=changed)
    return category


def _check_depth(category: Category, parent: Category | None) -> None:
    above, seen = 0, parent
    while seen is not None:
        if seen.pk == category.pk and category.pk:
            raise errors.CategoryTooDeep(most=DEEPEST)
        above, seen = above + 1, seen.parent
    children = Category.objects.filter(parent=category) if category.pk else Category.objects.none()
    below = 2 if Category.objects.filter(parent__in=children).exists() else 1 if children.exists() else 0
    if above + 1 + below > DEEPEST:
        raise errors.CategoryTooDeep(most=DEEPEST)
