"""Keys: issued, rotated, revoked. The secret is told once and never kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import bcrypt
from django.db import transaction

from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock, ids
from dure.kit.crypto import seal
from dure.kit.states import WrongState
from dure.people.models import User
from dure.sites.api import errors
from dure.sites.api.models import ApiKey, Holder
from dure.sites.api.scopes import OF_HOLDER

GRACE = timedelta(hours=24)  # an old key works on beside its successor
NAVER_SECRET = "api.naver_secret"  # noqa: S105 (the purpose it is sealed for)


@dataclass(frozen=True)
class Issued:
    """`secret` is the whole credential and is shown this once; `naver_secret` that of the Naver-shaped facade."""

    key: ApiKey
    secret: str
    naver_secret: str = ""


@transaction.atomic
def issue_key(
    *,
    name: str,
    scopes: Iterable[str],
    by: User | None,
    seller: Seller | None = None,
    holder: str = Holder.SELLER,
    mode: str = ApiKey.Mode.LIVE,
    expires_at: datetime | None = None,
    per_minute: int = 600,
    for_naver_tools: bool = False,
) -> Issued:
    """Raises NameNeeded, BadScopes."""
    if not name.strip():
        raise errors.NameNeeded()
    wanted = sorted(set(scopes))
    if not wanted or (foreign := [s for s in wanted if s not in OF_HOLDER[holder]]):
        raise errors.BadScopes(scopes=", ".join(foreign if wanted else ["-"]))
    prefix, half = f"dk_{mode}_{ids.code(8)}", ids.code(32)
    naver = bcrypt.gensalt(4, prefix=b"2a").decode() if for_naver_tools else ""
    key = ApiKey.objects.create(
        prefix=prefix,
        digest=digest_of(half),
        holder=holder,
        seller=seller,
        mode=mode,
        name=name.strip(),
        scopes=wanted,
        per_minute=per_minute,
        naver_secret_sealed=seal(NAVER_SECRET, naver) if naver else None,
        created_by=by,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    audit.record("api.key_issued", key, by=by, scopes=wanted)
    return Issued(key, f"{prefix}_{half}", naver)


@transaction.atomic
def rotate_key(key: ApiKey, *, by: User | None) -> Issued:
    """A successor with the same rights; the old one works on for a day. Raises WrongState."""
    held = ApiKey.objects.select_for_update().get(pk=key.pk)
    moment = clock.now()
    if held.state(moment) != "ACTIVE":
        raise WrongState()
    issued = issue_key(
        name=held.name,
        scopes=held.scopes,
        by=by,
        seller=held.seller,
        holder=held.holder,
        mode=held.mode,
        per_minute=held.per_minute,
        for_naver_tools=held.naver_secret_sealed is not None,
        expires_at=held.expires_at,
    )
    held.expires_at = min(held.expires_at or moment + GRACE, moment + GRACE)
    held.save(update_fields=["expires_at"])
    audit.record("api.key_rotated", held, by=by, successor=issued.key.prefix)
    return issued


@transaction.atomic
def revoke_key(key: ApiKey, *, by: User | None) -> None:
    """Raises WrongState when it was revoked before."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise WrongState()
    audit.record("api.key_revoked", key, by=by)


def digest_of(half: str) -> str:
    return hashlib.sha256(half.encode()).hexdigest()
