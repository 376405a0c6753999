from procrastinate.contrib.django import app

from dure.commerce.shipping import tracking


@app.periodic(cron="*/10 * * * *")
@app.task
def ask_where_parcels_are(timestamp: int) -> None:
    tracking.poll()
