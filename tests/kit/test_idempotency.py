from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dure.kit.idempotency import KeyReused, once

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
