"""Who asks: a key, a token made from one, a signed-in person, or anybody."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja.utils import check_csrf

from dure.commerce.catalog.models import Product
from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import Order, ProductOrder
from dure.commerce.sellers import rules
from dure.commerce.sellers.errors import RoleMissing
from dure.commerce.sellers.models import Member, Seller, SellerStatus
from dure.finance.settlement.models import Statement
from dure.kit import clock, tokens
from dure.kit.prepared import Prepared, Slot
from dure.people.models import User
from dure.sites.api import errors, limits
from dure.sites.api.actions import digest_of
from dure.sites.api.models import ApiKey, Holder

REMEMBERED = 5.0  # seconds a key is believed without asking the database: a revoked one ends within them
SAFE = {"GET", "HEAD", "OPTIONS"}
TOKEN = "api"  # noqa: S105 (the purpose of a token)
TTL = 3600

PREFIX = re.compile(r"dk_(live|test)_[2-9A-Z]{8}")

_known: dict[str, tuple[float, ApiKey]] = {}
_used: dict[int, float] = {}


@dataclass(frozen=True)
class Caller:
    """What may be seen starts here: each queryset holds the caller's own rows and no others."""

    key: ApiKey | None = None
    user: User | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    shops: frozenset[int] = frozenset()  # of a person: where their role allows what is asked

    @property
    def ref(self) -> str:
        """Names the caller where keys of several callers must not meet."""
        if self.key:
            return f"key:{self.key.pk}"
        return f"user:{self.user.pk}" if self.user else "anybody"

    @property
    def actor(self) -> User | None:
        """Who answers for what is done: the person signed in, or who made the key."""
        return self.user or (self.key.created_by if self.key else None)

    @property
    def sandbox(self) -> bool:
        return self.key is not None and self.key.mode == ApiKey.Mode.TEST

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    # Selling

    def sellers(self) -> QuerySet[Seller]:
        return self._own(Seller.objects.all(), "pk")

    def lines(self) -> QuerySet[ProductOrder]:
        """Paid lines of the sellers the caller works for."""
        return self._own(ProductOrder.objects.filter(paid_at__isnull=False), "seller_id")

    def claims(self) -> QuerySet[Claim]:
        return self._own(Claim.objects.all(), "product_order__seller_id")

    def products(self) -> QuerySet[Product]:
        return self._own(Product.objects.all(), "seller_id")

    def statements(self) -> QuerySet[Statement]:
        return self._own(Statement.objects.all(), "seller_id")

    def _own(self, rows: QuerySet[Any], seller: str) -> QuerySet[Any]:
        if self.user:
            return rows.filter(**{f"{seller}__in": self.shops})
        if self.key and self.key.holder == Holder.HOUSE:
            return rows
        if self.key and self.key.holder == Holder.SELLER:
            return rows.filter(**{seller: self.key.seller_id})
        return rows.none()

    # Buying

    def orders(self) -> QuerySet[Order]:
        """A person's own orders; for a shop front those that were placed through it."""
        if self.user:
            return Order.objects.of(self.user)
        if self.key and self.key.holder == Holder.SHOPFRONT:
            return Order.objects.filter(key__startswith=f"api:{self.key.pk}:")
        return Order.objects.none()

    def bought(self, number: str) -> bool:
        """Whether the order of this number is among `orders`."""
        if self.key and self.key.holder == Holder.SHOPFRONT:
            return bool(PLACED_THROUGH(number=number, prefix=f"api:{self.key.pk}:"))
        return self.orders().filter(number=number).exists()


PLACED_THROUGH = Prepared(
    lambda: Order.objects.filter(number=Slot("number", "text"), key__startswith=Slot("prefix", "text")).values_list(
        "pk"
    )
)
ANYBODY = Caller()


def identify(request: HttpRequest) -> Caller:
    """Raises KeyUnknown, CsrfFailed, TooManyRequests."""
    kind, _space, credential = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        caller = _bearer(credential.strip())
    elif kind:
        raise errors.KeyUnknown()
    else:
        caller = _signed_in(request)
    if caller.key:
        limits.take(request, f"key:{caller.key.pk}", caller.key.per_minute)
        _note_use(caller.key)
    else:
        limits.take(request, f"ip:{request.META.get('REMOTE_ADDR', '')}", limits.ANYBODY)
    return caller


def carried_out(caller: Caller, view: Callable[[], HttpResponse]) -> HttpResponse:
    """What the view answers; a TEST key's doings are rolled back after they have been answered."""
    if not caller.sandbox:
        return view()
    with transaction.atomic():
        response = view()
        transaction.set_rollback(True)
    response["Dure-Sandbox"] = "rolled-back"
    return response


def key_of(credential: str) -> ApiKey:
    """The key a credential (`dk_live_7K3M9Q2X_…`) belongs to. Raises KeyUnknown."""
    prefix, _, half = credential.rpartition("_")
    key = key_named(prefix)
    if not hmac.compare_digest(key.digest, digest_of(half)):
        raise errors.KeyUnknown()
    return key


def key_named(prefix: str) -> ApiKey:
    """The key that can be used now. Raises KeyUnknown."""
    now = time.monotonic()
    told_at, key = _known.get(prefix, (0.0, None))
    if key is None or now - told_at > REMEMBERED:
        mine = ApiKey.objects.select_related("seller", "created_by")
        key = mine.filter(prefix=prefix).first() if PREFIX.fullmatch(prefix) else None
        if key is None:
            raise errors.KeyUnknown()
        if len(_known) > 10_000:
            _known.clear()
        _known[prefix] = now, key
    if key.state() != "ACTIVE":
        raise errors.KeyUnknown()
    return key


def token_of(key: ApiKey, scopes: list[str], ttl: int = TTL) -> str:
    return tokens.sign(TOKEN, {"k": key.prefix, "s": scopes}, ttl)


def _bearer(credential: str) -> Caller:
    if credential.startswith("dk_"):
        key = key_of(credential)
        return Caller(key, scopes=frozenset(key.scopes))
    try:
        claims = tokens.unsign(TOKEN, credential)
    except (tokens.BadToken, ValueError) as error:
        raise errors.KeyUnknown() from error
    key = key_named(claims["k"])
    return Caller(key, scopes=frozenset(claims["s"]) & frozenset(key.scopes))


def forget_keys() -> None:
    """A key was revoked in this process: do not believe it for the rest of its five seconds."""
    _known.clear()


def _note_use(key: ApiKey) -> None:
    """When it was last used, to the minute: more would be a write for every read."""
    now = time.monotonic()
    if now - _used.get(key.pk, -60.0) >= 60:
        _used[key.pk] = now
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=clock.now())


def _signed_in(request: HttpRequest) -> Caller:
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return ANYBODY
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User):
        return ANYBODY
    if request.method not in SAFE and check_csrf(request, _any_view):
        raise errors.CsrfFailed()
    return Caller(user=user)


def _any_view() -> None:
    """What the check of the CSRF token takes for the view: one that is not exempt."""


class Needs:
    """`auth=Needs("orders:read", people="sellers")`: a key with the scope, or a person of a shop whose role allows it.

    `people="buyers"`: a key with the scope, or anybody signed in, for what is their own. `people="only"`: no key.
    Without either everybody.
    """

    openapi_security_schema = None  # written by `v1.describe`, scope by scope

    def __init__(self, scope: str = "", *, people: str = "") -> None:
        self.scope, self.people = scope, people

    def __call__(self, request: HttpRequest) -> Caller:
        caller: Caller = request.caller  # type: ignore[attr-defined]
        if self.people == "only" and caller.user is None:
            raise errors.KeyNeeded()
        buys = caller.key is not None and caller.key.holder == Holder.SHOPFRONT
        if caller.key and self.scope and (not caller.may(self.scope) or (buys and self.people == "sellers")):
            raise errors.ScopeMissing(scope=self.scope)
        if not self.scope or caller.key or (self.people == "buyers" and caller.user):
            return caller
        if self.people != "sellers" or caller.user is None:
            raise errors.KeyNeeded()
        request.caller = replace(caller, shops=self._shops(caller.user))  # type: ignore[attr-defined]
        return caller

    def _shops(self, user: User) -> frozenset[int]:
        """Raises RoleMissing."""
        area, deed = AREA[self.scope]
        allows = rules.may_change if deed == "change" else rules.may_see
        open_to = Member.objects.filter(user=user).exclude(seller__status=SellerStatus.CLOSED)
        shops = frozenset(seller for seller, role in open_to.values_list("seller_id", "role") if allows(role, area))
        if not shops:
            raise RoleMissing()
        return shops


AREA = {  # what a scope is in the words of a shop's roles
    "products:read": ("products", "see"),
    "products:write": ("products", "change"),
    "orders:read": ("orders", "see"),
    "orders:write": ("orders", "change"),
    "claims:read": ("orders", "see"),
    "claims:write": ("orders", "change"),
    "settlements:read": ("finance", "see"),
    "reviews:read": ("products", "see"),
}
