from procrastinate.contrib.django import app

from dure.finance.settlement import actions
from dure.kit import clock


@app.periodic(cron="0 22,23,0-8 * * *")
@app.task
def close_day(timestamp: int) -> None:
    """From seven in the morning in Korea, hourly till evening: a machine asleep at seven catches up. Nothing twice."""
    actions.close_day(clock.today(), by=None)
