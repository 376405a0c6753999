"""Orders without an account, and how whoever made one comes back to it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from dure.commerce.orders.errors import GuestOrderNotFound, TooManyTries
from dure.commerce.orders.models import GuestTry, Order
from dure.config import load
from dure.kit import clock
from dure.kit.korean import phone_e164

WINDOW = timedelta(minutes=10)
MOST_PER_ASKER = 10  # wrong answers within the window, whatever order was asked for
MOST_PER_ORDER = 5  # and for one order, whoever asks: a phone number is not guessed


def guest_secret_of(order: Order) -> str:
    """What a guest's browser or program keeps to come back to the order. The database holds only its hash."""
    said = b"dure.guest-order:" + order.key.encode()
    return hmac.new(load().secret_key.encode(), said, hashlib.sha256).hexdigest()[:40]


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_secret(number: str, secret: str) -> Order | None:
    """The guest's order whose secret this is."""
    order = Order.objects.filter(number=number, buyer=None).first()
    return order if order and hmac.compare_digest(order.guest_secret, hashed(secret)) else None


def look_up(number: str, contact: str, *, asker: str) -> Order:
    """The guest's order with this phone number or e-mail address. `asker`: where the question comes from (an address).

    Raises GuestOrderNotFound, whatever was wrong; TooManyTries after too many wrong answers.
    """
    number = number.strip().upper()
    about = [hashed(f"asker:{asker}"), hashed(f"order:{number}")]
    since = clock.now() - WINDOW
    wrong = GuestTry.objects.filter(at__gt=since)
    if wrong.filter(about=about[0]).count() >= MOST_PER_ASKER or wrong.filter(about=about[1]).count() >= MOST_PER_ORDER:
        raise TooManyTries(minutes=WINDOW.seconds // 60)
    order = Order.objects.filter(number=number, buyer=None).first()
    if order is None or not _is_contact_of(order, contact):
        GuestTry.objects.bulk_create(GuestTry(about=text, at=clock.now()) for text in about)
        GuestTry.objects.filter(at__lte=since).delete()
        raise GuestOrderNotFound()
    return order


def _is_contact_of(order: Order, contact: str) -> bool:
    said = contact.strip().lower() if "@" in contact else phone_e164(contact) or ""
    kept = order.guest_email.lower() if "@" in contact else order.guest_phone
    return bool(said) and hmac.compare_digest(said.encode(), kept.encode())
