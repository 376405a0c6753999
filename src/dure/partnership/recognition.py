"""Is this shop known already? A ladder of keys; only the first two rungs are believed unasked.

1. business registration number   2. phone (E.164)      → the same shop, at capture
3. market and stall number        4. market and a name that sounds alike → a person decides (MergeSuspect)

All functions here run inside a capture's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Q

from dure.kit import clock
from dure.partnership import rules
from dure.partnership.models import Business, MergeSuspect, Owner, Place, Shop

Reason = MergeSuspect.Reason


@dataclass(frozen=True)
class Recognised:
    shop: Shop
    by: str  # BUSINESS or PHONE


@dataclass(frozen=True)
class Preview:
    """What a capture would find, before it is made: a shop known by a key, or shops that look alike."""

    known: Shop | None
    by: str
    alike: list[Shop]


def preview(place: Place, *, phone: str, brn: str, name: str, stall: str) -> Preview:
    """`phone` in E.164 and `brn` in ten digits, or empty. Reads only."""
    business = Business.objects.filter(brn=brn).first() if brn else None
    owner = Owner.objects.filter(phone=phone).first() if phone else None
    known = recognise(business, owner, numbered=bool(brn))
    if known:
        return Preview(known.shop, known.by, [])
    key, number = rules.name_key(name), rules.stall_key(stall)
    others = Shop.objects.filter(place=place, merged_into=None).select_related("lead")
    alike = [
        other
        for other in others
        if (number and rules.stall_key(other.stall) == number)
        or (key and rules.likeness(key, other.name_key) >= rules.ALIKE)
    ]
    return Preview(None, "", alike[:5])


def known_business(brn: str) -> Business | None:
    """The business of a number, made if new, and locked: captures of one business wait for each other."""
    if not brn:
        return None
    Business.objects.get_or_create(brn=brn)
    return Business.objects.select_for_update().get(brn=brn)


def known_owner(phone: str, name: str) -> Owner | None:
    """The owner of a phone, made if new, and locked."""
    if not phone:
        return None
    owner, created = Owner.objects.get_or_create(phone=phone, defaults={"name": name, "created_at": clock.now()})
    owner = Owner.objects.select_for_update().get(pk=owner.pk)
    if not created and name and not owner.name:
        owner.name = name
        owner.save(update_fields=["name"])
    return owner


def recognise(business: Business | None, owner: Owner | None, numbered: bool) -> Recognised | None:
    """The known shop with this business, else with this owner unless that one is another business.

    `numbered`: a business number was given, so that a shop with another one is another shop.

    Of several branches the first. A merged shop stands for the one it was merged into.
    """
    if business:
        shop = Shop.objects.filter(business=business).order_by("branch").first()
        if shop:
            return Recognised(_standing(shop), Reason.BUSINESS)
    if owner and owner.phone:
        compatible = Q(business=None) if numbered else Q()
        shop = Shop.objects.filter(compatible, owner=owner).order_by("branch").first()
        if shop:
            return Recognised(_standing(shop), Reason.PHONE)
    return None


def next_branch(business: Business | None, owner: Owner | None) -> int:
    """The first branch number free with both; the locks on business and owner keep it free."""
    held = Q(pk__in=[])
    if business:
        held |= Q(business=business)
    if owner:
        held |= Q(owner=owner)
    highest = Shop.objects.filter(held).aggregate(top=Max("branch"))["top"]
    return 0 if highest is None else highest + 1


def suspect(shop: Shop) -> list[MergeSuspect]:
    """Write down the shops that may be the same as `shop`; returns those a person has still to look at."""
    others = Shop.objects.filter(place=shop.place, merged_into=None).exclude(pk=shop.pk)
    found: dict[int, tuple[str, int]] = {}
    for other in others.only("id", "name_key", "stall", "business_id", "owner_id"):
        if _certainly_apart(shop, other):
            continue
        alike = rules.likeness(shop.name_key, other.name_key)
        if shop.stall and rules.stall_key(shop.stall) == rules.stall_key(other.stall):
            found[other.pk] = (Reason.STALL, max(alike, rules.ALIKE))
        elif alike >= rules.ALIKE:
            found[other.pk] = (Reason.NAME, alike)
    if shop.owner_id and shop.owner and shop.owner.phone:
        for pk in (
            Shop.objects.filter(owner=shop.owner, merged_into=None).exclude(pk=shop.pk).values_list("pk", flat=True)
        ):
            if pk in found:
                found[pk] = (Reason.PHONE, 100)
    for pk, (reason, alike) in found.items():
        write_suspect(shop, pk, reason, alike)
    pair = Q(first=shop) | Q(second=shop)
    return list(MergeSuspect.objects.filter(pair, verdict=MergeSuspect.Verdict.OPEN).select_related("first", "second"))


def write_suspect(shop: Shop, other_pk: int, reason: str, likeness: int) -> None:
    first, second = sorted((shop.pk, other_pk))
    MergeSuspect.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"reason": reason, "likeness": likeness, "found_at": clock.now()},
    )


def _certainly_apart(one: Shop, other: Shop) -> bool:
    """Two registered businesses at one place are two shops, however alike their names."""
    return bool(one.business_id and other.business_id and one.business_id != other.business_id)


def _standing(shop: Shop) -> Shop:
    while shop.merged_into_id:
        shop = Shop.objects.get(pk=shop.merged_into_id)
    return shop
