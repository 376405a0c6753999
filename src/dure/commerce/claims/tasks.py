from procrastinate.contrib.django import app

from dure.commerce.claims import actions


@app.periodic(cron="10 * * * *")
@app.task
def release_overdue(timestamp: int) -> None:
    actions.release_overdue()
