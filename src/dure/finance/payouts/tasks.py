from procrastinate.contrib.django import app

from dure.finance.payouts import actions


@app.periodic(cron="*/5 * * * *")
@app.task
def pursue(timestamp: int) -> None:
    actions.pursue()
