from datetime import timedelta

from procrastinate.contrib.django import app

from dure.commerce.cart.actions import throw_away
from dure.kit import clock
from dure.sites.api.hooks import actions
from dure.sites.api.models import Endpoint
from dure.sites.api.v1.checkout import CART_PREFIX

CART_KEPT = timedelta(days=30)


@app.task(queue="webhooks")
def deliver_webhooks(endpoint: int) -> None:
    actions.deliver(Endpoint.objects.get(pk=endpoint))


@app.periodic(cron="* * * * *")
@app.task(queue="webhooks")
def wake_due_webhooks(timestamp: int) -> None:
    actions.wake_due()


@app.periodic(cron="10 4 * * *")
@app.task
def throw_away_carts(timestamp: int) -> None:
    throw_away(CART_PREFIX, clock.now() - CART_KEPT)
