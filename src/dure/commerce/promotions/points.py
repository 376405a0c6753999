"""Points: earned, used in the order they expire, expired, given back. Borne by the platform.

The balance is one number that a CHECK keeps from falling below 0; taking is one conditional UPDATE on it. Each
movement is an entry, once per cause (`ref`); what came in is a lot that knows what is left of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from dure.commerce.promotions import rules
from dure.commerce.promotions.errors import NotEnoughPoints, RulesTooSoon
from dure.commerce.promotions.models import PointsAccount, PointsEntry, PointsPolicy
from dure.kit import audit, clock
from dure.people.models import User

Kind = PointsEntry.Kind
GRACE = timedelta(days=30)  # what is given back can be used at least this long


def policy_on(day: date) -> PointsPolicy:
    """The latest policy on or before the day; a house without one earns by the defaults."""
    return PointsPolicy.objects.filter(since__lte=day).order_by("-since").first() or PointsPolicy(since=day)


def account_of(user_id: int) -> PointsAccount:
    return PointsAccount.objects.get_or_create(user_id=user_id)[0]


@transaction.atomic
def give(
    user_id: int, amount: int, *, kind: str, ref: str, at: datetime, expires_at: datetime | None = None, why: str = ""
) -> bool:
    """Points come in, once per (kind, ref); False when they had come, or there is nothing to give."""
    if amount <= 0:
        return False
    account = account_of(user_id)
    expires = expires_at or at + timedelta(days=policy_on(clock.kst_date(at)).valid_days)
    _entry, created = PointsEntry.objects.get_or_create(
        kind=kind,
        ref=ref,
        defaults={
            "account": account,
            "amount": amount,
            "left": amount,
            "expires_at": expires,
            "why": why,
            "at": at,
        },
    )
    if created:
        PointsAccount.objects.filter(pk=account.pk).update(balance=F("balance") + amount)
    return created


def earn(user_id: int, paid: int, *, ref: str, at: datetime) -> bool:
    """A purchase is confirmed: a share of what was paid for the goods."""
    policy = policy_on(clock.kst_date(at))
    return give(user_id, rules.money.rate_of(paid, policy.earn_bp), kind=Kind.EARN, ref=ref, at=at)


def thank_for_review(user_id: int, *, with_photo: bool, ref: str, at: datetime) -> bool:
    policy = policy_on(clock.kst_date(at))
    return give(user_id, policy.photo_review if with_photo else policy.review, kind=Kind.REVIEW, ref=ref, at=at)


@transaction.atomic
def unthank(ref: str, *, cause: str, at: datetime) -> int:
    """What a review (`review:3`) was thanked with is taken back, as much of it as is still there. Returns how much."""
    first = _thanks(ref).order_by("id").first()
    if first is None:
        return 0
    return take_earned_back(first.account_id, _sum(_thanks(ref)), ref=f"{ref}:{cause}", at=at)


@transaction.atomic
def thank_again(ref: str, *, cause: str, at: datetime) -> bool:
    """What had been taken back of a review's thanks is given again."""
    taken = _thanks(ref).exclude(kind=Kind.REVIEW)
    first = taken.order_by("id").first()
    if first is None:
        return False
    return give(first.account_id, -_sum(taken), kind=Kind.BACK, ref=f"{ref}:{cause}", at=at)


def _thanks(ref: str) -> QuerySet[PointsEntry]:
    """All that moved for a review: given, taken back, given again."""
    mine = Q(ref=ref) | Q(ref__startswith=f"{ref}:")
    return PointsEntry.objects.filter(mine, kind__in=[Kind.REVIEW, Kind.TAKEN, Kind.BACK])


def _sum(entries: QuerySet[PointsEntry]) -> int:
    return entries.aggregate(n=Sum("amount"))["n"] or 0


def rules_ahead() -> QuerySet[PointsPolicy]:
    """Those of today and of days to come, the next first."""
    return PointsPolicy.objects.filter(since__gte=policy_on(clock.today()).since).order_by("since")


@transaction.atomic
def set_rules(since: date, *, by: User, **terms: int) -> PointsPolicy:
    """From a day to come on points are earned so; points given stay as they are. Raises RulesTooSoon."""
    if since <= clock.today():
        raise RulesTooSoon()
    made, _created = PointsPolicy.objects.update_or_create(since=since, defaults=terms)
    audit.record("promotions.points_rules_set", made, by=by, since=since.isoformat(), **terms)
    return made


@transaction.atomic
def withdraw_rules(made: PointsPolicy, *, by: User) -> None:
    """Before their day. Raises RulesTooSoon."""
    if made.since <= clock.today():
        raise RulesTooSoon()
    audit.record("promotions.points_rules_withdrawn", made, by=by, since=made.since.isoformat())
    made.delete()


@transaction.atomic
def grant(user: User, amount: int, *, key: str, why: str, by: User) -> bool:
    """The operator gives points, with a reason the buyer reads. Once per `key`."""
    given = give(user.pk, amount, kind=Kind.GRANT, ref=f"grant:{key}", at=clock.now(), why=why.strip())
    if given:
        audit.record("promotions.points_granted", user, by=by, why=why, amount=amount)
    return given


@transaction.atomic
def use(user_id: int, amount: int, *, ref: str, at: datetime) -> None:
    """Take points for an order, the first to expire first. Raises NotEnoughPoints."""
    if not PointsAccount.objects.filter(pk=user_id, balance__gte=amount).update(balance=F("balance") - amount):
        raise NotEnoughPoints(left=account_of(user_id).balance)
    expires = _take(user_id, amount, at)
    PointsEntry.objects.create(account_id=user_id, kind=Kind.USE, ref=ref, amount=-amount, expires_at=expires, at=at)


def _take(user_id: int, amount: int, at: datetime) -> datetime | None:
    """From the lots; the account's row is held by the caller. Returns when the last lot touched expires."""
    lots = list(
        PointsEntry.objects.select_for_update()
        .filter(account_id=user_id, left__gt=0)
        .order_by("expires_at", "id")
        .values_list("id", "left", "expires_at")
    )
    able = [(pk, left) for pk, left, expires in lots if expires is None or expires > at]
    if sum(left for _pk, left in able) < amount:  # what has expired is not counted, though no job has run yet
        raise NotEnoughPoints(left=sum(left for _pk, left in able))
    taken = rules.fifo(able, amount)
    for pk, step in taken:
        PointsEntry.objects.filter(pk=pk).update(left=F("left") - step)
    ends = {pk: expires for pk, _left, expires in lots}
    return ends[taken[-1][0]] if taken else None


@transaction.atomic
def back(use_ref: str, amount: int, *, ref: str, at: datetime) -> bool:
    """A part of what an order used comes back, usable as long as it would have been, thirty days at least."""
    used = PointsEntry.objects.filter(kind=Kind.USE, ref=use_ref).first()
    if used is None:
        return False
    expires = max(used.expires_at or at, at + GRACE)
    return give(used.account_id, amount, kind=Kind.BACK, ref=ref, at=at, expires_at=expires)


def back_all(use_ref: str, *, at: datetime) -> bool:
    used = PointsEntry.objects.filter(kind=Kind.USE, ref=use_ref).first()
    return used is not None and back(use_ref, -used.amount, ref=use_ref, at=at)


@transaction.atomic
def take_earned_back(user_id: int, amount: int, *, ref: str, at: datetime) -> int:
    """Goods came back after they had earned points: as much of them as is still there is taken. Returns how much."""
    if amount <= 0 or PointsEntry.objects.filter(kind=Kind.TAKEN, ref=ref).exists():
        return 0
    account = PointsAccount.objects.select_for_update().filter(pk=user_id).first()
    usable = usable_at(user_id, at) if account else 0
    taken = min(usable, amount)
    if account is None or taken == 0:
        return 0
    _take(user_id, taken, at)
    PointsEntry.objects.create(account=account, kind=Kind.TAKEN, ref=ref, amount=-taken, at=at)
    PointsAccount.objects.filter(pk=user_id).update(balance=F("balance") - taken)
    return taken


def usable_at(user_id: int, at: datetime) -> int:
    """Points that have not expired at `at`, whether or not the job has been by."""
    lots = PointsEntry.objects.filter(account_id=user_id, left__gt=0, expires_at__gt=at)
    return lots.aggregate(n=Sum("left"))["n"] or 0


def expire(limit: int = 500) -> int:
    """Write off lots past their day; each in a transaction of its own. Returns how many."""
    moment = clock.now()
    late = PointsEntry.objects.filter(left__gt=0, expires_at__lte=moment).order_by("expires_at")
    return sum(_expire(pk, moment) for pk in late.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _expire(lot_id: int, moment: datetime) -> bool:
    lot = PointsEntry.objects.get(pk=lot_id)
    PointsAccount.objects.select_for_update().get(pk=lot.account_id)  # as `use` does first
    lot = PointsEntry.objects.select_for_update().get(pk=lot_id)
    gone = lot.left
    if gone == 0:
        return False
    PointsEntry.objects.filter(pk=lot_id).update(left=0)
    PointsEntry.objects.create(
        account_id=lot.account_id, kind=Kind.EXPIRE, ref=f"lot:{lot_id}", amount=-gone, at=moment
    )
    PointsAccount.objects.filter(pk=lot.account_id).update(balance=F("balance") - gone)
    return True
