"""A shop keeps an owner: whatever the code does, and however many leave at once."""

import pytest
from django.db import IntegrityError, transaction

from builders import a_person, at_once
from dure.commerce.sellers import actions, errors
from dure.commerce.sellers.models import Member, Seller


def a_shop(*roles):
    shop = Seller.objects.create(name="순이네")
    return shop, [Member.objects.create(seller=shop, user=a_person(), role=role) for role in roles]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_owners_who_leave_at_once_one_stays():
    for _ in range(5):
        shop, owners = a_shop("OWNER", "OWNER")
        by = a_person()
        answers = at_once(2, lambda i, owners=owners, by=by: actions.remove_member(owners[i], by=by))
        assert sum(isinstance(a, errors.LastOwner) for a in answers) == 1
        assert shop.members.filter(role="OWNER").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_shop_without_an_owner():
    shop, (owner,) = a_shop("OWNER")
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=owner.pk).update(role="ORDERS")
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=owner.pk).delete()
    heir = Member.objects.create(seller=shop, user=a_person(), role="ORDERS")
    with transaction.atomic():  # the ownership may pass on within one transaction
        Member.objects.filter(pk=owner.pk).update(role="ORDERS")
        Member.objects.filter(pk=heir.pk).update(role="OWNER")


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_none_is_refused():
    shop, _members = a_shop("OWNER")
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(seller=shop, user=a_person(), role="STAFF")


@pytest.mark.django_db
def test_who_never_worked_here_is_not_taken_back():
    shop, (owner,) = a_shop("OWNER")
    with pytest.raises(errors.NeverMember):
        actions.take_back_member(shop, a_person(), by=owner.user)
