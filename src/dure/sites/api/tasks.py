from procrastinate.contrib.django import app

from dure.sites.api.hooks import actions
from dure.sites.api.models import Endpoint


@app.task(queue="webhooks")
def deliver_webhooks(endpoint: int) -> None:
    actions.deliver(Endpoint.objects.get(pk=endpoint))


@app.periodic(cron="* * * * *")
@app.task(queue="webhooks")
def wake_due_webhooks(timestamp: int) -> None:
    actions.wake_due()
