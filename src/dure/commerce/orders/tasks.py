from procrastinate.contrib.django import app

from dure.commerce.orders import actions


@app.periodic(cron="* * * * *")
@app.task
def expire_unpaid(timestamp: int) -> None:
    actions.expire_unpaid()


@app.periodic(cron="*/10 * * * *")
@app.task
def auto_confirm(timestamp: int) -> None:
    actions.auto_confirm()
