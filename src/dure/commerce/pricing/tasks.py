from procrastinate.contrib.django import app

from dure.commerce.pricing import actions


@app.periodic(cron="10 0 * * *")  # 09:10 in Korea
@app.task
def tell_of_commissions(timestamp: int) -> None:
    actions.tell_of_commissions()
