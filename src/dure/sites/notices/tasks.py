from procrastinate.contrib.django import app

from dure.sites.notices import rounds


@app.periodic(cron="*/10 * * * *")
@app.task(queue="messages")
def tell_of_orders(timestamp: int) -> None:
    rounds.new_orders()


@app.periodic(cron="5 * * * *")
@app.task(queue="messages")
def tell_of_the_hour(timestamp: int) -> None:
    rounds.dispatch_due()
    rounds.confirm_soon()
    rounds.accounts_expiring()
    rounds.points_given()
    rounds.coupons_expiring()
