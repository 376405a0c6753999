from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from dure.commerce.sellers.models import Seller
from dure.kit.models import AuditEntry
from dure.kit.states import WrongState, move

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_move_that_the_table_does_not_allow_is_refused():
    seller = Seller.objects.create(name="가게", status="APPLYING")
    with pytest.raises(WrongState):
        move(seller, "APPROVED")
    seller.refresh_from_db()
    assert seller.status == "APPLYING"


def test_a_move_is_written_down_with_its_reason():
    seller = Seller.objects.create(name="가게", status="APPLYING")
    move(seller, "IN_REVIEW", why="서류를 다 냈다")
    entry = AuditEntry.objects.get()
    assert entry.action == "sellers.seller.in_review"
    assert entry.why == "서류를 다 냈다" and entry.detail == {"came_from": "APPLYING"}


@pytest.mark.race
def test_of_eight_movers_exactly_one_wins():
    seller = Seller.objects.create(name="가게", status="IN_REVIEW")

    def approve(_):
        try:
            with transaction.atomic():
                move(Seller.objects.get(pk=seller.pk), "APPROVED")
            return 1
        except WrongState:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(approve, range(8))) == 1
