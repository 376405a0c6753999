"""The same request twice is one deed and one answer; another body under the same key is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.models import IdempotencyKey


class KeyReused(DureError):
    code = "idempotency_key_reused"
    message = _("같은 요청 번호로 다른 내용이 왔어요. 처음부터 다시 시도해 주세요.")
    status = 422


def body_hash(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def once(scope: str, key: str, body: Any, deed: Callable[[], Any]) -> Any:
    """Run `deed` (its answer must be JSON) the first time; give the kept answer afterwards.

    The key's row is inserted first: a second request waits for the first one's transaction, then reads its answer.
    Raises KeyReused when the body differs.
    """
    return told_once(scope, key, body, deed)[0]


@transaction.atomic
def told_once(scope: str, key: str, body: Any, deed: Callable[[], Any]) -> tuple[Any, bool]:
    """The same, with whether the answer had been given before."""
    digest = body_hash(body)
    row, created = IdempotencyKey.objects.get_or_create(
        scope=scope, key=key, defaults={"body_hash": digest, "created_at": clock.now()}
    )
    if row.body_hash != digest:
        raise KeyReused()
    if created:
        row.answer = deed()
        row.save(update_fields=["answer"])
    return row.answer, not created


def forget(before: datetime) -> int:
    """Throw away answers given before; nobody repeats a request after so long. Returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
