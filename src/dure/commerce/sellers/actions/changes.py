"""Setting columns of a seller with what was there before in the audit; asking the outside again later."""

from __future__ import annotations

from typing import Any

from dure.commerce.sellers.models import Seller
from dure.kit import audit
from dure.people.models import User


def change(seller: Seller, action: str, by: User | None, **columns: Any) -> None:
    """Set columns and write to the audit what was there before and after, of those that differ."""
    changed = {k: [getattr(seller, k), v] for k, v in columns.items() if getattr(seller, k) != v}
    if not changed:
        return
    Seller.objects.filter(pk=seller.pk).update(**columns)
    for name, value in columns.items():
        setattr(seller, name, value)
    told: dict[str, Any] = {k: [_plain(a), _plain(b)] for k, (a, b) in changed.items()}
    audit.record(action, seller, by=by, **told)


def fill(seller: Seller, **columns: str) -> None:
    """Set those columns that are still empty."""
    empty = {k: v for k, v in columns.items() if v and not getattr(seller, k)}
    if empty:
        Seller.objects.filter(pk=seller.pk).update(**empty)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


def later(task: str, **arguments: int | str) -> None:
    from dure.commerce.sellers import tasks

    getattr(tasks, task).defer(**arguments)
