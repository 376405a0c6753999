"""What the worker does by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dure.live import actions


@app.periodic(cron="* * * * *")
@app.task(name="live.repeat_disclosures", queueing_lock="live.repeat_disclosures", pass_context=False)
def repeat_disclosures(timestamp: int) -> None:
    actions.repeat_disclosures()


@app.periodic(cron="* * * * * */10")
@app.task(name="live.watch_running_shows", queueing_lock="live.watch_running_shows", pass_context=False)
def watch_running_shows(timestamp: int) -> None:
    actions.pause_silent_shows()
    actions.close_due_prices()
