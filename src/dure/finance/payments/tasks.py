from datetime import timedelta

from procrastinate.contrib.django import app

from dure.finance.payments import actions, virtual
from dure.kit import clock


@app.periodic(cron="* * * * *")
@app.task
def recover_unfinished(timestamp: int) -> None:
    actions.recover_unfinished()


@app.periodic(cron="* * * * *")
@app.task
def look_up_deposits(timestamp: int) -> None:
    virtual.look_up_due()


@app.periodic(cron="20 * * * *")
@app.task
def book_provider_payouts(timestamp: int) -> None:
    for ago in range(3):
        actions.book_provider_payout(clock.today() - timedelta(days=ago))
