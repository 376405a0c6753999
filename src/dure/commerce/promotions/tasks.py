from procrastinate.contrib.django import app

from dure.commerce.promotions import points


@app.periodic(cron="7 * * * *")
@app.task
def expire_points(timestamp: int) -> None:
    points.expire()
