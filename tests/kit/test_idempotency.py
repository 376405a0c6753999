from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from dure.kit import clock
from dure.kit.idempotency import KeyReused, once
from dure.kit.models import IdempotencyKey
from dure.kit.tasks import forget_idempotency_keys

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_request_twice_is_one_deed_and_one_answer():
    deeds = []

    def deed():
        deeds.append(1)
        return {"order": 7}

    assert once("test", "k", {"a": 1}, deed) == once("test", "k", {"a": 1}, deed) == {"order": 7}
    assert len(deeds) == 1


def test_another_body_under_the_same_key_is_refused():
    once("test", "k", {"a": 1}, lambda: 1)
    with pytest.raises(KeyReused):
        once("test", "k", {"a": 2}, lambda: 1)


def test_a_deed_that_fails_leaves_the_key_free():
    with pytest.raises(ZeroDivisionError):
        once("test", "k", {}, lambda: 1 / 0)
    assert once("test", "k", {}, lambda: "done") == "done"


@pytest.mark.race
def test_eight_at_once_are_one_deed():
    deeds = []

    def ask(_):
        try:
            return once("test", "race", {}, lambda: deeds.append(1) or "answer")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert answers == ["answer"] * 8 and len(deeds) == 1


def test_answers_are_kept_for_a_month_and_no_longer():
    now = clock.now()
    for days in (29, 31):
        with clock.at(now - timedelta(days=days)):
            once("s", f"k{days}", {}, lambda: 1)
    forget_idempotency_keys(timestamp=0)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k29"]
