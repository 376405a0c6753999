from procrastinate.contrib.django import app

from dure.finance.settlement import actions
from dure.kit import clock


@app.periodic(cron="0 22 * * *")  # seven in the morning in Korea
@app.task
def close_day(timestamp: int) -> None:
    actions.close_day(clock.today(), by=None)
