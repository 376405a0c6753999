from procrastinate.contrib.django import app

from dure.sites import remembered


@app.periodic(cron="* * * * *")
@app.task
def sweep_pages(timestamp: int) -> None:
    remembered.sweep()
