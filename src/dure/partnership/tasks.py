"""Background work of the partner desk."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dure.partnership import upkeep


@app.task(queue="partnership", queueing_lock="partnership.check_business", retry=5)
def check_new_businesses() -> int:
    return upkeep.check_businesses(only_new=True)


@app.periodic(cron="20 4 * * *")
@app.task(queue="partnership", queueing_lock="partnership.recheck", retry=3)
def recheck_businesses(timestamp: int) -> int:
    return upkeep.check_businesses()


@app.periodic(cron="40 4 * * *")
@app.task(queue="partnership", queueing_lock="partnership.forget", retry=3)
def forget_expired_owners(timestamp: int) -> int:
    return upkeep.forget_expired()
