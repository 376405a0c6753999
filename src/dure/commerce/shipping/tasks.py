from procrastinate.contrib.django import app

from dure.commerce.shipping import actions, tracking


@app.periodic(cron="*/10 * * * *")
@app.task
def ask_where_parcels_are(timestamp: int) -> None:
    tracking.poll()


@app.periodic(cron="15 * * * *")
@app.task
def deliver_untracked(timestamp: int) -> None:
    actions.deliver_untracked()
