"""Every page of every surface: it opens, asks the database little, and asks no more when there is more to show.

The addresses are those the sites declare themselves, the rows `filled.Filled` makes. What only takes a form says so (405).
"""

from __future__ import annotations

from importlib import import_module
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dure.kit.memo import remembering
from filled import Filled, pages

pytestmark = pytest.mark.django_db
MOST = 12  # queries of one page
SITES = {  # of whose addresses, opened by whom, at most how many queries
    "shop": ("dure.sites.shop.urls", "buyer", MOST),
    "seller": ("dure.sites.seller.urls", "owner", MOST),
    "office": ("dure.sites.office.urls", "officer", MOST),
    "live": ("dure.sites.viewer.urls", "buyer", MOST),
    "": ("dure.sites.api.developers", "owner", MOST),
    "studio": ("dure.sites.studio.urls", "officer", 13),
    "desk": ("dure.sites.desk.urls", "officer", 17),
}
ELSEWHERE = {  # walked by the tests of what must come before
    ("desk", "product"),  # of a merchant that is being raised
    ("shop", "refund_account"),  # of a payment into a virtual account
    ("shop", "stop_advertising"),  # of a link in a message
    ("seller", "discount"),  # that the house proposes
}
AROUND = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
RIGHT = {200, 301, 302, 405}


def queries_of(client, address):
    with CaptureQueriesContext(connection) as told:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer.status_code, [q["sql"] for q in told.captured_queries if not q["sql"].startswith(AROUND)]


def walked(house):
    """{(site, name): (status, queries, whether rows are there for it)} of every address."""
    found = {}
    for site, (module, who, _most) in SITES.items():
        client = Client(raise_request_exception=False)
        client.force_login(getattr(house, who))
        for name, address, seen in pages(house, site, import_module(module).urlpatterns):
            status, queries = queries_of(client, address)
            if len(queries) > MOST:  # what a process reads once, it remembers for a moment
                status, queries = queries_of(client, address)
            found[site, name] = (status, len(queries), seen)
    return found


@pytest.fixture(scope="module")
def rounds(django_db_setup, django_db_blocker):
    """The walk when there is a little, and when there is twice as much."""
    with django_db_blocker.unblock(), transaction.atomic(), remembering(), patch("dure.kit.memo.time") as still:
        still.monotonic.return_value = 1.0  # nothing is forgotten on the way
        house = Filled()
        walked(house)
        little = walked(house)
        house.grow()
        yield little, walked(house)
        transaction.set_rollback(True)


def test_every_page_opens(rounds):
    for little in rounds:
        wrong = {page: status for page, (status, _n, seen) in little.items() if status not in RIGHT and seen}
        assert wrong == {("shop", "pay_success"): 400, ("shop", "adult_done"): 400}  # no window is behind them


def test_what_shows_rows_is_walked_with_rows(rounds):
    """An address that takes no form and is opened by nothing in `Filled.opened_by` would go unseen."""
    unseen = {page for page, (status, _n, seen) in rounds[0].items() if not seen and status != 405}
    assert unseen <= ELSEWHERE


def test_no_page_asks_more_than_twelve_times(rounds):
    many = {page: n for little in rounds for page, (_status, n, _seen) in little.items() if n > SITES[page[0]][2]}
    assert many == {}


def test_no_page_asks_more_when_there_is_more_to_show(rounds):
    little, much = rounds
    grown = {page: (little[page][1], told[1]) for page, told in much.items() if told[1] > little[page][1]}
    assert {page for page, (before, after) in grown.items() if after > before + 1} == set()
    assert len(grown) <= 3, grown  # one more, of a page that has something else to show as well
